//! Compares what is stored with what accepted forms and registers give, and writes what differs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::str::FromStr;

use chrono::NaiveDate;
use entity::indicator::measure_value;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::disclosing::disclose;
use super::observing::observe;
use super::registers::{programme_of, register_periods};
use super::{around, key_of, observation_changes, observed, span_of};
use crate::indicator::SourceKind;
use crate::indicator::store::{self, Definition, FormulaTerm, NewValue, ObservationKey, Observed, Span};
use crate::organisation;
use access::Permit;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::form::Additivity;
use kernel::period::{Calendar, Period};

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
