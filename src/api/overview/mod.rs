//! The dashboard of a programme: every target with its figure, its status and its trend, and who still has
//! to report, in one request and a handful of statements.

pub mod graphql;
pub mod service;
