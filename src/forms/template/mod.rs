//! Forms that files describe ([`templates`]): [`form`] makes a [`kit::plugged::Form`] of a template; saving, submitting and
//! accepting are those of every form.

pub mod form;
pub mod graphql;
pub mod service;
