//! The apparatus (tổ chức bộ máy; plan II.3) beside the tree of organisations: who does what ([`function`]), what was
//! passed on to whom and how that is supervised ([`delegation`]), how public service units are classified
//! ([`classification`]): three registers of the standing body, open to everybody with a grant under the programme. With
//! them stand the posts and their cut ([`staffing`]), and what decisions change in the tree itself ([`change`]).

pub mod change;
pub mod classification;
pub mod delegation;
pub mod function;
pub mod policy;
pub mod staffing;
