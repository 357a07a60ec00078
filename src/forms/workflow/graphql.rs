//! Submissions in the schema, whatever the form.

pub mod consolidated;
mod figures;
mod input;
mod reading;
mod submission;

pub use figures::{INDICATOR_FIELDS, MEASURE_VALUE_FIELDS};
pub use input::{
    AcceptFormInput, ReopenFormInput, ReturnFormInput, StepPayload, SubmissionReference, SubmitFormInput,
    WithdrawFormInput, WorkflowMutation,
};
pub use reading::{ReportingStatus, WorkflowQuery, WorkflowSubscription};
pub use submission::{FormWarning, Submission, SubmissionConnection, SubmissionId};
