//! Reads and writes of projects, capital plans and disbursement.

use std::collections::{BTreeMap, HashMap};

use entity::investment::{capital_event, disbursement, investment_project};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, UnionType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::rules::Paid;
use super::{CapitalEventKind, ProjectGroup};
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of projects: by code.
pub const ORDER: Keyset = Keyset::new("investment_project", &["investment_project.code", "investment_project.id"]);
/// The order of lists of events: by the decision's day.
pub const EVENT_ORDER: Keyset = Keyset::new("capital_event", &["capital_event.decision_date", "capital_event.id"]);

/// The order of lists of payments: by month, project and edition.
pub const PAYMENT_ORDER: Keyset =
    Keyset::new("disbursement", &["disbursement.month", "disbursement.project_id", "disbursement.edition"]);

/// Rows of one statement, so that its parameters stay below what both engines take.
const ROWS_AT_ONCE: usize = 1_000;

/// What to look for among projects.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only managed by this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of these groups.
    pub groups: Vec<ProjectGroup>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that are completed, or are not.
    pub completed: Option<bool>,
}

/// A page of projects, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<investment_project::Model>> {
    use investment_project::Column;
    let column = |column: Column| (investment_project::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if !filter.groups.is_empty() {
        let groups = filter.groups.iter().map(|group| group.as_str());
        condition = condition.add(Expr::col(column(Column::ProjectGroup)).is_in(groups));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&Expr::col(column(Column::SearchName)), search));
    }
    if let Some(completed) = filter.completed {
        let day = Expr::col(column(Column::CompletedOn));
        condition = condition.add(if completed { day.is_not_null() } else { day.is_null() });
    }
    let mut select = select_all::<investment_project::Entity>();
    select.cond_where(condition);
    let keys = |row: &investment_project::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// The projects of some codes in a programme, by code.
pub async fn by_codes(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    codes: &[String],
) -> ApiResult<HashMap<String, investment_project::Model>> {
    let mut found = HashMap::new();
    for chunk in codes.chunks(ROWS_AT_ONCE) {
        let rows = investment_project::Entity::find()
            .filter(investment_project::Column::ProgrammeId.eq(programme_id))
            .filter(investment_project::Column::Code.is_in(chunk.iter().map(String::as_str)))
            .all(connection);
        found.extend(rows.await?.into_iter().map(|row| (row.code.clone(), row)));
    }
    Ok(found)
}

/// Projects by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> ApiResult<HashMap<Uuid, investment_project::Model>> {
    let rows = investment_project::Entity::find().filter(investment_project::Column::Id.is_in(ids)).all(connection);
    Ok(rows.await?.into_iter().map(|row| (row.id, row)).collect())
}

/// What was assigned to a project in all years, extensions aside: they are no new capital.
pub async fn planned(connection: &impl ConnectionTrait, project_id: Uuid) -> ApiResult<i64> {
    let rows = capital_event::Entity::find().filter(capital_event::Column::ProjectId.eq(project_id)).all(connection);
    let new = rows.await?.into_iter().filter(|row| row.kind != CapitalEventKind::Extended.as_str());
    Ok(new.fold(0, |sum: i64, row| sum.saturating_add(row.amount)))
}

/// Every project of a programme, by identifier.
pub async fn all(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<HashMap<Uuid, investment_project::Model>> {
    let rows = investment_project::Entity::find()
        .filter(investment_project::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// A project as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProject {
    /// Code.
    pub code: String,
    /// Who manages it.
    pub organisation_id: Uuid,
    /// Name.
    pub name: String,
    /// Group.
    pub group: ProjectGroup,
    /// Number of the decision that approved it.
    pub decision_number: String,
    /// Its day.
    pub decision_date: chrono::NaiveDate,
    /// In đồng.
    pub total_investment: i64,
    /// First year.
    pub start_year: i32,
    /// Last year.
    pub finish_year: i32,
    /// When it was completed.
    pub completed_on: Option<chrono::NaiveDate>,
}

/// Enters a project, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    stored: Option<&investment_project::Model>,
    new: &NewProject,
) -> ApiResult<investment_project::Model> {
    let now = clock.now();
    let filled = investment_project::ActiveModel {
        organisation_id: Set(new.organisation_id),
        name: Set(new.name.clone()),
        search_name: Set(unaccented(&format!("{} {}", new.code, new.name))),
        project_group: Set(new.group.as_str().to_owned()),
        decision_number: Set(new.decision_number.clone()),
        decision_date: Set(new.decision_date),
        total_investment: Set(new.total_investment),
        start_year: Set(new.start_year),
        finish_year: Set(new.finish_year),
        completed_on: Set(new.completed_on),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = investment_project::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            code: Set(new.code.clone()),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = investment_project::Entity::update_many()
        .set(investment_project::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(investment_project::Column::Id.eq(row.id))
        .filter(investment_project::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// What decisions put into the plans of a programme: of one year, or of all.
pub async fn events(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<capital_event::Model>> {
    let mut find = capital_event::Entity::find()
        .filter(capital_event::Column::ProgrammeId.eq(programme_id))
        .order_by_asc(capital_event::Column::DecisionDate)
        .order_by_asc(capital_event::Column::Id);
    if let Some(year) = year {
        find = find.filter(capital_event::Column::PlanYear.eq(year));
    }
    Ok(find.all(connection).await?)
}

/// The plan years of which anything is recorded of a project.
pub async fn years(connection: &impl ConnectionTrait, project_id: Uuid) -> ApiResult<Vec<i32>> {
    let mut paid = Query::select()
        .column(disbursement::Column::PlanYear)
        .from(disbursement::Entity)
        .and_where(Expr::col(disbursement::Column::ProjectId).eq(project_id))
        .to_owned();
    let planned = Query::select()
        .column(capital_event::Column::PlanYear)
        .from(capital_event::Entity)
        .and_where(Expr::col(capital_event::Column::ProjectId).eq(project_id))
        .to_owned();
    let rows = connection.query_all(paid.union(UnionType::Distinct, planned)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "plan_year")?)).collect()
}

/// A page of the events of a programme and a year, by the decision's day.
pub async fn event_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme_id, year): (Uuid, i32),
    project_id: Option<Uuid>,
    page: &Page,
) -> ApiResult<Slice<capital_event::Model>> {
    use capital_event::Column;
    let column = |column: Column| (capital_event::Entity, column);
    let mut select = select_all::<capital_event::Entity>();
    select
        .cond_where(viewer.in_programmes(column(Column::ProgrammeId)))
        .and_where(Expr::col(column(Column::ProgrammeId)).eq(programme_id))
        .and_where(Expr::col(column(Column::PlanYear)).eq(year));
    if let Some(id) = project_id {
        select.and_where(Expr::col(column(Column::ProjectId)).eq(id));
    }
    let keys = |row: &capital_event::Model| vec![row.decision_date.into(), row.id.into()];
    page.fetch(connection, &EVENT_ORDER, select, keys).await
}

/// An event to be written.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The project.
    pub project_id: Uuid,
    /// What it does.
    pub kind: CapitalEventKind,
    /// In đồng.
    pub amount: i64,
    /// Why.
    pub explanation: Option<String>,
}

/// Writes the events of one decision.
pub async fn insert_events(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, year): (Uuid, i32),
    (number, date): (&str, chrono::NaiveDate),
    events: &[NewEvent],
) -> ApiResult<()> {
    let (now, person) = (clock.now(), permit.person()?);
    for chunk in events.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|event| capital_event::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            project_id: Set(event.project_id),
            plan_year: Set(year),
            kind: Set(event.kind.as_str().to_owned()),
            amount: Set(event.amount),
            decision_number: Set(number.trim().to_owned()),
            decision_date: Set(date),
            explanation: Set(event.explanation.clone()),
            recorded_by: Set(person),
            recorded_at: Set(now),
        });
        capital_event::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    }
    Ok(())
}

/// What was paid for a programme's projects, the last edition of each month: of one plan year, or of all.
pub async fn paid(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<BTreeMap<(Uuid, i32, i32), disbursement::Model>> {
    use disbursement::Column;
    let mut find =
        disbursement::Entity::find().filter(Column::ProgrammeId.eq(programme_id)).order_by_asc(Column::Edition);
    if let Some(year) = year {
        find = find.filter(Column::PlanYear.eq(year));
    }
    let rows = find.all(connection).await?;
    // A later edition takes the place of the one before.
    Ok(rows.into_iter().map(|row| ((row.project_id, row.plan_year, row.month), row)).collect())
}

/// A page of what was recorded as paid in a plan year, every edition of each month.
pub async fn payment_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme_id, year): (Uuid, i32),
    project_id: Option<Uuid>,
    page: &Page,
) -> ApiResult<Slice<disbursement::Model>> {
    use disbursement::Column;
    let column = |column: Column| (disbursement::Entity, column);
    let mut select = select_all::<disbursement::Entity>();
    select
        .cond_where(viewer.in_programmes(column(Column::ProgrammeId)))
        .and_where(Expr::col(column(Column::ProgrammeId)).eq(programme_id))
        .and_where(Expr::col(column(Column::PlanYear)).eq(year));
    if let Some(id) = project_id {
        select.and_where(Expr::col(column(Column::ProjectId)).eq(id));
    }
    let keys = |row: &disbursement::Model| vec![row.month.into(), row.project_id.into(), row.edition.into()];
    page.fetch(connection, &PAYMENT_ORDER, select, keys).await
}

/// The last edition of each month of some projects in a plan year.
pub async fn last_editions(
    connection: &impl ConnectionTrait,
    project_ids: &[Uuid],
    year: i32,
) -> ApiResult<HashMap<(Uuid, i32), i32>> {
    use disbursement::Column;
    let select = Query::select()
        .columns([Column::ProjectId, Column::Month])
        .expr_as(Expr::col(Column::Edition).max(), Alias::new("last"))
        .from(disbursement::Entity)
        .and_where(Expr::col(Column::ProjectId).is_in(project_ids.iter().copied()))
        .and_where(Expr::col(Column::PlanYear).eq(year))
        .group_by_columns([Column::ProjectId, Column::Month])
        .to_owned();
    let rows = connection.query_all(&select).await?;
    rows.iter()
        .map(|row| Ok(((row.try_get("", "project_id")?, row.try_get("", "month")?), row.try_get("", "last")?)))
        .collect()
}

/// A month to be written.
#[derive(Debug, Clone)]
pub struct NewMonth {
    /// The project.
    pub project_id: Uuid,
    /// What was paid.
    pub paid: Paid,
    /// Its edition, from 1.
    pub edition: i32,
    /// Why it corrects.
    pub reason: Option<String>,
}

/// Writes what was paid by the end of a month.
pub async fn insert_months(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    (year, month): (i32, i32),
    rows: &[NewMonth],
) -> ApiResult<()> {
    let (now, person) = (clock.now(), permit.person()?);
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|row| disbursement::ActiveModel {
            project_id: Set(row.project_id),
            plan_year: Set(year),
            month: Set(month),
            edition: Set(row.edition),
            programme_id: Set(programme_id),
            disbursed: Set(row.paid.disbursed),
            of_extended: Set(row.paid.of_extended),
            accepted_volume: Set(row.paid.accepted_volume),
            reason: Set(row.reason.clone()),
            recorded_by: Set(person),
            recorded_at: Set(now),
        });
        disbursement::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    }
    Ok(())
}
