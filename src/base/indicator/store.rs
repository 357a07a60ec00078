//! Reads and writes of measures, indicators and their figures: what their figures share, and the targets they are held
//! against. Formulas stand in [`formulas`], figures of measures in [`values`], those of indicators in
//! [`observations`], and when each became known in [`revisions`].

pub mod formulas;
pub mod observations;
pub mod revisions;
pub mod values;

use std::collections::BTreeMap;
use std::str::FromStr;

use chrono::NaiveDate;
use entity::programme::target;
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::IssuingLevel;
use access::Viewer;
use kernel::error::ApiResult;
use kernel::period::Calendar;
use kit::paging::Keyset;

pub use formulas::{Definition, FormulaTerm, definitions, measures};
pub use observations::{
    OBSERVATION_ORDER, ObservationFilter, ObservationKey, Observed, Series, all_current_observations,
    current_observations, observations_by_ids, observations_page, replace_observations, series,
};
pub use revisions::{lock_programme, next_revision, recorded_at, revision_at};
pub use values::{
    MEASURE_ORDER, MeasureFilter, NewValue, Stock, all_current_values, contributions, current_form_values,
    current_register_values, current_values_of, current_window, last_stock, replace_values, values_by_ids, values_page,
};

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

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
    /// The order of a page of figures: by revision; where few rows out of many are wanted they are found first, then sorted.
    /// What changed since a revision is found by the order's own index, however few.
    fn order(self, by_revision: Keyset, few: bool) -> Keyset {
        if few && !matches!(self, Known::Since(..)) { by_revision.sorted() } else { by_revision }
    }

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
