//! Forms that a template describes.

pub mod form_cell;
