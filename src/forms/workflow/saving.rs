//! Saving the draft of a form: what is the same for every form. A form says how its content is checked,
//! written and journaled by implementing [`Content`]; [`save`] does the rest in one transaction.

use std::fmt::Debug;

use async_trait::async_trait;
use entity::organisation::organisation;
use entity::workflow::submission;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::Value as Json;
use uuid::Uuid;

use super::WorkflowRow;
use super::rules;
use super::service::{form_period, permit_for, tell, wrong_state};
use super::store::{self, Slot};
use access::request::RequestContext;
use access::{Action, Permit, Viewer};
use base::organisation as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::form::Warning;
use kernel::form::{FormCode, State};
use kernel::i18n::Message;
use kernel::period::Period;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;
use kit::audit::Entry;
use kit::idempotency;
use kit::plugged::Form;

/// Which draft to save.
#[derive(Debug, Clone)]
pub struct SaveTarget {
    /// The mutation, for the idempotency key.
    pub operation: &'static str,
    /// The form.
    pub form: FormCode,
    /// The programme's code, where the organisation's code alone is not enough.
    pub programme: Option<String>,
    /// The organisation's code.
    pub organisation: String,
    /// The period's code.
    pub period: String,
    /// The version that the caller has seen; none or 0 when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    pub dry_run: bool,
}

/// What was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The submission.
    pub submission: submission::Model,
    /// What is odd about it, to be acknowledged when it is submitted.
    pub warnings: Vec<Warning>,
}

/// The place that a draft is saved to.
#[derive(Debug, Clone)]
pub struct Place {
    /// Whose.
    pub organisation: organisation::Model,
    /// The organisation's programme.
    pub programme_id: Uuid,
    /// For which period.
    pub period: Period,
    /// What is there already.
    pub existing: Option<submission::Model>,
}

/// The content of a draft as it is given. Its `Debug` text is what an idempotency key is held against.
#[async_trait]
pub trait Content: Debug + Send + Sync {
    /// Content that was checked and may be written.
    type Prepared: Send + Sync;

    /// Checks everything; all faults at once.
    async fn prepare(&self, tx: &DatabaseTransaction, place: &Place) -> ApiResult<Outcome<Self::Prepared>>;

    /// Writes what was prepared.
    async fn write(
        &self,
        tx: &DatabaseTransaction,
        permit: &Permit,
        row: &submission::Model,
        prepared: &Self::Prepared,
    ) -> ApiResult<()>;

    /// What changed, before and after, for the journal; what stayed is not repeated.
    fn changed(&self, prepared: &Self::Prepared) -> (Json, Json);
}

/// Saves a draft: all of it or nothing.
///
/// Errors: FORBIDDEN, CONFLICT; every fault of the content comes back in [`Outcome::Invalid`].
pub async fn save<C: Content>(
    app: &App,
    request: &RequestContext,
    target: &SaveTarget,
    content: &C,
) -> ApiResult<Outcome<Saved>> {
    let tx = app.db.begin().await?;
    let result = in_transaction(app, &tx, request, target, content).await;
    let outcome = app.conclude(tx, request, target.dry_run, result).await?;
    if let (Outcome::Done(saved), false) = (&outcome, target.dry_run) {
        tell(app, saved.submission.id);
    }
    Ok(outcome)
}

async fn in_transaction<C: Content>(
    app: &App,
    tx: &DatabaseTransaction,
    request: &RequestContext,
    target: &SaveTarget,
    content: &C,
) -> ApiResult<Outcome<Saved>> {
    let viewer = Viewer::of(&request.caller)?;
    let organisation =
        organisations::store::by_code(tx, &viewer, target.programme.as_deref(), &target.organisation).await?;
    let period = form_period(app, target.form, &target.period)?;
    let slot = Slot { organisation_id: organisation.id, form: target.form, period: &period };
    let existing = store::latest(tx, &Viewer::server(), &slot).await?;
    let about = (target.form, existing.as_ref().map(|row| row.id));
    let permit = permit_for(tx, &request.caller, Action::SaveForm, &organisation, about).await?;
    let key = idempotency::Key {
        key: target.idempotency_key.as_deref(),
        operation: target.operation,
        input: format!(
            "{} {} {} {:?} {content:?}",
            target.form,
            organisation.id,
            period.code(),
            target.expected_version
        ),
    };
    match idempotency::begin(tx, &app.clock, &permit, &key).await? {
        idempotency::Begun::Fresh => {}
        idempotency::Begun::Reused(error) => return Ok(Outcome::Invalid(vec![error])),
        idempotency::Begun::Repeated(id) => {
            let submission = store::by_ids(tx, &Viewer::server(), vec![id]).await?.pop();
            let submission = submission.ok_or_else(|| ApiError::internal("an idempotent result is gone"))?;
            return Ok(Outcome::Done(Saved { submission, warnings: Vec::new() }));
        }
    }
    let form = app.forms.get(target.form)?;
    if let Some(refused) = refuse(app, form, &organisation, existing.as_ref(), &period, target.expected_version)? {
        return Ok(Outcome::Invalid(vec![refused]));
    }
    let programme_id = organisation.programme_id.ok_or_else(|| {
        ApiError::bad_input(Message::new("workflow-no-programme").with("code", organisation.code.as_str()))
    })?;
    let place = Place { organisation, programme_id, period, existing };
    let prepared = match content.prepare(tx, &place).await? {
        Outcome::Done(prepared) => prepared,
        Outcome::Invalid(faults) => return Ok(Outcome::Invalid(faults)),
    };
    let submission = begin_or_advance(app, tx, &permit, &place, target.form).await?;
    content.write(tx, &permit, &submission, &prepared).await?;
    let (before, after) = content.changed(&prepared);
    let entry = Entry {
        record_kind: "submission",
        record_id: Some(submission.id),
        programme_id: Some(submission.programme_id),
        reason: None,
        before: Some(before),
        after: Some(after),
    };
    app.journal(tx, request, &permit, entry).await?;
    idempotency::finish(tx, &permit, &key, submission.id).await?;
    let review = form.review(tx, &submission).await?;
    Ok(Outcome::Done(Saved { submission, warnings: review.warnings }))
}

/// Why nothing can be saved here now; CONFLICT where somebody else was first.
fn refuse(
    app: &App,
    form: &dyn Form,
    organisation: &organisation::Model,
    existing: Option<&submission::Model>,
    period: &Period,
    expected_version: Option<i32>,
) -> ApiResult<Option<UserError>> {
    let kinds = form.organisation_kinds();
    if !kinds.is_empty() && !kinds.iter().any(|kind| kind.as_str() == organisation.kind) {
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let message = Message::new("workflow-form-not-for-organisation")
            .with("organisation", organisation.code.as_str())
            .with("kind", organisation.kind.as_str())
            .with("kinds", kinds.join(", "));
        let fault = UserError::new(UserErrorCode::FormNotForOrganisation, &["organisation"], message);
        return Ok(Some(fault.expecting(kinds.join(", "), &organisation.kind)));
    }
    if let Some(fault) = rules::after_end(organisation, period) {
        return Ok(Some(fault));
    }
    if period.start > app.clock.today() {
        let message = Message::new("workflow-future-period").with("start", period.start.to_string());
        return Ok(Some(UserError::new(UserErrorCode::WrongPeriod, &["period"], message)));
    }
    if let Some(row) = existing {
        let state: State = store::state_of(row)?;
        if !matches!(rules::step(Action::SaveForm, state), rules::Step::Take(_)) {
            return Ok(Some(wrong_state(Action::SaveForm, state)));
        }
    }
    let seen = expected_version.filter(|version| *version != 0);
    if seen != existing.map(|row| row.version) {
        return Err(ApiError::conflict());
    }
    Ok(None)
}

/// Begins the submission, or takes the next version of the one that is there; remembers the author and the
/// step.
async fn begin_or_advance(
    app: &App,
    tx: &DatabaseTransaction,
    permit: &Permit,
    place: &Place,
    form: FormCode,
) -> ApiResult<submission::Model> {
    let row = match &place.existing {
        None => {
            let slot = Slot { organisation_id: place.organisation.id, form, period: &place.period };
            let row = store::insert(tx, &app.clock, permit, place.programme_id, &slot, 1, None).await?;
            let begun = rules::Transition { from: State::Draft, to: State::Draft, opens_edition: true };
            store::add_event(tx, &app.clock, permit, row.id, None, begun, None).await?;
            row
        }
        Some(row) => {
            let state = store::state_of(row)?;
            let change = WorkflowRow {
                drafted_by: Set(permit.person()?),
                state: Set(State::Draft.as_str().to_owned()),
                ..Default::default()
            };
            let saved = store::advance(tx, &app.clock, permit, row, row.version, change).await?;
            if state != State::Draft {
                let again = rules::Transition { from: state, to: State::Draft, opens_edition: false };
                store::add_event(tx, &app.clock, permit, row.id, Some(state), again, None).await?;
            }
            saved
        }
    };
    store::add_author(tx, permit, row.id).await?;
    Ok(row)
}
