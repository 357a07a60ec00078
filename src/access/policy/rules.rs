//! What a line of the table says, and the table that is installed.

use std::sync::OnceLock;

use super::Action;
use crate::role::Role;
use kernel::form::{FormCode, State};
use kernel::text_enum::text_enum;

text_enum! {
    /// How the organisation of a grant must stand to the organisation of a record.
    pub enum Relation {
        /// The same organisation.
        Own = "OWN",
        /// The same organisation or one below it.
        Within = "WITHIN",
        /// Within, but not the standing body's own records: those are the Chair's to accept.
        WithinExceptStandingBody = "WITHIN_EXCEPT_STANDING_BODY",
        /// Within, and only the standing body's own records.
        StandingBodyWithin = "STANDING_BODY_WITHIN",
        /// Within, but not of a unit in which the caller is head or officer: those are the Chair's to accept.
        WithinExceptOwnUnit = "WITHIN_EXCEPT_OWN_UNIT",
    }
}

/// Of which forms a line of the table speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// Every form, and what is no form.
    Every,
    /// These forms alone.
    Only(&'static [FormCode]),
    /// Every form but these, and what is no form.
    Except(&'static [FormCode]),
}

impl Covers {
    /// Whether a line that speaks of these forms speaks of one; none for what is no form.
    pub fn includes(self, form: Option<FormCode>) -> bool {
        match self {
            Covers::Every => true,
            Covers::Only(forms) => form.is_some_and(|form| forms.contains(&form)),
            Covers::Except(forms) => form.is_none_or(|form| !forms.contains(&form)),
        }
    }
}

/// A line of the table for writing, and for reading what is no record of a register or form.
#[derive(Debug, Clone, Copy)]
pub struct WriteRule {
    /// Stands in the journal beside every decision it made.
    pub id: &'static str,
    /// Who.
    pub role: Role,
    /// May do what.
    pub action: Action,
    /// Where.
    pub relation: Relation,
    /// Of which forms.
    pub forms: Covers,
}

/// A line of the table for reading submissions.
#[derive(Debug, Clone, Copy)]
pub struct ReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who.
    pub role: Role,
    /// May read submissions of which organisations.
    pub relation: Relation,
    /// Of which forms; all when empty.
    pub forms: &'static [FormCode],
    /// Whether confidential forms are among them: those of which `data/forms` says so.
    pub confidential: bool,
    /// In which states; all when empty.
    pub states: &'static [State],
}

/// A [`ReadRule`].
pub const fn read(
    id: &'static str,
    role: Role,
    relation: Relation,
    forms: &'static [FormCode],
    confidential: bool,
    states: &'static [State],
) -> ReadRule {
    ReadRule { id, role, relation, forms, confidential, states }
}

/// A line of the table for reading a register whose records go from state to state.
#[derive(Debug, Clone, Copy)]
pub struct RegisterReadRule<S: 'static> {
    /// Its name.
    pub id: &'static str,
    /// Who; empty for everybody with a grant that reaches the programme.
    pub roles: &'static [Role],
    /// May read records of which organisations.
    pub relation: Relation,
    /// In which states; all when empty.
    pub states: &'static [S],
}

/// A [`WriteRule`] of every form, and of what is no form.
pub const fn write(id: &'static str, role: Role, action: Action, relation: Relation) -> WriteRule {
    WriteRule { id, role, action, relation, forms: Covers::Every }
}

/// A [`WriteRule`] of some forms.
pub const fn of_forms(id: &'static str, role: Role, action: Action, relation: Relation, forms: Covers) -> WriteRule {
    WriteRule { id, role, action, relation, forms }
}

/// A [`RegisterReadRule`].
pub const fn register<S>(
    id: &'static str,
    roles: &'static [Role],
    relation: Relation,
    states: &'static [S],
) -> RegisterReadRule<S> {
    RegisterReadRule { id, roles, relation, states }
}

/// Whose a unit's own records are to read.
pub const UNITS_OWN: &[Role] = &[Role::UnitOfficer, Role::UnitHead, Role::PublicServiceCentre];
/// Who appraises and decides about public finance, or helps to (plan V.2.a, V.2.b).
pub const APPRAISERS: &[Role] = &[Role::FinanceDept, Role::StandingBody, Role::Chair];
/// Who looks on.
pub const SUPERVISORS: &[Role] = &[Role::Oversight, Role::UpperLevel];

/// What the policy says, as it was put together from what the features say.
pub struct Table {
    /// Who may write what. Beside these lines one rule holds for all: whoever wrote in a record never accepts or decides
    /// it (domain facts 1.4).
    pub writes: &'static [&'static [WriteRule]],
    /// What whoever wrote in a record never does with it.
    pub never_by_author: &'static [&'static [Action]],
    /// Who may read which submissions.
    pub submissions: &'static [ReadRule],
    /// What is asked about the unit that leads a task of the plan, and the section of that task.
    pub asked_of_lead: &'static [(Action, &'static str)],
}

/// Says no to everything: what holds until a table is installed.
static NOTHING: Table = Table { writes: &[], never_by_author: &[], submissions: &[], asked_of_lead: &[] };
static TABLE: OnceLock<&'static Table> = OnceLock::new();

/// Installs the table: the first thing that a program does. A second time changes nothing.
pub fn install(table: &'static Table) {
    TABLE.get_or_init(|| table);
}

/// The table; until one is installed, one that says no to everything.
pub fn table() -> &'static Table {
    TABLE.get().copied().unwrap_or(&NOTHING)
}

impl Table {
    /// The lines for writing, in their order.
    pub fn write_rules(&self) -> impl Iterator<Item = &'static WriteRule> + use<> {
        self.writes.iter().copied().flatten()
    }

    /// Whether whoever wrote in a record never does this with it.
    pub fn is_never_by_author(&self, action: Action) -> bool {
        self.never_by_author.iter().copied().flatten().any(|never| *never == action)
    }
}

/// The roles that may do something somewhere.
pub fn roles_for(action: Action) -> Vec<Role> {
    roles_of(table().write_rules().filter(|rule| rule.action == action))
}

/// The roles that may do something with a form somewhere.
pub(super) fn roles_with(action: Action, form: Option<FormCode>) -> Vec<Role> {
    roles_of(table().write_rules().filter(|rule| rule.action == action && rule.forms.includes(form)))
}

fn roles_of<'a>(rules: impl Iterator<Item = &'a WriteRule>) -> Vec<Role> {
    let mut roles = Vec::new();
    for rule in rules {
        if !roles.contains(&rule.role) {
            roles.push(rule.role);
        }
    }
    roles
}
