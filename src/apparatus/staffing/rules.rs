//! What must hold of quotas, baseline and perimeter, as pure functions.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::organisation::organisation;

use kernel::i18n::Message;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// The categories of staff (nhóm nhân sự); never merged (domain facts 7).
    pub enum StaffCategory {
        /// Elected cadres (cán bộ).
        ElectedCadre = "ELECTED_CADRE",
        /// Civil servants (công chức, biên chế hành chính).
        CivilServant = "CIVIL_SERVANT",
        /// Public employees paid by the State budget (viên chức hưởng lương từ ngân sách nhà nước): what the cut
        /// of plan II.3.a.3 counts.
        PublicEmployeeBudget = "PUBLIC_EMPLOYEE_BUDGET",
        /// Public employees paid from service revenue (viên chức hưởng lương từ nguồn thu sự nghiệp).
        PublicEmployeeRevenue = "PUBLIC_EMPLOYEE_REVENUE",
        /// Support contracts (hợp đồng hỗ trợ, phục vụ, NĐ 111/2022).
        SupportContract = "SUPPORT_CONTRACT",
        /// Professional contracts (hợp đồng chuyên môn, NĐ 111/2022).
        ProfessionalContract = "PROFESSIONAL_CONTRACT",
        /// Non-professional workers (người hoạt động không chuyên trách).
        NonProfessional = "NON_PROFESSIONAL",
    }
}

text_enum! {
    /// Who pays (nguồn kinh phí).
    pub enum FundingSource {
        /// The State budget (ngân sách nhà nước).
        StateBudget = "STATE_BUDGET",
        /// The unit's own service revenue (nguồn thu sự nghiệp).
        ServiceRevenue = "SERVICE_REVENUE",
    }
}

impl StaffCategory {
    /// Whether a source pays this category. Contracts may be paid by either.
    pub fn paid_by(self, source: FundingSource) -> bool {
        match self {
            StaffCategory::SupportContract | StaffCategory::ProfessionalContract => true,
            StaffCategory::PublicEmployeeRevenue => source == FundingSource::ServiceRevenue,
            _ => source == FundingSource::StateBudget,
        }
    }
}

text_enum! {
    /// How the perimeter of the cut changes (thay đổi phạm vi so sánh).
    pub enum PerimeterKind {
        /// Units of the programme become one (hợp nhất, sáp nhập).
        Merge = "MERGE",
        /// A unit of the programme becomes several (chia, tách).
        Split = "SPLIT",
        /// A unit comes from outside the programme (tiếp nhận).
        MoveIn = "MOVE_IN",
        /// A unit leaves the programme (chuyển đi).
        MoveOut = "MOVE_OUT",
    }
}

text_enum! {
    /// How far the baseline is (tình trạng mốc so sánh).
    pub enum BaselineState {
        /// Nothing entered (chưa có).
        Missing = "MISSING",
        /// Entered, not approved: nothing counts yet (đang đề xuất).
        Proposed = "PROPOSED",
        /// Approved by the Chair, and frozen (đã phê duyệt).
        Approved = "APPROVED",
    }
}

text_enum! {
    /// How a unit, or the ward, stands to the cut (tình trạng giảm biên chế).
    pub enum ReductionStatus {
        /// The cut is reached (đạt).
        Achieved = "ACHIEVED",
        /// Not yet (chưa đạt).
        NotYet = "NOT_YET",
        /// There are no posts to cut (không áp dụng).
        NotApplicable = "NOT_APPLICABLE",
        /// The baseline is not approved yet (chưa có số liệu).
        NoData = "NO_DATA",
        /// Left out by a dated exemption (được loại trừ).
        Exempt = "EXEMPT",
    }
}

/// The most posts of a unit.
const MAX_POSTS: i32 = 100_000;

/// Posts of one category of a unit, as they are assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaInput {
    /// The unit's code.
    pub organisation: String,
    /// The category.
    pub category: StaffCategory,
    /// Who pays.
    pub funding_source: FundingSource,
    /// How many posts.
    pub posts: i32,
}

/// A decision, as everything in this register names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub number: String,
    /// Its day.
    pub date: NaiveDate,
}

impl Decision {
    /// A decision by its number, blanks around it aside: a number is known again however it was typed.
    pub fn new(number: &str, date: NaiveDate) -> Decision {
        Decision { number: number.trim().to_owned(), date }
    }
}

fn fault(code: UserErrorCode, field: &[&str], message: Message) -> UserError {
    UserError::new(code, field, message)
}

/// Checks a decision: a number, and a day that is not to come.
pub fn check_decision(decision: &Decision, today: NaiveDate) -> Vec<UserError> {
    let mut faults = Vec::new();
    if decision.number.trim().is_empty() || decision.number.chars().count() > 64 {
        faults.push(fault(UserErrorCode::Required, &["decisionNumber"], Message::new("staffing-decision-number")));
    }
    if decision.date > today {
        let message = Message::new("staffing-decision-to-come").with("date", decision.date.to_string());
        faults.push(fault(UserErrorCode::OutOfRange, &["decisionDate"], message));
    }
    faults
}

/// Checks a number of posts of a line.
fn check_posts(list: &str, index: usize, organisation: &str, posts: i32) -> Option<UserError> {
    if (0..=MAX_POSTS).contains(&posts) {
        return None;
    }
    let message = Message::new("staffing-posts")
        .with("line", index + 1)
        .with("organisation", organisation)
        .with("max", MAX_POSTS)
        .with("given", posts);
    let at = fault(UserErrorCode::OutOfRange, &[list, &index.to_string(), "posts"], message);
    Some(at.at_line(u32::try_from(index + 1).unwrap_or(u32::MAX)).expecting(MAX_POSTS, posts))
}

/// Checks quotas by themselves: numbers, who pays, nothing twice.
pub fn check_quotas(quotas: &[QuotaInput]) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, quota) in quotas.iter().enumerate() {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let place = index.to_string();
        faults.extend(check_posts("quotas", index, &quota.organisation, quota.posts));
        if !quota.category.paid_by(quota.funding_source) {
            let message = Message::new("staffing-funding")
                .with("line", line)
                .with("category", quota.category.as_str())
                .with("source", quota.funding_source.as_str());
            let at = ["quotas", &place, "fundingSource"];
            faults.push(fault(UserErrorCode::OutOfRange, &at, message).at_line(line));
        }
        if !seen.insert((quota.organisation.as_str(), quota.category, quota.funding_source)) {
            let message =
                Message::new("staffing-twice").with("line", line).with("organisation", quota.organisation.as_str());
            faults.push(fault(UserErrorCode::Duplicate, &["quotas", &place, "organisation"], message).at_line(line));
        }
    }
    faults
}

/// Checks the lines of a baseline by themselves.
pub fn check_baseline(lines: &[(String, i32)]) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    if lines.is_empty() {
        faults.push(fault(UserErrorCode::Required, &["lines"], Message::new("staffing-nothing-given")));
    }
    for (index, (organisation, posts)) in lines.iter().enumerate() {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        faults.extend(check_posts("lines", index, organisation, *posts));
        if !seen.insert(organisation) {
            let message = Message::new("staffing-twice").with("line", line).with("organisation", organisation.as_str());
            let at = ["lines", &index.to_string(), "organisation"];
            faults.push(fault(UserErrorCode::Duplicate, &at, message).at_line(line));
        }
    }
    faults
}

/// Checks a change of perimeter by itself: inside the programme the posts that leave and those that come are the
/// same; from outside they only come, to outside they only leave.
pub fn check_perimeter(kind: PerimeterKind, lines: &[(String, i32)]) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    if lines.is_empty() {
        faults.push(fault(UserErrorCode::Required, &["lines"], Message::new("staffing-nothing-given")));
    }
    for (index, (organisation, posts)) in lines.iter().enumerate() {
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let place = index.to_string();
        let wrong_sign = match kind {
            PerimeterKind::MoveIn => *posts <= 0,
            PerimeterKind::MoveOut => *posts >= 0,
            PerimeterKind::Merge | PerimeterKind::Split => *posts == 0,
        };
        if wrong_sign || posts.unsigned_abs() > MAX_POSTS.unsigned_abs() {
            let message = Message::new("staffing-perimeter-sign")
                .with("line", line)
                .with("organisation", organisation.as_str())
                .with("kind", kind.as_str())
                .with("given", *posts);
            faults.push(fault(UserErrorCode::OutOfRange, &["lines", &place, "posts"], message).at_line(line));
        }
        if !seen.insert(organisation) {
            let message = Message::new("staffing-twice").with("line", line).with("organisation", organisation.as_str());
            faults.push(fault(UserErrorCode::Duplicate, &["lines", &place, "organisation"], message).at_line(line));
        }
    }
    let sum: i64 = lines.iter().map(|(_, posts)| i64::from(*posts)).sum();
    if faults.is_empty() && matches!(kind, PerimeterKind::Merge | PerimeterKind::Split) && sum != 0 {
        let message = Message::new("staffing-perimeter-sum").with("kind", kind.as_str()).with("difference", sum);
        faults.push(fault(UserErrorCode::SumMismatch, &["lines"], message).expecting(0, sum));
    }
    faults
}

/// Whether a unit can have so many posts from a day on: it must be there. One that has ended may still give what it had.
pub fn check_there(
    (list, index): (&str, usize),
    unit: &organisation::Model,
    (day, posts): (NaiveDate, i32),
) -> Option<UserError> {
    let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
    let message = if day < unit.effective_from {
        Message::new("staffing-not-begun").with("since", unit.effective_from.to_string())
    } else {
        let last = unit.effective_to.filter(|last| *last < day && posts > 0)?;
        Message::new("staffing-ended").with("last", last.to_string())
    };
    let message = message.with("line", line).with("organisation", unit.code.as_str()).with("day", day.to_string());
    Some(fault(UserErrorCode::NotInForce, &[list, &index.to_string(), "organisation"], message).at_line(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_paid_as_they_are_named() {
        use FundingSource::*;
        assert!(StaffCategory::PublicEmployeeBudget.paid_by(StateBudget));
        assert!(!StaffCategory::PublicEmployeeBudget.paid_by(ServiceRevenue));
        assert!(!StaffCategory::PublicEmployeeRevenue.paid_by(StateBudget));
        assert!(StaffCategory::SupportContract.paid_by(StateBudget));
        assert!(StaffCategory::SupportContract.paid_by(ServiceRevenue));
    }

    fn codes(faults: Vec<UserError>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn a_unit_has_posts_while_it_is_there() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let unit = organisation::Model {
            id: uuid::Uuid::nil(),
            programme_id: None,
            code: "A".to_owned(),
            kind: "SCHOOL".to_owned(),
            name_vi: String::new(),
            name_en: String::new(),
            search_name: String::new(),
            parent_id: None,
            identifier_code: None,
            budget_unit_code: None,
            standing_body: false,
            stated_in_plan: false,
            section: None,
            note: None,
            effective_from: day("2026-03-01"),
            effective_to: Some(day("2027-12-31")),
        };
        let refused = |from: &str, posts| check_there(("quotas", 0), &unit, (day(from), posts)).is_some();
        assert!(refused("0001-01-01", 0) && refused("2026-02-28", 5));
        assert!(!refused("2026-03-01", 5) && !refused("2027-12-31", 5));
        assert!(refused("2028-01-01", 5));
        assert!(!refused("2028-01-01", 0) && !refused("2028-01-01", -5));
    }

    #[test]
    fn quotas_are_checked_line_by_line() {
        let quota = |organisation: &str, category, funding_source, posts| QuotaInput {
            organisation: organisation.to_owned(),
            category,
            funding_source,
            posts,
        };
        let budget = StaffCategory::PublicEmployeeBudget;
        let quotas = [
            quota("A", budget, FundingSource::StateBudget, 0),
            quota("A", budget, FundingSource::StateBudget, 5),
            quota("B", budget, FundingSource::ServiceRevenue, -1),
        ];
        assert_eq!(
            codes(check_quotas(&quotas)),
            ["DUPLICATE quotas.1.organisation", "OUT_OF_RANGE quotas.2.posts", "OUT_OF_RANGE quotas.2.fundingSource"]
        );
    }

    #[test]
    fn inside_the_programme_nothing_comes_or_goes() {
        let lines =
            |list: &[(&str, i32)]| list.iter().map(|(code, posts)| ((*code).to_owned(), *posts)).collect::<Vec<_>>();
        let merged = lines(&[("A", -100), ("B", -60), ("C", 160)]);
        assert_eq!(codes(check_perimeter(PerimeterKind::Merge, &merged)), Vec::<String>::new());
        let short = lines(&[("A", -100), ("B", -60), ("C", 150)]);
        let faults = check_perimeter(PerimeterKind::Merge, &short);
        assert_eq!(faults[0].given.as_deref(), Some("-10"));
        assert_eq!(codes(faults), ["SUM_MISMATCH lines"]);
        assert_eq!(
            codes(check_perimeter(PerimeterKind::MoveIn, &lines(&[("S", -30)]))),
            ["OUT_OF_RANGE lines.0.posts"]
        );
        assert_eq!(codes(check_perimeter(PerimeterKind::MoveOut, &[])), ["REQUIRED lines"]);
    }
}
