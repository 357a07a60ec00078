//! Use cases of the register: documents are saved and withdrawn. Campaigns and reviews stand in [`reviews`], drafts in
//! [`consultations`].

pub mod consultations;
mod laying;
pub mod reviews;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::legal::{legal_document, legal_relation};
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use self::laying::{Laid, Register};
use super::figures::{self, MEASURES};
use super::rules::{self, DocumentInput, DocumentKey, at_row};
use super::store::{self, NewDocument};
use super::validity::{self, Dated, Link, Validity};
use super::{TARGET, TASK};
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use base::programme::store as programmes;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{shown, text};
use kernel::i18n::Message;
use kernel::units::{LeadRole, LeadSubject};
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

/// The units that keep the register on a day: those that lead the target, else those that lead the task, else the
/// standing body. Leads are assigned; none of this is a role.
pub async fn keepers(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    today: NaiveDate,
) -> ApiResult<Vec<organisation::Model>> {
    let keys = [(LeadSubject::Target, TARGET), (LeadSubject::Task, TASK)]
        .map(|(subject, section)| (programme_id, subject, section.to_owned()));
    let leads = programmes::leads(connection, &Viewer::server(), &keys, today).await?;
    for key in &keys {
        let of_key = leads.get(key).into_iter().flatten().filter(|row| row.role == LeadRole::Lead.as_str());
        let ids: Vec<Uuid> = of_key.map(|row| row.organisation_id).collect();
        let mut rows = organisations::by_ids(connection, &Viewer::server(), ids).await?;
        rows.retain(|row| row.effective_to.is_none_or(|last| last >= today));
        if !rows.is_empty() {
            rows.sort_by(|one, other| one.code.cmp(&other.code));
            return Ok(rows);
        }
    }
    organisations::standing_bodies(connection, programme_id).await
}

/// Leave to keep the register, as one of the units that keep it.
async fn permit_to_keep(app: &App, tx: &DatabaseTransaction, caller: &Caller, programme_id: Uuid) -> ApiResult<Permit> {
    let mut refused = None;
    for keeper in keepers(tx, programme_id, app.clock.today()).await? {
        match permit_on(tx, caller, Action::KeepLegalDocuments, &keeper, false).await {
            Ok(permit) => return Ok(permit),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| ApiError::internal("nobody keeps the register of legal documents")))
}

struct Entered {
    programme: programme::Model,
    permit: Permit,
}

/// Finds the programme, asks for leave to keep its register, and keeps others from changing it meanwhile.
async fn enter(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    programme: Option<&str>,
) -> ApiResult<Entered> {
    let programme = organisations::programme_by_code(tx, &Viewer::of(&request.caller)?, programme).await?;
    let permit = permit_to_keep(app, tx, &request.caller, programme.id).await?;
    Ok(Entered { programme, permit })
}

/// The one document that a key names, as it is asked for: a fault of the field where there is none, or several.
pub async fn find(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    key: &DocumentKey,
    field: &[&str],
) -> ApiResult<Result<legal_document::Model, UserError>> {
    let mut found = store::by_key(connection, viewer, programme_id, key).await?;
    let several = found.len() > 1;
    Ok(found.pop().filter(|_| !several).ok_or_else(|| not_one(field, &key.number, several)))
}

fn not_one(field: &[&str], number: &str, several: bool) -> UserError {
    let (code, key) = if several {
        (UserErrorCode::Malformed, "legal-several-documents")
    } else {
        (UserErrorCode::UnknownCode, "legal-unknown-document")
    };
    UserError::new(code, field, Message::new(key).with("number", shown(number.trim())))
}

/// Documents to enter or to change.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The documents.
    pub documents: Vec<DocumentInput>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

type Done = Outcome<Vec<legal_document::Model>>;

/// Enters documents, or changes them; all or none.
pub async fn save(app: &App, request: &RequestContext, wanted: SaveRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = save_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

const LIST: &str = "documents";

async fn save_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &SaveRequest,
) -> ApiResult<Done> {
    let Entered { programme, permit } = enter(app, tx, request, wanted.programme.as_deref()).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "saveLegalDocuments",
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(_) => return repeated(tx, programme.id, &wanted.documents).await,
    }
    if let Some(fault) = rules::too_many(LIST, wanted.documents.len(), rules::MAX_DOCUMENTS) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let register = Register::load(tx, programme.id).await?;
    for given in &wanted.documents {
        let Some(id) = given.id else { continue };
        let row = register.documents.get(&id).ok_or_else(|| ApiError::not_found("kind-legal-document", id))?;
        if Some(row.version) != given.expected_version {
            return Err(ApiError::conflict());
        }
    }
    let mut laid = match Laid::of(app, tx, &programme, &register, &wanted.documents).await? {
        Ok(laid) => laid,
        Err(mut faults) => {
            faults.sort_by_key(|fault| fault.line);
            return Ok(Outcome::Invalid(faults));
        }
    };
    if let Some(fault) = still_done(tx, &laid).await? {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let found = validity::derive(&laid.dated, &laid.links);
    for document in &mut laid.new {
        document.validity = found.get(&document.id).copied().unwrap_or_default();
    }
    write(app, tx, &permit, &programme, &register, &laid, &found).await?;
    project(app, tx, &permit, programme.id).await?;
    journal(app, tx, request, &permit, &programme, &register, &laid).await?;
    idempotency::finish(tx, &permit, &key, programme.id).await?;
    let ids: Vec<Uuid> = laid.new.iter().map(|document| document.id).collect();
    in_order(tx, &ids).await
}

async fn in_order(tx: &DatabaseTransaction, ids: &[Uuid]) -> ApiResult<Done> {
    let rows = store::by_ids(tx, &Viewer::server(), ids.to_vec()).await?;
    let mut rows: HashMap<Uuid, legal_document::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    Ok(Outcome::Done(ids.iter().filter_map(|id| rows.remove(id)).collect()))
}

async fn repeated(tx: &DatabaseTransaction, programme_id: Uuid, documents: &[DocumentInput]) -> ApiResult<Done> {
    let stored = store::all(tx, programme_id).await?;
    let named = named(&stored);
    let id_of = |given: &DocumentInput| {
        given.id.or_else(|| named.get(&(given.number.trim(), given.issued_on, given.issuer_level.as_str())).copied())
    };
    let ids: Vec<Uuid> = documents.iter().filter_map(id_of).collect();
    in_order(tx, &ids).await
}

/// Number, day and level name a document.
type Name<'a> = (&'a str, NaiveDate, &'a str);

fn named(documents: &HashMap<Uuid, legal_document::Model>) -> HashMap<Name<'_>, Uuid> {
    documents.values().map(|row| ((row.number.as_str(), row.issued_on, row.issuer_level.as_str()), row.id)).collect()
}

/// A document that carried out a proposal keeps what it does to the reviewed one, as long as that is recorded.
async fn still_done(tx: &DatabaseTransaction, laid: &Laid<'_>) -> ApiResult<Option<UserError>> {
    let changed: Vec<Uuid> = laid.new.iter().filter(|one| one.given.id.is_some()).map(|one| one.id).collect();
    if changed.is_empty() {
        return Ok(None);
    }
    let lost = store::reviews::done_by(tx, &changed).await?.into_iter().find(|review| {
        let does = |link: &Link| {
            Some(link.actor) == review.outcome_document_id
                && link.target == review.document_id
                && validity::changes(link.kind)
        };
        !laid.links.iter().any(does)
    });
    let Some(by) = lost.and_then(|review| review.outcome_document_id) else { return Ok(None) };
    let index = laid.new.iter().position(|one| one.id == by).unwrap_or_default();
    let message = Message::new("legal-carried-out-a-proposal");
    Ok(Some(at_row(LIST, index, UserError::new(UserErrorCode::WrongState, &["relations"], message))))
}

async fn write(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    programme: &programme::Model,
    register: &Register,
    laid: &Laid<'_>,
    found: &HashMap<Uuid, Validity>,
) -> ApiResult<()> {
    let fresh: Vec<&NewDocument<'_>> = laid.new.iter().filter(|one| one.given.id.is_none()).collect();
    store::insert(tx, &app.clock, permit, programme.id, &fresh).await?;
    for one in laid.new.iter().filter(|one| one.given.id.is_some()) {
        if let Some(row) = register.documents.get(&one.id) {
            store::update(tx, &app.clock, permit, row, store::change_of(one)).await?;
        }
    }
    let ids: Vec<Uuid> = laid.new.iter().map(|one| one.id).collect();
    settle(tx, permit, register, found, &ids).await?;
    store::replace_links(tx, permit, programme.id, &ids, (&laid.relations, &laid.tasks)).await
}

/// Writes what follows for documents other than the given ones.
async fn settle(
    tx: &DatabaseTransaction,
    permit: &Permit,
    register: &Register,
    found: &HashMap<Uuid, Validity>,
    given: &[Uuid],
) -> ApiResult<()> {
    for row in register.documents.values().filter(|row| !given.contains(&row.id)) {
        if let Some(validity) = found.get(&row.id).filter(|validity| !store::stands_as(row, validity)) {
            store::set_validity(tx, permit, row.id, validity).await?;
        }
    }
    Ok(())
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    programme: &programme::Model,
    register: &Register,
    laid: &Laid<'_>,
) -> ApiResult<()> {
    let mut acts: BTreeMap<Uuid, Vec<Json>> = BTreeMap::new();
    for (link, stated) in &laid.relations {
        let told = json!({ "kind": link.kind, "document": link.target, "effectiveOn": link.on, "stated": stated });
        acts.entry(link.actor).or_default().push(told);
    }
    let entries = laid.new.iter().map(|one| {
        let given = one.given;
        let after = json!({
            "number": given.number.trim(), "kind": given.kind, "normative": given.normative,
            "issuerLevel": given.issuer_level, "issuer": given.issuer.trim(), "field": given.field,
            "title": given.title.trim(), "issuedOn": given.issued_on, "effectiveOn": given.effective_on,
            "expiresOn": given.expires_on, "mustReview": given.must_review, "organisationId": one.organisation_id,
            "draft": one.consultation_id, "tasks": given.tasks, "relations": acts.get(&one.id),
        });
        Entry {
            record_kind: "legal_document",
            record_id: Some(one.id),
            programme_id: Some(programme.id),
            reason: None,
            before: register.documents.get(&one.id).map(|row| described(row, &register.relations)),
            after: Some(after),
        }
    });
    app.journal_many(tx, request, permit, entries.collect()).await
}

fn described(row: &legal_document::Model, relations: &[legal_relation::Model]) -> Json {
    let acts: Vec<Json> = relations
        .iter()
        .filter(|link| link.actor_id == row.id)
        .map(|link| json!({ "kind": link.kind, "document": link.target_id, "effectiveOn": link.effective_on, "stated": link.stated }))
        .collect();
    json!({
        "number": row.number, "kind": row.kind, "normative": row.normative, "issuerLevel": row.issuer_level,
        "issuer": row.issuer, "field": row.field, "title": row.title, "issuedOn": row.issued_on,
        "effectiveOn": row.effective_on, "expiresOn": row.expires_on, "mustReview": row.must_review,
        "organisationId": row.organisation_id, "draft": row.consultation_id, "relations": acts, "version": row.version,
    })
}

/// A document that was entered by mistake.
#[derive(Debug, Clone)]
pub struct WithdrawRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The document.
    pub id: Uuid,
    /// Why.
    pub reason: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Takes a document out of the register that was entered by mistake: it counts nowhere, and ends nothing. A document that
/// is not in force any more is not withdrawn, but ended by another or by its own words.
pub async fn withdraw(
    app: &App,
    request: &RequestContext,
    wanted: WithdrawRequest,
) -> ApiResult<Outcome<legal_document::Model>> {
    let tx = app.db.begin().await?;
    let result = withdraw_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn withdraw_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &WithdrawRequest,
) -> ApiResult<Outcome<legal_document::Model>> {
    let missing = || ApiError::not_found("kind-legal-document", wanted.id);
    let Entered { programme, permit } = enter(app, tx, request, wanted.programme.as_deref()).await?;
    let row = store::by_ids(tx, &Viewer::server(), vec![wanted.id]).await?.pop();
    let row = row.filter(|row| row.programme_id == programme.id).ok_or_else(missing)?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "withdrawLegalDocument",
        input: format!("{:?}", WithdrawRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(_) => return Ok(Outcome::Done(row)),
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let mut faults: Vec<UserError> = text(&["reason"], &wanted.reason, rules::MAX_TEXT).into_iter().collect();
    let wrong = |key| UserError::new(UserErrorCode::WrongState, &[], Message::new(key));
    if row.withdrawn_reason.is_some() {
        faults.push(wrong("legal-withdrawn-already"));
    }
    let confirmed = store::reviews::of_documents(tx, &Viewer::server(), &[row.id]).await?;
    if !confirmed.is_empty() {
        faults.push(wrong("legal-was-reviewed"));
    }
    if !store::reviews::done_by(tx, &[row.id]).await?.is_empty() {
        faults.push(wrong("legal-carried-out-a-proposal"));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    indicator::store::lock_programme(tx, &permit, row.programme_id).await?;
    let mut register = Register::load(tx, row.programme_id).await?;
    let before = described(&row, &register.relations);
    register.documents.remove(&row.id);
    let dated: Vec<Dated> = register.documents.values().map(store::dated_of).collect();
    let links: Vec<Link> = register.relations.iter().map(store::link_of).collect::<ApiResult<_>>()?;
    let change = legal_document::ActiveModel {
        withdrawn_reason: Set(Some(wanted.reason.trim().to_owned())),
        ..Default::default()
    };
    store::update(tx, &app.clock, &permit, &row, change).await?;
    settle(tx, &permit, &register, &validity::derive(&dated, &links), &[]).await?;
    project(app, tx, &permit, row.programme_id).await?;
    let entry = Entry {
        record_kind: "legal_document",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason: Some(wanted.reason.trim()),
        before: Some(before),
        after: Some(json!({ "withdrawn": true })),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    let after = store::by_ids(tx, &Viewer::server(), vec![row.id]).await?.pop().ok_or_else(missing)?;
    Ok(Outcome::Done(after))
}

/// What the register counts of a programme.
pub async fn figures(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<indicator::figures::RegisterFigure>> {
    let (documents, reviews) = store::counted(connection, programme_id).await?;
    Ok(figures::figures(&documents, &reviews))
}

async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures(tx, programme_id).await?;
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &MEASURES, &figures).await
}
