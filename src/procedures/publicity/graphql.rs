//! Publications of procedures in the schema.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::publicity::procedure_publication;
use uuid::Uuid;

use super::rules::{self, CheckResult, PublicationInput as Entered, PublicationPlace};
use super::service::{self, RecordRequest};
use super::store;
use crate::procedure::graphql::{Procedure, ProcedureId};
use access::policy::{Action, roles_for};
use base::organisation::store as organisations;
use base::parameter::Code;
use base::parameter::graphql::parameters_today;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt};
use kit::directive::requires;
use kit::payload;
use kit::payload::{UserErrorObject, split};

/// The key of the publications of a procedure in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicationsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<PublicationsOf> for Batch {
    type Value = Arc<Vec<Arc<procedure_publication::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PublicationsOf]) -> Result<HashMap<PublicationsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::of_procedures(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)?;
        let mut found: HashMap<PublicationsOf, Vec<Arc<procedure_publication::Model>>> = HashMap::new();
        for row in rows {
            found.entry(PublicationsOf(row.procedure_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// Where a procedure is made public; for a field of the procedure. At most one per place.
pub async fn publications_of(ctx: &Context<'_>, procedure_id: Uuid) -> ApiResult<Vec<ProcedurePublication>> {
    let found = ctx.loader()?.load_one(PublicationsOf(procedure_id)).await.map_err(ApiError::shared)?;
    Ok(found.unwrap_or_default().iter().map(|row| ProcedurePublication(Arc::clone(row))).collect())
}

/// A place at which a procedure is made public (công khai thủ tục hành chính).
pub struct ProcedurePublication(Arc<procedure_publication::Model>);

/// A place at which a procedure is made public (công khai thủ tục hành chính).
#[rows::row_object]
impl ProcedurePublication {
    /// The procedure (thủ tục).
    async fn procedure(&self, ctx: &Context<'_>) -> Result<Procedure> {
        let found = ctx.loader()?.load_one(ProcedureId(self.0.procedure_id)).await.map_err(ApiError::shared)?;
        Ok(Procedure(found.ok_or_else(|| ApiError::internal("a publication of no procedure"))?))
    }

    /// Where (nơi công khai).
    fn place(&self) -> Result<PublicationPlace> {
        Ok(PublicationPlace::from_str(&self.0.place).map_err(ApiError::from)?)
    }

    /// Its address, where the place is online (địa chỉ).
    fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// When what stands there was published (ngày công khai).
    fn published_on(&self) -> NaiveDate {
        self.0.published_on
    }

    /// When that was last checked; null when never (ngày kiểm tra gần nhất).
    fn last_checked_on(&self) -> Option<NaiveDate> {
        self.0.last_checked_on
    }

    /// How it was found (kết quả kiểm tra).
    fn check_result(&self) -> Result<Option<CheckResult>> {
        let result = self.0.check_result.as_deref().map(CheckResult::from_str).transpose();
        Ok(result.map_err(ApiError::from)?)
    }

    /// When it is to be checked again, by the parameter PUBLICATION_CHECK_DAYS of today (hạn kiểm tra tiếp theo).
    async fn next_check_on(&self, ctx: &Context<'_>) -> Result<NaiveDate> {
        let days = parameters_today(ctx, self.0.programme_id).await?.count(Code::PublicationCheckDays)?;
        Ok(rules::next_check(self.0.published_on, self.0.last_checked_on, days))
    }

    /// A remark (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

connection! {
    /// A page of publications of procedures.
    ProcedurePublicationConnection, ProcedurePublicationEdge, ProcedurePublication
}

/// What to look for among publications; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProcedurePublicationFilter {
    /// Only at this place.
    pub place: Option<PublicationPlace>,
    /// Only those that were last found so.
    pub check_result: Option<CheckResult>,
    /// Only those that were last checked before this day, or never.
    pub checked_before: Option<NaiveDate>,
}

/// Reading where procedures are made public.
#[derive(Default)]
pub struct PublicityQuery;

/// Reading where procedures are made public.
#[rows::row_object]
impl PublicityQuery {
    /// Where procedures are made public (công khai thủ tục hành chính), by day of publication.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn procedure_publications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedurePublicationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedurePublicationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let filter = store::Filter {
            programme_id,
            place: filter.place,
            check_result: filter.check_result,
            checked_before: filter.checked_before,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(ProcedurePublicationConnection(Rows::of(slice, |row| ProcedurePublication(Arc::new(row)))))
    }
}

/// Where one procedure is made public. What is left out beside the day of publication stays as it is recorded.
#[derive(Debug, InputObject)]
pub struct PublicationInput {
    /// Code of the procedure (mã thủ tục).
    pub procedure: String,
    /// Where (nơi công khai).
    pub place: PublicationPlace,
    /// Its address, http or https; required for portals and social media (địa chỉ).
    pub url: Option<String>,
    /// When what stands there now was published; not before the day that is recorded, and a later one makes the checks
    /// until that day void (ngày công khai).
    pub published_on: NaiveDate,
    /// When it was checked; needs `checkResult` (ngày kiểm tra).
    pub checked_on: Option<NaiveDate>,
    /// How it was found; needs `checkedOn` (kết quả kiểm tra).
    pub check_result: Option<CheckResult>,
    /// A remark (ghi chú).
    pub note: Option<String>,
}

/// Where procedures are made public.
#[derive(InputObject)]
pub struct RecordPublicationsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that manages these procedures, itself or through those below it.
    pub organisation: String,
    /// The publications, one for each procedure and place; at most 5,000.
    pub publications: Vec<PublicationInput>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of recording publications: all of it or nothing.
#[derive(rows::RowObject)]
pub struct RecordPublicationsPayload {
    /// How many were new.
    pub created: u32,
    /// How many were changed.
    pub changed: u32,
    /// How many were as given already.
    pub unchanged: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Recording where procedures are made public.
#[derive(Default)]
pub struct PublicityMutation;

/// Recording where procedures are made public.
#[rows::row_object]
impl PublicityMutation {
    /// Records where procedures are made public and how they were found there, idempotent by procedure and place
    /// (ghi nhận công khai thủ tục hành chính). All or none; a second request of the same changes nothing.
    #[graphql(directive = requires::apply(Action::RecordPublications, roles_for(Action::RecordPublications)))]
    async fn record_publications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to record.")] input: RecordPublicationsInput,
    ) -> Result<RecordPublicationsPayload> {
        let publications = input.publications.into_iter().zip(1_u32..);
        let wanted = RecordRequest {
            programme: input.programme,
            organisation: input.organisation,
            publications: publications
                .map(|(one, line)| Entered {
                    line,
                    procedure: one.procedure,
                    place: one.place,
                    url: one.url,
                    published_on: one.published_on,
                    checked_on: one.checked_on,
                    check_result: one.check_result,
                    note: one.note,
                })
                .collect(),
            dry_run: input.dry_run,
        };
        let outcome = service::record(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let done = done.unwrap_or_default();
        Ok(RecordPublicationsPayload {
            created: payload::lines(done.created),
            changed: payload::lines(done.changed),
            unchanged: payload::lines(done.unchanged),
            user_errors,
        })
    }
}
