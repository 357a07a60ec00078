//! Use cases of information systems: kept, their integrations recorded and confirmed.

use entity::digital::information_system;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, MEASURES};
use super::rules::{self, Event, NewEvent, Wanted};
use super::{Platform, store};
use crate::confirming;
use crate::confirming::INTEGRATION_TASK;
use crate::entering::{Before, Entered, before, enter, enter_of, journal, organisation_of, same_version, there};
use access::request::RequestContext;
use access::{Permit, Viewer};
use base::indicator;
use base::indicator::figures::RegisterFigure;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Key;

/// A system to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that uses it.
    pub organisation: String,
    /// The system.
    pub system: Wanted,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What became of an integration, to record.
#[derive(Debug, Clone)]
pub struct IntegrationRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The system's code.
    pub system: String,
    /// What became of it.
    pub event: NewEvent,
    /// How many events of the system with the platform the caller has seen; none or 0 for the first.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// An integration to confirm.
#[derive(Debug, Clone)]
pub struct ConfirmRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The system's code.
    pub system: String,
    /// With which platform.
    pub platform: Platform,
    /// How many events of the system with the platform the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<information_system::Model>;

/// Enters a system, or changes it.
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
    let Entered { programme_id, organisation, permit } =
        enter(tx, request, wanted.programme.as_deref(), &wanted.organisation).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveInformationSystem",
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let stored = store::by_code(tx, &Viewer::server(), programme_id, &wanted.system.code).await?;
    // Whoever hands a system over must be allowed to keep both organisations' lines.
    if let Some(row) = stored.as_ref().filter(|row| row.organisation_id != organisation.id) {
        enter_of(tx, request, row.organisation_id).await?;
    }
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let faults = rules::check(&wanted.system, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save(tx, &app.clock, &permit, programme_id, stored.as_ref(), &wanted.system).await?;
    project(app, tx, &permit, programme_id).await?;
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, ("information_system", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// The system of a code as the caller finds it, and its history with a platform.
async fn found(
    tx: &DatabaseTransaction,
    request: &RequestContext,
    programme: Option<&str>,
    code: &str,
) -> ApiResult<information_system::Model> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, programme).await?;
    let found = store::by_code(tx, &viewer, programme.id, code).await?;
    found.ok_or_else(|| ApiError::not_found("kind-information-system", shown(code)))
}

struct History {
    rows: Vec<store::Recorded>,
    events: Vec<Event>,
}

impl History {
    async fn of(tx: &DatabaseTransaction, system_id: Uuid, platform: Platform) -> ApiResult<History> {
        let all = store::events_of(tx, &[system_id]).await?;
        let rows: Vec<store::Recorded> = all.into_iter().filter(|(row, _)| row.platform == platform.as_str()).collect();
        let events = rows.iter().map(store::read).collect::<ApiResult<Vec<Event>>>()?;
        Ok(History { rows, events })
    }

    fn version(&self) -> i32 {
        self.rows.last().map_or(0, |(row, _)| row.number)
    }
}

/// Records what became of an integration.
pub async fn record(app: &App, request: &RequestContext, wanted: IntegrationRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = record_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn record_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &IntegrationRequest,
) -> ApiResult<Done> {
    let system = found(tx, request, wanted.programme.as_deref(), &wanted.system).await?;
    let Entered { programme_id, permit, .. } = enter_of(tx, request, system.organisation_id).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "recordSystemIntegration",
        input: format!("{:?}", IntegrationRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let history = History::of(tx, system.id, wanted.event.platform).await?;
    same_version(Some(history.version()), wanted.expected_version)?;
    let used = (system.used_from, system.used_to);
    let faults = rules::check_event(&wanted.event, &history.events, used, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let event = (&wanted.event, history.version().saturating_add(1));
    let after = store::insert_event(tx, &app.clock, &permit, &system, event).await?;
    project(app, tx, &permit, programme_id).await?;
    let told = json!({
        "system": system.code, "platform": after.platform, "direction": after.direction, "status": after.status,
        "since": after.since, "note": after.note, "version": after.number,
    });
    journal(app, tx, request, &permit, ("system_integration", system.id, programme_id), (None, told)).await?;
    idempotency::finish(tx, &permit, &key, system.id).await?;
    Ok(Outcome::Done(system))
}

/// Confirms that an integration is live.
pub async fn confirm(app: &App, request: &RequestContext, wanted: ConfirmRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = confirm_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn confirm_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ConfirmRequest,
) -> ApiResult<Done> {
    let system = found(tx, request, wanted.programme.as_deref(), &wanted.system).await?;
    let organisation = organisation_of(tx, system.organisation_id).await?;
    let seen = History::of(tx, system.id, wanted.platform).await?;
    let person = request.caller.person().ok().map(|person| person.person_id);
    let last = seen.rows.last();
    let own = last.is_some_and(|(row, _)| Some(row.recorded_by) == person);
    let of = (system.programme_id, INTEGRATION_TASK);
    let permit = confirming::permit(app, tx, request, of, &organisation, own).await?;
    indicator::store::lock_programme(tx, &permit, system.programme_id).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "confirmSystemIntegration",
        input: format!("{:?}", ConfirmRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    // Who wrote what is to be confirmed was asked before the lock: it must still be the same.
    let history = History::of(tx, system.id, wanted.platform).await?;
    same_version(Some(history.version()), Some(seen.version()))?;
    same_version(Some(history.version()), Some(wanted.expected_version))?;
    let (event, _) = match rules::to_confirm(&history.events) {
        Ok(at) => history.rows.get(at).ok_or_else(|| ApiError::internal("an event without its row"))?,
        Err(fault) => return Ok(Outcome::Invalid(vec![*fault])),
    };
    store::confirm(tx, &app.clock, &permit, event.id).await?;
    project(app, tx, &permit, system.programme_id).await?;
    let told = json!({
        "system": system.code, "platform": event.platform, "since": event.since, "confirmed": true,
    });
    let record = ("system_integration", system.id, system.programme_id);
    journal(app, tx, request, &permit, record, (None, told)).await?;
    idempotency::finish(tx, &permit, &key, system.id).await?;
    Ok(Outcome::Done(system))
}

/// What the register counts of a programme.
pub async fn figures(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<RegisterFigure>> {
    Ok(figures::figures(&store::counted(connection, programme_id).await?))
}

async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures(tx, programme_id).await?;
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &MEASURES, &figures).await
}

fn described(row: &information_system::Model) -> Json {
    json!({
        "code": row.code, "organisationId": row.organisation_id, "name": row.name, "level": row.level,
        "purpose": row.purpose, "securityLevel": row.security_level,
        "securityDecisionNumber": row.security_decision_number, "securityDecisionDate": row.security_decision_date,
        "usedFrom": row.used_from, "usedTo": row.used_to, "version": row.version,
    })
}
