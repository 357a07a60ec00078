//! A finding of an audit (điểm không phù hợp, khuyến nghị).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "iso_finding")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Who must remedy it.
    pub organisation_id: Uuid,
    /// The audit.
    pub audit_id: Uuid,
    /// Its number in the audit.
    pub number: i32,
    /// How grave.
    pub severity: String,
    /// What was found.
    pub description: String,
    /// When.
    pub found_on: Date,
    /// Until when it must be remedied.
    pub due_on: Date,
    /// When it was remedied, as the unit says.
    pub remedied_on: Option<Date>,
    /// How.
    pub remedy: Option<String>,
    /// When that was confirmed.
    pub closed_on: Option<Date>,
    /// By whom.
    pub closed_by: Option<Uuid>,
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
