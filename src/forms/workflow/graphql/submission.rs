//! A submission and what hangs on it.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::workflow::{submission, submission_event};
use uuid::Uuid;

use crate::template::graphql::{FormCell, cells_of};
use crate::workflow::{service, store};
use access::Caller;
use access::policy::{Action, Subject};
use access::role::Role;
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::period::ReportingPeriod;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};
use kernel::form::{Warning, WarningCode};
use kernel::i18n::Language;
use kit::allowed::AllowedAction;
use kit::connection::connection;
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// The key of a submission in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubmissionId(pub Uuid);

#[async_trait::async_trait]
impl Loader<SubmissionId> for Batch {
    type Value = Arc<submission::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[SubmissionId]) -> Result<HashMap<SubmissionId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (SubmissionId(row.id), Arc::new(row))).collect())
    }
}

/// The key of a submission's steps in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<EventsOf> for Batch {
    type Value = Arc<Vec<submission_event::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[EventsOf]) -> Result<HashMap<EventsOf, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::events(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        let mut found: HashMap<EventsOf, Vec<submission_event::Model>> = HashMap::new();
        for row in rows {
            found.entry(EventsOf(row.submission_id)).or_default().push(row);
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of "did the caller write in it" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<WrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[WrittenByCaller]) -> Result<HashMap<WrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (WrittenByCaller(id), true)).collect())
    }
}

/// One edition of a form of one organisation for one period (báo cáo đã lập).
#[derive(Clone)]
pub struct Submission(pub Arc<submission::Model>);

/// One edition of a form of one organisation for one period (báo cáo đã lập).
#[rows::row_object(extensible)]
impl Submission {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Submission, self.0.id)
    }

    /// The form (biểu mẫu).
    fn form(&self) -> Result<FormCode> {
        Ok(store::form_of(&self.0)?)
    }

    /// The period (kỳ báo cáo).
    fn period(&self) -> Result<ReportingPeriod> {
        Ok(ReportingPeriod(store::period_of(&self.0)?))
    }

    /// Who submits (đơn vị báo cáo).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// State (trạng thái).
    fn state(&self) -> Result<State> {
        Ok(store::state_of(&self.0)?)
    }

    /// Edition (lần lập): 1, and one more each time it is reopened.
    fn edition(&self) -> i32 {
        self.0.edition
    }

    /// Grows with every change: pass it as `expectedVersion`.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// The last day to submit (hạn gửi), where an obligation says so.
    fn due_on(&self) -> Option<NaiveDate> {
        self.0.due_on
    }

    /// Whole days after the last day to submit when it was first sent; 0 when in time; null before it is
    /// sent, or where nothing says when it is due.
    fn late_days(&self) -> Option<i32> {
        self.0.late_days
    }

    /// Whether it was sent late (gửi muộn).
    fn late(&self) -> bool {
        self.0.late_days.is_some_and(|days| days > 0)
    }

    /// Who wrote it last (người lập).
    async fn drafted_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.0.drafted_by).await)
    }

    /// Who submitted it (người gửi).
    async fn submitted_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.submitted_by?;
        or_null(load_person(ctx, id).await)
    }

    /// When it was last submitted.
    fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.0.submitted_at
    }

    /// Who returned or accepted it (người duyệt).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// When that was.
    fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was returned last (lý do yêu cầu chỉnh lý).
    fn return_reason(&self) -> Option<&str> {
        self.0.return_reason.as_deref()
    }

    /// Why this edition was opened (lý do mở lại).
    fn reopen_reason(&self) -> Option<&str> {
        self.0.reopen_reason.as_deref()
    }

    /// What the submitter said about the warnings (giải trình cảnh báo).
    fn warnings_note(&self) -> Option<&str> {
        self.0.warnings_note.as_deref()
    }

    /// When it was begun.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Its steps so far (quá trình xử lý), the first first.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<SubmissionEvent>> {
        let rows = ctx.loader()?.load_one(EventsOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().cloned().map(SubmissionEvent).collect())
    }

    /// The filled cells of a form that a template describes (các ô số liệu), in the form's order. Empty for other
    /// forms.
    async fn cells(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of the table of this code.")] table: Option<String>,
        #[graphql(
            default = 200,
            desc = "How many, 1 to 1,000; no form has more.",
            validator(minimum = 1, maximum = 1000)
        )]
        first: u32,
    ) -> Result<Vec<FormCell>> {
        let first = first.min(1_000) as usize;
        Ok(cells_of(ctx, self.0.id, store::form_of(&self.0)?, table.as_deref(), first).await?)
    }

    /// What the caller may do with it now, and if not, why: from the same table that enforces it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let (upward, organisation, written) = futures_util::try_join!(
            upward(ctx, self.0.organisation_id),
            load_required(ctx, self.0.organisation_id),
            written_by_caller(ctx, self.0.id),
        )?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: written,
            form: Some(store::form_of(&self.0)?),
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, store::state_of(&self.0)?, &subject);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

async fn written_by_caller(ctx: &Context<'_>, submission_id: Uuid) -> ApiResult<bool> {
    let found = ctx.loader()?.load_one(WrittenByCaller(submission_id)).await.map_err(ApiError::shared)?;
    Ok(found.unwrap_or(false))
}

connection! {
    /// A page of submissions.
    SubmissionConnection, SubmissionEdge, Submission
}

/// A step of a submission (bước xử lý).
pub struct SubmissionEvent(submission_event::Model);

/// A step of a submission (bước xử lý).
#[rows::row_object]
impl SubmissionEvent {
    /// What was done.
    fn action(&self) -> Result<Action> {
        Ok(Action::from_str(&self.0.action).map_err(ApiError::from)?)
    }

    /// State before; null for the first.
    #[graphql(name = "fromState")]
    fn state_before(&self) -> Option<ApiResult<State>> {
        let state = self.0.from_state.as_ref()?;
        Some(State::from_str(state).map_err(ApiError::from))
    }

    /// State after.
    fn to_state(&self) -> Result<State> {
        Ok(State::from_str(&self.0.to_state).map_err(ApiError::from)?)
    }

    /// Who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.0.actor_id).await)
    }

    /// In which role.
    fn actor_role(&self) -> Result<Role> {
        Ok(Role::from_str(&self.0.actor_role).map_err(ApiError::from)?)
    }

    /// Why it was done (lý do).
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}

/// What is odd, though not wrong, about a form (cảnh báo): its submitter acknowledges it with a note.
#[derive(Debug, Clone, rows::RowObject)]
pub struct FormWarning {
    /// What kind of oddity.
    pub code: WarningCode,
    /// The sentence, in the caller's language.
    pub message: String,
}

impl FormWarning {
    /// In a language.
    pub fn of(warning: &Warning, language: Language) -> FormWarning {
        FormWarning { code: warning.code, message: warning.message.render(language) }
    }
}
