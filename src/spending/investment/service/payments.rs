//! The use case of recording what the Treasury paid by the end of a month.

use std::collections::HashMap;

use sea_orm::DatabaseTransaction;
use serde_json::json;
use uuid::Uuid;

use super::{Entered, codes, enter, journal, project, too_many, unknown};
use crate::budget::form::closed;
use crate::budget::rules::explanation;
use crate::investment::reading::{month_of, paid_of};
use crate::investment::rules::{self, Known, Paid, Row};
use crate::investment::store::{self, NewMonth};
use access::request::RequestContext;
use kernel::error::ApiResult;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Begun;

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
