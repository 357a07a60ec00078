//! Who may do what with classifications by autonomy: this feature's part of the one table, which `api::policy` puts
//! together.

use super::AutonomyState;
use access::Viewer;
use access::policy::{APPRAISERS, Action, RegisterReadRule, Relation, SUPERVISORS, UNITS_OWN, WriteRule, write};
use access::role::Role;
use entity::autonomy::autonomy_classification;
use sea_orm::sea_query::Condition;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W91", Role::UnitOfficer, Action::ProposeAutonomy, Relation::Own),
    write("W92", Role::UnitHead, Action::ProposeAutonomy, Relation::Own),
    write("W93", Role::FinanceDept, Action::AppraiseAutonomy, Relation::Within),
    write("W94", Role::Chair, Action::DecideAutonomy, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::AppraiseAutonomy, Action::DecideAutonomy];

/// Who may read which classifications by autonomy.
pub const READS: &[RegisterReadRule<AutonomyState>] = &[
    RegisterReadRule { id: "R91", roles: UNITS_OWN, relation: Relation::Own, states: &[] },
    RegisterReadRule { id: "R92", roles: APPRAISERS, relation: Relation::Within, states: &[] },
    RegisterReadRule {
        id: "R93",
        roles: SUPERVISORS,
        relation: Relation::Within,
        states: &[AutonomyState::Decided, AutonomyState::Superseded],
    },
];

/// Narrows classifications by autonomy as [`READS`] says.
pub fn readable(viewer: &Viewer) -> Condition {
    use autonomy_classification::Column;
    let column = |column: Column| (autonomy_classification::Entity, column);
    let columns = (column(Column::ProgrammeId), column(Column::OrganisationId), column(Column::State));
    viewer.by_rules(READS, AutonomyState::as_str, columns)
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("proposeAutonomyClassification", Some(Action::ProposeAutonomy)),
    ("appraiseAutonomyClassification", Some(Action::AppraiseAutonomy)),
    ("decideAutonomyClassification", Some(Action::DecideAutonomy)),
];
