//! The dashboard in the schema.

use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::indicator::indicator_observation;

use super::service::{self, Overview, Wanted};
use base::indicator::IssuingLevel;
use base::indicator::graphql::{Indicator, IndicatorObservation};
use base::indicator::rules::TargetStatus;
use base::organisation::graphql::Organisation;
use base::period::{PeriodCode, ReportingPeriod};
use base::programme::graphql::{Programme, Target};
use kit::context::ContextExt;
use kit::scalar::Revision;

/// A dashboard of a programme (bảng theo dõi chương trình).
pub struct ProgrammeOverview(Overview);

/// A dashboard of a programme (bảng theo dõi chương trình): paints in one request.
#[rows::row_object]
impl ProgrammeOverview {
    /// The programme.
    fn programme(&self) -> Programme {
        Programme(Arc::clone(&self.0.programme))
    }

    /// Whose figures: with all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::clone(&self.0.organisation))
    }

    /// The period.
    fn period(&self) -> ReportingPeriod {
        ReportingPeriod(self.0.period)
    }

    /// The revision whose figures are shown.
    fn revision(&self) -> Revision {
        Revision(self.0.revision)
    }

    /// Every target of the issuing level, by section; those that nothing feeds yet have status NO_DATA.
    fn targets(&self) -> Vec<TargetTile<'_>> {
        self.0.tiles.iter().map(TargetTile).collect()
    }

    /// How many targets are in each status.
    fn status_counts(&self) -> Vec<StatusCount> {
        TargetStatus::ALL
            .iter()
            .map(|&status| {
                let count = self.0.tiles.iter().filter(|tile| tile.status == status).count();
                StatusCount { status, count: i32::try_from(count).unwrap_or(i32::MAX) }
            })
            .collect()
    }

    /// How far the reports of the period are now, as far as the caller may know it; null with `asOf`.
    fn reporting(&self) -> Option<ReportingSummary> {
        let found = self.0.reporting.as_ref()?;
        Some(ReportingSummary {
            expected: found.expected,
            accepted: found.accepted,
            submitted: found.submitted,
            returned: found.returned,
            not_submitted: found.not_submitted,
            overdue: found.overdue,
        })
    }
}

/// How many targets are in a status.
#[derive(rows::RowObject)]
pub struct StatusCount {
    /// The status.
    pub status: TargetStatus,
    /// How many targets.
    pub count: i32,
}

/// How far the reports of a period are (tình hình gửi báo cáo).
#[derive(rows::RowObject)]
pub struct ReportingSummary {
    /// How many must report.
    pub expected: u32,
    /// Accepted (đã duyệt).
    pub accepted: u32,
    /// Sent, not yet decided (chờ duyệt).
    pub submitted: u32,
    /// Sent back (yêu cầu chỉnh lý).
    pub returned: u32,
    /// Begun, or nothing yet (chưa gửi).
    pub not_submitted: u32,
    /// Of those not sent: past their last day (quá hạn).
    pub overdue: u32,
}

/// A target on the dashboard.
pub struct TargetTile<'a>(&'a service::Tile);

/// A target on the dashboard.
#[rows::row_object]
impl TargetTile<'_> {
    /// The target.
    fn target(&self) -> Target {
        Target(Arc::clone(&self.0.target))
    }

    /// Its status over all series of the plan's reading: achieved only when all are.
    fn status(&self) -> TargetStatus {
        self.0.status
    }

    /// Its series: one as a rule, two where the plan counts two things; other readings after them.
    fn series(&self) -> Vec<TargetSeries<'_>> {
        self.0.series.iter().map(TargetSeries).collect()
    }
}

/// One series of a target: the figures of one indicator.
pub struct TargetSeries<'a>(&'a service::Series);

fn figure(row: &Arc<indicator_observation::Model>) -> IndicatorObservation {
    IndicatorObservation(Arc::clone(row))
}

/// One series of a target: the figures of one indicator.
#[rows::row_object]
impl TargetSeries<'_> {
    /// The indicator.
    fn indicator(&self) -> Indicator {
        Indicator(Arc::clone(&self.0.definition))
    }

    /// The status of this series.
    fn status(&self) -> TargetStatus {
        self.0.status
    }

    /// The figure of the period; null where there is none.
    fn current(&self) -> Option<IndicatorObservation> {
        self.0.current.as_ref().map(figure)
    }

    /// Of the period before (kỳ trước).
    fn previous(&self) -> Option<IndicatorObservation> {
        self.0.previous.as_ref().map(figure)
    }

    /// Of the same period a year before (cùng kỳ năm trước).
    fn same_period_last_year(&self) -> Option<IndicatorObservation> {
        self.0.last_year.as_ref().map(figure)
    }

    /// The last eight periods up to this one as far as there are figures, the earliest first (xu hướng).
    fn trend(&self) -> Vec<IndicatorObservation> {
        self.0.trend.iter().map(figure).collect()
    }
}

/// Reading the dashboard.
#[derive(Default)]
pub struct OverviewQuery;

/// Reading the dashboard.
#[rows::row_object]
impl OverviewQuery {
    /// Everything that a ward's dashboard shows, in one request.
    async fn programme_overview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Whose figures, by code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The period, of the ND09 calendar; the last quarter that has ended when left out.")]
        period: Option<PeriodCode>,
        #[graphql(desc = "As it was known at this time.")] as_of: Option<DateTime<Utc>>,
        #[graphql(default_with = "IssuingLevel::Ward", desc = "Whose targets.")] issuing_level: IssuingLevel,
    ) -> Result<ProgrammeOverview> {
        let wanted = Wanted {
            programme,
            organisation,
            period: period.map(|period| period.0),
            as_of,
            level: Some(issuing_level),
        };
        Ok(ProgrammeOverview(service::overview(ctx.app()?, &ctx.viewer()?, &wanted).await?))
    }
}
