//! A proposal to simplify a procedure (phương án rà soát, đơn giản hóa thủ tục hành chính), and what became of it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procedure_review")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Code, unique in the programme: `RS-2026-001`.
    pub code: String,
    /// The procedure under review; public or internal as it is.
    pub procedure_id: Uuid,
    /// The unit that proposes.
    pub organisation_id: Uuid,
    /// The year of the review plan.
    pub year: i32,
    /// When it was proposed.
    pub proposed_on: Date,
    /// What to cut, in words.
    pub content: String,
    /// Components of a dossier, before.
    pub components_before: i32,
    /// Components of a dossier, after.
    pub components_after: i32,
    /// Forms and declarations, before.
    pub forms_before: i32,
    /// Forms and declarations, after.
    pub forms_after: i32,
    /// Time limit in `time_unit`, before.
    pub time_before: i32,
    /// Time limit in `time_unit`, after.
    pub time_after: i32,
    /// WORKING_DAY, DAY or HOUR.
    pub time_unit: String,
    /// Compliance cost of a year in VND, before.
    pub cost_before_vnd: i64,
    /// Compliance cost of a year in VND, after.
    pub cost_after_vnd: i64,
    /// PROPOSED, APPROVED, REJECTED, IMPLEMENTED or WITHDRAWN.
    pub state: String,
    /// Number of the decision that approves or rejects.
    pub decision_number: Option<String>,
    /// The day of that decision.
    pub decision_date: Option<Date>,
    /// Why it was rejected, or what the decision adds.
    pub decision_reason: Option<String>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// From which day the procedure is done in the simpler way.
    pub implemented_on: Option<Date>,
    /// Number of the decision that announces the changed procedure.
    pub implementing_decision: Option<String>,
    /// When it was withdrawn.
    pub withdrawn_on: Option<Date>,
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
