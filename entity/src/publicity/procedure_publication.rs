//! A place at which a procedure is made public (nơi công khai thủ tục hành chính), and how it was found there.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "procedure_publication")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The procedure.
    pub procedure_id: Uuid,
    /// NATIONAL_PORTAL, CITY_PORTAL, WARD_PORTAL, NOTICE_BOARD, KIOSK, SOCIAL_MEDIA or RESIDENTIAL_GROUP.
    pub place: String,
    /// Its address, where the place is online.
    pub url: Option<String>,
    /// When what stands there was published.
    pub published_on: Date,
    /// When that was last checked.
    pub last_checked_on: Option<Date>,
    /// CORRECT, OUTDATED or MISSING.
    pub check_result: Option<String>,
    /// A remark.
    pub note: Option<String>,
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
