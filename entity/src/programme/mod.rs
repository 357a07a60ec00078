//! The programme as data.

pub mod lead_assignment;
pub mod reform_area;
pub mod reporting_obligation;
pub mod target;
pub mod task;
