//! Use cases of classifying by autonomy: propose, appraise, decide; and what the register counts.

use chrono::NaiveDate;
use entity::autonomy::autonomy_classification;
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, MEASURES};
use super::rules::{self, Against, Class, Levels, Money, Proposal, Span};
use super::{AutonomyAppraisal, AutonomyDecision, AutonomyState, store};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::parameter::Code;
use base::parameter::rules::holds_on;
use base::parameter::store as parameters;
use base::permit::permit_on;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
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
    /// Code of the unit.
    pub organisation: String,
    /// The proposal.
    pub proposal: Proposal,
    /// The version of the last edition that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What becomes of a proposal.
#[derive(Debug, Clone)]
pub enum Step {
    /// The finance division says what it thinks of it.
    Appraise {
        /// Whether it may be decided.
        decision: AutonomyAppraisal,
        /// In words; the reason where it is returned.
        opinion: String,
    },
    /// The Chair decides.
    Decide {
        /// What.
        decision: AutonomyDecision,
        /// Number of the decision.
        number: Option<String>,
        /// Its day.
        date: Option<NaiveDate>,
        /// First day on which it holds.
        effective_from: Option<NaiveDate>,
        /// Why it is returned.
        reason: Option<String>,
    },
}

impl Step {
    fn action(&self) -> Action {
        match self {
            Step::Appraise { .. } => Action::AppraiseAutonomy,
            Step::Decide { .. } => Action::DecideAutonomy,
        }
    }
}

/// Which step of which proposal.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit.
    pub organisation: String,
    /// First year of the stability period.
    pub from_year: i32,
    /// The step.
    pub step: Step,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<autonomy_classification::Model>;

/// Proposes how a unit is classified, changes the proposal, or proposes the next edition of what is decided.
pub async fn propose(app: &App, request: &RequestContext, wanted: ProposeRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = propose_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn unit_of(
    tx: &DatabaseTransaction,
    caller: &Caller,
    programme: Option<&str>,
    code: &str,
) -> ApiResult<(programme::Model, organisation::Model)> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, programme).await?;
    let unit = organisations::by_code(tx, &viewer, Some(&programme.code), code).await?;
    Ok((programme, unit))
}

/// The thresholds that hold on a day; none before the first.
async fn levels_on(connection: &impl ConnectionTrait, programme_id: Uuid, day: NaiveDate) -> ApiResult<Option<Levels>> {
    let rows = parameters::of_code(connection, programme_id, Code::AutonomyLevels).await?;
    let Some(row) = rows.into_iter().find(|row| holds_on((row.effective_from, row.effective_to), day)) else {
        return Ok(None);
    };
    let levels = row.value_text.as_deref().and_then(Levels::parse);
    levels.map(Some).ok_or_else(|| ApiError::internal("AUTONOMY_LEVELS is no list of falling percentages"))
}

async fn propose_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ProposeRequest,
) -> ApiResult<Done> {
    let (programme, unit) = unit_of(tx, &request.caller, wanted.programme.as_deref(), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::ProposeAutonomy, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::ProposeAutonomy.as_str(),
        input: format!("{:?}", ProposeRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    // One after the other: that no two periods of a unit share a year is not for the database to say.
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let stored = store::latest(tx, unit.id, wanted.proposal.from_year).await?;
    if let Some(row) = &stored
        && let Some(fault) = rules::wrong_state(Action::ProposeAutonomy, state_of(row)?)
    {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if stored.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let decided = match &stored {
        Some(row) => state_of(row)? == AutonomyState::Decided,
        None => false,
    };
    let edition = stored.as_ref().map_or(1, |row| row.edition.saturating_add(i32::from(decided)));
    let today = app.clock.today();
    let levels = levels_on(tx, programme.id, today).await?;
    let levels = levels.ok_or_else(|| ApiError::internal("parameters.toml has no AUTONOMY_LEVELS for today"))?;
    let others = store::decided_beside(tx, unit.id, wanted.proposal.from_year).await?;
    let held = parameters::in_force(tx, programme.id, today).await?;
    let against = Against {
        unit: &unit,
        others: &others,
        levels,
        most_years: held.count(Code::AutonomyYears)?,
        next_edition: edition > 1,
    };
    let checked = match rules::check(&wanted.proposal, against) {
        Ok(checked) => checked,
        Err(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let content = (&wanted.proposal, &checked, levels);
    let changed = stored.as_ref().filter(|_| !decided);
    let after = match changed {
        Some(row) => store::update(tx, &app.clock, &permit, row, content).await?,
        None => store::insert(tx, &app.clock, &permit, (programme.id, edition), content).await?,
    };
    journal(app, tx, request, &permit, (changed, &after), after.reason.as_deref()).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Appraises, decides or returns a proposal.
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
    let (programme, unit) = unit_of(tx, &request.caller, wanted.programme.as_deref(), &wanted.organisation).await?;
    let action = wanted.step.action();
    let row = store::latest(tx, unit.id, wanted.from_year).await?;
    let written = match (&request.caller, &row) {
        (Caller::Person(person), Some(row)) => {
            let author = !store::written_by(tx, vec![row.id], person.person_id).await?.is_empty();
            own_work(action, row, person.person_id, author)
        }
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, action, &unit, written).await?;
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
    let missing = || ApiError::not_found("kind-autonomy", format!("{} {}", unit.code, wanted.from_year));
    let row = row.ok_or_else(missing)?;
    if let Some(fault) = rules::wrong_state(action, state_of(&row)?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let change = match &wanted.step {
        Step::Appraise { decision, opinion } => appraisal(app, &permit, *decision, opinion)?,
        Step::Decide { decision: AutonomyDecision::Return, reason, .. } => {
            match rules::check_opinion("reason", reason.as_deref()) {
                Some(fault) => Err(vec![fault]),
                None => Ok(returned(reason.as_deref().unwrap_or_default())),
            }
        }
        Step::Decide { number, date, effective_from, .. } => {
            decision(app, tx, &permit, (&unit, &row), (number.as_deref(), *date, *effective_from)).await?
        }
    };
    let change = match change {
        Ok(change) => change,
        Err(faults) => return Ok(Outcome::Invalid(faults)),
    };
    if let Some(from) = change.effective_from.try_as_ref().copied().flatten() {
        supersede(tx, &app.clock, &permit, &row, from).await?;
    }
    let after = store::advance(tx, &app.clock, &permit, &row, change).await?;
    if state_of(&after)? == AutonomyState::Decided {
        project(&app.clock, tx, &permit, programme.id).await?;
    }
    let reason = after.returned_reason.as_deref().filter(|_| after.state == AutonomyState::Returned.as_str());
    journal(app, tx, request, &permit, (Some(&row), &after), reason).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What a step writes, or what is wrong with it.
type Change = Result<autonomy_classification::ActiveModel, Vec<UserError>>;

fn returned(reason: &str) -> autonomy_classification::ActiveModel {
    autonomy_classification::ActiveModel {
        state: Set(AutonomyState::Returned.as_str().to_owned()),
        returned_reason: Set(Some(reason.trim().to_owned())),
        appraised_by: Set(None),
        appraised_on: Set(None),
        appraisal_opinion: Set(None),
        ..Default::default()
    }
}

fn appraisal(app: &App, permit: &Permit, decision: AutonomyAppraisal, opinion: &str) -> ApiResult<Change> {
    if let Some(fault) = rules::check_opinion("opinion", Some(opinion)) {
        return Ok(Err(vec![fault]));
    }
    Ok(Ok(match decision {
        AutonomyAppraisal::Return => returned(opinion),
        AutonomyAppraisal::Agree => autonomy_classification::ActiveModel {
            state: Set(AutonomyState::Appraised.as_str().to_owned()),
            appraised_by: Set(Some(permit.person()?)),
            appraised_on: Set(Some(app.clock.today())),
            appraisal_opinion: Set(Some(opinion.trim().to_owned())),
            ..Default::default()
        },
    }))
}

async fn decision(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    (unit, row): (&organisation::Model, &autonomy_classification::Model),
    (number, date, from): (Option<&str>, Option<NaiveDate>, Option<NaiveDate>),
) -> ApiResult<Change> {
    let (Some(date), Some(from)) = (date, from) else {
        let missing = [
            ("decisionNumber", number.is_none_or(|number| number.trim().is_empty())),
            ("decisionDate", date.is_none()),
            ("effectiveFrom", from.is_none()),
        ];
        let missing = missing.into_iter().filter(|(_, missing)| *missing);
        let fault = |(field, _): (&str, bool)| {
            let message = Message::new("autonomy-decision-needs").with("field", field);
            UserError::new(UserErrorCode::Required, &[field], message)
        };
        return Ok(Err(missing.map(fault).collect()));
    };
    let span = Span { from: row.from_year, to: row.to_year };
    let number = number.unwrap_or_default();
    let mut faults = rules::check_decision((number, date, from), span, unit, app.clock.today());
    faults.extend(rules::overlapping(span, &store::decided_beside(tx, unit.id, row.from_year).await?));
    // The thresholds are those of the decision's day, and stay with it.
    let Some(levels) = levels_on(tx, row.programme_id, date).await? else {
        let message = Message::new("autonomy-no-levels").with("day", date.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["decisionDate"], message));
        return Ok(Err(faults));
    };
    let money = Money {
        revenue: row.revenue_vnd,
        expenditure: row.expenditure_vnd,
        invests: row.investment_self_financed,
        investment: row.investment_vnd,
    };
    let computed =
        rules::class_of(money, levels).ok_or_else(|| ApiError::internal("classified without expenditure"))?;
    let proposed = Class::of(&row.proposed_group, row.proposed_band.as_deref())?;
    faults.extend(rules::differs(computed, proposed, row.explanation.as_deref()).map(|mut fault| {
        fault.field = vec!["decisionDate".to_owned()];
        fault
    }));
    let Some((_, last)) = span.days().filter(|_| faults.is_empty()) else { return Ok(Err(faults)) };
    Ok(Ok(autonomy_classification::ActiveModel {
        state: Set(AutonomyState::Decided.as_str().to_owned()),
        levels: Set(levels.to_string()),
        computed_group: Set(computed.group.as_str().to_owned()),
        computed_band: Set(computed.band.map(|band| band.as_str().to_owned())),
        decision_number: Set(Some(number.trim().to_owned())),
        decision_date: Set(Some(date)),
        decided_by: Set(Some(permit.person()?)),
        effective_from: Set(Some(from)),
        effective_to: Set(Some(last)),
        ..Default::default()
    }))
}

/// Leaves the editions before one the days up to the day on which it holds.
async fn supersede(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &autonomy_classification::Model,
    from: NaiveDate,
) -> ApiResult<()> {
    for before in store::decided_before(tx, row).await? {
        let (Some(first), Some(last)) = (before.effective_from, before.effective_to) else { continue };
        let change = autonomy_classification::ActiveModel {
            state: Set(AutonomyState::Superseded.as_str().to_owned()),
            effective_to: Set(Some(rules::cut_short((first, last), from))),
            ..Default::default()
        };
        store::advance(tx, clock, permit, &before, change).await?;
    }
    Ok(())
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = store::by_id(tx, id).await?;
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (before, after): (Option<&autonomy_classification::Model>, &autonomy_classification::Model),
    reason: Option<&str>,
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "autonomy_classification",
        record_id: Some(after.id),
        programme_id: Some(after.programme_id),
        reason,
        before: before.map(described),
        after: Some(described(after)),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &autonomy_classification::Model) -> Json {
    json!({
        "fromYear": row.from_year, "toYear": row.to_year, "edition": row.edition,
        "recurrentRevenue": row.revenue_vnd, "recurrentExpenditure": row.expenditure_vnd,
        "investmentAmount": row.investment_vnd, "levels": row.levels,
        "computed": [row.computed_group, row.computed_band], "proposed": [row.proposed_group, row.proposed_band],
        "explanation": row.explanation, "reason": row.reason, "state": row.state,
        "returnedReason": row.returned_reason, "appraisedBy": row.appraised_by, "appraisedOn": row.appraised_on,
        "appraisalOpinion": row.appraisal_opinion, "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date, "decidedBy": row.decided_by, "effectiveFrom": row.effective_from,
        "effectiveTo": row.effective_to, "version": row.version,
    })
}

/// The state of a stored classification.
pub fn state_of(row: &autonomy_classification::Model) -> ApiResult<AutonomyState> {
    Ok(row.state.parse()?)
}

/// Whether an action would be somebody's decision about his own work: whoever appraised does not decide either.
pub fn own_work(action: Action, row: &autonomy_classification::Model, person_id: Uuid, author: bool) -> bool {
    author || (action == Action::DecideAutonomy && row.appraised_by == Some(person_id))
}

/// What a caller may do with a classification, answered from the tables that enforce it. Only the last edition is open:
/// an earlier one is SUPERSEDED, or waits for the one that is proposed.
pub fn allowed_actions(
    caller: &Caller,
    row: &autonomy_classification::Model,
    author: bool,
    subject: &Subject<'_>,
) -> ApiResult<Vec<AllowedAction>> {
    let state = state_of(row)?;
    let decide = |action: Action| {
        let written = match caller {
            Caller::Person(person) => own_work(action, row, person.person_id, author),
            _ => false,
        };
        let subject = Subject { written_by_caller: written, ..subject.clone() };
        let denied = match policy::permit(caller, action, &subject) {
            Err(refused) => Some(refused.denial.message()),
            Ok(_) => rules::wrong_state(action, state).map(|fault| fault.message),
        };
        AllowedAction { action, denied }
    };
    Ok(rules::AUTONOMY_ACTIONS.into_iter().map(decide).collect())
}

/// What the register counts of a programme.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<indicator::figures::RegisterFigure>> {
    let held = store::held(connection, programme_id).await?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    Ok(figures::figures(&store::units(connection, programme_id).await?, &held))
}

/// Writes the register's measures; asked too when units come or go.
pub async fn project(clock: &Clock, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures(tx, programme_id).await?;
    indicator::service::project_register(tx, clock, permit, programme_id, &MEASURES, &figures).await
}
