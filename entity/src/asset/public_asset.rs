//! A public asset (tài sản công): what never changes of it, and where it stands now.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "public_asset")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// Its code in the programme.
    pub code: String,
    /// LAND, HOUSE, CAR or OTHER; fixed once it is confirmed.
    pub kind: String,
    /// Who manages it now: that of its last holding.
    pub organisation_id: Uuid,
    /// RECORDED, or CONFIRMED.
    pub state: String,
    /// The confirmed edition that holds now; none before the first is confirmed.
    pub current_id: Option<Uuid>,
    /// The edition that waits to be confirmed; none when nothing waits.
    pub draft_id: Option<Uuid>,
    /// Code and name without diacritics, lower case.
    pub search_name: String,
    /// From which day on it is kept.
    pub first_on: Date,
    /// From which day on it is there no more.
    pub ended_on: Option<Date>,
    /// Why: LIQUIDATED, SOLD, TRANSFERRED_OUT, RECOVERED, DEMOLISHED or LOST.
    pub end_cause: Option<String>,
    /// In words.
    pub end_reason: Option<String>,
    /// Number of the decision that ended it.
    pub end_decision_number: Option<String>,
    /// Its day.
    pub end_decision_date: Option<Date>,
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
