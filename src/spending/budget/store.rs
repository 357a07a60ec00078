//! Reads and writes of the budget: codes, lines, settlements. What decisions assigned stands in [`estimates`], what was
//! executed in [`execution`]. Sums are added up in the database, as whole numbers on both engines.

pub mod estimates;
pub mod execution;

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::budget::{budget_code, budget_event, budget_line, budget_settlement};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::classification::{Classification, Codes};
use super::{BudgetCodeKind, BudgetFlow, BudgetNature};
use access::viewer::holding_on;
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
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

/// Whole numbers added up: PostgreSQL adds bigint up into numeric.
fn whole_sum(column: SimpleExpr) -> SimpleExpr {
    column.sum().cast_as(Alias::new("bigint"))
}

fn too_large() -> ApiError {
    ApiError::internal("amounts of the budget that no 64 bits hold")
}

/// Money that comes or goes, by what it is of.
pub type Parts<T> = HashMap<(BudgetFlow, BudgetNature), T>;

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

/// The 13th period of a budget year: what a year is settled by.
pub fn last_period(year: i32) -> Option<Period> {
    Period::generate(kernel::period::Calendar::BudgetYear, kernel::period::PeriodKind::Month, year, 13)
}
