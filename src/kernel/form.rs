//! Forms and their states: value types that the policy, the workflow and every form share.

use crate::i18n::{Message, MessageArg};
use crate::text_enum::text_enum;

text_enum! {
    /// A form (biểu mẫu) that units submit.
    pub enum FormCode {
        /// Dossier statistics (biểu 06 and companions: tình hình giải quyết thủ tục hành chính).
        DossierStatistics = "DOSSIER_STATISTICS",
        /// Causes of overdue dossiers (biểu II.07: nguyên nhân quá hạn).
        OverdueCauses = "OVERDUE_CAUSES",
        /// Feedback and petitions (biểu II.05: tiếp nhận, xử lý phản ánh, kiến nghị).
        Feedback = "FEEDBACK",
        /// Satisfaction, as counts of ratings (mức độ hài lòng).
        Satisfaction = "SATISFACTION",
        /// Electronic identification of e-government users (định danh điện tử).
        EIdentification = "E_IDENTIFICATION",
        /// Dialogues with people and enterprises (đối thoại).
        Dialogues = "DIALOGUES",
        /// Satisfaction with State agencies and with public health care and education (mức độ hài lòng về sự phục vụ).
        AgencySatisfaction = "AGENCY_SATISFACTION",
        /// Appraisal of staff, as counts by result (đánh giá, xếp loại chất lượng).
        StaffAppraisal = "STAFF_APPRAISAL",
        /// Training of staff (đào tạo, bồi dưỡng).
        Training = "TRAINING",
        /// Discipline and reward (kỷ luật, khen thưởng).
        DisciplineReward = "DISCIPLINE_REWARD",
        /// Rounds of recruitment, appointment and transfer (tuyển dụng, bổ nhiệm, điều động).
        Recruitment = "RECRUITMENT",
        /// Job positions and who holds them (vị trí việc làm).
        JobPositions = "JOB_POSITIONS",
        /// Friendly government (Chính quyền thân thiện).
        FriendlyGovernment = "FRIENDLY_GOVERNMENT",
        /// Work results of units and of their heads (KPI).
        UnitKpi = "UNIT_KPI",
        /// Headcount and its breakdown (số lượng, chất lượng cán bộ, công chức, viên chức có mặt).
        Headcount = "HEADCOUNT",
        /// Changes of the headcount, by reason (biến động nhân sự).
        HeadcountChanges = "HEADCOUNT_CHANGES",
        /// Downsizing under NĐ 154/2025, planned and actual (tinh giản biên chế).
        Downsizing = "DOWNSIZING",
        /// Execution of the budget, cumulative (tình hình thực hiện dự toán thu, chi ngân sách, lũy kế).
        BudgetExecution = "BUDGET_EXECUTION",
        /// Prices: listing, publication, inspection (quản lý giá, niêm yết giá, công khai giá).
        Prices = "PRICES",
        /// Funds with autonomy, what was saved of them and how it was used (kinh phí thực hiện chế độ tự chủ).
        AutonomyFunds = "AUTONOMY_FUNDS",
        /// Score of saving recurrent expenditure (chấm điểm tiết kiệm chi thường xuyên).
        SavingsScore = "SAVINGS_SCORE",
        /// Disclosure of the budget (công khai ngân sách).
        BudgetDisclosure = "BUDGET_DISCLOSURE",
        /// Records digitised, by kind and level, as of a day (số hóa hồ sơ, dữ liệu).
        Digitisation = "DIGITISATION",
        /// Work files handled on the network, documents signed digitally (hồ sơ công việc trên môi trường mạng).
        WorkFiles = "WORK_FILES",
    }
}

text_enum! {
    /// The state of a submission (trạng thái báo cáo).
    pub enum State {
        /// Being written (đang nhập liệu).
        Draft = "DRAFT",
        /// Sent and locked (đã gửi chờ duyệt).
        Submitted = "SUBMITTED",
        /// Sent back with a reason, to be corrected (yêu cầu chỉnh lý).
        Returned = "RETURNED",
        /// Accepted: its figures count (đã duyệt).
        Accepted = "ACCEPTED",
        /// Accepted once, and a later edition was accepted since (đã có bản thay thế).
        Superseded = "SUPERSEDED",
    }
}

text_enum! {
    /// How figures of a measure combine over time (tính cộng dồn).
    pub enum Additivity {
        /// Adds up over periods (phát sinh trong kỳ).
        Flow = "FLOW",
        /// The figure at the end counts (thời điểm cuối kỳ).
        Stock = "STOCK",
        /// The figure at the beginning counts (tồn đầu kỳ): dossiers carried over.
        Opening = "OPENING",
        /// Cumulated inside its year; the last figure counts (luỹ kế).
        Cumulative = "CUMULATIVE",
    }
}

/// What is odd, though not wrong, about a submission; its submitter acknowledges it with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A stable name of the kind of warning.
    pub code: WarningCode,
    /// The sentence.
    pub message: Message,
}

text_enum! {
    /// What is odd, though not wrong, about a submission (cảnh báo).
    pub enum WarningCode {
        /// A figure is far from the last periods' (số liệu chênh lệch lớn so với các kỳ trước).
        UnusualFigure = "UNUSUAL_FIGURE",
        /// An earlier period has not been submitted (thiếu kỳ trước).
        MissingPeriod = "MISSING_PERIOD",
        /// The form has no lines or only zeros (biểu trống).
        EmptyForm = "EMPTY_FORM",
        /// Another form of the same unit and period says something different (không khớp với biểu khác).
        FormsDiffer = "FORMS_DIFFER",
        /// A figure is of a day after the last day to submit the period (số liệu sau hạn của kỳ).
        LateFigure = "LATE_FIGURE",
        /// A document that is to be published is not (tài liệu phải công khai chưa được công khai).
        NotPublished = "NOT_PUBLISHED",
    }
}

/// A difference between two editions of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormChange {
    /// Code of the line: a procedure's code, say.
    pub line_code: String,
    /// Name of the line, in the languages that it has.
    pub line_name: MessageArg,
    /// The field, as the schema names it.
    pub field: &'static str,
    /// Before; none where the line is new.
    pub before: Option<i64>,
    /// After; none where the line is gone.
    pub after: Option<i64>,
    /// Of a text or a day: before.
    pub before_text: Option<String>,
    /// Of a text or a day: after.
    pub after_text: Option<String>,
}

/// The measures of a form with what a submission gives of each; none where it says nothing of it. A zero that was
/// typed is a figure.
pub type Figures = Vec<(&'static str, Option<i64>)>;
