//! Public assets: what they are, who manages them, and what is planned with them.

pub mod asset_plan;
pub mod asset_plan_author;
pub mod public_asset;
pub mod public_asset_confirmation;
pub mod public_asset_edition;
pub mod public_asset_holding;
