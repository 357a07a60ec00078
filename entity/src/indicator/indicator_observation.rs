//! A figure of an indicator (số liệu), append-only, computed from measures.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_observation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Of which indicator.
    pub indicator_code: String,
    /// Whose, itself and all below it.
    pub organisation_id: Uuid,
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
    /// Exact numerator; none where there is no data.
    pub numerator: Option<i64>,
    /// Exact denominator.
    pub denominator: Option<i64>,
    /// Parts (unit x period) that have not been accepted although others of the same period were.
    pub missing: i32,
    /// Of a whole programme's figure that rests on confidential forms: whether it is shown to those outside. None for
    /// all other figures; of those that rest on such forms nothing is said outside.
    pub disclosed: Option<bool>,
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
