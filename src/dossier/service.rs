//! Use cases of the dossier statistics form: save, and copy from the last period. The steps of the
//! workflow stand in `workflow::service`.

use std::collections::{HashMap, HashSet};

use entity::organisation::organisation;
use entity::procedure::procedure_version;
use entity::workflow::submission;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::form::{carried_in, compare};
use super::rules::{self, Counters, LineAt, StatedTotals};
use super::store::{self, NewLine};
use crate::access::service::idempotency;
use crate::access::{Action, Permit, Viewer};
use crate::app::App;
use crate::audit::Entry;
use crate::error::{ApiError, ApiResult};
use crate::form::{FormCode, State};
use crate::i18n::Message;
use crate::organisation as organisations;
use crate::period::Period;
use crate::procedure as procedures;
use crate::procedure::store::Record;
use crate::request::RequestContext;
use crate::text_enum::text_enum;
use crate::user_error::{Outcome, UserError, UserErrorCode};
use crate::workflow::service::{form_period, permit_for, tell, wrong_state};
use crate::workflow::store::{self as submissions, Slot};
use crate::workflow::{Warning, WorkflowRow, rules as workflow_rules};

/// The most lines of a form.
pub const MAX_LINES: usize = 2_000;

text_enum! {
    /// What becomes of the lines that are not given (cách lưu dòng).
    pub enum LineMode {
        /// The lines given are the whole form: others are removed (thay toàn bộ).
        Replace = "REPLACE",
        /// The lines given are written over those of the same procedures; others stay (bổ sung, sửa).
        Merge = "MERGE",
    }
}

/// A line as it is given.
#[derive(Debug, Clone)]
pub struct LineInput {
    /// The procedure's code.
    pub procedure: String,
    /// Its counters.
    pub counters: Counters,
    /// The totals that the paper form prints.
    pub stated: StatedTotals,
}

/// What to save.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// The organisation's code.
    pub organisation: String,
    /// The period's code.
    pub period: String,
    /// The lines; none to copy them from the previous period.
    pub lines: Lines,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Where the lines come from.
#[derive(Debug, Clone)]
pub enum Lines {
    /// From the caller.
    Given(Vec<LineInput>, LineMode),
    /// From the previous period: its procedures, what was pending as carried over and still pending.
    FromPreviousPeriod,
}

/// What was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The submission.
    pub submission: submission::Model,
    /// What is odd about it, to be acknowledged when it is submitted.
    pub warnings: Vec<Warning>,
}

/// Saves a draft: all lines or none.
///
/// Errors: FORBIDDEN, CONFLICT; every fault of every line comes back in [`Outcome::Invalid`].
pub async fn save(app: &App, request: &RequestContext, wanted: SaveRequest) -> ApiResult<Outcome<Saved>> {
    let dry_run = wanted.dry_run;
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, wanted).await;
    let outcome = app.conclude(tx, request, dry_run, result).await?;
    if let (Outcome::Done(saved), false) = (&outcome, dry_run) {
        tell(app, saved.submission.id);
    }
    Ok(outcome)
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: SaveRequest,
) -> ApiResult<Outcome<Saved>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, wanted.programme.as_deref(), &wanted.organisation).await?;
    let period = form_period(app, FormCode::DossierStatistics, &wanted.period)?;
    let slot = Slot { organisation_id: organisation.id, form: FormCode::DossierStatistics, period: &period };
    let existing = submissions::latest(tx, &Viewer::server(), &slot).await?;
    let permit =
        permit_for(tx, &request.caller, Action::SaveForm, &organisation, existing.as_ref().map(|row| row.id)).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveDossierStatistics",
        input: format!("{} {} {:?} {:?}", organisation.id, period.code(), wanted.expected_version, wanted.lines),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        idempotency::Begun::Fresh => {}
        idempotency::Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        idempotency::Begun::Repeated(id) => {
            let submission = submissions::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
            let submission = submission.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?;
            return Ok(Outcome::Done(Saved { submission, warnings: Vec::new() }));
        }
    }
    if let Some(refused) = refuse_slot(app, existing.as_ref(), &period, &wanted)? {
        return Ok(Outcome::Invalid(vec![refused]));
    }
    let lines = match prepare(tx, &organisation, &period, existing.as_ref(), wanted.lines).await? {
        Outcome::Done(lines) => lines,
        Outcome::Invalid(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let submission = write(app, tx, &permit, &organisation, &slot, existing.as_ref(), &lines).await?;
    journal(app, tx, request, &permit, &submission, &lines).await?;
    idempotency::finish(tx, &permit, &key, submission.id).await?;
    let review = app.forms.get(FormCode::DossierStatistics)?.review(tx, &submission).await?;
    Ok(Outcome::Done(Saved { submission, warnings: review.warnings }))
}

/// Why nothing can be saved for this period now; CONFLICT where somebody else was first.
fn refuse_slot(
    app: &App,
    existing: Option<&submission::Model>,
    period: &Period,
    wanted: &SaveRequest,
) -> ApiResult<Option<UserError>> {
    if period.start > app.clock.today() {
        let message = Message::new("workflow-future-period").with("start", period.start.to_string());
        return Ok(Some(UserError::new(UserErrorCode::WrongPeriod, &["period"], message)));
    }
    if let Some(row) = existing {
        let state: State = submissions::state_of(row)?;
        if !matches!(workflow_rules::step(Action::SaveForm, state), workflow_rules::Step::Take(_)) {
            return Ok(Some(wrong_state(Action::SaveForm, state)));
        }
    }
    let seen = wanted.expected_version.filter(|version| *version != 0);
    if seen != existing.map(|row| row.version) {
        return Err(ApiError::conflict());
    }
    Ok(None)
}

/// Lines that were checked and may be written.
struct Prepared {
    /// All lines of the form after the change.
    all: Vec<NewLine>,
    /// Those that must be written, where the rest stays as it is.
    only: Option<Vec<NewLine>>,
    before: HashMap<Uuid, Counters>,
    names: HashMap<Uuid, (String, String)>,
}

async fn prepare(
    tx: &DatabaseTransaction,
    organisation: &organisation::Model,
    period: &Period,
    existing: Option<&submission::Model>,
    lines: Lines,
) -> ApiResult<Outcome<Prepared>> {
    let (carried, _) = carried_in(tx, organisation.id, period).await?;
    let (given, mode) = match lines {
        Lines::Given(given, mode) => (given, mode),
        Lines::FromPreviousPeriod => match copied(tx, organisation, period).await? {
            Outcome::Done(given) => (given, LineMode::Replace),
            Outcome::Invalid(faults) => return Ok(Outcome::Invalid(faults)),
        },
    };
    if given.len() > MAX_LINES {
        let message = Message::new("dossier-too-many-lines").with("max", MAX_LINES).with("given", given.len());
        let fault = UserError::new(UserErrorCode::OutOfRange, &["lines"], message).expecting(MAX_LINES, given.len());
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let programme_id = programme_of(organisation)?;
    let codes: Vec<String> = given.iter().map(|line| line.procedure.clone()).collect();
    let known = procedures::store::records_by_codes(tx, programme_id, &codes, period.end).await?;
    let versions = versions_of(tx, &known).await?;
    let stored = match existing {
        Some(row) => store::all(tx, row.id).await?,
        None => Vec::new(),
    };
    let before: HashMap<Uuid, Counters> = stored.iter().map(|line| (line.procedure_id, line.into())).collect();

    let mut faults = Vec::new();
    let mut accepted: Vec<NewLine> = Vec::new();
    let mut positions: Vec<usize> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut next_line = stored.iter().map(|line| line.line).max().unwrap_or(0);
    for (index, line) in given.iter().enumerate() {
        let at = line_at(index, &line.procedure);
        faults.extend(rules::check_line(&at, &line.counters, &line.stated));
        if !seen.insert(&line.procedure) {
            faults.push(at.fault(UserErrorCode::Duplicate, "procedure", Message::new("dossier-duplicate")));
            continue;
        }
        let Some(record) = known.get(&line.procedure).filter(|record| !record.procedure.internal) else {
            faults.push(at.fault(UserErrorCode::UnknownCode, "procedure", Message::new("dossier-unknown-procedure")));
            continue;
        };
        let procedure = &record.procedure;
        let through_time = versions.get(&procedure.id).map(Vec::as_slice).unwrap_or_default();
        if let Some(fault) = not_in_force(&at, through_time, period) {
            faults.push(fault);
        }
        let number = match mode {
            LineMode::Replace => i32::try_from(index + 1).unwrap_or(i32::MAX),
            LineMode::Merge => stored.iter().find(|old| old.procedure_id == procedure.id).map_or_else(
                || {
                    next_line += 1;
                    next_line
                },
                |old| old.line,
            ),
        };
        accepted.push(NewLine {
            procedure_id: procedure.id,
            line: number,
            online_procedure: record.shown.online_provided,
            counters: line.counters,
        });
        positions.push(index);
    }
    let mut names: HashMap<Uuid, (String, String)> =
        known.values().map(|row| (row.procedure.id, (row.procedure.code.clone(), row.shown.name.clone()))).collect();
    let others = stored.iter().map(|line| line.procedure_id).filter(|id| !names.contains_key(id)).collect::<Vec<_>>();
    names.extend(store::procedures(tx, others, period.end).await?);

    let given_ids: HashSet<Uuid> = accepted.iter().map(|line| line.procedure_id).collect();
    let kept: Vec<NewLine> = match mode {
        LineMode::Replace => Vec::new(),
        LineMode::Merge => {
            stored.iter().filter(|line| !given_ids.contains(&line.procedure_id)).map(NewLine::from).collect()
        }
    };
    if let Some(carried) = &carried {
        let given_lines = accepted
            .iter()
            .zip(&positions)
            .map(|(new, index)| (line_at(*index, &given[*index].procedure), new.procedure_id, &new.counters));
        let kept_lines = kept.iter().map(|line| {
            let procedure = names.get(&line.procedure_id).map_or("", |(code, _)| code.as_str());
            let number = u32::try_from(line.line).unwrap_or_default();
            (LineAt { index: None, line: number, procedure }, line.procedure_id, &line.counters)
        });
        faults.extend(rules::check_carry_over(carried, given_lines.chain(kept_lines)));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let only = (mode == LineMode::Merge && existing.is_some()).then(|| accepted.clone());
    let mut all = kept;
    all.extend(accepted);
    Ok(Outcome::Done(Prepared { all, only, before, names }))
}

fn line_at(index: usize, procedure: &str) -> LineAt<'_> {
    LineAt { index: Some(index), line: u32::try_from(index + 1).unwrap_or(u32::MAX), procedure }
}

async fn versions_of(
    tx: &DatabaseTransaction,
    known: &HashMap<String, Record>,
) -> ApiResult<HashMap<Uuid, Vec<procedure_version::Model>>> {
    let ids: Vec<Uuid> = known.values().map(|record| record.procedure.id).collect();
    procedures::store::versions_of(tx, &ids).await
}

/// Whether a version is in force on some day of a period.
fn in_force(version: &procedure_version::Model, period: &Period) -> bool {
    !matches!(version.change_kind.as_str(), "REPLACED" | "ABOLISHED")
        && version.effective_from <= period.end
        && version.effective_to.is_none_or(|last| last >= period.start)
}

fn not_in_force(at: &LineAt<'_>, versions: &[procedure_version::Model], period: &Period) -> Option<UserError> {
    if versions.iter().any(|version| in_force(version, period)) {
        return None;
    }
    let days = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let until = versions.iter().rfind(|version| version.effective_from <= period.end);
    let last = until.and_then(|version| match version.change_kind.as_str() {
        "REPLACED" | "ABOLISHED" => version.effective_from.pred_opt(),
        _ => version.effective_to,
    });
    let message = Message::new("dossier-not-in-force")
        .with("from", days(versions.first().map(|version| version.effective_from)))
        .with("to", days(last));
    Some(at.fault(UserErrorCode::NotInForce, "procedure", message))
}

fn programme_of(organisation: &organisation::Model) -> ApiResult<Uuid> {
    organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("dossier-no-programme").with("code", organisation.code.as_str()))
    })
}

/// The lines of a period as the previous one left them.
async fn copied(
    tx: &DatabaseTransaction,
    organisation: &organisation::Model,
    period: &Period,
) -> ApiResult<Outcome<Vec<LineInput>>> {
    let slot = Slot { organisation_id: organisation.id, form: FormCode::DossierStatistics, period };
    let previous = submissions::earlier(tx, &slot, period.start, 1).await?.pop();
    let adjoining = period.previous().map(|previous| previous.code());
    let Some(previous) = previous.filter(|row| Some(&row.period_code) == adjoining.as_ref()) else {
        let message = Message::new("dossier-nothing-to-copy").with("period", adjoining.unwrap_or_default());
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::Required, &["period"], message)]));
    };
    let lines = store::all(tx, previous.id).await?;
    let ids = lines.iter().map(|line| line.procedure_id).collect();
    let procedures = procedures::store::by_ids(tx, &Viewer::server(), ids, period.end).await?;
    let by_id: HashMap<Uuid, &Record> = procedures.iter().map(|row| (row.procedure.id, row)).collect();
    let ids: Vec<Uuid> = by_id.keys().copied().collect();
    let versions = procedures::store::versions_of(tx, &ids).await?;
    let inputs = lines
        .iter()
        .filter_map(|line| {
            let procedure = by_id.get(&line.procedure_id)?;
            let before = Counters::from(line);
            let through_time = versions.get(&procedure.procedure.id).map(Vec::as_slice).unwrap_or_default();
            let ended = !through_time.iter().any(|version| in_force(version, period));
            if ended && before.pending_total() == 0 {
                return None;
            }
            let counters = Counters {
                carried_over: i32::try_from(before.pending_total()).unwrap_or(i32::MAX),
                pending_in_time: before.pending_in_time,
                pending_overdue: before.pending_overdue,
                ..Counters::default()
            };
            Some(LineInput { procedure: procedure.procedure.code.clone(), counters, stated: StatedTotals::default() })
        })
        .collect();
    Ok(Outcome::Done(inputs))
}

async fn write(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    organisation: &organisation::Model,
    slot: &Slot<'_>,
    existing: Option<&submission::Model>,
    lines: &Prepared,
) -> ApiResult<submission::Model> {
    let row = match existing {
        None => {
            let row = submissions::insert(tx, &app.clock, permit, programme_of(organisation)?, slot, 1, None).await?;
            let begun = workflow_rules::Transition { from: State::Draft, to: State::Draft, opens_edition: true };
            submissions::add_event(tx, &app.clock, permit, row.id, None, begun, None).await?;
            row
        }
        Some(row) => {
            let state = submissions::state_of(row)?;
            let change = WorkflowRow {
                drafted_by: sea_orm::Set(permit.person()?),
                state: sea_orm::Set(State::Draft.as_str().to_owned()),
                ..Default::default()
            };
            let saved = submissions::advance(tx, &app.clock, permit, row, row.version, change).await?;
            if state != State::Draft {
                let again = workflow_rules::Transition { from: state, to: State::Draft, opens_edition: false };
                submissions::add_event(tx, &app.clock, permit, row.id, Some(state), again, None).await?;
            }
            saved
        }
    };
    submissions::add_author(tx, permit, row.id).await?;
    match &lines.only {
        Some(only) => store::upsert(tx, permit, &row, only).await?,
        None => store::replace(tx, permit, &row, &lines.all).await?,
    }
    Ok(row)
}

/// Journals what changed, line by line; what stayed is not repeated.
async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    submission: &submission::Model,
    lines: &Prepared,
) -> ApiResult<()> {
    let after = lines.all.iter().map(|line| (line.procedure_id, line.counters)).collect();
    let (mut was, mut is) = (Map::new(), Map::new());
    for change in compare(&lines.before, &after, &lines.names) {
        for (side, value) in [(&mut was, change.before), (&mut is, change.after)] {
            if let (Some(value), Json::Object(line)) =
                (value, side.entry(change.line_code.clone()).or_insert_with(|| Json::Object(Map::new())))
            {
                line.insert(change.field.to_owned(), value.into());
            }
        }
    }
    let entry = Entry {
        record_kind: "submission",
        record_id: Some(submission.id),
        programme_id: Some(submission.programme_id),
        reason: None,
        before: Some(Json::Object(was)),
        after: Some(Json::Object(is)),
    };
    app.journal(tx, request, permit, entry).await
}
