//! The application's state, and the frame of every use case: one transaction, kept or thrown away whole.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use moka::sync::Cache;
use sea_orm::DatabaseTransaction;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::audit;
use crate::db::Db;
use crate::plugged::Forms;
use access::request::RequestContext;
use access::token::Keys;
use access::{Permit, SignedIn, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::user_error::Outcome;

/// How long tokens live.
#[derive(Debug, Clone, Copy)]
pub struct TokenLifetimes {
    /// Of an access token.
    pub access: Duration,
    /// Of a refresh token; each use starts it anew.
    pub refresh: Duration,
}

impl Default for TokenLifetimes {
    fn default() -> Self {
        TokenLifetimes { access: Duration::from_secs(15 * 60), refresh: Duration::from_secs(12 * 3600) }
    }
}

/// Counts the figures of a register of one programme anew, inside a transaction.
pub type Recount = for<'a> fn(&'a Clock, &'a DatabaseTransaction, &'a Permit, Uuid) -> BoxFuture<'a, ApiResult<()>>;

/// Everything a use case needs, shared by all requests.
pub struct App {
    /// The database.
    pub db: Db,
    /// Time and identifiers.
    pub clock: Clock,
    /// The keys of access tokens.
    pub keys: Keys,
    /// How long tokens live.
    pub lifetimes: TokenLifetimes,
    /// The forms that go through the workflow.
    pub forms: Forms,
    /// What is to be counted anew when organisations come or go.
    pub on_organisation_change: &'static [Recount],
    /// Submissions whose state has changed, told after the commit to subscriptions of this server.
    pub submission_changes: broadcast::Sender<Uuid>,
    /// Who stands behind a session; short-lived, so that a revoked grant ends within seconds everywhere.
    pub callers: Cache<Uuid, Arc<SignedIn>>,
    /// What was looked up for a caller: codes and the identifiers behind them. As short-lived as `callers`.
    pub remembered: Cache<(Uuid, String), Arc<dyn Any + Send + Sync>>,
    /// Bounds how many passwords are hashed at once: each takes 19 MiB and a core.
    pub password_slots: tokio::sync::Semaphore,
    /// Recent failed sign-ins per name.
    pub failed_sign_ins: Cache<String, u32>,
}

/// How long a caller's grants may be taken from memory.
const CALLER_MEMORY: Duration = Duration::from_secs(3);

impl App {
    /// Puts the state together.
    pub fn new(
        db: Db,
        clock: Clock,
        keys: Keys,
        lifetimes: TokenLifetimes,
        (forms, on_organisation_change): (Forms, &'static [Recount]),
    ) -> App {
        App {
            db,
            clock,
            keys,
            lifetimes,
            forms,
            on_organisation_change,
            submission_changes: broadcast::channel(1024).0,
            callers: Cache::builder().max_capacity(10_000).time_to_live(CALLER_MEMORY).build(),
            remembered: Cache::builder().max_capacity(20_000).time_to_live(CALLER_MEMORY).build(),
            password_slots: tokio::sync::Semaphore::new(2),
            failed_sign_ins: Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(300)).build(),
        }
    }

    /// Ends a use case: commits what was done, unless it was a dry run; throws everything else away; and
    /// journals a refusal by the policy.
    pub async fn conclude<T>(
        &self,
        tx: DatabaseTransaction,
        request: &RequestContext,
        dry_run: bool,
        result: ApiResult<Outcome<T>>,
    ) -> ApiResult<Outcome<T>> {
        match result {
            Ok(Outcome::Done(value)) if !dry_run => {
                tx.commit().await.map_err(conflict_or_fault)?;
                Ok(Outcome::Done(value))
            }
            Ok(outcome) => {
                tx.rollback().await?;
                Ok(outcome)
            }
            Err(error) => {
                tx.rollback().await?;
                if error.refusal.is_some() {
                    self.journal_refusal(request, &error).await?;
                }
                Err(error)
            }
        }
    }

    /// Looks something up that hardly ever changes, such as which programme has a code, once in a caller's few seconds.
    /// Refusals and faults are not remembered, and nothing is for the server itself.
    pub async fn remember<T: Clone + Send + Sync + 'static>(
        &self,
        viewer: &Viewer,
        question: String,
        look_up: impl Future<Output = ApiResult<T>>,
    ) -> ApiResult<T> {
        let Some(person) = viewer.person() else { return look_up.await };
        let key = (person.session_id, question);
        if let Some(known) = self.remembered.get(&key).and_then(|any| any.downcast_ref::<T>().cloned()) {
            return Ok(known);
        }
        let found = look_up.await?;
        self.remembered.insert(key, Arc::new(found.clone()));
        Ok(found)
    }

    /// Journals that the policy refused.
    pub async fn journal_refusal(&self, request: &RequestContext, error: &ApiError) -> ApiResult<()> {
        let Some(refused) = error.refusal.as_deref().copied() else { return Ok(()) };
        let tx = self.db.begin().await?;
        let programme_id = access::viewer::programme_of(&tx, refused.organisation_id).await?;
        audit::record_refusal(&tx, &self.clock, request, refused, programme_id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Journals a change inside its transaction.
    pub async fn journal(
        &self,
        tx: &DatabaseTransaction,
        request: &RequestContext,
        permit: &Permit,
        entry: audit::Entry<'_>,
    ) -> ApiResult<()> {
        audit::record(tx, &self.clock, &request.request_id, permit, entry).await
    }

    /// Journals many changes of one request inside their transaction: an entry for each record.
    pub async fn journal_many(
        &self,
        tx: &DatabaseTransaction,
        request: &RequestContext,
        permit: &Permit,
        entries: Vec<audit::Entry<'_>>,
    ) -> ApiResult<()> {
        audit::record_many(tx, &self.clock, &request.request_id, permit, entries).await
    }
}

/// An error of the database at the end of a race (two first saves of one form, say) is a conflict, not a
/// fault: whoever lost loads the record and goes on.
#[track_caller]
pub fn conflict_or_fault(error: sea_orm::DbErr) -> ApiError {
    if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))) || is_serialization(&error) {
        ApiError::conflict()
    } else {
        error.into()
    }
}

/// PostgreSQL's serialization failure and deadlock; SQLite's busy.
fn is_serialization(error: &sea_orm::DbErr) -> bool {
    let (sea_orm::DbErr::Exec(sea_orm::RuntimeErr::SqlxError(inner))
    | sea_orm::DbErr::Query(sea_orm::RuntimeErr::SqlxError(inner))) = error
    else {
        return false;
    };
    let code = inner.as_database_error().and_then(|error| error.code());
    matches!(code.as_deref(), Some("40001" | "40P01" | "5"))
}
