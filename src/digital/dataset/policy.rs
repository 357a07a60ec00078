//! Who may do what with datasets: this feature's part of the one table, which `api::policy` puts together.

use super::{AccessRights, DatasetState, LED_BY_TASK};
use access::Viewer;
use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;
use access::viewer::{below, held, holding_on};
use chrono::NaiveDate;
use entity::dataset::dataset;
use entity::programme::lead_assignment;
use kernel::units::{LeadRole, LeadSubject};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use uuid::Uuid;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W121", Role::UnitOfficer, Action::SaveDataset, Relation::Own),
    write("W122", Role::UnitHead, Action::SaveDataset, Relation::Own),
    write("W123", Role::UnitHead, Action::SubmitDataset, Relation::Own),
    write("W124", Role::UnitHead, Action::WithdrawDataset, Relation::Own),
    write("W125", Role::StandingBody, Action::WithdrawDataset, Relation::Within),
    write("W126", Role::Chair, Action::WithdrawDataset, Relation::Within),
    // Asked about the unit that leads the task, and about the standing body where none does: `dataset::store::deciders`.
    write("W127", Role::UnitHead, Action::DecideDataset, Relation::Own),
    write("W128", Role::StandingBody, Action::DecideDataset, Relation::StandingBodyWithin),
    write("W129", Role::Chair, Action::DecideDataset, Relation::Within),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::DecideDataset];

/// How somebody must stand to a dataset to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetReader {
    /// Whoever has a grant that reaches the programme.
    Anybody,
    /// A role on the unit that keeps it.
    Own(Role),
    /// A role on the unit that keeps it, or on one above.
    Within(Role),
    /// A role on a unit that leads the task by which datasets are published ([`LED_BY_TASK`]).
    Lead(Role),
}

/// A line of the table for reading datasets.
#[derive(Debug, Clone, Copy)]
pub struct DatasetReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who.
    pub readers: &'static [DatasetReader],
    /// With which access rights; all when empty.
    pub access: &'static [AccessRights],
    /// In which states; all when empty.
    pub states: &'static [DatasetState],
}

/// Who may read which datasets. What is published and not restricted is every agency's (sharing by default, NĐ
/// 194/2025/NĐ-CP); the rest concerns who keeps it and who publishes.
pub const READS: &[DatasetReadRule] = &[
    DatasetReadRule {
        id: "R121",
        readers: &[DatasetReader::Anybody],
        access: &[AccessRights::Open, AccessRights::Shared],
        states: &[DatasetState::Published],
    },
    DatasetReadRule {
        id: "R122",
        readers: &[DatasetReader::Own(Role::UnitOfficer), DatasetReader::Own(Role::UnitHead)],
        access: &[],
        states: &[],
    },
    DatasetReadRule {
        id: "R123",
        readers: &[
            DatasetReader::Within(Role::StandingBody),
            DatasetReader::Within(Role::Chair),
            DatasetReader::Lead(Role::UnitHead),
        ],
        access: &[],
        states: &[],
    },
];

/// Narrows datasets as [`READS`] says; who leads is asked of a day.
pub fn readable(viewer: &Viewer, today: NaiveDate) -> Condition {
    use dataset::Column;
    let Some(person) = viewer.person() else { return Condition::all() };
    let column = |column: Column| (dataset::Entity, column);
    let organisation_id = || Expr::col(column(Column::OrganisationId));
    let mut any = Condition::any();
    for rule in READS {
        let mut readers = Condition::any();
        for reader in rule.readers {
            readers = match *reader {
                DatasetReader::Anybody => readers.add(viewer.in_programmes(column(Column::ProgrammeId))),
                DatasetReader::Own(role) => readers.add(organisation_id().is_in(held(person, role))),
                DatasetReader::Within(role) => readers.add(organisation_id().in_subquery(below(held(person, role)))),
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
        .cond_where(holding_on(
            (Column::EffectiveFrom, Column::EffectiveTo),
            [Column::OrganisationId.into_column_ref()],
            today,
        ))
        .to_owned()
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveDataset", Some(Action::SaveDataset)),
    ("submitDataset", Some(Action::SubmitDataset)),
    ("decideDataset", Some(Action::DecideDataset)),
    ("withdrawDataset", Some(Action::WithdrawDataset)),
    ("recordDatasetUpdate", Some(Action::SaveDataset)),
    ("recordOpenDataReview", Some(Action::DecideDataset)),
];
