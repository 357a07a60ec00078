//! Use cases of public investment: projects, capital plans, disbursement, and what a year comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::investment::{capital_event, disbursement, investment_project};
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, MEASURES, MonthPaid, PlanChange};
use super::rules::{self, Event, Known, Paid, Plan, Row, Standing, month_end};
use super::store::{self, NewEvent, NewMonth, NewProject};
use super::{CapitalEventKind, ProjectGroup};
use crate::budget::form::closed;
use crate::budget::rules::{check_decision, decision_days, explanation, fault};
use crate::budget::service::year_fault;
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{code_fault, decision_faults, not_later, text};
use kernel::i18n::Message;
use kernel::money::{MAX_AMOUNT, exact_sum};
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

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

/// An event as it is given.
#[derive(Debug, Clone)]
pub struct EventInput {
    /// The project's code.
    pub project: String,
    /// What it does.
    pub kind: CapitalEventKind,
    /// In đồng.
    pub amount: i64,
    /// Why.
    pub explanation: Option<String>,
}

/// What a decision puts into plans.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The plan year.
    pub year: i32,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// The events.
    pub events: Vec<EventInput>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Enters what a decision puts into the plans of projects; all or none.
pub async fn plan(app: &App, request: &RequestContext, wanted: PlanRequest) -> ApiResult<Outcome<usize>> {
    let tx = app.db.begin().await?;
    let result = plan_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
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

async fn plan_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &PlanRequest,
) -> ApiResult<Outcome<usize>> {
    let Entered { programme, permit } = enter(tx, request, wanted.programme.as_deref()).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "assignCapital",
        input: format!("{:?}", PlanRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(_) => return Ok(Outcome::Done(wanted.events.len())),
    }
    let days = decision_days(wanted.year);
    let mut faults: Vec<UserError> = year_fault(&programme, wanted.year, "planYear").into_iter().collect();
    faults.extend(closed(tx, programme.id, wanted.year, "planYear").await?);
    faults.extend(check_decision(&wanted.decision_number, wanted.decision_date, days, app.clock.today()));
    faults.extend(too_many("events", wanted.events.len()));
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let known =
        store::by_codes(tx, programme.id, &codes(wanted.events.iter().map(|event| event.project.trim()))).await?;
    let (mut events, mut new) = (Vec::new(), Vec::new());
    for (index, event) in wanted.events.iter().enumerate() {
        let (explained, too_long) = explanation("events", index, event.explanation.as_deref());
        faults.extend(too_long);
        let Some(project) = known.get(event.project.trim()) else {
            faults.push(unknown("events", index, &event.project));
            continue;
        };
        events.push(Event {
            project: &project.code,
            kind: event.kind,
            amount: event.amount,
            explained: explained.is_some(),
        });
        new.push(NewEvent { project_id: project.id, kind: event.kind, amount: event.amount, explanation: explained });
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let stored = store::events(tx, programme.id, None).await?;
    let paid = store::paid(tx, programme.id, Some(wanted.year)).await?;
    let number = wanted.decision_number.trim();
    for (index, event) in new.iter().enumerate() {
        let same = |row: &&capital_event::Model| {
            row.project_id == event.project_id && row.plan_year == wanted.year && row.kind == event.kind.as_str()
        };
        if stored.iter().filter(same).any(|row| row.decision_number == number) {
            let message =
                Message::new("budget-decision-twice").with("number", number).with("kind", event.kind.as_str());
            faults.push(fault("events", index, &["kind"], UserErrorCode::Duplicate, message));
        }
    }
    let standing = standings(&known, &stored, &paid, (wanted.year, wanted.decision_date))?;
    faults.extend(rules::check_events(&events, &standing));
    let more = new.iter().map(|event| event.amount);
    let year = stored.iter().filter(|row| row.plan_year == wanted.year).map(|row| row.amount);
    if faults.is_empty() && exact_sum(year.chain(more)).is_none() {
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["events"], Message::new("budget-sum-too-large")));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let of = (programme.id, wanted.year);
    store::insert_events(tx, &app.clock, &permit, of, (number, wanted.decision_date), &new).await?;
    project(app, tx, &permit, of).await?;
    let told: Vec<Json> = wanted
        .events
        .iter()
        .map(|event| json!({ "project": event.project.trim(), "kind": event.kind, "amount": event.amount, "explanation": event.explanation }))
        .collect();
    let after = json!({
        "planYear": wanted.year, "decisionNumber": number, "decisionDate": wanted.decision_date, "events": told,
    });
    journal(app, tx, request, &permit, (programme.id, None), (None, after)).await?;
    idempotency::finish(tx, &permit, &key, programme.id).await?;
    Ok(Outcome::Done(new.len()))
}

fn standings<'a>(
    known: &'a HashMap<String, investment_project::Model>,
    events: &[capital_event::Model],
    paid: &BTreeMap<(Uuid, i32, i32), disbursement::Model>,
    (year, from): (i32, NaiveDate),
) -> ApiResult<HashMap<&'a str, Standing>> {
    let mut found = HashMap::new();
    for project in known.values() {
        let mut has = Standing { total_investment: project.total_investment, ..Standing::default() };
        for event in events.iter().filter(|event| event.project_id == project.id) {
            let kind: CapitalEventKind = event.kind.parse()?;
            if kind != CapitalEventKind::Extended {
                has.all_years = has.all_years.saturating_add(event.amount);
            }
            if event.plan_year == year {
                has.plan.add(kind, event.amount);
            }
        }
        let months = paid.range((project.id, year, 1)..=(project.id, year, 13));
        let months: BTreeMap<i32, i64> = months.map(|((_, _, month), row)| (*month, row.disbursed)).collect();
        has.disbursed = months.last_key_value().map_or(0, |(_, disbursed)| *disbursed);
        let of_year = events.iter().filter(|event| event.project_id == project.id && event.plan_year == year);
        let plans: Vec<(NaiveDate, i64)> = of_year.map(|event| (event.decision_date, event.amount)).collect();
        has.tightest = rules::tightest(year, from, &plans, &months);
        found.insert(project.code.as_str(), has);
    }
    Ok(found)
}

/// A row as it is given.
#[derive(Debug, Clone)]
pub struct RowInput {
    /// The project's code.
    pub project: String,
    /// What was paid.
    pub paid: Paid,
    /// Why it corrects what was recorded.
    pub reason: Option<String>,
}

/// What the Treasury paid by the end of a month.
#[derive(Debug, Clone)]
pub struct DisbursementRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The month of the budget year: `2026-M09`; `2026-M13` until 31 January.
    pub period: String,
    /// The rows.
    pub rows: Vec<RowInput>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Records what was paid by the end of a month; all or none. What is recorded already is corrected with a reason.
pub async fn record(app: &App, request: &RequestContext, wanted: DisbursementRequest) -> ApiResult<Outcome<usize>> {
    let tx = app.db.begin().await?;
    let result = record_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

fn month_of(code: &str) -> ApiResult<(Period, i32)> {
    let period = Period::parse(Calendar::BudgetYear, code)?;
    if period.kind != PeriodKind::Month {
        let message = Message::new("workflow-wrong-kind").with("code", code).with("kinds", PeriodKind::Month.as_str());
        return Err(ApiError::bad_input(message));
    }
    Ok((period, i32::try_from(period.number).unwrap_or(0)))
}

async fn record_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &DisbursementRequest,
) -> ApiResult<Outcome<usize>> {
    let Entered { programme, permit } = enter(tx, request, wanted.programme.as_deref()).await?;
    let (period, month) = month_of(&wanted.period)?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "recordDisbursements",
        input: format!("{:?}", DisbursementRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(_) => return Ok(Outcome::Done(wanted.rows.len())),
    }
    let mut faults: Vec<UserError> = too_many("rows", wanted.rows.len()).into_iter().collect();
    if period.start > app.clock.today() {
        let message = Message::new("workflow-future-period").with("start", period.start.to_string());
        faults.push(UserError::new(UserErrorCode::WrongPeriod, &["period"], message));
    }
    faults.extend(closed(tx, programme.id, period.year, "period").await?);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let known = store::by_codes(tx, programme.id, &codes(wanted.rows.iter().map(|row| row.project.trim()))).await?;
    let year = period.year;
    let events = store::events(tx, programme.id, Some(year)).await?;
    let paid = store::paid(tx, programme.id, Some(year)).await?;
    let mut held: HashMap<&str, Known> = HashMap::new();
    for project in known.values() {
        let mut one = Known::default();
        for event in events.iter().filter(|event| event.project_id == project.id && event.decision_date <= period.end) {
            one.plan.add(event.kind.parse()?, event.amount);
        }
        let months = paid.range((project.id, year, 1)..=(project.id, year, 13));
        one.months = months.map(|((_, _, month), row)| (*month, paid_of(row))).collect();
        held.insert(&project.code, one);
    }
    let (mut rows, mut new) = (Vec::new(), Vec::new());
    for (index, given) in wanted.rows.iter().enumerate() {
        let (reason, too_long) = explanation("rows", index, given.reason.as_deref());
        faults.extend(too_long);
        let Some(project) = known.get(given.project.trim()) else {
            faults.push(unknown("rows", index, &given.project));
            continue;
        };
        rows.push(Row { project: &project.code, paid: given.paid, explained: reason.is_some() });
        let before = paid.get(&(project.id, year, month));
        if before.is_none_or(|row| paid_of(row) != given.paid) {
            let edition = before.map_or(0, |row| row.edition).saturating_add(1);
            new.push(NewMonth { project_id: project.id, paid: given.paid, edition, reason });
        }
    }
    if faults.is_empty() {
        faults = rules::check_rows(&rows, month, &held);
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    if !new.is_empty() {
        store::insert_months(tx, &app.clock, &permit, programme.id, (year, month), &new).await?;
        project(app, tx, &permit, (programme.id, year)).await?;
        let named: HashMap<Uuid, &str> = known.values().map(|row| (row.id, row.code.as_str())).collect();
        let side = |paid: Paid, edition: i32, reason: Option<&str>| json!({ "disbursed": paid.disbursed, "ofExtended": paid.of_extended, "acceptedVolume": paid.accepted_volume, "edition": edition, "reason": reason });
        let (mut before, mut after) = (serde_json::Map::new(), serde_json::Map::new());
        for row in &new {
            let name = named.get(&row.project_id).copied().unwrap_or_default().to_owned();
            if let Some(was) = paid.get(&(row.project_id, year, month)) {
                before.insert(name.clone(), side(paid_of(was), was.edition, was.reason.as_deref()));
            }
            after.insert(name, side(row.paid, row.edition, row.reason.as_deref()));
        }
        let values = (Some(json!({ "rows": before })), json!({ "period": period.code(), "rows": after }));
        journal(app, tx, request, &permit, (programme.id, None), values).await?;
    }
    idempotency::finish(tx, &permit, &key, programme.id).await?;
    Ok(Outcome::Done(new.len()))
}

fn paid_of(row: &disbursement::Model) -> Paid {
    Paid { disbursed: row.disbursed, of_extended: row.of_extended, accepted_volume: row.accepted_volume }
}

/// What the register counts of a programme, of one year or of all.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<indicator::service::PeriodFigure>> {
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

/// What a project, or several together, come to by the end of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// The plan by then.
    pub plan: Plan,
    /// What was paid.
    pub paid: Paid,
    /// The last month that is recorded; none before the first.
    pub month: Option<i32>,
}

/// Which year, and by when.
#[derive(Debug, Clone)]
pub struct Base {
    /// The programme.
    pub programme_id: Uuid,
    /// Whose projects, and those of all below it.
    pub organisation: organisation::Model,
    /// The plan year.
    pub year: i32,
    /// By the end of which month.
    pub month: i32,
    /// Of these months those that have ended: the pace is held against what could be paid.
    pub ended: i32,
    events: Vec<capital_event::Model>,
    paid: BTreeMap<(Uuid, i32, i32), disbursement::Model>,
}

/// Reads the plans and payments of a year: four statements, however many projects.
pub async fn base(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme, organisation): (Option<&str>, Option<&str>),
    period: &str,
    today: NaiveDate,
) -> ApiResult<Base> {
    let programme = organisations::programme_by_code(connection, viewer, programme).await?;
    let organisation = match organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let (period, month) = month_of(period)?;
    let events = store::events(connection, programme.id, Some(period.year)).await?;
    let paid = store::paid(connection, programme.id, Some(period.year)).await?;
    let ended = month.min(rules::months_ended(period.year, today));
    Ok(Base { programme_id: programme.id, organisation, year: period.year, month, ended, events, paid })
}

impl Base {
    /// The amounts of each project, by identifier.
    pub fn amounts(&self) -> ApiResult<HashMap<Uuid, Amounts>> {
        let by = month_end(self.year, self.month).ok_or_else(|| ApiError::internal("a month that no calendar has"))?;
        let mut found: HashMap<Uuid, Amounts> = HashMap::new();
        for event in self.events.iter().filter(|event| event.decision_date <= by) {
            found.entry(event.project_id).or_default().plan.add(event.kind.parse()?, event.amount);
        }
        for ((project_id, _, month), row) in self.paid.iter().filter(|((_, _, month), _)| *month <= self.month) {
            let one = found.entry(*project_id).or_default();
            (one.paid, one.month) = (paid_of(row), Some(*month));
        }
        Ok(found)
    }
}

/// Adds amounts up; an error where the sum is beyond what is kept exactly.
pub fn together(parts: impl IntoIterator<Item = Amounts>) -> ApiResult<Amounts> {
    let parts: Vec<Amounts> = parts.into_iter().collect();
    let sum = |amount: &dyn Fn(&Amounts) -> i64| {
        exact_sum(parts.iter().map(amount)).ok_or_else(|| ApiError::internal("a sum of investment is too large"))
    };
    Ok(Amounts {
        plan: Plan {
            assigned: sum(&|part| part.plan.assigned)?,
            extended: sum(&|part| part.plan.extended)?,
            adjustment: sum(&|part| part.plan.adjustment)?,
        },
        paid: Paid {
            disbursed: sum(&|part| part.paid.disbursed)?,
            of_extended: sum(&|part| part.paid.of_extended)?,
            accepted_volume: sum(&|part| part.paid.accepted_volume)?,
        },
        month: parts.iter().filter_map(|part| part.month).max(),
    })
}

/// The projects that stand at and below an organisation.
pub async fn projects_below(connection: &impl ConnectionTrait, base: &Base) -> ApiResult<Vec<Uuid>> {
    let below: BTreeSet<Uuid> = organisations::ids_below(connection, base.organisation.id).await?.into_iter().collect();
    let projects = store::all(connection, base.programme_id).await?;
    Ok(projects.values().filter(|row| below.contains(&row.organisation_id)).map(|row| row.id).collect())
}
