//! Use cases of the budget: what a decision assigns, and the settlement that closes a year. Execution is saved by
//! `forms::workflow::saving`.

use kernel::money::exact_sum;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use entity::budget::budget_settlement;
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::classification::{self, Classification, Given};
use super::figures;
use super::form::closed;
use super::rules::{self, Event, Standing};
use super::store::estimates::{self, NewEvent};
use super::store::{self, execution};
use super::{BudgetEventKind, BudgetFlow};
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// The most events of one request.
pub const MAX_EVENTS: usize = 2_000;
const LIST: &str = "events";

/// An event as it is given.
#[derive(Debug, Clone)]
pub struct EventInput {
    /// The organisation's code.
    pub organisation: String,
    /// The line's classification.
    pub classification: Given,
    /// What it does.
    pub kind: BudgetEventKind,
    /// By how much, in đồng.
    pub amount: i64,
    /// Why, where a line falls below what is spent.
    pub explanation: Option<String>,
}

/// What a decision assigns.
#[derive(Debug, Clone)]
pub struct AllocateRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The budget year.
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

/// Enters what a decision assigns; all or none. Answers how many events it has.
pub async fn allocate(app: &App, request: &RequestContext, wanted: AllocateRequest) -> ApiResult<Outcome<usize>> {
    let tx = app.db.begin().await?;
    let result = allocate_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

/// The programme, its top, and the years of its budgets.
struct Entered {
    programme: programme::Model,
    root: organisation::Model,
}

async fn enter(tx: &DatabaseTransaction, caller: &Caller, code: Option<&str>) -> ApiResult<Entered> {
    let programme = organisations::programme_by_code(tx, &Viewer::of(caller)?, code).await?;
    let root = organisations::root_of(tx, programme.id).await?;
    Ok(Entered { programme, root })
}

/// The fault of a year that is none of a programme's, nor the one before it for comparison.
pub fn year_fault(programme: &programme::Model, year: i32, field: &str) -> Option<UserError> {
    use chrono::Datelike;
    let (first, last) = (programme.start_date.year() - 1, programme.end_date.year());
    (!(first..=last).contains(&year)).then(|| {
        let message = Message::new("budget-year").with("first", first.to_string()).with("last", last.to_string());
        UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(format!("{first}-{last}"), year)
    })
}

async fn allocate_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &AllocateRequest,
) -> ApiResult<Outcome<usize>> {
    let Entered { programme, root } = enter(tx, &request.caller, wanted.programme.as_deref()).await?;
    let permit = permit_on(tx, &request.caller, Action::AllocateBudget, &root, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::AllocateBudget.as_str(),
        input: format!("{:?}", AllocateRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        // All or none: what was repeated has as many events as what was done.
        Begun::Repeated(_) => return Ok(Outcome::Done(wanted.events.len())),
    }
    // One decision after the other: what a line has is read before it is changed.
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let days = rules::decision_days(wanted.year);
    let mut faults: Vec<UserError> = year_fault(&programme, wanted.year, "fiscalYear").into_iter().collect();
    faults.extend(rules::check_decision(&wanted.decision_number, wanted.decision_date, days, app.clock.today()));
    faults.extend(closed(tx, programme.id, wanted.year, "fiscalYear").await?);
    if wanted.events.is_empty() || wanted.events.len() > MAX_EVENTS {
        let message = Message::new("budget-events").with("max", MAX_EVENTS).with("given", wanted.events.len());
        faults.push(
            UserError::new(UserErrorCode::OutOfRange, &[LIST], message).expecting(MAX_EVENTS, wanted.events.len()),
        );
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let resolved = match resolve(tx, programme.id, wanted).await? {
        Outcome::Done(resolved) => resolved,
        Outcome::Invalid(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let lines: Vec<(Uuid, Classification)> =
        resolved.iter().map(|event| (event.organisation_id, event.classification.clone())).collect();
    let of = (programme.id, wanted.year);
    let stored = store::ensure_lines(tx, &app.clock, &permit, of, &lines).await?;
    let line_of = |event: &Resolved| -> ApiResult<Uuid> {
        let found = stored.get(&(event.organisation_id, event.classification.code()));
        found.map(|row| row.id).ok_or_else(|| ApiError::internal("a line that was made is gone"))
    };
    let line_ids = resolved.iter().map(line_of).collect::<ApiResult<Vec<Uuid>>>()?;
    let faults = weigh(tx, (&programme, &root), wanted, (&resolved, &line_ids)).await?;
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let new: Vec<NewEvent> = resolved
        .iter()
        .zip(&line_ids)
        .map(|(event, line_id)| NewEvent {
            line_id: *line_id,
            organisation_id: event.organisation_id,
            kind: event.kind,
            amount: event.amount,
            explanation: event.explanation.clone(),
        })
        .collect();
    let decision = (wanted.decision_number.as_str(), wanted.decision_date);
    estimates::insert_events(tx, &app.clock, &permit, of, decision, &new).await?;
    let figures = figures(tx, programme.id, Some(wanted.year)).await?;
    indicator::service::project_budget_register(tx, &app.clock, &permit, of, &figures::MEASURES, &figures).await?;
    let described: Vec<Json> = wanted
        .events
        .iter()
        .zip(&resolved)
        .map(|(given, event)| {
            json!({
                "organisation": given.organisation.trim(), "line": event.classification.code(),
                "kind": event.kind, "amount": event.amount, "explanation": event.explanation,
            })
        })
        .collect();
    let after = json!({
        "fiscalYear": wanted.year, "decisionNumber": wanted.decision_number.trim(),
        "decisionDate": wanted.decision_date, "events": described,
    });
    journal(app, tx, request, &permit, programme.id, ("budget_estimate", after)).await?;
    idempotency::finish(tx, &permit, &key, programme.id).await?;
    Ok(Outcome::Done(new.len()))
}

/// What the estimates of a programme come to by month, of one year or of all.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    year: Option<i32>,
) -> ApiResult<Vec<indicator::figures::PeriodFigure>> {
    let changes = estimates::changes_by_day(connection, programme_id, year).await?;
    figures::figures(&changes).ok_or_else(|| ApiError::internal("amounts of the budget that no 64 bits hold"))
}

/// An event whose codes were looked up.
struct Resolved {
    organisation_id: Uuid,
    classification: Classification,
    kind: BudgetEventKind,
    amount: i64,
    explanation: Option<String>,
}

async fn resolve(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    wanted: &AllocateRequest,
) -> ApiResult<Outcome<Vec<Resolved>>> {
    let units: BTreeSet<&str> = wanted.events.iter().map(|event| event.organisation.trim()).collect();
    let units: Vec<String> = units.into_iter().map(str::to_owned).collect();
    let known: HashMap<String, organisation::Model> = organisations::by_codes_in(tx, programme_id, &units)
        .await?
        .into_iter()
        .map(|row| (row.code.clone(), row))
        .collect();
    let names: BTreeSet<&str> =
        wanted.events.iter().flat_map(|event| classification::named(&event.classification)).collect();
    let codes = store::codes_named(tx, names.into_iter().map(str::to_owned).collect()).await?;
    let year = NaiveDate::from_ymd_opt(wanted.year, 1, 1).zip(NaiveDate::from_ymd_opt(wanted.year, 12, 31));
    let (first, last) = year.ok_or_else(|| ApiError::internal("a year that no calendar has"))?;
    let day = wanted.decision_date.clamp(first, last);
    let (mut faults, mut resolved) = (Vec::new(), Vec::new());
    for (index, event) in wanted.events.iter().enumerate() {
        let unit = known.get(event.organisation.trim());
        match unit {
            None => {
                let shown: String = event.organisation.chars().take(64).collect();
                let message = Message::new("budget-unknown-organisation").with("code", shown);
                faults.push(rules::fault(LIST, index, &["organisation"], UserErrorCode::UnknownCode, message));
            }
            Some(unit) if unit.effective_from > last || unit.effective_to.is_some_and(|end| end < first) => {
                let message = Message::new("budget-organisation-absent")
                    .with("code", unit.code.as_str())
                    .with("year", wanted.year.to_string());
                faults.push(rules::fault(LIST, index, &["organisation"], UserErrorCode::NotInForce, message));
            }
            Some(_) => {}
        }
        let (explanation, too_long) = rules::explanation(LIST, index, event.explanation.as_deref());
        faults.extend(too_long);
        match classification::resolve(&event.classification, &codes, day) {
            Ok(classification) => resolved.extend(unit.map(|unit| Resolved {
                organisation_id: unit.id,
                classification,
                kind: event.kind,
                amount: event.amount,
                explanation,
            })),
            Err(found) => faults.extend(
                found
                    .into_iter()
                    .map(|one| rules::fault(LIST, index, &["classification", one.field], one.code, one.message)),
            ),
        }
    }
    if faults.is_empty() { Ok(Outcome::Done(resolved)) } else { Ok(Outcome::Invalid(faults)) }
}

/// Weighs the events against what their lines have, and the year as a whole against what numbers hold.
async fn weigh(
    tx: &DatabaseTransaction,
    (programme, root): (&programme::Model, &organisation::Model),
    wanted: &AllocateRequest,
    (resolved, line_ids): (&[Resolved], &[Uuid]),
) -> ApiResult<Vec<UserError>> {
    let sums = estimates::sums_of(tx, line_ids, store::ANY_DAY).await?;
    let last_day = rules::decision_days(wanted.year).map_or(store::ANY_DAY, |(_, last)| last);
    let accepted = execution::accepted_by(tx, (programme.id, root.id), wanted.year, last_day).await?;
    let forms: Vec<Uuid> = accepted.iter().map(|row| row.id).collect();
    let executed = execution::amounts_in(tx, &forms, line_ids).await?;
    let least = estimates::least_from(tx, line_ids, wanted.decision_date).await?;
    let names: Vec<String> = line_ids.iter().map(Uuid::to_string).collect();
    let standing: HashMap<&str, Standing> = names
        .iter()
        .zip(line_ids)
        .map(|(name, id)| {
            let sums = sums.get(id).copied().unwrap_or_default();
            let executed = executed.get(id).map_or(0, |row| row.amount);
            (
                name.as_str(),
                Standing {
                    current: sums.current(),
                    least: least.get(id).copied().unwrap_or((0, wanted.decision_date)),
                    has_initial: sums.initial.is_some(),
                    executed,
                },
            )
        })
        .collect();
    let events: Vec<Event<'_>> = resolved
        .iter()
        .zip(&names)
        .map(|(event, name)| Event {
            line: name,
            flow: event.classification.flow,
            kind: event.kind,
            amount: event.amount,
            explained: event.explanation.is_some(),
        })
        .collect();
    let mut faults = rules::check_events(&events, &standing);
    let decided = estimates::decided_by(tx, line_ids, &wanted.decision_number).await?;
    for (index, (event, line_id)) in resolved.iter().zip(line_ids).enumerate() {
        if decided.iter().any(|(line, kind)| line == line_id && kind == event.kind.as_str()) {
            let message = Message::new("budget-decision-twice")
                .with("number", wanted.decision_number.trim())
                .with("kind", event.kind.as_str());
            faults.push(rules::fault(LIST, index, &["kind"], UserErrorCode::Duplicate, message));
        }
    }
    if faults.is_empty() {
        let year = estimates::sums_below(tx, (programme.id, root.id), wanted.year, store::ANY_DAY).await?;
        for flow in [BudgetFlow::Revenue, BudgetFlow::Expenditure] {
            let has = year.iter().filter(|((of, _), _)| *of == flow).map(|(_, sums)| sums.current());
            let more = resolved.iter().filter(|event| event.classification.flow == flow);
            let more = more.map(|event| rules::effect(event.kind, event.amount));
            if exact_sum(has.chain(more)).is_none() {
                let message = Message::new("budget-sum-too-large");
                faults.push(UserError::new(UserErrorCode::OutOfRange, &[LIST], message));
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    Ok(faults)
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    programme_id: Uuid,
    (record_kind, after): (&'static str, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind,
        record_id: Some(programme_id),
        programme_id: Some(programme_id),
        reason: None,
        before: None,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

/// The settlement of a year.
#[derive(Debug, Clone)]
pub struct SettleRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The budget year.
    pub year: i32,
    /// Number of the decision.
    pub decision_number: String,
    /// Its day.
    pub decision_date: NaiveDate,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Settles a year, once: from then on nothing of it changes. Every organisation with an estimate must have its form of
/// the 13th period accepted. Whoever recorded estimates of the year does not settle it.
pub async fn settle(
    app: &App,
    request: &RequestContext,
    wanted: SettleRequest,
) -> ApiResult<Outcome<budget_settlement::Model>> {
    let tx = app.db.begin().await?;
    let result = settle_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn settle_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &SettleRequest,
) -> ApiResult<Outcome<budget_settlement::Model>> {
    let Entered { programme, root } = enter(tx, &request.caller, wanted.programme.as_deref()).await?;
    let of = (programme.id, wanted.year);
    let written = match &request.caller {
        Caller::Person(person) => estimates::recorded_by(tx, of, person.person_id).await?,
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, Action::SettleBudget, &root, written).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let mut faults: Vec<UserError> = year_fault(&programme, wanted.year, "fiscalYear").into_iter().collect();
    faults.extend(rules::check_decision(&wanted.decision_number, wanted.decision_date, None, app.clock.today()));
    faults.extend(closed(tx, programme.id, wanted.year, "fiscalYear").await?);
    if faults.is_empty() {
        faults.extend(unsettled(tx, (&programme, &root), wanted.year).await?);
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let decision = (wanted.decision_number.as_str(), wanted.decision_date);
    let row = store::settle(tx, &app.clock, &permit, of, decision).await?;
    let after = json!({
        "fiscalYear": row.fiscal_year, "decisionNumber": row.decision_number, "decisionDate": row.decision_date,
    });
    journal(app, tx, request, &permit, programme.id, ("budget_settlement", after)).await?;
    Ok(Outcome::Done(row))
}

/// Why a year can't be settled yet: nothing was assigned, or somebody's last period is not accepted.
async fn unsettled(
    tx: &DatabaseTransaction,
    (programme, root): (&programme::Model, &organisation::Model),
    year: i32,
) -> ApiResult<Option<UserError>> {
    let last = store::last_period(year).ok_or_else(|| ApiError::internal("a year without a 13th period"))?;
    let owing = estimates::organisations_with_estimates(tx, programme.id, year).await?;
    let accepted = execution::accepted_by(tx, (programme.id, root.id), year, last.end).await?;
    let done: BTreeSet<Uuid> =
        accepted.iter().filter(|row| row.period_code == last.code()).map(|row| row.organisation_id).collect();
    let missing: Vec<Uuid> = owing.iter().copied().filter(|id| !done.contains(id)).collect();
    if owing.is_empty() {
        let message = Message::new("budget-nothing-to-settle").with("year", year.to_string());
        return Ok(Some(UserError::new(UserErrorCode::WrongState, &["fiscalYear"], message)));
    }
    if missing.is_empty() {
        return Ok(None);
    }
    let mut names: Vec<String> =
        organisations::by_ids(tx, &Viewer::server(), missing).await?.into_iter().map(|row| row.code).collect();
    names.sort();
    let message =
        Message::new("budget-not-all-accepted").with("period", last.code()).with("organisations", names.join(", "));
    Ok(Some(UserError::new(UserErrorCode::WrongState, &["fiscalYear"], message)))
}
