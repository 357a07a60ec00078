//! Use cases of the dataset catalogue: describe a dataset, and count the catalogue. What becomes of an edition stands
//! in [`steps`], the review of the list of open data in [`reviews`].

pub mod reviews;
pub mod steps;

use chrono::NaiveDate;
use entity::dataset::{dataset, dataset_distribution};
use entity::organisation::organisation;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, MEASURES};
use super::rules::{self, Description};
use super::store::writing::{self, NewEdition};
use super::store::{self, Decider, Reading};
use super::{AccessRights, DatasetState};
use access::policy;
use access::policy::AllowedAction;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::shown;
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

pub use reviews::{ReviewRequest, review};
pub use steps::{Step, StepRequest, take_step};

type Done = Outcome<dataset::Model>;

/// A dataset as it is described.
#[derive(Debug, Clone)]
pub struct SaveRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the unit that keeps it.
    pub organisation: String,
    /// Code of the organisation that publishes it; the unit itself when left out.
    pub publisher: Option<String>,
    /// What it says of itself.
    pub description: Description,
    /// The version of the latest edition that the caller has seen; none or 0 for a new dataset.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Describes a dataset: enters it, changes what is not published, or begins the next edition of what is.
pub async fn save(app: &App, request: &RequestContext, wanted: SaveRequest) -> ApiResult<Done> {
    // A secret is refused before anything of it is looked at, kept or compared.
    if let Some(fault) = rules::secret(wanted.description.access).filter(|_| request.caller.is_signed_in()) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let tx = app.db.begin().await?;
    let result = save_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn save_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &SaveRequest,
) -> ApiResult<Done> {
    let viewer = Viewer::of(&request.caller)?;
    let today = app.clock.today();
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let unit = organisations::by_code(tx, &viewer, Some(&programme.code), &wanted.organisation).await?;
    let permit = permit_on(tx, &request.caller, Action::SaveDataset, &unit, false).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: Action::SaveDataset.as_str(),
        input: format!("{:?}", SaveRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id, today).await,
    }
    indicator::store::lock_programme(tx, &permit, programme.id).await?;
    let given = &wanted.description;
    let editions = store::editions(tx, &Viewer::server(), (programme.id, &given.code), today).await?;
    let latest = editions.first();
    if let Some(row) = latest {
        if row.organisation_id != unit.id {
            let message = Message::new("dataset-of-another-organisation").with("code", row.code.as_str());
            let fault = UserError::new(UserErrorCode::OtherOrganisation, &["organisation"], message);
            return Ok(Outcome::Invalid(vec![fault]));
        }
        if let Some(fault) = rules::wrong_state(rules::from_states(Action::SaveDataset), row.state()?) {
            return Ok(Outcome::Invalid(vec![fault]));
        }
    }
    if latest.map_or(0, |row| row.version) != wanted.expected_version.unwrap_or(0) {
        return Err(ApiError::conflict());
    }
    let mut faults = rules::check(given, today);
    faults.extend(absent(&unit, today));
    let publisher = publisher_of(tx, programme.id, wanted, &unit, &mut faults).await?;
    let Some(publisher_id) = publisher.filter(|_| faults.is_empty()) else { return Ok(Outcome::Invalid(faults)) };
    let open = latest.filter(|row| matches!(row.state(), Ok(DatasetState::Draft | DatasetState::Returned)));
    let (before, after) = match open {
        Some(row) => {
            let before = described(row, &store::distributions_of(tx, vec![row.id]).await?);
            (Some(before), writing::update(tx, &app.clock, &permit, row, publisher_id, given).await?)
        }
        None => {
            let edition = latest.map_or(0, |row| row.edition).saturating_add(1);
            let new = NewEdition { programme_id: programme.id, publisher_id, edition };
            (None, writing::insert(tx, &app.clock, &permit, new, given).await?)
        }
    };
    if before.is_none() {
        project(app, tx, &permit, programme.id).await?;
    }
    let now = described(&after, &store::distributions_of(tx, vec![after.id]).await?);
    journal(app, tx, request, &permit, &after, (None, before, now)).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// A unit that has ended keeps no dataset.
fn absent(unit: &organisation::Model, today: NaiveDate) -> Option<UserError> {
    unit.effective_to.filter(|last| *last < today).map(|last| {
        let message =
            Message::new("dataset-unit-ended").with("code", unit.code.as_str()).with("last", last.to_string());
        UserError::new(UserErrorCode::NotInForce, &["organisation"], message)
    })
}

async fn publisher_of(
    tx: &DatabaseTransaction,
    programme_id: Uuid,
    wanted: &SaveRequest,
    unit: &organisation::Model,
    faults: &mut Vec<UserError>,
) -> ApiResult<Option<Uuid>> {
    let Some(code) = wanted.publisher.as_deref().map(str::trim) else { return Ok(Some(unit.id)) };
    let found = organisations::by_codes_in(tx, programme_id, &[code.to_owned()]).await?.pop();
    if found.is_none() {
        let message = Message::new("dataset-unknown-publisher").with("code", shown(code));
        faults.push(UserError::new(UserErrorCode::UnknownCode, &["publisher"], message));
    }
    Ok(found.map(|row| row.id))
}

fn subject_of(decider: &Decider, written_by_caller: bool) -> Subject<'_> {
    Subject {
        organisation_id: decider.organisation.id,
        upward: &decider.upward,
        standing_body: decider.organisation.standing_body,
        written_by_caller,
        form: None,
    }
}

/// Leave to decide, of the first who lets the caller: several units may lead together.
fn permit_deciding(caller: &Caller, deciders: &[Decider], written: bool) -> ApiResult<Permit> {
    let mut refused = None;
    for decider in deciders {
        match policy::permit(caller, Action::DecideDataset, &subject_of(decider, written)) {
            Ok(permit) => return Ok(permit),
            Err(no) => refused = refused.or(Some(no)),
        }
    }
    Err(refused.map_or_else(|| ApiError::internal("nobody leads, and there is no standing body"), ApiError::from))
}

async fn repeated(tx: &DatabaseTransaction, id: Uuid, today: NaiveDate) -> ApiResult<Done> {
    let row = store::by_ids(tx, &Viewer::server(), vec![id], today).await?.pop();
    Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?))
}

async fn project(app: &App, tx: &DatabaseTransaction, permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    let figures = figures::figures(&store::counted(tx, programme_id).await?);
    indicator::service::project_register(tx, &app.clock, permit, programme_id, &MEASURES, &figures).await
}

async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    permit: &Permit,
    row: &dataset::Model,
    (reason, before, after): (Option<&str>, Option<Json>, Json),
) -> ApiResult<()> {
    let entry = Entry {
        record_kind: "dataset",
        record_id: Some(row.id),
        programme_id: Some(row.programme_id),
        reason,
        before,
        after: Some(after),
    };
    app.journal(tx, request, permit, entry).await
}

fn described(row: &dataset::Model, distributions: &[dataset_distribution::Model]) -> Json {
    let distributions: Vec<Json> = distributions
        .iter()
        .map(|one| {
            json!({
                "title": one.title, "format": one.format, "mediaType": one.media_type, "accessUrl": one.access_url,
                "downloadUrl": one.download_url, "byteSize": one.byte_size, "issued": one.issued_on,
                "modified": one.modified_on,
            })
        })
        .collect();
    json!({
        "identifier": row.code, "edition": row.edition, "state": row.state, "publisher": row.publisher_id,
        "titleVi": row.title_vi, "titleEn": row.title_en, "descriptionVi": row.description_vi,
        "descriptionEn": row.description_en, "theme": row.theme, "keywords": store::items(&row.keywords).collect::<Vec<_>>(),
        "contact": [row.contact_name, row.contact_email, row.contact_phone], "issued": row.issued_on,
        "modified": row.modified_on, "frequency": row.frequency, "spatial": row.spatial,
        "temporal": [row.temporal_from, row.temporal_to], "languages": row.languages, "licence": row.licence,
        "accessRights": row.access, "conformsTo": store::items(&row.conforms_to).collect::<Vec<_>>(),
        "legalBasis": row.legal_basis, "class": row.data_class, "personalData": row.personal_data,
        "records": [row.records_digitised, row.records_total], "integrationTargets": row.integration_targets,
        "collectedOnce": row.collected_once, "sourceSystem": row.source_system, "publishedOn": row.published_on,
        "publishedBy": row.published_by, "returnReason": row.return_reason, "endedOn": row.ended_on,
        "endReason": row.end_reason, "distributions": distributions, "version": row.version,
    })
}

/// What a caller may do with an edition, answered from the tables that enforce it. `own` is the subject of the unit that
/// keeps it.
pub fn allowed_actions(
    caller: &Caller,
    state: DatasetState,
    own: &Subject<'_>,
    deciders: &[Decider],
) -> Vec<AllowedAction> {
    let denied = |action| {
        let deciding: Vec<Subject<'_>> = match action {
            Action::DecideDataset => deciders.iter().map(|one| subject_of(one, own.written_by_caller)).collect(),
            _ => vec![own.clone()],
        };
        let asked = deciding.iter().map(|subject| policy::permit(caller, action, subject));
        let mut refused = None;
        for answer in asked {
            match answer {
                Ok(_) => return rules::wrong_state(rules::from_states(action), state).map(|fault| fault.message),
                Err(no) => refused = refused.or(Some(no)),
            }
        }
        refused.map(|no| no.denial.message())
    };
    rules::DATASET_ACTIONS.iter().map(|&action| AllowedAction { action, denied: denied(action) }).collect()
}

/// The catalogue on a day: what the caller may see of it, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The day.
    pub on: NaiveDate,
    /// How many editions are in each state.
    pub states: Vec<(DatasetState, i64)>,
    /// How many are published with each access right.
    pub published: Vec<(AccessRights, i64)>,
    /// How many published datasets are overdue.
    pub overdue: i64,
    /// How many published datasets are collected once.
    pub collected_once: i64,
    /// Records of the published datasets: digitised, and in all.
    pub records: (i64, i64),
    /// When the list of open data was last reviewed.
    pub reviewed_on: Option<NaiveDate>,
    /// Until when it must be reviewed.
    pub review_due_on: Option<NaiveDate>,
}

/// Counts the catalogue of a programme on a day, by the parameters of that day.
pub async fn summary(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    (on, today): (NaiveDate, NaiveDate),
) -> ApiResult<Summary> {
    use base::parameter::{Code, store as parameters};
    let held = parameters::in_force(connection, programme_id, on).await?;
    let months = held.count(Code::OpenDataUpdateMonths)?;
    let filter = store::Filter { programme_id: Some(programme_id), ..store::Filter::default() };
    let rows = store::summed(connection, viewer, &filter, today).await?;
    let (reviewed_on, first_published) = store::open_list(connection, programme_id).await?;
    let mut summary = Summary {
        on,
        states: DatasetState::ALL.iter().map(|state| (*state, 0)).collect(),
        published: [AccessRights::Open, AccessRights::Shared, AccessRights::Restricted].map(|one| (one, 0)).to_vec(),
        overdue: 0,
        collected_once: 0,
        records: (0, 0),
        reviewed_on,
        review_due_on: rules::review_due(reviewed_on, first_published, held.count(Code::OpenDataReviewMonths)?),
    };
    for row in &rows {
        let (state, access): (DatasetState, AccessRights) = (row.state.parse()?, row.access.parse()?);
        summary.states.iter_mut().filter(|(one, _)| *one == state).for_each(|(_, count)| *count += 1);
        if state != DatasetState::Published {
            continue;
        }
        summary.published.iter_mut().filter(|(one, _)| *one == access).for_each(|(_, count)| *count += 1);
        summary.collected_once += i64::from(row.collected_once);
        let frequency = row.frequency.parse()?;
        let due =
            row.modified_on.and_then(|day| rules::update_due(day, frequency, access == AccessRights::Open, months));
        summary.overdue += i64::from(due.is_some_and(|due| due < on));
        let (digitised, total) = (row.records_digitised.unwrap_or(0), row.records_total.unwrap_or(0));
        summary.records = (summary.records.0.saturating_add(digitised), summary.records.1.saturating_add(total));
    }
    Ok(summary)
}
