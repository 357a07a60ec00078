//! Which figures of the whole programme are shown to those outside, where they rest on confidential forms.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::disclosure::Disclosures;
use crate::indicator::store::{Definition, FormulaTerm, ObservationKey, Observed};
use crate::organisation;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kernel::period::Period;
use templates::definition::Place;
use templates::rules::disclosure::Disclosed;
use templates::{Confidentiality, Template};

/// The confidential form of which an indicator is made, where it is made of that form alone and of sums of its cells.
fn sums_of(definition: &Definition) -> Option<&'static Template> {
    let template = templates::confidential().find(|template| {
        let of_it = |term: &FormulaTerm| term.coefficient == 1 && term.measure.source == template.code.as_str();
        definition.terms().all(of_it)
    })?;
    (template.confidential == Some(Confidentiality::Sums)).then_some(template)
}

/// Says of each figure of the whole programme that rests on confidential forms whether it is shown to those outside.
pub(super) async fn disclose(
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
