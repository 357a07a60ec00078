//! The measures of the register: numbers of procedures in force, from each day on which one changes. Pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::rules::{LimitUnit, OnlineLevel};
use super::timeline::{Place, Version};

/// A measure of the register and what a version in force adds to it.
type Counted = (&'static str, fn(&Version) -> i64);

/// The measures of the people's procedures (plan II.2.a.2 to II.2.a.4, II.6.a.4). Time limits are added up in
/// working days alone, of procedures that have both: days, hours and working days are never mixed.
pub const MEASURES: [Counted; 10] = [
    ("PROCEDURE.IN_FORCE", |_| 1),
    ("PROCEDURE.FEE", |version| version.content.has_financial_obligation.into()),
    ("PROCEDURE.FEE_ONLINE_PAYMENT", |version| {
        (version.content.has_financial_obligation && version.content.online_payment_enabled).into()
    }),
    ("PROCEDURE.ONLINE_ELIGIBLE", |version| version.content.online_eligible.into()),
    ("PROCEDURE.ONLINE_PROVIDED", |version| {
        (version.content.online_eligible && version.content.online_provided).into()
    }),
    ("PROCEDURE.NATIONAL_PORTAL", |version| {
        (version.content.online_eligible && version.content.integrated_on_national_portal).into()
    }),
    ("PROCEDURE.FULL_ONLINE", |version| full_online(version).into()),
    ("PROCEDURE.FULL_ONLINE_SEVERAL_DEVICES", |version| {
        (full_online(version) && version.content.access_channels.several_devices()).into()
    }),
    ("PROCEDURE.STATUTORY_WORKING_DAYS", |version| working_days(version).map_or(0, |(statutory, _)| statutory)),
    ("PROCEDURE.COMMITTED_WORKING_DAYS", |version| working_days(version).map_or(0, |(_, committed)| committed)),
];

/// The measure of internal procedures.
pub const INTERNAL_MEASURE: &str = "PROCEDURE.INTERNAL_IN_FORCE";

fn full_online(version: &Version) -> bool {
    version.content.online_level == OnlineLevel::Full && version.content.online_provided
}

fn working_days(version: &Version) -> Option<(i64, i64)> {
    let (statutory, committed) = version.content.statutory_limit.zip(version.content.committed_limit)?;
    let counted = statutory.unit == LimitUnit::WorkingDay && committed.unit == LimitUnit::WorkingDay;
    counted.then_some((statutory.value.into(), committed.value.into()))
}

/// A procedure with its versions in order, each with its place.
#[derive(Debug, Clone)]
pub struct Counting {
    /// The unit that manages it.
    pub organisation_id: Uuid,
    /// Whether it is internal.
    pub internal: bool,
    /// Its versions.
    pub versions: Vec<(Version, Place)>,
}

/// Every measure of the register, the internal one last.
pub fn measures() -> Vec<&'static str> {
    MEASURES.iter().map(|(measure, _)| *measure).chain([INTERNAL_MEASURE]).collect()
}

/// What the register counts, per managing organisation and measure: the number from each day on which it
/// changes, and from the first day on which the organisation has any. One pass over the versions.
pub fn figures(procedures: &[Counting]) -> Vec<(Uuid, &'static str, NaiveDate, i64)> {
    let measures = measures();
    let mut changes: BTreeMap<Uuid, BTreeMap<NaiveDate, Vec<i64>>> = BTreeMap::new();
    for procedure in procedures {
        let days = changes.entry(procedure.organisation_id).or_default();
        for (version, place) in procedure.versions.iter().filter(|(version, _)| !version.kind.ends()) {
            let mut adds: Vec<i64> =
                MEASURES.iter().map(|(_, counts)| if procedure.internal { 0 } else { counts(version) }).collect();
            adds.push(procedure.internal.into());
            let after_last = place.effective_to.and_then(|last| last.succ_opt());
            for (day, sign) in [(Some(version.effective_from), 1), (after_last, -1)] {
                let Some(day) = day else { continue };
                let sums = days.entry(day).or_insert_with(|| vec![0; measures.len()]);
                for (sum, add) in sums.iter_mut().zip(&adds) {
                    *sum += sign * add;
                }
            }
        }
    }
    let mut figures = Vec::new();
    for (organisation_id, days) in changes {
        let mut counts = vec![0_i64; measures.len()];
        for (number, (day, sums)) in days.into_iter().enumerate() {
            for ((count, change), measure) in counts.iter_mut().zip(sums).zip(&measures) {
                *count += change;
                if number == 0 || change != 0 {
                    figures.push((organisation_id, *measure, day, *count));
                }
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rules::{
        AccessChannel, AccessChannels, Audience, ChangeKind, Content, FieldGroup, Level, TimeLimit,
    };
    use super::super::timeline::places;
    use super::*;

    fn version(from: NaiveDate, kind: ChangeKind, online: bool) -> Version {
        Version {
            effective_from: from,
            ends_on: None,
            kind,
            decision: None,
            replaced_by: None,
            content: Content {
                name: String::new(),
                field_code: String::new(),
                field_name: String::new(),
                field_group: FieldGroup::Other,
                level: Level::Commune,
                audience: Audience::Citizen,
                online_level: OnlineLevel::Full,
                has_financial_obligation: true,
                online_payment_enabled: online,
                online_eligible: true,
                online_provided: online,
                integrated_on_national_portal: online,
                payable_on_national_portal: false,
                inter_agency: false,
                access_channels: AccessChannels::of(&[AccessChannel::Web, AccessChannel::Vneid]),
                statutory_limit: Some(TimeLimit { value: 10, unit: LimitUnit::WorkingDay }),
                committed_limit: Some(TimeLimit { value: 7, unit: LimitUnit::WorkingDay }),
                fees: Vec::new(),
                components: Vec::new(),
            },
        }
    }

    fn counting(internal: bool, versions: Vec<Version>) -> Counting {
        let placed = places(&versions);
        Counting { organisation_id: Uuid::nil(), internal, versions: versions.into_iter().zip(placed).collect() }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn of(figures: &[(Uuid, &'static str, NaiveDate, i64)], measure: &str) -> Vec<(String, i64)> {
        figures
            .iter()
            .filter(|(_, found, ..)| *found == measure)
            .map(|(_, _, day, count)| (day.to_string(), *count))
            .collect()
    }

    #[test]
    fn a_flag_counts_from_its_day_and_an_abolished_procedure_to_the_day_before() {
        let kept = counting(false, vec![version(day("2025-07-01"), ChangeKind::New, true)]);
        let changed = counting(
            false,
            vec![
                version(day("2025-07-01"), ChangeKind::New, false),
                version(day("2026-02-01"), ChangeKind::Updated, true),
                version(day("2026-05-01"), ChangeKind::Abolished, true),
            ],
        );
        let found = figures(&[kept, changed, counting(true, vec![version(day("2026-01-01"), ChangeKind::New, true)])]);
        let at = |measure| of(&found, measure);
        assert_eq!(at("PROCEDURE.IN_FORCE"), [("2025-07-01".to_owned(), 2), ("2026-05-01".to_owned(), 1)]);
        assert_eq!(
            at("PROCEDURE.ONLINE_PROVIDED"),
            [("2025-07-01".to_owned(), 1), ("2026-02-01".to_owned(), 2), ("2026-05-01".to_owned(), 1)]
        );
        assert_eq!(at("PROCEDURE.FULL_ONLINE_SEVERAL_DEVICES"), at("PROCEDURE.ONLINE_PROVIDED"));
        assert_eq!(
            at("PROCEDURE.STATUTORY_WORKING_DAYS"),
            [("2025-07-01".to_owned(), 20), ("2026-05-01".to_owned(), 10)]
        );
        assert_eq!(
            at("PROCEDURE.COMMITTED_WORKING_DAYS"),
            [("2025-07-01".to_owned(), 14), ("2026-05-01".to_owned(), 7)]
        );
        assert_eq!(at(INTERNAL_MEASURE), [("2025-07-01".to_owned(), 0), ("2026-01-01".to_owned(), 1)]);
    }

    proptest! {
        #[test]
        fn the_sweep_counts_what_a_look_at_each_day_counts(
            procedures in prop::collection::vec(prop::collection::btree_map(0..60_u64, (0..4_u8, any::<bool>()), 1..5), 1..8),
            on in 0..60_u64,
        ) {
            let start = day("2026-01-01");
            let at = |offset: u64| start + chrono::Days::new(offset);
            let counted: Vec<Counting> = procedures.iter().map(|days| {
                let versions = days.iter().map(|(offset, (kind, online))| {
                    let kind = if *kind == 0 { ChangeKind::Abolished } else { ChangeKind::Updated };
                    version(at(*offset), kind, *online)
                }).collect();
                counting(false, versions)
            }).collect();
            let figures = figures(&counted);
            for (measure, counts) in MEASURES {
                let swept = figures.iter()
                    .filter(|(_, found, from, _)| *found == measure && *from <= at(on))
                    .map(|(.., count)| *count).next_back().unwrap_or(0);
                let looked: i64 = counted.iter().flat_map(|procedure| &procedure.versions)
                    .filter(|(version, place)| !version.kind.ends() && version.effective_from <= at(on)
                        && place.effective_to.is_none_or(|last| last >= at(on)))
                    .map(|(version, _)| counts(version)).sum();
                prop_assert_eq!(swept, looked, "{} on {}", measure, at(on));
            }
        }
    }
}
