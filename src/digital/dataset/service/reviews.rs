//! The use case of reviewing the list of open data.

use chrono::NaiveDate;
use entity::dataset::open_data_review;
use sea_orm::DatabaseTransaction;
use serde_json::json;

use super::permit_deciding;
use crate::dataset::rules::MAX_TEXT;
use crate::dataset::store;
use crate::dataset::store::writing;
use access::Viewer;
use access::request::RequestContext;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{not_before, not_later, text};
use kernel::i18n::Message;
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// That the list of open data was reviewed.
#[derive(Debug, Clone)]
pub struct ReviewRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// When.
    pub reviewed_on: NaiveDate,
    /// What came of it.
    pub note: Option<String>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Records that the list of open data was reviewed.
pub async fn review(
    app: &App,
    request: &RequestContext,
    wanted: ReviewRequest,
) -> ApiResult<Outcome<open_data_review::Model>> {
    let tx = app.db.begin().await?;
    let result = review_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn review_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ReviewRequest,
) -> ApiResult<Outcome<open_data_review::Model>> {
    let viewer = Viewer::of(&request.caller)?;
    let today = app.clock.today();
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let permit = permit_deciding(&request.caller, &store::deciders(tx, programme.id, today).await?, false)?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "recordOpenDataReview",
        input: format!("{:?}", ReviewRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => {
            let row = store::review_by_id(tx, id).await?;
            return Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?));
        }
    }
    let mut faults: Vec<UserError> = not_later(&["reviewedOn"], wanted.reviewed_on, today).into_iter().collect();
    faults.extend(not_before(&["reviewedOn"], wanted.reviewed_on, programme.decision_date));
    faults.extend(wanted.note.as_deref().and_then(|note| text(&["note"], note, MAX_TEXT)));
    if store::reviewed_on(tx, programme.id, wanted.reviewed_on).await? {
        let message = Message::new("dataset-twice").with("given", wanted.reviewed_on.to_string());
        faults.push(UserError::new(UserErrorCode::Duplicate, &["reviewedOn"], message));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let given = (wanted.reviewed_on, kept(wanted.note.as_deref()));
    let row = writing::insert_review(tx, &app.clock, &permit, programme.id, given).await?;
    let entry = Entry {
        record_kind: "open_data_review",
        record_id: Some(row.id),
        programme_id: Some(programme.id),
        reason: row.note.as_deref(),
        before: None,
        after: Some(json!({ "reviewedOn": row.reviewed_on, "note": row.note })),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    Ok(Outcome::Done(row))
}
