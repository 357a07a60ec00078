//! What the estimates of a year come to, month by month of the budget year.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::{BudgetFlow, BudgetNature};
use base::indicator::figures::PeriodFigure;
use kernel::period::{Calendar, Period, PeriodKind};

/// Which estimate a measure takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// With all changes.
    Current,
    /// Of the beginning of the year.
    Initial,
}

/// The measures of the register of estimates; none for all natures together.
const ESTIMATES: [(&str, BudgetFlow, Option<BudgetNature>, Side); 5] = [
    ("BUDGET.REVENUE_ESTIMATE", BudgetFlow::Revenue, None, Side::Current),
    ("BUDGET.EXPENDITURE_ESTIMATE", BudgetFlow::Expenditure, None, Side::Current),
    ("BUDGET.EXPENDITURE_INITIAL", BudgetFlow::Expenditure, None, Side::Initial),
    ("BUDGET.RECURRENT_ESTIMATE", BudgetFlow::Expenditure, Some(BudgetNature::Recurrent), Side::Current),
    ("BUDGET.INVESTMENT_ESTIMATE", BudgetFlow::Expenditure, Some(BudgetNature::Investment), Side::Current),
];

/// Their names.
pub const MEASURES: [&str; 5] = [ESTIMATES[0].0, ESTIMATES[1].0, ESTIMATES[2].0, ESTIMATES[3].0, ESTIMATES[4].0];

/// By how much the decisions of one day changed an organisation's estimates of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub organisation_id: Uuid,
    /// The budget year.
    pub year: i32,
    /// The decisions' day.
    pub on: NaiveDate,
    /// Whether money comes or goes.
    pub flow: BudgetFlow,
    /// What it is of.
    pub nature: BudgetNature,
    /// Whether it was assigned at the beginning of the year.
    pub initial: bool,
    /// In đồng, as it counts.
    pub amount: i64,
}

/// The estimates by the end of each month, from the month by which anything was decided; a kind of money of which nothing
/// was, has no figure. None where a sum overflows.
pub fn figures(changes: &[Change]) -> Option<Vec<PeriodFigure>> {
    let mut by_owner: BTreeMap<(Uuid, i32), Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_owner.entry((change.organisation_id, change.year)).or_default().push(change);
    }
    let mut found = Vec::new();
    for ((organisation_id, year), changes) in by_owner {
        for period in Period::all(Calendar::BudgetYear, PeriodKind::Month, year) {
            for (measure, flow, nature, side) in ESTIMATES {
                let mut counted = changes
                    .iter()
                    .filter(|change| change.on <= period.end && change.flow == flow)
                    .filter(|change| nature.is_none_or(|nature| change.nature == nature))
                    .filter(|change| side == Side::Current || change.initial)
                    .peekable();
                if counted.peek().is_some() {
                    let sum = counted.try_fold(0_i64, |sum, change| sum.checked_add(change.amount))?;
                    found.push((organisation_id, measure, period, sum));
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
    fn a_decision_counts_from_the_month_of_its_day() {
        let change = |on: &str, nature, initial, amount| Change {
            organisation_id: Uuid::from_u128(1),
            year: 2026,
            on: on.parse().unwrap(),
            flow: BudgetFlow::Expenditure,
            nature,
            initial,
            amount,
        };
        let changes = [
            change("2025-12-20", BudgetNature::Recurrent, true, 100),
            change("2026-05-31", BudgetNature::Recurrent, false, -40),
            change("2027-01-10", BudgetNature::Investment, true, 7),
        ];
        let told: Vec<String> = figures(&changes)
            .unwrap()
            .iter()
            .filter(|(_, _, period, _)| [1, 4, 5, 13].contains(&period.number))
            .map(|(_, measure, period, sum)| format!("{} {} {sum}", period.code(), measure.rsplit_once('.').unwrap().1))
            .collect();
        assert_eq!(
            told,
            [
                "2026-M01 EXPENDITURE_ESTIMATE 100",
                "2026-M01 EXPENDITURE_INITIAL 100",
                "2026-M01 RECURRENT_ESTIMATE 100",
                "2026-M04 EXPENDITURE_ESTIMATE 100",
                "2026-M04 EXPENDITURE_INITIAL 100",
                "2026-M04 RECURRENT_ESTIMATE 100",
                "2026-M05 EXPENDITURE_ESTIMATE 60",
                "2026-M05 EXPENDITURE_INITIAL 100",
                "2026-M05 RECURRENT_ESTIMATE 60",
                "2026-M13 EXPENDITURE_ESTIMATE 67",
                "2026-M13 EXPENDITURE_INITIAL 107",
                "2026-M13 RECURRENT_ESTIMATE 60",
                "2026-M13 INVESTMENT_ESTIMATE 7",
            ]
        );
        let vast = [change("2026-01-01", BudgetNature::Other, true, i64::MAX); 2];
        assert_eq!(figures(&vast), None);
    }
}
