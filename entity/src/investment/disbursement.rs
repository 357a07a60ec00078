//! What the Treasury paid for a project by the end of a month; a correction is the next edition.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disbursement")]
pub struct Model {
    /// The project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The plan year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_year: i32,
    /// 1 to 12; 13 until 31 January.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: i32,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition: i32,
    /// Its programme.
    pub programme_id: Uuid,
    /// Cumulative, in đồng.
    pub disbursed: i64,
    /// Of it from the extended plan of the year before.
    pub of_extended: i64,
    /// Work accepted, cumulative, in đồng.
    pub accepted_volume: i64,
    /// Why, where it corrects.
    pub reason: Option<String>,
    /// By whom.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
