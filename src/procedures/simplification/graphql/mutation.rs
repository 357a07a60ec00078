//! Changing reviews of procedures.

use std::sync::Arc;

use async_graphql::{Context, InputObject, MaybeUndefined, Result};
use chrono::NaiveDate;

use super::ProcedureReview;
use crate::procedure::rules::LimitUnit;
use crate::simplification::rules::{Cut, Proposal, ReviewDecision};
use crate::simplification::service;
use crate::simplification::service::{ProposeRequest, Step, StepRequest};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Vnd;

/// A proposal to simplify a procedure, entered or changed by its code. What is left out of the numbers is 0
/// before and after.
#[derive(Debug, InputObject)]
pub struct ProposeProcedureReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `RS-2026-001` (mã phương án).
    pub code: String,
    /// Code of the procedure (mã thủ tục).
    pub procedure: String,
    /// Code of the unit that proposes: the one that manages the procedure, or a division for its field (đơn vị đề xuất).
    pub organisation: String,
    /// The year of the review plan (năm kế hoạch rà soát).
    pub year: i32,
    /// When it is proposed; not later than today (ngày đề xuất).
    pub proposed_on: NaiveDate,
    /// What to cut, in words; up to 2,000 characters (nội dung cắt giảm).
    pub content: String,
    /// Components of a dossier before (thành phần hồ sơ trước).
    #[graphql(default)]
    pub components_before: i32,
    /// Components of a dossier after; not more than before (thành phần hồ sơ sau).
    #[graphql(default)]
    pub components_after: i32,
    /// Forms and declarations before (mẫu đơn, tờ khai trước).
    #[graphql(default)]
    pub forms_before: i32,
    /// Forms and declarations after; not more than before (mẫu đơn, tờ khai sau).
    #[graphql(default)]
    pub forms_after: i32,
    /// Time limit before, in `timeUnit` (thời hạn trước).
    #[graphql(default)]
    pub time_before: i32,
    /// Time limit after, in `timeUnit`; not more than before (thời hạn sau).
    #[graphql(default)]
    pub time_after: i32,
    /// The unit of both times (đơn vị thời gian).
    #[graphql(default_with = "LimitUnit::WorkingDay")]
    pub time_unit: LimitUnit,
    /// Compliance cost of a year before, VND (chi phí tuân thủ trước).
    #[graphql(default_with = "Vnd(0)")]
    pub cost_before_vnd: Vnd,
    /// Compliance cost of a year after, VND; not more than before (chi phí tuân thủ sau).
    #[graphql(default_with = "Vnd(0)")]
    pub cost_after_vnd: Vnd,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A review to be withdrawn.
#[derive(Debug, InputObject)]
pub struct WithdrawProcedureReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
    pub code: String,
    /// Why, for the journal (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A decision about a review.
#[derive(Debug, InputObject)]
pub struct DecideProcedureReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
    pub code: String,
    /// What is decided (quyết định).
    pub decision: ReviewDecision,
    /// Number of the decision; required for an approval (số quyết định).
    pub decision_number: Option<String>,
    /// Its day: not before the proposal, not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// Why; required for a rejection (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A review that was carried out.
#[derive(Debug, InputObject)]
pub struct ImplementProcedureReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
    pub code: String,
    /// From which day the procedure is done in the simpler way: not before the decision, not later than today
    /// (ngày thực hiện).
    pub implemented_on: NaiveDate,
    /// Number of the decision that announces the changed procedure, where there is one (quyết định công bố).
    pub decision_number: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What was wrong about how a review was carried out. What is left out stays as it is recorded.
#[derive(Debug, InputObject)]
pub struct CorrectProcedureReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
    pub code: String,
    /// From which day the procedure is done in the simpler way: not before the decision, not later than today
    /// (ngày thực hiện).
    pub implemented_on: Option<NaiveDate>,
    /// Number of the decision that announces the changed procedure; null when there is none (quyết định công bố).
    pub decision_number: MaybeUndefined<String>,
    /// Why it is corrected, for the journal (lý do).
    pub reason: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A decision about a review that is taken back.
#[derive(Debug, InputObject)]
pub struct RevokeProcedureReviewDecisionInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
    pub code: String,
    /// Why, for the journal (lý do).
    pub reason: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a review.
#[derive(rows::RowObject)]
pub struct ProcedureReviewPayload {
    /// The review after the change; null when something must be mended, or on a dry run.
    pub review: Option<ProcedureReview>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<ProcedureReviewPayload> {
    let dry_run = wanted.dry_run;
    let outcome = service::take_step(ctx.app()?, ctx.request()?, wanted).await?;
    let (done, user_errors) = split(outcome, ctx.language());
    let review = done.filter(|_| !dry_run).map(|row| ProcedureReview(Arc::new(row)));
    Ok(ProcedureReviewPayload { review, user_errors })
}

/// Changing reviews of procedures.
#[derive(Default)]
pub struct SimplificationMutation;

/// Changing reviews of procedures.
#[rows::row_object]
impl SimplificationMutation {
    /// Proposes to simplify a procedure, or changes the proposal while it is not decided (đề xuất phương án rà soát,
    /// đơn giản hóa thủ tục hành chính).
    #[graphql(directive = requires::apply(Action::ProposeReview, roles_for(Action::ProposeReview)))]
    async fn propose_procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is proposed.")] input: ProposeProcedureReviewInput,
    ) -> Result<ProcedureReviewPayload> {
        let cut = |before: i32, after: i32| Cut { before: before.into(), after: after.into() };
        let dry_run = input.dry_run;
        let wanted = ProposeRequest {
            programme: input.programme,
            organisation: input.organisation,
            procedure: input.procedure,
            proposal: Proposal {
                code: input.code,
                year: input.year,
                proposed_on: input.proposed_on,
                content: input.content,
                components: cut(input.components_before, input.components_after),
                forms: cut(input.forms_before, input.forms_after),
                time: cut(input.time_before, input.time_after),
                time_unit: input.time_unit,
                cost_vnd: Cut { before: input.cost_before_vnd.0, after: input.cost_after_vnd.0 },
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::propose(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let review = done.filter(|_| !dry_run).map(|row| ProcedureReview(Arc::new(row)));
        Ok(ProcedureReviewPayload { review, user_errors })
    }

    /// Withdraws a proposal that is not decided yet (rút đề xuất).
    #[graphql(directive = requires::apply(Action::WithdrawReview, roles_for(Action::WithdrawReview)))]
    async fn withdraw_procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is withdrawn.")] input: WithdrawProcedureReviewInput,
    ) -> Result<ProcedureReviewPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Withdraw { reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Approves or rejects a proposal (quyết định phương án). Whoever wrote in it never decides it.
    #[graphql(directive = requires::apply(Action::DecideReview, roles_for(Action::DecideReview)))]
    async fn decide_procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideProcedureReviewInput,
    ) -> Result<ProcedureReviewPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Decide {
                decision: input.decision,
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

    /// Says from which day an approved proposal is carried out (ghi nhận đã thực hiện). Its cut counts from then on.
    #[graphql(directive = requires::apply(Action::ImplementReview, roles_for(Action::ImplementReview)))]
    async fn implement_procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was carried out.")] input: ImplementProcedureReviewInput,
    ) -> Result<ProcedureReviewPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Implement { on: input.implemented_on, decision: input.decision_number },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Corrects from which day a proposal was carried out, or by which decision (đính chính việc thực hiện phương án).
    /// Figures are counted anew; what stood there before is in the journal.
    #[graphql(directive = requires::apply(Action::CorrectReview, roles_for(Action::CorrectReview)))]
    async fn correct_procedure_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is corrected.")] input: CorrectProcedureReviewInput,
    ) -> Result<ProcedureReviewPayload> {
        let decision = match input.decision_number {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(number) => Some(Some(number)),
        };
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Correct { on: input.implemented_on, decision, reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Takes back the decision about a proposal, and with it that it was carried out: it is PROPOSED again, and may be
    /// changed and decided anew (thu hồi quyết định). What stood there before is in the journal. Whoever wrote in it
    /// never does.
    #[graphql(directive = requires::apply(Action::RevokeReview, roles_for(Action::RevokeReview)))]
    async fn revoke_procedure_review_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose decision is taken back.")] input: RevokeProcedureReviewDecisionInput,
    ) -> Result<ProcedureReviewPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Revoke { reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }
}
