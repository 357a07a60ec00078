//! A line of the budget: an organisation, a year and a classification.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_line")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// The budget year.
    pub fiscal_year: i32,
    /// The classification as one text, such as `800-341-6000-6001-13-4`.
    pub code: String,
    /// Chapter (chương).
    pub chapter: String,
    /// Subcategory (khoản); empty for revenue without one.
    pub subcategory: String,
    /// Item (mục).
    pub item: String,
    /// Subitem (tiểu mục); empty for a line of the whole item.
    pub subitem: String,
    /// Source (nguồn); empty for revenue without one.
    pub source: String,
    /// Level of the budget (cấp).
    pub level: String,
    /// REVENUE or EXPENDITURE, from the item.
    pub flow: String,
    /// RECURRENT, INVESTMENT, TRANSFER or OTHER, from the item.
    pub nature: String,
    /// When it was first used.
    pub created_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
