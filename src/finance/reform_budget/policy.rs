//! Who may do what with the budget of the reform: this feature's part of the one table, which `api::policy` puts
//! together.

use super::ReformBudgetState;
use access::Viewer;
use access::policy::{APPRAISERS, Action, RegisterReadRule, Relation, SUPERVISORS, UNITS_OWN, WriteRule, write};
use access::role::Role;
use entity::reform_budget::reform_budget_line;
use sea_orm::sea_query::Condition;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W95", Role::UnitOfficer, Action::SaveReformBudget, Relation::Own),
    write("W96", Role::UnitHead, Action::SaveReformBudget, Relation::Own),
    write("W97", Role::UnitHead, Action::SubmitReformBudget, Relation::Own),
    write("W98", Role::FinanceDept, Action::AppraiseReformBudgetFinance, Relation::Within),
    write("W99", Role::StandingBody, Action::AppraiseReformBudgetStanding, Relation::Within),
    write("W151", Role::Chair, Action::DecideReformBudget, Relation::Within),
    write("W152", Role::Chair, Action::SupplementReformBudget, Relation::Within),
    write("W153", Role::UnitOfficer, Action::RecordReformSpending, Relation::Own),
    write("W154", Role::UnitHead, Action::RecordReformSpending, Relation::Own),
    write("W155", Role::FinanceDept, Action::RecordReformSpending, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[
    Action::AppraiseReformBudgetFinance,
    Action::AppraiseReformBudgetStanding,
    Action::DecideReformBudget,
    Action::SupplementReformBudget,
];

/// Who may read which lines of the budget of the reform: drafts are the unit's own.
pub const READS: &[RegisterReadRule<ReformBudgetState>] = &[
    RegisterReadRule { id: "R94", roles: UNITS_OWN, relation: Relation::Own, states: &[] },
    RegisterReadRule {
        id: "R95",
        roles: APPRAISERS,
        relation: Relation::Within,
        states: &[
            ReformBudgetState::Submitted,
            ReformBudgetState::Returned,
            ReformBudgetState::Appraised,
            ReformBudgetState::Allocated,
            ReformBudgetState::Rejected,
        ],
    },
    RegisterReadRule {
        id: "R96",
        roles: SUPERVISORS,
        relation: Relation::Within,
        states: &[ReformBudgetState::Allocated],
    },
];

/// Narrows lines of the budget of the reform as [`READS`] says.
pub fn readable(viewer: &Viewer) -> Condition {
    use reform_budget_line::Column;
    let column = |column: Column| (reform_budget_line::Entity, column);
    let columns = (column(Column::ProgrammeId), column(Column::OrganisationId), column(Column::State));
    viewer.by_rules(READS, ReformBudgetState::as_str, columns)
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveReformBudgetLine", Some(Action::SaveReformBudget)),
    ("submitReformBudgetLine", Some(Action::SubmitReformBudget)),
    ("appraiseReformBudgetForFinance", Some(Action::AppraiseReformBudgetFinance)),
    ("appraiseReformBudgetForStandingBody", Some(Action::AppraiseReformBudgetStanding)),
    ("decideReformBudgetLine", Some(Action::DecideReformBudget)),
    ("supplementReformBudgetLine", Some(Action::SupplementReformBudget)),
    ("recordReformSpending", Some(Action::RecordReformSpending)),
];
