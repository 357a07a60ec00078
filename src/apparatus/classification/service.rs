//! The use case of classifying a public service unit.

use entity::apparatus::unit_classification;
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::rules::{self, Wanted};
use super::store;
use access::request::RequestContext;
use access::{Action, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// What is classified, and how.
#[derive(Debug, Clone)]
pub struct ClassifyRequest {
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// Code of the unit.
    pub organisation: String,
    /// The classification.
    pub classification: Wanted,
    /// The version that the caller has seen; none or 0 when there is none of that first day yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Classifies a public service unit from a day on; the same first day changes the classification that is there.
pub async fn classify(
    app: &App,
    request: &RequestContext,
    wanted: ClassifyRequest,
) -> ApiResult<Outcome<unit_classification::Model>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ClassifyRequest,
) -> ApiResult<Outcome<unit_classification::Model>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, wanted.programme.as_deref(), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::ClassifyUnit, &organisation, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::ClassifyUnit.as_str(),
        input: format!("{:?}", ClassifyRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => {
            let row = store::by_id(tx, id).await?;
            return Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?));
        }
    }
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("workflow-no-programme").with("code", organisation.code.as_str()))
    })?;
    // One after the other: that no two hold on the same day is not for the database to say.
    indicator::store::lock_programme(tx, &permit, programme_id).await?;
    let others = store::of_organisations(tx, &Viewer::server(), &[organisation.id]).await?;
    let stored = others.iter().find(|row| row.effective_from == wanted.classification.effective_from);
    if stored.map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let faults = rules::check(&wanted.classification, &organisation, &others, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save(tx, &app.clock, &permit, programme_id, stored, &wanted.classification).await?;
    let entry = Entry {
        record_kind: "unit_classification",
        record_id: Some(organisation.id),
        programme_id: Some(programme_id),
        reason: None,
        before: stored.map(described),
        after: Some(described(&after)),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

fn described(row: &unit_classification::Model) -> Json {
    json!({
        "unitType": row.unit_type,
        "grade": row.grade,
        "criteria": row.criteria,
        "proposal": row.proposal,
        "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date,
        "effectiveFrom": row.effective_from,
        "effectiveTo": row.effective_to,
        "note": row.note,
        "version": row.version,
    })
}
