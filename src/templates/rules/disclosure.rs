//! Which sums of a confidential form are shown to those outside, as a pure function.
//!
//! A number is small when it is above 0 and below a threshold. Of one period only sums over all units are shown, and
//! only those from which no small number follows by a subtraction that somebody can make. What he can come by is a
//! [`World`]:
//!
//! - the sums themselves;
//! - the sums without one unit, for whoever knows that unit's numbers: its own people;
//! - the difference that another edition of a unit's form made, for whoever looked before and after;
//! - the numbers of one unit alone, where a period beside this one is shown without it, or with it and this one not.
//!
//! In each of them a number that is shown is 0 or not small. The cells of a breakdown add up to a whole that is known,
//! so that a cell is never suppressed alone: more follow, the least first, until those suppressed could each be
//! anything from 1 up to the threshold, as far as their sum tells; where that can't be, the whole breakdown is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cells, number};
use crate::definition::{Check, Place, Template};

/// How many units must have reported: with fewer, one unit's people could tell what another's form says.
pub const FEWEST_REPORTERS: usize = 3;

/// What a unit reported for a period.
#[derive(Debug, Clone, Default)]
pub struct Reporter {
    /// What counts.
    pub cells: Cells,
    /// What counted before: its earlier accepted editions for the same period.
    pub earlier: Vec<Cells>,
    /// Whether it can be told apart: a period beside this one is shown without it, or it came without owing the form.
    pub alone: bool,
}

/// What all units reported for a period.
#[derive(Debug, Clone, Default)]
pub struct Reports {
    /// Who reported.
    pub reporters: Vec<Reporter>,
    /// Who did not, although a period beside this one is shown with what it reported then.
    pub gone: Vec<Cells>,
}

/// Which sums may be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disclosed {
    cells: BTreeSet<Place>,
    whole: BTreeSet<Place>,
}

impl Disclosed {
    /// Whether the sum of a cell may be shown.
    pub fn shows(&self, place: Place) -> bool {
        self.cells.contains(&place)
    }

    /// Whether the sum of some cells may be shown: each of them may, or they are the whole that breakdowns add up to.
    pub fn shows_sum(&self, places: &[Place]) -> bool {
        let wanted: BTreeSet<Place> = places.iter().copied().collect();
        !wanted.is_empty() && (wanted.is_subset(&self.cells) || wanted == self.whole)
    }
}

/// Numbers that somebody can come by.
type World = BTreeMap<Place, i64>;

fn sum_in(world: &World, places: &BTreeSet<Place>) -> i64 {
    places.iter().filter_map(|place| world.get(place)).sum()
}

/// Judges numbers by the threshold.
struct Judge<'a> {
    threshold: i64,
    total: &'a World,
    others: &'a [World],
}

impl Judge<'_> {
    fn is_safe(&self, number: i64) -> bool {
        number == 0 || number.abs() >= self.threshold
    }

    /// Whether the sum of some cells is safe in every world.
    fn safe_everywhere(&self, places: &BTreeSet<Place>) -> bool {
        std::iter::once(self.total).chain(self.others).all(|world| self.is_safe(sum_in(world, places)))
    }

    /// Whether nothing small follows from the sum of suppressed cells, which their whole and the other cells give.
    fn guard_each_other(&self, suppressed: &BTreeSet<Place>) -> bool {
        // What is suppressed is above 0, as a rule: as far as the sum tells, each of them is at most what is left
        // when the others are 1.
        let cells = i64::try_from(suppressed.len()).unwrap_or(i64::MAX);
        let most = sum_in(self.total, suppressed).saturating_sub(cells.saturating_sub(1));
        cells >= 2 && most >= self.threshold && self.safe_everywhere(suppressed)
    }

    /// The cells of a breakdown that are suppressed.
    fn suppressed(&self, breakdown: &BTreeSet<Place>) -> BTreeSet<Place> {
        let mut suppressed: BTreeSet<Place> =
            breakdown.iter().copied().filter(|place| !self.safe_everywhere(&BTreeSet::from([*place]))).collect();
        if suppressed.is_empty() {
            return suppressed;
        }
        let value = |place: &Place| self.total.get(place).copied().unwrap_or(0);
        let mut rest: Vec<Place> =
            breakdown.iter().copied().filter(|place| !suppressed.contains(place) && value(place) != 0).collect();
        rest.sort_by_key(value);
        let mut rest = rest.into_iter();
        while !self.guard_each_other(&suppressed) {
            match rest.next() {
                Some(place) => suppressed.insert(place),
                // Zeros too: then nothing tells how many are not.
                None => return breakdown.clone(),
            };
        }
        suppressed
    }
}

/// Which sums of a form may be shown to those outside.
pub fn disclose(template: &Template, threshold: i64, reports: &Reports) -> Disclosed {
    let Some(whole) = template.whole() else { return Disclosed::default() };
    if reports.reporters.len() < FEWEST_REPORTERS {
        return Disclosed::default();
    }
    let whole: BTreeSet<Place> = template.selected(whole).into_iter().collect();
    let numbers: Vec<Place> = template
        .places()
        .filter(|place| template.at(*place).is_some_and(|(_, _, field)| field.additivity.is_some()))
        .collect();
    let total = world(&numbers, |place| {
        reports.reporters.iter().map(|one| number(&one.cells, place)).fold(0, i64::saturating_add)
    });
    let others = others(&numbers, &total, reports);
    let judge = Judge { threshold, total: &total, others: &others };
    if !judge.safe_everywhere(&whole) {
        return Disclosed::default();
    }
    let mut cells: BTreeSet<Place> = numbers.iter().copied().collect();
    let mut breakdowns = vec![whole.clone()];
    for check in &template.checks {
        if let Check::RowsEqual { part, .. } = check {
            breakdowns.push(template.selected(part).into_iter().collect());
        }
    }
    let broken_down: BTreeSet<Place> = breakdowns.iter().flatten().copied().collect();
    for breakdown in &breakdowns {
        let suppressed = judge.suppressed(breakdown);
        cells.retain(|place| !suppressed.contains(place));
    }
    cells.retain(|place| broken_down.contains(place) || judge.safe_everywhere(&BTreeSet::from([*place])));
    for (index, table) in template.tables.iter().enumerate() {
        let restated = table.restates.as_deref().and_then(|code| template.table(code));
        let Some((restated, _)) = restated else { continue };
        if broken_down.iter().any(|place| place.table == restated && !cells.contains(place)) {
            cells.retain(|place| place.table != index);
        }
    }
    Disclosed { cells, whole }
}

fn world(numbers: &[Place], of: impl Fn(Place) -> i64) -> World {
    numbers.iter().map(|place| (*place, of(*place))).collect()
}

/// What somebody can come by beside the sums themselves.
fn others(numbers: &[Place], total: &World, reports: &Reports) -> Vec<World> {
    let mut found = Vec::new();
    for one in &reports.reporters {
        let all = |place: &Place| total.get(place).copied().unwrap_or(0);
        found.push(world(numbers, |place| all(&place).saturating_sub(number(&one.cells, place))));
        // Any two editions: which of them somebody saw counted is not known here.
        let editions: Vec<&Cells> = one.earlier.iter().chain([&one.cells]).collect();
        for (index, later) in editions.iter().enumerate() {
            for before in editions.iter().take(index) {
                found.push(world(numbers, |place| number(later, place).saturating_sub(number(before, place))));
            }
        }
        if one.alone {
            found.push(world(numbers, |place| number(&one.cells, place)));
        }
    }
    found.extend(reports.gone.iter().map(|cells| world(numbers, |place| number(cells, place))));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Content;
    use kernel::form::FormCode;

    const THRESHOLD: i64 = 5;

    fn headcount() -> &'static Template {
        crate::of(FormCode::Headcount).unwrap()
    }

    /// The cells of one table, row by row.
    fn table(code: &str, numbers: &[i64]) -> Cells {
        let (index, table) = headcount().table(code).unwrap();
        assert!(numbers.len() <= table.rows.len());
        let cells = numbers.iter().enumerate();
        cells.map(|(row, number)| (Place { table: index, row, field: 0 }, Content::Number(*number))).collect()
    }

    /// A unit's form: so many of the staff, all of them in the first rows, and what else is said.
    fn unit(staff: i64, tables: &[(&str, &[i64])]) -> Reporter {
        let template = headcount();
        let mut cells = table("PRESENT", &[0, staff]);
        for one in template.tables.iter().skip(2) {
            cells.extend(table(&one.code, &[staff]));
        }
        for (code, numbers) in tables {
            cells.extend(table(code, numbers));
        }
        Reporter { cells, ..Reporter::default() }
    }

    fn decided(reporters: Vec<Reporter>) -> Disclosed {
        disclose(headcount(), THRESHOLD, &Reports { reporters, gone: Vec::new() })
    }

    /// Which rows of a table are shown: `+` or `-` each.
    fn rows(disclosed: &Disclosed, code: &str) -> String {
        let (index, table) = headcount().table(code).unwrap();
        (0..table.rows.len())
            .map(|row| if disclosed.shows(Place { table: index, row, field: 0 }) { '+' } else { '-' })
            .collect()
    }

    fn staff_shown(disclosed: &Disclosed) -> bool {
        disclosed.shows_sum(&headcount().measured("HEADCOUNT.STAFF"))
    }

    #[test]
    fn what_is_large_everywhere_is_shown() {
        let of = |women, men| unit(women + men, &[("SEX", &[women, men])]);
        let found = decided(vec![of(10, 10), of(10, 10), of(10, 10)]);
        assert_eq!((rows(&found, "SEX").as_str(), staff_shown(&found)), ("++", true));
        assert!(found.shows_sum(&headcount().measured("HEADCOUNT.WOMEN")));
    }

    #[test]
    fn two_units_are_too_few() {
        assert_eq!(decided(vec![unit(50, &[]), unit(50, &[])]), Disclosed::default());
    }

    #[test]
    fn a_small_cell_takes_the_next_smallest_with_it() {
        let of = |bands: &'static [i64]| unit(bands.iter().sum(), &[("AGE_BAND", bands)]);
        let found = decided(vec![of(&[2, 20, 30, 10, 0]), of(&[1, 20, 30, 10, 0]), of(&[0, 20, 30, 10, 0])]);
        // 3, 60, 90, 30, 0: the zero is shown, and is no cover.
        assert_eq!(rows(&found, "AGE_BAND"), "-++-+");
        // Young staff would be the first two bands: shown, it would give the first away.
        assert_eq!(rows(&found, "YOUNG"), "--");
        assert!(!found.shows_sum(&headcount().measured("HEADCOUNT.YOUNG")));
        assert_eq!(rows(&found, "SEX"), "++");
    }

    #[test]
    fn small_cells_that_their_sum_gives_away_take_more_with_them() {
        let of = |bands: &'static [i64]| unit(bands.iter().sum(), &[("AGE_BAND", bands)]);
        // 1 and 1: their sum, 2, would say so.
        let found = decided(vec![of(&[1, 1, 30, 10, 0]), of(&[0, 0, 30, 10, 0]), of(&[0, 0, 30, 10, 0])]);
        assert_eq!(rows(&found, "AGE_BAND"), "--+-+");
    }

    #[test]
    fn whoever_knows_one_unit_learns_nothing_small_of_the_others() {
        let of = |women, men| unit(women + men, &[("SEX", &[women, men])]);
        // 12 women, 10 of them in one unit, whose officer would know of 2 in the others.
        let found = decided(vec![of(10, 10), of(1, 20), of(1, 20)]);
        assert_eq!((rows(&found, "SEX").as_str(), staff_shown(&found)), ("--", true));
        // None in the others is none, and not small.
        assert_eq!(rows(&decided(vec![of(10, 10), of(0, 20), of(0, 20)]), "SEX"), "++");
        // Where all others together are few, nothing is shown at all.
        assert_eq!(decided(vec![of(10, 10), of(1, 1), of(1, 1)]), Disclosed::default());
    }

    #[test]
    fn another_edition_must_not_tell_what_it_changed() {
        let of = |women, men| unit(women + men, &[("SEX", &[women, men])]);
        let with_before = |before: Reporter| {
            let changed = Reporter { earlier: vec![before.cells], ..of(12, 28) };
            decided(vec![changed, of(20, 20), of(20, 20)])
        };
        assert_eq!(rows(&with_before(of(12, 28)), "SEX"), "++");
        assert_eq!(rows(&with_before(of(20, 20)), "SEX"), "++");
        assert_eq!(rows(&with_before(of(10, 30)), "SEX"), "--");
        assert_eq!(with_before(of(12, 25)), Disclosed::default());
    }

    #[test]
    fn a_unit_that_comes_or_goes_is_judged_alone() {
        let of = |women, men| unit(women + men, &[("SEX", &[women, men])]);
        let others = || vec![of(20, 20), of(20, 20), of(20, 20)];
        let with = |alone| {
            let mut all = others();
            all.push(Reporter { alone, ..of(3, 20) });
            rows(&decided(all), "SEX")
        };
        assert_eq!((with(false).as_str(), with(true).as_str()), ("++", "--"));
        let reports = Reports { reporters: others(), gone: vec![of(3, 20).cells] };
        assert_eq!(rows(&disclose(headcount(), THRESHOLD, &reports), "SEX"), "--");
    }

    #[test]
    fn categories_outside_the_staff_have_no_whole() {
        let with = |support: i64| {
            let mut one = unit(20, &[]);
            one.cells.extend(table("PRESENT", &[0, 20, 0, 0, support]));
            one
        };
        let found = decided(vec![with(1), with(1), with(1)]);
        assert_eq!(rows(&found, "PRESENT"), "++++-++");
        let found = decided(vec![with(5), with(5), with(5)]);
        assert_eq!(rows(&found, "PRESENT"), "+++++++");
    }

    /// Units whose breakdowns add up, each with up to 12 of the staff.
    fn units() -> impl Strategy<Value = Vec<Reporter>> {
        let breakdown = |rows: usize| proptest::collection::vec(0..rows, 12);
        let one = (0..=12_usize, breakdown(2), breakdown(5), breakdown(4), 0..4_i64, any::<bool>()).prop_map(
            |(staff, sex, age, category, support, alone)| {
                let count = |picks: &[usize], rows: usize| -> Vec<i64> {
                    let of = |row| picks.iter().take(staff).filter(|pick| **pick == row).count();
                    (0..rows).map(|row| i64::try_from(of(row)).unwrap()).collect()
                };
                let mut present = count(&category, 4);
                present.push(support);
                let (sex, age) = (count(&sex, 2), count(&age, 5));
                let young = [age[0] + age[1], age[2..].iter().sum()];
                let tables: [(&str, &[i64]); 4] =
                    [("SEX", &sex), ("AGE_BAND", &age), ("YOUNG", &young), ("PRESENT", &present)];
                Reporter { alone, ..unit(i64::try_from(staff).unwrap(), &tables) }
            },
        );
        proptest::collection::vec(one, 3..7)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn nothing_small_can_be_worked_out(reporters in units()) {
            let template = headcount();
            let found = decided(reporters.clone());
            let numbers: Vec<Place> =
                template.places().filter(|place| template.at(*place).unwrap().2.is_number()).collect();
            let total = world(&numbers, |place| reporters.iter().map(|one| number(&one.cells, place)).sum());
            let mut worlds = others(&numbers, &total, &Reports { reporters, gone: Vec::new() });
            worlds.push(total.clone());
            let small = |number: i64| number != 0 && number.abs() < THRESHOLD;
            // Nothing small is shown, in any world.
            for place in numbers.iter().filter(|place| found.shows(**place)) {
                for world in &worlds {
                    prop_assert!(!small(world[place]), "{place:?}");
                }
            }
            for code in ["SEX", "AGE_BAND", "YOUNG", "EDUCATION"] {
                let (index, _) = template.table(code).unwrap();
                let hidden: BTreeSet<Place> =
                    numbers.iter().copied().filter(|place| place.table == index && !found.shows(*place)).collect();
                if !staff_shown(&found) || hidden.is_empty() {
                    prop_assert!(hidden.is_empty() || !staff_shown(&found) || hidden.len() > 1);
                    continue;
                }
                // The whole less what is shown is the sum of what is not: of at least two cells, and not small.
                prop_assert!(hidden.len() > 1, "{code}");
                for world in &worlds {
                    prop_assert!(!small(sum_in(world, &hidden)), "{code}");
                }
                // Somebody who takes every hidden cell for at least 1 can't tell it from a large one; where some are 0
                // all cells of the breakdown are hidden, and each may be anything up to the whole.
                let least = i64::from(hidden.iter().all(|place| total[place] > 0));
                let others = i64::try_from(hidden.len()).unwrap() - 1;
                let most = sum_in(&total, &hidden) - least * others;
                let every = numbers.iter().filter(|place| place.table == index).count() == hidden.len();
                prop_assert!(most >= THRESHOLD || every, "{code}");
                prop_assert!(least == 1 || every, "{code}");
            }
            // Bands that are shown give nothing of a hidden share of young staff away, nor the other way round.
            if rows(&found, "AGE_BAND").contains('-') {
                prop_assert_eq!(rows(&found, "YOUNG"), "--");
            }
        }
    }
}
