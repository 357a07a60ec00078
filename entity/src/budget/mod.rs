//! The budget: codes, lines, estimates, execution, settlement.

pub mod budget_code;
pub mod budget_event;
pub mod budget_execution_line;
pub mod budget_line;
pub mod budget_settlement;
