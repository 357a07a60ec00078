//! The budget of the reform in the schema: lines with what was said, given and spent, and what they come to. What changes
//! them stands in [`mutation`], what is appended to them in [`events`].

pub mod events;
pub mod mutation;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::reform_budget::reform_budget_line;
use uuid::Uuid;

use self::events::{ReformAllocation, ReformBudgetAppraisal, ReformSpending};
use super::store::totals::Sums;
use super::store::{self, Filter};
use super::{ReformBudgetState, rules, service};
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::programme::graphql::{Task, TaskId};
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::paging::MAX_PAGE;
use kit::scalar::{Count, Vnd, money};

async fn load_task(ctx: &Context<'_>, task_id: Uuid) -> ApiResult<Task> {
    let found = ctx.loader()?.load_one(TaskId(task_id)).await.map_err(ApiError::shared)?;
    found.map(Task).ok_or_else(|| ApiError::internal("a line of no visible task"))
}

/// A line of the budget of the reform (kinh phí cải cách hành chính).
pub struct ReformBudgetLine(pub Arc<reform_budget_line::Model>);

/// A line of the budget of the reform: what a unit asks for a task of the plan in a year, and what becomes of it (dự toán
/// kinh phí cải cách hành chính; plan IV, V.2.b). Money is in whole đồng.
#[rows::row_object]
impl ReformBudgetLine {
    /// Its code in the programme, such as `KP-2026-001` (mã dự toán).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The unit that asks (đơn vị lập dự toán).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.0.fiscal_year
    }

    /// The task of the plan that it is for (nhiệm vụ).
    async fn task(&self, ctx: &Context<'_>) -> Result<Task> {
        Ok(load_task(ctx, self.0.task_id).await?)
    }

    /// What it is for, in words (nội dung chi).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// What the unit asks for, in đồng (số dự toán).
    fn estimated(&self) -> Result<Vnd> {
        Ok(money(self.0.estimated_vnd)?)
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<ReformBudgetState> {
        Ok(service::state_of(&self.0)?)
    }

    /// When it was sent last; null before, and while it is returned (ngày gửi).
    fn submitted_on(&self) -> Option<NaiveDate> {
        self.0.submitted_on
    }

    /// Why it was returned last; null where it never was (lý do yêu cầu chỉnh lý).
    fn returned_reason(&self) -> Option<&str> {
        self.0.returned_reason.as_deref()
    }

    /// The one amount that both appraisals agree on, in đồng; null until they do (số thẩm định).
    fn appraised(&self) -> Result<Option<Vnd>> {
        Ok(self.0.appraised_vnd.map(money).transpose()?)
    }

    /// Whether both have appraised it, and name different amounts: they must agree before the Chair decides (hai bên
    /// thẩm định khác nhau).
    async fn appraisals_differ(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(events::in_round(ctx, &self.0).await?.differ())
    }

    /// What was said of it since it was sent last, or ever, the latest first (ý kiến thẩm định). The last of a side counts.
    async fn appraisals(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Those of earlier rounds too.")] all: bool,
        #[graphql(default = 20, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<ReformBudgetAppraisal>> {
        let rows = events::appraisals_of(ctx, self.0.id).await?;
        let rows = rows.iter().rev().filter(|row| all || row.round == self.0.round);
        Ok(rows.take(first.min(MAX_PAGE) as usize).map(|row| ReformBudgetAppraisal(Arc::clone(row))).collect())
    }

    /// What was given to it by all decisions, in đồng; 0 before (số được giao).
    async fn allocated(&self, ctx: &Context<'_>) -> Result<Vnd> {
        Ok(money(events::allocated(ctx, self.0.id).await?)?)
    }

    /// The decisions that gave money to it, the latest first (các quyết định giao kinh phí).
    async fn allocations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<ReformAllocation>> {
        let rows = events::allocations_of(ctx, self.0.id).await?;
        Ok(rows.iter().rev().take(first.min(MAX_PAGE) as usize).map(|row| ReformAllocation(Arc::clone(row))).collect())
    }

    /// What is spent of it, in đồng, by the last month that is recorded; 0 before (số đã chi lũy kế).
    async fn spent(&self, ctx: &Context<'_>) -> Result<Vnd> {
        Ok(money(events::spent(ctx, self.0.id).await?)?)
    }

    /// What is left of what was given, in đồng; below zero where more is spent (số còn lại).
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Vnd> {
        let (allocated, spent) =
            futures_util::try_join!(events::allocated(ctx, self.0.id), events::spent(ctx, self.0.id))?;
        Ok(money(allocated - spent)?)
    }

    /// Spent over given (tỷ lệ chi); without a value where nothing is given.
    async fn spending_rate(&self, ctx: &Context<'_>) -> Result<Rate> {
        let (allocated, spent) =
            futures_util::try_join!(events::allocated(ctx, self.0.id), events::spent(ctx, self.0.id))?;
        Ok(Rate::new(spent, allocated))
    }

    /// Whether more is spent than is given now (chi vượt số được giao).
    async fn overspent(&self, ctx: &Context<'_>) -> Result<bool> {
        let (allocated, spent) =
            futures_util::try_join!(events::allocated(ctx, self.0.id), events::spent(ctx, self.0.id))?;
        Ok(rules::above(spent, allocated))
    }

    /// What was spent by the end of each month that is recorded, the latest first (chi lũy kế theo tháng).
    async fn spending(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Corrected editions too, after the one that counts.")] all: bool,
        #[graphql(default = 20, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<ReformSpending>> {
        let rows = events::spending_of(ctx, self.0.id).await?;
        let mut seen = None;
        let rows = rows.iter().rev().filter(|row| {
            let last = seen != Some(row.month);
            seen = Some(row.month);
            all || last
        });
        let year = self.0.fiscal_year;
        let wrap = |row: &Arc<_>| ReformSpending { row: Arc::clone(row), year };
        Ok(rows.take(first.min(MAX_PAGE) as usize).map(wrap).collect())
    }

    /// When it was rejected; null where it was not (ngày không phê duyệt).
    fn rejected_on(&self) -> Option<NaiveDate> {
        self.0.rejected_on
    }

    /// Why it was rejected (lý do không phê duyệt).
    fn rejected_reason(&self) -> Option<&str> {
        self.0.rejected_reason.as_deref()
    }

    /// Who gave money to it first, or rejected it (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
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
        let id = self.0.organisation_id;
        let (upward, organisation, author, appraisals) = futures_util::try_join!(
            upward(ctx, id),
            load_required(ctx, id),
            events::written(ctx, self.0.id),
            events::in_round(ctx, &self.0),
        )?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: false,
            form: None,
        };
        let about = (service::state_of(&self.0)?, &appraisals, author);
        let decisions = service::allowed_actions(&ctx.request()?.caller, about, &subject);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

connection! {
    /// A page of lines of the budget of the reform.
    ReformBudgetLineConnection, ReformBudgetLineEdge, ReformBudgetLine
}

/// What to look for among lines of the budget of the reform; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ReformBudgetFilter {
    /// Only of the organisation of this code and those below it (đơn vị).
    pub organisation: Option<String>,
    /// Only of this budget year (năm ngân sách).
    pub fiscal_year: Option<i32>,
    /// Only of the task of this section of the plan, such as `II.2.b.1-1` (nhiệm vụ).
    pub task: Option<String>,
    /// Only in these states (trạng thái).
    pub states: Option<Vec<ReformBudgetState>>,
    /// Only those that money was given to (true), or that none was (false; chưa có kinh phí).
    pub funded: Option<bool>,
}

/// What lines of the budget of the reform come to (tổng hợp kinh phí).
#[derive(Debug, Clone, Copy)]
pub struct ReformBudgetSums(Sums);

/// What lines of the budget of the reform come to, in whole đồng (tổng hợp kinh phí).
#[rows::row_object]
impl ReformBudgetSums {
    /// How many lines (số dòng dự toán).
    fn lines(&self) -> Count {
        Count(self.0.lines)
    }

    /// How many of them no money was given to (số dòng chưa có kinh phí).
    fn unfunded(&self) -> Count {
        Count(self.0.unfunded)
    }

    /// Asked for (số dự toán).
    fn estimated(&self) -> Result<Vnd> {
        Ok(money(self.0.estimated)?)
    }

    /// Agreed on by both appraisals (số thẩm định).
    fn appraised(&self) -> Result<Vnd> {
        Ok(money(self.0.appraised)?)
    }

    /// Given (số được giao).
    fn allocated(&self) -> Result<Vnd> {
        Ok(money(self.0.allocated)?)
    }

    /// Spent, each line by its last month (số đã chi lũy kế).
    fn spent(&self) -> Result<Vnd> {
        Ok(money(self.0.spent)?)
    }

    /// Spent over given (tỷ lệ chi); without a value where nothing is given.
    fn spending_rate(&self) -> Rate {
        Rate::new(self.0.spent, self.0.allocated)
    }
}

/// What the lines of a task come to.
pub struct ReformBudgetOfTask {
    task_id: Uuid,
    sums: Sums,
}

/// What the lines of a task of the plan come to (tổng hợp theo nhiệm vụ).
#[rows::row_object]
impl ReformBudgetOfTask {
    /// The task (nhiệm vụ).
    async fn task(&self, ctx: &Context<'_>) -> Result<Task> {
        Ok(load_task(ctx, self.task_id).await?)
    }

    /// What its lines come to.
    fn sums(&self) -> ReformBudgetSums {
        ReformBudgetSums(self.sums)
    }
}

/// What the lines of a unit come to.
pub struct ReformBudgetOfOrganisation {
    organisation_id: Uuid,
    sums: Sums,
}

/// What the lines of a unit come to (tổng hợp theo đơn vị).
#[rows::row_object]
impl ReformBudgetOfOrganisation {
    /// The unit (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.organisation_id).await?)
    }

    /// What its lines come to.
    fn sums(&self) -> ReformBudgetSums {
        ReformBudgetSums(self.sums)
    }
}

/// What the lines of a budget year come to.
pub struct ReformBudgetTotals(service::Totals);

/// What those lines of a budget year come to that the caller may see (tổng hợp kinh phí cải cách hành chính): of all
/// together, by task and by unit.
#[rows::row_object]
impl ReformBudgetTotals {
    /// All together.
    fn sums(&self) -> ReformBudgetSums {
        ReformBudgetSums(self.0.whole)
    }

    /// By task, in the order of their sections; tasks without lines are left out (theo nhiệm vụ).
    fn by_task(&self) -> Vec<ReformBudgetOfTask> {
        self.0.by_task.iter().map(|&(task_id, sums)| ReformBudgetOfTask { task_id, sums }).collect()
    }

    /// By unit; units without lines are left out (theo đơn vị).
    fn by_organisation(&self) -> Vec<ReformBudgetOfOrganisation> {
        let units = self.0.by_organisation.iter();
        units.map(|&(organisation_id, sums)| ReformBudgetOfOrganisation { organisation_id, sums }).collect()
    }
}

/// Reading the budget of the reform.
#[derive(Default)]
pub struct ReformBudgetQuery;

/// Reading the budget of the reform.
#[rows::row_object]
impl ReformBudgetQuery {
    /// The line of a code; null when there is none that the caller may see.
    async fn reform_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `KP-2026-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<ReformBudgetLine>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| ReformBudgetLine(Arc::new(row)))))
    }

    /// Lines of the budget of the reform that the caller may see (dự toán kinh phí cải cách hành chính), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn reform_budget_lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ReformBudgetFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ReformBudgetLineConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let code = filter.organisation.as_deref();
        let filter = Filter {
            programme_id,
            organisation_id: organisations::id_of(connection, &viewer, programme.as_deref(), code).await?,
            fiscal_year: filter.fiscal_year,
            task: filter.task,
            states: filter.states.unwrap_or_default(),
            funded: filter.funded,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(ReformBudgetLineConnection(Rows::of(slice, |row| ReformBudgetLine(Arc::new(row)))))
    }

    /// What the lines of a budget year come to that the caller may see (tổng hợp kinh phí cải cách hành chính): asked for,
    /// appraised, given and spent.
    async fn reform_budget_totals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The organisation's code, with all below it; the programme's top when left out.")]
        organisation: Option<String>,
        #[graphql(desc = "Only in these states.")] states: Option<Vec<ReformBudgetState>>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<ReformBudgetTotals> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let code = organisation.as_deref();
        let filter = Filter {
            programme_id: Some(programme.id),
            organisation_id: organisations::id_of(connection, &viewer, Some(&programme.code), code).await?,
            fiscal_year: Some(fiscal_year),
            states: states.unwrap_or_default(),
            ..Filter::default()
        };
        Ok(ReformBudgetTotals(service::totals(connection, &viewer, &filter).await?))
    }
}

/// The state of a stored text, for what is appended.
fn parsed<T: FromStr>(text: &str) -> ApiResult<T>
where
    ApiError: From<T::Err>,
{
    Ok(text.parse()?)
}
