//! Reads and writes of delegations and their checks.

use chrono::NaiveDate;
use entity::apparatus::{delegation, delegation_check};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoColumnRef, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::DelegationKind;
use super::rules::{Check, Wanted};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of delegations: by code.
pub const ORDER: Keyset = Keyset::new("delegation", &["delegation.code", "delegation.id"]);

/// What to look for among delegations.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<DelegationKind>,
    /// Only what this organisation passed on.
    pub from_id: Option<Uuid>,
    /// Only what this organisation received.
    pub to_id: Option<Uuid>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
    /// Only those that were last checked before this day (true), or not (false).
    pub checked_before: Option<(NaiveDate, bool)>,
    /// Only those that hold on this day too.
    pub holds_today: Option<NaiveDate>,
}

/// A page of delegations, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<delegation::Model>> {
    use delegation::Column;
    let mut condition = Condition::all().add(viewer.in_programmes((delegation::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(id) = filter.from_id {
        condition = condition.add(Column::FromOrganisationId.eq(id));
    }
    if let Some(id) = filter.to_id {
        condition = condition.add(Column::ToOrganisationId.eq(id));
    }
    for day in [filter.on, filter.holds_today].into_iter().flatten() {
        let column = |column: Column| (delegation::Entity, column);
        let both =
            [column(Column::FromOrganisationId), column(Column::ToOrganisationId)].map(|id| id.into_column_ref());
        let days = (column(Column::EffectiveFrom), column(Column::EffectiveTo));
        condition = condition.add(access::viewer::holding_on(days, both, day));
    }
    if let Some((day, before)) = filter.checked_before {
        let since = Query::select()
            .column(delegation_check::Column::DelegationId)
            .from(delegation_check::Entity)
            .and_where(Expr::col(delegation_check::Column::CheckedOn).gte(day))
            .to_owned();
        let fresh = Condition::any().add(Column::EffectiveFrom.gte(day)).add(Column::Id.in_subquery(since));
        condition = condition.add(if before { fresh.not() } else { fresh });
    }
    let mut select = select_all::<delegation::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &delegation::Model| vec![row.code.clone().into(), row.id.into()]).await
}

/// The delegation of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<delegation::Model>> {
    Ok(delegation::Entity::find()
        .filter(viewer.in_programmes((delegation::Entity, delegation::Column::ProgrammeId)))
        .filter(delegation::Column::ProgrammeId.eq(programme_id))
        .filter(delegation::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Delegations by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<delegation::Model>> {
    Ok(delegation::Entity::find()
        .filter(viewer.in_programmes((delegation::Entity, delegation::Column::ProgrammeId)))
        .filter(delegation::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The checks of some delegations, the latest first. Whoever sees a delegation sees its checks.
pub async fn checks_of(
    connection: &impl ConnectionTrait,
    delegation_ids: &[Uuid],
) -> ApiResult<Vec<delegation_check::Model>> {
    Ok(delegation_check::Entity::find()
        .filter(delegation_check::Column::DelegationId.is_in(delegation_ids.iter().copied()))
        .order_by_desc(delegation_check::Column::CheckedOn)
        .all(connection)
        .await?)
}

/// The check of a delegation on a day.
pub async fn check_on(
    connection: &impl ConnectionTrait,
    delegation_id: Uuid,
    day: NaiveDate,
) -> ApiResult<Option<delegation_check::Model>> {
    Ok(delegation_check::Entity::find()
        .filter(delegation_check::Column::DelegationId.eq(delegation_id))
        .filter(delegation_check::Column::CheckedOn.eq(day))
        .one(connection)
        .await?)
}

fn filled(wanted: &Wanted, from_id: Uuid) -> delegation::ActiveModel {
    let trimmed = |text: &str| Set(text.trim().to_owned());
    delegation::ActiveModel {
        kind: Set(wanted.kind.as_str().to_owned()),
        from_organisation_id: Set(from_id),
        subject: trimmed(&wanted.subject),
        legal_basis: trimmed(&wanted.legal_basis),
        decision_number: trimmed(&wanted.decision_number),
        decision_date: Set(wanted.decision_date),
        effective_from: Set(wanted.effective_from),
        effective_to: Set(wanted.effective_to),
        ..Default::default()
    }
}

/// Enters a delegation to the permit's organisation, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&delegation::Model>,
    (wanted, from_id): (&Wanted, Uuid),
) -> ApiResult<delegation::Model> {
    debug_assert_eq!(permit.action, Action::SaveDelegation);
    let now = clock.now();
    let Some(row) = stored else {
        let row = delegation::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            code: Set(wanted.code.clone()),
            to_organisation_id: Set(permit.organisation_id),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            ..filled(wanted, from_id)
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let change = delegation::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(now),
        ..filled(wanted, from_id)
    };
    let changed = delegation::Entity::update_many()
        .set(change)
        .filter(delegation::Column::Id.eq(row.id))
        .filter(delegation::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Enters a check of a delegation, or changes that of the same day.
pub async fn save_check(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    delegation_id: Uuid,
    stored: Option<&delegation_check::Model>,
    wanted: &Check,
) -> ApiResult<delegation_check::Model> {
    debug_assert_eq!(permit.action, Action::CheckDelegation);
    let now = clock.now();
    let filled = delegation_check::ActiveModel {
        finding: Set(wanted.finding.as_str().to_owned()),
        note: Set(wanted.note.as_deref().map(|note| note.trim().to_owned())),
        remedied_on: Set(wanted.remedied_on),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = delegation_check::ActiveModel {
            id: Set(clock.new_id()),
            delegation_id: Set(delegation_id),
            checked_on: Set(wanted.checked_on),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = delegation_check::Entity::update_many()
        .set(delegation_check::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(delegation_check::Column::Id.eq(row.id))
        .filter(delegation_check::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
