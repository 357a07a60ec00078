//! The baseline of the cut of posts (số giao năm 2025), one of each programme, frozen once approved.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staffing_baseline")]
pub struct Model {
    /// Of which programme.
    #[sea_orm(primary_key, auto_increment = false)]
    pub programme_id: Uuid,
    /// PROPOSED or APPROVED.
    pub state: String,
    /// Number of the approving decision.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<Date>,
    /// Who approved it.
    pub approved_by: Option<Uuid>,
    /// When.
    pub approved_at: Option<DateTimeUtc>,
    /// Grows with every change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
