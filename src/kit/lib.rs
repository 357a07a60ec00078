//! What every feature is built with: the application and its transactions, the database, the journal, idempotency, paging
//! and connections, loaders, identifiers and scalars, and what a form brings.

pub mod allowed;
pub mod app;
pub mod audit;
pub mod batch;
pub mod connection;
pub mod context;
pub mod db;
pub mod directive;
pub mod id;
pub mod idempotency;
pub mod loading;
pub mod paging;
pub mod payload;
pub mod plugged;
pub mod positions;
pub mod scalar;
