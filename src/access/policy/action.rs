//! What a caller may want to do, and how the catalogue of messages names it.

use kernel::text_enum::text_enum;

text_enum! {
    /// What a caller may want to do (hành động).
    pub enum Action {
        /// Save a form's draft (lưu nháp).
        SaveForm = "SAVE_FORM",
        /// Submit a form (gửi báo cáo).
        SubmitForm = "SUBMIT_FORM",
        /// Withdraw a submitted form before it is accepted (rút lại).
        WithdrawForm = "WITHDRAW_FORM",
        /// Return a form for correction (yêu cầu chỉnh lý).
        ReturnForm = "RETURN_FORM",
        /// Accept a form (duyệt).
        AcceptForm = "ACCEPT_FORM",
        /// Open an accepted form again as its next edition (mở lại).
        ReopenForm = "REOPEN_FORM",
        /// Enter and change procedures (cập nhật danh mục thủ tục hành chính).
        ImportProcedures = "IMPORT_PROCEDURES",
        /// Assign posts, enter the baseline and changes of its perimeter (giao biên chế, lập mốc so sánh).
        AssignStaffing = "ASSIGN_STAFFING",
        /// Approve the baseline of the cut of posts, once (phê duyệt mốc so sánh biên chế).
        ApproveStaffingBaseline = "APPROVE_STAFFING_BASELINE",
        /// Say who leads a target or a task (phân công chủ trì).
        AssignLead = "ASSIGN_LEAD",
        /// Propose to simplify a procedure, and change the proposal (đề xuất phương án rà soát, đơn giản hóa).
        ProposeReview = "PROPOSE_REVIEW",
        /// Withdraw such a proposal (rút đề xuất).
        WithdrawReview = "WITHDRAW_REVIEW",
        /// Approve or reject it (quyết định phương án).
        DecideReview = "DECIDE_REVIEW",
        /// Say that it has been carried out (ghi nhận đã thực hiện phương án).
        ImplementReview = "IMPLEMENT_REVIEW",
        /// Correct from which day or by which decision it was carried out (đính chính việc thực hiện phương án).
        CorrectReview = "CORRECT_REVIEW",
        /// Take back the decision about it (thu hồi quyết định về phương án).
        RevokeReview = "REVOKE_REVIEW",
        /// Record where procedures are made public (ghi nhận công khai thủ tục hành chính).
        RecordPublications = "RECORD_PUBLICATIONS",
        /// Record that organisations are established, renamed, merged, split, dissolved or moved (ghi nhận thay đổi tổ chức).
        RecordOrganisationChange = "RECORD_ORGANISATION_CHANGE",
        /// Confirm or reject such a change (quyết định thay đổi tổ chức).
        DecideOrganisationChange = "DECIDE_ORGANISATION_CHANGE",
        /// Keep the functions and tasks of organisations (cập nhật chức năng, nhiệm vụ).
        SaveFunctions = "SAVE_FUNCTIONS",
        /// Keep decentralisation and authorisation (cập nhật phân cấp, ủy quyền).
        SaveDelegation = "SAVE_DELEGATION",
        /// Record a supervision check of one (ghi nhận kiểm tra việc phân cấp, ủy quyền).
        CheckDelegation = "CHECK_DELEGATION",
        /// Classify a public service unit (phân loại đơn vị sự nghiệp công lập).
        ClassifyUnit = "CLASSIFY_UNIT",
        /// Assign the estimates of the budget and change them (giao, bổ sung, điều chỉnh dự toán).
        AllocateBudget = "ALLOCATE_BUDGET",
        /// Settle a budget year: it is closed from then on (phê duyệt quyết toán năm).
        SettleBudget = "SETTLE_BUDGET",
        /// Keep projects of public investment, their plans and payments (cập nhật dự án, kế hoạch vốn, giải ngân).
        KeepInvestment = "KEEP_INVESTMENT",
        /// Appraise a unit's savings score before it is accepted (thẩm định điểm tiết kiệm chi thường xuyên).
        AppraiseSavingsScore = "APPRAISE_SAVINGS_SCORE",
        /// Keep the register of legal documents and its campaigns of review (cập nhật danh mục văn bản, mở đợt rà soát).
        KeepLegalDocuments = "KEEP_LEGAL_DOCUMENTS",
        /// Write the review of a legal document (rà soát văn bản).
        SaveLegalReview = "SAVE_LEGAL_REVIEW",
        /// Confirm or return such a review, and say what became of its proposal (xác nhận kết quả rà soát).
        DecideLegalReview = "DECIDE_LEGAL_REVIEW",
        /// Consult people on a draft and record what they say (lấy ý kiến Nhân dân).
        ConsultPeople = "CONSULT_PEOPLE",
        /// Close such a consultation (kết thúc lấy ý kiến).
        CloseConsultation = "CLOSE_CONSULTATION",
        /// Propose how autonomous a public service unit is, and change the proposal (đề xuất phân loại mức tự chủ tài chính).
        ProposeAutonomy = "PROPOSE_AUTONOMY",
        /// Appraise such a proposal, or return it (thẩm định phân loại mức tự chủ).
        AppraiseAutonomy = "APPRAISE_AUTONOMY",
        /// Decide about it, or return it (quyết định phân loại mức tự chủ).
        DecideAutonomy = "DECIDE_AUTONOMY",
        /// Draft a line of the budget of the reform (lập dự toán kinh phí cải cách hành chính).
        SaveReformBudget = "SAVE_REFORM_BUDGET",
        /// Sign and send it (ký, gửi dự toán kinh phí cải cách hành chính).
        SubmitReformBudget = "SUBMIT_REFORM_BUDGET",
        /// Appraise it for the finance division, or return it (thẩm định của phòng phụ trách tài chính).
        AppraiseReformBudgetFinance = "APPRAISE_REFORM_BUDGET_FINANCE",
        /// Appraise it for the standing body, or return it (thẩm định của cơ quan thường trực).
        AppraiseReformBudgetStanding = "APPRAISE_REFORM_BUDGET_STANDING",
        /// Allocate money to it, or reject it (phê duyệt hoặc không phê duyệt kinh phí).
        DecideReformBudget = "DECIDE_REFORM_BUDGET",
        /// Supplement or adjust what was allocated (bổ sung, điều chỉnh kinh phí).
        SupplementReformBudget = "SUPPLEMENT_REFORM_BUDGET",
        /// Record what was spent of it (ghi nhận kinh phí đã chi).
        RecordReformSpending = "RECORD_REFORM_SPENDING",
        /// Record information systems, new technology, audits and what stands on online channels (ghi nhận hệ thống thông tin, ứng dụng công nghệ, đánh giá ISO, kênh trực tuyến).
        RecordDigital = "RECORD_DIGITAL",
        /// Confirm that an integration is live, or that a finding is remedied (xác nhận kết nối, xác nhận khắc phục).
        ConfirmDigital = "CONFIRM_DIGITAL",
        /// The same as head of the unit that leads the task, asked about that unit (xác nhận với tư cách đơn vị chủ trì).
        ConfirmAsLead = "CONFIRM_AS_LEAD",
        /// Record a public asset as it is from a day on; it counts once it is confirmed (ghi nhận tài sản công).
        RecordAsset = "RECORD_ASSET",
        /// Confirm what was recorded of a public asset (xác nhận tài sản công).
        ConfirmAsset = "CONFIRM_ASSET",
        /// Propose how to rearrange a house or land, or a scheme to lease an asset (đề xuất phương án, đề án).
        ProposeAssetPlan = "PROPOSE_ASSET_PLAN",
        /// Approve or reject such a plan or scheme (quyết định phương án, đề án).
        DecideAssetPlan = "DECIDE_ASSET_PLAN",
        /// Say that a plan was carried out, or a scheme has ended (ghi nhận hoàn thành phương án, đề án).
        CompleteAssetPlan = "COMPLETE_ASSET_PLAN",
        /// Record that an asset went to another unit, or is there no more (điều chuyển, ghi giảm tài sản công).
        TransferAsset = "TRANSFER_ASSET",
        /// Describe a dataset, and record that its data changed (cập nhật danh mục dữ liệu).
        SaveDataset = "SAVE_DATASET",
        /// Sign a dataset and send it to be published (ký, gửi bộ dữ liệu).
        SubmitDataset = "SUBMIT_DATASET",
        /// Publish a dataset or send it back, and review the list of open data (công bố, trả lại, rà soát).
        DecideDataset = "DECIDE_DATASET",
        /// Take a dataset out of the list (rút bộ dữ liệu).
        WithdrawDataset = "WITHDRAW_DATASET",
        /// Read the journal (xem nhật ký).
        ReadJournal = "READ_JOURNAL",
        /// Ask who may do what (xem phân quyền).
        InspectPermissions = "INSPECT_PERMISSIONS",
        /// Keep accounts and grants; only from the server's own command line (quản lý tài khoản và phân quyền).
        ManageAccounts = "MANAGE_ACCOUNTS",
        /// Load a programme's reference data; only from the server's own command line (nạp dữ liệu tham chiếu).
        LoadReferenceData = "LOAD_REFERENCE_DATA",
        /// Rebuild measures and indicators; only from the server's own command line (tính lại số đo).
        RebuildMeasures = "REBUILD_MEASURES",
    }
}

/// The name of an action in the catalogue of messages.
pub fn action_key(action: Action) -> &'static str {
    match action {
        Action::SaveForm => "action-save-form",
        Action::SubmitForm => "action-submit-form",
        Action::WithdrawForm => "action-withdraw-form",
        Action::ReturnForm => "action-return-form",
        Action::AcceptForm => "action-accept-form",
        Action::ReopenForm => "action-reopen-form",
        Action::ImportProcedures => "action-import-procedures",
        Action::AssignStaffing => "action-assign-staffing",
        Action::ApproveStaffingBaseline => "action-approve-staffing-baseline",
        Action::AssignLead => "action-assign-lead",
        Action::ProposeReview => "action-propose-review",
        Action::WithdrawReview => "action-withdraw-review",
        Action::DecideReview => "action-decide-review",
        Action::ImplementReview => "action-implement-review",
        Action::CorrectReview => "action-correct-review",
        Action::RevokeReview => "action-revoke-review",
        Action::RecordPublications => "action-record-publications",
        Action::RecordOrganisationChange => "action-record-organisation-change",
        Action::DecideOrganisationChange => "action-decide-organisation-change",
        Action::SaveFunctions => "action-save-functions",
        Action::SaveDelegation => "action-save-delegation",
        Action::CheckDelegation => "action-check-delegation",
        Action::ClassifyUnit => "action-classify-unit",
        Action::AllocateBudget => "action-allocate-budget",
        Action::SettleBudget => "action-settle-budget",
        Action::KeepInvestment => "action-keep-investment",
        Action::AppraiseSavingsScore => "action-appraise-savings-score",
        Action::KeepLegalDocuments => "action-keep-legal-documents",
        Action::SaveLegalReview => "action-save-legal-review",
        Action::DecideLegalReview => "action-decide-legal-review",
        Action::ConsultPeople => "action-consult-people",
        Action::CloseConsultation => "action-close-consultation",
        Action::ProposeAutonomy => "action-propose-autonomy",
        Action::AppraiseAutonomy => "action-appraise-autonomy",
        Action::DecideAutonomy => "action-decide-autonomy",
        Action::SaveReformBudget => "action-save-reform-budget",
        Action::SubmitReformBudget => "action-submit-reform-budget",
        Action::AppraiseReformBudgetFinance => "action-appraise-reform-budget-finance",
        Action::AppraiseReformBudgetStanding => "action-appraise-reform-budget-standing",
        Action::DecideReformBudget => "action-decide-reform-budget",
        Action::SupplementReformBudget => "action-supplement-reform-budget",
        Action::RecordReformSpending => "action-record-reform-spending",
        Action::RecordDigital => "action-record-digital",
        Action::ConfirmDigital => "action-confirm-digital",
        Action::ConfirmAsLead => "action-confirm-digital",
        Action::RecordAsset => "action-record-asset",
        Action::ConfirmAsset => "action-confirm-asset",
        Action::ProposeAssetPlan => "action-propose-asset-plan",
        Action::DecideAssetPlan => "action-decide-asset-plan",
        Action::CompleteAssetPlan => "action-complete-asset-plan",
        Action::TransferAsset => "action-transfer-asset",
        Action::SaveDataset => "action-save-dataset",
        Action::SubmitDataset => "action-submit-dataset",
        Action::DecideDataset => "action-decide-dataset",
        Action::WithdrawDataset => "action-withdraw-dataset",
        Action::ReadJournal => "action-read-journal",
        Action::InspectPermissions => "action-inspect-permissions",
        Action::ManageAccounts => "action-manage-accounts",
        Action::LoadReferenceData => "action-load-reference-data",
        Action::RebuildMeasures => "action-rebuild-measures",
    }
}
