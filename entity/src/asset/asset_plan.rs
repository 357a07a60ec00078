//! What is planned with a public asset: how to rearrange it, or to lease it; one row for each proposal.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_plan")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The asset.
    pub asset_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// REARRANGEMENT (a plan) or EXPLOITATION (a scheme).
    pub subject: String,
    /// KEEP, TRANSFER, RECOVER, AUCTION, CONVERT or DEMOLISH of a plan; LEASE, BUSINESS or JOINT_VENTURE of a scheme.
    pub way: String,
    /// When it was proposed.
    pub proposed_on: Date,
    /// In words.
    pub content: String,
    /// First day of a scheme.
    pub period_from: Option<Date>,
    /// Last day of a scheme.
    pub period_to: Option<Date>,
    /// What a scheme is expected to bring, in đồng.
    pub expected_revenue: Option<i64>,
    /// PROPOSED, APPROVED, REJECTED, DONE or REPLACED.
    pub state: String,
    /// Number of the decision about it.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<Date>,
    /// Why it was rejected, or what the decision adds.
    pub decision_reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// When it was carried out, or came to its end.
    pub done_on: Option<Date>,
    /// From which day on a newer one stands in its place.
    pub replaced_on: Option<Date>,
    /// Grows with every change.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
