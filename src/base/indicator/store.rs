//! Reads and writes of measures, indicators and their figures.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use entity::indicator::{indicator, indicator_observation, indicator_term, measure, measure_value};
use entity::organisation::{programme, programme_revision};
use entity::programme::target;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{IssuingLevel, REGISTERS, SourceKind};
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::period::{Calendar, PeriodKind};
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
/// The same order for the figures of measures.
pub const MEASURE_ORDER: Keyset = Keyset::new("measure_value", &["measure_value.revision", "measure_value.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

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

/// Takes the programme's next revision. On PostgreSQL this locks the programme's row until the transaction
/// ends, so that revisions become visible in their order and a pull by revision misses nothing.
pub async fn next_revision(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    source_id: Option<Uuid>,
) -> ApiResult<i64> {
    let changed = programme::Entity::update_many()
        .col_expr(programme::Column::Revision, Expr::col(programme::Column::Revision).add(1))
        .filter(programme::Column::Id.eq(programme_id))
        .exec_with_returning(tx)
        .await?;
    let revision = changed
        .into_iter()
        .next()
        .map(|row| row.revision)
        .ok_or_else(|| ApiError::internal("a figure of no programme"))?;
    let row = programme_revision::ActiveModel {
        programme_id: Set(programme_id),
        revision: Set(revision),
        recorded_at: Set(clock.now()),
        cause: Set(permit.action.as_str().to_owned()),
        source_id: Set(source_id),
    };
    row.insert(tx).await?;
    Ok(revision)
}

/// Locks the programme's row until the transaction ends (PostgreSQL; SQLite has one writer anyway), so that
/// whoever counts a register sees every change of it that was made before.
pub async fn lock_programme(tx: &DatabaseTransaction, _permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    programme::Entity::find_by_id(programme_id).lock_exclusive().one(tx).await?;
    Ok(())
}

/// The last revision that was known at a time; 0 before the first.
pub async fn revision_at(connection: &impl ConnectionTrait, programme_id: Uuid, at: DateTime<Utc>) -> ApiResult<i64> {
    let found = programme_revision::Entity::find()
        .filter(programme_revision::Column::ProgrammeId.eq(programme_id))
        .filter(programme_revision::Column::RecordedAt.lte(at))
        .order_by_desc(programme_revision::Column::Revision)
        .limit(1)
        .one(connection)
        .await?;
    Ok(found.map_or(0, |row| row.revision))
}

/// When a revision became known; none for one that was never given out.
pub async fn recorded_at(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    revision: i64,
) -> ApiResult<Option<DateTime<Utc>>> {
    let found = programme_revision::Entity::find_by_id((programme_id, revision)).one(connection).await?;
    Ok(found.map(|row| row.recorded_at))
}

/// A figure of a measure to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewValue {
    /// Whose.
    pub organisation_id: Uuid,
    /// Of which measure.
    pub measure_code: String,
    /// The period, or the day from which a register's figure holds.
    pub span: Span,
    /// The figure; none where there is none any more.
    pub value: Option<i64>,
    /// Where it comes from.
    pub source_kind: SourceKind,
    /// The submission.
    pub source_id: Option<Uuid>,
}

/// The time that a figure of a measure is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Calendar.
    pub calendar: &'static str,
    /// Kind of the period; `DAY` for a register's figure.
    pub kind: &'static str,
    /// Code.
    pub code: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
}

impl Span {
    /// The kind of a register's figure, which holds from a day on.
    pub const DAY: &str = "DAY";

    /// Of a reporting period.
    pub fn period(period: &kernel::period::Period) -> Span {
        Span {
            calendar: period.calendar.as_str(),
            kind: period.kind.as_str(),
            code: period.code(),
            start: period.start,
            end: period.end,
        }
    }

    /// Of a register's figure: the day from which it holds.
    pub fn day(day: NaiveDate) -> Span {
        Span { calendar: Calendar::Calendar.as_str(), kind: Span::DAY, code: day.to_string(), start: day, end: day }
    }
}

/// The current figures of a register's measures: all of them, also those that a form gave before the register did.
pub async fn current_register_values(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    measures: &[&str],
) -> ApiResult<Vec<measure_value::Model>> {
    Ok(measure_value::Entity::find()
        .filter(measure_value::Column::ProgrammeId.eq(programme_id))
        .filter(measure_value::Column::SupersededRevision.is_null())
        .filter(measure_value::Column::MeasureCode.is_in(measures.iter().copied()))
        .all(connection)
        .await?)
}

/// The current figures that a form gave for one organisation and period.
pub async fn current_form_values(
    connection: &impl ConnectionTrait,
    organisation_id: Uuid,
    span: &Span,
    measures: &[&str],
) -> ApiResult<Vec<measure_value::Model>> {
    Ok(measure_value::Entity::find()
        .filter(measure_value::Column::OrganisationId.eq(organisation_id))
        .filter(measure_value::Column::SupersededRevision.is_null())
        .filter(measure_value::Column::Calendar.eq(span.calendar))
        .filter(measure_value::Column::PeriodCode.eq(span.code.as_str()))
        .filter(measure_value::Column::MeasureCode.is_in(measures.iter().copied()))
        .all(connection)
        .await?)
}

/// What forms gave of a stock as of one day, by organisation.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The period's code.
    pub code: String,
    /// Its last day.
    pub end: NaiveDate,
    /// The figures.
    pub values: BTreeMap<Uuid, i64>,
}

/// The last figures of a measure that is a stock, at and below an organisation, as of one day for all: the end of the
/// last period by a day of which anybody has a figure. The shortest period that ends then says it.
pub async fn last_stock(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme_id, organisation_id): (Uuid, Uuid),
    measure: &str,
    by: NaiveDate,
) -> ApiResult<Option<Stock>> {
    use measure_value::Column;
    let found = || {
        measure_value::Entity::find()
            .filter(viewer.measure_values())
            .filter(Column::ProgrammeId.eq(programme_id))
            .filter(Column::OrganisationId.in_subquery(access::viewer::below(vec![organisation_id])))
            .filter(Column::MeasureCode.eq(measure))
            .filter(Column::SupersededRevision.is_null())
            .filter(Column::Value.is_not_null())
    };
    let last =
        found().filter(Column::PeriodEnd.lte(by)).order_by_desc(Column::PeriodEnd).limit(1).one(connection).await?;
    let Some(last) = last else { return Ok(None) };
    let rows =
        found().filter(Column::PeriodEnd.eq(last.period_end)).order_by_asc(Column::PeriodStart).all(connection).await?;
    let code = rows.last().map_or(last.period_code, |row| row.period_code.clone());
    let values = rows.into_iter().filter_map(|row| Some((row.organisation_id, row.value?))).collect();
    Ok(Some(Stock { code, end: last.period_end, values }))
}

/// The current figures of some organisations that are for periods: of forms, and of registers of the budget year.
pub async fn current_values_of(
    connection: &impl ConnectionTrait,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<measure_value::Model>> {
    Ok(measure_value::Entity::find()
        .filter(measure_value::Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .filter(measure_value::Column::SupersededRevision.is_null())
        .filter(measure_value::Column::PeriodKind.ne(Span::DAY))
        .filter(measure_value::Column::Value.is_not_null())
        .all(connection)
        .await?)
}

/// The current figures from which the indicators of a window are computed: what forms gave inside it, and
/// what registers held by its end.
pub async fn current_window(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    measures: &[&str],
    start: NaiveDate,
    end: NaiveDate,
) -> ApiResult<Vec<measure_value::Model>> {
    use measure_value::Column;
    Ok(measure_value::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::SupersededRevision.is_null())
        .filter(Column::MeasureCode.is_in(measures.iter().copied()))
        .filter(Column::PeriodEnd.lte(end))
        .filter(
            Condition::any()
                .add(Column::PeriodStart.gte(start))
                .add(Column::SourceKind.eq(SourceKind::Register.as_str())),
        )
        .all(connection)
        .await?)
}

/// All current figures of a programme's measures.
pub async fn all_current_values(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<measure_value::Model>> {
    Ok(measure_value::Entity::find()
        .filter(measure_value::Column::ProgrammeId.eq(programme_id))
        .filter(measure_value::Column::SupersededRevision.is_null())
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

/// Marks figures of measures as superseded and writes the newer ones.
pub async fn replace_values(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    revision: i64,
    superseded: &[Uuid],
    new: &[NewValue],
) -> ApiResult<()> {
    for chunk in superseded.chunks(ROWS_AT_ONCE) {
        measure_value::Entity::update_many()
            .col_expr(measure_value::Column::SupersededRevision, Expr::value(revision))
            .filter(measure_value::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    let now = clock.now();
    for chunk in new.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|value| measure_value::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(value.organisation_id),
            measure_code: Set(value.measure_code.clone()),
            breakdown: Set(String::new()),
            calendar: Set(value.span.calendar.to_owned()),
            period_kind: Set(value.span.kind.to_owned()),
            period_code: Set(value.span.code.clone()),
            period_start: Set(value.span.start),
            period_end: Set(value.span.end),
            value: Set(value.value),
            source_kind: Set(value.source_kind.as_str().to_owned()),
            source_id: Set(value.source_id),
            revision: Set(revision),
            superseded_revision: Set(None),
            recorded_at: Set(now),
        });
        measure_value::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

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

/// Which figures are wanted: those in force, or those in force at a revision, or what changed since one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known {
    /// What is known now.
    #[default]
    Now,
    /// What was known at a revision.
    At(i64),
    /// What became known after a revision and is still in force, or was known but not shown yet on the day of
    /// that revision, for its period had not begun.
    Since(i64, NaiveDate),
}

impl Known {
    fn condition<C: ColumnTrait>(self, revision: C, superseded: C, start: C) -> Condition {
        match self {
            Known::Now => Condition::all().add(superseded.is_null()),
            Known::Since(since, day) => Condition::all()
                .add(superseded.is_null())
                .add(Condition::any().add(revision.gt(since)).add(start.gt(day))),
            Known::At(at) => Condition::all()
                .add(revision.lte(at))
                .add(Condition::any().add(superseded.is_null()).add(superseded.gt(at))),
        }
    }
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
    let slice = page
        .fetch_by(
            connection,
            &OBSERVATION_ORDER,
            select,
            |row| observation::read(row, 0),
            |row| vec![row.revision.into(), row.id.into()],
        )
        .await?;
    Ok(slice.map(|row| withheld(viewer, row)))
}

/// A figure as the viewer is shown it: without its numbers where these are suppressed.
fn withheld(viewer: &Viewer, row: indicator_observation::Model) -> indicator_observation::Model {
    if viewer.withholds(row.disclosed) {
        indicator_observation::Model { numerator: None, denominator: None, missing: 0, ..row }
    } else {
        row
    }
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

/// What to look for among the figures of measures.
#[derive(Debug, Clone, Default)]
pub struct MeasureFilter {
    /// Of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of these measures.
    pub measures: Vec<String>,
    /// Only of these organisations.
    pub organisations: Vec<Uuid>,
    /// Only for this period.
    pub period_code: Option<String>,
    /// Only for periods that end on this day or later.
    pub from: Option<NaiveDate>,
    /// Only for periods that end on this day or earlier.
    pub to: Option<NaiveDate>,
    /// Known when.
    pub known: Known,
}

/// A page of figures of measures, as they became known.
pub async fn values_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &MeasureFilter,
    page: &Page,
) -> ApiResult<Slice<measure_value::Model>> {
    use measure_value::Column;
    let mut condition = Condition::all().add(viewer.measure_values()).add(filter.known.condition(
        Column::Revision,
        Column::SupersededRevision,
        Column::PeriodStart,
    ));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if !filter.measures.is_empty() {
        condition = condition.add(Column::MeasureCode.is_in(filter.measures.iter().map(String::as_str)));
    }
    if !filter.organisations.is_empty() {
        condition = condition.add(Column::OrganisationId.is_in(filter.organisations.iter().copied()));
    }
    if let Some(code) = &filter.period_code {
        condition = condition.add(Column::PeriodCode.eq(code.as_str()));
    }
    if let Some(from) = filter.from {
        condition = condition.add(Column::PeriodEnd.gte(from));
    }
    if let Some(to) = filter.to {
        condition = condition.add(Column::PeriodEnd.lte(to));
    }
    let mut select = select_all::<measure_value::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &MEASURE_ORDER, select, |row: &measure_value::Model| {
        vec![row.revision.into(), row.id.into()]
    })
    .await
}

/// A page of the figures from which an indicator's figure was computed, as they were known at its revision:
/// those of the measures for the organisations at and below its own, inside its period; of registers: held by its end; in
/// the budget year, where the last figure stands until the next: of its year, by its end.
pub async fn contributions(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    observation: &indicator_observation::Model,
    measures: &[&str],
    page: &Page,
) -> ApiResult<Slice<measure_value::Model>> {
    use measure_value::Column;
    let below = access::viewer::below(vec![observation.organisation_id]);
    let in_period = Condition::all().add(Column::Calendar.eq(observation.calendar.as_str()));
    let year = observation.period_code.get(..4).unwrap_or_default();
    let in_period = if observation.calendar == Calendar::BudgetYear.as_str() {
        in_period.add(Column::PeriodCode.starts_with(year))
    } else {
        in_period.add(Column::PeriodStart.gte(observation.period_start))
    };
    let by_day = Column::SourceKind.eq(SourceKind::Register.as_str()).and(Column::PeriodKind.eq(Span::DAY));
    let condition = Condition::all()
        .add(viewer.measure_values())
        .add(Column::ProgrammeId.eq(observation.programme_id))
        .add(Known::At(observation.revision).condition(
            Column::Revision,
            Column::SupersededRevision,
            Column::PeriodStart,
        ))
        .add(Column::MeasureCode.is_in(measures.iter().copied()))
        .add(Column::OrganisationId.in_subquery(below))
        .add(Column::PeriodEnd.lte(observation.period_end))
        .add(Condition::any().add(in_period).add(by_day));
    let mut select = select_all::<measure_value::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &MEASURE_ORDER, select, |row: &measure_value::Model| {
        vec![row.revision.into(), row.id.into()]
    })
    .await
}

/// The targets of a programme that hold for some sections, every issuing level.
pub async fn targets(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_ids: Vec<Uuid>,
) -> ApiResult<BTreeMap<(Uuid, String), Vec<target::Model>>> {
    let rows = target::Entity::find()
        .filter(viewer.in_programmes((target::Entity, target::Column::ProgrammeId)))
        .filter(target::Column::ProgrammeId.is_in(programme_ids))
        .order_by_asc(target::Column::Id)
        .all(connection)
        .await?;
    let mut found: BTreeMap<(Uuid, String), Vec<target::Model>> = BTreeMap::new();
    for row in rows {
        found.entry((row.programme_id, row.section.clone())).or_default().push(row);
    }
    Ok(found)
}

/// The level that issued a stored target.
pub fn level_of(row: &target::Model) -> ApiResult<IssuingLevel> {
    Ok(IssuingLevel::from_str(&row.issuing_level)?)
}

/// Figures of measures by id.
pub async fn values_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<measure_value::Model>> {
    Ok(measure_value::Entity::find()
        .filter(viewer.measure_values())
        .filter(measure_value::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}
