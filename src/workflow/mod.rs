//! The submission workflow, once for all forms: draft, submit, return, accept, reopen.
//!
//! - [`rules`] says which step leads where; [`service`] takes it: one function per use case; [`saving`] saves
//!   drafts; [`consolidation`] says which accepted submissions make up a period of a unit and all below it.
//! - A form plugs in by implementing [`Form`]: what must hold before it may be sent, which measures it
//!   gives, how its lines are copied and compared. Most forms are a file that [`crate::template`] reads; one
//!   that is not is a feature with the usual rooms that implements [`Form`] and [`saving::Content`].

pub mod consolidation;
pub mod graphql;
pub mod rules;
pub mod saving;
pub mod service;
pub mod store;

use async_trait::async_trait;
use entity::workflow::submission;
pub use entity::workflow::submission::ActiveModel as WorkflowRow;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use crate::access::Permit;
use crate::error::ApiResult;
use crate::form::FormCode;
use crate::i18n::{Message, MessageArg};
use crate::organisation::OrganisationKind;
use crate::period::{Calendar, PeriodKind};
use crate::user_error::UserError;

/// What is odd, though not wrong, about a submission; its submitter acknowledges it with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable name of the kind of warning.
    pub code: WarningCode,
    /// The sentence.
    pub message: Message,
}

crate::text_enum::text_enum! {
    /// What is odd, though not wrong, about a submission (cảnh báo).
    pub enum WarningCode {
        /// A figure is far from the last periods' (số liệu chênh lệch lớn so với các kỳ trước).
        UnusualFigure = "UNUSUAL_FIGURE",
        /// An earlier period has not been submitted (thiếu kỳ trước).
        MissingPeriod = "MISSING_PERIOD",
        /// The form has no lines or only zeros (biểu trống).
        EmptyForm = "EMPTY_FORM",
        /// Another form of the same unit and period says something different (không khớp với biểu khác).
        FormsDiffer = "FORMS_DIFFER",
        /// A figure is of a day after the last day to submit the period (số liệu sau hạn của kỳ).
        LateFigure = "LATE_FIGURE",
        /// A document that is to be published is not (tài liệu phải công khai chưa được công khai).
        NotPublished = "NOT_PUBLISHED",
    }
}

/// What a form says of a submission before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Review {
    /// What must be mended.
    pub errors: Vec<UserError>,
    /// What must be acknowledged.
    pub warnings: Vec<Warning>,
}

/// A difference between two editions of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormChange {
    /// Code of the line: a procedure's code, say.
    pub line_code: String,
    /// Name of the line, in the languages that it has.
    pub line_name: MessageArg,
    /// The field, as the schema names it.
    pub field: &'static str,
    /// Before; none where the line is new.
    pub before: Option<i64>,
    /// After; none where the line is gone.
    pub after: Option<i64>,
    /// Of a text or a day: before.
    pub before_text: Option<String>,
    /// Of a text or a day: after.
    pub after_text: Option<String>,
}

/// The measures of a form with what a submission gives of each; none where it says nothing of it. A zero that was
/// typed is a figure.
pub type Figures = Vec<(&'static str, Option<i64>)>;

/// What a form brings to the workflow.
#[async_trait]
pub trait Form: Send + Sync {
    /// Which form it is.
    fn code(&self) -> FormCode;

    /// The calendar of its periods.
    fn calendar(&self) -> Calendar;

    /// The kinds of periods it is submitted for.
    fn kinds(&self) -> &'static [PeriodKind];

    /// The kinds of organisations that may submit it; all when empty.
    fn organisation_kinds(&self) -> &'static [OrganisationKind] {
        &[]
    }

    /// Checks a stored submission before it is sent, and again before it is accepted.
    async fn review(&self, tx: &DatabaseTransaction, submission: &submission::Model) -> ApiResult<Review>;

    /// Why nothing can be done with a submission any more, whatever its state: the books of its year are closed.
    async fn barred(&self, _tx: &DatabaseTransaction, _submission: &submission::Model) -> ApiResult<Option<UserError>> {
        Ok(None)
    }

    /// What others must have written about a submission before it is accepted, such as an appraisal; it is mended by
    /// them, and not by whoever submits.
    async fn unready(&self, _tx: &DatabaseTransaction, _submission: &submission::Model) -> ApiResult<Vec<UserError>> {
        Ok(Vec::new())
    }

    /// Brings what a submission took over from a register to what the register says now, when it is accepted and
    /// before its figures are taken. From then on it stays, so that figures can be rebuilt.
    async fn renew(
        &self,
        _tx: &DatabaseTransaction,
        _permit: &Permit,
        _submission: &submission::Model,
    ) -> ApiResult<()> {
        Ok(())
    }

    /// What a submission gives: every measure of the form, each once, given or not. What one edition gave and the
    /// next does not is a figure no more.
    async fn figures(&self, tx: &DatabaseTransaction, submission: &submission::Model) -> ApiResult<Figures>;

    /// Copies the lines of one edition to the next.
    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()>;

    /// What is different between two editions, line by line.
    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>>;
}

/// Every form there is.
pub struct Forms(Vec<Box<dyn Form>>);

impl Forms {
    /// Puts together a set of forms; the application's set stands in [`crate::forms`].
    pub fn new(forms: Vec<Box<dyn Form>>) -> Forms {
        Forms(forms)
    }

    /// The form of a code.
    pub fn get(&self, code: FormCode) -> ApiResult<&dyn Form> {
        self.0
            .iter()
            .find(|form| form.code() == code)
            .map(|form| &**form)
            .ok_or_else(|| crate::error::ApiError::internal(format!("no such form: {code}")))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &dyn Form> {
        self.0.iter().map(|form| &**form)
    }
}
