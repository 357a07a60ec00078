//! Who may do what with the journal: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may read it.
pub const WRITES: &[WriteRule] = &[
    write("W14", Role::StandingBody, Action::ReadJournal, Relation::Within),
    write("W15", Role::Chair, Action::ReadJournal, Relation::Within),
];
