//! People, grants and sign-ins.

pub mod idempotency_record;
pub mod person;
pub mod refresh_token;
pub mod role_grant;
pub mod session;
