//! What a procedure says from a day on (phiên bản thủ tục hành chính).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procedure_version")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Of which procedure.
    pub procedure_id: Uuid,
    /// NEW, AMENDED, UPDATED, REPLACED or ABOLISHED.
    pub change_kind: String,
    /// Number of the announcing decision.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<Date>,
    /// Code of the procedure that takes its place.
    pub replaced_by: Option<String>,
    /// The day of the last announcement: the decision's, or else the first day in force.
    pub announced_on: Date,
    /// First day in force; of REPLACED and ABOLISHED the first day out of force.
    pub effective_from: Date,
    /// Last day in force as it was given.
    pub ends_on: Option<Date>,
    /// Last day in force as it follows: the day given, or the one before the next version.
    pub effective_to: Option<Date>,
    /// First day on which a reader is shown this version; 0001-01-01 for the first one.
    pub shown_from: Date,
    /// Last such day; 9999-12-31 for the last one.
    pub shown_to: Date,
    /// Vietnamese name.
    pub name: String,
    /// Code, name and field without diacritics, lower case.
    pub search_name: String,
    /// Field (lĩnh vực), ASCII code.
    pub field_code: String,
    /// Field, Vietnamese name.
    pub field_name: String,
    /// LAND, CONSTRUCTION, INVESTMENT or OTHER (plan II.2.a.6-2).
    pub field_group: String,
    /// COMMUNE, PROVINCE or MINISTRY.
    pub level: String,
    /// CITIZEN, ENTERPRISE or BOTH.
    pub audience: String,
    /// FULL, PARTIAL or INFORMATION.
    pub online_level: String,
    /// Whether a fee or charge is due.
    pub has_financial_obligation: bool,
    /// Whether it can be paid online.
    pub online_payment_enabled: bool,
    /// Whether it qualifies for online provision.
    pub online_eligible: bool,
    /// Whether it is provided online.
    pub online_provided: bool,
    /// Whether the National Public Service Portal offers it.
    pub integrated_on_national_portal: bool,
    /// Whether it can be paid on that portal.
    pub payable_on_national_portal: bool,
    /// Whether several agencies handle it (liên thông).
    pub inter_agency: bool,
    /// A bit for each way of access.
    pub access_channels: i32,
    /// Time limit by law.
    pub statutory_limit: Option<i32>,
    /// WORKING_DAY, DAY or HOUR.
    pub statutory_limit_unit: Option<String>,
    /// Time limit that the ward commits itself to.
    pub committed_limit: Option<i32>,
    /// WORKING_DAY, DAY or HOUR.
    pub committed_limit_unit: Option<String>,
    /// Fee lines.
    pub fees: Json,
    /// Dossier components.
    pub components: Json,
    /// When it was entered.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
    /// When it was withdrawn as entered by mistake; such a version counts for nothing.
    pub withdrawn_at: Option<DateTimeUtc>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
