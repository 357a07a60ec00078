//! The register of procedures.

pub mod procedure;
