//! A change of organisations: recorded by the standing body, confirmed or rejected by the Chair.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_change")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Code, unique in the programme: `TC-2026-001`.
    pub code: String,
    /// ESTABLISH, RENAME, MERGE, SPLIT, DISSOLVE or MOVE.
    pub kind: String,
    /// RECORDED, CONFIRMED or REJECTED.
    pub state: String,
    /// Number of the decision that orders it.
    pub decision_number: String,
    /// The day of that decision.
    pub decision_date: Date,
    /// The first day on which it holds.
    pub effective_on: Date,
    /// What a reader should know.
    pub content: Option<String>,
    /// The new Vietnamese name, of a renaming.
    pub name_vi: Option<String>,
    /// The new English name, of a renaming.
    pub name_en: Option<String>,
    /// Who confirmed or rejected it.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// Why.
    pub decision_reason: Option<String>,
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
