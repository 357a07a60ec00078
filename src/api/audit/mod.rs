//! The journal in the schema; it is written by [`kit::audit`].

pub mod graphql;
pub mod policy;
