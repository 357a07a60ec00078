//! Who may do what with the programme: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W12", Role::StandingBody, Action::AssignLead, Relation::Within),
    write("W13", Role::Chair, Action::AssignLead, Relation::Within),
];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[("assignLead", Some(Action::AssignLead))];
