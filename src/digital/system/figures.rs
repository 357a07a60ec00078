//! What the register of information systems counts, from each day on which it changes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::SystemState;
use super::rules::{Event, live_on, state_on};
use base::indicator::figures::RegisterFigure;

/// The measures of this register: systems in use, and those of them with an integration that is live and confirmed.
pub const MEASURES: [&str; 2] = ["DIGITAL.SYSTEMS", "DIGITAL.INTEGRATED"];

/// A system as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Who uses it.
    pub organisation_id: Uuid,
    /// First and last day of use.
    pub used: (Option<NaiveDate>, Option<NaiveDate>),
    /// The history of its integrations, by platform, in the order of recording.
    pub integrations: Vec<Vec<Event>>,
}

impl Counted {
    /// The days on which something of it may change.
    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let after = self.used.1.and_then(|last| last.succ_opt());
        let events = self.integrations.iter().flatten().map(|event| event.since);
        self.used.0.into_iter().chain(after).chain(events)
    }

    fn on(&self, day: NaiveDate) -> [i64; 2] {
        let used = state_on(self.used, day) == SystemState::InUse;
        let integrated = used && self.integrations.iter().any(|history| live_on(history, day));
        [i64::from(used), i64::from(integrated)]
    }
}

/// What the register counts of each organisation, from each day on which it changes. Before the first day of its first
/// system it has no figure.
pub fn figures(systems: &[Counted]) -> Vec<RegisterFigure> {
    let mut by_organisation: BTreeMap<Uuid, Vec<&Counted>> = BTreeMap::new();
    for system in systems {
        by_organisation.entry(system.organisation_id).or_default().push(system);
    }
    let mut found = Vec::new();
    for (organisation_id, systems) in by_organisation {
        let first = systems.iter().filter_map(|system| system.used.0).min();
        let days: BTreeSet<NaiveDate> = systems.iter().flat_map(|system| system.days()).collect();
        let mut known = [None, None];
        for day in days.into_iter().filter(|day| first.is_some_and(|first| first <= *day)) {
            let sums = systems.iter().map(|system| system.on(day)).fold([0, 0], |sum, one| {
                let [used, integrated] = one;
                [sum[0] + used, sum[1] + integrated]
            });
            for ((measure, sum), known) in MEASURES.into_iter().zip(sums).zip(&mut known) {
                if *known != Some(sum) {
                    found.push((organisation_id, measure, day, sum));
                    *known = Some(sum);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{IntegrationDirection, IntegrationStatus};

    #[test]
    fn systems_count_while_used_and_are_integrated_while_something_is_live() {
        use IntegrationStatus::{Live, Stopped};
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let event =
            |status, since, confirmed| Event { direction: IntegrationDirection::Both, status, since, confirmed };
        let one = Uuid::from_u128(1);
        let counted = |from, to, integrations| Counted { organisation_id: one, used: (from, to), integrations };
        let found = figures(&[
            counted(
                Some(day(1, 10)),
                None,
                vec![
                    vec![event(Live, day(3, 1), true), event(Stopped, day(6, 1), false)],
                    vec![event(Live, day(5, 1), true)],
                ],
            ),
            counted(Some(day(2, 1)), Some(day(6, 30)), vec![vec![event(Live, day(2, 10), false)]]),
            counted(Some(day(7, 15)), None, vec![vec![event(Live, day(7, 15), true)]]),
            counted(None, None, vec![]),
        ]);
        let told: Vec<String> = found
            .iter()
            .map(|(_, measure, day, sum)| format!("{} {day} {sum}", measure.trim_start_matches("DIGITAL.")))
            .collect();
        assert_eq!(
            told,
            [
                "SYSTEMS 2026-01-10 1",
                "INTEGRATED 2026-01-10 0",
                "SYSTEMS 2026-02-01 2",
                "INTEGRATED 2026-03-01 1",
                "SYSTEMS 2026-07-01 1",
                "SYSTEMS 2026-07-15 2",
                "INTEGRATED 2026-07-15 2",
            ]
        );
    }
}
