//! The use case of functions and tasks: saved in bulk, idempotent by code.

use std::collections::HashSet;

use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json, json};

use super::rules::{self, FunctionInput};
use super::store;
use access::request::RequestContext;
use access::{Action, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

/// The most functions of one request.
pub const MAX_FUNCTIONS: usize = 1_000;

/// What to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// Whose they are.
    pub organisation: String,
    /// The functions.
    pub functions: Vec<FunctionInput>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were as given already.
    pub unchanged: usize,
}

/// Saves functions of an organisation: all or none. What is not named stays. A second request of the same changes
/// nothing.
pub async fn save(app: &App, request: &RequestContext, wanted: SaveRequest) -> ApiResult<Outcome<Saved>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &SaveRequest,
) -> ApiResult<Outcome<Saved>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, wanted.programme.as_deref(), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::SaveFunctions, &organisation, false).await?;
    let given = wanted.functions.len();
    if given > MAX_FUNCTIONS {
        let message = Message::new("too-many-codes").with("max", MAX_FUNCTIONS).with("given", given);
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::OutOfRange, &["functions"], message)]));
    }
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("workflow-no-programme").with("code", organisation.code.as_str()))
    })?;
    indicator::store::lock_programme(tx, &permit, programme_id).await?;
    let areas = store::areas(tx, programme_id).await?;
    let (mut faults, mut seen) = (Vec::new(), HashSet::new());
    for (index, input) in wanted.functions.iter().enumerate() {
        faults.extend(rules::check(input, index, &organisation, &areas));
        if !seen.insert(input.code.as_str()) {
            let message = Message::new("change-twice").with("code", shown(&input.code));
            let fault = UserError::new(UserErrorCode::Duplicate, &["functions", &index.to_string(), "code"], message);
            faults.push(fault.at_line(u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)));
        }
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let known = store::all_of(tx, organisation.id).await?;
    let (mut saved, mut new) = (Saved::default(), Vec::new());
    let (mut before, mut after) = (Map::new(), Map::new());
    for input in &wanted.functions {
        let input = rules::trimmed(input);
        match known.get(&input.code) {
            None => {
                saved.created += 1;
                after.insert(input.code.clone(), described(&input));
                new.push(input);
            }
            Some(row) => {
                let was = rules::stored(row);
                if was.as_ref() == Some(&input) {
                    saved.unchanged += 1;
                    continue;
                }
                saved.changed += 1;
                before.insert(input.code.clone(), was.as_ref().map_or(Json::Null, described));
                after.insert(input.code.clone(), described(&input));
                store::update(tx, &app.clock, &permit, row, &input).await?;
            }
        }
    }
    if saved.created + saved.changed == 0 {
        return Ok(Outcome::Done(saved));
    }
    store::insert(tx, &app.clock, &permit, programme_id, &new).await?;
    let entry = Entry {
        record_kind: "organisation_function",
        record_id: Some(organisation.id),
        programme_id: Some(programme_id),
        reason: None,
        before: Some(Json::Object(before)),
        after: Some(Json::Object(after)),
    };
    app.journal(tx, request, &permit, entry).await?;
    Ok(Outcome::Done(saved))
}

fn described(input: &FunctionInput) -> Json {
    json!({
        "kind": input.kind,
        "title": input.title,
        "area": input.area,
        "field": input.field,
        "legalBasis": input.legal_basis,
        "postTitle": input.post_title,
        "role": input.role,
        "effectiveFrom": input.effective_from,
        "effectiveTo": input.effective_to,
    })
}
