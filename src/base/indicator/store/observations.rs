//! Figures of indicators: the current ones, their replacement by newer ones, and what a viewer is shown of them.

use chrono::NaiveDate;
use entity::indicator::indicator_observation;
use sea_orm::sea_query::{Condition, Expr, Order};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, Set};
use uuid::Uuid;

use super::{Known, ROWS_AT_ONCE, Span};
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::period::PeriodKind;
use kit::paging::{Keyset, Page, Slice};

kit::by_position! {
    /// Figures of indicators.
    mod observation of indicator_observation {
        id, programme_id, indicator_code, organisation_id, calendar, period_kind, period_code, period_start, period_end,
        numerator, denominator, missing, disclosed, revision, superseded_revision, recorded_at,
    }
}

/// The order of figures for analytics: as they became known, so that a pull goes on where it ended.
pub const OBSERVATION_ORDER: Keyset =
    Keyset::new("indicator_observation", &["indicator_observation.revision", "indicator_observation.id"]);

/// Which figure of which indicator.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObservationKey {
    /// Whose, itself and all below it.
    pub organisation_id: Uuid,
    /// Of which indicator.
    pub indicator_code: String,
    /// For which period.
    pub span: Span,
}

/// What an indicator comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// Numerator and denominator; none where there is no data.
    pub parts: Option<(i64, i64)>,
    /// Parts of the period that are missing beside others that are there.
    pub missing: i32,
    /// Of a whole programme's figure that rests on confidential forms: whether it is shown to those outside.
    pub disclosed: Option<bool>,
}

/// The current figures of some indicators, organisations and periods.
pub async fn current_observations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisations: &[Uuid],
    indicators: &[&str],
    period_codes: &[String],
) -> ApiResult<Vec<indicator_observation::Model>> {
    use indicator_observation::Column;
    Ok(indicator_observation::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::SupersededRevision.is_null())
        .filter(Column::OrganisationId.is_in(organisations.iter().copied()))
        .filter(Column::IndicatorCode.is_in(indicators.iter().copied()))
        .filter(Column::PeriodCode.is_in(period_codes.iter().map(String::as_str)))
        .all(connection)
        .await?)
}

/// All current figures of a programme's indicators.
pub async fn all_current_observations(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<indicator_observation::Model>> {
    Ok(indicator_observation::Entity::find()
        .filter(indicator_observation::Column::ProgrammeId.eq(programme_id))
        .filter(indicator_observation::Column::SupersededRevision.is_null())
        .all(connection)
        .await?)
}

/// Marks figures of indicators as superseded and writes the newer ones.
pub async fn replace_observations(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    revision: i64,
    superseded: &[Uuid],
    new: &[(ObservationKey, Observed)],
) -> ApiResult<()> {
    for chunk in superseded.chunks(ROWS_AT_ONCE) {
        indicator_observation::Entity::update_many()
            .col_expr(indicator_observation::Column::SupersededRevision, Expr::value(revision))
            .filter(indicator_observation::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    let now = clock.now();
    for chunk in new.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|(key, observed)| indicator_observation::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            indicator_code: Set(key.indicator_code.clone()),
            organisation_id: Set(key.organisation_id),
            calendar: Set(key.span.calendar.to_owned()),
            period_kind: Set(key.span.kind.to_owned()),
            period_code: Set(key.span.code.clone()),
            period_start: Set(key.span.start),
            period_end: Set(key.span.end),
            numerator: Set(observed.parts.map(|(numerator, _)| numerator)),
            denominator: Set(observed.parts.map(|(_, denominator)| denominator)),
            missing: Set(observed.missing),
            disclosed: Set(observed.disclosed),
            revision: Set(revision),
            superseded_revision: Set(None),
            recorded_at: Set(now),
        });
        indicator_observation::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What to look for among the figures of indicators.
#[derive(Debug, Clone, Default)]
pub struct ObservationFilter {
    /// Of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of these indicators.
    pub indicators: Vec<String>,
    /// Only of these organisations.
    pub organisations: Vec<Uuid>,
    /// Only for this period.
    pub period_code: Option<String>,
    /// Only for periods of these kinds.
    pub kinds: Vec<PeriodKind>,
    /// Only for periods that end on this day or later.
    pub from: Option<NaiveDate>,
    /// Only for periods that end on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Known when.
    pub known: Known,
    /// Only for periods that have begun by this day: a register's figures are kept ahead of time.
    pub begun_by: Option<NaiveDate>,
}

impl ObservationFilter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        use indicator_observation::Column;
        let mut condition = Condition::all().add(viewer.observations()).add(self.known.condition(
            Column::Revision,
            Column::SupersededRevision,
            Column::PeriodStart,
        ));
        if let Some(id) = self.programme_id {
            condition = condition.add(Column::ProgrammeId.eq(id));
        }
        if !self.indicators.is_empty() {
            condition = condition.add(Column::IndicatorCode.is_in(self.indicators.iter().map(String::as_str)));
        }
        if !self.organisations.is_empty() {
            condition = condition.add(Column::OrganisationId.is_in(self.organisations.iter().copied()));
        }
        if let Some(code) = &self.period_code {
            condition = condition.add(Column::PeriodCode.eq(code.as_str()));
        }
        if !self.kinds.is_empty() {
            condition = condition.add(Column::PeriodKind.is_in(self.kinds.iter().map(|kind| kind.as_str())));
        }
        if let Some(from) = self.from {
            condition = condition.add(Column::PeriodEnd.gte(from));
        }
        if let Some(to) = self.to {
            condition = condition.add(Column::PeriodEnd.lte(to));
        }
        if let Some(day) = self.begun_by {
            condition = condition.add(Column::PeriodStart.lte(day));
        }
        condition
    }
}

/// A page of figures of indicators, as they became known.
pub async fn observations_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &ObservationFilter,
    page: &Page,
) -> ApiResult<Slice<indicator_observation::Model>> {
    let mut select = select_all::<indicator_observation::Entity>();
    select.cond_where(filter.condition(viewer));
    let few = !filter.organisations.is_empty() && (!filter.indicators.is_empty() || filter.period_code.is_some());
    let order = filter.known.order(OBSERVATION_ORDER, few);
    let slice = page
        .fetch_by(
            connection,
            &order,
            select,
            |row| observation::read(row, 0),
            |row| vec![row.revision.into(), row.id.into()],
        )
        .await?;
    Ok(slice.map(|row| withheld(viewer, row)))
}

/// Figures of indicators by id.
pub async fn observations_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<indicator_observation::Model>> {
    Ok(indicator_observation::Entity::find()
        .filter(viewer.observations())
        .filter(indicator_observation::Column::Id.is_in(ids))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| withheld(viewer, row))
        .collect())
}

/// A figure as the viewer is shown it: without its numbers where these are suppressed.
fn withheld(viewer: &Viewer, row: indicator_observation::Model) -> indicator_observation::Model {
    if viewer.withholds(row.disclosed) {
        indicator_observation::Model { numerator: None, denominator: None, missing: 0, ..row }
    } else {
        row
    }
}

/// What a chart draws: figures of one organisation for the periods of a kind that end in a window.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// Whose.
    pub organisation_id: Uuid,
    /// Of which indicators.
    pub indicators: &'a [String],
    /// For periods of which kind.
    pub kind: PeriodKind,
    /// The first end.
    pub from: NaiveDate,
    /// The last end.
    pub to: NaiveDate,
}

/// The figures of a chart, by the end of the period; bounded by indicators times periods.
pub async fn series(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    series: &Series<'_>,
    known: Known,
) -> ApiResult<Vec<indicator_observation::Model>> {
    let filter = ObservationFilter {
        indicators: series.indicators.to_vec(),
        organisations: vec![series.organisation_id],
        kinds: vec![series.kind],
        from: Some(series.from),
        to: Some(series.to),
        known,
        ..ObservationFilter::default()
    };
    let mut select = select_all::<indicator_observation::Entity>();
    select
        .cond_where(filter.condition(viewer))
        .order_by(indicator_observation::Column::PeriodEnd, Order::Asc)
        .order_by(indicator_observation::Column::Id, Order::Asc);
    let rows = connection.query_all(&select).await?;
    let rows = rows.iter().map(|row| indicator_observation::Model::from_query_result(row, ""));
    Ok(rows.map(|row| Ok(withheld(viewer, row?))).collect::<Result<_, sea_orm::DbErr>>()?)
}
