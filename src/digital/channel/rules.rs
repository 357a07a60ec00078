//! The rules of what must stand on online channels, as pure functions.

use chrono::{Days, NaiveDate};

use super::OnlineChannel;
use crate::rules::MAX_NAME;
use kernel::faults::MAX_TEXT;
use kernel::faults::is_url;
use kernel::faults::{code_fault, not_before, not_later, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A duty as it is entered, beside its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// The kind of channel.
    pub channel: OnlineChannel,
    /// The channel's name.
    pub channel_name: String,
    /// Its address.
    pub url: String,
    /// What must stand there.
    pub content: String,
    /// First day.
    pub effective_from: NaiveDate,
    /// Last day.
    pub effective_to: Option<NaiveDate>,
}

/// A look at it, as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// When it was looked at.
    pub looked_on: NaiveDate,
    /// When it had last been updated; none where nothing stood there.
    pub updated_on: Option<NaiveDate>,
    /// A remark.
    pub note: Option<String>,
}

/// Checks a duty: every fault at once.
pub fn check(wanted: &Wanted) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(text(&["channelName"], &wanted.channel_name, MAX_NAME));
    if !is_url(&wanted.url) {
        faults.push(UserError::new(UserErrorCode::Malformed, &["url"], Message::new("publication-bad-url")));
    }
    faults.extend(text(&["content"], &wanted.content, MAX_TEXT));
    if let Some(last) = wanted.effective_to {
        faults.extend(not_before(&["effectiveTo"], last, wanted.effective_from));
    }
    faults
}

/// Checks a look at a duty from a day on, which was last looked at on another: every fault at once.
pub fn check_look(
    wanted: &Check,
    from: NaiveDate,
    last_looked_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults: Vec<UserError> = not_later(&["lookedOn"], wanted.looked_on, today).into_iter().collect();
    faults.extend(not_before(&["lookedOn"], wanted.looked_on, last_looked_on.unwrap_or(from).max(from)));
    if let Some(day) = wanted.updated_on {
        faults.extend(not_later(&["updatedOn"], day, wanted.looked_on));
    }
    if let Some(note) = wanted.note.as_deref().or(wanted.updated_on.is_none().then_some("")) {
        faults.extend(text(&["note"], note, MAX_TEXT));
    }
    faults
}

/// Until when it is fresh enough: so many days after it was last seen to be updated, or after its first day.
pub fn fresh_until(from: NaiveDate, last_updated_on: Option<NaiveDate>, max_age: u32) -> NaiveDate {
    let since = last_updated_on.map_or(from, |updated| updated.max(from));
    since.checked_add_days(Days::new(max_age.into())).unwrap_or(NaiveDate::MAX)
}

/// The first day from which something may have been updated and is still fresh on a day: the other side of
/// [`fresh_until`], for asking the database.
pub fn fresh_since(day: NaiveDate, max_age: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(max_age.into())).unwrap_or(NaiveDate::MIN)
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
    fn a_duty_has_an_address_and_days_in_order() {
        let duty = Wanted {
            code: "CTT-01".to_owned(),
            channel: OnlineChannel::Portal,
            channel_name: "Cổng thông tin điện tử phường".to_owned(),
            url: "https://anbien.haiphong.gov.vn".to_owned(),
            content: "Lịch tiếp công dân".to_owned(),
            effective_from: day(1, 1),
            effective_to: None,
        };
        assert_eq!(fields(check(&duty)), [""; 0]);
        let wrong = Wanted {
            url: "anbien.haiphong.gov.vn".to_owned(),
            content: String::new(),
            effective_to: NaiveDate::from_ymd_opt(2025, 12, 31),
            ..duty
        };
        assert_eq!(fields(check(&wrong)), ["MALFORMED url", "REQUIRED content", "OUT_OF_RANGE effectiveTo"]);
    }

    #[test]
    fn whoever_looks_sees_what_was_there_before() {
        let look = |looked, updated, note: Option<&str>, last| {
            let wanted = Check { looked_on: looked, updated_on: updated, note: note.map(str::to_owned) };
            fields(check_look(&wanted, day(2, 1), last, day(9, 20)))
        };
        assert_eq!(look(day(9, 20), Some(day(9, 1)), None, None), [""; 0]);
        assert_eq!(look(day(9, 20), Some(day(9, 21)), None, None), ["OUT_OF_RANGE updatedOn"]);
        assert_eq!(look(day(9, 21), Some(day(9, 1)), None, None), ["OUT_OF_RANGE lookedOn"]);
        assert_eq!(look(day(1, 31), Some(day(1, 1)), None, None), ["OUT_OF_RANGE lookedOn"]);
        assert_eq!(look(day(8, 1), Some(day(8, 1)), None, Some(day(8, 2))), ["OUT_OF_RANGE lookedOn"]);
        // Nothing there wants a word.
        assert_eq!(look(day(9, 20), None, None, None), ["REQUIRED note"]);
        assert_eq!(look(day(9, 20), None, Some("Không có chuyên mục."), Some(day(9, 20))), [""; 0]);
    }

    #[test]
    fn both_sides_of_the_last_fresh_day_agree() {
        assert_eq!(fresh_until(day(2, 1), None, 30), day(3, 3));
        assert_eq!(fresh_until(day(2, 1), Some(day(2, 20)), 30), day(3, 22));
        // What was there before the duty began does not make it overdue on its first day.
        assert_eq!(fresh_until(day(2, 1), Some(day(1, 1)), 30), day(3, 3));
        for age in [0, 1, 7, 30] {
            for updated in day(2, 1).iter_days().take(60) {
                let today = day(3, 15);
                let overdue = fresh_until(day(2, 1), Some(updated), age) < today;
                assert_eq!(updated < fresh_since(today, age), overdue, "{age} {updated}");
            }
        }
    }
}
