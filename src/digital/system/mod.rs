//! Information systems (hệ thống thông tin; plan II.6.b.2, II.6.b.3): who uses each, since when, at which security level,
//! and with which platforms it exchanges data.
//!
//! The history of an integration is append-only. What says that it is live counts once somebody else confirmed it;
//! anything less counts at once.

pub mod figures;
pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// Who provides an information system (cấp cung cấp).
    pub enum SystemLevel {
        /// A ministry or the nation (trung ương).
        Central = "CENTRAL",
        /// The city (thành phố).
        City = "CITY",
        /// The ward (phường).
        Ward = "WARD",
    }
}

text_enum! {
    /// Whether an information system is used, by its days (tình trạng sử dụng).
    pub enum SystemState {
        /// Not used yet (dự kiến).
        Planned = "PLANNED",
        /// Used (đang sử dụng).
        InUse = "IN_USE",
        /// Used no longer (ngừng sử dụng).
        Ended = "ENDED",
    }
}

text_enum! {
    /// What an information system exchanges data with (nền tảng kết nối).
    pub enum Platform {
        /// The city's integration and sharing platform (nền tảng tích hợp, chia sẻ dữ liệu cấp thành phố, LGSP).
        Lgsp = "LGSP",
        /// The national data platform (nền tảng chia sẻ, điều phối dữ liệu quốc gia, NDOP).
        Ndop = "NDOP",
        /// The National Public Service Portal (Cổng Dịch vụ công quốc gia).
        Dvcqg = "DVCQG",
        /// Electronic identification (VNeID).
        Vneid = "VNEID",
        /// The national population database (cơ sở dữ liệu quốc gia về dân cư).
        Population = "POPULATION",
        /// The city's data warehouse (kho dữ liệu dùng chung của thành phố).
        Warehouse = "WAREHOUSE",
        /// Another (khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// Which way data goes (chiều dữ liệu).
    pub enum IntegrationDirection {
        /// Into the system (nhận).
        In = "IN",
        /// Out of it (cung cấp).
        Out = "OUT",
        /// Both ways (hai chiều).
        Both = "BOTH",
    }
}

text_enum! {
    /// How far an integration is (tình trạng kết nối).
    pub enum IntegrationStatus {
        /// Planned (dự kiến).
        Planned = "PLANNED",
        /// Being tested (đang thử nghiệm).
        Testing = "TESTING",
        /// Live (đang vận hành).
        Live = "LIVE",
        /// Stopped (đã dừng).
        Stopped = "STOPPED",
    }
}
