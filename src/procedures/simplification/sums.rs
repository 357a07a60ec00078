//! What reviews of procedures come to: totals of a day, and the measures of this register. Pure functions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::ReviewState;
use super::rules::Cut;
use crate::procedure::rules::LimitUnit;
use kernel::money::MAX_EXACT;

/// What of a review its totals need: neither its text nor whose it is.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Summed {
    /// When it was proposed.
    pub proposed_on: NaiveDate,
    /// Its state.
    pub state: String,
    /// The day of the decision about it.
    pub decision_date: Option<NaiveDate>,
    /// From which day it is carried out.
    pub implemented_on: Option<NaiveDate>,
    /// When it was withdrawn.
    pub withdrawn_on: Option<NaiveDate>,
    /// Components of a dossier, before.
    pub components_before: i32,
    /// Components of a dossier, after.
    pub components_after: i32,
    /// Forms and declarations, before.
    pub forms_before: i32,
    /// Forms and declarations, after.
    pub forms_after: i32,
    /// Time limit in `time_unit`, before.
    pub time_before: i32,
    /// Time limit in `time_unit`, after.
    pub time_after: i32,
    /// The unit of both times.
    pub time_unit: String,
    /// Compliance cost of a year in VND, before.
    pub cost_before_vnd: i64,
    /// Compliance cost of a year in VND, after.
    pub cost_after_vnd: i64,
}

/// The state in which a review was on a day; none before it was proposed.
pub fn state_on(row: &Summed, day: NaiveDate) -> Option<ReviewState> {
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
    fn add(&mut self, row: &Summed) {
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
pub fn totals(rows: &[Summed], day: NaiveDate) -> Totals {
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
    /// The procedure.
    pub procedure_id: Uuid,
    /// Whether that is one between agencies, whose cost counts for no target.
    pub internal: bool,
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

/// What the register counts, per managing organisation and measure, from each day on which it changes. Proposals
/// count whether their procedure is internal or not (plan II.2.b.1 asks for both); costs are those of the people's
/// procedures alone (II.2.a.4). There is no cost before something was carried out. A sum that JSON does not carry
/// exactly gives no figure rather than a wrong one.
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
            let done: Vec<&Counted> =
                rows.iter().copied().filter(|row| row.implemented_on.is_some_and(|on| on <= day)).collect();
            let by_now = rows.iter().filter(|row| row.approved_on <= day).count();
            figures.push((organisation_id, approved, day, count(by_now)));
            figures.push((organisation_id, implemented, day, count(done.len())));
            let costs = costs(done.into_iter().filter(|row| !row.internal));
            if costs.is_empty() {
                continue;
            }
            let sum = |part: fn(&Cut) -> i64| {
                let sum = costs.iter().try_fold(0_i64, |sum, cut| sum.checked_add(part(cut)));
                sum.filter(|sum| *sum <= MAX_EXACT)
            };
            let costs = [(cost_before, sum(|cut| cut.before)), (cost_after, sum(|cut| cut.after))];
            figures.extend(costs.into_iter().filter_map(|(name, sum)| Some((organisation_id, name, day, sum?))));
        }
    }
    figures
}

/// What each procedure cost before the first and after the last of its reviews that were carried out. One review
/// after the other cuts the same cost further, so that the sum of all would count it twice.
fn costs<'a>(done: impl Iterator<Item = &'a Counted>) -> Vec<Cut> {
    let mut done: Vec<&Counted> = done.collect();
    // Stable: what was carried out and decided on the same days stays in the order of the codes.
    done.sort_by_key(|row| (row.procedure_id, row.implemented_on, row.approved_on));
    let of_one = done.chunk_by(|one, next| one.procedure_id == next.procedure_id);
    of_one
        .filter_map(|rows| {
            let (first, last) = (rows.first()?, rows.last()?);
            Some(Cut { before: first.cost_vnd.before, after: last.cost_vnd.after })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn row(state: ReviewState, decided: Option<NaiveDate>, implemented: Option<NaiveDate>) -> Summed {
        Summed {
            proposed_on: day(1, 10),
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
            decision_date: decided,
            implemented_on: implemented,
            withdrawn_on: (state == ReviewState::Withdrawn).then(|| day(2, 1)),
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

    /// A review of the numbered procedure, carried out on the day when it was decided or later.
    fn counted(
        procedure: u128,
        (approved_on, implemented_on): (NaiveDate, Option<NaiveDate>),
        (before, after): (i64, i64),
    ) -> Counted {
        Counted {
            procedure_id: Uuid::from_u128(procedure),
            internal: false,
            organisation_id: Uuid::from_u128(1),
            approved_on,
            implemented_on,
            cost_vnd: Cut { before, after },
        }
    }

    fn printed(rows: &[Counted]) -> Vec<String> {
        figures(rows)
            .into_iter()
            .map(|(_, measure, day, value)| format!("{day} {} {value}", measure.trim_start_matches("SIMPLIFICATION.")))
            .collect()
    }

    #[test]
    fn a_procedure_that_was_cut_twice_cost_what_it_cost_at_first() {
        let (first, last) = ((day(2, 1), Some(day(2, 1))), (day(3, 1), Some(day(3, 1))));
        let rows = [counted(7, last, (60, 40)), counted(8, first, (10, 9)), counted(7, first, (100, 60))];
        let costs: Vec<String> = printed(&rows).into_iter().filter(|line| line.contains("COST")).collect();
        assert_eq!(
            costs,
            [
                "2026-02-01 COST_BEFORE 110",
                "2026-02-01 COST_AFTER 69",
                "2026-03-01 COST_BEFORE 110",
                "2026-03-01 COST_AFTER 49",
            ]
        );
        // Decided later and carried out on the same day: that one is the last.
        let rows =
            [counted(7, (day(3, 1), Some(day(3, 9))), (60, 40)), counted(7, (day(2, 1), Some(day(3, 9))), (100, 60))];
        assert_eq!(printed(&rows)[6..], ["2026-03-09 COST_BEFORE 100", "2026-03-09 COST_AFTER 40"]);
    }

    #[test]
    fn internal_procedures_are_proposals_and_no_cost() {
        let done = (day(2, 1), Some(day(2, 1)));
        let internal = Counted { internal: true, ..counted(8, done, (50, 10)) };
        assert_eq!(printed(&[internal]), ["2026-02-01 APPROVED 1", "2026-02-01 IMPLEMENTED 1"]);
        assert_eq!(
            printed(&[internal, counted(7, done, (100, 60))]),
            [
                "2026-02-01 APPROVED 2",
                "2026-02-01 IMPLEMENTED 2",
                "2026-02-01 COST_BEFORE 100",
                "2026-02-01 COST_AFTER 60",
            ]
        );
    }

    #[test]
    fn measures_hold_from_the_day_of_the_decision_and_costs_from_the_day_it_is_done() {
        let rows =
            [counted(7, (day(2, 1), Some(day(4, 1))), (100, 40)), counted(8, (day(3, 1), Some(day(3, 1))), (50, 50))];
        assert_eq!(
            printed(&rows),
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
        // What JSON does not carry exactly is no figure; what it just carries is one.
        let done = (day(2, 1), Some(day(2, 1)));
        assert_eq!(figures(&[counted(7, done, (MAX_EXACT, 1)), counted(8, done, (1, 1))]).len(), 3);
        assert_eq!(figures(&[counted(7, done, (MAX_EXACT, 1)), counted(8, done, (0, 0))]).len(), 4);
    }
}
