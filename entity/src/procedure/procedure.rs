//! An administrative procedure (thủ tục hành chính).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procedure")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The unit that manages it.
    pub organisation_id: Uuid,
    /// National code, or a local one.
    pub code: String,
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
    /// First day in force.
    pub effective_from: Date,
    /// Last day in force.
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
