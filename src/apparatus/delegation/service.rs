//! Use cases of delegations: saved, and checked.

use entity::apparatus::{delegation, delegation_check};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::{self, Check, Wanted};
use super::store;
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// What to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of who passes it on; of the programme, or above it.
    pub from: String,
    /// Code of who receives it; of the programme.
    pub to: String,
    /// The delegation.
    pub delegation: Wanted,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// A check to record.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The delegation's code.
    pub delegation: String,
    /// The check.
    pub check: Check,
    /// The version of the check that the caller has seen; none or 0 when there is none of that day yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<delegation::Model>;

/// Saves a delegation, idempotent by its code.
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
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let to = organisations::store::by_code(tx, &viewer, Some(&programme.code), &wanted.to).await?;
    let permit = permit_on(tx, &request.caller, Action::SaveDelegation, &to, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::SaveDelegation.as_str(),
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let stored = store::by_code(tx, &Viewer::server(), programme.id, &wanted.delegation.code).await?;
    if stored.as_ref().is_some_and(|row| row.to_organisation_id != to.id) {
        let message = Message::new("delegation-of-another-organisation").with("code", shown(&wanted.delegation.code));
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::OtherOrganisation, &["to"], message)]));
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    // Whoever passes a power on to the ward may stand above it.
    let found = organisations::store::by_codes(tx, &viewer, None, std::slice::from_ref(&wanted.from)).await?;
    let within = |id: Option<Uuid>| id.is_none_or(|id| id == programme.id);
    let Some(from) = found.into_iter().find(|row| within(row.programme_id)) else {
        let message = Message::new("change-unknown-organisation").with("code", shown(&wanted.from));
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::UnknownCode, &["from"], message)]));
    };
    let faults = rules::check(&wanted.delegation, &from, &to, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let delegation = (&wanted.delegation, from.id);
    let after = store::save(tx, &app.clock, &permit, programme.id, stored.as_ref(), delegation).await?;
    let values = (stored.as_ref().map(described), Some(described(&after)));
    journal(app, tx, request, &permit, ("delegation", &after), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Records a supervision check, idempotent by its day.
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
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-delegation", shown(&wanted.delegation));
    let row = store::by_code(tx, &viewer, programme.id, &wanted.delegation).await?.ok_or_else(missing)?;
    let to = organisations::store::by_ids(tx, &viewer, vec![row.to_organisation_id]).await?.pop();
    let to = to.ok_or_else(missing)?;
    let permit = permit_on(tx, &request.caller, Action::CheckDelegation, &to, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::CheckDelegation.as_str(),
        input: format!("{:?}", CheckRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let stored = store::check_on(tx, row.id, wanted.check.checked_on).await?;
    if stored.as_ref().map_or(0, |check| check.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let days = (row.effective_from, row.effective_to);
    let faults = rules::check_of_check(&wanted.check, days, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save_check(tx, &app.clock, &permit, row.id, stored.as_ref(), &wanted.check).await?;
    let values = (stored.as_ref().map(described_check), Some(described_check(&after)));
    journal(app, tx, request, &permit, ("delegation_check", &row), values).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    Ok(Outcome::Done(row))
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (record_kind, row): (&str, &delegation::Model),
    (before, after): (Option<Json>, Option<Json>),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind,
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason: None,
        before,
        after,
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &delegation::Model) -> Json {
    json!({
        "code": row.code,
        "kind": row.kind,
        "from": row.from_organisation_id,
        "to": row.to_organisation_id,
        "subject": row.subject,
        "legalBasis": row.legal_basis,
        "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date,
        "effectiveFrom": row.effective_from,
        "effectiveTo": row.effective_to,
        "version": row.version,
    })
}

fn described_check(row: &delegation_check::Model) -> Json {
    json!({
        "checkedOn": row.checked_on,
        "finding": row.finding,
        "note": row.note,
        "remediedOn": row.remedied_on,
        "version": row.version,
    })
}
