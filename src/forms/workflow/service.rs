//! The steps of a submission, one use case each, for every form alike.

use access::policy::AllowedAction;
use base::permit::permit_about;
use kernel::faults::MAX_TEXT;
use std::collections::HashMap;

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::workflow::submission;
use sea_orm::{ConnectionTrait, DatabaseTransaction, Set};
use serde_json::json;
use uuid::Uuid;

use super::rules::{self, Step, Transition};
use super::store::{self, Slot};
use access::policy;
use access::policy::Subject;
use access::request::RequestContext;
use access::{Action, Caller, Permit, Viewer};
use base::indicator;
use base::organisation as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormChange, Warning};
use kernel::form::{FormCode, State};
use kernel::i18n::{Message, MessageArg};
use kernel::period::Period;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::paging::{Page, Slice};
use kit::plugged::Review;

/// How a caller names a submission: by what it is about, as departments do, or by its id.
#[derive(Debug, Clone)]
pub enum Reference {
    /// The latest edition of a form of an organisation for a period.
    Key {
        /// The programme's code, where the organisation's code alone is not enough.
        programme: Option<String>,
        /// The organisation's code.
        organisation: String,
        /// The form.
        form: FormCode,
        /// The period's code; the calendar is the form's.
        period: String,
    },
    /// This edition.
    Id(Uuid),
}

/// What a mutation of the workflow asks for.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// Which submission.
    pub reference: Reference,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Why; required for returning and reopening.
    pub reason: Option<String>,
    /// What the submitter says about the warnings.
    pub warnings_note: Option<String>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What a step comes to.
#[derive(Debug, Clone)]
pub struct StepResult {
    /// The submission after the step; the next edition after a reopening.
    pub submission: submission::Model,
    /// The warnings that were acknowledged.
    pub warnings: Vec<Warning>,
}

/// The period of a form by its code: of the form's calendar, and of a kind that the form is submitted for.
pub fn form_period(app: &App, form: FormCode, code: &str) -> ApiResult<Period> {
    let form = app.forms.get(form)?;
    let period = Period::parse(form.calendar(), code)?;
    if !form.kinds().contains(&period.kind) {
        let kinds: Vec<&str> = form.kinds().iter().map(|kind| kind.as_str()).collect();
        let message = Message::new("workflow-wrong-kind").with("code", code).with("kinds", kinds.join(", "));
        return Err(ApiError::bad_input(message));
    }
    Ok(period)
}

/// The subject of a decision about an organisation's record.
pub async fn permit_for(
    tx: &DatabaseTransaction,
    caller: &Caller,
    action: Action,
    organisation: &organisation::Model,
    (form, submission_id): (FormCode, Option<Uuid>),
) -> ApiResult<Permit> {
    let written_by_caller = match (caller, submission_id) {
        (Caller::Person(person), Some(id)) => store::is_author(tx, id, person.person_id).await?,
        _ => false,
    };
    permit_about(tx, caller, action, organisation, (written_by_caller, Some(form))).await
}

/// What a [`Reference`] names.
pub struct Resolved {
    /// Whose.
    pub organisation: organisation::Model,
    /// The submission; none where nothing was begun.
    pub submission: Option<submission::Model>,
}

/// The organisation that a caller names, and the latest submission of a slot of it, or the edition named.
///
/// Errors: NOT_FOUND for an organisation that the caller can't know of, or an edition that is not there.
pub async fn resolve(
    app: &App,
    tx: &DatabaseTransaction,
    caller: &Caller,
    reference: &Reference,
) -> ApiResult<Resolved> {
    // The organisation is looked up as the caller; the record as the server: whether the caller may do
    // something with it is for the policy to say, with a reason.
    let viewer = Viewer::of(caller)?;
    match reference {
        Reference::Key { programme, organisation, form, period } => {
            let organisation = organisations::store::by_code(tx, &viewer, programme.as_deref(), organisation).await?;
            let period = form_period(app, *form, period)?;
            let slot = Slot { organisation_id: organisation.id, form: *form, period: &period };
            let submission = store::latest(tx, &Viewer::server(), &slot).await?;
            Ok(Resolved { organisation, submission })
        }
        Reference::Id(id) => {
            let missing = || ApiError::not_found("kind-submission", id);
            let submission = store::by_ids(tx, &Viewer::server(), vec![*id]).await?.pop().ok_or_else(missing)?;
            let organisation = organisations::store::by_ids(tx, &viewer, vec![submission.organisation_id])
                .await?
                .pop()
                .ok_or_else(missing)?;
            Ok(Resolved { organisation, submission: Some(submission) })
        }
    }
}

/// Takes one of the steps SUBMIT, WITHDRAW, RETURN, ACCEPT or REOPEN.
///
/// Errors: FORBIDDEN with the reason of the policy, NOT_FOUND, CONFLICT when somebody changed the record
/// since `expected_version`; what can be mended comes back as [`Outcome::Invalid`].
pub async fn take_step(
    app: &App,
    request: &RequestContext,
    action: Action,
    wanted: StepRequest,
) -> ApiResult<Outcome<StepResult>> {
    let dry_run = wanted.dry_run;
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, action, &wanted).await;
    let outcome = app.conclude(tx, request, dry_run, result).await?;
    if let (Outcome::Done(result), false) = (&outcome, dry_run) {
        tell(app, result.submission.id);
    }
    Ok(outcome)
}

/// Tells subscriptions that a submission changed. Nobody listening is no fault.
pub fn tell(app: &App, submission_id: Uuid) {
    let _listeners = app.submission_changes.send(submission_id);
}

async fn in_transaction(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    action: Action,
    wanted: &StepRequest,
) -> ApiResult<Outcome<StepResult>> {
    let Resolved { organisation, submission } = resolve(app, tx, &request.caller, &wanted.reference).await?;
    let form = match (&wanted.reference, &submission) {
        (Reference::Key { form, .. }, _) => *form,
        (Reference::Id(id), None) => return Err(ApiError::not_found("kind-submission", id)),
        (Reference::Id(_), Some(row)) => store::form_of(row)?,
    };
    let about = (form, submission.as_ref().map(|row| row.id));
    let permit = permit_for(tx, &request.caller, action, &organisation, about).await?;
    let Some(row) = submission else {
        return Err(ApiError::not_found("kind-submission", &organisation.code));
    };
    let key = idempotency::Key {
        key: wanted.idempotency_key.as_deref(),
        operation: action.as_str(),
        input: format!(
            "{:?} {} {:?} {:?}",
            wanted.reference, wanted.expected_version, wanted.reason, wanted.warnings_note
        ),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        idempotency::Begun::Fresh => {}
        idempotency::Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        idempotency::Begun::Repeated(id) => {
            let submission = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
            let submission = submission.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?;
            return Ok(Outcome::Done(StepResult { submission, warnings: Vec::new() }));
        }
    }
    let state = store::state_of(&row)?;
    let transition = match rules::step(action, state) {
        Step::Take(transition) => transition,
        // The same person's repeat of the step just taken is recognised; anybody else was too late.
        Step::AlreadyTaken => {
            let taken_by = if action == Action::SubmitForm { row.submitted_by } else { row.decided_by };
            let same_reason =
                action != Action::ReturnForm || row.return_reason.as_deref() == wanted.reason.as_deref().map(str::trim);
            let repeated =
                row.version == wanted.expected_version.saturating_add(1) && taken_by == permit.person_id && same_reason;
            if !repeated {
                return Err(ApiError::conflict());
            }
            idempotency::finish(tx, &permit, &key, row.id).await?;
            return Ok(Outcome::Done(StepResult { submission: row, warnings: Vec::new() }));
        }
        Step::Impossible => return Ok(Outcome::Invalid(vec![wrong_state(action, state)])),
    };
    let mut faults = Vec::new();
    let reason = cleaned("reason", wanted.reason.as_deref(), &mut faults);
    let note = cleaned("warningsNote", wanted.warnings_note.as_deref(), &mut faults);
    if matches!(action, Action::ReturnForm | Action::ReopenForm) && reason.is_none() && faults.is_empty() {
        faults.push(UserError::new(UserErrorCode::Required, &["reason"], Message::new("workflow-reason-required")));
    }
    if action == Action::SubmitForm {
        // A draft may have been begun before the end was confirmed.
        faults.extend(rules::after_end(&organisation, &store::period_of(&row)?));
    }
    faults.extend(app.forms.get(form)?.barred(tx, &row).await?);
    if !faults.is_empty() {
        return Ok(Outcome::Invalid(faults));
    }
    if row.version != wanted.expected_version {
        return Err(ApiError::conflict());
    }
    let mut warnings = Vec::new();
    if matches!(action, Action::SubmitForm | Action::AcceptForm) {
        let form = app.forms.get(store::form_of(&row)?)?;
        let Review { mut errors, warnings: found } = form.review(tx, &row).await?;
        if action == Action::AcceptForm {
            errors.extend(form.unready(tx, &row).await?);
        }
        if !errors.is_empty() {
            return Ok(Outcome::Invalid(errors));
        }
        if action == Action::SubmitForm {
            if !found.is_empty() && note.is_none() {
                return Ok(Outcome::Invalid(found.iter().map(unacknowledged).collect()));
            }
            warnings = found;
        }
    }
    let taken = Taken { action, transition, reason, note };
    let after = apply(app, tx, &permit, &row, &taken).await?;
    store::add_event(tx, &app.clock, &permit, after.id, Some(state), transition, reason).await?;
    app.journal(
        tx,
        request,
        &permit,
        Entry {
            record_kind: "submission",
            record_id: Some(after.id),
            programme_id: Some(after.programme_id),
            reason,
            before: Some(json!({ "state": row.state, "edition": row.edition, "version": row.version })),
            after: Some(json!({ "state": after.state, "edition": after.edition, "version": after.version })),
        },
    )
    .await?;
    idempotency::finish(tx, &permit, &key, after.id).await?;
    Ok(Outcome::Done(StepResult { submission: after, warnings }))
}

struct Taken<'a> {
    action: Action,
    transition: Transition,
    reason: Option<&'a str>,
    note: Option<&'a str>,
}

async fn apply(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    row: &submission::Model,
    taken: &Taken<'_>,
) -> ApiResult<submission::Model> {
    let now = app.clock.now();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let mut change = submission::ActiveModel::default();
    if !taken.transition.opens_edition {
        change.state = Set(taken.transition.to.as_str().to_owned());
    }
    match taken.action {
        Action::SubmitForm => {
            // Who signs a form does not accept it either.
            store::add_author(tx, permit, row.id).await?;
            change.submitted_by = Set(Some(permit.person()?));
            change.submitted_at = Set(Some(now));
            // A form that was sent in time and returned stays in time.
            if row.late_days.is_none() {
                change.late_days = Set(rules::late_days(row.due_on, app.clock.today()));
            }
            change.warnings_note = Set(owned(taken.note));
        }
        Action::WithdrawForm => {
            change.submitted_by = Set(None);
            change.submitted_at = Set(None);
            // What was once returned or accepted had been sent; that day counts.
            if row.return_reason.is_none() && row.edition == 1 {
                change.late_days = Set(None);
            }
        }
        Action::ReturnForm => {
            change.decided_by = Set(Some(permit.person()?));
            change.decided_at = Set(Some(now));
            change.return_reason = Set(owned(taken.reason));
        }
        Action::AcceptForm => {
            change.decided_by = Set(Some(permit.person()?));
            change.decided_at = Set(Some(now));
        }
        _ => {}
    }
    let advanced = store::advance(tx, &app.clock, permit, row, row.version, change).await?;
    let period = store::period_of(row)?;
    let form = app.forms.get(store::form_of(row)?)?;
    let slot = Slot { organisation_id: row.organisation_id, form: form.code(), period: &period };
    match taken.action {
        Action::AcceptForm => {
            store::supersede(tx, &app.clock, permit, &slot, row.edition).await?;
            form.renew(tx, permit, &advanced).await?;
            let figures = form.figures(tx, &advanced).await?;
            indicator::service::project_submission(tx, &app.clock, permit, &advanced, &period, &figures).await?;
            Ok(advanced)
        }
        Action::ReopenForm => {
            let next = store::insert_next(tx, &app.clock, permit, row, &slot, taken.reason).await?;
            form.copy_lines(tx, permit, row.id, next.id).await?;
            Ok(next)
        }
        _ => Ok(advanced),
    }
}

/// A text trimmed, and none when that leaves nothing; too long a one is a fault.
fn cleaned<'a>(field: &str, text: Option<&'a str>, faults: &mut Vec<UserError>) -> Option<&'a str> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let length = text.chars().count();
    if length > MAX_TEXT {
        let message = Message::new("workflow-text-too-long").with("max", MAX_TEXT).with("given", length);
        faults.push(UserError::new(UserErrorCode::OutOfRange, &[field], message).expecting(MAX_TEXT, length));
    }
    Some(text)
}

/// The fault of wanting a step that can't be taken from a state.
pub fn wrong_state(action: Action, state: State) -> UserError {
    let from: Vec<&str> = rules::from_states(action).iter().map(|state| state.as_str()).collect();
    let message = Message::new("workflow-wrong-state")
        .with("state", MessageArg::Message(state_key(state)))
        .with("from", from.join(", "));
    UserError::new(UserErrorCode::WrongState, &[], message).expecting(from.join(", "), state)
}

fn state_key(state: State) -> &'static str {
    match state {
        State::Draft => "state-draft",
        State::Submitted => "state-submitted",
        State::Returned => "state-returned",
        State::Accepted => "state-accepted",
        State::Superseded => "state-superseded",
    }
}

fn unacknowledged(warning: &Warning) -> UserError {
    UserError {
        code: UserErrorCode::WarningsNotAcknowledged,
        field: vec!["warningsNote".to_owned()],
        line: None,
        expected: None,
        given: None,
        message: warning.message.clone(),
    }
}

/// What a caller may do with a submission.
pub fn allowed_actions(caller: &Caller, state: State, subject: &Subject<'_>) -> Vec<AllowedAction> {
    rules::FORM_ACTIONS
        .iter()
        .map(|&action| {
            let denied = match policy::permit(caller, action, subject) {
                Err(refused) => Some(refused.denial.message()),
                Ok(_) => match rules::step(action, state) {
                    Step::Take(_) => None,
                    Step::AlreadyTaken | Step::Impossible => Some(wrong_state(action, state).message),
                },
            };
            AllowedAction { action, denied }
        })
        .collect()
}

/// An organisation that must submit, by when, and its latest edition.
pub type Reporting = (organisation::Model, Option<NaiveDate>, Option<submission::Model>);

/// Who must submit a form for a period, and how far each is: organisations of whom the viewer may know it,
/// by code.
pub async fn reporting_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    form: FormCode,
    period: &Period,
    page: &Page,
) -> ApiResult<Slice<Reporting>> {
    let obligations: HashMap<Uuid, i32> = store::obligations(connection, programme_id, Some(form), period)
        .await?
        .into_iter()
        .filter(|row| row.calendar == period.calendar.as_str() && row.period_kind == period.kind.as_str())
        .map(|row| (row.organisation_id, row.due_days))
        .collect();
    let ids: Vec<Uuid> = obligations.keys().copied().collect();
    let slice = organisations::store::reporting_page(connection, viewer, &ids, page).await?;
    let shown: Vec<Uuid> = slice.rows.iter().map(|(_, row)| row.id).collect();
    let mut latest: HashMap<Uuid, submission::Model> =
        store::latest_of_period(connection, programme_id, Some(form), period, &shown)
            .await?
            .into_iter()
            .map(|row| (row.organisation_id, row))
            .collect();
    Ok(slice.map(|row| {
        let days = obligations.get(&row.id).and_then(|days| u32::try_from(*days).ok());
        let found = latest.remove(&row.id);
        (row, days.map(|days| period.due(days)), found)
    }))
}

/// The most differences that are answered at once.
const MAX_CHANGES: usize = 5_000;

/// The differences between two editions of a form that the viewer may both see.
pub async fn form_changes(app: &App, viewer: &Viewer, any: Uuid, from: i32, to: i32) -> ApiResult<Vec<FormChange>> {
    let connection = app.db.read();
    let missing = || ApiError::not_found("kind-submission", any);
    let row = store::by_ids(connection, viewer, vec![any]).await?.pop().ok_or_else(missing)?;
    let period = store::period_of(&row)?;
    let form = store::form_of(&row)?;
    let slot = Slot { organisation_id: row.organisation_id, form, period: &period };
    let editions = store::editions(connection, viewer, &slot).await?;
    let edition = |number: i32| {
        let found = editions.iter().find(|row| row.edition == number).map(|row| row.id);
        found.ok_or_else(|| ApiError::not_found("kind-edition", number))
    };
    let (from, to) = (edition(from)?, edition(to)?);
    let mut changes = app.forms.get(form)?.changes(connection, from, to).await?;
    changes.truncate(MAX_CHANGES);
    Ok(changes)
}
