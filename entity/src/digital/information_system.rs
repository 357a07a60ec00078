//! An information system (hệ thống thông tin).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "information_system")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Who uses and answers for it.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Code and name without diacritics, lower case.
    pub search_name: String,
    /// Who provides it: the centre, the city or the ward.
    pub level: String,
    /// What it is for.
    pub purpose: String,
    /// Its security level, 1 to 5.
    pub security_level: Option<i32>,
    /// Number of the decision that approved that level.
    pub security_decision_number: Option<String>,
    /// Its day.
    pub security_decision_date: Option<Date>,
    /// First day of use; none while it is planned.
    pub used_from: Option<Date>,
    /// Last day of use.
    pub used_to: Option<Date>,
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
