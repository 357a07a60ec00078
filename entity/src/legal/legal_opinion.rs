//! An opinion on a draft, or several alike.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_opinion")]
pub struct Model {
    /// The consultation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub consultation_id: Uuid,
    /// Place in the list, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Who gave it.
    pub source: String,
    /// How many said so.
    pub count: i32,
    /// In short words.
    pub summary: String,
    /// What the unit answers.
    pub response: Option<String>,
    /// Why.
    pub explanation: Option<String>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
