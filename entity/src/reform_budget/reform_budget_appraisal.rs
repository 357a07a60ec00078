//! What one side said of a line of the budget of the reform; append-only: the last of a side in a round counts.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reform_budget_appraisal")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The line.
    pub line_id: Uuid,
    /// The round of the line.
    pub round: i32,
    /// FINANCE or STANDING_BODY.
    pub side: String,
    /// What it thinks right, VND; none where it returned the line.
    pub amount_vnd: Option<i64>,
    /// In words; the reason where it returned the line.
    pub opinion: String,
    /// By whom.
    pub appraised_by: Uuid,
    /// When.
    pub appraised_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
