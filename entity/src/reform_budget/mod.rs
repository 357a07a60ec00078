//! The budget of the reform: lines, their appraisals, allocations and spending.

pub mod reform_budget_allocation;
pub mod reform_budget_appraisal;
pub mod reform_budget_author;
pub mod reform_budget_line;
pub mod reform_budget_spending;
