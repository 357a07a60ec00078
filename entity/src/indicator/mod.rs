//! Measures and indicators.

pub mod indicator;
pub mod indicator_observation;
pub mod indicator_term;
pub mod measure;
pub mod measure_value;
