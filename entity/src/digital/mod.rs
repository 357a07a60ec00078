//! Digital government: information systems, new technology, the quality standard, online channels.

pub mod information_system;
pub mod integration_confirmation;
pub mod integration_event;
pub mod iso_audit;
pub mod iso_certificate;
pub mod iso_finding;
pub mod iso_finding_author;
pub mod online_duty;
pub mod online_duty_check;
pub mod technology_application;
