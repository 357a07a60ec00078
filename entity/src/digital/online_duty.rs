//! What must stand on an online channel, and be kept up to date (nội dung phải cập nhật).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "online_duty")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Whose duty.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// The kind of channel.
    pub channel: String,
    /// The channel's name.
    pub channel_name: String,
    /// Its address.
    pub url: String,
    /// What must stand there.
    pub content: String,
    /// First day.
    pub effective_from: Date,
    /// Last day.
    pub effective_to: Option<Date>,
    /// When it was last looked at.
    pub last_looked_on: Option<Date>,
    /// When it had last been updated then.
    pub last_updated_on: Option<Date>,
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
