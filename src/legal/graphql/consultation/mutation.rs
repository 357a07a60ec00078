//! What changes drafts on which people are consulted.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::LegalConsultation;
use crate::rules::consultations::{ConsultationInput, OpinionInput};
use crate::service::consultations as service;
use crate::service::consultations::{SaveRequest, Step, StepRequest};
use crate::{OpinionResponse, OpinionSource};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// A draft on which people are consulted. The same code changes what is there, while it is not closed.
#[derive(Debug, InputObject)]
pub struct SaveLegalConsultationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit that drafts (đơn vị soạn thảo).
    pub organisation: String,
    /// Its code in the programme: 3 to 32 characters A-Z, 0-9, `.`, `-` (mã).
    pub code: String,
    /// Title of the draft; up to 500 characters (tên dự thảo).
    pub title: String,
    /// What people are asked; up to 2,000 characters (nội dung lấy ý kiến).
    pub content: String,
    /// Where the draft is made public; up to 500 characters (nơi đăng tải, niêm yết).
    pub place: String,
    /// First day; it may be one to come (ngày bắt đầu).
    pub opened_on: NaiveDate,
    /// Last day: as many days from the first on as the parameter LEGAL_CONSULTATION_DAYS says, at least (ngày cuối cùng).
    pub closes_on: NaiveDate,
    /// Sections of the tasks of the plan that it serves, such as `II.1.b.3`; up to 20 (nhiệm vụ liên quan).
    #[graphql(default)]
    pub tasks: Vec<String>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// An opinion on a draft, or several alike.
#[derive(Debug, InputObject)]
pub struct LegalOpinionInput {
    /// Who gave it (đối tượng góp ý).
    pub source: OpinionSource,
    /// How many said so: 1 to 1,000,000 (số lượt ý kiến).
    pub count: i32,
    /// In short words, without names; up to 2,000 characters (tóm tắt ý kiến).
    pub summary: String,
    /// What the unit answers; left out while it does not (kết quả tiếp thu).
    pub response: Option<OpinionResponse>,
    /// Why; required unless it is taken up as it was given; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
}

/// The opinions on a draft so far: up to 200, in place of those recorded before.
#[derive(Debug, InputObject)]
pub struct RecordLegalOpinionsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The consultation's code.
    pub code: String,
    /// All opinions so far (các ý kiến).
    pub opinions: Vec<LegalOpinionInput>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A consultation that is closed.
#[derive(Debug, InputObject)]
pub struct CloseLegalConsultationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The consultation's code.
    pub code: String,
    /// What came of it; up to 2,000 characters (kết luận).
    pub conclusion: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a consultation.
#[derive(rows::RowObject)]
pub struct LegalConsultationPayload {
    /// The consultation after the change; null when something must be mended, or on a dry run.
    pub consultation: Option<LegalConsultation>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<LegalConsultationPayload> {
    let dry_run = wanted.dry_run;
    let (done, user_errors) = split(service::take_step(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
    let consultation = done.filter(|_| !dry_run).map(|row| LegalConsultation(Arc::new(row)));
    Ok(LegalConsultationPayload { consultation, user_errors })
}

/// Changing consultations.
#[derive(Default)]
pub struct ConsultationMutation;

/// Changing consultations.
#[rows::row_object]
impl ConsultationMutation {
    /// Enters a draft on which people are consulted, or changes it while it is not closed (mở lấy ý kiến Nhân dân).
    #[graphql(directive = requires::apply(Action::ConsultPeople, roles_for(Action::ConsultPeople)))]
    async fn save_legal_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SaveLegalConsultationInput,
    ) -> Result<LegalConsultationPayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            consultation: ConsultationInput {
                code: input.code,
                title: input.title,
                content: input.content,
                place: input.place,
                opened_on: input.opened_on,
                closes_on: input.closes_on,
                tasks: input.tasks,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::save(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let consultation = done.filter(|_| !dry_run).map(|row| LegalConsultation(Arc::new(row)));
        Ok(LegalConsultationPayload { consultation, user_errors })
    }

    /// Records the opinions on a draft and what is answered to them (tổng hợp, tiếp thu, giải trình ý kiến), from its first
    /// day until it is closed. What stood there before is in the journal.
    #[graphql(directive = requires::apply(Action::ConsultPeople, roles_for(Action::ConsultPeople)))]
    async fn record_legal_opinions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The opinions.")] input: RecordLegalOpinionsInput,
    ) -> Result<LegalConsultationPayload> {
        let opinion = |opinion: LegalOpinionInput| OpinionInput {
            source: opinion.source,
            count: opinion.count,
            summary: opinion.summary,
            response: opinion.response,
            explanation: opinion.explanation,
        };
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Opinions(input.opinions.into_iter().map(opinion).collect()),
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Closes a consultation after its last day, when every opinion is answered (kết thúc lấy ý kiến). The draft may then
    /// become a document.
    #[graphql(directive = requires::apply(Action::CloseConsultation, roles_for(Action::CloseConsultation)))]
    async fn close_legal_consultation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The consultation.")] input: CloseLegalConsultationInput,
    ) -> Result<LegalConsultationPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.code,
            step: Step::Close { conclusion: input.conclusion },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }
}
