//! Reviews of procedures in the schema: the record, and what is read of it. Mutations stand in [`mutation`].

mod mutation;
mod totals;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::simplification::procedure_review;
use uuid::Uuid;

pub use mutation::SimplificationMutation;
pub use totals::ProcedureReviewTotals;

use super::{ReviewState, service, store, sums};
use crate::procedure::graphql::{Procedure, ProcedureId};
use crate::procedure::rules::LimitUnit;
use crate::procedure::store as procedures;
use access::Caller;
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::scalar::Vnd;

/// The key of a review in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReviewId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ReviewId> for Batch {
    type Value = Arc<procedure_review::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ReviewId]) -> Result<HashMap<ReviewId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ReviewId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the latest reviews of a procedure in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReviewsOf {
    /// The procedure.
    pub procedure_id: Uuid,
    /// How many.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<ReviewsOf> for Batch {
    type Value = Arc<Vec<Arc<procedure_review::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ReviewsOf]) -> Result<HashMap<ReviewsOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.procedure_id);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (first, ids) in by_length {
            let rows = store::latest_of(self.app.db.read(), &self.viewer, &ids, first).await.map_err(Arc::new)?;
            found.extend(rows.into_iter().map(|(procedure_id, rows)| {
                (ReviewsOf { procedure_id, first }, Arc::new(rows.into_iter().map(Arc::new).collect()))
            }));
        }
        Ok(found)
    }
}

/// The latest reviews of a procedure that the caller may see, the latest first; for a field of the procedure.
pub async fn latest_of(ctx: &Context<'_>, procedure_id: Uuid, first: u32) -> ApiResult<Vec<ProcedureReview>> {
    let found = ctx.loader()?.load_one(ReviewsOf { procedure_id, first }).await.map_err(ApiError::shared)?;
    Ok(found.unwrap_or_default().iter().map(|row| ProcedureReview(Arc::clone(row))).collect())
}

/// The key of "did the caller write in this review" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReviewWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<ReviewWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ReviewWrittenByCaller]) -> Result<HashMap<ReviewWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (ReviewWrittenByCaller(id), true)).collect())
    }
}

/// A proposal to simplify a procedure, and what became of it (phương án rà soát, đơn giản hóa thủ tục hành chính).
#[derive(Clone)]
pub struct ProcedureReview(pub Arc<procedure_review::Model>);

/// A proposal to simplify a procedure, and what became of it (phương án rà soát, đơn giản hóa thủ tục hành chính).
#[rows::row_object]
impl ProcedureReview {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::ProcedureReview, self.0.id)
    }

    /// Its code in the programme, such as `RS-2026-001` (mã phương án).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The procedure (thủ tục được rà soát).
    async fn procedure(&self, ctx: &Context<'_>) -> Result<Procedure> {
        let found = ctx.loader()?.load_one(ProcedureId(self.0.procedure_id)).await.map_err(ApiError::shared)?;
        Ok(Procedure(found.ok_or_else(|| ApiError::internal("a review of no procedure"))?))
    }

    /// The unit that proposes (đơn vị đề xuất).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// The year of the review plan (năm kế hoạch rà soát).
    fn year(&self) -> i32 {
        self.0.year
    }

    /// When it was proposed (ngày đề xuất).
    fn proposed_on(&self) -> NaiveDate {
        self.0.proposed_on
    }

    /// What to cut, in words (nội dung cắt giảm, đơn giản hóa).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// Components of a dossier before (thành phần hồ sơ hiện tại).
    fn components_before(&self) -> i32 {
        self.0.components_before
    }

    /// Components of a dossier after (thành phần hồ sơ sau đơn giản hóa).
    fn components_after(&self) -> i32 {
        self.0.components_after
    }

    /// Forms and declarations before (mẫu đơn, tờ khai hiện tại).
    fn forms_before(&self) -> i32 {
        self.0.forms_before
    }

    /// Forms and declarations after (mẫu đơn, tờ khai sau đơn giản hóa).
    fn forms_after(&self) -> i32 {
        self.0.forms_after
    }

    /// Time limit before, in `timeUnit` (thời hạn giải quyết hiện tại).
    fn time_before(&self) -> i32 {
        self.0.time_before
    }

    /// Time limit after, in `timeUnit` (thời hạn giải quyết sau đơn giản hóa).
    fn time_after(&self) -> i32 {
        self.0.time_after
    }

    /// The unit of both times (đơn vị thời gian).
    fn time_unit(&self) -> Result<LimitUnit> {
        Ok(LimitUnit::from_str(&self.0.time_unit).map_err(ApiError::from)?)
    }

    /// Compliance cost of a year before, in VND (chi phí tuân thủ hiện tại).
    fn cost_before_vnd(&self) -> Vnd {
        Vnd(self.0.cost_before_vnd)
    }

    /// Compliance cost of a year after, in VND (chi phí tuân thủ sau đơn giản hóa).
    fn cost_after_vnd(&self) -> Vnd {
        Vnd(self.0.cost_after_vnd)
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<ReviewState> {
        Ok(service::state_of(&self.0)?)
    }

    /// Number of the decision about it (số quyết định).
    fn decision_number(&self) -> Option<&str> {
        self.0.decision_number.as_deref()
    }

    /// The day of that decision (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.decision_date
    }

    /// Why it was rejected, or what the decision adds (lý do).
    fn decision_reason(&self) -> Option<&str> {
        self.0.decision_reason.as_deref()
    }

    /// Who decided (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// From which day the procedure is done in the simpler way (ngày thực hiện).
    fn implemented_on(&self) -> Option<NaiveDate> {
        self.0.implemented_on
    }

    /// Number of the decision that announces the changed procedure (quyết định công bố).
    fn implementing_decision(&self) -> Option<&str> {
        self.0.implementing_decision.as_deref()
    }

    /// When it was withdrawn (ngày rút).
    fn withdrawn_on(&self) -> Option<NaiveDate> {
        self.0.withdrawn_on
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
        let written = async {
            let found = ctx.loader()?.load_one(ReviewWrittenByCaller(self.0.id)).await;
            Ok::<bool, ApiError>(found.map_err(ApiError::shared)?.unwrap_or(false))
        };
        let (upward, organisation, written) = futures_util::try_join!(
            upward(ctx, self.0.organisation_id),
            load_required(ctx, self.0.organisation_id),
            written,
        )?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: written,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, service::state_of(&self.0)?, &subject);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

connection! {
    /// A page of reviews of procedures.
    ProcedureReviewConnection, ProcedureReviewEdge, ProcedureReview
}

/// What to look for among reviews of procedures; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProcedureReviewFilter {
    /// Only of the procedure of this code.
    pub procedure: Option<String>,
    /// Only those that the unit of this code proposed.
    pub organisation: Option<String>,
    /// Only of this year's review plan.
    pub year: Option<i32>,
    /// Only in these states.
    pub states: Option<Vec<ReviewState>>,
}

/// Reading reviews of procedures.
#[derive(Default)]
pub struct SimplificationQuery;

/// Reading reviews of procedures.
#[rows::row_object]
impl SimplificationQuery {
    /// The review of a code; null when there is none that the caller may see.
    async fn procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `RS-2026-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<ProcedureReview>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| ProcedureReview(Arc::new(row)))))
    }

    /// Reviews of procedures (phương án rà soát, đơn giản hóa), by code. Everybody sees those that were approved or
    /// carried out; the unit that proposed them, the one-stop centre, the standing body and the Chair see all;
    /// oversight also sees those that were rejected.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn procedure_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureReviewFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureReviewConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let procedures = match filter.procedure {
            Some(code) => {
                let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
                let found = procedures::by_codes(connection, programme.id, std::slice::from_ref(&code)).await?;
                Some(found.into_values().map(|row| row.id).collect())
            }
            None => None,
        };
        let filter = store::Filter {
            programme_id,
            procedures,
            organisation_id,
            year: filter.year,
            states: filter.states.unwrap_or_default(),
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(ProcedureReviewConnection(Rows::of(slice, |row| ProcedureReview(Arc::new(row)))))
    }

    /// How many reviews of procedures are in which state, and what the approved ones and those carried out cut
    /// (tổng hợp kết quả rà soát, biểu II.04). Counts what the caller may see.
    async fn procedure_review_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Only of this year's review plan.")] year: Option<i32>,
        #[graphql(desc = "As they stood at the end of this day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<ProcedureReviewTotals> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let filter = store::Filter { programme_id: Some(programme.id), year, ..store::Filter::default() };
        let rows = store::summed(connection, &viewer, &filter).await?;
        let day = on.unwrap_or_else(|| app.clock.today());
        Ok(ProcedureReviewTotals::of(sums::totals(&rows, day), day))
    }
}
