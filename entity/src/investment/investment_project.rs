//! A project of public investment (dự án đầu tư công).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "investment_project")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Who manages it.
    pub organisation_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Code and name without diacritics, lower case.
    pub search_name: String,
    /// A, B or C.
    pub project_group: String,
    /// Number of the decision that approved it.
    pub decision_number: String,
    /// Its day.
    pub decision_date: Date,
    /// In đồng.
    pub total_investment: i64,
    /// First year.
    pub start_year: i32,
    /// Last year, as planned.
    pub finish_year: i32,
    /// When it was completed.
    pub completed_on: Option<Date>,
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
