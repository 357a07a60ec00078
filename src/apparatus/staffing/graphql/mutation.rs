//! Changing staffing.

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::StaffingBaseline;
use crate::staffing::rules::{Decision, FundingSource, PerimeterKind, QuotaInput, StaffCategory};
use crate::staffing::service;
use crate::staffing::service::{ApproveRequest, AssignRequest, BaselineRequest, PerimeterRequest};
use access::policy::{Action, roles_for};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload;
use kit::payload::{UserErrorObject, split};

/// Posts of one category of a unit.
#[derive(Debug, InputObject)]
pub struct StaffingQuotaInput {
    /// The unit's code.
    pub organisation: String,
    /// The category (nhóm nhân sự).
    pub category: StaffCategory,
    /// Who pays (nguồn kinh phí).
    pub funding_source: FundingSource,
    /// How many posts; 0 to 100,000 (số biên chế).
    pub posts: i32,
}

/// Posts that a decision assigns.
#[derive(Debug, InputObject)]
pub struct AssignStaffingQuotasInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Number of the decision (số quyết định).
    pub decision_number: String,
    /// Its day (ngày quyết định).
    pub decision_date: NaiveDate,
    /// From which day (từ ngày).
    pub effective_from: NaiveDate,
    /// The posts; at most 2,000 lines.
    pub quotas: Vec<StaffingQuotaInput>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it: all of it or nothing.
#[derive(rows::RowObject)]
pub struct AssignStaffingQuotasPayload {
    /// How many lines were new.
    pub created: u32,
    /// How many corrected what stood there for the same unit, category, source and day.
    pub changed: u32,
    /// How many said what stands there already.
    pub unchanged: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// A unit and its posts.
#[derive(Debug, InputObject)]
pub struct StaffingPostsInput {
    /// The unit's code.
    pub organisation: String,
    /// How many posts; of a change of perimeter by how many, negative where they leave.
    pub posts: i32,
}

fn lines(given: Vec<StaffingPostsInput>) -> Vec<(String, i32)> {
    given.into_iter().map(|line| (line.organisation, line.posts)).collect()
}

/// The baseline: budget-paid public employees assigned in 2025, every unit at once.
#[derive(Debug, InputObject)]
pub struct SaveStaffingBaselineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The posts of each unit; at most 2,000 lines. Units that are not given are not in the baseline.
    pub lines: Vec<StaffingPostsInput>,
    /// The version that the caller has seen; left out or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// The approval of the baseline.
#[derive(Debug, InputObject)]
pub struct ApproveStaffingBaselineInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Number of the approving decision (số quyết định).
    pub decision_number: String,
    /// Its day (ngày quyết định).
    pub decision_date: NaiveDate,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// The baseline after a change.
#[derive(rows::RowObject)]
pub struct StaffingBaselinePayload {
    /// The baseline; null when something must be mended, or on a dry run.
    pub baseline: Option<StaffingBaseline>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// A change of the perimeter of the cut.
#[derive(Debug, InputObject)]
pub struct RecordPerimeterChangeInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// What it is. Of MERGE and SPLIT the posts add up to zero.
    pub kind: PerimeterKind,
    /// From which day (từ ngày).
    pub effective_on: NaiveDate,
    /// Number of the decision (số quyết định).
    pub decision_number: String,
    /// Its day (ngày quyết định).
    pub decision_date: NaiveDate,
    /// Why; 1 to 2,000 characters (lý do).
    pub reason: String,
    /// By how many posts for whom.
    pub lines: Vec<StaffingPostsInput>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct RecordPerimeterChangePayload {
    /// From which day it counts; null when something must be mended, or on a dry run.
    pub effective_on: Option<NaiveDate>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing staffing.
#[derive(Default)]
pub struct StaffingMutation;

/// Changing staffing.
#[rows::row_object]
impl StaffingMutation {
    /// Assigns posts by a decision (giao biên chế), idempotent by unit, category, source and first day.
    #[graphql(directive = requires::apply(Action::AssignStaffing, roles_for(Action::AssignStaffing)))]
    async fn assign_staffing_quotas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision and its posts.")] input: AssignStaffingQuotasInput,
    ) -> Result<AssignStaffingQuotasPayload> {
        let wanted = AssignRequest {
            programme: input.programme,
            decision: Decision::new(&input.decision_number, input.decision_date),
            effective_from: input.effective_from,
            quotas: input
                .quotas
                .into_iter()
                .map(|quota| QuotaInput {
                    organisation: quota.organisation,
                    category: quota.category,
                    funding_source: quota.funding_source,
                    posts: quota.posts,
                })
                .collect(),
            dry_run: input.dry_run,
        };
        let (done, user_errors) = split(service::assign(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let done = done.unwrap_or_default();
        Ok(AssignStaffingQuotasPayload {
            created: payload::lines(done.created),
            changed: payload::lines(done.changed),
            unchanged: payload::lines(done.unchanged),
            user_errors,
        })
    }

    /// Enters the baseline of the cut, or changes it while it is not approved (lập mốc so sánh).
    #[graphql(directive = requires::apply(Action::AssignStaffing, roles_for(Action::AssignStaffing)))]
    async fn save_staffing_baseline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The posts of 2025.")] input: SaveStaffingBaselineInput,
    ) -> Result<StaffingBaselinePayload> {
        let dry_run = input.dry_run;
        let wanted = BaselineRequest {
            programme: input.programme,
            lines: lines(input.lines),
            expected_version: input.expected_version,
            dry_run,
        };
        let outcome = service::save_baseline(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(StaffingBaselinePayload { baseline: done.filter(|_| !dry_run).map(StaffingBaseline), user_errors })
    }

    /// Approves the baseline, once (phê duyệt mốc so sánh): it is frozen from here on. Whoever wrote in it never
    /// approves it.
    #[graphql(directive = requires::apply(Action::ApproveStaffingBaseline, roles_for(Action::ApproveStaffingBaseline)))]
    async fn approve_staffing_baseline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The approving decision.")] input: ApproveStaffingBaselineInput,
    ) -> Result<StaffingBaselinePayload> {
        let dry_run = input.dry_run;
        let wanted = ApproveRequest {
            programme: input.programme,
            decision: Decision::new(&input.decision_number, input.decision_date),
            expected_version: input.expected_version,
            dry_run,
        };
        let outcome = service::approve_baseline(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(StaffingBaselinePayload { baseline: done.filter(|_| !dry_run).map(StaffingBaseline), user_errors })
    }

    /// Records a change of the perimeter: units merged, split, moved in or out (điều chỉnh phạm vi so sánh). It is
    /// never changed; another one sets it right.
    #[graphql(directive = requires::apply(Action::AssignStaffing, roles_for(Action::AssignStaffing)))]
    async fn record_perimeter_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changed.")] input: RecordPerimeterChangeInput,
    ) -> Result<RecordPerimeterChangePayload> {
        let dry_run = input.dry_run;
        let wanted = PerimeterRequest {
            programme: input.programme,
            kind: input.kind,
            effective_on: input.effective_on,
            decision: Decision::new(&input.decision_number, input.decision_date),
            reason: input.reason,
            lines: lines(input.lines),
            dry_run,
        };
        let outcome = service::record_perimeter(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(RecordPerimeterChangePayload {
            effective_on: done.filter(|_| !dry_run).map(|row| row.effective_on),
            user_errors,
        })
    }
}
