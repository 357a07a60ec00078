//! Row objects: types of the schema that mostly show a row.
//!
//! async-graphql makes a boxed future of every field of every row. Here a field that is no `async fn` is a
//! plain getter: the selection is read once into a [`Plan`], for a list and all lists below it, and each row
//! is then written in one loop, as the engine's value or straight as JSON text. Fields that load stay
//! futures, polled in the order asked for, so that loaders still gather one batch for each level.
//!
//! The answers are the engine's, byte for byte: order of keys, errors with their places, null propagation.
extern crate self as rows;

mod engine;
pub mod extend;
mod out;
mod plain;
mod plan;
pub mod schema;

pub use engine::{Row, Rows, load_row, missing, owned, resolve, resolve_field, show_row};
pub use futures_util::future::BoxFuture;
pub use out::{Out, Text, to_json, write_json};
pub use plain::Plain;
pub use plan::{Arguments, At, FieldShape, Plan, Planner, Shape, plan_row};
pub use rows_derive::{RowInterface, RowObject, row_object};
