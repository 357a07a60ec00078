//! What the register counts, month by month of the budget year.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use base::indicator::figures::PeriodFigure;
use kernel::period::{Calendar, Period, PeriodKind};
use spending::investment::rules::month_end;

/// The measures of this register: of a budget year, what was asked for, given and spent; how many lines were sent,
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

/// On which day which measure changes, by how much.
type Change = (NaiveDate, usize, i64);

/// What the register counts of each unit by the end of each month by which it changes, until 31 January of the next year.
/// None where a sum overflows.
pub fn figures(lines: &[Sent], allocations: &[Allocated], spending: &[MonthSpent]) -> Option<Vec<PeriodFigure>> {
    let mut changes: BTreeMap<(Uuid, i32), Vec<Change>> = BTreeMap::new();
    let mut change = |line: &Sent, day: NaiveDate, place: usize, amount: i64| {
        changes.entry((line.organisation_id, line.year)).or_default().push((day, place, amount));
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
        // A line that was entered after its year counts in the last period of it.
        let on = month_end(line.year, 13).map_or(line.on, |end| line.on.min(end));
        change(line, on, 0, line.estimated);
        change(line, on, 3, 1);
        let funded = funded.get(&line.line_id).copied();
        // A decision may be of an earlier day than the one on which its line was entered here.
        if funded.is_none_or(|day| day > on) {
            change(line, on, 4, 1);
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
        let Some(day) = month_end(line.year, month.month) else { continue };
        let last = before.insert(month.line_id, month.spent).unwrap_or(0);
        change(line, day, 2, month.spent - last);
    }
    let mut found = Vec::new();
    for ((organisation_id, year), changes) in changes {
        let mut known = [None; MEASURES.len()];
        for period in Period::all(Calendar::BudgetYear, PeriodKind::Month, year) {
            let until: Vec<_> = changes.iter().filter(|(day, ..)| *day <= period.end).collect();
            if until.is_empty() {
                continue;
            }
            for (place, (measure, known)) in MEASURES.into_iter().zip(&mut known).enumerate() {
                let of_it = until.iter().filter(|(_, at, _)| *at == place);
                let sum = of_it.map(|(.., amount)| *amount).try_fold(0_i64, i64::checked_add)?;
                if *known != Some(sum) {
                    found.push((organisation_id, measure, period, sum));
                    *known = Some(sum);
                }
            }
        }
    }
    Some(found)
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
            .unwrap()
            .iter()
            .map(|(_, measure, period, sum)| format!("{} {} {sum}", &measure["REFORM_BUDGET.".len()..], period.code()))
            .collect();
        assert_eq!(
            told,
            [
                "ESTIMATED 2026-M01 100",
                "ALLOCATED 2026-M01 80",
                "SPENT 2026-M01 0",
                "LINES 2026-M01 1",
                "UNFUNDED 2026-M01 0",
                "ALLOCATED 2026-M02 100",
                "ESTIMATED 2026-M03 150",
                "SPENT 2026-M03 30",
                "LINES 2026-M03 2",
                "SPENT 2026-M05 29",
                "ALLOCATED 2026-M06 90",
                "ALLOCATED 2026-M13 99",
                "SPENT 2026-M13 74",
                "ESTIMATED 2027-M02 5",
                "ALLOCATED 2027-M02 0",
                "SPENT 2027-M02 0",
                "LINES 2027-M02 1",
                "UNFUNDED 2027-M02 1",
            ]
        );
    }
}
