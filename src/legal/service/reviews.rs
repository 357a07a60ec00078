//! Use cases of campaigns and reviews: opened, written, confirmed or returned, and what became of the proposals.

use std::str::FromStr;

use chrono::NaiveDate;
use entity::legal::{legal_campaign, legal_document, legal_relation, legal_review};
use entity::organisation::{organisation, programme};
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Entered, enter, project};
use crate::rules::DocumentKey;
use crate::rules::reviews as rules;
use crate::rules::reviews::{LegalReviewDecision, OutcomeInput, ReviewInput, Reviewed};
use crate::store;
use crate::store::reviews;
use crate::{LegalIssuerLevel, LegalOutcome, LegalProposal, LegalReviewState, validity};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{not_later, shown, text};
use kernel::i18n::Message;
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

const MAX_TITLE: usize = 300;

/// The period of a campaign: a year or a half-year by the ND09 calendar.
pub fn period_of(code: &str) -> ApiResult<Period> {
    let period = Period::parse(Calendar::Nd09, code)?;
    if !matches!(period.kind, PeriodKind::Year | PeriodKind::HalfYear) {
        let kinds = [PeriodKind::Year, PeriodKind::HalfYear].map(PeriodKind::as_str).join(", ");
        return Err(ApiError::bad_input(Message::new("workflow-wrong-kind").with("code", code).with("kinds", kinds)));
    }
    Ok(period)
}

/// A campaign to open, to change or to close.
#[derive(Debug, Clone)]
pub struct CampaignRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its period.
    pub period: String,
    /// Title.
    pub title: String,
    /// Its last day, once it is closed.
    pub closed_on: Option<NaiveDate>,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Opens a campaign, changes or closes it.
pub async fn save_campaign(
    app: &App,
    request: &RequestContext,
    wanted: CampaignRequest,
) -> ApiResult<Outcome<legal_campaign::Model>> {
    let tx = app.db.begin().await?;
    let result = campaign_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn campaign_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &CampaignRequest,
) -> ApiResult<Outcome<legal_campaign::Model>> {
    let Entered { programme, permit } = enter(app, tx, request, wanted.programme.as_deref()).await?;
    let period = period_of(&wanted.period)?;
    let stored = reviews::campaign(tx, &Viewer::server(), programme.id, &period.code()).await?;
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let today = app.clock.today();
    let mut faults: Vec<UserError> = text(&["title"], &wanted.title, MAX_TITLE).into_iter().collect();
    faults.extend(wanted.closed_on.and_then(|day| not_later(&["closedOn"], day, today)));
    if !(programme.start_date..=programme.end_date).contains(&period.nominal_end()) {
        let message = Message::new("legal-campaign-outside").with("code", period.code());
        faults.push(UserError::new(UserErrorCode::WrongPeriod, &["period"], message));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let (code, title) = (period.code(), wanted.title.trim());
    let content = (title, wanted.closed_on);
    let after =
        reviews::save_campaign(tx, &app.clock, &permit, (programme.id, &code), stored.as_ref(), content).await?;
    let told = |row: &legal_campaign::Model| json!({ "period": row.period_code, "title": row.title, "closedOn": row.closed_on, "version": row.version });
    let entry = Entry {
        record_kind: "legal_campaign",
        record_id: Some(after.id),
        programme_id: Some(programme.id),
        reason: None,
        before: stored.as_ref().map(told),
        after: Some(told(&after)),
    };
    app.journal(tx, request, &permit, entry).await?;
    Ok(Outcome::Done(after))
}

/// Which review: of which document, in which campaign.
#[derive(Debug, Clone)]
pub struct ReviewKey {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The campaign's period.
    pub campaign: String,
    /// The document.
    pub document: DocumentKey,
}

struct Located {
    programme: programme::Model,
    campaign: legal_campaign::Model,
    period: Period,
    document: legal_document::Model,
    review: Option<legal_review::Model>,
}

/// The programme is looked up as the caller; the review as the server: whether the caller may do something with it is for
/// the policy to say, with a reason.
async fn locate(tx: &DatabaseTransaction, caller: &Caller, key: &ReviewKey) -> ApiResult<Located> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, key.programme.as_deref()).await?;
    let period = period_of(&key.campaign)?;
    let campaign = reviews::campaign(tx, &viewer, programme.id, &period.code()).await?;
    let campaign = campaign.ok_or_else(|| ApiError::not_found("kind-legal-campaign", period.code()))?;
    let document = super::find(tx, &viewer, programme.id, &key.document, &["document"]).await?;
    let document = document.map_err(|fault| match fault.code {
        UserErrorCode::UnknownCode => ApiError::not_found("kind-legal-document", shown(&key.document.number)),
        _ => ApiError::bad_input(fault.message),
    })?;
    let review = reviews::of_campaign(tx, &Viewer::server(), campaign.id, document.id).await?;
    Ok(Located { programme, campaign, period, document, review })
}

async fn unit(tx: &DatabaseTransaction, organisation_id: Uuid) -> ApiResult<organisation::Model> {
    let found = organisations::by_ids(tx, &Viewer::server(), vec![organisation_id]).await?.pop();
    found.ok_or_else(|| ApiError::internal("a document of no organisation"))
}

fn closed(campaign: &legal_campaign::Model) -> Option<UserError> {
    campaign.closed_on.map(|day| {
        let message = Message::new("legal-campaign-closed").with("day", day.to_string());
        UserError::new(UserErrorCode::WrongState, &["campaign"], message)
    })
}

/// A review to write.
#[derive(Debug, Clone)]
pub struct ReviewRequest {
    /// Which.
    pub key: ReviewKey,
    /// What it says.
    pub review: ReviewInput,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<legal_review::Model>;

/// Writes a review, or changes it while it is not confirmed.
pub async fn save(app: &App, request: &RequestContext, wanted: ReviewRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = save_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ReviewRequest,
) -> ApiResult<Done> {
    let Located { programme, campaign, period, document, review } = locate(tx, &request.caller, &wanted.key).await?;
    let unit = unit(tx, document.organisation_id).await?;
    let permit = permit_on(tx, &request.caller, Action::SaveLegalReview, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveLegalReview",
        input: format!("{:?}", ReviewRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if review.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let mut faults: Vec<UserError> = closed(&campaign).into_iter().collect();
    if let Some(row) = &review {
        faults.extend(rules::wrong_state(rules::from_states(Action::SaveLegalReview), state_of(row)?));
    }
    let of = Reviewed {
        number: &document.number,
        level: LegalIssuerLevel::from_str(&document.issuer_level)?,
        must_review: document.must_review,
        in_force: (document.effective_on, document.ended_on),
        campaign: (period.start, period.end),
    };
    faults.extend(rules::check_review(&wanted.review, &of, app.clock.today()));
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let ids = (programme.id, campaign.id, document.id);
    let after = reviews::save(tx, &app.clock, &permit, ids, review.as_ref(), &wanted.review).await?;
    journal(app, tx, request, &permit, (review.as_ref(), &after), None).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What becomes of a review.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is confirmed or returned.
    Decide {
        /// Which.
        decision: LegalReviewDecision,
        /// Why it is returned.
        reason: Option<String>,
    },
    /// What became of its proposal.
    Outcome(OutcomeInput),
}

/// Which step of which review.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// Which review.
    pub key: ReviewKey,
    /// The step.
    pub step: Step,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Confirms or returns a review, or records what became of its proposal.
pub async fn take_step(app: &App, request: &RequestContext, wanted: StepRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = step_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn step_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<Done> {
    let located = locate(tx, &request.caller, &wanted.key).await?;
    let unit =
        unit(tx, located.review.as_ref().map_or(located.document.organisation_id, |row| row.organisation_id)).await?;
    let written = match (&request.caller, &located.review) {
        (Caller::Person(person), Some(row)) => {
            !reviews::written_by(tx, vec![row.id], person.person_id).await?.is_empty()
        }
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, Action::DecideLegalReview, &unit, written).await?;
    let row = located.review.as_ref();
    let row = row.ok_or_else(|| ApiError::not_found("kind-legal-review", shown(&wanted.key.document.number)))?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: match wanted.step {
            Step::Decide { .. } => "decideLegalReview",
            Step::Outcome(_) => "recordLegalReviewOutcome",
        },
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
    let (change, faults) = match &wanted.step {
        Step::Decide { decision, reason } => decided(&permit, &located, row, (*decision, reason.as_deref()))?,
        Step::Outcome(given) => outcome(app, tx, &located, row, given).await?,
    };
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    indicator::store::lock_programme(tx, &permit, located.programme.id).await?;
    let after = reviews::advance(tx, &app.clock, &permit, row, change).await?;
    project(app, tx, &permit, located.programme.id).await?;
    let reason = match &wanted.step {
        Step::Decide { reason, .. } => kept(reason.as_deref()),
        Step::Outcome(given) => kept(given.reason.as_deref()),
    };
    journal(app, tx, request, &permit, (Some(row), &after), reason.as_deref()).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

fn decided(
    permit: &Permit,
    located: &Located,
    row: &legal_review::Model,
    (decision, reason): (LegalReviewDecision, Option<&str>),
) -> ApiResult<(legal_review::ActiveModel, Vec<UserError>)> {
    let mut faults: Vec<UserError> = closed(&located.campaign).into_iter().collect();
    faults.extend(rules::check_decision(decision, reason, (state_of(row)?, outcome_of(row)?)));
    let (state, reason) = match decision {
        LegalReviewDecision::Confirm => (LegalReviewState::Confirmed, None),
        LegalReviewDecision::Return => (LegalReviewState::Returned, kept(reason)),
    };
    let ended = located.document.ended_on.is_some_and(|ended| ended <= row.reviewed_on);
    if decision == LegalReviewDecision::Confirm && (ended || !located.document.must_review) {
        // The register may have changed since the review was written.
        let message = Message::new("legal-not-in-force")
            .with("number", located.document.number.as_str())
            .with("day", row.reviewed_on.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["document"], message));
    }
    let change = legal_review::ActiveModel {
        state: Set(state.as_str().to_owned()),
        decided_by: Set(Some(permit.person()?)),
        return_reason: Set(reason),
        ..Default::default()
    };
    Ok((change, faults))
}

async fn outcome(
    app: &App,
    tx: &DatabaseTransaction,
    located: &Located,
    row: &legal_review::Model,
    given: &OutcomeInput,
) -> ApiResult<(legal_review::ActiveModel, Vec<UserError>)> {
    let proposal = LegalProposal::from_str(&row.proposal)?;
    let days = (row.reviewed_on, app.clock.today());
    let mut faults = rules::check_outcome(given, (state_of(row)?, proposal), days);
    let mut document_id = None;
    if let Some(key) = &given.document {
        match super::find(tx, &Viewer::server(), located.programme.id, key, &["by"]).await? {
            Err(fault) => faults.push(fault),
            Ok(document) => {
                let does = store::relations_of(tx, &[document.id]).await?;
                let mut acts =
                    does.iter().filter(|link| link.actor_id == document.id && link.target_id == located.document.id);
                // What was done before the review is no answer to it.
                let since = |link: &legal_relation::Model| link.effective_on >= row.reviewed_on;
                if !acts.any(|link| since(link) && link.kind.parse().is_ok_and(validity::changes)) {
                    let message = Message::new("legal-does-nothing-to")
                        .with("actor", document.number.as_str())
                        .with("target", located.document.number.as_str());
                    faults.push(UserError::new(UserErrorCode::OutOfRange, &["by"], message));
                }
                document_id = Some(document.id);
            }
        }
    }
    let change = legal_review::ActiveModel {
        outcome: Set(given.outcome.as_str().to_owned()),
        outcome_on: Set(given.on),
        outcome_document_id: Set(document_id),
        outcome_reason: Set(kept(given.reason.as_deref())),
        ..Default::default()
    };
    Ok((change, faults))
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = reviews::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (before, after): (Option<&legal_review::Model>, &legal_review::Model),
    reason: Option<&str>,
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "legal_review",
        record_id: Some(after.id),
        programme_id: Some(after.programme_id),
        reason,
        before: before.map(described),
        after: Some(described(after)),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &legal_review::Model) -> Json {
    json!({
        "campaign": row.campaign_id, "document": row.document_id, "organisationId": row.organisation_id,
        "reviewedOn": row.reviewed_on, "finding": row.finding, "proposal": row.proposal, "addressee": row.addressee,
        "content": row.content, "state": row.state, "decidedBy": row.decided_by, "returnReason": row.return_reason,
        "outcome": row.outcome, "outcomeOn": row.outcome_on, "outcomeDocument": row.outcome_document_id,
        "outcomeReason": row.outcome_reason, "version": row.version,
    })
}

/// The state of a stored review.
pub fn state_of(row: &legal_review::Model) -> ApiResult<LegalReviewState> {
    Ok(row.state.parse()?)
}

/// What became of the proposal of a stored review.
pub fn outcome_of(row: &legal_review::Model) -> ApiResult<LegalOutcome> {
    Ok(row.outcome.parse()?)
}

/// What a caller may do with a review, answered from the tables that enforce it.
pub fn allowed_actions(
    caller: &Caller,
    row: &legal_review::Model,
    campaign: &legal_campaign::Model,
    subject: &Subject<'_>,
) -> ApiResult<Vec<AllowedAction>> {
    let state = state_of(row)?;
    let actions = rules::REVIEW_ACTIONS.iter().map(|&action| {
        let denied = match policy::permit(caller, action, subject) {
            Err(refused) => Some(refused.denial.message()),
            // What became of a proposal is recorded after its campaign too.
            Ok(_) if action == Action::DecideLegalReview && state == LegalReviewState::Confirmed => None,
            Ok(_) => {
                let fault = rules::wrong_state(rules::from_states(action), state).or_else(|| closed(campaign));
                fault.map(|fault| fault.message)
            }
        };
        AllowedAction { action, denied }
    });
    Ok(actions.collect())
}
