//! What a decision put into the capital plan of a project and a year; append-only.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "capital_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The plan year.
    pub plan_year: i32,
    /// ASSIGNED, EXTENDED or ADJUSTMENT.
    pub kind: String,
    /// In đồng.
    pub amount: i64,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: Date,
    /// Why, where it needed one.
    pub explanation: Option<String>,
    /// By whom.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
