//! What a decision assigned to a line; append-only.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// The budget year.
    pub fiscal_year: i32,
    /// The line.
    pub line_id: Uuid,
    /// INITIAL, SUPPLEMENT, ADJUSTMENT, CARRY_OVER or CANCELLATION.
    pub kind: String,
    /// In đồng, as it was entered.
    pub amount: i64,
    /// In đồng, as it counts: a cancellation takes away.
    pub effect: i64,
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
