//! The journal (nhật ký): who, in which role, did what to which record, what it was before and after, and
//! what was refused. Entries are written in the transaction of the change they tell of; database triggers
//! on both engines refuse to change or remove one.

pub mod store;

pub use store::{Entry, record, record_many, record_refusal};
