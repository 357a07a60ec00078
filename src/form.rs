//! Forms and their states: value types that the policy, the workflow and every form share.

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
