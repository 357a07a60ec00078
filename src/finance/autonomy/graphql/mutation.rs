//! What changes classifications by autonomy.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::AutonomyClassification;
use crate::autonomy::rules::{Money, Proposal};
use crate::autonomy::service;
use crate::autonomy::service::{ProposeRequest, Step, StepRequest};
use crate::autonomy::{AutonomyAppraisal, AutonomyBand, AutonomyDecision, AutonomyGroup};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Vnd;

/// How a unit proposes to be classified. The same unit and first year changes a proposal that is not appraised, or was
/// returned; of what is decided it begins the next edition.
#[derive(Debug, InputObject)]
pub struct ProposeAutonomyClassificationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit: a public service unit, a school or a health station (đơn vị).
    pub organisation: String,
    /// First year of the stability period (năm đầu giai đoạn ổn định).
    pub from_year: i32,
    /// Its last year; as long as the parameter AUTONOMY_YEARS allows when left out (năm cuối).
    pub to_year: Option<i32>,
    /// A: recurrent revenue by scope, in đồng (nguồn thu để xác định mức tự bảo đảm).
    pub recurrent_revenue: Vnd,
    /// B: recurrent expenditure, in đồng; above 0 (chi thường xuyên).
    pub recurrent_expenditure: Vnd,
    /// Whether the unit finances its investment itself (tự bảo đảm chi đầu tư).
    #[graphql(default)]
    pub self_financed_investment: bool,
    /// How much, in đồng; above 0 where it does, and 0 otherwise (số chi đầu tư tự bảo đảm).
    #[graphql(default_with = "Vnd(0)")]
    pub investment_amount: Vnd,
    /// The group that is proposed (nhóm tự chủ).
    pub group: AutonomyGroup,
    /// Its band, of GROUP_3; the computed one when left out (bậc của nhóm 3).
    pub band: Option<AutonomyBand>,
    /// Why it is another group or band than the computed one; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
    /// Why there is a next edition; required then, up to 2,000 characters (lý do điều chỉnh).
    pub reason: Option<String>,
    /// The version of the last edition that the caller has seen; left out or 0 for a first one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What the finance division says of a proposal.
#[derive(Debug, InputObject)]
pub struct AppraiseAutonomyClassificationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit (đơn vị).
    pub organisation: String,
    /// First year of the stability period (năm đầu giai đoạn ổn định).
    pub from_year: i32,
    /// Whether it may be decided (kết quả thẩm định).
    pub decision: AutonomyAppraisal,
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

/// What the Chair decides about a proposal.
#[derive(Debug, InputObject)]
pub struct DecideAutonomyClassificationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit (đơn vị).
    pub organisation: String,
    /// First year of the stability period (năm đầu giai đoạn ổn định).
    pub from_year: i32,
    /// What is decided (quyết định).
    pub decision: AutonomyDecision,
    /// Number of the decision; required to approve (số quyết định).
    pub decision_number: Option<String>,
    /// Its day; required to approve, not later than today. The thresholds are those of this day (ngày quyết định).
    pub decision_date: Option<NaiveDate>,
    /// First day on which it holds, in the stability period; required to approve. An edition before holds until the day
    /// before (áp dụng từ ngày).
    pub effective_from: Option<NaiveDate>,
    /// Why it is returned; required to return, up to 2,000 characters (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a classification by autonomy.
#[derive(rows::RowObject)]
pub struct AutonomyClassificationPayload {
    /// The classification after the change; null when something must be mended, or on a dry run.
    pub classification: Option<AutonomyClassification>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<AutonomyClassificationPayload> {
    let dry_run = wanted.dry_run;
    let outcome = service::take_step(ctx.app()?, ctx.request()?, wanted).await?;
    let (done, user_errors) = split(outcome, ctx.language());
    let classification = done.filter(|_| !dry_run).map(|row| AutonomyClassification(Arc::new(row)));
    Ok(AutonomyClassificationPayload { classification, user_errors })
}

/// Changing classifications by autonomy.
#[derive(Default)]
pub struct AutonomyMutation;

/// Changing classifications by autonomy.
#[rows::row_object]
impl AutonomyMutation {
    /// Proposes how autonomous a public service unit is, or changes the proposal (đề xuất phân loại mức tự chủ tài chính). A
    /// group that is not the computed one needs an explanation.
    #[graphql(directive = requires::apply(Action::ProposeAutonomy, roles_for(Action::ProposeAutonomy)))]
    async fn propose_autonomy_classification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is proposed.")] input: ProposeAutonomyClassificationInput,
    ) -> Result<AutonomyClassificationPayload> {
        let dry_run = input.dry_run;
        let wanted = ProposeRequest {
            programme: input.programme,
            organisation: input.organisation,
            proposal: Proposal {
                from_year: input.from_year,
                to_year: input.to_year,
                money: Money {
                    revenue: input.recurrent_revenue.0,
                    expenditure: input.recurrent_expenditure.0,
                    invests: input.self_financed_investment,
                    investment: input.investment_amount.0,
                },
                group: input.group,
                band: input.band,
                explanation: input.explanation,
                reason: input.reason,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::propose(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let classification = done.filter(|_| !dry_run).map(|row| AutonomyClassification(Arc::new(row)));
        Ok(AutonomyClassificationPayload { classification, user_errors })
    }

    /// Appraises a proposal for the finance division, or returns it (thẩm định phân loại mức tự chủ). Whoever wrote in it
    /// never does.
    #[graphql(directive = requires::apply(Action::AppraiseAutonomy, roles_for(Action::AppraiseAutonomy)))]
    async fn appraise_autonomy_classification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said of it.")] input: AppraiseAutonomyClassificationInput,
    ) -> Result<AutonomyClassificationPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            organisation: input.organisation,
            from_year: input.from_year,
            step: Step::Appraise { decision: input.decision, opinion: input.opinion },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Classifies a unit as it was proposed and appraised, or returns the proposal (quyết định phân loại mức tự chủ). Whoever
    /// wrote in it or appraised it never does.
    #[graphql(directive = requires::apply(Action::DecideAutonomy, roles_for(Action::DecideAutonomy)))]
    async fn decide_autonomy_classification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideAutonomyClassificationInput,
    ) -> Result<AutonomyClassificationPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            organisation: input.organisation,
            from_year: input.from_year,
            step: Step::Decide {
                decision: input.decision,
                number: input.decision_number,
                date: input.decision_date,
                effective_from: input.effective_from,
                reason: input.reason,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }
}
