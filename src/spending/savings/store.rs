//! Reads and writes of appraisals.

use std::collections::{BTreeMap, HashMap};

use entity::savings::savings_appraisal;
use entity::workflow::submission;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::rules::Appraised;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kit::app::conflict_or_fault;

/// The appraisals of a submission, by the version that came of each: the last is the one that counts.
pub type Rounds = BTreeMap<i32, Vec<savings_appraisal::Model>>;

/// The appraisals of some submissions that may be seen: one statement.
pub async fn rounds(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, Rounds>> {
    let visible = Query::select()
        .column(submission::Column::Id)
        .from(submission::Entity)
        .and_where(Expr::col((submission::Entity, submission::Column::Id)).is_in(submission_ids.iter().copied()))
        .cond_where(viewer.submissions())
        .to_owned();
    let rows = savings_appraisal::Entity::find()
        .filter(savings_appraisal::Column::SubmissionId.in_subquery(visible))
        .order_by_asc(savings_appraisal::Column::SubmissionId)
        .order_by_asc(savings_appraisal::Column::Version)
        .all(connection)
        .await?;
    let mut found: HashMap<Uuid, Rounds> = HashMap::new();
    for row in rows {
        found.entry(row.submission_id).or_default().entry(row.version).or_default().push(row);
    }
    Ok(found)
}

/// Writes an appraisal of the version that came of it.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (submission_id, version): (Uuid, i32),
    components: &[Appraised],
) -> ApiResult<()> {
    let (now, person) = (clock.now(), permit.person()?);
    let rows = components.iter().map(|one| savings_appraisal::ActiveModel {
        submission_id: Set(submission_id),
        version: Set(version),
        component: Set(one.component.as_str().to_owned()),
        own_points: Set(one.own_points),
        points: Set(one.points),
        maximum: Set(one.maximum),
        reason: Set(one.reason.clone()),
        appraised_by: Set(person),
        appraised_at: Set(now),
    });
    savings_appraisal::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}
