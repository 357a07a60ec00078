//! The rules of classifying public service units, as pure functions.

use chrono::NaiveDate;
use entity::apparatus::unit_classification;
use entity::organisation::organisation;
use kernel::faults::MAX_TEXT;
use kernel::units::PUBLIC_SERVICE_KINDS;

use super::{UnitProposal, UnitType};
use base::parameter::rules::{holds_on, overlap};
use kernel::faults::{decision_faults, not_before, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A classification as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What it is.
    pub unit_type: UnitType,
    /// Its grade, as the criteria name it.
    pub grade: Option<String>,
    /// The criteria that it meets.
    pub criteria: String,
    /// What is proposed.
    pub proposal: UnitProposal,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// First day.
    pub effective_from: NaiveDate,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
    /// A remark.
    pub note: Option<String>,
}

const MAX_GRADE: usize = 100;

/// Checks a classification against its unit and the unit's other ones: every fault at once.
pub fn check(
    wanted: &Wanted,
    organisation: &organisation::Model,
    others: &[unit_classification::Model],
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    if !PUBLIC_SERVICE_KINDS.iter().any(|kind| kind.as_str() == organisation.kind) {
        let kinds: Vec<&str> = PUBLIC_SERVICE_KINDS.iter().map(|kind| kind.as_str()).collect();
        let message = Message::new("classification-not-for-kind")
            .with("code", organisation.code.as_str())
            .with("kind", organisation.kind.as_str())
            .with("kinds", kinds.join(", "));
        let fault = UserError::new(UserErrorCode::FormNotForOrganisation, &["organisation"], message);
        faults.push(fault.expecting(kinds.join(", "), &organisation.kind));
    }
    faults.extend(text(&["criteria"], &wanted.criteria, MAX_TEXT));
    for (field, given, most) in [("grade", &wanted.grade, MAX_GRADE), ("note", &wanted.note, MAX_TEXT)] {
        faults.extend(given.as_deref().and_then(|given| text(&[field], given, most)));
    }
    faults.extend(decision_faults(&wanted.decision_number, wanted.decision_date, today));
    if let Some(last) = wanted.effective_to {
        faults.extend(not_before(&["effectiveTo"], last, wanted.effective_from));
    }
    if !holds_on((organisation.effective_from, organisation.effective_to), wanted.effective_from) {
        let message = Message::new("delegation-organisation-absent")
            .with("code", organisation.code.as_str())
            .with("day", wanted.effective_from.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["effectiveFrom"], message));
    }
    let days = (wanted.effective_from, wanted.effective_to);
    for other in others.iter().filter(|other| other.effective_from != wanted.effective_from) {
        if overlap(days, (other.effective_from, other.effective_to)) {
            let message = Message::new("classification-overlap").with("from", other.effective_from.to_string());
            faults.push(UserError::new(UserErrorCode::Overlap, &["effectiveFrom"], message));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use kernel::units::OrganisationKind;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn stored(from: NaiveDate, to: Option<NaiveDate>) -> unit_classification::Model {
        unit_classification::Model {
            id: Uuid::nil(),
            programme_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            unit_type: "OTHER_SERVICE".to_owned(),
            grade: None,
            criteria: "x".to_owned(),
            proposal: "KEEP".to_owned(),
            decision_number: "1".to_owned(),
            decision_date: from,
            effective_from: from,
            effective_to: to,
            note: None,
            version: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn only_public_service_units_and_one_classification_a_day() {
        let unit = |kind: OrganisationKind| organisation::Model {
            id: Uuid::nil(),
            programme_id: None,
            code: "TTSNC".to_owned(),
            kind: kind.as_str().to_owned(),
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
            effective_from: day(1, 1),
            effective_to: Some(day(11, 30)),
        };
        let wanted = |from, to| Wanted {
            unit_type: UnitType::EssentialService,
            grade: None,
            criteria: "Nghị định 120/2020/NĐ-CP".to_owned(),
            proposal: UnitProposal::Merge,
            decision_number: "7/QĐ-UBND".to_owned(),
            decision_date: day(1, 1),
            effective_from: from,
            effective_to: to,
            note: None,
        };
        let others = [stored(day(1, 1), Some(day(5, 31))), stored(day(9, 1), None)];
        let fields = |kind, from, to| -> Vec<String> {
            let faults = check(&wanted(from, to), &unit(kind), &others, day(9, 20));
            faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
        };
        let none: [&str; 0] = [];
        let school = OrganisationKind::School;
        assert_eq!(fields(school, day(6, 1), Some(day(8, 31))), none);
        assert_eq!(fields(school, day(6, 1), None), ["OVERLAP effectiveFrom"]);
        assert_eq!(fields(school, day(5, 31), None), ["OVERLAP effectiveFrom", "OVERLAP effectiveFrom"]);
        // The same first day changes the one that is there.
        assert_eq!(fields(school, day(1, 1), Some(day(6, 30))), none);
        assert_eq!(
            fields(OrganisationKind::Division, day(6, 1), Some(day(6, 2))),
            ["FORM_NOT_FOR_ORGANISATION organisation"]
        );
        assert_eq!(fields(school, day(12, 1), None), ["NOT_IN_FORCE effectiveFrom", "OVERLAP effectiveFrom"]);
        assert_eq!(fields(school, day(6, 2), Some(day(6, 1))), ["OUT_OF_RANGE effectiveTo"]);
    }
}
