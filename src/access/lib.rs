//! People, tokens, keys, roles, and the one policy: who may do what, and where.
//!
//! - [`policy`] decides by the one table, and is the only maker of [`policy::Permit`]s, which every write of a store
//!   demands. Features state the table's lines in their own `policy.rs`; `api::policy` puts it together.
//! - [`viewer`] narrows what a read may return, in the SELECT itself.
//! - [`token`] signs and checks access tokens, and remembers those that it has verified; [`password`] hashes; [`store`]
//!   keeps accounts, grants and sign-ins. Its use cases stand in `base::account`.
//!
//! To add a role: a value in [`role::Role`], its lines in the `policy.rs` of the features that it may use;
//! docs/permissions.md and the schema's directives follow by themselves.

pub mod password;
pub mod policy;
pub mod request;
pub mod role;
pub mod store;
pub mod token;
pub mod viewer;

use std::sync::Arc;

use uuid::Uuid;

pub use policy::{Action, Permit};
pub use role::{Grant, Role};
pub use viewer::Viewer;

use kernel::error::{ApiError, ApiResult};

/// Somebody who signed in, with the grants that are in force today.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The account.
    pub person_id: Uuid,
    /// Sign-in name.
    pub username: String,
    /// The name people read.
    pub display_name: String,
    /// The sign-in this token belongs to.
    pub session_id: Uuid,
    /// The grants in force today. They are united; nobody picks one.
    pub grants: Vec<Grant>,
    /// The programmes that the grants reach.
    pub programmes: Vec<Uuid>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody who signed in.
    Anonymous,
    /// A person or a machine with an account.
    Person(Arc<SignedIn>),
    /// The server's own command line, run by whoever may read its database.
    Console,
}

impl Caller {
    /// Whether a valid sign-in stands behind the request.
    pub fn is_signed_in(&self) -> bool {
        !matches!(self, Caller::Anonymous)
    }

    /// The person, or UNAUTHENTICATED.
    #[track_caller]
    pub fn person(&self) -> ApiResult<&Arc<SignedIn>> {
        match self {
            Caller::Person(person) => Ok(person),
            Caller::Anonymous | Caller::Console => Err(ApiError::unauthenticated()),
        }
    }

    /// The kind of caller, for the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Caller::Anonymous => "anonymous",
            Caller::Person(_) => "person",
            Caller::Console => "console",
        }
    }
}
