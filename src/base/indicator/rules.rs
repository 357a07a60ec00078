//! The arithmetic of measures and indicators: exact, and pure.
//!
//! Roll-up over time follows a measure's additivity and over the organisation tree adds up the parts; a
//! rate is always recomputed from summed parts, never averaged (domain facts 13.10). A comparison with a
//! target uses the exact fraction, never the rounded display value (13.4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use kernel::form::Additivity;
use kernel::period::Period;
use kernel::period::cover::{Cover, cover};
use kernel::text_enum::text_enum;

text_enum! {
    /// How a figure is compared with its target (so sánh).
    pub enum Comparator {
        /// At least.
        Gte = "GTE",
        /// Exactly.
        Eq = "EQ",
        /// At most.
        Lte = "LTE",
    }
}

text_enum! {
    /// Whether a target is met (tình trạng chỉ tiêu).
    pub enum TargetStatus {
        /// Met (đạt).
        Achieved = "ACHIEVED",
        /// Due, and not met (không đạt).
        NotAchieved = "NOT_ACHIEVED",
        /// Nothing to compare: no accepted figures, or a denominator of zero (chưa có số liệu).
        NoData = "NO_DATA",
        /// Not met, and not due yet (chưa đến hạn).
        NotDue = "NOT_DUE",
        /// No target to compare with (không có chỉ tiêu).
        NoTarget = "NO_TARGET",
    }
}

/// A rate as its exact parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    /// Numerator.
    pub numerator: i64,
    /// Denominator; zero means that there is no rate.
    pub denominator: i64,
}

impl Ratio {
    /// Numerator / denominator x 100 with two decimals, rounded half up (away from zero below it), as
    /// reports print it; none when the denominator is zero.
    pub fn percent(self) -> Option<String> {
        if self.denominator == 0 {
            return None;
        }
        let numerator = i128::from(self.numerator) * 10_000;
        let denominator = i128::from(self.denominator);
        let negative = (numerator < 0) != (denominator < 0) && numerator != 0;
        let (numerator, denominator) = (numerator.abs(), denominator.abs());
        let hundredths = (2 * numerator + denominator) / (2 * denominator);
        let sign = if negative && hundredths != 0 { "-" } else { "" };
        Some(format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100))
    }

    /// Whether the exact rate stands to a percentage in hundredths (85 % is 8500) as the comparator asks;
    /// none when the denominator is zero.
    pub fn meets(self, comparator: Comparator, hundredths: i64) -> Option<bool> {
        if self.denominator == 0 {
            return None;
        }
        // numerator / denominator * 10,000 against hundredths, without dividing.
        let sign = i128::from(self.denominator.signum());
        let left = i128::from(self.numerator) * 10_000 * sign;
        let right = i128::from(hundredths) * i128::from(self.denominator) * sign;
        Some(match comparator {
            Comparator::Gte => left >= right,
            Comparator::Eq => left == right,
            Comparator::Lte => left <= right,
        })
    }
}

/// A number of hundredths as a decimal with two places: 8500 is `85.00`.
pub fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:02}", value / 100, value % 100)
}

/// A target as far as its status depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetLine {
    /// How to compare.
    pub comparator: Comparator,
    /// With what, in hundredths.
    pub value_hundredths: i64,
    /// When it must be met.
    pub due: NaiveDate,
}

/// The status of a target for a figure. A target that is met is achieved, whenever; one that is not met
/// is counted as missed only when the figure's period reaches its due day.
pub fn status(ratio: Option<Ratio>, target: Option<TargetLine>, period_end: NaiveDate) -> TargetStatus {
    let Some(ratio) = ratio.filter(|ratio| ratio.denominator != 0) else { return TargetStatus::NoData };
    let Some(target) = target else { return TargetStatus::NoTarget };
    match ratio.meets(target.comparator, target.value_hundredths) {
        None => TargetStatus::NoData,
        Some(true) => TargetStatus::Achieved,
        Some(false) if period_end >= target.due => TargetStatus::NotAchieved,
        Some(false) => TargetStatus::NotDue,
    }
}

/// A figure of one organisation for one period, as the roll-up takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Whose.
    pub organisation_id: Uuid,
    /// First day of its period.
    pub start: NaiveDate,
    /// Last day of its period; for a register's figure the day from which it holds.
    pub end: NaiveDate,
    /// The year that its period is named after: January 2027 is of 2027, and the 13th period of 2026.
    pub year: i32,
    /// The figure.
    pub value: i64,
}

/// A measure over a period and a set of organisations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RolledUp {
    /// The sum of the parts; none where no part is known.
    pub value: Option<i64>,
    /// Parts that are missing although the organisation has others in the period.
    pub missing: u32,
}

/// Rolls the figures of submissions up: for each organisation over time, then over the organisations.
/// Figures outside the period are passed over. Overflow gives no value rather than a wrong one. `there` says whether
/// an organisation exists in a part: what it could not give is not missing.
pub fn roll_up_forms(
    additivity: Additivity,
    period: &Period,
    figures: &[Figure],
    there: impl Fn(Uuid, &Period) -> bool,
) -> RolledUp {
    let mut by_organisation: BTreeMap<Uuid, BTreeMap<(NaiveDate, NaiveDate), i64>> = BTreeMap::new();
    for figure in figures {
        if period.year == figure.year && period.start <= figure.start && figure.end <= period.end {
            by_organisation.entry(figure.organisation_id).or_default().insert((figure.start, figure.end), figure.value);
        }
    }
    let mut total = RolledUp::default();
    let mut values = Vec::with_capacity(by_organisation.len());
    for (organisation_id, known) in &by_organisation {
        // A part counts as missing only beside one that is there: whoever has nothing does not stand here.
        let Cover { chosen, missing } = cover(period, known);
        let missing = missing.iter().filter(|part| there(*organisation_id, part)).count();
        total.missing += u32::try_from(missing).unwrap_or(u32::MAX);
        let value = match additivity {
            Additivity::Flow => chosen.iter().try_fold(0_i64, |sum, value| sum.checked_add(*value)),
            Additivity::Stock | Additivity::Cumulative => chosen.last().copied(),
            Additivity::Opening => chosen.first().copied(),
        };
        match value {
            Some(value) => values.push(value),
            // Of what overflows nothing is left to add to.
            None if !chosen.is_empty() => return RolledUp { value: None, ..total },
            None => {}
        }
    }
    total.value = sum(&values);
    total
}

/// The sum; none of nothing, and none where it overflows.
fn sum(values: &[i64]) -> Option<i64> {
    let (first, rest) = values.split_first()?;
    rest.iter().try_fold(*first, |sum, value| sum.checked_add(*value))
}

/// The figures of one organisation by the first and last day of their periods.
type ByDays = BTreeMap<(NaiveDate, NaiveDate), i64>;

/// Of each organisation what it has of the period's year by the period's end.
fn of_year(period: &Period, figures: &[Figure]) -> BTreeMap<Uuid, ByDays> {
    let mut found: BTreeMap<Uuid, ByDays> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| figure.year == period.year && figure.end <= period.end) {
        found.entry(figure.organisation_id).or_default().insert((figure.start, figure.end), figure.value);
    }
    found
}

fn last_of(days: &ByDays) -> Option<i64> {
    days.iter().max_by_key(|((start, end), _)| (*end, *start)).map(|(_, value)| *value)
}

/// Rolls up what accumulates in a year: for each organisation the last figure of the period's year by the period's
/// end, then the sum. Who has given one before the period and none in it stands with that one and is missing, as is each
/// of `owing` that has given none at all. Where some owe, whoever does not and has nothing is not missing. `there` says
/// whether an organisation exists in a part.
pub fn roll_up_cumulative(
    period: &Period,
    figures: &[Figure],
    owing: &BTreeSet<Uuid>,
    there: impl Fn(Uuid, &Period) -> bool,
) -> RolledUp {
    let known = of_year(period, figures);
    let missing_whole = |id: Uuid| usize::from(there(id, period));
    let mut missing: usize = owing.iter().filter(|id| !known.contains_key(id)).map(|id| missing_whole(*id)).sum();
    let mut lasts = Vec::with_capacity(known.len());
    for (organisation_id, days) in &known {
        let inside: ByDays =
            days.range((period.start, NaiveDate::MIN)..).map(|(days, value)| (*days, *value)).collect();
        let (last, gaps) = if inside.is_empty() {
            (last_of(days), missing_whole(*organisation_id))
        } else {
            let found = cover(period, &inside);
            let gaps = found.missing.iter().filter(|part| there(*organisation_id, part)).count();
            (found.chosen.last().copied(), gaps)
        };
        if owing.is_empty() || owing.contains(organisation_id) || last.is_some_and(|last| last != 0) {
            missing += gaps;
        }
        lasts.extend(last);
    }
    RolledUp { value: sum(&lasts), missing: u32::try_from(missing).unwrap_or(u32::MAX) }
}

/// The organisations whose last figure of the period's year by the period's end is not 0.
pub fn with_some(period: &Period, figures: &[Figure]) -> BTreeSet<Uuid> {
    let some = |days: &ByDays| last_of(days).is_some_and(|value| value != 0);
    of_year(period, figures).into_iter().filter(|(_, days)| some(days)).map(|(id, _)| id).collect()
}

/// Rolls the figures of a register up: for each organisation the last that holds by the end of the
/// period, then the sum.
pub fn roll_up_register(period: &Period, figures: &[Figure]) -> RolledUp {
    let mut last: BTreeMap<Uuid, (NaiveDate, i64)> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| figure.end <= period.end) {
        let entry = last.entry(figure.organisation_id).or_insert((figure.end, figure.value));
        if figure.end >= entry.0 {
            *entry = (figure.end, figure.value);
        }
    }
    if last.is_empty() {
        return RolledUp::default();
    }
    RolledUp { value: last.values().try_fold(0_i64, |sum, (_, value)| sum.checked_add(*value)), missing: 0 }
}

/// A term of a formula: a rolled-up measure and its coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The measure.
    pub measure: RolledUp,
    /// What it is multiplied by.
    pub coefficient: i64,
}

/// Adds the terms of one side of a formula; none where a measure is unknown or the sum overflows.
pub fn side(terms: &[Term]) -> Option<i64> {
    if terms.is_empty() {
        return None;
    }
    terms.iter().try_fold(0_i64, |sum, term| sum.checked_add(term.measure.value?.checked_mul(term.coefficient)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use kernel::period::{Calendar, PeriodKind};

    fn percent(numerator: i64, denominator: i64) -> String {
        Ratio { numerator, denominator }.percent().unwrap()
    }

    fn meets(numerator: i64, denominator: i64, hundredths: i64) -> bool {
        Ratio { numerator, denominator }.meets(Comparator::Gte, hundredths).unwrap()
    }

    #[test]
    fn the_worked_rates() {
        // Domain facts 13.2, 13.4, 13.5, 13.6.
        assert_eq!(percent(910, 920), "98.91");
        assert_eq!(percent(1000 - 15, 1000), "98.50");
        assert_eq!(percent(75 + 910, 950), "103.68");
        assert_eq!(percent(820, 950), "86.32");
        assert_eq!(percent(820, 1000), "82.00");
        assert_eq!(percent(570, 600), "95.00");
        assert_eq!(percent(569, 599), "94.99");
        assert_eq!(percent(80, 90), "88.89");
        assert_eq!(percent(252, 480), "52.50");
        assert_eq!(percent(252, 520), "48.46");
        assert_eq!(percent(210 - 219, 210), "-4.29");
        assert_eq!(percent(-1, 1_000_000), "0.00");
        assert_eq!(Ratio { numerator: 0, denominator: 0 }.percent(), None);
    }

    #[test]
    fn targets_are_compared_exactly() {
        assert!(meets(820, 950, 8500));
        assert!(!meets(820, 1000, 8500));
        assert!(meets(570, 600, 9500));
        assert!(!meets(569, 599, 9500));
        // 94.995 % is displayed as 95.00 and is below 95 all the same.
        assert_eq!(percent(189_990, 200_000), "95.00");
        assert!(!meets(189_990, 200_000, 9500));
        assert!(meets(252, 480, 5000));
        assert!(!meets(252, 520, 5000));
        assert_eq!(Ratio { numerator: 5, denominator: 0 }.meets(Comparator::Eq, 100), None);
        assert!(meets(i64::MAX, i64::MAX, 10_000));
    }

    #[test]
    fn a_target_is_missed_only_when_it_is_due() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let target = Some(TargetLine { comparator: Comparator::Gte, value_hundredths: 8500, due: day(2030, 12, 31) });
        let ratio = |numerator| Some(Ratio { numerator, denominator: 100 });
        assert_eq!(status(ratio(85), target, day(2026, 3, 14)), TargetStatus::Achieved);
        assert_eq!(status(ratio(84), target, day(2026, 3, 14)), TargetStatus::NotDue);
        assert_eq!(status(ratio(84), target, day(2030, 12, 31)), TargetStatus::NotAchieved);
        assert_eq!(status(ratio(84), None, day(2026, 3, 14)), TargetStatus::NoTarget);
        assert_eq!(status(None, target, day(2026, 3, 14)), TargetStatus::NoData);
        assert_eq!(
            status(Some(Ratio { numerator: 0, denominator: 0 }), target, day(2026, 3, 14)),
            TargetStatus::NoData
        );
    }

    fn period(code: &str) -> Period {
        Period::parse(Calendar::Nd09, code).unwrap()
    }

    fn figure(organisation: u128, code: &str, value: i64) -> Figure {
        let period = period(code);
        let Period { start, end, year, .. } = period;
        Figure { organisation_id: Uuid::from_u128(organisation), start, end, year, value }
    }

    fn always(_: Uuid, _: &Period) -> bool {
        true
    }

    #[test]
    fn what_an_organisation_could_not_give_is_not_missing() {
        let figures = [figure(1, "2026-Q1", 10), figure(2, "2026-Q1", 5)];
        let last = period("2026-Q2").start;
        let there = |id: Uuid, part: &Period| id != Uuid::from_u128(1) || part.start < last;
        let year = roll_up_forms(Additivity::Flow, &period("2026"), &figures, there);
        // Of the second: Q2 and the second half; of the first, who ended before Q2, nothing.
        assert_eq!(year, RolledUp { value: Some(15), missing: 2 });
    }

    #[test]
    fn quarters_make_a_year_as_the_measure_adds() {
        let figures =
            [figure(1, "2026-Q1", 10), figure(1, "2026-Q2", 20), figure(1, "2026-Q3", 30), figure(1, "2026-Q4", 40)];
        let year = |additivity| roll_up_forms(additivity, &period("2026"), &figures, always);
        assert_eq!(year(Additivity::Flow), RolledUp { value: Some(100), missing: 0 });
        assert_eq!(year(Additivity::Stock), RolledUp { value: Some(40), missing: 0 });
        assert_eq!(year(Additivity::Opening), RolledUp { value: Some(10), missing: 0 });
    }

    #[test]
    fn a_quarters_own_figure_goes_before_its_months() {
        let figures =
            [figure(1, "2026-Q1", 100), figure(1, "2026-M01", 1), figure(1, "2026-M04", 7), figure(2, "2026-Q1", 5)];
        let flow = |code| roll_up_forms(Additivity::Flow, &period(code), &figures, always);
        assert_eq!(flow("2026-Q1"), RolledUp { value: Some(105), missing: 0 });
        assert_eq!(flow("2026-Q2"), RolledUp { value: Some(7), missing: 2 });
        assert_eq!(flow("2026-H1"), RolledUp { value: Some(112), missing: 3 });
        assert_eq!(flow("2026-Q3"), RolledUp { value: None, missing: 0 });
    }

    #[test]
    fn what_accumulates_stands_until_the_next_and_who_owes_is_missing() {
        let budget = |code: &str| Period::parse(Calendar::BudgetYear, code).unwrap();
        let figure = |organisation: u128, code: &str, value| {
            let Period { start, end, year, .. } = budget(code);
            Figure { organisation_id: Uuid::from_u128(organisation), start, end, year, value }
        };
        let figures = [
            figure(1, "2026-M01", 10),
            figure(1, "2026-M03", 30),
            figure(2, "2026-M03", 5),
            figure(1, "2027-M01", 1),
            figure(1, "2026-M13", 99),
        ];
        let owing = BTreeSet::from([1, 2, 3].map(Uuid::from_u128));
        let of = |code| {
            let found = roll_up_cumulative(&budget(code), &figures, &owing, always);
            (found.value, found.missing)
        };
        assert_eq!(of("2026-M01"), (Some(10), 2));
        assert_eq!(of("2026-M02"), (Some(10), 3));
        assert_eq!(of("2026-M03"), (Some(35), 1));
        assert_eq!(of("2026-Q1"), (Some(35), 4));
        assert_eq!(of("2026-M12"), (Some(35), 3));
        // January of the next year is two periods at once, and of two years.
        assert_eq!((of("2026-M13"), of("2027-M01")), ((Some(104), 2), (Some(1), 2)));
        assert_eq!(of("2025-M12"), (None, 3));
        let none = roll_up_cumulative(&budget("2026-M02"), &figures, &owing, |id, _| id != Uuid::from_u128(3));
        assert_eq!(none.missing, 2);
        let flow = |code: &str| roll_up_forms(Additivity::Stock, &budget(code), &figures, always).value;
        assert_eq!((flow("2026-M13"), flow("2027-M01")), (Some(99), Some(1)));
        assert_eq!(with_some(&budget("2026-M02"), &figures), BTreeSet::from([Uuid::from_u128(1)]));
    }

    #[test]
    fn a_registers_figure_holds_from_its_day() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let at = |organisation, end, value| Figure {
            organisation_id: Uuid::from_u128(organisation),
            start: end,
            end,
            year: 2026,
            value,
        };
        let figures = [at(1, day(1, 1), 40), at(1, day(5, 1), 39), at(2, day(2, 1), 3)];
        assert_eq!(roll_up_register(&period("2026-Q1"), &figures).value, Some(43));
        assert_eq!(roll_up_register(&period("2026-Q2"), &figures).value, Some(42));
        assert_eq!(roll_up_register(&period("2025-Q4"), &figures).value, None);
    }

    #[test]
    fn what_overflows_has_no_value() {
        let figures = [figure(1, "2026-Q1", i64::MAX), figure(2, "2026-Q1", 1), figure(3, "2026-Q1", 2)];
        let flow = roll_up_forms(Additivity::Flow, &period("2026-Q1"), &figures, always);
        assert_eq!(flow.value, None);
        let cumulative = roll_up_cumulative(&period("2026-Q1"), &figures, &BTreeSet::new(), always);
        assert_eq!(cumulative.value, None);
        let twice = [figure(1, "2026-M01", i64::MAX), figure(1, "2026-M02", 1), figure(2, "2026-M01", 1)];
        assert_eq!(roll_up_forms(Additivity::Flow, &period("2026-Q1"), &twice, always).value, None);
    }

    proptest! {
        #[test]
        fn a_flow_is_the_same_whichever_way_it_is_summed(values in prop::collection::vec(0_i64..1_000_000, 24)) {
            // Two organisations, twelve months each.
            let figures: Vec<Figure> = values.iter().enumerate().map(|(index, value)| {
                let month = Period::generate(Calendar::Nd09, PeriodKind::Month, 2026, index as u32 % 12 + 1).unwrap();
                Figure { organisation_id: Uuid::from_u128(index as u128 / 12), start: month.start, end: month.end, year: month.year, value: *value }
            }).collect();
            let of = |code: &str| roll_up_forms(Additivity::Flow, &period(code), &figures, always).value.unwrap();
            prop_assert_eq!(of("2026"), values.iter().sum::<i64>());
            prop_assert_eq!(of("2026"), of("2026-H1") + of("2026-H2"));
            prop_assert_eq!(of("2026-9M"), of("2026-Q1") + of("2026-Q2") + of("2026-Q3"));
        }

        #[test]
        fn the_printed_rate_is_the_nearest_hundredth(numerator in -1_000_000_i64..1_000_000, denominator in 1_i64..1_000_000) {
            let printed: f64 = Ratio { numerator, denominator }.percent().unwrap().parse().unwrap();
            let exact = numerator as f64 / denominator as f64 * 100.0;
            prop_assert!((printed - exact).abs() <= 0.005 + 1e-6);
        }
    }
}
