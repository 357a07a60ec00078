//! Use cases of plans and schemes: proposed, decided, carried out.

use chrono::NaiveDate;
use entity::asset::asset_plan;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Located, Target, kind_of, locate, project, still};
use crate::asset::rules;
use crate::asset::rules::Proposal;
use crate::asset::store;
use crate::asset::store::plans as stored_plans;
use crate::asset::{AssetPlanDecision, AssetPlanState, AssetPlanWay, AssetSchemePurpose, PlanSubject};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{code_fault, shown, text};
use kernel::i18n::Message;
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

type Done = Outcome<asset_plan::Model>;

/// What is to be done with an asset.
#[derive(Debug, Clone)]
pub enum Content {
    /// A plan: how it is rearranged.
    Plan(AssetPlanWay),
    /// A scheme: for what it is used, first and last day, revenue expected in đồng.
    Scheme(AssetSchemePurpose, NaiveDate, NaiveDate, i64),
}

impl Content {
    fn subject(&self) -> PlanSubject {
        match self {
            Content::Plan(_) => PlanSubject::Rearrangement,
            Content::Scheme(..) => PlanSubject::Exploitation,
        }
    }

    fn way(&self) -> &'static str {
        match self {
            Content::Plan(way) => way.as_str(),
            Content::Scheme(purpose, ..) => purpose.as_str(),
        }
    }
}

/// A plan or scheme to propose, or to change while it is not decided.
#[derive(Debug, Clone)]
pub struct ProposeRequest {
    /// Which plan.
    pub target: Target,
    /// Code of the asset.
    pub asset: String,
    /// What is to be done.
    pub content: Content,
    /// When it was proposed.
    pub proposed_on: NaiveDate,
    /// In words.
    pub text: String,
}

/// A decision about a plan or scheme.
#[derive(Debug, Clone)]
pub struct DecideRequest {
    /// Which plan.
    pub target: Target,
    /// Which decision.
    pub decision: AssetPlanDecision,
    /// Its number.
    pub number: Option<String>,
    /// Its day.
    pub date: NaiveDate,
    /// Why.
    pub reason: Option<String>,
}

/// That a plan was carried out, or a scheme has ended.
#[derive(Debug, Clone)]
pub struct CompleteRequest {
    /// Which plan.
    pub target: Target,
    /// When; none says that it was not carried out after all.
    pub done_on: Option<NaiveDate>,
    /// Why, where it corrects what was recorded.
    pub reason: Option<String>,
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid) -> ApiResult<Done> {
    let row = stored_plans::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

/// The stored state of a plan.
pub fn state_of(row: &asset_plan::Model) -> ApiResult<AssetPlanState> {
    Ok(row.state.parse()?)
}

/// Proposes a plan or scheme, or changes it while it is not decided.
pub async fn propose(app: &App, request: &RequestContext, wanted: ProposeRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = propose_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn propose_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ProposeRequest,
) -> ApiResult<Done> {
    let target = &wanted.target;
    let Located { programme, holder, row: asset } =
        locate(tx, &request.caller, target.programme.as_deref(), wanted.asset.trim()).await?;
    let permit = permit_on(tx, &request.caller, Action::ProposeAssetPlan, &holder, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    still(tx, &asset).await?;
    let subject = wanted.content.subject();
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: subject.as_str(),
        input: format!("{:?}", ProposeRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let code = target.code.trim();
    let stored = stored_plans::by_code(tx, &Viewer::server(), programme.id, code).await?;
    if let Some(row) = &stored {
        if row.asset_id != asset.id || row.subject != subject.as_str() {
            let message = Message::new("asset-plan-code-taken").with("code", shown(code));
            return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::Duplicate, &["code"], message)]));
        }
        if let Some(fault) = rules::wrong_state(Action::ProposeAssetPlan, state_of(row)?) {
            return Ok(Outcome::Invalid(vec![fault]));
        }
    }
    if stored.as_ref().map_or(0, |row| row.version) != target.seen() {
        return Err(ApiError::conflict());
    }
    let confirmed = asset.current_id.is_some();
    if let Some(fault) = rules::asset_fault(Action::ProposeAssetPlan, confirmed, asset.draft_id.is_some()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let scheme = match wanted.content {
        Content::Plan(_) => None,
        Content::Scheme(_, from, to, revenue) => Some((from, to, revenue)),
    };
    let proposal =
        Proposal { code: code.to_owned(), proposed_on: wanted.proposed_on, content: wanted.text.clone(), scheme };
    let mut faults: Vec<UserError> = code_fault(&["code"], code).into_iter().collect();
    if subject == PlanSubject::Rearrangement {
        faults.extend(rules::not_rearranged(kind_of(&asset)?));
    }
    faults.extend(rules::check_proposal(&proposal, asset.first_on, app.clock.today()));
    if asset.ended_on.is_some_and(|ended| ended <= wanted.proposed_on) {
        faults.push(super::absent("asset", &asset.code, wanted.proposed_on));
    }
    let others = stored_plans::of_assets(tx, &Viewer::server(), &[asset.id]).await?;
    let open = |row: &&asset_plan::Model| {
        row.subject == subject.as_str() && row.state == AssetPlanState::Proposed.as_str() && row.code != code
    };
    if let Some(open) = others.iter().find(open) {
        let message = Message::new("asset-plan-open").with("code", open.code.as_str());
        faults.push(UserError::new(UserErrorCode::Duplicate, &["asset"], message));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let what = (stored.as_ref(), subject, wanted.content.way());
    let after = stored_plans::save(tx, &app.clock, &permit, &asset, what, &proposal).await?;
    journal(app, tx, request, &permit, (stored.as_ref(), &after), None).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// A plan as it is found by its code, with its asset.
async fn locate_plan(
    tx: &DatabaseTransaction,
    caller: &Caller,
    target: &Target,
) -> ApiResult<(Located, asset_plan::Model)> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, target.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-asset-plan", shown(&target.code));
    let found = stored_plans::by_code(tx, &Viewer::server(), programme.id, &target.code).await?;
    let plan = found.ok_or_else(missing)?;
    let asset = store::by_ids(tx, &Viewer::server(), vec![plan.asset_id]).await?.pop().ok_or_else(missing)?;
    let holder = organisations::by_ids(tx, &viewer, vec![asset.organisation_id]).await?.pop().ok_or_else(missing)?;
    Ok((Located { programme, holder, row: asset }, plan))
}

/// Approves or rejects a plan or scheme.
pub async fn decide(app: &App, request: &RequestContext, wanted: DecideRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = decide_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn decide_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &DecideRequest,
) -> ApiResult<Done> {
    let target = &wanted.target;
    let (Located { programme, holder, row: asset }, plan) = locate_plan(tx, &request.caller, target).await?;
    let written = match &request.caller {
        Caller::Person(person) => !stored_plans::written_by(tx, vec![plan.id], person.person_id).await?.is_empty(),
        _ => false,
    };
    let permit = permit_on(tx, &request.caller, Action::DecideAssetPlan, &holder, written).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    still(tx, &asset).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: Action::DecideAssetPlan.as_str(),
        input: format!("{:?}", DecideRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    if let Some(fault) = rules::wrong_state(Action::DecideAssetPlan, state_of(&plan)?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if plan.version != target.seen() {
        return Err(ApiError::conflict());
    }
    let approves = wanted.decision == AssetPlanDecision::Approve;
    let others = stored_plans::of_assets(tx, &Viewer::server(), &[asset.id]).await?;
    let replaced: Vec<&asset_plan::Model> = if approves { replaced_by(&plan, &others)? } else { Vec::new() };
    // A plan follows the one that it replaces; a scheme may take over from a later day on, and says so by its period.
    let earlier = replaced.iter().filter(|_| plan.subject == PlanSubject::Rearrangement.as_str());
    let first =
        earlier.flat_map(|row| [row.decision_date, row.done_on]).flatten().fold(plan.proposed_on, NaiveDate::max);
    let number = kept(wanted.number.as_deref());
    let reason = kept(wanted.reason.as_deref());
    let decided = (number.as_deref(), wanted.date);
    let days = (first, app.clock.today());
    let mut faults = rules::check_decision(wanted.decision, decided, reason.as_deref(), days);
    if approves && asset.ended_on.is_some_and(|ended| ended <= wanted.date) {
        faults.push(super::absent("decisionDate", &asset.code, wanted.date));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    for row in replaced {
        let from = [Some(wanted.date), plan.period_from, row.decision_date]
            .into_iter()
            .flatten()
            .fold(wanted.date, NaiveDate::max);
        let mut change = asset_plan::ActiveModel { replaced_on: Set(Some(from)), ..Default::default() };
        // What was carried out stays so.
        if state_of(row)? == AssetPlanState::Approved {
            change.state = Set(AssetPlanState::Replaced.as_str().to_owned());
        }
        let after = stored_plans::advance(tx, &app.clock, &permit, row, change).await?;
        journal(app, tx, request, &permit, (Some(row), &after), None).await?;
    }
    let state = if approves { AssetPlanState::Approved } else { AssetPlanState::Rejected };
    let change = asset_plan::ActiveModel {
        state: Set(state.as_str().to_owned()),
        decision_number: Set(number),
        decision_date: Set(Some(wanted.date)),
        decision_reason: Set(reason.clone()),
        decided_by: Set(Some(permit.person()?)),
        ..Default::default()
    };
    let after = stored_plans::advance(tx, &app.clock, &permit, &plan, change).await?;
    if approves {
        project(app, tx, &permit, programme.id).await?;
    }
    // Why a plan was rejected stands in the values, which are for those who may see the proposal.
    let told = reason.as_deref().filter(|_| approves);
    journal(app, tx, request, &permit, (Some(&plan), &after), told).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// The approved ones in whose place a plan or scheme stands once it is approved itself: of a plan, the plan before; of a
/// scheme, those for the same purpose whose days it shares.
fn replaced_by<'a>(plan: &asset_plan::Model, others: &'a [asset_plan::Model]) -> ApiResult<Vec<&'a asset_plan::Model>> {
    let mut found = Vec::new();
    for row in others.iter().filter(|row| row.subject == plan.subject && row.replaced_on.is_none()) {
        let state = state_of(row)?;
        let replaced = match plan.subject.parse()? {
            PlanSubject::Rearrangement => matches!(state, AssetPlanState::Approved | AssetPlanState::Done),
            PlanSubject::Exploitation => {
                state == AssetPlanState::Approved
                    && row.way == plan.way
                    && row.period_from <= plan.period_to
                    && plan.period_from <= row.period_to
            }
        };
        if replaced {
            found.push(row);
        }
    }
    Ok(found)
}

/// Records that a plan was carried out, or that a scheme has ended; corrects that day, or takes it back.
pub async fn complete(app: &App, request: &RequestContext, wanted: CompleteRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = complete_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.target.dry_run, result).await
}

async fn complete_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &CompleteRequest,
) -> ApiResult<Done> {
    let target = &wanted.target;
    let (Located { programme, holder, row: asset }, plan) = locate_plan(tx, &request.caller, target).await?;
    let permit = permit_on(tx, &request.caller, Action::CompleteAssetPlan, &holder, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    still(tx, &asset).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: Action::CompleteAssetPlan.as_str(),
        input: format!("{:?}", CompleteRequest { target: target.without_key(), ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id).await,
    }
    let state = state_of(&plan)?;
    if let Some(fault) = rules::wrong_state(Action::CompleteAssetPlan, state) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if plan.version != target.seen() {
        return Err(ApiError::conflict());
    }
    let decided_on = plan.decision_date.ok_or_else(|| ApiError::internal("approved without a day"))?;
    let today = app.clock.today();
    let reason = kept(wanted.reason.as_deref());
    let mut faults = Vec::new();
    match wanted.done_on {
        Some(day) => {
            let last = plan.replaced_on.map_or(today, |replaced| replaced.min(today));
            faults.extend(rules::check_done(day, decided_on, last));
        }
        None if state == AssetPlanState::Approved => {
            let message = Message::new("asset-plan-done-day");
            faults.push(UserError::new(UserErrorCode::Required, &["doneOn"], message));
        }
        None if plan.replaced_on.is_some() => {
            let message = Message::new("asset-plan-followed");
            faults.push(UserError::new(UserErrorCode::WrongState, &["doneOn"], message));
        }
        None => {}
    }
    if state == AssetPlanState::Done || reason.is_some() {
        faults.extend(text(&["reason"], reason.as_deref().unwrap_or_default(), rules::MAX_TEXT));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let state = if wanted.done_on.is_some() { AssetPlanState::Done } else { AssetPlanState::Approved };
    let change = asset_plan::ActiveModel {
        state: Set(state.as_str().to_owned()),
        done_on: Set(wanted.done_on),
        ..Default::default()
    };
    let after = stored_plans::advance(tx, &app.clock, &permit, &plan, change).await?;
    project(app, tx, &permit, programme.id).await?;
    journal(app, tx, request, &permit, (Some(&plan), &after), reason.as_deref()).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    (before, after): (Option<&asset_plan::Model>, &asset_plan::Model),
    reason: Option<&str>,
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "asset_plan",
        record_id: Some(after.id),
        programme_id: Some(after.programme_id),
        reason,
        before: before.map(described),
        after: Some(described(after)),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &asset_plan::Model) -> Json {
    json!({
        "code": row.code, "asset": row.asset_id, "subject": row.subject, "way": row.way, "proposedOn": row.proposed_on,
        "content": row.content, "periodFrom": row.period_from, "periodTo": row.period_to,
        "expectedRevenue": row.expected_revenue, "state": row.state, "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date, "decisionReason": row.decision_reason, "decidedBy": row.decided_by,
        "doneOn": row.done_on, "replacedOn": row.replaced_on, "version": row.version,
    })
}

/// What a caller may do with a plan or scheme, answered from the tables that enforce it.
pub fn allowed_actions(caller: &Caller, state: AssetPlanState, subject: &Subject<'_>) -> Vec<AllowedAction> {
    rules::PLAN_ACTIONS
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
