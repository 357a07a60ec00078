//! The register of administrative procedures (danh mục thủ tục hành chính): what forms refer to by code,
//! and what the online and payment targets of plan II.2.a count.
//!
//! - A procedure is its code; what it says stands in versions, each from a day on. [`timeline`] lays what is
//!   given over what is stored, [`rules`] checks what a version says, [`reading`] reads files.
//! - A change of the register writes its measures in the same transaction ([`figures`]): how many procedures in
//!   force bear a fee, are eligible for online provision and so on, from each day on which that number changes.
//! - Internal procedures (thủ tục nội bộ, code `NB.`) are a list of their own and count for no target.

pub mod figures;
pub mod graphql;
pub mod input;
pub mod policy;
pub mod reading;
pub mod rules;
pub mod service;
pub mod store;
pub mod timeline;
