//! Reversible schema migrations, the same on SQLite and PostgreSQL.
//!
//! A migration is a list of SQL statements for up and one for down, written once: the placeholders of
//! [`dialect`] stand for the few types that the engines name differently. A migration that has landed
//! is never edited; a change is a new one.

pub use sea_orm_migration::prelude::*;

mod dialect;
mod m20261124_000001_organisation;
mod m20261124_000002_programme;
mod m20261124_000003_access;
mod m20261124_000004_procedure;
mod m20261124_000005_workflow;
mod m20261124_000006_dossier;
mod m20261124_000007_indicator;
mod m20261124_000008_audit;
mod m20261125_000009_procedure_version;
mod m20261125_000010_form_cell;
mod m20261125_000011_procedure_review;
mod m20261125_000012_procedure_publication;
mod m20261125_000013_staffing;
mod m20261125_000014_organisation_change;
mod m20261125_000015_apparatus;
mod m20261125_000021_observation_disclosed;
mod m20261125_000022_indicator_scope;
mod m20261125_000031_budget;
mod m20261125_000032_investment;
mod m20261129_000033_asset;
mod m20261129_000034_autonomy;
mod m20261129_000035_reform_budget;
mod m20261129_000036_finance_forms;
mod m20261129_000037_budget_estimate;
mod m20261129_000041_legal;
mod m20261129_000042_digital;
mod m20261129_000043_dataset;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_organisation::Migration),
            Box::new(m20261124_000002_programme::Migration),
            Box::new(m20261124_000003_access::Migration),
            Box::new(m20261124_000004_procedure::Migration),
            Box::new(m20261124_000005_workflow::Migration),
            Box::new(m20261124_000006_dossier::Migration),
            Box::new(m20261124_000007_indicator::Migration),
            Box::new(m20261124_000008_audit::Migration),
            Box::new(m20261125_000009_procedure_version::Migration),
            Box::new(m20261125_000010_form_cell::Migration),
            Box::new(m20261125_000011_procedure_review::Migration),
            Box::new(m20261125_000012_procedure_publication::Migration),
            Box::new(m20261125_000013_staffing::Migration),
            Box::new(m20261125_000014_organisation_change::Migration),
            Box::new(m20261125_000015_apparatus::Migration),
            Box::new(m20261125_000021_observation_disclosed::Migration),
            Box::new(m20261125_000022_indicator_scope::Migration),
            Box::new(m20261125_000031_budget::Migration),
            Box::new(m20261125_000032_investment::Migration),
            Box::new(m20261129_000033_asset::Migration),
            Box::new(m20261129_000034_autonomy::Migration),
            Box::new(m20261129_000035_reform_budget::Migration),
            Box::new(m20261129_000036_finance_forms::Migration),
            Box::new(m20261129_000037_budget_estimate::Migration),
            Box::new(m20261129_000041_legal::Migration),
            Box::new(m20261129_000042_digital::Migration),
            Box::new(m20261129_000043_dataset::Migration),
        ]
    }
}
