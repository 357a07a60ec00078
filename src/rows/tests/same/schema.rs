//! One schema, declared by the engine's own derive and as row objects.

/// Types that both have.
pub mod shared {
    use async_graphql::{Enum, InputObject, InputValueError, InputValueResult, Scalar, ScalarType, Value};

    /// A language.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
    pub enum Language {
        /// Vietnamese.
        #[default]
        Vi,
        /// English.
        En,
    }
    rows::plain_enum!(Language);

    /// A number of things.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub struct Count(pub i64);

    /// A number of things.
    #[Scalar]
    impl ScalarType for Count {
        fn parse(value: Value) -> InputValueResult<Self> {
            match &value {
                Value::Number(number) => number.as_i64().map(Count).ok_or_else(|| InputValueError::custom("not whole")),
                _ => Err(InputValueError::expected_type(value)),
            }
        }

        fn to_value(&self) -> Value {
            Value::from(self.0)
        }
    }
    rows::plain_scalar!(Count);

    /// What to save; not to be cloned.
    #[derive(InputObject)]
    pub struct SaveInput {
        /// Its code.
        pub code: String,
        /// How often.
        #[graphql(default = 2)]
        pub times: i32,
    }

    /// An error of the application's own.
    #[derive(Debug, Clone)]
    pub struct Fault(pub &'static str);

    impl std::fmt::Display for Fault {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }

    /// Of which row something fails.
    pub fn when<T>(fails: bool, value: T) -> Result<T, Fault> {
        if fails { Err(Fault("it \"fails\"")) } else { Ok(value) }
    }

    /// Lets everybody else go first.
    pub async fn later(turns: u64) {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }

    /// Where a context stands.
    pub fn place(ctx: &async_graphql::Context<'_>) -> String {
        let set = ctx.data_opt::<i64>();
        format!("{:?} {set:?}", ctx.path_node.map(|node| node.to_string()))
    }
}

/// `$object` declares objects of methods, of which the plain ones begin with `$plain`; `$simple` those of fields.
macro_rules! schema {
    ($object:meta, $named:meta, $root:meta, [$($plain:tt)?], $simple:path, $interface:path) => {
        use std::borrow::Cow;

        use async_graphql::{
            Context, ID, InputObject, Result, Schema, Subscription, Union,
        };
        use chrono::{DateTime, NaiveDate, Utc};
        use uuid::Uuid;

        use super::shared::*;

        /// Where a page stands.
        #[derive(Debug, Clone, $simple, InputObject)]
        #[graphql(input_name = "PageInfoInput")]
        pub struct PageInfo {
            /// More after.
            pub has_next_page: bool,
            #[graphql(default)]
            pub start_cursor: Option<String>,
            /// What it is for.
            #[graphql(name = "use", deprecation = "no \"longer\"")]
            pub used_for: i32,
        }

        /// A period.
        ///
        ///   Of time.
        #[derive(Clone, $simple)]
        #[graphql(name = "Quarter")]
        pub struct Period {
            #[graphql(skip)]
            number: i64,
            /// Its code.
            pub code: String,
            /// The one before.
            pub previous: Option<Box<Period>>,
            pub owners: Vec<Owner>,
        }

        impl Period {
            fn new(number: i64) -> Period {
                let previous = (number > 0).then(|| Box::new(Period::new(number - 1)));
                let owners = (0..number % 2).map(Owner).collect();
                Period { number, code: format!("Q\"{number}\u{1}ấ"), previous, owners }
            }
        }

        #[derive(Clone)]
        pub struct Owner(pub i64);

        /// Who keeps a figure.
        #[$object]
        impl Owner {
            /// Global identifier.
            pub $($plain)? fn id(&self) -> ID {
                ID(format!("owner:{}", self.0))
            }

            $($plain)? fn name(&self) -> Cow<'_, str> {
                format!("Owner {}", self.0).into()
            }

            /// The one above.
            async fn boss(&self) -> Option<Owner> {
                later(self.0.unsigned_abs() % 3).await;
                (self.0 > 0).then(|| Owner(self.0 - 1))
            }

            async fn at_once(&self, _ctx: &Context<'_>) -> Result<i64> {
                Ok(when(self.0 % 4 == 3, self.0)?)
            }

            /// Its figures.
            $($plain)? fn figures(&self) -> Vec<Figure> {
                (0..self.0 % 3).map(Figure::new).collect()
            }

            $($plain)? fn periods(&self) -> Vec<Period> {
                vec![Period::new(self.0 % 2)]
            }
        }

        #[derive(Clone)]
        pub struct Figure {
            number: i64,
            period: Period,
        }

        impl Figure {
            pub fn new(number: i64) -> Figure {
                Figure { number, period: Period::new(number % 3) }
            }
        }

        /// A figure (số liệu).
        /// Append-only.
        #[$object]
        impl Figure {
            /// Global identifier.
            pub $($plain)? fn id(&self) -> ID {
                ID(format!("figure:{}", self.number))
            }

            $($plain)? fn code(&self) -> &str {
                &self.period.code
            }

            /// Its title.
            $($plain)? fn title(
                &self,
                ctx: &Context<'_>,
                #[graphql(default, desc = "In which language.")] language: Language,
                #[graphql(name = "use", default = "x")] used: String,
                other: Option<Count>,
            ) -> String {
                format!("{language:?} {used} {other:?} {}", ctx.data_opt::<i64>().is_some())
            }

            $($plain)? fn limited(
                &self,
                #[graphql(default = 2, desc = "1 to 5.", validator(minimum = 1, maximum = 5))] first: u32,
                #[graphql(default_with = "Language::En", secret)] language: Language,
            ) -> Vec<Language> {
                vec![language; first as usize]
            }

            /// How many.
            #[graphql(deprecation)]
            $($plain)? fn count(&self) -> Count {
                Count(self.number * 1_000_000_007)
            }

            #[graphql(name = "kind")]
            $($plain)? fn type_of(&self) -> Option<Language> {
                (self.number % 2 == 1).then_some(Language::En)
            }

            $($plain)? fn day_1_before(&self) -> NaiveDate {
                NaiveDate::default()
            }

            $($plain)? fn recorded_at(&self) -> DateTime<Utc> {
                DateTime::UNIX_EPOCH
            }

            $($plain)? fn key(&self) -> Uuid {
                Uuid::from_u128(7)
            }

            $($plain)? fn share(&self) -> f64 {
                if self.number == 2 { f64::NAN } else { self.number as f64 / 3.0 }
            }

            $($plain)? fn tags(&self) -> Vec<&str> {
                vec![self.period.code.as_str(); 1]
            }

            $($plain)? fn odd(&self) -> bool {
                self.period.number % 2 == 1
            }

            $($plain)? fn place(&self, ctx: &Context<'_>) -> String {
                place(ctx)
            }

            $($plain)? fn fails_alone(&self) -> Option<Result<i32, Fault>> {
                Some(when(self.number % 3 == 1, 1))
            }

            $($plain)? fn fails_parent(&self) -> Result<Option<i32>> {
                Ok(Some(when(self.number % 3 == 2, 1)?))
            }

            $($plain)? fn some_fail(&self) -> Vec<Option<Result<i64, Fault>>> {
                (0..3).map(|n| Some(when((self.number + n) % 3 == 1, n))).collect()
            }

            $($plain)? fn all_fail(&self) -> Option<Vec<Result<i64, Fault>>> {
                Some((0..3).map(|n| when((self.number + n) % 4 == 1, n)).collect())
            }

            /// The period.
            $($plain)? fn period(&self) -> &Period {
                &self.period
            }

            $($plain)? fn periods(&self) -> Vec<Option<&Period>> {
                vec![Some(&self.period), None]
            }

            /// The figures below, which may fail.
            $($plain)? fn below(&self, #[graphql(default = 2)] first: i64) -> Vec<Figure> {
                (0..self.number.min(first)).map(Figure::new).collect()
            }

            $($plain)? fn next(&self) -> Option<Result<Figure, Fault>> {
                (self.number < 4).then(|| when(self.number == 1, Figure::new(self.number + 1)))
            }

            $($plain)? fn page(&self) -> PageInfo {
                PageInfo { has_next_page: self.number > 1, start_cursor: None, used_for: 1 }
            }

            /// Who keeps it.
            async fn owner(&self, ctx: &Context<'_>) -> Result<Owner> {
                later(1).await;
                Ok(when(ctx.path_node.is_none(), Owner(self.number))?)
            }

            async fn owner_or_null(&self) -> Option<Result<Owner, Fault>> {
                later(self.number.unsigned_abs() % 2).await;
                Some(when(self.number % 2 == 1, Owner(self.number + 1)))
            }

            async fn owner_or_fail(&self) -> Result<Owner, Fault> {
                later(1).await;
                when(self.number % 4 == 3, Owner(self.number))
            }

            async fn scaled(&self, #[graphql(default = 3, validator(maximum = 9))] by: i32) -> i32 {
                later(1).await;
                self.number as i32 * by
            }

            async fn placed(&self, ctx: &Context<'_>) -> String {
                place(ctx)
            }

            async fn nodes(&self) -> Vec<Node> {
                vec![Owner(self.number).into(), Figure::new(self.number % 3).into()]
            }
        }

        /// A record.
        #[derive($interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "Global identifier."))]
        pub enum Node {
            Figure(Figure),
            /// An owner.
            Owner(Owner),
        }

        /// One or the other.
        #[derive(Union)]
        pub enum Thing {
            Figure(Figure),
            Owner(Owner),
        }

        rows::plain_output!(Thing);

        /// An item with its cursor.
        pub struct FigureEdge<'a> {
            cursor: String,
            node: &'a Figure,
        }

        /// An item with its cursor.
        #[$object]
        impl<'a> FigureEdge<'a> {
            $($plain)? fn cursor(&self) -> &str {
                &self.cursor
            }

            /// The item.
            $($plain)? fn node(&self) -> &'a Figure {
                self.node
            }
        }

        pub struct Page(pub Vec<Figure>);

        /// A page of figures.
        #[$named]
        impl Page {
            $($plain)? fn nodes(&self) -> Vec<&Figure> {
                self.0.iter().collect()
            }

            $($plain)? fn edges(&self) -> Vec<FigureEdge<'_>> {
                self.0.iter().map(|node| FigureEdge { cursor: format!("c{}", node.number), node }).collect()
            }

            $($plain)? fn page_info(&self) -> PageInfo {
                PageInfo { has_next_page: true, start_cursor: Some("\n".to_owned()), used_for: 0 }
            }

            async fn total_count(&self, _ctx: &Context<'_>) -> Option<Result<Count>> {
                later(2).await;
                Some(Ok(Count(self.0.len() as i64)))
            }
        }


        pub struct Query;

        /// Reading.
        #[$root]
        impl Query {
            async fn figures(&self, #[graphql(default = 3)] first: i64) -> Page {
                Page((0..first).map(Figure::new).collect())
            }

            async fn list(&self, from: i64, to: i64) -> Option<Vec<Figure>> {
                later(1).await;
                Some((from..to).map(Figure::new).collect())
            }

            async fn figure(&self, number: i64) -> Option<Figure> {
                Some(Figure::new(number))
            }

            async fn owner(&self, number: i64) -> Owner {
                Owner(number)
            }

            async fn node(&self, number: i64) -> Option<Result<Node>> {
                Some(Ok(if number % 2 == 0 { Owner(number).into() } else { Figure::new(number).into() }))
            }

            async fn things(&self) -> Vec<Thing> {
                vec![Owner(1).into(), Figure::new(2).into()]
            }

            async fn page(&self, like: Option<PageInfo>) -> Option<PageInfo> {
                like
            }
        }

        pub struct Mutation;

        /// What was saved.
        #[derive($simple)]
        pub struct SavePayload {
            /// The figure.
            figure: Option<Figure>,
            saved: i32,
        }

        #[$root]
        impl Mutation {
            /// Saves.
            async fn save(&self, #[graphql(desc = "What.")] input: SaveInput) -> Result<SavePayload> {
                later(1).await;
                when(input.code.is_empty(), ())?;
                Ok(SavePayload { figure: Some(Figure::new(input.times.into())), saved: input.times })
            }
        }

        pub struct Changes;

        /// What changes.
        #[Subscription]
        impl Changes {
            /// Figures as they come.
            async fn figures(&self) -> impl async_graphql::futures_util::Stream<Item = Figure> {
                async_graphql::futures_util::stream::iter((0..4).map(Figure::new))
            }
        }

        /// The schema.
        pub fn schema() -> Schema<Query, Mutation, Changes> {
            let fast = async_graphql::ValidationMode::Fast;
            Schema::build(Query, Mutation, Changes).data(7_i64).validation_mode(fast).limit_recursive_depth(64).finish()
        }
    };
}

pub mod theirs {
    schema!(
        async_graphql::Object,
        async_graphql::Object(name = "FigureConnection"),
        async_graphql::Object,
        [async],
        async_graphql::SimpleObject,
        async_graphql::Interface
    );
}

pub mod ours {
    schema!(
        rows::row_object,
        rows::row_object(name = "FigureConnection"),
        rows::row_object,
        [],
        rows::RowObject,
        rows::RowInterface
    );
}

/// Row objects below roots of the engine's own.
pub mod mixed {
    schema!(
        rows::row_object,
        rows::row_object(name = "FigureConnection"),
        async_graphql::Object,
        [],
        rows::RowObject,
        rows::RowInterface
    );
}
