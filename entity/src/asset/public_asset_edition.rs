//! What was recorded of a public asset from a day on; append-only. It counts once it is confirmed.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "public_asset_edition")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The asset.
    pub asset_id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// From 1, in the order of recording.
    pub edition: i32,
    /// From which day on it holds.
    pub effective_on: Date,
    /// Name.
    pub name: String,
    /// Address.
    pub address: Option<String>,
    /// In hundredths of a square metre; of land.
    pub land_area: Option<i64>,
    /// In hundredths of a square metre; of a house.
    pub floor_area: Option<i64>,
    /// The year in which it was put to use.
    pub year_of_use: i32,
    /// In đồng.
    pub original_cost: i64,
    /// In đồng; never above the original cost.
    pub remaining_value: i64,
    /// What it is used for.
    pub asset_use: String,
    /// The land that a house stands on.
    pub land_id: Option<Uuid>,
    /// The kind of its legal paper; none where it has none.
    pub paper_kind: Option<String>,
    /// Its number.
    pub paper_number: Option<String>,
    /// Its day.
    pub paper_date: Option<Date>,
    /// By whom.
    pub recorded_by: Uuid,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
