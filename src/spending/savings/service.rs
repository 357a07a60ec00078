//! Use cases: appraising a unit's score, and what the scores of a year come to.

use std::collections::BTreeMap;

use entity::organisation::organisation;
use entity::savings::savings_appraisal;
use entity::workflow::submission;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::rules::{self, Given};
use super::{SavingsBand, form, store};
use access::request::RequestContext;
use access::{Action, Caller, Viewer};
use base::organisation::store as organisations;
use base::permit::permit_on;
use forms::workflow::WorkflowRow;
use forms::workflow::consolidation::consolidate;
use forms::workflow::rules::{Transition, from_states};
use forms::workflow::service::{Reference, Resolved, resolve, tell, wrong_state};
use forms::workflow::store as submissions;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// An appraisal as it is entered.
#[derive(Debug, Clone)]
pub struct AppraiseRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit.
    pub organisation: String,
    /// The budget year.
    pub year: i32,
    /// What each component is given.
    pub components: Vec<Given>,
    /// The form's version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Appraises a submitted score, as often as wanted until it is accepted. The form takes its next version, so that whoever
/// accepts has seen the appraisal.
///
/// Errors: FORBIDDEN, NOT_FOUND where the unit has no score of the year, CONFLICT; every fault of the appraisal comes back
/// in [`Outcome::Invalid`].
pub async fn appraise(
    app: &App,
    request: &RequestContext,
    wanted: AppraiseRequest,
) -> ApiResult<Outcome<submission::Model>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, &wanted).await;
    let outcome = app.conclude(tx, request, wanted.dry_run, result).await?;
    if let (Outcome::Done(row), false) = (&outcome, wanted.dry_run) {
        tell(app, row.id);
    }
    Ok(outcome)
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &AppraiseRequest,
) -> ApiResult<Outcome<submission::Model>> {
    let reference = Reference::Key {
        programme: wanted.programme.clone(),
        organisation: wanted.organisation.clone(),
        form: FormCode::SavingsScore,
        period: form::year_of(wanted.year)?.code(),
    };
    let Resolved { organisation, submission } = resolve(app, tx, &request.caller, &reference).await?;
    let wrote = match (&request.caller, &submission) {
        (Caller::Person(person), Some(row)) => submissions::is_writer(tx, row.id, person.person_id).await?,
        _ => false,
    };
    let action = Action::AppraiseSavingsScore;
    let permit = permit_on(tx, &request.caller, action, &organisation, wrote).await?;
    let row = submission.ok_or_else(|| ApiError::not_found("kind-submission", &organisation.code))?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "appraiseSavingsScore",
        input: format!("{} {} {:?}", row.id, wanted.expected_version, wanted.components),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => {
            let found = submissions::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
            return Ok(Outcome::Done(found.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?));
        }
    }
    let state = submissions::state_of(&row)?;
    if !from_states(action).contains(&state) {
        return Ok(Outcome::Invalid(vec![wrong_state(action, state)]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let own = form::own(&base::disclosure::store::one(tx, templates::of(FormCode::SavingsScore)?, row.id).await?)?;
    let scale = form::scale(tx, row.programme_id, wanted.year).await?;
    let components = match rules::check(&scale, &own, &wanted.components) {
        Ok(components) => components,
        Err(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let before = store::rounds(tx, &Viewer::server(), &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let after = submissions::advance(tx, &app.clock, &permit, &row, row.version, WorkflowRow::default()).await?;
    store::insert(tx, &app.clock, &permit, (row.id, after.version), &components).await?;
    submissions::add_appraiser(tx, &permit, row.id).await?;
    let step = Transition { from: state, to: state, opens_edition: false };
    submissions::add_event(tx, &app.clock, &permit, row.id, Some(state), step, None).await?;
    let told: Vec<Json> = components
        .iter()
        .map(|one| {
            json!({ "component": one.component, "ownPoints": one.own_points, "points": one.points, "reason": one.reason })
        })
        .collect();
    let entry = Entry {
        record_kind: "submission",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason: None,
        before: before.values().next_back().map(|round| {
            let points: BTreeMap<&str, i64> = round.iter().map(|one| (one.component.as_str(), one.points)).collect();
            json!({ "appraised": points })
        }),
        after: Some(json!({ "version": after.version, "appraised": told })),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    Ok(Outcome::Done(after))
}

/// The accepted scores of a year, of an organisation and all below it, by band.
pub struct Bands {
    /// Whose.
    pub organisation: organisation::Model,
    /// How many units are in each band, the best first.
    pub units: BTreeMap<SavingsBand, i64>,
    /// How many units owe a score and have none accepted.
    pub missing: usize,
    /// Their appraised points.
    pub points: i64,
    /// The most that they could get.
    pub maximum: i64,
}

/// Counts the accepted scores of a year by band. Open to whoever sees the programme, as the figures of accepted forms are.
pub async fn bands(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme, organisation): (Option<&str>, Option<&str>),
    year: i32,
) -> ApiResult<Bands> {
    let period = form::year_of(year)?;
    let programme = organisations::programme_by_code(connection, viewer, programme).await?;
    let organisation = match organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let found = consolidate(connection, programme.id, organisation.id, FormCode::SavingsScore, &period).await?;
    let ids: Vec<Uuid> = found.submissions().map(|row| row.id).collect();
    let rounds = store::rounds(connection, &Viewer::server(), &ids).await?;
    let scale = form::scale(connection, programme.id, year).await?;
    let mut bands = Bands {
        organisation,
        units: SavingsBand::ALL.iter().map(|band| (*band, 0)).collect(),
        missing: found.missing.len(),
        points: 0,
        maximum: 0,
    };
    for round in ids.iter().filter_map(|id| rounds.get(id)?.values().next_back()) {
        let (points, maximum) = totals(round);
        bands.points += points;
        bands.maximum += maximum;
        if let Some(band) = scale.band(points, maximum) {
            *bands.units.entry(band).or_default() += 1;
        }
    }
    Ok(bands)
}

/// The points of an appraisal, and the most that there were to get.
pub fn totals(round: &[savings_appraisal::Model]) -> (i64, i64) {
    (round.iter().map(|one| one.points).sum(), round.iter().map(|one| one.maximum).sum())
}
