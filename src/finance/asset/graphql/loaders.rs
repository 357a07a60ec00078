//! What resolvers of public assets load, each in one batch for a whole page.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use entity::asset::{asset_plan, public_asset, public_asset_holding};
use entity::organisation::organisation;
use uuid::Uuid;

use crate::asset::store;
use crate::asset::store::{Edition, plans as stored_plans};
use access::Caller;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::context::{Batch, ContextExt};

/// The key of an asset in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AssetId(pub Uuid);

#[async_trait::async_trait]
impl Loader<AssetId> for Batch {
    type Value = Arc<public_asset::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[AssetId]) -> Result<HashMap<AssetId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (AssetId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the editions of an asset in the loader: those that the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct EditionsOf(Uuid);

#[async_trait::async_trait]
impl Loader<EditionsOf> for Batch {
    type Value = Arc<Vec<Edition>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[EditionsOf]) -> Result<HashMap<EditionsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let connection = self.app.db.read();
        let seen = store::drafts_seen(connection, &self.viewer, ids.clone()).await.map_err(Arc::new)?;
        let seen: HashSet<Uuid> = seen.into_iter().collect();
        let mut found: HashMap<EditionsOf, Vec<Edition>> = HashMap::new();
        for edition in store::editions_of(connection, &ids).await.map_err(Arc::new)? {
            if edition.confirmation.is_some() || seen.contains(&edition.row.asset_id) {
                found.entry(EditionsOf(edition.row.asset_id)).or_default().push(edition);
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The editions of an asset that the caller may see, in the order of recording.
pub async fn editions(ctx: &Context<'_>, asset_id: Uuid) -> ApiResult<Arc<Vec<Edition>>> {
    Ok(ctx.loader()?.load_one(EditionsOf(asset_id)).await.map_err(ApiError::shared)?.unwrap_or_default())
}

/// A holding, with the unit that it is of.
pub type Holding = (public_asset_holding::Model, Arc<organisation::Model>);

/// The key of the holdings of an asset in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct HoldingsOf(Uuid);

#[async_trait::async_trait]
impl Loader<HoldingsOf> for Batch {
    type Value = Arc<Vec<Holding>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[HoldingsOf]) -> Result<HashMap<HoldingsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let connection = self.app.db.read();
        let rows = store::holdings_of(connection, &ids).await.map_err(Arc::new)?;
        // The units are loaded here: from a resolver, that would be another batch, or not, by chance.
        let units: HashSet<Uuid> = rows.iter().map(|row| row.organisation_id).collect();
        let units = organisations::by_ids(connection, &self.viewer, units.into_iter().collect()).await;
        let units: HashMap<Uuid, Arc<organisation::Model>> =
            units.map_err(Arc::new)?.into_iter().map(|unit| (unit.id, Arc::new(unit))).collect();
        let mut found: HashMap<HoldingsOf, Vec<Holding>> = HashMap::new();
        for row in rows {
            let unit = units.get(&row.organisation_id).cloned();
            let unit = unit.ok_or_else(|| Arc::new(ApiError::internal("a holding of no visible organisation")))?;
            found.entry(HoldingsOf(row.asset_id)).or_default().push((row, unit));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// Who managed an asset, in the order of recording.
pub async fn holdings(ctx: &Context<'_>, asset_id: Uuid) -> ApiResult<Arc<Vec<Holding>>> {
    Ok(ctx.loader()?.load_one(HoldingsOf(asset_id)).await.map_err(ApiError::shared)?.unwrap_or_default())
}

/// The key of the plans and schemes of an asset in the loader: those that the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PlansOf(Uuid);

#[async_trait::async_trait]
impl Loader<PlansOf> for Batch {
    type Value = Arc<Vec<Arc<asset_plan::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PlansOf]) -> Result<HashMap<PlansOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<PlansOf, Vec<Arc<asset_plan::Model>>> = HashMap::new();
        for row in stored_plans::of_assets(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            found.entry(PlansOf(row.asset_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The plans and schemes of an asset that the caller may see, the latest first.
pub async fn plans(ctx: &Context<'_>, asset_id: Uuid) -> ApiResult<Arc<Vec<Arc<asset_plan::Model>>>> {
    Ok(ctx.loader()?.load_one(PlansOf(asset_id)).await.map_err(ApiError::shared)?.unwrap_or_default())
}

/// The key of "did the caller write in the draft of this asset" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DraftedByCaller(Uuid);

#[async_trait::async_trait]
impl Loader<DraftedByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DraftedByCaller]) -> Result<HashMap<DraftedByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let drafted = store::drafted_by(self.app.db.read(), &ids, person.person_id).await.map_err(Arc::new)?;
        Ok(drafted.into_iter().map(|id| (DraftedByCaller(id), true)).collect())
    }
}

/// Whether the caller wrote in the draft of an asset.
pub async fn drafted_by_caller(ctx: &Context<'_>, asset_id: Uuid) -> ApiResult<bool> {
    Ok(ctx.loader()?.load_one(DraftedByCaller(asset_id)).await.map_err(ApiError::shared)?.unwrap_or(false))
}

/// The key of "did the caller write in this plan" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PlanWrittenByCaller(Uuid);

#[async_trait::async_trait]
impl Loader<PlanWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PlanWrittenByCaller]) -> Result<HashMap<PlanWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = stored_plans::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (PlanWrittenByCaller(id), true)).collect())
    }
}

/// Whether the caller wrote in a plan or scheme.
pub async fn plan_written_by_caller(ctx: &Context<'_>, plan_id: Uuid) -> ApiResult<bool> {
    Ok(ctx.loader()?.load_one(PlanWrittenByCaller(plan_id)).await.map_err(ApiError::shared)?.unwrap_or(false))
}

/// The key of "may the caller see the drafts of this asset" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DraftsSeen(Uuid);

#[async_trait::async_trait]
impl Loader<DraftsSeen> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DraftsSeen]) -> Result<HashMap<DraftsSeen, bool>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let seen = store::drafts_seen(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(seen.into_iter().map(|id| (DraftsSeen(id), true)).collect())
    }
}

/// The key of "may the caller see this plan" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PlanSeen(Uuid);

#[async_trait::async_trait]
impl Loader<PlanSeen> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PlanSeen]) -> Result<HashMap<PlanSeen, bool>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = stored_plans::by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (PlanSeen(row.id), true)).collect())
    }
}

/// Whether the journal shows what changed of a record: of drafts and proposals only to those who may see them.
pub async fn may_read_journaled(ctx: &Context<'_>, record_kind: &str, record_id: Uuid) -> ApiResult<bool> {
    let seen = match record_kind {
        "public_asset_draft" => ctx.loader()?.load_one(DraftsSeen(record_id)).await,
        "asset_plan" => ctx.loader()?.load_one(PlanSeen(record_id)).await,
        _ => return Ok(true),
    };
    Ok(seen.map_err(ApiError::shared)?.unwrap_or(false))
}
