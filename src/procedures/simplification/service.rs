//! Use cases of reviews of procedures: propose, withdraw, decide, carry out, correct, take a decision back.

use chrono::{Datelike, NaiveDate};
use entity::organisation::{organisation, programme};
use entity::simplification::procedure_review;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::ReviewState;
use super::rules::{self, Proposal, ReviewDecision};
use super::{store, sums};
use crate::procedure as procedures;
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// What is proposed.
#[derive(Debug, Clone)]
pub struct ProposeRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit that proposes.
    pub organisation: String,
    /// Code of the procedure.
    pub procedure: String,
    /// The proposal.
    pub proposal: Proposal,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What becomes of a review.
#[derive(Debug, Clone)]
pub enum Step {
    /// It is withdrawn.
    Withdraw {
        /// Why, for the journal.
        reason: Option<String>,
    },
    /// It is approved or rejected.
    Decide {
        /// Which.
        decision: ReviewDecision,
        /// Number of the decision.
        number: Option<String>,
        /// Its day.
        date: NaiveDate,
        /// Why.
        reason: Option<String>,
    },
    /// It was carried out.
    Implement {
        /// From which day.
        on: NaiveDate,
        /// The decision that announces the changed procedure.
        decision: Option<String>,
    },
    /// How it was carried out was recorded wrongly.
    Correct {
        /// From which day; none leaves it.
        on: Option<NaiveDate>,
        /// The decision that announces the changed procedure; none leaves it, and none within says there is none.
        decision: Option<Option<String>>,
        /// Why, for the journal.
        reason: String,
    },
    /// The decision about it is taken back.
    Revoke {
        /// Why, for the journal.
        reason: String,
    },
}

impl Step {
    /// What the policy calls it.
    fn action(&self) -> Action {
        match self {
            Step::Withdraw { .. } => Action::WithdrawReview,
            Step::Decide { .. } => Action::DecideReview,
            Step::Implement { .. } => Action::ImplementReview,
            Step::Correct { .. } => Action::CorrectReview,
            Step::Revoke { .. } => Action::RevokeReview,
        }
    }
}

/// Which step of which review.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The review's code.
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

type Done = Outcome<procedure_review::Model>;

/// Enters a proposal, or changes it while it is not decided.
pub async fn propose(app: &App, request: &RequestContext, wanted: ProposeRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = propose_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn propose_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ProposeRequest,
) -> ApiResult<Done> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let unit = organisations::store::by_code(tx, &viewer, Some(&programme.code), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::ProposeReview, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::ProposeReview.as_str(),
        input: format!("{:?}", ProposeRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let stored = store::by_code(tx, &Viewer::server(), programme.id, &wanted.proposal.code).await?;
    if let Some(row) = &stored {
        if row.organisation_id != unit.id {
            let message = Message::new("review-of-another-organisation").with("code", row.code.as_str());
            let fault = UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message);
            return Ok(Outcome::Invalid(vec![fault]));
        }
        if let Some(fault) = rules::wrong_state(Action::ProposeReview, state_of(row)?) {
            return Ok(Outcome::Invalid(vec![fault]));
        }
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let years = programme.start_date.year()..=programme.end_date.year();
    let mut faults = rules::check(&wanted.proposal, app.clock.today(), years);
    let codes = std::slice::from_ref(&wanted.procedure);
    let procedure = procedures::store::by_codes(tx, programme.id, codes).await?.remove(&wanted.procedure);
    let Some(procedure) = procedure.filter(|_| faults.is_empty()) else {
        if faults.is_empty() {
            let code: String = wanted.procedure.chars().take(64).collect();
            let message = Message::new("review-unknown-procedure").with("code", code);
            faults.push(UserError::new(UserErrorCode::UnknownCode, &["procedure"], message));
        }
        return Ok(Outcome::Invalid(faults));
    };
    let after = match &stored {
        None => store::insert(tx, &app.clock, &permit, programme.id, procedure.id, &wanted.proposal).await?,
        Some(row) => store::update(tx, &app.clock, &permit, row, procedure.id, &wanted.proposal).await?,
    };
    journal(app, tx, request, &permit, (stored.as_ref(), &after), None).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Withdraws, decides, records as carried out, corrects that, or takes a decision back.
pub async fn take_step(app: &App, request: &RequestContext, wanted: StepRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = step_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

struct Located {
    programme: programme::Model,
    organisation: organisation::Model,
    row: procedure_review::Model,
}

/// The programme is looked up as the caller; the record as the server: whether the caller may do something with
/// it is for the policy to say, with a reason.
async fn locate(tx: &DatabaseTransaction, caller: &Caller, wanted: &StepRequest) -> ApiResult<Located> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let shown: String = wanted.code.chars().take(64).collect();
    let missing = || ApiError::not_found("kind-review", &shown);
    let row = store::by_code(tx, &Viewer::server(), programme.id, &wanted.code).await?.ok_or_else(missing)?;
    let organisation = organisations::store::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop();
    Ok(Located { programme, organisation: organisation.ok_or_else(missing)?, row })
}

async fn step_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<Done> {
    let Located { programme, organisation, row } = locate(tx, &request.caller, wanted).await?;
    let action = wanted.step.action();
    let written = match &request.caller {
        Caller::Person(person) => !store::written_by(tx, vec![row.id], person.person_id).await?.is_empty(),
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, action, &organisation, written).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: action.as_str(),
        input: format!("{:?}", StepRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if let Some(fault) = rules::wrong_state(action, state_of(&row)?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let (change, faults) = change_of(app, &permit, &row, &wanted.step)?;
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let after = store::advance(tx, &app.clock, &permit, &row, change).await?;
    if action != Action::WithdrawReview {
        let figures = sums::figures(&store::counted(tx, programme.id).await?);
        let measures = &sums::MEASURES;
        indicator::service::project_register(tx, &app.clock, &permit, programme.id, measures, &figures).await?;
    }
    let reason = match &wanted.step {
        Step::Withdraw { reason } | Step::Decide { reason, .. } => kept(reason.as_deref()),
        Step::Correct { reason, .. } | Step::Revoke { reason } => kept(Some(reason)),
        Step::Implement { .. } => None,
    };
    journal(app, tx, request, &permit, (Some(&row), &after), reason.as_deref()).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What a step writes, and what is wrong with it.
fn change_of(
    app: &App,
    permit: &Permit,
    row: &procedure_review::Model,
    step: &Step,
) -> ApiResult<(procedure_review::ActiveModel, Vec<UserError>)> {
    let today = app.clock.today();
    let mut change = procedure_review::ActiveModel::default();
    let (state, faults) = match step {
        Step::Withdraw { reason } => {
            // Withdrawn on the day it was proposed at the earliest, whatever the clock of the machine says.
            change.withdrawn_on = Set(Some(today.max(row.proposed_on)));
            let long = reason.as_deref().filter(|reason| !reason.trim().is_empty());
            let faults = long.and_then(|reason| rules::text("reason", reason, rules::MAX_TEXT));
            (ReviewState::Withdrawn, faults.into_iter().collect())
        }
        Step::Decide { decision, number, date, reason } => {
            change.decision_number = Set(kept(number.as_deref()));
            change.decision_date = Set(Some(*date));
            change.decision_reason = Set(kept(reason.as_deref()));
            change.decided_by = Set(Some(permit.person()?));
            let days = (row.proposed_on, *date, today);
            let state = match decision {
                ReviewDecision::Approve => ReviewState::Approved,
                ReviewDecision::Reject => ReviewState::Rejected,
            };
            (state, rules::check_decision(*decision, number.as_deref(), reason.as_deref(), days))
        }
        Step::Implement { on, decision } => {
            let decided_on = row.decision_date.ok_or_else(|| ApiError::internal("approved without a day"))?;
            change.implemented_on = Set(Some(*on));
            change.implementing_decision = Set(kept(decision.as_deref()));
            let faults = rules::check_implementation(decision.as_deref(), (decided_on, *on, today));
            (ReviewState::Implemented, faults)
        }
        Step::Correct { on, decision, reason } => {
            let (Some(decided_on), Some(recorded)) = (row.decision_date, row.implemented_on) else {
                return Err(ApiError::internal("carried out without a day"));
            };
            let day = on.unwrap_or(recorded);
            let given = decision.as_ref().and_then(|decision| decision.as_deref());
            let number = match decision {
                None => row.implementing_decision.clone(),
                Some(decision) => kept(decision.as_deref()),
            };
            let mut faults = rules::check_implementation(given, (decided_on, day, today));
            faults.extend(rules::text("reason", reason, rules::MAX_TEXT));
            if (day, &number) == (recorded, &row.implementing_decision) && faults.is_empty() {
                faults.push(UserError::new(UserErrorCode::Required, &[], Message::new("review-corrects-nothing")));
            }
            change.implemented_on = Set(Some(day));
            change.implementing_decision = Set(number);
            (ReviewState::Implemented, faults)
        }
        Step::Revoke { reason } => {
            change.decision_number = Set(None);
            change.decision_date = Set(None);
            change.decision_reason = Set(None);
            change.decided_by = Set(None);
            change.implemented_on = Set(None);
            change.implementing_decision = Set(None);
            (ReviewState::Proposed, rules::text("reason", reason, rules::MAX_TEXT).into_iter().collect())
        }
    };
    change.state = Set(state.as_str().to_owned());
    Ok((change, faults))
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (before, after): (Option<&procedure_review::Model>, &procedure_review::Model),
    reason: Option<&str>,
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "procedure_review",
        record_id: Some(after.id),
        programme_id: Some(after.programme_id),
        reason,
        before: before.map(described),
        after: Some(described(after)),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &procedure_review::Model) -> Json {
    json!({
        "code": row.code,
        "procedure": row.procedure_id,
        "year": row.year,
        "proposedOn": row.proposed_on,
        "content": row.content,
        "components": [row.components_before, row.components_after],
        "forms": [row.forms_before, row.forms_after],
        "time": [row.time_before, row.time_after],
        "timeUnit": row.time_unit,
        "costVnd": [row.cost_before_vnd, row.cost_after_vnd],
        "state": row.state,
        "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date,
        "decisionReason": row.decision_reason,
        "decidedBy": row.decided_by,
        "implementedOn": row.implemented_on,
        "implementingDecision": row.implementing_decision,
        "withdrawnOn": row.withdrawn_on,
        "version": row.version,
    })
}

/// The state of a stored review.
pub fn state_of(row: &procedure_review::Model) -> ApiResult<ReviewState> {
    Ok(row.state.parse()?)
}

/// What a caller may do with a review, answered from the tables that enforce it.
pub fn allowed_actions(caller: &Caller, state: ReviewState, subject: &Subject<'_>) -> Vec<AllowedAction> {
    rules::REVIEW_ACTIONS
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
