//! Dated parameters (tham số): numbers and lists that a decree or a decision sets and that may change, such as
//! the days within which a procedure must be made public.
//!
//! They are reference data (`parameters.toml`); code asks [`store::in_force`] for the values of a day and
//! [`rules::InForce`] for one of them. To add one: its entry in the file, and its code in [`Code`] where code
//! asks for it.

pub mod graphql;
pub mod rules;
pub mod store;

use crate::text_enum::text_enum;

text_enum! {
    /// The parameters that code asks for. Others may stand in the file, for people to read (tham số).
    pub enum Code {
        /// Days within which a procedure is made public after its announcement (thời hạn công khai).
        PublicationDays = "PUBLICATION_DAYS",
        /// Days after which what was made public is checked again (chu kỳ kiểm tra công khai).
        PublicationCheckDays = "PUBLICATION_CHECK_DAYS",
        /// Places at which a procedure must be made public (nơi bắt buộc công khai).
        PublicationPlaces = "PUBLICATION_PLACES",
        /// Kinds of organisation that the cut of posts leaves out; NONE for none (loại đơn vị được loại trừ).
        StaffingExemptKinds = "STAFFING_EXEMPT_KINDS",
        /// Number below which a cell on staff is not shown outside (ngưỡng che ô số liệu nhỏ).
        SmallCellThreshold = "SMALL_CELL_THRESHOLD",
        /// Months within which what was decentralised or authorised is checked (chu kỳ kiểm tra phân cấp, ủy quyền).
        DelegationCheckMonths = "DELEGATION_CHECK_MONTHS",
        /// Months within which open data change again at the latest (thời hạn cập nhật dữ liệu mở).
        OpenDataUpdateMonths = "OPEN_DATA_UPDATE_MONTHS",
        /// Months within which the list of open data is reviewed again (chu kỳ rà soát danh mục dữ liệu mở).
        OpenDataReviewMonths = "OPEN_DATA_REVIEW_MONTHS",
    }
}

impl Code {
    /// Whether its value is a number; a text otherwise.
    pub fn is_number(self) -> bool {
        !matches!(self, Code::PublicationPlaces | Code::StaffingExemptKinds)
    }
}
