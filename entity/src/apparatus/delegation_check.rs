//! A supervision check of a delegation.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegation_check")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The delegation.
    pub delegation_id: Uuid,
    /// When.
    pub checked_on: Date,
    /// OK, SHORTCOMING or VIOLATION.
    pub finding: String,
    /// What was found.
    pub note: Option<String>,
    /// When it was mended.
    pub remedied_on: Option<Date>,
    /// Grows with every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
