//! A dated parameter (tham số có thời hạn hiệu lực).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parameter")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it holds for.
    pub programme_id: Uuid,
    /// Code: `PUBLICATION_DAYS`.
    pub code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// The value, where it is a text or a list of codes with commas.
    pub value_text: Option<String>,
    /// The value, where it is a whole number.
    pub value_number: Option<i64>,
    /// What the number counts: DAY, MONTH, VND.
    pub unit: Option<String>,
    /// First day on which it holds.
    pub effective_from: Date,
    /// Last day on which it holds.
    pub effective_to: Option<Date>,
    /// What sets it.
    pub legal_basis: String,
    /// What a reader should know.
    pub note: Option<String>,
    /// Whether it was confirmed in the legal source itself.
    pub verified: bool,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
