//! One edition of one form of one organisation for one period.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "submission")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// Who submits.
    pub organisation_id: Uuid,
    /// The form.
    pub form: String,
    /// Calendar of the period.
    pub calendar: String,
    /// Kind of the period.
    pub period_kind: String,
    /// Code of the period.
    pub period_code: String,
    /// Its first day.
    pub period_start: Date,
    /// Its last day.
    pub period_end: Date,
    /// The last day to submit, where an obligation says so.
    pub due_on: Option<Date>,
    /// 1, and one more for each reopening.
    pub edition: i32,
    /// Grows with every change: the optimistic lock.
    pub version: i32,
    /// DRAFT, SUBMITTED, RETURNED, ACCEPTED or SUPERSEDED.
    pub state: String,
    /// Who wrote it last.
    pub drafted_by: Uuid,
    /// Who submitted it.
    pub submitted_by: Option<Uuid>,
    /// When it was last submitted.
    pub submitted_at: Option<DateTimeUtc>,
    /// Days after the due day at that time; 0 when in time.
    pub late_days: Option<i32>,
    /// Who returned or accepted it.
    pub decided_by: Option<Uuid>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// Why it was returned.
    pub return_reason: Option<String>,
    /// Why this edition was opened.
    pub reopen_reason: Option<String>,
    /// What the submitter said about the warnings.
    pub warnings_note: Option<String>,
    /// When it was begun.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
