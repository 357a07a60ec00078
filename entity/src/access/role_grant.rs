//! A role on an organisation, for a time.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who has it.
    pub person_id: Uuid,
    /// The role.
    pub role: String,
    /// Where; it reaches as far as the policy says.
    pub organisation_id: Uuid,
    /// First day.
    pub effective_from: Date,
    /// Last day.
    pub effective_to: Option<Date>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
