//! Drafts on which people are consulted, in the schema. What changes them stands in [`mutation`].

pub mod mutation;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::legal::{legal_consultation, legal_document, legal_opinion};
use entity::programme::task;
use uuid::Uuid;

use super::LegalDocument;
use crate::service::consultations as service;
use crate::store::consultations as store;
use crate::{ConsultationState, OpinionResponse, OpinionSource};
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::programme::graphql::Task;
use kernel::error::{ApiError, ApiResult};
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::scalar::Count;

/// The key of a consultation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LegalConsultationId(pub Uuid);

#[async_trait::async_trait]
impl Loader<LegalConsultationId> for Batch {
    type Value = Arc<legal_consultation::Model>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[LegalConsultationId],
    ) -> Result<HashMap<LegalConsultationId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (LegalConsultationId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the opinions on a draft in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpinionsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<OpinionsOf> for Batch {
    type Value = Arc<Vec<Arc<legal_opinion::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[OpinionsOf]) -> Result<HashMap<OpinionsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<OpinionsOf, Vec<Arc<legal_opinion::Model>>> = HashMap::new();
        for row in store::opinions_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            found.entry(OpinionsOf(row.consultation_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of the documents that a draft became in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocumentsOfDraft(pub Uuid);

#[async_trait::async_trait]
impl Loader<DocumentsOfDraft> for Batch {
    type Value = Arc<Vec<Arc<legal_document::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DocumentsOfDraft]) -> Result<HashMap<DocumentsOfDraft, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<DocumentsOfDraft, Vec<Arc<legal_document::Model>>> = HashMap::new();
        for row in store::documents_of(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            if let Some(id) = row.consultation_id {
                found.entry(DocumentsOfDraft(id)).or_default().push(Arc::new(row));
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of the tasks that a draft serves in the loader: the draft and its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TasksOfDraft(pub Uuid, pub Uuid);

#[async_trait::async_trait]
impl Loader<TasksOfDraft> for Batch {
    type Value = Arc<Vec<Arc<task::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TasksOfDraft]) -> Result<HashMap<TasksOfDraft, Self::Value>, Self::Error> {
        let of: HashMap<Uuid, Uuid> = keys.iter().map(|key| (key.0, key.1)).collect();
        let rows = store::tasks_of(self.app.db.read(), &self.viewer, &of).await.map_err(Arc::new)?;
        let mut found: HashMap<TasksOfDraft, Vec<Arc<task::Model>>> = HashMap::new();
        for (id, row) in rows {
            found.entry(TasksOfDraft(id, row.programme_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// An opinion on a draft, or several alike (ý kiến góp ý).
pub struct LegalOpinion(Arc<legal_opinion::Model>);

/// An opinion on a draft, or several alike (ý kiến góp ý).
#[rows::row_object]
impl LegalOpinion {
    /// Who gave it (đối tượng góp ý).
    fn source(&self) -> Result<OpinionSource> {
        Ok(OpinionSource::from_str(&self.0.source).map_err(ApiError::from)?)
    }

    /// How many said so (số lượt ý kiến).
    fn count(&self) -> i32 {
        self.0.count
    }

    /// In short words (tóm tắt ý kiến).
    fn summary(&self) -> &str {
        &self.0.summary
    }

    /// What the unit answers; null while it does not (kết quả tiếp thu).
    fn response(&self) -> Option<ApiResult<OpinionResponse>> {
        let response = self.0.response.as_deref()?;
        Some(OpinionResponse::from_str(response).map_err(ApiError::from))
    }

    /// Why (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.0.explanation.as_deref()
    }
}

/// How many opinions came from whom (số lượt ý kiến theo đối tượng).
#[derive(Debug, Clone, Copy, rows::RowObject)]
pub struct OpinionCount {
    /// Who (đối tượng).
    pub source: OpinionSource,
    /// How many (số lượt).
    pub count: Count,
}

/// A draft on which people are consulted (dự thảo lấy ý kiến Nhân dân).
#[derive(Clone)]
pub struct LegalConsultation(pub Arc<legal_consultation::Model>);

impl LegalConsultation {
    async fn loaded_opinions(&self, ctx: &Context<'_>) -> ApiResult<Arc<Vec<Arc<legal_opinion::Model>>>> {
        Ok(ctx.loader()?.load_one(OpinionsOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default())
    }
}

/// A draft on which people are consulted (dự thảo lấy ý kiến Nhân dân).
#[rows::row_object]
impl LegalConsultation {
    /// Its code in the programme, such as `DT-2026-001` (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The unit that drafts (đơn vị soạn thảo).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Title of the draft (tên dự thảo).
    fn title(&self) -> &str {
        &self.0.title
    }

    /// What people are asked (nội dung lấy ý kiến).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// Where the draft is made public (nơi đăng tải, niêm yết).
    fn place(&self) -> &str {
        &self.0.place
    }

    /// First day (ngày bắt đầu).
    fn opened_on(&self) -> NaiveDate {
        self.0.opened_on
    }

    /// Last day (ngày cuối cùng).
    fn closes_on(&self) -> NaiveDate {
        self.0.closes_on
    }

    /// How it stands (trạng thái).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<ConsultationState> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(service::state_of(&self.0, day))
    }

    /// The opinions, in the order in which the unit gave them (các ý kiến).
    async fn opinions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 200.", validator(minimum = 1, maximum = 200))] first: u32,
    ) -> Result<Vec<LegalOpinion>> {
        let rows = self.loaded_opinions(ctx).await?;
        Ok(rows.iter().take(first as usize).map(|row| LegalOpinion(Arc::clone(row))).collect())
    }

    /// How many opinions came from whom; whoever gave none is not there (tổng hợp ý kiến).
    async fn opinion_counts(&self, ctx: &Context<'_>) -> Result<Vec<OpinionCount>> {
        let rows = self.loaded_opinions(ctx).await?;
        let of = |source: OpinionSource| {
            let counts = rows.iter().filter(|row| row.source == source.as_str()).map(|row| i64::from(row.count));
            OpinionCount { source, count: Count(counts.sum()) }
        };
        Ok(OpinionSource::ALL.iter().map(|source| of(*source)).filter(|one| one.count.0 > 0).collect())
    }

    /// What came of it; null while it is not closed (kết luận).
    fn conclusion(&self) -> Option<&str> {
        self.0.conclusion.as_deref()
    }

    /// When it was closed (ngày kết thúc).
    fn closed_on(&self) -> Option<NaiveDate> {
        self.0.closed_on
    }

    /// The documents that the draft became (văn bản được ban hành).
    async fn documents(&self, ctx: &Context<'_>) -> Result<Vec<LegalDocument>> {
        let rows = ctx.loader()?.load_one(DocumentsOfDraft(self.0.id)).await.map_err(ApiError::shared)?;
        Ok(rows.unwrap_or_default().iter().map(|row| LegalDocument(Arc::clone(row))).collect())
    }

    /// The tasks of the plan that it serves, by section (nhiệm vụ liên quan).
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<Task>> {
        let key = TasksOfDraft(self.0.id, self.0.programme_id);
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().map(|row| Task(Arc::clone(row))).collect())
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller's roles let him do with it.
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
        let actions = [Action::ConsultPeople, Action::CloseConsultation];
        Ok(allowed::of_record(&ctx.request()?.caller, &actions, &subject, ctx.language()))
    }
}

connection! {
    /// A page of consultations.
    LegalConsultationConnection, LegalConsultationEdge, LegalConsultation
}

/// What to look for among consultations; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct LegalConsultationFilter {
    /// Only those of the organisation of this code, or of one below it.
    pub organisation: Option<String>,
    /// Only those in which people may say what they think on this day.
    pub open_on: Option<NaiveDate>,
    /// Only those that were closed (true), or were not (false).
    pub closed: Option<bool>,
    /// Only those that serve the task of this section of the plan.
    pub task: Option<String>,
    /// Only whose code or title contains these words, diacritics and case aside.
    pub search: Option<String>,
}

/// Reading consultations.
#[derive(Default)]
pub struct ConsultationQuery;

/// Reading consultations.
#[rows::row_object]
impl ConsultationQuery {
    /// The consultation of a code; null when there is none.
    async fn legal_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `DT-2026-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<LegalConsultation>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            let codes = std::slice::from_ref(&code);
            Ok(store::by_codes(connection, &viewer, programme.id, codes).await?.into_values().next())
        };
        or_null(found.await.map(|row| row.map(|row| LegalConsultation(Arc::new(row)))))
    }

    /// Drafts on which people are consulted (lấy ý kiến Nhân dân), by their first day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn legal_consultations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: LegalConsultationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<LegalConsultationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let code = programme.as_deref();
        let filter = store::Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, code).await?,
            organisation_id: organisations::id_of(connection, &viewer, code, filter.organisation.as_deref()).await?,
            open_on: filter.open_on,
            closed: filter.closed,
            task: filter.task,
            search: filter.search,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(LegalConsultationConnection(Rows::of(slice, |row| LegalConsultation(Arc::new(row)))))
    }
}
