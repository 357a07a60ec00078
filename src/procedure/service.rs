//! Use cases of the register of procedures: import, idempotent by code.

use std::collections::{HashMap, HashSet};

use entity::organisation::organisation;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json, json};

use super::rules::{self, ProcedureInput};
use super::store;
use crate::access::{Action, Permit, Viewer};
use crate::app::App;
use crate::audit::Entry;
use crate::error::{ApiError, ApiResult};
use crate::i18n::Message;
use crate::indicator;
use crate::organisation as organisations;
use crate::request::RequestContext;
use crate::user_error::{Outcome, UserError, UserErrorCode};
use crate::workflow::service::permit_for;

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
    List(Vec<ProcedureInput>),
    /// The text of a CSV file, read once it is known that the caller may import.
    Csv(String),
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were as given already.
    pub unchanged: usize,
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
    let permit = permit_for(tx, &request.caller, Action::ImportProcedures, &organisation, None).await?;
    let procedures = match wanted.procedures {
        Source::List(list) => list,
        Source::Csv(text) => match rules::read_csv(&text, MAX_PROCEDURES) {
            Ok(procedures) => procedures,
            Err(faults) => return Ok(Outcome::Invalid(faults)),
        },
    };
    let faults = check(&procedures);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    write(app, tx, request, &permit, &organisation, &procedures).await
}

fn check(procedures: &[ProcedureInput]) -> Vec<UserError> {
    if procedures.len() > MAX_PROCEDURES {
        let message = Message::new("procedure-too-many").with("max", MAX_PROCEDURES).with("given", procedures.len());
        return vec![UserError::new(UserErrorCode::OutOfRange, &["procedures"], message)];
    }
    let mut faults = Vec::new();
    let mut seen = HashSet::new();
    for (index, input) in procedures.iter().enumerate() {
        let line = input.line;
        faults.extend(rules::check(input, index));
        if !seen.insert(input.code.as_str()) {
            let message = Message::new("procedure-duplicate").with("line", line).with("code", input.code.as_str());
            let field = ["procedures", &index.to_string(), "code"];
            faults.push(UserError::new(UserErrorCode::Duplicate, &field, message).at_line(line));
        }
    }
    faults
}

async fn write(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    organisation: &organisation::Model,
    procedures: &[ProcedureInput],
) -> ApiResult<Outcome<Imported>> {
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("dossier-no-programme").with("code", organisation.code.as_str()))
    })?;
    indicator::store::lock_programme(tx, permit, programme_id).await?;
    let codes: Vec<String> = procedures.iter().map(|input| input.code.clone()).collect();
    let known = store::by_codes(tx, programme_id, &codes).await?;
    let others = belonging_elsewhere(procedures, &known, organisation);
    if !others.is_empty() {
        return Ok(Outcome::Invalid(others));
    }
    let mut imported = Imported::default();
    let mut new = Vec::new();
    let (mut before, mut after) = (Map::new(), Map::new());
    for input in procedures {
        match known.get(&input.code) {
            None => {
                imported.created += 1;
                after.insert(input.code.clone(), described(input));
                new.push(input);
            }
            Some(row) if input.equals(row) => imported.unchanged += 1,
            Some(row) => {
                imported.changed += 1;
                before.insert(input.code.clone(), json!(StoredProcedure(row).described()));
                after.insert(input.code.clone(), described(input));
                store::update(tx, &app.clock, permit, row, input).await?;
            }
        }
    }
    if imported.created + imported.changed == 0 {
        return Ok(Outcome::Done(imported));
    }
    store::insert(tx, &app.clock, permit, programme_id, organisation.id, &new).await?;
    let rows = store::all(tx, programme_id).await?;
    let measures = rules::MEASURES.map(|(measure, _)| measure);
    let figures = rules::figures(&rows);
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &measures, &figures).await?;
    let entry = Entry {
        record_kind: "procedure",
        record_id: Some(organisation.id),
        programme_id: Some(programme_id),
        reason: None,
        before: Some(Json::Object(before)),
        after: Some(Json::Object(after)),
    };
    app.journal(tx, request, permit, entry).await?;
    Ok(Outcome::Done(imported))
}

/// The permit is for one organisation's procedures: those of another are not changed through it.
fn belonging_elsewhere(
    procedures: &[ProcedureInput],
    known: &HashMap<String, entity::procedure::procedure::Model>,
    organisation: &organisation::Model,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    for (index, input) in procedures.iter().enumerate() {
        if known.get(&input.code).is_some_and(|row| row.organisation_id != organisation.id) {
            let message = Message::new("procedure-of-another-organisation")
                .with("line", input.line)
                .with("code", input.code.as_str());
            let field = ["procedures", &index.to_string(), "code"];
            faults.push(UserError::new(UserErrorCode::OtherOrganisation, &field, message).at_line(input.line));
        }
    }
    faults
}

fn described(input: &ProcedureInput) -> Json {
    json!({
        "name": input.name,
        "fieldCode": input.field_code,
        "fieldName": input.field_name,
        "fieldGroup": input.field_group.as_str(),
        "level": input.level.as_str(),
        "audience": input.audience.as_str(),
        "onlineLevel": input.online_level.as_str(),
        "hasFinancialObligation": input.has_financial_obligation,
        "onlinePaymentEnabled": input.online_payment_enabled,
        "onlineEligible": input.online_eligible,
        "onlineProvided": input.online_provided,
        "integratedOnNationalPortal": input.integrated_on_national_portal,
        "payableOnNationalPortal": input.payable_on_national_portal,
        "effectiveFrom": input.effective_from,
        "effectiveTo": input.effective_to,
    })
}

struct StoredProcedure<'a>(&'a entity::procedure::procedure::Model);

impl StoredProcedure<'_> {
    fn described(&self) -> HashMap<&'static str, Json> {
        let row = self.0;
        HashMap::from([
            ("name", json!(row.name)),
            ("fieldCode", json!(row.field_code)),
            ("fieldName", json!(row.field_name)),
            ("fieldGroup", json!(row.field_group)),
            ("level", json!(row.level)),
            ("audience", json!(row.audience)),
            ("onlineLevel", json!(row.online_level)),
            ("hasFinancialObligation", json!(row.has_financial_obligation)),
            ("onlinePaymentEnabled", json!(row.online_payment_enabled)),
            ("onlineEligible", json!(row.online_eligible)),
            ("onlineProvided", json!(row.online_provided)),
            ("integratedOnNationalPortal", json!(row.integrated_on_national_portal)),
            ("payableOnNationalPortal", json!(row.payable_on_national_portal)),
            ("effectiveFrom", json!(row.effective_from)),
            ("effectiveTo", json!(row.effective_to)),
        ])
    }
}
