//! A line of the budget of the reform (kinh phí cải cách hành chính): what a unit asks for a task of the plan in a year.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reform_budget_line")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Code, unique in the programme: `KP-2026-001`.
    pub code: String,
    /// The unit that asks.
    pub organisation_id: Uuid,
    /// The budget year.
    pub fiscal_year: i32,
    /// The task of the plan that it is for.
    pub task_id: Uuid,
    /// What it is for, in words.
    pub content: String,
    /// What the unit asks for, VND.
    pub estimated_vnd: i64,
    /// DRAFT, SUBMITTED, RETURNED, APPRAISED, ALLOCATED or REJECTED.
    pub state: String,
    /// How often it was submitted; appraisals are of one round.
    pub round: i32,
    /// When it was submitted last; none before, and while it is returned.
    pub submitted_on: Option<Date>,
    /// Why it was returned last.
    pub returned_reason: Option<String>,
    /// What both appraisals of this round agree on, VND.
    pub appraised_vnd: Option<i64>,
    /// When it was rejected.
    pub rejected_on: Option<Date>,
    /// Why.
    pub rejected_reason: Option<String>,
    /// Who allocated or rejected.
    pub decided_by: Option<Uuid>,
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
