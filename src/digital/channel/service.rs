//! Use cases of online channels: duties kept, and looked at.

use entity::digital::online_duty;
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::rules::{self, Check, Wanted};
use super::store;
use crate::entering::{Before, Entered, before, enter, enter_of, journal, of_another, same_version, there};
use access::Viewer;
use access::request::RequestContext;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Key;

/// A duty to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation whose duty it is.
    pub organisation: String,
    /// The duty.
    pub duty: Wanted,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// A look to record.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The duty's code.
    pub duty: String,
    /// The look.
    pub check: Check,
    /// The version of the duty that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<online_duty::Model>;

/// Enters a duty, or changes it.
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
        operation: "saveOnlineDuty",
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let code = &wanted.duty.code;
    let stored = store::by_code(tx, &Viewer::server(), programme_id, code).await?;
    if let Some(fault) = of_another(stored.as_ref().map(|row| row.organisation_id), organisation.id, code) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let faults = rules::check(&wanted.duty);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save(tx, &app.clock, &permit, programme_id, stored.as_ref(), &wanted.duty).await?;
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, ("online_duty", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Records a look at a duty.
pub async fn check(app: &App, request: &RequestContext, wanted: CheckRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = check_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn check_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &CheckRequest,
) -> ApiResult<Done> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-online-duty", shown(&wanted.duty));
    let seen = store::by_code(tx, &viewer, programme.id, &wanted.duty).await?.ok_or_else(missing)?;
    let Entered { programme_id, permit, .. } = enter_of(tx, request, seen.organisation_id).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "recordOnlineDutyCheck",
        input: format!("{:?}", CheckRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    same_version(Some(seen.version), Some(wanted.expected_version))?;
    let faults = rules::check_look(&wanted.check, seen.effective_from, seen.last_looked_on, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::insert_check(tx, &app.clock, &permit, &seen, &wanted.check).await?;
    let told = json!({
        "duty": after.code, "lookedOn": wanted.check.looked_on, "updatedOn": wanted.check.updated_on,
        "note": wanted.check.note,
    });
    journal(app, tx, request, &permit, ("online_duty_check", after.id, programme_id), (None, told)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

fn described(row: &online_duty::Model) -> Json {
    json!({
        "code": row.code, "channel": row.channel, "channelName": row.channel_name, "url": row.url,
        "content": row.content, "effectiveFrom": row.effective_from, "effectiveTo": row.effective_to,
        "version": row.version,
    })
}
