//! The rules of classifying by autonomy, as pure functions. Levels are never divided out: amounts are compared by
//! multiplying, so that 99.999 % is not 100 %.

pub use kernel::faults::MAX_TEXT;
use std::str::FromStr;

use chrono::NaiveDate;
use entity::organisation::organisation;

use super::{AutonomyBand, AutonomyGroup, AutonomyState};
use access::Action;
use base::parameter::rules::holds_on;
use kernel::error::ApiError;
use kernel::faults::{decision_faults, not_before, not_later, text};
use kernel::i18n::Message;
use kernel::money::MAX_EXACT;
use kernel::text::trimmed;
use kernel::units::PUBLIC_SERVICE_KINDS;
use kernel::user_error::{UserError, UserErrorCode};

/// The first years that a stability period may have: those in which NĐ 60/2021 holds, and as far as anybody plans.
const YEARS: std::ops::RangeInclusive<i32> = 2021..=2100;

/// The thresholds between groups, in percent: of the parameter AUTONOMY_LEVELS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// From here on a unit finances its recurrent expenditure itself.
    pub whole: i64,
    /// From here on the band is HIGH.
    pub high: i64,
    /// From here on the band is MIDDLE.
    pub middle: i64,
    /// From here on the band is LOW; below it the State finances the unit.
    pub low: i64,
}

impl Levels {
    /// Reads `100,70,30,10`; none where it is no list of four falling percentages.
    pub fn parse(text: &str) -> Option<Levels> {
        let parts: Vec<i64> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        let [whole, high, middle, low] = parts[..] else { return None };
        let falls = 1_000 >= whole && whole > high && high > middle && middle > low && low > 0;
        falls.then_some(Levels { whole, high, middle, low })
    }
}

impl std::fmt::Display for Levels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{},{},{}", self.whole, self.high, self.middle, self.low)
    }
}

/// A group, with its band where it is the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// The group.
    pub group: AutonomyGroup,
    /// The band, of GROUP_3 alone.
    pub band: Option<AutonomyBand>,
}

impl Class {
    /// As two columns hold it.
    pub fn of(group: &str, band: Option<&str>) -> Result<Class, ApiError> {
        let band = band.map(AutonomyBand::from_str).transpose()?;
        Ok(Class { group: group.parse()?, band })
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.band {
            Some(band) => write!(f, "{} {band}", self.group),
            None => write!(f, "{}", self.group),
        }
    }
}

/// The money of a unit that its group follows from, in whole đồng.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// A: recurrent revenue by scope.
    pub revenue: i64,
    /// B: recurrent expenditure.
    pub expenditure: i64,
    /// Whether it declares that it finances its investment itself.
    pub invests: bool,
    /// How much.
    pub investment: i64,
}

/// The group of a unit: its level is A / B. None without expenditure: there is no level then, and none of 0 %.
pub fn class_of(money: Money, levels: Levels) -> Option<Class> {
    if money.expenditure <= 0 {
        return None;
    }
    let reaches = |percent: i64| i128::from(money.revenue) * 100 >= i128::from(percent) * i128::from(money.expenditure);
    let third = |band| Class { group: AutonomyGroup::Group3, band: Some(band) };
    Some(if reaches(levels.whole) {
        let both = money.invests && money.investment > 0;
        Class { group: if both { AutonomyGroup::Group1 } else { AutonomyGroup::Group2 }, band: None }
    } else if reaches(levels.high) {
        third(AutonomyBand::High)
    } else if reaches(levels.middle) {
        third(AutonomyBand::Middle)
    } else if reaches(levels.low) {
        third(AutonomyBand::Low)
    } else {
        Class { group: AutonomyGroup::Group4, band: None }
    })
}

/// A stability period, in years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First year.
    pub from: i32,
    /// Last year.
    pub to: i32,
}

impl Span {
    /// Whether two share a year.
    pub fn overlaps(self, other: Span) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Its first and last day; none for years that no calendar has.
    pub fn days(self) -> Option<(NaiveDate, NaiveDate)> {
        NaiveDate::from_ymd_opt(self.from, 1, 1).zip(NaiveDate::from_ymd_opt(self.to, 12, 31))
    }
}

/// A proposal as it is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// First year of the stability period.
    pub from_year: i32,
    /// Last year; as long as a period may be when left out.
    pub to_year: Option<i32>,
    /// The money.
    pub money: Money,
    /// The group that is proposed.
    pub group: AutonomyGroup,
    /// Its band; the computed one when left out.
    pub band: Option<AutonomyBand>,
    /// Why it is another than the computed one.
    pub explanation: Option<String>,
    /// Why there is a next edition.
    pub reason: Option<String>,
}

/// A proposal that holds together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The stability period.
    pub span: Span,
    /// What A, B and the thresholds come to.
    pub computed: Class,
    /// What is proposed.
    pub proposed: Class,
}

/// What a proposal is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Against<'a> {
    /// The unit.
    pub unit: &'a organisation::Model,
    /// The periods of the unit's other decided classifications.
    pub others: &'a [Span],
    /// The thresholds.
    pub levels: Levels,
    /// The most years of a period.
    pub most_years: u32,
    /// Whether it would be a next edition.
    pub next_edition: bool,
}

/// Checks a proposal: every fault at once.
pub fn check(wanted: &Proposal, against: Against<'_>) -> Result<Checked, Vec<UserError>> {
    let mut faults = Vec::new();
    let unit = against.unit;
    if !PUBLIC_SERVICE_KINDS.iter().any(|kind| kind.as_str() == unit.kind) {
        let kinds: Vec<&str> = PUBLIC_SERVICE_KINDS.iter().map(|kind| kind.as_str()).collect();
        let message = Message::new("classification-not-for-kind")
            .with("code", unit.code.as_str())
            .with("kind", unit.kind.as_str())
            .with("kinds", kinds.join(", "));
        let fault = UserError::new(UserErrorCode::FormNotForOrganisation, &["organisation"], message);
        faults.push(fault.expecting(kinds.join(", "), &unit.kind));
    }
    let span = span_of(wanted, against, &mut faults);
    let of_money = check_money(wanted.money);
    let sound = of_money.is_empty();
    faults.extend(of_money);
    for (field, given) in [("explanation", &wanted.explanation), ("reason", &wanted.reason)] {
        faults.extend(trimmed(given.as_deref()).and_then(|given| text(&[field], given, MAX_TEXT)));
    }
    if against.next_edition && trimmed(wanted.reason.as_deref()).is_none() {
        let message = Message::new("autonomy-reason-required");
        faults.push(UserError::new(UserErrorCode::ExplanationRequired, &["reason"], message));
    }
    // A group that follows from wrong amounts is nothing to compare with.
    let Some(computed) = class_of(wanted.money, against.levels).filter(|_| sound) else { return Err(faults) };
    let band = match (wanted.group, wanted.band) {
        // Nobody types the band again that the amounts have.
        (AutonomyGroup::Group3, None) => computed.band,
        (_, band) => band,
    };
    let proposed = Class { group: wanted.group, band };
    if (proposed.group == AutonomyGroup::Group3) != band.is_some() {
        let message = Message::new("autonomy-band");
        faults.push(UserError::new(UserErrorCode::Required, &["band"], message));
    } else {
        faults.extend(differs(computed, proposed, wanted.explanation.as_deref()));
    }
    match span {
        Some(span) if faults.is_empty() => Ok(Checked { span, computed, proposed }),
        _ => Err(faults),
    }
}

fn span_of(wanted: &Proposal, against: Against<'_>, faults: &mut Vec<UserError>) -> Option<Span> {
    let most = i32::try_from(against.most_years).unwrap_or(i32::MAX).max(1);
    if !YEARS.contains(&wanted.from_year) {
        let message = Message::new("autonomy-year").with("first", *YEARS.start()).with("last", *YEARS.end());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["fromYear"], message));
        return None;
    }
    let last = wanted.from_year.saturating_add(most - 1);
    let span = Span { from: wanted.from_year, to: wanted.to_year.unwrap_or(last) };
    if !(span.from..=last).contains(&span.to) {
        let message = Message::new("autonomy-years").with("from", span.from.to_string()).with("most", most);
        let fault = UserError::new(UserErrorCode::OutOfRange, &["toYear"], message);
        faults.push(fault.expecting(format!("{}..{last}", span.from), span.to));
        return None;
    }
    let (first, end) = span.days()?;
    let unit = against.unit;
    if unit.effective_from > end || unit.effective_to.is_some_and(|last| last < first) {
        let message = Message::new("autonomy-unit-absent")
            .with("code", unit.code.as_str())
            .with("from", span.from.to_string())
            .with("to", span.to.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["organisation"], message));
    }
    faults.extend(overlapping(span, against.others));
    Some(span)
}

/// The faults of a period that shares a year with another decided one of the unit.
pub fn overlapping(span: Span, others: &[Span]) -> Vec<UserError> {
    let shared = others.iter().filter(|other| span.overlaps(**other));
    shared
        .map(|other| {
            let message =
                Message::new("autonomy-overlap").with("from", other.from.to_string()).with("to", other.to.to_string());
            UserError::new(UserErrorCode::Overlap, &["fromYear"], message)
        })
        .collect()
}

fn check_money(money: Money) -> Vec<UserError> {
    let mut faults = Vec::new();
    let fields = [
        ("recurrentRevenue", money.revenue),
        ("recurrentExpenditure", money.expenditure),
        ("investmentAmount", money.investment),
    ];
    for (field, given) in fields {
        if given < 0 {
            let message = Message::new("autonomy-negative").with("field", field).with("given", given);
            faults.push(UserError::new(UserErrorCode::NegativeAmount, &[field], message).expecting(0, given));
        } else if given > MAX_EXACT {
            let message = Message::new("budget-sum-too-large");
            faults.push(UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(MAX_EXACT, given));
        }
    }
    if money.expenditure == 0 {
        let message = Message::new("autonomy-no-expenditure");
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["recurrentExpenditure"], message).expecting(1, 0));
    }
    if money.investment >= 0 && money.invests != (money.investment > 0) {
        let message = Message::new("autonomy-investment");
        faults.push(UserError::new(UserErrorCode::Required, &["investmentAmount"], message));
    }
    faults
}

/// The fault of a group that is not the computed one, and nobody says why.
pub fn differs(computed: Class, proposed: Class, explanation: Option<&str>) -> Option<UserError> {
    (computed != proposed && trimmed(explanation).is_none()).then(|| {
        let message = Message::new("autonomy-differs")
            .with("computed", computed.to_string())
            .with("proposed", proposed.to_string());
        let fault = UserError::new(UserErrorCode::ExplanationRequired, &["explanation"], message);
        fault.expecting(computed, proposed)
    })
}

/// Checks what an appraisal says.
pub fn check_opinion(field: &str, given: Option<&str>) -> Option<UserError> {
    text(&[field], given.unwrap_or_default(), MAX_TEXT)
}

/// Checks a decision to classify: its number and day, and the day from which it holds.
pub fn check_decision(
    (number, date, from): (&str, NaiveDate, NaiveDate),
    span: Span,
    unit: &organisation::Model,
    today: NaiveDate,
) -> Vec<UserError> {
    let mut faults = decision_faults(number, date, today);
    let Some((first, last)) = span.days() else { return faults };
    // Estimates are settled in the year before; a decision of an earlier one is about another period.
    let earliest = NaiveDate::from_ymd_opt(span.from - 1, 1, 1).unwrap_or(first);
    faults.extend(not_before(&["decisionDate"], date, earliest));
    faults.extend(not_later(&["decisionDate"], date, last).filter(|_| date <= today));
    faults.extend(not_before(&["effectiveFrom"], from, first));
    faults.extend(not_later(&["effectiveFrom"], from, last));
    if !holds_on((unit.effective_from, unit.effective_to), from) {
        let message = Message::new("delegation-organisation-absent")
            .with("code", unit.code.as_str())
            .with("day", from.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["effectiveFrom"], message));
    }
    faults
}

/// The last day that is left to an edition when another holds from a day on: the day before, and no day at all where that
/// comes before its first one.
pub fn cut_short((from, to): (NaiveDate, NaiveDate), next_from: NaiveDate) -> NaiveDate {
    let before = |day: NaiveDate| day.pred_opt().unwrap_or(day);
    to.min(before(next_from)).max(before(from))
}

/// What may be done with a classification, in the order in which a screen shows it.
pub const AUTONOMY_ACTIONS: [Action; 3] = [Action::ProposeAutonomy, Action::AppraiseAutonomy, Action::DecideAutonomy];

/// The states from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [AutonomyState] {
    match action {
        Action::ProposeAutonomy => &[AutonomyState::Proposed, AutonomyState::Returned, AutonomyState::Decided],
        Action::AppraiseAutonomy => &[AutonomyState::Proposed],
        Action::DecideAutonomy => &[AutonomyState::Appraised],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(action: Action, state: AutonomyState) -> Option<UserError> {
    (!from_states(action).contains(&state)).then(|| {
        let from: Vec<&str> = from_states(action).iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("autonomy-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

#[cfg(test)]
mod tests;
