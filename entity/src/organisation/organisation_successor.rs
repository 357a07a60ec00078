//! What became of an organisation that was merged, split or renamed.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_successor")]
pub struct Model {
    /// The earlier one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub predecessor_id: Uuid,
    /// The later one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub successor_id: Uuid,
    /// RENAME, MERGE, SPLIT or MOVE.
    pub kind: String,
    /// From this day on.
    pub effective_on: Date,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
