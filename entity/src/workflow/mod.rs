//! Submissions.

pub mod submission;
pub mod submission_author;
pub mod submission_event;
