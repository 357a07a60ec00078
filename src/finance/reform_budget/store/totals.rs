//! What lines come to together, added up in the database.

use entity::programme::task;
use entity::reform_budget::{reform_budget_allocation, reform_budget_line, reform_budget_spending};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr, WindowStatement};
use uuid::Uuid;

use super::{Filter, column};
use access::Viewer;
use kernel::error::{ApiError, ApiResult};
use kernel::money::exact_sum;

/// What some lines come to, in whole đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// How many lines.
    pub lines: i64,
    /// How many of them no money was given to.
    pub unfunded: i64,
    /// Asked for.
    pub estimated: i64,
    /// Agreed on by both appraisals.
    pub appraised: i64,
    /// Given.
    pub allocated: i64,
    /// Spent, by the last month that is recorded.
    pub spent: i64,
}

impl Sums {
    /// Adds another's; an error where a sum is beyond what every reader of JSON keeps exactly.
    pub fn plus(self, other: Sums) -> ApiResult<Sums> {
        let add = |one, other| {
            exact_sum([one, other]).ok_or_else(|| ApiError::internal("a sum of the budget of the reform is too large"))
        };
        Ok(Sums {
            lines: add(self.lines, other.lines)?,
            unfunded: add(self.unfunded, other.unfunded)?,
            estimated: add(self.estimated, other.estimated)?,
            appraised: add(self.appraised, other.appraised)?,
            allocated: add(self.allocated, other.allocated)?,
            spent: add(self.spent, other.spent)?,
        })
    }
}

/// What the lines of a task and a unit come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Section of the task.
    pub section: String,
    /// The task.
    pub task_id: Uuid,
    /// The unit.
    pub organisation_id: Uuid,
    /// The sums.
    pub sums: Sums,
}

/// PostgreSQL adds bigint up into numeric; nothing at all adds up to 0.
fn whole_sum(expression: SimpleExpr) -> SimpleExpr {
    Func::coalesce([expression.sum(), Expr::value(0)]).cast_as(Alias::new("bigint"))
}

/// What was given to each line.
fn given() -> SelectStatement {
    use reform_budget_allocation::Column;
    Query::select()
        .column(Column::LineId)
        .expr_as(whole_sum(Expr::col(Column::AmountVnd)), Alias::new("allocated"))
        .from(reform_budget_allocation::Entity)
        .group_by_col(Column::LineId)
        .to_owned()
}

/// What was spent of each line: the last edition of its last month.
fn last_months() -> SelectStatement {
    use reform_budget_spending::Column;
    let (ranked, place) = (Alias::new("ranked"), Alias::new("place"));
    let mut window = WindowStatement::partition_by(Column::LineId);
    window.order_by(Column::Month, Order::Desc).order_by(Column::Edition, Order::Desc);
    let inner = Query::select()
        .columns([Column::LineId, Column::SpentVnd])
        .expr_window_as(Expr::cust("ROW_NUMBER()"), window, place.clone())
        .from(reform_budget_spending::Entity)
        .to_owned();
    Query::select()
        .column((ranked.clone(), Column::LineId))
        .expr_as(Expr::col((ranked.clone(), Column::SpentVnd)), Alias::new("spent"))
        .from_subquery(inner, ranked.clone())
        .and_where(Expr::col((ranked, place)).eq(1))
        .to_owned()
}

/// What the lines come to that a filter lets through and the caller may see, by task and unit: one statement.
pub async fn parts(connection: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> ApiResult<Vec<Part>> {
    use reform_budget_line::Column;
    let (a, s) = (Alias::new("given"), Alias::new("last_month"));
    let line_id = || Expr::col(column(Column::Id));
    let allocated = || Expr::col((a.clone(), Alias::new("allocated")));
    let mut select = Query::select();
    select
        .column((task::Entity, task::Column::Section))
        .column(column(Column::TaskId))
        .column(column(Column::OrganisationId))
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("lines"))
        .expr_as(Expr::col((a.clone(), Alias::new("line_id"))).count(), Alias::new("funded"))
        .expr_as(whole_sum(Expr::col(column(Column::EstimatedVnd))), Alias::new("estimated"))
        .expr_as(whole_sum(Expr::col(column(Column::AppraisedVnd))), Alias::new("appraised"))
        .expr_as(whole_sum(allocated()), Alias::new("allocated"))
        .expr_as(whole_sum(Expr::col((s.clone(), Alias::new("spent")))), Alias::new("spent"))
        .from(reform_budget_line::Entity)
        .inner_join(task::Entity, Expr::col((task::Entity, task::Column::Id)).equals(column(Column::TaskId)))
        .join_subquery(
            sea_orm::sea_query::JoinType::LeftJoin,
            given(),
            a.clone(),
            line_id().equals((a.clone(), Alias::new("line_id"))),
        )
        .join_subquery(
            sea_orm::sea_query::JoinType::LeftJoin,
            last_months(),
            s.clone(),
            line_id().equals((s.clone(), Alias::new("line_id"))),
        )
        .cond_where(filter.condition(viewer))
        .group_by_col((task::Entity, task::Column::Section))
        .group_by_columns([column(Column::TaskId), column(Column::OrganisationId)])
        .order_by((task::Entity, task::Column::Section), Order::Asc)
        .order_by(column(Column::OrganisationId), Order::Asc);
    let mut found = Vec::new();
    for row in connection.query_all(&select).await? {
        let whole = |name: &str| row.try_get::<i64>("", name);
        let lines = whole("lines")?;
        found.push(Part {
            section: row.try_get("", "section")?,
            task_id: row.try_get("", "task_id")?,
            organisation_id: row.try_get("", "organisation_id")?,
            sums: Sums {
                lines,
                unfunded: lines - whole("funded")?,
                estimated: whole("estimated")?,
                appraised: whole("appraised")?,
                allocated: whole("allocated")?,
                spent: whole("spent")?,
            },
        });
    }
    Ok(found)
}

/// What all lines of a programme's year come to, drafts among them: what a new amount is weighed against.
pub async fn of_year(connection: &impl ConnectionTrait, programme_id: Uuid, year: i32) -> ApiResult<Sums> {
    let filter = Filter { programme_id: Some(programme_id), fiscal_year: Some(year), ..Filter::default() };
    let parts = parts(connection, &Viewer::server(), &filter).await?;
    parts.into_iter().try_fold(Sums::default(), |sums, part| sums.plus(part.sums))
}
