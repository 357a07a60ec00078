//! Use cases of the quality standard: audits, findings and certificates kept, findings closed.

use chrono::NaiveDate;
use entity::digital::{iso_audit, iso_certificate, iso_finding};
use sea_orm::DatabaseTransaction;
use serde_json::{Value as Json, json};

use super::rules::{self, Audit, Certificate, Finding};
use super::store;
use crate::confirming;
use crate::confirming::STANDARD_TASK;
use crate::entering::{
    Before, Entered, before, enter, enter_of, journal, of_another, organisation_of, same_version, there,
};
use access::Viewer;
use access::request::RequestContext;
use base::indicator;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::user_error::Outcome;
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Key;

/// An audit to save.
#[derive(Debug, Clone)]
pub struct AuditRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that was audited.
    pub organisation: String,
    /// The audit.
    pub audit: Audit,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// A finding to save.
#[derive(Debug, Clone)]
pub struct FindingRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The audit's code.
    pub audit: String,
    /// The finding.
    pub finding: Finding,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// A finding to close.
#[derive(Debug, Clone)]
pub struct CloseRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The audit's code.
    pub audit: String,
    /// The finding's number.
    pub number: i32,
    /// When it was found remedied.
    pub closed_on: NaiveDate,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// A certificate to save.
#[derive(Debug, Clone)]
pub struct CertificateRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that is certified.
    pub organisation: String,
    /// The certificate.
    pub certificate: Certificate,
    /// The version that the caller has seen; none or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Enters an audit, or changes it.
pub async fn save_audit(
    app: &App,
    request: &RequestContext,
    wanted: AuditRequest,
) -> ApiResult<Outcome<iso_audit::Model>> {
    let tx = app.db.begin().await?;
    let result = save_audit_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_audit_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &AuditRequest,
) -> ApiResult<Outcome<iso_audit::Model>> {
    let Entered { programme_id, organisation, permit } =
        enter(tx, request, wanted.programme.as_deref(), &wanted.organisation).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveIsoAudit",
        input: format!("{:?}", AuditRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::audits_by_ids(tx, &Viewer::server(), &[id]).await?.pop()),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let stored = store::audit_by_code(tx, &Viewer::server(), programme_id, &wanted.audit.code).await?;
    let owner = stored.as_ref().map(|row| row.organisation_id);
    if let Some(fault) = of_another(owner, organisation.id, &wanted.audit.code) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let found_on = match &stored {
        Some(row) => store::findings_of(tx, &[row.id]).await?.first().map(|finding| finding.found_on),
        None => None,
    };
    let faults = rules::check_audit(&wanted.audit, found_on, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save_audit(tx, &app.clock, &permit, programme_id, stored.as_ref(), &wanted.audit).await?;
    let described = |row: &iso_audit::Model| {
        json!({
            "code": row.code, "kind": row.kind, "auditedOn": row.audited_on, "auditor": row.auditor,
            "conclusion": row.conclusion, "version": row.version,
        })
    };
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, ("iso_audit", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// The audit of a code as the caller finds it.
async fn found(
    tx: &DatabaseTransaction,
    request: &RequestContext,
    programme: Option<&str>,
    code: &str,
) -> ApiResult<iso_audit::Model> {
    let viewer = Viewer::of(&request.caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, programme).await?;
    let found = store::audit_by_code(tx, &viewer, programme.id, code).await?;
    found.ok_or_else(|| ApiError::not_found("kind-iso-audit", shown(code)))
}

/// Enters a finding of an audit, or changes it: how it was remedied, say.
pub async fn save_finding(
    app: &App,
    request: &RequestContext,
    wanted: FindingRequest,
) -> ApiResult<Outcome<iso_finding::Model>> {
    let tx = app.db.begin().await?;
    let result = save_finding_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_finding_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &FindingRequest,
) -> ApiResult<Outcome<iso_finding::Model>> {
    let audit = found(tx, request, wanted.programme.as_deref(), &wanted.audit).await?;
    let Entered { programme_id, permit, .. } = enter_of(tx, request, audit.organisation_id).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveIsoFinding",
        input: format!("{:?}", FindingRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::finding_by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let stored = store::finding_by_number(tx, audit.id, wanted.finding.number).await?;
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let closed = stored.as_ref().is_some_and(|row| row.closed_on.is_some());
    let faults = rules::check_finding(&wanted.finding, audit.audited_on, closed, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::save_finding(tx, &app.clock, &permit, &audit, stored.as_ref(), &wanted.finding).await?;
    let values = (stored.as_ref().map(|row| described(&audit, row)), described(&audit, &after));
    journal(app, tx, request, &permit, ("iso_finding", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

fn described(audit: &iso_audit::Model, row: &iso_finding::Model) -> Json {
    json!({
        "audit": audit.code, "number": row.number, "severity": row.severity, "description": row.description,
        "dueOn": row.due_on, "remediedOn": row.remedied_on, "remedy": row.remedy, "closedOn": row.closed_on,
        "version": row.version,
    })
}

/// Closes a finding that is remedied.
pub async fn close_finding(
    app: &App,
    request: &RequestContext,
    wanted: CloseRequest,
) -> ApiResult<Outcome<iso_finding::Model>> {
    let tx = app.db.begin().await?;
    let result = close_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn close_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &CloseRequest,
) -> ApiResult<Outcome<iso_finding::Model>> {
    let audit = found(tx, request, wanted.programme.as_deref(), &wanted.audit).await?;
    let organisation = organisation_of(tx, audit.organisation_id).await?;
    let stored = store::finding_by_number(tx, audit.id, wanted.number).await?;
    let own = match (&stored, request.caller.person()) {
        (Some(row), Ok(person)) => !store::written_by(tx, person.person_id, &[row.id]).await?.is_empty(),
        _ => false,
    };
    let of = (audit.programme_id, STANDARD_TASK);
    let permit = confirming::permit(app, tx, request, of, &organisation, own).await?;
    indicator::store::lock_programme(tx, &permit, audit.programme_id).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "closeIsoFinding",
        input: format!("{:?}", CloseRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::finding_by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let shown_as = format!("{} / {}", shown(&wanted.audit), wanted.number);
    let stored = stored.ok_or_else(|| ApiError::not_found("kind-iso-finding", shown_as))?;
    // The UPDATE takes only the version that was read before the lock: whoever wrote meanwhile is not passed over.
    same_version(Some(stored.version), Some(wanted.expected_version))?;
    let days = (stored.remedied_on, stored.closed_on);
    let faults = rules::check_close(days, wanted.closed_on, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let after = store::close_finding(tx, &app.clock, &permit, &stored, wanted.closed_on).await?;
    let values = (Some(described(&audit, &stored)), described(&audit, &after));
    journal(app, tx, request, &permit, ("iso_finding", after.id, audit.programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// Enters a certificate, or changes it.
pub async fn save_certificate(
    app: &App,
    request: &RequestContext,
    wanted: CertificateRequest,
) -> ApiResult<Outcome<iso_certificate::Model>> {
    let tx = app.db.begin().await?;
    let result = save_certificate_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_certificate_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &CertificateRequest,
) -> ApiResult<Outcome<iso_certificate::Model>> {
    let Entered { programme_id, organisation, permit } =
        enter(tx, request, wanted.programme.as_deref(), &wanted.organisation).await?;
    let key = Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveIsoCertificate",
        input: format!("{:?}", CertificateRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match before(app, tx, &permit, &key).await? {
        Before::Nothing => {}
        Before::Record(id) => return there(store::certificate_by_id(tx, id).await?),
        Before::Refused(error) => return Ok(Outcome::Invalid(vec![error])),
    }
    let code = &wanted.certificate.code;
    let stored = store::certificate_by_code(tx, &Viewer::server(), programme_id, code).await?;
    if let Some(fault) = of_another(stored.as_ref().map(|row| row.organisation_id), organisation.id, code) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    same_version(stored.as_ref().map(|row| row.version), wanted.expected_version)?;
    let faults = rules::check_certificate(&wanted.certificate, app.clock.today());
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let certificate = &wanted.certificate;
    let after = store::save_certificate(tx, &app.clock, &permit, programme_id, stored.as_ref(), certificate).await?;
    let described = |row: &iso_certificate::Model| {
        json!({
            "code": row.code, "issuer": row.issuer, "scope": row.scope, "validFrom": row.valid_from,
            "validTo": row.valid_to, "withdrawnOn": row.withdrawn_on, "version": row.version,
        })
    };
    let values = (stored.as_ref().map(described), described(&after));
    journal(app, tx, request, &permit, ("iso_certificate", after.id, programme_id), values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}
