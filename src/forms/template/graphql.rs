//! Forms that templates describe, in the schema.

mod cells;
mod consolidated;
mod describe;

use async_graphql::MergedObject;

pub use cells::{FormCell, TemplateMutation, cells_of};
pub use consolidated::ConsolidatedForm;
pub use describe::FormTemplate;

/// Reading templates and what is consolidated by them.
#[derive(MergedObject, Default)]
pub struct TemplateQuery(describe::DescribeQuery, consolidated::ConsolidatedQuery);
