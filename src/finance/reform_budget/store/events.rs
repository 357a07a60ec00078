//! What is appended to lines: appraisals, allocations, months of spending.

use chrono::NaiveDate;
use entity::reform_budget::{
    reform_budget_allocation, reform_budget_appraisal, reform_budget_line, reform_budget_spending,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::reform_budget::rules::{Appraisals, Said};
use crate::reform_budget::{ReformAllocationKind, ReformBudgetSide};
use access::Permit;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kit::app::conflict_or_fault;

/// The appraisals of some lines, of every round, as they were given.
pub async fn appraisals(
    connection: &impl ConnectionTrait,
    line_ids: Vec<Uuid>,
) -> ApiResult<Vec<reform_budget_appraisal::Model>> {
    Ok(reform_budget_appraisal::Entity::find()
        .filter(reform_budget_appraisal::Column::LineId.is_in(line_ids))
        .order_by_asc(reform_budget_appraisal::Column::Id)
        .all(connection)
        .await?)
}

/// What both sides said last of a line in its round.
pub fn in_round<'a>(
    line: &reform_budget_line::Model,
    rows: impl IntoIterator<Item = &'a reform_budget_appraisal::Model>,
) -> ApiResult<Appraisals> {
    let mut found = Appraisals::default();
    for row in rows.into_iter().filter(|row| row.line_id == line.id && row.round == line.round) {
        // A return ends its round: what is left of it names amounts.
        if let Some(amount) = row.amount_vnd {
            found.take(row.side.parse()?, Said { by: row.appraised_by, amount });
        }
    }
    Ok(found)
}

/// Appends what a side said.
pub async fn appraise(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    line: &reform_budget_line::Model,
    (side, amount, opinion): (ReformBudgetSide, Option<i64>, &str),
) -> ApiResult<reform_budget_appraisal::Model> {
    let row = reform_budget_appraisal::ActiveModel {
        id: Set(clock.new_id()),
        line_id: Set(line.id),
        round: Set(line.round),
        side: Set(side.as_str().to_owned()),
        amount_vnd: Set(amount),
        opinion: Set(opinion.trim().to_owned()),
        appraised_by: Set(permit.person()?),
        appraised_at: Set(clock.now()),
    };
    row.insert(tx).await.map_err(conflict_or_fault)
}

/// What decisions gave to some lines, by the decision's day.
pub async fn allocations(
    connection: &impl ConnectionTrait,
    line_ids: Vec<Uuid>,
) -> ApiResult<Vec<reform_budget_allocation::Model>> {
    Ok(reform_budget_allocation::Entity::find()
        .filter(reform_budget_allocation::Column::LineId.is_in(line_ids))
        .order_by_asc(reform_budget_allocation::Column::DecisionDate)
        .order_by_asc(reform_budget_allocation::Column::Id)
        .all(connection)
        .await?)
}

/// What decisions gave to all lines of a programme.
pub async fn all_allocations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<reform_budget_allocation::Model>> {
    Ok(reform_budget_allocation::Entity::find()
        .filter(reform_budget_allocation::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?)
}

/// Appends what a decision gave.
pub async fn allocate(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    line: &reform_budget_line::Model,
    (kind, amount): (ReformAllocationKind, i64),
    (number, date, explanation): (&str, NaiveDate, Option<&str>),
) -> ApiResult<()> {
    let row = reform_budget_allocation::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(line.programme_id),
        line_id: Set(line.id),
        kind: Set(kind.as_str().to_owned()),
        amount_vnd: Set(amount),
        decision_number: Set(number.trim().to_owned()),
        decision_date: Set(date),
        explanation: Set(explanation.map(str::to_owned)),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(clock.now()),
    };
    row.insert(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// What was spent of some lines: every edition of every month, the last edition of a month after those before.
pub async fn spending(
    connection: &impl ConnectionTrait,
    line_ids: Vec<Uuid>,
) -> ApiResult<Vec<reform_budget_spending::Model>> {
    Ok(reform_budget_spending::Entity::find()
        .filter(reform_budget_spending::Column::LineId.is_in(line_ids))
        .order_by_asc(reform_budget_spending::Column::Month)
        .order_by_asc(reform_budget_spending::Column::Edition)
        .all(connection)
        .await?)
}

/// What was spent of all lines of a programme, every edition of every month.
pub async fn all_spending(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<reform_budget_spending::Model>> {
    Ok(reform_budget_spending::Entity::find()
        .filter(reform_budget_spending::Column::ProgrammeId.eq(programme_id))
        .order_by_asc(reform_budget_spending::Column::Edition)
        .all(connection)
        .await?)
}

/// A month to be appended.
#[derive(Debug, Clone, Copy)]
pub struct NewMonth<'a> {
    /// The month, 1 to 13.
    pub month: i32,
    /// Its edition, from 1.
    pub edition: i32,
    /// Cumulative.
    pub spent: i64,
    /// Whether that is more than was given by then.
    pub above: bool,
    /// Why it is more.
    pub explanation: Option<&'a str>,
    /// Why it corrects, or falls.
    pub reason: Option<&'a str>,
}

/// Appends what was spent by the end of a month.
pub async fn spend(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    line: &reform_budget_line::Model,
    new: NewMonth<'_>,
) -> ApiResult<()> {
    let row = reform_budget_spending::ActiveModel {
        line_id: Set(line.id),
        month: Set(new.month),
        edition: Set(new.edition),
        programme_id: Set(line.programme_id),
        spent_vnd: Set(new.spent),
        above_allocation: Set(new.above),
        explanation: Set(new.explanation.map(str::to_owned)),
        reason: Set(new.reason.map(str::to_owned)),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(clock.now()),
    };
    reform_budget_spending::Entity::insert(row).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}
