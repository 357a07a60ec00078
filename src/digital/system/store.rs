//! Reads and writes of information systems and their integrations.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::digital::{information_system, integration_confirmation, integration_event};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::figures::Counted;
use super::rules::{Event, NewEvent, Wanted};
use super::{IntegrationStatus, SystemLevel};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of systems: by code.
pub const ORDER: Keyset = Keyset::new("information_system", &["information_system.code", "information_system.id"]);

/// What to look for among systems.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of these levels.
    pub levels: Vec<SystemLevel>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that are used on this day.
    pub used_on: Option<NaiveDate>,
    /// Only those that are integrated on a day (true), or are not (false).
    pub integrated: Option<(NaiveDate, bool)>,
}

/// A page of systems, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<information_system::Model>> {
    use information_system::Column;
    let column = |column: Column| (information_system::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if !filter.levels.is_empty() {
        let levels = filter.levels.iter().map(|level| level.as_str());
        condition = condition.add(Expr::col(column(Column::Level)).is_in(levels));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&Expr::col(column(Column::SearchName)), search));
    }
    if let Some(day) = filter.used_on {
        condition = condition.add(used_on(day));
    }
    if let Some((day, integrated)) = filter.integrated {
        let those = Expr::col(column(Column::Id)).in_subquery(live_on(day));
        condition = condition.add(if integrated { those } else { those.not() });
    }
    let mut select = select_all::<information_system::Entity>();
    select.cond_where(condition);
    let keys = |row: &information_system::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// [`rules::state_on`](super::rules::state_on) in SQL: in use on a day.
fn used_on(day: NaiveDate) -> Condition {
    use information_system::Column;
    Condition::all()
        .add(Column::UsedFrom.lte(day))
        .add(Condition::any().add(Column::UsedTo.is_null()).add(Column::UsedTo.gte(day)))
}

/// [`rules::live_on`](super::rules::live_on) in SQL: the systems of which some integration is live and confirmed on a
/// day, and of which nothing that counts was recorded after it.
fn live_on(day: NaiveDate) -> SelectStatement {
    use integration_event::Column;
    let (live, later) = (Alias::new("live"), Alias::new("later"));
    let of_live = |column: Column| Expr::col((live.clone(), column));
    let of_later = |column: Column| Expr::col((later.clone(), column));
    let confirmed = || {
        Query::select()
            .column(integration_confirmation::Column::EventId)
            .from(integration_confirmation::Entity)
            .to_owned()
    };
    let after = Query::select()
        .expr(Expr::value(1))
        .from_as(integration_event::Entity, later.clone())
        .and_where(of_later(Column::SystemId).equals((live.clone(), Column::SystemId)))
        .and_where(of_later(Column::Platform).equals((live.clone(), Column::Platform)))
        .and_where(of_later(Column::Number).gt(of_live(Column::Number)))
        .and_where(of_later(Column::Since).lte(day))
        .cond_where(
            Condition::any()
                .add(of_later(Column::Status).ne(IntegrationStatus::Live.as_str()))
                .add(of_later(Column::Id).in_subquery(confirmed())),
        )
        .to_owned();
    Query::select()
        .column((live.clone(), Column::SystemId))
        .from_as(integration_event::Entity, live.clone())
        .and_where(of_live(Column::Status).eq(IntegrationStatus::Live.as_str()))
        .and_where(of_live(Column::Since).lte(day))
        .and_where(of_live(Column::Id).in_subquery(confirmed()))
        .and_where(Expr::exists(after).not())
        .to_owned()
}

/// The system of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<information_system::Model>> {
    use information_system::Column;
    Ok(information_system::Entity::find()
        .filter(viewer.in_programmes((information_system::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// A system by its identifier.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<information_system::Model>> {
    Ok(information_system::Entity::find_by_id(id).one(connection).await?)
}

fn filled(wanted: &Wanted, organisation_id: Uuid, clock: &Clock) -> information_system::ActiveModel {
    let trimmed = |text: &str| text.trim().to_owned();
    let security = wanted.security.as_ref();
    information_system::ActiveModel {
        organisation_id: Set(organisation_id),
        name: Set(trimmed(&wanted.name)),
        search_name: Set(unaccented(&format!("{} {}", wanted.code, wanted.name.trim()))),
        level: Set(wanted.level.as_str().to_owned()),
        purpose: Set(trimmed(&wanted.purpose)),
        security_level: Set(security.map(|one| one.level)),
        security_decision_number: Set(security.map(|one| trimmed(&one.decision_number))),
        security_decision_date: Set(security.map(|one| one.decision_date)),
        used_from: Set(wanted.used_from),
        used_to: Set(wanted.used_to),
        updated_at: Set(clock.now()),
        ..Default::default()
    }
}

/// Enters a system of the permit's organisation, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&information_system::Model>,
    wanted: &Wanted,
) -> ApiResult<information_system::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let filled = filled(wanted, permit.organisation_id, clock);
    let Some(row) = stored else {
        let row = information_system::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            code: Set(wanted.code.clone()),
            version: Set(1),
            created_at: Set(clock.now()),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = information_system::Entity::update_many()
        .set(information_system::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(information_system::Column::Id.eq(row.id))
        .filter(information_system::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// What became of an integration, and who confirmed it.
pub type Recorded = (integration_event::Model, Option<integration_confirmation::Model>);

/// What became of the integrations of some systems, in the order of recording: in two statements. Whoever sees a system
/// sees its integrations.
pub async fn events_of(connection: &impl ConnectionTrait, system_ids: &[Uuid]) -> ApiResult<Vec<Recorded>> {
    let of_systems = integration_event::Column::SystemId.is_in(system_ids.iter().copied());
    recorded(connection, of_systems.into()).await
}

async fn recorded(connection: &impl ConnectionTrait, which: Condition) -> ApiResult<Vec<Recorded>> {
    use integration_event::Column;
    let rows = integration_event::Entity::find()
        .filter(which.clone())
        .order_by_asc(Column::SystemId)
        .order_by_asc(Column::Platform)
        .order_by_asc(Column::Number)
        .all(connection);
    let mut of_them = Query::select();
    of_them.column(Column::Id).from(integration_event::Entity).cond_where(which);
    let confirmations = integration_confirmation::Entity::find()
        .filter(integration_confirmation::Column::EventId.in_subquery(of_them))
        .all(connection);
    let (rows, confirmations) = (rows.await?, confirmations.await?);
    let mut confirmed: HashMap<Uuid, integration_confirmation::Model> =
        confirmations.into_iter().map(|row| (row.event_id, row)).collect();
    Ok(rows.into_iter().map(|row| (confirmed.remove(&row.id), row)).map(|(by, row)| (row, by)).collect())
}

/// An event as the rules read it.
pub fn read((row, confirmation): &Recorded) -> ApiResult<Event> {
    Ok(Event {
        direction: row.direction.parse()?,
        status: row.status.parse()?,
        since: row.since,
        confirmed: confirmation.is_some(),
    })
}

/// Writes what became of an integration.
pub async fn insert_event(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    system: &information_system::Model,
    (wanted, number): (&NewEvent, i32),
) -> ApiResult<integration_event::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let row = integration_event::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(system.programme_id),
        system_id: Set(system.id),
        platform: Set(wanted.platform.as_str().to_owned()),
        direction: Set(wanted.direction.as_str().to_owned()),
        status: Set(wanted.status.as_str().to_owned()),
        since: Set(wanted.since),
        number: Set(number),
        note: Set(wanted.note.as_deref().map(|note| note.trim().to_owned())),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(clock.now()),
    };
    row.insert(tx).await.map_err(conflict_or_fault)
}

/// Writes who confirmed that an integration is live.
pub async fn confirm(tx: &DatabaseTransaction, clock: &Clock, permit: &Permit, event_id: Uuid) -> ApiResult<()> {
    debug_assert!(matches!(permit.action, Action::ConfirmDigital | Action::ConfirmAsLead));
    let row = integration_confirmation::ActiveModel {
        event_id: Set(event_id),
        confirmed_by: Set(permit.person()?),
        confirmed_at: Set(clock.now()),
    };
    integration_confirmation::Entity::insert(row).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// Every system of a programme as it is counted.
pub async fn counted(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Counted>> {
    let systems = information_system::Entity::find()
        .filter(information_system::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?;
    let of_programme = integration_event::Column::ProgrammeId.eq(programme_id);
    let mut histories: HashMap<Uuid, BTreeMap<String, Vec<Event>>> = HashMap::new();
    for event in recorded(connection, of_programme.into()).await? {
        let read = read(&event)?;
        let (row, _) = event;
        histories.entry(row.system_id).or_default().entry(row.platform).or_default().push(read);
    }
    let counted = |row: information_system::Model| Counted {
        organisation_id: row.organisation_id,
        used: (row.used_from, row.used_to),
        integrations: histories.remove(&row.id).unwrap_or_default().into_values().collect(),
    };
    Ok(systems.into_iter().map(counted).collect())
}
