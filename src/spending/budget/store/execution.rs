//! Execution: the forms of a budget year, and what they say of the lines.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::budget::{budget_execution_line, budget_line};
use entity::workflow::submission;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::{Parts, ROWS_AT_ONCE, too_large, whole_sum};
use access::viewer::below;
use access::{Permit, Viewer};
use kernel::error::ApiResult;
use kernel::form::{FormCode, State};

/// The forms of a budget year that are submitted or accepted, of an organisation: of each period its latest edition.
pub async fn forms_of_year(
    connection: &impl ConnectionTrait,
    organisation_id: Uuid,
    year: i32,
) -> ApiResult<Vec<submission::Model>> {
    use submission::Column;
    let rows = submission::Entity::find()
        .filter(Column::OrganisationId.eq(organisation_id))
        .filter(Column::Form.eq(FormCode::BudgetExecution.as_str()))
        .filter(Column::PeriodCode.starts_with(format!("{year}-M")))
        .filter(Column::State.is_in([State::Submitted.as_str(), State::Accepted.as_str()]))
        .order_by_asc(Column::PeriodEnd)
        .order_by_desc(Column::Edition)
        .all(connection)
        .await?;
    let mut latest: Vec<submission::Model> = Vec::new();
    for row in rows {
        if latest.last().is_none_or(|known| known.period_code != row.period_code) {
            latest.push(row);
        }
    }
    Ok(latest)
}

/// The last accepted form of each organisation at and below one, for a period of the budget year or before it.
pub async fn accepted_by(
    connection: &impl ConnectionTrait,
    (programme_id, organisation_id): (Uuid, Uuid),
    year: i32,
    by: NaiveDate,
) -> ApiResult<Vec<submission::Model>> {
    use submission::Column;
    let rows = submission::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::OrganisationId.in_subquery(below(vec![organisation_id])))
        .filter(Column::Form.eq(FormCode::BudgetExecution.as_str()))
        .filter(Column::PeriodCode.starts_with(format!("{year}-M")))
        .filter(Column::State.eq(State::Accepted.as_str()))
        .filter(Column::PeriodEnd.lte(by))
        .order_by_desc(Column::PeriodEnd)
        .all(connection)
        .await?;
    let mut last: HashMap<Uuid, submission::Model> = HashMap::new();
    for row in rows {
        last.entry(row.organisation_id).or_insert(row);
    }
    Ok(last.into_values().collect())
}

/// Every line of some forms, in order.
pub async fn execution_of(
    connection: &impl ConnectionTrait,
    submission_ids: &[Uuid],
) -> ApiResult<Vec<budget_execution_line::Model>> {
    use budget_execution_line::Column;
    let mut found = Vec::new();
    for chunk in submission_ids.chunks(ROWS_AT_ONCE) {
        let rows = budget_execution_line::Entity::find()
            .filter(Column::SubmissionId.is_in(chunk.iter().copied()))
            .order_by_asc(Column::SubmissionId)
            .order_by_asc(Column::Line)
            .all(connection);
        found.extend(rows.await?);
    }
    Ok(found)
}

/// The first lines of some forms that the viewer may see, in order: one statement.
pub async fn visible_execution(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: &[Uuid],
    limit: u32,
) -> ApiResult<Vec<budget_execution_line::Model>> {
    use budget_execution_line::Column;
    let visible = Query::select()
        .column(submission::Column::Id)
        .from(submission::Entity)
        .and_where(Expr::col((submission::Entity, submission::Column::Id)).is_in(submission_ids.iter().copied()))
        .cond_where(viewer.submissions())
        .to_owned();
    Ok(budget_execution_line::Entity::find()
        .filter(Column::SubmissionId.in_subquery(visible))
        .filter(Column::Line.lte(i64::from(limit)))
        .order_by_asc(Column::SubmissionId)
        .order_by_asc(Column::Line)
        .all(connection)
        .await?)
}

/// What some lines were executed at in some forms.
pub async fn amounts_in(
    connection: &impl ConnectionTrait,
    submission_ids: &[Uuid],
    line_ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, budget_execution_line::Model>> {
    use budget_execution_line::Column;
    let mut found = HashMap::new();
    for chunk in line_ids.chunks(ROWS_AT_ONCE) {
        let rows = budget_execution_line::Entity::find()
            .filter(Column::SubmissionId.is_in(submission_ids.iter().copied()))
            .filter(Column::LineId.is_in(chunk.iter().copied()))
            .all(connection);
        found.extend(rows.await?.into_iter().map(|row| (row.line_id, row)));
    }
    Ok(found)
}

/// What some forms add up to, by flow and nature.
pub async fn executed_by_part(connection: &impl ConnectionTrait, submission_ids: &[Uuid]) -> ApiResult<Parts<i64>> {
    use {budget_execution_line::Column as Executed, budget_line::Column as Line};
    let mut found: Parts<i64> = HashMap::new();
    for chunk in submission_ids.chunks(ROWS_AT_ONCE) {
        let select = Query::select()
            .column((budget_line::Entity, Line::Flow))
            .column((budget_line::Entity, Line::Nature))
            .expr_as(whole_sum(Expr::col((budget_execution_line::Entity, Executed::Amount))), Alias::new("executed"))
            .from(budget_execution_line::Entity)
            .inner_join(
                budget_line::Entity,
                Expr::col((budget_line::Entity, Line::Id)).equals((budget_execution_line::Entity, Executed::LineId)),
            )
            .and_where(Expr::col((budget_execution_line::Entity, Executed::SubmissionId)).is_in(chunk.iter().copied()))
            .group_by_columns([(budget_line::Entity, Line::Flow), (budget_line::Entity, Line::Nature)])
            .to_owned();
        for row in connection.query_all(&select).await? {
            let (flow, nature): (String, String) = (row.try_get("", "flow")?, row.try_get("", "nature")?);
            let sum = found.entry((flow.parse()?, nature.parse()?)).or_default();
            *sum = sum.checked_add(row.try_get("", "executed")?).ok_or_else(too_large)?;
        }
    }
    Ok(found)
}

/// A row of a form to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExecution {
    /// The line.
    pub line_id: Uuid,
    /// Cumulative, in đồng.
    pub amount: i64,
    /// Why it is beyond the estimate.
    pub explanation: Option<String>,
}

/// Replaces the rows of a form.
pub async fn replace_execution(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    submission_id: Uuid,
    rows: &[NewExecution],
) -> ApiResult<()> {
    budget_execution_line::Entity::delete_many()
        .filter(budget_execution_line::Column::SubmissionId.eq(submission_id))
        .exec(tx)
        .await?;
    for (place, chunk) in rows.chunks(ROWS_AT_ONCE).enumerate() {
        let rows = chunk.iter().enumerate().map(|(index, row)| budget_execution_line::ActiveModel {
            submission_id: Set(submission_id),
            line_id: Set(row.line_id),
            line: Set(i32::try_from(place * ROWS_AT_ONCE + index + 1).unwrap_or(i32::MAX)),
            amount: Set(row.amount),
            explanation: Set(row.explanation.clone()),
        });
        budget_execution_line::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
