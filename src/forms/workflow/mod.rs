//! The submission workflow, once for all forms: draft, submit, return, accept, reopen.
//!
//! - [`rules`] says which step leads where; [`service`] takes it: one function per use case; [`saving`] saves
//!   drafts; [`consolidation`] says which accepted submissions make up a period of a unit and all below it.
//! - A form plugs in by implementing [`Form`](kit::plugged::Form): what must hold before it may be sent, which measures it
//!   gives, how its lines are copied and compared. Most forms are a file that [`templates`] reads; one
//!   that is not is a feature with the usual rooms that implements it and [`saving::Content`].

pub mod consolidation;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod saving;
pub mod service;
pub mod store;

pub use entity::workflow::submission::ActiveModel as WorkflowRow;
