//! What the rules of these registers share.

/// The longest text, in characters.
pub const MAX_TEXT: usize = 2_000;
/// The longest name.
pub const MAX_NAME: usize = 500;
