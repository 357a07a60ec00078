//! Mutations, subscriptions, and loaders, which gather one batch for each level.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, Loader};
use async_graphql::futures_util::StreamExt;
use async_graphql::{Context, EmptyMutation, EmptySubscription, ObjectType, Request, Result, Schema, SubscriptionType};
use rows::{RowObject, row_object};

use crate::schema::{mixed, ours, theirs};

async fn told<Q: ObjectType + 'static, M: ObjectType + 'static, S: SubscriptionType + 'static>(
    schema: Schema<Q, M, S>,
    document: &str,
) -> Vec<String> {
    let request = Request::new(document).data(rows::Text);
    let responses: Vec<_> = schema.execute_stream(request).collect().await;
    responses.iter().map(|response| String::from_utf8(rows::to_json(response).unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn mutations_and_subscriptions_answer_the_same() {
    for document in [
        "mutation { a: save(input: {code: \"x\"}) { saved figure { id owner { name } period { code } } } b: save(input: {code: \"\"}) { saved } }",
        "mutation { save(input: {code: \"x\", times: 1}) { figure { failsAlone } __typename } save(input: {code: \"x\", times: 1}) { figure { period { code } } } }",
        "mutation { save(input: {code: \"x\", times: 2}) { figure { failsParent } saved } }",
        "subscription { figures { id period { code previous { code } } failsAlone failsParent } }",
        "{ page(like: {hasNextPage: true, usedFor: 3}) { hasNextPage startCursor use } __typename }",
        "{ __type(name: \"Figure\") { name fields { name type { name } } interfaces { name } } }",
    ] {
        let expected = told(theirs::schema(), document).await;
        assert_eq!(told(ours::schema(), document).await, expected, "{document}");
        assert_eq!(told(mixed::schema(), document).await, expected, "{document}");
    }
}

#[tokio::test]
async fn text_is_not_written_where_the_engine_merges() {
    let document = "{ a: figure(number: 1) { period { code } } a: figure(number: 1) { period { previous { code } } } \
        list(from: 0, to: 2) { id } ...F } fragment F on Query { list(from: 0, to: 2) { odd } }";
    let expected = told(theirs::schema(), document).await;
    assert_eq!(told(ours::schema(), document).await, expected);
    assert_eq!(told(mixed::schema(), document).await, expected);
}

/// Counts its batches.
struct Names(&'static AtomicUsize);

impl Loader<i64> for Names {
    type Value = i64;
    type Error = std::convert::Infallible;

    fn load<'a, 'b, 'c>(
        &'a self,
        keys: &'b [i64],
    ) -> rows::BoxFuture<'c, std::result::Result<HashMap<i64, i64>, Self::Error>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Ok(keys.iter().map(|key| (*key, key / 2)).collect()) })
    }
}

/// A number.
struct Number(i64);

#[row_object]
impl Number {
    fn value(&self) -> i64 {
        self.0
    }

    /// What comes under it, which loads nothing by itself.
    fn pair(&self) -> Pair {
        Pair { left: Number(self.0 * 2), right: Number(self.0 * 2 + 1) }
    }

    async fn half(&self, ctx: &Context<'_>) -> Result<Option<Number>> {
        Ok(ctx.data::<DataLoader<Names>>()?.load_one(self.0).await?.map(Number))
    }
}

/// Two numbers.
#[derive(RowObject)]
struct Pair {
    left: Number,
    right: Number,
}

struct Query;

#[row_object]
impl Query {
    fn numbers(&self) -> Vec<Number> {
        (0..50).map(Number).collect()
    }
}

#[test]
fn each_level_is_one_batch() {
    static BATCHES: AtomicUsize = AtomicUsize::new(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(async {
        let loader = DataLoader::new(Names(&BATCHES), tokio::spawn).delay(Duration::from_millis(20));
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(loader).finish();
        schema
            .execute(
                "{ numbers { half { half { value } } pair { left { half { value } } right { half { value } } } } }",
            )
            .await
    });
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    assert_eq!(BATCHES.load(Ordering::SeqCst), 2);
}
