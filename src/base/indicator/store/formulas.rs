//! Measures, and indicators with their formulas.

use std::collections::HashMap;
use std::str::FromStr;

use entity::indicator::{indicator, indicator_term, measure};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use crate::indicator::{REGISTERS, SourceKind};
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::period::Calendar;

/// A term of an indicator's formula.
#[derive(Debug, Clone)]
pub struct FormulaTerm {
    /// The measure.
    pub measure: measure::Model,
    /// How its figures combine over time.
    pub additivity: Additivity,
    /// Where its figures come from.
    pub source: SourceKind,
    /// What it is multiplied by.
    pub coefficient: i64,
}

/// An indicator with its formula.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The indicator.
    pub row: indicator::Model,
    /// The calendar of its periods.
    pub calendar: Calendar,
    /// What is summed above the line.
    pub numerator: Vec<FormulaTerm>,
    /// What is summed below it.
    pub denominator: Vec<FormulaTerm>,
}

impl Definition {
    /// Every term, above and below the line.
    pub fn terms(&self) -> impl Iterator<Item = &FormulaTerm> {
        self.numerator.iter().chain(&self.denominator)
    }
}

/// Every indicator with its formula, in the order of lists.
pub async fn definitions(connection: &impl ConnectionTrait) -> ApiResult<Vec<Definition>> {
    let measures: HashMap<String, measure::Model> =
        measure::Entity::find().all(connection).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut terms: HashMap<String, Vec<indicator_term::Model>> = HashMap::new();
    for term in indicator_term::Entity::find()
        .order_by_asc(indicator_term::Column::IndicatorCode)
        .order_by_asc(indicator_term::Column::MeasureCode)
        .all(connection)
        .await?
    {
        terms.entry(term.indicator_code.clone()).or_default().push(term);
    }
    let rows = indicator::Entity::find()
        .order_by_asc(indicator::Column::Position)
        .order_by_asc(indicator::Column::Code)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let (mut numerator, mut denominator) = (Vec::new(), Vec::new());
            for term in terms.remove(&row.code).unwrap_or_default() {
                let measure = measures
                    .get(&term.measure_code)
                    .cloned()
                    .ok_or_else(|| ApiError::internal(format!("no measure {}", term.measure_code)))?;
                let formula = FormulaTerm {
                    additivity: Additivity::from_str(&measure.additivity)?,
                    source: if REGISTERS.contains(&measure.source.as_str()) {
                        SourceKind::Register
                    } else {
                        SourceKind::Submission
                    },
                    coefficient: term.coefficient.into(),
                    measure,
                };
                if term.side == "NUMERATOR" { numerator.push(formula) } else { denominator.push(formula) }
            }
            Ok(Definition { calendar: Calendar::from_str(&row.calendar)?, row, numerator, denominator })
        })
        .collect()
}

/// All measures, by code.
pub async fn measures(connection: &impl ConnectionTrait) -> ApiResult<Vec<measure::Model>> {
    Ok(measure::Entity::find().order_by_asc(measure::Column::Code).all(connection).await?)
}
