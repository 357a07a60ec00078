//! The rules of publicity, as pure functions.

use chrono::{Days, NaiveDate};
use entity::publicity::procedure_publication;
use kernel::faults::MAX_TEXT;
use kernel::faults::is_url;

use kernel::i18n::Message;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// A place at which procedures are made public (nơi công khai).
    pub enum PublicationPlace {
        /// National Public Service Portal (Cổng Dịch vụ công quốc gia).
        NationalPortal = "NATIONAL_PORTAL",
        /// The city's portal (cổng thông tin của thành phố).
        CityPortal = "CITY_PORTAL",
        /// The ward's portal (cổng thông tin của phường).
        WardPortal = "WARD_PORTAL",
        /// The notice board of the one-stop centre (bảng niêm yết).
        NoticeBoard = "NOTICE_BOARD",
        /// A kiosk for looking things up (ki-ốt tra cứu).
        Kiosk = "KIOSK",
        /// Social media (mạng xã hội).
        SocialMedia = "SOCIAL_MEDIA",
        /// A residential group's house or meeting (tổ dân phố).
        ResidentialGroup = "RESIDENTIAL_GROUP",
    }
}

text_enum! {
    /// How a publication was found (kết quả kiểm tra nội dung công khai).
    pub enum CheckResult {
        /// As it should be (đúng).
        Correct = "CORRECT",
        /// The content is not that in force (nội dung cũ).
        Outdated = "OUTDATED",
        /// It is not there (không có).
        Missing = "MISSING",
    }
}

impl PublicationPlace {
    /// Whether it has an address.
    pub fn is_online(self) -> bool {
        matches!(
            self,
            PublicationPlace::NationalPortal
                | PublicationPlace::CityPortal
                | PublicationPlace::WardPortal
                | PublicationPlace::SocialMedia
        )
    }
}

/// A publication as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationInput {
    /// Place in the list, as people count: from 1.
    pub line: u32,
    /// Code of the procedure.
    pub procedure: String,
    /// Where.
    pub place: PublicationPlace,
    /// Its address.
    pub url: Option<String>,
    /// When what stands there was published.
    pub published_on: NaiveDate,
    /// When that was checked.
    pub checked_on: Option<NaiveDate>,
    /// How it was found.
    pub check_result: Option<CheckResult>,
    /// A remark.
    pub note: Option<String>,
}

/// Checks one line: every fault at once. `index` counts from 0.
pub fn check(input: &PublicationInput, index: usize, today: NaiveDate) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut fault = |code, field: &str, message: Message| {
        faults.push(fault_of(input, index, code, field, message));
    };
    match input.url.as_deref() {
        None if input.place.is_online() => {
            let message = Message::new("publication-url-missing").with("place", input.place.as_str());
            fault(UserErrorCode::Required, "url", message);
        }
        Some(url) if !is_url(url) => fault(UserErrorCode::Malformed, "url", Message::new("publication-bad-url")),
        _ => {}
    }
    for (field, day) in [("publishedOn", Some(input.published_on)), ("checkedOn", input.checked_on)] {
        if day.is_some_and(|day| day > today) {
            let message = Message::new("publication-future-day").with("field", field).with("today", today.to_string());
            fault(UserErrorCode::OutOfRange, field, message);
        }
    }
    if input.checked_on.is_some_and(|day| day < input.published_on) {
        fault(UserErrorCode::OutOfRange, "checkedOn", Message::new("publication-checked-before-published"));
    }
    match (input.checked_on, input.check_result) {
        (Some(_), None) => {
            fault(UserErrorCode::Required, "checkResult", Message::new("publication-check-incomplete"));
        }
        (None, Some(_)) => fault(UserErrorCode::Required, "checkedOn", Message::new("publication-check-incomplete")),
        _ => {}
    }
    if input.note.as_deref().is_some_and(|note| note.chars().count() > MAX_TEXT) {
        fault(UserErrorCode::OutOfRange, "note", Message::new("publication-long-note").with("max", MAX_TEXT));
    }
    faults
}

/// A fault of a field of a line.
pub fn fault_of(
    input: &PublicationInput,
    index: usize,
    code: UserErrorCode,
    field: &str,
    message: Message,
) -> UserError {
    let shown: String = input.procedure.chars().take(64).collect();
    let message = message.with("line", input.line).with("code", shown);
    UserError::new(code, &["publications", &index.to_string(), field], message).at_line(input.line)
}

/// What is to stand in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The address.
    pub url: Option<String>,
    /// When it was published.
    pub published_on: NaiveDate,
    /// The last check and how it came out.
    pub check: Option<(NaiveDate, String)>,
    /// A remark.
    pub note: Option<String>,
}

impl Wanted {
    /// What a stored row says.
    pub fn of(row: &procedure_publication::Model) -> Wanted {
        Wanted {
            url: row.url.clone(),
            published_on: row.published_on,
            check: row.last_checked_on.zip(row.check_result.clone()),
            note: row.note.clone(),
        }
    }
}

/// A line put over what is stored. What the line leaves out stays, but a check of what has been replaced by a
/// later publication does not.
pub fn merged(stored: Option<&procedure_publication::Model>, input: &PublicationInput) -> Wanted {
    let stored = stored.map(Wanted::of);
    let given = input.checked_on.zip(input.check_result.map(|result| result.as_str().to_owned()));
    let kept = stored.as_ref().and_then(|stored| {
        stored.check.clone().filter(|(day, _)| still_holds(*day, stored.published_on, input.published_on))
    });
    Wanted {
        url: input.url.clone().or_else(|| stored.as_ref().and_then(|stored| stored.url.clone())),
        published_on: input.published_on,
        check: given.or(kept),
        note: input.note.clone().or_else(|| stored.and_then(|stored| stored.note)),
    }
}

/// Whether a check on a day is one of what was published on `now`. A check on the very day of a later publication
/// was of what stood there before: nobody publishes anew what was found as it should be.
fn still_holds(checked_on: NaiveDate, before: NaiveDate, now: NaiveDate) -> bool {
    before == now || checked_on > now
}

/// Whether a line tells of a publication that is older than the one which is known.
pub fn is_older(stored: &procedure_publication::Model, input: &PublicationInput) -> bool {
    input.published_on < stored.published_on
}

/// Whether a line tells of a check that is older than one which is known of the same publication.
pub fn is_stale(stored: &procedure_publication::Model, input: &PublicationInput) -> bool {
    let known = stored.last_checked_on.filter(|day| still_holds(*day, stored.published_on, input.published_on));
    input.checked_on.zip(known).is_some_and(|(given, known)| given < known)
}

/// The last day on which a procedure announced on a day is made public in time; days of the calendar.
pub fn due(announced_on: NaiveDate, days: u32) -> NaiveDate {
    announced_on.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// The latest day of announcement that is due before a day: procedures announced on it or earlier must be public.
pub fn due_if_announced_by(today: NaiveDate, days: u32) -> NaiveDate {
    today.checked_sub_days(Days::new(u64::from(days) + 1)).unwrap_or(NaiveDate::MIN)
}

/// Where and when a procedure was made public, as [`overdue`] takes it. That and [`is_public`] are the rule in plain
/// words; the list of procedures asks SQL, [`public_since`](super::store::public_since), and a test holds one against
/// the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Where.
    pub place: PublicationPlace,
    /// When.
    pub on: NaiveDate,
    /// How it was last found.
    pub check: Option<CheckResult>,
}

/// Whether what was announced on a day is public at a place. What was published before the announcement is the
/// content before it, and what was found missing or outdated is not public.
pub fn is_public(announced_on: NaiveDate, publications: &[Published], place: PublicationPlace) -> bool {
    publications.iter().any(|one| {
        one.place == place && one.on >= announced_on && one.check.is_none_or(|check| check == CheckResult::Correct)
    })
}

/// Whether a procedure that was announced, or whose change was announced, on a day is late in being made public at
/// some of the places that are required.
pub fn overdue(
    announced_on: NaiveDate,
    publications: &[Published],
    places: &[PublicationPlace],
    today: NaiveDate,
    days: u32,
) -> bool {
    today > due(announced_on, days) && places.iter().any(|place| !is_public(announced_on, publications, *place))
}

/// When a publication must be checked again.
pub fn next_check(published_on: NaiveDate, last_checked_on: Option<NaiveDate>, days: u32) -> NaiveDate {
    due(last_checked_on.unwrap_or(published_on), days)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn line() -> PublicationInput {
        PublicationInput {
            line: 1,
            procedure: "1.001193".to_owned(),
            place: PublicationPlace::NationalPortal,
            url: Some("https://dichvucong.gov.vn/p/1.001193".to_owned()),
            published_on: day(3, 1),
            checked_on: None,
            check_result: None,
            note: None,
        }
    }

    #[test]
    fn addresses() {
        for url in [
            "https://dichvucong.gov.vn",
            "http://anbien.haiphong.gov.vn:8080/thu-tuc?ma=1.001193#a",
            "https://vi.wikipedia.org/wiki/Hải_Phòng",
        ] {
            assert!(is_url(url), "{url}");
        }
        for url in [
            "",
            "dichvucong.gov.vn",
            "ftp://a.vn",
            "javascript:alert(1)",
            "https://",
            "https:///x",
            "https://a b.vn",
            "https://a.vn@evil.example",
            "https://a.vn:x/",
            "https://a.vn:",
            "https://a.vn/<script>",
            "https://a.vn/\nx",
        ] {
            assert!(!is_url(url), "{url}");
        }
        assert!(!is_url(&format!("https://a.vn/{}", "x".repeat(2_000))));
    }

    #[test]
    fn every_fault_of_a_line_is_named() {
        let fields = |change: fn(&mut PublicationInput)| -> Vec<String> {
            let mut line = line();
            change(&mut line);
            check(&line, 0, day(3, 9)).into_iter().map(|fault| fault.field[2].clone()).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(fields(|_| {}), none);
        assert_eq!(fields(|line| line.url = None), ["url"]);
        assert_eq!(
            fields(|line| {
                line.url = None;
                line.place = PublicationPlace::NoticeBoard;
            }),
            none
        );
        assert_eq!(fields(|line| line.checked_on = Some(day(3, 9))), ["checkResult"]);
        assert_eq!(fields(|line| line.check_result = Some(CheckResult::Correct)), ["checkedOn"]);
        assert_eq!(
            fields(|line| {
                line.url = Some("x".to_owned());
                line.published_on = day(3, 10);
                line.checked_on = Some(day(3, 8));
                line.check_result = Some(CheckResult::Missing);
                line.note = Some("x".repeat(2_001));
            }),
            ["url", "publishedOn", "checkedOn", "note"]
        );
    }

    fn row(published_on: NaiveDate, check: Option<(NaiveDate, &str)>) -> procedure_publication::Model {
        procedure_publication::Model {
            id: Uuid::nil(),
            programme_id: Uuid::nil(),
            procedure_id: Uuid::nil(),
            place: "NATIONAL_PORTAL".to_owned(),
            url: Some("https://a.vn".to_owned()),
            published_on,
            last_checked_on: check.map(|(day, _)| day),
            check_result: check.map(|(_, result)| result.to_owned()),
            note: Some("x".to_owned()),
            version: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_a_line_leaves_out_stays_unless_it_was_published_anew() {
        let checked = row(day(3, 1), Some((day(3, 5), "CORRECT")));
        let same = merged(Some(&checked), &line());
        assert_eq!(same.check, Some((day(3, 5), "CORRECT".to_owned())));
        assert_eq!(same.note.as_deref(), Some("x"));
        let mut anew = line();
        anew.published_on = day(3, 6);
        assert_eq!(merged(Some(&checked), &anew).check, None);
        assert_eq!(merged(None, &line()), Wanted { url: line().url, published_on: day(3, 1), check: None, note: None });
        let mut older = line();
        (older.checked_on, older.check_result) = (Some(day(3, 4)), Some(CheckResult::Outdated));
        assert!(is_stale(&checked, &older));
        older.checked_on = Some(day(3, 5));
        assert!(!is_stale(&checked, &older));
        assert_eq!(merged(Some(&checked), &older).check, Some((day(3, 5), "OUTDATED".to_owned())));
        (older.published_on, older.checked_on) = (day(3, 6), Some(day(3, 6)));
        assert!(!is_stale(&checked, &older));
    }

    #[test]
    fn publishing_anew_voids_the_checks_until_that_day() {
        let bad = row(day(3, 1), Some((day(3, 5), "OUTDATED")));
        let kept = |published_on| {
            let mut anew = line();
            anew.published_on = published_on;
            merged(Some(&bad), &anew).check.is_some()
        };
        assert!(kept(day(3, 1)), "the same publication");
        assert!(kept(day(3, 4)), "checked after it was published anew");
        assert!(!kept(day(3, 5)), "mended on the day of the check");
        assert!(!kept(day(3, 6)));
        // The check of the day on which it was published stays while that publication does.
        let at_once = row(day(3, 1), Some((day(3, 1), "CORRECT")));
        assert!(merged(Some(&at_once), &line()).check.is_some());
    }

    #[test]
    fn an_older_publication_is_known_as_one() {
        let stored = row(day(3, 1), None);
        let older = |published_on| is_older(&stored, &PublicationInput { published_on, ..line() });
        assert!(older(day(2, 28)));
        assert!(!older(day(3, 1)) && !older(day(3, 2)));
    }

    #[test]
    fn a_procedure_is_overdue_after_its_last_day_and_not_on_it() {
        let published = |place, on, check| Published { place, on, check };
        let (portal, board) = (PublicationPlace::NationalPortal, PublicationPlace::NoticeBoard);
        let late = |publications: &[Published], today| {
            overdue(
                day(3, 1),
                publications,
                &[PublicationPlace::NationalPortal, PublicationPlace::NoticeBoard],
                today,
                5,
            )
        };
        assert_eq!(due(day(3, 1), 5), day(3, 6));
        assert!(!late(&[], day(3, 6)));
        assert!(late(&[], day(3, 7)));
        assert_eq!(due_if_announced_by(day(3, 7), 5), day(3, 1));
        let one = published(portal, day(3, 2), None);
        assert!(late(&[one], day(3, 7)));
        let both = [one, published(board, day(3, 9), Some(CheckResult::Correct))];
        assert!(!late(&both, day(3, 10)));
        // What stood there before the change was announced is the content before it.
        assert!(late(&[one, published(board, day(2, 28), None)], day(3, 10)));
        assert!(late(&[one, published(board, day(3, 2), Some(CheckResult::Outdated))], day(3, 10)));
        assert!(late(&[one, published(board, day(3, 2), Some(CheckResult::Missing))], day(3, 10)));
        assert!(!overdue(day(3, 1), &[], &[], day(12, 1), 5));
    }

    #[test]
    fn a_check_is_due_again_after_a_time() {
        assert_eq!(next_check(day(3, 1), None, 10), day(3, 11));
        assert_eq!(next_check(day(3, 1), Some(day(4, 1)), 10), day(4, 11));
    }
}
