//! Online channels (Cổng thông tin điện tử, Fanpage; plan II.6.b.4): what must stand on each and be kept up to date, and
//! how it was found when somebody looked.
//!
//! How old it may be is a dated parameter for portals and one for social media, neither of them verified yet. Checks are
//! append-only; the duty repeats what the last one found, so that overdue duties can be asked for.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// A kind of online channel (kênh).
    pub enum OnlineChannel {
        /// A portal (cổng, trang thông tin điện tử).
        Portal = "PORTAL",
        /// A fanpage on Facebook (Fanpage).
        Fanpage = "FANPAGE",
        /// An official Zalo account (Zalo OA).
        Zalo = "ZALO",
        /// Other social media (mạng xã hội khác).
        Other = "OTHER",
    }
}

impl OnlineChannel {
    /// The channels to which the parameter of portals applies; that of social media applies to the others.
    pub const PORTALS: &'static [OnlineChannel] = &[OnlineChannel::Portal];
}
