//! The versions of one procedure through time: what is given is laid over what is stored, and what follows from
//! it (the last day in force, the day of announcement) is worked out. Pure.
//!
//! A version without an end of its own ends the day before the next one begins. An end that was given and
//! reaches into the next version is an overlap, and refused.

use std::collections::HashSet;

use async_graphql::MaybeUndefined;
use chrono::NaiveDate;

use super::input::{Given, ProcedureInput};
use super::rules::{self, AccessChannels, At, ChangeKind, Content};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A version of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// First day in force, or out of force.
    pub effective_from: NaiveDate,
    /// Last day in force as it was given.
    pub ends_on: Option<NaiveDate>,
    /// What it is.
    pub kind: ChangeKind,
    /// The announcing decision.
    pub decision: Option<(String, NaiveDate)>,
    /// Code of what takes its place.
    pub replaced_by: Option<String>,
    /// What it says.
    pub content: Content,
}

/// What follows from a version's place among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The day of the last announcement.
    pub announced_on: NaiveDate,
    /// Last day in force.
    pub effective_to: Option<NaiveDate>,
    /// First day on which readers are shown it.
    pub shown_from: NaiveDate,
    /// Last such day.
    pub shown_to: NaiveDate,
}

/// The first day of all: the first version is shown for the days before it, too.
pub const FIRST_DAY: NaiveDate = day(1, 1, 1);
/// The last day of all.
pub const LAST_DAY: NaiveDate = day(9999, 12, 31);

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// The days that an announcement or a version may name: those of this state, and not far ahead.
const DAYS: (NaiveDate, NaiveDate) = (day(1945, 9, 2), day(2100, 12, 31));

/// What came of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It said what stands there.
    None,
    /// It began a version.
    Begun,
    /// It corrected one.
    Corrected,
}

/// A version with its place, and whether it was stored: its place in the stored list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The version.
    pub version: Version,
    /// What follows for it.
    pub place: Place,
    /// Which stored version it was; none for a new one.
    pub stored: Option<usize>,
}

/// All versions of a procedure, and what came of each line: its place in the list, and its change.
pub type Laid = (Vec<Placed>, Vec<(usize, Change)>);

/// Lays the lines of one procedure over its stored versions, which come in order of their first days. Answers
/// all its versions and what came of each line, in the lines' order; or every fault of every line.
pub fn lay(stored: &[Version], lines: &[(usize, &Given)]) -> Result<Laid, Vec<UserError>> {
    let mut versions: Vec<(Version, Option<usize>, Option<At<'_>>)> =
        stored.iter().enumerate().map(|(index, version)| (version.clone(), Some(index), None)).collect();
    let mut faults = Vec::new();
    let mut changes = Vec::with_capacity(lines.len());
    let mut days = HashSet::new();
    let mut in_order: Vec<&(usize, &Given)> = lines.iter().collect();
    in_order.sort_by_key(|(_, given)| given.input.effective_from);
    for (index, given) in in_order {
        let input = &given.input;
        let at = At { index: *index, line: given.line, code: &input.code };
        if !days.insert(input.effective_from) {
            faults.push(at.fault(UserErrorCode::Duplicate, "code", Message::new("procedure-duplicate")));
            continue;
        }
        let position = versions.partition_point(|(version, ..)| version.effective_from < input.effective_from);
        let same = versions.get(position).filter(|(version, ..)| version.effective_from == input.effective_from);
        let before = position.checked_sub(1).and_then(|before| versions.get(before));
        let same_day = same.is_some();
        let version = match merged(&at, input, same.or(before).map(|(version, ..)| version), same_day) {
            Ok(version) => version,
            Err(found) => {
                faults.extend(found);
                continue;
            }
        };
        faults.extend(check(&at, &version));
        match versions.get_mut(position).filter(|_| same_day) {
            Some(slot) => {
                changes.push((*index, if slot.0 == version { Change::None } else { Change::Corrected }));
                *slot = (version, slot.1, Some(at));
            }
            None => {
                changes.push((*index, Change::Begun));
                versions.insert(position, (version, None, Some(at)));
            }
        }
    }
    faults.extend(check_order(&versions));
    if !faults.is_empty() {
        return Err(faults);
    }
    let (stored_at, versions): (Vec<Option<usize>>, Vec<Version>) =
        versions.into_iter().map(|(version, stored, _)| (stored, version)).unzip();
    let places = places(&versions);
    let placed = versions
        .into_iter()
        .zip(places)
        .zip(stored_at)
        .map(|((version, place), stored)| Placed { version, place, stored })
        .collect();
    Ok((placed, changes))
}

/// The versions that are left when one is taken away, each with its new place; or the message's key of why it
/// can't go.
pub fn without(stored: &[Version], index: usize) -> Result<Vec<Placed>, &'static str> {
    let left: Vec<(usize, &Version)> = stored.iter().enumerate().filter(|(other, _)| *other != index).collect();
    let mut ended = true;
    if left.is_empty() {
        return Err("procedure-last-version");
    }
    for (number, (_, version)) in left.iter().enumerate() {
        // The first may be anything but an end; after an end only what is new.
        if ended && (version.kind.ends() || (number > 0 && version.kind != ChangeKind::New)) {
            return Err("procedure-others-rest-on-it");
        }
        ended = version.kind.ends();
    }
    let versions: Vec<Version> = left.iter().map(|(_, version)| (*version).clone()).collect();
    let places = places(&versions);
    let stored = left.into_iter().map(|(index, _)| Some(index));
    Ok(versions
        .into_iter()
        .zip(places)
        .zip(stored)
        .map(|((version, place), stored)| Placed { version, place, stored })
        .collect())
}

/// What follows for each version from its place among the others, which come in order.
pub fn places(versions: &[Version]) -> Vec<Place> {
    let mut announced = FIRST_DAY;
    versions
        .iter()
        .enumerate()
        .map(|(index, version)| {
            let next = versions.get(index + 1).map(|next| next.effective_from);
            let until_next = next.and_then(|next| next.pred_opt());
            if version.kind != ChangeKind::Updated || index == 0 {
                announced = version.decision.as_ref().map_or(version.effective_from, |(_, day)| *day);
            }
            Place {
                announced_on: announced,
                effective_to: match (version.ends_on, until_next) {
                    // What is out of force has no last day in force.
                    _ if version.kind.ends() => None,
                    (Some(given), Some(next)) => Some(given.min(next)),
                    (given, next) => given.or(next),
                },
                shown_from: if index == 0 { FIRST_DAY } else { version.effective_from },
                shown_to: until_next.unwrap_or(LAST_DAY),
            }
        })
        .collect()
}

/// The version that a line describes, laid over the one that it corrects or follows; or what is missing.
fn merged(at: &At<'_>, input: &ProcedureInput, base: Option<&Version>, same: bool) -> Result<Version, Vec<UserError>> {
    if base.is_none() && input.change_kind.is_some_and(ChangeKind::ends) {
        // Most often a mistyped code: what a new procedure needs would only mislead.
        return Err(vec![at.fault(UserErrorCode::UnknownCode, "code", Message::new("procedure-nothing-to-end"))]);
    }
    let mut missing = Vec::new();
    let content = base.map(|version| &version.content);
    macro_rules! needed {
        ($field:ident, $name:literal) => {
            match (&input.$field, content) {
                (Some(value), _) => Some(value.clone()),
                (None, Some(content)) => Some(content.$field.clone()),
                (None, None) => {
                    let message = Message::new("procedure-required").with("field", $name);
                    missing.push(at.fault(UserErrorCode::Required, $name, message));
                    None
                }
            }
        };
    }
    macro_rules! optional {
        ($field:ident) => {
            match input.$field {
                MaybeUndefined::Value(value) => Some(value),
                MaybeUndefined::Null => None,
                MaybeUndefined::Undefined => content.and_then(|content| content.$field),
            }
        };
    }
    macro_rules! or_default {
        ($field:ident) => {
            input.$field.clone().or_else(|| content.map(|content| content.$field.clone())).unwrap_or_default()
        };
    }
    let name = needed!(name, "name");
    let field_code = needed!(field_code, "fieldCode");
    let field_name = needed!(field_name, "fieldName");
    let field_group = needed!(field_group, "fieldGroup");
    let level = needed!(level, "level");
    let audience = needed!(audience, "audience");
    let online_level = needed!(online_level, "onlineLevel");
    let has_financial_obligation = needed!(has_financial_obligation, "hasFinancialObligation");
    let online_payment_enabled = needed!(online_payment_enabled, "onlinePaymentEnabled");
    let online_eligible = needed!(online_eligible, "onlineEligible");
    let online_provided = needed!(online_provided, "onlineProvided");
    let integrated_on_national_portal = needed!(integrated_on_national_portal, "integratedOnNationalPortal");
    let payable_on_national_portal = needed!(payable_on_national_portal, "payableOnNationalPortal");
    let access_channels = match (&input.access_channels, content) {
        (Some(channels), _) => AccessChannels::of(channels),
        (None, Some(content)) => content.access_channels,
        (None, None) => AccessChannels::default(),
    };
    let content = (|| {
        Some(Content {
            name: name?,
            field_code: field_code?,
            field_name: field_name?,
            field_group: field_group?,
            level: level?,
            audience: audience?,
            online_level: online_level?,
            has_financial_obligation: has_financial_obligation?,
            online_payment_enabled: online_payment_enabled?,
            online_eligible: online_eligible?,
            online_provided: online_provided?,
            integrated_on_national_portal: integrated_on_national_portal?,
            payable_on_national_portal: payable_on_national_portal?,
            inter_agency: or_default!(inter_agency),
            access_channels,
            statutory_limit: optional!(statutory_limit),
            committed_limit: optional!(committed_limit),
            fees: or_default!(fees),
            components: or_default!(components),
        })
    })();
    let Some(content) = content else { return Err(missing) };
    let corrected = base.filter(|_| same);
    let kind = input.change_kind.unwrap_or(match (corrected, base) {
        (Some(corrected), _) => corrected.kind,
        (None, Some(_)) => ChangeKind::Updated,
        (None, None) => ChangeKind::New,
    });
    let stored = corrected.and_then(|corrected| corrected.decision.clone());
    let number = given_or(&input.decision_number, || stored.as_ref().map(|(number, _)| number.clone()));
    let date = given_or(&input.decision_date, || stored.as_ref().map(|(_, date)| *date));
    let replaced_by = given_or(&input.replaced_by, || {
        // Of what is no longer said to be replaced, nothing takes the place.
        corrected.filter(|_| kind == ChangeKind::Replaced).and_then(|corrected| corrected.replaced_by.clone())
    });
    let decision = match (number, date) {
        (Some(number), Some(date)) => Some((number, date)),
        (None, None) => None,
        (number, _) => {
            let field = if number.is_some() { "decisionDate" } else { "decisionNumber" };
            let message = Message::new("procedure-half-a-decision").with("field", field);
            return Err(vec![at.fault(UserErrorCode::Required, field, message)]);
        }
    };
    Ok(Version {
        effective_from: input.effective_from,
        ends_on: match input.effective_to {
            MaybeUndefined::Value(day) => Some(day),
            MaybeUndefined::Null => None,
            MaybeUndefined::Undefined => corrected.and_then(|corrected| corrected.ends_on),
        },
        kind,
        decision,
        replaced_by,
        content,
    })
}

/// What was given, nothing where it was taken away, or else what stood there.
fn given_or<T: Clone>(given: &MaybeUndefined<T>, stood: impl FnOnce() -> Option<T>) -> Option<T> {
    match given {
        MaybeUndefined::Value(value) => Some(value.clone()),
        MaybeUndefined::Null => None,
        MaybeUndefined::Undefined => stood(),
    }
}

/// Checks one version by itself.
fn check(at: &At<'_>, version: &Version) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut fault = |code, field, key| faults.push(at.fault(code, field, Message::new(key)));
    if !rules::is_code(at.code) {
        fault(UserErrorCode::Malformed, "code", "procedure-bad-code");
    }
    let possible = |day: NaiveDate| (DAYS.0..=DAYS.1).contains(&day);
    if !possible(version.effective_from) {
        fault(UserErrorCode::OutOfRange, "effectiveFrom", "procedure-impossible-day");
    }
    match version.ends_on {
        Some(last) if last < version.effective_from => {
            fault(UserErrorCode::OutOfRange, "effectiveTo", "procedure-ends-before-it-begins");
        }
        Some(_) if version.kind.ends() => {
            fault(UserErrorCode::OutOfRange, "effectiveTo", "procedure-ended-has-no-end");
        }
        Some(last) if !possible(last) => fault(UserErrorCode::OutOfRange, "effectiveTo", "procedure-impossible-day"),
        _ => {}
    }
    match &version.decision {
        Some((number, _)) if number.trim().is_empty() || number.chars().count() > 64 => {
            fault(UserErrorCode::OutOfRange, "decisionNumber", "procedure-bad-decision");
        }
        Some((_, date)) if !possible(*date) => {
            fault(UserErrorCode::OutOfRange, "decisionDate", "procedure-impossible-day");
        }
        None if version.kind.needs_decision() => {
            fault(UserErrorCode::Required, "decisionNumber", "procedure-decision-required");
        }
        _ => {}
    }
    match &version.replaced_by {
        None if version.kind == ChangeKind::Replaced => {
            fault(UserErrorCode::Required, "replacedBy", "procedure-replaced-by-required");
        }
        Some(_) if version.kind != ChangeKind::Replaced => {
            fault(UserErrorCode::OutOfRange, "replacedBy", "procedure-replaced-by-not-here");
        }
        Some(code) if code == at.code || !rules::is_code(code) => {
            fault(UserErrorCode::Malformed, "replacedBy", "procedure-replaced-by-bad");
        }
        _ => {}
    }
    faults.extend(rules::check(at, &version.content));
    faults
}

/// Checks each version against the one before it. What was stored alone has no line and was checked before.
fn check_order(versions: &[(Version, Option<usize>, Option<At<'_>>)]) -> Vec<UserError> {
    let mut faults = Vec::new();
    for (index, (version, _, at)) in versions.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &versions[before]);
        // A fault between a new version and a stored one is told at the line that was given.
        let Some(at) = at.or_else(|| before.and_then(|(_, _, at)| *at)) else { continue };
        let Some((before, ..)) = before else {
            if version.kind.ends() {
                faults.push(at.fault(
                    UserErrorCode::WrongState,
                    "changeKind",
                    Message::new("procedure-nothing-to-end"),
                ));
            }
            continue;
        };
        if let Some(last) = before.ends_on.filter(|last| *last >= version.effective_from) {
            let message = Message::new("procedure-overlap")
                .with("from", version.effective_from.to_string())
                .with("last", last.to_string());
            faults.push(at.fault(UserErrorCode::Overlap, "effectiveFrom", message));
        }
        if before.kind.ends() && version.kind != ChangeKind::New {
            let message = Message::new("procedure-ended-before").with("from", before.effective_from.to_string());
            faults.push(at.fault(UserErrorCode::WrongState, "changeKind", message));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::rules::{Audience, FieldGroup, Level, LimitUnit, OnlineLevel, TimeLimit};
    use super::*;

    fn full(from: &str) -> ProcedureInput {
        ProcedureInput {
            code: "1.001193".to_owned(),
            effective_from: from.parse().unwrap(),
            name: Some("Đăng ký khai sinh".to_owned()),
            field_code: Some("HOTICH".to_owned()),
            field_name: Some("Hộ tịch".to_owned()),
            field_group: Some(FieldGroup::Other),
            level: Some(Level::Commune),
            audience: Some(Audience::Citizen),
            online_level: Some(OnlineLevel::Full),
            has_financial_obligation: Some(true),
            online_payment_enabled: Some(true),
            online_eligible: Some(true),
            online_provided: Some(true),
            integrated_on_national_portal: Some(true),
            payable_on_national_portal: Some(true),
            ..ProcedureInput::default()
        }
    }

    fn partial(from: &str) -> ProcedureInput {
        ProcedureInput { code: "1.001193".to_owned(), effective_from: from.parse().unwrap(), ..Default::default() }
    }

    fn abolished(from: &str) -> ProcedureInput {
        ProcedureInput {
            change_kind: Some(ChangeKind::Abolished),
            decision_number: MaybeUndefined::Value("12/QĐ-UBND".to_owned()),
            decision_date: MaybeUndefined::Value("2026-04-20".parse().unwrap()),
            ..partial(from)
        }
    }

    type LaidAll = Result<(Vec<Placed>, Vec<Change>), Vec<(UserErrorCode, String)>>;

    fn lay_all(stored: &[Version], inputs: Vec<ProcedureInput>) -> LaidAll {
        let given: Vec<Given> = inputs.into_iter().zip(1..).map(|(input, line)| Given { line, input }).collect();
        let lines: Vec<(usize, &Given)> = given.iter().enumerate().collect();
        match lay(stored, &lines) {
            Ok((placed, changes)) => Ok((placed, changes.into_iter().map(|(_, change)| change).collect())),
            Err(faults) => Err(faults.into_iter().map(|fault| (fault.code, fault.field[2].clone())).collect()),
        }
    }

    fn stored(placed: &[Placed]) -> Vec<Version> {
        placed.iter().map(|placed| placed.version.clone()).collect()
    }

    fn last_days(placed: &[Placed]) -> Vec<String> {
        placed
            .iter()
            .map(|placed| placed.place.effective_to.map_or_else(|| "-".to_owned(), |day| day.to_string()))
            .collect()
    }

    #[test]
    fn the_next_version_ends_the_one_before_and_a_repeat_changes_nothing() {
        let (placed, changes) = lay_all(&[], vec![full("2025-07-01")]).unwrap();
        assert_eq!((changes, last_days(&placed)), (vec![Change::Begun], vec!["-".to_owned()]));
        let offline = ProcedureInput {
            online_provided: Some(false),
            integrated_on_national_portal: Some(false),
            ..partial("2026-03-01")
        };
        let (placed, changes) = lay_all(&stored(&placed), vec![offline.clone()]).unwrap();
        assert_eq!((changes, last_days(&placed)), (vec![Change::Begun], vec!["2026-02-28".to_owned(), "-".to_owned()]));
        let second = &placed[1].version;
        assert_eq!((second.kind, second.content.online_provided), (ChangeKind::Updated, false));
        assert_eq!(second.content.name, "Đăng ký khai sinh");
        // What was only updated was announced when the one before was.
        assert_eq!(placed[1].place.announced_on, placed[0].version.effective_from);
        let (again, changes) = lay_all(&stored(&placed), vec![full("2025-07-01"), offline]).unwrap();
        assert_eq!(changes, [Change::None, Change::None]);
        assert_eq!(stored(&again), stored(&placed));
        assert_eq!(placed[0].place.shown_from, FIRST_DAY);
        assert_eq!(placed[1].place.shown_to, LAST_DAY);
    }

    #[test]
    fn abolishing_needs_a_decision_and_something_to_end() {
        let (first, _) = lay_all(&[], vec![full("2025-07-01")]).unwrap();
        let (placed, _) = lay_all(&stored(&first), vec![abolished("2026-05-01")]).unwrap();
        assert_eq!(last_days(&placed), ["2026-04-30", "-"]);
        assert_eq!(placed[1].place.announced_on.to_string(), "2026-04-20");
        let bare = ProcedureInput { change_kind: Some(ChangeKind::Abolished), ..partial("2026-05-01") };
        assert_eq!(
            lay_all(&stored(&first), vec![bare]),
            Err(vec![(UserErrorCode::Required, "decisionNumber".to_owned())])
        );
        let first_of_all = ProcedureInput { change_kind: Some(ChangeKind::Abolished), ..full("2026-05-01") };
        let decided = ProcedureInput {
            decision_number: MaybeUndefined::Value("1".to_owned()),
            decision_date: MaybeUndefined::Value("2026-04-20".parse().unwrap()),
            ..first_of_all
        };
        assert_eq!(lay_all(&[], vec![decided]), Err(vec![(UserErrorCode::UnknownCode, "code".to_owned())]));
        // After its end only a new announcement brings it back.
        let later = stored(&placed);
        assert_eq!(
            lay_all(&later, vec![partial("2026-08-01")]),
            Err(vec![(UserErrorCode::WrongState, "changeKind".to_owned())])
        );
        let again = ProcedureInput { change_kind: Some(ChangeKind::New), ..partial("2026-08-01") };
        assert!(lay_all(&later, vec![again]).is_ok());
    }

    #[test]
    fn a_version_goes_unless_others_rest_on_it() {
        let (first, _) = lay_all(&[], vec![full("2025-07-01")]).unwrap();
        assert_eq!(without(&stored(&first), 0), Err("procedure-last-version"));
        let (ended, _) = lay_all(&stored(&first), vec![abolished("2026-05-01")]).unwrap();
        assert_eq!(without(&stored(&ended), 0), Err("procedure-others-rest-on-it"));
        let left = without(&stored(&ended), 1).unwrap();
        assert_eq!((last_days(&left), left[0].stored), (vec!["-".to_owned()], Some(0)));
        let again = ProcedureInput { change_kind: Some(ChangeKind::New), ..partial("2026-08-01") };
        let (back, _) = lay_all(&stored(&ended), vec![again]).unwrap();
        assert!(without(&stored(&back), 1).is_ok());
    }

    #[test]
    fn overlaps_are_refused_and_a_gap_is_not() {
        let ending =
            |from, to: &str| ProcedureInput { effective_to: MaybeUndefined::Value(to.parse().unwrap()), ..full(from) };
        let overlap = Err(vec![(UserErrorCode::Overlap, "effectiveFrom".to_owned())]);
        assert_eq!(lay_all(&[], vec![ending("2025-07-01", "2026-06-30"), full("2026-06-30")]), overlap);
        assert!(lay_all(&[], vec![ending("2025-07-01", "2026-06-30"), full("2026-07-01")]).is_ok());
        assert!(lay_all(&[], vec![ending("2025-07-01", "2026-06-30"), full("2026-09-01")]).is_ok());
        // Against what is stored too, whichever of the two was given.
        let (placed, _) = lay_all(&[], vec![full("2026-07-01")]).unwrap();
        assert_eq!(lay_all(&stored(&placed), vec![ending("2025-07-01", "2026-07-01")]), overlap);
        assert_eq!(
            lay_all(&[], vec![full("2026-07-01"), full("2026-07-01")]),
            Err(vec![(UserErrorCode::Duplicate, "code".to_owned())])
        );
    }

    #[test]
    fn a_new_procedure_needs_everything_and_all_is_named() {
        let Err(faults) = lay_all(&[], vec![partial("2026-01-01")]) else { panic!("taken") };
        assert_eq!(faults.len(), 13);
        assert!(faults.iter().all(|(code, _)| *code == UserErrorCode::Required));
        let replaced_by = MaybeUndefined::Value("x".to_owned());
        let wrong = ProcedureInput { code: "85%".to_owned(), replaced_by, ..full("0001-01-01") };
        let Err(faults) = lay_all(&[], vec![wrong]) else { panic!("taken") };
        let fields: Vec<&str> = faults.iter().map(|(_, field)| field.as_str()).collect();
        assert_eq!(fields, ["code", "effectiveFrom", "replacedBy"]);
    }

    #[test]
    fn null_takes_away_what_may_be_missing() {
        let (first, _) = lay_all(&[], vec![full("2025-07-01")]).unwrap();
        let replaced = ProcedureInput {
            change_kind: Some(ChangeKind::Replaced),
            replaced_by: MaybeUndefined::Value("1.000894".to_owned()),
            ..abolished("2026-05-01")
        };
        let (placed, _) = lay_all(&stored(&first), vec![replaced]).unwrap();
        // Corrected into an abolition, nothing takes its place any more.
        let (corrected, _) = lay_all(&stored(&placed), vec![abolished("2026-05-01")]).unwrap();
        assert_eq!((corrected[1].version.kind, &corrected[1].version.replaced_by), (ChangeKind::Abolished, &None));
        let limit = |limit| ProcedureInput { statutory_limit: limit, ..partial("2025-07-01") };
        let ten = TimeLimit { value: 10, unit: LimitUnit::WorkingDay };
        let (limited, _) = lay_all(&stored(&first), vec![limit(MaybeUndefined::Value(ten))]).unwrap();
        let (kept, _) = lay_all(&stored(&limited), vec![limit(MaybeUndefined::Undefined)]).unwrap();
        assert_eq!(kept[0].version.content.statutory_limit, Some(ten));
        let (taken, _) = lay_all(&stored(&limited), vec![limit(MaybeUndefined::Null)]).unwrap();
        assert_eq!(taken[0].version.content.statutory_limit, None);
    }

    #[test]
    fn an_end_is_taken_away_by_null_alone() {
        let ending =
            ProcedureInput { effective_to: MaybeUndefined::Value("2026-06-30".parse().unwrap()), ..full("2025-07-01") };
        let (placed, _) = lay_all(&[], vec![ending]).unwrap();
        let (kept, changes) = lay_all(&stored(&placed), vec![partial("2025-07-01")]).unwrap();
        assert_eq!((changes, last_days(&kept)), (vec![Change::None], vec!["2026-06-30".to_owned()]));
        let open = ProcedureInput { effective_to: MaybeUndefined::Null, ..partial("2025-07-01") };
        let (opened, changes) = lay_all(&stored(&placed), vec![open]).unwrap();
        assert_eq!((changes, last_days(&opened)), (vec![Change::Corrected], vec!["-".to_owned()]));
    }
}
