//! How a public service unit is classified by its financial autonomy in a stability period; a correction is the next edition.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "autonomy_classification")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The public service unit.
    pub organisation_id: Uuid,
    /// First year of the stability period.
    pub from_year: i32,
    /// Its last year.
    pub to_year: i32,
    /// From 1; a next one takes the place of the one before when it is decided.
    pub edition: i32,
    /// A: recurrent revenue by scope, VND.
    pub revenue_vnd: i64,
    /// B: recurrent expenditure, VND; above 0.
    pub expenditure_vnd: i64,
    /// Whether the unit declares that it finances its investment itself.
    pub investment_self_financed: bool,
    /// How much, VND; 0 where it does not.
    pub investment_vnd: i64,
    /// The thresholds in percent that the computed group was reckoned with, as AUTONOMY_LEVELS has them.
    pub levels: String,
    /// GROUP_1 to GROUP_4, as A, B and the thresholds have it.
    pub computed_group: String,
    /// HIGH, MIDDLE or LOW of GROUP_3.
    pub computed_band: Option<String>,
    /// The group that is proposed, and then decided.
    pub proposed_group: String,
    /// Its band, of GROUP_3.
    pub proposed_band: Option<String>,
    /// Why the proposed group is not the computed one.
    pub explanation: Option<String>,
    /// Why there is a next edition; none of the first.
    pub reason: Option<String>,
    /// PROPOSED, RETURNED, APPRAISED, DECIDED or SUPERSEDED.
    pub state: String,
    /// Why it was returned last.
    pub returned_reason: Option<String>,
    /// Who appraised it for the finance division.
    pub appraised_by: Option<Uuid>,
    /// When.
    pub appraised_on: Option<Date>,
    /// What the finance division says of it.
    pub appraisal_opinion: Option<String>,
    /// Number of the decision.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<Date>,
    /// Who decided.
    pub decided_by: Option<Uuid>,
    /// First day on which it holds.
    pub effective_from: Option<Date>,
    /// Last day; before the first one where a correction left it no day.
    pub effective_to: Option<Date>,
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
