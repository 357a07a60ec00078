//! A figure of a measure, append-only.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "measure_value")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// Of which measure.
    pub measure_code: String,
    /// Empty for the total.
    pub breakdown: String,
    /// Calendar of the period.
    pub calendar: String,
    /// Kind of the period.
    pub period_kind: String,
    /// Code of the period; for a register's measure the day from which it holds.
    pub period_code: String,
    /// First day.
    pub period_start: Date,
    /// Last day.
    pub period_end: Date,
    /// The figure; none where it was withdrawn.
    pub value: Option<i64>,
    /// SUBMISSION or REGISTER.
    pub source_kind: String,
    /// The submission it came from.
    pub source_id: Option<Uuid>,
    /// When it became known.
    pub revision: i64,
    /// When a newer figure took its place.
    pub superseded_revision: Option<i64>,
    /// When it was written.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
