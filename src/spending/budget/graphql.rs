//! The budget in the schema: codes, lines, events, settlements. They are asked for in [`query`]; amounts and what they
//! add up to stand in [`report`], what changes the budget in [`mutation`], the content of execution forms in
//! [`execution`].

pub mod execution;
pub mod mutation;
pub mod query;
pub mod report;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::budget::{budget_code, budget_event, budget_line, budget_settlement};

use super::reading::LineAmounts;
use super::rules;
use super::{BudgetCodeKind, BudgetEventKind, BudgetFlow, BudgetNature};
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{Organisation, load_required};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kit::connection::connection;
use kit::context::or_null;
use kit::scalar::{Vnd, money};
use report::BudgetAmounts;

pub use query::BudgetQuery;

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
