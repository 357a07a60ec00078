//! Who may do what with functions, delegations and classifications: this feature's part of the one table, which
//! `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W43", Role::StandingBody, Action::SaveFunctions, Relation::Within),
    write("W44", Role::StandingBody, Action::SaveDelegation, Relation::Within),
    write("W45", Role::StandingBody, Action::CheckDelegation, Relation::Within),
    write("W46", Role::StandingBody, Action::ClassifyUnit, Relation::Within),
];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveOrganisationFunctions", Some(Action::SaveFunctions)),
    ("saveDelegation", Some(Action::SaveDelegation)),
    ("recordDelegationCheck", Some(Action::CheckDelegation)),
    ("classifyPublicServiceUnit", Some(Action::ClassifyUnit)),
];
