//! Use cases of an edition on its way: signed, published or sent back, taken out, or its data changed.

use chrono::NaiveDate;
use entity::dataset::dataset;
use entity::organisation::{organisation, programme};
use sea_orm::{DatabaseTransaction, Set};

use super::{Done, described, journal, permit_deciding, project, repeated};
use crate::dataset::DatasetState;
use crate::dataset::rules::{self, DatasetDecision, MAX_TEXT, Readiness};
use crate::dataset::store::writing;
use crate::dataset::store::{self, Reading};
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation::store as organisations;
use base::permit::permit_on;
use kernel::error::{ApiError, ApiResult};
use kernel::faults::{shown, text};
use kernel::text::kept;
use kernel::user_error::{Outcome, UserError};
use kit::app::App;
use kit::idempotency;
use kit::idempotency::Begun;

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
        writing::advance(tx, &app.clock, &permit, served, over).await?;
    }
    let after = writing::advance(tx, &app.clock, &permit, &at.row, change).await?;
    match wanted.step {
        // Whoever signs it vouches for what stands in it.
        Step::Submit => writing::add_author(tx, &permit, after.id).await?,
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
