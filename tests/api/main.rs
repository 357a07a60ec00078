//! The API, tested as its users meet it: through the real HTTP server, with real GraphQL documents, on both
//! engines. `scripts/test` runs all of it.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that panics has failed, as it should")]

mod access;
mod asset;
mod autonomy;
mod budget;
mod civil_service;
mod cost;
mod dataset;
mod day;
mod digital;
mod digitisation;
mod durability;
mod figures;
mod finance_forms;
mod forms;
mod headcount;
mod house;
mod http;
mod investment;
mod journal;
mod legal;
mod live;
mod migrations;
mod organisations;
mod outlook;
mod policy;
mod procedures;
mod publicity;
mod reform_budget;
mod report;
mod schema;
mod simplification;
mod staffing;
mod story;
mod support;
mod templates;
mod websocket;
