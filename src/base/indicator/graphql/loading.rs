//! Indicators with their formulas, read for many rows at once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dataloader::Loader;

use crate::indicator::store::{self, Definition};
use kernel::error::ApiError;
use kit::context::Batch;

/// The key of an indicator in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndicatorCode(pub String);

#[async_trait::async_trait]
impl Loader<IndicatorCode> for Batch {
    type Value = Arc<Definition>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[IndicatorCode]) -> Result<HashMap<IndicatorCode, Self::Value>, Self::Error> {
        let all = store::definitions(self.app.db.read()).await.map_err(Arc::new)?;
        Ok(all
            .into_iter()
            .map(|definition| (IndicatorCode(definition.row.code.clone()), Arc::new(definition)))
            .filter(|(code, _)| keys.contains(code))
            .collect())
    }
}

/// The key of the indicators of a section in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndicatorsOfSection(pub String);

#[async_trait::async_trait]
impl Loader<IndicatorsOfSection> for Batch {
    type Value = Vec<Arc<Definition>>;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[IndicatorsOfSection],
    ) -> Result<HashMap<IndicatorsOfSection, Self::Value>, Self::Error> {
        let mut found: HashMap<IndicatorsOfSection, Vec<Arc<Definition>>> = HashMap::new();
        for definition in store::definitions(self.app.db.read()).await.map_err(Arc::new)? {
            let Some(section) = definition.row.section.clone() else { continue };
            found.entry(IndicatorsOfSection(section)).or_default().push(Arc::new(definition));
        }
        found.retain(|key, _| keys.contains(key));
        Ok(found)
    }
}
