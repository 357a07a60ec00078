//! The rules of audits, findings and certificates, as pure functions.

use chrono::NaiveDate;

use super::{AuditKind, CertificateState, FindingSeverity, FindingState};
use crate::rules::MAX_NAME;
use kernel::faults::MAX_TEXT;
use kernel::faults::{code_fault, not_before, not_later, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The most findings of one audit.
pub const MAX_FINDINGS: i32 = 200;

/// An audit as it is entered, beside its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Code.
    pub code: String,
    /// What for.
    pub kind: AuditKind,
    /// When.
    pub audited_on: NaiveDate,
    /// By whom.
    pub auditor: String,
    /// What it concluded.
    pub conclusion: Option<String>,
}

/// A finding as it is entered, beside its audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Its number in the audit.
    pub number: i32,
    /// How grave.
    pub severity: FindingSeverity,
    /// What was found.
    pub description: String,
    /// Until when it must be remedied.
    pub due_on: NaiveDate,
    /// When it was, and how.
    pub remedied: Option<(NaiveDate, String)>,
}

/// A certificate as it is entered, beside its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Its number.
    pub code: String,
    /// Who issued it.
    pub issuer: String,
    /// For what.
    pub scope: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_to: NaiveDate,
    /// When it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
}

/// Checks an audit: every fault at once. `found_on` is the day from which its findings count, where it has some: that
/// does not move any more.
pub fn check_audit(wanted: &Audit, found_on: Option<NaiveDate>, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(not_later(&["auditedOn"], wanted.audited_on, today));
    faults.extend(text(&["auditor"], &wanted.auditor, MAX_NAME));
    if let Some(conclusion) = wanted.conclusion.as_deref() {
        faults.extend(text(&["conclusion"], conclusion, MAX_TEXT));
    }
    if let Some(day) = found_on.filter(|day| *day != wanted.audited_on) {
        let message = Message::new("digital-audit-has-findings").with("day", day.to_string());
        let fault = UserError::new(UserErrorCode::OutOfRange, &["auditedOn"], message);
        faults.push(fault.expecting(day, wanted.audited_on));
    }
    faults
}

/// Checks a finding of an audit of a day: every fault at once.
pub fn check_finding(wanted: &Finding, audited_on: NaiveDate, closed: bool, today: NaiveDate) -> Vec<UserError> {
    if closed {
        let message = Message::new("digital-finding-closed");
        return vec![UserError::new(UserErrorCode::WrongState, &["number"], message)];
    }
    let mut faults = Vec::new();
    if !(1..=MAX_FINDINGS).contains(&wanted.number) {
        let message = Message::new("digital-finding-number").with("max", MAX_FINDINGS);
        let fault = UserError::new(UserErrorCode::OutOfRange, &["number"], message);
        faults.push(fault.expecting(format!("1-{MAX_FINDINGS}"), wanted.number));
    }
    faults.extend(text(&["description"], &wanted.description, MAX_TEXT));
    faults.extend(not_before(&["dueOn"], wanted.due_on, audited_on));
    if let Some((day, remedy)) = &wanted.remedied {
        faults.extend(not_before(&["remedied", "remediedOn"], *day, audited_on));
        faults.extend(not_later(&["remedied", "remediedOn"], *day, today));
        faults.extend(text(&["remedied", "remedy"], remedy, MAX_TEXT));
    }
    faults
}

/// Checks that a finding can be closed on a day: it is remedied by then, and not closed yet.
pub fn check_close(
    (remedied_on, closed_on): (Option<NaiveDate>, Option<NaiveDate>),
    on: NaiveDate,
    today: NaiveDate,
) -> Vec<UserError> {
    let wrong = |key| vec![UserError::new(UserErrorCode::WrongState, &["number"], Message::new(key))];
    match (remedied_on, closed_on) {
        (_, Some(_)) => wrong("digital-finding-closed"),
        (None, None) => wrong("digital-finding-open"),
        (Some(remedied), None) => {
            let mut faults: Vec<UserError> = not_before(&["closedOn"], on, remedied).into_iter().collect();
            faults.extend(not_later(&["closedOn"], on, today));
            faults
        }
    }
}

/// What had become of a finding by a day.
pub fn state_on((remedied_on, closed_on): (Option<NaiveDate>, Option<NaiveDate>), day: NaiveDate) -> FindingState {
    let by_then = |one: Option<NaiveDate>| one.is_some_and(|one| one <= day);
    if by_then(closed_on) {
        FindingState::Closed
    } else if by_then(remedied_on) {
        FindingState::Remedied
    } else {
        FindingState::Open
    }
}

/// Whether a finding is not remedied on a day although that was due before.
pub fn overdue(due_on: NaiveDate, days: (Option<NaiveDate>, Option<NaiveDate>), day: NaiveDate) -> bool {
    due_on < day && state_on(days, day) == FindingState::Open
}

/// Checks a certificate: every fault at once.
pub fn check_certificate(wanted: &Certificate, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(text(&["issuer"], &wanted.issuer, MAX_NAME));
    faults.extend(text(&["scope"], &wanted.scope, MAX_TEXT));
    faults.extend(not_before(&["validTo"], wanted.valid_to, wanted.valid_from));
    if let Some(day) = wanted.withdrawn_on {
        faults.extend(not_before(&["withdrawnOn"], day, wanted.valid_from));
        faults.extend(not_later(&["withdrawnOn"], day, today));
    }
    faults
}

/// Whether a certificate holds on a day. On the day of its withdrawal it does no longer.
pub fn certificate_on(
    (from, to, withdrawn_on): (NaiveDate, NaiveDate, Option<NaiveDate>),
    day: NaiveDate,
) -> CertificateState {
    if withdrawn_on.is_some_and(|withdrawn| withdrawn <= day) {
        CertificateState::Withdrawn
    } else if day < from {
        CertificateState::Pending
    } else if day > to {
        CertificateState::Expired
    } else {
        CertificateState::Valid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn fields(faults: Vec<UserError>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn an_audit_keeps_its_day_once_it_found_something() {
        let audit = |on| Audit {
            code: "DG-2026-01".to_owned(),
            kind: AuditKind::Internal,
            audited_on: on,
            auditor: "Đoàn đánh giá nội bộ".to_owned(),
            conclusion: None,
        };
        let check = |audit: &Audit, found_on| fields(check_audit(audit, found_on, day(9, 20)));
        assert_eq!(check(&audit(day(5, 4)), None), [""; 0]);
        assert_eq!(check(&audit(day(5, 4)), Some(day(5, 4))), [""; 0]);
        assert_eq!(check(&audit(day(5, 5)), Some(day(5, 4))), ["OUT_OF_RANGE auditedOn"]);
        let mut wrong = audit(day(9, 21));
        (wrong.code, wrong.auditor, wrong.conclusion) = ("1".to_owned(), String::new(), Some(" ".to_owned()));
        assert_eq!(
            check(&wrong, None),
            ["MALFORMED code", "OUT_OF_RANGE auditedOn", "REQUIRED auditor", "REQUIRED conclusion"]
        );
    }

    #[test]
    fn a_finding_is_remedied_then_closed() {
        let finding = |due, remedied: Option<(NaiveDate, &str)>| Finding {
            number: 1,
            severity: FindingSeverity::Minor,
            description: "Chưa cập nhật quy trình".to_owned(),
            due_on: due,
            remedied: remedied.map(|(day, how)| (day, how.to_owned())),
        };
        let check = |finding: &Finding, closed| fields(check_finding(finding, day(5, 4), closed, day(9, 20)));
        assert_eq!(check(&finding(day(6, 30), None), false), [""; 0]);
        assert_eq!(check(&finding(day(6, 30), Some((day(7, 2), "Đã sửa"))), false), [""; 0]);
        assert_eq!(check(&finding(day(6, 30), None), true), ["WRONG_STATE number"]);
        assert_eq!(
            check(&finding(day(5, 3), Some((day(5, 3), ""))), false),
            ["OUT_OF_RANGE dueOn", "OUT_OF_RANGE remedied.remediedOn", "REQUIRED remedied.remedy"]
        );
        assert_eq!(check(&Finding { number: 201, ..finding(day(6, 30), None) }, false), ["OUT_OF_RANGE number"]);

        let close = |days, on| fields(check_close(days, on, day(9, 20)));
        assert_eq!(close((None, None), day(8, 1)), ["WRONG_STATE number"]);
        assert_eq!(close((Some(day(7, 2)), None), day(7, 2)), [""; 0]);
        assert_eq!(close((Some(day(7, 2)), None), day(7, 1)), ["OUT_OF_RANGE closedOn"]);
        assert_eq!(close((Some(day(7, 2)), None), day(9, 21)), ["OUT_OF_RANGE closedOn"]);
        assert_eq!(close((Some(day(7, 2)), Some(day(8, 1))), day(8, 2)), ["WRONG_STATE number"]);

        use FindingState::{Closed, Open, Remedied};
        let days = (Some(day(7, 2)), Some(day(8, 1)));
        let states = [day(7, 1), day(7, 2), day(7, 31), day(8, 1)].map(|on| state_on(days, on));
        assert_eq!(states, [Open, Remedied, Remedied, Closed]);
        assert!(overdue(day(6, 30), days, day(7, 1)) && !overdue(day(6, 30), days, day(7, 2)));
        assert!(!overdue(day(6, 30), (None, None), day(6, 30)));
    }

    #[test]
    fn days_say_whether_a_certificate_holds() {
        let certificate = Certificate {
            code: "CN-18091-01".to_owned(),
            issuer: "QUACERT".to_owned(),
            scope: "Giải quyết thủ tục hành chính".to_owned(),
            valid_from: day(3, 1),
            valid_to: day(8, 31),
            withdrawn_on: None,
        };
        assert_eq!(check_certificate(&certificate, day(9, 20)), []);
        let wrong = Certificate { valid_to: day(2, 28), withdrawn_on: Some(day(9, 21)), ..certificate };
        assert_eq!(fields(check_certificate(&wrong, day(9, 20))), ["OUT_OF_RANGE validTo", "OUT_OF_RANGE withdrawnOn"]);
        use CertificateState::{Expired, Pending, Valid, Withdrawn};
        let on = |withdrawn, on| certificate_on((day(3, 1), day(8, 31), withdrawn), on);
        let states = [day(2, 28), day(3, 1), day(8, 31), day(9, 1)].map(|day| on(None, day));
        assert_eq!(states, [Pending, Valid, Valid, Expired]);
        assert_eq!([day(5, 9), day(5, 10)].map(|on_day| on(Some(day(5, 10)), on_day)), [Valid, Withdrawn]);
    }
}
