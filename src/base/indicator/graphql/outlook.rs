//! Where an indicator comes to at the pace so far, and who has not reported what it is made of.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use chrono::NaiveDate;
use entity::indicator::indicator_observation;
use entity::programme::target;
use uuid::Uuid;

use super::{IndicatorObservation, in_force};
use crate::indicator::IssuingLevel;
use crate::indicator::forecast::{Forecast, Point, forecast};
use crate::indicator::rules::Ratio;
use crate::indicator::service::target_line;
use crate::indicator::store;
use crate::indicator::store::{Definition, Known};
use crate::organisation::store as organisations;
use crate::programme::graphql::Target;
use kernel::error::{ApiError, ApiResult};
use kernel::period::{Calendar, Period, PeriodKind};
use kit::context::{Batch, ContextExt};

/// Of whom, by code: the programme, and the organisation; the programme's top where none is named.
pub type Whom = (Option<String>, Option<String>);

/// The key of the figures of an indicator over the programme, in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CourseOf {
    whom: Whom,
    kind: PeriodKind,
    indicator: String,
}

/// The figures of an indicator over the programme, the earliest first: of periods that have ended. Beside them the
/// programme's targets.
#[derive(Debug, Clone)]
pub struct Course {
    rows: Vec<Arc<indicator_observation::Model>>,
    targets: Arc<BTreeMap<String, Vec<Arc<target::Model>>>>,
}

/// The figures of several indicators.
struct Courses {
    rows: HashMap<String, Vec<Arc<indicator_observation::Model>>>,
    targets: Arc<BTreeMap<String, Vec<Arc<target::Model>>>>,
}

impl Courses {
    fn of(&self, indicator: &str) -> Course {
        Course { rows: self.rows.get(indicator).cloned().unwrap_or_default(), targets: Arc::clone(&self.targets) }
    }
}

#[async_trait::async_trait]
impl Loader<CourseOf> for Batch {
    // A name that is wrong is the fault of whoever asked for it, not of all that are loaded with it.
    type Value = Result<Course, Arc<ApiError>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[CourseOf]) -> Result<HashMap<CourseOf, Self::Value>, Self::Error> {
        let mut asked: HashMap<(Whom, PeriodKind), Vec<String>> = HashMap::new();
        for key in keys {
            asked.entry((key.whom.clone(), key.kind)).or_default().push(key.indicator.clone());
        }
        let mut found = HashMap::new();
        for ((whom, kind), codes) in asked {
            let courses = courses(self, &whom, kind, &codes).await.map_err(Arc::new);
            for indicator in codes {
                let course = courses.as_ref().map_err(Arc::clone).map(|all| all.of(&indicator));
                found.insert(CourseOf { whom: whom.clone(), kind, indicator }, course);
            }
        }
        Ok(found)
    }
}

/// The programme and the organisation that are named.
pub async fn named(
    batch: &Batch,
    (programme, code): &Whom,
) -> ApiResult<(entity::organisation::programme::Model, Uuid)> {
    let (connection, viewer) = (batch.app.db.read(), &batch.viewer);
    let programme = organisations::programme_by_code(connection, viewer, programme.as_deref()).await?;
    let organisation = match code {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    Ok((programme, organisation.id))
}

/// In four statements, however many indicators there are.
async fn courses(batch: &Batch, whom: &Whom, kind: PeriodKind, codes: &[String]) -> ApiResult<Courses> {
    let connection = batch.app.db.read();
    let (programme, organisation_id) = named(batch, whom).await?;
    let series = store::Series {
        organisation_id,
        indicators: codes,
        kind,
        from: programme.start_date,
        // A period that ends today has not ended.
        to: programme.end_date.min(batch.app.clock.today().pred_opt().unwrap_or_default()),
    };
    let mut rows: HashMap<String, Vec<Arc<indicator_observation::Model>>> = HashMap::new();
    for row in store::series(connection, &batch.viewer, &series, Known::Now).await? {
        rows.entry(row.indicator_code.clone()).or_default().push(Arc::new(row));
    }
    let mut targets: BTreeMap<String, Vec<Arc<target::Model>>> = BTreeMap::new();
    for ((_, section), of_section) in store::targets(connection, &batch.viewer, vec![programme.id]).await? {
        targets.insert(section, of_section.into_iter().map(Arc::new).collect());
    }
    Ok(Courses { rows, targets: Arc::new(targets) })
}

/// Where an indicator comes to at the pace so far (dự báo theo tốc độ hiện nay).
pub struct IndicatorForecast {
    first: Arc<indicator_observation::Model>,
    latest: Arc<indicator_observation::Model>,
    target: Arc<target::Model>,
    found: Forecast,
}

/// Where an indicator comes to at the pace so far (dự báo theo tốc độ hiện nay): a straight line through the first and the
/// latest figure of the same kind of period in the programme, of periods that have ended.
#[rows::row_object]
impl IndicatorForecast {
    /// The first figure (số liệu đầu).
    fn first(&self) -> IndicatorObservation {
        IndicatorObservation(Arc::clone(&self.first))
    }

    /// The latest figure (số liệu gần nhất).
    fn latest(&self) -> IndicatorObservation {
        IndicatorObservation(Arc::clone(&self.latest))
    }

    /// The target that it is held against (chỉ tiêu).
    fn target(&self) -> Target {
        Target(Arc::clone(&self.target))
    }

    /// The rate in percent on the day on which the target is due, with two decimals, rounded half up; below 0 or above 100
    /// where the line leads there (giá trị dự báo khi đến hạn).
    fn value_at_due(&self) -> Option<String> {
        self.found.at_due.percent()
    }

    /// The first day on which the line reaches the target; the last day of the latest figure's period where that meets it.
    /// Null where the pace does not lead there (ngày dự báo đạt chỉ tiêu).
    fn met_on(&self) -> Option<NaiveDate> {
        self.found.met_on
    }

    /// Whether that is in time (dự báo đạt đúng hạn).
    fn in_time(&self) -> bool {
        self.found.met_on.is_some_and(|day| day <= self.target.due)
    }
}

fn point(row: &indicator_observation::Model) -> ApiResult<Option<Point>> {
    let Some((numerator, denominator)) = row.numerator.zip(row.denominator).filter(|(_, below)| *below != 0) else {
        return Ok(None);
    };
    let period = Period::parse(Calendar::from_str(&row.calendar)?, &row.period_code)?;
    Ok(Some(Point { on: period.nominal_end(), ratio: Ratio { numerator, denominator } }))
}

/// The forecast of an indicator; none without a target that holds, or with fewer than two figures.
pub async fn forecast_of(
    ctx: &Context<'_>,
    definition: &Definition,
    whom: Whom,
    kind: Option<PeriodKind>,
    level: IssuingLevel,
) -> ApiResult<Option<IndicatorForecast>> {
    let Some(section) = &definition.row.section else { return Ok(None) };
    let kind = match kind {
        Some(kind) => kind,
        None => PeriodKind::from_str(&definition.row.frequency)?,
    };
    let key = CourseOf { whom, kind, indicator: definition.row.code.clone() };
    let course = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.transpose();
    let Some(course) = course.map_err(ApiError::shared)? else { return Ok(None) };
    let mut points = Vec::new();
    for row in &course.rows {
        points.extend(point(row)?.map(|point| (point, row)));
    }
    let (Some((first, first_row)), Some((latest, latest_row))) = (points.first(), points.last()) else {
        return Ok(None);
    };
    let of_section = course.targets.get(section).map_or(&[][..], Vec::as_slice);
    let period = Period::parse(Calendar::from_str(&latest_row.calendar)?, &latest_row.period_code)?;
    let held = in_force(of_section, &period)?.into_iter().find(|row| row.issuing_level == level.as_str());
    let Some(target) = held else { return Ok(None) };
    let found = forecast(*first, *latest, target_line(&target)?);
    Ok(found.map(|found| IndicatorForecast {
        first: Arc::clone(first_row),
        latest: Arc::clone(latest_row),
        target,
        found,
    }))
}
