//! Every pair of an organisation and one below it, itself included (depth 0).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_closure")]
pub struct Model {
    /// The upper one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: Uuid,
    /// The lower one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub descendant_id: Uuid,
    /// Steps between them.
    pub depth: i32,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
