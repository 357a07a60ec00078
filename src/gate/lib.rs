//! The gate before the engine: what a document has to pass before anything of it is executed.
//!
//! async-graphql's own parser and validator can be made to overflow the stack, to work for seconds on
//! a document of a few hundred bytes, and to accept what the specification forbids. So no text reaches
//! them. The gate parses and validates with apollo-compiler (specification, chapters 2 and 5), holds
//! the document against [`Limits`], remembers it, and hands the engine a finished document; it checks
//! the variables of every request (6.1.2), and it words the errors that come back ([`finish`]).
//!
//! It is an [`async_graphql::Executor`] around the schema, so that every transport goes through it.

mod admit;
mod convert;
mod cost;
mod document;
mod finish;
mod limits;
mod literals;
mod position;
mod refusal;
mod roots;
mod variables;

#[cfg(test)]
mod tests;

pub use admit::{Admitted, Gate};
pub use finish::finish;
pub use limits::Limits;
pub use refusal::Refusal;
