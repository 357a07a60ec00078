//! The rules of reviews of procedures, as pure functions.

pub use kernel::faults::MAX_DECISION;
pub use kernel::faults::MAX_TEXT;
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::ReviewState;
use crate::procedure::rules::LimitUnit;
use access::Action;
use kernel::i18n::Message;
use kernel::money::MAX_EXACT;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// What is decided about a review (quyết định).
    pub enum ReviewDecision {
        /// Approve it (phê duyệt).
        Approve = "APPROVE",
        /// Reject it, with a reason (không phê duyệt).
        Reject = "REJECT",
    }
}

/// Something before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cut {
    /// As it is now.
    pub before: i64,
    /// As it would be.
    pub after: i64,
}

impl Cut {
    /// Adds another, up to what the type holds.
    pub fn add(&mut self, other: Cut) {
        self.before = self.before.saturating_add(other.before);
        self.after = self.after.saturating_add(other.after);
    }
}

/// A review as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Code.
    pub code: String,
    /// The year of the review plan.
    pub year: i32,
    /// When it was proposed.
    pub proposed_on: NaiveDate,
    /// What to cut, in words.
    pub content: String,
    /// Components of a dossier.
    pub components: Cut,
    /// Forms and declarations.
    pub forms: Cut,
    /// Time limit.
    pub time: Cut,
    /// Its unit.
    pub time_unit: LimitUnit,
    /// Compliance cost of a year, VND.
    pub cost_vnd: Cut,
}

/// Whether a text is a review's code: `RS-2026-001`.
pub fn is_code(code: &str) -> bool {
    (3..=32).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Checks a proposal: every fault at once. `years` are those of the programme.
pub fn check(proposal: &Proposal, today: NaiveDate, years: RangeInclusive<i32>) -> Vec<UserError> {
    let mut faults = Vec::new();
    if !is_code(&proposal.code) {
        let message = Message::new("review-bad-code").with("code", proposal.code.chars().take(64).collect::<String>());
        faults.push(UserError::new(UserErrorCode::Malformed, &["code"], message));
    }
    if !years.contains(&proposal.year) {
        let message = Message::new("review-bad-year").with("from", *years.start()).with("to", *years.end());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["year"], message));
    }
    faults.extend(not_later("proposedOn", proposal.proposed_on, today));
    faults.extend(text("content", &proposal.content, MAX_TEXT));
    let most = i64::from(i32::MAX);
    let cuts = [
        (["componentsBefore", "componentsAfter"], proposal.components, most),
        (["formsBefore", "formsAfter"], proposal.forms, most),
        (["timeBefore", "timeAfter"], proposal.time, most),
        (["costBeforeVnd", "costAfterVnd"], proposal.cost_vnd, MAX_EXACT),
    ];
    for ([before, after], cut, most) in cuts {
        for (field, value) in [(before, cut.before), (after, cut.after)] {
            if !(0..=most).contains(&value) {
                let message = Message::new("review-bad-number").with("field", field).with("max", most);
                faults.push(UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(most, value));
            }
        }
        if cut.after > cut.before {
            let message = Message::new("review-grows").with("field", after).with("before", cut.before);
            let fault = UserError::new(UserErrorCode::OutOfRange, &[after], message);
            faults.push(fault.expecting(format!("<= {}", cut.before), cut.after));
        }
    }
    if cuts.iter().all(|(_, cut, _)| cut.after == cut.before) {
        faults.push(UserError::new(UserErrorCode::Required, &[], Message::new("review-cuts-nothing")));
    }
    faults
}

/// A day that must not lie in the future.
pub fn not_later(field: &str, day: NaiveDate, today: NaiveDate) -> Option<UserError> {
    (day > today).then(|| {
        let message = Message::new("review-future-day").with("field", field).with("today", today.to_string());
        UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(format!("<= {today}"), day)
    })
}

/// A day that must not lie before another.
pub fn not_before(field: &str, day: NaiveDate, first: NaiveDate) -> Option<UserError> {
    (day < first).then(|| {
        let message = Message::new("review-day-too-early").with("field", field).with("first", first.to_string());
        UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(format!(">= {first}"), day)
    })
}

/// A text that must be there and fit.
pub fn text(field: &str, given: &str, most: usize) -> Option<UserError> {
    let length = given.trim().chars().count();
    (!(1..=most).contains(&length)).then(|| {
        let message = Message::new("review-bad-text").with("field", field).with("max", most);
        UserError::new(if length == 0 { UserErrorCode::Required } else { UserErrorCode::OutOfRange }, &[field], message)
    })
}

/// Checks what is said with a decision.
pub fn check_decision(
    decision: ReviewDecision,
    number: Option<&str>,
    reason: Option<&str>,
    (proposed_on, date, today): (NaiveDate, NaiveDate, NaiveDate),
) -> Vec<UserError> {
    let mut faults = Vec::new();
    // An approval has a decision behind it; a rejection has a reason.
    let (must_number, must_reason) = (decision == ReviewDecision::Approve, decision == ReviewDecision::Reject);
    for (field, given, most, must) in
        [("decisionNumber", number, MAX_DECISION, must_number), ("reason", reason, MAX_TEXT, must_reason)]
    {
        if must || given.is_some() {
            faults.extend(text(field, given.unwrap_or_default(), most));
        }
    }
    faults.extend(not_before("decisionDate", date, proposed_on));
    faults.extend(not_later("decisionDate", date, today));
    faults
}

/// Checks what is said when a review was carried out.
pub fn check_implementation(
    decision: Option<&str>,
    (decided_on, on, today): (NaiveDate, NaiveDate, NaiveDate),
) -> Vec<UserError> {
    let mut faults = Vec::new();
    faults.extend(decision.and_then(|decision| text("decisionNumber", decision, MAX_DECISION)));
    faults.extend(not_before("implementedOn", on, decided_on));
    faults.extend(not_later("implementedOn", on, today));
    faults
}

/// What may be done with a review, in the order in which a screen shows it.
pub const REVIEW_ACTIONS: [Action; 6] = [
    Action::ProposeReview,
    Action::WithdrawReview,
    Action::DecideReview,
    Action::ImplementReview,
    Action::CorrectReview,
    Action::RevokeReview,
];

/// The states from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [ReviewState] {
    match action {
        Action::ProposeReview | Action::WithdrawReview | Action::DecideReview => &[ReviewState::Proposed],
        Action::ImplementReview => &[ReviewState::Approved],
        Action::CorrectReview => &[ReviewState::Implemented],
        Action::RevokeReview => &[ReviewState::Approved, ReviewState::Rejected, ReviewState::Implemented],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(action: Action, state: ReviewState) -> Option<UserError> {
    (!from_states(action).contains(&state)).then(|| {
        let from: Vec<&str> = from_states(action).iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("review-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn proposal() -> Proposal {
        Proposal {
            code: "RS-2026-001".to_owned(),
            year: 2026,
            proposed_on: day(3, 1),
            content: "Bỏ bản sao giấy khai sinh.".to_owned(),
            components: Cut { before: 5, after: 4 },
            forms: Cut { before: 1, after: 1 },
            time: Cut { before: 5, after: 3 },
            time_unit: LimitUnit::WorkingDay,
            cost_vnd: Cut { before: 10_000_000, after: 6_000_000 },
        }
    }

    fn faults(change: impl Fn(&mut Proposal)) -> Vec<(UserErrorCode, String)> {
        let mut proposal = proposal();
        change(&mut proposal);
        let faults = check(&proposal, day(3, 1), 2026..=2030);
        faults.into_iter().map(|fault| (fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn codes() {
        for code in ["RS-2026-001", "A.1", "123"] {
            assert!(is_code(code), "{code}");
        }
        for code in ["", "AB", "rs-2026-001", "RS 1", "RS/2026", "Đ-2026", &"A".repeat(33)] {
            assert!(!is_code(code), "{code}");
        }
    }

    #[test]
    fn a_proposal_cuts_something_and_nothing_grows() {
        use UserErrorCode::{Malformed, OutOfRange, Required};
        let found = |code, field: &str| vec![(code, field.to_owned())];
        assert_eq!(faults(|_| {}), []);
        assert_eq!(faults(|p| p.components.after = 6), found(OutOfRange, "componentsAfter"));
        assert_eq!(faults(|p| p.forms.after = 2), found(OutOfRange, "formsAfter"));
        assert_eq!(faults(|p| p.time.after = 6), found(OutOfRange, "timeAfter"));
        assert_eq!(faults(|p| p.cost_vnd.after = 10_000_001), found(OutOfRange, "costAfterVnd"));
        assert_eq!(faults(|p| p.forms.after = -1), found(OutOfRange, "formsAfter"));
        assert_eq!(faults(|p| p.cost_vnd.before = 1 << 53), found(OutOfRange, "costBeforeVnd"));
        assert_eq!(faults(|p| p.cost_vnd.before = (1 << 53) - 1), []);
        let nothing = |p: &mut Proposal| {
            p.components.after = 5;
            p.time.after = 5;
            p.cost_vnd.after = 10_000_000;
        };
        assert_eq!(faults(nothing), found(Required, ""));
        assert_eq!(faults(|p| p.code = "x".to_owned()), found(Malformed, "code"));
        assert_eq!(faults(|p| p.content = "  ".to_owned()), found(Required, "content"));
        assert_eq!(faults(|p| p.content = "x".repeat(2_001)), found(OutOfRange, "content"));
        assert_eq!(faults(|p| p.proposed_on = day(3, 2)), found(OutOfRange, "proposedOn"));
        assert_eq!(faults(|p| p.year = 2031), found(OutOfRange, "year"));
        let many = |p: &mut Proposal| {
            p.year = 2025;
            p.forms.after = 2;
            p.code.clear();
        };
        assert_eq!(faults(many).len(), 3);
    }

    #[test]
    fn a_decision_has_its_number_or_its_reason_and_its_day() {
        use ReviewDecision::{Approve, Reject};
        let fields = |decision, number, reason, date| -> Vec<String> {
            let found = check_decision(decision, number, reason, (day(3, 1), date, day(3, 9)));
            found.into_iter().map(|fault| fault.field.join(".")).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(fields(Approve, Some("12/QĐ-UBND"), None, day(3, 1)), none);
        assert_eq!(fields(Approve, None, None, day(3, 9)), ["decisionNumber"]);
        assert_eq!(fields(Reject, None, Some(" "), day(3, 9)), ["reason"]);
        assert_eq!(fields(Reject, None, Some("Trái luật."), day(3, 9)), none);
        assert_eq!(fields(Approve, Some("12"), None, day(2, 28)), ["decisionDate"]);
        assert_eq!(fields(Approve, Some("12"), None, day(3, 10)), ["decisionDate"]);
        let carried_out = |decision, on| check_implementation(decision, (day(3, 1), on, day(3, 9))).len();
        assert_eq!(carried_out(None, day(3, 1)), 0);
        assert_eq!(carried_out(Some(""), day(2, 28)), 2);
        assert_eq!(carried_out(Some("13/QĐ-UBND"), day(3, 10)), 1);
    }

    #[test]
    fn the_whole_table_of_states() {
        let rows: Vec<String> = REVIEW_ACTIONS
            .iter()
            .map(|&action| {
                let open = |state: &&ReviewState| wrong_state(action, **state).is_none();
                let from: Vec<&str> = ReviewState::ALL.iter().filter(open).map(|state| state.as_str()).collect();
                format!("{action}: {}", from.join(" "))
            })
            .collect();
        assert_eq!(
            rows,
            [
                "PROPOSE_REVIEW: PROPOSED",
                "WITHDRAW_REVIEW: PROPOSED",
                "DECIDE_REVIEW: PROPOSED",
                "IMPLEMENT_REVIEW: APPROVED",
                "CORRECT_REVIEW: IMPLEMENTED",
                "REVOKE_REVIEW: APPROVED REJECTED IMPLEMENTED",
            ]
        );
        assert_eq!(from_states(Action::AcceptForm), []);
    }
}
