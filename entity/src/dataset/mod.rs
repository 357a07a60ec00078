//! The catalogue of datasets.

pub mod dataset;
pub mod dataset_author;
pub mod dataset_distribution;
pub mod open_data_review;
