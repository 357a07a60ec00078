//! Reading submissions: one, a list, who has and hasn't submitted, what changed between editions, and the
//! live feed.

use std::sync::Arc;

use async_graphql::{Context, ID, Result, Subscription};
use chrono::NaiveDate;
use entity::workflow::submission;
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::error::RecvError;

use super::input::SubmissionReference;
use super::submission::{Submission, SubmissionConnection};
use crate::workflow::service;
use crate::workflow::service::Reference;
use crate::workflow::store;
use base::organisation::graphql::Organisation;
use base::organisation::store as organisations;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kernel::form::{FormCode, State};
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::scalar::Count;

/// A difference between two editions of a form (thay đổi giữa hai lần lập).
#[derive(Debug, rows::RowObject)]
pub struct FormChange {
    /// Code of the line: the procedure's code; of a form described by a template, table and row.
    pub line_code: String,
    /// Name of the line: of a form described by a template in the caller's language; procedures' are Vietnamese.
    pub line_name: String,
    /// The field, as the schema names it.
    pub field: &'static str,
    /// Before; null where the line is new.
    pub before: Option<Count>,
    /// After; null where the line is gone.
    pub after: Option<Count>,
    /// Before, where the field is a text or a day.
    pub before_text: Option<String>,
    /// After, where the field is a text or a day.
    pub after_text: Option<String>,
}

/// Whether one organisation has submitted what it must (tình hình gửi báo cáo).
pub struct ReportingStatus {
    organisation: Organisation,
    due_on: Option<NaiveDate>,
    today: NaiveDate,
    latest: Option<submission::Model>,
}

/// Whether one organisation has submitted what it must (tình hình gửi báo cáo).
#[rows::row_object]
impl ReportingStatus {
    /// Who must submit.
    fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// The last day to submit.
    fn due_on(&self) -> Option<NaiveDate> {
        self.due_on
    }

    /// State of the latest edition; null when nothing was begun. What is inside a draft stays hidden.
    fn state(&self) -> Option<ApiResult<State>> {
        self.latest.as_ref().map(store::state_of)
    }

    /// Whether it was sent: submitted, accepted, or accepted once and reopened.
    fn submitted(&self) -> Result<bool> {
        Ok(self.is_submitted()?)
    }

    /// Days late: of what was sent, as it was sent; of what was not, until today. 0 when in time.
    fn late_days(&self) -> Result<i32> {
        Ok(self.days_late()?)
    }

    /// The submission, where the caller may see it.
    async fn submission(&self, ctx: &Context<'_>) -> Option<ApiResult<Submission>> {
        let id = self.latest.as_ref()?.id;
        let found = async {
            let found = ctx.loader()?.load_one(super::SubmissionId(id)).await.map_err(ApiError::shared)?;
            Ok(found.map(Submission))
        };
        or_null(found.await)
    }
}

impl ReportingStatus {
    fn is_submitted(&self) -> ApiResult<bool> {
        let Some(row) = &self.latest else { return Ok(false) };
        // A reopened form was sent and counts until its next edition is accepted.
        Ok(row.edition > 1 || matches!(store::state_of(row)?, State::Submitted | State::Accepted | State::Superseded))
    }

    fn days_late(&self) -> ApiResult<i32> {
        let sent = self.latest.as_ref().and_then(|row| row.late_days);
        match sent {
            Some(days) if self.is_submitted()? => Ok(days),
            _ => Ok(crate::workflow::rules::late_days(self.due_on, self.today).unwrap_or(0)),
        }
    }
}

connection! {
    /// A page of who has and hasn't submitted.
    ReportingStatusConnection, ReportingStatusEdge, ReportingStatus
}

/// Reading submissions.
#[derive(Default)]
pub struct WorkflowQuery;

/// Reading submissions.
#[rows::row_object]
impl WorkflowQuery {
    /// A submission, where there is one that the caller may see; by key the latest edition.
    async fn submission(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] by: SubmissionReference,
    ) -> Option<ApiResult<Submission>> {
        let found = async {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            let connection = app.db.read();
            match by.resolve()? {
                Reference::Id(id) => Ok(store::by_ids(connection, &viewer, vec![id]).await?.pop()),
                Reference::Key { programme, organisation, form, period } => {
                    let organisation =
                        organisations::by_code(connection, &viewer, programme.as_deref(), &organisation).await?;
                    let period = service::form_period(app, form, &period)?;
                    let slot = store::Slot { organisation_id: organisation.id, form, period: &period };
                    store::latest(connection, &viewer, &slot).await
                }
            }
        };
        or_null(found.await.or_else(ApiError::none_if_not_found).map(|row| row.map(|row| Submission(Arc::new(row)))))
    }

    /// Submissions that the caller may see, by the end of their period.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only of the organisation of this code.")] organisation: Option<String>,
        #[graphql(desc = "Only of this form.")] form: Option<FormCode>,
        #[graphql(desc = "Only for this period.")] period: Option<PeriodCode>,
        #[graphql(desc = "Only in these states.")] states: Option<Vec<State>>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<SubmissionConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), organisation.as_deref()).await?;
        let filter = store::Filter {
            programme_id,
            organisation_id,
            form,
            period_code: period.map(|period| period.0),
            states: states.unwrap_or_default(),
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(SubmissionConnection(Rows::of(slice, |row| Submission(Arc::new(row)))))
    }

    /// Who has and who hasn't submitted a form for a period (đơn vị đã gửi, chưa gửi), by the organisation's
    /// code. Only organisations of whom the caller may know it.
    #[expect(clippy::too_many_arguments, reason = "what it is about and the four arguments of a connection")]
    async fn reporting_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "The form.")] form: FormCode,
        #[graphql(desc = "The period.")] period: PeriodCode,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ReportingStatusConnection> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let connection = app.db.read();
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let period = service::form_period(app, form, &period.0)?;
        let page = page(first, after, last, before)?;
        let slice = service::reporting_page(connection, &viewer, programme.id, form, &period, &page).await?;
        let today = app.clock.today();
        Ok(ReportingStatusConnection(Rows::of(slice, |(organisation, due_on, latest)| ReportingStatus {
            organisation: Organisation(Arc::new(organisation)),
            due_on,
            today,
            latest,
        })))
    }

    /// The differences between two editions of a form, line by line (so sánh hai lần lập). The caller must
    /// be allowed to see both. At most 5,000 differences.
    async fn form_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Any edition of the form.")] id: ID,
        #[graphql(desc = "The edition before, such as 1.")] from: i32,
        #[graphql(desc = "The edition after, such as 2.")] to: i32,
    ) -> Result<Vec<FormChange>> {
        let key = id::expect(Kind::Submission, &id)?;
        let language = ctx.language();
        let changes = service::form_changes(ctx.app()?, &ctx.viewer()?, key, from, to).await?;
        Ok(changes
            .into_iter()
            .map(|change| FormChange {
                line_code: change.line_code,
                line_name: change.line_name.render(language),
                field: change.field,
                before: change.before.map(Count),
                after: change.after.map(Count),
                before_text: change.before_text,
                after_text: change.after_text,
            })
            .collect())
    }
}

/// The live feed of submissions.
#[derive(Default)]
pub struct WorkflowSubscription;

/// The live feed of submissions.
#[Subscription]
impl WorkflowSubscription {
    /// A submission whenever its state or content changes, if the caller may see it then. On a server of
    /// several, changes made through the others are not told; ask again after reconnecting.
    async fn submission_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of the organisation of this code.")] organisation: Option<String>,
        #[graphql(desc = "Only of this form.")] form: Option<FormCode>,
    ) -> Result<impl Stream<Item = Submission> + use<>> {
        let app = Arc::clone(ctx.app()?);
        let viewer = ctx.viewer()?;
        let organisation_id = match organisation {
            Some(code) => Some(organisations::by_code(app.db.read(), &viewer, None, &code).await?.id),
            None => None,
        };
        let changes = app.submission_changes.subscribe();
        let request_id = ctx.request()?.request_id.clone();
        let state = (app, viewer, changes, request_id);
        Ok(stream::unfold(state, move |(app, viewer, mut changes, request_id)| async move {
            loop {
                let id = match changes.recv().await {
                    Ok(id) => id,
                    // A slow subscriber misses what it could not take; each change says where things stand.
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(request.id = request_id, missed, "a subscription fell behind");
                        continue;
                    }
                    Err(RecvError::Closed) => return None,
                };
                let found = match store::by_ids(app.db.read(), &viewer, vec![id]).await {
                    Ok(mut rows) => rows.pop(),
                    Err(error) => {
                        error.log(&request_id);
                        continue;
                    }
                };
                let wanted = |row: &submission::Model| {
                    organisation_id.is_none_or(|id| row.organisation_id == id)
                        && form.is_none_or(|form| row.form == form.as_str())
                };
                if let Some(row) = found.filter(wanted) {
                    return Some((Submission(Arc::new(row)), (app, viewer, changes, request_id)));
                }
            }
        }))
    }
}
