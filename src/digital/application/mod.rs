//! Applications of new technology (ứng dụng AI, IoT, dữ liệu lớn; plan II.6.a.7): who applies what in which sector, and
//! how far it is. Earlier states stand in the journal.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// A technology that the plan names, or another (công nghệ).
    pub enum Technology {
        /// Artificial intelligence (trí tuệ nhân tạo).
        Ai = "AI",
        /// Internet of things (Internet vạn vật).
        Iot = "IOT",
        /// Big data (dữ liệu lớn).
        BigData = "BIG_DATA",
        /// Another (khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// In which sector new technology is applied (lĩnh vực).
    pub enum ApplicationSector {
        /// Environment (quản lý môi trường).
        Environment = "ENVIRONMENT",
        /// Education and training (giáo dục và đào tạo).
        Education = "EDUCATION",
        /// Health (y tế).
        Health = "HEALTH",
        /// Urban management and traffic (đô thị, giao thông).
        Urban = "URBAN",
        /// Security and order (an ninh, trật tự).
        Security = "SECURITY",
        /// Administrative procedures and public services (thủ tục hành chính, dịch vụ công).
        PublicService = "PUBLIC_SERVICE",
        /// Another (khác).
        Other = "OTHER",
    }
}

text_enum! {
    /// How far an application is (tình trạng ứng dụng).
    pub enum ApplicationStatus {
        /// Proposed (đề xuất).
        Proposed = "PROPOSED",
        /// Being tried (thí điểm).
        Pilot = "PILOT",
        /// In use (đang sử dụng).
        InUse = "IN_USE",
        /// Stopped (đã dừng).
        Stopped = "STOPPED",
    }
}
