//! Programmes, targets, tasks, and who leads them, read for many rows at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dataloader::Loader;
use entity::organisation::programme;
use entity::programme::{lead_assignment, reform_area, target, task};
use uuid::Uuid;

use crate::indicator::store as figures;
use crate::organisation::store as organisations;
use crate::programme::store::{self, LeadKey};
use kernel::error::ApiError;
use kit::context::Batch;

/// The key of a programme in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgrammeId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ProgrammeId> for Batch {
    type Value = Arc<programme::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = organisations::programmes_by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ProgrammeId(row.id), Arc::new(row))).collect())
    }
}

/// The key of a task in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskId(pub Uuid);

#[async_trait::async_trait]
impl Loader<TaskId> for Batch {
    type Value = Arc<task::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TaskId]) -> Result<HashMap<TaskId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::tasks_by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (TaskId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the leads of a target or task in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeadsOf(pub LeadKey);

#[async_trait::async_trait]
impl Loader<LeadsOf> for Batch {
    type Value = Arc<Vec<lead_assignment::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LeadsOf]) -> Result<HashMap<LeadsOf, Self::Value>, Self::Error> {
        let today = self.app.clock.today();
        let keys: Vec<LeadKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = store::leads(self.app.db.read(), &self.viewer, &keys, today).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(key, rows)| (LeadsOf(key), Arc::new(rows))).collect())
    }
}

/// The key of a section's targets, of every issuing level, in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TargetsOf(pub Uuid, pub String);

#[async_trait::async_trait]
impl Loader<TargetsOf> for Batch {
    type Value = Arc<Vec<Arc<target::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TargetsOf]) -> Result<HashMap<TargetsOf, Self::Value>, Self::Error> {
        let programmes: BTreeSet<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found = figures::targets(self.app.db.read(), &self.viewer, programmes.into_iter().collect())
            .await
            .map_err(Arc::new)?;
        Ok(keys
            .iter()
            .filter_map(|key| {
                let rows = found.remove(&(key.0, key.1.clone()))?;
                Some((key.clone(), Arc::new(rows.into_iter().map(Arc::new).collect())))
            })
            .collect())
    }
}

/// The key of a programme's top organisation, with what stands above it, in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<RootOf> for Batch {
    type Value = Arc<(entity::organisation::organisation::Model, Vec<Uuid>)>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[RootOf]) -> Result<HashMap<RootOf, Self::Value>, Self::Error> {
        let connection = self.app.db.read();
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let roots = organisations::roots_of(connection, &ids).await.map_err(Arc::new)?;
        let above = roots.iter().map(|row| row.id).collect();
        let mut above = organisations::upward_of(connection, above).await.map_err(Arc::new)?;
        Ok(roots
            .into_iter()
            .filter_map(|row| {
                let upward = above.remove(&row.id).unwrap_or_default();
                Some((RootOf(row.programme_id?), Arc::new((row, upward))))
            })
            .collect())
    }
}

/// The key of a programme's reform areas in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AreasOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<AreasOf> for Batch {
    type Value = Arc<Vec<reform_area::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[AreasOf]) -> Result<HashMap<AreasOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<AreasOf, Vec<reform_area::Model>> = HashMap::new();
        for row in store::areas(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            found.entry(AreasOf(row.programme_id)).or_default().push(row);
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}
