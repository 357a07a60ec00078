//! Measures, indicators, and the formulas over measures.

use std::collections::HashMap;

use entity::indicator::{indicator, indicator_term, measure};
use sea_orm::{ColumnTrait, EntityName, EntityTrait, QueryFilter};
use serde_json::{Value as Json, json};

use crate::reference::entries::Term;
use crate::reference::files::Reference;
use crate::reference::writer::{Row, Writer};
use kernel::error::ApiResult;

pub(super) async fn load_measures(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    let mut known: HashMap<String, measure::Model> =
        measure::Entity::find().all(writer.tx).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut rows = Vec::new();
    for entry in &reference.measures {
        let wanted = measure::Model {
            code: entry.code.clone(),
            additivity: entry.additivity.clone(),
            unit: entry.unit.clone(),
            source: entry.source.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
        };
        rows.push(Row { key: entry.code.clone(), stored: known.remove(&entry.code), wanted });
    }
    writer.write::<measure::Entity>(rows).await
}

pub(super) async fn load_indicators(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    let mut known: HashMap<String, indicator::Model> =
        indicator::Entity::find().all(writer.tx).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut rows = Vec::new();
    for entry in &reference.indicators {
        let wanted = indicator::Model {
            code: entry.code.clone(),
            section: entry.section.clone(),
            reading: entry.reading.clone(),
            area_code: entry.area.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            description_vi: entry.description_vi.clone(),
            description_en: entry.description_en.clone(),
            unit: entry.unit.clone(),
            direction: entry.direction.clone(),
            calendar: entry.calendar.clone(),
            frequency: entry.frequency.clone(),
            position: entry.position,
            whole_programme_only: entry.whole_programme_only,
        };
        rows.push(Row { key: entry.code.clone(), stored: known.remove(&entry.code), wanted });
    }
    writer.write::<indicator::Entity>(rows).await
}

/// Writes the formulas: what the file has, and nothing else for the indicators that it has.
pub(super) async fn load_terms(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    use indicator_term::Column;
    let codes = reference.indicators.iter().map(|entry| entry.code.as_str());
    let mut known: HashMap<(String, String, String), indicator_term::Model> = indicator_term::Entity::find()
        .filter(Column::IndicatorCode.is_in(codes))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.indicator_code.clone(), row.side.clone(), row.measure_code.clone()), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &reference.indicators {
        let sides: [(&str, &[Term]); 2] = [("NUMERATOR", &entry.numerator), ("DENOMINATOR", &entry.denominator)];
        for (side, terms) in sides {
            for term in terms {
                let stored = known.remove(&(entry.code.clone(), side.to_owned(), term.measure.clone()));
                let wanted = indicator_term::Model {
                    indicator_code: entry.code.clone(),
                    side: side.to_owned(),
                    measure_code: term.measure.clone(),
                    coefficient: term.coefficient,
                };
                rows.push(Row { key: format!("{} {side} {}", entry.code, term.measure), stored, wanted });
            }
        }
    }
    let mut left: Vec<indicator_term::Model> = known.into_values().collect();
    left.sort_by(|one, other| {
        (&one.indicator_code, &one.side, &one.measure_code).cmp(&(
            &other.indicator_code,
            &other.side,
            &other.measure_code,
        ))
    });
    for row in left {
        indicator_term::Entity::delete_many()
            .filter(Column::IndicatorCode.eq(row.indicator_code.as_str()))
            .filter(Column::Side.eq(row.side.as_str()))
            .filter(Column::MeasureCode.eq(row.measure_code.as_str()))
            .exec(writer.tx)
            .await?;
        writer.loaded.changed += 1;
        let table = indicator_term::Entity.table_name();
        let key = format!("{} {} {}", row.indicator_code, row.side, row.measure_code);
        writer.before.entry(table).or_default().insert(key.clone(), json!({ "coefficient": row.coefficient }));
        writer.after.entry(table).or_default().insert(key, Json::Null);
    }
    writer.write::<indicator_term::Entity>(rows).await
}
