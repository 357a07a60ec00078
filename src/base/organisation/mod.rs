//! Organisations (cơ quan, đơn vị): a tree under each programme, with effective dates and successors.
//!
//! The tree is kept as its closure (every pair of an upper and a lower one), so that "below" is one
//! subquery in every narrowing and roll-up.

pub mod graphql;
pub mod memory;
pub mod store;
