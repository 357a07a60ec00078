//! Procedures and their versions, read for many rows at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dataloader::Loader;
use entity::procedure::procedure_version;
use uuid::Uuid;

use crate::procedure::store::{self, Record};
use kernel::error::ApiError;
use kit::context::Batch;

/// The key of a procedure in the loader, as it stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcedureId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ProcedureId> for Batch {
    type Value = Arc<Record>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProcedureId]) -> Result<HashMap<ProcedureId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let today = self.app.clock.today();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids, today).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ProcedureId(row.procedure.id), Arc::new(row))).collect())
    }
}

/// The key of the first procedures of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProceduresOf {
    /// Whose.
    pub organisation_id: Uuid,
    /// How many.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<ProceduresOf> for Batch {
    type Value = Arc<Vec<Arc<Record>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProceduresOf]) -> Result<HashMap<ProceduresOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.organisation_id);
        }
        let today = self.app.clock.today();
        let mut found = HashMap::with_capacity(keys.len());
        for (first, ids) in by_length {
            // One more than asked for tells whether there is more.
            let limit = u64::from(first) + 1;
            let rows = store::first_of_organisations(self.app.db.read(), &self.viewer, &ids, today, limit)
                .await
                .map_err(Arc::new)?;
            found.extend(rows.into_iter().map(|(organisation_id, rows)| {
                (ProceduresOf { organisation_id, first }, Arc::new(rows.into_iter().map(Arc::new).collect()))
            }));
        }
        Ok(found)
    }
}

/// The key of a procedure's versions in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<VersionsOf> for Batch {
    type Value = Arc<Vec<procedure_version::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[VersionsOf]) -> Result<HashMap<VersionsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::versions_of(self.app.db.read(), &ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|(id, rows)| (VersionsOf(id), Arc::new(rows))).collect())
    }
}
