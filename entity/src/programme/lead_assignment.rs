//! Who leads (chủ trì) or coordinates (phối hợp) a target or a task.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_assignment")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// TARGET or TASK.
    pub subject: String,
    /// Section of the target or task.
    pub section: String,
    /// The unit.
    pub organisation_id: Uuid,
    /// LEAD or COORDINATING.
    pub role: String,
    /// Whether the plan says so, or it was inferred or assigned later.
    pub stated_in_plan: bool,
    /// First day.
    pub effective_from: Date,
    /// Last day.
    pub effective_to: Option<Date>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
