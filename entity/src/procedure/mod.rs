//! The register of procedures.

pub mod procedure;
pub mod procedure_version;
