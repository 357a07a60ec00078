//! The rules of estimates and their execution, as pure functions. Amounts are whole đồng.

use kernel::money::MAX_AMOUNT;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{BudgetEventKind, BudgetFlow};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The longest explanation, in characters.
pub const MAX_EXPLANATION: usize = 2_000;

fn line_of(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// A fault of a field of a row of a list.
pub fn fault(list: &str, index: usize, field: &[&str], code: UserErrorCode, message: Message) -> UserError {
    let place = index.to_string();
    let at: Vec<&str> = [list, &place].into_iter().chain(field.iter().copied()).collect();
    UserError::new(code, &at, message.with("line", line_of(index))).at_line(line_of(index))
}

/// The explanation, trimmed; none when that leaves nothing. Too long a one is a fault.
pub fn explanation(list: &str, index: usize, text: Option<&str>) -> (Option<String>, Option<UserError>) {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return (None, None) };
    let length = text.chars().count();
    if length > MAX_EXPLANATION {
        let message = Message::new("budget-explanation-too-long").with("max", MAX_EXPLANATION).with("given", length);
        let at = fault(list, index, &["explanation"], UserErrorCode::OutOfRange, message);
        return (None, Some(at.expecting(MAX_EXPLANATION, length)));
    }
    (Some(text.to_owned()), None)
}

/// An amount of đồng: not below zero unless it may be, and not beyond what one line can have.
pub fn amount(list: &str, index: usize, amount: i64, may_be_negative: bool) -> Option<UserError> {
    if amount < 0 && !may_be_negative {
        let message = Message::new("budget-negative").with("given", amount);
        let at = fault(list, index, &["amount"], UserErrorCode::NegativeAmount, message);
        return Some(at.expecting(0, amount));
    }
    if amount.unsigned_abs() > MAX_AMOUNT.unsigned_abs() {
        let message = Message::new("budget-too-large").with("max", MAX_AMOUNT).with("given", amount);
        let at = fault(list, index, &["amount"], UserErrorCode::OutOfRange, message);
        return Some(at.expecting(MAX_AMOUNT, amount));
    }
    None
}

/// An event as it is weighed against what a line has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// The line, by anything that tells it from others.
    pub line: &'a str,
    /// Whether money comes or goes on it.
    pub flow: BudgetFlow,
    /// How the decision changes it.
    pub kind: BudgetEventKind,
    /// By how much, as it was entered.
    pub amount: i64,
    /// Whether it is explained.
    pub explained: bool,
}

/// What a line has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Its current estimate.
    pub current: i64,
    /// The least that it has on any day from the decision's on, and that day: a decision with an earlier day changes the
    /// days between, too.
    pub least: (i64, NaiveDate),
    /// Whether it was assigned at the beginning of the year.
    pub has_initial: bool,
    /// What was spent, by the last accepted form.
    pub executed: i64,
}

/// By how much an event changes an estimate.
pub fn effect(kind: BudgetEventKind, amount: i64) -> i64 {
    if kind == BudgetEventKind::Cancellation { -amount } else { amount }
}

/// Weighs the events of one decision together: one INITIAL per line; no line below zero; no expenditure below what is
/// spent already without saying why.
pub fn check_events(events: &[Event<'_>], standing: &HashMap<&str, Standing>) -> Vec<UserError> {
    const LIST: &str = "events";
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    let mut after: HashMap<&str, i64> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        let before = standing.get(event.line).copied().unwrap_or_default();
        faults.extend(amount(LIST, index, event.amount, event.kind == BudgetEventKind::Adjustment));
        if event.amount == 0 {
            let message = Message::new("budget-zero");
            faults.push(fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, message));
        }
        if !seen.insert((event.line, event.kind)) || (event.kind == BudgetEventKind::Initial && before.has_initial) {
            let message = Message::new("budget-event-twice").with("kind", event.kind.as_str());
            faults.push(fault(LIST, index, &["kind"], UserErrorCode::Duplicate, message));
        }
        let sum = after.entry(event.line).or_insert(before.current);
        // Amounts were bounded above; a sum that still overflows is as wrong as one below zero.
        *sum = sum.checked_add(effect(event.kind, event.amount)).unwrap_or(i64::MIN);
    }
    for (index, event) in events.iter().enumerate() {
        let last = events.iter().rposition(|other| other.line == event.line);
        if last != Some(index) {
            continue;
        }
        let (sum, before) = (after[event.line], standing.get(event.line).copied().unwrap_or_default());
        let explained = events.iter().any(|other| other.line == event.line && other.explained);
        // What the decision takes must be there on each day from its own on.
        let (least, day) = before.least;
        let lowest = least.saturating_add(sum.saturating_sub(before.current));
        if sum >= 0 && lowest < 0 {
            let message = Message::new("budget-below-zero-on")
                .with("day", day.to_string())
                .with("have", least)
                .with("missing", lowest.saturating_neg());
            faults.push(fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, message));
        } else if sum < 0 {
            let message =
                Message::new("budget-below-zero").with("have", before.current).with("missing", sum.saturating_neg());
            faults.push(fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, message));
        } else if event.flow == BudgetFlow::Expenditure && sum < before.current && sum < before.executed && !explained {
            let message = Message::new("budget-below-executed").with("executed", before.executed).with("left", sum);
            let at = fault(LIST, index, &["explanation"], UserErrorCode::ExplanationRequired, message);
            faults.push(at.expecting(before.executed, sum));
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// A row of an execution form, as it is weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// The line's classification, as people name it.
    pub code: String,
    /// Whether money comes or goes.
    pub flow: BudgetFlow,
    /// Cumulative since 1 January.
    pub amount: i64,
    /// Whether it is explained.
    pub explained: bool,
}

/// What another period of the year says, by the line's classification.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beside {
    /// The period's code.
    pub period: String,
    /// Cumulative amounts.
    pub amounts: HashMap<String, i64>,
}

/// Checks rows against the periods around and the estimates: what is cumulative neither falls below the period before
/// nor rises above one after; what goes beyond the estimate is explained.
pub fn check_execution(
    rows: &[Executed],
    earlier: Option<&Beside>,
    later: Option<&Beside>,
    estimates: &HashMap<String, i64>,
) -> Vec<UserError> {
    const LIST: &str = "lines";
    let mut faults = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let said = |beside: Option<&Beside>| {
            beside.and_then(|beside| Some((beside.period.clone(), *beside.amounts.get(&row.code)?)))
        };
        if let Some((period, before)) = said(earlier)
            && row.amount < before
        {
            let message = Message::new("budget-cumulative-falls")
                .with("code", row.code.as_str())
                .with("period", period)
                .with("before", before)
                .with("given", row.amount);
            let at = fault(LIST, index, &["amount"], UserErrorCode::NotCumulative, message);
            faults.push(at.expecting(before, row.amount));
        }
        if let Some((period, after)) = said(later)
            && row.amount > after
        {
            let message = Message::new("budget-cumulative-above-later")
                .with("code", row.code.as_str())
                .with("period", period)
                .with("after", after)
                .with("given", row.amount);
            let at = fault(LIST, index, &["amount"], UserErrorCode::NotCumulative, message);
            faults.push(at.expecting(after, row.amount));
        }
        let estimate = estimates.get(&row.code).copied().unwrap_or(0);
        if beyond(row.flow, row.amount, estimate) && !row.explained {
            let message = Message::new("budget-beyond-estimate")
                .with("code", row.code.as_str())
                .with("estimate", estimate)
                .with("over", row.amount - estimate);
            let at = fault(LIST, index, &["explanation"], UserErrorCode::ExplanationRequired, message);
            faults.push(at.expecting(estimate, row.amount));
        }
    }
    if let Some(earlier) = earlier {
        let given: HashSet<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let mut gone: Vec<(&String, &i64)> =
            earlier.amounts.iter().filter(|(code, amount)| **amount > 0 && !given.contains(code.as_str())).collect();
        gone.sort();
        for (code, amount) in gone {
            let message = Message::new("budget-line-missing")
                .with("code", code.as_str())
                .with("period", earlier.period.as_str())
                .with("before", *amount);
            faults.push(UserError::new(UserErrorCode::MissingLine, &[LIST], message).expecting(amount, 0));
        }
    }
    faults
}

/// Whether more was spent than is assigned. Revenue above its estimate is no fault.
pub fn beyond(flow: BudgetFlow, executed: i64, estimate: i64) -> bool {
    flow == BudgetFlow::Expenditure && executed > estimate
}

/// The days of the decisions of a budget year: from July before it to the end of its 13th period.
pub fn decision_days(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    NaiveDate::from_ymd_opt(year.checked_sub(1)?, 7, 1).zip(NaiveDate::from_ymd_opt(year.checked_add(1)?, 1, 31))
}

/// Checks the decision behind a change: its number, and its day.
pub fn check_decision(
    number: &str,
    date: NaiveDate,
    days: Option<(NaiveDate, NaiveDate)>,
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults = kernel::faults::decision_faults(number, date, today);
    if let Some((first, last)) = days
        && !(first..=last).contains(&date)
        && date <= today
    {
        let message =
            Message::new("budget-decision-day").with("first", first.to_string()).with("last", last.to_string());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["decisionDate"], message));
    }
    faults
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use base::indicator::rules::Ratio;
    use kernel::i18n::Language;
    use kernel::money::exact_sum;

    const TY: i64 = 1_000_000_000;

    fn event(line: &'static str, kind: BudgetEventKind, amount: i64) -> Event<'static> {
        Event { line, flow: BudgetFlow::Expenditure, kind, amount, explained: false }
    }

    fn named(faults: &[UserError]) -> Vec<String> {
        faults.iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn the_worked_example() {
        // Domain facts 13.7.
        use BudgetEventKind::{Adjustment, Initial, Supplement};
        let events = [
            event("A", Initial, 120 * TY),
            event("A", Supplement, 15_500_000_000),
            event("A", Adjustment, -2_500_000_000),
        ];
        assert_eq!(check_events(&events, &HashMap::new()), []);
        let current = exact_sum(events.iter().map(|event| effect(event.kind, event.amount))).unwrap();
        assert_eq!(current, 133 * TY);
        let rate = |estimate| Ratio { numerator: 99_750_000_000, denominator: estimate }.percent().unwrap();
        assert_eq!((rate(current), rate(120 * TY)), ("75.00".to_owned(), "83.13".to_owned()));
    }

    #[test]
    fn no_line_is_assigned_twice_or_below_zero_or_silently_below_what_is_spent() {
        use BudgetEventKind::{Adjustment, Cancellation, Initial, Supplement};
        let day = NaiveDate::from_ymd_opt(2026, 5, 31).unwrap();
        let have = |current, executed| {
            HashMap::from([("A", Standing { current, least: (current, day), has_initial: true, executed })])
        };
        let faults = |events: &[Event<'_>], standing| named(&check_events(events, &standing));
        assert_eq!(faults(&[event("A", Initial, 5)], have(9, 0)), ["DUPLICATE events.0.kind"]);
        assert_eq!(faults(&[event("B", Initial, 5), event("B", Initial, 6)], have(9, 0)), ["DUPLICATE events.1.kind"]);
        assert_eq!(faults(&[event("A", Supplement, -1)], have(9, 0)), ["NEGATIVE_AMOUNT events.0.amount"]);
        assert_eq!(faults(&[event("A", Supplement, 0)], have(9, 0)), ["OUT_OF_RANGE events.0.amount"]);
        assert_eq!(faults(&[event("A", Cancellation, 10)], have(9, 0)), ["OUT_OF_RANGE events.0.amount"]);
        // One decision is weighed as a whole.
        assert_eq!(faults(&[event("A", Cancellation, 10), event("A", Supplement, 1)], have(9, 0)), [""; 0]);
        assert_eq!(faults(&[event("A", Adjustment, -3)], have(9, 7)), ["EXPLANATION_REQUIRED events.0.explanation"]);
        assert_eq!(faults(&[event("A", Adjustment, -2)], have(9, 7)), [""; 0]);
        let explained = Event { explained: true, ..event("A", Adjustment, -3) };
        assert_eq!(faults(&[explained], have(9, 7)), [""; 0]);
        let revenue = Event { flow: BudgetFlow::Revenue, ..event("A", Adjustment, -3) };
        assert_eq!(faults(&[revenue], have(9, 7)), [""; 0]);
        assert_eq!(faults(&[event("A", Supplement, MAX_AMOUNT + 1)], have(9, 0)), ["OUT_OF_RANGE events.0.amount"]);
        // Of the 9 that are there now, 4 were on 31 May: no decision of that day takes 5.
        let once = |taken| {
            let least = HashMap::from([("A", Standing { current: 9, least: (4, day), ..Standing::default() })]);
            check_events(&[event("A", Cancellation, taken)], &least)
        };
        assert_eq!(once(4), []);
        assert_eq!(named(&once(5)), ["OUT_OF_RANGE events.0.amount"]);
        assert!(once(5)[0].message.render(Language::En).contains("on 2026-05-31"), "{:?}", once(5));
    }

    #[test]
    fn a_year_that_no_calendar_has_is_no_year() {
        assert_eq!([i32::MIN, i32::MAX, 2_026_666].map(decision_days), [None; 3]);
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(decision_days(2026), Some((day("2025-07-01"), day("2027-01-31"))));
    }

    #[test]
    fn execution_never_falls_and_what_is_beyond_is_explained() {
        let row = |code: &str, amount, explained| Executed {
            code: code.to_owned(),
            flow: BudgetFlow::Expenditure,
            amount,
            explained,
        };
        let beside = |period: &str, amounts: &[(&str, i64)]| Beside {
            period: period.to_owned(),
            amounts: amounts.iter().map(|(code, amount)| ((*code).to_owned(), *amount)).collect(),
        };
        let estimates = HashMap::from([("A".to_owned(), 100), ("B".to_owned(), 100)]);
        let earlier = beside("2026-M02", &[("A", 40), ("B", 10), ("C", 0)]);
        let later = beside("2026-M04", &[("A", 60)]);
        let faults = |rows: &[Executed]| named(&check_execution(rows, Some(&earlier), Some(&later), &estimates));
        assert_eq!(faults(&[row("A", 40, false), row("B", 100, false)]), [""; 0]);
        assert_eq!(faults(&[row("A", 39, false), row("B", 10, false)]), ["NOT_CUMULATIVE lines.0.amount"]);
        assert_eq!(faults(&[row("A", 61, false), row("B", 10, false)]), ["NOT_CUMULATIVE lines.0.amount"]);
        assert_eq!(faults(&[row("A", 50, false)]), ["MISSING_LINE lines"]);
        assert_eq!(faults(&[row("A", 50, false), row("B", 101, false)]), ["EXPLANATION_REQUIRED lines.1.explanation"]);
        assert_eq!(faults(&[row("A", 50, false), row("B", 101, true)]), [""; 0]);
        // Without an estimate everything is beyond it; revenue never is.
        assert_eq!(
            faults(&[row("A", 50, false), row("B", 10, false), row("D", 1, false)]),
            ["EXPLANATION_REQUIRED lines.2.explanation"]
        );
        let revenue = Executed { flow: BudgetFlow::Revenue, ..row("D", 1, false) };
        assert_eq!(faults(&[row("A", 50, false), row("B", 10, false), revenue]), [""; 0]);
    }

    proptest! {
        #[test]
        fn what_is_accepted_never_leaves_a_line_below_zero_on_any_day(
            events in prop::collection::vec((0..3_usize, 0..5_usize, -50..100_i64), 1..12), current in 0..200_i64, least in 0..200_i64,
        ) {
            let least = least.min(current);
            let lines = ["A", "B", "C"];
            let events: Vec<Event<'_>> = events.iter().map(|(line, kind, amount)| event(lines[*line], BudgetEventKind::ALL[*kind], *amount)).collect();
            let standing: HashMap<&str, Standing> = lines.iter().map(|line| (*line, Standing { current, least: (least, NaiveDate::MIN), ..Standing::default() })).collect();
            if check_events(&events, &standing).is_empty() {
                for line in lines {
                    let of_line = events.iter().filter(|event| event.line == line);
                    prop_assert!(least + of_line.map(|event| effect(event.kind, event.amount)).sum::<i64>() >= 0);
                }
            }
        }

    }
}
