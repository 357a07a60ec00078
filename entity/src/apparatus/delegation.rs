//! A power that one organisation passed to another: decentralised or authorised.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delegation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Code, unique in the programme.
    pub code: String,
    /// DECENTRALISATION or AUTHORISATION.
    pub kind: String,
    /// Who passes it on.
    pub from_organisation_id: Uuid,
    /// Who receives it.
    pub to_organisation_id: Uuid,
    /// What is passed on.
    pub subject: String,
    /// What allows it.
    pub legal_basis: String,
    /// Number of the decision.
    pub decision_number: String,
    /// The day of that decision.
    pub decision_date: Date,
    /// First day.
    pub effective_from: Date,
    /// Last day, if it ends.
    pub effective_to: Option<Date>,
    /// Grows with every change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
