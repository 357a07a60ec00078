//! Use cases of drafts on which people are consulted: entered, opinions recorded, closed.

use chrono::NaiveDate;
use entity::legal::legal_consultation;
use entity::organisation::organisation;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::ConsultationState;
use crate::ConsultationState::{Ended, Open, Planned};
use crate::rules::consultations as rules;
use crate::rules::consultations::{ConsultationInput, OpinionInput};
use crate::rules::{MAX_TEXT, at_row, check_tasks};
use crate::store;
use crate::store::consultations;
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::organisation::store as organisations;
use base::parameter::{Code, store as parameters};
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{shown, text};
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// A draft to enter or to change.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit that drafts.
    pub organisation: String,
    /// The draft.
    pub consultation: ConsultationInput,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<legal_consultation::Model>;

/// Enters a draft on which people are consulted, or changes it while it is not closed.
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
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let unit = organisations::by_code(tx, &viewer, Some(&programme.code), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::ConsultPeople, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveLegalConsultation",
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let codes = std::slice::from_ref(&wanted.consultation.code);
    let stored = consultations::by_codes(tx, &Viewer::server(), programme.id, codes).await?.into_values().next();
    if stored.as_ref().is_some_and(|row| row.organisation_id != unit.id) {
        let message = Message::new("legal-of-another-organisation").with("code", shown(&wanted.consultation.code));
        let fault = UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message);
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let held = parameters::in_force(tx, programme.id, wanted.consultation.opened_on).await?;
    // Before the parameter's first day nothing is asked of the length.
    let least = held.count(Code::LegalConsultationDays).unwrap_or_default();
    let mut faults = rules::check_consultation(&wanted.consultation, least);
    faults.extend(check_tasks(&wanted.consultation.tasks, &store::task_sections(tx, programme.id).await?));
    if let Some(row) = &stored {
        let state = state_of(row, app.clock.today());
        faults.extend(rules::wrong_consultation_state(&[Planned, Open, Ended], state));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after =
        consultations::save(tx, &app.clock, &permit, programme.id, stored.as_ref(), &wanted.consultation).await?;
    let before = stored.as_ref().map(described);
    let mut told = described(&after);
    told["tasks"] = json!(wanted.consultation.tasks);
    journal(app, tx, request, &permit, &after, (before, told)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What becomes of a consultation.
#[derive(Debug, Clone)]
pub enum Step {
    /// These are the opinions so far, with what is answered to each.
    Opinions(Vec<OpinionInput>),
    /// It is closed with a conclusion.
    Close {
        /// What came of it.
        conclusion: String,
    },
}

/// Which step of which consultation.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The consultation's code.
    pub code: String,
    /// The step.
    pub step: Step,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Records the opinions on a draft, or closes its consultation.
pub async fn take_step(app: &App, request: &RequestContext, wanted: StepRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = step_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn locate(
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<(legal_consultation::Model, organisation::Model)> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-legal-consultation", shown(&wanted.code));
    let codes = std::slice::from_ref(&wanted.code);
    let row = consultations::by_codes(tx, &viewer, programme.id, codes).await?.into_values().next();
    let row = row.ok_or_else(missing)?;
    let unit = organisations::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop().ok_or_else(missing)?;
    Ok((row, unit))
}

async fn step_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<Done> {
    let (row, unit) = locate(tx, request, wanted).await?;
    let (action, operation) = match wanted.step {
        Step::Opinions(_) => (Action::ConsultPeople, "recordLegalOpinions"),
        Step::Close { .. } => (Action::CloseConsultation, "closeLegalConsultation"),
    };
    let permit = permit_on(tx, &request.caller, action, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation,
        input: format!("{:?}", StepRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let today = app.clock.today();
    let state = state_of(&row, today);
    let opinions = consultations::opinions_of(tx, &[row.id]).await?;
    let after = match &wanted.step {
        Step::Opinions(opinions) => {
            let mut faults: Vec<UserError> =
                rules::wrong_consultation_state(&[Open, Ended], state).into_iter().collect();
            faults.extend(rules::check_opinions(opinions));
            if !faults.is_empty() {
                return Ok(Outcome::Invalid(faults));
            }
            consultations::replace_opinions(tx, &app.clock, &permit, &row, opinions).await?
        }
        Step::Close { conclusion } => {
            let mut faults: Vec<UserError> = rules::wrong_consultation_state(&[Ended], state).into_iter().collect();
            faults.extend(text(&["conclusion"], conclusion, MAX_TEXT));
            for (index, _) in opinions.iter().enumerate().filter(|(_, opinion)| opinion.response.is_none()) {
                let message = Message::new("legal-answer-first").with("position", index + 1);
                let fault = UserError::new(UserErrorCode::Required, &["response"], message);
                faults.push(at_row("opinions", index, fault));
            }
            if !faults.is_empty() {
                return Ok(Outcome::Invalid(faults));
            }
            let change = legal_consultation::ActiveModel {
                conclusion: Set(Some(conclusion.trim().to_owned())),
                closed_on: Set(Some(today)),
                ..Default::default()
            };
            consultations::advance(tx, &app.clock, &permit, &row, change).await?
        }
    };
    let (mut before, mut told) = (described(&row), described(&after));
    if let Step::Opinions(given) = &wanted.step {
        let stored = opinions.iter().map(|one| {
            json!({ "source": one.source, "count": one.count, "summary": one.summary, "response": one.response, "explanation": one.explanation })
        });
        before["opinions"] = stored.collect();
        let given = given.iter().map(|one| {
            json!({ "source": one.source, "count": one.count, "summary": one.summary, "response": one.response, "explanation": one.explanation })
        });
        told["opinions"] = given.collect();
    }
    journal(app, tx, request, &permit, &after, (Some(before), told)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// How a stored consultation stands on a day.
pub fn state_of(row: &legal_consultation::Model, day: NaiveDate) -> ConsultationState {
    rules::consultation_state((row.opened_on, row.closes_on), row.closed_on, day)
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = consultations::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    row: &legal_consultation::Model,
    (before, after): (Option<Json>, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "legal_consultation",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason: None,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &legal_consultation::Model) -> Json {
    json!({
        "code": row.code, "organisationId": row.organisation_id, "title": row.title, "content": row.content,
        "place": row.place, "openedOn": row.opened_on, "closesOn": row.closes_on, "conclusion": row.conclusion,
        "closedOn": row.closed_on, "version": row.version,
    })
}
