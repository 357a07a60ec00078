//! By how many posts a change of perimeter adjusts the baseline of a unit.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "perimeter_line")]
pub struct Model {
    /// Of which change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub change_id: Uuid,
    /// Which unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// By how many posts; negative where they leave.
    pub posts: i32,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
