//! Estimates: what decisions assigned to the lines, added up, and the events that they are made of.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::budget::{budget_event, budget_line};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::{Parts, ROWS_AT_ONCE, too_large, whole_sum};
use crate::budget::BudgetEventKind;
use crate::budget::figures::Change;
use crate::budget::rules::effect;
use access::Permit;
use access::viewer::below;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kit::app::conflict_or_fault;

/// What decisions came to, by kind, in đồng as it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Assigned at the beginning; none where nothing was.
    pub initial: Option<i64>,
    /// Added.
    pub supplement: i64,
    /// Moved.
    pub adjustment: i64,
    /// Carried over.
    pub carry_over: i64,
    /// Taken away, below zero.
    pub cancellation: i64,
}

impl Sums {
    fn add(&mut self, kind: BudgetEventKind, effect: i64) -> Option<()> {
        let slot = match kind {
            BudgetEventKind::Initial => self.initial.get_or_insert(0),
            BudgetEventKind::Supplement => &mut self.supplement,
            BudgetEventKind::Adjustment => &mut self.adjustment,
            BudgetEventKind::CarryOver => &mut self.carry_over,
            BudgetEventKind::Cancellation => &mut self.cancellation,
        };
        *slot = slot.checked_add(effect)?;
        Some(())
    }

    /// All together.
    pub fn current(&self) -> i64 {
        self.initial.unwrap_or(0) + self.supplement + self.adjustment + self.carry_over + self.cancellation
    }
}

/// What was decided about some lines by a day, by line.
pub async fn sums_of(
    connection: &impl ConnectionTrait,
    line_ids: &[Uuid],
    by: NaiveDate,
) -> ApiResult<HashMap<Uuid, Sums>> {
    use budget_event::Column;
    let mut found: HashMap<Uuid, Sums> = HashMap::new();
    for chunk in line_ids.chunks(ROWS_AT_ONCE) {
        let select = Query::select()
            .columns([Column::LineId, Column::Kind])
            .expr_as(whole_sum(Expr::col(Column::Effect)), Alias::new("amount"))
            .from(budget_event::Entity)
            .and_where(Expr::col(Column::LineId).is_in(chunk.iter().copied()))
            .and_where(Expr::col(Column::DecisionDate).lte(by))
            .group_by_columns([Column::LineId, Column::Kind])
            .to_owned();
        for row in connection.query_all(&select).await? {
            let kind: String = row.try_get("", "kind")?;
            let sums = found.entry(row.try_get("", "line_id")?).or_default();
            sums.add(kind.parse()?, row.try_get("", "amount")?).ok_or_else(too_large)?;
        }
    }
    Ok(found)
}

/// What was decided by a day about the lines of an organisation and all below it, by flow and nature.
pub async fn sums_below(
    connection: &impl ConnectionTrait,
    (programme_id, organisation_id): (Uuid, Uuid),
    year: i32,
    by: NaiveDate,
) -> ApiResult<Parts<Sums>> {
    let select = sums_by_part(Expr::col((budget_event::Entity, budget_event::Column::DecisionDate)).lte(by))
        .and_where(Expr::col((budget_event::Entity, budget_event::Column::ProgrammeId)).eq(programme_id))
        .and_where(Expr::col((budget_event::Entity, budget_event::Column::FiscalYear)).eq(year))
        .and_where(
            Expr::col((budget_event::Entity, budget_event::Column::OrganisationId))
                .in_subquery(below(vec![organisation_id])),
        )
        .to_owned();
    parts_of(connection, &select).await
}

fn sums_by_part(condition: SimpleExpr) -> SelectStatement {
    use {budget_event::Column as Event, budget_line::Column as Line};
    Query::select()
        .column((budget_line::Entity, Line::Flow))
        .column((budget_line::Entity, Line::Nature))
        .column((budget_event::Entity, Event::Kind))
        .expr_as(whole_sum(Expr::col((budget_event::Entity, Event::Effect))), Alias::new("amount"))
        .from(budget_event::Entity)
        .inner_join(
            budget_line::Entity,
            Expr::col((budget_line::Entity, Line::Id)).equals((budget_event::Entity, Event::LineId)),
        )
        .and_where(condition)
        .group_by_columns([(budget_line::Entity, Line::Flow), (budget_line::Entity, Line::Nature)])
        .group_by_col((budget_event::Entity, Event::Kind))
        .to_owned()
}

async fn parts_of(connection: &impl ConnectionTrait, select: &SelectStatement) -> ApiResult<Parts<Sums>> {
    let mut found: Parts<Sums> = HashMap::new();
    for row in connection.query_all(select).await? {
        let (flow, nature, kind): (String, String, String) =
            (row.try_get("", "flow")?, row.try_get("", "nature")?, row.try_get("", "kind")?);
        let sums = found.entry((flow.parse()?, nature.parse()?)).or_default();
        sums.add(kind.parse()?, row.try_get("", "amount")?).ok_or_else(too_large)?;
    }
    Ok(found)
}

/// By how much decisions changed the estimates of each organisation, by day: of one year, or of all.
pub async fn changes_by_day(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<Change>> {
    use {budget_event::Column as Event, budget_line::Column as Line};
    let event = |column: Event| (budget_event::Entity, column);
    let mut select = Query::select()
        .columns([
            event(Event::OrganisationId),
            event(Event::FiscalYear),
            event(Event::DecisionDate),
            event(Event::Kind),
        ])
        .columns([(budget_line::Entity, Line::Flow), (budget_line::Entity, Line::Nature)])
        .expr_as(whole_sum(Expr::col(event(Event::Effect))), Alias::new("amount"))
        .from(budget_event::Entity)
        .inner_join(budget_line::Entity, Expr::col((budget_line::Entity, Line::Id)).equals(event(Event::LineId)))
        .and_where(Expr::col(event(Event::ProgrammeId)).eq(programme_id))
        .group_by_columns([
            event(Event::OrganisationId),
            event(Event::FiscalYear),
            event(Event::DecisionDate),
            event(Event::Kind),
        ])
        .group_by_columns([(budget_line::Entity, Line::Flow), (budget_line::Entity, Line::Nature)])
        .to_owned();
    if let Some(year) = year {
        select.and_where(Expr::col(event(Event::FiscalYear)).eq(year));
    }
    let rows = connection.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String>("", column);
            let kind: BudgetEventKind = text("kind")?.parse()?;
            Ok(Change {
                organisation_id: row.try_get("", "organisation_id")?,
                year: row.try_get("", "fiscal_year")?,
                on: row.try_get("", "decision_date")?,
                flow: text("flow")?.parse()?,
                nature: text("nature")?.parse()?,
                initial: kind == BudgetEventKind::Initial,
                amount: row.try_get("", "amount")?,
            })
        })
        .collect()
}

/// What some lines have at the end of each day on which it changed, from a day on, and at that day's beginning: the least.
pub async fn least_from(
    connection: &impl ConnectionTrait,
    line_ids: &[Uuid],
    from: NaiveDate,
) -> ApiResult<HashMap<Uuid, (i64, NaiveDate)>> {
    use budget_event::Column;
    let mut found: HashMap<Uuid, (i64, i64, NaiveDate)> = HashMap::new();
    for chunk in line_ids.chunks(ROWS_AT_ONCE) {
        let select = Query::select()
            .columns([Column::LineId, Column::DecisionDate])
            .expr_as(whole_sum(Expr::col(Column::Effect)), Alias::new("amount"))
            .from(budget_event::Entity)
            .and_where(Expr::col(Column::LineId).is_in(chunk.iter().copied()))
            .group_by_columns([Column::LineId, Column::DecisionDate])
            .order_by(Column::DecisionDate, Order::Asc)
            .to_owned();
        for row in connection.query_all(&select).await? {
            let (line, day, amount): (Uuid, NaiveDate, i64) =
                (row.try_get("", "line_id")?, row.try_get("", "decision_date")?, row.try_get("", "amount")?);
            let (sum, least, on) = found.entry(line).or_insert((0, 0, from));
            *sum = sum.checked_add(amount).ok_or_else(too_large)?;
            // Up to the day only what stands on it counts.
            if day <= from {
                (*least, *on) = (*sum, from);
            } else if *sum < *least {
                (*least, *on) = (*sum, day);
            }
        }
    }
    Ok(found.into_iter().map(|(line, (_, least, on))| (line, (least, on))).collect())
}

/// An event to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The line.
    pub line_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// What it does.
    pub kind: BudgetEventKind,
    /// As it was entered.
    pub amount: i64,
    /// Why.
    pub explanation: Option<String>,
}

/// Writes the events of one decision. Nothing changes or removes them.
pub async fn insert_events(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, year): (Uuid, i32),
    (number, date): (&str, NaiveDate),
    events: &[NewEvent],
) -> ApiResult<()> {
    let (now, person) = (clock.now(), permit.person()?);
    for chunk in events.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|event| budget_event::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(event.organisation_id),
            fiscal_year: Set(year),
            line_id: Set(event.line_id),
            kind: Set(event.kind.as_str().to_owned()),
            amount: Set(event.amount),
            effect: Set(effect(event.kind, event.amount)),
            decision_number: Set(number.trim().to_owned()),
            decision_date: Set(date),
            explanation: Set(event.explanation.clone()),
            recorded_by: Set(person),
            recorded_at: Set(now),
        });
        budget_event::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    }
    Ok(())
}

/// Of some lines, those that a decision has changed already in some way: line and kind.
pub async fn decided_by(
    connection: &impl ConnectionTrait,
    line_ids: &[Uuid],
    number: &str,
) -> ApiResult<Vec<(Uuid, String)>> {
    let mut found = Vec::new();
    for chunk in line_ids.chunks(ROWS_AT_ONCE) {
        let rows = budget_event::Entity::find()
            .filter(budget_event::Column::LineId.is_in(chunk.iter().copied()))
            .filter(budget_event::Column::DecisionNumber.eq(number.trim()))
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.line_id, row.kind)));
    }
    Ok(found)
}

/// Whether a person recorded any event of a year.
pub async fn recorded_by(
    connection: &impl ConnectionTrait,
    (programme_id, year): (Uuid, i32),
    person_id: Uuid,
) -> ApiResult<bool> {
    let found = budget_event::Entity::find()
        .filter(budget_event::Column::ProgrammeId.eq(programme_id))
        .filter(budget_event::Column::FiscalYear.eq(year))
        .filter(budget_event::Column::RecordedBy.eq(person_id))
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// Organisations that have something assigned in a year.
pub async fn organisations_with_estimates(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: i32,
) -> ApiResult<Vec<Uuid>> {
    use budget_event::Column;
    let select = Query::select()
        .distinct()
        .column(Column::OrganisationId)
        .from(budget_event::Entity)
        .and_where(Expr::col(Column::ProgrammeId).eq(programme_id))
        .and_where(Expr::col(Column::FiscalYear).eq(year))
        .to_owned();
    let rows = connection.query_all(&select).await?;
    rows.iter().map(|row| Ok(row.try_get("", "organisation_id")?)).collect()
}
