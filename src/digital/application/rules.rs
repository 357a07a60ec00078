//! The rules of applications of new technology, as pure functions.

use chrono::NaiveDate;

use super::{ApplicationSector, ApplicationStatus, Technology};
use crate::rules::MAX_NAME;
use kernel::faults::MAX_TEXT;
use kernel::faults::{code_fault, not_before, not_later, text};
use kernel::user_error::UserError;

/// An application as it is entered, beside its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Which technology.
    pub technology: Technology,
    /// In which sector.
    pub sector: ApplicationSector,
    /// How far it is.
    pub status: ApplicationStatus,
    /// From which day.
    pub since: NaiveDate,
    /// What it does.
    pub description: Option<String>,
}

/// Checks an application: every fault at once. `stored` is the status and the day that stand now: a status that changes
/// does not do so before the day of the one that it ends.
pub fn check(wanted: &Wanted, stored: Option<(ApplicationStatus, NaiveDate)>, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(text(&["name"], &wanted.name, MAX_NAME));
    if let Some(description) = wanted.description.as_deref() {
        faults.extend(text(&["description"], description, MAX_TEXT));
    }
    faults.extend(not_later(&["since"], wanted.since, today));
    if let Some((_, since)) = stored.filter(|(status, _)| *status != wanted.status) {
        faults.extend(not_before(&["since"], wanted.since, since));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_does_not_end_another_before_it_began() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let wanted = |status, since| Wanted {
            code: "UD-RAC".to_owned(),
            name: "Giám sát điểm tập kết rác".to_owned(),
            technology: Technology::Iot,
            sector: ApplicationSector::Environment,
            status,
            since,
            description: None,
        };
        use ApplicationStatus::{InUse, Pilot};
        let fields = |wanted: &Wanted, stored| -> Vec<String> {
            check(wanted, stored, day(9, 20)).into_iter().map(|fault| fault.field.join(".")).collect()
        };
        let pilot = Some((Pilot, day(3, 1)));
        assert_eq!(fields(&wanted(InUse, day(3, 1)), pilot), [""; 0]);
        assert_eq!(fields(&wanted(InUse, day(2, 28)), pilot), ["since"]);
        // The day of the same status is set right.
        assert_eq!(fields(&wanted(Pilot, day(2, 28)), pilot), [""; 0]);
        assert_eq!(fields(&wanted(Pilot, day(9, 21)), None), ["since"]);
        let mut empty = wanted(Pilot, day(3, 1));
        (empty.code, empty.name, empty.description) = ("ứng dụng".to_owned(), " ".to_owned(), Some(String::new()));
        assert_eq!(fields(&empty, None), ["code", "name", "description"]);
    }
}
