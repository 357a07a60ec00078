//! Projection: from an accepted form or a changed register to measures, and from measures to the figures
//! of indicators. Runs inside the transaction of the change.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use entity::indicator::{indicator_observation, measure_value};
use entity::organisation::programme;
use entity::workflow::submission;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::rules;
use super::rules::Figure;
use super::rules::RolledUp;
use super::rules::Term;
use super::store::{self, Definition, FormulaTerm, NewValue, ObservationKey, Observed, Span};
use super::{SourceKind, rules::TargetLine};
use crate::disclosure;
use crate::disclosure::Disclosures;
use crate::organisation;
use crate::organisation::store::Shape;
use access::Permit;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::period::{Calendar, Period, PeriodKind};
use templates::definition::Place;
use templates::rules::disclosure::Disclosed;
use templates::{Confidentiality, Template};

/// Writes the measures of an accepted form and the figures of every indicator that rests on them: of the
/// organisation and all above it, for the period and all around it. `figures` are all measures of the form; one that
/// an edition gave and this one does not is superseded and has no value.
pub async fn project_submission(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &submission::Model,
    period: &Period,
    figures: &[(&'static str, Option<i64>)],
) -> ApiResult<()> {
    let revision = store::next_revision(tx, clock, permit, row.programme_id, Some(row.id)).await?;
    let measures: Vec<&str> = figures.iter().map(|(measure, _)| *measure).collect();
    let span = Span::period(period);
    let known = store::current_form_values(tx, row.organisation_id, &span, &measures).await?;
    let (mut superseded, mut new) = (Vec::new(), Vec::new());
    for (measure, value) in figures {
        let stored = known.iter().find(|row| row.measure_code == *measure);
        // Nothing is written of what was not given before and is not given now.
        if value.is_none() && stored.is_none_or(|row| row.value.is_none()) {
            continue;
        }
        // All others are written anew, changed or not: every figure names the edition it came from, and so does one
        // that is a figure no more.
        superseded.extend(stored.map(|row| row.id));
        new.push(NewValue {
            organisation_id: row.organisation_id,
            measure_code: (*measure).to_owned(),
            span: span.clone(),
            value: *value,
            source_kind: SourceKind::Submission,
            source_id: Some(row.id),
        });
    }
    store::replace_values(tx, clock, permit, row.programme_id, revision, &superseded, &new).await?;

    let organisations = organisation::store::upward(tx, row.organisation_id).await?;
    let scope = Scope {
        programme_id: row.programme_id,
        organisations: organisations.into_iter().collect(),
        measures: measures.into_iter().map(str::to_owned).collect(),
        periods: touched(row, period)?,
    };
    project_indicators(tx, clock, permit, revision, &scope).await
}

/// Computes the figures anew that reach beyond the end of some organisations: what they could not give after it is not
/// missing.
pub async fn project_ended(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    ended: &[Uuid],
    last_day: NaiveDate,
) -> ApiResult<()> {
    let (mut measures, mut periods) = (BTreeSet::new(), BTreeMap::new());
    for row in store::current_values_of(tx, ended).await? {
        let calendar = Calendar::from_str(&row.calendar)?;
        let around = around(&Period::parse(calendar, &row.period_code)?);
        for period in around.into_iter().filter(|period| period.end > last_day) {
            periods.insert(format!("{calendar} {}", period.code()), period);
            measures.insert(row.measure_code.clone());
        }
    }
    if periods.is_empty() {
        return Ok(());
    }
    let revision = store::next_revision(tx, clock, permit, programme_id, None).await?;
    let upward = organisation::store::upward_of(tx, ended.to_vec()).await?;
    let scope = Scope {
        programme_id,
        organisations: upward.into_values().flatten().collect(),
        measures,
        periods: periods.into_values().collect(),
    };
    project_indicators(tx, clock, permit, revision, &scope).await
}

/// The periods that a figure of one enters: all around it; and in the budget year, where a figure stands until the next,
/// all of the year.
fn around(period: &Period) -> Vec<Period> {
    match period.calendar {
        Calendar::BudgetYear if period.kind != PeriodKind::AdHoc => budget_periods(period.year),
        _ => period.enclosing(),
    }
}

/// Every period of a budget year.
fn budget_periods(year: i32) -> Vec<Period> {
    PeriodKind::ALL.iter().flat_map(|kind| Period::all(Calendar::BudgetYear, *kind, year)).collect()
}

/// The periods of which figures may change with an accepted form: all around its own; and where sums of the form are
/// shown that are held against each other, those beside these.
fn touched(row: &submission::Model, period: &Period) -> ApiResult<Vec<Period>> {
    let mut periods = around(period);
    let form = FormCode::from_str(&row.form)?;
    if templates::of(form).is_ok_and(|template| template.confidential == Some(Confidentiality::Sums)) {
        let beside: Vec<Period> = periods.iter().flat_map(disclosure::beside).collect();
        for one in beside {
            if !periods.iter().any(|known| known.code() == one.code()) {
                periods.push(one);
            }
        }
    }
    Ok(periods)
}

/// The confidential form of which an indicator is made, where it is made of that form alone and of sums of its cells.
fn sums_of(definition: &Definition) -> Option<&'static Template> {
    let template = templates::confidential().find(|template| {
        let of_it = |term: &FormulaTerm| term.coefficient == 1 && term.measure.source == template.code.as_str();
        definition.terms().all(of_it)
    })?;
    (template.confidential == Some(Confidentiality::Sums)).then_some(template)
}

/// Says of each figure of the whole programme that rests on confidential forms whether it is shown to those outside.
async fn disclose(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    definitions: &[Definition],
    wanted: &mut BTreeMap<ObservationKey, Observed>,
) -> ApiResult<()> {
    let mut of_form: BTreeMap<FormCode, Vec<&Definition>> = BTreeMap::new();
    for definition in definitions {
        if let Some(template) = sums_of(definition) {
            of_form.entry(template.code).or_default().push(definition);
        }
    }
    if of_form.is_empty() {
        return Ok(());
    }
    let root = organisation::store::root_of(connection, programme_id).await?;
    for (form, definitions) in of_form {
        let template = templates::of(form)?;
        let codes: HashSet<&str> = definitions.iter().map(|definition| definition.row.code.as_str()).collect();
        let mut periods: BTreeMap<String, Period> = BTreeMap::new();
        for key in wanted.keys().filter(|key| codes.contains(key.indicator_code.as_str())) {
            let period = Period::parse(template.calendar, &key.span.code)?;
            periods.insert(key.span.code.clone(), period);
        }
        let all: Vec<Period> = periods.values().copied().collect();
        let disclosures = Disclosures::load(connection, programme_id, template, &all).await?;
        let decided: HashMap<&str, Option<Disclosed>> =
            periods.iter().map(|(code, period)| (code.as_str(), disclosures.of(period))).collect();
        for definition in definitions {
            let side = |terms: &[FormulaTerm]| -> Vec<Place> {
                terms.iter().flat_map(|term| template.measured(&term.measure.code)).collect()
            };
            let (numerator, denominator) = (side(&definition.numerator), side(&definition.denominator));
            let figures = wanted.iter_mut().filter(|(key, _)| {
                key.indicator_code == definition.row.code
                    && key.organisation_id == root.id
                    && key.span.calendar == template.calendar.as_str()
            });
            for (key, observed) in figures {
                let found = decided.get(key.span.code.as_str()).and_then(Option::as_ref);
                observed.disclosed = found.map(|one| one.shows_sum(&numerator) && one.shows_sum(&denominator));
            }
        }
    }
    Ok(())
}

/// A figure of a register: whose, of which measure, from which day, how much.
pub type RegisterFigure = (Uuid, &'static str, NaiveDate, i64);

/// Writes the measures of a register, each from the day on which it changes, and the figures of every
/// indicator that rests on them. `measures` are all that the register gives: days of which it no longer knows
/// lose their figure, and those of other registers stay.
pub async fn project_register(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    measures: &[&'static str],
    figures: &[RegisterFigure],
) -> ApiResult<()> {
    let known = store::current_register_values(tx, programme_id, measures).await?;
    let figures: Vec<SpanFigure> = figures
        .iter()
        .map(|(organisation_id, measure, day, value)| (*organisation_id, *measure, Span::day(*day), *value))
        .collect();
    let programme = programme_of(tx, programme_id).await?;
    write_register(tx, clock, permit, programme_id, (measures, register_periods(&programme)), known, &figures).await
}

/// A figure of a register of the budget year: whose, of which measure, for which period, how much.
pub type PeriodFigure = (Uuid, &'static str, Period, i64);

/// Writes the measures of a register that accumulate in one budget year, and the figures of every indicator that
/// rests on them. Two budget years are open in January, so that a day alone would not tell of which one a figure is.
pub async fn project_budget_register(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, year): (Uuid, i32),
    measures: &[&'static str],
    figures: &[PeriodFigure],
) -> ApiResult<()> {
    let mut known = store::current_register_values(tx, programme_id, measures).await?;
    known.retain(|row| year_of(&row.period_code) == Some(year));
    let figures: Vec<SpanFigure> = figures
        .iter()
        .filter(|(_, _, period, _)| period.year == year)
        .map(|(organisation_id, measure, period, value)| (*organisation_id, *measure, Span::period(period), *value))
        .collect();
    let scope = (measures, budget_periods(year));
    write_register(tx, clock, permit, programme_id, scope, known, &figures).await
}

/// A figure of a register with the time for which it is.
type SpanFigure = (Uuid, &'static str, Span, i64);

async fn write_register(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    (measures, periods): (&[&'static str], Vec<Period>),
    known: Vec<measure_value::Model>,
    figures: &[SpanFigure],
) -> ApiResult<()> {
    let (superseded, new) = register_changes(&known, figures)?;
    if new.is_empty() {
        return Ok(());
    }
    let revision = store::next_revision(tx, clock, permit, programme_id, None).await?;
    store::replace_values(tx, clock, permit, programme_id, revision, &superseded, &new).await?;

    let changed: BTreeSet<Uuid> = new.iter().map(|value| value.organisation_id).collect();
    let upward = organisation::store::upward_of(tx, changed.into_iter().collect()).await?;
    let scope = Scope {
        programme_id,
        organisations: upward.into_values().flatten().collect(),
        measures: measures.iter().map(|measure| (*measure).to_owned()).collect(),
        periods,
    };
    project_indicators(tx, clock, permit, revision, &scope).await
}

/// What must be marked and written so that a register's stored measures say what its figures say.
fn register_changes(known: &[measure_value::Model], figures: &[SpanFigure]) -> ApiResult<(Vec<Uuid>, Vec<NewValue>)> {
    type Key<'a> = (Uuid, &'a str, &'a str);
    let known: HashMap<Key<'_>, &measure_value::Model> = known
        .iter()
        .map(|row| ((row.organisation_id, row.measure_code.as_str(), row.period_code.as_str()), row))
        .collect();
    let (mut superseded, mut new) = (Vec::new(), Vec::new());
    let mut given: HashSet<Key<'_>> = HashSet::with_capacity(figures.len());
    let value_of = |organisation_id: Uuid, measure: &str, span: Span, value: Option<i64>| NewValue {
        organisation_id,
        measure_code: measure.to_owned(),
        span,
        value,
        source_kind: SourceKind::Register,
        source_id: None,
    };
    for (organisation_id, measure, span, value) in figures {
        let key = (*organisation_id, *measure, span.code.as_str());
        given.insert(key);
        let stored = known.get(&key);
        if stored.is_some_and(|row| row.value == Some(*value)) {
            continue;
        }
        superseded.extend(stored.map(|row| row.id));
        new.push(value_of(*organisation_id, measure, span.clone(), Some(*value)));
    }
    for (key, row) in known {
        if row.value.is_some() && !given.contains(&key) {
            superseded.push(row.id);
            new.push(value_of(row.organisation_id, &row.measure_code, span_of(row)?, None));
        }
    }
    Ok((superseded, new))
}

/// The year that a period's code names; that of its last day for a span of days.
fn year_of(code: &str) -> Option<i32> {
    let last = code.rsplit_once('/').map_or(code, |(_, last)| last);
    last.get(..4)?.parse().ok()
}

/// The time for which a stored figure is.
fn span_of(row: &measure_value::Model) -> ApiResult<Span> {
    Ok(Span {
        calendar: Calendar::from_str(&row.calendar)?.as_str(),
        // A register's figure holds from a day, which no reporting period is.
        kind: PeriodKind::from_str(&row.period_kind).map_or(Span::DAY, PeriodKind::as_str),
        code: row.period_code.clone(),
        start: row.period_start,
        end: row.period_end,
    })
}

async fn programme_of(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<programme::Model> {
    programme::Entity::find_by_id(programme_id)
        .one(connection)
        .await?
        .ok_or_else(|| ApiError::internal("a figure of no programme"))
}

/// The periods for which a register's indicators are kept: the programme's years, and the year before
/// them for comparison. They do not depend on today, so that a rebuild gives the same; readers are shown
/// those that have begun.
pub fn register_periods(programme: &programme::Model) -> Vec<Period> {
    let kinds = [PeriodKind::Quarter, PeriodKind::HalfYear, PeriodKind::NineMonths, PeriodKind::Year];
    (programme.start_date.year() - 1..=programme.end_date.year())
        .flat_map(|year| kinds.into_iter().flat_map(move |kind| Period::all(Calendar::Nd09, kind, year)))
        .collect()
}

/// What a change may touch.
struct Scope {
    programme_id: Uuid,
    organisations: BTreeSet<Uuid>,
    measures: BTreeSet<String>,
    periods: Vec<Period>,
}

async fn project_indicators(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    revision: i64,
    scope: &Scope,
) -> ApiResult<()> {
    let definitions: Vec<Definition> = store::definitions(tx)
        .await?
        .into_iter()
        .filter(|definition| definition.terms().any(|term| scope.measures.contains(&term.measure.code)))
        .collect();
    let (Some(start), Some(end)) =
        (scope.periods.iter().map(|period| period.start).min(), scope.periods.iter().map(|period| period.end).max())
    else {
        return Ok(());
    };
    if definitions.is_empty() {
        return Ok(());
    }
    let needed: BTreeSet<&str> =
        definitions.iter().flat_map(Definition::terms).map(|term| term.measure.code.as_str()).collect();
    let needed: Vec<&str> = needed.into_iter().collect();
    let values = store::current_window(tx, scope.programme_id, &needed, start, end).await?;
    let shape = organisation::store::shape_of_programme(tx, scope.programme_id).await?;
    let mut wanted = observe(&definitions, &values, &shape, &scope.periods, |id| scope.organisations.contains(&id))?;
    disclose(tx, scope.programme_id, &definitions, &mut wanted).await?;

    let organisations: Vec<Uuid> = scope.organisations.iter().copied().collect();
    let codes: Vec<&str> = definitions.iter().map(|definition| definition.row.code.as_str()).collect();
    let period_codes: Vec<String> = scope.periods.iter().map(Period::code).collect();
    let known = store::current_observations(tx, scope.programme_id, &organisations, &codes, &period_codes).await?;
    let (superseded, new) = observation_changes(&known, wanted)?;
    store::replace_observations(tx, clock, permit, scope.programme_id, revision, &superseded, &new).await
}

/// The key of a stored figure.
pub fn key_of(row: &indicator_observation::Model) -> ApiResult<ObservationKey> {
    Ok(ObservationKey {
        organisation_id: row.organisation_id,
        indicator_code: row.indicator_code.clone(),
        span: Span {
            calendar: Calendar::from_str(&row.calendar)?.as_str(),
            kind: PeriodKind::from_str(&row.period_kind)?.as_str(),
            code: row.period_code.clone(),
            start: row.period_start,
            end: row.period_end,
        },
    })
}

/// What a stored figure says.
pub fn observed(row: &indicator_observation::Model) -> Observed {
    Observed { parts: row.numerator.zip(row.denominator), missing: row.missing, disclosed: row.disclosed }
}

/// What is marked as superseded, and what is written.
type Changes = (Vec<Uuid>, Vec<(ObservationKey, Observed)>);

/// What must be marked and written so that the stored figures say what is wanted. A figure that is no
/// longer there is written as one without data; one that never was is not written at all.
fn observation_changes(
    known: &[indicator_observation::Model],
    mut wanted: BTreeMap<ObservationKey, Observed>,
) -> ApiResult<Changes> {
    let (mut superseded, mut new) = (Vec::new(), Vec::new());
    for row in known {
        let key = key_of(row)?;
        let is = wanted.remove(&key).unwrap_or_default();
        if is != observed(row) {
            superseded.push(row.id);
            new.push((key, is));
        }
    }
    new.extend(wanted);
    Ok((superseded, new))
}

/// The figures of a term's measure for the periods of a calendar.
fn periodic_of<'a>(
    figures: &'a HashMap<(&str, &str), Vec<Figure>>,
    term: &'a FormulaTerm,
    period: &Period,
) -> &'a [Figure] {
    figures.get(&(term.measure.code.as_str(), period.calendar.as_str())).map_or(&[], Vec::as_slice)
}

/// The figures of indicators from the figures of measures: pure, for every wanted organisation and period
/// for which there is data. `shape` is how the programme's organisations stand to each other.
pub fn observe(
    definitions: &[Definition],
    values: &[measure_value::Model],
    shape: &Shape,
    periods: &[Period],
    wanted: impl Fn(Uuid) -> bool,
) -> ApiResult<BTreeMap<ObservationKey, Observed>> {
    let mut below: BTreeMap<Uuid, HashSet<Uuid>> = BTreeMap::new();
    for (upper, lower) in shape.closure.iter().filter(|(upper, _)| wanted(*upper)) {
        below.entry(*upper).or_default().insert(*lower);
    }
    // Figures of periods by measure and calendar; those that hold from a day, by measure alone.
    let mut periodic: HashMap<(&str, &str), Vec<Figure>> = HashMap::new();
    let mut dated: HashMap<&str, Vec<Figure>> = HashMap::new();
    for row in values {
        let Some(value) = row.value else { continue };
        let figure = Figure {
            organisation_id: row.organisation_id,
            start: row.period_start,
            end: row.period_end,
            year: year_of(&row.period_code).ok_or_else(|| ApiError::internal("a period without a year"))?,
            value,
        };
        if row.period_kind == Span::DAY {
            dated.entry(&row.measure_code).or_default().push(figure);
        } else {
            periodic.entry((row.measure_code.as_str(), row.calendar.as_str())).or_default().push(figure);
        }
    }
    let mut found = BTreeMap::new();
    for (organisation_id, lower) in &below {
        let own = |figures: &Vec<Figure>| -> Vec<Figure> {
            figures.iter().filter(|figure| lower.contains(&figure.organisation_id)).copied().collect()
        };
        let own_periodic: HashMap<(&str, &str), Vec<Figure>> =
            periodic.iter().map(|(key, figures)| (*key, own(figures))).collect();
        let own_dated: HashMap<&str, Vec<Figure>> = dated.iter().map(|(key, figures)| (*key, own(figures))).collect();
        let kept =
            |definition: &&Definition| !definition.row.whole_programme_only || shape.top == Some(*organisation_id);
        for definition in definitions.iter().filter(kept) {
            for period in periods.iter().filter(|period| period.calendar == definition.calendar) {
                let there = |id: Uuid, part: &Period| shape.there(id, (part.start, part.end));
                // Whoever has something in the register owes the form that is held against it.
                let owing: BTreeSet<Uuid> = definition
                    .terms()
                    .filter(|term| term.source == SourceKind::Register && term.additivity == Additivity::Cumulative)
                    .flat_map(|term| rules::with_some(period, periodic_of(&own_periodic, term, period)))
                    .collect();
                let rolled = |term: &FormulaTerm| match (term.additivity, term.source) {
                    (Additivity::Cumulative, SourceKind::Submission) => {
                        rules::roll_up_cumulative(period, periodic_of(&own_periodic, term, period), &owing, there)
                    }
                    // What a register has not is not there: nothing is missing of it.
                    (Additivity::Cumulative, SourceKind::Register) => RolledUp {
                        missing: 0,
                        ..rules::roll_up_cumulative(
                            period,
                            periodic_of(&own_periodic, term, period),
                            &BTreeSet::new(),
                            there,
                        )
                    },
                    (_, SourceKind::Register) => own_dated
                        .get(term.measure.code.as_str())
                        .map_or_else(RolledUp::default, |figures| rules::roll_up_register(period, figures)),
                    (additivity, SourceKind::Submission) => {
                        rules::roll_up_forms(additivity, period, periodic_of(&own_periodic, term, period), there)
                    }
                };
                let terms = |side: &[FormulaTerm]| -> Vec<Term> {
                    side.iter().map(|term| Term { measure: rolled(term), coefficient: term.coefficient }).collect()
                };
                let (numerator, denominator) = (terms(&definition.numerator), terms(&definition.denominator));
                let parts = rules::side(&numerator).zip(rules::side(&denominator));
                let missing = numerator.iter().chain(&denominator).map(|term| term.measure.missing).max();
                let missing = missing.and_then(|count| i32::try_from(count).ok()).unwrap_or(0);
                let observed = Observed { parts, missing, disclosed: None };
                if parts.is_some() {
                    let key = ObservationKey {
                        organisation_id: *organisation_id,
                        indicator_code: definition.row.code.clone(),
                        span: Span::period(period),
                    };
                    found.insert(key, observed);
                }
            }
        }
    }
    Ok(found)
}

/// A stored target as far as its status depends on it.
pub fn target_line(row: &entity::programme::target::Model) -> ApiResult<TargetLine> {
    Ok(TargetLine {
        comparator: rules::Comparator::from_str(&row.comparator)?,
        value_hundredths: row.value_hundredths,
        due: row.due,
    })
}

/// A difference between what is stored and what the accepted forms and registers give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub what: String,
    /// What is stored.
    pub stored: String,
    /// What it should be.
    pub expected: String,
}

/// Compares what is stored of a programme with what its accepted forms and registers give, and, unless only
/// checking, writes what differs as a new revision.
pub async fn rebuild(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    expected: Vec<NewValue>,
    check_only: bool,
) -> ApiResult<Vec<Difference>> {
    let known: HashMap<(Uuid, String, Span), measure_value::Model> = store::all_current_values(tx, programme_id)
        .await?
        .into_iter()
        .map(|row| Ok(((row.organisation_id, row.measure_code.clone(), span_of(&row)?), row)))
        .collect::<ApiResult<_>>()?;
    let mut differences = Vec::new();
    let (mut superseded, mut new) = (Vec::new(), Vec::new());
    let mut given = HashSet::with_capacity(expected.len());
    let print = |value: Option<i64>| value.map_or_else(|| "none".to_owned(), |value| value.to_string());
    for value in &expected {
        let key = (value.organisation_id, value.measure_code.clone(), value.span.clone());
        let stored = known.get(&key);
        if !stored.is_some_and(|row| row.value == value.value && row.source_id == value.source_id) {
            differences.push(Difference {
                what: format!("measure {} of {} for {}", key.1, key.0, key.2.code),
                stored: print(stored.and_then(|row| row.value)),
                expected: print(value.value),
            });
            superseded.extend(stored.map(|row| row.id));
            new.push(value.clone());
        }
        given.insert(key);
    }
    for (key, row) in known.iter().filter(|(key, row)| row.value.is_some() && !given.contains(key)) {
        differences.push(Difference {
            what: format!("measure {} of {} for {}", key.1, key.0, key.2.code),
            stored: print(row.value),
            expected: print(None),
        });
        superseded.push(row.id);
        new.push(NewValue {
            organisation_id: key.0,
            measure_code: key.1.clone(),
            span: key.2.clone(),
            value: None,
            source_kind: SourceKind::from_str(&row.source_kind)?,
            source_id: None,
        });
    }

    let programme = programme_of(tx, programme_id).await?;
    let mut periods: BTreeMap<(NaiveDate, NaiveDate, String), Period> = BTreeMap::new();
    for value in expected.iter().filter(|value| value.span.kind != Span::DAY) {
        let calendar = Calendar::from_str(value.span.calendar)?;
        for period in around(&Period::parse(calendar, &value.span.code)?) {
            periods.insert((period.start, period.end, format!("{calendar} {}", period.code())), period);
        }
    }
    let periods: Vec<Period> = periods.into_values().collect();
    let values: Vec<measure_value::Model> = expected.iter().map(|value| as_row(programme_id, value)).collect();
    let shape = organisation::store::shape_of_programme(tx, programme_id).await?;
    let by_day = |term: &FormulaTerm| term.source == SourceKind::Register && term.additivity != Additivity::Cumulative;
    let (of_registers, of_periods): (Vec<Definition>, Vec<Definition>) =
        store::definitions(tx).await?.into_iter().partition(|definition| definition.terms().all(by_day));
    let mut wanted = observe(&of_periods, &values, &shape, &periods, |_| true)?;
    disclose(tx, programme_id, &of_periods, &mut wanted).await?;
    wanted.extend(observe(&of_registers, &values, &shape, &register_periods(&programme), |_| true)?);
    let stored = store::all_current_observations(tx, programme_id).await?;
    let (superseded_observations, new_observations) = observation_changes(&stored, wanted)?;
    let before: HashMap<ObservationKey, Observed> =
        stored.iter().map(|row| Ok((key_of(row)?, observed(row)))).collect::<ApiResult<_>>()?;
    // Figures that differ in nothing but in whether they are shown outside must be told apart, too.
    let told = |observed: Option<&Observed>| match observed {
        Some(Observed { parts, disclosed: Some(shown), .. }) => format!("{parts:?}, shown outside: {shown}"),
        other => format!("{:?}", other.and_then(|observed| observed.parts)),
    };
    for (key, is) in &new_observations {
        differences.push(Difference {
            what: format!("indicator {} of {} for {}", key.indicator_code, key.organisation_id, key.span.code),
            stored: told(before.get(key)),
            expected: told(Some(is)),
        });
    }
    if !check_only && !differences.is_empty() {
        let revision = store::next_revision(tx, clock, permit, programme_id, None).await?;
        store::replace_values(tx, clock, permit, programme_id, revision, &superseded, &new).await?;
        store::replace_observations(
            tx,
            clock,
            permit,
            programme_id,
            revision,
            &superseded_observations,
            &new_observations,
        )
        .await?;
    }
    Ok(differences)
}

/// An expected figure in the shape of a stored one, for computing with it.
fn as_row(programme_id: Uuid, value: &NewValue) -> measure_value::Model {
    measure_value::Model {
        id: Uuid::nil(),
        programme_id,
        organisation_id: value.organisation_id,
        measure_code: value.measure_code.clone(),
        breakdown: String::new(),
        calendar: value.span.calendar.to_owned(),
        period_kind: value.span.kind.to_owned(),
        period_code: value.span.code.clone(),
        period_start: value.span.start,
        period_end: value.span.end,
        value: value.value,
        source_kind: value.source_kind.as_str().to_owned(),
        source_id: value.source_id,
        revision: 0,
        superseded_revision: None,
        recorded_at: chrono::DateTime::UNIX_EPOCH,
    }
}
