//! Dated parameters (tham số): numbers and lists that a decree or a decision sets and that may change, such as
//! the days within which a procedure must be made public.
//!
//! They are reference data (`parameters.toml`); code asks [`store::in_force`] for the values of a day and
//! [`rules::InForce`] for one of them. To add one: its entry in the file, and its code in [`Code`] where code
//! asks for it.

pub mod graphql;
pub mod rules;
pub mod store;

use chrono::NaiveDate;

use kernel::error::ApiError;
use kernel::i18n::Message;
use kernel::text_enum::text_enum;

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
        /// Most points of saving for direction, in hundredths (điểm tối đa: chỉ đạo, điều hành).
        SavingsMaxDirection = "SAVINGS_MAX_DIRECTION",
        /// Most points of saving for saving of the estimate, in hundredths (điểm tối đa: tiết kiệm dự toán).
        SavingsMaxSaving = "SAVINGS_MAX_SAVING",
        /// Most points of saving for subordinate units, in hundredths (điểm tối đa: đơn vị trực thuộc).
        SavingsMaxSubordinates = "SAVINGS_MAX_SUBORDINATES",
        /// Most points of saving for communication, in hundredths (điểm tối đa: tuyên truyền, kiểm tra).
        SavingsMaxCommunication = "SAVINGS_MAX_COMMUNICATION",
        /// Percent of the points from which saving is good (ngưỡng xếp loại tốt).
        SavingsBandGood = "SAVINGS_BAND_GOOD",
        /// Percent of the points from which saving is fair (ngưỡng xếp loại khá).
        SavingsBandFair = "SAVINGS_BAND_FAIR",
        /// Percent of the points from which saving is average (ngưỡng xếp loại trung bình).
        SavingsBandAverage = "SAVINGS_BAND_AVERAGE",
        /// Days within which a document of the budget is published (thời hạn công khai ngân sách).
        BudgetDisclosureDays = "BUDGET_DISCLOSURE_DAYS",
        /// Days that people have to say what they think of a draft (thời gian lấy ý kiến Nhân dân).
        LegalConsultationDays = "LEGAL_CONSULTATION_DAYS",
        /// Thresholds in percent between groups of financial autonomy, the highest first (ngưỡng phân nhóm tự chủ tài chính).
        AutonomyLevels = "AUTONOMY_LEVELS",
        /// Most years of a stability period of financial autonomy (số năm của giai đoạn ổn định).
        AutonomyYears = "AUTONOMY_YEARS",
        /// Days within which what must stand on a portal is updated (thời hạn cập nhật trên Cổng thông tin).
        PortalUpdateDays = "PORTAL_UPDATE_DAYS",
        /// Days within which what must stand on social media is updated (thời hạn cập nhật trên Fanpage).
        SocialUpdateDays = "SOCIAL_UPDATE_DAYS",
        /// Original cost from which an asset that is no land, house or car is kept (ngưỡng nguyên giá tài sản khác).
        PublicAssetThreshold = "PUBLIC_ASSET_THRESHOLD",
        /// Months within which open data change again at the latest (thời hạn cập nhật dữ liệu mở).
        OpenDataUpdateMonths = "OPEN_DATA_UPDATE_MONTHS",
        /// Months within which the list of open data is reviewed again (chu kỳ rà soát danh mục dữ liệu mở).
        OpenDataReviewMonths = "OPEN_DATA_REVIEW_MONTHS",
    }
}

/// The error of asking for a day on which a parameter has no value.
pub fn not_in_force(code: Code, day: NaiveDate) -> ApiError {
    let message = Message::new("parameter-not-in-force").with("code", code.as_str()).with("day", day.to_string());
    ApiError::bad_input(message)
}

impl Code {
    /// Whether its value is a number; a text otherwise.
    pub fn is_number(self) -> bool {
        !matches!(self, Code::PublicationPlaces | Code::StaffingExemptKinds | Code::AutonomyLevels)
    }
}
