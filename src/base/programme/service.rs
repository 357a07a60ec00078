//! Use cases of the programme: who leads a target or a task.

use std::collections::HashSet;

use entity::organisation::organisation;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use uuid::Uuid;

use super::store::{self, LeadKey};
use crate::organisation as organisations;
use crate::permit::permit_on;
use access::request::RequestContext;
use access::{Action, Viewer};
use kernel::error::ApiResult;
use kernel::i18n::{Message, MessageArg};
use kernel::units::{LeadRole, LeadSubject};
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;

/// Who is to lead and to coordinate.
#[derive(Debug, Clone)]
pub struct AssignRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// A target or a task.
    pub subject: LeadSubject,
    /// Its section.
    pub section: String,
    /// Codes of the units that lead.
    pub leads: Vec<String>,
    /// Codes of the units that coordinate.
    pub coordinating: Vec<String>,
    /// The decision that assigns, for the journal.
    pub reason: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// The most units of one assignment.
const MAX_UNITS: usize = 200;

/// Assigns who leads and who coordinates from today on; what was assigned before ends and stays on record.
pub async fn assign(app: &App, request: &RequestContext, wanted: AssignRequest) -> ApiResult<Outcome<LeadKey>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &AssignRequest,
) -> ApiResult<Outcome<LeadKey>> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::store::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let root = organisations::store::root_of(tx, programme.id).await?;
    let permit = permit_on(tx, &request.caller, Action::AssignLead, &root, false).await?;
    let key = (programme.id, wanted.subject, wanted.section.clone());
    let mut faults = Vec::new();
    let units = wanted.leads.len() + wanted.coordinating.len();
    if units > MAX_UNITS {
        let message = Message::new("too-many-codes").with("max", MAX_UNITS).with("given", units);
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::OutOfRange, &["leads"], message)]));
    }
    crate::indicator::store::lock_programme(tx, &permit, programme.id).await?;
    if !store::has_section(tx, programme.id, wanted.subject, &wanted.section).await? {
        let subject = match wanted.subject {
            LeadSubject::Target => "subject-target",
            LeadSubject::Task => "subject-task",
        };
        let message = Message::new("programme-unknown-section")
            .with("subject", MessageArg::Message(subject))
            .with("section", wanted.section.chars().take(64).collect::<String>());
        faults.push(UserError::new(UserErrorCode::UnknownCode, &["section"], message));
    }
    if wanted.leads.is_empty() {
        faults.push(UserError::new(UserErrorCode::Required, &["leads"], Message::new("programme-no-lead")));
    }
    let leads = resolve(tx, programme.id, wanted, &mut faults).await?;
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let today = app.clock.today();
    let before = store::leads(tx, &viewer, std::slice::from_ref(&key), today).await?.remove(&key).unwrap_or_default();
    store::replace_leads(tx, &app.clock, &permit, &key, today, &leads).await?;
    let print = |leads: &[(Uuid, String)]| -> serde_json::Value {
        leads.iter().map(|(id, role)| json!({ "organisation": id, "role": role })).collect()
    };
    let was: Vec<(Uuid, String)> = before.iter().map(|row| (row.organisation_id, row.role.clone())).collect();
    let is: Vec<(Uuid, String)> = leads.iter().map(|(id, role)| (*id, role.to_string())).collect();
    let entry = Entry {
        record_kind: "lead_assignment",
        record_id: None,
        programme_id: Some(programme.id),
        reason: wanted.reason.as_deref(),
        before: Some(json!({ "subject": wanted.subject.as_str(), "section": wanted.section, "units": print(&was) })),
        after: Some(json!({ "subject": wanted.subject.as_str(), "section": wanted.section, "units": print(&is) })),
    };
    app.journal(tx, request, &permit, entry).await?;
    Ok(Outcome::Done(key))
}

async fn resolve(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    wanted: &AssignRequest,
    faults: &mut Vec<UserError>,
) -> ApiResult<Vec<(Uuid, LeadRole)>> {
    let codes: Vec<String> = wanted.leads.iter().chain(&wanted.coordinating).cloned().collect();
    let known: Vec<organisation::Model> = organisations::store::by_codes_in(tx, programme_id, &codes).await?;
    let mut seen = HashSet::new();
    let mut leads = Vec::new();
    for (field, codes, role) in
        [("leads", &wanted.leads, LeadRole::Lead), ("coordinating", &wanted.coordinating, LeadRole::Coordinating)]
    {
        for (index, code) in codes.iter().enumerate() {
            let fault = |key| {
                let message = Message::new(key).with("code", code.chars().take(64).collect::<String>());
                (message, [field.to_owned(), index.to_string()])
            };
            let found = match known.iter().find(|row| row.code == *code) {
                None => Err((UserErrorCode::UnknownCode, fault("programme-lead-outside"))),
                Some(_) if !seen.insert(code) => Err((UserErrorCode::Duplicate, fault("programme-lead-twice"))),
                Some(row) => Ok(row.id),
            };
            match found {
                Ok(id) => leads.push((id, role)),
                Err((code, (message, path))) => {
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    faults.push(UserError::new(code, &path, message));
                }
            }
        }
    }
    Ok(leads)
}
