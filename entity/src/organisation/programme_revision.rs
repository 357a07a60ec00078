//! When each revision of a programme became known.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programme_revision")]
pub struct Model {
    /// The programme it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub programme_id: Uuid,
    /// 1, 2, 3 ...
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// When it became known.
    pub recorded_at: DateTimeUtc,
    /// The action that made it.
    pub cause: String,
    /// The record that made it.
    pub source_id: Option<Uuid>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
