//! reform-api: the GraphQL API on which a Vietnamese ward runs its administrative-reform programme.
//!
//! Every feature has the same rooms: `mod.rs` (what it is), `rules.rs` (the field's rules, pure), `store.rs`
//! (reads take a [`access::Viewer`], writes a [`access::Permit`]), `service.rs` (one use case, one
//! transaction) and `graphql.rs` (thin). Imports run one way: server, graphql, service, store, entity.
//! docs/architecture.md draws the house and says what to do to add a register, a form, an indicator, a role.

// The schema's root objects are merged one inside the other: their futures nest as deep as there are features.
#![recursion_limit = "512"]

pub mod access;
pub mod app;
pub mod apparatus;
pub mod asset;
pub mod audit;
pub mod autonomy;
pub mod budget;
pub mod cli;
pub mod clock;
pub mod config;
pub mod dataset;
pub mod db;
pub mod digital;
pub mod dossier;
pub mod error;
pub mod form;
pub mod forms;
pub mod graphql;
pub mod i18n;
pub mod indicator;
pub mod investment;
pub mod legal;
pub mod organisation;
pub mod overview;
pub mod parameter;
pub mod period;
pub mod procedure;
pub mod programme;
pub mod publicity;
pub mod rebuild;
pub mod reference;
pub mod reform_budget;
pub mod request;
pub mod savings;
pub mod server;
pub mod simplification;
pub mod staffing;
pub mod template;
pub mod text;
mod text_enum;
pub mod user_error;
pub mod workflow;
