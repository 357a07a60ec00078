//! Use cases of changes of organisations: recorded, then confirmed and done, or rejected.

use std::collections::HashMap;

use entity::organisation::{organisation, organisation_change, organisation_change_unit, programme};
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::{self, Made, OrganisationChangeDecision, Tree, Wanted};
use super::{OrganisationChangeState, Part, store};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::user_error::Outcome;
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// What is recorded.
#[derive(Debug, Clone)]
pub struct RecordRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The change.
    pub change: Wanted,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What is decided.
#[derive(Debug, Clone)]
pub struct DecideRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The change's code.
    pub code: String,
    /// Confirmed or rejected.
    pub decision: OrganisationChangeDecision,
    /// Why.
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What came of a decision.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The change.
    pub change: organisation_change::Model,
    /// Grants that are still held on organisations that end by it: they are left as they are.
    pub grants_left: u64,
}

/// Records a change, or changes what is not decided yet. Nothing happens to the organisations.
pub async fn record(
    app: &App,
    request: &RequestContext,
    wanted: RecordRequest,
) -> ApiResult<Outcome<organisation_change::Model>> {
    let tx = app.db.begin().await?;
    let result = record_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

/// The programme as the caller sees it, and the organisation at its top: changes are of the programme as a whole.
async fn locate(
    tx: &DatabaseTransaction,
    caller: &Caller,
    programme: Option<&str>,
) -> ApiResult<(programme::Model, organisation::Model)> {
    let programme = organisations::store::programme_by_code(tx, &Viewer::of(caller)?, programme).await?;
    let root = organisations::store::root_of(tx, programme.id).await?;
    Ok((programme, root))
}

async fn record_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &RecordRequest,
) -> ApiResult<Outcome<organisation_change::Model>> {
    let (programme, root) = locate(tx, &request.caller, wanted.programme.as_deref()).await?;
    let permit = permit_on(tx, &request.caller, Action::RecordOrganisationChange, &root, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::RecordOrganisationChange.as_str(),
        input: format!("{:?}", RecordRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return Ok(Outcome::Done(repeated(tx, id).await?)),
    }
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let stored = store::by_code(tx, &Viewer::server(), programme.id, &wanted.change.code).await?;
    if let Some(row) = &stored
        && let Some(fault) = rules::wrong_state(Action::RecordOrganisationChange, state_of(row)?)
    {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let tree = store::tree(tx, programme.id).await?;
    let faults = rules::check(&wanted.change, &tree, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let before = match &stored {
        Some(row) => Some(described(row, &read(tx, row, &tree).await?)),
        None => None,
    };
    let change = (&wanted.change, &tree);
    let row = store::save(tx, &app.clock, &permit, programme.id, stored.as_ref(), change).await?;
    let after = Some(described(&row, &wanted.change));
    journal(app, tx, request, &permit, &row, (None, before, after)).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    Ok(Outcome::Done(row))
}

/// Confirms or rejects a change. What is confirmed is done in the same transaction.
pub async fn decide(app: &App, request: &RequestContext, wanted: DecideRequest) -> ApiResult<Outcome<Decided>> {
    let tx = app.db.begin().await?;
    let result = decide_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn decide_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &DecideRequest,
) -> ApiResult<Outcome<Decided>> {
    let (programme, root) = locate(tx, &request.caller, wanted.programme.as_deref()).await?;
    let stored = store::by_code(tx, &Viewer::server(), programme.id, &wanted.code).await?;
    let written = match (&request.caller, &stored) {
        (Caller::Person(person), Some(row)) => !store::written_by(tx, vec![row.id], person.person_id).await?.is_empty(),
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, Action::DecideOrganisationChange, &root, written).await?;
    let row =
        stored.ok_or_else(|| ApiError::not_found("kind-organisation-change", kernel::faults::shown(&wanted.code)))?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::DecideOrganisationChange.as_str(),
        input: format!("{:?}", DecideRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => {
            let change = repeated(tx, id).await?;
            let grants_left = grants_left(tx, &change).await?;
            return Ok(Outcome::Done(Decided { change, grants_left }));
        }
    }
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    if let Some(fault) = rules::wrong_state(Action::DecideOrganisationChange, state_of(&row)?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let tree = store::tree(tx, programme.id).await?;
    let change = read(tx, &row, &tree).await?;
    let today = app.clock.today();
    let mut faults: Vec<_> = rules::check_reason(wanted.decision, wanted.reason.as_deref()).into_iter().collect();
    if wanted.decision == OrganisationChangeDecision::Confirm {
        faults.extend(rules::check(&change, &tree, today));
        faults.extend(rules::too_early_to_confirm(change.kind, change.effective_on, today));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let state = match wanted.decision {
        OrganisationChangeDecision::Confirm => OrganisationChangeState::Confirmed,
        OrganisationChangeDecision::Reject => OrganisationChangeState::Rejected,
    };
    let reason = wanted.reason.as_deref().map(str::trim).map(str::to_owned);
    let step = organisation_change::ActiveModel {
        state: Set(state.as_str().to_owned()),
        decided_by: Set(Some(permit.person()?)),
        decided_at: Set(Some(app.clock.now())),
        decision_reason: Set(reason.clone()),
        ..Default::default()
    };
    let after = store::advance(tx, &app.clock, &permit, &row, step).await?;
    if wanted.decision == OrganisationChangeDecision::Confirm {
        store::apply(tx, &app.clock, &permit, &after, (&change, &tree)).await?;
        if rules::ends(change.kind)
            && let Some(last_day) = change.effective_on.pred_opt()
        {
            let ended: Vec<Uuid> =
                change.organisations.iter().filter_map(|code| Some(tree.organisations.get(code)?.id)).collect();
            let programme_id = after.programme_id;
            indicator::service::project_ended(tx, &app.clock, &permit, programme_id, &ended, last_day).await?;
        }
        // Public service units that come or go change what is counted of their autonomy.
        for recount in app.on_organisation_change {
            recount(&app.clock, tx, &permit, after.programme_id).await?;
        }
    }
    let entries = (reason.as_deref(), Some(described(&row, &change)), Some(described(&after, &change)));
    journal(app, tx, request, &permit, &after, entries).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    let grants_left = grants_left(tx, &after).await?;
    Ok(Outcome::Done(Decided { change: after, grants_left }))
}

/// Grants on organisations that ended by a confirmed change, on its day or later.
async fn grants_left(tx: &DatabaseTransaction, change: &organisation_change::Model) -> ApiResult<u64> {
    if state_of(change)? != OrganisationChangeState::Confirmed || !rules::ends(change.kind.parse()?) {
        return Ok(0);
    }
    let units = store::units_of(tx, &[change.id]).await?;
    let ended: Vec<Uuid> = units
        .into_iter()
        .filter(|unit| unit.part == Part::Subject.as_str())
        .filter_map(|unit| unit.organisation_id)
        .collect();
    store::grants_on(tx, &ended, change.effective_on).await
}

/// A stored change as it was recorded.
async fn read(tx: &DatabaseTransaction, row: &organisation_change::Model, tree: &Tree) -> ApiResult<Wanted> {
    let units = store::units_of(tx, &[row.id]).await?;
    let codes: HashMap<Uuid, &str> = tree.organisations.values().map(|row| (row.id, row.code.as_str())).collect();
    let code_of = |id: Option<Uuid>| id.and_then(|id| codes.get(&id)).map(|code| (*code).to_owned());
    let lost = || ApiError::internal(format!("a part of change {} is lost", row.code));
    let (mut subjects, mut into, mut made) = (Vec::new(), None, Vec::new());
    for unit in units {
        match unit.part.parse()? {
            Part::Subject => subjects.push(code_of(unit.organisation_id).ok_or_else(lost)?),
            Part::Into => into = Some(code_of(unit.organisation_id).ok_or_else(lost)?),
            Part::Made => made.push(made_of(unit, code_of).ok_or_else(lost)??),
        }
    }
    Ok(Wanted {
        code: row.code.clone(),
        kind: row.kind.parse()?,
        decision_number: row.decision_number.clone(),
        decision_date: row.decision_date,
        effective_on: row.effective_on,
        content: row.content.clone(),
        organisations: subjects,
        into,
        name: row.name_vi.clone().zip(row.name_en.clone()),
        made,
    })
}

fn made_of(
    unit: organisation_change_unit::Model,
    code_of: impl Fn(Option<Uuid>) -> Option<String>,
) -> Option<ApiResult<Made>> {
    let kind = match unit.kind?.parse() {
        Ok(kind) => kind,
        Err(unknown) => return Some(Err(ApiError::from(unknown))),
    };
    let (code, parent) = (unit.code?, code_of(unit.parent_id)?);
    Some(Ok(Made { code, kind, name_vi: unit.name_vi?, name_en: unit.name_en?, parent }))
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<organisation_change::Model> {
    let row = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    row: &organisation_change::Model,
    (reason, before, after): (Option<&str>, Option<Json>, Option<Json>),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "organisation_change",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason,
        before,
        after,
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &organisation_change::Model, change: &Wanted) -> Json {
    let made: Vec<Json> = change
        .made
        .iter()
        .map(|made| {
            json!({
                "code": made.code, "kind": made.kind, "nameVi": made.name_vi, "nameEn": made.name_en,
                "parent": made.parent,
            })
        })
        .collect();
    json!({
        "code": row.code,
        "kind": row.kind,
        "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date,
        "effectiveOn": row.effective_on,
        "content": row.content,
        "organisations": change.organisations,
        "into": change.into,
        "nameVi": row.name_vi,
        "nameEn": row.name_en,
        "made": made,
        "state": row.state,
        "version": row.version,
    })
}

/// The state of a stored change.
pub fn state_of(row: &organisation_change::Model) -> ApiResult<OrganisationChangeState> {
    Ok(row.state.parse()?)
}

/// What a caller may do with a change, answered from the tables that enforce it.
pub fn allowed_actions(caller: &Caller, state: OrganisationChangeState, subject: &Subject<'_>) -> Vec<AllowedAction> {
    rules::CHANGE_ACTIONS
        .iter()
        .map(|&action| {
            let denied = match policy::permit(caller, action, subject) {
                Err(refused) => Some(refused.denial.message()),
                Ok(_) => rules::wrong_state(action, state).map(|fault| fault.message),
            };
            AllowedAction { action, denied }
        })
        .collect()
}
