//! Use cases of public investment: projects, and what the register counts of them. Capital plans stand in [`plans`],
//! disbursement in [`payments`].

pub mod payments;
pub mod plans;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::investment::investment_project;
use entity::organisation::programme;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::ProjectGroup;
use super::figures::{self, MEASURES, MonthPaid, PlanChange};
use super::store::{self, NewProject};
use crate::budget::rules::fault;
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{code_fault, decision_faults, not_later, text};
use kernel::i18n::Message;
use kernel::money::MAX_AMOUNT;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

pub use payments::{DisbursementRequest, RowInput, record};
pub use plans::{EventInput, PlanRequest, plan};

/// The most rows of one request.
pub const MAX_ROWS: usize = 1_000;
const MAX_NAME: usize = 500;

/// A project as it is given.
#[derive(Debug, Clone)]
pub struct ProjectRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code.
    pub code: String,
    /// Code of the organisation that manages it.
    pub organisation: String,
    /// Name.
    pub name: String,
    /// Group.
    pub group: ProjectGroup,
    /// Number of the decision that approved it.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// In đồng.
    pub total_investment: i64,
    /// First year.
    pub start_year: i32,
    /// Last year.
    pub finish_year: i32,
    /// When it was completed.
    pub completed_on: Option<NaiveDate>,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

struct Entered {
    programme: programme::Model,
    permit: Permit,
}

async fn enter(tx: &DatabaseTransaction, request: &RequestContext, code: Option<&str>) -> ApiResult<Entered> {
    let programme = organisations::programme_by_code(tx, &Viewer::of(&request.caller)?, code).await?;
    let root = organisations::root_of(tx, programme.id).await?;
    let permit = permit_on(tx, &request.caller, Action::KeepInvestment, &root, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    Ok(Entered { programme, permit })
}

/// Enters a project, or changes it.
pub async fn save_project(
    app: &App,
    request: &RequestContext,
    wanted: ProjectRequest,
) -> ApiResult<Outcome<investment_project::Model>> {
    let tx = app.db.begin().await?;
    let result = save_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ProjectRequest,
) -> ApiResult<Outcome<investment_project::Model>> {
    let Entered { programme, permit } = enter(tx, request, wanted.programme.as_deref()).await?;
    let code = wanted.code.trim();
    let stored = store::by_codes(tx, programme.id, &[code.to_owned()]).await?.remove(code);
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let today = app.clock.today();
    let mut faults: Vec<UserError> = code_fault(&["code"], code).into_iter().collect();
    faults.extend(text(&["name"], &wanted.name, MAX_NAME));
    faults.extend(decision_faults(&wanted.decision_number, wanted.decision_date, today));
    faults.extend(wanted.completed_on.and_then(|day| not_later(&["completedOn"], day, today)));
    if !(1..=MAX_AMOUNT).contains(&wanted.total_investment) {
        let message = Message::new("investment-total").with("max", MAX_AMOUNT);
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["totalInvestment"], message));
    }
    if let Some(row) = stored.as_ref().filter(|row| wanted.total_investment < row.total_investment) {
        let planned = store::planned(tx, row.id).await?;
        if wanted.total_investment < planned {
            let message = Message::new("investment-total-below-planned").with("planned", planned);
            let fault = UserError::new(UserErrorCode::OutOfRange, &["totalInvestment"], message);
            faults.push(fault.expecting(planned, wanted.total_investment));
        }
    }
    if !(2000..=2100).contains(&wanted.start_year) || !(wanted.start_year..=2100).contains(&wanted.finish_year) {
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["finishYear"], Message::new("investment-years")));
    }
    let unit = organisations::by_codes_in(tx, programme.id, &[wanted.organisation.trim().to_owned()]).await?.pop();
    if unit.is_none() {
        let shown: String = wanted.organisation.chars().take(64).collect();
        let message = Message::new("investment-unknown-organisation").with("code", shown);
        faults.push(UserError::new(UserErrorCode::UnknownCode, &["organisation"], message));
    }
    let Some(unit) = unit.filter(|_| faults.is_empty()) else { return Ok(Outcome::Invalid(faults)) };
    let new = NewProject {
        code: code.to_owned(),
        organisation_id: unit.id,
        name: wanted.name.trim().to_owned(),
        group: wanted.group,
        decision_number: wanted.decision_number.trim().to_owned(),
        decision_date: wanted.decision_date,
        total_investment: wanted.total_investment,
        start_year: wanted.start_year,
        finish_year: wanted.finish_year,
        completed_on: wanted.completed_on,
    };
    let after = store::save(tx, &app.clock, &permit, programme.id, stored.as_ref(), &new).await?;
    // Another manager takes the project's figures over.
    if stored.as_ref().is_some_and(|row| row.organisation_id != unit.id) {
        for year in store::years(tx, after.id).await? {
            project(app, tx, &permit, (programme.id, year)).await?;
        }
    }
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, (programme.id, Some(after.id)), values).await?;
    Ok(Outcome::Done(after))
}

fn described(row: &investment_project::Model) -> Json {
    json!({
        "code": row.code, "organisationId": row.organisation_id, "name": row.name, "group": row.project_group,
        "decisionNumber": row.decision_number, "decisionDate": row.decision_date,
        "totalInvestment": row.total_investment, "startYear": row.start_year, "finishYear": row.finish_year,
        "completedOn": row.completed_on, "version": row.version,
    })
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (programme_id, record_id): (Uuid, Option<Uuid>),
    (before, after): (Option<Json>, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "investment",
        record_id: record_id.or(Some(programme_id)),
        programme_id: Some(programme_id),
        reason: None,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

fn too_many(list: &str, given: usize) -> Option<UserError> {
    (given == 0 || given > MAX_ROWS).then(|| {
        let message = Message::new("budget-events").with("max", MAX_ROWS).with("given", given);
        UserError::new(UserErrorCode::OutOfRange, &[list], message).expecting(MAX_ROWS, given)
    })
}

fn unknown(list: &str, index: usize, code: &str) -> UserError {
    let shown: String = code.chars().take(64).collect();
    fault(
        list,
        index,
        &["project"],
        UserErrorCode::UnknownCode,
        Message::new("investment-unknown").with("project", shown),
    )
}

fn codes<'a>(given: impl Iterator<Item = &'a str>) -> Vec<String> {
    let codes: BTreeSet<&str> = given.collect();
    codes.into_iter().map(str::to_owned).collect()
}

/// What the register counts of a programme, of one year or of all.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<indicator::figures::PeriodFigure>> {
    let projects = store::all(connection, programme_id).await?;
    let manager = |id: &Uuid| projects.get(id).map(|row| row.organisation_id);
    let plans: Vec<PlanChange> = store::events(connection, programme_id, year)
        .await?
        .iter()
        .filter_map(|row| {
            let organisation_id = manager(&row.project_id)?;
            Some(PlanChange { organisation_id, year: row.plan_year, on: row.decision_date, amount: row.amount })
        })
        .collect();
    let paid: Vec<MonthPaid> = store::paid(connection, programme_id, year)
        .await?
        .values()
        .filter_map(|row| {
            Some(MonthPaid {
                organisation_id: manager(&row.project_id)?,
                project_id: row.project_id,
                year: row.plan_year,
                month: row.month,
                disbursed: row.disbursed,
            })
        })
        .collect();
    figures::figures(&plans, &paid).ok_or_else(|| ApiError::internal("amounts of investment that no 64 bits hold"))
}

async fn project(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    (programme_id, year): (Uuid, i32),
) -> ApiResult<()> {
    let figures = figures(tx, programme_id, Some(year)).await?;
    let of = (programme_id, year);
    indicator::service::project_budget_register(tx, &app.clock, permit, of, &MEASURES, &figures).await
}
