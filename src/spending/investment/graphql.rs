//! Public investment in the schema: projects with their plans and payments, events, and the whole added up. What changes
//! them stands in [`mutation`].

pub mod mutation;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::investment::{capital_event, disbursement, investment_project};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::reading::{self, Amounts, Base};
use super::store::{self, Filter};
use super::{CapitalEventKind, ProjectGroup, rules};
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::money::{MoneyUnit, shown};
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::scalar::{Count, Vnd, money};

/// What a capital plan comes to by the end of a month.
pub struct InvestmentAmounts {
    amounts: Amounts,
    /// How many of the months asked for have ended.
    ended: i32,
}

/// What a capital plan comes to by the end of a month, in whole đồng: of a project, or of several together.
#[rows::row_object]
impl InvestmentAmounts {
    /// Assigned for the year (kế hoạch vốn giao trong năm).
    fn assigned(&self) -> Result<Vnd> {
        Ok(money(self.amounts.plan.assigned)?)
    }

    /// Extended from the year before (kế hoạch vốn kéo dài).
    fn extended(&self) -> Result<Vnd> {
        Ok(money(self.amounts.plan.extended)?)
    }

    /// Moved; below zero where more left than came (điều chỉnh).
    fn adjustment(&self) -> Result<Vnd> {
        Ok(money(self.amounts.plan.adjustment)?)
    }

    /// The plan, with all of these (tổng kế hoạch vốn).
    fn plan(&self) -> Result<Vnd> {
        Ok(money(self.amounts.plan.total())?)
    }

    /// Disbursed at the Treasury since 1 January (giải ngân lũy kế).
    fn disbursed(&self) -> Result<Vnd> {
        Ok(money(self.amounts.paid.disbursed)?)
    }

    /// Of it from the extended plan (giải ngân vốn kéo dài).
    fn disbursed_of_extended(&self) -> Result<Vnd> {
        Ok(money(self.amounts.paid.of_extended)?)
    }

    /// Work accepted since 1 January (khối lượng nghiệm thu lũy kế).
    fn accepted_volume(&self) -> Result<Vnd> {
        Ok(money(self.amounts.paid.accepted_volume)?)
    }

    /// What is left of the plan.
    fn remaining(&self) -> Result<Vnd> {
        Ok(money(self.amounts.plan.total() - self.amounts.paid.disbursed)?)
    }

    /// Disbursed over the plan (tỷ lệ giải ngân); without a value where nothing is planned.
    fn disbursement_rate(&self) -> Rate {
        Rate::new(self.amounts.paid.disbursed, self.amounts.plan.total())
    }

    /// The last month that is recorded, 1 to 13; null before the first.
    fn last_month(&self) -> Option<i32> {
        self.amounts.month
    }

    /// The share of the plan, in percent, that is disbursed by 31 January at the pace so far (dự báo): the amount so far over the
    /// months that are recorded (of several projects: up to the latest of them), times 13. Null without a plan, and before the first month.
    fn forecast_percent(&self) -> Option<String> {
        let month = self.amounts.month?;
        rules::forecast(self.amounts.paid.disbursed, self.amounts.plan.total(), month.into())?.percent()
    }

    /// Whether less is disbursed than an even pace over the 13 months would have by the end of the month asked for, or of the
    /// last that has ended.
    fn behind_pace(&self) -> bool {
        rules::behind(self.amounts.paid.disbursed, self.amounts.plan.total(), self.ended.into())
    }

    /// The plan as people read it, rounded half up.
    fn plan_shown(
        &self,
        #[graphql(desc = "In which unit.")] unit: MoneyUnit,
        #[graphql(default = 0, desc = "How many decimals, 0 to 3.", validator(minimum = 0, maximum = 3))] decimals: u32,
        #[graphql(default, desc = "In which language.")] language: Language,
    ) -> String {
        shown(self.amounts.plan.total(), unit, decimals, language)
    }
}

/// A project of public investment (dự án đầu tư công).
pub struct InvestmentProject {
    row: Arc<investment_project::Model>,
    /// What its plan comes to; none where no month was asked for.
    amounts: Option<(Amounts, i32)>,
}

/// A project of public investment (dự án đầu tư công).
#[rows::row_object]
impl InvestmentProject {
    /// Its code in the programme (mã dự án).
    fn code(&self) -> &str {
        &self.row.code
    }

    /// Its name (tên dự án).
    fn name(&self) -> &str {
        &self.row.name
    }

    /// Who manages it (chủ đầu tư, đơn vị quản lý).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.row.organisation_id).await?)
    }

    /// Its group (nhóm dự án).
    fn group(&self) -> Result<ProjectGroup> {
        Ok(ProjectGroup::from_str(&self.row.project_group).map_err(ApiError::from)?)
    }

    /// Number of the decision that approved it (số quyết định phê duyệt).
    fn decision_number(&self) -> &str {
        &self.row.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.row.decision_date
    }

    /// The total investment approved, in đồng (tổng mức đầu tư).
    fn total_investment(&self) -> Result<Vnd> {
        Ok(money(self.row.total_investment)?)
    }

    /// First year (năm khởi công).
    fn start_year(&self) -> i32 {
        self.row.start_year
    }

    /// Last year, as planned (năm hoàn thành).
    fn finish_year(&self) -> i32 {
        self.row.finish_year
    }

    /// When it was completed; null before (ngày hoàn thành).
    fn completed_on(&self) -> Option<NaiveDate> {
        self.row.completed_on
    }

    /// What its plan comes to by the end of the month asked for; null where the project was not asked for of a month.
    fn amounts(&self) -> Option<InvestmentAmounts> {
        self.amounts.map(|(amounts, ended)| InvestmentAmounts { amounts, ended })
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

connection! {
    /// A page of projects of public investment.
    InvestmentProjectConnection, InvestmentProjectEdge, InvestmentProject
}

/// What a decision put into the plan of a project (biến động kế hoạch vốn).
pub struct CapitalEvent {
    row: capital_event::Model,
    project: String,
}

/// What a decision put into the plan of a project (biến động kế hoạch vốn). Never changed.
#[rows::row_object]
impl CapitalEvent {
    /// The project's code.
    fn project(&self) -> &str {
        &self.project
    }

    /// The plan year (năm kế hoạch).
    fn plan_year(&self) -> i32 {
        self.row.plan_year
    }

    /// What it does.
    fn kind(&self) -> Result<CapitalEventKind> {
        Ok(CapitalEventKind::from_str(&self.row.kind).map_err(ApiError::from)?)
    }

    /// In đồng (số vốn).
    fn amount(&self) -> Result<Vnd> {
        Ok(money(self.row.amount)?)
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> &str {
        &self.row.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.row.decision_date
    }

    /// Why, where it needed one (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.row.explanation.as_deref()
    }

    /// Who entered it (người nhập).
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.row.recorded_by).await)
    }

    /// When it was entered.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}

connection! {
    /// A page of what decisions put into capital plans.
    CapitalEventConnection, CapitalEventEdge, CapitalEvent
}

/// What was recorded as paid for a project by the end of a month (giải ngân).
pub struct Disbursement {
    row: disbursement::Model,
    project: String,
    superseded: bool,
}

/// What was recorded as paid for a project by the end of a month (giải ngân lũy kế). Never changed: a correction is the
/// next edition.
#[rows::row_object]
impl Disbursement {
    /// The project's code.
    fn project(&self) -> &str {
        &self.project
    }

    /// The month of the budget year; `2026-M13` is until 31 January (tháng).
    fn period(&self) -> PeriodCode {
        PeriodCode(format!("{}-M{:02}", self.row.plan_year, self.row.month))
    }

    /// Its edition, from 1 (phiên bản).
    fn edition(&self) -> i32 {
        self.row.edition
    }

    /// Whether a later edition took its place (đã thay thế).
    fn superseded(&self) -> bool {
        self.superseded
    }

    /// Disbursed at the Treasury since 1 January, in đồng (giải ngân lũy kế).
    fn disbursed(&self) -> Result<Vnd> {
        Ok(money(self.row.disbursed)?)
    }

    /// Of it from the extended plan, in đồng (giải ngân vốn kéo dài).
    fn of_extended(&self) -> Result<Vnd> {
        Ok(money(self.row.of_extended)?)
    }

    /// Work accepted since 1 January, in đồng (khối lượng nghiệm thu lũy kế).
    fn accepted_volume(&self) -> Result<Vnd> {
        Ok(money(self.row.accepted_volume)?)
    }

    /// Why it corrects the edition before (lý do điều chỉnh).
    fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// Who recorded it (người nhập).
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.row.recorded_by).await)
    }

    /// When.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}

connection! {
    /// A page of what was recorded as paid.
    DisbursementConnection, DisbursementEdge, Disbursement
}

/// Public investment added up (tổng hợp đầu tư công).
pub struct InvestmentReport {
    base: Base,
    amounts: Amounts,
    projects: usize,
    unpaid: usize,
}

/// Public investment of an organisation and all below it, added up by the end of a month (tổng hợp đầu tư công).
#[rows::row_object]
impl InvestmentReport {
    /// Whose projects, and those of all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.base.organisation.clone()))
    }

    /// The plan year.
    fn plan_year(&self) -> i32 {
        self.base.year
    }

    /// What all plans come to.
    fn amounts(&self) -> InvestmentAmounts {
        InvestmentAmounts { amounts: self.amounts, ended: self.base.ended }
    }

    /// How many projects have a plan in the year.
    fn projects(&self) -> Count {
        Count(i64::try_from(self.projects).unwrap_or(i64::MAX))
    }

    /// Of how many of them nothing is disbursed by the end of the month.
    fn without_disbursement(&self) -> Count {
        Count(i64::try_from(self.unpaid).unwrap_or(i64::MAX))
    }
}

/// What to look for among projects; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct InvestmentProjectFilter {
    /// Only managed by the organisation of this code, or by those below it.
    pub organisation: Option<String>,
    /// Only of these groups.
    pub groups: Option<Vec<ProjectGroup>>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that are completed (true), or are not (false).
    pub completed: Option<bool>,
}

/// Reading public investment.
#[derive(Default)]
pub struct InvestmentQuery;

/// Reading public investment.
#[rows::row_object]
impl InvestmentQuery {
    /// Projects of public investment (danh mục dự án đầu tư công), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn investment_projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "By the end of which month of the budget year, such as `2026-M09`; without it there are no amounts."
        )]
        period: Option<PeriodCode>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: InvestmentProjectFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<InvestmentProjectConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let today = ctx.app()?.clock.today();
        let base = match &period {
            Some(period) => {
                Some(reading::base(connection, &viewer, (programme.as_deref(), None), &period.0, today).await?)
            }
            None => None,
        };
        let amounts = match &base {
            Some(base) => base.amounts()?,
            None => HashMap::new(),
        };
        let filter = Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?,
            organisation_id: organisations::id_of(
                connection,
                &viewer,
                programme.as_deref(),
                filter.organisation.as_deref(),
            )
            .await?,
            groups: filter.groups.unwrap_or_default(),
            search: filter.search,
            completed: filter.completed,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let ended = base.as_ref().map(|base| base.ended);
        Ok(InvestmentProjectConnection(Rows::of(slice, |row| InvestmentProject {
            amounts: ended.map(|ended| (amounts.get(&row.id).copied().unwrap_or_default(), ended)),
            row: Arc::new(row),
        })))
    }

    /// Public investment added up by the end of a month (tổng hợp giải ngân vốn đầu tư công).
    async fn investment_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "By the end of which month of the budget year, such as `2026-M09`; `2026-M13` is 31 January."
        )]
        period: PeriodCode,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<InvestmentReport> {
        let connection = ctx.app()?.db.read();
        let whose = (programme.as_deref(), organisation.as_deref());
        let today = ctx.app()?.clock.today();
        let base = reading::base(connection, &ctx.viewer()?, whose, &period.0, today).await?;
        let of_projects = base.amounts()?;
        let ids = reading::projects_below(connection, &base).await?;
        let parts: Vec<Amounts> = ids.iter().filter_map(|id| of_projects.get(id).copied()).collect();
        let planned: Vec<&Amounts> = parts.iter().filter(|part| part.plan.total() > 0).collect();
        let unpaid = planned.iter().filter(|part| part.paid.disbursed == 0).count();
        let projects = planned.len();
        Ok(InvestmentReport { amounts: reading::together(parts)?, base, projects, unpaid })
    }

    /// What decisions put into the plans of a year (lịch sử kế hoạch vốn), by the decision's day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn capital_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan year (năm kế hoạch).")] plan_year: i32,
        #[graphql(desc = "Only of the project of this code.")] project: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<CapitalEventConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let project_id = project_id(connection, programme.id, project.as_deref()).await?;
        let page = page(first, after, last, before)?;
        let slice = store::event_page(connection, &viewer, (programme.id, plan_year), project_id, &page).await?;
        let ids = slice.rows.iter().map(|(_, row)| row.project_id).collect();
        let projects = store::by_ids(connection, ids).await?;
        Ok(CapitalEventConnection(Rows::of(slice, |row| CapitalEvent {
            project: projects.get(&row.project_id).map(|project| project.code.clone()).unwrap_or_default(),
            row,
        })))
    }

    /// What was recorded as paid in a plan year (lịch sử giải ngân), by month and project: every edition of each month, so that
    /// an inspector sees what a correction replaced, by whom and why.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn disbursements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan year (năm kế hoạch).")] plan_year: i32,
        #[graphql(desc = "Only of the project of this code.")] project: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DisbursementConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let project_id = project_id(connection, programme.id, project.as_deref()).await?;
        let page = page(first, after, last, before)?;
        let slice = store::payment_page(connection, &viewer, (programme.id, plan_year), project_id, &page).await?;
        let mut ids: Vec<Uuid> = slice.rows.iter().map(|(_, row)| row.project_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let last = store::last_editions(connection, &ids, plan_year).await?;
        let projects = store::by_ids(connection, ids).await?;
        Ok(DisbursementConnection(Rows::of(slice, |row| Disbursement {
            project: projects.get(&row.project_id).map(|project| project.code.clone()).unwrap_or_default(),
            superseded: last.get(&(row.project_id, row.month)).is_some_and(|last| row.edition < *last),
            row,
        })))
    }
}

/// The project of a code that a list is narrowed to.
async fn project_id(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    code: Option<&str>,
) -> ApiResult<Option<Uuid>> {
    let Some(code) = code else { return Ok(None) };
    let found = store::by_codes(connection, programme_id, &[code.to_owned()]).await?.remove(code);
    found.map(|row| Some(row.id)).ok_or_else(|| ApiError::not_found("kind-investment-project", code))
}
