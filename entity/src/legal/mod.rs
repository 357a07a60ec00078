//! Legal documents, their reviews, and consultations on drafts.

pub mod legal_campaign;
pub mod legal_consultation;
pub mod legal_consultation_task;
pub mod legal_document;
pub mod legal_document_task;
pub mod legal_opinion;
pub mod legal_relation;
pub mod legal_review;
pub mod legal_review_author;
