//! What a caller may see: a narrowing of the SELECT, never a filter after the fact.

use std::sync::Arc;

use entity::organisation::{organisation, organisation_change, organisation_closure};
use entity::simplification::procedure_review;
use entity::workflow::submission;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use sea_orm::{EntityTrait, QueryTrait};
use uuid::Uuid;

use super::policy::{CHANGE_READ_RULES, READ_RULES, REVIEW_READ_RULES, Relation};
use super::role::Role;
use super::{Caller, SignedIn};
use crate::error::{ApiError, ApiResult};
use crate::form::State;

/// A caller as a reader. Every read of a store takes one.
#[derive(Debug, Clone)]
pub struct Viewer(Reader);

#[derive(Debug, Clone)]
enum Reader {
    Person(Arc<SignedIn>),
    Everything,
}

impl Viewer {
    /// The reader behind a caller; UNAUTHENTICATED for strangers.
    #[track_caller]
    pub fn of(caller: &Caller) -> ApiResult<Viewer> {
        match caller {
            Caller::Person(person) => Ok(Viewer(Reader::Person(Arc::clone(person)))),
            Caller::Console => Ok(Viewer(Reader::Everything)),
            Caller::Anonymous => Err(ApiError::unauthenticated()),
        }
    }

    /// Sees all: for what the server computes by itself, such as continuity with an earlier submission of
    /// the same unit. Never for what is shown to a caller.
    pub fn server() -> Viewer {
        Viewer(Reader::Everything)
    }

    /// The programmes that may be seen; all where none are listed.
    pub fn programmes(&self) -> Option<&[Uuid]> {
        match &self.0 {
            Reader::Person(person) => Some(&person.programmes),
            Reader::Everything => None,
        }
    }

    /// Narrows rows that have a programme to those that may be seen.
    pub fn in_programmes(&self, programme_id: impl IntoColumnRef) -> Condition {
        match self.programmes() {
            Some(programmes) => Condition::all().add(Expr::col(programme_id).is_in(programmes.iter().copied())),
            None => Condition::all(),
        }
    }

    /// Narrows organisations: those of the programmes that may be seen, and what stands above them.
    pub fn organisations(&self) -> Condition {
        let programme = (organisation::Entity, organisation::Column::ProgrammeId);
        match self.programmes() {
            Some(programmes) => Condition::any()
                .add(Expr::col(programme).is_in(programmes.iter().copied()))
                .add(Expr::col(programme).is_null()),
            None => Condition::all(),
        }
    }

    /// Narrows submissions as `policy::READ_RULES` says.
    pub fn submissions(&self) -> Condition {
        self.submissions_as(submission::Entity)
    }

    /// Narrows organisations to those of whom the caller may know whether they have submitted: the ones
    /// whose submissions he sees as soon as they are sent.
    pub fn reporting_organisations(&self, organisation_id: impl IntoColumnRef) -> Condition {
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let organisation_id = organisation_id.into_column_ref();
        let mut any = Condition::any();
        for rule in READ_RULES.iter().filter(|rule| rule.states.is_empty() || rule.states.contains(&State::Submitted)) {
            let held = held(person, rule.role);
            if held.is_empty() {
                continue;
            }
            any = match rule.relation {
                Relation::Own => any.add(Expr::col(organisation_id.clone()).is_in(held)),
                _ => any.add(Expr::col(organisation_id.clone()).in_subquery(below(held))),
            };
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
    }

    /// The same as [`Viewer::submissions`] for a query that has given the table another name.
    pub fn submissions_as(&self, table: impl sea_orm::sea_query::IntoIden) -> Condition {
        let table = table.into_iden();
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let organisation_id = (table.clone(), submission::Column::OrganisationId);
        let mut any = Condition::any();
        for rule in READ_RULES {
            let held = held(person, rule.role);
            if held.is_empty() {
                continue;
            }
            let mut all = Condition::all();
            all = match rule.relation {
                Relation::Own => all.add(Expr::col(organisation_id.clone()).is_in(held)),
                _ => all.add(Expr::col(organisation_id.clone()).in_subquery(below(held))),
            };
            if !rule.forms.is_empty() {
                let forms = rule.forms.iter().map(|form| form.as_str());
                all = all.add(Expr::col((table.clone(), submission::Column::Form)).is_in(forms));
            }
            if !rule.states.is_empty() {
                let states = rule.states.iter().map(|state| state.as_str());
                all = all.add(Expr::col((table.clone(), submission::Column::State)).is_in(states));
            }
            any = any.add(all);
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
    }

    /// Narrows reviews of procedures as `policy::REVIEW_READ_RULES` says.
    pub fn procedure_reviews(&self) -> Condition {
        use procedure_review::Column;
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let column = |column: Column| (procedure_review::Entity, column);
        let mut any = Condition::any();
        for rule in REVIEW_READ_RULES {
            let mut all = match rule.role {
                None => self.in_programmes(column(Column::ProgrammeId)),
                Some(role) => {
                    let held = held(person, role);
                    if held.is_empty() {
                        continue;
                    }
                    let organisation_id = Expr::col(column(Column::OrganisationId));
                    Condition::all().add(match rule.relation {
                        Relation::Own => organisation_id.is_in(held),
                        _ => organisation_id.in_subquery(below(held)),
                    })
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

    /// Narrows changes of organisations as `policy::CHANGE_READ_RULES` says.
    pub fn organisation_changes(&self) -> Condition {
        use organisation_change::Column;
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let column = |column: Column| (organisation_change::Entity, column);
        let mut any = Condition::any();
        for rule in CHANGE_READ_RULES {
            let mut all = match rule.role {
                None => self.in_programmes(column(Column::ProgrammeId)),
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
}

fn held(person: &SignedIn, role: Role) -> Vec<Uuid> {
    person.grants.iter().filter(|grant| grant.role == role).map(|grant| grant.organisation_id).collect()
}

/// The organisations at and below some.
pub fn below(ancestors: Vec<Uuid>) -> SelectStatement {
    Query::select()
        .column(organisation_closure::Column::DescendantId)
        .from(organisation_closure::Entity)
        .and_where(Expr::col(organisation_closure::Column::AncestorId).is_in(ancestors))
        .to_owned()
}

/// A SELECT of all columns of an entity, to be narrowed, ordered and limited by hand.
pub fn select_all<E: EntityTrait>() -> SelectStatement {
    E::find().into_query()
}

/// A name for a table used twice in one query.
pub fn alias(name: &'static str) -> Alias {
    Alias::new(name)
}
