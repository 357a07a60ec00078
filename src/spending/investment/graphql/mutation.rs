//! What changes public investment.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::InvestmentProject;
use crate::investment::rules::Paid;
use crate::investment::service;
use crate::investment::service::{DisbursementRequest, EventInput, PlanRequest, ProjectRequest, RowInput};
use crate::investment::{CapitalEventKind, ProjectGroup};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, lines, split};
use kit::scalar::Vnd;

/// A project of public investment (dự án đầu tư công). The same code changes what is there.
#[derive(Debug, InputObject)]
pub struct SaveInvestmentProjectInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code in the programme; up to 32 characters (mã dự án).
    pub code: String,
    /// Code of the organisation that manages it (chủ đầu tư).
    pub organisation: String,
    /// Its name; up to 500 characters (tên dự án).
    pub name: String,
    /// Its group (nhóm dự án).
    pub group: ProjectGroup,
    /// Number of the decision that approved it (số quyết định phê duyệt).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// The total investment approved, in đồng (tổng mức đầu tư).
    pub total_investment: Vnd,
    /// First year (năm khởi công).
    pub start_year: i32,
    /// Last year, as planned (năm hoàn thành).
    pub finish_year: i32,
    /// When it was completed (ngày hoàn thành).
    pub completed_on: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct SaveInvestmentProjectPayload {
    /// The project after the change; null when something must be mended, or on a dry run.
    pub project: Option<InvestmentProject>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// What a decision puts into the plan of a project.
#[derive(Debug, InputObject)]
pub struct CapitalEventInput {
    /// The project's code (dự án).
    pub project: String,
    /// What it does.
    pub kind: CapitalEventKind,
    /// In đồng; below zero only of an adjustment (số vốn).
    pub amount: Vnd,
    /// Why, where the plans come to more than the total investment; up to 2,000 characters (giải trình).
    pub explanation: Option<String>,
}

/// What a decision puts into capital plans (giao, kéo dài, điều chỉnh kế hoạch vốn): up to 1,000 events, all or none.
#[derive(Debug, InputObject)]
pub struct AssignCapitalInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The plan year (năm kế hoạch).
    pub plan_year: i32,
    /// Number of the decision; up to 64 characters (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// What it does.
    pub events: Vec<CapitalEventInput>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What was paid for a project by the end of the month.
#[derive(Debug, InputObject)]
pub struct DisbursementInput {
    /// The project's code (dự án).
    pub project: String,
    /// Disbursed at the Treasury since 1 January, in đồng (giải ngân lũy kế).
    pub disbursed: Vnd,
    /// Of it from the extended plan, in đồng (giải ngân vốn kéo dài).
    #[graphql(default_with = "Vnd(0)")]
    pub of_extended: Vnd,
    /// Work accepted since 1 January, in đồng (khối lượng nghiệm thu lũy kế).
    #[graphql(default_with = "Vnd(0)")]
    pub accepted_volume: Vnd,
    /// Why, where it corrects what was recorded; up to 2,000 characters (lý do).
    pub reason: Option<String>,
}

/// What the Treasury paid by the end of a month (giải ngân qua Kho bạc): up to 1,000 projects, all or none.
#[derive(Debug, InputObject)]
pub struct RecordDisbursementsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// A month of the budget year, such as `2026-M09`; `2026-M13` is until 31 January.
    pub period: PeriodCode,
    /// The projects.
    pub rows: Vec<DisbursementInput>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct InvestmentPayload {
    /// How many rows were entered; what was recorded alike already is none.
    pub entered: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing public investment.
#[derive(Default)]
pub struct InvestmentMutation;

/// Changing public investment.
#[rows::row_object]
impl InvestmentMutation {
    /// Enters a project of public investment, or changes it (cập nhật dự án đầu tư công).
    #[graphql(directive = requires::apply(Action::KeepInvestment, roles_for(Action::KeepInvestment)))]
    async fn save_investment_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] input: SaveInvestmentProjectInput,
    ) -> Result<SaveInvestmentProjectPayload> {
        let dry_run = input.dry_run;
        let wanted = ProjectRequest {
            programme: input.programme,
            code: input.code,
            organisation: input.organisation,
            name: input.name,
            group: input.group,
            decision_number: input.decision_number,
            decision_date: input.decision_date,
            total_investment: input.total_investment.0,
            start_year: input.start_year,
            finish_year: input.finish_year,
            completed_on: input.completed_on,
            expected_version: input.expected_version,
            dry_run,
        };
        let (done, user_errors) =
            split(service::save_project(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        let project = done.filter(|_| !dry_run).map(|row| InvestmentProject { row: Arc::new(row), amounts: None });
        Ok(SaveInvestmentProjectPayload { project, user_errors })
    }

    /// Enters what a decision puts into capital plans (giao, kéo dài, điều chỉnh kế hoạch vốn). Nothing is ever edited:
    /// another decision sets it right.
    #[graphql(directive = requires::apply(Action::KeepInvestment, roles_for(Action::KeepInvestment)))]
    async fn assign_capital(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: AssignCapitalInput,
    ) -> Result<InvestmentPayload> {
        let dry_run = input.dry_run;
        let event = |event: CapitalEventInput| EventInput {
            project: event.project,
            kind: event.kind,
            amount: event.amount.0,
            explanation: event.explanation,
        };
        let wanted = PlanRequest {
            programme: input.programme,
            year: input.plan_year,
            decision_number: input.decision_number,
            decision_date: input.decision_date,
            events: input.events.into_iter().map(event).collect(),
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::plan(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        Ok(InvestmentPayload { entered: lines(done.filter(|_| !dry_run).unwrap_or(0)), user_errors })
    }

    /// Records what the Treasury paid by the end of a month, cumulative (ghi nhận giải ngân). What is recorded already is
    /// corrected with a reason, and both stay.
    #[graphql(directive = requires::apply(Action::KeepInvestment, roles_for(Action::KeepInvestment)))]
    async fn record_disbursements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The month.")] input: RecordDisbursementsInput,
    ) -> Result<InvestmentPayload> {
        let dry_run = input.dry_run;
        let row = |row: DisbursementInput| RowInput {
            project: row.project,
            paid: Paid {
                disbursed: row.disbursed.0,
                of_extended: row.of_extended.0,
                accepted_volume: row.accepted_volume.0,
            },
            reason: row.reason,
        };
        let wanted = DisbursementRequest {
            programme: input.programme,
            period: input.period.0,
            rows: input.rows.into_iter().map(row).collect(),
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let (done, user_errors) = split(service::record(ctx.app()?, ctx.request()?, wanted).await?, ctx.language());
        Ok(InvestmentPayload { entered: lines(done.filter(|_| !dry_run).unwrap_or(0)), user_errors })
    }
}
