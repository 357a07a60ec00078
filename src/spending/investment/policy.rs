//! Who may do what with public investment: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[write("W81", Role::FinanceDept, Action::KeepInvestment, Relation::Within)];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveInvestmentProject", Some(Action::KeepInvestment)),
    ("assignCapital", Some(Action::KeepInvestment)),
    ("recordDisbursements", Some(Action::KeepInvestment)),
];
