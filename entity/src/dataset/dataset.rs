//! An edition of a dataset (bộ dữ liệu) in the catalogue: its metadata, never its data.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The programme it belongs to.
    pub programme_id: Uuid,
    /// The unit that keeps it.
    pub organisation_id: Uuid,
    /// Who publishes it.
    pub publisher_id: Uuid,
    /// Identifier, the same in all editions: `DL-DATDAI-01`.
    pub code: String,
    /// Number of the edition, from 1.
    pub edition: i32,
    /// DRAFT, SUBMITTED, RETURNED, PUBLISHED, SUPERSEDED or WITHDRAWN.
    pub state: String,
    /// Vietnamese title.
    pub title_vi: String,
    /// English title.
    pub title_en: Option<String>,
    /// Vietnamese description.
    pub description_vi: String,
    /// English description.
    pub description_en: Option<String>,
    /// Identifier, titles and keywords without diacritics and case.
    pub search_text: String,
    /// Code of its theme.
    pub theme: String,
    /// Keywords, one a line.
    pub keywords: String,
    /// Whom to ask.
    pub contact_name: Option<String>,
    /// His mail address.
    pub contact_email: Option<String>,
    /// His telephone number.
    pub contact_phone: Option<String>,
    /// When the data was first issued.
    pub issued_on: Option<Date>,
    /// When the data last changed.
    pub modified_on: Option<Date>,
    /// How often the data changes.
    pub frequency: String,
    /// The area it is about.
    pub spatial: Option<String>,
    /// First day it is about.
    pub temporal_from: Option<Date>,
    /// Last day it is about.
    pub temporal_to: Option<Date>,
    /// Languages, with commas.
    pub languages: String,
    /// IRI of the licence.
    pub licence: Option<String>,
    /// OPEN, SHARED or RESTRICTED.
    pub access: String,
    /// IRIs of the standards it follows, one a line.
    pub conforms_to: String,
    /// The document that asks for it.
    pub legal_basis: Option<String>,
    /// MASTER, SHARED or OPEN.
    pub data_class: String,
    /// Whether it holds personal data.
    pub personal_data: bool,
    /// Records that there are.
    pub records_total: Option<i64>,
    /// Of them digitised.
    pub records_digitised: Option<i64>,
    /// LGSP, NDOP and WAREHOUSE, with commas.
    pub integration_targets: String,
    /// Whether it is collected once and used again elsewhere.
    pub collected_once: bool,
    /// The system that it is collected in.
    pub source_system: Option<String>,
    /// When this edition was entered.
    pub entered_on: Date,
    /// When it was last submitted.
    pub submitted_on: Option<Date>,
    /// Why it was returned.
    pub return_reason: Option<String>,
    /// When it was published.
    pub published_on: Option<Date>,
    /// Who published it.
    pub published_by: Option<Uuid>,
    /// The first day on which it no longer holds: a newer edition does, or it was withdrawn.
    pub ended_on: Option<Date>,
    /// Why it was withdrawn.
    pub end_reason: Option<String>,
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
