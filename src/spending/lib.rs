//! What is spent: estimates of the budget and their execution, savings, public investment.

pub mod budget;
pub mod investment;
pub mod savings;
