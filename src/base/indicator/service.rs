//! Projection: from an accepted form or a changed register to measures, and from measures to the figures
//! of indicators. Runs inside the transaction of the change. Registers stand in [`registers`], the arithmetic over
//! the tree of organisations in [`observing`], what is shown outside in [`disclosing`], and the comparison of what is
//! stored with what it comes from in [`rebuilding`].

pub mod disclosing;
pub mod observing;
pub mod rebuilding;
pub mod registers;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use chrono::NaiveDate;
use entity::indicator::{indicator_observation, measure_value};
use entity::workflow::submission;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::SourceKind;
use super::rules::{self, TargetLine};
use super::store::{self, Definition, NewValue, ObservationKey, Observed, Span};
use crate::disclosure;
use crate::organisation;
use access::Permit;
use disclosing::disclose;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kernel::period::{Calendar, Period, PeriodKind};
use templates::Confidentiality;

pub use observing::observe;
pub use rebuilding::{Difference, rebuild};
pub use registers::{project_budget_register, project_register, register_periods};

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

/// A stored target as far as its status depends on it.
pub fn target_line(row: &entity::programme::target::Model) -> ApiResult<TargetLine> {
    Ok(TargetLine {
        comparator: rules::Comparator::from_str(&row.comparator)?,
        value_hundredths: row.value_hundredths,
        due: row.due,
    })
}
