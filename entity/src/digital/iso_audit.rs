//! An audit of the quality management system (đánh giá theo TCVN ISO 18091).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "iso_audit")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Who was audited.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// Internal, for certification, or surveillance.
    pub kind: String,
    /// When.
    pub audited_on: Date,
    /// By whom.
    pub auditor: String,
    /// What it concluded.
    pub conclusion: Option<String>,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
