//! What the dashboard shows, put together from targets, figures and obligations.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::indicator::indicator_observation;
use entity::organisation::{organisation, programme};
use entity::programme::target;
use entity::workflow::submission;
use uuid::Uuid;

use access::Viewer;
use base::indicator::graphql::{in_force, status_of};
use base::indicator::rules::{Ratio, TargetStatus};
use base::indicator::store as figures;
use base::indicator::store::{Definition, Known};
use base::indicator::{IssuingLevel, Reading};
use base::organisation as organisations;
use forms::workflow::store as submissions;
use kernel::clock::local_date;
use kernel::error::{ApiError, ApiResult};
use kernel::form::State;
use kernel::period::{Calendar, Period, PeriodKind};
use kit::app::App;
use kit::paging::{MAX_PAGE, Page};

/// What the dashboard is wanted of.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The organisation's code; the programme's top when left out.
    pub organisation: Option<String>,
    /// The period; the last quarter that has ended when left out.
    pub period: Option<String>,
    /// As it was known at a time.
    pub as_of: Option<DateTime<Utc>>,
    /// Whose targets.
    pub level: Option<IssuingLevel>,
}

/// One series of a target: an indicator's figures.
pub struct Series {
    /// The indicator.
    pub definition: Arc<Definition>,
    /// The figure of the period.
    pub current: Option<Arc<indicator_observation::Model>>,
    /// Of the period before.
    pub previous: Option<Arc<indicator_observation::Model>>,
    /// Of the same period a year before.
    pub last_year: Option<Arc<indicator_observation::Model>>,
    /// The last periods up to this one, the earliest first.
    pub trend: Vec<Arc<indicator_observation::Model>>,
    /// The current figure against the target.
    pub status: TargetStatus,
}

/// A target with its series.
pub struct Tile {
    /// The target.
    pub target: Arc<target::Model>,
    /// Its series: those of the plan's reading first.
    pub series: Vec<Series>,
    /// The status over all series of the plan's reading.
    pub status: TargetStatus,
}

/// How far the reports of the period are, over all forms and organisations that the viewer may know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reporting {
    /// How many must report.
    pub expected: u32,
    /// Accepted.
    pub accepted: u32,
    /// Sent, not yet decided.
    pub submitted: u32,
    /// Sent back.
    pub returned: u32,
    /// Begun, or nothing yet.
    pub not_submitted: u32,
    /// Of those not sent: past their last day.
    pub overdue: u32,
}

/// The dashboard.
pub struct Overview {
    /// The programme.
    pub programme: Arc<programme::Model>,
    /// Whose figures.
    pub organisation: Arc<organisation::Model>,
    /// The period.
    pub period: Period,
    /// The revision whose figures are shown.
    pub revision: i64,
    /// Every target of the level.
    pub tiles: Vec<Tile>,
    /// How far the reports are now; none where the figures of another time are shown.
    pub reporting: Option<Reporting>,
}

/// How many periods a trend goes back, this one included.
const TREND: usize = 8;

/// Puts the dashboard together.
pub async fn overview(app: &App, viewer: &Viewer, wanted: &Wanted) -> ApiResult<Overview> {
    let connection = app.db.read();
    let programme = organisations::store::programme_by_code(connection, viewer, wanted.programme.as_deref()).await?;
    let organisation = match &wanted.organisation {
        Some(code) => organisations::store::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::store::root_of(connection, programme.id).await?,
    };
    let today = wanted.as_of.map_or_else(|| app.clock.today(), local_date);
    let period = match &wanted.period {
        Some(code) => Period::parse(Calendar::Nd09, code)?,
        None => Period::containing(Calendar::Nd09, PeriodKind::Quarter, today)
            .and_then(|period| period.previous())
            .ok_or_else(|| ApiError::internal("no quarter has ended"))?,
    };
    let (known, revision) = match wanted.as_of {
        Some(at) => {
            let revision = figures::revision_at(connection, programme.id, at).await?;
            (Known::At(revision), revision)
        }
        None => (Known::Now, programme.revision),
    };
    let level = wanted.level.unwrap_or(IssuingLevel::Ward);
    let definitions: Vec<Arc<Definition>> = figures::definitions(connection).await?.into_iter().map(Arc::new).collect();
    let mut by_key = figures_of(app, viewer, &organisation, &definitions, &period, today, known).await?;
    let targets = figures::targets(connection, viewer, vec![programme.id]).await?;
    let mut tiles = Vec::new();
    for rows in targets.into_values() {
        let rows: Vec<Arc<target::Model>> = rows.into_iter().map(Arc::new).collect();
        let Some(target) = in_force(&rows, &period)?.into_iter().find(|row| row.issuing_level == level.as_str()) else {
            continue;
        };
        tiles.push(tile(target, &definitions, &mut by_key, &period)?);
    }
    tiles.sort_by(|one, other| one.target.section.cmp(&other.target.section));
    let reporting = match wanted.as_of {
        Some(_) => None,
        None => Some(reporting(app, viewer, programme.id, &period).await?),
    };
    Ok(Overview {
        programme: Arc::new(programme),
        organisation: Arc::new(organisation),
        period,
        revision,
        tiles,
        reporting,
    })
}

type Figures = HashMap<(String, String), Arc<indicator_observation::Model>>;

/// The figures of the trend and of the same period a year before, in one statement.
async fn figures_of(
    app: &App,
    viewer: &Viewer,
    organisation: &organisation::Model,
    definitions: &[Arc<Definition>],
    period: &Period,
    today: chrono::NaiveDate,
    known: Known,
) -> ApiResult<Figures> {
    if period.start > today {
        return Ok(Figures::new());
    }
    let codes: Vec<String> = definitions.iter().map(|definition| definition.row.code.clone()).collect();
    let from = trend_of(period)
        .into_iter()
        .chain(period.same_last_year())
        .map(|period| period.end)
        .min()
        .unwrap_or(period.end);
    let series = figures::Series {
        organisation_id: organisation.id,
        indicators: &codes,
        kind: period.kind,
        from,
        to: period.end,
    };
    Ok(figures::series(app.db.read(), viewer, &series, known)
        .await?
        .into_iter()
        .map(|row| ((row.indicator_code.clone(), row.period_code.clone()), Arc::new(row)))
        .collect())
}

/// The last periods up to this one, the earliest first.
fn trend_of(period: &Period) -> Vec<Period> {
    let mut periods: Vec<Period> =
        std::iter::successors(Some(*period), |period| period.previous()).take(TREND).collect();
    periods.reverse();
    periods
}

fn tile(
    target: Arc<target::Model>,
    definitions: &[Arc<Definition>],
    figures: &mut Figures,
    period: &Period,
) -> ApiResult<Tile> {
    let mut series = Vec::new();
    for definition in definitions.iter().filter(|one| one.row.section.as_deref() == Some(target.section.as_str())) {
        let of = |period: &Period| figures.get(&(definition.row.code.clone(), period.code())).cloned();
        let current = of(period);
        let ratio = current.as_ref().and_then(|row| {
            let (numerator, denominator) = row.numerator.zip(row.denominator)?;
            Some(Ratio { numerator, denominator })
        });
        series.push(Series {
            status: status_of(ratio, Some(&target), period)?,
            previous: period.previous().and_then(|period| of(&period)),
            last_year: period.same_last_year().and_then(|period| of(&period)),
            trend: trend_of(period).iter().filter_map(of).collect(),
            current,
            definition: Arc::clone(definition),
        });
    }
    series.sort_by_key(|one| one.definition.row.reading != Reading::Plan.as_str());
    let plan = series.iter().filter(|one| one.definition.row.reading == Reading::Plan.as_str());
    let status = combined(plan.map(|one| one.status));
    Ok(Tile { target, series, status })
}

/// The status of a target of several series (dossiers and results digitised, II.6.a.8): achieved only when
/// all are.
pub fn combined(statuses: impl Iterator<Item = TargetStatus>) -> TargetStatus {
    // From the best to the worst.
    let rank = |status: &TargetStatus| match status {
        TargetStatus::Achieved => 0,
        TargetStatus::NotDue => 1,
        TargetStatus::NotAchieved => 2,
        TargetStatus::NoTarget | TargetStatus::NoData => 3,
    };
    statuses.max_by_key(rank).unwrap_or(TargetStatus::NoData)
}

/// A few statements, however many forms there are and organisations a page holds.
async fn reporting(app: &App, viewer: &Viewer, programme_id: Uuid, period: &Period) -> ApiResult<Reporting> {
    let connection = app.db.read();
    // The forms that each organisation owes, and how many days after the period's end.
    let mut owed: BTreeMap<Uuid, BTreeMap<String, i32>> = BTreeMap::new();
    for row in submissions::obligations(connection, programme_id, None, period).await? {
        if row.calendar == period.calendar.as_str() && row.period_kind == period.kind.as_str() {
            owed.entry(row.organisation_id).or_default().insert(row.form, row.due_days);
        }
    }
    let ids: Vec<Uuid> = owed.keys().copied().collect();
    let mut found = Reporting::default();
    // A programme has fewer organisations than a page holds; a larger one is counted page by page.
    let mut page = Page::first(MAX_PAGE);
    loop {
        let slice = organisations::store::reporting_page(connection, viewer, &ids, &page).await?;
        let next = slice.has_next.then(|| slice.rows.last().map(|(cursor, _)| cursor.text())).flatten();
        let shown: Vec<Uuid> = slice.into_rows().map(|row| row.id).collect();
        let latest: HashMap<(Uuid, String), submission::Model> =
            submissions::latest_of_period(connection, programme_id, None, period, &shown)
                .await?
                .into_iter()
                .map(|row| ((row.organisation_id, row.form.clone()), row))
                .collect();
        for id in shown {
            for (form, days) in owed.remove(&id).unwrap_or_default() {
                let due = u32::try_from(days).ok().map(|days| period.due(days));
                found.count(latest.get(&(id, form)), due.is_some_and(|due| due < app.clock.today()))?;
            }
        }
        match next {
            Some(cursor) => page = Page::after(MAX_PAGE, cursor),
            None => return Ok(found),
        }
    }
}

impl Reporting {
    /// Counts one form that is owed, by its latest edition and whether its last day is past.
    fn count(&mut self, latest: Option<&submission::Model>, past: bool) -> ApiResult<()> {
        self.expected += 1;
        match latest.map(submissions::state_of).transpose()? {
            Some(State::Accepted | State::Superseded) => self.accepted += 1,
            // A reopened form counts until its next edition is accepted.
            Some(_) if latest.is_some_and(|row| row.edition > 1) => self.accepted += 1,
            Some(State::Submitted) => self.submitted += 1,
            state => {
                self.returned += u32::from(state == Some(State::Returned));
                self.not_submitted += u32::from(state != Some(State::Returned));
                self.overdue += u32::from(past);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_achieved_when_all_its_series_are() {
        use TargetStatus::*;
        assert_eq!(combined([Achieved, Achieved].into_iter()), Achieved);
        assert_eq!(combined([Achieved, NotDue].into_iter()), NotDue);
        assert_eq!(combined([NotAchieved, NotDue].into_iter()), NotAchieved);
        assert_eq!(combined([Achieved, NoData].into_iter()), NoData);
        assert_eq!(combined(std::iter::empty()), NoData);
    }

    #[test]
    fn a_trend_ends_with_its_period() {
        let period = Period::parse(Calendar::Nd09, "2026-Q1").unwrap();
        let codes: Vec<String> = trend_of(&period).iter().map(Period::code).collect();
        assert_eq!(codes.first().unwrap(), "2024-Q2");
        assert_eq!(codes.last().unwrap(), "2026-Q1");
        assert_eq!(codes.len(), TREND);
    }
}
