//! Use cases of staffing: assigning quotas, the baseline and its approval, changes of the perimeter, and what the
//! cut comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use entity::organisation::{organisation, programme};
use entity::staffing::{perimeter_change, staffing_baseline};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::rules::{self, Decision, PerimeterKind, QuotaInput, StaffCategory};
use super::store::{self, NewPerimeter, NewQuota};
use super::timeline::{self, MEASURES, Unit};
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::parameter;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::MAX_TEXT;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

/// The most lines of one request.
const MAX_LINES: usize = 2_000;

/// Posts that a decision assigns.
#[derive(Debug, Clone)]
pub struct AssignRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The decision.
    pub decision: Decision,
    /// From which day.
    pub effective_from: NaiveDate,
    /// The posts.
    pub quotas: Vec<QuotaInput>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Assigned {
    /// How many were new.
    pub created: usize,
    /// How many were corrected.
    pub changed: usize,
    /// How many stood there already.
    pub unchanged: usize,
}

/// The programme, its top, and leave to do something with its staffing.
struct Entered {
    programme: programme::Model,
    permit: Permit,
}

async fn enter(
    tx: &DatabaseTransaction,
    caller: &Caller,
    code: Option<&str>,
    action: Action,
    written_by_caller: bool,
) -> ApiResult<Entered> {
    let programme = organisations::programme_by_code(tx, &Viewer::of(caller)?, code).await?;
    let root = organisations::root_of(tx, programme.id).await?;
    let permit = permit_on(tx, caller, action, &root, written_by_caller).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    Ok(Entered { programme, permit })
}

/// The organisations of some codes, or a fault for each code that names none of the programme.
async fn found(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    list: &str,
    codes: &[&str],
) -> ApiResult<Result<HashMap<String, organisation::Model>, Vec<UserError>>> {
    let wanted: BTreeSet<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let wanted: Vec<String> = wanted.into_iter().collect();
    let known: HashMap<String, organisation::Model> = organisations::by_codes_in(tx, programme_id, &wanted)
        .await?
        .into_iter()
        .map(|row| (row.code.clone(), row))
        .collect();
    let faults: Vec<UserError> = codes
        .iter()
        .enumerate()
        .filter(|(_, code)| !known.contains_key(**code))
        .map(|(index, code)| {
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let shown: String = code.chars().take(64).collect();
            let message = Message::new("staffing-unknown-organisation").with("line", line).with("code", shown);
            UserError::new(UserErrorCode::UnknownCode, &[list, &index.to_string(), "organisation"], message)
                .at_line(line)
        })
        .collect();
    Ok(if faults.is_empty() { Ok(known) } else { Err(faults) })
}

fn too_many(list: &str, given: usize) -> Option<UserError> {
    (given > MAX_LINES).then(|| {
        let message = Message::new("staffing-too-many").with("max", MAX_LINES).with("given", given);
        UserError::new(UserErrorCode::OutOfRange, &[list], message).expecting(MAX_LINES, given)
    })
}

/// Assigns posts by a decision: idempotent by unit, category, source and first day. All or none.
pub async fn assign(app: &App, request: &RequestContext, wanted: AssignRequest) -> ApiResult<Outcome<Assigned>> {
    let tx = app.db.begin().await?;
    let result = assign_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn assign_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &AssignRequest,
) -> ApiResult<Outcome<Assigned>> {
    let code = wanted.programme.as_deref();
    let Entered { programme, permit } = enter(tx, &request.caller, code, Action::AssignStaffing, false).await?;
    if let Some(fault) = too_many("quotas", wanted.quotas.len()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let mut faults = rules::check_decision(&wanted.decision, app.clock.today());
    faults.extend(rules::check_quotas(&wanted.quotas));
    if wanted.effective_from > programme.end_date {
        faults.push(beyond(&programme, "effectiveFrom"));
    }
    let codes: Vec<&str> = wanted.quotas.iter().map(|quota| quota.organisation.as_str()).collect();
    let known = match found(tx, programme.id, "quotas", &codes).await? {
        Ok(known) => known,
        Err(unknown) => {
            faults.extend(unknown);
            HashMap::new()
        }
    };
    for (index, quota) in wanted.quotas.iter().enumerate() {
        let Some(unit) = known.get(&quota.organisation) else { continue };
        faults.extend(rules::check_there(("quotas", index), unit, (wanted.effective_from, quota.posts)));
    }
    if faults.is_empty() {
        faults = without_baseline(tx, programme.id, &known, wanted).await?;
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let ids: Vec<Uuid> = known.values().map(|row| row.id).collect();
    let stored = store::quotas_from(tx, &ids, wanted.effective_from).await?;
    let mut assigned = Assigned::default();
    let (mut new, mut before, mut after) = (Vec::new(), Map::new(), Map::new());
    for quota in &wanted.quotas {
        let Some(unit) = known.get(&quota.organisation) else { continue };
        let (category, source) = (quota.category.as_str(), quota.funding_source.as_str());
        let key = format!("{} {category} {source} {}", quota.organisation, wanted.effective_from);
        let said = json!({ "posts": quota.posts, "decisionNumber": wanted.decision.number, "decisionDate": wanted.decision.date });
        let row = stored
            .iter()
            .find(|row| row.organisation_id == unit.id && row.category == category && row.funding_source == source);
        match row {
            None => {
                assigned.created += 1;
                new.push(NewQuota { organisation_id: unit.id, category, funding_source: source, posts: quota.posts });
                after.insert(key, said);
            }
            Some(row) => {
                let was = json!({ "posts": row.posts, "decisionNumber": row.decision_number, "decisionDate": row.decision_date });
                if was == said {
                    assigned.unchanged += 1;
                    continue;
                }
                assigned.changed += 1;
                before.insert(key.clone(), was);
                after.insert(key, said);
                store::update_quota(tx, &app.clock, &permit, row, &wanted.decision, quota.posts).await?;
            }
        }
    }
    if after.is_empty() {
        return Ok(Outcome::Done(assigned));
    }
    let from = (&wanted.decision, wanted.effective_from);
    store::insert_quotas(tx, &app.clock, &permit, programme.id, from, &new).await?;
    project(app, tx, &permit, &programme).await?;
    journal(app, tx, request, &permit, &programme, None, (Json::Object(before), Json::Object(after))).await?;
    Ok(Outcome::Done(assigned))
}

/// Once the baseline is frozen, posts that the cut counts need something to be compared with: a line of the baseline,
/// or a change of the perimeter by that day. Else they would read as growth.
async fn without_baseline(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    known: &HashMap<String, organisation::Model>,
    wanted: &AssignRequest,
) -> ApiResult<Vec<UserError>> {
    let counted = |quota: &QuotaInput| quota.category == StaffCategory::PublicEmployeeBudget && quota.posts > 0;
    if !wanted.quotas.iter().any(counted) || !store::is_approved(store::baseline(tx, programme_id).await?.as_ref()) {
        return Ok(Vec::new());
    }
    let (units, _) = store::units(tx, programme_id).await?;
    let comparable: HashSet<Uuid> = units
        .iter()
        .filter(|unit| unit.baseline.is_some() || unit.perimeter.iter().any(|(day, _)| *day <= wanted.effective_from))
        .map(|unit| unit.organisation_id)
        .collect();
    let faults = wanted.quotas.iter().enumerate().filter(|(_, quota)| counted(quota)).filter_map(|(index, quota)| {
        let unit = known.get(&quota.organisation).filter(|unit| !comparable.contains(&unit.id))?;
        let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let message = Message::new("staffing-no-baseline")
            .with("line", line)
            .with("organisation", unit.code.as_str())
            .with("day", wanted.effective_from.to_string());
        let at = ["quotas", &index.to_string(), "organisation"];
        Some(UserError::new(UserErrorCode::WrongState, &at, message).at_line(line))
    });
    Ok(faults.collect())
}

fn beyond(programme: &programme::Model, field: &str) -> UserError {
    let message = Message::new("staffing-beyond-programme").with("end", programme.end_date.to_string());
    UserError::new(UserErrorCode::OutOfRange, &[field], message)
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    programme: &programme::Model,
    reason: Option<&str>,
    (before, after): (Json, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "staffing",
        record_id: Some(programme.id),
        programme_id: Some(programme.id),
        reason,
        before: Some(before),
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

/// The baseline to be entered: the posts of 2025, all units at once.
#[derive(Debug, Clone)]
pub struct BaselineRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Units by code, and their posts.
    pub lines: Vec<(String, i32)>,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Enters the baseline, or changes it while it is not approved.
pub async fn save_baseline(
    app: &App,
    request: &RequestContext,
    wanted: BaselineRequest,
) -> ApiResult<Outcome<staffing_baseline::Model>> {
    let tx = app.db.begin().await?;
    let result = save_baseline_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

fn frozen() -> UserError {
    UserError::new(UserErrorCode::WrongState, &[], Message::new("staffing-baseline-frozen"))
}

async fn save_baseline_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &BaselineRequest,
) -> ApiResult<Outcome<staffing_baseline::Model>> {
    let code = wanted.programme.as_deref();
    let Entered { programme, permit } = enter(tx, &request.caller, code, Action::AssignStaffing, false).await?;
    let known = store::baseline(tx, programme.id).await?;
    if store::is_approved(known.as_ref()) {
        return Ok(Outcome::Invalid(vec![frozen()]));
    }
    if known.as_ref().map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    if let Some(fault) = too_many("lines", wanted.lines.len()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let mut faults = rules::check_baseline(&wanted.lines);
    let codes: Vec<&str> = wanted.lines.iter().map(|(code, _)| code.as_str()).collect();
    let units = match found(tx, programme.id, "lines", &codes).await? {
        Ok(units) => units,
        Err(unknown) => {
            faults.extend(unknown);
            HashMap::new()
        }
    };
    for (index, (code, posts)) in wanted.lines.iter().enumerate() {
        let Some(unit) = units.get(code) else { continue };
        faults.extend(rules::check_there(("lines", index), unit, (begin(&programme), *posts)));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let lines: BTreeMap<Uuid, i32> =
        wanted.lines.iter().filter_map(|(code, posts)| Some((units.get(code)?.id, *posts))).collect();
    let before = store::baseline_lines(tx, programme.id).await?;
    let saved = store::save_baseline(tx, &app.clock, &permit, programme.id, known.as_ref(), &lines).await?;
    let told = (json!({ "baseline": before }), json!({ "baseline": lines }));
    journal(app, tx, request, &permit, &programme, None, told).await?;
    Ok(Outcome::Done(saved))
}

/// The approval of the baseline.
#[derive(Debug, Clone)]
pub struct ApproveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The approving decision.
    pub decision: Decision,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Approves the baseline, once: from here on it is frozen, and the cut is counted.
pub async fn approve_baseline(
    app: &App,
    request: &RequestContext,
    wanted: ApproveRequest,
) -> ApiResult<Outcome<staffing_baseline::Model>> {
    let tx = app.db.begin().await?;
    let result = approve_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn approve_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ApproveRequest,
) -> ApiResult<Outcome<staffing_baseline::Model>> {
    let viewer = Viewer::of(&request.caller)?;
    let code = wanted.programme.as_deref();
    let programme = organisations::programme_by_code(tx, &viewer, code).await?;
    let written = match &request.caller {
        Caller::Person(person) => store::baseline_written_by(tx, programme.id, person.person_id).await?,
        _ => false,
    };
    let Entered { programme, permit } =
        enter(tx, &request.caller, code, Action::ApproveStaffingBaseline, written).await?;
    let Some(row) = store::baseline(tx, programme.id).await? else {
        let message = Message::new("staffing-baseline-missing");
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::WrongState, &[], message)]));
    };
    if store::is_approved(Some(&row)) {
        return Ok(Outcome::Invalid(vec![frozen()]));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let faults = rules::check_decision(&wanted.decision, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let approved = store::approve_baseline(tx, &app.clock, &permit, &row, &wanted.decision).await?;
    project(app, tx, &permit, &programme).await?;
    let told = (
        json!({ "state": row.state }),
        json!({ "state": approved.state, "decisionNumber": approved.decision_number, "decisionDate": approved.decision_date }),
    );
    journal(app, tx, request, &permit, &programme, None, told).await?;
    Ok(Outcome::Done(approved))
}

/// A change of the perimeter.
#[derive(Debug, Clone)]
pub struct PerimeterRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// What it is.
    pub kind: PerimeterKind,
    /// From which day.
    pub effective_on: NaiveDate,
    /// By which decision.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Units by code, and by how many posts.
    pub lines: Vec<(String, i32)>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Records a change of the perimeter; it is never changed or removed, another one sets it right.
pub async fn record_perimeter(
    app: &App,
    request: &RequestContext,
    wanted: PerimeterRequest,
) -> ApiResult<Outcome<perimeter_change::Model>> {
    let tx = app.db.begin().await?;
    let result = perimeter_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn perimeter_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &PerimeterRequest,
) -> ApiResult<Outcome<perimeter_change::Model>> {
    let code = wanted.programme.as_deref();
    let Entered { programme, permit } = enter(tx, &request.caller, code, Action::AssignStaffing, false).await?;
    let baseline = store::baseline(tx, programme.id).await?;
    if !store::is_approved(baseline.as_ref()) {
        let message = Message::new("staffing-baseline-not-approved");
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::WrongState, &[], message)]));
    }
    if let Some(fault) = too_many("lines", wanted.lines.len()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let mut faults = rules::check_decision(&wanted.decision, app.clock.today());
    faults.extend(rules::check_perimeter(wanted.kind, &wanted.lines));
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT {
        let message = Message::new("staffing-reason").with("max", MAX_TEXT);
        faults.push(UserError::new(UserErrorCode::Required, &["reason"], message));
    }
    if wanted.effective_on <= begin(&programme) || wanted.effective_on > programme.end_date {
        let message = Message::new("staffing-outside-programme")
            .with("start", programme.start_date.to_string())
            .with("end", programme.end_date.to_string());
        faults.push(UserError::new(UserErrorCode::OutOfRange, &["effectiveOn"], message));
    }
    let codes: Vec<&str> = wanted.lines.iter().map(|(code, _)| code.as_str()).collect();
    let known = match found(tx, programme.id, "lines", &codes).await? {
        Ok(known) => known,
        Err(unknown) => {
            faults.extend(unknown);
            HashMap::new()
        }
    };
    for (index, (code, posts)) in wanted.lines.iter().enumerate() {
        let Some(unit) = known.get(code) else { continue };
        faults.extend(rules::check_there(("lines", index), unit, (wanted.effective_on, *posts)));
    }
    if faults.is_empty() {
        faults.extend(below_zero(&store::units(tx, programme.id).await?.0, &known, wanted));
    }
    if store::perimeter_known(tx, programme.id, wanted.kind, &wanted.decision, wanted.effective_on).await? {
        let message = Message::new("staffing-perimeter-known").with("number", wanted.decision.number.as_str());
        faults.push(UserError::new(UserErrorCode::Duplicate, &["decisionNumber"], message));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let lines: BTreeMap<Uuid, i32> =
        wanted.lines.iter().filter_map(|(code, posts)| Some((known.get(code)?.id, *posts))).collect();
    let new = NewPerimeter {
        kind: wanted.kind,
        effective_on: wanted.effective_on,
        decision: &wanted.decision,
        reason,
        lines: &lines,
    };
    let row = store::insert_perimeter(tx, &app.clock, &permit, programme.id, &new).await?;
    project(app, tx, &permit, &programme).await?;
    let posts: Map<String, Json> = wanted.lines.iter().map(|(code, posts)| (code.clone(), json!(posts))).collect();
    let after = json!({
        "kind": row.kind, "effectiveOn": row.effective_on, "decisionNumber": row.decision_number,
        "decisionDate": row.decision_date, "posts": posts,
    });
    journal(app, tx, request, &permit, &programme, Some(reason), (Json::Null, after)).await?;
    Ok(Outcome::Done(row))
}

/// A unit can't give more posts than its baseline has, on that day or later.
fn below_zero(
    units: &[Unit],
    known: &HashMap<String, organisation::Model>,
    wanted: &PerimeterRequest,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    for (index, (code, posts)) in wanted.lines.iter().enumerate() {
        let Some(organisation) = known.get(code) else { continue };
        let mut unit = units.iter().find(|unit| unit.organisation_id == organisation.id).cloned().unwrap_or_default();
        unit.perimeter.push((wanted.effective_on, i64::from(*posts)));
        unit.perimeter.sort_by_key(|(day, _)| *day);
        // Of the posts assigned, too: a unit that was cut gives what it has, by a decision of that day.
        let lowest = |day: &NaiveDate| unit.on(*day).baseline.min(unit.on(*day).quota);
        let lowest = unit.perimeter.iter().map(|(day, _)| lowest(day)).min().unwrap_or(0);
        if lowest < 0 {
            let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
            let message = Message::new("staffing-below-zero")
                .with("line", line)
                .with("organisation", code.as_str())
                .with("missing", -lowest);
            let at = ["lines", &index.to_string(), "posts"];
            faults.push(UserError::new(UserErrorCode::OutOfRange, &at, message).at_line(line));
        }
    }
    faults
}

/// The day of the baseline: the one before the programme begins (31 December 2025).
pub fn begin(programme: &programme::Model) -> NaiveDate {
    programme.start_date.pred_opt().unwrap_or(programme.start_date)
}

/// What the register counts of a programme; nothing before the baseline is approved.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme: &programme::Model,
) -> ApiResult<Vec<(Uuid, &'static str, NaiveDate, i64)>> {
    if !store::is_approved(store::baseline(connection, programme.id).await?.as_ref()) {
        return Ok(Vec::new());
    }
    let (units, _) = store::units(connection, programme.id).await?;
    let ids: Vec<Uuid> = units.iter().map(|unit| unit.organisation_id).collect();
    let kinds: HashMap<Uuid, String> = organisations::by_ids(connection, &Viewer::server(), ids)
        .await?
        .into_iter()
        .map(|row| (row.id, row.kind))
        .collect();
    let exemptions = Exemptions::read(connection, programme.id).await?;
    let exempt = |id: Uuid, day| kinds.get(&id).is_some_and(|kind| exemptions.on(day).contains(kind.as_str()));
    Ok(timeline::figures(&units, begin(programme), &exemptions.turns(), exempt))
}

/// Which kinds of organisation the cut leaves out, from when to when: the dated parameter STAFFING_EXEMPT_KINDS.
#[derive(Debug, Clone, Default)]
pub struct Exemptions(Vec<entity::parameter::parameter::Model>);

impl Exemptions {
    /// Reads every entry of the parameter.
    pub async fn read(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Exemptions> {
        let code = parameter::Code::StaffingExemptKinds;
        Ok(Exemptions(parameter::store::of_code(connection, programme_id, code).await?))
    }

    /// The entry of a day.
    fn entry(&self, day: NaiveDate) -> Option<&entity::parameter::parameter::Model> {
        self.0.iter().find(|row| row.effective_from <= day && row.effective_to.is_none_or(|last| last >= day))
    }

    /// The kinds left out on a day.
    pub fn on(&self, day: NaiveDate) -> BTreeSet<&str> {
        let text = self.entry(day).and_then(|row| row.value_text.as_deref()).unwrap_or_default();
        text.split(',').map(str::trim).filter(|kind| !kind.is_empty() && *kind != "NONE").collect()
    }

    /// The legal basis of a day.
    pub fn legal_basis(&self, day: NaiveDate) -> Option<&str> {
        self.entry(day).map(|row| row.legal_basis.as_str())
    }

    /// The days on which they may change.
    pub fn turns(&self) -> BTreeSet<NaiveDate> {
        let after_last = self.0.iter().filter_map(|row| row.effective_to.and_then(|last| last.succ_opt()));
        self.0.iter().map(|row| row.effective_from).chain(after_last).collect()
    }
}

async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme: &programme::Model) -> ApiResult<()> {
    let figures = figures(tx, programme).await?;
    indicator::service::project_register(tx, &app.clock, permit, programme.id, &MEASURES, &figures).await
}
