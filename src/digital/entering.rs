//! What every use case of these registers begins and ends with.

use entity::organisation::organisation;
use sea_orm::DatabaseTransaction;
use serde_json::Value as Json;
use uuid::Uuid;

use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::{Begun, Key};

/// What whoever entered works with.
pub struct Entered {
    /// The programme.
    pub programme_id: Uuid,
    /// Whose line it is.
    pub organisation: organisation::Model,
    /// Leave to record it.
    pub permit: Permit,
}

/// Enters with the organisation whose line is to be recorded. One after the other, so that the second of two equal
/// requests finds what the first wrote.
pub async fn enter(
    tx: &DatabaseTransaction,
    request: &RequestContext,
    programme: Option<&str>,
    organisation: &str,
) -> ApiResult<Entered> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation = organisations::by_code(tx, &viewer, programme, organisation).await?;
    enter_with(tx, request, organisation).await
}

/// Enters with the organisation of a record that is there.
pub async fn enter_of(tx: &DatabaseTransaction, request: &RequestContext, organisation_id: Uuid) -> ApiResult<Entered> {
    let organisation = organisation_of(tx, organisation_id).await?;
    enter_with(tx, request, organisation).await
}

async fn enter_with(
    tx: &DatabaseTransaction,
    request: &RequestContext,
    organisation: organisation::Model,
) -> ApiResult<Entered> {
    let permit = permit_on(tx, &request.caller, Action::RecordDigital, &organisation, false).await?;
    let Some(programme_id) = organisation.programme_id else {
        let message = Message::new("dossier-no-programme").with("code", organisation.code.as_str());
        return Err(ApiError::bad_input(message));
    };
    indicator::store::lock_programme(tx, &permit, programme_id).await?;
    Ok(Entered { programme_id, organisation, permit })
}

/// The organisation of a record.
pub async fn organisation_of(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<organisation::Model> {
    let found = organisations::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    found.ok_or_else(|| ApiError::internal("a record of no organisation"))
}

/// Refuses a record that another organisation keeps: its code is taken.
pub fn of_another(organisation_id: Option<Uuid>, own: Uuid, code: &str) -> Option<UserError> {
    organisation_id.filter(|id| *id != own).map(|_| {
        let message = Message::new("digital-of-another-organisation").with("code", shown(code));
        UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message)
    })
}

/// What came of the same request before.
pub enum Before {
    /// It is new.
    Nothing,
    /// This record.
    Record(Uuid),
    /// The key is taken.
    Refused(UserError),
}

/// Takes the idempotency key.
pub async fn before(app: &App, tx: &DatabaseTransaction, permit: &Permit, key: &Key<'_>) -> ApiResult<Before> {
    Ok(match idempotency::begin(tx, &app.clock, permit, key).await? {
        Begun::Fresh => Before::Nothing,
        Begun::Repeated(id) => Before::Record(id),
        Begun::Reused(error) => Before::Refused(error),
    })
}

/// What a request asks for that its version does not fit.
pub fn same_version(stored: Option<i32>, expected: Option<i32>) -> ApiResult<()> {
    if stored.unwrap_or(0) == expected.unwrap_or(0) { Ok(()) } else { Err(ApiError::conflict()) }
}

/// A record that is gone although a key names it.
pub fn there<T>(found: Option<T>) -> ApiResult<Outcome<T>> {
    Ok(Outcome::Done(found.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

/// Writes the journal's entry of a record.
pub async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (record_kind, record_id, programme_id): (&'static str, Uuid, Uuid),
    (before, after): (Option<Json>, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind,
        record_id: Some(record_id),
        programme_id: Some(programme_id),
        reason: None,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}
