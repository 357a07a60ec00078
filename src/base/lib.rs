//! What every feature stands on: organisations, the programme with its targets and tasks, parameters, accounts, and the
//! figures of measures and indicators.

pub mod account;
pub mod disclosure;
pub mod indicator;
pub mod organisation;
pub mod parameter;
pub mod period;
pub mod permit;
pub mod programme;
