//! The API, tested as its users meet it: through the real HTTP server, with real GraphQL documents, on both
//! engines. `scripts/test` runs all of it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, as it should")]

mod access;
mod budget;
mod civil_service;
mod cost;
mod dataset;
mod day;
mod durability;
mod figures;
mod forms;
mod headcount;
mod http;
mod investment;
mod journal;
mod live;
mod migrations;
mod organisations;
mod policy;
mod procedures;
mod publicity;
mod report;
mod schema;
mod simplification;
mod staffing;
mod story;
mod support;
mod templates;
mod websocket;
