//! Measures and indicators in the schema. Their figures stand in [`figures`], forecasts and who has not reported in
//! [`outlook`]; indicators are loaded in [`loading`], and all of it is asked for in [`query`].

pub mod figures;
pub mod loading;
pub mod outlook;
pub mod query;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::indicator::measure;

use self::outlook::IndicatorForecast;
use super::store::{Definition, FormulaTerm};
use super::{Direction, IssuingLevel, Reading};
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::i18n::Language;
use kernel::period::{Calendar, PeriodKind};
use kit::context::or_null;
use kit::scalar::Count;

pub use figures::{
    IndicatorObservation, IndicatorObservationConnection, IndicatorObservationEdge, MeasureValue,
    MeasureValueConnection, MeasureValueEdge, TargetEvaluation, in_force, status_of,
};
pub use loading::{IndicatorCode, IndicatorsOfSection};
pub use query::{IndicatorQuery, known};

/// A measure (số đo): a named whole number that is read off accepted forms or a register.
#[derive(Clone)]
pub struct Measure(pub measure::Model);

/// A measure (số đo): a named whole number that is read off accepted forms or a register.
#[rows::row_object]
impl Measure {
    /// Stable code, such as `DOSSIER.RECEIVED_ONLINE`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// What is counted: `DOSSIER`, `PROCEDURE`, `TRANSACTION`.
    fn unit(&self) -> &str {
        &self.0.unit
    }

    /// How its figures combine over time (tính cộng dồn).
    fn additivity(&self) -> Result<Additivity> {
        Ok(Additivity::from_str(&self.0.additivity).map_err(ApiError::from)?)
    }

    /// The form or register that it is read off.
    fn source(&self) -> &str {
        &self.0.source
    }
}

/// A measure in an indicator's formula.
#[derive(rows::RowObject)]
pub struct IndicatorTerm {
    /// The measure.
    pub measure: Measure,
    /// What it is multiplied by: 1 or -1 as a rule.
    pub coefficient: Count,
}

/// An indicator (chỉ tiêu): measures over measures.
pub struct Indicator(pub Arc<Definition>);

/// An indicator (chỉ tiêu): measures over measures.
#[rows::row_object(extensible)]
impl Indicator {
    /// Stable code: the section of its target, or that and the name of another reading.
    fn code(&self) -> &str {
        &self.0.row.code
    }

    /// Section of the target that it is compared with; null where the plan sets none.
    fn section(&self) -> Option<&str> {
        self.0.row.section.as_deref()
    }

    /// How the plan's words are read.
    fn reading(&self) -> Result<Reading> {
        Ok(Reading::from_str(&self.0.row.reading).map_err(ApiError::from)?)
    }

    /// Code of its reform area.
    fn area_code(&self) -> &str {
        &self.0.row.area_code
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.row.title_vi,
            Language::En => &self.0.row.title_en,
        }
    }

    /// What exactly is counted, and how an ambiguity of the plan was settled.
    fn description(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.row.description_vi,
            Language::En => &self.0.row.description_en,
        }
    }

    /// Unit of its value: `PERCENT`.
    fn unit(&self) -> &str {
        &self.0.row.unit
    }

    /// Which way it improves.
    fn direction(&self) -> Result<Direction> {
        Ok(Direction::from_str(&self.0.row.direction).map_err(ApiError::from)?)
    }

    /// Calendar of its periods.
    fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    /// Kind of its shortest usual period.
    fn frequency(&self) -> Result<PeriodKind> {
        Ok(PeriodKind::from_str(&self.0.row.frequency).map_err(ApiError::from)?)
    }

    /// Whether it is kept of the whole programme alone, and has no figures of single organisations.
    fn whole_programme_only(&self) -> bool {
        self.0.row.whole_programme_only
    }

    /// What is summed above the line (tử số).
    fn numerator(&self) -> Vec<IndicatorTerm> {
        terms(&self.0.numerator)
    }

    /// What is summed below the line (mẫu số).
    fn denominator(&self) -> Vec<IndicatorTerm> {
        terms(&self.0.denominator)
    }

    /// Where it comes to at the pace so far (dự báo theo tốc độ hiện nay); null where no target holds, where there are
    /// fewer than two figures that the caller may see, and once the target is due.
    async fn forecast(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which organisation, by code; the programme's top when left out.")] organisation: Option<
            String,
        >,
        #[graphql(desc = "Over which kind of period; the indicator's frequency when left out.")] kind: Option<
            PeriodKind,
        >,
        #[graphql(default_with = "IssuingLevel::Ward", desc = "Whose target.")] issuing_level: IssuingLevel,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<IndicatorForecast>> {
        or_null(outlook::forecast_of(ctx, &self.0, (programme, organisation), kind, issuing_level).await)
    }
}

fn terms(terms: &[FormulaTerm]) -> Vec<IndicatorTerm> {
    terms
        .iter()
        .map(|term| IndicatorTerm { measure: Measure(term.measure.clone()), coefficient: Count(term.coefficient) })
        .collect()
}
