//! The use case of putting money into capital plans, by decision.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::investment::{capital_event, disbursement, investment_project};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Entered, codes, enter, journal, project, too_many, unknown};
use crate::budget::form::closed;
use crate::budget::rules::{check_decision, decision_days, explanation, fault};
use crate::budget::service::year_fault;
use crate::investment::CapitalEventKind;
use crate::investment::rules::{self, Event, Standing};
use crate::investment::store::{self, NewEvent};
use access::request::RequestContext;
use kernel::error::ApiResult;
use kernel::i18n::Message;
use kernel::money::exact_sum;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Begun;

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
