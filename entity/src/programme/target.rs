//! A numeric target (mục tiêu số) of one issuing level.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "target")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Section of the plan, the stable code.
    pub section: String,
    /// Reform area.
    pub area_code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// PERCENT.
    pub unit: String,
    /// GTE, EQ or LTE.
    pub comparator: String,
    /// The value in hundredths of its unit: 85 % is 8500.
    pub value_hundredths: i64,
    /// When it must be met.
    pub due: Date,
    /// WARD, CITY or NATIONAL.
    pub issuing_level: String,
    /// The document that sets it.
    pub legal_basis: String,
    /// First day it holds.
    pub valid_from: Date,
    /// Last day it holds.
    pub valid_to: Option<Date>,
    /// What a reader should know.
    pub note_vi: Option<String>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
