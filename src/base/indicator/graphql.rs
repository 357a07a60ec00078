//! Measures, indicators and their figures in the schema. Forecasts and who has not reported stand in [`outlook`].

pub mod outlook;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::indicator::{indicator_observation, measure, measure_value};
use entity::programme::target;

use self::outlook::IndicatorForecast;
use super::rules;
use super::rules::Ratio;
use super::rules::TargetStatus;
use super::service::target_line;
use super::store::{self, Definition, FormulaTerm, Known, MeasureFilter, ObservationFilter};
use super::{Direction, IssuingLevel, Reading, SourceKind};
use crate::organisation::graphql::{Organisation, load_required};
use crate::organisation::{memory, store as organisations};
use crate::period::{PeriodCode, ReportingPeriod};
use crate::programme::graphql::{Programme, Target, TargetsOf};
use access::Viewer;
use kernel::clock::local_date;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::i18n::{Language, Message};
use kernel::period::{Calendar, Period, PeriodKind};
use kit::app::App;
use kit::connection::{Rows, connection};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::paging::{MAX_FLAT_PAGE, Page};
use kit::scalar::{Count, Revision};

/// The key of an indicator in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndicatorCode(pub String);

#[async_trait::async_trait]
impl Loader<IndicatorCode> for Batch {
    type Value = Arc<Definition>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[IndicatorCode]) -> Result<HashMap<IndicatorCode, Self::Value>, Self::Error> {
        let all = store::definitions(self.app.db.read()).await.map_err(Arc::new)?;
        Ok(all
            .into_iter()
            .map(|definition| (IndicatorCode(definition.row.code.clone()), Arc::new(definition)))
            .filter(|(code, _)| keys.contains(code))
            .collect())
    }
}

/// The key of the indicators of a section in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndicatorsOfSection(pub String);

#[async_trait::async_trait]
impl Loader<IndicatorsOfSection> for Batch {
    type Value = Vec<Arc<Definition>>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[IndicatorsOfSection],
    ) -> Result<HashMap<IndicatorsOfSection, Self::Value>, Self::Error> {
        let mut found: HashMap<IndicatorsOfSection, Vec<Arc<Definition>>> = HashMap::new();
        for definition in store::definitions(self.app.db.read()).await.map_err(Arc::new)? {
            let Some(section) = definition.row.section.clone() else { continue };
            found.entry(IndicatorsOfSection(section)).or_default().push(Arc::new(definition));
        }
        found.retain(|key, _| keys.contains(key));
        Ok(found)
    }
}

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

    async fn definition(&self, ctx: &Context<'_>) -> ApiResult<Arc<Definition>> {
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

/// When figures are wanted to have been known. `asOf` and `changedSince` need one programme, whose revisions
/// they are about.
pub async fn known(
    app: &App,
    viewer: &Viewer,
    programme: Option<&str>,
    as_of: Option<DateTime<Utc>>,
    changed_since: Option<Revision>,
) -> ApiResult<Known> {
    match (as_of, changed_since) {
        (Some(_), Some(_)) => Err(ApiError::bad_input(Message::new("indicator-as-of-and-changed-since"))),
        (None, None) => Ok(Known::Now),
        (None, Some(since)) => {
            let programme_id = memory::programme(app, viewer, programme).await?;
            let at = store::recorded_at(app.db.read(), programme_id, since.0).await?;
            // A revision that was never given out (0, or one of another programme) has shown nothing.
            let day = local_date(at.unwrap_or(DateTime::UNIX_EPOCH));
            Ok(Known::Since(since.0, day))
        }
        (Some(at), None) => {
            let programme_id = memory::programme(app, viewer, programme).await?;
            Ok(Known::At(store::revision_at(app.db.read(), programme_id, at).await?))
        }
    }
}

/// Reading measures and indicators.
#[derive(Default)]
pub struct IndicatorQuery;

/// Reading measures and indicators.
#[rows::row_object]
impl IndicatorQuery {
    /// Every indicator of the registry with its formula, in the plan's order.
    async fn indicators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this reform area, by code.")] area: Option<String>,
    ) -> Result<Vec<Indicator>> {
        ctx.viewer()?;
        let all = store::definitions(ctx.app()?.db.read()).await?;
        Ok(all
            .into_iter()
            .filter(|definition| area.as_ref().is_none_or(|area| definition.row.area_code == *area))
            .map(|definition| Indicator(Arc::new(definition)))
            .collect())
    }

    /// The indicator of a code; null when there is none.
    async fn indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `II.2.a.3-3`.")] code: String,
    ) -> Option<ApiResult<Indicator>> {
        let found = async { ctx.loader()?.load_one(IndicatorCode(code)).await.map_err(ApiError::shared) };
        or_null(found.await.map(|row| row.map(Indicator)))
    }

    /// Every measure of the registry, by code.
    async fn measures(&self, ctx: &Context<'_>) -> Result<Vec<Measure>> {
        ctx.viewer()?;
        Ok(store::measures(ctx.app()?.db.read()).await?.into_iter().map(Measure).collect())
    }

    /// The figures of indicators as a flat list for analytics (số liệu chỉ tiêu), as they became known: a
    /// pull goes on where it ended, by the last cursor or by `changedSince`. Only accepted figures.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn indicator_observations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only of these indicators, by code.")] indicators: Option<Vec<String>>,
        #[graphql(desc = "Only of the organisations of these codes.")] organisations: Option<Vec<String>>,
        #[graphql(desc = "Only for this period.")] period: Option<PeriodCode>,
        #[graphql(desc = "Only for periods of these kinds.")] kinds: Option<Vec<PeriodKind>>,
        #[graphql(desc = "Only for periods that end on this day or later.")] from: Option<NaiveDate>,
        #[graphql(desc = "Only for periods that end on this day or earlier.")] to: Option<NaiveDate>,
        #[graphql(desc = "The figures as they were known at this time.")] as_of: Option<DateTime<Utc>>,
        #[graphql(desc = "Only what became known after this revision of the programme.")] changed_since: Option<
            Revision,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 1,000; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<IndicatorObservationConnection> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let page = Page::new(first, after, last, before, MAX_FLAT_PAGE)?;
        bounded(indicators.as_ref().map_or(0, Vec::len) + organisations.as_ref().map_or(0, Vec::len))?;
        let known = known(app, &viewer, programme.as_deref(), as_of, changed_since).await?;
        let narrowed = narrow(app, &viewer, programme.as_deref(), organisations).await?;
        let filter = ObservationFilter {
            programme_id: narrowed.programme_id,
            indicators: indicators.unwrap_or_default(),
            organisations: narrowed.organisations,
            period_code: period.map(|period| period.0),
            kinds: kinds.unwrap_or_default(),
            from,
            to,
            known,
            begun_by: Some(as_of.map_or_else(|| app.clock.today(), local_date)),
        };
        let slice = store::observations_page(app.db.read(), &viewer, &filter, &page).await?;
        Ok(IndicatorObservationConnection(Rows::of(slice, |row| IndicatorObservation(Arc::new(row)))))
    }

    /// The figures of measures that a figure of an indicator was computed from, as they were known then, each
    /// with the submission that it came from (số liệu thành phần): from a chart down to the form.
    async fn observation_contributions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The figure, by its global identifier.")] observation: ID,
        #[graphql(desc = "How many from the beginning, 1 to 1,000; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<MeasureValueConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let page = Page::new(first, after, last, before, MAX_FLAT_PAGE)?;
        let key = id::expect(Kind::IndicatorObservation, &observation)?;
        let row = store::observations_by_ids(connection, &viewer, vec![key]).await?.pop();
        let row = row.ok_or_else(|| ApiError::not_found("kind-record", &*observation))?;
        let figure = IndicatorObservation(Arc::new(row));
        let definition = figure.definition(ctx).await?;
        let measures: Vec<&str> = definition.terms().map(|term| term.measure.code.as_str()).collect();
        let slice = store::contributions(connection, &viewer, &figure.0, &measures, &page).await?;
        Ok(MeasureValueConnection(Rows::of(slice, |row| MeasureValue(Arc::new(row)))))
    }

    /// The figures of measures as a flat list for analytics (số liệu của số đo), as they became known.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn measure_values(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only of these measures, by code.")] measures: Option<Vec<String>>,
        #[graphql(desc = "Only of the organisations of these codes.")] organisations: Option<Vec<String>>,
        #[graphql(desc = "Only for this period.")] period: Option<PeriodCode>,
        #[graphql(desc = "Only for periods that end on this day or later.")] from: Option<NaiveDate>,
        #[graphql(desc = "Only for periods that end on this day or earlier.")] to: Option<NaiveDate>,
        #[graphql(desc = "The figures as they were known at this time.")] as_of: Option<DateTime<Utc>>,
        #[graphql(desc = "Only what became known after this revision of the programme.")] changed_since: Option<
            Revision,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 1,000; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<MeasureValueConnection> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let page = Page::new(first, after, last, before, MAX_FLAT_PAGE)?;
        bounded(measures.as_ref().map_or(0, Vec::len) + organisations.as_ref().map_or(0, Vec::len))?;
        let known = known(app, &viewer, programme.as_deref(), as_of, changed_since).await?;
        let narrowed = narrow(app, &viewer, programme.as_deref(), organisations).await?;
        let filter = MeasureFilter {
            programme_id: narrowed.programme_id,
            measures: measures.unwrap_or_default(),
            organisations: narrowed.organisations,
            period_code: period.map(|period| period.0),
            from,
            to,
            known,
        };
        let slice = store::values_page(app.db.read(), &viewer, &filter, &page).await?;
        Ok(MeasureValueConnection(Rows::of(slice, |row| MeasureValue(Arc::new(row)))))
    }
}

/// Codes of one request are parameters of one statement, of which the engines take only so many.
fn bounded(codes: usize) -> ApiResult<()> {
    if codes <= MAX_FLAT_PAGE as usize {
        return Ok(());
    }
    Err(ApiError::bad_input(Message::new("too-many-codes").with("max", MAX_FLAT_PAGE).with("given", codes)))
}

struct Narrowed {
    programme_id: Option<uuid::Uuid>,
    organisations: Vec<uuid::Uuid>,
}

async fn narrow(
    app: &App,
    viewer: &Viewer,
    programme: Option<&str>,
    codes: Option<Vec<String>>,
) -> ApiResult<Narrowed> {
    let programme_id = match programme {
        Some(code) => Some(memory::programme(app, viewer, Some(code)).await?),
        None => None,
    };
    let mut found = Vec::new();
    if let Some(codes) = codes {
        found = memory::organisations(app, viewer, programme_id, &codes).await?;
        if found.is_empty() {
            // An empty list asks for nobody, not for everybody.
            found.push(uuid::Uuid::nil());
        }
    }
    Ok(Narrowed { programme_id, organisations: found })
}
