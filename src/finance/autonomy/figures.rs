//! What the register counts, from each day on which it changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::AutonomyGroup;
use base::indicator::figures::RegisterFigure;

/// The measures of this register: all public service units, those that are classified, and those of each group.
pub const MEASURES: [&str; 6] = [
    "AUTONOMY.ALL_UNITS",
    "AUTONOMY.UNITS",
    "AUTONOMY.GROUP_1",
    "AUTONOMY.GROUP_2",
    "AUTONOMY.GROUP_3",
    "AUTONOMY.GROUP_4",
];

/// A public service unit with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// Which.
    pub organisation_id: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// Last day, if it ended.
    pub to: Option<NaiveDate>,
}

/// A classification that was decided, with the days on which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Of which unit.
    pub organisation_id: Uuid,
    /// First day.
    pub from: NaiveDate,
    /// Last day; before the first where a correction left it none.
    pub to: NaiveDate,
    /// The group that was decided.
    pub group: AutonomyGroup,
}

/// What the register counts of each unit. Before anything was decided it counts nothing: a ward that keeps no such
/// register has no figure rather than 0 %.
pub fn figures(units: &[Unit], held: &[Held]) -> Vec<RegisterFigure> {
    let mut found = Vec::new();
    if held.is_empty() {
        return found;
    }
    for unit in units {
        let mut changes: BTreeMap<NaiveDate, [i64; 6]> = BTreeMap::new();
        let mut span = |places: &[usize], from: NaiveDate, to: Option<NaiveDate>| {
            for place in places {
                changes.entry(from).or_default()[*place] += 1;
                if let Some(after) = to.and_then(|to| to.succ_opt()) {
                    changes.entry(after).or_default()[*place] -= 1;
                }
            }
        };
        span(&[0], unit.from, unit.to);
        for one in held.iter().filter(|one| one.organisation_id == unit.organisation_id) {
            // It ends with the unit, whatever its own days say.
            let from = one.from.max(unit.from);
            let to = unit.to.map_or(one.to, |last| last.min(one.to));
            if from <= to {
                let place = match one.group {
                    AutonomyGroup::Group1 => 2,
                    AutonomyGroup::Group2 => 3,
                    AutonomyGroup::Group3 => 4,
                    AutonomyGroup::Group4 => 5,
                };
                span(&[1, place], from, Some(to));
            }
        }
        let mut sums = [0_i64; 6];
        let mut known: [Option<i64>; 6] = [None; 6];
        for (day, change) in changes {
            for (((measure, sum), more), known) in MEASURES.into_iter().zip(&mut sums).zip(change).zip(&mut known) {
                *sum += more;
                if *known != Some(*sum) {
                    found.push((unit.organisation_id, measure, day, *sum));
                    *known = Some(*sum);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_counts_while_it_is_there_and_its_group_while_that_holds() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let id = Uuid::from_u128;
        let units = [
            Unit { organisation_id: id(1), from: day("2025-07-01"), to: Some(day("2029-06-30")) },
            Unit { organisation_id: id(2), from: day("2027-01-01"), to: None },
        ];
        let held = |from: &str, to: &str, group| Held { organisation_id: id(1), from: day(from), to: day(to), group };
        let held = [
            held("2026-01-01", "2025-12-31", AutonomyGroup::Group4),
            held("2026-01-01", "2027-12-31", AutonomyGroup::Group3),
            held("2028-01-01", "2030-12-31", AutonomyGroup::Group2),
        ];
        let told: Vec<String> = figures(&units, &held)
            .into_iter()
            .map(|(unit, measure, day, sum)| {
                format!("{} {} {day} {sum}", unit.as_u128(), &measure["AUTONOMY.".len()..])
            })
            .collect();
        assert_eq!(
            told,
            [
                "1 ALL_UNITS 2025-07-01 1",
                "1 UNITS 2025-07-01 0",
                "1 GROUP_1 2025-07-01 0",
                "1 GROUP_2 2025-07-01 0",
                "1 GROUP_3 2025-07-01 0",
                "1 GROUP_4 2025-07-01 0",
                "1 UNITS 2026-01-01 1",
                "1 GROUP_3 2026-01-01 1",
                "1 GROUP_2 2028-01-01 1",
                "1 GROUP_3 2028-01-01 0",
                "1 ALL_UNITS 2029-07-01 0",
                "1 UNITS 2029-07-01 0",
                "1 GROUP_2 2029-07-01 0",
                "2 ALL_UNITS 2027-01-01 1",
                "2 UNITS 2027-01-01 0",
                "2 GROUP_1 2027-01-01 0",
                "2 GROUP_2 2027-01-01 0",
                "2 GROUP_3 2027-01-01 0",
                "2 GROUP_4 2027-01-01 0",
            ]
        );
        assert_eq!(figures(&units, &[]), []);
    }
}
