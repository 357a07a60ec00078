//! Who submits which form for which kind of period, and how long after its end.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reporting_obligation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The form.
    pub form: String,
    /// Who submits.
    pub organisation_id: Uuid,
    /// The calendar of its periods.
    pub calendar: String,
    /// The kind of period.
    pub period_kind: String,
    /// Days after the end of the period.
    pub due_days: i32,
    /// First day.
    pub effective_from: Date,
    /// Last day.
    pub effective_to: Option<Date>,
    /// Where the duty comes from.
    pub basis: String,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
