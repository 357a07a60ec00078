//! Who may do what with savings scores: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W131", Role::FinanceDept, Action::AppraiseSavingsScore, Relation::WithinExceptOwnUnit),
    write("W132", Role::Chair, Action::AppraiseSavingsScore, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::AppraiseSavingsScore];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[("appraiseSavingsScore", Some(Action::AppraiseSavingsScore))];
