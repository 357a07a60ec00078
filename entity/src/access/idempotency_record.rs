//! A mutation done under an idempotency key.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_record")]
pub struct Model {
    /// Whose key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idempotency_key: String,
    /// The mutation.
    pub operation: String,
    /// SHA-256 of its input.
    pub request_hash: String,
    /// The record it made or changed.
    pub result_id: Option<Uuid>,
    /// When.
    pub created_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
