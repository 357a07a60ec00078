//! The rules of reviews of procedures, as pure functions.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use entity::simplification::procedure_review;
use uuid::Uuid;

use super::ReviewState;
use crate::access::Action;
use crate::i18n::Message;
use crate::text_enum::text_enum;
use crate::user_error::{UserError, UserErrorCode};

text_enum! {
    /// The unit of a procedure's time in a review (đơn vị thời gian).
    pub enum ReviewTimeUnit {
        /// Working days (ngày làm việc).
        WorkingDay = "WORKING_DAY",
        /// Days of the calendar (ngày).
        Day = "DAY",
        /// Hours (giờ).
        Hour = "HOUR",
    }
}

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
    fn add(&mut self, other: Cut) {
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
    pub time_unit: ReviewTimeUnit,
    /// Compliance cost of a year, VND.
    pub cost_vnd: Cut,
}

/// The longest text of a review, in characters.
pub const MAX_TEXT: usize = 2_000;
/// The longest number of a decision.
pub const MAX_DECISION: usize = 64;
/// Money is exact in every JSON reader: 2^53 - 1.
const MAX_VND: i64 = (1 << 53) - 1;

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
        (["costBeforeVnd", "costAfterVnd"], proposal.cost_vnd, MAX_VND),
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
pub const REVIEW_ACTIONS: [Action; 4] =
    [Action::ProposeReview, Action::WithdrawReview, Action::DecideReview, Action::ImplementReview];

/// The states from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [ReviewState] {
    match action {
        Action::ProposeReview | Action::WithdrawReview | Action::DecideReview => &[ReviewState::Proposed],
        Action::ImplementReview => &[ReviewState::Approved],
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

/// The state in which a review was on a day; none before it was proposed.
pub fn state_on(row: &procedure_review::Model, day: NaiveDate) -> Option<ReviewState> {
    let by = |date: Option<NaiveDate>| date.is_some_and(|date| date <= day);
    if row.proposed_on > day {
        None
    } else if by(row.implemented_on) {
        Some(ReviewState::Implemented)
    } else if by(row.decision_date) {
        let rejected = row.state == ReviewState::Rejected.as_str();
        Some(if rejected { ReviewState::Rejected } else { ReviewState::Approved })
    } else if by(row.withdrawn_on) {
        Some(ReviewState::Withdrawn)
    } else {
        Some(ReviewState::Proposed)
    }
}

/// What some reviews cut together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many reviews.
    pub reviews: i64,
    /// Components of dossiers.
    pub components: Cut,
    /// Forms and declarations.
    pub forms: Cut,
    /// Time, by its unit: units are never mixed.
    pub time: BTreeMap<ReviewTimeUnit, Cut>,
    /// Compliance cost, VND.
    pub cost_vnd: Cut,
}

/// Reviews counted on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// How many are in each state.
    pub counts: BTreeMap<ReviewState, i64>,
    /// What was approved cuts, whether carried out or not.
    pub approved: Sum,
    /// What was carried out cuts.
    pub implemented: Sum,
}

impl Sum {
    fn add(&mut self, row: &procedure_review::Model) {
        let cut = |before: i32, after: i32| Cut { before: before.into(), after: after.into() };
        self.reviews += 1;
        self.components.add(cut(row.components_before, row.components_after));
        self.forms.add(cut(row.forms_before, row.forms_after));
        self.cost_vnd.add(Cut { before: row.cost_before_vnd, after: row.cost_after_vnd });
        // A review that says nothing of time says nothing of its unit either.
        if let (Ok(unit), true) = (row.time_unit.parse::<ReviewTimeUnit>(), row.time_before > 0) {
            self.time.entry(unit).or_default().add(cut(row.time_before, row.time_after));
        }
    }
}

/// Counts reviews as they were on a day.
pub fn totals(rows: &[procedure_review::Model], day: NaiveDate) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let Some(state) = state_on(row, day) else { continue };
        *totals.counts.entry(state).or_default() += 1;
        if matches!(state, ReviewState::Approved | ReviewState::Implemented) {
            totals.approved.add(row);
        }
        if state == ReviewState::Implemented {
            totals.implemented.add(row);
        }
    }
    totals
}

/// An approved review as its measures count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The unit that manages the procedure.
    pub organisation_id: Uuid,
    /// From which day it counts as approved: that of the decision.
    pub approved_on: NaiveDate,
    /// From which day it counts as carried out.
    pub implemented_on: Option<NaiveDate>,
    /// Compliance cost, VND.
    pub cost_vnd: Cut,
}

/// The measures of this register (plan II.2.a.4, II.2.b.1).
pub const MEASURES: [&str; 4] = [
    "SIMPLIFICATION.APPROVED",
    "SIMPLIFICATION.IMPLEMENTED",
    "SIMPLIFICATION.COST_BEFORE",
    "SIMPLIFICATION.COST_AFTER",
];

/// What the register counts, per managing organisation and measure, from each day on which it changes. There is
/// no cost before something was carried out. A sum that overflows gives no figure rather than a wrong one.
pub fn figures(rows: &[Counted]) -> Vec<(Uuid, &'static str, NaiveDate, i64)> {
    let mut by_organisation: BTreeMap<Uuid, Vec<&Counted>> = BTreeMap::new();
    for row in rows {
        by_organisation.entry(row.organisation_id).or_default().push(row);
    }
    let [approved, implemented, cost_before, cost_after] = MEASURES;
    let mut figures = Vec::new();
    for (organisation_id, rows) in by_organisation {
        let days: BTreeSet<NaiveDate> =
            rows.iter().flat_map(|row| [Some(row.approved_on), row.implemented_on]).flatten().collect();
        for day in days {
            let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
            let done: Vec<&&Counted> =
                rows.iter().filter(|row| row.implemented_on.is_some_and(|on| on <= day)).collect();
            let by_now = rows.iter().filter(|row| row.approved_on <= day).count();
            figures.push((organisation_id, approved, day, count(by_now)));
            figures.push((organisation_id, implemented, day, count(done.len())));
            if done.is_empty() {
                continue;
            }
            let sum =
                |part: fn(&Cut) -> i64| done.iter().try_fold(0_i64, |sum, row| sum.checked_add(part(&row.cost_vnd)));
            let costs = [(cost_before, sum(|cut| cut.before)), (cost_after, sum(|cut| cut.after))];
            figures.extend(costs.into_iter().filter_map(|(name, sum)| Some((organisation_id, name, day, sum?))));
        }
    }
    figures
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
            time_unit: ReviewTimeUnit::WorkingDay,
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
            ]
        );
        assert_eq!(from_states(Action::AcceptForm), []);
    }

    fn row(state: ReviewState, decided: Option<NaiveDate>, implemented: Option<NaiveDate>) -> procedure_review::Model {
        procedure_review::Model {
            id: Uuid::nil(),
            programme_id: Uuid::nil(),
            code: String::new(),
            procedure_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            year: 2026,
            proposed_on: day(1, 10),
            content: String::new(),
            components_before: 5,
            components_after: 3,
            forms_before: 1,
            forms_after: 0,
            time_before: 10,
            time_after: 6,
            time_unit: "WORKING_DAY".to_owned(),
            cost_before_vnd: 100,
            cost_after_vnd: 40,
            state: state.as_str().to_owned(),
            decision_number: None,
            decision_date: decided,
            decision_reason: None,
            decided_by: None,
            implemented_on: implemented,
            implementing_decision: None,
            withdrawn_on: (state == ReviewState::Withdrawn).then(|| day(2, 1)),
            version: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn totals_are_those_of_the_day_and_units_of_time_are_not_mixed() {
        let mut hours = row(ReviewState::Approved, Some(day(3, 1)), None);
        hours.time_unit = "HOUR".to_owned();
        let rows = [
            row(ReviewState::Implemented, Some(day(2, 1)), Some(day(4, 1))),
            hours,
            row(ReviewState::Rejected, Some(day(3, 1)), None),
            row(ReviewState::Withdrawn, None, None),
            row(ReviewState::Proposed, None, None),
        ];
        let counts = |day| -> Vec<String> {
            totals(&rows, day).counts.iter().map(|(state, count)| format!("{state} {count}")).collect()
        };
        assert_eq!(counts(day(1, 9)), Vec::<String>::new());
        assert_eq!(counts(day(1, 10)), ["PROPOSED 5"]);
        assert_eq!(counts(day(2, 1)), ["PROPOSED 3", "APPROVED 1", "WITHDRAWN 1"]);
        assert_eq!(counts(day(4, 1)), ["PROPOSED 1", "APPROVED 1", "REJECTED 1", "IMPLEMENTED 1", "WITHDRAWN 1"]);
        let found = totals(&rows, day(4, 1));
        assert_eq!((found.approved.reviews, found.implemented.reviews), (2, 1));
        assert_eq!(found.approved.cost_vnd, Cut { before: 200, after: 80 });
        assert_eq!(found.implemented.cost_vnd, Cut { before: 100, after: 40 });
        assert_eq!(found.approved.components, Cut { before: 10, after: 6 });
        let one = Cut { before: 10, after: 6 };
        assert_eq!(
            found.approved.time,
            BTreeMap::from([(ReviewTimeUnit::WorkingDay, one), (ReviewTimeUnit::Hour, one)])
        );
    }

    #[test]
    fn measures_hold_from_the_day_of_the_decision_and_costs_from_the_day_it_is_done() {
        let unit = Uuid::from_u128(1);
        let counted = |approved_on, implemented_on, before, after| Counted {
            organisation_id: unit,
            approved_on,
            implemented_on,
            cost_vnd: Cut { before, after },
        };
        let rows = [counted(day(2, 1), Some(day(4, 1)), 100, 40), counted(day(3, 1), Some(day(3, 1)), 50, 50)];
        let printed: Vec<String> = figures(&rows)
            .into_iter()
            .map(|(_, measure, day, value)| format!("{day} {} {value}", measure.trim_start_matches("SIMPLIFICATION.")))
            .collect();
        assert_eq!(
            printed,
            [
                "2026-02-01 APPROVED 1",
                "2026-02-01 IMPLEMENTED 0",
                "2026-03-01 APPROVED 2",
                "2026-03-01 IMPLEMENTED 1",
                "2026-03-01 COST_BEFORE 50",
                "2026-03-01 COST_AFTER 50",
                "2026-04-01 APPROVED 2",
                "2026-04-01 IMPLEMENTED 2",
                "2026-04-01 COST_BEFORE 150",
                "2026-04-01 COST_AFTER 90",
            ]
        );
        assert_eq!(figures(&[]), []);
        let huge = [counted(day(2, 1), Some(day(2, 1)), i64::MAX, 1), counted(day(2, 1), Some(day(2, 1)), 1, 1)];
        assert_eq!(figures(&huge).len(), 3);
    }
}
