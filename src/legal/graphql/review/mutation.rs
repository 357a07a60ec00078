//! What changes campaigns and reviews of legal documents.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::{LegalCampaign, LegalReview};
use crate::graphql::LegalDocumentKeyInput;
use crate::rules::reviews::{LegalReviewDecision, OutcomeInput, ReviewInput};
use crate::service::reviews as service;
use crate::service::reviews::{CampaignRequest, ReviewKey, ReviewRequest, Step, StepRequest};
use crate::{LegalFinding, LegalIssuerLevel, LegalOutcome, LegalProposal};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// A campaign of reviews. The same period changes what is there.
#[derive(Debug, InputObject)]
pub struct SaveLegalCampaignInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its period by the ND09 calendar: a year, `2026`, or a half-year, `2026-H1` (kỳ rà soát).
    pub period: PeriodCode,
    /// Title; up to 300 characters (tên đợt rà soát).
    pub title: String,
    /// Its last day, not later than today: nothing is written or confirmed in it any more. Left out, it is open (ngày kết thúc).
    pub closed_on: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct SaveLegalCampaignPayload {
    /// The campaign after the change; null when something must be mended, or on a dry run.
    pub campaign: Option<LegalCampaign>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// The review of a document. The same campaign and document change what is there, while it is not confirmed.
#[derive(Debug, InputObject)]
pub struct SaveLegalReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The campaign's period, `2026` or `2026-H1` (đợt rà soát).
    pub campaign: PeriodCode,
    /// The document: one that must be reviewed (văn bản).
    pub document: LegalDocumentKeyInput,
    /// When: a day of the campaign, not later than today, on which the document is in force (ngày rà soát).
    pub reviewed_on: NaiveDate,
    /// What was found (kết quả).
    pub finding: LegalFinding,
    /// What is proposed: KEEP where nothing was found, and only there (kiến nghị).
    pub proposal: LegalProposal,
    /// To which level a change is proposed; the ward only of its own documents (cấp nhận kiến nghị).
    pub addressee: Option<LegalIssuerLevel>,
    /// In words; up to 2,000 characters (nội dung).
    pub content: String,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What is decided about a review.
#[derive(Debug, InputObject)]
pub struct DecideLegalReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The campaign's period (đợt rà soát).
    pub campaign: PeriodCode,
    /// The document (văn bản).
    pub document: LegalDocumentKeyInput,
    /// What is decided (quyết định).
    pub decision: LegalReviewDecision,
    /// Why it is returned; up to 2,000 characters (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What became of the proposal of a confirmed review.
#[derive(Debug, InputObject)]
pub struct RecordLegalReviewOutcomeInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The campaign's period (đợt rà soát).
    pub campaign: PeriodCode,
    /// The reviewed document (văn bản).
    pub document: LegalDocumentKeyInput,
    /// What became of it; PENDING takes an outcome back (kết quả xử lý).
    pub outcome: LegalOutcome,
    /// When: not before the review, not later than today; of PENDING none (ngày xử lý).
    pub on: Option<NaiveDate>,
    /// Of DONE: the document of the register that amends, replaces or repeals the reviewed one (văn bản xử lý).
    pub by: Option<LegalDocumentKeyInput>,
    /// Of REJECTED: why; up to 2,000 characters (lý do).
    pub reason: Option<String>,
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
pub struct LegalReviewPayload {
    /// The review after the change; null when something must be mended, or on a dry run.
    pub review: Option<LegalReview>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<LegalReviewPayload> {
    let dry_run = wanted.dry_run;
    let (done, user_errors) = split(service::take_step(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
    let review = done.filter(|_| !dry_run).map(|row| LegalReview(Arc::new(row)));
    Ok(LegalReviewPayload { review, user_errors })
}

/// Changing campaigns and reviews of documents.
#[derive(Default)]
pub struct LegalReviewMutation;

/// Changing campaigns and reviews of documents.
#[rows::row_object]
impl LegalReviewMutation {
    /// Opens a campaign of reviews, changes, closes or opens it again (mở, kết thúc đợt rà soát).
    #[graphql(directive = requires::apply(Action::KeepLegalDocuments, roles_for(Action::KeepLegalDocuments)))]
    async fn save_legal_campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign.")] input: SaveLegalCampaignInput,
    ) -> Result<SaveLegalCampaignPayload> {
        let dry_run = input.dry_run;
        let wanted = CampaignRequest {
            programme: input.programme,
            period: input.period.0,
            title: input.title,
            closed_on: input.closed_on,
            expected_version: input.expected_version,
            dry_run,
        };
        let outcome = service::save_campaign(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let campaign = done.filter(|_| !dry_run).map(|row| LegalCampaign(Arc::new(row)));
        Ok(SaveLegalCampaignPayload { campaign, user_errors })
    }

    /// Writes the review of a document, or changes it while it is not confirmed (rà soát văn bản). Who may: officer and head
    /// of the unit that answers for the document.
    #[graphql(directive = requires::apply(Action::SaveLegalReview, roles_for(Action::SaveLegalReview)))]
    async fn save_legal_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: SaveLegalReviewInput,
    ) -> Result<LegalReviewPayload> {
        let dry_run = input.dry_run;
        let wanted = ReviewRequest {
            key: ReviewKey { programme: input.programme, campaign: input.campaign.0, document: input.document.into() },
            review: ReviewInput {
                reviewed_on: input.reviewed_on,
                finding: input.finding,
                proposal: input.proposal,
                addressee: input.addressee,
                content: input.content,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::save(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let review = done.filter(|_| !dry_run).map(|row| LegalReview(Arc::new(row)));
        Ok(LegalReviewPayload { review, user_errors })
    }

    /// Confirms a review, so that it counts, or returns it to be mended (xác nhận kết quả rà soát). Whoever wrote in it never
    /// does.
    #[graphql(directive = requires::apply(Action::DecideLegalReview, roles_for(Action::DecideLegalReview)))]
    async fn decide_legal_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideLegalReviewInput,
    ) -> Result<LegalReviewPayload> {
        let wanted = StepRequest {
            key: ReviewKey { programme: input.programme, campaign: input.campaign.0, document: input.document.into() },
            step: Step::Decide { decision: input.decision, reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Records what became of the proposal of a confirmed review (ghi nhận kết quả xử lý kiến nghị), after its campaign
    /// too. Whoever wrote in the review never does.
    #[graphql(directive = requires::apply(Action::DecideLegalReview, roles_for(Action::DecideLegalReview)))]
    async fn record_legal_review_outcome(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What became of it.")] input: RecordLegalReviewOutcomeInput,
    ) -> Result<LegalReviewPayload> {
        let given = OutcomeInput {
            outcome: input.outcome,
            on: input.on,
            document: input.by.map(Into::into),
            reason: input.reason,
        };
        let wanted = StepRequest {
            key: ReviewKey { programme: input.programme, campaign: input.campaign.0, document: input.document.into() },
            step: Step::Outcome(given),
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }
}
