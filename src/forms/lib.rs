//! Forms: the one workflow that all of them go through, and those that files describe.

pub mod template;
pub mod workflow;
