//! Figures of measures: the current ones, their replacement by newer ones, and what a viewer is shown of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::indicator::{indicator_observation, measure_value};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::{Known, ROWS_AT_ONCE, Span};
use crate::indicator::SourceKind;
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::period::Calendar;
use kit::paging::{Keyset, Page, Slice};

/// The same order for the figures of measures.
pub const MEASURE_ORDER: Keyset = Keyset::new("measure_value", &["measure_value.revision", "measure_value.id"]);

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
    let few = !filter.organisations.is_empty() && (!filter.measures.is_empty() || filter.period_code.is_some());
    let order = filter.known.order(MEASURE_ORDER, few);
    page.fetch(connection, &order, select, |row: &measure_value::Model| vec![row.revision.into(), row.id.into()]).await
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
