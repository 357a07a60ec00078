//! A function, task or power of an organisation, and the post that answers for it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_function")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The organisation.
    pub organisation_id: Uuid,
    /// Code, unique in its organisation.
    pub code: String,
    /// FUNCTION, TASK or POWER.
    pub kind: String,
    /// What it is.
    pub title: String,
    /// The code and the title without diacritics, lower case.
    pub search_title: String,
    /// The reform area, by code.
    pub area_code: Option<String>,
    /// The field of management.
    pub field: Option<String>,
    /// What gives it.
    pub legal_basis: String,
    /// The post that answers for it; never a person.
    pub post_title: String,
    /// LEAD or COORDINATING.
    pub role: String,
    /// First day.
    pub effective_from: Date,
    /// Last day, if it ends.
    pub effective_to: Option<Date>,
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
