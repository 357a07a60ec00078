//! Public investment: projects, capital plans, disbursement.

pub mod capital_event;
pub mod disbursement;
pub mod investment_project;
