//! Where procedures are made public.

pub mod procedure_publication;
