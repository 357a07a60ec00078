//! A refresh token, known only by its hash; good for one use.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256, hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// Its family.
    pub session_id: Uuid,
    /// When it was made.
    pub issued_at: DateTimeUtc,
    /// When it ends.
    pub expires_at: DateTimeUtc,
    /// When it was exchanged; a second use ends the family.
    pub used_at: Option<DateTimeUtc>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
