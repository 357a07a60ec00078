//! Who may do what, and where. Each feature states its lines in its `policy.rs`; `api::policy` puts the one table
//! together and installs it here. A person can read it: docs/permissions.md is printed from it; the schema's
//! `@requires` directives and every record's `allowedActions` are answered from it; and a [`Permit`], without which no
//! store writes, can only be made here.
//!
//! Source: plan 999/QĐ-UBND section V; domain facts 1.4 (roles, separation of duties).

mod action;
mod rules;

use uuid::Uuid;

use super::role::{Grant, Role};
use super::{Caller, SignedIn};
use kernel::error::{ApiError, ApiResult, ErrorCode, Refusal};
use kernel::form::FormCode;
use kernel::i18n::{Message, MessageArg};
use rules::roles_with;

pub use action::{Action, action_key};
pub use rules::{
    APPRAISERS, Covers, ReadRule, RegisterReadRule, Relation, SUPERVISORS, Table, UNITS_OWN, WriteRule, install,
    of_forms, read, register, roles_for, table, write,
};

/// What a decision is about.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The organisation of the record.
    pub organisation_id: Uuid,
    /// That organisation and everything above it.
    pub upward: &'a [Uuid],
    /// Whether that organisation is the standing body.
    pub standing_body: bool,
    /// Whether the caller wrote in the record.
    pub written_by_caller: bool,
    /// Of which form the record is; none for what is no form.
    pub form: Option<FormCode>,
}

/// Why the policy says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// Nobody signed in.
    NotSignedIn,
    /// No grant of a role that may.
    NoRole(Action, Option<FormCode>),
    /// A role that may, but elsewhere.
    OtherOrganisation(Action, Option<FormCode>),
    /// A unit's forms on finance are not accepted by whoever is head or officer of it.
    OwnUnit(Action),
    /// The standing body's own records are the Chair's to decide, and only those.
    StandingBodysOwn(Action),
    /// Whoever wrote in a record never accepts or decides it.
    OwnWork(Action),
}

impl Denial {
    /// The journal's name of the line that said no.
    pub fn rule(self) -> &'static str {
        match self {
            Denial::NotSignedIn => "NOT_SIGNED_IN",
            Denial::NoRole(..) => "NO_ROLE",
            Denial::OtherOrganisation(..) => "OTHER_ORGANISATION",
            Denial::OwnUnit(_) => "OWN_UNIT",
            Denial::StandingBodysOwn(_) => "STANDING_BODY_OWN",
            Denial::OwnWork(_) => "OWN_WORK",
        }
    }

    /// What to say to the caller.
    pub fn message(self) -> Message {
        let with_roles = |key, action: Action, form| {
            let roles: Vec<&str> = roles_with(action, form).into_iter().map(Role::as_str).collect();
            Message::new(key).with("action", MessageArg::Message(action_key(action))).with("roles", roles.join(", "))
        };
        match self {
            Denial::NotSignedIn => Message::new("error-unauthenticated"),
            Denial::NoRole(action, form) => with_roles("policy-no-role", action, form),
            Denial::OtherOrganisation(action, form) => with_roles("policy-other-organisation", action, form),
            Denial::StandingBodysOwn(action) => {
                match table().asked_of_lead.iter().find(|(asked, _)| *asked == action) {
                    // Where another unit leads the task, the standing body is not asked.
                    Some((_, task)) => Message::new("policy-not-lead")
                        .with("action", MessageArg::Message(action_key(action)))
                        .with("task", *task),
                    None => with_roles("policy-standing-body-own", action, None),
                }
            }
            Denial::OwnUnit(action) => {
                Message::new("policy-own-unit").with("action", MessageArg::Message(action_key(action)))
            }
            Denial::OwnWork(action) => {
                Message::new("policy-own-work").with("action", MessageArg::Message(action_key(action)))
            }
        }
    }
}

/// Leave to write, given by a line of the table. Stores take it by reference; only this module makes it.
#[derive(Debug, Clone)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to the rest of this crate too, not only to other crates")]
pub struct Permit {
    /// What for.
    pub action: Action,
    /// On whose record.
    pub organisation_id: Uuid,
    /// The account; none for the command line.
    pub person_id: Option<Uuid>,
    /// The name at this time, for the journal.
    pub actor_name: String,
    /// The role that was used, for the journal.
    pub role: &'static str,
    /// The line that gave it, for the journal.
    pub rule: &'static str,
    _sealed: (),
}

impl Permit {
    /// The account that acts; the command line has none and can't do what needs one.
    pub fn person(&self) -> ApiResult<Uuid> {
        self.person_id.ok_or_else(|| ApiError::internal("this action needs a person"))
    }

    /// A permit for what the server does on behalf of its own command line: loading reference data.
    pub fn for_console(action: Action, organisation_id: Uuid) -> Permit {
        Permit {
            action,
            organisation_id,
            person_id: None,
            actor_name: "console".to_owned(),
            role: "CONSOLE",
            rule: "CONSOLE",
            _sealed: (),
        }
    }
}

/// Whether a caller is head or officer of an organisation.
fn serves_in(grants: &[Grant], organisation_id: Uuid) -> bool {
    let serves = |grant: &Grant| matches!(grant.role, Role::UnitHead | Role::UnitOfficer);
    grants.iter().any(|grant| serves(grant) && grant.organisation_id == organisation_id)
}

fn relation_holds(relation: Relation, grant: &Grant, grants: &[Grant], subject: &Subject<'_>) -> bool {
    let within = subject.upward.contains(&grant.organisation_id);
    match relation {
        Relation::Own => grant.organisation_id == subject.organisation_id,
        Relation::Within => within,
        Relation::WithinExceptStandingBody => within && !subject.standing_body,
        Relation::StandingBodyWithin => within && subject.standing_body,
        Relation::WithinExceptOwnUnit => within && !serves_in(grants, subject.organisation_id),
    }
}

/// The decision of the installed table.
pub fn decide(grants: &[Grant], action: Action, subject: &Subject<'_>) -> Result<&'static WriteRule, Denial> {
    decide_by(table(), grants, action, subject)
}

/// The decision: a pure function of table, grants, action and subject.
pub fn decide_by(
    table: &Table,
    grants: &[Grant],
    action: Action,
    subject: &Subject<'_>,
) -> Result<&'static WriteRule, Denial> {
    let mut denial = Denial::NoRole(action, subject.form);
    let speaks = |rule: &&'static WriteRule| rule.action == action && rule.forms.includes(subject.form);
    for rule in table.write_rules().filter(speaks) {
        for grant in grants.iter().filter(|grant| grant.role == rule.role) {
            if relation_holds(rule.relation, grant, grants, subject) {
                if table.is_never_by_author(action) && subject.written_by_caller {
                    return Err(Denial::OwnWork(action));
                }
                return Ok(rule);
            }
            let reaches = subject.upward.contains(&grant.organisation_id);
            let about_standing_body =
                matches!(rule.relation, Relation::WithinExceptStandingBody | Relation::StandingBodyWithin);
            denial = match denial {
                Denial::StandingBodysOwn(_) | Denial::OwnUnit(_) => denial,
                _ if reaches && about_standing_body => Denial::StandingBodysOwn(action),
                _ if reaches && rule.relation == Relation::WithinExceptOwnUnit => Denial::OwnUnit(action),
                _ => Denial::OtherOrganisation(action, subject.form),
            };
        }
    }
    Err(denial)
}

/// Asks the table for a caller; a [`Refused`] is what the journal keeps when it says no.
pub fn permit(caller: &Caller, action: Action, subject: &Subject<'_>) -> Result<Permit, Refused> {
    let refused = |denial| Refused { action, organisation_id: subject.organisation_id, denial };
    match caller {
        Caller::Anonymous => Err(refused(Denial::NotSignedIn)),
        Caller::Console => Ok(Permit::for_console(action, subject.organisation_id)),
        Caller::Person(person) => {
            let rule = decide(&person.grants, action, subject).map_err(refused)?;
            Ok(permit_of(person, rule, subject.organisation_id))
        }
    }
}

fn permit_of(person: &SignedIn, rule: &WriteRule, organisation_id: Uuid) -> Permit {
    Permit {
        action: rule.action,
        organisation_id,
        person_id: Some(person.person_id),
        actor_name: person.display_name.clone(),
        role: rule.role.as_str(),
        rule: rule.id,
        _sealed: (),
    }
}

/// Whether an action may be taken now, and if not, why: answered from the same table that enforces it.
#[derive(Debug, Clone)]
pub struct AllowedAction {
    /// The action.
    pub action: Action,
    /// Why not; none when it is allowed.
    pub denied: Option<Message>,
}

/// A refusal, with what the journal needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// What was wanted.
    pub action: Action,
    /// On whose record.
    pub organisation_id: Uuid,
    /// Why not.
    pub denial: Denial,
}

impl From<Refused> for ApiError {
    #[track_caller]
    fn from(refused: Refused) -> Self {
        let code = match refused.denial {
            Denial::NotSignedIn => ErrorCode::Unauthenticated,
            _ => ErrorCode::Forbidden,
        };
        let refusal = Refusal {
            action: refused.action.as_str(),
            organisation_id: refused.organisation_id,
            rule: refused.denial.rule(),
        };
        ApiError::new(code, refused.denial.message()).with_refusal(refusal)
    }
}
