//! Functions and tasks, delegations with their supervision, classification of public service units.

pub mod delegation;
pub mod delegation_check;
pub mod organisation_function;
pub mod unit_classification;
