//! What the register says of a day, and what it counts from each day on which that changes. Pure functions of the
//! confirmed history of each asset; the SQL of `store::summary` says the same of one day, and tests hold both together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::asset::asset_plan;
use uuid::Uuid;

use super::{AssetKind, AssetPlanState, AssetRearrangement, AssetSchemePurpose, AssetUse, PlanSubject};
use base::indicator::figures::RegisterFigure;
use kernel::error::ApiResult;

/// The measures of this register.
pub const MEASURES: [&str; 12] = [
    "ASSET.HOUSE_LAND_TOTAL",
    "ASSET.PLAN_APPROVED",
    "ASSET.REARRANGED",
    "ASSET.IN_PROGRESS",
    "ASSET.HOUSE_LAND_HELD",
    "ASSET.HOUSE_LAND_WITH_PAPERS",
    "ASSET.LEASED",
    "ASSET.LEASED_WITH_SCHEME",
    "ASSET.ORIGINAL_COST",
    "ASSET.REMAINING_VALUE",
    "ASSET.LAND_AREA",
    "ASSET.FLOOR_AREA",
];

type Counts = [i64; MEASURES.len()];

/// A plan or scheme that was approved, with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved {
    /// The purpose of a scheme, with its first and last day; none for a plan.
    pub scheme: Option<(AssetSchemePurpose, NaiveDate, NaiveDate)>,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// When it was carried out, or ended.
    pub done_on: Option<NaiveDate>,
    /// From which day on another stands in its place.
    pub replaced_on: Option<NaiveDate>,
}

fn began(day: NaiveDate, mark: Option<NaiveDate>) -> bool {
    mark.is_some_and(|mark| mark <= day)
}

impl Approved {
    /// Of a stored row; none where it was never approved.
    pub fn of(row: &asset_plan::Model) -> ApiResult<Option<Approved>> {
        let state: AssetPlanState = row.state.parse()?;
        let (AssetPlanState::Approved | AssetPlanState::Done | AssetPlanState::Replaced, Some(decided_on)) =
            (state, row.decision_date)
        else {
            return Ok(None);
        };
        let scheme = match (row.subject.parse()?, row.period_from, row.period_to) {
            (PlanSubject::Exploitation, Some(from), Some(to)) => Some((row.way.parse()?, from, to)),
            _ => None,
        };
        Ok(Some(Approved { scheme, decided_on, done_on: row.done_on, replaced_on: row.replaced_on }))
    }

    /// Whether it is the approved one on a day, carried out or not.
    pub fn stands(&self, day: NaiveDate) -> bool {
        self.decided_on <= day && !began(day, self.replaced_on)
    }

    /// Whether it is a scheme for a purpose that is in force on a day.
    pub fn allows(&self, purpose: AssetSchemePurpose, day: NaiveDate) -> bool {
        self.scheme.is_some_and(|(own, from, to)| own == purpose && from <= day && day <= to)
            && self.stands(day)
            && !began(day, self.done_on)
    }

    /// The days on which something of it changes.
    fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let period = self.scheme.map(|(_, from, to)| [Some(from), to.succ_opt()]).unwrap_or_default();
        [Some(self.decided_on), self.done_on, self.replaced_on].into_iter().chain(period).flatten()
    }
}

/// How far a house or land is rearranged on a day, by what is approved.
pub fn rearrangement_on(plans: &[Approved], day: NaiveDate) -> AssetRearrangement {
    match plans.iter().find(|plan| plan.scheme.is_none() && plan.stands(day)) {
        None => AssetRearrangement::NoPlan,
        Some(plan) if began(day, plan.done_on) => AssetRearrangement::Done,
        Some(_) => AssetRearrangement::Approved,
    }
}

/// Whether a use has the scheme that it needs, on a day; none where it needs none.
pub fn has_scheme(used_for: AssetUse, plans: &[Approved], day: NaiveDate) -> Option<bool> {
    let purpose = used_for.scheme()?;
    Some(plans.iter().any(|plan| plan.allows(purpose, day)))
}

/// The state of a plan or scheme on a day, by its days; what is not decided or was rejected is as it is stored.
pub fn state_on(row: &asset_plan::Model, day: NaiveDate) -> ApiResult<AssetPlanState> {
    let Some(plan) = Approved::of(row)? else { return Ok(row.state.parse()?) };
    Ok(if began(day, plan.done_on) {
        AssetPlanState::Done
    } else if began(day, plan.replaced_on) {
        AssetPlanState::Replaced
    } else {
        AssetPlanState::Approved
    })
}

/// What was confirmed of an asset from a day on, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// From which day on.
    pub effective_on: NaiveDate,
    /// In the order of recording.
    pub edition: i32,
    /// What it is used for.
    pub used_for: AssetUse,
    /// Whether it has a legal paper.
    pub has_paper: bool,
    /// In đồng.
    pub original_cost: i64,
    /// In đồng.
    pub remaining_value: i64,
    /// In hundredths of a square metre.
    pub land_area: i64,
    /// In hundredths of a square metre.
    pub floor_area: i64,
}

/// Who managed an asset from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// From which day on.
    pub from: NaiveDate,
    /// In the order of recording.
    pub number: i32,
    /// Who.
    pub organisation_id: Uuid,
}

/// The history of an asset, as far as it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// What it is.
    pub kind: AssetKind,
    /// From which day on it is there no more.
    pub ended_on: Option<NaiveDate>,
    /// What was confirmed.
    pub editions: Vec<Counted>,
    /// Who managed it.
    pub holdings: Vec<Held>,
    /// What was approved.
    pub plans: Vec<Approved>,
}

/// Of rows with a day and a number, the one that holds on a day: the latest, and of one day the last recorded.
pub fn holding_on<T>(rows: &[T], day: NaiveDate, of: impl Fn(&T) -> (NaiveDate, i32)) -> Option<&T> {
    rows.iter().filter(|row| of(row).0 <= day).max_by_key(|row| of(row))
}

impl History {
    fn days(&self) -> BTreeSet<NaiveDate> {
        let editions = self.editions.iter().map(|edition| edition.effective_on);
        let holdings = self.holdings.iter().map(|holding| holding.from);
        let plans = self.plans.iter().flat_map(Approved::days);
        editions.chain(holdings).chain(plans).chain(self.ended_on).collect()
    }

    /// What it adds to whose figures on a day; none before its first.
    fn counts_on(&self, day: NaiveDate) -> Option<(Uuid, Counts)> {
        let edition = holding_on(&self.editions, day, |one| (one.effective_on, one.edition))?;
        let holder = holding_on(&self.holdings, day, |one| (one.from, one.number))?.organisation_id;
        let alive = !began(day, self.ended_on);
        let estate = self.kind.is_house_or_land();
        let plan = if estate { rearrangement_on(&self.plans, day) } else { AssetRearrangement::NoPlan };
        let done = plan == AssetRearrangement::Done;
        let approved = plan == AssetRearrangement::Approved && alive;
        let scheme = has_scheme(edition.used_for, &self.plans, day).filter(|_| alive);
        let one = |holds: bool| i64::from(holds);
        let kept = |amount: i64| if alive { amount } else { 0 };
        let counts = [
            // What was sold or recovered by its plan stays among what had to be rearranged.
            one(estate && (alive || done)),
            one(approved || done),
            one(done),
            one(approved),
            one(estate && alive),
            one(estate && alive && edition.has_paper),
            one(scheme.is_some()),
            one(scheme == Some(true)),
            kept(edition.original_cost),
            kept(edition.remaining_value),
            kept(edition.land_area),
            kept(edition.floor_area),
        ];
        Some((holder, counts))
    }
}

/// What the register counts of each unit, from each day on which it changes.
pub fn figures(histories: &[History]) -> Vec<RegisterFigure> {
    let mut changes: BTreeMap<Uuid, BTreeMap<NaiveDate, Counts>> = BTreeMap::new();
    let mut change = |organisation_id: Uuid, day: NaiveDate, counts: Counts, sign: i64| {
        let sums = changes.entry(organisation_id).or_default().entry(day).or_default();
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += sign * count;
        }
    };
    for history in histories {
        let mut before: Option<(Uuid, Counts)> = None;
        for day in history.days() {
            let now = history.counts_on(day);
            if now == before {
                continue;
            }
            if let Some((holder, counts)) = before {
                change(holder, day, counts, -1);
            }
            if let Some((holder, counts)) = now {
                change(holder, day, counts, 1);
            }
            before = now;
        }
    }
    let mut found = Vec::new();
    for (organisation_id, days) in changes {
        let mut sums = Counts::default();
        let mut told: Option<Counts> = None;
        for (day, change) in days {
            for (sum, change) in sums.iter_mut().zip(change) {
                *sum += change;
            }
            for (place, measure) in MEASURES.into_iter().enumerate() {
                if told.is_none_or(|told| told[place] != sums[place]) {
                    found.push((organisation_id, measure, day, sums[place]));
                }
            }
            told = Some(sums);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn edition(effective_on: NaiveDate, number: i32, used_for: AssetUse, cost: i64) -> Counted {
        Counted {
            effective_on,
            edition: number,
            used_for,
            has_paper: number > 1,
            original_cost: cost,
            remaining_value: cost / 2,
            land_area: 10,
            floor_area: 0,
        }
    }

    fn held(from: NaiveDate, number: i32, organisation: u128) -> Held {
        Held { from, number, organisation_id: Uuid::from_u128(organisation) }
    }

    fn plan(decided_on: NaiveDate, done_on: Option<NaiveDate>, replaced_on: Option<NaiveDate>) -> Approved {
        Approved { scheme: None, decided_on, done_on, replaced_on }
    }

    fn told(found: &[RegisterFigure], measures: &[&str]) -> Vec<String> {
        let short = |measure: &str| measure.split_once('.').unwrap().1.to_owned();
        let one = |(unit, measure, day, sum): &RegisterFigure| {
            format!("{} {} {} {sum}", unit.as_u128(), short(measure), day.format("%d/%m"))
        };
        found.iter().filter(|figure| measures.contains(&short(figure.1).as_str())).map(one).collect()
    }

    #[test]
    fn a_house_that_moves_and_is_sold_stays_among_what_was_rearranged() {
        let history = History {
            kind: AssetKind::House,
            ended_on: Some(day(8, 1)),
            editions: vec![edition(day(1, 1), 1, AssetUse::Office, 100), edition(day(3, 1), 2, AssetUse::Office, 80)],
            holdings: vec![held(day(1, 1), 1, 7), held(day(5, 1), 2, 8)],
            plans: vec![plan(day(4, 1), None, Some(day(6, 1))), plan(day(6, 1), Some(day(8, 1)), None)],
        };
        let found = figures(&[history]);
        assert_eq!(
            told(&found, &["HOUSE_LAND_TOTAL", "IN_PROGRESS", "REARRANGED"]),
            [
                "7 HOUSE_LAND_TOTAL 01/01 1",
                "7 REARRANGED 01/01 0",
                "7 IN_PROGRESS 01/01 0",
                "7 IN_PROGRESS 01/04 1",
                "7 HOUSE_LAND_TOTAL 01/05 0",
                "7 IN_PROGRESS 01/05 0",
                "8 HOUSE_LAND_TOTAL 01/05 1",
                "8 REARRANGED 01/05 0",
                "8 IN_PROGRESS 01/05 1",
                "8 REARRANGED 01/08 1",
                "8 IN_PROGRESS 01/08 0",
            ]
        );
        assert_eq!(
            told(&found, &["ORIGINAL_COST", "HOUSE_LAND_WITH_PAPERS"]),
            [
                "7 HOUSE_LAND_WITH_PAPERS 01/01 0",
                "7 ORIGINAL_COST 01/01 100",
                "7 HOUSE_LAND_WITH_PAPERS 01/03 1",
                "7 ORIGINAL_COST 01/03 80",
                "7 HOUSE_LAND_WITH_PAPERS 01/05 0",
                "7 ORIGINAL_COST 01/05 0",
                "8 HOUSE_LAND_WITH_PAPERS 01/05 1",
                "8 ORIGINAL_COST 01/05 80",
                "8 HOUSE_LAND_WITH_PAPERS 01/08 0",
                "8 ORIGINAL_COST 01/08 0",
            ]
        );
    }

    #[test]
    fn what_is_leased_needs_its_own_scheme_in_force() {
        let scheme = |purpose, done_on, replaced_on| Approved {
            scheme: Some((purpose, day(2, 1), day(6, 30))),
            decided_on: day(2, 10),
            done_on,
            replaced_on,
        };
        let lease = AssetSchemePurpose::Lease;
        let on = |plan: Approved, month, of| has_scheme(AssetUse::Lease, &[plan], day(month, of));
        assert_eq!(on(scheme(lease, None, None), 2, 9), Some(false), "not before its decision");
        assert_eq!(on(scheme(lease, None, None), 2, 10), Some(true));
        assert_eq!(on(scheme(lease, None, None), 6, 30), Some(true));
        assert_eq!(on(scheme(lease, None, None), 7, 1), Some(false));
        assert_eq!(on(scheme(lease, Some(day(5, 1)), None), 4, 30), Some(true));
        assert_eq!(on(scheme(lease, Some(day(5, 1)), None), 5, 1), Some(false));
        assert_eq!(on(scheme(lease, None, Some(day(4, 1))), 4, 1), Some(false));
        assert_eq!(on(scheme(AssetSchemePurpose::Business, None, None), 3, 1), Some(false));
        assert_eq!(has_scheme(AssetUse::Empty, &[], day(3, 1)), None);
        let history = History {
            kind: AssetKind::Car,
            ended_on: None,
            editions: vec![edition(day(1, 1), 1, AssetUse::Lease, 100)],
            holdings: vec![held(day(1, 1), 1, 7)],
            plans: vec![scheme(lease, None, None)],
        };
        assert_eq!(
            told(&figures(&[history]), &["LEASED", "LEASED_WITH_SCHEME", "HOUSE_LAND_TOTAL"]),
            [
                "7 HOUSE_LAND_TOTAL 01/01 0",
                "7 LEASED 01/01 1",
                "7 LEASED_WITH_SCHEME 01/01 0",
                "7 LEASED_WITH_SCHEME 10/02 1",
                "7 LEASED_WITH_SCHEME 01/07 0",
            ]
        );
    }

    #[test]
    fn of_one_day_the_last_recorded_holds() {
        let history = History {
            kind: AssetKind::Land,
            ended_on: None,
            editions: vec![
                edition(day(2, 1), 3, AssetUse::Office, 30),
                edition(day(1, 1), 1, AssetUse::Office, 10),
                edition(day(1, 1), 2, AssetUse::Office, 20),
            ],
            holdings: vec![held(day(1, 1), 1, 7), held(day(1, 1), 2, 8)],
            plans: vec![],
        };
        assert_eq!(
            told(&figures(&[history]), &["ORIGINAL_COST"]),
            ["8 ORIGINAL_COST 01/01 20", "8 ORIGINAL_COST 01/02 30"]
        );
    }

    proptest! {
        #[test]
        fn the_changes_add_up_to_what_each_asset_is_on_a_day(
            assets in proptest::collection::vec(
                (0_u32..28, 0_u32..28, 0_u128..3, 0_u128..3, proptest::option::of(1_u32..28), proptest::option::of(0_u32..14), 0_i64..500),
                0..12,
            ),
            on in 0_u32..60,
        ) {
            let at = |offset: u32| day(1, 1) + chrono::Days::new(offset.into());
            let histories: Vec<History> = assets
                .into_iter()
                .map(|(first, moved, one, other, ended, planned, cost)| History {
                    kind: if cost % 2 == 0 { AssetKind::Land } else { AssetKind::House },
                    ended_on: ended.map(|days| at(first + days)),
                    editions: vec![edition(at(first), 1, AssetUse::Lease, cost), edition(at(first + moved), 2, AssetUse::Empty, cost * 2)],
                    holdings: vec![held(at(first), 1, one), held(at(first + moved), 2, other)],
                    plans: planned.map(|days| plan(at(first + days), Some(at(first + days + 9)), None)).into_iter().collect(),
                })
                .collect();
            let found = figures(&histories);
            for unit in 0..3_u128 {
                for (place, measure) in MEASURES.into_iter().enumerate() {
                    let expected: i64 = histories
                        .iter()
                        .filter_map(|history| history.counts_on(at(on)))
                        .filter(|(holder, _)| holder.as_u128() == unit)
                        .map(|(_, counts)| counts[place])
                        .sum();
                    let last = found
                        .iter()
                        .filter(|(holder, of, day, _)| holder.as_u128() == unit && *of == measure && *day <= at(on))
                        .max_by_key(|(_, _, day, _)| *day);
                    prop_assert_eq!(last.map_or(0, |(.., sum)| *sum), expected, "{} {}", unit, measure);
                }
            }
        }
    }
}
