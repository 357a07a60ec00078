//! Classification of public service units (phân loại đơn vị sự nghiệp công lập; plan II.3.b.2): dated records of what a
//! unit is by the criteria, and what is proposed for it. Its autonomy group is a matter of finance, not of this room.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// What kind of public service unit it is (loại đơn vị sự nghiệp).
    pub enum UnitType {
        /// Provides basic, essential public services (cung cấp dịch vụ sự nghiệp công cơ bản, thiết yếu).
        EssentialService = "ESSENTIAL_SERVICE",
        /// Provides other public services (cung cấp dịch vụ sự nghiệp công khác).
        OtherService = "OTHER_SERVICE",
        /// Serves state management (phục vụ quản lý nhà nước).
        StateManagement = "STATE_MANAGEMENT",
    }
}

text_enum! {
    /// What is proposed for a public service unit (phương án sắp xếp).
    pub enum UnitProposal {
        /// Keep it (giữ nguyên).
        Keep = "KEEP",
        /// Merge it with another (sáp nhập, hợp nhất).
        Merge = "MERGE",
        /// Dissolve it (giải thể).
        Dissolve = "DISSOLVE",
        /// Convert it, into a company say (chuyển đổi mô hình).
        Convert = "CONVERT",
    }
}
