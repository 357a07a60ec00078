//! The journal.

pub mod audit_event;
