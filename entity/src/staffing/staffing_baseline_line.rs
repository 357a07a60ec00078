//! Budget-paid public employees assigned to a unit at the baseline.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staffing_baseline_line")]
pub struct Model {
    /// Of which baseline.
    #[sea_orm(primary_key, auto_increment = false)]
    pub programme_id: Uuid,
    /// Which unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// How many posts.
    pub posts: i32,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
