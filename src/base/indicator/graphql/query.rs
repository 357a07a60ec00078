//! What is asked of measures, indicators and their figures.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Indicator, IndicatorCode, IndicatorObservation, IndicatorObservationConnection, Measure, MeasureValue,
    MeasureValueConnection,
};
use crate::indicator::store::{self, Known, MeasureFilter, ObservationFilter};
use crate::organisation::memory;
use crate::period::PeriodCode;
use access::Viewer;
use kernel::clock::local_date;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::period::PeriodKind;
use kit::app::App;
use kit::connection::Rows;
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::paging::{MAX_FLAT_PAGE, Page};
use kit::scalar::Revision;

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
