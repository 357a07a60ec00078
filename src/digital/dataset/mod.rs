//! The catalogue of datasets (danh mục dữ liệu; plan II.6.b.3): which data the ward has, who keeps it, who may have
//! it, and where. It holds metadata in the terms of W3C DCAT 3, never the data themselves, and nothing that is secret.
//!
//! ```text
//!            submit               publish               next edition is published
//!   DRAFT ───────────► SUBMITTED ─────────► PUBLISHED ─────────────► SUPERSEDED
//!     ▲ └ save           │ return               │
//!     └── submit ─ RETURNED ◄───┘               └─ withdraw ─► WITHDRAWN (from every state but SUPERSEDED)
//! ```
//!
//! Changing a published dataset begins its next edition, and the published one is served until that is published. That
//! only the data changed needs no edition: `recordDatasetUpdate` moves their day.
//!
//! Published open datasets are exported as JSON-LD ([`dcat`]), for catalogues of catalogues to harvest.
//!
//! Source: domain facts 9; Luật Dữ liệu 60/2024/QH15, NĐ 278/2025/NĐ-CP, NĐ 194/2025/NĐ-CP; W3C DCAT 3.

pub mod dcat;
pub mod figures;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;
pub mod themes;

use kernel::text_enum::text_enum;

/// The task of the plan (II.6.b.3) whose lead publishes.
pub const LED_BY_TASK: &str = "II.6.b.3";

text_enum! {
    /// The state of an edition of a dataset (trạng thái).
    pub enum DatasetState {
        /// Being written by its unit (dự thảo).
        Draft = "DRAFT",
        /// Signed by the unit's head, and waiting to be published (đã gửi).
        Submitted = "SUBMITTED",
        /// Sent back with a reason (trả lại để chỉnh lý).
        Returned = "RETURNED",
        /// In the list (đã công bố).
        Published = "PUBLISHED",
        /// A newer edition took its place (đã được thay thế).
        Superseded = "SUPERSEDED",
        /// Taken out with a reason (đã rút).
        Withdrawn = "WITHDRAWN",
    }
}

text_enum! {
    /// Who may have the data (quyền tiếp cận).
    pub enum AccessRights {
        /// Everybody (mở).
        Open = "OPEN",
        /// State agencies, by default (chia sẻ giữa cơ quan nhà nước).
        Shared = "SHARED",
        /// Whom the owner allows (hạn chế).
        Restricted = "RESTRICTED",
        /// A State secret (bí mật nhà nước): always refused, its title too. It is here to be told so.
        Secret = "SECRET",
    }
}

text_enum! {
    /// What the data are in the national data architecture (loại dữ liệu).
    pub enum DatasetClass {
        /// Master data (dữ liệu chủ).
        Master = "MASTER",
        /// Shared data (dữ liệu dùng chung).
        Shared = "SHARED",
        /// Open data (dữ liệu mở).
        Open = "OPEN",
    }
}

text_enum! {
    /// How often the data change (chu kỳ cập nhật); the words in brackets are those of the EU vocabulary of frequencies.
    pub enum UpdateFrequency {
        /// All the time (UPDATE_CONT; liên tục).
        Continuous = "CONTINUOUS",
        /// Every day (DAILY; hằng ngày).
        Daily = "DAILY",
        /// Every week (WEEKLY; hằng tuần).
        Weekly = "WEEKLY",
        /// Every two weeks (BIWEEKLY; hai tuần một lần).
        Biweekly = "BIWEEKLY",
        /// Every month (MONTHLY; hằng tháng).
        Monthly = "MONTHLY",
        /// Every two months (BIMONTHLY; hai tháng một lần).
        Bimonthly = "BIMONTHLY",
        /// Every quarter (QUARTERLY; hằng quý).
        Quarterly = "QUARTERLY",
        /// Every half-year (ANNUAL_2; sáu tháng một lần).
        Semiannual = "SEMIANNUAL",
        /// Every year (ANNUAL; hằng năm).
        Annual = "ANNUAL",
        /// Every two years (BIENNIAL; hai năm một lần).
        Biennial = "BIENNIAL",
        /// Every three years (TRIENNIAL; ba năm một lần).
        Triennial = "TRIENNIAL",
        /// When something happens (IRREG; không định kỳ).
        Irregular = "IRREGULAR",
        /// Never again: a series that is closed (NEVER; không cập nhật).
        Never = "NEVER",
    }
}

text_enum! {
    /// With what the data are to be connected (nơi tích hợp, chia sẻ).
    pub enum IntegrationTarget {
        /// The city's platform for sharing data (LGSP).
        Lgsp = "LGSP",
        /// The national data platform (NDOP).
        Ndop = "NDOP",
        /// The shared data warehouse (kho dữ liệu dùng chung).
        Warehouse = "WAREHOUSE",
    }
}

text_enum! {
    /// A language of the data (ngôn ngữ).
    pub enum DatasetLanguage {
        /// Vietnamese (tiếng Việt).
        Vi = "VI",
        /// English (tiếng Anh).
        En = "EN",
    }
}

text_enum! {
    /// A file format (định dạng), by its word in the EU vocabulary of file types.
    pub enum DatasetFormat {
        /// Comma-separated values.
        Csv = "CSV",
        /// Office Open XML workbook.
        Xlsx = "XLSX",
        /// OpenDocument spreadsheet.
        Ods = "ODS",
        /// JSON: objects and lists.
        Json = "JSON",
        /// JSON-LD.
        JsonLd = "JSON_LD",
        /// GeoJSON.
        Geojson = "GEOJSON",
        /// XML: documents with tags of their own.
        Xml = "XML",
        /// RDF in Turtle.
        RdfTurtle = "RDF_TURTLE",
        /// Esri shapefile.
        Shp = "SHP",
        /// Keyhole Markup Language.
        Kml = "KML",
        /// OGC GeoPackage.
        Gpkg = "GPKG",
        /// Web page.
        Html = "HTML",
        /// PDF: for people to read, hardly for machines.
        Pdf = "PDF",
        /// Office Open XML document.
        Docx = "DOCX",
        /// Plain text (văn bản thuần).
        Txt = "TXT",
        /// Archive of files.
        Zip = "ZIP",
    }
}
