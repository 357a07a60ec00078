//! What one document does to another.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_relation")]
pub struct Model {
    /// The document that acts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor_id: Uuid,
    /// The document that it acts on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target_id: Uuid,
    /// AMENDS, REPLACES, REPEALS, REPEALS_PARTLY or GUIDES.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The programme of both.
    pub programme_id: Uuid,
    /// From which day.
    pub effective_on: Date,
    /// Whether the document states that day; else it is its own first day of effect.
    pub stated: bool,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
