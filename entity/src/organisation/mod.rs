//! Programmes and organisations.

pub mod organisation;
pub mod organisation_closure;
pub mod organisation_successor;
pub mod programme;
pub mod programme_revision;
