//! A measure in the numerator or denominator of an indicator.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator_term")]
pub struct Model {
    /// The indicator.
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator_code: String,
    /// NUMERATOR or DENOMINATOR.
    #[sea_orm(primary_key, auto_increment = false)]
    pub side: String,
    /// The measure.
    #[sea_orm(primary_key, auto_increment = false)]
    pub measure_code: String,
    /// 1 or -1 as a rule.
    pub coefficient: i32,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
