//! What the tests stand on. A test reads like the user's day:
//!
//! ```ignore
//! on_both_engines! {
//!     async fn an_officer_hands_in_a_form(ward: Ward) {
//!         let officer = ward.officer("TTPVHCC").await;
//!         officer.ask(SAVE, json!({ "input": form })).await.ok();
//!     }
//! }
//! ```
//!
//! - [`Ward`] is a server with a database, a clock and accounts of its own; [`Client`] is one of its people.
//! - [`Process`] is the real program, which a test may kill; [`Proxy`] is a network that a test may cut.

mod checks;
mod client;
mod crash;
mod database;
mod proxy;
mod template;
mod ward;

pub use client::{Answer, Client};
pub use crash::Process;
pub use database::{Database, Engine};
pub use proxy::{Cut, Proxy};
pub use template::PASSWORD;
pub use ward::Ward;

/// Declares each body as two tests, `name::sqlite` and `name::postgres`, each with a ward of its own.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($($ward:ident)+: Ward) $body:block)+) => {$(
        $(#[$meta])*
        async fn $name($($ward)+: $crate::support::Ward) $body

        mod $name {
            use $crate::support::{Engine, Ward};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Ward::start(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Ward::start(Engine::Postgres).await).await;
            }
        }
    )+};
}

pub(crate) use on_both_engines;
