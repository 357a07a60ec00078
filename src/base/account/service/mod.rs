//! Use cases around accounts: sign-in and what follows, grants, idempotent requests.

pub mod accounts;
pub mod sign_in;
