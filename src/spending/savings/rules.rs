//! The rules of the score, as pure functions. Points are whole hundredths of a point, so that nothing is ever rounded.

pub use kernel::faults::MAX_TEXT;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{SavingsBand, SavingsComponent};
use base::parameter::Code;
use base::parameter::rules::InForce;
use kernel::error::ApiResult;
use kernel::form::State;
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The day whose parameters hold for a budget year: its last.
pub fn day_of(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 12, 31)
}

/// What a budget year's points are out of, and from which share of them each band begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    maxima: BTreeMap<SavingsComponent, i64>,
    /// Percent from which each band begins, the best first; whoever reaches none is weak.
    bands: [(SavingsBand, i64); 3],
}

impl Scale {
    /// The scale of parameters.
    pub fn of(parameters: &InForce) -> ApiResult<Scale> {
        let most = |component| -> ApiResult<(SavingsComponent, i64)> {
            let code = match component {
                SavingsComponent::Direction => Code::SavingsMaxDirection,
                SavingsComponent::Saving => Code::SavingsMaxSaving,
                SavingsComponent::Subordinates => Code::SavingsMaxSubordinates,
                SavingsComponent::Communication => Code::SavingsMaxCommunication,
            };
            Ok((component, parameters.count(code)?.into()))
        };
        Ok(Scale {
            maxima: SavingsComponent::ALL.iter().map(|component| most(*component)).collect::<ApiResult<_>>()?,
            bands: [
                (SavingsBand::Good, parameters.count(Code::SavingsBandGood)?.into()),
                (SavingsBand::Fair, parameters.count(Code::SavingsBandFair)?.into()),
                (SavingsBand::Average, parameters.count(Code::SavingsBandAverage)?.into()),
            ],
        })
    }

    /// The most points of a component; 0 for subordinate units where there are none.
    pub fn maximum(&self, component: SavingsComponent, has_subordinates: bool) -> i64 {
        if component == SavingsComponent::Subordinates && !has_subordinates {
            return 0;
        }
        self.maxima.get(&component).copied().unwrap_or(0)
    }

    /// The components that a unit gets points for, with the most of each.
    pub fn maxima(&self, has_subordinates: bool) -> BTreeMap<SavingsComponent, i64> {
        let wanted = |component: &SavingsComponent| has_subordinates || *component != SavingsComponent::Subordinates;
        let all = SavingsComponent::ALL.iter().copied().filter(wanted);
        all.map(|component| (component, self.maximum(component, has_subordinates))).collect()
    }

    /// The band of points out of a maximum, by the exact fraction; none where there is nothing to get.
    pub fn band(&self, points: i64, maximum: i64) -> Option<SavingsBand> {
        if maximum <= 0 {
            return None;
        }
        let reaches =
            |percent: i64| i128::from(points).saturating_mul(100) >= i128::from(percent).saturating_mul(maximum.into());
        let reached = self.bands.iter().find(|(_, percent)| reaches(*percent));
        Some(reached.map_or(SavingsBand::Weak, |(band, _)| *band))
    }
}

/// What a unit says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Own {
    /// Whether it has subordinate estimate units.
    pub has_subordinates: bool,
    /// The points that it gives itself, of the components that it fills.
    pub points: BTreeMap<SavingsComponent, i64>,
}

impl Own {
    /// The points of a component; 0 where it fills none.
    pub fn of(&self, component: SavingsComponent) -> i64 {
        self.points.get(&component).copied().unwrap_or(0)
    }

    /// All of them.
    pub fn total(&self) -> i64 {
        self.points.values().sum()
    }
}

/// What a component is given, as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The component.
    pub component: SavingsComponent,
    /// In hundredths of a point.
    pub points: i64,
    /// Why it differs from the unit's own.
    pub reason: Option<String>,
}

/// What a component is given, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appraised {
    /// The component.
    pub component: SavingsComponent,
    /// What the unit gave itself.
    pub own_points: i64,
    /// What it is given.
    pub points: i64,
    /// The most that there is to get.
    pub maximum: i64,
    /// Why it differs.
    pub reason: Option<String>,
}

fn fault(index: usize, field: &str, code: UserErrorCode, message: Message) -> UserError {
    let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
    UserError::new(code, &["components", &index.to_string(), field], message.with("line", line)).at_line(line)
}

/// Checks an appraisal: each component of the unit once, none beyond its most, and a reason wherever it differs from what
/// the unit says. All faults at once.
pub fn check(scale: &Scale, own: &Own, given: &[Given]) -> Result<Vec<Appraised>, Vec<UserError>> {
    let maxima = scale.maxima(own.has_subordinates);
    let (mut faults, mut found) = (Vec::new(), BTreeMap::new());
    for (index, one) in given.iter().enumerate() {
        let named = |key| Message::new(key).with("component", one.component.as_str());
        let Some(maximum) = maxima.get(&one.component).copied() else {
            faults.push(fault(index, "component", UserErrorCode::OutOfRange, named("savings-no-subordinates")));
            continue;
        };
        let reason = one.reason.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let length = reason.map_or(0, |text| text.chars().count());
        if length > MAX_TEXT {
            let message = named("savings-reason-too-long").with("max", MAX_TEXT).with("given", length);
            faults.push(fault(index, "reason", UserErrorCode::OutOfRange, message).expecting(MAX_TEXT, length));
        }
        if !(0..=maximum).contains(&one.points) {
            let message = named("savings-points").with("max", maximum).with("given", one.points);
            faults.push(fault(index, "points", UserErrorCode::OutOfRange, message).expecting(maximum, one.points));
        }
        let own_points = own.of(one.component);
        if one.points != own_points && reason.is_none() {
            let message = named("savings-reason-required").with("own", own_points).with("given", one.points);
            faults.push(fault(index, "reason", UserErrorCode::ExplanationRequired, message));
        }
        let reason = reason.map(str::to_owned);
        let appraised = Appraised { component: one.component, own_points, points: one.points, maximum, reason };
        if found.insert(one.component, appraised).is_some() {
            faults.push(fault(index, "component", UserErrorCode::Duplicate, named("savings-component-twice")));
        }
    }
    for component in maxima.keys().filter(|component| !given.iter().any(|one| one.component == **component)) {
        let message = Message::new("savings-component-missing").with("component", component.as_str());
        faults.push(UserError::new(UserErrorCode::MissingLine, &["components"], message));
    }
    if faults.is_empty() { Ok(found.into_values().collect()) } else { Err(faults) }
}

/// Whether the appraisal of a version is of the form as it stands. What left the division's hands as accepted stays so;
/// what the unit took back or was sent back may be different when it comes again.
pub fn is_current(state: State, version: i32, appraised_version: i32) -> bool {
    match state {
        State::Submitted => version == appraised_version,
        State::Accepted | State::Superseded => true,
        State::Draft | State::Returned => false,
    }
}

/// Points as people read them: 3950 is 39.50.
pub fn shown(points: i64) -> String {
    format!("{}.{:02}", points / 100, points % 100)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scale() -> Scale {
        Scale {
            maxima: [1000, 4000, 4000, 1000]
                .into_iter()
                .zip(SavingsComponent::ALL)
                .map(|(most, component)| (*component, most))
                .collect(),
            bands: [(SavingsBand::Good, 80), (SavingsBand::Fair, 65), (SavingsBand::Average, 50)],
        }
    }

    fn given(component: SavingsComponent, points: i64, reason: Option<&str>) -> Given {
        Given { component, points, reason: reason.map(str::to_owned) }
    }

    #[test]
    fn bands_begin_at_their_share_and_not_a_hundredth_before() {
        use SavingsBand::*;
        for (points, maximum, band) in [
            (10_000, 10_000, Good),
            (8_000, 10_000, Good),
            (7_999, 10_000, Fair),
            (6_500, 10_000, Fair),
            (6_499, 10_000, Average),
            (5_000, 10_000, Average),
            (4_999, 10_000, Weak),
            (0, 10_000, Weak),
            // Without subordinate units: 48 of 60 points are 80 %; 47.99 print as 79.98, 47.999 there is none.
            (4_800, 6_000, Good),
            (4_799, 6_000, Fair),
            // 2/3 prints as 66.67 and is above 65; 649/999 prints as 64.96.
            (649, 999, Average),
        ] {
            assert_eq!(scale().band(points, maximum), Some(band), "{points}/{maximum}");
        }
        assert_eq!(scale().band(0, 0), None);
        assert_eq!(scale().band(i64::MAX, i64::MAX), Some(Good));
    }

    #[test]
    fn a_unit_without_subordinates_has_none_of_their_points_to_get() {
        let all: Vec<i64> = scale().maxima(true).into_values().collect();
        assert_eq!(all, [1000, 4000, 4000, 1000]);
        let without: i64 = scale().maxima(false).into_values().sum();
        assert_eq!((without, scale().maximum(SavingsComponent::Subordinates, false)), (6000, 0));
    }

    #[test]
    fn an_appraisal_gives_each_component_once_and_says_why_it_differs() {
        use SavingsComponent::*;
        let own =
            Own { has_subordinates: false, points: [(Direction, 900), (Saving, 3950), (Communication, 800)].into() };
        let codes = |list: &[Given]| -> Vec<String> {
            let faults = check(&scale(), &own, list).err().unwrap_or_default();
            faults.iter().map(|fault| format!("{} {}", fault.code.as_str(), fault.field.join("."))).collect()
        };
        let sound = [
            given(Direction, 900, None),
            given(Saving, 3000, Some(" Thiếu căn cứ. ")),
            given(Communication, 800, None),
        ];
        let found = check(&scale(), &own, &sound).unwrap();
        assert_eq!(found.iter().map(|one| one.points).sum::<i64>(), 4700);
        assert_eq!(found[1].reason.as_deref(), Some("Thiếu căn cứ."));
        assert_eq!(codes(&sound), Vec::<String>::new());
        assert_eq!(
            codes(&[
                given(Direction, 901, Some("  ")),
                given(Saving, 4001, Some(&"x".repeat(2_001))),
                given(Saving, 3950, None),
                given(Subordinates, 0, None),
            ]),
            [
                "EXPLANATION_REQUIRED components.0.reason",
                "OUT_OF_RANGE components.1.reason",
                "OUT_OF_RANGE components.1.points",
                "DUPLICATE components.2.component",
                "OUT_OF_RANGE components.3.component",
                "MISSING_LINE components",
            ]
        );
        assert_eq!(codes(&[given(Direction, -1, Some("x"))]).first().unwrap(), "OUT_OF_RANGE components.0.points");
    }

    #[test]
    fn an_appraisal_is_of_the_form_as_it_stands() {
        assert!(is_current(State::Submitted, 3, 3));
        assert!(!is_current(State::Submitted, 5, 3));
        assert!(is_current(State::Accepted, 4, 3) && is_current(State::Superseded, 6, 3));
        assert!(!is_current(State::Returned, 4, 3) && !is_current(State::Draft, 5, 3));
    }

    #[test]
    fn points_are_shown_with_two_decimals() {
        assert_eq!([3950, 5, 10_000, 0].map(shown), ["39.50", "0.05", "100.00", "0.00"]);
    }

    proptest! {
        #[test]
        fn more_points_are_never_a_worse_band(points in 0..10_000_i64, more in 0..10_000_i64, maximum in 1..10_000_i64) {
            let rank = |points| SavingsBand::ALL.iter().position(|band| Some(*band) == scale().band(points, maximum));
            prop_assert!(rank(points + more) <= rank(points));
        }

        #[test]
        fn a_band_depends_on_the_fraction_alone(points in 0..10_000_i64, maximum in 1..10_000_i64, times in 1..1_000_i64) {
            prop_assert_eq!(scale().band(points * times, maximum * times), scale().band(points, maximum));
        }
    }
}
