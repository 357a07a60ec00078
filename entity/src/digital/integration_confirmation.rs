//! Who confirmed that an integration is live (xác nhận); append-only.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integration_confirmation")]
pub struct Model {
    /// What is confirmed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// By whom.
    pub confirmed_by: Uuid,
    /// When.
    pub confirmed_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
