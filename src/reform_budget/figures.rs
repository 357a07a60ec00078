//! What the register counts, from each day on which it changes.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::indicator::service::RegisterFigure;
use crate::indicator::yearly;
use crate::investment::figures::month_end;

/// The measures of this register: of the year that runs, what was asked for, given and spent; how many lines were sent,
/// and how many of them no money was given to.
pub const MEASURES: [&str; 5] = [
    "REFORM_BUDGET.ESTIMATED",
    "REFORM_BUDGET.ALLOCATED",
    "REFORM_BUDGET.SPENT",
    "REFORM_BUDGET.LINES",
    "REFORM_BUDGET.UNFUNDED",
];

/// A line that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Which.
    pub line_id: Uuid,
    /// Whose.
    pub organisation_id: Uuid,
    /// The budget year.
    pub year: i32,
    /// When it was sent last.
    pub on: NaiveDate,
    /// What is asked for.
    pub estimated: i64,
}

/// What a decision gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocated {
    /// To which line.
    pub line_id: Uuid,
    /// The decision's day.
    pub on: NaiveDate,
    /// By how much.
    pub amount: i64,
}

/// What was spent by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthSpent {
    /// Of which line.
    pub line_id: Uuid,
    /// The month, 1 to 13.
    pub month: i32,
    /// Cumulative.
    pub spent: i64,
}

/// What the register counts of each unit. On a day of a year it is that year's lines that count: what is spent in January
/// of the year after is seen on the line, and in no figure.
pub fn figures(lines: &[Sent], allocations: &[Allocated], spending: &[MonthSpent]) -> Vec<RegisterFigure> {
    let mut changes = yearly::Changes::<5>::new();
    let mut change = |line: &Sent, day: NaiveDate, place: usize, amount: i64| {
        let (Some(first), Some(last)) =
            (NaiveDate::from_ymd_opt(line.year, 1, 1), NaiveDate::from_ymd_opt(line.year, 12, 31))
        else {
            return;
        };
        // After its year no day is left on which it counts.
        if day <= last {
            let days = changes.entry((line.organisation_id, line.year)).or_default();
            days.entry(day.max(first)).or_default()[place] += amount;
        }
    };
    let by_id: HashMap<Uuid, &Sent> = lines.iter().map(|line| (line.line_id, line)).collect();
    let mut funded: HashMap<Uuid, NaiveDate> = HashMap::new();
    for one in allocations {
        let Some(line) = by_id.get(&one.line_id) else { continue };
        change(line, one.on, 1, one.amount);
        let first = funded.entry(one.line_id).or_insert(one.on);
        *first = one.on.min(*first);
    }
    for line in lines {
        change(line, line.on, 0, line.estimated);
        change(line, line.on, 3, 1);
        let funded = funded.get(&line.line_id).copied();
        // A decision may be of an earlier day than the one on which its line was entered here.
        if funded.is_none_or(|day| day > line.on) {
            change(line, line.on, 4, 1);
            if let Some(day) = funded {
                change(line, day, 4, -1);
            }
        }
    }
    let mut months: Vec<&MonthSpent> = spending.iter().collect();
    months.sort_by_key(|spent| (spent.line_id, spent.month));
    let mut before: HashMap<Uuid, i64> = HashMap::new();
    for month in months {
        let Some(line) = by_id.get(&month.line_id) else { continue };
        let Some(day) = month_end(line.year, month.month).filter(|day| day.year() == line.year) else { continue };
        let last = before.insert(month.line_id, month.spent).unwrap_or(0);
        change(line, day, 2, month.spent - last);
    }
    yearly::figures(MEASURES, &changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_counts_its_own_lines() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let id = Uuid::from_u128;
        let line = |line: u128, year, on: &str, estimated| Sent {
            line_id: id(line),
            organisation_id: id(1),
            year,
            on: day(on),
            estimated,
        };
        let given = |line: u128, on: &str, amount| Allocated { line_id: id(line), on: day(on), amount };
        let spent = |line: u128, month, spent| MonthSpent { line_id: id(line), month, spent };
        let found = figures(
            &[line(7, 2026, "2025-11-02", 100), line(8, 2026, "2026-03-05", 50), line(9, 2027, "2027-02-01", 5)],
            &[
                given(7, "2026-01-15", 80),
                given(7, "2026-06-01", -10),
                given(8, "2026-02-01", 20),
                given(8, "2027-01-20", 9),
            ],
            &[spent(7, 3, 30), spent(7, 5, 25), spent(7, 13, 70), spent(8, 5, 4)],
        );
        let told: Vec<String> = found
            .iter()
            .map(|(_, measure, day, sum)| format!("{} {day} {sum}", &measure["REFORM_BUDGET.".len()..]))
            .collect();
        assert_eq!(
            told,
            [
                "ESTIMATED 2026-01-01 100",
                "ALLOCATED 2026-01-01 0",
                "SPENT 2026-01-01 0",
                "LINES 2026-01-01 1",
                "UNFUNDED 2026-01-01 1",
                "ALLOCATED 2026-01-15 80",
                "UNFUNDED 2026-01-15 0",
                "ALLOCATED 2026-02-01 100",
                "ESTIMATED 2026-03-05 150",
                "LINES 2026-03-05 2",
                "SPENT 2026-03-31 30",
                "SPENT 2026-05-31 29",
                "ALLOCATED 2026-06-01 90",
                "ESTIMATED 2027-01-01 0",
                "ALLOCATED 2027-01-01 0",
                "SPENT 2027-01-01 0",
                "LINES 2027-01-01 0",
                "ESTIMATED 2027-02-01 5",
                "LINES 2027-02-01 1",
                "UNFUNDED 2027-02-01 1",
                "ESTIMATED 2028-01-01 0",
                "LINES 2028-01-01 0",
                "UNFUNDED 2028-01-01 0",
            ]
        );
    }
}
