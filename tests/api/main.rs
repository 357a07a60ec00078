//! The API, tested as its users meet it: through the real HTTP server, with real GraphQL documents, on both
//! engines. `scripts/test` runs all of it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, as it should")]

mod http;
mod support;
mod websocket;
