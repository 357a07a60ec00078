//! The use case of applications of new technology: kept.

use entity::digital::technology_application;
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::rules::{self, Wanted};
use super::store;
use crate::entering::{Before, Entered, before, enter, journal, of_another, same_version, there};
use access::Viewer;
use access::request::RequestContext;
use kernel::error::ApiResult;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Key;

/// An application to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that applies it.
    pub organisation: String,
    /// The application.
    pub application: Wanted,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<technology_application::Model>;

/// Enters an application, or changes it.
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
        operation: "saveTechnologyApplication",
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let code = &wanted.application.code;
    let stored = store::by_code(tx, &Viewer::server(), programme_id, code).await?;
    if let Some(fault) = of_another(stored.as_ref().map(|row| row.organisation_id), organisation.id, code) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let now = match &stored {
        Some(row) => Some((row.status.parse()?, row.since)),
        None => None,
    };
    let faults = rules::check(&wanted.application, now, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save(tx, &app.clock, &permit, programme_id, stored.as_ref(), &wanted.application).await?;
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, ("technology_application", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

fn described(row: &technology_application::Model) -> Json {
    json!({
        "code": row.code, "name": row.name, "technology": row.technology, "sector": row.sector, "status": row.status,
        "since": row.since, "description": row.description, "version": row.version,
    })
}
