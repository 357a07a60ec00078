//! Figures of indicators and of measures, and how they stand against their targets.

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::indicator::{indicator_observation, measure_value};
use entity::programme::target;

use super::{Indicator, IndicatorCode};
use crate::indicator::rules;
use crate::indicator::rules::{Ratio, TargetStatus};
use crate::indicator::service::target_line;
use crate::indicator::store::Definition;
use crate::indicator::{IssuingLevel, SourceKind};
use crate::organisation::graphql::{Organisation, load_required};
use crate::period::ReportingPeriod;
use crate::programme::graphql::{Programme, Target, TargetsOf};
use kernel::error::{ApiError, ApiResult};
use kernel::period::{Calendar, Period};
use kit::connection::connection;
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::scalar::{Count, Revision};

/// What a figure comes to against one target.
#[derive(rows::RowObject)]
pub struct TargetEvaluation {
    /// The target.
    pub target: Target,
    /// Whether it is met: the exact fraction is compared, never the rounded value.
    pub status: TargetStatus,
}

/// A figure of an indicator (số liệu chỉ tiêu): of one organisation with all below it, for one period.
#[derive(Clone)]
pub struct IndicatorObservation(pub Arc<indicator_observation::Model>);

impl IndicatorObservation {
    /// The exact rate; none where there is no data.
    pub fn ratio(&self) -> Option<Ratio> {
        let (numerator, denominator) = self.0.numerator.zip(self.0.denominator)?;
        Some(Ratio { numerator, denominator })
    }

    fn period_of(&self) -> ApiResult<Period> {
        Ok(Period::parse(Calendar::from_str(&self.0.calendar)?, &self.0.period_code)?)
    }

    pub(super) async fn definition(&self, ctx: &Context<'_>) -> ApiResult<Arc<Definition>> {
        let key = IndicatorCode(self.0.indicator_code.clone());
        let found = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?;
        found.ok_or_else(|| ApiError::internal("a figure of no indicator"))
    }

    async fn targets(&self, ctx: &Context<'_>) -> ApiResult<Vec<Arc<target::Model>>> {
        let Some(section) = self.definition(ctx).await?.row.section.clone() else { return Ok(Vec::new()) };
        let key = TargetsOf(self.0.programme_id, section);
        let found = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        in_force(&found, &self.period_of()?)
    }

    async fn target_of(&self, ctx: &Context<'_>, level: IssuingLevel) -> ApiResult<Option<Arc<target::Model>>> {
        let found = self.targets(ctx).await?;
        Ok(found.into_iter().find(|row| row.issuing_level == level.as_str()))
    }
}

/// The targets that hold for a period: in force on some day of the calendar period it is named after.
pub fn in_force(targets: &[Arc<target::Model>], period: &Period) -> ApiResult<Vec<Arc<target::Model>>> {
    let (start, end) = (period.nominal_start(), period.nominal_end());
    let mut found: Vec<Arc<target::Model>> = targets
        .iter()
        .filter(|row| row.valid_from <= end && row.valid_to.is_none_or(|last| last >= start))
        .cloned()
        .collect();
    // Where two overlap the later goes before.
    found.sort_by_key(|row| std::cmp::Reverse(row.valid_from));
    Ok(found)
}

/// The status of a figure against a target.
pub fn status_of(ratio: Option<Ratio>, target: Option<&target::Model>, period: &Period) -> ApiResult<TargetStatus> {
    let line = target.map(target_line).transpose()?;
    Ok(rules::status(ratio, line, period.nominal_end()))
}

/// A figure of an indicator (số liệu chỉ tiêu): of one organisation with all below it, for one period.
/// Append-only: a newer figure supersedes the older one, and both stay.
#[rows::row_object]
impl IndicatorObservation {
    /// Global identifier of this version of the figure.
    pub fn id(&self) -> ID {
        id::encode(Kind::IndicatorObservation, self.0.id)
    }

    /// Names the figure through all its versions: indicator, organisation, calendar and period. Upsert by it.
    fn key(&self) -> String {
        format!("{}:{}:{}:{}", self.0.indicator_code, self.0.organisation_id, self.0.calendar, self.0.period_code)
    }

    /// Code of the indicator.
    fn indicator_code(&self) -> &str {
        &self.0.indicator_code
    }

    /// The indicator.
    async fn indicator(&self, ctx: &Context<'_>) -> Result<Indicator> {
        Ok(Indicator(self.definition(ctx).await?))
    }

    /// Whose figure it is.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// The programme.
    async fn programme(&self, ctx: &Context<'_>) -> Option<ApiResult<Programme>> {
        or_null(crate::programme::graphql::load(ctx, self.0.programme_id).await)
    }

    /// The period.
    fn period(&self) -> Result<ReportingPeriod> {
        Ok(ReportingPeriod(self.period_of()?))
    }

    /// Exact numerator (tử số); null where there is no data, or where it is suppressed.
    fn numerator(&self) -> Option<Count> {
        self.0.numerator.map(Count)
    }

    /// Exact denominator (mẫu số); null where there is no data, or where it is suppressed.
    fn denominator(&self) -> Option<Count> {
        self.0.denominator.map(Count)
    }

    /// Whether its numbers are suppressed (bị che): it rests on a confidential form, the caller is outside, and something
    /// small would follow from them. Its parts and its value are null, and its status is NO_DATA.
    fn suppressed(&self) -> bool {
        self.0.disclosed == Some(false) && self.0.numerator.is_none()
    }

    /// Numerator / denominator x 100, a decimal string with two decimals, rounded half up for display; null
    /// where there is no data or the denominator is 0.
    fn value(&self) -> Option<String> {
        self.ratio().and_then(Ratio::percent)
    }

    /// Whether the target of an issuing level is met.
    async fn status(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "IssuingLevel::Ward", desc = "Whose target.")] issuing_level: IssuingLevel,
    ) -> Result<TargetStatus> {
        let target = self.target_of(ctx, issuing_level).await?;
        Ok(status_of(self.ratio(), target.as_deref(), &self.period_of()?)?)
    }

    /// The target of an issuing level that holds in the period.
    async fn target(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "IssuingLevel::Ward", desc = "Whose target.")] issuing_level: IssuingLevel,
    ) -> Option<ApiResult<Target>> {
        or_null(self.target_of(ctx, issuing_level).await.map(|row| row.map(Target)))
    }

    /// The figure against the targets of every issuing level that hold in the period.
    async fn evaluations(&self, ctx: &Context<'_>) -> Result<Vec<TargetEvaluation>> {
        let period = self.period_of()?;
        let mut found = Vec::new();
        for target in self.targets(ctx).await? {
            let status = status_of(self.ratio(), Some(&target), &period)?;
            found.push(TargetEvaluation { target: Target(target), status });
        }
        Ok(found)
    }

    /// Parts of the period (unit x shorter period) that were not accepted although others were: the figure
    /// is incomplete when this is not 0.
    fn missing(&self) -> i32 {
        self.0.missing
    }

    /// The revision at which it became known.
    fn revision(&self) -> Revision {
        Revision(self.0.revision)
    }

    /// The revision at which a newer figure took its place; null while it is in force.
    fn superseded_revision(&self) -> Option<Revision> {
        self.0.superseded_revision.map(Revision)
    }

    /// When it became known.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// A figure of a measure (số liệu của số đo), append-only.
#[derive(Clone)]
pub struct MeasureValue(pub Arc<measure_value::Model>);

/// A figure of a measure (số liệu của số đo), append-only.
#[rows::row_object(extensible)]
impl MeasureValue {
    /// Global identifier of this version of the figure.
    pub fn id(&self) -> ID {
        id::encode(Kind::MeasureValue, self.0.id)
    }

    /// Code of the measure.
    fn measure_code(&self) -> &str {
        &self.0.measure_code
    }

    /// Whose figure it is.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Code of the period; of a register's figure the day from which it holds.
    fn period_code(&self) -> &str {
        &self.0.period_code
    }

    /// First day of the period.
    fn period_start(&self) -> NaiveDate {
        self.0.period_start
    }

    /// Last day of the period.
    fn period_end(&self) -> NaiveDate {
        self.0.period_end
    }

    /// The figure; null where it was withdrawn.
    fn value(&self) -> Option<Count> {
        self.0.value.map(Count)
    }

    /// Where it comes from.
    fn source_kind(&self) -> Result<SourceKind> {
        Ok(SourceKind::from_str(&self.0.source_kind).map_err(ApiError::from)?)
    }

    /// The revision at which it became known.
    fn revision(&self) -> Revision {
        Revision(self.0.revision)
    }

    /// The revision at which a newer figure took its place; null while it is in force.
    fn superseded_revision(&self) -> Option<Revision> {
        self.0.superseded_revision.map(Revision)
    }

    /// When it became known.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

connection! {
    /// A page of figures of indicators.
    IndicatorObservationConnection, IndicatorObservationEdge, IndicatorObservation
}
connection! {
    /// A page of figures of measures.
    MeasureValueConnection, MeasureValueEdge, MeasureValue
}
