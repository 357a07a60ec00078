//! What became of the integration of an information system with a platform (kết nối, tích hợp); append-only.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "integration_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The information system.
    pub system_id: Uuid,
    /// The platform.
    pub platform: String,
    /// Which way data goes.
    pub direction: String,
    /// How far it is.
    pub status: String,
    /// From which day.
    pub since: Date,
    /// Its place in the history of the system with the platform, from 1.
    pub number: i32,
    /// A remark.
    pub note: Option<String>,
    /// Who recorded it.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
