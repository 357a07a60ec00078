//! Public finance beside the budget: financial autonomy, the budget of the reform, public assets.

pub mod asset;
pub mod autonomy;
pub mod reform_budget;
