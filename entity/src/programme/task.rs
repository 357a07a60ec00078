//! A qualitative task (nhiệm vụ) of the plan.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Section of the plan, the stable code.
    pub section: String,
    /// Reform area; none for solutions and duties.
    pub area_code: Option<String>,
    /// OBJECTIVE, TASK, SOLUTION or DUTY.
    pub kind: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// When it must be done.
    pub due: Option<Date>,
    /// How often, where it recurs.
    pub recurrence: Option<String>,
    /// Whether every unit has it.
    pub all_units: bool,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
