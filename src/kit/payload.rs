//! What mutations answer beside their record.

use kernel::i18n::Language;
use kernel::user_error::{Outcome, UserError, UserErrorCode};

/// Something that a person can mend in the input (lỗi nhập liệu). Nothing was written.
#[derive(Debug, Clone, rows::RowObject)]
#[graphql(name = "UserError")]
pub struct UserErrorObject {
    /// What kind of fault.
    pub code: UserErrorCode,
    /// Path of the input field, such as `["lines", "3", "carriedOver"]`; list positions count from 0.
    pub field: Vec<String>,
    /// Line of the form or file, counted from 1, where the fault is in a line.
    pub line: Option<u32>,
    /// What was expected, where it can be said.
    pub expected: Option<String>,
    /// What was given.
    pub given: Option<String>,
    /// The sentence, in the caller's language.
    pub message: String,
}

impl UserErrorObject {
    /// In a language.
    pub fn of(error: UserError, language: Language) -> UserErrorObject {
        UserErrorObject {
            code: error.code,
            field: error.field,
            line: error.line,
            expected: error.expected,
            given: error.given,
            message: error.message.render(language),
        }
    }
}

/// Splits an outcome into what was done and what is to be mended.
pub fn split<T>(outcome: Outcome<T>, language: Language) -> (Option<T>, Vec<UserErrorObject>) {
    match outcome {
        Outcome::Done(value) => (Some(value), Vec::new()),
        Outcome::Invalid(errors) => {
            (None, errors.into_iter().map(|error| UserErrorObject::of(error, language)).collect())
        }
    }
}

/// A number of lines as the schema's `Int`. Lists are bounded far below what that holds.
pub fn lines(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
