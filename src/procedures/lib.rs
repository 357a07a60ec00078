//! Administrative procedures: their register in dated versions, dossiers, simplification, and where they are made public.

pub mod dossier;
pub mod procedure;
pub mod publicity;
pub mod simplification;
