//! A document of the register of legal documents (văn bản).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "legal_document")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its programme.
    pub programme_id: Uuid,
    /// The unit that answers for it and reviews it.
    pub organisation_id: Uuid,
    /// Number and symbol.
    pub number: String,
    /// Kind: LAW, DECISION, ...
    pub kind: String,
    /// Whether it is a normative legal document (QPPL).
    pub normative: bool,
    /// CENTRAL, CITY or WARD.
    pub issuer_level: String,
    /// Who issued it.
    pub issuer: String,
    /// Field.
    pub field: String,
    /// Title, in short words.
    pub title: String,
    /// Number, title and issuer without diacritics, lower case.
    pub search_name: String,
    /// Day of issue.
    pub issued_on: Date,
    /// First day of effect.
    pub effective_on: Date,
    /// First day on which it holds no more by its own words.
    pub expires_on: Option<Date>,
    /// Whether the ward must review it.
    pub must_review: bool,
    /// The draft on which people were consulted.
    pub consultation_id: Option<Uuid>,
    /// First day on which it is not in force any more; derived.
    pub ended_on: Option<Date>,
    /// EXPIRED, REPLACED or REPEALED; derived.
    pub end_reason: Option<String>,
    /// The document that ended it; derived.
    pub ended_by: Option<Uuid>,
    /// First day on which a part of it is not in force any more; derived.
    pub partly_ended_on: Option<Date>,
    /// Why it was taken out of the register: entered by mistake.
    pub withdrawn_reason: Option<String>,
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
