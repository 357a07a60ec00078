//! Publicity of procedures (công khai thủ tục hành chính; plan II.2.b.3): at which places each is made public,
//! since when, and how it was found there. One row per procedure and place; the history of checks stands in the
//! journal.
//!
//! Within how many days a procedure must be public after its announcement, and where, are dated parameters.

pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;
