//! Reads and writes of the budget. Sums are added up in the database, as whole numbers on both engines.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::budget::{budget_code, budget_event, budget_execution_line, budget_line, budget_settlement};
use entity::workflow::submission;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::classification::{Classification, Codes};
use super::figures::Change;
use super::rules::effect;
use super::{BudgetCodeKind, BudgetEventKind, BudgetFlow, BudgetNature};
use access::viewer::holding_on;
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};
use kernel::period::Period;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of codes.
pub const CODE_ORDER: Keyset = Keyset::new("budget_code", &["budget_code.kind", "budget_code.code", "budget_code.id"]);
/// The order of lists of lines: by classification.
pub const LINE_ORDER: Keyset = Keyset::new("budget_line", &["budget_line.code", "budget_line.id"]);
/// The order of lists of events: by the decision's day.
pub const EVENT_ORDER: Keyset = Keyset::new("budget_event", &["budget_event.decision_date", "budget_event.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

/// A day after every decision. (Days beyond the year 9999 do not sort as text.)
pub const ANY_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap();

/// The codes of some names, of whatever kind and day.
pub async fn codes_named(connection: &impl ConnectionTrait, names: Vec<String>) -> ApiResult<Codes> {
    let mut rows = Vec::new();
    for chunk in names.chunks(ROWS_AT_ONCE) {
        let found =
            budget_code::Entity::find().filter(budget_code::Column::Code.is_in(chunk.iter().map(String::as_str)));
        rows.extend(found.all(connection).await?);
    }
    Ok(Codes::new(rows))
}

/// What to look for among codes.
#[derive(Debug, Clone, Default)]
pub struct CodeFilter {
    /// Only of these kinds.
    pub kinds: Vec<BudgetCodeKind>,
    /// Only those that belong to this code.
    pub parent: Option<String>,
    /// Only whose code or title contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// A page of codes. They are the nation's: everybody who is signed in may read them.
pub async fn code_page(
    connection: &impl ConnectionTrait,
    filter: &CodeFilter,
    page: &Page,
) -> ApiResult<Slice<budget_code::Model>> {
    use budget_code::Column;
    let column = |column: Column| (budget_code::Entity, column);
    let mut select = select_all::<budget_code::Entity>();
    if !filter.kinds.is_empty() {
        select.and_where(Expr::col(column(Column::Kind)).is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(parent) = &filter.parent {
        select.and_where(Expr::col(column(Column::ParentCode)).eq(parent.as_str()));
    }
    if let Some(search) = &filter.search {
        select.cond_where(contains(&Expr::col(column(Column::SearchTitle)), search));
    }
    if let Some(day) = filter.on {
        select.cond_where(holding_on((column(Column::EffectiveFrom), column(Column::EffectiveTo)), [], day));
    }
    let keys = |row: &budget_code::Model| vec![row.kind.clone().into(), row.code.clone().into(), row.id.into()];
    page.fetch(connection, &CODE_ORDER, select, keys).await
}

/// The lines of some organisations in a year that have some classifications, by organisation and classification.
pub async fn lines_of(
    connection: &impl ConnectionTrait,
    year: i32,
    organisation_ids: &[Uuid],
    codes: &[String],
) -> ApiResult<HashMap<(Uuid, String), budget_line::Model>> {
    use budget_line::Column;
    let mut found = HashMap::new();
    for chunk in codes.chunks(ROWS_AT_ONCE) {
        let rows = budget_line::Entity::find()
            .filter(Column::FiscalYear.eq(year))
            .filter(Column::OrganisationId.is_in(organisation_ids.iter().copied()))
            .filter(Column::Code.is_in(chunk.iter().map(String::as_str)))
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| ((row.organisation_id, row.code.clone()), row)));
    }
    Ok(found)
}

/// Lines by id.
pub async fn lines_by_ids(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, budget_line::Model>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(ROWS_AT_ONCE) {
        let rows =
            budget_line::Entity::find().filter(budget_line::Column::Id.is_in(chunk.iter().copied())).all(connection);
        found.extend(rows.await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The lines of some classifications, made where there are none yet.
pub async fn ensure_lines(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    (programme_id, year): (Uuid, i32),
    wanted: &[(Uuid, Classification)],
) -> ApiResult<HashMap<(Uuid, String), budget_line::Model>> {
    let mut organisations: Vec<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
    organisations.sort_unstable();
    organisations.dedup();
    let codes: Vec<String> = wanted.iter().map(|(_, classification)| classification.code()).collect();
    let mut found = lines_of(tx, year, &organisations, &codes).await?;
    let mut new = Vec::new();
    for ((organisation_id, classification), code) in wanted.iter().zip(codes) {
        let key = (*organisation_id, code.clone());
        if found.contains_key(&key) {
            continue;
        }
        let row = budget_line::Model {
            id: clock.new_id(),
            programme_id,
            organisation_id: *organisation_id,
            fiscal_year: year,
            code,
            chapter: classification.chapter.clone(),
            subcategory: classification.subcategory.clone(),
            item: classification.item.clone(),
            subitem: classification.subitem.clone(),
            source: classification.source.clone(),
            level: classification.level.clone(),
            flow: classification.flow.as_str().to_owned(),
            nature: classification.nature.as_str().to_owned(),
            created_at: clock.now(),
        };
        found.insert(key, row.clone());
        new.push(budget_line::ActiveModel::from(row).reset_all());
    }
    for chunk in new.chunks(ROWS_AT_ONCE) {
        budget_line::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    }
    Ok(found)
}

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

/// Whole numbers added up: PostgreSQL adds bigint up into numeric.
fn whole_sum(column: SimpleExpr) -> SimpleExpr {
    column.sum().cast_as(Alias::new("bigint"))
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

fn too_large() -> ApiError {
    ApiError::internal("amounts of the budget that no 64 bits hold")
}

/// Money that comes or goes, by what it is of.
pub type Parts<T> = HashMap<(BudgetFlow, BudgetNature), T>;

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

/// What to look for among lines and their events.
#[derive(Debug, Clone, Default)]
pub struct LineFilter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation and of those below it.
    pub organisation_id: Option<Uuid>,
    /// Only of this year.
    pub year: Option<i32>,
    /// Only money that comes, or goes.
    pub flow: Option<BudgetFlow>,
    /// Only of this nature.
    pub nature: Option<BudgetNature>,
    /// Only the line of this classification.
    pub code: Option<String>,
}

/// A page of lines, by classification.
pub async fn line_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &LineFilter,
    page: &Page,
) -> ApiResult<Slice<budget_line::Model>> {
    use budget_line::Column;
    let column = |column: Column| (budget_line::Entity, column);
    let mut select = select_all::<budget_line::Entity>();
    select.cond_where(viewer.in_programmes(column(Column::ProgrammeId)));
    narrow_lines(&mut select, filter);
    let keys = |row: &budget_line::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &LINE_ORDER, select, keys).await
}

fn narrow_lines(select: &mut SelectStatement, filter: &LineFilter) {
    use budget_line::Column;
    let column = |column: Column| Expr::col((budget_line::Entity, column));
    if let Some(id) = filter.programme_id {
        select.and_where(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        select.and_where(column(Column::OrganisationId).in_subquery(below(vec![id])));
    }
    if let Some(year) = filter.year {
        select.and_where(column(Column::FiscalYear).eq(year));
    }
    if let Some(flow) = filter.flow {
        select.and_where(column(Column::Flow).eq(flow.as_str()));
    }
    if let Some(nature) = filter.nature {
        select.and_where(column(Column::Nature).eq(nature.as_str()));
    }
    if let Some(code) = &filter.code {
        select.and_where(column(Column::Code).eq(code.as_str()));
    }
}

/// A page of events, by the decision's day.
pub async fn event_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &LineFilter,
    page: &Page,
) -> ApiResult<Slice<budget_event::Model>> {
    use budget_event::Column;
    let column = |column: Column| (budget_event::Entity, column);
    let mut lines = Query::select().column(budget_line::Column::Id).from(budget_line::Entity).to_owned();
    narrow_lines(&mut lines, filter);
    let mut select = select_all::<budget_event::Entity>();
    select
        .cond_where(viewer.in_programmes(column(Column::ProgrammeId)))
        .and_where(Expr::col(column(Column::LineId)).in_subquery(lines));
    let keys = |row: &budget_event::Model| vec![row.decision_date.into(), row.id.into()];
    page.fetch(connection, &EVENT_ORDER, select, keys).await
}

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

/// The settlement of a year; none while it is open.
pub async fn settlement(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: i32,
) -> ApiResult<Option<budget_settlement::Model>> {
    Ok(budget_settlement::Entity::find_by_id((programme_id, year)).one(connection).await?)
}

/// Settles a year.
pub async fn settle(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, year): (Uuid, i32),
    (number, date): (&str, NaiveDate),
) -> ApiResult<budget_settlement::Model> {
    let row = budget_settlement::ActiveModel {
        programme_id: Set(programme_id),
        fiscal_year: Set(year),
        decision_number: Set(number.trim().to_owned()),
        decision_date: Set(date),
        settled_by: Set(permit.person()?),
        settled_at: Set(clock.now()),
    };
    row.insert(tx).await.map_err(conflict_or_fault)
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

/// The 13th period of a budget year: what a year is settled by.
pub fn last_period(year: i32) -> Option<Period> {
    Period::generate(kernel::period::Calendar::BudgetYear, kernel::period::PeriodKind::Month, year, 13)
}
