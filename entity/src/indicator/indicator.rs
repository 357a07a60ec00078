//! An indicator (chỉ tiêu): numerator measures / denominator measures.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator")]
pub struct Model {
    /// Stable code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The target it is compared with.
    pub section: Option<String>,
    /// PLAN, or ALTERNATIVE for another way to read the same words.
    pub reading: String,
    /// Reform area.
    pub area_code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// What is counted.
    pub description_vi: String,
    /// What is counted.
    pub description_en: String,
    /// PERCENT.
    pub unit: String,
    /// HIGHER_IS_BETTER or LOWER_IS_BETTER.
    pub direction: String,
    /// Calendar of its periods.
    pub calendar: String,
    /// Kind of its shortest usual period.
    pub frequency: String,
    /// Order in lists.
    pub position: i32,
    /// Whether it is kept of the whole programme alone.
    pub whole_programme_only: bool,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
