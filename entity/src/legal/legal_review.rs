//! The review of a document in a campaign.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_review")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The campaign.
    pub campaign_id: Uuid,
    /// The document.
    pub document_id: Uuid,
    /// The unit that reviewed it.
    pub organisation_id: Uuid,
    /// When.
    pub reviewed_on: Date,
    /// What was found.
    pub finding: String,
    /// What is proposed: KEEP, AMEND, REPLACE or REPEAL.
    pub proposal: String,
    /// To which level a change is proposed.
    pub addressee: Option<String>,
    /// In words.
    pub content: String,
    /// PROPOSED, CONFIRMED or RETURNED.
    pub state: String,
    /// Who confirmed or returned it.
    pub decided_by: Option<Uuid>,
    /// Why it was returned.
    pub return_reason: Option<String>,
    /// PENDING, DONE or REJECTED.
    pub outcome: String,
    /// When the proposal was done or rejected.
    pub outcome_on: Option<Date>,
    /// The document that did it.
    pub outcome_document_id: Option<Uuid>,
    /// Why it was rejected.
    pub outcome_reason: Option<String>,
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
