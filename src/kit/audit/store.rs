//! Writes and reads of the journal.

use chrono::{DateTime, Utc};
use entity::audit::audit_event;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, Set};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::paging::{Keyset, Page, Slice};
use access::policy::Permit;
use access::request::RequestContext;
use access::viewer::select_all;
use access::{Caller, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiResult, Refusal};

/// What was done to a record.
#[derive(Debug, Default)]
pub struct Entry<'a> {
    /// Kind of the record: its table.
    pub record_kind: &'a str,
    /// The record.
    pub record_id: Option<Uuid>,
    /// The programme concerned.
    pub programme_id: Option<Uuid>,
    /// The reason that was given.
    pub reason: Option<&'a str>,
    /// What changed, before.
    pub before: Option<Json>,
    /// What changed, after.
    pub after: Option<Json>,
}

/// Journals a change, inside its transaction.
pub async fn record(
    tx: &DatabaseTransaction,
    clock: &Clock,
    request_id: &str,
    permit: &Permit,
    entry: Entry<'_>,
) -> ApiResult<()> {
    event_of(clock, request_id, permit, entry).insert(tx).await?;
    Ok(())
}

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

/// Journals many changes of one request, inside their transaction.
pub async fn record_many(
    tx: &DatabaseTransaction,
    clock: &Clock,
    request_id: &str,
    permit: &Permit,
    entries: Vec<Entry<'_>>,
) -> ApiResult<()> {
    let events: Vec<audit_event::ActiveModel> =
        entries.into_iter().map(|entry| event_of(clock, request_id, permit, entry)).collect();
    for chunk in events.chunks(ROWS_AT_ONCE) {
        audit_event::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn event_of(clock: &Clock, request_id: &str, permit: &Permit, entry: Entry<'_>) -> audit_event::ActiveModel {
    audit_event::ActiveModel {
        id: Set(clock.new_id()),
        at: Set(clock.now()),
        programme_id: Set(entry.programme_id),
        // An account by itself belongs to no organisation.
        organisation_id: Set(Some(permit.organisation_id).filter(|id| !id.is_nil())),
        actor_id: Set(permit.person_id),
        actor_name: Set(permit.actor_name.clone()),
        actor_role: Set(permit.role.to_owned()),
        action: Set(permit.action.as_str().to_owned()),
        outcome: Set("DONE".to_owned()),
        rule: Set(permit.rule.to_owned()),
        record_kind: Set(entry.record_kind.to_owned()),
        record_id: Set(entry.record_id),
        reason: Set(entry.reason.map(str::to_owned)),
        before_value: Set(entry.before),
        after_value: Set(entry.after),
        request_id: Set(request_id.to_owned()),
    }
}

/// Journals a refusal by the policy, in a transaction of its own: the change's was rolled back.
pub async fn record_refusal(
    tx: &DatabaseTransaction,
    clock: &Clock,
    request: &RequestContext,
    refused: Refusal,
    programme_id: Option<Uuid>,
) -> ApiResult<()> {
    let (actor_id, actor_name, roles) = match &request.caller {
        Caller::Person(person) => {
            let mut roles: Vec<&str> = person.grants.iter().map(|grant| grant.role.as_str()).collect();
            roles.sort_unstable();
            roles.dedup();
            (Some(person.person_id), person.display_name.clone(), roles.join(" "))
        }
        Caller::Anonymous | Caller::Console => (None, request.caller.kind().to_owned(), String::new()),
    };
    let event = audit_event::ActiveModel {
        id: Set(clock.new_id()),
        at: Set(clock.now()),
        programme_id: Set(programme_id),
        organisation_id: Set(Some(refused.organisation_id)),
        actor_id: Set(actor_id),
        actor_name: Set(actor_name),
        actor_role: Set(roles.chars().take(32).collect()),
        action: Set(refused.action.to_owned()),
        outcome: Set("REFUSED".to_owned()),
        rule: Set(refused.rule.to_owned()),
        record_kind: Set("organisation".to_owned()),
        record_id: Set(Some(refused.organisation_id)),
        reason: Set(None),
        before_value: Set(None),
        after_value: Set(None),
        request_id: Set(request.request_id.clone()),
    };
    event.insert(tx).await?;
    Ok(())
}

/// What to look for in the journal.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this record.
    pub record_id: Option<Uuid>,
    /// Only from this time on.
    pub from: Option<DateTime<Utc>>,
    /// Only before this time.
    pub to: Option<DateTime<Utc>>,
    /// Only of this action or refusal.
    pub outcome: Option<&'static str>,
}

/// The order of the journal: by time, as its identifiers run.
pub const ORDER: Keyset = Keyset::new("journal", &["id"]);

/// A page of the journal of one programme. Takes a permit to read it, and the viewer's narrowing.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    permit: &Permit,
    programme_id: Uuid,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<audit_event::Model>> {
    debug_assert_eq!(permit.action, access::Action::ReadJournal);
    let column = |column: audit_event::Column| Expr::col((audit_event::Entity, column));
    let mut condition = Condition::all()
        // What is done to an account by itself belongs to no programme, and concerns all.
        .add(
            Condition::any()
                .add(
                    Condition::all()
                        .add(viewer.in_programmes((audit_event::Entity, audit_event::Column::ProgrammeId)))
                        .add(column(audit_event::Column::ProgrammeId).eq(programme_id)),
                )
                .add(
                    Condition::all()
                        .add(column(audit_event::Column::ProgrammeId).is_null())
                        .add(column(audit_event::Column::Action).eq("MANAGE_ACCOUNTS")),
                ),
        );
    if let Some(record_id) = filter.record_id {
        condition = condition.add(column(audit_event::Column::RecordId).eq(record_id));
    }
    if let Some(from) = filter.from {
        condition = condition.add(column(audit_event::Column::At).gte(from));
    }
    if let Some(to) = filter.to {
        condition = condition.add(column(audit_event::Column::At).lt(to));
    }
    if let Some(outcome) = filter.outcome {
        condition = condition.add(column(audit_event::Column::Outcome).eq(outcome));
    }
    let mut select = select_all::<audit_event::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &audit_event::Model| vec![row.id.into()]).await
}
