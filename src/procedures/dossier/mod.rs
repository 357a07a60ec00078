//! Dossier statistics (tình hình giải quyết thủ tục hành chính): form 06 of TT 01/2020/TT-VPCP and its
//! companions for online service, payment and digitisation, one line per procedure.
//!
//! Aggregates only: no dossier and no citizen ever enters. Source: domain facts 5.2, 6.3; plan II.2.a,
//! II.6.a.8.

pub mod form;
pub mod graphql;
pub mod policy;
pub mod report;
pub mod rules;
pub mod service;
pub mod store;
