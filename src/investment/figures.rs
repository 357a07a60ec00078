//! What the register counts, from each day on which it changes.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use crate::indicator::service::RegisterFigure;
use crate::indicator::yearly;

/// The measures of this register: the plan of the year that runs, and what is disbursed of it.
pub const MEASURES: [&str; 2] = ["INVESTMENT.PLAN", "INVESTMENT.DISBURSED"];

/// A change of the plan of a year, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanChange {
    /// Who manages the project.
    pub organisation_id: Uuid,
    /// The plan year.
    pub year: i32,
    /// The decision's day.
    pub on: NaiveDate,
    /// By how much.
    pub amount: i64,
}

/// What was disbursed of a project by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthPaid {
    /// Who manages the project.
    pub organisation_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The plan year.
    pub year: i32,
    /// The month, 1 to 13.
    pub month: i32,
    /// Cumulative.
    pub disbursed: i64,
}

/// The last day of a month of a plan year.
pub fn month_end(year: i32, month: i32) -> Option<NaiveDate> {
    let (year, month) = if month >= 12 { (year + 1, month - 11) } else { (year, month + 1) };
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, 1)?.pred_opt()
}

/// What the register counts of each manager, from each day on which it changes. On a day of a year it is that year's plan
/// that counts: what is paid in January of the year before is seen in the report of that year, and in no figure.
pub fn figures(plans: &[PlanChange], paid: &[MonthPaid]) -> Vec<RegisterFigure> {
    // By manager and year: from which day by how much the two sums change.
    let mut changes = yearly::Changes::<2>::new();
    for change in plans {
        let (Some(first), Some(last)) =
            (NaiveDate::from_ymd_opt(change.year, 1, 1), NaiveDate::from_ymd_opt(change.year, 12, 31))
        else {
            continue;
        };
        // Decided in January after its year: no day of the year is left on which it counts.
        if change.on > last {
            continue;
        }
        let day = change.on.max(first);
        changes.entry((change.organisation_id, change.year)).or_default().entry(day).or_default()[0] += change.amount;
    }
    let mut before: HashMap<(Uuid, i32), i64> = HashMap::new();
    let mut months: Vec<&MonthPaid> = paid.iter().collect();
    months.sort_by_key(|paid| (paid.project_id, paid.year, paid.month));
    for month in months {
        let Some(day) = month_end(month.year, month.month).filter(|day| day.year() == month.year) else { continue };
        let last = before.insert((month.project_id, month.year), month.disbursed).unwrap_or(0);
        changes.entry((month.organisation_id, month.year)).or_default().entry(day).or_default()[1] +=
            month.disbursed - last;
    }
    yearly::figures(MEASURES, &changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_counts_its_own_plan() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let id = Uuid::from_u128;
        let plan = |year, on: &str, amount| PlanChange { organisation_id: id(1), year, on: day(on), amount };
        let paid = |project, month, disbursed| MonthPaid {
            organisation_id: id(1),
            project_id: id(project),
            year: 2026,
            month,
            disbursed,
        };
        let found = figures(
            &[
                plan(2026, "2025-12-20", 100),
                plan(2026, "2026-05-10", 20),
                plan(2026, "2027-01-20", 7),
                plan(2027, "2027-02-01", 50),
            ],
            &[paid(8, 1, 10), paid(8, 3, 40), paid(9, 3, 5), paid(8, 13, 90)],
        );
        let told: Vec<String> = found
            .iter()
            .map(|(_, measure, day, sum)| format!("{} {day} {sum}", measure.rsplit_once('.').unwrap().1))
            .collect();
        assert_eq!(
            told,
            [
                "PLAN 2026-01-01 100",
                "DISBURSED 2026-01-01 0",
                "DISBURSED 2026-01-31 10",
                "DISBURSED 2026-03-31 45",
                "PLAN 2026-05-10 120",
                "PLAN 2027-01-01 0",
                "DISBURSED 2027-01-01 0",
                "PLAN 2027-02-01 50",
                "PLAN 2028-01-01 0",
            ]
        );
        assert_eq!(
            (month_end(2026, 12), month_end(2026, 13), month_end(2026, 2)),
            (Some(day("2026-12-31")), Some(day("2027-01-31")), Some(day("2026-02-28")))
        );
    }
}
