//! What was spent of a line of the budget of the reform by the end of a month; a correction is the next edition.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reform_budget_spending")]
pub struct Model {
    /// The line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_id: Uuid,
    /// 1 to 12; 13 until 31 January.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: i32,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition: i32,
    /// Its programme.
    pub programme_id: Uuid,
    /// Cumulative, VND.
    pub spent_vnd: i64,
    /// Whether that is more than was allocated by the end of the month, as known when it was recorded.
    pub above_allocation: bool,
    /// Why it is more.
    pub explanation: Option<String>,
    /// Why it corrects what was recorded, or is less than an earlier month.
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
