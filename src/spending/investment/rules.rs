//! The rules of capital plans and disbursement, as pure functions. Amounts are whole đồng.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::CapitalEventKind;
use crate::budget::rules::{amount, fault};
use base::indicator::rules::Ratio;
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The months of a plan year: twelve, and the one until 31 January.
pub const MONTHS: i64 = 13;

/// A plan of a project and a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plan {
    /// Assigned for the year.
    pub assigned: i64,
    /// Extended from the year before.
    pub extended: i64,
    /// Moved.
    pub adjustment: i64,
}

impl Plan {
    /// Adds an event.
    pub fn add(&mut self, kind: CapitalEventKind, amount: i64) {
        let slot = match kind {
            CapitalEventKind::Assigned => &mut self.assigned,
            CapitalEventKind::Extended => &mut self.extended,
            CapitalEventKind::Adjustment => &mut self.adjustment,
        };
        *slot = slot.saturating_add(amount);
    }

    /// Adds another's.
    pub fn plus(self, other: Plan) -> Plan {
        Plan {
            assigned: self.assigned + other.assigned,
            extended: self.extended + other.extended,
            adjustment: self.adjustment + other.adjustment,
        }
    }

    /// All together.
    pub fn total(self) -> i64 {
        self.assigned.saturating_add(self.extended).saturating_add(self.adjustment)
    }
}

/// What a project has, as a decision is weighed against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The plan of the year.
    pub plan: Plan,
    /// What was assigned in all years, extensions aside: they are no new capital.
    pub all_years: i64,
    /// The total investment approved.
    pub total_investment: i64,
    /// Disbursed of the plan.
    pub disbursed: i64,
    /// The month from the decision's day on whose plan leaves the least beside what is disbursed by its end: a decision
    /// with an earlier day changes the months between, too.
    pub tightest: Option<MonthEnd>,
}

/// A plan and what is disbursed of it by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthEnd {
    /// 1 to 13.
    pub month: i32,
    /// The plan by then.
    pub plan: i64,
    /// Disbursed by then.
    pub disbursed: i64,
}

/// Of the months from a day on, the one whose plan leaves the least beside what is disbursed. `plans` are by the day of their
/// decisions, `paid` cumulative by month.
pub fn tightest(year: i32, from: NaiveDate, plans: &[(NaiveDate, i64)], paid: &BTreeMap<i32, i64>) -> Option<MonthEnd> {
    let months = (1..=13).filter_map(|month| Some((month, month_end(year, month)?)));
    let ends = months.filter(|(_, end)| *end >= from).map(|(month, end)| MonthEnd {
        month,
        plan: plans.iter().filter(|(on, _)| *on <= end).fold(0, |sum: i64, (_, amount)| sum.saturating_add(*amount)),
        disbursed: paid.range(..=month).next_back().map_or(0, |(_, disbursed)| *disbursed),
    });
    ends.min_by_key(|end| end.plan.saturating_sub(end.disbursed))
}

/// The last day of a month of a plan year; the 13th ends on 31 January.
pub fn month_end(year: i32, month: i32) -> Option<NaiveDate> {
    let (year, month) = if month >= 12 { (year.checked_add(1)?, month - 11) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, 1)?.pred_opt()
}

/// How many months of a plan year have ended by a day, 0 to 13.
pub fn months_ended(year: i32, today: NaiveDate) -> i32 {
    (1..=13).rev().find(|month| month_end(year, *month).is_some_and(|end| end < today)).unwrap_or(0)
}

/// An event as it is weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// The project's code.
    pub project: &'a str,
    /// What it does.
    pub kind: CapitalEventKind,
    /// In đồng.
    pub amount: i64,
    /// Whether it is explained.
    pub explained: bool,
}

/// Weighs the events of one decision together: no plan below zero or below what is disbursed of it; what comes to more
/// than the total investment approved needs an explanation.
pub fn check_events(events: &[Event<'_>], standing: &HashMap<&str, Standing>) -> Vec<UserError> {
    const LIST: &str = "events";
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, event) in events.iter().enumerate() {
        faults.extend(amount(LIST, index, event.amount, event.kind == CapitalEventKind::Adjustment));
        if event.amount == 0 {
            faults.push(fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, Message::new("budget-zero")));
        }
        if !seen.insert((event.project, event.kind)) {
            let message =
                Message::new("investment-event-twice").with("project", event.project).with("kind", event.kind.as_str());
            faults.push(fault(LIST, index, &["kind"], UserErrorCode::Duplicate, message));
        }
        let of_project = || events.iter().filter(|other| other.project == event.project);
        let last = events.iter().rposition(|other| other.project == event.project) == Some(index);
        let Some(has) = standing.get(event.project).filter(|_| last) else { continue };
        let mut plan = has.plan;
        for one in of_project() {
            plan.add(one.kind, one.amount);
        }
        let new = of_project().filter(|one| one.kind != CapitalEventKind::Extended).map(|one| one.amount);
        let all_years = new.fold(has.all_years, i64::saturating_add);
        let change = plan.total().saturating_sub(has.plan.total());
        let short = has.tightest.filter(|end| change < 0 && end.plan.saturating_add(change) < end.disbursed);
        if let Some(end) = short {
            let left = end.plan.saturating_add(change);
            let message = Message::new("investment-plan-below-disbursed-in")
                .with("project", event.project)
                .with("month", end.month)
                .with("disbursed", end.disbursed)
                .with("left", left);
            let at = fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, message);
            faults.push(at.expecting(end.disbursed, left));
        } else if plan.total() < has.disbursed.max(0) {
            let message = Message::new("investment-plan-below-disbursed")
                .with("project", event.project)
                .with("disbursed", has.disbursed)
                .with("left", plan.total());
            let at = fault(LIST, index, &["amount"], UserErrorCode::OutOfRange, message);
            faults.push(at.expecting(has.disbursed, plan.total()));
        } else if all_years > has.total_investment && !of_project().any(|one| one.explained) {
            let message = Message::new("investment-plan-above-total")
                .with("project", event.project)
                .with("total", has.total_investment)
                .with("planned", all_years);
            let at = fault(LIST, index, &["explanation"], UserErrorCode::ExplanationRequired, message);
            faults.push(at.expecting(has.total_investment, all_years));
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// What was paid for a project by the end of a month, cumulative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paid {
    /// Disbursed at the Treasury.
    pub disbursed: i64,
    /// Of it from the extended plan.
    pub of_extended: i64,
    /// Work accepted.
    pub accepted_volume: i64,
}

/// A row as it is weighed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// The project's code.
    pub project: &'a str,
    /// What was paid.
    pub paid: Paid,
    /// Whether a reason is given.
    pub explained: bool,
}

/// What a project has, as its months are weighed against it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The plan by the end of the month.
    pub plan: Plan,
    /// What is recorded, by month.
    pub months: BTreeMap<i32, Paid>,
}

/// Checks the rows of a month: nothing below zero or beyond the plan, nothing that falls, and a reason for whatever
/// corrects what was recorded.
pub fn check_rows(rows: &[Row<'_>], month: i32, known: &HashMap<&str, Known>) -> Vec<UserError> {
    const LIST: &str = "rows";
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        if !seen.insert(row.project) {
            let message = Message::new("investment-row-twice").with("project", row.project);
            faults.push(fault(LIST, index, &["project"], UserErrorCode::Duplicate, message));
        }
        let fields = [
            ("disbursed", row.paid.disbursed),
            ("ofExtended", row.paid.of_extended),
            ("acceptedVolume", row.paid.accepted_volume),
        ];
        for (field, given) in fields {
            faults.extend(amount(LIST, index, given, false).map(|mut fault| {
                fault.field[2] = field.to_owned();
                fault
            }));
        }
        let Some(known) = known.get(row.project) else { continue };
        let beyond = |field: &str, given: i64, most: i64| {
            let message = Message::new("investment-beyond-plan")
                .with("project", row.project)
                .with("field", field)
                .with("plan", most)
                .with("given", given);
            fault(LIST, index, &[field], UserErrorCode::OutOfRange, message).expecting(most, given)
        };
        if row.paid.disbursed > known.plan.total() {
            faults.push(beyond("disbursed", row.paid.disbursed, known.plan.total()));
        }
        let most = row.paid.disbursed.max(0).min(known.plan.extended);
        if row.paid.of_extended > most {
            faults.push(beyond("ofExtended", row.paid.of_extended, most));
        }
        // An adjustment below zero may have taken from either part; one above adds to the year's own.
        let own = known.plan.assigned.saturating_add(known.plan.adjustment.max(0));
        let of_own = row.paid.disbursed.saturating_sub(row.paid.of_extended);
        if of_own > own && row.paid.disbursed <= known.plan.total() {
            let message = Message::new("investment-own-part")
                .with("project", row.project)
                .with("plan", own)
                .with("given", of_own);
            faults.push(fault(LIST, index, &["ofExtended"], UserErrorCode::OutOfRange, message).expecting(own, of_own));
        }
        let parts = |paid: &Paid| [paid.disbursed, paid.of_extended, paid.accepted_volume];
        for ((field, given), place) in fields.into_iter().zip(0..) {
            let before = known.months.range(..month).next_back().map(|(at, paid)| (*at, parts(paid)[place]));
            let after = known.months.range(month + 1..).next().map(|(at, paid)| (*at, parts(paid)[place]));
            let broken = before.filter(|(_, amount)| given < *amount).or(after.filter(|(_, amount)| given > *amount));
            if let Some((at, amount)) = broken {
                let message = Message::new("investment-not-cumulative")
                    .with("project", row.project)
                    .with("field", field)
                    .with("month", at)
                    .with("amount", amount)
                    .with("given", given);
                let at = fault(LIST, index, &[field], UserErrorCode::NotCumulative, message);
                faults.push(at.expecting(amount, given));
            }
        }
        if known.months.get(&month).is_some_and(|paid| *paid != row.paid) && !row.explained {
            let message = Message::new("investment-correction").with("project", row.project).with("month", month);
            faults.push(fault(LIST, index, &["reason"], UserErrorCode::ExplanationRequired, message));
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// What a plan comes to at the end of its year if it goes on as fast as until a month: the share of the plan that is
/// disbursed then. None without a plan, and before the first month.
pub fn forecast(disbursed: i64, plan: i64, month: i64) -> Option<Ratio> {
    if month <= 0 || plan <= 0 {
        return None;
    }
    Some(Ratio { numerator: disbursed.checked_mul(MONTHS)?, denominator: plan.checked_mul(month.min(MONTHS))? })
}

/// Whether less is disbursed than an even pace would have by the end of a month.
pub fn behind(disbursed: i64, plan: i64, month: i64) -> bool {
    i128::from(disbursed) * i128::from(MONTHS) < i128::from(plan) * i128::from(month.clamp(0, MONTHS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(faults: &[UserError]) -> Vec<String> {
        faults.iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn a_plan_never_falls_below_what_is_paid_of_it() {
        use CapitalEventKind::{Adjustment, Assigned, Extended};
        let plan = Plan { assigned: 100, extended: 20, adjustment: 0 };
        let has = Standing { plan, all_years: 100, total_investment: 150, disbursed: 70, tightest: None };
        let standing = HashMap::from([("A", has)]);
        let event = |kind, amount| Event { project: "A", kind, amount, explained: false };
        let faults = |events: &[Event<'_>]| named(&check_events(events, &standing));
        assert_eq!(faults(&[event(Adjustment, -50)]), [""; 0]);
        assert_eq!(faults(&[event(Adjustment, -51)]), ["OUT_OF_RANGE events.0.amount"]);
        assert_eq!(faults(&[event(Assigned, 50), event(Adjustment, -60)]), [""; 0]);
        assert_eq!(faults(&[event(Assigned, 51)]), ["EXPLANATION_REQUIRED events.0.explanation"]);
        // What was assigned in another year and is extended into this one is no new capital.
        assert_eq!(faults(&[event(Extended, 500)]), [""; 0]);
        assert_eq!(faults(&[Event { explained: true, ..event(Assigned, 51) }]), [""; 0]);
        assert_eq!(
            faults(&[event(Assigned, -1), event(Assigned, 0)]),
            ["NEGATIVE_AMOUNT events.0.amount", "OUT_OF_RANGE events.1.amount", "DUPLICATE events.1.kind"]
        );
    }

    #[test]
    fn months_grow_and_stay_within_the_plan() {
        let paid = |disbursed, of_extended, accepted_volume| Paid { disbursed, of_extended, accepted_volume };
        let known = Known {
            plan: Plan { assigned: 100, extended: 20, adjustment: 0 },
            months: BTreeMap::from([(2, paid(30, 10, 40)), (5, paid(60, 20, 80))]),
        };
        let known = HashMap::from([("A", known)]);
        let faults =
            |month, paid, explained| named(&check_rows(&[Row { project: "A", paid, explained }], month, &known));
        assert_eq!(faults(3, paid(30, 10, 40), false), [""; 0]);
        assert_eq!(faults(3, paid(29, 10, 40), false), ["NOT_CUMULATIVE rows.0.disbursed"]);
        assert_eq!(faults(3, paid(61, 10, 40), false), ["NOT_CUMULATIVE rows.0.disbursed"]);
        assert_eq!(faults(6, paid(121, 20, 80), false), ["OUT_OF_RANGE rows.0.disbursed"]);
        // More than the 100 of the year's own were paid only if more is of the extended plan.
        assert_eq!(faults(6, paid(121 - 1, 20, 80), false), [""; 0]);
        assert_eq!(faults(1, paid(30, 10, 40), false), [""; 0]);
        assert_eq!(faults(6, paid(70, 21, 80), false), ["OUT_OF_RANGE rows.0.ofExtended"]);
        assert_eq!(faults(5, paid(61, 20, 80), false), ["EXPLANATION_REQUIRED rows.0.reason"]);
        assert_eq!(faults(5, paid(61, 20, 80), true), [""; 0]);
        assert_eq!(faults(5, paid(60, 20, 80), false), [""; 0]);
        assert_eq!(
            faults(6, paid(-1, 0, 90), false),
            ["NEGATIVE_AMOUNT rows.0.disbursed", "NOT_CUMULATIVE rows.0.disbursed", "NOT_CUMULATIVE rows.0.ofExtended"]
        );
    }

    #[test]
    fn a_decision_with_an_earlier_day_counts_in_every_month_from_it() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let plans = [(day("2025-12-20"), 100), (day("2026-08-10"), 50)];
        let paid = BTreeMap::from([(3, 60), (6, 90)]);
        let end = |month, plan, disbursed| Some(MonthEnd { month, plan, disbursed });
        assert_eq!(tightest(2026, day("2026-02-01"), &plans, &paid), end(6, 100, 90));
        assert_eq!(tightest(2026, day("2026-08-01"), &plans, &paid), end(8, 150, 90));
        assert_eq!(tightest(2026, day("2027-02-01"), &plans, &paid), None);
        let has = Standing {
            plan: Plan { assigned: 150, ..Plan::default() },
            total_investment: 500,
            disbursed: 90,
            tightest: tightest(2026, day("2026-02-01"), &plans, &paid),
            ..Standing::default()
        };
        let standing = HashMap::from([("A", has)]);
        let adjusted = |amount| {
            let event = Event { project: "A", kind: CapitalEventKind::Adjustment, amount, explained: false };
            named(&check_events(&[event], &standing))
        };
        assert_eq!(adjusted(-10), [""; 0]);
        assert_eq!(adjusted(-11), ["OUT_OF_RANGE events.0.amount"]);
        assert_eq!(
            [month_end(2026, 12), month_end(2026, 13), month_end(2026, 2)],
            [Some(day("2026-12-31")), Some(day("2027-01-31")), Some(day("2026-02-28"))]
        );
        let ended = |text| months_ended(2026, day(text));
        assert_eq!((ended("2026-01-31"), ended("2026-09-20"), ended("2027-02-01"), ended("2025-07-01")), (0, 8, 13, 0));
    }

    #[test]
    fn the_pace_is_carried_on_to_january() {
        assert_eq!(forecast(40, 130, 4).unwrap().percent().unwrap(), "100.00");
        assert_eq!(forecast(40, 130, 8).unwrap().percent().unwrap(), "50.00");
        assert_eq!(forecast(130, 130, 13).unwrap().percent().unwrap(), "100.00");
        assert_eq!((forecast(1, 0, 4), forecast(1, 9, 0)), (None, None));
        assert!(behind(39, 130, 4) && !behind(40, 130, 4) && !behind(0, 130, 0));
    }
}
