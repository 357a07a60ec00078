//! The steps of the workflow as mutations.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, OneofObject, Result};

use super::submission::{FormWarning, Submission};
use crate::workflow::service;
use crate::workflow::service::{Reference, StepRequest};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::id;
use kit::id::Kind;
use kit::payload::{UserErrorObject, split};

/// Which form of which organisation for which period: its latest edition.
#[derive(Debug, Clone, InputObject)]
pub struct SubmissionKey {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation.
    pub organisation: String,
    /// The form.
    pub form: FormCode,
    /// The period.
    pub period: PeriodCode,
}

/// Names a submission: by what it is about, or by its identifier.
#[derive(Debug, Clone, OneofObject)]
pub enum SubmissionReference {
    /// This edition.
    Id(ID),
    /// The latest edition of a form of an organisation for a period.
    Key(SubmissionKey),
}

impl SubmissionReference {
    /// As the use cases take it.
    pub fn resolve(self) -> ApiResult<Reference> {
        Ok(match self {
            SubmissionReference::Id(text) => Reference::Id(id::expect(Kind::Submission, &text)?),
            SubmissionReference::Key(key) => Reference::Key {
                programme: key.programme,
                organisation: key.organisation,
                form: key.form,
                period: key.period.0,
            },
        })
    }
}

/// Declares the input of one step: fields that all share, and its own.
macro_rules! step_input {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $field_doc:literal])* $field:ident: $kind:ty),* $(,)? }) => {
        $(#[doc = $doc])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            /// Which submission.
            pub submission: SubmissionReference,
            /// The version that the caller has seen.
            pub expected_version: i32,
            $($(#[doc = $field_doc])* pub $field: $kind,)*
            /// Makes a repeated request safe: 1 to 128 characters, new for each change.
            pub idempotency_key: Option<String>,
            /// Checks everything and writes nothing.
            #[graphql(default)]
            pub dry_run: bool,
        }
    };
}

step_input! {
    /// A form to be submitted.
    SubmitFormInput {
        /// What the submitter says about the warnings; required when there are any. At most 2,000 characters.
        warnings_note: Option<String>,
    }
}
step_input! {
    /// A submitted form to be withdrawn.
    WithdrawFormInput {}
}
step_input! {
    /// A submitted form to be returned.
    ReturnFormInput {
        /// Why; required. At most 2,000 characters.
        reason: String,
    }
}
step_input! {
    /// A submitted form to be accepted.
    AcceptFormInput {}
}
step_input! {
    /// An accepted form to be opened again.
    ReopenFormInput {
        /// Why; required. At most 2,000 characters.
        reason: String,
    }
}

/// What a step of the workflow comes to.
#[derive(rows::RowObject)]
pub struct StepPayload {
    /// The submission after the step (after a reopening: the next edition); null when something must be
    /// mended, or on a dry run.
    pub submission: Option<Submission>,
    /// The warnings that were acknowledged.
    pub warnings: Vec<FormWarning>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

async fn take(ctx: &Context<'_>, action: Action, wanted: StepRequest) -> Result<StepPayload> {
    let (dry_run, language) = (wanted.dry_run, ctx.language());
    let outcome = service::take_step(ctx.app()?, ctx.request()?, action, wanted).await?;
    let (done, user_errors) = split(outcome, language);
    let (submission, warnings) = match done {
        None => (None, Vec::new()),
        Some(done) => (
            (!dry_run).then(|| Submission(Arc::new(done.submission))),
            done.warnings.iter().map(|warning| FormWarning::of(warning, language)).collect(),
        ),
    };
    Ok(StepPayload { submission, warnings, user_errors })
}

/// The steps of the workflow.
#[derive(Default)]
pub struct WorkflowMutation;

/// The steps of the workflow.
#[rows::row_object]
impl WorkflowMutation {
    /// Submits a draft or returned form (gửi báo cáo): it is checked and locked.
    #[graphql(directive = requires::apply(Action::SubmitForm, roles_for(Action::SubmitForm)))]
    async fn submit_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and the submitter's note.")] input: SubmitFormInput,
    ) -> Result<StepPayload> {
        let wanted = StepRequest {
            reference: input.submission.resolve()?,
            expected_version: input.expected_version,
            reason: None,
            warnings_note: input.warnings_note,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        take(ctx, Action::SubmitForm, wanted).await
    }

    /// Takes a submitted form back before it is decided on (rút lại): it is a draft again.
    #[graphql(directive = requires::apply(Action::WithdrawForm, roles_for(Action::WithdrawForm)))]
    async fn withdraw_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: WithdrawFormInput,
    ) -> Result<StepPayload> {
        let wanted = StepRequest {
            reference: input.submission.resolve()?,
            expected_version: input.expected_version,
            reason: None,
            warnings_note: None,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        take(ctx, Action::WithdrawForm, wanted).await
    }

    /// Sends a submitted form back for correction, with a reason (yêu cầu chỉnh lý).
    #[graphql(directive = requires::apply(Action::ReturnForm, roles_for(Action::ReturnForm)))]
    async fn return_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ReturnFormInput,
    ) -> Result<StepPayload> {
        let wanted = StepRequest {
            reference: input.submission.resolve()?,
            expected_version: input.expected_version,
            reason: Some(input.reason),
            warnings_note: None,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        take(ctx, Action::ReturnForm, wanted).await
    }

    /// Accepts a submitted form (duyệt): its figures count from now on, and an earlier edition is superseded.
    #[graphql(directive = requires::apply(Action::AcceptForm, roles_for(Action::AcceptForm)))]
    async fn accept_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: AcceptFormInput,
    ) -> Result<StepPayload> {
        let wanted = StepRequest {
            reference: input.submission.resolve()?,
            expected_version: input.expected_version,
            reason: None,
            warnings_note: None,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        take(ctx, Action::AcceptForm, wanted).await
    }

    /// Opens an accepted form again as its next edition, a draft with the same lines, with a reason (mở lại).
    /// The accepted edition counts until the next is accepted.
    #[graphql(directive = requires::apply(Action::ReopenForm, roles_for(Action::ReopenForm)))]
    async fn reopen_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ReopenFormInput,
    ) -> Result<StepPayload> {
        let wanted = StepRequest {
            reference: input.submission.resolve()?,
            expected_version: input.expected_version,
            reason: Some(input.reason),
            warnings_note: None,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        take(ctx, Action::ReopenForm, wanted).await
    }
}
