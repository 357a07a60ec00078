//! Who may do what with posts and their baseline: this feature's part of the one table, which `api::policy` puts
//! together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W51", Role::StandingBody, Action::AssignStaffing, Relation::Within),
    write("W52", Role::Chair, Action::ApproveStaffingBaseline, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::ApproveStaffingBaseline];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("assignStaffingQuotas", Some(Action::AssignStaffing)),
    ("saveStaffingBaseline", Some(Action::AssignStaffing)),
    ("approveStaffingBaseline", Some(Action::ApproveStaffingBaseline)),
    ("recordPerimeterChange", Some(Action::AssignStaffing)),
];
