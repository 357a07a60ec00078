//! What a caller may see: a narrowing of the SELECT, never a filter after the fact.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::indicator::{indicator_observation, indicator_term, measure_value};
use entity::organisation::{organisation, organisation_closure};
use entity::workflow::submission;
use sea_orm::sea_query::{ColumnRef, Condition, Expr, ExprTrait, IntoColumnRef, IntoIden, Query, SelectStatement};
use sea_orm::{ConnectionTrait, EntityTrait, QueryTrait};
use uuid::Uuid;

use super::policy::{self, ReadRule, RegisterReadRule, Relation};
use super::role::Role;
use super::{Caller, SignedIn};
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};

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

    /// The person; none for the server itself, which sees all.
    pub fn person(&self) -> Option<&SignedIn> {
        match &self.0 {
            Reader::Person(person) => Some(person),
            Reader::Everything => None,
        }
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
        self.organisations_as(organisation::Entity)
    }

    /// The same for a query that has given the table another name.
    pub fn organisations_as(&self, table: impl IntoIden) -> Condition {
        let programme = (table.into_iden(), organisation::Column::ProgrammeId);
        match self.programmes() {
            Some(programmes) => Condition::any()
                .add(Expr::col(programme.clone()).is_in(programmes.iter().copied()))
                .add(Expr::col(programme).is_null()),
            None => Condition::all(),
        }
    }

    /// Narrows submissions as [`policy::Table::submissions`] says.
    pub fn submissions(&self) -> Condition {
        self.submissions_as(submission::Entity)
    }

    /// Narrows organisations to those of whom the caller may know whether they have submitted: the ones
    /// whose submissions he sees as soon as they are sent.
    pub fn reporting_organisations(&self, organisation_id: impl IntoColumnRef) -> Condition {
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let organisation_id = organisation_id.into_column_ref();
        let mut any = Condition::any();
        for rule in policy::table()
            .submissions
            .iter()
            .filter(|rule| rule.states.is_empty() || rule.states.contains(&State::Submitted))
        {
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

    /// Whether the caller may know if an organisation has submitted a form: he sees what it submits of that form as soon as
    /// that is sent. `upward` are the organisation and all above it.
    pub fn may_know_of(&self, form: FormCode, organisation_id: Uuid, upward: &[Uuid]) -> bool {
        let Reader::Person(person) = &self.0 else { return true };
        let confidential = templates::confidential().any(|template| template.code == form);
        let speaks = |rule: &&ReadRule| {
            (rule.states.is_empty() || rule.states.contains(&State::Submitted))
                && (rule.forms.is_empty() || rule.forms.contains(&form))
                && (rule.confidential || !confidential)
        };
        policy::table().submissions.iter().filter(speaks).any(|rule| {
            held(person, rule.role).iter().any(|id| match rule.relation {
                Relation::Own => *id == organisation_id,
                _ => upward.contains(id),
            })
        })
    }

    /// The same as [`Viewer::submissions`] for a query that has given the table another name.
    pub fn submissions_as(&self, table: impl IntoIden) -> Condition {
        let table = table.into_iden();
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let organisation_id = (table.clone(), submission::Column::OrganisationId);
        let mut any = Condition::any();
        for rule in policy::table().submissions {
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
            if !rule.confidential {
                let closed = templates::confidential().map(|template| template.code.as_str());
                all = all.add(Expr::col((table.clone(), submission::Column::Form)).is_not_in(closed));
            }
            if !rule.states.is_empty() {
                let states = rule.states.iter().map(|state| state.as_str());
                all = all.add(Expr::col((table.clone(), submission::Column::State)).is_in(states));
            }
            any = any.add(all);
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
    }

    /// Narrows figures of measures: those of confidential forms to the organisations whose forms the caller may read.
    pub fn measure_values(&self) -> Condition {
        use measure_value::Column;
        let column = |column: Column| (measure_value::Entity, column);
        let all = self.in_programmes(column(Column::ProgrammeId));
        let Reader::Person(person) = &self.0 else { return all };
        let Reach { own, within } = Reach::of(person);
        let organisation_id = || Expr::col(column(Column::OrganisationId));
        all.add(
            Condition::any()
                .add(Expr::col(column(Column::MeasureCode)).is_not_in(templates::confidential_measures()))
                .add(organisation_id().is_in(own))
                .add(organisation_id().in_subquery(below(within))),
        )
    }

    /// Narrows figures of indicators. Those that rest on confidential forms: to organisations of which the caller may
    /// read the forms of all that stand below; beside these to figures of a whole programme, which say themselves
    /// whether they are shown. What is to be withheld of them: [`Viewer::withholds`].
    pub fn observations(&self) -> Condition {
        use indicator_observation::Column;
        let column = |column: Column| (indicator_observation::Entity, column);
        let all = self.in_programmes(column(Column::ProgrammeId));
        let Reader::Person(person) = &self.0 else { return all };
        let reach = Reach::of(person);
        let confidential = Query::select()
            .column(indicator_term::Column::IndicatorCode)
            .from(indicator_term::Entity)
            .and_where(Expr::col(indicator_term::Column::MeasureCode).is_in(templates::confidential_measures()))
            .to_owned();
        let organisation_id = || Expr::col(column(Column::OrganisationId));
        let mut any = Condition::any()
            .add(Expr::col(column(Column::IndicatorCode)).not_in_subquery(confidential))
            .add(organisation_id().in_subquery(below(reach.within.clone())))
            .add(
                Condition::all()
                    .add(organisation_id().is_in(reach.own.clone()))
                    .add(organisation_id().not_in_subquery(above_others(reach.own.clone()))),
            );
        if reach.sees_sums() {
            any = any.add(Expr::col(column(Column::Disclosed)).is_not_null());
        }
        all.add(any)
    }

    /// Whether a figure that [`Viewer::observations`] found, and that is not for those outside, is to be shown without
    /// its numbers.
    pub fn withholds(&self, disclosed: Option<bool>) -> bool {
        // Whoever reaches it from within does not come by it as a sum.
        disclosed == Some(false) && self.sees_sums()
    }

    /// Whether the caller is outside, and may see what confidential forms add up to.
    pub fn sees_sums(&self) -> bool {
        match &self.0 {
            Reader::Person(person) => Reach::of(person).sees_sums(),
            Reader::Everything => false,
        }
    }

    /// Whether the caller may read the confidential forms of an organisation and of all below it. `upward` are the
    /// organisation and all above it; `alone` says that nothing stands below it.
    pub fn is_inside(&self, organisation_id: Uuid, upward: &[Uuid], alone: bool) -> bool {
        let Reader::Person(person) = &self.0 else { return true };
        let Reach { own, within } = Reach::of(person);
        within.iter().any(|id| upward.contains(id)) || (alone && own.contains(&organisation_id))
    }

    /// Narrows records of a register as its rules say: `columns` are the programme, the organisation and the state.
    pub fn by_rules<S: Copy>(
        &self,
        rules: &[RegisterReadRule<S>],
        text: fn(S) -> &'static str,
        (programme_id, organisation_id, state): (
            impl IntoColumnRef + Clone,
            impl IntoColumnRef + Clone,
            impl IntoColumnRef + Clone,
        ),
    ) -> Condition {
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let mut any = Condition::any();
        for rule in rules {
            let reached = match rule.roles {
                [] => Some(self.in_programmes(programme_id.clone())),
                roles => reached(person, roles, rule.relation, organisation_id.clone()),
            };
            let Some(mut all) = reached else { continue };
            if !rule.states.is_empty() {
                all = all.add(Expr::col(state.clone()).is_in(rule.states.iter().copied().map(text)));
            }
            any = any.add(all);
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
    }
}

/// What somebody's roles reach of organisations; none where he holds none of them.
pub fn reached(
    person: &SignedIn,
    roles: &[Role],
    relation: Relation,
    organisation_id: impl IntoColumnRef,
) -> Option<Condition> {
    let held: Vec<Uuid> = roles.iter().flat_map(|role| held(person, *role)).collect();
    let organisation_id = Expr::col(organisation_id);
    (!held.is_empty()).then(|| {
        Condition::all().add(match relation {
            Relation::Own => organisation_id.is_in(held),
            _ => organisation_id.in_subquery(below(held)),
        })
    })
}

/// The organisations whose confidential forms somebody may read: these alone, and with all below them.
struct Reach {
    own: Vec<Uuid>,
    within: Vec<Uuid>,
}

impl Reach {
    fn of(person: &SignedIn) -> Reach {
        let (mut own, mut within) = (Vec::new(), Vec::new());
        for rule in policy::table().submissions.iter().filter(|rule| rule.confidential) {
            let reached = if rule.relation == Relation::Own { &mut own } else { &mut within };
            reached.extend(held(person, rule.role));
        }
        for reached in [&mut own, &mut within] {
            reached.sort_unstable();
            reached.dedup();
        }
        Reach { own, within }
    }

    /// Sums are safe from whoever knows the forms of one unit. Whoever knows those of several, and not all, could
    /// subtract them together.
    fn sees_sums(&self) -> bool {
        self.own.len() <= 1 && self.within.is_empty()
    }
}

/// Those of some organisations that have others below them.
fn above_others(organisation_ids: Vec<Uuid>) -> SelectStatement {
    Query::select()
        .column(organisation_closure::Column::AncestorId)
        .from(organisation_closure::Entity)
        .and_where(Expr::col(organisation_closure::Column::AncestorId).is_in(organisation_ids))
        .and_where(Expr::col(organisation_closure::Column::Depth).gt(0))
        .to_owned()
}

/// On which organisations somebody holds a role.
pub fn held(person: &SignedIn, role: Role) -> Vec<Uuid> {
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

/// Narrows rows with days of their own, and of organisations, to those that hold on a day. What an organisation does
/// or has ends with it, whatever day the row says.
pub fn holding_on(
    (from, to): (impl IntoColumnRef, impl IntoColumnRef),
    organisation_ids: impl IntoIterator<Item = ColumnRef>,
    day: NaiveDate,
) -> Condition {
    let to = to.into_column_ref();
    let days = Condition::all()
        .add(Expr::col(from).lte(day))
        .add(Condition::any().add(Expr::col(to.clone()).is_null()).add(Expr::col(to).gte(day)));
    organisation_ids.into_iter().fold(days, |all, id| {
        let ended = Query::select()
            .column(organisation::Column::Id)
            .from(organisation::Entity)
            .and_where(Expr::col(organisation::Column::EffectiveTo).lt(day))
            .to_owned();
        all.add(Expr::col(id).not_in_subquery(ended))
    })
}

/// The programme of an organisation, for the journal.
pub async fn programme_of(connection: &impl ConnectionTrait, organisation_id: Uuid) -> ApiResult<Option<Uuid>> {
    Ok(organisation::Entity::find_by_id(organisation_id).one(connection).await?.and_then(|row| row.programme_id))
}
