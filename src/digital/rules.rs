//! What the rules of these registers share.

/// The longest name.
pub const MAX_NAME: usize = 500;
