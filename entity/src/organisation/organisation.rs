//! An organisation (cơ quan, đơn vị) in the tree.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme; none for what stands above a ward.
    pub programme_id: Option<Uuid>,
    /// Stable ASCII code, unique in its programme.
    pub code: String,
    /// Kind of organisation.
    pub kind: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The names without diacritics, lower case.
    pub search_name: String,
    /// What it stands under.
    pub parent_id: Option<Uuid>,
    /// Electronic identifier (QĐ 20/2020/QĐ-TTg).
    pub identifier_code: Option<String>,
    /// Budget-unit code (mã QHNS).
    pub budget_unit_code: Option<String>,
    /// Whether it is the standing body (cơ quan thường trực) of the programme.
    pub standing_body: bool,
    /// Whether the plan names it.
    pub stated_in_plan: bool,
    /// Section of the plan that names it.
    pub section: Option<String>,
    /// What a reader should know.
    pub note: Option<String>,
    /// First day of its existence.
    pub effective_from: Date,
    /// Last day, if it ended.
    pub effective_to: Option<Date>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
