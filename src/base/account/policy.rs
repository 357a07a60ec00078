//! Who may do what with accounts: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may ask what others may do.
pub const WRITES: &[WriteRule] = &[write("W16", Role::Admin, Action::InspectPermissions, Relation::Within)];

/// Which action each mutation asks for; none for those that everybody may call.
pub const MUTATIONS: &[(&str, Option<Action>)] =
    &[("signIn", None), ("refreshSession", None), ("signOut", None), ("changePassword", None)];
