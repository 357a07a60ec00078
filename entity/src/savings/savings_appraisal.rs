//! What the finance division gives a unit for one component of its savings score; append-only. Another appraisal of the
//! same form is of a later version of it, and both stay.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "savings_appraisal")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// The submission's version that came of the appraisal: it is of the form as it stands in this version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// DIRECTION, SAVING, SUBORDINATES or COMMUNICATION.
    #[sea_orm(primary_key, auto_increment = false)]
    pub component: String,
    /// What the unit gave itself then, in hundredths of a point.
    pub own_points: i64,
    /// What it is given, in hundredths of a point.
    pub points: i64,
    /// The most that there was to get, in hundredths of a point.
    pub maximum: i64,
    /// Why it differs from the unit's own.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// By whom.
    pub appraised_by: Uuid,
    /// When.
    pub appraised_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
