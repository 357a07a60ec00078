//! An administrative procedure (thủ tục hành chính): who it is. What it says, and from when to when, stands in
//! its versions.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procedure")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The unit that manages it.
    pub organisation_id: Uuid,
    /// National code, a local one, or that of an internal procedure.
    pub code: String,
    /// Whether it is a procedure between agencies (nội bộ) and not one of the people's.
    pub internal: bool,
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
