//! What a caller may see: a narrowing of the SELECT, never a filter after the fact.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::asset::{asset_plan, public_asset};
use entity::autonomy::autonomy_classification;
use entity::dataset::dataset;
use entity::indicator::{indicator_observation, indicator_term, measure_value};
use entity::legal::legal_review;
use entity::organisation::{organisation, organisation_change, organisation_closure};
use entity::programme::lead_assignment;
use entity::reform_budget::reform_budget_line;
use entity::simplification::procedure_review;
use entity::workflow::submission;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use sea_orm::{EntityTrait, QueryTrait};
use uuid::Uuid;

use super::policy::{
    ASSET_READ_RULES, AUTONOMY_READ_RULES, CHANGE_READ_RULES, DATASET_READ_RULES, DatasetReader,
    LEGAL_REVIEW_READ_RULES, READ_RULES, REFORM_BUDGET_READ_RULES, REVIEW_READ_RULES, ReadRule, RegisterReadRule,
    Relation,
};
use super::role::Role;
use super::{Caller, SignedIn};
use crate::asset::{AssetPlanState, AssetState};
use crate::autonomy::AutonomyState;
use crate::dataset::LED_BY_TASK;
use crate::error::{ApiError, ApiResult};
use crate::form::{FormCode, State};
use crate::programme::{LeadRole, LeadSubject};
use crate::reform_budget::ReformBudgetState;
use crate::template;

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

    /// Whether the caller may know if an organisation has submitted a form: he sees what it submits of that form as soon as
    /// that is sent. `upward` are the organisation and all above it.
    pub fn may_know_of(&self, form: FormCode, organisation_id: Uuid, upward: &[Uuid]) -> bool {
        let Reader::Person(person) = &self.0 else { return true };
        let confidential = template::confidential().any(|template| template.code == form);
        let speaks = |rule: &&ReadRule| {
            (rule.states.is_empty() || rule.states.contains(&State::Submitted))
                && (rule.forms.is_empty() || rule.forms.contains(&form))
                && (rule.confidential || !confidential)
        };
        READ_RULES.iter().filter(speaks).any(|rule| {
            held(person, rule.role).iter().any(|id| match rule.relation {
                Relation::Own => *id == organisation_id,
                _ => upward.contains(id),
            })
        })
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
            if !rule.confidential {
                let closed = template::confidential().map(|template| template.code.as_str());
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
                .add(Expr::col(column(Column::MeasureCode)).is_not_in(template::confidential_measures()))
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
            .and_where(Expr::col(indicator_term::Column::MeasureCode).is_in(template::confidential_measures()))
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

    /// Narrows reviews of legal documents as `policy::LEGAL_REVIEW_READ_RULES` says.
    pub fn legal_reviews(&self) -> Condition {
        use legal_review::Column;
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let column = |column: Column| (legal_review::Entity, column);
        let mut any = Condition::any();
        for rule in LEGAL_REVIEW_READ_RULES {
            let mut all = if rule.roles.is_empty() {
                self.in_programmes(column(Column::ProgrammeId))
            } else {
                let held: Vec<Uuid> = rule.roles.iter().flat_map(|role| held(person, *role)).collect();
                if held.is_empty() {
                    continue;
                }
                let organisation_id = Expr::col(column(Column::OrganisationId));
                Condition::all().add(match rule.relation {
                    Relation::Own => organisation_id.is_in(held),
                    _ => organisation_id.in_subquery(below(held)),
                })
            };
            if !rule.states.is_empty() {
                let states = rule.states.iter().map(|state| state.as_str());
                all = all.add(Expr::col(column(Column::State)).is_in(states));
            }
            any = any.add(all);
        }
        any
    }

    /// Narrows classifications by autonomy as `policy::AUTONOMY_READ_RULES` says.
    pub fn autonomy_classifications(&self) -> Condition {
        use autonomy_classification::Column;
        let column = |column: Column| (autonomy_classification::Entity, column);
        let columns = (column(Column::OrganisationId), column(Column::State));
        self.by_rules(AUTONOMY_READ_RULES, AutonomyState::as_str, columns)
    }

    /// Narrows lines of the budget of the reform as `policy::REFORM_BUDGET_READ_RULES` says.
    pub fn reform_budget_lines(&self) -> Condition {
        use reform_budget_line::Column;
        let column = |column: Column| (reform_budget_line::Entity, column);
        let columns = (column(Column::OrganisationId), column(Column::State));
        self.by_rules(REFORM_BUDGET_READ_RULES, ReformBudgetState::as_str, columns)
    }

    fn by_rules<S: Copy>(
        &self,
        rules: &[RegisterReadRule<S>],
        text: fn(S) -> &'static str,
        (organisation_id, state): (impl IntoColumnRef + Clone, impl IntoColumnRef + Clone),
    ) -> Condition {
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let mut any = Condition::any();
        for rule in rules {
            let held: Vec<Uuid> = rule.roles.iter().flat_map(|role| held(person, *role)).collect();
            if held.is_empty() {
                continue;
            }
            let organisation_id = Expr::col(organisation_id.clone());
            let mut all = Condition::all().add(match rule.relation {
                Relation::Own => organisation_id.is_in(held),
                _ => organisation_id.in_subquery(below(held)),
            });
            if !rule.states.is_empty() {
                all = all.add(Expr::col(state.clone()).is_in(rule.states.iter().copied().map(text)));
            }
            any = any.add(all);
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
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

    /// Narrows public assets as `policy::ASSET_READ_RULES` says: what is only recorded is a draft.
    pub fn public_assets(&self) -> Condition {
        use public_asset::Column;
        if let Reader::Everything = self.0 {
            return Condition::all();
        }
        let column = |column: Column| (public_asset::Entity, column);
        let confirmed = self
            .in_programmes(column(Column::ProgrammeId))
            .add(Expr::col(column(Column::State)).eq(AssetState::Confirmed.as_str()));
        Condition::any().add(confirmed).add(self.asset_drafts())
    }

    /// Narrows public assets to those of which the caller may read drafts and proposals.
    pub fn asset_drafts(&self) -> Condition {
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let mut any = Condition::any();
        for rule in ASSET_READ_RULES.iter().filter(|rule| rule.drafts) {
            let held: Vec<Uuid> = rule.roles.iter().flat_map(|role| held(person, *role)).collect();
            if held.is_empty() {
                continue;
            }
            let organisation_id = Expr::col((public_asset::Entity, public_asset::Column::OrganisationId));
            any = any.add(match rule.relation {
                Relation::Own => organisation_id.is_in(held),
                _ => organisation_id.in_subquery(below(held)),
            });
        }
        if any.is_empty() { any.add(Expr::value(1).eq(0)) } else { any }
    }

    /// Narrows plans and schemes: those that were approved, and all of assets whose drafts may be read.
    pub fn asset_plans(&self) -> Condition {
        use asset_plan::Column;
        if let Reader::Everything = self.0 {
            return Condition::all();
        }
        let column = |column: Column| (asset_plan::Entity, column);
        let approved = [AssetPlanState::Approved, AssetPlanState::Done, AssetPlanState::Replaced];
        let approved = self
            .in_programmes(column(Column::ProgrammeId))
            .add(Expr::col(column(Column::State)).is_in(approved.map(AssetPlanState::as_str)));
        let inside = Query::select()
            .column((public_asset::Entity, public_asset::Column::Id))
            .from(public_asset::Entity)
            .cond_where(self.asset_drafts())
            .to_owned();
        Condition::any().add(approved).add(Expr::col(column(Column::AssetId)).in_subquery(inside))
    }
    /// Narrows datasets as `policy::DATASET_READ_RULES` says; who leads is asked of a day.
    pub fn datasets(&self, today: NaiveDate) -> Condition {
        use dataset::Column;
        let Reader::Person(person) = &self.0 else { return Condition::all() };
        let column = |column: Column| (dataset::Entity, column);
        let organisation_id = || Expr::col(column(Column::OrganisationId));
        let mut any = Condition::any();
        for rule in DATASET_READ_RULES {
            let mut readers = Condition::any();
            for reader in rule.readers {
                readers = match *reader {
                    DatasetReader::Anybody => readers.add(self.in_programmes(column(Column::ProgrammeId))),
                    DatasetReader::Own(role) => readers.add(organisation_id().is_in(held(person, role))),
                    DatasetReader::Within(role) => {
                        readers.add(organisation_id().in_subquery(below(held(person, role))))
                    }
                    DatasetReader::Lead(role) => {
                        let led = programmes_led_by(held(person, role), today);
                        readers.add(Expr::col(column(Column::ProgrammeId)).in_subquery(led))
                    }
                };
            }
            let mut all = Condition::all().add(readers);
            if !rule.access.is_empty() {
                let access = rule.access.iter().map(|access| access.as_str());
                all = all.add(Expr::col(column(Column::Access)).is_in(access));
            }
            if !rule.states.is_empty() {
                let states = rule.states.iter().map(|state| state.as_str());
                all = all.add(Expr::col(column(Column::State)).is_in(states));
            }
            any = any.add(all);
        }
        any
    }
}

/// The programmes in which some organisations lead the task by which datasets are published.
fn programmes_led_by(organisation_ids: Vec<Uuid>, today: NaiveDate) -> SelectStatement {
    use lead_assignment::Column;
    Query::select()
        .column(Column::ProgrammeId)
        .from(lead_assignment::Entity)
        .and_where(Expr::col(Column::Subject).eq(LeadSubject::Task.as_str()))
        .and_where(Expr::col(Column::Section).eq(LED_BY_TASK))
        .and_where(Expr::col(Column::Role).eq(LeadRole::Lead.as_str()))
        .and_where(Expr::col(Column::OrganisationId).is_in(organisation_ids))
        .cond_where(crate::organisation::store::holding_on(
            (Column::EffectiveFrom, Column::EffectiveTo),
            [Column::OrganisationId.into_column_ref()],
            today,
        ))
        .to_owned()
}

/// The organisations whose confidential forms somebody may read: these alone, and with all below them.
struct Reach {
    own: Vec<Uuid>,
    within: Vec<Uuid>,
}

impl Reach {
    fn of(person: &SignedIn) -> Reach {
        let (mut own, mut within) = (Vec::new(), Vec::new());
        for rule in READ_RULES.iter().filter(|rule| rule.confidential) {
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
