//! Everybody who wrote in a classification by autonomy: none of them may appraise or decide it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "autonomy_author")]
pub struct Model {
    /// The classification.
    #[sea_orm(primary_key, auto_increment = false)]
    pub classification_id: Uuid,
    /// The writer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
