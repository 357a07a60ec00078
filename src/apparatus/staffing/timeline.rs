//! The cut of posts through time: baseline, perimeter and quotas of units, as pure functions of a day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use num_bigint::BigInt;
use uuid::Uuid;

use base::indicator::rules::Ratio;

/// A unit's posts through time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// Which.
    pub organisation_id: Uuid,
    /// Posts at the baseline; none where the unit was not there.
    pub baseline: Option<i64>,
    /// From which day the perimeter adds or takes how many posts, in order.
    pub perimeter: Vec<(NaiveDate, i64)>,
    /// From which day how many posts are assigned, in order.
    pub quotas: Vec<(NaiveDate, i64)>,
}

/// A unit, or several together, on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The baseline as it was approved.
    pub raw_baseline: i64,
    /// The baseline with the perimeter's changes up to the day.
    pub baseline: i64,
    /// The posts assigned.
    pub quota: i64,
}

impl Standing {
    /// Adds another's.
    pub fn add(&mut self, other: Standing) {
        self.raw_baseline += other.raw_baseline;
        self.baseline += other.baseline;
        self.quota += other.quota;
    }

    /// The cut against the adjusted baseline; without a rate when that is zero.
    pub fn cut(self) -> Ratio {
        Ratio { numerator: self.baseline - self.quota, denominator: self.baseline }
    }

    /// The cut against the baseline as it was approved: a unit that moved in makes it look like growth.
    pub fn raw_cut(self) -> Ratio {
        Ratio { numerator: self.raw_baseline - self.quota, denominator: self.raw_baseline }
    }
}

impl Unit {
    /// How it stands on a day. Until a decision assigns posts, the quota is the baseline; what the perimeter adds or
    /// takes after a decision moves the quota with the baseline, until the next decision. A decision of the same day
    /// has counted it already. So a transfer is no cut, and no growth.
    pub fn on(&self, day: NaiveDate) -> Standing {
        let adjusted: i64 = self.perimeter.iter().take_while(|(from, _)| *from <= day).map(|(_, posts)| posts).sum();
        let raw_baseline = self.baseline.unwrap_or(0);
        let baseline = raw_baseline + adjusted;
        let decided = self.quotas.iter().take_while(|(from, _)| *from <= day).last();
        let quota = decided.map_or(baseline, |(from, posts)| {
            let since = self.perimeter.iter().filter(|(on, _)| from < on && *on <= day);
            posts + since.map(|(_, posts)| posts).sum::<i64>()
        });
        Standing { raw_baseline, baseline, quota }
    }

    /// The days on which something changes.
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        self.perimeter.iter().chain(&self.quotas).map(|(day, _)| *day).collect()
    }
}

/// The posts that must go so that a cut of so many hundredths of a percent is reached: whole posts, rounded up
/// (domain facts 13.6: 10 % of 210 is 21).
pub fn required(baseline: i64, hundredths: i64) -> i64 {
    let exact = i128::from(baseline.max(0)) * i128::from(hundredths.max(0));
    i64::try_from((exact + 9_999) / 10_000).unwrap_or(i64::MAX)
}

/// The simple mean of the rates of units, in percent with two decimals, rounded half up: each unit counts the
/// same, whatever its size. Exact until the last step. None where no unit has a rate.
pub fn simple_mean(rates: &[Ratio]) -> Option<String> {
    let mut sum = (BigInt::from(0), BigInt::from(1));
    let mut count = 0_i64;
    for rate in rates.iter().filter(|rate| rate.denominator > 0) {
        sum = (&sum.0 * rate.denominator + &sum.1 * rate.numerator, &sum.1 * rate.denominator);
        count += 1;
    }
    if count == 0 {
        return None;
    }
    let (numerator, denominator): (BigInt, BigInt) = (sum.0 * 10_000, sum.1 * count);
    let negative = numerator < BigInt::from(0);
    let magnitude = if negative { -numerator } else { numerator };
    let hundredths = (magnitude * 2 + &denominator) / (denominator * 2);
    let (whole, rest) = (&hundredths / 100, &hundredths % 100);
    let sign = if negative && hundredths != BigInt::from(0) { "-" } else { "" };
    Some(format!("{sign}{whole}.{rest:0>2}"))
}

/// What the cut comes to at the end if it goes on as fast as from the beginning to a day; none before there is
/// a pace.
pub fn forecast(standing: Standing, begin: NaiveDate, day: NaiveDate, end: NaiveDate) -> Option<Ratio> {
    let (elapsed, whole) = ((day - begin).num_days(), (end - begin).num_days());
    if elapsed <= 0 || whole <= 0 || standing.baseline <= 0 {
        return None;
    }
    let cut = standing.cut();
    Some(Ratio { numerator: cut.numerator.checked_mul(whole)?, denominator: cut.denominator.checked_mul(elapsed)? })
}

/// The cut by staff present: over the units that have reported, on both sides alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Presence {
    /// The adjusted baselines of those that reported.
    pub baseline: i64,
    /// Their staff present.
    pub present: i64,
    /// How many reported.
    pub reported: u32,
    /// How many have posts or a baseline, and did not report.
    pub missing: u32,
}

impl Presence {
    /// The baseline less the staff present, over the baseline; without a rate when that is zero.
    pub fn cut(self) -> Ratio {
        Ratio { numerator: self.baseline - self.present, denominator: self.baseline }
    }
}

/// Compares the staff present on a day, by unit, with the baselines of the same units on the same day. A unit that
/// reports staff without a baseline counts with a baseline of zero; one that is exempt counts nowhere.
pub fn presence(
    units: &[Unit],
    present: &BTreeMap<Uuid, i64>,
    day: NaiveDate,
    exempt: impl Fn(Uuid) -> bool,
) -> Presence {
    let mut found = Presence::default();
    for (_, people) in present.iter().filter(|(id, _)| !exempt(**id)) {
        found.present += people;
        found.reported += 1;
    }
    for unit in units.iter().filter(|unit| !exempt(unit.organisation_id)) {
        let standing = unit.on(day);
        if present.contains_key(&unit.organisation_id) {
            found.baseline += standing.baseline;
        } else if standing.baseline > 0 || standing.quota > 0 {
            found.missing += 1;
        }
    }
    found
}

/// A change of a unit between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub organisation_id: Uuid,
    /// On which day.
    pub on: NaiveDate,
    /// By how many posts the adjusted baseline changed.
    pub baseline: i64,
    /// By how many posts the quota changed.
    pub quota: i64,
}

/// What explains the difference between two days: after the first, up to the second, by day. Added up, the
/// changes are the difference.
pub fn changes(units: &[Unit], from: NaiveDate, to: NaiveDate) -> Vec<Change> {
    let mut found = Vec::new();
    for unit in units {
        let mut before = unit.on(from);
        for day in unit.days().into_iter().filter(|day| from < *day && *day <= to) {
            let now = unit.on(day);
            found.push(Change {
                organisation_id: unit.organisation_id,
                on: day,
                baseline: now.baseline - before.baseline,
                quota: now.quota - before.quota,
            });
            before = now;
        }
    }
    found.sort_by_key(|change| (change.on, change.organisation_id));
    found
}

/// The measures of this register.
pub const MEASURES: [&str; 3] = ["STAFFING.QUOTA_NSNN", "STAFFING.BASELINE_NSNN", "STAFFING.BASELINE_NSNN_RAW"];

/// What the register counts, per unit and measure, from each day on which it changes. `exempt` says whether a
/// unit is left out on a day, `turns` on which days that may change.
pub fn figures(
    units: &[Unit],
    begin: NaiveDate,
    turns: &BTreeSet<NaiveDate>,
    exempt: impl Fn(Uuid, NaiveDate) -> bool,
) -> Vec<(Uuid, &'static str, NaiveDate, i64)> {
    let mut figures = Vec::new();
    for unit in units {
        let first = unit.days().into_iter().next().unwrap_or(begin);
        let first = if unit.baseline.is_some() { begin } else { first.max(begin) };
        let days: BTreeSet<NaiveDate> =
            unit.days().into_iter().chain(turns.iter().copied()).filter(|day| *day > first).chain([first]).collect();
        let mut before = None;
        for day in days {
            let standing = if exempt(unit.organisation_id, day) { Standing::default() } else { unit.on(day) };
            for (measure, value, was) in [
                (MEASURES[0], standing.quota, before.map(|before: Standing| before.quota)),
                (MEASURES[1], standing.baseline, before.map(|before: Standing| before.baseline)),
                (MEASURES[2], standing.raw_baseline, before.map(|before: Standing| before.raw_baseline)),
            ] {
                if was != Some(value) {
                    figures.push((unit.organisation_id, measure, day, value));
                }
            }
            before = Some(standing);
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn unit(number: u128, baseline: Option<i64>, perimeter: &[(&str, i64)], quotas: &[(&str, i64)]) -> Unit {
        let dated = |list: &[(&str, i64)]| list.iter().map(|(from, posts)| (day(from), *posts)).collect();
        Unit { organisation_id: Uuid::from_u128(number), baseline, perimeter: dated(perimeter), quotas: dated(quotas) }
    }

    fn together(units: &[Unit], on: &str) -> Standing {
        units.iter().fold(Standing::default(), |mut sum, unit| {
            sum.add(unit.on(day(on)));
            sum
        })
    }

    /// Domain facts 13.6.
    fn worked() -> Vec<Unit> {
        vec![
            unit(1, Some(100), &[], &[("2026-06-01", 96), ("2030-06-01", 88)]),
            unit(2, Some(60), &[], &[("2030-06-01", 56)]),
            unit(3, Some(50), &[], &[("2030-06-01", 45)]),
        ]
    }

    #[test]
    fn the_worked_example() {
        let units = worked();
        assert_eq!(required(210, 1_000), 21);
        let first = together(&units, "2026-12-31");
        assert_eq!((first.quota, first.cut().percent().unwrap()), (206, "1.90".to_owned()));
        let last = together(&units, "2030-12-31");
        assert_eq!((last.quota, last.cut().percent().unwrap()), (189, "10.00".to_owned()));
        let rates: Vec<Ratio> = units.iter().map(|unit| unit.on(day("2030-12-31")).cut()).collect();
        let each: Vec<String> = rates.iter().map(|rate| rate.percent().unwrap()).collect();
        assert_eq!(each, ["12.00", "6.67", "10.00"]);
        assert_eq!(simple_mean(&rates).unwrap(), "9.56");
        // A school of 30 posts moves in during 2028.
        let mut with_school = worked();
        with_school.push(unit(4, None, &[("2028-03-01", 30)], &[]));
        let moved = together(&with_school, "2030-12-31");
        assert_eq!((moved.baseline, moved.quota), (240, 219));
        assert_eq!(moved.cut().percent().unwrap(), "8.75");
        assert_eq!(moved.raw_cut().percent().unwrap(), "-4.29");
    }

    #[test]
    fn small_numbers_are_rounded_up_and_nothing_is_no_rate() {
        assert_eq!((required(1, 1_000), required(9, 1_000), required(11, 1_000), required(0, 1_000)), (1, 1, 2, 0));
        assert_eq!(unit(1, Some(0), &[], &[]).on(day("2026-06-01")).cut().percent(), None);
        assert_eq!(simple_mean(&[Ratio { numerator: 0, denominator: 0 }]), None);
        assert_eq!(simple_mean(&[Ratio { numerator: -1, denominator: 3 }]).unwrap(), "-33.33");
        // An exact tie is rounded up: the mean of 0.01 % and 0.00 %.
        let tie = [Ratio { numerator: 1, denominator: 10_000 }, Ratio { numerator: 0, denominator: 7 }];
        assert_eq!(simple_mean(&tie).unwrap(), "0.01");
    }

    #[test]
    fn a_merge_inside_the_perimeter_is_no_cut() {
        // 100 and 60 become one unit of 160, of which five posts go a year later.
        let units = vec![
            unit(1, Some(100), &[("2028-01-01", -100)], &[]),
            unit(2, Some(60), &[("2028-01-01", -60)], &[]),
            unit(3, None, &[("2028-01-01", 160)], &[("2029-01-01", 155)]),
        ];
        assert_eq!(together(&units, "2027-12-31"), Standing { raw_baseline: 160, baseline: 160, quota: 160 });
        assert_eq!(together(&units, "2028-12-31"), Standing { raw_baseline: 160, baseline: 160, quota: 160 });
        assert_eq!(together(&units, "2029-12-31").cut(), Ratio { numerator: 5, denominator: 160 });
    }

    #[test]
    fn a_merge_after_a_decision_is_no_cut_either() {
        // A unit of 100 was cut to 96 before it was merged away; its 96 posts go along.
        let units = vec![
            unit(1, Some(100), &[("2026-10-01", -100)], &[("2026-06-01", 96), ("2026-10-01", 0)]),
            unit(2, Some(60), &[("2026-10-01", -60)], &[]),
            unit(3, Some(50), &[("2026-10-01", 160)], &[("2026-10-01", 206)]),
        ];
        assert_eq!(together(&units, "2026-09-30"), Standing { raw_baseline: 210, baseline: 210, quota: 206 });
        assert_eq!(together(&units, "2026-10-01"), Standing { raw_baseline: 210, baseline: 210, quota: 206 });
        // Without a decision of that day what is moved counts on both sides.
        let moved = unit(4, Some(3), &[("2026-10-01", 57)], &[("2026-06-01", 3)]);
        assert_eq!(moved.on(day("2026-12-31")), Standing { raw_baseline: 3, baseline: 60, quota: 60 });
    }

    #[test]
    fn the_pace_is_carried_on() {
        let standing = Standing { raw_baseline: 210, baseline: 210, quota: 206 };
        let ends = forecast(standing, day("2025-12-31"), day("2026-12-31"), day("2030-12-31")).unwrap();
        assert_eq!(ends, Ratio { numerator: 4 * 1_826, denominator: 210 * 365 });
        assert_eq!(ends.percent().unwrap(), "9.53");
        assert_eq!(forecast(standing, day("2025-12-31"), day("2025-12-31"), day("2030-12-31")), None);
    }

    #[test]
    fn staff_present_are_held_against_the_baselines_of_those_that_reported() {
        let units = worked();
        let id = Uuid::from_u128;
        let found = |present: &[(u128, i64)], exempt: u128| {
            let present = present.iter().map(|(number, people)| (id(*number), *people)).collect();
            presence(&units, &present, day("2026-12-31"), |unit| unit == id(exempt))
        };
        let two = found(&[(1, 93), (2, 60)], 0);
        assert_eq!(two, Presence { baseline: 160, present: 153, reported: 2, missing: 1 });
        assert_eq!(two.cut().percent().unwrap(), "4.38");
        // One that is exempt counts nowhere: neither as reported nor as missing.
        assert_eq!(found(&[(1, 93), (2, 60)], 2), Presence { baseline: 100, present: 93, reported: 1, missing: 1 });
        assert_eq!(found(&[(1, 93)], 2), Presence { baseline: 100, present: 93, reported: 1, missing: 1 });
        // Staff of a unit without a baseline are staff all the same.
        assert_eq!(found(&[(1, 93), (9, 2)], 0), Presence { baseline: 100, present: 95, reported: 2, missing: 2 });
        assert_eq!(found(&[], 0).cut().percent(), None);
    }

    #[test]
    fn exempt_units_count_on_neither_side_from_the_day() {
        let units = [unit(1, Some(100), &[], &[("2026-06-01", 90)])];
        let turns = BTreeSet::from([day("2027-01-01")]);
        let figures = figures(&units, day("2025-12-31"), &turns, |_, on| on >= day("2027-01-01"));
        let of = |measure: &str| -> Vec<(String, i64)> {
            figures.iter().filter(|row| row.1 == measure).map(|row| (row.2.to_string(), row.3)).collect()
        };
        let expected =
            |list: &[(&str, i64)]| list.iter().map(|(on, posts)| ((*on).to_owned(), *posts)).collect::<Vec<_>>();
        assert_eq!(of("STAFFING.QUOTA_NSNN"), expected(&[("2025-12-31", 100), ("2026-06-01", 90), ("2027-01-01", 0)]));
        assert_eq!(of("STAFFING.BASELINE_NSNN"), expected(&[("2025-12-31", 100), ("2027-01-01", 0)]));
    }

    proptest! {
        #[test]
        fn changes_add_up_to_the_difference(
            rows in prop::collection::vec((prop::option::of(0..300_i64), prop::collection::btree_map(0..900_u64, -20..20_i64, 0..5), prop::collection::btree_map(0..900_u64, 0..300_i64, 0..5)), 1..8),
            from in 0..900_u64, length in 0..900_u64,
        ) {
            let start = day("2026-01-01");
            let at = |offset: u64| start + chrono::Days::new(offset);
            let units: Vec<Unit> = rows.into_iter().enumerate().map(|(number, (baseline, perimeter, quotas))| Unit {
                organisation_id: Uuid::from_u128(number as u128),
                baseline,
                perimeter: perimeter.into_iter().map(|(on, posts)| (at(on), posts)).collect(),
                quotas: quotas.into_iter().map(|(on, posts)| (at(on), posts)).collect(),
            }).collect();
            let (from, to) = (at(from), at(from + length));
            let sum = |on: NaiveDate| units.iter().fold(Standing::default(), |mut sum, unit| { sum.add(unit.on(on)); sum });
            let explained = changes(&units, from, to);
            prop_assert_eq!(sum(from).quota + explained.iter().map(|one| one.quota).sum::<i64>(), sum(to).quota);
            prop_assert_eq!(sum(from).baseline + explained.iter().map(|one| one.baseline).sum::<i64>(), sum(to).baseline);
        }

        #[test]
        fn the_mean_of_equal_rates_is_the_rate(numerator in 0..1_000_i64, denominator in 1..1_000_i64, count in 1..30_usize) {
            let rate = Ratio { numerator, denominator };
            prop_assert_eq!(simple_mean(&vec![rate; count]), rate.percent());
        }
    }
}
