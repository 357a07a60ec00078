//! Use cases of the budget of the reform: drafting a line, and what the register counts. The steps that a line takes stand
//! in [`steps`](super::steps).

use std::collections::BTreeMap;

use chrono::Datelike;
use entity::reform_budget::reform_budget_line;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, Allocated, MEASURES, MonthSpent, Sent};
use super::rules::{self, Appraisals, Wanted};
use super::store::{self, events, totals};
use super::{ReformBudgetState, store::totals::Sums};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::money::exact_sum;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;
use spending::budget;

/// A line as it is drafted.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit.
    pub organisation: String,
    /// The line.
    pub line: Wanted,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What a use case about a line comes to.
pub type Done = Outcome<reform_budget_line::Model>;

/// Drafts a line, or changes it while it is a draft or was returned.
pub async fn save(app: &App, request: &RequestContext, wanted: SaveRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = save_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &SaveRequest,
) -> ApiResult<Done> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let unit = organisations::by_code(tx, &viewer, Some(&programme.code), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::SaveReformBudget, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::SaveReformBudget.as_str(),
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    // One after the other: that a year's sum stays exact is not for the database to say.
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let line = &wanted.line;
    let stored = store::by_code(tx, &Viewer::server(), programme.id, &line.code).await?;
    if let Some(row) = &stored {
        if row.organisation_id != unit.id {
            let message = Message::new("reform-budget-other-unit").with("code", row.code.as_str());
            let fault = UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message);
            return Ok(Outcome::Invalid(vec![fault]));
        }
        if let Some(fault) = rules::wrong_state(Action::SaveReformBudget, state_of(row)?) {
            return Ok(Outcome::Invalid(vec![fault]));
        }
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let years = programme.start_date.year()..=programme.end_date.year();
    let mut faults = rules::check(line, &unit, years);
    let task_id = store::task_of(tx, programme.id, line.task.trim()).await?;
    if task_id.is_none() {
        let message = Message::new("reform-budget-unknown-task").with("section", shown(&line.task));
        faults.push(UserError::new(UserErrorCode::UnknownCode, &["task"], message));
    }
    faults.extend(budget::form::closed(tx, programme.id, line.fiscal_year, "fiscalYear").await?);
    let Some(task_id) = task_id.filter(|_| faults.is_empty()) else { return Ok(Outcome::Invalid(faults)) };
    let was = stored.as_ref().filter(|row| row.fiscal_year == line.fiscal_year).map_or(0, |row| row.estimated_vnd);
    let sums = totals::of_year(tx, programme.id, line.fiscal_year).await?;
    if let Some(fault) = too_large(sums.estimated, line.estimated - was, "estimatedAmount") {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let after = match &stored {
        Some(row) => store::update(tx, &app.clock, &permit, row, (line, task_id)).await?,
        None => store::insert(tx, &app.clock, &permit, programme.id, (line, task_id)).await?,
    };
    journal(app, tx, request, &permit, (stored.as_ref().map(described), described(&after)), (&after, None)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// The fault of a year's sum that not every reader of JSON would keep exactly.
pub(super) fn too_large(sum: i64, more: i64, field: &str) -> Option<UserError> {
    exact_sum([sum, more])
        .is_none()
        .then(|| UserError::new(UserErrorCode::OutOfRange, &[field], Message::new("budget-sum-too-large")))
}

pub(super) async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = store::by_id(tx, id).await?;
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

pub(super) async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (before, after): (Option<Json>, Json),
    (row, reason): (&reform_budget_line::Model, Option<&str>),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "reform_budget_line",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

pub(super) fn described(row: &reform_budget_line::Model) -> Json {
    json!({
        "code": row.code, "fiscalYear": row.fiscal_year, "task": row.task_id, "content": row.content,
        "estimated": row.estimated_vnd, "state": row.state, "round": row.round, "submittedOn": row.submitted_on,
        "returnedReason": row.returned_reason, "appraised": row.appraised_vnd, "rejectedOn": row.rejected_on,
        "rejectedReason": row.rejected_reason, "decidedBy": row.decided_by, "version": row.version,
    })
}

/// The state of a stored line.
pub fn state_of(row: &reform_budget_line::Model) -> ApiResult<ReformBudgetState> {
    Ok(row.state.parse()?)
}

/// What a caller may do with a line, answered from the tables that enforce it.
pub fn allowed_actions(
    caller: &Caller,
    (state, appraisals, author): (ReformBudgetState, &Appraisals, bool),
    subject: &Subject<'_>,
) -> Vec<AllowedAction> {
    let decide = |action: Action| {
        let written = match caller {
            Caller::Person(person) => author || appraisals.own_work(action, person.person_id),
            _ => false,
        };
        let subject = Subject { written_by_caller: written, ..subject.clone() };
        let denied = match policy::permit(caller, action, &subject) {
            Err(refused) => Some(refused.denial.message()),
            Ok(_) => rules::wrong_state(action, state).map(|fault| fault.message),
        };
        AllowedAction { action, denied }
    };
    rules::REFORM_BUDGET_ACTIONS.into_iter().map(decide).collect()
}

/// What lines come to, whole and by its parts.
#[derive(Debug, Clone, Default)]
pub struct Totals {
    /// All together.
    pub whole: Sums,
    /// By task, in the order of their sections.
    pub by_task: Vec<(Uuid, Sums)>,
    /// By unit.
    pub by_organisation: Vec<(Uuid, Sums)>,
}

/// What the lines come to that a filter lets through and the caller may see.
pub async fn totals(connection: &impl ConnectionTrait, viewer: &Viewer, filter: &store::Filter) -> ApiResult<Totals> {
    let mut found = Totals::default();
    let mut units: BTreeMap<Uuid, Sums> = BTreeMap::new();
    for part in totals::parts(connection, viewer, filter).await? {
        found.whole = found.whole.plus(part.sums)?;
        let unit = units.entry(part.organisation_id).or_default();
        *unit = unit.plus(part.sums)?;
        match found.by_task.last_mut() {
            Some((task_id, sums)) if *task_id == part.task_id => *sums = sums.plus(part.sums)?,
            _ => found.by_task.push((part.task_id, part.sums)),
        }
    }
    found.by_organisation = units.into_iter().collect();
    Ok(found)
}

/// What the register counts of a programme, of one year or of all.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<indicator::figures::PeriodFigure>> {
    let lines: Vec<Sent> = store::sent(connection, programme_id)
        .await?
        .into_iter()
        .filter(|row| year.is_none_or(|year| row.fiscal_year == year))
        .filter_map(|row| {
            Some(Sent {
                line_id: row.id,
                organisation_id: row.organisation_id,
                year: row.fiscal_year,
                on: row.submitted_on?,
                estimated: row.estimated_vnd,
            })
        })
        .collect();
    let allocations: Vec<Allocated> = events::all_allocations(connection, programme_id)
        .await?
        .into_iter()
        .map(|row| Allocated { line_id: row.line_id, on: row.decision_date, amount: row.amount_vnd })
        .collect();
    // A later edition takes the place of the one before.
    let months: BTreeMap<(Uuid, i32), i64> = events::all_spending(connection, programme_id)
        .await?
        .into_iter()
        .map(|row| ((row.line_id, row.month), row.spent_vnd))
        .collect();
    let spending: Vec<MonthSpent> =
        months.into_iter().map(|((line_id, month), spent)| MonthSpent { line_id, month, spent }).collect();
    figures::figures(&lines, &allocations, &spending)
        .ok_or_else(|| ApiError::internal("amounts of the budget of the reform that no 64 bits hold"))
}

pub(super) async fn project(
    clock: &Clock,
    tx: &DatabaseTransaction,
    permit: &Permit,
    of: (Uuid, i32),
) -> ApiResult<()> {
    let figures = figures(tx, of.0, Some(of.1)).await?;
    indicator::service::project_budget_register(tx, clock, permit, of, &MEASURES, &figures).await
}
