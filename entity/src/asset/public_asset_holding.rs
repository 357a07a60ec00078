//! Who manages a public asset from a day on; append-only. On the same day the later number goes before.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "public_asset_holding")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The asset.
    pub asset_id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// From 1, in the order of recording.
    pub number: i32,
    /// Who manages it.
    pub organisation_id: Uuid,
    /// From which day on.
    pub effective_from: Date,
    /// Number of the decision that moved it; none for the first.
    pub decision_number: Option<String>,
    /// Its day.
    pub decision_date: Option<Date>,
    /// By whom.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
