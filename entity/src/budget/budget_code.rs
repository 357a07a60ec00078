//! A code of the budget classification (mục lục ngân sách nhà nước), for a time.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_code")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// CHAPTER, CATEGORY, SUBCATEGORY, ITEM, SUBITEM, SOURCE or LEVEL.
    pub kind: String,
    /// The code itself.
    pub code: String,
    /// The category of a subcategory, the item of a subitem.
    pub parent_code: Option<String>,
    /// Of items and subitems: REVENUE or EXPENDITURE.
    pub flow: Option<String>,
    /// Of items and subitems: RECURRENT, INVESTMENT, TRANSFER or OTHER.
    pub nature: Option<String>,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// Code and Vietnamese title without diacritics, lower case.
    pub search_title: String,
    /// What sets it.
    pub legal_basis: String,
    /// Whether it was held against the text itself.
    pub verified: bool,
    /// First day.
    pub effective_from: Date,
    /// Last day, if it ended.
    pub effective_to: Option<Date>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
