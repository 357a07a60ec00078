//! Everybody who wrote in a submission or appraised it: none of them may accept it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission_author")]
pub struct Model {
    /// The submission.
    #[sea_orm(primary_key, auto_increment = false)]
    pub submission_id: Uuid,
    /// The writer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: Uuid,
    /// Whether he appraised it and did not write in it.
    pub appraiser: bool,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
