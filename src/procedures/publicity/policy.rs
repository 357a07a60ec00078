//! Who may do what with where procedures are made public: this feature's part of the one table, which `api::policy`
//! puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[write("W39", Role::OneStop, Action::RecordPublications, Relation::Within)];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[("recordPublications", Some(Action::RecordPublications))];
