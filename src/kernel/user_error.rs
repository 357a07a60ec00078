//! What a person can mend: returned in a mutation's payload, all of them at once.

use crate::i18n::Message;
use crate::text_enum::text_enum;

text_enum! {
    /// What is wrong with an input (mã lỗi nhập liệu).
    pub enum UserErrorCode {
        /// A required value is missing or empty.
        Required = "REQUIRED",
        /// A value is outside what is allowed.
        OutOfRange = "OUT_OF_RANGE",
        /// A text is not of the form that is asked for.
        Malformed = "MALFORMED",
        /// A code that names nothing the caller may see.
        UnknownCode = "UNKNOWN_CODE",
        /// What is given where a count belongs is no whole number: a percentage, say.
        NotACount = "NOT_A_COUNT",
        /// This form is not one of organisations of this kind.
        FormNotForOrganisation = "FORM_NOT_FOR_ORGANISATION",
        /// The same thing is given twice.
        Duplicate = "DUPLICATE",
        /// Two versions of a record hold for the same day.
        Overlap = "OVERLAP",
        /// Totals and parts do not add up.
        SumMismatch = "SUM_MISMATCH",
        /// Carried-over differs from what was pending at the end of the previous period.
        CarryOverMismatch = "CARRY_OVER_MISMATCH",
        /// A line that must be there is missing.
        MissingLine = "MISSING_LINE",
        /// The procedure or the organisation is not in force on these days.
        NotInForce = "NOT_IN_FORCE",
        /// The period has not begun, or is not one of this form.
        WrongPeriod = "WRONG_PERIOD",
        /// The record is in a state in which this can't be done.
        WrongState = "WRONG_STATE",
        /// The warnings have not been acknowledged with a note.
        WarningsNotAcknowledged = "WARNINGS_NOT_ACKNOWLEDGED",
        /// The idempotency key was used for something else.
        IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED",
        /// An amount is below zero where none may be.
        NegativeAmount = "NEGATIVE_AMOUNT",
        /// A field that this kind of record does not have.
        FieldNotForKind = "FIELD_NOT_FOR_KIND",
        /// The remaining value is above the original cost.
        AboveOriginalCost = "ABOVE_ORIGINAL_COST",
        /// The asset cost less than what is kept in the register.
        BelowThreshold = "BELOW_THRESHOLD",
        /// The sum over the whole programme would no longer be kept exactly.
        SumTooLarge = "SUM_TOO_LARGE",
        /// Assets of this kind are not rearranged.
        PlanNotForKind = "PLAN_NOT_FOR_KIND",
        /// The budget year is settled and closed.
        YearClosed = "YEAR_CLOSED",
        /// What is cumulative falls below what was said for an earlier period, or rises above a later one.
        NotCumulative = "NOT_CUMULATIVE",
        /// This needs an explanation.
        ExplanationRequired = "EXPLANATION_REQUIRED",
        /// The form has not been appraised as it stands.
        NotAppraised = "NOT_APPRAISED",
        /// Secret content never enters (bí mật nhà nước).
        SecretRefused = "SECRET_REFUSED",
        /// Open data hold no personal data (dữ liệu cá nhân).
        PersonalData = "PERSONAL_DATA",
        /// The record belongs to another organisation.
        OtherOrganisation = "OTHER_ORGANISATION",
        /// The sign-in name or the password is wrong.
        WrongCredentials = "WRONG_CREDENTIALS",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// What kind of fault.
    pub code: UserErrorCode,
    /// Path of the input field, such as `lines`, `3`, `carriedOver`.
    pub field: Vec<String>,
    /// Line number as people count, from 1, where the fault is in a line.
    pub line: Option<u32>,
    /// What was expected, where it can be said.
    pub expected: Option<String>,
    /// What was given.
    pub given: Option<String>,
    /// The sentence.
    pub message: Message,
}

impl UserError {
    /// A fault of a field.
    pub fn new(code: UserErrorCode, field: &[&str], message: Message) -> UserError {
        UserError {
            code,
            field: field.iter().map(|part| (*part).to_owned()).collect(),
            line: None,
            expected: None,
            given: None,
            message,
        }
    }

    /// Adds what was expected and what was given.
    #[must_use]
    pub fn expecting(mut self, expected: impl ToString, given: impl ToString) -> UserError {
        self.expected = Some(expected.to_string());
        self.given = Some(given.to_string());
        self
    }

    /// Puts the fault into a line of the input, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u32) -> UserError {
        self.line = Some(line);
        self
    }
}

/// What a use case comes to when nothing broke and nothing is forbidden.
#[derive(Debug, Clone)]
pub enum Outcome<T> {
    /// It was done (or, as a dry run, could be).
    Done(T),
    /// It can't be done until these are mended; nothing was written.
    Invalid(Vec<UserError>),
}
