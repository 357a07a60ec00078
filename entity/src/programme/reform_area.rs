//! One of the six reform areas (nội dung cải cách hành chính).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reform_area")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// INSTITUTION, PROCEDURE, APPARATUS, CIVIL_SERVICE, PUBLIC_FINANCE or DIGITAL_GOV.
    pub code: String,
    /// Order in the plan.
    pub position: i32,
    /// Section of the plan.
    pub section: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
