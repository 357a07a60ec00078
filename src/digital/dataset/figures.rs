//! What the catalogue counts: the measures of this register, each from the day on which it changes. Pure functions.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use base::indicator::figures::RegisterFigure;

/// Datasets in the list: entered, and not withdrawn.
pub const ALL: &str = "DATASET.ALL";
/// Published datasets.
pub const PUBLISHED: &str = "DATASET.PUBLISHED";
/// Of them open.
pub const PUBLISHED_OPEN: &str = "DATASET.PUBLISHED_OPEN";
/// Of the published, those collected once and used again elsewhere.
pub const COLLECTED_ONCE: &str = "DATASET.COLLECTED_ONCE";
/// Records of the published datasets that say how many they have.
pub const RECORDS: &str = "DATASET.RECORDS";
/// Of them digitised.
pub const RECORDS_DIGITISED: &str = "DATASET.RECORDS_DIGITISED";

/// The measures of this register. What is overdue depends on today, and so is no measure: `datasetSummary` tells.
pub const MEASURES: [&str; 6] = [ALL, PUBLISHED, PUBLISHED_OPEN, COLLECTED_ONCE, RECORDS, RECORDS_DIGITISED];

/// An edition as its measures count it.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The unit that keeps the dataset.
    pub organisation_id: Uuid,
    /// The dataset's identifier.
    pub code: String,
    /// When the edition was entered.
    pub entered_on: NaiveDate,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
    /// The first day on which it no longer holds.
    pub ended_on: Option<NaiveDate>,
    /// Whether it is open.
    pub open: bool,
    /// Whether it is collected once.
    pub collected_once: bool,
    /// Records in all.
    pub records: i64,
    /// Of them digitised.
    pub records_digitised: i64,
}

type Span = (NaiveDate, Option<NaiveDate>);

/// Spans of days, joined where one begins before or when another ends. The last day is the first that does not count.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|(from, to)| (*from, to.unwrap_or(NaiveDate::MAX)));
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match joined.last_mut() {
            Some((_, None)) => {}
            Some((_, last)) if last.is_some_and(|last| from <= last) => {
                *last = to.and_then(|to| (*last).map(|last| last.max(to)))
            }
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// What the register gives, of all editions of a programme.
pub fn figures(editions: &[Edition]) -> Vec<RegisterFigure> {
    // What is added to which measure of whom on which day.
    let mut steps: BTreeMap<(Uuid, &'static str), BTreeMap<NaiveDate, i64>> = BTreeMap::new();
    let mut count = |organisation_id: Uuid, measure: &'static str, (from, to): Span, number: i64| {
        let of = steps.entry((organisation_id, measure)).or_default();
        let from_here = of.entry(from).or_default();
        *from_here = from_here.saturating_add(number);
        if let Some(to) = to {
            let until = of.entry(to).or_default();
            *until = until.saturating_sub(number);
        }
    };
    let mut entered: BTreeMap<(Uuid, &str), Vec<Span>> = BTreeMap::new();
    for one in editions {
        entered.entry((one.organisation_id, one.code.as_str())).or_default().push((one.entered_on, one.ended_on));
        let Some(published) = one.published_on else { continue };
        let span = (published, one.ended_on);
        count(one.organisation_id, PUBLISHED, span, 1);
        // Each measure has a figure where another has: a rate of none is 0 %, and not missing.
        count(one.organisation_id, PUBLISHED_OPEN, span, one.open.into());
        count(one.organisation_id, COLLECTED_ONCE, span, one.collected_once.into());
        count(one.organisation_id, RECORDS, span, one.records);
        count(one.organisation_id, RECORDS_DIGITISED, span, one.records_digitised);
    }
    for ((organisation_id, _), spans) in entered {
        for span in joined(spans) {
            count(organisation_id, ALL, span, 1);
            count(organisation_id, PUBLISHED, span, 0);
        }
    }
    let mut figures = Vec::new();
    for ((organisation_id, measure), steps) in steps {
        let mut sum = 0_i64;
        for (day, step) in steps {
            sum = sum.saturating_add(step);
            figures.push((organisation_id, measure, day, sum));
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Uuid = Uuid::from_u128(1);

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn edition(code: &str, entered: u32, published: Option<u32>, ended: Option<u32>) -> Edition {
        Edition {
            organisation_id: UNIT,
            code: code.to_owned(),
            entered_on: day(entered),
            published_on: published.map(day),
            ended_on: ended.map(day),
            open: true,
            collected_once: false,
            records: 10,
            records_digitised: 4,
        }
    }

    /// The figures of a measure: day and number.
    fn of(figures: &[RegisterFigure], wanted: &str) -> Vec<(u32, i64)> {
        use chrono::Datelike;
        let ours = figures.iter().filter(|(_, measure, ..)| *measure == wanted);
        ours.map(|(_, _, day, number)| (day.day(), *number)).collect()
    }

    #[test]
    fn a_dataset_counts_once_however_many_editions_it_has() {
        let closed = Edition { open: false, records_digitised: 9, ..edition("A", 5, Some(8), None) };
        let figures = figures(&[edition("A", 1, Some(3), Some(8)), closed]);
        assert_eq!(of(&figures, ALL), [(1, 1)]);
        assert_eq!(of(&figures, PUBLISHED), [(1, 0), (3, 1), (8, 1)]);
        assert_eq!(of(&figures, PUBLISHED_OPEN), [(3, 1), (8, 0)]);
        assert_eq!(of(&figures, COLLECTED_ONCE), [(3, 0), (8, 0)]);
        assert_eq!(of(&figures, RECORDS_DIGITISED), [(3, 4), (8, 9)]);
    }

    #[test]
    fn what_is_withdrawn_counts_no_more_and_may_come_back() {
        let figures =
            figures(&[edition("A", 1, None, Some(4)), edition("A", 9, None, None), edition("B", 4, Some(4), Some(4))]);
        assert_eq!(of(&figures, ALL), [(1, 1), (4, 0), (9, 1)]);
        assert_eq!(of(&figures, PUBLISHED_OPEN), [(4, 0)]);
    }

    #[test]
    fn spans_join_where_they_touch() {
        let spans = |given: &[(u32, Option<u32>)]| -> Vec<(NaiveDate, Option<NaiveDate>)> {
            joined(given.iter().map(|(from, to)| (day(*from), to.map(day))).collect())
        };
        assert_eq!(spans(&[(3, Some(5)), (1, Some(3))]), spans(&[(1, Some(5))]));
        assert_eq!(spans(&[(1, Some(9)), (2, Some(3))]), spans(&[(1, Some(9))]));
        assert_eq!(spans(&[(1, None), (2, Some(3))]), spans(&[(1, None)]));
        assert_eq!(spans(&[(1, Some(4)), (2, None)]), spans(&[(1, None)]));
        assert_eq!(spans(&[(1, Some(2)), (3, Some(4))]).len(), 2);
    }
}
