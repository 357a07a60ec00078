//! What may be wrong with a text, a code, an address or a day, whatever record it stands in.

use chrono::NaiveDate;

use crate::i18n::Message;
use crate::user_error::{UserError, UserErrorCode};

/// The longest text, reason or note, in characters.
pub const MAX_TEXT: usize = 2_000;
/// The longest number of a decision, in characters.
pub const MAX_DECISION: usize = 64;

/// Whether a text is the code of a change or of another record of the apparatus: `TC-2026-001`.
pub fn is_code(code: &str) -> bool {
    (3..=32).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Whether a text is an organisation's code: `VHXH`.
pub fn is_organisation_code(code: &str) -> bool {
    (2..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// A code as it may be shown back to whoever typed it.
pub fn shown(code: &str) -> String {
    code.chars().take(64).collect()
}

/// A text that must be there and fit.
pub fn text(field: &[&str], given: &str, most: usize) -> Option<UserError> {
    let length = given.trim().chars().count();
    (!(1..=most).contains(&length)).then(|| {
        let code = if length == 0 { UserErrorCode::Required } else { UserErrorCode::OutOfRange };
        let message = Message::new("apparatus-bad-text").with("field", field.join(".")).with("max", most);
        UserError::new(code, field, message)
    })
}

/// A code of the form of [`is_code`].
pub fn code_fault(field: &[&str], code: &str) -> Option<UserError> {
    (!is_code(code)).then(|| {
        let message = Message::new("apparatus-bad-code").with("code", shown(code));
        UserError::new(UserErrorCode::Malformed, field, message)
    })
}

/// A day that must not lie in the future.
pub fn not_later(field: &[&str], day: NaiveDate, last: NaiveDate) -> Option<UserError> {
    (day > last).then(|| {
        let message =
            Message::new("apparatus-day-too-late").with("field", field.join(".")).with("last", last.to_string());
        UserError::new(UserErrorCode::OutOfRange, field, message).expecting(format!("<= {last}"), day)
    })
}

/// A day that must not lie before another.
pub fn not_before(field: &[&str], day: NaiveDate, first: NaiveDate) -> Option<UserError> {
    (day < first).then(|| {
        let message =
            Message::new("apparatus-day-too-early").with("field", field.join(".")).with("first", first.to_string());
        UserError::new(UserErrorCode::OutOfRange, field, message).expecting(format!(">= {first}"), day)
    })
}

/// Number and day of a decision.
pub fn decision_faults(number: &str, date: NaiveDate, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = text(&["decisionNumber"], number, MAX_DECISION).into_iter().collect();
    faults.extend(not_later(&["decisionDate"], date, today));
    faults
}

/// Whether a text is an address that a browser may be sent to: http or https, a host without a user before it.
pub fn is_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let port = host.split_once(':').map(|(_, port)| port);
    text.chars().count() <= MAX_TEXT
        && !name.is_empty()
        && !host.contains('@')
        && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
        && !text.chars().any(|character| character.is_whitespace() || character.is_control())
        && !text.contains(['<', '>', '"', '\\', '^', '`', '{', '|', '}'])
}
