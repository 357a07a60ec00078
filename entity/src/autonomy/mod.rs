//! Classification of public service units by financial autonomy.

pub mod autonomy_author;
pub mod autonomy_classification;
