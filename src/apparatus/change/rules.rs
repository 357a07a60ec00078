//! The rules of changes of organisations, as pure functions. The same rules are asked when a change is recorded and
//! again when it is decided: another change may have come between.

use kernel::faults::MAX_TEXT;
use kernel::faults::{code_fault, decision_faults, is_organisation_code, not_before, shown, text};
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::organisation::organisation;
use uuid::Uuid;

use super::{OrganisationChangeKind, OrganisationChangeState};
use access::Action;
use kernel::i18n::Message;
use kernel::text_enum::text_enum;
use kernel::units::OrganisationKind;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// What is decided about a change of organisations (quyết định).
    pub enum OrganisationChangeDecision {
        /// Confirm it: it is done in the same moment (xác nhận).
        Confirm = "CONFIRM",
        /// Reject it, with a reason (không xác nhận).
        Reject = "REJECT",
    }
}

/// An organisation that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Code, unique in the programme.
    pub code: String,
    /// Kind.
    pub kind: OrganisationKind,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Code of what it stands under.
    pub parent: String,
}

/// A change as it is recorded. Organisations are named by their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// Kind.
    pub kind: OrganisationChangeKind,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// From which day on it holds.
    pub effective_on: NaiveDate,
    /// What a reader should know.
    pub content: Option<String>,
    /// Those that are renamed, or end.
    pub organisations: Vec<String>,
    /// Of a merger: the one of them that goes on.
    pub into: Option<String>,
    /// Of a renaming: the new name, Vietnamese and English.
    pub name: Option<(String, String)>,
    /// Those that are made.
    pub made: Vec<Made>,
}

/// The organisations of a programme as they are stored.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// All of them, ended ones included, by code.
    pub organisations: HashMap<String, organisation::Model>,
    /// The one at the top.
    pub root_id: Uuid,
    /// The first day of the name that each renamed one has now.
    pub named_since: HashMap<Uuid, NaiveDate>,
    /// Who followed whom: predecessor and successor.
    pub successions: Vec<(Uuid, Uuid)>,
}

impl Tree {
    fn by_id(&self, id: Uuid) -> Option<&organisation::Model> {
        self.organisations.values().find(|row| row.id == id)
    }

    /// Whether one stands at or below another.
    fn is_within(&self, row: &organisation::Model, upper: Uuid) -> bool {
        let mut above = Some(row);
        // The tree has no cycle; the bound keeps a broken one from holding us up.
        for _ in 0..self.organisations.len().saturating_add(1) {
            let Some(here) = above else { return false };
            if here.id == upper {
                return true;
            }
            above = here.parent_id.and_then(|id| self.by_id(id));
        }
        false
    }

    /// Whether one came to be, by however many steps, out of another.
    fn comes_from(&self, later: Uuid, earlier: Uuid) -> bool {
        let (mut open, mut seen) = (vec![earlier], HashSet::new());
        while let Some(id) = open.pop() {
            if id == later {
                return true;
            }
            if seen.insert(id) {
                open.extend(self.successions.iter().filter(|(from, _)| *from == id).map(|(_, to)| *to));
            }
        }
        false
    }
}

const MAX_NAME: usize = 300;
/// The most organisations of one change.
const MAX_UNITS: usize = 50;

/// Which parts a kind of change has: how many are renamed or ended, how many made.
fn shape(wanted: &Wanted) -> Vec<UserError> {
    use OrganisationChangeKind::{Dissolve, Establish, Merge, Move, Rename, Split};
    let (subjects, made) = (wanted.organisations.len(), wanted.made.len());
    let mut faults = Vec::new();
    let mut want = |holds: bool, field: &str, key| {
        if !holds {
            let code = if key == "change-not-with-kind" { UserErrorCode::OutOfRange } else { UserErrorCode::Required };
            let message = Message::new(key).with("kind", wanted.kind.as_str()).with("field", field);
            faults.push(UserError::new(code, &[field], message));
        }
    };
    let kind = wanted.kind;
    match kind {
        Establish => want(subjects == 0, "organisations", "change-not-with-kind"),
        Rename | Split | Move => want(subjects == 1, "organisations", "change-wants-one"),
        Dissolve => want(subjects >= 1, "organisations", "change-wants-some"),
        Merge => want(subjects + usize::from(wanted.into.is_some()) >= 2, "organisations", "change-merge-of-two"),
    }
    if kind == Merge {
        want(subjects >= 1, "organisations", "change-wants-some");
        want(
            (wanted.into.is_some(), made) != (false, 0) && wanted.into.is_some() == (made == 0),
            "into",
            "change-merge-into",
        );
        want(made <= 1, "made", "change-wants-one");
    } else {
        want(wanted.into.is_none(), "into", "change-not-with-kind");
    }
    match kind {
        Establish => want(made >= 1, "made", "change-wants-some"),
        Split => want(made >= 2, "made", "change-split-into-two"),
        Move => want(made == 1, "made", "change-wants-one"),
        Rename | Dissolve => want(made == 0, "made", "change-not-with-kind"),
        Merge => {}
    }
    if kind == Rename {
        want(wanted.name.is_some(), "nameVi", "change-wants-name");
    } else {
        want(wanted.name.is_none(), "nameVi", "change-not-with-kind");
    }
    faults
}

/// Whether a kind of change ends those that it is about.
pub fn ends(kind: OrganisationChangeKind) -> bool {
    matches!(
        kind,
        OrganisationChangeKind::Merge
            | OrganisationChangeKind::Split
            | OrganisationChangeKind::Dissolve
            | OrganisationChangeKind::Move
    )
}

/// Checks a change against the organisations as they are: every fault at once.
pub fn check(wanted: &Wanted, tree: &Tree, today: NaiveDate) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    faults.extend(decision_faults(&wanted.decision_number, wanted.decision_date, today));
    faults.extend(not_before(&["effectiveOn"], wanted.effective_on, wanted.decision_date));
    if let Some(content) = &wanted.content {
        faults.extend(text(&["content"], content, MAX_TEXT));
    }
    if wanted.organisations.len() + wanted.made.len() > MAX_UNITS {
        let message = Message::new("too-many-codes")
            .with("max", MAX_UNITS)
            .with("given", wanted.organisations.len() + wanted.made.len());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["organisations"], message));
        return faults;
    }
    faults.extend(shape(wanted));
    if let Some((name_vi, name_en)) = &wanted.name {
        faults.extend(text(&["nameVi"], name_vi, MAX_NAME));
        faults.extend(text(&["nameEn"], name_en, MAX_NAME));
    }
    faults.extend(check_subjects(wanted, tree));
    faults.extend(check_into(wanted, tree));
    faults.extend(check_made(wanted, tree));
    faults
}

fn named(field: &[&str], code: UserErrorCode, key: &'static str, organisation: &str) -> UserError {
    UserError::new(code, field, Message::new(key).with("code", shown(organisation)))
}

/// A stored organisation must be there on the day, and nothing may have ended it yet: nothing ends twice.
fn in_force(field: &[&str], row: &organisation::Model, on: NaiveDate) -> Option<UserError> {
    if let Some(last) = row.effective_to {
        let message = Message::new("change-ended").with("code", row.code.as_str()).with("last", last.to_string());
        return Some(UserError::new(UserErrorCode::NotInForce, field, message));
    }
    (row.effective_from >= on).then(|| {
        let first = row.effective_from.to_string();
        let message = Message::new("change-not-yet").with("code", row.code.as_str()).with("first", first);
        UserError::new(UserErrorCode::NotInForce, field, message)
    })
}

fn check_subjects(wanted: &Wanted, tree: &Tree) -> Vec<UserError> {
    use UserErrorCode::{Duplicate, OutOfRange, UnknownCode};
    let mut faults = Vec::new();
    let subjects: Vec<&organisation::Model> =
        wanted.organisations.iter().filter_map(|code| tree.organisations.get(code)).collect();
    for (index, code) in wanted.organisations.iter().enumerate() {
        let place = index.to_string();
        let field: [&str; 2] = ["organisations", &place];
        let Some(row) = tree.organisations.get(code) else {
            faults.push(named(&field, UnknownCode, "change-unknown-organisation", code));
            continue;
        };
        if wanted.organisations.iter().take(index).any(|other| other == code) {
            faults.push(named(&field, Duplicate, "change-twice", code));
        }
        faults.extend(in_force(&field, row, wanted.effective_on));
        if let Some(since) = tree.named_since.get(&row.id).filter(|_| wanted.kind == OrganisationChangeKind::Rename)
            && let Some(next) = since.succ_opt()
        {
            faults.extend(not_before(&["effectiveOn"], wanted.effective_on, next));
        }
        if !ends(wanted.kind) {
            continue;
        }
        if row.id == tree.root_id {
            faults.push(named(&field, OutOfRange, "change-root-stays", code));
        }
        if row.standing_body {
            faults.push(named(&field, OutOfRange, "change-standing-body-stays", code));
        }
        let ended_too = |id| subjects.iter().any(|other| other.id == id);
        let mut left: Vec<&str> = tree
            .organisations
            .values()
            .filter(|below| below.parent_id == Some(row.id) && !ended_too(below.id))
            .filter(|below| below.effective_to.is_none_or(|last| last >= wanted.effective_on))
            .map(|below| below.code.as_str())
            .collect();
        left.sort_unstable();
        if !left.is_empty() {
            let message =
                Message::new("change-has-below").with("code", row.code.as_str()).with("below", left.join(", "));
            faults.push(UserError::new(OutOfRange, &field, message));
        }
    }
    faults
}

fn check_into(wanted: &Wanted, tree: &Tree) -> Vec<UserError> {
    let Some(code) = &wanted.into else { return Vec::new() };
    let Some(row) = tree.organisations.get(code) else {
        return vec![named(&["into"], UserErrorCode::UnknownCode, "change-unknown-organisation", code)];
    };
    let mut faults: Vec<UserError> = in_force(&["into"], row, wanted.effective_on).into_iter().collect();
    if wanted.organisations.contains(code) {
        faults.push(named(&["into"], UserErrorCode::Duplicate, "change-twice", code));
    }
    let ended = wanted.organisations.iter().filter_map(|code| tree.organisations.get(code));
    if ended.into_iter().any(|ended| ended.id != row.id && tree.comes_from(ended.id, row.id)) {
        faults.push(named(&["into"], UserErrorCode::OutOfRange, "change-cycle", code));
    }
    faults
}

fn check_made(wanted: &Wanted, tree: &Tree) -> Vec<UserError> {
    use UserErrorCode::{Duplicate, Malformed, OutOfRange, UnknownCode};
    let mut faults = Vec::new();
    for (index, made) in wanted.made.iter().enumerate() {
        let place = index.to_string();
        let field = |name: &'static str| ["made", place.as_str(), name];
        let earlier = wanted.made.iter().take(index).any(|other| other.code == made.code);
        if earlier || tree.organisations.contains_key(&made.code) {
            faults.push(named(&field("code"), Duplicate, "change-code-taken", &made.code));
        } else if !is_organisation_code(&made.code) {
            faults.push(named(&field("code"), Malformed, "change-bad-organisation-code", &made.code));
        }
        if matches!(made.kind, OrganisationKind::CityPeoplesCommittee | OrganisationKind::WardPeoplesCommittee) {
            let message = Message::new("change-bad-kind").with("kind", made.kind.as_str());
            faults.push(UserError::new(OutOfRange, &field("kind"), message));
        }
        faults.extend(text(&field("nameVi"), &made.name_vi, MAX_NAME));
        faults.extend(text(&field("nameEn"), &made.name_en, MAX_NAME));
        let Some(parent) = tree.organisations.get(&made.parent) else {
            faults.push(named(&field("parent"), UnknownCode, "change-unknown-organisation", &made.parent));
            continue;
        };
        let ended = wanted.organisations.iter().filter_map(|code| tree.organisations.get(code));
        if ends(wanted.kind) && ended.into_iter().any(|ended| tree.is_within(parent, ended.id)) {
            faults.push(named(&field("parent"), OutOfRange, "change-own-subtree", &made.parent));
        } else {
            // A parent may begin on the same day as what stands under it.
            let on = wanted.effective_on.succ_opt().unwrap_or(wanted.effective_on);
            faults.extend(in_force(&field("parent"), parent, on));
        }
    }
    faults
}

/// A name changes in place, so a renaming is confirmed on its first day at the earliest.
pub fn too_early_to_confirm(
    kind: OrganisationChangeKind,
    effective_on: NaiveDate,
    today: NaiveDate,
) -> Option<UserError> {
    (kind == OrganisationChangeKind::Rename && effective_on > today).then(|| {
        let message = Message::new("change-rename-too-early").with("first", effective_on.to_string());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(format!(">= {effective_on}"), today)
    })
}

/// A reason: required for a rejection.
pub fn check_reason(decision: OrganisationChangeDecision, reason: Option<&str>) -> Option<UserError> {
    (decision == OrganisationChangeDecision::Reject || reason.is_some())
        .then(|| text(&["reason"], reason.unwrap_or_default(), MAX_TEXT))
        .flatten()
}

/// What may be done with a change, in the order in which a screen shows it.
pub const CHANGE_ACTIONS: [Action; 2] = [Action::RecordOrganisationChange, Action::DecideOrganisationChange];

/// The states from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [OrganisationChangeState] {
    match action {
        Action::RecordOrganisationChange | Action::DecideOrganisationChange => &[OrganisationChangeState::Recorded],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(action: Action, state: OrganisationChangeState) -> Option<UserError> {
    (!from_states(action).contains(&state)).then(|| {
        let from: Vec<&str> = from_states(action).iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("change-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn row(number: u128, code: &str, parent: Option<u128>) -> organisation::Model {
        organisation::Model {
            id: Uuid::from_u128(number),
            programme_id: Some(Uuid::nil()),
            code: code.to_owned(),
            kind: "DIVISION".to_owned(),
            name_vi: code.to_owned(),
            name_en: code.to_owned(),
            search_name: String::new(),
            parent_id: parent.map(Uuid::from_u128),
            identifier_code: None,
            budget_unit_code: None,
            standing_body: code == "BODY",
            stated_in_plan: false,
            section: None,
            note: None,
            effective_from: day(1, 1),
            effective_to: (code == "GONE").then(|| day(3, 31)),
        }
    }

    /// WARD over BODY, A, B, GONE; A over A1.
    fn tree() -> Tree {
        let rows = [
            row(1, "WARD", Some(99)),
            row(2, "BODY", Some(1)),
            row(3, "A", Some(1)),
            row(4, "A1", Some(3)),
            row(5, "B", Some(1)),
            row(6, "C", Some(1)),
            row(7, "GONE", Some(1)),
        ];
        Tree {
            organisations: rows.into_iter().map(|row| (row.code.clone(), row)).collect(),
            root_id: Uuid::from_u128(1),
            ..Tree::default()
        }
    }

    fn made(code: &str, parent: &str) -> Made {
        Made {
            code: code.to_owned(),
            kind: OrganisationKind::School,
            name_vi: "Trường".to_owned(),
            name_en: "School".to_owned(),
            parent: parent.to_owned(),
        }
    }

    fn change(kind: OrganisationChangeKind, organisations: &[&str], made: &[Made]) -> Wanted {
        Wanted {
            code: "TC-2026-001".to_owned(),
            kind,
            decision_number: "12/QĐ-UBND".to_owned(),
            decision_date: day(6, 1),
            effective_on: day(7, 1),
            content: None,
            organisations: organisations.iter().map(|code| (*code).to_owned()).collect(),
            into: None,
            name: None,
            made: made.to_vec(),
        }
    }

    fn found(wanted: &Wanted) -> Vec<String> {
        printed(check(wanted, &tree(), day(6, 15)))
    }

    fn printed(faults: Vec<UserError>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{} {}", fault.message.key(), fault.field.join("."))).collect()
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn sound_changes_have_no_faults() {
        use OrganisationChangeKind::*;
        assert_eq!(found(&change(Establish, &[], &[made("NEW", "WARD"), made("NEW2", "A")])), NONE);
        assert_eq!(found(&change(Merge, &["B", "C"], &[made("BC", "WARD")])), NONE);
        let mut absorbed = change(Merge, &["B"], &[]);
        absorbed.into = Some("A".to_owned());
        assert_eq!(found(&absorbed), NONE);
        // The standing body may take others up; it only never ends.
        absorbed.into = Some("BODY".to_owned());
        assert_eq!(found(&absorbed), NONE);
        assert_eq!(found(&change(Split, &["B"], &[made("B1", "WARD"), made("B2", "A")])), NONE);
        assert_eq!(found(&change(Dissolve, &["A", "A1"], &[])), NONE);
        assert_eq!(found(&change(Move, &["A1"], &[made("B9", "B")])), NONE);
        let mut renamed = change(Rename, &["BODY"], &[]);
        renamed.name = Some(("Tên mới".to_owned(), "New name".to_owned()));
        assert_eq!(found(&renamed), NONE);
    }

    #[test]
    fn each_kind_has_its_parts() {
        use OrganisationChangeKind::*;
        assert_eq!(
            found(&change(Establish, &["B"], &[])),
            ["change-not-with-kind organisations", "change-wants-some made"]
        );
        assert_eq!(found(&change(Merge, &["B"], &[made("N1", "WARD")])), ["change-merge-of-two organisations"]);
        assert_eq!(found(&change(Merge, &["B", "C"], &[])), ["change-merge-into into"]);
        let two = [made("N1", "WARD"), made("N2", "WARD")];
        assert_eq!(found(&change(Merge, &["B", "C"], &two)), ["change-wants-one made"]);
        assert_eq!(found(&change(Split, &["B"], &two[..1])), ["change-split-into-two made"]);
        assert_eq!(found(&change(Dissolve, &[], &[])), ["change-wants-some organisations"]);
        assert_eq!(found(&change(Move, &["B", "C"], &two[..1])), ["change-wants-one organisations"]);
        assert_eq!(found(&change(Rename, &["B"], &[])), ["change-wants-name nameVi"]);
    }

    #[test]
    fn nothing_ends_twice_and_dates_are_in_order() {
        use OrganisationChangeKind::*;
        assert_eq!(found(&change(Dissolve, &["GONE"], &[])), ["change-ended organisations.0"]);
        assert_eq!(found(&change(Dissolve, &["NOBODY"], &[])), ["change-unknown-organisation organisations.0"]);
        assert_eq!(found(&change(Merge, &["B", "B"], &[made("N1", "WARD")])), ["change-twice organisations.1"]);
        let mut early = change(Dissolve, &["B"], &[]);
        (early.decision_date, early.effective_on) = (day(1, 1), day(1, 1));
        assert_eq!(found(&early), ["change-not-yet organisations.0"]);
        early.decision_date = day(1, 2);
        assert_eq!(found(&early), ["apparatus-day-too-early effectiveOn", "change-not-yet organisations.0"]);
        (early.decision_date, early.effective_on) = (day(6, 16), day(7, 1));
        assert_eq!(found(&early), ["apparatus-day-too-late decisionDate"]);
        assert_eq!(found(&change(Establish, &[], &[made("N1", "GONE")])), ["change-ended made.0.parent"]);
        let mut known = tree();
        known.named_since.insert(Uuid::from_u128(5), day(7, 1));
        let mut renamed = change(Rename, &["B"], &[]);
        renamed.name = Some(("Tên".to_owned(), "Name".to_owned()));
        assert_eq!(printed(check(&renamed, &known, day(6, 15))), ["apparatus-day-too-early effectiveOn"]);
        assert!(too_early_to_confirm(Rename, day(7, 1), day(6, 30)).is_some());
        assert!(too_early_to_confirm(Rename, day(7, 1), day(7, 1)).is_none());
        assert!(too_early_to_confirm(Dissolve, day(7, 1), day(6, 30)).is_none());
    }

    #[test]
    fn the_top_the_standing_body_and_whoever_has_units_below_stay() {
        use OrganisationChangeKind::*;
        assert_eq!(
            found(&change(Dissolve, &["WARD"], &[])),
            ["change-root-stays organisations.0", "change-has-below organisations.0"]
        );
        assert_eq!(found(&change(Dissolve, &["BODY"], &[])), ["change-standing-body-stays organisations.0"]);
        assert_eq!(
            found(&change(Merge, &["BODY", "B"], &[made("N1", "WARD")])),
            ["change-standing-body-stays organisations.0"]
        );
        assert_eq!(found(&change(Dissolve, &["A"], &[])), ["change-has-below organisations.0"]);
    }

    #[test]
    fn what_is_made_has_a_code_of_its_own_and_a_parent_that_stays() {
        use OrganisationChangeKind::*;
        assert_eq!(found(&change(Establish, &[], &[made("B", "WARD")])), ["change-code-taken made.0.code"]);
        // The code of an ended one is not given again: its records stay under it.
        assert_eq!(found(&change(Establish, &[], &[made("GONE", "WARD")])), ["change-code-taken made.0.code"]);
        assert_eq!(
            found(&change(Split, &["B"], &[made("N1", "WARD"), made("N1", "WARD")])),
            ["change-code-taken made.1.code"]
        );
        assert_eq!(found(&change(Establish, &[], &[made("b", "WARD")])), ["change-bad-organisation-code made.0.code"]);
        assert_eq!(
            found(&change(Establish, &[], &[made("N1", "CITY")])),
            ["change-unknown-organisation made.0.parent"]
        );
        assert_eq!(found(&change(Move, &["B"], &[made("N1", "B")])), ["change-own-subtree made.0.parent"]);
        let moved = found(&change(Move, &["A"], &[made("N1", "A1")]));
        assert_eq!(moved, ["change-has-below organisations.0", "change-own-subtree made.0.parent"]);
        let mut committee = made("N1", "WARD");
        committee.kind = OrganisationKind::WardPeoplesCommittee;
        committee.name_vi = "  ".to_owned();
        assert_eq!(
            found(&change(Establish, &[], &[committee])),
            ["change-bad-kind made.0.kind", "apparatus-bad-text made.0.nameVi"]
        );
    }

    #[test]
    fn nobody_is_merged_into_what_came_out_of_him() {
        let mut known = tree();
        // B came, through A, out of C; C must not take B's place again.
        known.successions = vec![(Uuid::from_u128(6), Uuid::from_u128(3)), (Uuid::from_u128(3), Uuid::from_u128(5))];
        let mut merged = change(OrganisationChangeKind::Merge, &["B"], &[]);
        merged.into = Some("C".to_owned());
        assert_eq!(printed(check(&merged, &known, day(6, 15))), ["change-cycle into"]);
        merged.into = Some("B".to_owned());
        assert_eq!(printed(check(&merged, &known, day(6, 15))), ["change-twice into"]);
    }

    #[test]
    fn the_whole_table_of_states() {
        for state in OrganisationChangeState::ALL {
            for action in CHANGE_ACTIONS {
                assert_eq!(wrong_state(action, *state).is_none(), *state == OrganisationChangeState::Recorded);
            }
        }
        assert!(check_reason(OrganisationChangeDecision::Reject, None).is_some());
        assert!(check_reason(OrganisationChangeDecision::Confirm, None).is_none());
        assert!(check_reason(OrganisationChangeDecision::Confirm, Some(" ")).is_some());
    }
}
