//! Where an indicator comes to at the pace so far (dự báo): a straight line through the first and the latest figure, in
//! exact fractions. A line is no promise; it says whether the pace suffices.

use chrono::{Days, NaiveDate};

use super::rules::{Comparator, Ratio, TargetLine};

/// A figure on the last day of its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The last day.
    pub on: NaiveDate,
    /// The figure; its denominator is not 0.
    pub ratio: Ratio,
}

/// What the line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// The rate on the day on which the target is due. It may be below 0 or above 100 %: the line is carried on as it is.
    pub at_due: Ratio,
    /// The first day on which the line reaches the target; the day of the latest figure where that meets it. None where
    /// the pace never leads there, or only after more than a hundred years.
    pub met_on: Option<NaiveDate>,
}

const FARTHEST: i128 = 36_500;

/// An exact fraction with a denominator above 0.
#[derive(Clone, Copy)]
struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    fn of(above: i128, below: i128) -> Option<Fraction> {
        if below == 0 {
            return None;
        }
        let (above, below) = if below < 0 { (above.checked_neg()?, below.checked_neg()?) } else { (above, below) };
        let divisor = divisor(above, below);
        Some(Fraction { above: above / divisor, below: below / divisor })
    }

    fn plus(self, other: Fraction) -> Option<Fraction> {
        let above = self.above.checked_mul(other.below)?.checked_add(other.above.checked_mul(self.below)?)?;
        Fraction::of(above, self.below.checked_mul(other.below)?)
    }

    fn minus(self, other: Fraction) -> Option<Fraction> {
        self.plus(Fraction { above: other.above.checked_neg()?, below: other.below })
    }

    fn times(self, factor: i128) -> Option<Fraction> {
        Fraction::of(self.above.checked_mul(factor)?, self.below)
    }

    fn over(self, other: Fraction) -> Option<Fraction> {
        Fraction::of(self.above.checked_mul(other.below)?, self.below.checked_mul(other.above)?)
    }

    /// The least whole number that is not below it.
    fn ceiling(self) -> i128 {
        self.above.div_euclid(self.below) + i128::from(self.above.rem_euclid(self.below) != 0)
    }
}

/// The greatest common divisor; 1 for 0 and 1.
fn divisor(one: i128, other: i128) -> i128 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one.max(1)
}

/// Carries the pace between two figures on. None where they are of the same day or out of order, where either has no
/// rate, where the target was due before the latest of them, and where the numbers outgrow what is reckoned with.
pub fn forecast(first: Point, latest: Point, target: TargetLine) -> Option<Forecast> {
    let days = |from: NaiveDate, to: NaiveDate| i128::from((to - from).num_days());
    let (span, left) = (days(first.on, latest.on), days(latest.on, target.due));
    if span <= 0 || left < 0 {
        return None;
    }
    let rate = |point: Point| Fraction::of(point.ratio.numerator.into(), point.ratio.denominator.into());
    let (before, now) = (rate(first)?, rate(latest)?);
    let pace = now.minus(before)?.over(Fraction { above: span, below: 1 })?;
    let at_due = now.plus(pace.times(left)?)?;
    let at_due = Ratio { numerator: i64::try_from(at_due.above).ok()?, denominator: i64::try_from(at_due.below).ok()? };
    let goal = Fraction::of(target.value_hundredths.into(), 10_000)?;
    let missing = goal.minus(now)?;
    let met = latest.ratio.meets(target.comparator, target.value_hundredths)?;
    // A target that asks for a value exactly is reached from either side.
    let leads = match target.comparator {
        Comparator::Gte => pace.above > 0,
        Comparator::Lte => pace.above < 0,
        Comparator::Eq => pace.above.signum() * missing.above.signum() > 0,
    };
    let met_on = match (met, leads) {
        (true, _) => Some(latest.on),
        (false, false) => None,
        (false, true) => {
            let ahead = missing.over(pace)?.ceiling();
            let ahead = (ahead <= FARTHEST).then(|| u64::try_from(ahead).ok()).flatten();
            ahead.and_then(|ahead| latest.on.checked_add_days(Days::new(ahead)))
        }
    };
    Some(Forecast { at_due, met_on })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn point(on: &str, numerator: i64, denominator: i64) -> Point {
        Point { on: day(on), ratio: Ratio { numerator, denominator } }
    }

    fn line(comparator: Comparator, value_hundredths: i64, due: &str) -> TargetLine {
        TargetLine { comparator, value_hundredths, due: day(due) }
    }

    fn told(first: Point, latest: Point, target: TargetLine) -> Option<(String, Option<NaiveDate>)> {
        forecast(first, latest, target).map(|found| (found.at_due.percent().unwrap(), found.met_on))
    }

    #[test]
    fn a_straight_line_leads_to_the_target() {
        // From 40 % to 60 % in 100 days: 1 % in 5 days.
        let (first, latest) = (point("2026-01-01", 40, 100), point("2026-04-11", 120, 200));
        let at_least = line(Comparator::Gte, 8500, "2026-07-20");
        assert_eq!(told(first, latest, at_least), Some(("80.00".to_owned(), Some(day("2026-08-14")))));
        // 85.01 % takes a day more: the first day on which it is reached.
        let a_bit_more = line(Comparator::Gte, 8501, "2026-07-20");
        assert_eq!(told(first, latest, a_bit_more).unwrap().1, Some(day("2026-08-15")));
        let exactly = line(Comparator::Eq, 10_000, "2026-12-31");
        assert_eq!(told(first, latest, exactly), Some(("112.80".to_owned(), Some(day("2026-10-28")))));
        // Met already, whatever the pace.
        assert_eq!(
            told(latest, point("2026-05-01", 50, 100), line(Comparator::Gte, 5000, "2026-12-31")).unwrap().1,
            Some(day("2026-05-01"))
        );
    }

    #[test]
    fn a_pace_that_does_not_lead_there_has_no_day() {
        let (high, low) = (point("2026-01-01", 60, 100), point("2026-04-11", 40, 100));
        let target = |comparator, value| line(comparator, value, "2026-07-20");
        assert_eq!(told(high, low, target(Comparator::Gte, 8500)), Some(("20.00".to_owned(), None)));
        assert_eq!(told(high, low, target(Comparator::Eq, 10_000)).unwrap().1, None);
        assert_eq!(told(high, low, target(Comparator::Lte, 2000)).unwrap().1, Some(day("2026-07-20")));
        assert_eq!(told(high, low, target(Comparator::Eq, 2000)).unwrap().1, Some(day("2026-07-20")));
        let still = point("2026-04-11", 30, 50);
        assert_eq!(told(high, still, target(Comparator::Gte, 8500)), Some(("60.00".to_owned(), None)));
        // So slow that nobody waits for it.
        let crawl = point("2026-04-11", 600_001, 1_000_000);
        assert_eq!(told(high, crawl, target(Comparator::Gte, 8500)).unwrap().1, None);
    }

    #[test]
    fn what_can_not_be_carried_on_is_none() {
        let (first, latest) = (point("2026-01-01", 40, 100), point("2026-04-11", 60, 100));
        let target = line(Comparator::Gte, 8500, "2026-07-20");
        assert_eq!(forecast(first, first, target), None);
        assert_eq!(forecast(latest, first, target), None);
        assert_eq!(forecast(first, latest, TargetLine { due: day("2026-04-10"), ..target }), None);
        assert_eq!(forecast(point("2026-01-01", 0, 0), latest, target), None);
        // Due on the day of the latest figure: it is what it is.
        let now = told(first, latest, TargetLine { due: day("2026-04-11"), ..target }).unwrap();
        assert_eq!(now.0, "60.00");
    }

    proptest! {
        #[test]
        fn on_the_day_it_is_met_it_is_met_and_not_before(
            first in 0_i64..5_000, second in 0_i64..5_000, below in 1_i64..5_000, span in 1_u64..2_000, value in 0_i64..12_000,
        ) {
            let start = day("2026-01-01");
            let latest = Point { on: start + Days::new(span), ratio: Ratio { numerator: second, denominator: below } };
            let first = Point { on: start, ratio: Ratio { numerator: first, denominator: below } };
            let on = |due: NaiveDate| forecast(first, latest, TargetLine { comparator: Comparator::Gte, value_hundredths: value, due }).unwrap();
            if let Some(met) = on(latest.on).met_on {
                prop_assert!(on(met).at_due.meets(Comparator::Gte, value).unwrap());
                if met > latest.on {
                    prop_assert!(!on(met - Days::new(1)).at_due.meets(Comparator::Gte, value).unwrap());
                }
            }
        }
    }
}
