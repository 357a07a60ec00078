//! The budget in the schema: codes, lines with their amounts, events, settlements. What changes them stands in
//! [`mutation`], the content of execution forms in [`execution`].

pub mod execution;
pub mod mutation;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Enum, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::budget::{budget_code, budget_event, budget_line, budget_settlement};
use uuid::Uuid;

use super::reading::{self, Amounts, Base, LineAmounts, Wanted};
use super::rules;
use super::store::{self, CodeFilter, LineFilter};
use super::{BudgetCodeKind, BudgetEventKind, BudgetFlow, BudgetNature};
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::money::MoneyUnit;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::scalar::{Count, Vnd, money};

/// A code of the budget classification (mã mục lục ngân sách nhà nước), for a time.
pub struct BudgetCode(budget_code::Model);

/// A code of the budget classification (mã mục lục ngân sách nhà nước), for a time. Source: TT 324/2016/TT-BTC.
#[rows::row_object]
impl BudgetCode {
    /// What kind of code it is (loại mã).
    fn kind(&self) -> Result<BudgetCodeKind> {
        Ok(BudgetCodeKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// The code (mã số).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The category of a subcategory, the item of a subitem (loại của khoản, mục của tiểu mục).
    fn parent_code(&self) -> Option<&str> {
        self.0.parent_code.as_deref()
    }

    /// Of items and subitems: whether money comes or goes.
    fn flow(&self) -> Result<Option<BudgetFlow>> {
        Ok(self.0.flow.as_deref().map(BudgetFlow::from_str).transpose().map_err(ApiError::from)?)
    }

    /// Of items and subitems: what it is of.
    fn nature(&self) -> Result<Option<BudgetNature>> {
        Ok(self.0.nature.as_deref().map(BudgetNature::from_str).transpose().map_err(ApiError::from)?)
    }

    /// Its title (tên).
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// What sets it (căn cứ).
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// Whether it was held against the text itself (đã đối chiếu văn bản).
    fn verified(&self) -> bool {
        self.0.verified
    }

    /// First day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while nothing ends it (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }
}

connection! {
    /// A page of codes of the budget classification.
    BudgetCodeConnection, BudgetCodeEdge, BudgetCode
}

/// An amount of a budget, to be shown (chỉ tiêu số tiền).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BudgetAmountName {
    /// Assigned at the beginning of the year.
    Initial,
    /// With all changes.
    Current,
    /// Executed since 1 January.
    Executed,
    /// What is left of the current estimate.
    Remaining,
    /// Executed by the same period of the year before.
    ExecutedLastYear,
}

rows::plain_enum!(BudgetAmountName);

/// The amounts of a line of the budget, or of several together.
pub struct BudgetAmounts(Amounts);

/// The amounts of a line of the budget, or of several together, in whole đồng. Rounded only by `shown`.
#[rows::row_object]
impl BudgetAmounts {
    /// Assigned at the beginning of the year (dự toán giao đầu năm).
    fn initial(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.initial.unwrap_or(0))?)
    }

    /// Added in the year (bổ sung).
    fn supplement(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.supplement)?)
    }

    /// Moved between lines; below zero where more left than came (điều chỉnh).
    fn adjustment(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.adjustment)?)
    }

    /// Carried over from the year before (chuyển nguồn).
    fn carry_over(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.carry_over)?)
    }

    /// Taken away: zero or below (hủy dự toán).
    fn cancellation(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.cancellation)?)
    }

    /// The current estimate, with all changes by the day (dự toán sau điều chỉnh).
    fn current(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.current())?)
    }

    /// Executed since 1 January, by the last accepted forms (thực hiện lũy kế); null where nobody has reported.
    fn executed(&self) -> Result<Option<Vnd>> {
        Ok(self.0.executed.map(money).transpose()?)
    }

    /// What is left of the current estimate; below zero where more was executed. Null where nobody has reported.
    fn remaining(&self) -> Result<Option<Vnd>> {
        Ok(self.0.executed.map(|executed| money(self.0.sums.current() - executed)).transpose()?)
    }

    /// Executed by the same period of the year before (cùng kỳ năm trước); null where nobody has reported.
    fn executed_last_year(&self) -> Result<Option<Vnd>> {
        Ok(self.0.last_year.map(money).transpose()?)
    }

    /// Executed over the current estimate (tỷ lệ thực hiện so với dự toán); null where nobody has reported, without a
    /// value where nothing is assigned.
    fn execution_rate(&self) -> Option<Rate> {
        self.0.executed.map(|executed| Rate::new(executed, self.0.sums.current()))
    }

    /// Executed over what was assigned at the beginning (so với dự toán giao đầu năm).
    fn initial_execution_rate(&self) -> Option<Rate> {
        self.0.executed.map(|executed| Rate::new(executed, self.0.sums.initial.unwrap_or(0)))
    }

    /// Executed over the same period of the year before (so với cùng kỳ năm trước).
    fn last_year_rate(&self) -> Option<Rate> {
        self.0.executed.zip(self.0.last_year).map(|(executed, before)| Rate::new(executed, before))
    }

    /// An amount as people read it: rounded half up, with the separators of the language. Null where there is none.
    fn shown(
        &self,
        #[graphql(desc = "Which amount.")] amount: BudgetAmountName,
        #[graphql(desc = "In which unit.")] unit: MoneyUnit,
        #[graphql(default = 0, desc = "How many decimals, 0 to 3; none in đồng.", validator(minimum = 0, maximum = 3))]
        decimals: u32,
        #[graphql(default, desc = "In which language.")] language: Language,
    ) -> Option<String> {
        let current = self.0.sums.current();
        let amount = match amount {
            BudgetAmountName::Initial => self.0.sums.initial,
            BudgetAmountName::Current => Some(current),
            BudgetAmountName::Executed => self.0.executed,
            BudgetAmountName::Remaining => self.0.executed.map(|executed| current - executed),
            BudgetAmountName::ExecutedLastYear => self.0.last_year,
        };
        amount.map(|amount| kernel::money::shown(amount, unit, decimals, language))
    }
}

/// A line of the budget (dòng dự toán): an organisation, a year and a classification.
pub struct BudgetLine {
    row: Arc<budget_line::Model>,
    amounts: LineAmounts,
}

fn given(code: &str) -> Option<&str> {
    Some(code).filter(|code| !code.is_empty())
}

/// A line of the budget (dòng dự toán): an organisation, a year and a classification, as asked for of a period.
#[rows::row_object]
impl BudgetLine {
    /// Whose (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.row.organisation_id).await?)
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.row.fiscal_year
    }

    /// The classification as one text, such as `805-341-6000-6001-13-4`; `_` where a code is left out.
    fn code(&self) -> &str {
        &self.row.code
    }

    /// Chapter (chương).
    fn chapter(&self) -> &str {
        &self.row.chapter
    }

    /// Subcategory (khoản); null for revenue without one.
    fn subcategory(&self) -> Option<&str> {
        given(&self.row.subcategory)
    }

    /// Item (mục).
    fn item(&self) -> &str {
        &self.row.item
    }

    /// Subitem (tiểu mục); null for a line of the whole item.
    fn subitem(&self) -> Option<&str> {
        given(&self.row.subitem)
    }

    /// Source (nguồn); null for revenue without one.
    fn source(&self) -> Option<&str> {
        given(&self.row.source)
    }

    /// Level of the budget (cấp ngân sách).
    fn level(&self) -> &str {
        &self.row.level
    }

    /// Whether money comes or goes.
    fn flow(&self) -> Result<BudgetFlow> {
        Ok(BudgetFlow::from_str(&self.row.flow).map_err(ApiError::from)?)
    }

    /// What it is of.
    fn nature(&self) -> Result<BudgetNature> {
        Ok(BudgetNature::from_str(&self.row.nature).map_err(ApiError::from)?)
    }

    /// Its amounts by the end of the period.
    fn amounts(&self) -> BudgetAmounts {
        BudgetAmounts(self.amounts.amounts)
    }

    /// Whether more was spent than is assigned (chi vượt dự toán). Of revenue never.
    fn beyond_estimate(&self) -> Result<bool> {
        let flow = BudgetFlow::from_str(&self.row.flow).map_err(ApiError::from)?;
        let amounts = &self.amounts.amounts;
        Ok(amounts.executed.is_some_and(|executed| rules::beyond(flow, executed, amounts.sums.current())))
    }

    /// Why, as the unit explains it (giải trình).
    fn explanation(&self) -> Option<&str> {
        self.amounts.explanation.as_deref()
    }
}

connection! {
    /// A page of lines of the budget.
    BudgetLineConnection, BudgetLineEdge, BudgetLine
}

/// What decisions did to a line (biến động dự toán).
pub struct BudgetEvent {
    row: budget_event::Model,
    line: budget_line::Model,
}

/// What a decision did to a line of the budget (biến động dự toán). Never changed: another decision sets it right.
#[rows::row_object]
impl BudgetEvent {
    /// Whose (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.row.organisation_id).await?)
    }

    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.row.fiscal_year
    }

    /// The line's classification, as `BudgetLine.code` says it (mục lục ngân sách).
    fn code(&self) -> &str {
        &self.line.code
    }

    /// Whether money comes or goes on it.
    fn flow(&self) -> Result<BudgetFlow> {
        Ok(BudgetFlow::from_str(&self.line.flow).map_err(ApiError::from)?)
    }

    /// What it does.
    fn kind(&self) -> Result<BudgetEventKind> {
        Ok(BudgetEventKind::from_str(&self.row.kind).map_err(ApiError::from)?)
    }

    /// As it was entered, in đồng: of a cancellation what is taken away, above zero (số tiền).
    fn amount(&self) -> Result<Vnd> {
        Ok(money(self.row.amount)?)
    }

    /// As it counts, in đồng: a cancellation takes away.
    fn effect(&self) -> Result<Vnd> {
        Ok(money(self.row.effect)?)
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

    /// Who entered it (người nhập); null where the caller may not know.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.row.recorded_by).await)
    }

    /// When it was entered.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.row.recorded_at
    }
}

connection! {
    /// A page of what decisions did to lines of the budget.
    BudgetEventConnection, BudgetEventEdge, BudgetEvent
}

/// Money that comes or goes, added up by what it is of.
#[derive(rows::RowObject)]
pub struct BudgetPart {
    /// Whether money comes or goes.
    pub flow: BudgetFlow,
    /// What it is of; null for all of them together.
    pub nature: Option<BudgetNature>,
    /// The amounts.
    pub amounts: BudgetAmounts,
}

/// A budget added up (tổng hợp dự toán và thực hiện).
pub struct BudgetReport {
    base: Base,
    year: i32,
    report: reading::Report,
}

/// The budget of an organisation and all below it, added up for a period (tổng hợp dự toán và thực hiện).
#[rows::row_object]
impl BudgetReport {
    /// Whose, itself and all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.base.organisation.clone()))
    }

    /// The budget year.
    fn fiscal_year(&self) -> i32 {
        self.year
    }

    /// The day by which decisions and forms count: the period's last.
    fn by(&self) -> NaiveDate {
        self.base.by
    }

    /// All revenue, and all expenditure.
    fn totals(&self) -> Result<Vec<BudgetPart>> {
        let mut totals = Vec::new();
        for flow in [BudgetFlow::Revenue, BudgetFlow::Expenditure] {
            let parts: Vec<Amounts> =
                self.report.parts.iter().filter(|((of, _), _)| *of == flow).map(|(_, amounts)| *amounts).collect();
            if !parts.is_empty() {
                totals.push(BudgetPart { flow, nature: None, amounts: BudgetAmounts(reading::together(parts)?) });
            }
        }
        Ok(totals)
    }

    /// Revenue and expenditure by what they are of: at most eight.
    fn parts(&self) -> Vec<BudgetPart> {
        let part = |((flow, nature), amounts): &((BudgetFlow, BudgetNature), Amounts)| BudgetPart {
            flow: *flow,
            nature: Some(*nature),
            amounts: BudgetAmounts(*amounts),
        };
        self.report.parts.iter().map(part).collect()
    }

    /// How many organisations have an estimate and have reported nothing of the year by the day.
    fn missing(&self) -> Count {
        Count(i64::try_from(self.report.missing).unwrap_or(i64::MAX))
    }

    /// How many have reported, though not up to the period: their last figures stand for it.
    fn behind(&self) -> Count {
        Count(i64::try_from(self.report.behind).unwrap_or(i64::MAX))
    }
}

/// A settled budget year (quyết toán năm).
pub struct BudgetSettlement(pub budget_settlement::Model);

/// A settled budget year (quyết toán năm): it is closed.
#[rows::row_object]
impl BudgetSettlement {
    /// The budget year (năm ngân sách).
    fn fiscal_year(&self) -> i32 {
        self.0.fiscal_year
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// When it was closed.
    fn settled_at(&self) -> DateTime<Utc> {
        self.0.settled_at
    }
}

/// What to look for among codes; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct BudgetCodeFilter {
    /// Only of these kinds.
    pub kinds: Option<Vec<BudgetCodeKind>>,
    /// Only those that belong to this code.
    pub parent: Option<String>,
    /// Only whose code or Vietnamese title contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// What to look for among lines; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct BudgetLineFilter {
    /// Only of the organisation of this code, and of those below it.
    pub organisation: Option<String>,
    /// Only money that comes, or goes.
    pub flow: Option<BudgetFlow>,
    /// Only of this nature.
    pub nature: Option<BudgetNature>,
    /// Only the lines of this classification, as `BudgetLine.code` says it.
    pub code: Option<String>,
}

/// Reading the budget.
#[derive(Default)]
pub struct BudgetQuery;

/// Reading the budget.
#[rows::row_object]
impl BudgetQuery {
    /// Codes of the budget classification (mục lục ngân sách nhà nước), by kind and code.
    async fn budget_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "What to look for.")] filter: BudgetCodeFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetCodeConnection> {
        // Only somebody who is signed in is a viewer.
        ctx.viewer()?;
        let filter = CodeFilter {
            kinds: filter.kinds.unwrap_or_default(),
            parent: filter.parent,
            search: filter.search,
            on: filter.on,
        };
        let slice = store::code_page(ctx.app()?.db.read(), &filter, &page(first, after, last, before)?).await?;
        Ok(BudgetCodeConnection(Rows::of(slice, BudgetCode)))
    }

    /// Lines of the budget with their amounts (dự toán và thực hiện theo dòng), by classification.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn budget_lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "For which period, such as `2026-M09` or `2026-Q3`; the whole year when left out.")]
        period: Option<PeriodCode>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: BudgetLineFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetLineConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let organisation = filter.organisation.clone();
        let wanted = Wanted { programme, organisation, year: fiscal_year, period: period.map(|period| period.0) };
        let base = reading::base(connection, &viewer, &wanted).await?;
        let filter = LineFilter {
            programme_id: Some(base.programme_id),
            organisation_id: Some(base.organisation.id),
            year: Some(fiscal_year),
            flow: filter.flow,
            nature: filter.nature,
            code: filter.code,
        };
        let slice = store::line_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let lines: Vec<budget_line::Model> = slice.rows.iter().map(|(_, row)| row.clone()).collect();
        let amounts = reading::of_lines(connection, &base, fiscal_year, &lines).await?;
        Ok(BudgetLineConnection(Rows::of(slice, |row| {
            let none = || LineAmounts { amounts: Amounts::default(), explanation: None };
            BudgetLine { amounts: amounts.get(&row.id).cloned().unwrap_or_else(none), row: Arc::new(row) }
        })))
    }

    /// The budget added up for a period (tổng hợp dự toán và thực hiện), in the database and to the đồng.
    async fn budget_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "For which period, such as `2026-M09` or `2026-Q3`; the whole year when left out.")]
        period: Option<PeriodCode>,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<BudgetReport> {
        let connection = ctx.app()?.db.read();
        let wanted = Wanted { programme, organisation, year: fiscal_year, period: period.map(|period| period.0) };
        let base = reading::base(connection, &ctx.viewer()?, &wanted).await?;
        let report = reading::report(connection, &base, fiscal_year).await?;
        Ok(BudgetReport { base, year: fiscal_year, report })
    }

    /// What decisions did to the lines of a year (lịch sử giao, bổ sung, điều chỉnh dự toán), by the decision's day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn budget_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "Of which lines.")] filter: BudgetLineFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetEventConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let filter = LineFilter {
            programme_id,
            organisation_id,
            year: Some(fiscal_year),
            flow: filter.flow,
            nature: filter.nature,
            code: filter.code,
        };
        let slice = store::event_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let ids: Vec<Uuid> = slice.rows.iter().map(|(_, row)| row.line_id).collect();
        let lines = store::lines_by_ids(connection, &ids).await?;
        if ids.iter().any(|id| !lines.contains_key(id)) {
            return Err(ApiError::internal("an event of no line").into());
        }
        Ok(BudgetEventConnection(Rows::of(slice, |row| {
            let line = lines[&row.line_id].clone();
            BudgetEvent { row, line }
        })))
    }

    /// The settlement of a year (quyết toán năm); null while it is open.
    async fn budget_settlement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<BudgetSettlement>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::settlement(connection, programme.id, fiscal_year).await
        };
        or_null(found.await.map(|row| row.map(BudgetSettlement)))
    }
}
