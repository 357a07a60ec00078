//! Numbers and lists that a decree or a decision sets, with the days on which they hold.

pub mod parameter;
