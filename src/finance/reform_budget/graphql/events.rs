//! What is appended to a line in the schema: appraisals, allocations, months of spending; and how they are loaded.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::reform_budget::{
    reform_budget_allocation, reform_budget_appraisal, reform_budget_line, reform_budget_spending,
};
use uuid::Uuid;

use super::parsed;
use crate::reform_budget::rules::Appraisals;
use crate::reform_budget::store;
use crate::reform_budget::store::events;
use crate::reform_budget::{ReformAllocationKind, ReformBudgetSide};
use access::Caller;
use base::account::graphql::{Person, load_person};
use kernel::error::{ApiError, ApiResult};
use kit::context::{Batch, ContextExt, or_null};
use kit::scalar::{Vnd, money};

macro_rules! rows_of {
    ($(#[doc = $doc:literal])* $key:ident, $row:ty, $read:path) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $key(pub Uuid);

        #[async_trait::async_trait]
        impl Loader<$key> for Batch {
            type Value = Arc<Vec<Arc<$row>>>;
            type Error = Arc<ApiError>;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>, Self::Error> {
                let ids = keys.iter().map(|key| key.0).collect();
                let mut found: HashMap<$key, Vec<Arc<$row>>> = HashMap::new();
                for row in $read(self.app.db.read(), ids).await.map_err(Arc::new)? {
                    found.entry($key(row.line_id)).or_default().push(Arc::new(row));
                }
                Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
            }
        }
    };
}

rows_of! {
    /// The key of the appraisals of a line in the loader.
    AppraisalsOf, reform_budget_appraisal::Model, events::appraisals
}
rows_of! {
    /// The key of the allocations of a line in the loader.
    AllocationsOf, reform_budget_allocation::Model, events::allocations
}
rows_of! {
    /// The key of the months of a line in the loader.
    SpendingOf, reform_budget_spending::Model, events::spending
}

/// The key of "did the caller write in this line" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<LineWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LineWrittenByCaller]) -> Result<HashMap<LineWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (LineWrittenByCaller(id), true)).collect())
    }
}

/// The key of "may the caller see this line" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LineSeenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<LineSeenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LineSeenByCaller]) -> Result<HashMap<LineSeenByCaller, bool>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let seen = store::visible(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(seen.into_iter().map(|id| (LineSeenByCaller(id), true)).collect())
    }
}

/// Whether the caller wrote in a line.
pub async fn written(ctx: &Context<'_>, line_id: Uuid) -> ApiResult<bool> {
    let found = ctx.loader()?.load_one(LineWrittenByCaller(line_id)).await;
    Ok(found.map_err(ApiError::shared)?.unwrap_or(false))
}

/// The appraisals of a line, as they were given.
pub async fn appraisals_of(
    ctx: &Context<'_>,
    line_id: Uuid,
) -> ApiResult<Arc<Vec<Arc<reform_budget_appraisal::Model>>>> {
    let found = ctx.loader()?.load_one(AppraisalsOf(line_id)).await;
    Ok(found.map_err(ApiError::shared)?.unwrap_or_default())
}

/// What both sides said last of a line in its round.
pub async fn in_round(ctx: &Context<'_>, line: &reform_budget_line::Model) -> ApiResult<Appraisals> {
    let rows = appraisals_of(ctx, line.id).await?;
    events::in_round(line, rows.iter().map(Arc::as_ref))
}

/// The decisions that gave money to a line, by their days.
pub async fn allocations_of(
    ctx: &Context<'_>,
    line_id: Uuid,
) -> ApiResult<Arc<Vec<Arc<reform_budget_allocation::Model>>>> {
    let found = ctx.loader()?.load_one(AllocationsOf(line_id)).await;
    Ok(found.map_err(ApiError::shared)?.unwrap_or_default())
}

/// What was given to a line. Amounts were bounded when they were written.
pub async fn allocated(ctx: &Context<'_>, line_id: Uuid) -> ApiResult<i64> {
    Ok(allocations_of(ctx, line_id).await?.iter().map(|row| row.amount_vnd).sum())
}

/// The months of a line with all their editions, by month and edition.
pub async fn spending_of(ctx: &Context<'_>, line_id: Uuid) -> ApiResult<Arc<Vec<Arc<reform_budget_spending::Model>>>> {
    let found = ctx.loader()?.load_one(SpendingOf(line_id)).await;
    Ok(found.map_err(ApiError::shared)?.unwrap_or_default())
}

/// What is spent of a line by its last month.
pub async fn spent(ctx: &Context<'_>, line_id: Uuid) -> ApiResult<i64> {
    Ok(spending_of(ctx, line_id).await?.last().map_or(0, |row| row.spent_vnd))
}

/// What one side said of a line (ý kiến thẩm định kinh phí).
pub struct ReformBudgetAppraisal(pub Arc<reform_budget_appraisal::Model>);

/// What one side said of a line of the budget of the reform (ý kiến thẩm định kinh phí). Never changed: the last of a side
/// counts.
#[rows::row_object]
impl ReformBudgetAppraisal {
    /// Who (bên thẩm định).
    fn side(&self) -> Result<ReformBudgetSide> {
        Ok(parsed(&self.0.side)?)
    }

    /// What is thought right, in đồng; null where the line was returned (số thẩm định).
    fn amount(&self) -> Result<Option<Vnd>> {
        Ok(self.0.amount_vnd.map(money).transpose()?)
    }

    /// Whether the line was returned to the unit (yêu cầu chỉnh lý).
    fn returned(&self) -> bool {
        self.0.amount_vnd.is_none()
    }

    /// In words; the reason where it was returned (ý kiến).
    fn opinion(&self) -> &str {
        &self.0.opinion
    }

    /// Of which sending of the line, from 1 (lần gửi).
    fn round(&self) -> i32 {
        self.0.round
    }

    /// By whom (người thẩm định).
    async fn appraised_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.0.appraised_by).await)
    }

    /// When (thời điểm thẩm định).
    fn appraised_at(&self) -> DateTime<Utc> {
        self.0.appraised_at
    }
}

/// What a decision gave to a line (quyết định giao kinh phí).
pub struct ReformAllocation(pub Arc<reform_budget_allocation::Model>);

/// What a decision gave to a line of the budget of the reform, or took from it (quyết định giao kinh phí). Never changed:
/// another decision sets it right.
#[rows::row_object]
impl ReformAllocation {
    /// How it changes what the line has (loại).
    fn kind(&self) -> Result<ReformAllocationKind> {
        Ok(parsed(&self.0.kind)?)
    }

    /// By how much, in đồng; below zero only of an adjustment (số tiền).
    fn amount(&self) -> Result<Vnd> {
        Ok(money(self.0.amount_vnd)?)
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// Why, where it needed an explanation (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.0.explanation.as_deref()
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// What was spent of a line by the end of a month (chi lũy kế đến hết tháng).
pub struct ReformSpending {
    pub(super) row: Arc<reform_budget_spending::Model>,
    pub(super) year: i32,
}

/// What was spent of a line of the budget of the reform by the end of a month (chi lũy kế đến hết tháng). Never changed: a
/// correction is the next edition.
#[rows::row_object]
impl ReformSpending {
    /// The month of the budget year, such as `2026-M09`; `2026-M13` is until 31 January (tháng).
    fn period(&self) -> String {
        format!("{}-M{:02}", self.year, self.row.month)
    }

    /// The edition, from 1 (lần).
    fn edition(&self) -> i32 {
        self.row.edition
    }

    /// Cumulative since 1 January, in đồng (số đã chi lũy kế).
    fn spent(&self) -> Result<Vnd> {
        Ok(money(self.row.spent_vnd)?)
    }

    /// Whether that was more than was given by the end of the month, as known when it was recorded (vượt số được giao).
    fn above_allocation(&self) -> bool {
        self.row.above_allocation
    }

    /// Why it was more (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.row.explanation.as_deref()
    }

    /// Why it corrects what was recorded, or is less than an earlier month (lý do).
    fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}
