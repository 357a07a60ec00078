//! The rules of the dataset catalogue, as pure functions: what a dataset must say, when it may be published, and when
//! its data are due again.

mod addresses;

pub use kernel::faults::MAX_TEXT;
use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate};

pub use addresses::{email, identifier_address, media_type, telephone, web_address};

use super::{
    AccessRights, DatasetClass, DatasetFormat, DatasetLanguage, DatasetState, IntegrationTarget, UpdateFrequency,
    themes,
};
use access::Action;
use kernel::faults::{code_fault, not_before, not_later, shown, text};
use kernel::i18n::Message;
use kernel::money::MAX_EXACT;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// What is decided about a dataset that was submitted (quyết định).
    pub enum DatasetDecision {
        /// Publish it (công bố).
        Publish = "PUBLISH",
        /// Send it back with a reason (trả lại).
        Return = "RETURN",
    }
}

/// The longest title, in characters.
pub const MAX_TITLE: usize = 300;
/// The longest short text: a name, a system, an area.
pub const MAX_NAME: usize = 200;
/// The most keywords, standards or distributions.
pub const MAX_ITEMS: usize = 20;
/// The longest keyword.
const MAX_KEYWORD: usize = 64;

/// A form in which the data can be had, as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distribution {
    /// Title.
    pub title: Option<String>,
    /// File format.
    pub format: Option<DatasetFormat>,
    /// IANA media type.
    pub media_type: Option<String>,
    /// Where it can be had.
    pub access_url: String,
    /// The file itself.
    pub download_url: Option<String>,
    /// Its size in bytes.
    pub byte_size: Option<i64>,
    /// When it was issued.
    pub issued_on: Option<NaiveDate>,
    /// When it last changed.
    pub modified_on: Option<NaiveDate>,
}

/// What a dataset says of itself, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Identifier.
    pub code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: Option<String>,
    /// Vietnamese description.
    pub description_vi: String,
    /// English description.
    pub description_en: Option<String>,
    /// Code of its theme.
    pub theme: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Whom to ask.
    pub contact_name: Option<String>,
    /// His mail address.
    pub contact_email: Option<String>,
    /// His telephone number.
    pub contact_phone: Option<String>,
    /// When the data were first issued.
    pub issued_on: Option<NaiveDate>,
    /// When they last changed.
    pub modified_on: Option<NaiveDate>,
    /// How often they change.
    pub frequency: UpdateFrequency,
    /// The area.
    pub spatial: Option<String>,
    /// First day they are about.
    pub temporal_from: Option<NaiveDate>,
    /// Last day they are about.
    pub temporal_to: Option<NaiveDate>,
    /// Languages.
    pub languages: Vec<DatasetLanguage>,
    /// IRI of the licence.
    pub licence: Option<String>,
    /// Who may have them.
    pub access: AccessRights,
    /// IRIs of standards.
    pub conforms_to: Vec<String>,
    /// The document that asks for them.
    pub legal_basis: Option<String>,
    /// What they are.
    pub class: DatasetClass,
    /// Whether they hold personal data.
    pub personal_data: bool,
    /// Records that there are.
    pub records_total: Option<i64>,
    /// Of them digitised.
    pub records_digitised: Option<i64>,
    /// With what they are to be connected.
    pub integration_targets: Vec<IntegrationTarget>,
    /// Whether they are collected once and used again elsewhere.
    pub collected_once: bool,
    /// The system they are collected in.
    pub source_system: Option<String>,
    /// The forms in which they can be had.
    pub distributions: Vec<Distribution>,
}

/// Whether a secret was entered. Asked before anything else, and then nothing else is said: not even a title is kept.
pub fn secret(access: AccessRights) -> Option<UserError> {
    (access == AccessRights::Secret)
        .then(|| UserError::new(UserErrorCode::SecretRefused, &["accessRights"], Message::new("dataset-secret")))
}

/// What is wrong with how the data may be used: open data hold nothing personal, and class and access say the same.
pub fn classified(class: DatasetClass, access: AccessRights, personal_data: bool) -> Vec<UserError> {
    let mut faults = Vec::new();
    let open = access == AccessRights::Open;
    if open && personal_data {
        let message = Message::new("dataset-open-personal");
        faults.push(UserError::new(UserErrorCode::PersonalData, &["accessRights"], message));
    }
    if (class == DatasetClass::Open) != open {
        let message =
            Message::new("dataset-class-access").with("class", class.as_str()).with("access", access.as_str());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["class"], message));
    }
    faults
}

fn optional(faults: &mut Vec<UserError>, field: &[&str], given: Option<&str>, most: usize) {
    faults.extend(given.and_then(|given| text(field, given, most)));
}

fn items(faults: &mut Vec<UserError>, field: &str, given: usize) {
    if given > MAX_ITEMS {
        let message = Message::new("too-many-codes").with("max", MAX_ITEMS).with("given", given);
        faults.push(UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(MAX_ITEMS, given));
    }
}

/// What is wrong with an address, in its field.
fn malformed(field: &[&str], address: Option<Result<String, Message>>) -> Option<UserError> {
    Some(UserError::new(UserErrorCode::Malformed, field, address?.err()?))
}

fn twice(field: &[&str], given: &str) -> UserError {
    UserError::new(UserErrorCode::Duplicate, field, Message::new("dataset-twice").with("given", shown(given)))
}

/// Checks what a dataset says of itself: every fault at once.
pub fn check(given: &Description, today: NaiveDate) -> Vec<UserError> {
    if let Some(fault) = secret(given.access) {
        return vec![fault];
    }
    let mut faults: Vec<UserError> = code_fault(&["identifier"], &given.code).into_iter().collect();
    faults.extend(text(&["titleVi"], &given.title_vi, MAX_TITLE));
    optional(&mut faults, &["titleEn"], given.title_en.as_deref(), MAX_TITLE);
    faults.extend(text(&["descriptionVi"], &given.description_vi, MAX_TEXT));
    optional(&mut faults, &["descriptionEn"], given.description_en.as_deref(), MAX_TEXT);
    if themes::of(&given.theme).is_none() {
        let known: Vec<&str> = themes::all().iter().map(|theme| theme.code.as_str()).collect();
        let message = Message::new("dataset-unknown-theme").with("code", shown(&given.theme));
        let message = message.with("known", known.join(", "));
        faults.push(UserError::new(UserErrorCode::UnknownCode, &["theme"], message));
    }
    keywords(&mut faults, &given.keywords);
    contact(&mut faults, given);
    days(&mut faults, given, today);
    optional(&mut faults, &["spatial"], given.spatial.as_deref(), MAX_NAME);
    if given.languages.is_empty() {
        faults.push(UserError::new(UserErrorCode::Required, &["languages"], Message::new("dataset-no-language")));
    }
    let licence = given.licence.as_deref().map(identifier_address);
    faults.extend(malformed(&["licence"], licence));
    items(&mut faults, "conformsTo", given.conforms_to.len());
    for (index, standard) in given.conforms_to.iter().enumerate() {
        faults.extend(malformed(&["conformsTo", &index.to_string()], Some(identifier_address(standard))));
    }
    faults.extend(classified(given.class, given.access, given.personal_data));
    optional(&mut faults, &["legalBasis"], given.legal_basis.as_deref(), MAX_TEXT);
    optional(&mut faults, &["sourceSystem"], given.source_system.as_deref(), MAX_NAME);
    digitised(&mut faults, given.records_total, given.records_digitised);
    distributions(&mut faults, &given.distributions, today);
    faults
}

fn keywords(faults: &mut Vec<UserError>, given: &[String]) {
    items(faults, "keywords", given.len());
    let mut seen = BTreeSet::new();
    for (index, keyword) in given.iter().enumerate() {
        let at = index.to_string();
        let field = ["keywords", at.as_str()];
        if let Some(fault) = text(&field, keyword, MAX_KEYWORD) {
            faults.push(fault);
        } else if keyword.chars().any(char::is_control) {
            faults.push(UserError::new(UserErrorCode::Malformed, &field, Message::new("dataset-one-line")));
        } else if !seen.insert(keyword.trim().to_lowercase()) {
            faults.push(twice(&field, keyword));
        }
    }
}

fn contact(faults: &mut Vec<UserError>, given: &Description) {
    optional(faults, &["contact", "name"], given.contact_name.as_deref(), MAX_NAME);
    if let Some(given) = given.contact_email.as_deref().filter(|given| email(given).is_none()) {
        let message = Message::new("dataset-bad-email").with("given", shown(given));
        faults.push(UserError::new(UserErrorCode::Malformed, &["contact", "email"], message));
    }
    if let Some(given) = given.contact_phone.as_deref().filter(|given| telephone(given).is_none()) {
        let message = Message::new("dataset-bad-telephone").with("given", shown(given));
        faults.push(UserError::new(UserErrorCode::Malformed, &["contact", "phone"], message));
    }
}

fn days(faults: &mut Vec<UserError>, given: &Description, today: NaiveDate) {
    faults.extend(given.issued_on.and_then(|day| not_later(&["issued"], day, today)));
    faults.extend(given.modified_on.and_then(|day| not_later(&["modified"], day, today)));
    if let (Some(issued), Some(modified)) = (given.issued_on, given.modified_on) {
        faults.extend(not_before(&["modified"], modified, issued));
    }
    if let (Some(from), Some(to)) = (given.temporal_from, given.temporal_to) {
        faults.extend(not_before(&["temporalTo"], to, from));
    }
}

fn digitised(faults: &mut Vec<UserError>, total: Option<i64>, digitised: Option<i64>) {
    for (field, number, other) in [("recordsTotal", total, digitised), ("recordsDigitised", digitised, total)] {
        if number.is_none() && other.is_some() {
            faults.push(UserError::new(UserErrorCode::Required, &[field], Message::new("dataset-half-a-rate")));
        }
        if let Some(number) = number.filter(|number| !(0..=MAX_EXACT).contains(number)) {
            let message = Message::new("dataset-bad-number").with("max", MAX_EXACT);
            faults.push(UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(MAX_EXACT, number));
        }
    }
    if let (Some(total), Some(digitised)) = (total, digitised)
        && digitised > total
    {
        let message = Message::new("dataset-digitised-above-total").with("total", total);
        let fault = UserError::new(UserErrorCode::OutOfRange, &["recordsDigitised"], message);
        faults.push(fault.expecting(format!("<= {total}"), digitised));
    }
}

fn distributions(faults: &mut Vec<UserError>, given: &[Distribution], today: NaiveDate) {
    items(faults, "distributions", given.len());
    let mut seen = BTreeSet::new();
    for (index, one) in given.iter().enumerate() {
        let at = index.to_string();
        let path = |field: &'static str| ["distributions", at.as_str(), field];
        optional(faults, &path("title"), one.title.as_deref(), MAX_NAME);
        faults.extend(malformed(&path("accessUrl"), Some(web_address(&one.access_url))));
        faults.extend(malformed(&path("downloadUrl"), one.download_url.as_deref().map(web_address)));
        match one.media_type.as_deref() {
            Some(given) if media_type(given).is_none() => {
                let message = Message::new("dataset-bad-media-type").with("given", shown(given));
                faults.push(UserError::new(UserErrorCode::Malformed, &path("mediaType"), message));
            }
            None if one.format.is_none() => {
                let message = Message::new("dataset-no-format");
                faults.push(UserError::new(UserErrorCode::Required, &path("format"), message));
            }
            _ => {}
        }
        if let Some(size) = one.byte_size.filter(|size| !(0..=MAX_EXACT).contains(size)) {
            let message = Message::new("dataset-bad-number").with("max", MAX_EXACT);
            faults
                .push(UserError::new(UserErrorCode::OutOfRange, &path("byteSize"), message).expecting(MAX_EXACT, size));
        }
        faults.extend(one.issued_on.and_then(|day| not_later(&path("issued"), day, today)));
        faults.extend(one.modified_on.and_then(|day| not_later(&path("modified"), day, today)));
        if let (Some(issued), Some(modified)) = (one.issued_on, one.modified_on) {
            faults.extend(not_before(&path("modified"), modified, issued));
        }
        let place = (one.access_url.trim(), one.download_url.as_deref().map(str::trim), one.format);
        if !seen.insert(place) {
            faults.push(twice(&path("accessUrl"), &one.access_url));
        }
    }
}

/// What of a dataset decides whether it may be published.
#[derive(Debug, Clone, Copy)]
pub struct Readiness {
    /// Who may have it.
    pub access: AccessRights,
    /// Whether it has a licence.
    pub licence: bool,
    /// Whether it names whom to ask, and how to reach him.
    pub contact: bool,
    /// How many distributions it has; each has an address.
    pub distributions: usize,
}

/// What is missing of a dataset before it is signed and published: open data have a licence, an address, and somebody
/// to ask (NĐ 194/2025/NĐ-CP; not verified in the text).
pub fn unready(given: Readiness) -> Vec<UserError> {
    if given.access != AccessRights::Open {
        return Vec::new();
    }
    let wanted = [
        (given.licence, "licence", "dataset-open-licence"),
        (given.distributions > 0, "distributions", "dataset-open-distribution"),
        (given.contact, "contact", "dataset-open-contact"),
    ];
    let missing = wanted.into_iter().filter(|(there, ..)| !there);
    missing.map(|(_, field, key)| UserError::new(UserErrorCode::Required, &[field], Message::new(key))).collect()
}

/// Checks the day on which the data are said to have changed.
pub fn check_update(modified: NaiveDate, known: NaiveDate, today: NaiveDate) -> Vec<UserError> {
    not_later(&["modified"], modified, today).into_iter().chain(not_before(&["modified"], modified, known)).collect()
}

/// How long data of a frequency stay fresh; none where nothing can be expected of a calendar.
fn interval(frequency: UpdateFrequency) -> Option<Interval> {
    use UpdateFrequency as F;
    Some(match frequency {
        F::Daily => Interval::Days(1),
        F::Weekly => Interval::Days(7),
        F::Biweekly => Interval::Days(14),
        F::Monthly => Interval::Months(1),
        F::Bimonthly => Interval::Months(2),
        F::Quarterly => Interval::Months(3),
        F::Semiannual => Interval::Months(6),
        F::Annual => Interval::Months(12),
        F::Biennial => Interval::Months(24),
        F::Triennial => Interval::Months(36),
        F::Continuous | F::Irregular | F::Never => return None,
    })
}

#[derive(Debug, Clone, Copy)]
enum Interval {
    Days(u64),
    Months(u32),
}

impl Interval {
    fn after(self, day: NaiveDate) -> NaiveDate {
        let later = match self {
            Interval::Days(days) => day.checked_add_days(Days::new(days)),
            Interval::Months(months) => day.checked_add_months(Months::new(months)),
        };
        later.unwrap_or(NaiveDate::MAX)
    }

    fn before(self, day: NaiveDate) -> NaiveDate {
        let earlier = match self {
            Interval::Days(days) => day.checked_sub_days(Days::new(days)),
            Interval::Months(months) => day.checked_sub_months(Months::new(months)),
        };
        earlier.unwrap_or(NaiveDate::MIN)
    }
}

/// Until when the data must change again: by their frequency, and open data by so many months at the latest (the
/// parameter OPEN_DATA_UPDATE_MONTHS). None where nothing is due: a closed series, or data that nobody can expect.
pub fn update_due(modified: NaiveDate, frequency: UpdateFrequency, open: bool, months: u32) -> Option<NaiveDate> {
    if frequency == UpdateFrequency::Never {
        return None;
    }
    let by_frequency = interval(frequency).map(|interval| interval.after(modified));
    let by_law = open.then(|| Interval::Months(months).after(modified));
    by_frequency.into_iter().chain(by_law).min()
}

/// The first day of change that is not overdue on a day; the other side of [`update_due`], for asking the database. None
/// where nothing is ever due.
pub fn fresh_since(day: NaiveDate, frequency: UpdateFrequency, open: bool, months: u32) -> Option<NaiveDate> {
    update_due(day, frequency, open, months)?;
    let intervals = interval(frequency).into_iter().chain(open.then_some(Interval::Months(months)));
    let mut first = intervals.map(|interval| interval.before(day)).max()?;
    // Months are of different lengths: 31 January and 28 February are both a month before 28 February's next.
    while update_due(first, frequency, open, months).is_some_and(|due| due < day)
        && let Some(next) = first.succ_opt()
    {
        first = next;
    }
    Some(first)
}

/// Until when the list of open data must be reviewed: so many months (the parameter OPEN_DATA_REVIEW_MONTHS) after the
/// last review, or after the first open dataset was published; none while there is none.
pub fn review_due(last: Option<NaiveDate>, first_published: Option<NaiveDate>, months: u32) -> Option<NaiveDate> {
    first_published.map(|published| Interval::Months(months).after(last.unwrap_or(published)))
}

/// What may be done with an edition of a dataset, in the order in which a screen shows it.
pub const DATASET_ACTIONS: [Action; 4] =
    [Action::SaveDataset, Action::SubmitDataset, Action::DecideDataset, Action::WithdrawDataset];

/// The states from which an action may be taken; none for other actions. Saving from PUBLISHED begins the next edition,
/// or records that the data changed.
pub fn from_states(action: Action) -> &'static [DatasetState] {
    use DatasetState::{Draft, Published, Returned, Submitted, Superseded, Withdrawn};
    match action {
        Action::SaveDataset => &[Draft, Returned, Published, Superseded, Withdrawn],
        Action::SubmitDataset => &[Draft, Returned],
        Action::DecideDataset => &[Submitted],
        Action::WithdrawDataset => &[Draft, Submitted, Returned, Published],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(from: &[DatasetState], state: DatasetState) -> Option<UserError> {
    (!from.contains(&state)).then(|| {
        let from: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("dataset-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

#[cfg(test)]
mod tests;
