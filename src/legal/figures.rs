//! What the register counts, from each day on which it changes. Pure functions.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use base::indicator::figures::RegisterFigure;
use kernel::period::{Calendar, Period, PeriodKind};

/// The measures of this register (plan II.1.a.3, II.1.b.2).
pub const MEASURES: [&str; 4] = ["LEGAL.TO_REVIEW", "LEGAL.REVIEWED", "LEGAL.FINDINGS", "LEGAL.HANDLED"];

const TO_REVIEW: usize = 0;
const REVIEWED: usize = 1;
const FINDINGS: usize = 2;
const HANDLED: usize = 3;

/// A document that must be reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedDocument {
    /// The document.
    pub id: Uuid,
    /// The unit that answers for it.
    pub organisation_id: Uuid,
    /// First day of effect.
    pub effective_on: NaiveDate,
    /// First day on which it is not in force any more.
    pub ended_on: Option<NaiveDate>,
}

/// A confirmed review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedReview {
    /// The document.
    pub document_id: Uuid,
    /// The unit that reviewed it.
    pub organisation_id: Uuid,
    /// When.
    pub reviewed_on: NaiveDate,
    /// Whether it proposes a change.
    pub proposes: bool,
    /// When the proposal was done or rejected.
    pub handled_on: Option<NaiveDate>,
}

/// What the register counts of each unit. A document counts while it is in force, and as reviewed from the first review of
/// the ND09 year until that year is over; proposals and what became of them add up over the years.
pub fn figures(documents: &[CountedDocument], reviews: &[CountedReview]) -> Vec<RegisterFigure> {
    let mut changes: BTreeMap<Uuid, [BTreeMap<NaiveDate, i64>; 4]> = BTreeMap::new();
    let mut count = |unit: Uuid, measure: usize, day: NaiveDate, by: i64| {
        // Four maps, and one of the four constants above.
        if let Some(days) = changes.entry(unit).or_default().get_mut(measure) {
            *days.entry(day).or_default() += by;
        }
    };
    // The first review of each document in each year, with the last day of that year.
    let mut first: BTreeMap<(Uuid, NaiveDate), NaiveDate> = BTreeMap::new();
    for review in reviews {
        if let Some(year) = Period::containing(Calendar::Nd09, PeriodKind::Year, review.reviewed_on) {
            let known = first.entry((review.document_id, year.end)).or_insert(review.reviewed_on);
            *known = review.reviewed_on.min(*known);
        }
        if review.proposes {
            count(review.organisation_id, FINDINGS, review.reviewed_on, 1);
            if let Some(day) = review.handled_on {
                count(review.organisation_id, HANDLED, day, 1);
            }
        }
    }
    for document in documents {
        let ended = document.ended_on.unwrap_or(NaiveDate::MAX);
        let mut between = |measure: usize, from: NaiveDate, until: NaiveDate| {
            if from < until {
                count(document.organisation_id, measure, from, 1);
                if until < NaiveDate::MAX {
                    count(document.organisation_id, measure, until, -1);
                }
            }
        };
        between(TO_REVIEW, document.effective_on, ended);
        for ((_, year_end), reviewed_on) in first.range((document.id, NaiveDate::MIN)..=(document.id, NaiveDate::MAX)) {
            let over = year_end.succ_opt().unwrap_or(NaiveDate::MAX);
            between(REVIEWED, document.effective_on.max(*reviewed_on), ended.min(over));
        }
    }
    let mut found = Vec::new();
    for (unit, changes) in changes {
        // From its first day on a unit has all four: nothing reviewed yet is 0, not no figure.
        let begins = changes.iter().filter_map(|days| days.keys().next()).min().copied();
        for (measure, mut days) in MEASURES.into_iter().zip(changes) {
            days.entry(begins.unwrap_or_default()).or_default();
            let (mut sum, mut told) = (0, None);
            for (day, by) in days {
                sum += by;
                if told != Some(sum) {
                    found.push((unit, measure, day, sum));
                    told = Some(sum);
                }
            }
        }
    }
    found
}

/// The four numbers of each unit on a day, in the order of [`MEASURES`].
pub fn on_day(figures: &[RegisterFigure], day: NaiveDate) -> BTreeMap<Uuid, [i64; 4]> {
    let mut found: BTreeMap<Uuid, [i64; 4]> = BTreeMap::new();
    // Of a unit and a measure, the days come in order.
    for (unit, measure, _, sum) in figures.iter().filter(|(_, _, from, _)| *from <= day) {
        let known = found.entry(*unit).or_default();
        for (slot, name) in known.iter_mut().zip(MEASURES) {
            if name == *measure {
                *slot = *sum;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn document(number: u128, effective_on: &str, ended_on: Option<&str>) -> CountedDocument {
        CountedDocument {
            id: Uuid::from_u128(number),
            organisation_id: Uuid::from_u128(100),
            effective_on: day(effective_on),
            ended_on: ended_on.map(day),
        }
    }

    fn review(number: u128, reviewed_on: &str, proposes: bool, handled_on: Option<&str>) -> CountedReview {
        CountedReview {
            document_id: Uuid::from_u128(number),
            organisation_id: Uuid::from_u128(100),
            reviewed_on: day(reviewed_on),
            proposes,
            handled_on: handled_on.map(day),
        }
    }

    fn told(documents: &[CountedDocument], reviews: &[CountedReview]) -> Vec<String> {
        let tell =
            |(_, measure, day, sum): RegisterFigure| format!("{} {day} {sum}", measure.trim_start_matches("LEGAL."));
        figures(documents, reviews).into_iter().map(tell).collect()
    }

    #[test]
    fn a_document_leaves_both_sides_on_the_day_on_which_it_ends() {
        let documents = [document(1, "2024-01-01", Some("2026-06-01")), document(2, "2026-02-01", None)];
        let reviews = [review(1, "2026-03-01", false, None), review(1, "2026-05-01", true, None)];
        assert_eq!(
            told(&documents, &reviews),
            [
                "TO_REVIEW 2024-01-01 1",
                "TO_REVIEW 2026-02-01 2",
                "TO_REVIEW 2026-06-01 1",
                "REVIEWED 2024-01-01 0",
                "REVIEWED 2026-03-01 1",
                "REVIEWED 2026-06-01 0",
                "FINDINGS 2024-01-01 0",
                "FINDINGS 2026-05-01 1",
                "HANDLED 2024-01-01 0",
            ]
        );
        let of = |text| on_day(&figures(&documents, &reviews), day(text))[&Uuid::from_u128(100)];
        assert_eq!((of("2026-05-31"), of("2026-06-01")), ([2, 1, 1, 0], [1, 0, 1, 0]));
    }

    #[test]
    fn each_year_is_reviewed_anew_and_proposals_go_on() {
        let reviews = [review(1, "2026-12-14", true, Some("2027-05-01")), review(1, "2026-12-15", false, None)];
        let found = told(&[document(1, "2026-01-01", None)], &reviews);
        let of = |measure: &str| -> Vec<&str> {
            found.iter().filter_map(|line| line.strip_prefix(measure)?.strip_prefix(' ')).collect()
        };
        // The second review is of the year 2027, which begins on the day after the first: reviewed all along.
        assert_eq!(of("REVIEWED"), ["2026-01-01 0", "2026-12-14 1", "2027-12-15 0"]);
        assert_eq!(of("FINDINGS"), ["2026-01-01 0", "2026-12-14 1"]);
        assert_eq!(of("HANDLED"), ["2026-01-01 0", "2027-05-01 1"]);
    }

    #[test]
    fn what_never_came_to_hold_counts_nowhere() {
        assert_eq!(told(&[document(1, "2026-05-01", Some("2026-05-01"))], &[]), Vec::<String>::new());
        // A review before the first day of effect, after that day was moved, counts from it.
        let found = told(&[document(1, "2026-05-01", None)], &[review(1, "2026-03-01", false, None)]);
        assert_eq!(found[..2], ["TO_REVIEW 2026-05-01 1", "REVIEWED 2026-05-01 1"]);
    }
}
