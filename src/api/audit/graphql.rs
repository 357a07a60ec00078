//! The journal in the schema.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Json, Result};
use chrono::{DateTime, Utc};
use entity::audit::audit_event;
use serde_json::Value;

use access::Action;
use base::account::graphql::Person;
use base::account::graphql::load_person;
use base::organisation::graphql::{Organisation, load};
use base::organisation::store as organisations;
use base::permit::permit_to_read;
use finance::reform_budget::graphql::events::LineSeenByCaller;
use forms::workflow::graphql::SubmissionId;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kit::audit::store;
use kit::audit::store::Filter;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// What came of something that was wanted (kết quả).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AuditOutcome {
    /// It was done (đã thực hiện).
    Done,
    /// The policy refused it (bị từ chối).
    Refused,
}

rows::plain_enum!(AuditOutcome);

/// An entry of the journal (nhật ký): who did or wanted what, in which role, and what changed.
pub struct AuditEvent(pub Arc<audit_event::Model>);

/// An entry of the journal (nhật ký): who did or wanted what, in which role, and what changed. Never changed,
/// never removed.
#[rows::row_object]
impl AuditEvent {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::AuditEvent, self.0.id)
    }

    /// When.
    fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The organisation concerned.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<ApiResult<Organisation>> {
        let id = self.0.organisation_id?;
        or_null(load(ctx, id).await)
    }

    /// The account; null for the server's own command line.
    async fn actor(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.actor_id?;
        or_null(load_person(ctx, id).await)
    }

    /// The name at that time.
    fn actor_name(&self) -> &str {
        &self.0.actor_name
    }

    /// The role that was used; for a refusal, all that the caller had.
    fn actor_role(&self) -> &str {
        &self.0.actor_role
    }

    /// What was done or wanted.
    fn action(&self) -> Result<Action> {
        Ok(self.0.action.parse().map_err(ApiError::from)?)
    }

    /// Whether it was done or refused.
    fn outcome(&self) -> AuditOutcome {
        if self.0.outcome == "DONE" { AuditOutcome::Done } else { AuditOutcome::Refused }
    }

    /// The line of docs/permissions.md that said yes or no.
    fn rule(&self) -> &str {
        &self.0.rule
    }

    /// Kind of the record: its table.
    fn record_kind(&self) -> &str {
        &self.0.record_kind
    }

    /// The record, where it has a global identifier.
    fn record_id(&self) -> Option<ID> {
        let id = self.0.record_id?;
        let kind = match self.0.record_kind.as_str() {
            "submission" => Kind::Submission,
            "organisation" | "procedure_publication" | "organisation_function" | "unit_classification" => {
                Kind::Organisation
            }
            "procedure" => Kind::Procedure,
            "organisation_change" => Kind::OrganisationChange,
            "delegation" | "delegation_check" => Kind::Delegation,
            "legal_document" => Kind::LegalDocument,
            "procedure_review" => Kind::ProcedureReview,
            "public_asset" | "public_asset_draft" => Kind::PublicAsset,
            "programme" => Kind::Programme,
            "person" | "role_grant" => Kind::Person,
            _ => return None,
        };
        Some(id::encode(kind, id))
    }

    /// The reason that was given.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What changed: before, as JSON; null where the caller may not see the record as it is now (a draft).
    async fn before(&self, ctx: &Context<'_>) -> Option<ApiResult<Json<Value>>> {
        or_null(self.shown(ctx, self.0.before_value.as_ref()).await)
    }

    /// What changed: after, as JSON; null where the caller may not see the record as it is now (a draft).
    async fn after(&self, ctx: &Context<'_>) -> Option<ApiResult<Json<Value>>> {
        or_null(self.shown(ctx, self.0.after_value.as_ref()).await)
    }

    /// The request that did it: stands in the log too.
    fn request_id(&self) -> &str {
        &self.0.request_id
    }
}

impl AuditEvent {
    async fn shown(&self, ctx: &Context<'_>, value: Option<&Value>) -> ApiResult<Option<Json<Value>>> {
        let loader = ctx.loader()?;
        let kind = self.0.record_kind.as_str();
        let hidden = match (self.0.record_id, kind) {
            (Some(id), "submission") => loader.load_one(SubmissionId(id)).await.map_err(ApiError::shared)?.is_none(),
            (Some(id), "reform_budget_line") => {
                loader.load_one(LineSeenByCaller(id)).await.map_err(ApiError::shared)?.is_none()
            }
            (Some(id), _) => !finance::asset::graphql::may_read_journaled(ctx, kind, id).await?,
            (None, _) => false,
        };
        Ok(value.filter(|_| !hidden).cloned().map(Json))
    }
}

connection! {
    /// A page of the journal.
    AuditEventConnection, AuditEventEdge, AuditEvent
}

/// Reading the journal.
#[derive(Default)]
pub struct AuditQuery;

/// Reading the journal.
#[rows::row_object]
impl AuditQuery {
    /// The journal of a programme (nhật ký), by time; for the standing body and the Chair. Pass `last` for
    /// the newest entries.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn journal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Only of this record, by its global identifier.")] record: Option<ID>,
        #[graphql(desc = "Only from this time on.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Only before this time.")] to: Option<DateTime<Utc>>,
        #[graphql(desc = "Only what was done, or what was refused.")] outcome: Option<AuditOutcome>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<AuditEventConnection> {
        let (app, viewer, request) = (ctx.app()?, ctx.viewer()?, ctx.request()?);
        let connection = app.db.read();
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let root = organisations::root_of(connection, programme.id).await?;
        let permit = permit_to_read(app, request, Action::ReadJournal, &root).await?;
        let record_id = match &record {
            None => None,
            Some(text) => {
                let (_, key) = id::decode(text).ok_or_else(|| {
                    let shown: String = text.chars().take(80).collect();
                    ApiError::bad_input(Message::new("id-malformed").with("id", shown))
                })?;
                Some(key)
            }
        };
        let outcome = outcome.map(|outcome| match outcome {
            AuditOutcome::Done => "DONE",
            AuditOutcome::Refused => "REFUSED",
        });
        let filter = Filter { record_id, from, to, outcome };
        let page = page(first, after, last, before)?;
        let slice = store::page(connection, &viewer, &permit, programme.id, &filter, &page).await?;
        Ok(AuditEventConnection(Rows::of(slice, |row| AuditEvent(Arc::new(row)))))
    }
}
