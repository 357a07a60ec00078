//! The use case of publicity: recording where procedures are made public, idempotent by procedure and place.

use std::collections::{HashMap, HashSet};

use entity::organisation::organisation;
use entity::publicity::procedure_publication;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::rules::{self, PublicationInput, Wanted};
use super::store::{self, Publication};
use crate::procedure as procedures;
use access::request::RequestContext;
use access::{Action, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

/// The most publications of one request.
pub const MAX_PUBLICATIONS: usize = 5_000;

/// What to record.
#[derive(Debug, Clone)]
pub struct RecordRequest {
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// The organisation that manages these procedures, itself or through those below it.
    pub organisation: String,
    /// The publications.
    pub publications: Vec<PublicationInput>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recorded {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were as given already.
    pub unchanged: usize,
}

/// Records publications: all or none. A second request of the same changes nothing.
pub async fn record(app: &App, request: &RequestContext, wanted: RecordRequest) -> ApiResult<Outcome<Recorded>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &RecordRequest,
) -> ApiResult<Outcome<Recorded>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, wanted.programme.as_deref(), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::RecordPublications, &organisation, false).await?;
    let given = wanted.publications.len();
    if given > MAX_PUBLICATIONS {
        let message = Message::new("publication-too-many").with("max", MAX_PUBLICATIONS).with("given", given);
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::OutOfRange, &["publications"], message)]));
    }
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("dossier-no-programme").with("code", organisation.code.as_str()))
    })?;
    // One after the other, so that the second of two equal requests finds nothing to do.
    indicator::store::lock_programme(tx, &permit, programme_id).await?;
    let Known { procedures, publications } = known(tx, programme_id, &wanted.publications).await?;
    let managed = managed_within(tx, &organisation, &procedures).await?;

    let mut faults = Vec::new();
    let (mut seen, mut lines) = (HashSet::new(), Vec::with_capacity(given));
    for (index, input) in wanted.publications.iter().enumerate() {
        faults.extend(rules::check(input, index, app.clock.today()));
        let mut fault = |code, field, key| faults.push(rules::fault_of(input, index, code, field, Message::new(key)));
        if !seen.insert((input.procedure.as_str(), input.place)) {
            fault(UserErrorCode::Duplicate, "place", "publication-duplicate");
        }
        let Some(procedure) = procedures.get(&input.procedure) else {
            fault(UserErrorCode::UnknownCode, "procedure", "publication-unknown-procedure");
            continue;
        };
        if !managed.contains(&procedure.organisation_id) {
            fault(UserErrorCode::OtherOrganisation, "procedure", "publication-of-another-organisation");
        }
        let stored = publications.get(&(procedure.id, input.place.as_str().to_owned()));
        match stored {
            Some(row) if rules::is_older(row, input) => {
                let message = Message::new("publication-older").with("published", row.published_on.to_string());
                let fault = rules::fault_of(input, index, UserErrorCode::OutOfRange, "publishedOn", message);
                faults.push(fault.expecting(format!(">= {}", row.published_on), input.published_on));
            }
            Some(row) if rules::is_stale(row, input) => {
                fault(UserErrorCode::OutOfRange, "checkedOn", "publication-check-older");
            }
            _ => {}
        }
        lines.push((procedure.id, input, stored));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }

    let (mut recorded, mut rows) = (Recorded::default(), Vec::new());
    let (mut before, mut after) = (Map::new(), Map::new());
    for (procedure_id, input, stored) in lines {
        let is = rules::merged(stored, input);
        let key = format!("{} {}", input.procedure, input.place);
        match stored {
            None => {
                recorded.created += 1;
                after.insert(key, described(&is));
                rows.push(Publication { procedure_id, place: input.place, wanted: is });
            }
            Some(row) if Wanted::of(row) == is => recorded.unchanged += 1,
            Some(row) => {
                recorded.changed += 1;
                before.insert(key.clone(), described(&Wanted::of(row)));
                after.insert(key, described(&is));
                rows.push(Publication { procedure_id, place: input.place, wanted: is });
            }
        }
    }
    if recorded.created + recorded.changed == 0 {
        return Ok(Outcome::Done(recorded));
    }
    store::upsert(tx, &app.clock, &permit, programme_id, &rows).await?;
    let entry = Entry {
        record_kind: "procedure_publication",
        record_id: Some(organisation.id),
        programme_id: Some(programme_id),
        reason: None,
        before: Some(Json::Object(before)),
        after: Some(Json::Object(after)),
    };
    app.journal(tx, request, &permit, entry).await?;
    Ok(Outcome::Done(recorded))
}

/// What the lines are about, as it is stored.
struct Known {
    procedures: HashMap<String, Managed>,
    publications: HashMap<(Uuid, String), procedure_publication::Model>,
}

/// A procedure as far as publicity needs it.
#[derive(Clone, Copy)]
struct Managed {
    id: Uuid,
    organisation_id: Uuid,
}

async fn known(tx: &DatabaseTransaction, programme_id: Uuid, inputs: &[PublicationInput]) -> ApiResult<Known> {
    let codes: HashSet<&str> = inputs.iter().map(|input| input.procedure.as_str()).collect();
    let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
    let procedures: HashMap<String, Managed> = procedures::store::by_codes(tx, programme_id, &codes)
        .await?
        .into_iter()
        .map(|(code, row)| (code, Managed { id: row.id, organisation_id: row.organisation_id }))
        .collect();
    let ids: Vec<Uuid> = procedures.values().map(|one| one.id).collect();
    let rows = store::of_procedures(tx, &Viewer::server(), &ids).await?;
    Ok(Known { procedures, publications: store::by_key(rows) })
}

/// The permit is for one organisation: which of the organisations that manage procedures stand at or below it.
async fn managed_within(
    tx: &DatabaseTransaction,
    organisation: &organisation::Model,
    procedures: &HashMap<String, Managed>,
) -> ApiResult<HashSet<Uuid>> {
    let managing: HashSet<Uuid> = procedures.values().map(|one| one.organisation_id).collect();
    let upward = organisations::store::upward_of(tx, managing.into_iter().collect()).await?;
    Ok(upward.into_iter().filter(|(_, above)| above.contains(&organisation.id)).map(|(id, _)| id).collect())
}

fn described(wanted: &Wanted) -> Json {
    json!({
        "url": wanted.url,
        "publishedOn": wanted.published_on,
        "checkedOn": wanted.check.as_ref().map(|(day, _)| day),
        "checkResult": wanted.check.as_ref().map(|(_, result)| result),
        "note": wanted.note,
    })
}
