//! Who may do what with changes of organisations: this feature's part of the one table, which `api::policy` puts
//! together.

use super::OrganisationChangeState;
use access::Viewer;
use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;
use access::viewer::{below, held};
use entity::organisation::{organisation, organisation_change};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query};

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W41", Role::StandingBody, Action::RecordOrganisationChange, Relation::Within),
    write("W42", Role::Chair, Action::DecideOrganisationChange, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::DecideOrganisationChange];

/// A line of the table for reading changes of organisations: within the programme.
#[derive(Debug, Clone, Copy)]
pub struct ChangeReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; none for everybody with a grant that reaches the programme.
    pub role: Option<Role>,
    /// In which states; all when empty.
    pub states: &'static [OrganisationChangeState],
}

/// Who may read which changes of organisations. What is not confirmed concerns those who decide it.
pub const READS: &[ChangeReadRule] = &[
    ChangeReadRule { id: "R41", role: None, states: &[OrganisationChangeState::Confirmed] },
    ChangeReadRule { id: "R42", role: Some(Role::StandingBody), states: &[] },
    ChangeReadRule { id: "R43", role: Some(Role::Chair), states: &[] },
];

/// Narrows changes of organisations as [`READS`] says.
pub fn readable(viewer: &Viewer) -> Condition {
    use organisation_change::Column;
    let Some(person) = viewer.person() else { return Condition::all() };
    let column = |column: Column| (organisation_change::Entity, column);
    let mut any = Condition::any();
    for rule in READS {
        let mut all = match rule.role {
            None => viewer.in_programmes(column(Column::ProgrammeId)),
            Some(role) => {
                let held = held(person, role);
                if held.is_empty() {
                    continue;
                }
                // A change is of the programme as a whole: whoever reaches its top reaches it.
                let inner = Alias::new("inner_organisation");
                let inside = Query::select()
                    .column((inner.clone(), organisation::Column::Id))
                    .from_as(organisation::Entity, inner.clone())
                    .and_where(Expr::col((inner, organisation::Column::ProgrammeId)).is_not_null())
                    .to_owned();
                let top = Query::select()
                    .column(organisation::Column::ProgrammeId)
                    .from(organisation::Entity)
                    .and_where(Expr::col(organisation::Column::Id).in_subquery(below(held)))
                    .and_where(
                        Expr::col(organisation::Column::ParentId)
                            .is_null()
                            .or(Expr::col(organisation::Column::ParentId).not_in_subquery(inside)),
                    )
                    .and_where(Expr::col(organisation::Column::ProgrammeId).is_not_null())
                    .to_owned();
                Condition::all().add(Expr::col(column(Column::ProgrammeId)).in_subquery(top))
            }
        };
        if !rule.states.is_empty() {
            let states = rule.states.iter().map(|state| state.as_str());
            all = all.add(Expr::col(column(Column::State)).is_in(states));
        }
        any = any.add(all);
    }
    any
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("recordOrganisationChange", Some(Action::RecordOrganisationChange)),
    ("decideOrganisationChange", Some(Action::DecideOrganisationChange)),
];
