//! The programme's revisions: each is taken by the change whose figures become known at it.

use chrono::{DateTime, Utc};
use entity::organisation::{programme, programme_revision};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use access::Permit;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};

/// Takes the programme's next revision. On PostgreSQL this locks the programme's row until the transaction
/// ends, so that revisions become visible in their order and a pull by revision misses nothing.
pub async fn next_revision(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    source_id: Option<Uuid>,
) -> ApiResult<i64> {
    let changed = programme::Entity::update_many()
        .col_expr(programme::Column::Revision, Expr::col(programme::Column::Revision).add(1))
        .filter(programme::Column::Id.eq(programme_id))
        .exec_with_returning(tx)
        .await?;
    let revision = changed
        .into_iter()
        .next()
        .map(|row| row.revision)
        .ok_or_else(|| ApiError::internal("a figure of no programme"))?;
    let row = programme_revision::ActiveModel {
        programme_id: Set(programme_id),
        revision: Set(revision),
        recorded_at: Set(clock.now()),
        cause: Set(permit.action.as_str().to_owned()),
        source_id: Set(source_id),
    };
    row.insert(tx).await?;
    Ok(revision)
}

/// Locks the programme's row until the transaction ends (PostgreSQL; SQLite has one writer anyway), so that
/// whoever counts a register sees every change of it that was made before.
pub async fn lock_programme(tx: &DatabaseTransaction, _permit: &Permit, programme_id: Uuid) -> ApiResult<()> {
    programme::Entity::find_by_id(programme_id).lock_exclusive().one(tx).await?;
    Ok(())
}

/// The last revision that was known at a time; 0 before the first.
pub async fn revision_at(connection: &impl ConnectionTrait, programme_id: Uuid, at: DateTime<Utc>) -> ApiResult<i64> {
    let found = programme_revision::Entity::find()
        .filter(programme_revision::Column::ProgrammeId.eq(programme_id))
        .filter(programme_revision::Column::RecordedAt.lte(at))
        .order_by_desc(programme_revision::Column::Revision)
        .limit(1)
        .one(connection)
        .await?;
    Ok(found.map_or(0, |row| row.revision))
}

/// When a revision became known; none for one that was never given out.
pub async fn recorded_at(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    revision: i64,
) -> ApiResult<Option<DateTime<Utc>>> {
    let found = programme_revision::Entity::find_by_id((programme_id, revision)).one(connection).await?;
    Ok(found.map(|row| row.recorded_at))
}
