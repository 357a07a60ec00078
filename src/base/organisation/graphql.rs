//! Organisations in the schema.

pub mod names;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Result};
use chrono::NaiveDate;
use entity::organisation::organisation;
use uuid::Uuid;

use self::names::OrganisationName;
use super::store;
use crate::programme::graphql::Programme;
use access::policy::{Action, Subject};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::units::OrganisationKind;
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// The key of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrganisationId(pub Uuid);

#[async_trait::async_trait]
impl Loader<OrganisationId> for Batch {
    type Value = Arc<organisation::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[OrganisationId]) -> Result<HashMap<OrganisationId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (OrganisationId(row.id), Arc::new(row))).collect())
    }
}

/// The key of an organisation and all above it in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UpwardOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<UpwardOf> for Batch {
    type Value = Arc<Vec<Uuid>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[UpwardOf]) -> Result<HashMap<UpwardOf, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let found = store::upward_of(self.app.db.read(), ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(id, upward)| (UpwardOf(id), Arc::new(upward))).collect())
    }
}

/// The key of the links from and to an organisation's predecessors and successors in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SuccessionsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<SuccessionsOf> for Batch {
    type Value = Arc<Vec<entity::organisation::organisation_successor::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[SuccessionsOf]) -> Result<HashMap<SuccessionsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::successions(self.app.db.read(), &ids).await.map_err(Arc::new)?;
        let mut found: HashMap<SuccessionsOf, Vec<_>> = HashMap::new();
        for row in rows {
            for id in [row.predecessor_id, row.successor_id] {
                if ids.contains(&id) {
                    found.entry(SuccessionsOf(id)).or_default().push(row.clone());
                }
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The organisation of a row that refers to it.
pub async fn load(ctx: &Context<'_>, organisation_id: Uuid) -> ApiResult<Option<Organisation>> {
    let found = ctx.loader()?.load_one(OrganisationId(organisation_id)).await.map_err(ApiError::shared)?;
    Ok(found.map(Organisation))
}

/// The same where it must be there: a row refers to it.
pub async fn load_required(ctx: &Context<'_>, organisation_id: Uuid) -> ApiResult<Organisation> {
    load(ctx, organisation_id).await?.ok_or_else(|| ApiError::internal("a row refers to no visible organisation"))
}

/// What the policy is asked about an organisation's records.
pub async fn upward(ctx: &Context<'_>, organisation_id: Uuid) -> ApiResult<Arc<Vec<Uuid>>> {
    Ok(ctx.loader()?.load_one(UpwardOf(organisation_id)).await.map_err(ApiError::shared)?.unwrap_or_default())
}

/// An organisation (cơ quan, đơn vị) in the tree under a programme, or above it.
pub struct Organisation(pub Arc<organisation::Model>);

/// An organisation (cơ quan, đơn vị) in the tree under a programme, or above it.
#[rows::row_object(extensible)]
impl Organisation {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Organisation, self.0.id)
    }

    /// Stable ASCII code (mã đơn vị), unique in its programme.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Name (tên đơn vị); as it is now, or as it was on a day.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "In which language.")] language: Language,
        #[graphql(desc = "As it was on this day, such as the last one of a report's period.")] on: Option<NaiveDate>,
    ) -> Result<String> {
        Ok(match (on, language) {
            (Some(day), _) => names::name_on(ctx, &self.0, language, day).await?,
            (None, Language::Vi) => self.0.name_vi.clone(),
            (None, Language::En) => self.0.name_en.clone(),
        })
    }

    /// Every name that it had, with its days, the first first (các tên gọi theo thời gian).
    async fn names(&self, ctx: &Context<'_>) -> Result<Vec<OrganisationName>> {
        Ok(names::names_of(ctx, &self.0).await?)
    }

    /// Kind (loại tổ chức).
    fn kind(&self) -> Result<OrganisationKind> {
        Ok(OrganisationKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Its programme; null for what stands above programmes, such as the city.
    async fn programme(&self, ctx: &Context<'_>) -> Option<ApiResult<Programme>> {
        let programme_id = self.0.programme_id?;
        or_null(crate::programme::graphql::load(ctx, programme_id).await)
    }

    /// What it stands under (đơn vị cấp trên).
    async fn parent(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let parent_id = self.0.parent_id?;
        or_null(load(ctx, parent_id).await)
    }

    /// Whether it is the standing body (cơ quan thường trực) of its programme.
    fn standing_body(&self) -> bool {
        self.0.standing_body
    }

    /// Whether the plan names it.
    fn stated_in_plan(&self) -> bool {
        self.0.stated_in_plan
    }

    /// Section of the plan that names it, such as `V.2.a`.
    fn section(&self) -> Option<&str> {
        self.0.section.as_deref()
    }

    /// What a reader should know of it, in Vietnamese.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Electronic identifier (mã định danh điện tử, QĐ 20/2020/QĐ-TTg).
    fn identifier_code(&self) -> Option<&str> {
        self.0.identifier_code.as_deref()
    }

    /// Budget-unit code (mã đơn vị quan hệ ngân sách).
    fn budget_unit_code(&self) -> Option<&str> {
        self.0.budget_unit_code.as_deref()
    }

    /// First day of its existence.
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while it exists.
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// What became of it: the organisations that took its place (đơn vị kế thừa).
    async fn successors(&self, ctx: &Context<'_>) -> Result<Vec<Organisation>> {
        Ok(self.linked(ctx, |row| (row.predecessor_id == self.0.id).then_some(row.successor_id)).await?)
    }

    /// What it came from (đơn vị tiền thân).
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<Organisation>> {
        Ok(self.linked(ctx, |row| (row.successor_id == self.0.id).then_some(row.predecessor_id)).await?)
    }

    /// What the caller may do with this organisation's registers and journal.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        const ACTIONS: [Action; 7] = [
            Action::ImportProcedures,
            Action::AssignLead,
            Action::SaveFunctions,
            Action::SaveDelegation,
            Action::ClassifyUnit,
            Action::ReadJournal,
            Action::InspectPermissions,
        ];
        let upward = upward(ctx, self.0.id).await?;
        let subject = Subject {
            organisation_id: self.0.id,
            upward: &upward,
            standing_body: self.0.standing_body,
            written_by_caller: false,
            form: None,
        };
        Ok(allowed::of_record(&ctx.request()?.caller, &ACTIONS, &subject, ctx.language()))
    }
}

impl Organisation {
    async fn linked(
        &self,
        ctx: &Context<'_>,
        other: impl Fn(&entity::organisation::organisation_successor::Model) -> Option<Uuid>,
    ) -> ApiResult<Vec<Organisation>> {
        let loader = ctx.loader()?;
        let links = loader.load_one(SuccessionsOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default();
        let ids: Vec<OrganisationId> = links.iter().filter_map(&other).map(OrganisationId).collect();
        let mut found = loader.load_many(ids.clone()).await.map_err(ApiError::shared)?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(Organisation).collect())
    }
}

connection! {
    /// A page of organisations.
    OrganisationConnection, OrganisationEdge, Organisation
}

/// Reading organisations.
#[derive(Default)]
pub struct OrganisationQuery;

/// Reading organisations.
#[rows::row_object]
impl OrganisationQuery {
    /// The organisation of a code; null when there is none that the caller may see.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `TTPVHCC`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<Organisation>> {
        let found = async { store::by_code(ctx.app()?.db.read(), &ctx.viewer()?, programme.as_deref(), &code).await };
        or_null(found.await.map(|row| Some(Organisation(Arc::new(row)))).or_else(ApiError::none_if_not_found))
    }

    /// Organisations (cơ quan, đơn vị), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only of these kinds.")] kinds: Option<Vec<OrganisationKind>>,
        #[graphql(desc = "Only those directly under the organisation of this code.")] parent: Option<String>,
        #[graphql(
            desc = "Only those whose code and name hold every word of this, in any order; diacritics and case do not matter."
        )]
        search: Option<String>,
        #[graphql(desc = "Only those in force on this day.")] on: Option<NaiveDate>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<OrganisationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = store::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let parent_id = store::id_of(connection, &viewer, programme.as_deref(), parent.as_deref()).await?;
        let filter = store::Filter { programme_id, kinds: kinds.unwrap_or_default(), parent_id, search, on };
        let asked = ctx.look_ahead();
        let parents = asked.field("nodes").field("parent").exists()
            || asked.field("edges").field("node").field("parent").exists();
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?, parents).await?;
        let loader = ctx.loader()?;
        Ok(OrganisationConnection(Rows::of(slice, |(row, parent)| {
            loader.feed(parent.map(|parent| (OrganisationId(parent.id), Arc::new(parent))));
            Organisation(Arc::new(row))
        })))
    }
}
