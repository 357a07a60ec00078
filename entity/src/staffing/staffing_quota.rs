//! Posts assigned to a unit by a decision (biên chế được giao).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staffing_quota")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which programme.
    pub programme_id: Uuid,
    /// To which unit.
    pub organisation_id: Uuid,
    /// One of the seven categories, never merged.
    pub category: String,
    /// STATE_BUDGET or SERVICE_REVENUE.
    pub funding_source: String,
    /// How many posts.
    pub posts: i32,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: Date,
    /// From which day.
    pub effective_from: Date,
    /// Grows with every correction.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When it was last corrected.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
