//! Use cases of the register of procedures: import, idempotent by code and first day; withdrawing a version.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::procedure::{procedure, procedure_version};
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::input::Given;
use super::rules::At;
use super::store::writing::{self, NewVersion};
use super::timeline::{self, Change, Placed, Version};
use super::{figures, reading, store};
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::indicator;
use base::organisation as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::MAX_TEXT;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

/// The most procedures of one import.
pub const MAX_PROCEDURES: usize = 5_000;

/// What to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// The organisation that manages these procedures.
    pub organisation: String,
    /// The procedures.
    pub procedures: Source,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Where the procedures of an import come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A list.
    List(Vec<Given>),
    /// The text of a CSV file, read once it is known that the caller may import.
    Csv(String),
    /// JSON lines, read likewise.
    JsonLines(String),
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many procedures were new.
    pub created: usize,
    /// How many lines began a further version of a procedure.
    pub new_versions: usize,
    /// How many lines corrected a version.
    pub changed: usize,
    /// How many lines said what stands there already.
    pub unchanged: usize,
}

/// How many lines of an import were refused.
pub fn refused(outcome: &Outcome<Imported>) -> usize {
    match outcome {
        Outcome::Done(_) => 0,
        Outcome::Invalid(faults) => {
            faults.iter().map(|fault| fault.line).collect::<std::collections::HashSet<_>>().len()
        }
    }
}

/// Imports procedures: all or none. A second import of the same changes nothing.
pub async fn import(app: &App, request: &RequestContext, wanted: ImportRequest) -> ApiResult<Outcome<Imported>> {
    let tx = app.db.begin().await?;
    let dry_run = wanted.dry_run;
    let result = in_transaction(app, &tx, request, wanted).await;
    app.conclude(tx, request, dry_run, result).await
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: ImportRequest,
) -> ApiResult<Outcome<Imported>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, wanted.programme.as_deref(), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::ImportProcedures, &organisation, false).await?;
    let read = match wanted.procedures {
        Source::List(list) => Ok(list),
        Source::Csv(text) => reading::read_csv(&text, MAX_PROCEDURES),
        Source::JsonLines(text) => reading::read_json_lines(&text, MAX_PROCEDURES),
    };
    let procedures = match read {
        Ok(procedures) => procedures,
        Err(faults) => return Ok(Outcome::Invalid(faults)),
    };
    if procedures.len() > MAX_PROCEDURES {
        let message = Message::new("procedure-too-many").with("max", MAX_PROCEDURES).with("given", procedures.len());
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::OutOfRange, &["procedures"], message)]));
    }
    write(app, tx, request, &permit, &organisation, &procedures).await
}

/// The lines of one procedure and what they come to.
struct Laid<'a> {
    code: &'a str,
    known: Option<(&'a procedure::Model, &'a [procedure_version::Model])>,
    placed: Vec<Placed>,
}

async fn write(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    organisation: &organisation::Model,
    given: &[Given],
) -> ApiResult<Outcome<Imported>> {
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("dossier-no-programme").with("code", organisation.code.as_str()))
    })?;
    indicator::store::lock_programme(tx, permit, programme_id).await?;
    let mut by_code: HashMap<&str, Vec<(usize, &Given)>> = HashMap::new();
    let mut codes: Vec<String> = Vec::new();
    for (index, line) in given.iter().enumerate() {
        let code = line.input.code.as_str();
        let lines = by_code.entry(code).or_default();
        if lines.is_empty() {
            codes.push(code.to_owned());
        }
        lines.push((index, line));
    }
    let known = store::by_codes(tx, programme_id, &codes).await?;
    let ids: Vec<Uuid> = known.values().map(|row| row.id).collect();
    let versions = store::versions_of(tx, &ids).await?;

    let mut imported = Imported::default();
    let mut faults = belonging_elsewhere(given, &known, organisation);
    faults.extend(replaced_by_nothing(tx, programme_id, given).await?);
    let mut laid = Vec::with_capacity(codes.len());
    for code in &codes {
        let lines = by_code.get(code.as_str()).map(Vec::as_slice).unwrap_or_default();
        let row = known.get(code);
        let stored = row.and_then(|row| versions.get(&row.id)).map(Vec::as_slice).unwrap_or_default();
        let before: Vec<Version> = stored.iter().map(store::version_of).collect::<ApiResult<_>>()?;
        match timeline::lay(&before, lines) {
            Err(found) => faults.extend(found),
            Ok((placed, changes)) => {
                count(&mut imported, row.is_some(), &changes);
                if changes.iter().any(|(_, change)| *change != Change::None) {
                    laid.push(Laid { code, known: row.map(|row| (row, stored)), placed });
                }
            }
        }
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    if laid.is_empty() {
        return Ok(Outcome::Done(imported));
    }
    let told = store_laid(app, tx, permit, programme_id, organisation.id, &laid).await?;
    project(app, tx, permit, programme_id).await?;
    let entries = told
        .into_iter()
        .map(|(id, before, after)| Entry {
            record_kind: "procedure",
            record_id: Some(id),
            programme_id: Some(programme_id),
            reason: None,
            before: Some(Json::Object(before)),
            after: Some(Json::Object(after)),
        })
        .collect();
    app.journal_many(tx, request, permit, entries).await?;
    Ok(Outcome::Done(imported))
}

fn count(imported: &mut Imported, known: bool, changes: &[(usize, Change)]) {
    for (number, (_, change)) in changes.iter().enumerate() {
        let counter = match change {
            Change::None => &mut imported.unchanged,
            Change::Corrected => &mut imported.changed,
            // The first version of a new procedure is the procedure.
            Change::Begun if !known && number == 0 => &mut imported.created,
            Change::Begun => &mut imported.new_versions,
        };
        *counter += 1;
    }
}

/// What a procedure was and is, for the journal: per first day of a version the fields that differ.
type Told = (Uuid, Map<String, Json>, Map<String, Json>);

/// Writes what was laid, in few statements however many lines there are.
async fn store_laid(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    programme_id: Uuid,
    organisation_id: Uuid,
    laid: &[Laid<'_>],
) -> ApiResult<Vec<Told>> {
    let new: Vec<&str> = laid.iter().filter(|one| one.known.is_none()).map(|one| one.code).collect();
    let new_ids = writing::insert(tx, &app.clock, permit, programme_id, organisation_id, &new).await?;
    let (mut begun, mut changed, mut touched) = (Vec::new(), Vec::new(), Vec::new());
    let mut told = Vec::with_capacity(laid.len());
    for one in laid {
        let (procedure_id, stored) = match one.known {
            Some((row, stored)) => {
                touched.push(row.id);
                (row.id, stored)
            }
            None => {
                let id = new_ids.get(one.code).copied();
                (id.ok_or_else(|| ApiError::internal("a procedure was not entered"))?, &[][..])
            }
        };
        let (mut was, mut is) = (Map::new(), Map::new());
        for placed in &one.placed {
            let version = NewVersion { procedure_id, code: one.code, version: &placed.version, place: &placed.place };
            let day = placed.version.effective_from.to_string();
            let now = described(&placed.version);
            let Some(row) = placed.stored.and_then(|index| stored.get(index)) else {
                is.insert(day, Json::Object(now));
                begun.push(version);
                continue;
            };
            let old = store::version_of(row)?;
            if old != placed.version {
                let then = described(&old);
                let differs = |name: &String| then.get(name) != now.get(name);
                was.insert(day.clone(), then.clone().into_iter().filter(|(name, _)| differs(name)).collect());
                is.insert(day, now.clone().into_iter().filter(|(name, _)| differs(name)).collect());
            }
            if old != placed.version || store::place_of(row) != placed.place {
                changed.push((row, version));
            }
        }
        told.push((procedure_id, was, is));
    }
    writing::replace_versions(tx, &app.clock, permit, &changed).await?;
    writing::insert_versions(tx, &app.clock, permit, &begun).await?;
    writing::touch(tx, &app.clock, permit, &touched).await?;
    Ok(told)
}

/// Writes the register's measures and what rests on them.
async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures::figures(&store::all(tx, programme_id).await?);
    let measures = figures::measures();
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &measures, &figures).await
}

/// The permit is for one organisation's procedures: those of another are not changed through it.
fn belonging_elsewhere(
    given: &[Given],
    known: &HashMap<String, procedure::Model>,
    organisation: &organisation::Model,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    for (index, line) in given.iter().enumerate() {
        if known.get(&line.input.code).is_some_and(|row| row.organisation_id != organisation.id) {
            let at = At { index, line: line.line, code: &line.input.code };
            let message = Message::new("procedure-of-another-organisation");
            faults.push(at.fault(UserErrorCode::OtherOrganisation, "code", message));
        }
    }
    faults
}

/// What takes a procedure's place must be a procedure, of the register or of the same import.
async fn replaced_by_nothing(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    given: &[Given],
) -> ApiResult<Vec<UserError>> {
    let named: Vec<(usize, &Given, &String)> = given
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index, line, line.input.replaced_by.value()?)))
        .filter(|(_, _, code)| !given.iter().any(|other| other.input.code == **code))
        .collect();
    let codes: Vec<String> = named.iter().map(|(_, _, code)| (*code).clone()).collect();
    let known = store::by_codes(tx, programme_id, &codes).await?;
    Ok(named
        .into_iter()
        .filter(|(_, _, code)| super::rules::is_code(code) && !known.contains_key(*code))
        .map(|(index, line, code)| {
            let at = At { index, line: line.line, code: &line.input.code };
            let message = Message::new("procedure-replaced-by-unknown").with("other", code.as_str());
            at.fault(UserErrorCode::UnknownCode, "replacedBy", message)
        })
        .collect())
}

fn described(version: &Version) -> Map<String, Json> {
    let content = &version.content;
    let mut map = Map::new();
    for (name, value) in [
        ("effectiveTo", json!(version.ends_on)),
        ("changeKind", json!(version.kind)),
        ("decisionNumber", json!(version.decision.as_ref().map(|(number, _)| number))),
        ("decisionDate", json!(version.decision.as_ref().map(|(_, date)| date))),
        ("replacedBy", json!(version.replaced_by)),
        ("name", json!(content.name)),
        ("fieldCode", json!(content.field_code)),
        ("fieldName", json!(content.field_name)),
        ("fieldGroup", json!(content.field_group)),
        ("level", json!(content.level)),
        ("audience", json!(content.audience)),
        ("onlineLevel", json!(content.online_level)),
        ("hasFinancialObligation", json!(content.has_financial_obligation)),
        ("onlinePaymentEnabled", json!(content.online_payment_enabled)),
        ("onlineEligible", json!(content.online_eligible)),
        ("onlineProvided", json!(content.online_provided)),
        ("integratedOnNationalPortal", json!(content.integrated_on_national_portal)),
        ("payableOnNationalPortal", json!(content.payable_on_national_portal)),
        ("interAgency", json!(content.inter_agency)),
        ("accessChannels", json!(content.access_channels.list())),
        ("statutoryLimit", json!(content.statutory_limit)),
        ("committedLimit", json!(content.committed_limit)),
        ("fees", json!(content.fees)),
        ("components", json!(content.components)),
    ] {
        map.insert(name.to_owned(), value);
    }
    map
}

/// Which version to withdraw.
#[derive(Debug, Clone)]
pub struct WithdrawRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The procedure's code.
    pub code: String,
    /// The version's first day.
    pub effective_from: NaiveDate,
    /// Why.
    pub reason: String,
    /// The procedure's version that the caller has seen.
    pub expected_version: i32,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Withdraws a version that was entered by mistake: it stays in the database and the journal and counts for
/// nothing. The version before it goes on in its place.
///
/// Errors: FORBIDDEN, NOT_FOUND, CONFLICT; what can be mended comes back as [`Outcome::Invalid`].
pub async fn withdraw(
    app: &App,
    request: &RequestContext,
    wanted: WithdrawRequest,
) -> ApiResult<Outcome<procedure::Model>> {
    let tx = app.db.begin().await?;
    let dry_run = wanted.dry_run;
    let result = withdraw_in_transaction(app, &tx, request, &wanted).await;
    app.conclude(tx, request, dry_run, result).await
}

async fn withdraw_in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &WithdrawRequest,
) -> ApiResult<Outcome<procedure::Model>> {
    let viewer = Viewer::of(&request.caller)?;
    let missing = || ApiError::not_found("kind-procedure", &wanted.code);
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let mut found = store::by_codes(tx, programme.id, std::slice::from_ref(&wanted.code)).await?;
    let row = found.remove(&wanted.code).ok_or_else(missing)?;
    let organisation =
        organisations::store::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop().ok_or_else(missing)?;
    let permit = permit_on(tx, &request.caller, Action::ImportProcedures, &organisation, false).await?;
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let row = store::by_codes(tx, programme.id, std::slice::from_ref(&wanted.code)).await?.remove(&wanted.code);
    let row = row.ok_or_else(missing)?;
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_TEXT {
        let message = Message::new("procedure-reason").with("max", MAX_TEXT);
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::Required, &["reason"], message)]));
    }
    let stored = store::versions_of(tx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    let invalid = |key| {
        let message = Message::new(key).with("code", row.code.as_str()).with("from", wanted.effective_from.to_string());
        Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::WrongState, &["effectiveFrom"], message)]))
    };
    let Some(index) = stored.iter().position(|version| version.effective_from == wanted.effective_from) else {
        return invalid("procedure-no-such-version");
    };
    let versions: Vec<Version> = stored.iter().map(store::version_of).collect::<ApiResult<_>>()?;
    let left = match timeline::without(&versions, index) {
        Ok(left) => left,
        Err(key) => return invalid(key),
    };
    writing::withdraw_version(tx, &app.clock, &permit, stored[index].id).await?;
    let moved: Vec<(&procedure_version::Model, NewVersion<'_>)> = left
        .iter()
        .filter_map(|placed| {
            let old = placed.stored.and_then(|index| stored.get(index))?;
            let (version, place) = (&placed.version, &placed.place);
            (store::place_of(old) != *place)
                .then_some((old, NewVersion { procedure_id: row.id, code: &row.code, version, place }))
        })
        .collect();
    writing::replace_versions(tx, &app.clock, &permit, &moved).await?;
    writing::touch(tx, &app.clock, &permit, &[row.id]).await?;
    project(app, tx, &permit, programme.id).await?;
    let entry = Entry {
        record_kind: "procedure",
        record_id: Some(row.id),
        programme_id: Some(programme.id),
        reason: Some(reason),
        before: Some(json!({ wanted.effective_from.to_string(): described(&versions[index]) })),
        after: None,
    };
    app.journal(tx, request, &permit, entry).await?;
    Ok(Outcome::Done(procedure::Model { version: row.version.saturating_add(1), ..row }))
}
