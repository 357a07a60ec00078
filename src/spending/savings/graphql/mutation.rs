//! The appraisal of a savings score.

use async_graphql::{Context, InputObject, Result};

use super::{SavingsScore, scores};
use crate::savings::SavingsComponent;
use crate::savings::rules::Given;
use crate::savings::service;
use crate::savings::service::AppraiseRequest;
use access::policy::{Action, roles_for};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Count;

/// What a component is given by the finance division.
#[derive(Debug, InputObject)]
pub struct SavingsAppraisalInput {
    /// The component (thành phần).
    pub component: SavingsComponent,
    /// In hundredths of a point: 3950 is 39.50; 0 to the most of the component (điểm thẩm định).
    pub points: Count,
    /// Why; required where the unit gives itself other points. At most 2,000 characters (lý do).
    pub reason: Option<String>,
}

/// An appraisal of a submitted savings score (thẩm định điểm tiết kiệm chi thường xuyên).
#[derive(Debug, InputObject)]
pub struct AppraiseSavingsScoreInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit.
    pub organisation: String,
    /// The budget year (năm ngân sách).
    pub fiscal_year: i32,
    /// Every component that the unit gets points for, each once.
    pub components: Vec<SavingsAppraisalInput>,
    /// The form's version that the caller has seen; the appraisal makes the next one, which is then accepted.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct AppraiseSavingsScorePayload {
    /// The score after the appraisal; null when something must be mended, or on a dry run.
    pub score: Option<SavingsScore>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Appraising savings scores.
#[derive(Default)]
pub struct SavingsMutation;

/// Appraising savings scores.
#[rows::row_object]
impl SavingsMutation {
    /// Appraises a unit's submitted savings score (thẩm định điểm tiết kiệm): the division's points per component, with a
    /// reason wherever they differ from the unit's own. They decide the score. As often as wanted until the form is
    /// accepted; every appraisal stays. Whoever wrote the form never appraises it, and whoever appraised it never accepts it.
    #[graphql(directive = requires::apply(Action::AppraiseSavingsScore, roles_for(Action::AppraiseSavingsScore)))]
    async fn appraise_savings_score(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The appraisal.")] input: AppraiseSavingsScoreInput,
    ) -> Result<AppraiseSavingsScorePayload> {
        let (dry_run, year) = (input.dry_run, input.fiscal_year);
        let given =
            |one: SavingsAppraisalInput| Given { component: one.component, points: one.points.0, reason: one.reason };
        let wanted = AppraiseRequest {
            programme: input.programme,
            organisation: input.organisation,
            year,
            components: input.components.into_iter().map(given).collect(),
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::appraise(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let score = match done.filter(|_| !dry_run) {
            Some(row) => Some(scores(ctx, row.programme_id, year, std::slice::from_ref(&row)).await?.of(row)),
            None => None,
        };
        Ok(AppraiseSavingsScorePayload { score, user_errors })
    }
}
