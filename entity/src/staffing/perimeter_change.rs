//! A change of the perimeter of the cut: units merged, split, moved in or out (điều chỉnh phạm vi so sánh).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "perimeter_change")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which programme.
    pub programme_id: Uuid,
    /// MERGE, SPLIT, MOVE_IN or MOVE_OUT.
    pub kind: String,
    /// From which day.
    pub effective_on: Date,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: Date,
    /// Why.
    pub reason: String,
    /// When it was entered.
    pub created_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
