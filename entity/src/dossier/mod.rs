//! Dossier statistics.

pub mod dossier_statistics_line;
