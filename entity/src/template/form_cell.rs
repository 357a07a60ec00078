//! A cell of a form that a template describes: a number, or a text.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "form_cell")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// Its place in the form, from 1: the order of reading.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Code of the template's table.
    pub table_code: String,
    /// Code of the row: the values of the table's dimensions, joined by `/`.
    pub row_code: String,
    /// Code of the field.
    pub field_code: String,
    /// A count or an amount in đồng.
    pub value: Option<i64>,
    /// A text, or a day as `2026-03-14`.
    #[sea_orm(column_type = "Text", nullable)]
    pub text: Option<String>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
