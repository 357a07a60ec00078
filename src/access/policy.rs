//! Who may do what, and where. Each feature states its lines in its `policy.rs`; `api::policy` puts the one table
//! together and installs it here. A person can read it: docs/permissions.md is printed from it; the schema's
//! `@requires` directives and every record's `allowedActions` are answered from it; and a [`Permit`], without which no
//! store writes, can only be made here.
//!
//! Source: plan 999/QĐ-UBND section V; domain facts 1.4 (roles, separation of duties).

use std::sync::OnceLock;

use uuid::Uuid;

use super::role::{Grant, Role};
use super::{Caller, SignedIn};
use kernel::error::{ApiError, ApiResult, ErrorCode, Refusal};
use kernel::form::{FormCode, State};
use kernel::i18n::{Message, MessageArg};
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

/// A [`ReadRule`].
pub const fn read(
    id: &'static str,
    role: Role,
    relation: Relation,
    forms: &'static [FormCode],
    confidential: bool,
    states: &'static [State],
) -> ReadRule {
    ReadRule { id, role, relation, forms, confidential, states }
}

/// A line of the table for reading a register whose records go from state to state.
#[derive(Debug, Clone, Copy)]
pub struct RegisterReadRule<S: 'static> {
    /// Its name.
    pub id: &'static str,
    /// Who; empty for everybody with a grant that reaches the programme.
    pub roles: &'static [Role],
    /// May read records of which organisations.
    pub relation: Relation,
    /// In which states; all when empty.
    pub states: &'static [S],
}

/// A [`WriteRule`] of every form, and of what is no form.
pub const fn write(id: &'static str, role: Role, action: Action, relation: Relation) -> WriteRule {
    WriteRule { id, role, action, relation, forms: Covers::Every }
}

/// A [`WriteRule`] of some forms.
pub const fn of_forms(id: &'static str, role: Role, action: Action, relation: Relation, forms: Covers) -> WriteRule {
    WriteRule { id, role, action, relation, forms }
}

/// A [`RegisterReadRule`].
pub const fn register<S>(
    id: &'static str,
    roles: &'static [Role],
    relation: Relation,
    states: &'static [S],
) -> RegisterReadRule<S> {
    RegisterReadRule { id, roles, relation, states }
}

/// Whose a unit's own records are to read.
pub const UNITS_OWN: &[Role] = &[Role::UnitOfficer, Role::UnitHead, Role::PublicServiceCentre];
/// Who appraises and decides about public finance, or helps to (plan V.2.a, V.2.b).
pub const APPRAISERS: &[Role] = &[Role::FinanceDept, Role::StandingBody, Role::Chair];
/// Who looks on.
pub const SUPERVISORS: &[Role] = &[Role::Oversight, Role::UpperLevel];

/// What the policy says, as it was put together from what the features say.
pub struct Table {
    /// Who may write what. Beside these lines one rule holds for all: whoever wrote in a record never accepts or decides
    /// it (domain facts 1.4).
    pub writes: &'static [&'static [WriteRule]],
    /// What whoever wrote in a record never does with it.
    pub never_by_author: &'static [&'static [Action]],
    /// Who may read which submissions.
    pub submissions: &'static [ReadRule],
    /// What is asked about the unit that leads a task of the plan, and the section of that task.
    pub asked_of_lead: &'static [(Action, &'static str)],
}

/// Says no to everything: what holds until a table is installed.
static NOTHING: Table = Table { writes: &[], never_by_author: &[], submissions: &[], asked_of_lead: &[] };
static TABLE: OnceLock<&'static Table> = OnceLock::new();

/// Installs the table: the first thing that a program does. A second time changes nothing.
pub fn install(table: &'static Table) {
    TABLE.get_or_init(|| table);
}

/// The table; until one is installed, one that says no to everything.
pub fn table() -> &'static Table {
    TABLE.get().copied().unwrap_or(&NOTHING)
}

impl Table {
    /// The lines for writing, in their order.
    pub fn write_rules(&self) -> impl Iterator<Item = &'static WriteRule> + use<> {
        self.writes.iter().copied().flatten()
    }

    /// Whether whoever wrote in a record never does this with it.
    pub fn is_never_by_author(&self, action: Action) -> bool {
        self.never_by_author.iter().copied().flatten().any(|never| *never == action)
    }
}

/// The roles that may do something somewhere.
pub fn roles_for(action: Action) -> Vec<Role> {
    roles_of(table().write_rules().filter(|rule| rule.action == action))
}

/// The roles that may do something with a form somewhere.
fn roles_with(action: Action, form: Option<FormCode>) -> Vec<Role> {
    roles_of(table().write_rules().filter(|rule| rule.action == action && rule.forms.includes(form)))
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
            Denial::StandingBodysOwn(action) => {
                match table().asked_of_lead.iter().find(|(asked, _)| *asked == action) {
                    // Where another unit leads the task, the standing body is not asked.
                    Some((_, task)) => Message::new("policy-not-lead")
                        .with("action", MessageArg::Message(action_key(action)))
                        .with("task", *task),
                    None => with_roles("policy-standing-body-own", action, None),
                }
            }
            Denial::OwnUnit(action) => {
                Message::new("policy-own-unit").with("action", MessageArg::Message(action_key(action)))
            }
            Denial::OwnWork(action) => {
                Message::new("policy-own-work").with("action", MessageArg::Message(action_key(action)))
            }
        }
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

/// The decision of the installed table.
pub fn decide(grants: &[Grant], action: Action, subject: &Subject<'_>) -> Result<&'static WriteRule, Denial> {
    decide_by(table(), grants, action, subject)
}

/// The decision: a pure function of table, grants, action and subject.
pub fn decide_by(
    table: &Table,
    grants: &[Grant],
    action: Action,
    subject: &Subject<'_>,
) -> Result<&'static WriteRule, Denial> {
    let mut denial = Denial::NoRole(action, subject.form);
    let speaks = |rule: &&'static WriteRule| rule.action == action && rule.forms.includes(subject.form);
    for rule in table.write_rules().filter(speaks) {
        for grant in grants.iter().filter(|grant| grant.role == rule.role) {
            if relation_holds(rule.relation, grant, grants, subject) {
                if table.is_never_by_author(action) && subject.written_by_caller {
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

/// Whether an action may be taken now, and if not, why: answered from the same table that enforces it.
#[derive(Debug, Clone)]
pub struct AllowedAction {
    /// The action.
    pub action: Action,
    /// Why not; none when it is allowed.
    pub denied: Option<Message>,
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
        let refusal = Refusal {
            action: refused.action.as_str(),
            organisation_id: refused.organisation_id,
            rule: refused.denial.rule(),
        };
        ApiError::new(code, refused.denial.message()).with_refusal(refusal)
    }
}
