//! From a changed register to its measures: those that hold from a day, and those of the budget year.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::Datelike;
use entity::indicator::measure_value;
use entity::organisation::programme;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::{Scope, budget_periods, project_indicators, span_of, year_of};
use crate::indicator::SourceKind;
use crate::indicator::figures::{PeriodFigure, RegisterFigure};
use crate::indicator::store::{self, NewValue, Span};
use crate::organisation;
use access::Permit;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::period::{Calendar, Period, PeriodKind};

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

pub(super) async fn programme_of(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<programme::Model> {
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
