//! Who may do what with estimates of the budget and their execution: this feature's part of the one table, which
//! `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W76", Role::FinanceDept, Action::AllocateBudget, Relation::Within),
    write("W77", Role::Chair, Action::SettleBudget, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::SettleBudget];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveBudgetExecution", Some(Action::SaveForm)),
    ("allocateBudget", Some(Action::AllocateBudget)),
    ("settleBudgetYear", Some(Action::SettleBudget)),
];
