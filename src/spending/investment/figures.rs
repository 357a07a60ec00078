//! What the register counts, month by month of the budget year.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use base::indicator::figures::PeriodFigure;
use kernel::period::{Calendar, Period, PeriodKind};

/// The measures of this register: the plan of a year, and what is disbursed of it.
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

/// What the register counts of each manager: the plan by the end of each month from the first by which anything was decided, and
/// what was disbursed by the end of each month that is recorded, 0 before the first. A project of which a month is not
/// recorded stands with its last. None where a sum overflows.
pub fn figures(plans: &[PlanChange], paid: &[MonthPaid]) -> Option<Vec<PeriodFigure>> {
    type Year<'a> = (Vec<&'a PlanChange>, Vec<&'a MonthPaid>);
    let mut by_manager: BTreeMap<(Uuid, i32), Year<'_>> = BTreeMap::new();
    for change in plans {
        by_manager.entry((change.organisation_id, change.year)).or_default().0.push(change);
    }
    for month in paid {
        by_manager.entry((month.organisation_id, month.year)).or_default().1.push(month);
    }
    let mut found = Vec::new();
    for ((manager, year), (plans, mut paid)) in by_manager {
        paid.sort_by_key(|paid| paid.month);
        for period in Period::all(Calendar::BudgetYear, PeriodKind::Month, year) {
            let decided: Vec<i64> =
                plans.iter().filter(|change| change.on <= period.end).map(|change| change.amount).collect();
            let planned = !decided.is_empty();
            if planned {
                let plan = decided.into_iter().try_fold(0_i64, i64::checked_add)?;
                found.push((manager, MEASURES[0], period, plan));
            }
            let number = i32::try_from(period.number).ok()?;
            let recorded = paid.iter().any(|paid| paid.month == number);
            let before = paid.iter().take_while(|paid| paid.month <= number);
            let last: HashMap<Uuid, i64> = before.map(|paid| (paid.project_id, paid.disbursed)).collect();
            if recorded || (planned && last.is_empty()) {
                let sum = last.into_values().try_fold(0_i64, i64::checked_add)?;
                found.push((manager, MEASURES[1], period, sum));
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_counts_its_own_plan_to_the_end_of_january() {
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
        let plans = [
            plan(2026, "2025-12-20", 100),
            plan(2026, "2026-05-10", 20),
            plan(2026, "2027-01-20", 7),
            plan(2027, "2027-02-01", 50),
        ];
        let paid = [paid(8, 2, 10), paid(8, 4, 40), paid(9, 4, 5), paid(8, 13, 90)];
        let mut told: Vec<String> = Vec::new();
        let mut last = HashMap::new();
        // What changes from month to month.
        for (_, measure, period, sum) in figures(&plans, &paid).unwrap() {
            if last.insert((measure, period.year), sum) != Some(sum) {
                told.push(format!("{} {} {sum}", period.code(), measure.rsplit_once('.').unwrap().1));
            }
        }
        assert_eq!(
            told,
            [
                "2026-M01 PLAN 100",
                "2026-M01 DISBURSED 0",
                "2026-M02 DISBURSED 10",
                "2026-M04 DISBURSED 45",
                "2026-M05 PLAN 120",
                "2026-M13 PLAN 127",
                "2026-M13 DISBURSED 95",
                "2027-M02 PLAN 50",
                "2027-M02 DISBURSED 0",
            ]
        );
        assert_eq!(figures(&[plan(2026, "2026-01-01", i64::MAX), plan(2026, "2026-01-02", 1)], &[]), None);
    }
}
