//! Reads and writes of lines of the budget of the reform. What is appended to them stands in [`events`], sums in [`totals`].

pub mod events;
pub mod totals;

use entity::programme::task;
use entity::reform_budget::{reform_budget_allocation, reform_budget_author, reform_budget_line};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::ReformBudgetState;
use super::policy;
use super::rules::Wanted;
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of lines: by code.
pub const ORDER: Keyset = Keyset::new("reform_budget_line", &["reform_budget_line.code", "reform_budget_line.id"]);

/// What to look for among lines.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation and those below it.
    pub organisation_id: Option<Uuid>,
    /// Only of this budget year.
    pub fiscal_year: Option<i32>,
    /// Only of the task of this section.
    pub task: Option<String>,
    /// Only in these states.
    pub states: Vec<ReformBudgetState>,
    /// Only those that money was given to, or those that none was.
    pub funded: Option<bool>,
}

fn column(column: reform_budget_line::Column) -> (reform_budget_line::Entity, reform_budget_line::Column) {
    (reform_budget_line::Entity, column)
}

impl Filter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        use reform_budget_line::Column;
        let mut condition = Condition::all().add(policy::readable(viewer));
        if let Some(id) = self.programme_id {
            condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
        }
        if let Some(id) = self.organisation_id {
            condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
        }
        if let Some(year) = self.fiscal_year {
            condition = condition.add(Expr::col(column(Column::FiscalYear)).eq(year));
        }
        if let Some(section) = &self.task {
            let tasks = Query::select()
                .column(task::Column::Id)
                .from(task::Entity)
                .and_where(Expr::col(task::Column::Section).eq(section.as_str()))
                .to_owned();
            condition = condition.add(Expr::col(column(Column::TaskId)).in_subquery(tasks));
        }
        if !self.states.is_empty() {
            let states = self.states.iter().map(|state| state.as_str());
            condition = condition.add(Expr::col(column(Column::State)).is_in(states));
        }
        if let Some(funded) = self.funded {
            let given = Query::select()
                .column(reform_budget_allocation::Column::LineId)
                .from(reform_budget_allocation::Entity)
                .to_owned();
            let id = Expr::col(column(Column::Id));
            condition = condition.add(if funded { id.in_subquery(given) } else { id.not_in_subquery(given) });
        }
        condition
    }
}

/// A page of lines, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<reform_budget_line::Model>> {
    let mut select = select_all::<reform_budget_line::Entity>();
    select.cond_where(filter.condition(viewer));
    let keys = |row: &reform_budget_line::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// The line of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<reform_budget_line::Model>> {
    Ok(reform_budget_line::Entity::find()
        .filter(policy::readable(viewer))
        .filter(reform_budget_line::Column::ProgrammeId.eq(programme_id))
        .filter(reform_budget_line::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// A line by identifier, whoever may see it.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<reform_budget_line::Model>> {
    Ok(reform_budget_line::Entity::find_by_id(id).one(connection).await?)
}

/// Which of some lines the caller may see.
pub async fn visible(connection: &impl ConnectionTrait, viewer: &Viewer, ids: Vec<Uuid>) -> ApiResult<Vec<Uuid>> {
    let rows = reform_budget_line::Entity::find()
        .filter(policy::readable(viewer))
        .filter(reform_budget_line::Column::Id.is_in(ids))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The lines of a programme that were sent and not returned: what the register counts.
pub async fn sent(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<reform_budget_line::Model>> {
    Ok(reform_budget_line::Entity::find()
        .filter(reform_budget_line::Column::ProgrammeId.eq(programme_id))
        .filter(reform_budget_line::Column::SubmittedOn.is_not_null())
        .all(connection)
        .await?)
}

/// The task of a section in a programme.
pub async fn task_of(connection: &impl ConnectionTrait, programme_id: Uuid, section: &str) -> ApiResult<Option<Uuid>> {
    let row = task::Entity::find()
        .filter(task::Column::ProgrammeId.eq(programme_id))
        .filter(task::Column::Section.eq(section))
        .one(connection)
        .await?;
    Ok(row.map(|row| row.id))
}

/// Which of some lines a person wrote in.
pub async fn written_by(connection: &impl ConnectionTrait, ids: Vec<Uuid>, person_id: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = reform_budget_author::Entity::find()
        .filter(reform_budget_author::Column::LineId.is_in(ids))
        .filter(reform_budget_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.line_id).collect())
}

/// Remembers that a person wrote in a line, or signed it.
pub async fn add_author(tx: &DatabaseTransaction, permit: &Permit, line_id: Uuid) -> ApiResult<()> {
    use reform_budget_author::Column;
    let author = reform_budget_author::ActiveModel { line_id: Set(line_id), person_id: Set(permit.person()?) };
    reform_budget_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::LineId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

fn filled(wanted: &Wanted, task_id: Uuid) -> reform_budget_line::ActiveModel {
    reform_budget_line::ActiveModel {
        fiscal_year: Set(wanted.fiscal_year),
        task_id: Set(task_id),
        content: Set(wanted.content.trim().to_owned()),
        estimated_vnd: Set(wanted.estimated),
        ..Default::default()
    }
}

/// Enters a line of the permit's unit as a draft.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    (wanted, task_id): (&Wanted, Uuid),
) -> ApiResult<reform_budget_line::Model> {
    debug_assert_eq!(permit.action, Action::SaveReformBudget);
    let now = clock.now();
    let row = reform_budget_line::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        code: Set(wanted.code.clone()),
        organisation_id: Set(permit.organisation_id),
        state: Set(ReformBudgetState::Draft.as_str().to_owned()),
        round: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..filled(wanted, task_id)
    };
    let row = row.insert(tx).await.map_err(conflict_or_fault)?;
    add_author(tx, permit, row.id).await?;
    Ok(row)
}

/// Changes a draft, or a line that was returned.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &reform_budget_line::Model,
    (wanted, task_id): (&Wanted, Uuid),
) -> ApiResult<reform_budget_line::Model> {
    debug_assert_eq!(permit.action, Action::SaveReformBudget);
    add_author(tx, permit, row.id).await?;
    advance(tx, clock, permit, row, filled(wanted, task_id)).await
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &reform_budget_line::Model,
    mut change: reform_budget_line::ActiveModel,
) -> ApiResult<reform_budget_line::Model> {
    debug_assert_eq!(permit.organisation_id, row.organisation_id);
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = reform_budget_line::Entity::update_many()
        .set(change)
        .filter(reform_budget_line::Column::Id.eq(row.id))
        .filter(reform_budget_line::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
