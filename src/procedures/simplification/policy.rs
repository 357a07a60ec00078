//! Who may do what with reviews of procedures: this feature's part of the one table, which `api::policy` puts together.

use super::ReviewState;
use access::Viewer;
use access::policy::{Action, RegisterReadRule, Relation, WriteRule, register, write};
use access::role::Role;
use entity::simplification::procedure_review;
use sea_orm::sea_query::Condition;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W31", Role::UnitOfficer, Action::ProposeReview, Relation::Own),
    write("W32", Role::UnitHead, Action::ProposeReview, Relation::Own),
    write("W33", Role::OneStop, Action::ProposeReview, Relation::Within),
    write("W34", Role::UnitOfficer, Action::WithdrawReview, Relation::Own),
    write("W35", Role::UnitHead, Action::WithdrawReview, Relation::Own),
    write("W36", Role::OneStop, Action::WithdrawReview, Relation::Within),
    write("W37", Role::Chair, Action::DecideReview, Relation::Within),
    write("W38", Role::OneStop, Action::ImplementReview, Relation::Within),
];

/// Who may correct what was carried out, and take a decision back.
pub const CORRECTIONS: &[WriteRule] = &[
    write("W61", Role::OneStop, Action::CorrectReview, Relation::Within),
    write("W62", Role::Chair, Action::RevokeReview, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::DecideReview, Action::RevokeReview];

/// What becomes of procedures. Proposals that are still open, were rejected or withdrawn concern fewer people.
const GRANTED: &[ReviewState] = &[ReviewState::Approved, ReviewState::Implemented];

/// Who may read which reviews of procedures.
pub const READS: &[RegisterReadRule<ReviewState>] = &[
    register("R31", &[], Relation::Within, GRANTED),
    register("R32", &[Role::UnitOfficer], Relation::Own, &[]),
    register("R33", &[Role::UnitHead], Relation::Own, &[]),
    register("R34", &[Role::OneStop], Relation::Within, &[]),
    register("R35", &[Role::StandingBody], Relation::Within, &[]),
    register("R36", &[Role::Chair], Relation::Within, &[]),
    register("R37", &[Role::Oversight], Relation::Within, &[ReviewState::Rejected]),
];

/// Narrows reviews of procedures as [`READS`] says.
pub fn readable(viewer: &Viewer) -> Condition {
    use procedure_review::Column;
    let column = |column: Column| (procedure_review::Entity, column);
    let columns = (column(Column::ProgrammeId), column(Column::OrganisationId), column(Column::State));
    viewer.by_rules(READS, ReviewState::as_str, columns)
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("proposeProcedureReview", Some(Action::ProposeReview)),
    ("withdrawProcedureReview", Some(Action::WithdrawReview)),
    ("decideProcedureReview", Some(Action::DecideReview)),
    ("implementProcedureReview", Some(Action::ImplementReview)),
    ("correctProcedureReview", Some(Action::CorrectReview)),
    ("revokeProcedureReviewDecision", Some(Action::RevokeReview)),
];
