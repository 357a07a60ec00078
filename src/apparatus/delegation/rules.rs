//! The rules of delegations and their supervision, as pure functions.

use chrono::{Months, NaiveDate};
use entity::organisation::organisation;
use kernel::faults::MAX_TEXT;

use super::{DelegationFinding, DelegationKind, DelegationState};
use base::parameter::rules::{Days, holds_on};
use kernel::faults::{code_fault, decision_faults, not_before, not_later, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A delegation as it is entered, beside the organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// Decentralised or authorised.
    pub kind: DelegationKind,
    /// What is passed on.
    pub subject: String,
    /// What allows it.
    pub legal_basis: String,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// First day.
    pub effective_from: NaiveDate,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
}

/// A supervision check as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// When.
    pub checked_on: NaiveDate,
    /// What was found.
    pub finding: DelegationFinding,
    /// In words.
    pub note: Option<String>,
    /// When it was mended.
    pub remedied_on: Option<NaiveDate>,
}

/// Checks a delegation from one organisation to another: every fault at once.
pub fn check(
    wanted: &Wanted,
    from: &organisation::Model,
    to: &organisation::Model,
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(text(&["subject"], &wanted.subject, MAX_TEXT));
    faults.extend(text(&["legalBasis"], &wanted.legal_basis, MAX_TEXT));
    faults.extend(decision_faults(&wanted.decision_number, wanted.decision_date, today));
    faults.extend(not_before(&["effectiveFrom"], wanted.effective_from, wanted.decision_date));
    if let Some(last) = wanted.effective_to {
        faults.extend(not_before(&["effectiveTo"], last, wanted.effective_from));
    }
    if from.id == to.id {
        faults.push(UserError::new(UserErrorCode::Duplicate, &["to"], Message::new("delegation-to-itself")));
    }
    for (field, row) in [("from", from), ("to", to)] {
        if !holds_on((row.effective_from, row.effective_to), wanted.effective_from) {
            let message = Message::new("delegation-organisation-absent")
                .with("code", row.code.as_str())
                .with("day", wanted.effective_from.to_string());
            faults.push(UserError::new(UserErrorCode::NotInForce, &[field], message));
        }
    }
    faults
}

/// Checks a supervision check of a delegation of some days: every fault at once.
pub fn check_of_check(wanted: &Check, days: Days, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_later(&["checkedOn"], wanted.checked_on, today).into_iter().collect();
    faults.extend(not_before(&["checkedOn"], wanted.checked_on, days.0));
    if let Some(note) = wanted.note.as_deref().or((wanted.finding != DelegationFinding::Ok).then_some("")) {
        faults.extend(text(&["note"], note, MAX_TEXT));
    }
    if let Some(day) = wanted.remedied_on {
        if wanted.finding == DelegationFinding::Ok {
            let message = Message::new("delegation-nothing-to-remedy");
            faults.push(UserError::new(UserErrorCode::OutOfRange, &["remediedOn"], message));
        }
        faults.extend(not_before(&["remediedOn"], day, wanted.checked_on));
        faults.extend(not_later(&["remediedOn"], day, today));
    }
    faults
}

/// The last day on which a delegation holds: its own, or that of whichever of its organisations ended before.
pub fn last_day(own: Option<NaiveDate>, from: &organisation::Model, to: &organisation::Model) -> Option<NaiveDate> {
    [own, from.effective_to, to.effective_to].into_iter().flatten().min()
}

/// Whether a delegation of some days holds on a day.
pub fn state_on(days: Days, day: NaiveDate) -> DelegationState {
    if day < days.0 {
        DelegationState::Pending
    } else if holds_on(days, day) {
        DelegationState::InForce
    } else {
        DelegationState::Ended
    }
}

/// The last day of the next check: so many months after the last one, or after the first day.
pub fn next_check(from: NaiveDate, last_check: Option<NaiveDate>, months: u32) -> NaiveDate {
    let last = last_check.unwrap_or(from);
    last.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The first day that is still fresh on a day: whatever was last checked before it is overdue. The other side of
/// [`next_check`], for asking the database.
pub fn fresh_since(day: NaiveDate, months: u32) -> NaiveDate {
    let mut first = day.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    // Months are of different lengths: 28 February and 31 January are both a month before 28 February's next.
    while next_check(first, None, months) < day
        && let Some(next) = first.succ_opt()
    {
        first = next;
    }
    first
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn organisation(number: u128, to: Option<NaiveDate>) -> organisation::Model {
        organisation::Model {
            id: Uuid::from_u128(number),
            programme_id: None,
            code: format!("U{number}"),
            kind: "DIVISION".to_owned(),
            name_vi: String::new(),
            name_en: String::new(),
            search_name: String::new(),
            parent_id: None,
            identifier_code: None,
            budget_unit_code: None,
            standing_body: false,
            stated_in_plan: false,
            section: None,
            note: None,
            effective_from: day(2025, 7, 1),
            effective_to: to,
        }
    }

    #[test]
    fn a_delegation_has_two_organisations_that_are_there_and_days_in_order() {
        let sound = Wanted {
            code: "PC-2026-001".to_owned(),
            kind: DelegationKind::Authorisation,
            subject: "Ký giấy xác nhận".to_owned(),
            legal_basis: "Luật Tổ chức chính quyền địa phương".to_owned(),
            decision_number: "12/QĐ-UBND".to_owned(),
            decision_date: day(2026, 3, 1),
            effective_from: day(2026, 4, 1),
            effective_to: None,
        };
        let (one, other) = (organisation(1, None), organisation(2, Some(day(2026, 6, 30))));
        let fields = |change: &dyn Fn(&mut Wanted), to: &organisation::Model| -> Vec<String> {
            let mut wanted = sound.clone();
            change(&mut wanted);
            let faults = check(&wanted, &one, to, day(2026, 9, 20));
            faults.into_iter().map(|fault| fault.field.join(".")).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(fields(&|_| {}, &other), none);
        assert_eq!(fields(&|wanted| wanted.effective_from = day(2026, 7, 1), &other), ["to"]);
        assert_eq!(fields(&|_| {}, &one), ["to"]);
        assert_eq!(fields(&|wanted| wanted.effective_from = day(2026, 2, 28), &other), ["effectiveFrom"]);
        assert_eq!(fields(&|wanted| wanted.effective_to = Some(day(2026, 3, 31)), &other), ["effectiveTo"]);
        assert_eq!(
            fields(&|wanted| wanted.decision_date = day(2026, 9, 21), &other),
            ["decisionDate", "effectiveFrom"]
        );
        assert_eq!(fields(&|wanted| wanted.subject.clear(), &other), ["subject"]);
    }

    #[test]
    fn a_check_that_finds_something_says_what() {
        use DelegationFinding::{Ok, Violation};
        let fields = |finding, note: Option<&str>, on, remedied_on| -> Vec<String> {
            let wanted = Check { checked_on: on, finding, note: note.map(str::to_owned), remedied_on };
            let faults = check_of_check(&wanted, (day(2026, 4, 1), None), day(2026, 9, 20));
            faults.into_iter().map(|fault| fault.field.join(".")).collect()
        };
        let (none, on): ([&str; 0], _) = ([], day(2026, 5, 1));
        assert_eq!(fields(Ok, None, on, None), none);
        assert_eq!(fields(Violation, Some("Ký thay sai thẩm quyền."), on, Some(on)), none);
        assert_eq!(fields(Violation, None, on, None), ["note"]);
        assert_eq!(fields(Ok, None, on, Some(on)), ["remediedOn"]);
        assert_eq!(fields(Ok, None, day(2026, 3, 31), None), ["checkedOn"]);
        assert_eq!(fields(Ok, None, day(2026, 9, 21), None), ["checkedOn"]);
        assert_eq!(fields(Violation, Some("x"), on, Some(day(2026, 4, 30))), ["remediedOn"]);
    }

    #[test]
    fn days_say_the_state_and_months_when_it_is_due() {
        let days = (day(2026, 4, 1), Some(day(2026, 6, 30)));
        let states =
            [day(2026, 3, 31), day(2026, 4, 1), day(2026, 6, 30), day(2026, 7, 1)].map(|day| state_on(days, day));
        use DelegationState::{Ended, InForce, Pending};
        assert_eq!(states, [Pending, InForce, InForce, Ended]);
        assert_eq!(next_check(day(2026, 4, 1), None, 12), day(2027, 4, 1));
        assert_eq!(next_check(day(2026, 4, 1), Some(day(2028, 2, 29)), 12), day(2029, 2, 28));
    }

    #[test]
    fn both_sides_of_the_due_day_agree_on_every_day() {
        for months in [1, 6, 12] {
            for today in day(2027, 12, 1).iter_days().take(500) {
                let fresh = fresh_since(today, months);
                for last in fresh.pred_opt().unwrap().iter_days().take(4) {
                    assert_eq!(last < fresh, next_check(last, None, months) < today, "{months} {today} {last}");
                }
            }
        }
    }
}
