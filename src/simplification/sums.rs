//! What reviews of procedures come to: totals of a day, and the measures of this register. Pure functions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::simplification::procedure_review;
use uuid::Uuid;

use super::ReviewState;
use super::rules::Cut;
use crate::procedure::rules::LimitUnit;

/// The state in which a review was on a day; none before it was proposed.
pub fn state_on(row: &procedure_review::Model, day: NaiveDate) -> Option<ReviewState> {
    let by = |date: Option<NaiveDate>| date.is_some_and(|date| date <= day);
    if row.proposed_on > day {
        None
    } else if by(row.implemented_on) {
        Some(ReviewState::Implemented)
    } else if by(row.decision_date) {
        let rejected = row.state == ReviewState::Rejected.as_str();
        Some(if rejected { ReviewState::Rejected } else { ReviewState::Approved })
    } else if by(row.withdrawn_on) {
        Some(ReviewState::Withdrawn)
    } else {
        Some(ReviewState::Proposed)
    }
}

/// What some reviews cut together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many reviews.
    pub reviews: i64,
    /// Components of dossiers.
    pub components: Cut,
    /// Forms and declarations.
    pub forms: Cut,
    /// Time, by its unit: units are never mixed.
    pub time: BTreeMap<LimitUnit, Cut>,
    /// Compliance cost, VND.
    pub cost_vnd: Cut,
}

/// Reviews counted on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// How many are in each state.
    pub counts: BTreeMap<ReviewState, i64>,
    /// What was approved cuts, whether carried out or not.
    pub approved: Sum,
    /// What was carried out cuts.
    pub implemented: Sum,
}

impl Sum {
    fn add(&mut self, row: &procedure_review::Model) {
        let cut = |before: i32, after: i32| Cut { before: before.into(), after: after.into() };
        self.reviews += 1;
        self.components.add(cut(row.components_before, row.components_after));
        self.forms.add(cut(row.forms_before, row.forms_after));
        self.cost_vnd.add(Cut { before: row.cost_before_vnd, after: row.cost_after_vnd });
        // A review that says nothing of time says nothing of its unit either.
        if let (Ok(unit), true) = (row.time_unit.parse::<LimitUnit>(), row.time_before > 0) {
            self.time.entry(unit).or_default().add(cut(row.time_before, row.time_after));
        }
    }
}

/// Counts reviews as they were on a day.
pub fn totals(rows: &[procedure_review::Model], day: NaiveDate) -> Totals {
    let mut totals = Totals::default();
    for row in rows {
        let Some(state) = state_on(row, day) else { continue };
        *totals.counts.entry(state).or_default() += 1;
        if matches!(state, ReviewState::Approved | ReviewState::Implemented) {
            totals.approved.add(row);
        }
        if state == ReviewState::Implemented {
            totals.implemented.add(row);
        }
    }
    totals
}

/// An approved review as its measures count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The unit that manages the procedure.
    pub organisation_id: Uuid,
    /// From which day it counts as approved: that of the decision.
    pub approved_on: NaiveDate,
    /// From which day it counts as carried out.
    pub implemented_on: Option<NaiveDate>,
    /// Compliance cost, VND.
    pub cost_vnd: Cut,
}

/// The measures of this register (plan II.2.a.4, II.2.b.1).
pub const MEASURES: [&str; 4] = [
    "SIMPLIFICATION.APPROVED",
    "SIMPLIFICATION.IMPLEMENTED",
    "SIMPLIFICATION.COST_BEFORE",
    "SIMPLIFICATION.COST_AFTER",
];

/// What the register counts, per managing organisation and measure, from each day on which it changes. There is
/// no cost before something was carried out. A sum that overflows gives no figure rather than a wrong one.
pub fn figures(rows: &[Counted]) -> Vec<(Uuid, &'static str, NaiveDate, i64)> {
    let mut by_organisation: BTreeMap<Uuid, Vec<&Counted>> = BTreeMap::new();
    for row in rows {
        by_organisation.entry(row.organisation_id).or_default().push(row);
    }
    let [approved, implemented, cost_before, cost_after] = MEASURES;
    let mut figures = Vec::new();
    for (organisation_id, rows) in by_organisation {
        let days: BTreeSet<NaiveDate> =
            rows.iter().flat_map(|row| [Some(row.approved_on), row.implemented_on]).flatten().collect();
        for day in days {
            let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
            let done: Vec<&&Counted> =
                rows.iter().filter(|row| row.implemented_on.is_some_and(|on| on <= day)).collect();
            let by_now = rows.iter().filter(|row| row.approved_on <= day).count();
            figures.push((organisation_id, approved, day, count(by_now)));
            figures.push((organisation_id, implemented, day, count(done.len())));
            if done.is_empty() {
                continue;
            }
            let sum =
                |part: fn(&Cut) -> i64| done.iter().try_fold(0_i64, |sum, row| sum.checked_add(part(&row.cost_vnd)));
            let costs = [(cost_before, sum(|cut| cut.before)), (cost_after, sum(|cut| cut.after))];
            figures.extend(costs.into_iter().filter_map(|(name, sum)| Some((organisation_id, name, day, sum?))));
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn row(state: ReviewState, decided: Option<NaiveDate>, implemented: Option<NaiveDate>) -> procedure_review::Model {
        procedure_review::Model {
            id: Uuid::nil(),
            programme_id: Uuid::nil(),
            code: String::new(),
            procedure_id: Uuid::nil(),
            organisation_id: Uuid::nil(),
            year: 2026,
            proposed_on: day(1, 10),
            content: String::new(),
            components_before: 5,
            components_after: 3,
            forms_before: 1,
            forms_after: 0,
            time_before: 10,
            time_after: 6,
            time_unit: "WORKING_DAY".to_owned(),
            cost_before_vnd: 100,
            cost_after_vnd: 40,
            state: state.as_str().to_owned(),
            decision_number: None,
            decision_date: decided,
            decision_reason: None,
            decided_by: None,
            implemented_on: implemented,
            implementing_decision: None,
            withdrawn_on: (state == ReviewState::Withdrawn).then(|| day(2, 1)),
            version: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn totals_are_those_of_the_day_and_units_of_time_are_not_mixed() {
        let mut hours = row(ReviewState::Approved, Some(day(3, 1)), None);
        hours.time_unit = "HOUR".to_owned();
        let rows = [
            row(ReviewState::Implemented, Some(day(2, 1)), Some(day(4, 1))),
            hours,
            row(ReviewState::Rejected, Some(day(3, 1)), None),
            row(ReviewState::Withdrawn, None, None),
            row(ReviewState::Proposed, None, None),
        ];
        let counts = |day| -> Vec<String> {
            totals(&rows, day).counts.iter().map(|(state, count)| format!("{state} {count}")).collect()
        };
        assert_eq!(counts(day(1, 9)), Vec::<String>::new());
        assert_eq!(counts(day(1, 10)), ["PROPOSED 5"]);
        assert_eq!(counts(day(2, 1)), ["PROPOSED 3", "APPROVED 1", "WITHDRAWN 1"]);
        assert_eq!(counts(day(4, 1)), ["PROPOSED 1", "APPROVED 1", "REJECTED 1", "IMPLEMENTED 1", "WITHDRAWN 1"]);
        let found = totals(&rows, day(4, 1));
        assert_eq!((found.approved.reviews, found.implemented.reviews), (2, 1));
        assert_eq!(found.approved.cost_vnd, Cut { before: 200, after: 80 });
        assert_eq!(found.implemented.cost_vnd, Cut { before: 100, after: 40 });
        assert_eq!(found.approved.components, Cut { before: 10, after: 6 });
        let one = Cut { before: 10, after: 6 };
        assert_eq!(found.approved.time, BTreeMap::from([(LimitUnit::WorkingDay, one), (LimitUnit::Hour, one)]));
    }

    #[test]
    fn measures_hold_from_the_day_of_the_decision_and_costs_from_the_day_it_is_done() {
        let unit = Uuid::from_u128(1);
        let counted = |approved_on, implemented_on, before, after| Counted {
            organisation_id: unit,
            approved_on,
            implemented_on,
            cost_vnd: Cut { before, after },
        };
        let rows = [counted(day(2, 1), Some(day(4, 1)), 100, 40), counted(day(3, 1), Some(day(3, 1)), 50, 50)];
        let printed: Vec<String> = figures(&rows)
            .into_iter()
            .map(|(_, measure, day, value)| format!("{day} {} {value}", measure.trim_start_matches("SIMPLIFICATION.")))
            .collect();
        assert_eq!(
            printed,
            [
                "2026-02-01 APPROVED 1",
                "2026-02-01 IMPLEMENTED 0",
                "2026-03-01 APPROVED 2",
                "2026-03-01 IMPLEMENTED 1",
                "2026-03-01 COST_BEFORE 50",
                "2026-03-01 COST_AFTER 50",
                "2026-04-01 APPROVED 2",
                "2026-04-01 IMPLEMENTED 2",
                "2026-04-01 COST_BEFORE 150",
                "2026-04-01 COST_AFTER 90",
            ]
        );
        assert_eq!(figures(&[]), []);
        let huge = [counted(day(2, 1), Some(day(2, 1)), i64::MAX, 1), counted(day(2, 1), Some(day(2, 1)), 1, 1)];
        assert_eq!(figures(&huge).len(), 3);
    }
}
