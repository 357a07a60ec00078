//! An application of new technology (ứng dụng AI, IoT, dữ liệu lớn).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "technology_application")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Who applies it.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Code and name without diacritics, lower case.
    pub search_name: String,
    /// Which technology.
    pub technology: String,
    /// In which sector.
    pub sector: String,
    /// How far it is.
    pub status: String,
    /// From which day.
    pub since: Date,
    /// What it does.
    pub description: Option<String>,
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
