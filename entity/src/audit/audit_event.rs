//! An entry of the journal; it can't be changed or removed.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: DateTimeUtc,
    /// The programme concerned.
    pub programme_id: Option<Uuid>,
    /// The organisation concerned.
    pub organisation_id: Option<Uuid>,
    /// Who; none for the command line.
    pub actor_id: Option<Uuid>,
    /// Name at that time.
    pub actor_name: String,
    /// The role that was used.
    pub actor_role: String,
    /// What was done or wanted.
    pub action: String,
    /// DONE or REFUSED.
    pub outcome: String,
    /// The line of the policy that said yes or no.
    pub rule: String,
    /// Kind of the record.
    pub record_kind: String,
    /// The record.
    pub record_id: Option<Uuid>,
    /// The reason given.
    pub reason: Option<String>,
    /// What changed: before.
    pub before_value: Option<Json>,
    /// What changed: after.
    pub after_value: Option<Json>,
    /// The request.
    pub request_id: String,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
