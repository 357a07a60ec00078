//! Digital government (chính quyền số; plan II.6), what is kept as lists beside the forms on digitisation and work files:
//!
//! - [`system`]: information systems and their integrations (hệ thống thông tin; II.6.b.2, II.6.b.3);
//! - [`application`]: applications of AI, IoT and big data by sector (II.6.a.7);
//! - [`standard`]: upkeep of TCVN ISO 18091:2020 (II.6.b.6);
//! - [`channel`]: what the portal and the fanpages must hold, and how fresh it is (II.6.b.4).
//!
//! Units record their own lines, the standing body those of all. Where a claim counts for something, that an integration
//! is live or that a finding is remedied, somebody else confirms it: [`confirming`].

// The context of the catalogue is one long JSON literal.
#![recursion_limit = "256"]

pub mod application;
pub mod channel;
pub mod confirming;
pub mod dataset;
mod entering;
pub mod policy;
mod rules;
pub mod standard;
pub mod system;
