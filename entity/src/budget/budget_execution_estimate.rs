//! The estimates of a unit as they stood at the end of a period when its submission was accepted.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_execution_estimate")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// REVENUE or EXPENDITURE.
    #[sea_orm(primary_key, auto_increment = false)]
    pub flow: String,
    /// RECURRENT, INVESTMENT, TRANSFER or OTHER.
    #[sea_orm(primary_key, auto_increment = false)]
    pub nature: String,
    /// Assigned at the beginning of the year, in đồng.
    pub initial_amount: i64,
    /// With all changes by the last day of the period, in đồng.
    pub current_amount: i64,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
