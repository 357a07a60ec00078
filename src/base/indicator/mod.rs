//! Measures, indicators, targets' status (số đo, chỉ tiêu, tình trạng mục tiêu).
//!
//! - A measure is a named whole number read off an accepted form or a register; an indicator is measures
//!   over measures. Both are defined as data (`data/reference/*/measures.toml`, `indicators.toml`).
//! - [`rules`] holds the arithmetic; [`service`] projects: whoever accepts a form or changes a register
//!   calls it inside his own transaction, so that no chart ever adds up statistics rows.
//! - Figures are append-only. Each carries the programme's revision at which it became known and the one
//!   at which a newer took its place: `asOf` and `changedSince` follow from that at no further cost.
//!
//! To add an indicator: its measures and its formula in the reference data. To add a measure: the form or
//! register that gives it, and its line in `measures.toml`; a test fails when the two differ.

pub mod figures;
pub mod forecast;
pub mod graphql;
pub mod rate;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

/// The registers that measures are read off: the `source` of their lines in `measures.toml`. Others name a form.
pub const REGISTERS: [&str; 11] = [
    "PROCEDURE_REGISTER",
    "SIMPLIFICATION_REGISTER",
    "STAFFING_REGISTER",
    "BUDGET_REGISTER",
    "INVESTMENT_REGISTER",
    "LEGAL_REGISTER",
    "AUTONOMY_REGISTER",
    "REFORM_BUDGET_REGISTER",
    "DIGITAL_REGISTER",
    "ASSET_REGISTER",
    "DATASET_REGISTER",
];

text_enum! {
    /// Where the figures of a measure come from (nguồn số liệu).
    pub enum SourceKind {
        /// An accepted form (biểu mẫu đã duyệt).
        Submission = "SUBMISSION",
        /// A register (danh mục).
        Register = "REGISTER",
    }
}

text_enum! {
    /// How the plan's words are read (cách hiểu chỉ tiêu).
    pub enum Reading {
        /// As the plan is understood; compared with its target.
        Plan = "PLAN",
        /// Another way to read the same words, kept beside it for comparison.
        Alternative = "ALTERNATIVE",
    }
}

text_enum! {
    /// Which way an indicator improves (chiều hướng).
    pub enum Direction {
        /// More is better.
        HigherIsBetter = "HIGHER_IS_BETTER",
        /// Less is better.
        LowerIsBetter = "LOWER_IS_BETTER",
    }
}

text_enum! {
    /// The level that issued a target (cấp ban hành).
    pub enum IssuingLevel {
        /// The ward (phường).
        Ward = "WARD",
        /// The city (thành phố).
        City = "CITY",
        /// The nation (trung ương).
        National = "NATIONAL",
    }
}
