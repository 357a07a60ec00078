//! Changes of organisations in the schema: the record, and what is read of it. Mutations stand in [`mutation`].

mod mutation;

use kit::paging::MAX_PAGE;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::organisation::{organisation_change, organisation_change_unit};
use uuid::Uuid;

pub use mutation::OrganisationChangeMutation;

use super::{OrganisationChangeKind, OrganisationChangeState, Part, service, store};
use access::Caller;
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{Organisation, load};
use base::organisation::store as organisations;
use base::programme::graphql::RootOf;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::units::OrganisationKind;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// The key of a change in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ChangeId> for Batch {
    type Value = Arc<organisation_change::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ChangeId]) -> Result<HashMap<ChangeId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ChangeId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the parts of a change in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UnitsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<UnitsOf> for Batch {
    type Value = Arc<Vec<Arc<organisation_change_unit::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[UnitsOf]) -> Result<HashMap<UnitsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::units_of(self.app.db.read(), &ids).await.map_err(Arc::new)?;
        Ok(grouped(rows, |row| UnitsOf(row.change_id)))
    }
}

/// The key of the changes of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangesOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<ChangesOf> for Batch {
    type Value = Arc<Vec<Arc<organisation_change::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ChangesOf]) -> Result<HashMap<ChangesOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let pairs = store::of_organisations(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)?;
        let mut found: HashMap<ChangesOf, Vec<Arc<organisation_change::Model>>> = HashMap::new();
        for (organisation_id, row) in pairs {
            found.entry(ChangesOf(organisation_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

fn grouped<K: Eq + std::hash::Hash, M>(rows: Vec<M>, key: impl Fn(&M) -> K) -> HashMap<K, Arc<Vec<Arc<M>>>> {
    let mut found: HashMap<K, Vec<Arc<M>>> = HashMap::new();
    for row in rows {
        found.entry(key(&row)).or_default().push(Arc::new(row));
    }
    found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect()
}

/// The key of "did the caller write in this change" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<ChangeWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ChangeWrittenByCaller]) -> Result<HashMap<ChangeWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (ChangeWrittenByCaller(id), true)).collect())
    }
}

/// The latest changes of an organisation that the caller may see; for a field of the organisation.
pub async fn changes_of(ctx: &Context<'_>, organisation_id: Uuid, first: u32) -> ApiResult<Vec<OrganisationChange>> {
    let found = ctx.loader()?.load_one(ChangesOf(organisation_id)).await.map_err(ApiError::shared)?;
    let rows = found.unwrap_or_default();
    Ok(rows.iter().take(first as usize).map(|row| OrganisationChange(Arc::clone(row))).collect())
}

/// An organisation that a change makes (đơn vị được thành lập).
pub struct MadeOrganisation(Arc<organisation_change_unit::Model>);

/// An organisation that a change makes (đơn vị được thành lập).
#[rows::row_object]
impl MadeOrganisation {
    /// Its code (mã đơn vị).
    fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Its kind (loại tổ chức).
    fn kind(&self) -> Result<Option<OrganisationKind>> {
        let kind = self.0.kind.as_deref().map(OrganisationKind::from_str).transpose();
        Ok(kind.map_err(ApiError::from)?)
    }

    /// Its name (tên đơn vị).
    fn name(&self, #[graphql(default, desc = "In which language.")] language: Language) -> Option<&str> {
        match language {
            Language::Vi => self.0.name_vi.as_deref(),
            Language::En => self.0.name_en.as_deref(),
        }
    }

    /// What it stands under (đơn vị cấp trên).
    async fn parent(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.0.parent_id?;
        or_null(load(ctx, id).await)
    }

    /// The organisation itself; null until the change is confirmed.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.0.organisation_id?;
        or_null(load(ctx, id).await)
    }
}

/// A change of organisations (thay đổi tổ chức): established, renamed, merged, split, dissolved or moved by a decision.
#[derive(Clone)]
pub struct OrganisationChange(pub Arc<organisation_change::Model>);

/// A change of organisations (thay đổi tổ chức): established, renamed, merged, split, dissolved or moved by a decision.
#[rows::row_object]
impl OrganisationChange {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::OrganisationChange, self.0.id)
    }

    /// Its code in the programme, such as `TC-2026-001` (mã thay đổi).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// What kind of change (hình thức).
    fn kind(&self) -> Result<OrganisationChangeKind> {
        Ok(OrganisationChangeKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<OrganisationChangeState> {
        Ok(service::state_of(&self.0)?)
    }

    /// Number of the decision that orders it (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// The day of that decision (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// The first day on which it holds (ngày có hiệu lực).
    fn effective_on(&self) -> NaiveDate {
        self.0.effective_on
    }

    /// What a reader should know (nội dung).
    fn content(&self) -> Option<&str> {
        self.0.content.as_deref()
    }

    /// Those that are renamed, or that end the day before (đơn vị được đổi tên hoặc kết thúc).
    async fn organisations(&self, ctx: &Context<'_>) -> Result<Vec<Organisation>> {
        let units = self.units(ctx, Part::Subject).await?;
        let loaded = units.iter().filter_map(|unit| unit.organisation_id).map(|id| load(ctx, id));
        Ok(futures_util::future::try_join_all(loaded).await?.into_iter().flatten().collect())
    }

    /// Of a merger: the one that takes the others up and goes on (đơn vị nhận sáp nhập).
    async fn into(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let found = async {
            match self.units(ctx, Part::Into).await?.first().and_then(|unit| unit.organisation_id) {
                Some(id) => load(ctx, id).await,
                None => Ok(None),
            }
        };
        or_null(found.await)
    }

    /// Those that it makes (đơn vị được thành lập).
    async fn made(&self, ctx: &Context<'_>) -> Result<Vec<MadeOrganisation>> {
        Ok(self.units(ctx, Part::Made).await?.into_iter().map(MadeOrganisation).collect())
    }

    /// Of a renaming: the new name (tên mới).
    fn new_name(&self, #[graphql(default, desc = "In which language.")] language: Language) -> Option<&str> {
        match language {
            Language::Vi => self.0.name_vi.as_deref(),
            Language::En => self.0.name_en.as_deref(),
        }
    }

    /// Who confirmed or rejected it (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// When it was confirmed or rejected here (thời điểm quyết định).
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was rejected, or what the confirmation adds (lý do).
    fn decision_reason(&self) -> Option<&str> {
        self.0.decision_reason.as_deref()
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let loader = ctx.loader()?;
        let written = async {
            let found = loader.load_one(ChangeWrittenByCaller(self.0.id)).await;
            Ok::<bool, ApiError>(found.map_err(ApiError::shared)?.unwrap_or(false))
        };
        let root = async { loader.load_one(RootOf(self.0.programme_id)).await.map_err(ApiError::shared) };
        let (written_by_caller, root) = futures_util::try_join!(written, root)?;
        let (root, upward) = &*root.ok_or_else(|| ApiError::internal("a programme without organisations"))?;
        let subject = Subject {
            organisation_id: root.id,
            upward,
            standing_body: root.standing_body,
            written_by_caller,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, service::state_of(&self.0)?, &subject);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

impl OrganisationChange {
    async fn units(&self, ctx: &Context<'_>, part: Part) -> ApiResult<Vec<Arc<organisation_change_unit::Model>>> {
        let units = ctx.loader()?.load_one(UnitsOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(units.iter().filter(|unit| unit.part == part.as_str()).cloned().collect())
    }
}

connection! {
    /// A page of changes of organisations.
    OrganisationChangeConnection, OrganisationChangeEdge, OrganisationChange
}

/// Reading changes of organisations.
#[derive(Default)]
pub struct OrganisationChangeQuery;

/// Reading changes of organisations.
#[rows::row_object]
impl OrganisationChangeQuery {
    /// The change of organisations of a code; null when there is none that the caller may see.
    async fn organisation_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `TC-2026-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<OrganisationChange>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| OrganisationChange(Arc::new(row)))))
    }

    /// Changes of organisations (thay đổi tổ chức bộ máy), by the day on which they take effect. Those that are not
    /// confirmed are seen by the standing body and the Chair.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn organisation_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those in which the organisation of this code takes part, or which made it.")]
        organisation: Option<String>,
        #[graphql(desc = "Only of these kinds.")] kinds: Option<Vec<OrganisationChangeKind>>,
        #[graphql(desc = "Only in these states.")] states: Option<Vec<OrganisationChangeState>>,
        #[graphql(desc = "Only those that take effect on this day or later.")] from: Option<NaiveDate>,
        #[graphql(desc = "Only those that take effect on this day or before.")] to: Option<NaiveDate>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<OrganisationChangeConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let (kinds, states) = (kinds.unwrap_or_default(), states.unwrap_or_default());
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), organisation.as_deref()).await?;
        let filter = store::Filter { programme_id, organisation_id, kinds, states, from, to };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(OrganisationChangeConnection(Rows::of(slice, |row| OrganisationChange(Arc::new(row)))))
    }
}

/// What changes of organisations add to an organisation.
pub struct OrganisationChanges<'a>(&'a Organisation);

/// What changes of organisations add to an organisation.
#[rows::row_object]
impl OrganisationChanges<'_> {
    /// The changes in which it took part, or which made it, the latest first (các lần thay đổi tổ chức). All of them:
    /// `organisationChanges(organisation:)`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<OrganisationChange>> {
        Ok(changes_of(ctx, self.0.0.id, first.min(MAX_PAGE)).await?)
    }
}

rows::extension! {
    /// What changes of organisations add to an organisation.
    pub ORGANISATION_FIELDS: Organisation => OrganisationChanges
}
