//! From the figures of measures to those of indicators, over the tree of organisations: pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use entity::indicator::measure_value;
use uuid::Uuid;

use super::year_of;
use crate::indicator::SourceKind;
use crate::indicator::rules::{self, Figure, RolledUp, Term};
use crate::indicator::store::{Definition, FormulaTerm, ObservationKey, Observed, Span};
use crate::organisation::store::Shape;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::period::Period;

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
