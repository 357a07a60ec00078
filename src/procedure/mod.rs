//! The register of administrative procedures (danh mục thủ tục hành chính): what forms refer to by code,
//! and what the online and payment targets of plan II.2.a count.
//!
//! A change of the register writes its measures in the same transaction: how many procedures in force
//! bear a fee, are eligible for online provision and so on, from each day on which that number changes.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;
