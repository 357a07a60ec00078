//! Accounts: signing in, what a caller may ask about himself and others, and grants from the command line.

pub mod graphql;
pub mod policy;
pub mod service;
