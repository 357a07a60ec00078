//! A reform programme (chương trình tổng thể) of one administrative unit.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programme")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Stable ASCII code, unique on the server.
    pub code: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: String,
    /// Number of the decision that issued it.
    pub decision_number: String,
    /// Date of that decision.
    pub decision_date: Date,
    /// First day.
    pub start_date: Date,
    /// Last day.
    pub end_date: Date,
    /// The last revision given out; grows with every change of a figure.
    pub revision: i64,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
