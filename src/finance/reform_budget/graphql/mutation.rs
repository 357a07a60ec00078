//! What changes the budget of the reform.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::ReformBudgetLine;
use crate::reform_budget::rules::Wanted;
use crate::reform_budget::service;
use crate::reform_budget::service::SaveRequest;
use crate::reform_budget::steps;
use crate::reform_budget::steps::{Step, StepRequest};
use crate::reform_budget::{
    ReformAllocationKind, ReformBudgetAppraisalDecision, ReformBudgetDecision, ReformBudgetSide,
};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use kernel::error::ApiResult;
use kernel::text_enum::text_enum;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Vnd;

/// What a unit asks for a task of the plan in a year. The same code changes a draft, or a line that was returned.
#[derive(Debug, InputObject)]
pub struct SaveReformBudgetLineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `KP-2026-001` (mã dự toán).
    pub code: String,
    /// Code of the unit that asks (đơn vị lập dự toán).
    pub organisation: String,
    /// The budget year, one of the programme (năm ngân sách).
    pub fiscal_year: i32,
    /// Section of the task of the plan that it is for, such as `II.2.b.1-1` (nhiệm vụ).
    pub task: String,
    /// What it is for, in words; up to 2,000 characters (nội dung chi).
    pub content: String,
    /// What is asked for, in đồng; above 0 (số dự toán).
    pub estimated_amount: Vnd,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A line that is signed and sent.
#[derive(Debug, InputObject)]
pub struct SubmitReformBudgetLineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The line's code (mã dự toán).
    pub code: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

macro_rules! appraisal_input {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            /// The programme's code, where the caller sees several.
            pub programme: Option<String>,
            /// The line's code (mã dự toán).
            pub code: String,
            /// An amount, or back to the unit (kết quả thẩm định).
            pub decision: ReformBudgetAppraisalDecision,
            /// What is thought right, in đồng; required unless it is returned (số thẩm định).
            pub amount: Option<Vnd>,
            /// In words, and why where it is returned; up to 2,000 characters (ý kiến thẩm định).
            pub opinion: String,
            /// The version that the caller has seen.
            pub expected_version: i32,
            /// Makes a repeated request safe: 1 to 128 characters.
            pub idempotency_key: Option<String>,
            /// Checks everything and writes nothing.
            #[graphql(default)]
            pub dry_run: bool,
        }

        impl $name {
            fn step(self, side: ReformBudgetSide) -> StepRequest {
                StepRequest {
                    programme: self.programme,
                    code: self.code,
                    step: Step::Appraise {
                        side,
                        decision: self.decision,
                        amount: self.amount.map(|amount| amount.0),
                        opinion: self.opinion,
                    },
                    expected_version: self.expected_version,
                    idempotency_key: self.idempotency_key,
                    dry_run: self.dry_run,
                }
            }
        }
    };
}

appraisal_input! {
    /// What the finance division says of a line.
    AppraiseReformBudgetForFinanceInput
}
appraisal_input! {
    /// What the standing body says of a line.
    AppraiseReformBudgetForStandingBodyInput
}

/// What the Chair decides about a line.
#[derive(Debug, InputObject)]
pub struct DecideReformBudgetLineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The line's code (mã dự toán).
    pub code: String,
    /// What is decided (quyết định).
    pub decision: ReformBudgetDecision,
    /// How much, in đồng; required to allocate, above 0 (số được giao).
    pub amount: Option<Vnd>,
    /// Number of the decision; required to allocate (số quyết định).
    pub decision_number: Option<String>,
    /// Its day; required to allocate, not later than today (ngày quyết định).
    pub decision_date: Option<NaiveDate>,
    /// Why; required to reject, and where more is given than was appraised; up to 2,000 characters (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

text_enum! {
    /// How a further decision changes what a line has (loại quyết định tiếp theo).
    pub enum ReformSupplementKind {
        /// Given in addition (bổ sung).
        Supplement = "SUPPLEMENT",
        /// Moved up or down (điều chỉnh).
        Adjustment = "ADJUSTMENT",
    }
}

/// A further decision about what a line has.
#[derive(Debug, InputObject)]
pub struct SupplementReformBudgetLineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The line's code (mã dự toán).
    pub code: String,
    /// How it changes what the line has (loại).
    pub kind: ReformSupplementKind,
    /// By how much, in đồng; below zero only of an adjustment (số tiền).
    pub amount: Vnd,
    /// Number of the decision; another than those before (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// Why; required where less is left than is spent; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What was spent of a line by the end of a month. The same month again corrects it.
#[derive(Debug, InputObject)]
pub struct RecordReformSpendingInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The line's code (mã dự toán).
    pub code: String,
    /// A month of the line's budget year, such as `2026-M09`; `2026-M13` is until 31 January (tháng).
    pub period: PeriodCode,
    /// Spent since 1 January, in đồng (số đã chi lũy kế).
    pub spent: Vnd,
    /// Why; required where it is more than was given by the end of the month; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
    /// Why; required where it corrects what was recorded, or does not fit the months around; up to 2,000 characters (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a line of the budget of the reform.
#[derive(rows::RowObject)]
pub struct ReformBudgetLinePayload {
    /// The line after the change; null when something must be mended, or on a dry run.
    pub line: Option<ReformBudgetLine>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

fn answer(ctx: &Context<'_>, outcome: service::Done, dry_run: bool) -> ReformBudgetLinePayload {
    let (done, user_errors) = split(outcome, ctx.language());
    let line = done.filter(|_| !dry_run).map(|row| ReformBudgetLine(Arc::new(row)));
    ReformBudgetLinePayload { line, user_errors }
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<ReformBudgetLinePayload> {
    let dry_run = wanted.dry_run;
    let outcome = steps::take(ctx.app()?, ctx.request()?, wanted).await?;
    Ok(answer(ctx, outcome, dry_run))
}

/// Changing the budget of the reform.
#[derive(Default)]
pub struct ReformBudgetMutation;

/// Changing the budget of the reform.
#[rows::row_object]
impl ReformBudgetMutation {
    /// Drafts a line of the budget of the reform, or changes it while it is a draft or was returned (lập dự toán kinh phí cải
    /// cách hành chính).
    #[graphql(directive = requires::apply(Action::SaveReformBudget, roles_for(Action::SaveReformBudget)))]
    async fn save_reform_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The line.")] input: SaveReformBudgetLineInput,
    ) -> Result<ReformBudgetLinePayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            line: Wanted {
                code: input.code,
                fiscal_year: input.fiscal_year,
                task: input.task,
                content: input.content,
                estimated: input.estimated_amount.0,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(answer(ctx, outcome, dry_run))
    }

    /// Signs and sends a line (ký, gửi dự toán). It can't be changed then, unless it is returned.
    #[graphql(directive = requires::apply(Action::SubmitReformBudget, roles_for(Action::SubmitReformBudget)))]
    async fn submit_reform_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which line.")] input: SubmitReformBudgetLineInput,
    ) -> Result<ReformBudgetLinePayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Submit,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Appraises a line for the finance division, or returns it (thẩm định của phòng phụ trách tài chính). Again while the
    /// Chair has not decided: the last one counts. Whoever wrote in it, or appraised it for the standing body, never does.
    #[graphql(directive = requires::apply(Action::AppraiseReformBudgetFinance, roles_for(Action::AppraiseReformBudgetFinance)))]
    async fn appraise_reform_budget_for_finance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of it.")] input: AppraiseReformBudgetForFinanceInput,
    ) -> Result<ReformBudgetLinePayload> {
        Ok(take(ctx, input.step(ReformBudgetSide::Finance)).await?)
    }

    /// Appraises a line for the standing body, or returns it (thẩm định của cơ quan thường trực). Again while the Chair has
    /// not decided: the last one counts. Whoever wrote in it, or appraised it for the finance division, never does.
    #[graphql(directive = requires::apply(Action::AppraiseReformBudgetStanding, roles_for(Action::AppraiseReformBudgetStanding)))]
    async fn appraise_reform_budget_for_standing_body(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of it.")] input: AppraiseReformBudgetForStandingBodyInput,
    ) -> Result<ReformBudgetLinePayload> {
        Ok(take(ctx, input.step(ReformBudgetSide::StandingBody)).await?)
    }

    /// Gives money to a line on which both appraisals agree, or rejects a line that was sent (quyết định giao kinh phí).
    /// Whoever wrote in it or appraised it never does.
    #[graphql(directive = requires::apply(Action::DecideReformBudget, roles_for(Action::DecideReformBudget)))]
    async fn decide_reform_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideReformBudgetLineInput,
    ) -> Result<ReformBudgetLinePayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Decide {
                decision: input.decision,
                amount: input.amount.map(|amount| amount.0),
                number: input.decision_number,
                date: input.decision_date,
                reason: input.reason,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Supplements or adjusts what a line was given, by a further decision (bổ sung, điều chỉnh kinh phí). Earlier decisions
    /// stay as they are.
    #[graphql(directive = requires::apply(Action::SupplementReformBudget, roles_for(Action::SupplementReformBudget)))]
    async fn supplement_reform_budget_line(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: SupplementReformBudgetLineInput,
    ) -> Result<ReformBudgetLinePayload> {
        let kind = match input.kind {
            ReformSupplementKind::Supplement => ReformAllocationKind::Supplement,
            ReformSupplementKind::Adjustment => ReformAllocationKind::Adjustment,
        };
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Supplement {
                kind,
                amount: input.amount.0,
                number: input.decision_number,
                date: input.decision_date,
                explanation: input.explanation,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Records what was spent of a line by the end of a month, cumulative (ghi nhận kinh phí đã chi). What is recorded already
    /// is corrected with a reason, and both stay; the same again changes nothing.
    #[graphql(directive = requires::apply(Action::RecordReformSpending, roles_for(Action::RecordReformSpending)))]
    async fn record_reform_spending(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month.")] input: RecordReformSpendingInput,
    ) -> Result<ReformBudgetLinePayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Spend {
                period: input.period.0,
                spent: input.spent.0,
                explanation: input.explanation,
                reason: input.reason,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }
}
