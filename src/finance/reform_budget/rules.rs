//! The rules of the budget of the reform, as pure functions. Amounts are whole đồng.

pub use kernel::faults::MAX_TEXT;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use entity::organisation::organisation;
use uuid::Uuid;

use super::{ReformAllocationKind, ReformBudgetSide, ReformBudgetState};
use access::Action;
use kernel::faults::{code_fault, text};
use kernel::i18n::Message;
use kernel::money::MAX_AMOUNT;
use kernel::text::trimmed;
use kernel::user_error::{UserError, UserErrorCode};
use spending::budget::rules::{check_decision, decision_days};

/// An amount within what a line may have.
pub fn amount(field: &str, given: i64, least: i64) -> Option<UserError> {
    if given < 0 && least >= 0 {
        let message = Message::new("reform-budget-negative").with("field", field).with("given", given);
        return Some(UserError::new(UserErrorCode::NegativeAmount, &[field], message).expecting(least, given));
    }
    (!(least..=MAX_AMOUNT).contains(&given)).then(|| {
        let message =
            Message::new("reform-budget-amount").with("field", field).with("least", least).with("most", MAX_AMOUNT);
        let fault = UserError::new(UserErrorCode::OutOfRange, &[field], message);
        fault.expecting(format!("{least}..{MAX_AMOUNT}"), given)
    })
}

/// A text that may be left out.
pub fn optional(field: &str, given: Option<&str>) -> Option<UserError> {
    trimmed(given).and_then(|given| text(&[field], given, MAX_TEXT))
}

/// A line as a unit asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Code.
    pub code: String,
    /// The budget year.
    pub fiscal_year: i32,
    /// Section of the task of the plan.
    pub task: String,
    /// What it is for.
    pub content: String,
    /// What the unit asks for.
    pub estimated: i64,
}

/// Checks a line, but for its task: every fault at once. `years` are those of the programme.
pub fn check(wanted: &Wanted, unit: &organisation::Model, years: RangeInclusive<i32>) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &wanted.code).into_iter().collect();
    if !years.contains(&wanted.fiscal_year) {
        let message = Message::new("reform-budget-year").with("first", *years.start()).with("last", *years.end());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["fiscalYear"], message));
    } else {
        let day = |month, day| NaiveDate::from_ymd_opt(wanted.fiscal_year, month, day).unwrap_or_default();
        let (first, last) = (day(1, 1), day(12, 31));
        if unit.effective_from > last || unit.effective_to.is_some_and(|ended| ended < first) {
            let message = Message::new("reform-budget-unit-absent")
                .with("code", unit.code.as_str())
                .with("year", wanted.fiscal_year.to_string());
            faults.push(UserError::new(UserErrorCode::NotInForce, &["organisation"], message));
        }
    }
    faults.extend(text(&["content"], &wanted.content, MAX_TEXT));
    faults.extend(amount("estimatedAmount", wanted.estimated, 1));
    faults
}

/// What one side said last in a round: by whom, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub by: Uuid,
    /// How much.
    pub amount: i64,
}

/// What both sides said last in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appraisals {
    /// The finance division.
    pub finance: Option<Said>,
    /// The standing body.
    pub standing_body: Option<Said>,
}

impl Appraisals {
    /// Takes what a side said in place of what it said before.
    pub fn take(&mut self, side: ReformBudgetSide, said: Said) {
        match side {
            ReformBudgetSide::Finance => self.finance = Some(said),
            ReformBudgetSide::StandingBody => self.standing_body = Some(said),
        }
    }

    /// The one amount that both think right; none while one has said nothing, or they differ.
    pub fn agreed(&self) -> Option<i64> {
        let (finance, standing_body) = (self.finance?, self.standing_body?);
        (finance.amount == standing_body.amount).then_some(finance.amount)
    }

    /// Whether both said something, and not the same.
    pub fn differ(&self) -> bool {
        self.finance.is_some() && self.standing_body.is_some() && self.agreed().is_none()
    }

    /// Whether an action would be somebody's decision about his own work: one person is not both sides, and whoever
    /// appraised does not decide.
    pub fn own_work(&self, action: Action, person_id: Uuid) -> bool {
        let said = |side: Option<Said>| side.is_some_and(|said| said.by == person_id);
        match action {
            Action::AppraiseReformBudgetFinance => said(self.standing_body),
            Action::AppraiseReformBudgetStanding => said(self.finance),
            Action::DecideReformBudget | Action::SupplementReformBudget => {
                said(self.finance) || said(self.standing_body)
            }
            _ => false,
        }
    }
}

/// Checks an appraisal that names an amount, or returns the line.
pub fn check_appraisal(given: Option<i64>, agrees: bool, opinion: &str) -> Vec<UserError> {
    let mut faults: Vec<UserError> = text(&["opinion"], opinion, MAX_TEXT).into_iter().collect();
    match given {
        Some(given) if agrees => faults.extend(amount("amount", given, 0)),
        None if agrees => {
            let message = Message::new("reform-budget-amount-missing");
            faults.push(UserError::new(UserErrorCode::Required, &["amount"], message));
        }
        _ => {}
    }
    faults
}

/// A decision to give money, as it is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// How it changes what the line has.
    pub kind: ReformAllocationKind,
    /// By how much.
    pub amount: i64,
    /// Number of the decision.
    pub number: &'a str,
    /// Its day.
    pub date: NaiveDate,
    /// Whether it is explained.
    pub explained: bool,
}

/// What a line has, as a decision is weighed against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// What both appraisals agree on.
    pub appraised: i64,
    /// What was given so far.
    pub allocated: i64,
    /// What is spent, by the last month.
    pub spent: i64,
}

/// Weighs a decision: more than what was appraised, and less than what is spent, need an explanation; nothing falls below
/// zero.
pub fn check_given(given: Given<'_>, has: Standing, year: i32, today: NaiveDate) -> Vec<UserError> {
    let mut faults = check_decision(given.number, given.date, decision_days(year), today);
    let least = if given.kind == ReformAllocationKind::Adjustment { -MAX_AMOUNT } else { 1 };
    faults.extend(amount("amount", given.amount, least));
    if given.amount == 0 && least < 0 {
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["amount"], Message::new("reform-budget-nothing")));
    }
    if !faults.is_empty() {
        return faults;
    }
    // Both were bounded above and when they were written.
    let after = has.allocated.saturating_add(given.amount);
    if !(0..=MAX_AMOUNT).contains(&after) {
        let message = Message::new("reform-budget-after").with("after", after).with("most", MAX_AMOUNT);
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["amount"], message).expecting(0, after));
    } else if !given.explained {
        let explain = |key, limit: i64| {
            let message = Message::new(key).with("limit", limit).with("after", after);
            UserError::new(UserErrorCode::ExplanationRequired, &["explanation"], message).expecting(limit, after)
        };
        if given.kind == ReformAllocationKind::Initial && after > has.appraised {
            faults.push(explain("reform-budget-above-appraised", has.appraised));
        } else if given.amount < 0 && after < has.spent {
            faults.push(explain("reform-budget-below-spent", has.spent));
        }
    }
    faults
}

/// What was spent by the end of a month, as it is weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The month, 1 to 13.
    pub month: i32,
    /// Cumulative.
    pub amount: i64,
    /// Whether it says why it is more than was given.
    pub explained: bool,
    /// Whether it says why it corrects or falls.
    pub reasoned: bool,
}

/// Weighs what was spent: never more than was given by the end of the month without an explanation; never less than an
/// earlier month, more than a later one, or other than what is recorded without a reason.
pub fn check_spent(spent: Spent, given_by_then: i64, known: &BTreeMap<i32, i64>) -> Vec<UserError> {
    let mut faults: Vec<UserError> = amount("spent", spent.amount, 0).into_iter().collect();
    if !faults.is_empty() {
        return faults;
    }
    if above(spent.amount, given_by_then) && !spent.explained {
        let message =
            Message::new("reform-budget-above-given").with("given", given_by_then).with("spent", spent.amount);
        let fault = UserError::new(UserErrorCode::ExplanationRequired, &["explanation"], message);
        faults.push(fault.expecting(given_by_then, spent.amount));
    }
    if spent.reasoned {
        return faults;
    }
    let needs = |key, month: i32, amount: i64| {
        let message = Message::new(key).with("month", month).with("amount", amount).with("given", spent.amount);
        let fault = UserError::new(UserErrorCode::ExplanationRequired, &["reason"], message);
        fault.expecting(amount, spent.amount)
    };
    let recorded = known.get(&spent.month).filter(|amount| **amount != spent.amount);
    let before = known.range(..spent.month).next_back().filter(|(_, amount)| spent.amount < **amount);
    let after = known.range(spent.month + 1..).next().filter(|(_, amount)| spent.amount > **amount);
    if let Some(amount) = recorded {
        faults.push(needs("reform-budget-corrects", spent.month, *amount));
    } else if let Some((month, amount)) = before.or(after) {
        faults.push(needs("reform-budget-falls", *month, *amount));
    }
    faults
}

/// Whether more is spent than was given.
pub fn above(spent: i64, given: i64) -> bool {
    spent > given
}

/// What may be done with a line, in the order in which a screen shows it.
pub const REFORM_BUDGET_ACTIONS: [Action; 7] = [
    Action::SaveReformBudget,
    Action::SubmitReformBudget,
    Action::AppraiseReformBudgetFinance,
    Action::AppraiseReformBudgetStanding,
    Action::DecideReformBudget,
    Action::SupplementReformBudget,
    Action::RecordReformSpending,
];

/// The states from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [ReformBudgetState] {
    use ReformBudgetState::{Allocated, Appraised, Draft, Returned, Submitted};
    match action {
        Action::SaveReformBudget | Action::SubmitReformBudget => &[Draft, Returned],
        Action::AppraiseReformBudgetFinance | Action::AppraiseReformBudgetStanding | Action::DecideReformBudget => {
            &[Submitted, Appraised]
        }
        Action::SupplementReformBudget | Action::RecordReformSpending => &[Allocated],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(action: Action, state: ReformBudgetState) -> Option<UserError> {
    (!from_states(action).contains(&state)).then(|| {
        let from: Vec<&str> = from_states(action).iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message =
            Message::new("reform-budget-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

/// The fault of giving money before both appraisals agree.
pub fn not_agreed(appraisals: &Appraisals) -> Option<UserError> {
    if appraisals.agreed().is_some() {
        return None;
    }
    let shown = |side: Option<Said>| side.map_or_else(|| "-".to_owned(), |said| said.amount.to_string());
    let message = Message::new("reform-budget-not-agreed")
        .with("finance", shown(appraisals.finance))
        .with("standing", shown(appraisals.standing_body));
    Some(UserError::new(UserErrorCode::WrongState, &["decision"], message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn named(faults: &[UserError]) -> Vec<String> {
        faults.iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn both_sides_agree_on_one_amount_and_are_two_people() {
        let id = Uuid::from_u128;
        let said = |by, amount| Said { by: id(by), amount };
        let mut both = Appraisals::default();
        assert_eq!((both.agreed(), both.differ()), (None, false));
        both.take(ReformBudgetSide::Finance, said(1, 90));
        assert_eq!((both.agreed(), both.differ()), (None, false));
        assert!(both.own_work(Action::AppraiseReformBudgetStanding, id(1)));
        assert!(!both.own_work(Action::AppraiseReformBudgetFinance, id(1)), "one may change one's own mind");
        assert!(!both.own_work(Action::AppraiseReformBudgetStanding, id(2)));
        both.take(ReformBudgetSide::StandingBody, said(2, 80));
        assert_eq!((both.agreed(), both.differ()), (None, true));
        assert!(not_agreed(&both).is_some());
        both.take(ReformBudgetSide::Finance, said(3, 80));
        assert_eq!((both.agreed(), both.differ()), (Some(80), false));
        assert_eq!(not_agreed(&both), None);
        for action in [Action::DecideReformBudget, Action::SupplementReformBudget] {
            assert!(both.own_work(action, id(2)) && both.own_work(action, id(3)) && !both.own_work(action, id(1)));
        }
        assert!(!both.own_work(Action::RecordReformSpending, id(2)));
    }

    #[test]
    fn an_appraisal_has_its_opinion_and_its_amount() {
        let none: [&str; 0] = [];
        assert_eq!(named(&check_appraisal(Some(0), true, "Không cần.")), none);
        assert_eq!(named(&check_appraisal(None, false, "Thiếu thuyết minh.")), none);
        assert_eq!(named(&check_appraisal(None, true, " ")), ["REQUIRED opinion", "REQUIRED amount"]);
        assert_eq!(named(&check_appraisal(Some(-1), true, "x")), ["NEGATIVE_AMOUNT amount"]);
        assert_eq!(named(&check_appraisal(Some(MAX_AMOUNT + 1), true, "x")), ["OUT_OF_RANGE amount"]);
    }

    #[test]
    fn what_is_given_stays_between_zero_and_what_was_appraised_or_says_why() {
        use ReformAllocationKind::{Adjustment, Initial, Supplement};
        let has = Standing { appraised: 100, allocated: 0, spent: 0 };
        let given = |kind, amount| Given { kind, amount, number: "9", date: day("2026-02-01"), explained: false };
        let faults = |given, has| named(&check_given(given, has, 2026, day("2026-09-20")));
        let none: [&str; 0] = [];
        assert_eq!(faults(given(Initial, 100), has), none);
        assert_eq!(faults(given(Initial, 101), has), ["EXPLANATION_REQUIRED explanation"]);
        assert_eq!(faults(Given { explained: true, ..given(Initial, 101) }, has), none);
        assert_eq!(faults(given(Initial, 0), has), ["OUT_OF_RANGE amount"]);
        assert_eq!(faults(given(Initial, -1), has), ["NEGATIVE_AMOUNT amount"]);
        assert_eq!(faults(given(Initial, MAX_AMOUNT + 1), has), ["OUT_OF_RANGE amount"]);
        let has = Standing { allocated: 100, spent: 60, ..has };
        assert_eq!(faults(given(Supplement, 500), has), none);
        assert_eq!(faults(given(Supplement, -5), has), ["NEGATIVE_AMOUNT amount"]);
        assert_eq!(faults(given(Supplement, MAX_AMOUNT), has), ["OUT_OF_RANGE amount"]);
        assert_eq!(faults(given(Adjustment, -40), has), none);
        assert_eq!(faults(given(Adjustment, -41), has), ["EXPLANATION_REQUIRED explanation"]);
        assert_eq!(faults(Given { explained: true, ..given(Adjustment, -100) }, has), none);
        assert_eq!(faults(Given { explained: true, ..given(Adjustment, -101) }, has), ["OUT_OF_RANGE amount"]);
        assert_eq!(faults(given(Adjustment, 0), has), ["OUT_OF_RANGE amount"]);
        let on = |date| Given { date: day(date), ..given(Supplement, 1) };
        assert_eq!(faults(on("2025-06-30"), has), ["OUT_OF_RANGE decisionDate"]);
        assert_eq!(faults(on("2026-09-21"), has), ["OUT_OF_RANGE decisionDate"]);
        assert_eq!(faults(Given { number: "", ..given(Supplement, 1) }, has), ["REQUIRED decisionNumber"]);
    }

    #[test]
    fn spending_grows_and_stays_within_what_was_given_or_says_why() {
        let known = BTreeMap::from([(2, 30), (5, 60)]);
        let spent = |month, amount| Spent { month, amount, explained: false, reasoned: false };
        let faults = |spent| named(&check_spent(spent, 100, &known));
        let none: [&str; 0] = [];
        assert_eq!(faults(spent(3, 30)), none);
        assert_eq!(faults(spent(3, 29)), ["EXPLANATION_REQUIRED reason"]);
        assert_eq!(faults(spent(3, 61)), ["EXPLANATION_REQUIRED reason"]);
        assert_eq!(faults(spent(5, 60)), none);
        assert_eq!(faults(spent(5, 59)), ["EXPLANATION_REQUIRED reason"]);
        assert_eq!(faults(spent(6, 100)), none);
        assert_eq!(faults(spent(6, 101)), ["EXPLANATION_REQUIRED explanation"]);
        assert_eq!(faults(spent(5, 101)), ["EXPLANATION_REQUIRED explanation", "EXPLANATION_REQUIRED reason"]);
        assert_eq!(faults(Spent { explained: true, reasoned: true, ..spent(5, 101) }), none);
        assert_eq!(faults(Spent { reasoned: true, ..spent(6, 0) }), none);
        assert_eq!(faults(spent(6, -1)), ["NEGATIVE_AMOUNT spent"]);
        assert_eq!(faults(Spent { explained: true, ..spent(6, MAX_AMOUNT + 1) }), ["OUT_OF_RANGE spent"]);
    }

    #[test]
    fn the_whole_table_of_states() {
        let rows: Vec<String> = REFORM_BUDGET_ACTIONS
            .iter()
            .map(|&action| {
                let open = |state: &&ReformBudgetState| wrong_state(action, **state).is_none();
                let from: Vec<&str> = ReformBudgetState::ALL.iter().filter(open).map(|state| state.as_str()).collect();
                format!("{action}: {}", from.join(" "))
            })
            .collect();
        assert_eq!(
            rows,
            [
                "SAVE_REFORM_BUDGET: DRAFT RETURNED",
                "SUBMIT_REFORM_BUDGET: DRAFT RETURNED",
                "APPRAISE_REFORM_BUDGET_FINANCE: SUBMITTED APPRAISED",
                "APPRAISE_REFORM_BUDGET_STANDING: SUBMITTED APPRAISED",
                "DECIDE_REFORM_BUDGET: SUBMITTED APPRAISED",
                "SUPPLEMENT_REFORM_BUDGET: ALLOCATED",
                "RECORD_REFORM_SPENDING: ALLOCATED",
            ]
        );
    }
}
