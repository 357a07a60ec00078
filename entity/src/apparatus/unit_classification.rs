//! How a public service unit is classified, for a time.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_classification")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The organisation.
    pub organisation_id: Uuid,
    /// ESSENTIAL_SERVICE, OTHER_SERVICE or STATE_MANAGEMENT.
    pub unit_type: String,
    /// Grade of the unit, as the criteria name it.
    pub grade: Option<String>,
    /// The criteria that it meets.
    pub criteria: String,
    /// KEEP, MERGE, DISSOLVE or CONVERT.
    pub proposal: String,
    /// Number of the decision.
    pub decision_number: String,
    /// The day of that decision.
    pub decision_date: Date,
    /// First day.
    pub effective_from: Date,
    /// Last day, if it ends.
    pub effective_to: Option<Date>,
    /// A remark.
    pub note: Option<String>,
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
