//! What the workflow adds to figures: who has not reported what they are made of, and where one comes from.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use entity::organisation::organisation;

use super::{Submission, SubmissionId};
use crate::workflow::consolidation;
use base::indicator::graphql::outlook::{Whom, named};
use base::indicator::graphql::{Indicator, MeasureValue};
use base::indicator::store::Definition;
use base::organisation::graphql::Organisation;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::period::{Calendar, Period};
use kit::context::{Batch, ContextExt, or_null};

/// The key of who owes a form for a period and has nothing accepted, in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OwingOf {
    whom: Whom,
    calendar: Calendar,
    period: String,
    form: FormCode,
}

#[async_trait::async_trait]
impl Loader<OwingOf> for Batch {
    type Value = Result<Arc<Vec<organisation::Model>>, Arc<ApiError>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[OwingOf]) -> Result<HashMap<OwingOf, Self::Value>, Self::Error> {
        let mut asked: HashMap<(Whom, Calendar, String), Vec<FormCode>> = HashMap::new();
        for key in keys {
            asked.entry((key.whom.clone(), key.calendar, key.period.clone())).or_default().push(key.form);
        }
        let mut found = HashMap::new();
        for ((whom, calendar, code), forms) in asked {
            let owing = async {
                let (programme, organisation_id) = named(self, &whom).await?;
                let period = Period::parse(calendar, &code)?;
                let connection = self.app.db.read();
                consolidation::owing(connection, &self.viewer, (programme.id, organisation_id), &forms, &period).await
            };
            let owing = owing.await.map_err(Arc::new);
            for form in &forms {
                let key = OwingOf { whom: whom.clone(), calendar, period: code.clone(), form: *form };
                let rows = owing.as_ref().map_err(Arc::clone);
                found.insert(key, rows.map(|all| Arc::new(all.get(form).cloned().unwrap_or_default())));
            }
        }
        Ok(found)
    }
}

/// Who owes a form that an indicator is made of for a period, and has nothing accepted; by code, each once.
pub async fn missing_units(
    ctx: &Context<'_>,
    definition: &Definition,
    whom: Whom,
    period: &str,
) -> ApiResult<Vec<Organisation>> {
    let calendar = definition.calendar;
    let period = Period::parse(calendar, period)?.code();
    // Registers are kept as things change: nobody owes them for a period.
    let forms: BTreeSet<&str> = definition.terms().map(|term| term.measure.source.as_str()).collect();
    let keys = forms.into_iter().filter_map(|source| FormCode::from_str(source).ok()).map(|form| OwingOf {
        whom: whom.clone(),
        calendar,
        period: period.clone(),
        form,
    });
    let found = ctx.loader()?.load_many(keys).await.map_err(ApiError::shared)?;
    let (mut seen, mut units) = (HashSet::new(), Vec::new());
    for rows in found.into_values() {
        units.extend(rows.map_err(ApiError::shared)?.iter().filter(|row| seen.insert(row.id)).cloned());
    }
    units.sort_by(|one: &organisation::Model, other| one.code.cmp(&other.code));
    Ok(units.into_iter().map(|row| Organisation(Arc::new(row))).collect())
}

/// What the workflow adds to an indicator.
pub struct IndicatorReporting<'a>(&'a Indicator);

/// What the workflow adds to an indicator.
#[rows::row_object]
impl IndicatorReporting<'_> {
    /// Who owes a form that it is made of for a period, or for a part of it, and has nothing accepted inside it; by code
    /// (đơn vị chưa có số liệu): of an organisation and all below it, as far as `reportingStatus` would tell the caller, and
    /// of a confidential form to those inside. Nobody owes what is read off a register.
    async fn missing_units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which period, such as `2026-Q1`.")] period: PeriodCode,
        #[graphql(desc = "Of which organisation, by code; the programme's top when left out.")] organisation: Option<
            String,
        >,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<Vec<Organisation>> {
        Ok(missing_units(ctx, &self.0.0, (programme, organisation), &period.0).await?)
    }
}

rows::extension! {
    /// What the workflow adds to an indicator.
    pub INDICATOR_FIELDS: Indicator => IndicatorReporting
}

/// What the workflow adds to a figure of a measure.
pub struct MeasureValueSource<'a>(&'a MeasureValue);

/// What the workflow adds to a figure of a measure.
#[rows::row_object]
impl MeasureValueSource<'_> {
    /// The submission that it came from, where the caller may see it.
    async fn submission(&self, ctx: &Context<'_>) -> Option<ApiResult<Submission>> {
        let id = self.0.0.source_id?;
        let found = async { ctx.loader()?.load_one(SubmissionId(id)).await.map_err(ApiError::shared) };
        or_null(found.await.map(|row| row.map(Submission)))
    }
}

rows::extension! {
    /// What the workflow adds to a figure of a measure.
    pub MEASURE_VALUE_FIELDS: MeasureValue => MeasureValueSource
}
