//! The register of legal documents in the schema. Reviews stand in [`review`], drafts in [`consultation`], what changes
//! documents in [`mutation`].

pub mod consultation;
pub mod mutation;
pub mod review;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::legal::{legal_document, legal_relation};
use entity::programme::task;
use uuid::Uuid;

use self::consultation::{LegalConsultation, LegalConsultationId};
use self::review::{LegalReview, LegalReviewsOf};
use super::rules::DocumentKey;
use super::{
    LegalDocumentKind, LegalEndReason, LegalField, LegalIssuerLevel, LegalRelationKind, LegalStatus, service, store,
    validity,
};
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::period::PeriodCode;
use base::programme::graphql::Task;
use kernel::error::{ApiError, ApiResult};
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// The key of a document in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalDocumentId(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalDocumentId> for Batch {
    type Value = Arc<legal_document::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LegalDocumentId]) -> Result<HashMap<LegalDocumentId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (LegalDocumentId(row.id), Arc::new(row))).collect())
    }
}

/// The document of a row that refers to it.
pub async fn load_document(ctx: &Context<'_>, id: Uuid) -> ApiResult<LegalDocument> {
    let found = ctx.loader()?.load_one(LegalDocumentId(id)).await.map_err(ApiError::shared)?;
    found.map(LegalDocument).ok_or_else(|| ApiError::internal("a row refers to no visible document"))
}

/// The key of the relations from and to a document in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalRelationsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalRelationsOf> for Batch {
    type Value = Arc<Vec<legal_relation::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LegalRelationsOf]) -> Result<HashMap<LegalRelationsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<LegalRelationsOf, Vec<legal_relation::Model>> =
            keys.iter().map(|key| (*key, Vec::new())).collect();
        for row in store::relations_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            for id in [row.actor_id, row.target_id] {
                if let Some(rows) = found.get_mut(&LegalRelationsOf(id)) {
                    rows.push(row.clone());
                }
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of the tasks that a document serves in the loader: the document and its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalTasksOf(pub Uuid, pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalTasksOf> for Batch {
    type Value = Arc<Vec<Arc<task::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LegalTasksOf]) -> Result<HashMap<LegalTasksOf, Self::Value>, Self::Error> {
        let of: HashMap<Uuid, Uuid> = keys.iter().map(|key| (key.0, key.1)).collect();
        let rows = store::tasks_of(self.app.db.read(), &self.viewer, &of).await.map_err(Arc::new)?;
        let mut found: HashMap<LegalTasksOf, Vec<Arc<task::Model>>> = HashMap::new();
        for (id, row) in rows {
            found.entry(LegalTasksOf(id, row.programme_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// What one document does to another, seen from one of them (quan hệ giữa hai văn bản).
pub struct LegalRelation {
    row: legal_relation::Model,
    /// The document at the other end.
    other: Uuid,
    /// The document from which it is seen, where that is the one that acts.
    actor: Option<Arc<legal_document::Model>>,
}

/// What one document does to another, seen from one of them (quan hệ giữa hai văn bản).
#[rows::row_object]
impl LegalRelation {
    /// What the one that acts does to the other (loại quan hệ).
    fn kind(&self) -> Result<LegalRelationKind> {
        Ok(LegalRelationKind::from_str(&self.row.kind).map_err(ApiError::from)?)
    }

    /// From which day (từ ngày).
    fn effective_on(&self) -> NaiveDate {
        self.row.effective_on
    }

    /// Whether the document that acts states that day; else it is its own first day of effect.
    fn stated(&self) -> bool {
        self.row.stated
    }

    /// The document at the other end (văn bản kia).
    async fn document(&self, ctx: &Context<'_>) -> Result<LegalDocument> {
        Ok(load_document(ctx, self.other).await?)
    }

    /// Whether it came to nothing: the document that acts had itself ended by that day, or was withdrawn (không phát sinh
    /// hiệu lực).
    async fn void(&self, ctx: &Context<'_>) -> Result<bool> {
        let actor = match &self.actor {
            Some(row) => Arc::clone(row),
            None => load_document(ctx, self.other).await?.0,
        };
        Ok(actor.withdrawn_reason.is_some() || validity::is_void(actor.ended_on, self.row.effective_on))
    }
}

/// A document of the register (văn bản).
#[derive(Clone)]
pub struct LegalDocument(pub Arc<legal_document::Model>);

impl LegalDocument {
    async fn relations(&self, ctx: &Context<'_>, acting: bool) -> ApiResult<Vec<LegalRelation>> {
        let id = self.0.id;
        let rows = ctx.loader()?.load_one(LegalRelationsOf(id)).await.map_err(ApiError::shared)?.unwrap_or_default();
        let own = rows.iter().filter(|row| if acting { row.actor_id == id } else { row.target_id == id });
        Ok(own
            .map(|row| LegalRelation {
                row: row.clone(),
                other: if acting { row.target_id } else { row.actor_id },
                actor: acting.then(|| Arc::clone(&self.0)),
            })
            .collect())
    }
}

/// A document of the register (văn bản).
#[rows::row_object]
impl LegalDocument {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::LegalDocument, self.0.id)
    }

    /// Number and symbol, such as `12/2026/QĐ-UBND` (số, ký hiệu).
    fn number(&self) -> &str {
        &self.0.number
    }

    /// Kind (loại văn bản).
    fn kind(&self) -> Result<LegalDocumentKind> {
        Ok(LegalDocumentKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Whether it is a normative legal document; administrative otherwise (văn bản quy phạm pháp luật).
    fn normative(&self) -> bool {
        self.0.normative
    }

    /// The level that issued it (cấp ban hành).
    fn issuer_level(&self) -> Result<LegalIssuerLevel> {
        Ok(LegalIssuerLevel::from_str(&self.0.issuer_level).map_err(ApiError::from)?)
    }

    /// Who issued it (cơ quan ban hành).
    fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// Field (lĩnh vực).
    fn field(&self) -> Result<LegalField> {
        Ok(LegalField::from_str(&self.0.field).map_err(ApiError::from)?)
    }

    /// Title, in short words (trích yếu).
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Day of issue (ngày ban hành).
    fn issued_on(&self) -> NaiveDate {
        self.0.issued_on
    }

    /// First day of effect (ngày có hiệu lực).
    fn effective_on(&self) -> NaiveDate {
        self.0.effective_on
    }

    /// First day on which it holds no more by its own words; null where it says nothing (ngày hết hiệu lực nêu trong văn bản).
    fn expires_on(&self) -> Option<NaiveDate> {
        self.0.expires_on
    }

    /// First day on which it is not in force any more, worked out from what documents do to each other; null while nothing
    /// ends it (ngày hết hiệu lực).
    fn ended_on(&self) -> Option<NaiveDate> {
        self.0.ended_on
    }

    /// Why it ends (lý do hết hiệu lực).
    fn end_reason(&self) -> Option<ApiResult<LegalEndReason>> {
        let reason = self.0.end_reason.as_deref()?;
        Some(LegalEndReason::from_str(reason).map_err(ApiError::from))
    }

    /// The document that ends it; null where its own words do (văn bản thay thế, bãi bỏ).
    async fn ended_by(&self, ctx: &Context<'_>) -> Option<ApiResult<LegalDocument>> {
        let id = self.0.ended_by?;
        Some(load_document(ctx, id).await)
    }

    /// First day on which a part of it is not in force any more: amended, or repealed in part (ngày hết hiệu lực một phần).
    fn partly_ended_on(&self) -> Option<NaiveDate> {
        self.0.partly_ended_on
    }

    /// How it stands (tình trạng hiệu lực).
    fn status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<LegalStatus> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(validity::status_on(self.0.effective_on, self.0.ended_on, self.0.partly_ended_on, day))
    }

    /// Whether the ward must review it: it guides or carries out (thuộc diện phải rà soát).
    fn must_review(&self) -> bool {
        self.0.must_review
    }

    /// The unit that answers for it and reviews it (đơn vị chịu trách nhiệm).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// What it does to others, from whichever day first (văn bản chịu tác động của văn bản này).
    async fn acts_on(&self, ctx: &Context<'_>) -> Result<Vec<LegalRelation>> {
        Ok(self.relations(ctx, true).await?)
    }

    /// What others do to it, from whichever day first (văn bản tác động đến văn bản này).
    async fn acted_on_by(&self, ctx: &Context<'_>) -> Result<Vec<LegalRelation>> {
        Ok(self.relations(ctx, false).await?)
    }

    /// The tasks of the plan that it serves, by section (nhiệm vụ liên quan).
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<Task>> {
        let key = LegalTasksOf(self.0.id, self.0.programme_id);
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().map(|row| Task(Arc::clone(row))).collect())
    }

    /// The consultation on its draft (dự thảo đã lấy ý kiến).
    async fn draft(&self, ctx: &Context<'_>) -> Option<ApiResult<LegalConsultation>> {
        let id = self.0.consultation_id?;
        let found = async { ctx.loader()?.load_one(LegalConsultationId(id)).await.map_err(ApiError::shared) };
        or_null(found.await.map(|row| row.map(LegalConsultation)))
    }

    /// Its reviews that the caller may see, the latest first (các lần rà soát).
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<LegalReview>> {
        let rows = ctx.loader()?.load_one(LegalReviewsOf(self.0.id)).await.map_err(ApiError::shared)?;
        let rows = rows.unwrap_or_default();
        Ok(rows.iter().take(first as usize).map(|row| LegalReview(Arc::clone(row))).collect())
    }

    /// Why it was taken out of the register; null while it is in it (lý do đưa ra khỏi danh mục).
    fn withdrawn_reason(&self) -> Option<&str> {
        self.0.withdrawn_reason.as_deref()
    }

    /// Grows with every change of what was entered.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When what was entered was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now. Who keeps the register: `legalRegister`.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let id = self.0.organisation_id;
        let (upward, organisation) = futures_util::try_join!(upward(ctx, id), load_required(ctx, id))?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: false,
            form: None,
        };
        Ok(allowed::of_record(&ctx.request()?.caller, &[Action::SaveLegalReview], &subject, ctx.language()))
    }
}

connection! {
    /// A page of documents.
    LegalDocumentConnection, LegalDocumentEdge, LegalDocument
}

/// How a document is named: by its number, and where several have that, by its day or level beside.
#[derive(Debug, Clone, InputObject)]
pub struct LegalDocumentKeyInput {
    /// Number and symbol (số, ký hiệu).
    pub number: String,
    /// Day of issue (ngày ban hành).
    pub issued_on: Option<NaiveDate>,
    /// Level that issued it (cấp ban hành).
    pub issuer_level: Option<LegalIssuerLevel>,
}

impl From<LegalDocumentKeyInput> for DocumentKey {
    fn from(input: LegalDocumentKeyInput) -> Self {
        DocumentKey { number: input.number, issued_on: input.issued_on, issuer_level: input.issuer_level }
    }
}

/// What to look for among documents; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct LegalDocumentFilter {
    /// Only those that stand so on the day `on`.
    pub statuses: Option<Vec<LegalStatus>>,
    /// The day of `statuses`; today by default.
    pub on: Option<NaiveDate>,
    /// Only of these kinds.
    pub kinds: Option<Vec<LegalDocumentKind>>,
    /// Only normative legal documents (true), or only administrative ones (false).
    pub normative: Option<bool>,
    /// Only issued by these levels.
    pub levels: Option<Vec<LegalIssuerLevel>>,
    /// Only of these fields.
    pub fields: Option<Vec<LegalField>>,
    /// Only those for which the organisation of this code, or one below it, answers.
    pub organisation: Option<String>,
    /// Only those that the ward must review (true), or need not (false).
    pub must_review: Option<bool>,
    /// Of which campaign `reviewed` speaks: its period, `2026` or `2026-H1`.
    pub campaign: Option<PeriodCode>,
    /// Only those with a confirmed review in the campaign (true), or without one (false). Without `campaign` it does nothing.
    pub reviewed: Option<bool>,
    /// Only those that serve the task of this section of the plan.
    pub task: Option<String>,
    /// Only whose number, title or issuer contains these words, diacritics and case aside.
    pub search: Option<String>,
}

/// Who keeps the register of legal documents (đơn vị cập nhật danh mục văn bản).
pub struct LegalRegister {
    keepers: Vec<(Organisation, Vec<Uuid>)>,
}

/// Who keeps the register of legal documents (đơn vị cập nhật danh mục văn bản).
#[rows::row_object]
impl LegalRegister {
    /// The units that keep it today: those that lead the target II.1.a.3; where nobody does, those that lead the task
    /// II.1.b.1-1; else the standing body.
    fn keepers(&self) -> Vec<Organisation> {
        self.keepers.iter().map(|(keeper, _)| Organisation(Arc::clone(&keeper.0))).collect()
    }

    /// What the caller may do with the register now.
    fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let caller = &ctx.request()?.caller;
        let mut found = Vec::new();
        for (keeper, upward) in &self.keepers {
            let subject = Subject {
                organisation_id: keeper.0.id,
                upward,
                standing_body: keeper.0.standing_body,
                written_by_caller: false,
                form: None,
            };
            let allowed = allowed::of_record(caller, &[Action::KeepLegalDocuments], &subject, ctx.language());
            // One of several keepers is enough.
            if found.is_empty() || allowed.iter().all(|action| action.allowed) {
                found = allowed;
            }
        }
        Ok(found)
    }
}

/// Reading the register of legal documents.
#[derive(Default)]
pub struct LegalQuery;

/// Reading the register of legal documents.
#[rows::row_object]
impl LegalQuery {
    /// The document of a number; null when there is none. BAD_USER_INPUT where several have it and neither day nor level
    /// tells which.
    async fn legal_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number and symbol.")] number: String,
        #[graphql(desc = "Day of issue, where several have the number.")] issued_on: Option<NaiveDate>,
        #[graphql(desc = "Level that issued it, where several have the number.")] issuer_level: Option<
            LegalIssuerLevel,
        >,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<LegalDocument>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            let key = DocumentKey { number, issued_on, issuer_level };
            match service::find(connection, &viewer, programme.id, &key, &["number"]).await? {
                Ok(row) => Ok(Some(row)),
                Err(fault) if fault.code == kernel::user_error::UserErrorCode::UnknownCode => Ok(None),
                Err(fault) => Err(ApiError::bad_input(fault.message)),
            }
        };
        or_null(found.await.map(|row| row.map(|row| LegalDocument(Arc::new(row)))))
    }

    /// Documents of the register (danh mục văn bản), by the day of issue. Those withdrawn are not among them.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn legal_documents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in force, wholly or but for a part, on this day.")] in_force_on: Option<NaiveDate>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: LegalDocumentFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<LegalDocumentConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let code = programme.as_deref();
        let day = filter.on.unwrap_or_else(|| app.clock.today());
        let reviewed = match (filter.campaign, filter.reviewed) {
            (Some(period), Some(reviewed)) => {
                let programme = organisations::programme_by_code(connection, &viewer, code).await?;
                Some((review::campaign_id(connection, &viewer, programme.id, &period.0).await?, reviewed))
            }
            _ => None,
        };
        let filter = store::Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, code).await?,
            in_force_on,
            statuses: filter.statuses.map(|statuses| (statuses, day)),
            kinds: filter.kinds.unwrap_or_default(),
            normative: filter.normative,
            levels: filter.levels.unwrap_or_default(),
            fields: filter.fields.unwrap_or_default(),
            organisation_id: organisations::id_of(connection, &viewer, code, filter.organisation.as_deref()).await?,
            must_review: filter.must_review,
            reviewed,
            task: filter.task,
            search: filter.search,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(LegalDocumentConnection(Rows::of(slice, |row| LegalDocument(Arc::new(row)))))
    }

    /// Who keeps the register, and whether the caller may (đơn vị cập nhật danh mục văn bản).
    async fn legal_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<LegalRegister> {
        let app = ctx.app()?;
        let connection = app.db.read();
        let programme = organisations::programme_by_code(connection, &ctx.viewer()?, programme.as_deref()).await?;
        let rows = service::keepers(connection, programme.id, app.clock.today()).await?;
        let mut upward = organisations::upward_of(connection, rows.iter().map(|row| row.id).collect()).await?;
        let keepers = rows.into_iter().map(|row| {
            let above = upward.remove(&row.id).unwrap_or_default();
            (Organisation(Arc::new(row)), above)
        });
        Ok(LegalRegister { keepers: keepers.collect() })
    }
}
