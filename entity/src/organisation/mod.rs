//! Programmes and organisations.

pub mod organisation;
pub mod organisation_change;
pub mod organisation_change_author;
pub mod organisation_change_unit;
pub mod organisation_closure;
pub mod organisation_name;
pub mod organisation_successor;
pub mod programme;
pub mod programme_revision;
