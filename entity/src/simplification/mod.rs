//! Reviews of procedures: what is cut, decided and carried out.

pub mod procedure_review;
pub mod procedure_review_author;
