//! Staffing in the schema: quotas, the baseline, and what the cut comes to. What changes them stands in
//! [`mutation`].

pub mod mutation;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::staffing::{staffing_baseline, staffing_quota};

use super::reading::{self, Reduction, UnitReduction, Wanted};
use super::rules::{BaselineState, FundingSource, ReductionStatus, StaffCategory};
use super::store;
use super::timeline::Standing;
use base::indicator::rate::Rate;
use base::indicator::rules::hundredths;
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::scalar::Count;

/// Posts assigned to a unit by a decision (biên chế được giao).
pub struct StaffingQuota(staffing_quota::Model);

/// Posts assigned to a unit by a decision (biên chế được giao). It holds until the next decision on the same
/// category and source.
#[rows::row_object]
impl StaffingQuota {
    /// Whose (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Of which category (nhóm nhân sự).
    fn category(&self) -> Result<StaffCategory> {
        Ok(StaffCategory::from_str(&self.0.category).map_err(ApiError::from)?)
    }

    /// Who pays (nguồn kinh phí).
    fn funding_source(&self) -> Result<FundingSource> {
        Ok(FundingSource::from_str(&self.0.funding_source).map_err(ApiError::from)?)
    }

    /// How many posts (số biên chế).
    fn posts(&self) -> i32 {
        self.0.posts
    }

    /// Number of the decision (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// From which day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Grows with every correction.
    fn version(&self) -> i32 {
        self.0.version
    }
}

connection! {
    /// A page of quotas.
    StaffingQuotaConnection, StaffingQuotaEdge, StaffingQuota
}

/// What to look for among quotas; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct StaffingQuotaFilter {
    /// Only of the organisation of this code.
    pub organisation: Option<String>,
    /// Only of this category.
    pub category: Option<StaffCategory>,
    /// Only those whose first day is on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those whose first day is on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// A unit's posts at the baseline (số giao năm 2025 của đơn vị).
#[derive(rows::RowObject)]
pub struct StaffingBaselineLine {
    /// Which unit.
    pub organisation: Organisation,
    /// How many posts.
    pub posts: i32,
}

/// The baseline of the cut (mốc so sánh).
pub struct StaffingBaseline(staffing_baseline::Model);

/// The baseline of the cut (mốc so sánh): the budget-paid public employees assigned in 2025. Frozen once the
/// Chair approves it.
#[rows::row_object]
impl StaffingBaseline {
    /// How far it is (tình trạng).
    fn state(&self) -> Result<BaselineState> {
        Ok(BaselineState::from_str(&self.0.state).map_err(ApiError::from)?)
    }

    /// Number of the approving decision (số quyết định).
    fn decision_number(&self) -> Option<&str> {
        self.0.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.decision_date
    }

    /// When it was approved.
    fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// The posts of each unit, by code; as many as the programme has units.
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<StaffingBaselineLine>> {
        let connection = ctx.app()?.db.read();
        let posts = store::baseline_lines(connection, self.0.programme_id).await?;
        let ids = posts.keys().copied().collect();
        let mut units = organisations::by_ids(connection, &ctx.viewer()?, ids).await?;
        units.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(units
            .into_iter()
            .filter_map(|unit| {
                let posts = *posts.get(&unit.id)?;
                Some(StaffingBaselineLine { organisation: Organisation(Arc::new(unit)), posts })
            })
            .collect())
    }
}

/// A unit on the day (đơn vị).
pub struct StaffingUnitReduction(UnitReduction);

/// A unit on the day (đơn vị).
#[rows::row_object]
impl StaffingUnitReduction {
    /// Which.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.0.organisation.clone()))
    }

    /// The baseline, adjusted to the perimeter of the day (mốc so sánh đã điều chỉnh phạm vi).
    fn baseline(&self) -> Count {
        Count(self.0.standing.baseline)
    }

    /// The baseline as it was approved (mốc so sánh được duyệt).
    fn raw_baseline(&self) -> Count {
        Count(self.0.standing.raw_baseline)
    }

    /// The posts assigned (biên chế được giao).
    fn quota(&self) -> Count {
        Count(self.0.standing.quota)
    }

    /// The cut against the adjusted baseline (tỷ lệ giảm).
    fn cut(&self) -> Rate {
        rate(self.0.standing)
    }

    /// The cut against the baseline as it was approved (tỷ lệ giảm chưa điều chỉnh).
    fn raw_cut(&self) -> Rate {
        raw_rate(self.0.standing)
    }

    /// Posts that must go for the target, rounded up (số phải giảm).
    fn required_posts(&self) -> Option<Count> {
        self.0.required.map(Count)
    }

    /// How it stands to the target. The target is the ward's; no unit alone must reach it.
    fn status(&self) -> ReductionStatus {
        self.0.status
    }
}

fn rate(standing: Standing) -> Rate {
    let cut = standing.cut();
    Rate::new(cut.numerator, cut.denominator)
}

fn raw_rate(standing: Standing) -> Rate {
    let cut = standing.raw_cut();
    Rate::new(cut.numerator, cut.denominator)
}

/// A step of the indicative path (mốc tham khảo). It is no target: the plan sets none by year.
#[derive(rows::RowObject)]
pub struct StaffingMilestone {
    /// The year.
    pub year: i32,
    /// The cut by its end, in percent: equal steps to the target.
    pub percent: String,
    /// The most posts by its end.
    pub maximum_posts: Count,
}

/// The cut by staff present (tỷ lệ giảm theo số có mặt): over the units that have reported their headcount, on both
/// sides alike. It tells of people who left before their post was cut, and of posts that are not filled.
#[derive(rows::RowObject)]
pub struct StaffingPresence {
    /// The period of the headcounts: the last by the day of which anybody has reported.
    pub period: String,
    /// Its last day, for which baselines are taken too.
    pub on: NaiveDate,
    /// The adjusted baselines of the units that reported (mốc so sánh của đơn vị đã báo cáo).
    pub baseline: Count,
    /// Their budget-paid public employees present (số có mặt).
    pub present: Count,
    /// Baseline less present, over baseline.
    pub cut: Rate,
    /// How many units reported.
    pub reported: Count,
    /// How many units with posts or a baseline did not: until it is 0 the cut is of a part.
    pub missing: Count,
}

/// What the cut comes to on a day (kết quả giảm biên chế).
pub struct StaffingReduction(Reduction);

/// What the cut of budget-paid public employees comes to on a day (kết quả giảm biên chế, plan II.3.a.3), over an
/// organisation and all below it. "Giảm bình quân" is read as the whole, weighted by size: `cut`; the other
/// readings stand beside it.
#[rows::row_object]
impl StaffingReduction {
    /// Whose, itself and all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.0.organisation.clone()))
    }

    /// The day.
    fn on(&self) -> NaiveDate {
        self.0.on
    }

    /// How far the baseline is; until it is approved there are no figures.
    fn baseline_state(&self) -> BaselineState {
        self.0.baseline_state
    }

    /// The baseline, adjusted to the perimeter of the day (mốc so sánh đã điều chỉnh phạm vi).
    fn baseline(&self) -> Count {
        Count(self.0.standing.baseline)
    }

    /// The baseline as it was approved (mốc so sánh được duyệt).
    fn raw_baseline(&self) -> Count {
        Count(self.0.standing.raw_baseline)
    }

    /// The posts assigned (biên chế được giao).
    fn quota(&self) -> Count {
        Count(self.0.standing.quota)
    }

    /// The cut against the adjusted baseline: the reading that the target is compared with (tỷ lệ giảm bình quân).
    fn cut(&self) -> Rate {
        rate(self.0.standing)
    }

    /// The cut against the baseline as it was approved: a unit that moved in makes it look like growth.
    fn raw_cut(&self) -> Rate {
        raw_rate(self.0.standing)
    }

    /// The simple mean of the units' rates in percent, each unit counted the same: another reading of "bình quân".
    fn simple_mean_percent(&self) -> Option<&str> {
        self.0.simple_mean.as_deref()
    }

    /// The ward's target in percent; null where there is none.
    fn target_percent(&self) -> Option<String> {
        self.0.target.map(hundredths)
    }

    /// Posts that must go for the target: whole posts, rounded up (số phải giảm).
    fn required_posts(&self) -> Option<Count> {
        self.0.required.map(Count)
    }

    /// The most posts with which the target is reached (số được giữ).
    fn maximum_posts(&self) -> Option<Count> {
        self.0.required.map(|required| Count(self.0.standing.baseline - required))
    }

    /// How it stands to the target.
    fn status(&self) -> ReductionStatus {
        self.0.status
    }

    /// What the cut comes to at the programme's end at the pace so far (dự báo); null before there is a pace.
    fn forecast(&self) -> Option<Rate> {
        self.0.forecast.map(|ratio| Rate::new(ratio.numerator, ratio.denominator))
    }

    /// The target in equal yearly steps: indicative only, no target of the plan (lộ trình tham khảo).
    fn indicative_path(&self) -> Vec<StaffingMilestone> {
        let milestone = |step: &reading::Milestone| StaffingMilestone {
            year: step.year,
            percent: hundredths(step.hundredths),
            maximum_posts: Count(step.posts),
        };
        self.0.path.iter().map(milestone).collect()
    }

    /// The units, by code; as many as have a baseline or posts. Those that are left out are marked EXEMPT.
    fn units(&self) -> Vec<StaffingUnitReduction> {
        self.0.units.iter().cloned().map(StaffingUnitReduction).collect()
    }

    /// The cut by staff present (theo số có mặt), another reading beside `cut`. Headcounts are confidential: null for
    /// whoever may not read those of the organisation and all below it; null, too, before any was accepted.
    async fn presence(&self, ctx: &Context<'_>) -> Result<Option<StaffingPresence>> {
        let found = reading::presence(ctx.app()?.db.read(), &ctx.viewer()?, &self.0).await?;
        Ok(found.map(|found| {
            let cut = found.presence.cut();
            StaffingPresence {
                period: found.period,
                on: found.on,
                baseline: Count(found.presence.baseline),
                present: Count(found.presence.present),
                cut: Rate::new(cut.numerator, cut.denominator),
                reported: Count(found.presence.reported.into()),
                missing: Count(found.presence.missing.into()),
            }
        }))
    }

    /// On what ground units are left out on the day (căn cứ loại trừ).
    fn exemption_basis(&self) -> Option<&str> {
        self.0.exemption_basis.as_deref()
    }
}

/// A decision behind a change (căn cứ).
#[derive(rows::RowObject)]
pub struct StaffingDecision {
    /// Its number (số).
    pub number: String,
    /// Its day (ngày).
    pub date: NaiveDate,
    /// The reason, of a change of perimeter.
    pub reason: Option<String>,
}

/// What happened to a unit's posts on a day (biến động).
#[derive(rows::RowObject)]
pub struct StaffingChange {
    /// Whose.
    pub organisation: Organisation,
    /// On which day.
    pub on: NaiveDate,
    /// By how many posts the quota changed.
    pub quota_change: Count,
    /// By how many posts the adjusted baseline changed.
    pub baseline_change: Count,
    /// The decisions of that day.
    pub decisions: Vec<StaffingDecision>,
}

/// The difference between two days, explained (giải trình chênh lệch).
#[derive(rows::RowObject)]
pub struct StaffingDifference {
    /// Posts assigned on the first day.
    pub quota_from: Count,
    /// Posts assigned on the second day.
    pub quota_to: Count,
    /// Adjusted baseline on the first day.
    pub baseline_from: Count,
    /// Adjusted baseline on the second day.
    pub baseline_to: Count,
    /// What happened after the first day, up to the second, by day; added up it is the difference.
    pub changes: Vec<StaffingChange>,
    /// Whether there are more changes than `first` asked for.
    pub truncated: bool,
}

/// Reading staffing.
#[derive(Default)]
pub struct StaffingQuery;

/// Reading staffing.
#[rows::row_object]
impl StaffingQuery {
    /// Posts assigned by decisions (biên chế được giao), by their first day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn staffing_quotas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: StaffingQuotaFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<StaffingQuotaConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let filter = store::Filter {
            programme_id,
            organisation_id,
            category: filter.category,
            from: filter.from,
            to: filter.to,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(StaffingQuotaConnection(Rows::of(slice, StaffingQuota)))
    }

    /// The baseline of the cut (mốc so sánh); null while nothing is entered.
    async fn staffing_baseline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<StaffingBaseline>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::baseline(connection, programme.id).await
        };
        or_null(found.await.map(|row| row.map(StaffingBaseline)))
    }

    /// What the cut of budget-paid public employees comes to on a day (kết quả giảm biên chế, plan II.3.a.3).
    async fn staffing_reduction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The day; today unless said.")] on: Option<NaiveDate>,
        #[graphql(default = true, desc = "Whether units that are exempt on the day are left out.")]
        apply_exemptions: bool,
    ) -> Result<StaffingReduction> {
        let app = ctx.app()?;
        let on = on.unwrap_or_else(|| app.clock.today());
        let wanted = Wanted { programme, organisation, on, apply_exemptions };
        Ok(StaffingReduction(reading::reduction(app.db.read(), &ctx.viewer()?, &wanted).await?))
    }

    /// What explains the difference of posts between two days (giải trình chênh lệch biên chế).
    async fn staffing_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day.")] from: NaiveDate,
        #[graphql(desc = "The second day.")] to: NaiveDate,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(default = 200, desc = "How many changes, 1 to 1,000.", validator(minimum = 1, maximum = 1000))]
        first: u32,
    ) -> Result<StaffingDifference> {
        let whose = (programme.as_deref(), organisation.as_deref());
        let found = reading::difference(ctx.app()?.db.read(), &ctx.viewer()?, whose, from, to).await?;
        let limit = first.min(1_000) as usize;
        let truncated = found.changes.len() > limit;
        let changes = found.changes.into_iter().take(limit).map(|one| StaffingChange {
            organisation: Organisation(Arc::new(one.organisation)),
            on: one.change.on,
            quota_change: Count(one.change.quota),
            baseline_change: Count(one.change.baseline),
            decisions: one
                .decisions
                .into_iter()
                .map(|(number, date, reason)| StaffingDecision { number, date, reason })
                .collect(),
        });
        Ok(StaffingDifference {
            quota_from: Count(found.from.quota),
            quota_to: Count(found.to.quota),
            baseline_from: Count(found.from.baseline),
            baseline_to: Count(found.to.baseline),
            changes: changes.collect(),
            truncated,
        })
    }
}
