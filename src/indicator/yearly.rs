//! Measures of registers that are kept by year: on a day of a year it is that year's money that counts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::service::RegisterFigure;

/// By organisation and year: by how much each measure changes on which day of the year.
pub type Changes<const N: usize> = BTreeMap<(Uuid, i32), BTreeMap<NaiveDate, [i64; N]>>;

/// What the measures come to for each organisation, from each day on which one of them changes. A year begins with
/// nothing of the one before, and the day after the last year has nothing of it either.
pub fn figures<const N: usize>(measures: [&'static str; N], changes: &Changes<N>) -> Vec<RegisterFigure> {
    let organisations: BTreeSet<Uuid> = changes.keys().map(|(id, _)| *id).collect();
    let mut found = Vec::new();
    for organisation in organisations {
        let years: Vec<(i32, &BTreeMap<NaiveDate, [i64; N]>)> =
            changes.iter().filter(|((id, _), _)| *id == organisation).map(|((_, year), days)| (*year, days)).collect();
        let mut known: [Option<i64>; N] = [None; N];
        let mut tell = |day: NaiveDate, sums: [i64; N], found: &mut Vec<RegisterFigure>| {
            for ((measure, sum), known) in measures.into_iter().zip(sums).zip(&mut known) {
                if *known != Some(sum) {
                    found.push((organisation, measure, day, sum));
                    *known = Some(sum);
                }
            }
        };
        for (place, (year, days)) in years.iter().enumerate() {
            let mut sums = [0; N];
            let first = NaiveDate::from_ymd_opt(*year, 1, 1).unwrap_or_default();
            // A new year begins with nothing of the old one.
            if !days.contains_key(&first) && place > 0 {
                tell(first, sums, &mut found);
            }
            for (day, change) in days.iter() {
                for (sum, more) in sums.iter_mut().zip(change) {
                    *sum += more;
                }
                tell(*day, sums, &mut found);
            }
            let next = years.get(place + 1).map(|(next, _)| *next);
            if next != Some(year + 1)
                && let Some(after) = NaiveDate::from_ymd_opt(year + 1, 1, 1)
            {
                tell(after, [0; N], &mut found);
            }
        }
    }
    found
}
