//! The one table of who may do what, and where. A person can read it; docs/permissions.md is printed from
//! it; the schema's `@requires` directives and every record's `allowedActions` are answered from it; and a
//! [`Permit`], without which no store writes, can only be made here.
//!
//! Source: plan 999/QĐ-UBND section V; domain facts 1.4 (roles, separation of duties).

use uuid::Uuid;

use super::role::{Grant, Role};
use super::{Caller, SignedIn};
use crate::autonomy::AutonomyState;
use crate::dataset::{AccessRights, DatasetState};
use crate::error::{ApiError, ApiResult, ErrorCode};
use crate::form::{FormCode, State};
use crate::i18n::{Message, MessageArg};
use crate::legal::LegalReviewState;
use crate::organisation::change::OrganisationChangeState;
use crate::reform_budget::ReformBudgetState;
use crate::simplification::ReviewState;
use crate::text_enum::text_enum;

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

text_enum! {
    /// How the organisation of a grant must stand to the organisation of a record.
    pub enum Relation {
        /// The same organisation.
        Own = "OWN",
        /// The same organisation or one below it.
        Within = "WITHIN",
        /// Within, but not the standing body's own records: those are the Chair's to accept.
        WithinExceptStandingBody = "WITHIN_EXCEPT_STANDING_BODY",
        /// Within, and only the standing body's own records.
        StandingBodyWithin = "STANDING_BODY_WITHIN",
        /// Within, but not of a unit in which the caller is head or officer: those are the Chair's to accept.
        WithinExceptOwnUnit = "WITHIN_EXCEPT_OWN_UNIT",
    }
}

/// Of which forms a line of the table speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// Every form, and what is no form.
    Every,
    /// These forms alone.
    Only(&'static [FormCode]),
    /// Every form but these, and what is no form.
    Except(&'static [FormCode]),
}

impl Covers {
    /// Whether a line that speaks of these forms speaks of one; none for what is no form.
    pub fn includes(self, form: Option<FormCode>) -> bool {
        match self {
            Covers::Every => true,
            Covers::Only(forms) => form.is_some_and(|form| forms.contains(&form)),
            Covers::Except(forms) => form.is_none_or(|form| !forms.contains(&form)),
        }
    }
}

/// A line of the table for writing, and for reading what is no record of a register or form.
#[derive(Debug, Clone, Copy)]
pub struct WriteRule {
    /// Stands in the journal beside every decision it made.
    pub id: &'static str,
    /// Who.
    pub role: Role,
    /// May do what.
    pub action: Action,
    /// Where.
    pub relation: Relation,
    /// Of which forms.
    pub forms: Covers,
}

/// A line of the table for reading submissions.
#[derive(Debug, Clone, Copy)]
pub struct ReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who.
    pub role: Role,
    /// May read submissions of which organisations.
    pub relation: Relation,
    /// Of which forms; all when empty.
    pub forms: &'static [FormCode],
    /// Whether confidential forms are among them: those of which `data/forms` says so.
    pub confidential: bool,
    /// In which states; all when empty.
    pub states: &'static [State],
}

/// A line of the table for reading reviews of procedures.
#[derive(Debug, Clone, Copy)]
pub struct ReviewReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; none for everybody with a grant that reaches the programme.
    pub role: Option<Role>,
    /// May read reviews that which organisations proposed.
    pub relation: Relation,
    /// In which states; all when empty.
    pub states: &'static [ReviewState],
}

const fn read_review(
    id: &'static str,
    role: Option<Role>,
    relation: Relation,
    states: &'static [ReviewState],
) -> ReviewReadRule {
    ReviewReadRule { id, role, relation, states }
}

const fn read(
    id: &'static str,
    role: Role,
    relation: Relation,
    forms: &'static [FormCode],
    confidential: bool,
    states: &'static [State],
) -> ReadRule {
    ReadRule { id, role, relation, forms, confidential, states }
}

/// A line of the table for reading reviews of legal documents.
#[derive(Debug, Clone, Copy)]
pub struct LegalReviewReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; empty for everybody with a grant that reaches the programme.
    pub roles: &'static [Role],
    /// May read reviews of which organisations.
    pub relation: Relation,
    /// In which states; all when empty.
    pub states: &'static [LegalReviewState],
}

/// A line of the table for reading changes of organisations: within the programme.
#[derive(Debug, Clone, Copy)]
pub struct ChangeReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; none for everybody with a grant that reaches the programme.
    pub role: Option<Role>,
    /// In which states; all when empty.
    pub states: &'static [OrganisationChangeState],
}

/// A line of the table for reading a register whose records go from state to state.
#[derive(Debug, Clone, Copy)]
pub struct RegisterReadRule<S: 'static> {
    /// Its name.
    pub id: &'static str,
    /// Who.
    pub roles: &'static [Role],
    /// May read records of which organisations.
    pub relation: Relation,
    /// In which states; all when empty.
    pub states: &'static [S],
}

/// How somebody must stand to a dataset to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatasetReader {
    /// Whoever has a grant that reaches the programme.
    Anybody,
    /// A role on the unit that keeps it.
    Own(Role),
    /// A role on the unit that keeps it, or on one above.
    Within(Role),
    /// A role on a unit that leads the task by which datasets are published ([`crate::dataset::LED_BY_TASK`]).
    Lead(Role),
}

/// A line of the table for reading datasets.
#[derive(Debug, Clone, Copy)]
pub struct DatasetReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who.
    pub readers: &'static [DatasetReader],
    /// With which access rights; all when empty.
    pub access: &'static [AccessRights],
    /// In which states; all when empty.
    pub states: &'static [DatasetState],
}

const fn write(id: &'static str, role: Role, action: Action, relation: Relation) -> WriteRule {
    WriteRule { id, role, action, relation, forms: Covers::Every }
}

const fn of_forms(id: &'static str, role: Role, action: Action, relation: Relation, forms: Covers) -> WriteRule {
    WriteRule { id, role, action, relation, forms }
}

/// Who may write what. Beside these lines one rule holds for all: whoever wrote in a record never accepts
/// or decides it ([`NEVER_BY_AUTHOR`], domain facts 1.4).
pub const WRITE_RULES: &[WriteRule] = &[
    write("W01", Role::UnitOfficer, Action::SaveForm, Relation::Own),
    write("W02", Role::UnitHead, Action::SaveForm, Relation::Own),
    write("W03", Role::UnitHead, Action::SubmitForm, Relation::Own),
    write("W04", Role::UnitHead, Action::WithdrawForm, Relation::Own),
    of_forms("W05", Role::StandingBody, Action::ReturnForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    of_forms("W06", Role::StandingBody, Action::AcceptForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    of_forms("W07", Role::StandingBody, Action::ReopenForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    write("W08", Role::Chair, Action::ReturnForm, Relation::StandingBodyWithin),
    write("W09", Role::Chair, Action::AcceptForm, Relation::StandingBodyWithin),
    write("W10", Role::Chair, Action::ReopenForm, Relation::Within),
    write("W11", Role::OneStop, Action::ImportProcedures, Relation::Within),
    write("W12", Role::StandingBody, Action::AssignLead, Relation::Within),
    write("W13", Role::Chair, Action::AssignLead, Relation::Within),
    write("W14", Role::StandingBody, Action::ReadJournal, Relation::Within),
    write("W15", Role::Chair, Action::ReadJournal, Relation::Within),
    write("W16", Role::Admin, Action::InspectPermissions, Relation::Within),
    write("W31", Role::UnitOfficer, Action::ProposeReview, Relation::Own),
    write("W32", Role::UnitHead, Action::ProposeReview, Relation::Own),
    write("W33", Role::OneStop, Action::ProposeReview, Relation::Within),
    write("W34", Role::UnitOfficer, Action::WithdrawReview, Relation::Own),
    write("W35", Role::UnitHead, Action::WithdrawReview, Relation::Own),
    write("W36", Role::OneStop, Action::WithdrawReview, Relation::Within),
    write("W37", Role::Chair, Action::DecideReview, Relation::Within),
    write("W38", Role::OneStop, Action::ImplementReview, Relation::Within),
    write("W39", Role::OneStop, Action::RecordPublications, Relation::Within),
    write("W61", Role::OneStop, Action::CorrectReview, Relation::Within),
    write("W62", Role::Chair, Action::RevokeReview, Relation::Within),
    write("W41", Role::StandingBody, Action::RecordOrganisationChange, Relation::Within),
    write("W42", Role::Chair, Action::DecideOrganisationChange, Relation::Within),
    write("W43", Role::StandingBody, Action::SaveFunctions, Relation::Within),
    write("W44", Role::StandingBody, Action::SaveDelegation, Relation::Within),
    write("W45", Role::StandingBody, Action::CheckDelegation, Relation::Within),
    write("W46", Role::StandingBody, Action::ClassifyUnit, Relation::Within),
    write("W51", Role::StandingBody, Action::AssignStaffing, Relation::Within),
    write("W52", Role::Chair, Action::ApproveStaffingBaseline, Relation::Within),
    of_forms("W71", Role::FinanceDept, Action::ReturnForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W72", Role::FinanceDept, Action::AcceptForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W73", Role::FinanceDept, Action::ReopenForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W74", Role::Chair, Action::ReturnForm, Relation::Within, FINANCE),
    of_forms("W75", Role::Chair, Action::AcceptForm, Relation::Within, FINANCE),
    write("W76", Role::FinanceDept, Action::AllocateBudget, Relation::Within),
    write("W77", Role::Chair, Action::SettleBudget, Relation::Within),
    write("W81", Role::FinanceDept, Action::KeepInvestment, Relation::Within),
    write("W131", Role::FinanceDept, Action::AppraiseSavingsScore, Relation::WithinExceptOwnUnit),
    write("W132", Role::Chair, Action::AppraiseSavingsScore, Relation::Within),
    // The organisation of these two is the unit that keeps the register today: it leads the target II.1.a.3.
    write("W101", Role::UnitOfficer, Action::KeepLegalDocuments, Relation::Own),
    write("W102", Role::UnitHead, Action::KeepLegalDocuments, Relation::Own),
    write("W103", Role::UnitOfficer, Action::SaveLegalReview, Relation::Own),
    write("W104", Role::UnitHead, Action::SaveLegalReview, Relation::Own),
    write("W105", Role::UnitHead, Action::DecideLegalReview, Relation::Own),
    write("W106", Role::Chair, Action::DecideLegalReview, Relation::Within),
    write("W107", Role::UnitOfficer, Action::ConsultPeople, Relation::Own),
    write("W108", Role::UnitHead, Action::ConsultPeople, Relation::Own),
    write("W109", Role::UnitHead, Action::CloseConsultation, Relation::Own),
    write("W91", Role::UnitOfficer, Action::ProposeAutonomy, Relation::Own),
    write("W92", Role::UnitHead, Action::ProposeAutonomy, Relation::Own),
    write("W93", Role::FinanceDept, Action::AppraiseAutonomy, Relation::Within),
    write("W94", Role::Chair, Action::DecideAutonomy, Relation::Within),
    write("W95", Role::UnitOfficer, Action::SaveReformBudget, Relation::Own),
    write("W96", Role::UnitHead, Action::SaveReformBudget, Relation::Own),
    write("W97", Role::UnitHead, Action::SubmitReformBudget, Relation::Own),
    write("W98", Role::FinanceDept, Action::AppraiseReformBudgetFinance, Relation::Within),
    write("W99", Role::StandingBody, Action::AppraiseReformBudgetStanding, Relation::Within),
    write("W151", Role::Chair, Action::DecideReformBudget, Relation::Within),
    write("W152", Role::Chair, Action::SupplementReformBudget, Relation::Within),
    write("W153", Role::UnitOfficer, Action::RecordReformSpending, Relation::Own),
    write("W154", Role::UnitHead, Action::RecordReformSpending, Relation::Own),
    write("W155", Role::FinanceDept, Action::RecordReformSpending, Relation::Within),
    write("W111", Role::UnitOfficer, Action::RecordDigital, Relation::Own),
    write("W112", Role::UnitHead, Action::RecordDigital, Relation::Own),
    write("W113", Role::PublicServiceCentre, Action::RecordDigital, Relation::Own),
    write("W114", Role::StandingBody, Action::RecordDigital, Relation::Within),
    write("W115", Role::StandingBody, Action::ConfirmDigital, Relation::WithinExceptStandingBody),
    write("W116", Role::Chair, Action::ConfirmDigital, Relation::StandingBodyWithin),
    write("W117", Role::UnitHead, Action::ConfirmAsLead, Relation::Own),
    write("W82", Role::UnitOfficer, Action::RecordAsset, Relation::Own),
    write("W83", Role::UnitHead, Action::ConfirmAsset, Relation::Own),
    write("W84", Role::FinanceDept, Action::ConfirmAsset, Relation::Within),
    write("W85", Role::UnitOfficer, Action::ProposeAssetPlan, Relation::Own),
    write("W86", Role::FinanceDept, Action::ProposeAssetPlan, Relation::Within),
    write("W87", Role::Chair, Action::DecideAssetPlan, Relation::Within),
    write("W88", Role::FinanceDept, Action::CompleteAssetPlan, Relation::Within),
    write("W89", Role::FinanceDept, Action::TransferAsset, Relation::Within),
    write("W121", Role::UnitOfficer, Action::SaveDataset, Relation::Own),
    write("W122", Role::UnitHead, Action::SaveDataset, Relation::Own),
    write("W123", Role::UnitHead, Action::SubmitDataset, Relation::Own),
    write("W124", Role::UnitHead, Action::WithdrawDataset, Relation::Own),
    write("W125", Role::StandingBody, Action::WithdrawDataset, Relation::Within),
    write("W126", Role::Chair, Action::WithdrawDataset, Relation::Within),
    // Asked about the unit that leads the task, and about the standing body where none does: `dataset::store::deciders`.
    write("W127", Role::UnitHead, Action::DecideDataset, Relation::Own),
    write("W128", Role::StandingBody, Action::DecideDataset, Relation::StandingBodyWithin),
    write("W129", Role::Chair, Action::DecideDataset, Relation::Within),
];

/// The forms on public finance: the finance division accepts them (domain facts 1.4), the Chair its own.
pub const FINANCE_FORMS: &[FormCode] = &[
    FormCode::BudgetExecution,
    FormCode::Prices,
    FormCode::AutonomyFunds,
    FormCode::SavingsScore,
    FormCode::BudgetDisclosure,
];
const FINANCE: Covers = Covers::Only(FINANCE_FORMS);
const NOT_FINANCE: Covers = Covers::Except(FINANCE_FORMS);

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[
    Action::AcceptForm,
    Action::DecideReview,
    Action::RevokeReview,
    Action::ApproveStaffingBaseline,
    Action::DecideOrganisationChange,
    Action::SettleBudget,
    Action::AppraiseSavingsScore,
    Action::DecideLegalReview,
    Action::AppraiseAutonomy,
    Action::DecideAutonomy,
    Action::AppraiseReformBudgetFinance,
    Action::AppraiseReformBudgetStanding,
    Action::DecideReformBudget,
    Action::SupplementReformBudget,
    Action::ConfirmDigital,
    Action::ConfirmAsLead,
    Action::ConfirmAsset,
    Action::DecideAssetPlan,
    Action::DecideDataset,
];

/// What left the unit's own hands: everything but drafts.
const SENT: &[State] = &[State::Submitted, State::Returned, State::Accepted, State::Superseded];
/// The forms on administrative procedures and on serving people.
const ONE_STOP_FORMS: &[FormCode] = &[
    FormCode::DossierStatistics,
    FormCode::OverdueCauses,
    FormCode::Feedback,
    FormCode::Satisfaction,
    FormCode::EIdentification,
    FormCode::Dialogues,
];
/// Records digitised: of land and planning it is the economic division's business, of dossiers the one-stop centre's
/// (domain facts 1.4).
const DIGITISATION_FORMS: &[FormCode] = &[FormCode::Digitisation];
const ACCEPTED: &[State] = &[State::Accepted, State::Superseded];

/// Who may read which submissions. Figures of accepted submissions (measures, indicators), procedures,
/// organisations, targets and tasks are open to everybody with any grant under the programme; those that rest on a
/// confidential form only to whom a line opens the form, and beside that as `template::disclosure` says.
pub const READ_RULES: &[ReadRule] = &[
    read("R01", Role::UnitOfficer, Relation::Own, &[], true, &[]),
    read("R02", Role::UnitHead, Relation::Own, &[], true, &[]),
    read("R03", Role::StandingBody, Relation::Within, &[], true, SENT),
    read("R04", Role::Chair, Relation::Within, &[], true, SENT),
    read("R05", Role::OneStop, Relation::Within, ONE_STOP_FORMS, false, SENT),
    read("R06", Role::PublicServiceCentre, Relation::Own, &[], true, &[]),
    read("R07", Role::Oversight, Relation::Within, &[], false, ACCEPTED),
    read("R08", Role::UpperLevel, Relation::Within, &[], false, ACCEPTED),
    read("R09", Role::FinanceDept, Relation::Within, FINANCE_FORMS, false, SENT),
    read("R111", Role::FinanceDept, Relation::Within, DIGITISATION_FORMS, false, SENT),
    read("R112", Role::OneStop, Relation::Within, DIGITISATION_FORMS, false, SENT),
];

/// What becomes of procedures. Proposals that are still open, were rejected or withdrawn concern fewer people.
const GRANTED: &[ReviewState] = &[ReviewState::Approved, ReviewState::Implemented];

/// Who may read which reviews of procedures.
pub const REVIEW_READ_RULES: &[ReviewReadRule] = &[
    read_review("R31", None, Relation::Within, GRANTED),
    read_review("R32", Some(Role::UnitOfficer), Relation::Own, &[]),
    read_review("R33", Some(Role::UnitHead), Relation::Own, &[]),
    read_review("R34", Some(Role::OneStop), Relation::Within, &[]),
    read_review("R35", Some(Role::StandingBody), Relation::Within, &[]),
    read_review("R36", Some(Role::Chair), Relation::Within, &[]),
    read_review("R37", Some(Role::Oversight), Relation::Within, &[ReviewState::Rejected]),
];

/// Who may read which reviews of legal documents. What is not confirmed concerns the unit, the Chair who may decide it, and
/// the standing body, who reads the journal of both.
pub const LEGAL_REVIEW_READ_RULES: &[LegalReviewReadRule] = &[
    LegalReviewReadRule { id: "R101", roles: &[], relation: Relation::Within, states: &[LegalReviewState::Confirmed] },
    LegalReviewReadRule {
        id: "R102",
        roles: &[Role::UnitOfficer, Role::UnitHead],
        relation: Relation::Own,
        states: &[],
    },
    LegalReviewReadRule { id: "R103", roles: &[Role::StandingBody], relation: Relation::Within, states: &[] },
    LegalReviewReadRule { id: "R104", roles: &[Role::Chair], relation: Relation::Within, states: &[] },
];

/// Who may read which changes of organisations. What is not confirmed concerns those who decide it.
pub const CHANGE_READ_RULES: &[ChangeReadRule] = &[
    ChangeReadRule { id: "R41", role: None, states: &[OrganisationChangeState::Confirmed] },
    ChangeReadRule { id: "R42", role: Some(Role::StandingBody), states: &[] },
    ChangeReadRule { id: "R43", role: Some(Role::Chair), states: &[] },
];

const UNITS_OWN: &[Role] = &[Role::UnitOfficer, Role::UnitHead, Role::PublicServiceCentre];
/// Who appraises and decides about public finance, or helps to (plan V.2.a, V.2.b).
const APPRAISERS: &[Role] = &[Role::FinanceDept, Role::StandingBody, Role::Chair];
const SUPERVISORS: &[Role] = &[Role::Oversight, Role::UpperLevel];

/// Who may read which classifications by autonomy.
pub const AUTONOMY_READ_RULES: &[RegisterReadRule<AutonomyState>] = &[
    RegisterReadRule { id: "R91", roles: UNITS_OWN, relation: Relation::Own, states: &[] },
    RegisterReadRule { id: "R92", roles: APPRAISERS, relation: Relation::Within, states: &[] },
    RegisterReadRule {
        id: "R93",
        roles: SUPERVISORS,
        relation: Relation::Within,
        states: &[AutonomyState::Decided, AutonomyState::Superseded],
    },
];

/// Who may read which lines of the budget of the reform: drafts are the unit's own.
pub const REFORM_BUDGET_READ_RULES: &[RegisterReadRule<ReformBudgetState>] = &[
    RegisterReadRule { id: "R94", roles: UNITS_OWN, relation: Relation::Own, states: &[] },
    RegisterReadRule {
        id: "R95",
        roles: APPRAISERS,
        relation: Relation::Within,
        states: &[
            ReformBudgetState::Submitted,
            ReformBudgetState::Returned,
            ReformBudgetState::Appraised,
            ReformBudgetState::Allocated,
            ReformBudgetState::Rejected,
        ],
    },
    RegisterReadRule {
        id: "R96",
        roles: SUPERVISORS,
        relation: Relation::Within,
        states: &[ReformBudgetState::Allocated],
    },
];

/// A line of the table for reading public assets.
#[derive(Debug, Clone, Copy)]
pub struct AssetReadRule {
    /// Its name.
    pub id: &'static str,
    /// Who; empty for everybody with a grant that reaches the programme.
    pub roles: &'static [Role],
    /// Of which units' assets.
    pub relation: Relation,
    /// Whether drafts are among them: what is not confirmed, and plans and schemes that are not approved.
    pub drafts: bool,
}

/// Who may read what of public assets. What is confirmed and approved is no secret, values among it; what is only
/// recorded, proposed or rejected concerns the unit and those who decide.
pub const ASSET_READ_RULES: &[AssetReadRule] = &[
    AssetReadRule { id: "R81", roles: &[], relation: Relation::Within, drafts: false },
    AssetReadRule { id: "R82", roles: &[Role::UnitOfficer, Role::UnitHead], relation: Relation::Own, drafts: true },
    AssetReadRule { id: "R83", roles: &[Role::FinanceDept], relation: Relation::Within, drafts: true },
    AssetReadRule { id: "R84", roles: &[Role::Chair], relation: Relation::Within, drafts: true },
];

/// Who may read which datasets. What is published and not restricted is every agency's (sharing by default, NĐ
/// 194/2025/NĐ-CP); the rest concerns who keeps it and who publishes.
pub const DATASET_READ_RULES: &[DatasetReadRule] = &[
    DatasetReadRule {
        id: "R121",
        readers: &[DatasetReader::Anybody],
        access: &[AccessRights::Open, AccessRights::Shared],
        states: &[DatasetState::Published],
    },
    DatasetReadRule {
        id: "R122",
        readers: &[DatasetReader::Own(Role::UnitOfficer), DatasetReader::Own(Role::UnitHead)],
        access: &[],
        states: &[],
    },
    DatasetReadRule {
        id: "R123",
        readers: &[
            DatasetReader::Within(Role::StandingBody),
            DatasetReader::Within(Role::Chair),
            DatasetReader::Lead(Role::UnitHead),
        ],
        access: &[],
        states: &[],
    },
];

/// Which action each mutation asks for; none for those that everybody may call. A test fails for a
/// mutation of the schema that is missing here.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("signIn", None),
    ("refreshSession", None),
    ("signOut", None),
    ("changePassword", None),
    ("saveDossierStatistics", Some(Action::SaveForm)),
    ("copyDossierStatistics", Some(Action::SaveForm)),
    ("saveForm", Some(Action::SaveForm)),
    ("submitForm", Some(Action::SubmitForm)),
    ("withdrawForm", Some(Action::WithdrawForm)),
    ("returnForm", Some(Action::ReturnForm)),
    ("acceptForm", Some(Action::AcceptForm)),
    ("reopenForm", Some(Action::ReopenForm)),
    ("importProcedures", Some(Action::ImportProcedures)),
    ("withdrawProcedureVersion", Some(Action::ImportProcedures)),
    ("assignLead", Some(Action::AssignLead)),
    ("assignStaffingQuotas", Some(Action::AssignStaffing)),
    ("saveStaffingBaseline", Some(Action::AssignStaffing)),
    ("approveStaffingBaseline", Some(Action::ApproveStaffingBaseline)),
    ("recordPerimeterChange", Some(Action::AssignStaffing)),
    ("proposeProcedureReview", Some(Action::ProposeReview)),
    ("withdrawProcedureReview", Some(Action::WithdrawReview)),
    ("decideProcedureReview", Some(Action::DecideReview)),
    ("implementProcedureReview", Some(Action::ImplementReview)),
    ("correctProcedureReview", Some(Action::CorrectReview)),
    ("revokeProcedureReviewDecision", Some(Action::RevokeReview)),
    ("recordPublications", Some(Action::RecordPublications)),
    ("recordOrganisationChange", Some(Action::RecordOrganisationChange)),
    ("decideOrganisationChange", Some(Action::DecideOrganisationChange)),
    ("saveOrganisationFunctions", Some(Action::SaveFunctions)),
    ("saveDelegation", Some(Action::SaveDelegation)),
    ("recordDelegationCheck", Some(Action::CheckDelegation)),
    ("classifyPublicServiceUnit", Some(Action::ClassifyUnit)),
    ("saveBudgetExecution", Some(Action::SaveForm)),
    ("allocateBudget", Some(Action::AllocateBudget)),
    ("settleBudgetYear", Some(Action::SettleBudget)),
    ("saveInvestmentProject", Some(Action::KeepInvestment)),
    ("assignCapital", Some(Action::KeepInvestment)),
    ("recordDisbursements", Some(Action::KeepInvestment)),
    ("appraiseSavingsScore", Some(Action::AppraiseSavingsScore)),
    ("saveLegalDocuments", Some(Action::KeepLegalDocuments)),
    ("withdrawLegalDocument", Some(Action::KeepLegalDocuments)),
    ("saveLegalCampaign", Some(Action::KeepLegalDocuments)),
    ("saveLegalReview", Some(Action::SaveLegalReview)),
    ("decideLegalReview", Some(Action::DecideLegalReview)),
    ("recordLegalReviewOutcome", Some(Action::DecideLegalReview)),
    ("saveLegalConsultation", Some(Action::ConsultPeople)),
    ("recordLegalOpinions", Some(Action::ConsultPeople)),
    ("closeLegalConsultation", Some(Action::CloseConsultation)),
    ("proposeAutonomyClassification", Some(Action::ProposeAutonomy)),
    ("appraiseAutonomyClassification", Some(Action::AppraiseAutonomy)),
    ("decideAutonomyClassification", Some(Action::DecideAutonomy)),
    ("saveReformBudgetLine", Some(Action::SaveReformBudget)),
    ("submitReformBudgetLine", Some(Action::SubmitReformBudget)),
    ("appraiseReformBudgetForFinance", Some(Action::AppraiseReformBudgetFinance)),
    ("appraiseReformBudgetForStandingBody", Some(Action::AppraiseReformBudgetStanding)),
    ("decideReformBudgetLine", Some(Action::DecideReformBudget)),
    ("supplementReformBudgetLine", Some(Action::SupplementReformBudget)),
    ("recordReformSpending", Some(Action::RecordReformSpending)),
    ("saveInformationSystem", Some(Action::RecordDigital)),
    ("recordSystemIntegration", Some(Action::RecordDigital)),
    ("confirmSystemIntegration", Some(Action::ConfirmDigital)),
    ("saveTechnologyApplication", Some(Action::RecordDigital)),
    ("saveIsoAudit", Some(Action::RecordDigital)),
    ("saveIsoFinding", Some(Action::RecordDigital)),
    ("closeIsoFinding", Some(Action::ConfirmDigital)),
    ("saveIsoCertificate", Some(Action::RecordDigital)),
    ("saveOnlineDuty", Some(Action::RecordDigital)),
    ("recordOnlineDutyCheck", Some(Action::RecordDigital)),
    ("recordPublicAsset", Some(Action::RecordAsset)),
    ("confirmPublicAsset", Some(Action::ConfirmAsset)),
    ("transferPublicAsset", Some(Action::TransferAsset)),
    ("endPublicAsset", Some(Action::TransferAsset)),
    ("proposeAssetPlan", Some(Action::ProposeAssetPlan)),
    ("proposeAssetScheme", Some(Action::ProposeAssetPlan)),
    ("decideAssetPlan", Some(Action::DecideAssetPlan)),
    ("completeAssetPlan", Some(Action::CompleteAssetPlan)),
    ("saveDataset", Some(Action::SaveDataset)),
    ("submitDataset", Some(Action::SubmitDataset)),
    ("decideDataset", Some(Action::DecideDataset)),
    ("withdrawDataset", Some(Action::WithdrawDataset)),
    ("recordDatasetUpdate", Some(Action::SaveDataset)),
    ("recordOpenDataReview", Some(Action::DecideDataset)),
];

/// The roles that may do something somewhere.
pub fn roles_for(action: Action) -> Vec<Role> {
    roles_of(WRITE_RULES.iter().filter(|rule| rule.action == action))
}

/// The roles that may do something with a form somewhere.
fn roles_with(action: Action, form: Option<FormCode>) -> Vec<Role> {
    roles_of(WRITE_RULES.iter().filter(|rule| rule.action == action && rule.forms.includes(form)))
}

fn roles_of<'a>(rules: impl Iterator<Item = &'a WriteRule>) -> Vec<Role> {
    let mut roles = Vec::new();
    for rule in rules {
        if !roles.contains(&rule.role) {
            roles.push(rule.role);
        }
    }
    roles
}

/// What a decision is about.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// The organisation of the record.
    pub organisation_id: Uuid,
    /// That organisation and everything above it.
    pub upward: &'a [Uuid],
    /// Whether that organisation is the standing body.
    pub standing_body: bool,
    /// Whether the caller wrote in the record.
    pub written_by_caller: bool,
    /// Of which form the record is; none for what is no form.
    pub form: Option<FormCode>,
}

/// Why the policy says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// Nobody signed in.
    NotSignedIn,
    /// No grant of a role that may.
    NoRole(Action, Option<FormCode>),
    /// A role that may, but elsewhere.
    OtherOrganisation(Action, Option<FormCode>),
    /// A unit's forms on finance are not accepted by whoever is head or officer of it.
    OwnUnit(Action),
    /// The standing body's own records are the Chair's to decide, and only those.
    StandingBodysOwn(Action),
    /// Whoever wrote in a record never accepts or decides it.
    OwnWork(Action),
}

impl Denial {
    /// The journal's name of the line that said no.
    pub fn rule(self) -> &'static str {
        match self {
            Denial::NotSignedIn => "NOT_SIGNED_IN",
            Denial::NoRole(..) => "NO_ROLE",
            Denial::OtherOrganisation(..) => "OTHER_ORGANISATION",
            Denial::OwnUnit(_) => "OWN_UNIT",
            Denial::StandingBodysOwn(_) => "STANDING_BODY_OWN",
            Denial::OwnWork(_) => "OWN_WORK",
        }
    }

    /// What to say to the caller.
    pub fn message(self) -> Message {
        let with_roles = |key, action: Action, form| {
            let roles: Vec<&str> = roles_with(action, form).into_iter().map(Role::as_str).collect();
            Message::new(key).with("action", MessageArg::Message(action_key(action))).with("roles", roles.join(", "))
        };
        match self {
            Denial::NotSignedIn => Message::new("error-unauthenticated"),
            Denial::NoRole(action, form) => with_roles("policy-no-role", action, form),
            Denial::OtherOrganisation(action, form) => with_roles("policy-other-organisation", action, form),
            // Where another unit leads the task, the standing body is not asked.
            Denial::StandingBodysOwn(Action::DecideDataset) => Message::new("policy-not-lead")
                .with("action", MessageArg::Message(action_key(Action::DecideDataset)))
                .with("task", crate::dataset::LED_BY_TASK),
            Denial::StandingBodysOwn(action) => with_roles("policy-standing-body-own", action, None),
            Denial::OwnUnit(action) => {
                Message::new("policy-own-unit").with("action", MessageArg::Message(action_key(action)))
            }
            Denial::OwnWork(action) => {
                Message::new("policy-own-work").with("action", MessageArg::Message(action_key(action)))
            }
        }
    }
}

fn action_key(action: Action) -> &'static str {
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

/// Leave to write, given by a line of the table. Stores take it by reference; only this module makes it.
#[derive(Debug, Clone)]
#[expect(clippy::manual_non_exhaustive, reason = "closed to the rest of this crate too, not only to other crates")]
pub struct Permit {
    /// What for.
    pub action: Action,
    /// On whose record.
    pub organisation_id: Uuid,
    /// The account; none for the command line.
    pub person_id: Option<Uuid>,
    /// The name at this time, for the journal.
    pub actor_name: String,
    /// The role that was used, for the journal.
    pub role: &'static str,
    /// The line that gave it, for the journal.
    pub rule: &'static str,
    _sealed: (),
}

impl Permit {
    /// The account that acts; the command line has none and can't do what needs one.
    pub fn person(&self) -> ApiResult<Uuid> {
        self.person_id.ok_or_else(|| ApiError::internal("this action needs a person"))
    }

    /// A permit for what the server does on behalf of its own command line: loading reference data.
    pub fn for_console(action: Action, organisation_id: Uuid) -> Permit {
        Permit {
            action,
            organisation_id,
            person_id: None,
            actor_name: "console".to_owned(),
            role: "CONSOLE",
            rule: "CONSOLE",
            _sealed: (),
        }
    }
}

/// Whether a caller is head or officer of an organisation.
fn serves_in(grants: &[Grant], organisation_id: Uuid) -> bool {
    let serves = |grant: &Grant| matches!(grant.role, Role::UnitHead | Role::UnitOfficer);
    grants.iter().any(|grant| serves(grant) && grant.organisation_id == organisation_id)
}

fn relation_holds(relation: Relation, grant: &Grant, grants: &[Grant], subject: &Subject<'_>) -> bool {
    let within = subject.upward.contains(&grant.organisation_id);
    match relation {
        Relation::Own => grant.organisation_id == subject.organisation_id,
        Relation::Within => within,
        Relation::WithinExceptStandingBody => within && !subject.standing_body,
        Relation::StandingBodyWithin => within && subject.standing_body,
        Relation::WithinExceptOwnUnit => within && !serves_in(grants, subject.organisation_id),
    }
}

/// The decision: a pure function of grants, action and subject.
pub fn decide(grants: &[Grant], action: Action, subject: &Subject<'_>) -> Result<&'static WriteRule, Denial> {
    let mut denial = Denial::NoRole(action, subject.form);
    let speaks = |rule: &&WriteRule| rule.action == action && rule.forms.includes(subject.form);
    for rule in WRITE_RULES.iter().filter(speaks) {
        for grant in grants.iter().filter(|grant| grant.role == rule.role) {
            if relation_holds(rule.relation, grant, grants, subject) {
                if NEVER_BY_AUTHOR.contains(&action) && subject.written_by_caller {
                    return Err(Denial::OwnWork(action));
                }
                return Ok(rule);
            }
            let reaches = subject.upward.contains(&grant.organisation_id);
            let about_standing_body =
                matches!(rule.relation, Relation::WithinExceptStandingBody | Relation::StandingBodyWithin);
            denial = match denial {
                Denial::StandingBodysOwn(_) | Denial::OwnUnit(_) => denial,
                _ if reaches && about_standing_body => Denial::StandingBodysOwn(action),
                _ if reaches && rule.relation == Relation::WithinExceptOwnUnit => Denial::OwnUnit(action),
                _ => Denial::OtherOrganisation(action, subject.form),
            };
        }
    }
    Err(denial)
}

/// Asks the table for a caller; a [`Refused`] is what the journal keeps when it says no.
pub fn permit(caller: &Caller, action: Action, subject: &Subject<'_>) -> Result<Permit, Refused> {
    let refused = |denial| Refused { action, organisation_id: subject.organisation_id, denial };
    match caller {
        Caller::Anonymous => Err(refused(Denial::NotSignedIn)),
        Caller::Console => Ok(Permit::for_console(action, subject.organisation_id)),
        Caller::Person(person) => {
            let rule = decide(&person.grants, action, subject).map_err(refused)?;
            Ok(permit_of(person, rule, subject.organisation_id))
        }
    }
}

fn permit_of(person: &SignedIn, rule: &WriteRule, organisation_id: Uuid) -> Permit {
    Permit {
        action: rule.action,
        organisation_id,
        person_id: Some(person.person_id),
        actor_name: person.display_name.clone(),
        role: rule.role.as_str(),
        rule: rule.id,
        _sealed: (),
    }
}

/// A refusal, with what the journal needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// What was wanted.
    pub action: Action,
    /// On whose record.
    pub organisation_id: Uuid,
    /// Why not.
    pub denial: Denial,
}

impl From<Refused> for ApiError {
    #[track_caller]
    fn from(refused: Refused) -> Self {
        let code = match refused.denial {
            Denial::NotSignedIn => ErrorCode::Unauthenticated,
            _ => ErrorCode::Forbidden,
        };
        ApiError::new(code, refused.denial.message()).with_refusal(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    const CITY: Uuid = Uuid::from_u128(1);
    const WARD: Uuid = Uuid::from_u128(2);
    const UNIT: Uuid = Uuid::from_u128(3);
    const OTHER: Uuid = Uuid::from_u128(4);

    fn grant(role: Role, organisation_id: Uuid) -> Grant {
        Grant { role, organisation_id, organisation_code: String::new() }
    }

    fn unit(standing_body: bool, written_by_caller: bool) -> Subject<'static> {
        Subject { organisation_id: UNIT, upward: &[UNIT, WARD, CITY], standing_body, written_by_caller, form: None }
    }

    #[test]
    fn every_role_and_action_is_decided_as_the_table_says() {
        for &role in Role::ALL {
            for &action in Action::ALL {
                for organisation in [CITY, WARD, UNIT, OTHER] {
                    for standing_body in [false, true] {
                        for form in [None, Some(FormCode::Feedback), Some(FormCode::BudgetExecution)] {
                            let subject = Subject { form, ..unit(standing_body, false) };
                            let expected = WRITE_RULES.iter().any(|rule| {
                                rule.role == role
                                    && rule.action == action
                                    && rule.forms.includes(form)
                                    && match rule.relation {
                                        Relation::Own => organisation == UNIT,
                                        Relation::Within => organisation != OTHER,
                                        Relation::WithinExceptStandingBody => organisation != OTHER && !standing_body,
                                        Relation::StandingBodyWithin => organisation != OTHER && standing_body,
                                        Relation::WithinExceptOwnUnit => organisation != OTHER,
                                    }
                            });
                            let decision = decide(&[grant(role, organisation)], action, &subject);
                            assert_eq!(
                                decision.is_ok(),
                                expected,
                                "{role} {action} {organisation} {standing_body} {form:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn whoever_wrote_in_a_record_never_accepts_it() {
        let grants = [grant(Role::StandingBody, WARD), grant(Role::UnitOfficer, UNIT)];
        assert!(decide(&grants, Action::AcceptForm, &unit(false, false)).is_ok());
        assert_eq!(
            decide(&grants, Action::AcceptForm, &unit(false, true)).unwrap_err(),
            Denial::OwnWork(Action::AcceptForm)
        );
        assert!(decide(&grants, Action::ReturnForm, &unit(false, true)).is_ok());
        let chair = [grant(Role::Chair, WARD)];
        for action in [Action::DecideReview, Action::RevokeReview] {
            assert!(decide(&chair, action, &unit(false, false)).is_ok());
            assert_eq!(decide(&chair, action, &unit(false, true)).unwrap_err(), Denial::OwnWork(action));
        }
    }

    #[test]
    fn own_work_is_worded_for_what_was_wanted() {
        for language in [Language::Vi, Language::En] {
            let sentences: Vec<String> =
                NEVER_BY_AUTHOR.iter().map(|&action| Denial::OwnWork(action).message().render(language)).collect();
            for (sentence, &action) in sentences.iter().zip(NEVER_BY_AUTHOR) {
                assert!(sentence.contains(&Message::new(action_key(action)).render(language)), "{sentence}");
            }
        }
    }

    #[test]
    fn the_standing_bodys_own_data_is_the_chairs() {
        let own = unit(true, false);
        let body = [grant(Role::StandingBody, WARD)];
        assert_eq!(decide(&body, Action::AcceptForm, &own).unwrap_err(), Denial::StandingBodysOwn(Action::AcceptForm));
        assert_eq!(decide(&[grant(Role::Chair, WARD)], Action::AcceptForm, &own).unwrap().id, "W09");
    }

    #[test]
    fn forms_on_finance_are_the_finance_divisions_and_its_own_the_chairs() {
        let about = |form| Subject { form: Some(form), ..unit(false, false) };
        let (finance, body) = ([grant(Role::FinanceDept, WARD)], [grant(Role::StandingBody, WARD)]);
        let budget = about(FormCode::BudgetExecution);
        assert_eq!(decide(&finance, Action::AcceptForm, &budget).unwrap().id, "W72");
        let no_role = |form| Denial::NoRole(Action::AcceptForm, Some(form));
        assert_eq!(decide(&body, Action::AcceptForm, &budget).unwrap_err(), no_role(FormCode::BudgetExecution));
        let feedback = about(FormCode::Feedback);
        assert_eq!(decide(&finance, Action::AcceptForm, &feedback).unwrap_err(), no_role(FormCode::Feedback));
        let head_too = [grant(Role::FinanceDept, WARD), grant(Role::UnitHead, UNIT)];
        assert_eq!(decide(&head_too, Action::AcceptForm, &budget).unwrap_err(), Denial::OwnUnit(Action::AcceptForm));
        assert_eq!(decide(&[grant(Role::Chair, WARD)], Action::AcceptForm, &budget).unwrap().id, "W75");
        let said = Denial::NoRole(Action::AcceptForm, Some(FormCode::BudgetExecution)).message().render(Language::En);
        assert!(said.contains("FINANCE_DEPT") && !said.contains("STANDING_BODY"), "{said}");
    }

    #[test]
    fn grants_are_united() {
        let grants = [grant(Role::UnitOfficer, OTHER), grant(Role::UnitHead, UNIT)];
        assert!(decide(&grants, Action::SubmitForm, &unit(false, false)).is_ok());
        assert_eq!(
            decide(&grants[..1], Action::SubmitForm, &unit(false, false)).unwrap_err(),
            Denial::NoRole(Action::SubmitForm, None)
        );
        assert_eq!(
            decide(&grants[..1], Action::SaveForm, &unit(false, false)).unwrap_err(),
            Denial::OtherOrganisation(Action::SaveForm, None)
        );
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<&str> =
            WRITE_RULES.iter().map(|rule| rule.id).chain(READ_RULES.iter().map(|rule| rule.id)).collect();
        names.extend(REVIEW_READ_RULES.iter().map(|rule| rule.id));
        names.extend(CHANGE_READ_RULES.iter().map(|rule| rule.id));
        names.extend(LEGAL_REVIEW_READ_RULES.iter().map(|rule| rule.id));
        names.extend(AUTONOMY_READ_RULES.iter().map(|rule| rule.id));
        names.extend(REFORM_BUDGET_READ_RULES.iter().map(|rule| rule.id));
        names.extend(DATASET_READ_RULES.iter().map(|rule| rule.id));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
