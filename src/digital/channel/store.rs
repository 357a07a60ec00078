//! Reads and writes of what must stand on online channels.

use chrono::NaiveDate;
use entity::digital::{online_duty, online_duty_check};
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::OnlineChannel;
use super::rules::{Check, Wanted};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of duties: by code.
pub const ORDER: Keyset = Keyset::new("online_duty", &["online_duty.code", "online_duty.id"]);

/// Which duties are overdue: on which day, and from which day on something still counts as fresh, on portals and on the
/// other channels.
#[derive(Debug, Clone, Copy)]
pub struct Freshness {
    /// The day.
    pub today: NaiveDate,
    /// On portals.
    pub portals_since: NaiveDate,
    /// On the other channels.
    pub others_since: NaiveDate,
}

/// What to look for among duties.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only on these channels.
    pub channels: Vec<OnlineChannel>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
    /// Only those that hold and are overdue (true), or are not (false).
    pub overdue: Option<(Freshness, bool)>,
}

fn holding(day: NaiveDate) -> Condition {
    use online_duty::Column;
    Condition::all()
        .add(Column::EffectiveFrom.lte(day))
        .add(Condition::any().add(Column::EffectiveTo.is_null()).add(Column::EffectiveTo.gte(day)))
}

/// [`rules::fresh_until`](super::rules::fresh_until) in SQL: past.
fn stale(freshness: &Freshness) -> Condition {
    use online_duty::Column;
    let before = |day: NaiveDate| {
        Condition::all()
            .add(Column::EffectiveFrom.lt(day))
            .add(Condition::any().add(Column::LastUpdatedOn.is_null()).add(Column::LastUpdatedOn.lt(day)))
    };
    let portals = || OnlineChannel::PORTALS.iter().map(|channel| channel.as_str());
    Condition::any()
        .add(before(freshness.portals_since).add(Column::Channel.is_in(portals())))
        .add(before(freshness.others_since).add(Column::Channel.is_not_in(portals())))
}

/// A page of duties, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<online_duty::Model>> {
    use online_duty::Column;
    let column = |column: Column| (online_duty::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if !filter.channels.is_empty() {
        let channels = filter.channels.iter().map(|channel| channel.as_str());
        condition = condition.add(Expr::col(column(Column::Channel)).is_in(channels));
    }
    if let Some(day) = filter.on {
        condition = condition.add(holding(day));
    }
    if let Some((freshness, overdue)) = &filter.overdue {
        let stale = stale(freshness);
        condition = condition.add(holding(freshness.today)).add(if *overdue { stale } else { stale.not() });
    }
    let mut select = select_all::<online_duty::Entity>();
    select.cond_where(condition);
    let keys = |row: &online_duty::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// The duty of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<online_duty::Model>> {
    use online_duty::Column;
    Ok(online_duty::Entity::find()
        .filter(viewer.in_programmes((online_duty::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// A duty by its identifier.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<online_duty::Model>> {
    Ok(online_duty::Entity::find_by_id(id).one(connection).await?)
}

/// The checks of some duties, the latest first. Whoever sees a duty sees its checks.
pub async fn checks_of(
    connection: &impl ConnectionTrait,
    duty_ids: &[Uuid],
) -> ApiResult<Vec<online_duty_check::Model>> {
    use online_duty_check::Column;
    Ok(online_duty_check::Entity::find()
        .filter(Column::DutyId.is_in(duty_ids.iter().copied()))
        .order_by_desc(Column::LookedOn)
        .order_by_desc(Column::Id)
        .all(connection)
        .await?)
}

/// Enters a duty of the permit's organisation, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&online_duty::Model>,
    wanted: &Wanted,
) -> ApiResult<online_duty::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let filled = online_duty::ActiveModel {
        channel: Set(wanted.channel.as_str().to_owned()),
        channel_name: Set(wanted.channel_name.trim().to_owned()),
        url: Set(wanted.url.clone()),
        content: Set(wanted.content.trim().to_owned()),
        effective_from: Set(wanted.effective_from),
        effective_to: Set(wanted.effective_to),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = online_duty::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(permit.organisation_id),
            code: Set(wanted.code.clone()),
            last_looked_on: Set(None),
            last_updated_on: Set(None),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    changed(tx, row, filled).await
}

async fn changed(
    tx: &DatabaseTransaction,
    row: &online_duty::Model,
    change: online_duty::ActiveModel,
) -> ApiResult<online_duty::Model> {
    let changed = online_duty::Entity::update_many()
        .set(online_duty::ActiveModel { version: Set(row.version.saturating_add(1)), ..change })
        .filter(online_duty::Column::Id.eq(row.id))
        .filter(online_duty::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Writes a look at a duty; the duty repeats what it found.
pub async fn insert_check(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &online_duty::Model,
    wanted: &Check,
) -> ApiResult<online_duty::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let check = online_duty_check::ActiveModel {
        id: Set(clock.new_id()),
        duty_id: Set(row.id),
        looked_on: Set(wanted.looked_on),
        updated_on: Set(wanted.updated_on),
        note: Set(wanted.note.as_deref().map(|note| note.trim().to_owned())),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(now),
    };
    online_duty_check::Entity::insert(check).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    let change = online_duty::ActiveModel {
        last_looked_on: Set(Some(wanted.looked_on)),
        last_updated_on: Set(wanted.updated_on),
        updated_at: Set(now),
        ..Default::default()
    };
    changed(tx, row, change).await
}
