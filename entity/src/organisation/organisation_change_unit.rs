//! An organisation that takes part in a change, or is made by it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_change_unit")]
pub struct Model {
    /// The change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub change_id: Uuid,
    /// Place in the change, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// SUBJECT (renamed, or ended), INTO (takes the others up and goes on) or MADE.
    pub part: String,
    /// The organisation; of one that is made only once it is there.
    pub organisation_id: Option<Uuid>,
    /// Code of one that is made.
    pub code: Option<String>,
    /// Its kind.
    pub kind: Option<String>,
    /// Its Vietnamese name.
    pub name_vi: Option<String>,
    /// Its English name.
    pub name_en: Option<String>,
    /// What it stands under.
    pub parent_id: Option<Uuid>,
}

/// None are declared: stores join explicitly.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
