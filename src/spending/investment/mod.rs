//! Public investment (đầu tư công; plan II.5.b.1): projects, their capital plans by decision, and what the Treasury paid.
//!
//! A plan year runs to 31 January of the next: its months are 1 to 12, and 13. Plans are sums of append-only events;
//! a month that was recorded wrongly gets a next edition with a reason.
//!
//! Source: domain facts 8; Luật Đầu tư công 58/2024/QH15 (groups A, B, C).

pub mod figures;
pub mod graphql;
pub mod policy;
pub mod reading;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// The group of a project, by its size (nhóm dự án).
    pub enum ProjectGroup {
        /// Group A (nhóm A).
        A = "A",
        /// Group B (nhóm B).
        B = "B",
        /// Group C (nhóm C).
        C = "C",
    }
}

text_enum! {
    /// How a decision changes a capital plan (biến động kế hoạch vốn).
    pub enum CapitalEventKind {
        /// Assigned for the year (kế hoạch vốn giao trong năm).
        Assigned = "ASSIGNED",
        /// Extended from the year before (kế hoạch vốn kéo dài).
        Extended = "EXTENDED",
        /// Moved, up or down: the only kind whose amount may be below zero (điều chỉnh).
        Adjustment = "ADJUSTMENT",
    }
}
