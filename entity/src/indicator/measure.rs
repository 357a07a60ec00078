//! A named number that statistics are read off.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "measure")]
pub struct Model {
    /// Stable code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// FLOW, STOCK, OPENING or CUMULATIVE.
    pub additivity: String,
    /// DOSSIER, PROCEDURE, TRANSACTION ...
    pub unit: String,
    /// The form or register it is read off.
    pub source: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
