//! Reads and writes of plans and schemes.

use chrono::NaiveDate;
use entity::asset::{asset_plan, asset_plan_author, public_asset};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::asset::policy;
use crate::asset::rules::Proposal;
use crate::asset::{AssetKind, AssetPlanState, AssetRearrangement, AssetSchemePurpose, PlanSubject};
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;

fn col(column: asset_plan::Column) -> Expr {
    Expr::col((asset_plan::Entity, column))
}

/// What was approved, whatever came after.
pub const APPROVED: [AssetPlanState; 3] = [AssetPlanState::Approved, AssetPlanState::Done, AssetPlanState::Replaced];

/// The plans of the asset of an outer query, by what they are about, that are the approved ones on a day.
fn standing(subject: PlanSubject, day: NaiveDate) -> SelectStatement {
    use asset_plan::Column;
    Query::select()
        .expr(Expr::val(1))
        .from(asset_plan::Entity)
        .and_where(col(Column::AssetId).eq(Expr::col((public_asset::Entity, public_asset::Column::Id))))
        .and_where(col(Column::Subject).eq(subject.as_str()))
        .and_where(col(Column::State).is_in(APPROVED.map(AssetPlanState::as_str)))
        .and_where(col(Column::DecisionDate).lte(day))
        .cond_where(Condition::any().add(col(Column::ReplacedOn).is_null()).add(col(Column::ReplacedOn).gt(day)))
        .to_owned()
}

/// The approved plan of the asset of an outer query, on a day; only where it is carried out by then, when asked so.
pub fn approved_plan(day: NaiveDate, done: bool) -> SelectStatement {
    let mut select = standing(PlanSubject::Rearrangement, day);
    if done {
        select.and_where(col(asset_plan::Column::DoneOn).lte(day));
    }
    select
}

/// The schemes of the asset of an outer query for a purpose that are in force on a day.
pub fn schemes_in_force(purpose: AssetSchemePurpose, day: NaiveDate) -> SelectStatement {
    use asset_plan::Column;
    let mut select = standing(PlanSubject::Exploitation, day);
    select
        .and_where(col(Column::Way).eq(purpose.as_str()))
        .and_where(col(Column::PeriodFrom).lte(day))
        .and_where(col(Column::PeriodTo).gte(day))
        .cond_where(Condition::any().add(col(Column::DoneOn).is_null()).add(col(Column::DoneOn).gt(day)));
    select
}

/// Narrows assets to houses and land that are rearranged so far, as the viewer sees it: whoever may not see a proposal
/// finds an asset with nothing but that among those without a plan.
pub fn rearranged_so(viewer: &Viewer, wanted: &[AssetRearrangement], day: NaiveDate) -> Condition {
    use asset_plan::Column;
    let proposed = || {
        let open = Query::select()
            .expr(Expr::val(1))
            .from(asset_plan::Entity)
            .and_where(col(Column::AssetId).eq(Expr::col((public_asset::Entity, public_asset::Column::Id))))
            .and_where(col(Column::Subject).eq(PlanSubject::Rearrangement.as_str()))
            .and_where(col(Column::State).eq(AssetPlanState::Proposed.as_str()))
            .to_owned();
        Condition::all().add(Expr::exists(open)).add(policy::drafts(viewer))
    };
    let (approved, done) = (|| Expr::exists(approved_plan(day, false)), || Expr::exists(approved_plan(day, true)));
    let any = wanted.iter().fold(Condition::any(), |any, state| {
        any.add(match state {
            AssetRearrangement::NoPlan => Condition::all().add(approved().not()).add(proposed().not()),
            AssetRearrangement::Proposed => Condition::all().add(approved().not()).add(proposed()),
            AssetRearrangement::Approved => Condition::all().add(approved()).add(done().not()),
            AssetRearrangement::Done => Condition::all().add(done()),
        })
    });
    let estate = [AssetKind::Land, AssetKind::House].map(AssetKind::as_str);
    Condition::all().add(Expr::col((public_asset::Entity, public_asset::Column::Kind)).is_in(estate)).add(any)
}

/// The plan or scheme of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<asset_plan::Model>> {
    Ok(asset_plan::Entity::find()
        .filter(policy::plans(viewer))
        .filter(asset_plan::Column::ProgrammeId.eq(programme_id))
        .filter(asset_plan::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Plans and schemes by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<asset_plan::Model>> {
    Ok(asset_plan::Entity::find()
        .filter(policy::plans(viewer))
        .filter(asset_plan::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The plans and schemes of some assets, the latest first.
pub async fn of_assets(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    asset_ids: &[Uuid],
) -> ApiResult<Vec<asset_plan::Model>> {
    Ok(asset_plan::Entity::find()
        .filter(policy::plans(viewer))
        .filter(asset_plan::Column::AssetId.is_in(asset_ids.iter().copied()))
        .order_by_desc(asset_plan::Column::ProposedOn)
        .order_by_desc(asset_plan::Column::Id)
        .all(connection)
        .await?)
}

/// Which of some plans and schemes a person wrote in.
pub async fn written_by(connection: &impl ConnectionTrait, ids: Vec<Uuid>, person_id: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = asset_plan_author::Entity::find()
        .filter(asset_plan_author::Column::PlanId.is_in(ids))
        .filter(asset_plan_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.plan_id).collect())
}

/// Enters a plan or scheme, or changes it while it is not decided, and remembers who wrote.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    asset: &public_asset::Model,
    (stored, subject, way): (Option<&asset_plan::Model>, PlanSubject, &str),
    proposal: &Proposal,
) -> ApiResult<asset_plan::Model> {
    let filled = asset_plan::ActiveModel {
        way: Set(way.to_owned()),
        proposed_on: Set(proposal.proposed_on),
        content: Set(proposal.content.trim().to_owned()),
        period_from: Set(proposal.scheme.map(|(from, _, _)| from)),
        period_to: Set(proposal.scheme.map(|(_, to, _)| to)),
        expected_revenue: Set(proposal.scheme.map(|(_, _, revenue)| revenue)),
        ..Default::default()
    };
    let row = match stored {
        Some(row) => advance(tx, clock, permit, row, filled).await?,
        None => {
            let now = clock.now();
            let new = asset_plan::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(asset.programme_id),
                asset_id: Set(asset.id),
                code: Set(proposal.code.clone()),
                subject: Set(subject.as_str().to_owned()),
                state: Set(AssetPlanState::Proposed.as_str().to_owned()),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..filled
            };
            new.insert(tx).await.map_err(conflict_or_fault)?
        }
    };
    let author = asset_plan_author::ActiveModel { plan_id: Set(row.id), person_id: Set(permit.person()?) };
    asset_plan_author::Entity::insert(author)
        .on_conflict(
            OnConflict::columns([asset_plan_author::Column::PlanId, asset_plan_author::Column::PersonId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(row)
}

/// Writes a change of a plan with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &asset_plan::Model,
    mut change: asset_plan::ActiveModel,
) -> ApiResult<asset_plan::Model> {
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = asset_plan::Entity::update_many()
        .set(change)
        .filter(asset_plan::Column::Id.eq(row.id))
        .filter(asset_plan::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
