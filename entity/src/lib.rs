//! The tables of reform-api as sea-orm entities, grouped as the features are. What a column means
//! stands here; what may be in it stands in the migrations.

#![expect(clippy::module_inception, reason = "a feature's main table has the feature's name")]

pub mod access;
pub mod apparatus;
pub mod asset;
pub mod audit;
pub mod autonomy;
pub mod budget;
pub mod dataset;
pub mod digital;
pub mod dossier;
pub mod indicator;
pub mod investment;
pub mod legal;
pub mod organisation;
pub mod parameter;
pub mod procedure;
pub mod programme;
pub mod publicity;
pub mod reform_budget;
pub mod savings;
pub mod simplification;
pub mod staffing;
pub mod template;
pub mod workflow;
