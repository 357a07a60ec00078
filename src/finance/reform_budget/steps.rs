//! The steps that a line of the budget of the reform takes: submitted, appraised by both sides, decided, supplemented,
//! spent.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::organisation::{organisation, programme};
use entity::reform_budget::reform_budget_line;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};

use super::rules::{self, Appraisals, Given, Said, Spent, Standing};
use super::service::{Done, described, journal, project, repeated, state_of, too_large};
use super::store::events::{self, NewMonth};
use super::store::{self, totals};
use super::{
    ReformAllocationKind, ReformBudgetAppraisalDecision, ReformBudgetDecision, ReformBudgetSide, ReformBudgetState,
};
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{shown, text};
use kernel::i18n::Message;
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::text::trimmed;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Begun;
use spending::budget;

/// What becomes of a line.
#[derive(Debug, Clone)]
pub enum Step {
    /// The head signs and sends it.
    Submit,
    /// One side appraises it, or returns it.
    Appraise {
        /// Who.
        side: ReformBudgetSide,
        /// An amount, or back to the unit.
        decision: ReformBudgetAppraisalDecision,
        /// What is thought right.
        amount: Option<i64>,
        /// In words; the reason where it is returned.
        opinion: String,
    },
    /// The Chair gives money to it, or none.
    Decide {
        /// Which.
        decision: ReformBudgetDecision,
        /// How much.
        amount: Option<i64>,
        /// Number of the decision.
        number: Option<String>,
        /// Its day.
        date: Option<NaiveDate>,
        /// Why more than was appraised, or why none.
        reason: Option<String>,
    },
    /// The Chair supplements or adjusts what was given.
    Supplement {
        /// How.
        kind: ReformAllocationKind,
        /// By how much.
        amount: i64,
        /// Number of the decision.
        number: String,
        /// Its day.
        date: NaiveDate,
        /// Why.
        explanation: Option<String>,
    },
    /// What was spent by the end of a month.
    Spend {
        /// The month of the budget year.
        period: String,
        /// Cumulative.
        spent: i64,
        /// Why it is more than was given.
        explanation: Option<String>,
        /// Why it corrects, or falls.
        reason: Option<String>,
    },
}

impl Step {
    fn action(&self) -> Action {
        match self {
            Step::Submit => Action::SubmitReformBudget,
            Step::Appraise { side: ReformBudgetSide::Finance, .. } => Action::AppraiseReformBudgetFinance,
            Step::Appraise { side: ReformBudgetSide::StandingBody, .. } => Action::AppraiseReformBudgetStanding,
            Step::Decide { .. } => Action::DecideReformBudget,
            Step::Supplement { .. } => Action::SupplementReformBudget,
            Step::Spend { .. } => Action::RecordReformSpending,
        }
    }
}

/// Which step of which line.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The line's code.
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

/// Takes a step.
pub async fn take(app: &App, request: &RequestContext, wanted: StepRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = take_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

struct Located {
    programme: programme::Model,
    organisation: organisation::Model,
    row: reform_budget_line::Model,
}

/// The programme is looked up as the caller; the record as the server: whether the caller may do something with it is for
/// the policy to say, with a reason.
async fn locate(tx: &DatabaseTransaction, caller: &Caller, wanted: &StepRequest) -> ApiResult<Located> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-reform-budget-line", shown(&wanted.code));
    let row = store::by_code(tx, &Viewer::server(), programme.id, &wanted.code).await?.ok_or_else(missing)?;
    let organisation = organisations::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop();
    Ok(Located { programme, organisation: organisation.ok_or_else(missing)?, row })
}

/// What a step does with the line itself, and what the journal keeps beside it.
struct Taken {
    change: reform_budget_line::ActiveModel,
    more: Json,
    reason: Option<String>,
}

type Outcoming = Result<Taken, Vec<UserError>>;

async fn take_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<Done> {
    let Located { programme, organisation, row } = locate(tx, &request.caller, wanted).await?;
    let action = wanted.step.action();
    let appraisals = events::in_round(&row, &events::appraisals(tx, vec![row.id]).await?)?;
    let written = match &request.caller {
        Caller::Person(person) => {
            appraisals.own_work(action, person.person_id)
                || !store::written_by(tx, vec![row.id], person.person_id).await?.is_empty()
        }
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
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    if let Some(fault) = rules::wrong_state(action, state_of(&row)?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    if let Some(fault) = budget::form::closed(tx, programme.id, row.fiscal_year, "code").await? {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let at = At { app, tx, permit: &permit, row: &row };
    let taken = match &wanted.step {
        Step::Submit => submit(&at).await?,
        Step::Appraise { side, decision, amount, opinion } => {
            appraise(&at, appraisals, (*side, *decision), (*amount, opinion)).await?
        }
        Step::Decide { decision: ReformBudgetDecision::Reject, reason, .. } => reject(&at, reason.as_deref())?,
        Step::Decide { amount, number, date, reason, .. } => {
            let decision = (number.as_deref(), *date, reason.as_deref());
            allocate(&at, &appraisals, *amount, decision).await?
        }
        Step::Supplement { kind, amount, number, date, explanation } => {
            give(&at, (*kind, *amount), (number, *date, explanation.as_deref()), "explanation").await?
        }
        Step::Spend { period, spent, explanation, reason } => {
            match spend(&at, period, *spent, (explanation.as_deref(), reason.as_deref())).await? {
                // What is recorded alike already is nothing new.
                None => {
                    idempotency::finish(tx, &permit, &key, row.id).await?;
                    return Ok(Outcome::Done(row));
                }
                Some(taken) => taken,
            }
        }
    };
    let Taken { change, more, reason } = match taken {
        Ok(taken) => taken,
        Err(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let after = store::advance(tx, &app.clock, &permit, &row, change).await?;
    project(&app.clock, tx, &permit, (programme.id, row.fiscal_year)).await?;
    let mut told = described(&after);
    if let (Json::Object(told), Json::Object(more)) = (&mut told, more) {
        told.extend(more);
    }
    journal(app, tx, request, &permit, (Some(described(&row)), told), (&after, reason.as_deref())).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Where a step is taken.
struct At<'a> {
    app: &'a App,
    tx: &'a DatabaseTransaction,
    permit: &'a Permit,
    row: &'a reform_budget_line::Model,
}

fn state(state: ReformBudgetState) -> reform_budget_line::ActiveModel {
    reform_budget_line::ActiveModel { state: Set(state.as_str().to_owned()), ..Default::default() }
}

async fn submit(at: &At<'_>) -> ApiResult<Outcoming> {
    // Whoever signs a line does not appraise it.
    store::add_author(at.tx, at.permit, at.row.id).await?;
    let change = reform_budget_line::ActiveModel {
        round: Set(at.row.round.saturating_add(1)),
        submitted_on: Set(Some(at.app.clock.today())),
        ..state(ReformBudgetState::Submitted)
    };
    Ok(Ok(Taken { change, more: Json::Null, reason: None }))
}

async fn appraise(
    at: &At<'_>,
    mut appraisals: Appraisals,
    (side, decision): (ReformBudgetSide, ReformBudgetAppraisalDecision),
    (amount, opinion): (Option<i64>, &str),
) -> ApiResult<Outcoming> {
    let agrees = decision == ReformBudgetAppraisalDecision::Agree;
    let faults = rules::check_appraisal(amount, agrees, opinion);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let amount = amount.filter(|_| agrees);
    let said = events::appraise(at.tx, &at.app.clock, at.permit, at.row, (side, amount, opinion)).await?;
    let more = json!({ "appraisal": { "side": side, "amount": amount, "opinion": said.opinion } });
    let Some(amount) = amount else {
        let change = reform_budget_line::ActiveModel {
            submitted_on: Set(None),
            appraised_vnd: Set(None),
            returned_reason: Set(Some(said.opinion.clone())),
            ..state(ReformBudgetState::Returned)
        };
        return Ok(Ok(Taken { change, more, reason: Some(said.opinion) }));
    };
    appraisals.take(side, Said { by: said.appraised_by, amount });
    let agreed = appraisals.agreed();
    let next = if agreed.is_some() { ReformBudgetState::Appraised } else { ReformBudgetState::Submitted };
    let change = reform_budget_line::ActiveModel { appraised_vnd: Set(agreed), ..state(next) };
    Ok(Ok(Taken { change, more, reason: None }))
}

fn reject(at: &At<'_>, reason: Option<&str>) -> ApiResult<Outcoming> {
    if let Some(fault) = text(&["reason"], reason.unwrap_or_default(), rules::MAX_TEXT) {
        return Ok(Err(vec![fault]));
    }
    let reason = trimmed(reason).map(str::to_owned);
    let change = reform_budget_line::ActiveModel {
        rejected_on: Set(Some(at.app.clock.today())),
        rejected_reason: Set(reason.clone()),
        decided_by: Set(Some(at.permit.person()?)),
        ..state(ReformBudgetState::Rejected)
    };
    Ok(Ok(Taken { change, more: Json::Null, reason }))
}

async fn allocate(
    at: &At<'_>,
    appraisals: &Appraisals,
    amount: Option<i64>,
    (number, date, reason): (Option<&str>, Option<NaiveDate>, Option<&str>),
) -> ApiResult<Outcoming> {
    if let Some(fault) = rules::not_agreed(appraisals) {
        return Ok(Err(vec![fault]));
    }
    let (Some(amount), Some(date)) = (amount, date) else {
        let missing = [
            ("amount", amount.is_none()),
            ("decisionNumber", trimmed(number).is_none()),
            ("decisionDate", date.is_none()),
        ];
        let fault = |(field, _): (&str, bool)| {
            let message = Message::new("reform-budget-decision-needs").with("field", field);
            UserError::new(UserErrorCode::Required, &[field], message)
        };
        return Ok(Err(missing.into_iter().filter(|(_, missing)| *missing).map(fault).collect()));
    };
    let initial = (ReformAllocationKind::Initial, amount);
    let mut outcome = give(at, initial, (number.unwrap_or_default(), date, reason), "reason").await?;
    if let Ok(taken) = &mut outcome {
        taken.change.state = Set(ReformBudgetState::Allocated.as_str().to_owned());
        taken.change.decided_by = Set(Some(at.permit.person()?));
    }
    Ok(outcome)
}

/// Gives money by a decision. `explained_in` is the field that says why.
async fn give(
    at: &At<'_>,
    (kind, amount): (ReformAllocationKind, i64),
    (number, date, explanation): (&str, NaiveDate, Option<&str>),
    explained_in: &str,
) -> ApiResult<Outcoming> {
    let (tx, row) = (at.tx, at.row);
    let known = events::allocations(tx, vec![row.id]).await?;
    let months = events::spending(tx, vec![row.id]).await?;
    let has = Standing {
        appraised: row.appraised_vnd.unwrap_or(0),
        allocated: known.iter().map(|one| one.amount_vnd).sum(),
        spent: months.last().map_or(0, |month| month.spent_vnd),
    };
    let explanation = trimmed(explanation);
    let given = Given { kind, amount, number, date, explained: explanation.is_some() };
    let mut faults = rules::check_given(given, has, row.fiscal_year, at.app.clock.today());
    for fault in faults.iter_mut().filter(|fault| fault.field == ["explanation"]) {
        fault.field = vec![explained_in.to_owned()];
    }
    faults.extend(rules::optional(explained_in, explanation));
    if kind == ReformAllocationKind::Initial && known.iter().any(|one| one.kind == kind.as_str()) {
        return Err(ApiError::internal("a line that is not allocated has an allocation"));
    }
    if kind != ReformAllocationKind::Initial && known.is_empty() {
        return Err(ApiError::internal("an allocated line has no allocation"));
    }
    if known.iter().any(|one| one.decision_number == number.trim()) {
        let message = Message::new("reform-budget-decision-twice").with("number", number.trim());
        faults.push(UserError::new(UserErrorCode::Duplicate, &["decisionNumber"], message));
    }
    if faults.is_empty() {
        let sums = totals::of_year(tx, row.programme_id, row.fiscal_year).await?;
        faults.extend(too_large(sums.allocated, amount, "amount"));
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    events::allocate(tx, &at.app.clock, at.permit, row, (kind, amount), (number, date, explanation)).await?;
    let more = json!({ "allocation": {
        "kind": kind, "amount": amount, "decisionNumber": number.trim(), "decisionDate": date,
    } });
    Ok(Ok(Taken { change: reform_budget_line::ActiveModel::default(), more, reason: explanation.map(str::to_owned) }))
}

fn month_of(at: &At<'_>, code: &str) -> ApiResult<Result<(Period, i32), UserError>> {
    let period = Period::parse(Calendar::BudgetYear, code)?;
    if period.kind != PeriodKind::Month {
        let message = Message::new("workflow-wrong-kind").with("code", code).with("kinds", PeriodKind::Month.as_str());
        return Err(ApiError::bad_input(message));
    }
    let wrong = |message| UserError::new(UserErrorCode::WrongPeriod, &["period"], message);
    if period.year != at.row.fiscal_year {
        let message = Message::new("budget-period-of-year")
            .with("period", period.code())
            .with("year", at.row.fiscal_year.to_string());
        return Ok(Err(wrong(message)));
    }
    if period.start > at.app.clock.today() {
        return Ok(Err(wrong(Message::new("workflow-future-period").with("start", period.start.to_string()))));
    }
    let month = i32::try_from(period.number).unwrap_or(0);
    Ok(Ok((period, month)))
}

/// None where the month says the same already.
async fn spend(
    at: &At<'_>,
    period: &str,
    spent: i64,
    (explanation, reason): (Option<&str>, Option<&str>),
) -> ApiResult<Option<Outcoming>> {
    let (tx, row) = (at.tx, at.row);
    let (period, month) = match month_of(at, period)? {
        Ok(found) => found,
        Err(fault) => return Ok(Some(Err(vec![fault]))),
    };
    let allocations = events::allocations(tx, vec![row.id]).await?;
    let by_then = allocations.iter().filter(|one| one.decision_date <= period.end).map(|one| one.amount_vnd).sum();
    let stored = events::spending(tx, vec![row.id]).await?;
    // A later edition takes the place of the one before.
    let known: BTreeMap<i32, i64> = stored.iter().map(|one| (one.month, one.spent_vnd)).collect();
    if known.get(&month) == Some(&spent) {
        return Ok(None);
    }
    let (explanation, reason) = (trimmed(explanation), trimmed(reason));
    let weighed = Spent { month, amount: spent, explained: explanation.is_some(), reasoned: reason.is_some() };
    let mut faults = rules::check_spent(weighed, by_then, &known);
    faults.extend(rules::optional("explanation", explanation));
    faults.extend(rules::optional("reason", reason));
    if faults.is_empty() {
        // The year's sum counts the last month: of an earlier one that is corrected it does not change.
        let last = known.last_key_value();
        let more =
            if last.is_none_or(|(last, _)| *last <= month) { spent - last.map_or(0, |(_, amount)| *amount) } else { 0 };
        let sums = totals::of_year(tx, row.programme_id, row.fiscal_year).await?;
        faults.extend(too_large(sums.spent, more, "spent"));
    }
    if !faults.is_empty() {
        return Ok(Some(Err(faults)));
    }
    let edition = stored.iter().filter(|one| one.month == month).map(|one| one.edition).max().unwrap_or(0) + 1;
    let above = rules::above(spent, by_then);
    let new = NewMonth { month, edition, spent, above, explanation, reason };
    events::spend(tx, &at.app.clock, at.permit, row, new).await?;
    let more = json!({ "spending": {
        "period": period.code(), "edition": edition, "spent": spent, "aboveAllocation": above,
        "explanation": explanation, "before": known.get(&month),
    } });
    let change = reform_budget_line::ActiveModel::default();
    Ok(Some(Ok(Taken { change, more, reason: reason.map(str::to_owned) })))
}
