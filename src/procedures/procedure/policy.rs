//! Who may do what with procedures: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[write("W11", Role::OneStop, Action::ImportProcedures, Relation::Within)];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("importProcedures", Some(Action::ImportProcedures)),
    ("withdrawProcedureVersion", Some(Action::ImportProcedures)),
];
