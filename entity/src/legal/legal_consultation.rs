//! A draft on which people are consulted (lấy ý kiến Nhân dân).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_consultation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The unit that drafts.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// Title of the draft.
    pub title: String,
    /// Code and title without diacritics, lower case.
    pub search_name: String,
    /// What people are asked.
    pub content: String,
    /// Where the draft is made public.
    pub place: String,
    /// First day.
    pub opened_on: Date,
    /// Last day.
    pub closes_on: Date,
    /// What came of it, once it is closed.
    pub conclusion: Option<String>,
    /// When it was closed.
    pub closed_on: Option<Date>,
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
