//! What changes the budget.

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::BudgetSettlement;
use crate::budget::BudgetEventKind;
use crate::budget::classification::Given;
use crate::budget::form::{RowInput, Rows};
use crate::budget::service;
use crate::budget::service::{AllocateRequest, EventInput, SettleRequest};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use forms::workflow::graphql::{FormWarning, Submission};
use forms::workflow::saving;
use forms::workflow::saving::SaveTarget;
use kernel::form::FormCode;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, lines, split};
use kit::scalar::Vnd;

/// The classification of a line (mục lục ngân sách). What belongs to what is looked up: a category given beside a
/// subcategory, and an item beside a subitem, must be its own. Expenditure needs a subcategory and a source.
#[derive(Debug, Clone, InputObject)]
pub struct BudgetClassificationInput {
    /// Chapter, such as `805` (chương).
    pub chapter: String,
    /// Category, such as `340` (loại).
    pub category: Option<String>,
    /// Subcategory, such as `341` (khoản).
    pub subcategory: Option<String>,
    /// Item, such as `6000` (mục).
    pub item: Option<String>,
    /// Subitem, such as `6001` (tiểu mục); left out for a line of the whole item.
    pub subitem: Option<String>,
    /// Source, such as `13` (tính chất nguồn kinh phí).
    pub source: Option<String>,
    /// Level of the budget; the commune's by default (cấp ngân sách).
    #[graphql(default_with = "String::from(\"4\")")]
    pub level: String,
}

impl From<BudgetClassificationInput> for Given {
    fn from(input: BudgetClassificationInput) -> Given {
        Given {
            chapter: input.chapter,
            category: input.category,
            subcategory: input.subcategory,
            item: input.item,
            subitem: input.subitem,
            source: input.source,
            level: input.level,
        }
    }
}

/// What a decision does to a line.
#[derive(Debug, Clone, InputObject)]
pub struct BudgetEventInput {
    /// The organisation's code (đơn vị).
    pub organisation: String,
    /// The line's classification.
    pub classification: BudgetClassificationInput,
    /// What it does.
    pub kind: BudgetEventKind,
    /// In đồng: above zero, of an adjustment also below; of a cancellation what is taken away (số tiền).
    pub amount: Vnd,
    /// Why, where less is left than is spent; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
}

/// What a decision assigns (giao, bổ sung, điều chỉnh dự toán): up to 2,000 events, all or none.
#[derive(Debug, InputObject)]
pub struct AllocateBudgetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The budget year (năm ngân sách).
    pub fiscal_year: i32,
    /// Number of the decision; up to 64 characters (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// What it does.
    pub events: Vec<BudgetEventInput>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct AllocateBudgetPayload {
    /// How many events were entered; 0 when something must be mended, or on a dry run.
    pub events: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// A line of an execution form.
#[derive(Debug, Clone, InputObject)]
pub struct BudgetExecutionLineInput {
    /// The line's classification.
    pub classification: BudgetClassificationInput,
    /// Cumulative since 1 January, in đồng (lũy kế từ đầu năm).
    pub amount: Vnd,
    /// Why, where it is beyond the estimate; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
}

/// An execution form (biểu thực hiện dự toán): all its lines, up to 1,000. Those that are not given are gone.
#[derive(Debug, InputObject)]
pub struct SaveBudgetExecutionInput {
    /// The organisation's code (đơn vị).
    pub organisation: String,
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// A month of the budget year, such as `2026-M09`; `2026-M13` is the period until 31 January.
    pub period: PeriodCode,
    /// Its lines.
    pub lines: Vec<BudgetExecutionLineInput>,
    /// The version that the caller has seen; left out or 0 for a new form.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct SaveBudgetExecutionPayload {
    /// The submission after the change; null when something must be mended, or on a dry run.
    pub submission: Option<Submission>,
    /// What is odd about it; to be acknowledged when it is submitted.
    pub warnings: Vec<FormWarning>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// The settlement of a year.
#[derive(Debug, InputObject)]
pub struct SettleBudgetYearInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The budget year (năm ngân sách).
    pub fiscal_year: i32,
    /// Number of the decision; up to 64 characters (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct SettleBudgetYearPayload {
    /// The settlement; null when something must be mended, or on a dry run.
    pub settlement: Option<BudgetSettlement>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing the budget.
#[derive(Default)]
pub struct BudgetMutation;

/// Changing the budget.
#[rows::row_object]
impl BudgetMutation {
    /// Enters what a decision assigns, adds, moves or takes away (giao, bổ sung, điều chỉnh dự toán). Nothing is ever
    /// edited: a wrong event is set right by another decision.
    #[graphql(directive = requires::apply(Action::AllocateBudget, roles_for(Action::AllocateBudget)))]
    async fn allocate_budget(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: AllocateBudgetInput,
    ) -> Result<AllocateBudgetPayload> {
        let dry_run = input.dry_run;
        let event = |event: BudgetEventInput| EventInput {
            organisation: event.organisation,
            classification: event.classification.into(),
            kind: event.kind,
            amount: event.amount.0,
            explanation: event.explanation,
        };
        let wanted = AllocateRequest {
            programme: input.programme,
            year: input.fiscal_year,
            decision_number: input.decision_number,
            decision_date: input.decision_date,
            events: input.events.into_iter().map(event).collect(),
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::allocate(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(AllocateBudgetPayload { events: lines(done.filter(|_| !dry_run).unwrap_or(0)), user_errors })
    }

    /// Saves an execution form as a draft (lưu biểu thực hiện dự toán), whole or not at all.
    #[graphql(directive = requires::apply(Action::SaveForm, roles_for(Action::SaveForm)))]
    async fn save_budget_execution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The form.")] input: SaveBudgetExecutionInput,
    ) -> Result<SaveBudgetExecutionPayload> {
        let (app, dry_run) = (ctx.app()?, input.dry_run);
        let target = SaveTarget {
            operation: "saveBudgetExecution",
            form: FormCode::BudgetExecution,
            programme: input.programme,
            organisation: input.organisation,
            period: input.period.0,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let row = |line: BudgetExecutionLineInput| RowInput {
            classification: line.classification.into(),
            amount: line.amount.0,
            explanation: line.explanation,
        };
        let content = Rows { rows: input.lines.into_iter().map(row).collect(), clock: &app.clock };
        let outcome = saving::save(app, ctx.request()?, &target, &content).await?;
        let (saved, user_errors) = split(outcome, ctx.language());
        let warnings = saved.as_ref().map(|saved| saved.warnings.clone()).unwrap_or_default();
        Ok(SaveBudgetExecutionPayload {
            submission: saved.filter(|_| !dry_run).map(|saved| Submission(std::sync::Arc::new(saved.submission))),
            warnings: warnings.into_iter().map(|warning| FormWarning::of(&warning, ctx.language())).collect(),
            user_errors,
        })
    }

    /// Settles a budget year, once (phê duyệt quyết toán năm): it is closed from then on. Whoever recorded estimates of
    /// the year never settles it.
    #[graphql(directive = requires::apply(Action::SettleBudget, roles_for(Action::SettleBudget)))]
    async fn settle_budget_year(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: SettleBudgetYearInput,
    ) -> Result<SettleBudgetYearPayload> {
        let dry_run = input.dry_run;
        let wanted = SettleRequest {
            programme: input.programme,
            year: input.fiscal_year,
            decision_number: input.decision_number,
            decision_date: input.decision_date,
            dry_run,
        };
        let outcome = service::settle(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(SettleBudgetYearPayload { settlement: done.filter(|_| !dry_run).map(BudgetSettlement), user_errors })
    }
}
