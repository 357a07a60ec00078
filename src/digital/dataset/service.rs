//! Use cases of the dataset catalogue: describe, sign, publish or send back, take out, record that the data changed,
//! review the list of open data.

use chrono::NaiveDate;
use entity::dataset::{dataset, dataset_distribution, open_data_review};
use entity::organisation::{organisation, programme};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::figures::{self, MEASURES};
use super::rules::{self, DatasetDecision, Description, MAX_TEXT, Readiness};
use super::store::{self, Decider, NewEdition, Reading};
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
use kernel::faults::{not_before, not_later, shown, text};
use kernel::i18n::Message;
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::idempotency::Begun;

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

/// What becomes of an edition.
#[derive(Debug, Clone)]
pub enum Step {
    /// The unit's head signs it.
    Submit,
    /// It is published or sent back.
    Decide {
        /// Which.
        decision: DatasetDecision,
        /// Why.
        reason: Option<String>,
    },
    /// It is taken out.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// The data changed, and nothing else.
    Update {
        /// When.
        modified: NaiveDate,
        /// What changed, for the journal.
        note: Option<String>,
    },
}

impl Step {
    fn action(&self) -> Action {
        match self {
            Step::Submit => Action::SubmitDataset,
            Step::Decide { .. } => Action::DecideDataset,
            Step::Withdraw { .. } => Action::WithdrawDataset,
            Step::Update { .. } => Action::SaveDataset,
        }
    }

    fn starts_from(&self) -> &'static [DatasetState] {
        match self {
            Step::Update { .. } => &[DatasetState::Published],
            _ => rules::from_states(self.action()),
        }
    }

    fn operation(&self) -> &'static str {
        match self {
            Step::Update { .. } => "recordDatasetUpdate",
            _ => self.action().as_str(),
        }
    }
}

/// Which step of which edition.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The dataset's identifier.
    pub code: String,
    /// The edition; the latest when left out, and for an update the published one.
    pub edition: Option<i32>,
    /// The step.
    pub step: Step,
    /// The version that the caller has seen.
    pub expected_version: i32,
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
            (Some(before), store::update(tx, &app.clock, &permit, row, publisher_id, given).await?)
        }
        None => {
            let edition = latest.map_or(0, |row| row.edition).saturating_add(1);
            let new = NewEdition { programme_id: programme.id, publisher_id, edition };
            (None, store::insert(tx, &app.clock, &permit, new, given).await?)
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

/// Signs, publishes, sends back or takes out an edition, or records that its data changed.
pub async fn take_step(app: &App, request: &RequestContext, wanted: StepRequest) -> ApiResult<Done> {
    let tx = app.db.begin().await?;
    let result = step_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

struct Located {
    programme: programme::Model,
    unit: organisation::Model,
    row: dataset::Model,
    /// The edition that is served while the one above waits.
    published: Option<dataset::Model>,
}

/// The programme is looked up as the caller; the record as the server: whether the caller may do something with it is
/// for the policy to say, with a reason.
async fn locate(
    tx: &DatabaseTransaction,
    caller: &Caller,
    wanted: &StepRequest,
    today: NaiveDate,
) -> ApiResult<Located> {
    let viewer = Viewer::of(caller)?;
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let missing = || ApiError::not_found("kind-dataset", shown(&wanted.code));
    let editions = store::editions(tx, &Viewer::server(), (programme.id, &wanted.code), today).await?;
    let served = |row: &&dataset::Model| row.state == DatasetState::Published.as_str();
    let row = match wanted.edition {
        Some(edition) => editions.iter().find(|row| row.edition == edition),
        None if matches!(wanted.step, Step::Update { .. }) => editions.iter().find(served).or(editions.first()),
        None => editions.first(),
    };
    let row = row.ok_or_else(missing)?.clone();
    let published = editions.iter().find(served).filter(|other| other.id != row.id).cloned();
    let unit = organisations::by_ids(tx, &viewer, vec![row.organisation_id]).await?.pop().ok_or_else(missing)?;
    Ok(Located { programme, unit, row, published })
}

/// Asks the policy about an edition: of its unit, or where it is to be decided, of those who lead the task.
async fn permit_step(
    tx: &DatabaseTransaction,
    caller: &Caller,
    action: Action,
    at: &Located,
    today: NaiveDate,
) -> ApiResult<Permit> {
    let written = match caller {
        Caller::Person(person) => !store::written_by(tx, vec![at.row.id], person.person_id).await?.is_empty(),
        _ => false,
    };
    if action == Action::DecideDataset {
        return permit_deciding(caller, &store::deciders(tx, at.programme.id, today).await?, written);
    }
    permit_on(tx, caller, action, &at.unit, written).await
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

async fn step_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &StepRequest,
) -> ApiResult<Done> {
    let today = app.clock.today();
    let at = locate(tx, &request.caller, wanted, today).await?;
    let permit = permit_step(tx, &request.caller, wanted.step.action(), &at, today).await?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: wanted.step.operation(),
        input: format!("{:?}", StepRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => return repeated(tx, id, today).await,
    }
    if let Some(fault) = rules::wrong_state(wanted.step.starts_from(), at.row.state()?) {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    if at.row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    indicator::store::lock_programme(tx, &permit, at.programme.id).await?;
    let distributions = store::distributions_of(tx, vec![at.row.id]).await?;
    let (change, faults) = change_of(&permit, &at, &wanted.step, distributions.len(), today)?;
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let publishes = matches!(wanted.step, Step::Decide { decision: DatasetDecision::Publish, .. });
    if let Some(served) = at.published.as_ref().filter(|_| publishes) {
        let over = dataset::ActiveModel {
            state: Set(DatasetState::Superseded.as_str().to_owned()),
            ended_on: Set(Some(today.max(served.published_on.unwrap_or(today)))),
            ..Default::default()
        };
        store::advance(tx, &app.clock, &permit, served, over).await?;
    }
    let after = store::advance(tx, &app.clock, &permit, &at.row, change).await?;
    match wanted.step {
        // Whoever signs it vouches for what stands in it.
        Step::Submit => store::add_author(tx, &permit, after.id).await?,
        Step::Decide { .. } | Step::Withdraw { .. } => project(app, tx, &permit, at.programme.id).await?,
        Step::Update { .. } => {}
    }
    let reason = match &wanted.step {
        Step::Decide { reason, .. } => kept(reason.as_deref()),
        Step::Withdraw { reason } => kept(Some(reason)),
        Step::Update { note, .. } => kept(note.as_deref()),
        Step::Submit => None,
    };
    let values = (reason.as_deref(), Some(described(&at.row, &distributions)), described(&after, &distributions));
    journal(app, tx, request, &permit, &after, values).await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(after))
}

/// What of an edition decides whether it may be signed and published.
fn readiness(row: &dataset::Model, distributions: usize) -> ApiResult<Readiness> {
    Ok(Readiness {
        access: row.access()?,
        licence: row.licence.is_some(),
        contact: row.contact_name.is_some() && (row.contact_email.is_some() || row.contact_phone.is_some()),
        distributions,
    })
}

/// What a step writes, and what is wrong with it.
fn change_of(
    permit: &Permit,
    at: &Located,
    step: &Step,
    distributions: usize,
    today: NaiveDate,
) -> ApiResult<(dataset::ActiveModel, Vec<UserError>)> {
    let row = &at.row;
    let mut change = dataset::ActiveModel::default();
    let (state, faults) = match step {
        Step::Submit => {
            change.submitted_on = Set(Some(today));
            change.return_reason = Set(None);
            (Some(DatasetState::Submitted), rules::unready(readiness(row, distributions)?))
        }
        Step::Decide { decision: DatasetDecision::Publish, reason } => {
            let mut faults = rules::unready(readiness(row, distributions)?);
            faults.extend(rules::classified(row.class()?, row.access()?, row.personal_data));
            faults.extend(reason.as_deref().and_then(|reason| text(&["reason"], reason, MAX_TEXT)));
            // The data may have changed while the edition waited.
            let changed = row.modified_on.max(at.published.as_ref().and_then(|served| served.modified_on));
            let issued = row.issued_on.or(at.published.as_ref().and_then(|served| served.issued_on));
            let issued = issued.or(changed).unwrap_or(today);
            change.issued_on = Set(Some(issued));
            change.modified_on = Set(Some(changed.map_or(issued, |day| day.max(issued))));
            change.published_on = Set(Some(today));
            change.published_by = Set(Some(permit.person()?));
            (Some(DatasetState::Published), faults)
        }
        Step::Decide { decision: DatasetDecision::Return, reason } => {
            change.return_reason = Set(kept(reason.as_deref()));
            let fault = text(&["reason"], reason.as_deref().unwrap_or_default(), MAX_TEXT);
            (Some(DatasetState::Returned), fault.into_iter().collect())
        }
        Step::Withdraw { reason } => {
            change.ended_on = Set(Some(today.max(row.published_on.unwrap_or(today))));
            change.end_reason = Set(kept(Some(reason)));
            (Some(DatasetState::Withdrawn), text(&["reason"], reason, MAX_TEXT).into_iter().collect())
        }
        Step::Update { modified, note } => {
            let known = row.modified_on.ok_or_else(|| ApiError::internal("published without a day of change"))?;
            let mut faults = rules::check_update(*modified, known, today);
            faults.extend(note.as_deref().and_then(|note| text(&["note"], note, MAX_TEXT)));
            change.modified_on = Set(Some(*modified));
            (None, faults)
        }
    };
    if let Some(state) = state {
        change.state = Set(state.as_str().to_owned());
    }
    Ok((change, faults))
}

/// That the list of open data was reviewed.
#[derive(Debug, Clone)]
pub struct ReviewRequest {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// When.
    pub reviewed_on: NaiveDate,
    /// What came of it.
    pub note: Option<String>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// Records that the list of open data was reviewed.
pub async fn review(
    app: &App,
    request: &RequestContext,
    wanted: ReviewRequest,
) -> ApiResult<Outcome<open_data_review::Model>> {
    let tx = app.db.begin().await?;
    let result = review_in(app, &tx, request, &wanted).await;
    app.conclude(tx, request, wanted.dry_run, result).await
}

async fn review_in(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    wanted: &ReviewRequest,
) -> ApiResult<Outcome<open_data_review::Model>> {
    let viewer = Viewer::of(&request.caller)?;
    let today = app.clock.today();
    let programme = organisations::programme_by_code(tx, &viewer, wanted.programme.as_deref()).await?;
    let permit = permit_deciding(&request.caller, &store::deciders(tx, programme.id, today).await?, false)?;
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: "recordOpenDataReview",
        input: format!("{:?}", ReviewRequest { idempotency_key: None, ..wanted.clone() }),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        Begun::Fresh => {}
        Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        Begun::Repeated(id) => {
            let row = store::review_by_id(tx, id).await?;
            return Ok(Outcome::Done(row.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?));
        }
    }
    let mut faults: Vec<UserError> = not_later(&["reviewedOn"], wanted.reviewed_on, today).into_iter().collect();
    faults.extend(not_before(&["reviewedOn"], wanted.reviewed_on, programme.decision_date));
    faults.extend(wanted.note.as_deref().and_then(|note| text(&["note"], note, MAX_TEXT)));
    if store::reviewed_on(tx, programme.id, wanted.reviewed_on).await? {
        let message = Message::new("dataset-twice").with("given", wanted.reviewed_on.to_string());
        faults.push(UserError::new(UserErrorCode::Duplicate, &["reviewedOn"], message));
    }
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    let given = (wanted.reviewed_on, kept(wanted.note.as_deref()));
    let row = store::insert_review(tx, &app.clock, &permit, programme.id, given).await?;
    let entry = Entry {
        record_kind: "open_data_review",
        record_id: Some(row.id),
        programme_id: Some(programme.id),
        reason: row.note.as_deref(),
        before: None,
        after: Some(json!({ "reviewedOn": row.reviewed_on, "note": row.note })),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, row.id).await?;
    Ok(Outcome::Done(row))
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
