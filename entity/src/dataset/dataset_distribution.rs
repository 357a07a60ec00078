//! A form in which an edition of a dataset can be had (dạng phân phối): a file, or where to ask for it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_distribution")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The edition.
    pub dataset_id: Uuid,
    /// Its place, from 1.
    pub position: i32,
    /// Title.
    pub title: Option<String>,
    /// File format.
    pub format: Option<String>,
    /// IANA media type.
    pub media_type: Option<String>,
    /// Where it can be had.
    pub access_url: String,
    /// The file itself.
    pub download_url: Option<String>,
    /// Its size.
    pub byte_size: Option<i64>,
    /// When it was issued.
    pub issued_on: Option<Date>,
    /// When it last changed.
    pub modified_on: Option<Date>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
