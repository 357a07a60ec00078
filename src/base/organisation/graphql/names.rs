//! The names of an organisation over time.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use chrono::NaiveDate;
use entity::organisation::{organisation, organisation_name};
use uuid::Uuid;

use crate::organisation::store;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kit::context::{Batch, ContextExt};

/// The key of the names of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NamesOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<NamesOf> for Batch {
    type Value = Arc<Vec<Arc<organisation_name::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[NamesOf]) -> Result<HashMap<NamesOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::names_of(self.app.db.read(), &ids).await.map_err(Arc::new)?;
        let mut found: HashMap<NamesOf, Vec<Arc<organisation_name::Model>>> = HashMap::new();
        for row in rows {
            found.entry(NamesOf(row.organisation_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The names of an organisation, the first first: the one it has where it was never renamed.
pub async fn names_of(ctx: &Context<'_>, row: &organisation::Model) -> ApiResult<Vec<OrganisationName>> {
    let found = ctx.loader()?.load_one(NamesOf(row.id)).await.map_err(ApiError::shared)?.unwrap_or_default();
    let mut names: Vec<organisation_name::Model> = found.iter().map(|name| name.as_ref().clone()).collect();
    match names.last_mut() {
        Some(last) => last.effective_to = row.effective_to,
        None => names.push(organisation_name::Model {
            organisation_id: row.id,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            name_vi: row.name_vi.clone(),
            name_en: row.name_en.clone(),
        }),
    }
    Ok(names.into_iter().map(OrganisationName).collect())
}

/// The name that an organisation had on a day; the one it has where its history says nothing of that day.
pub async fn name_on(
    ctx: &Context<'_>,
    row: &organisation::Model,
    language: Language,
    day: NaiveDate,
) -> ApiResult<String> {
    let names = names_of(ctx, row).await?;
    let rows: Vec<organisation_name::Model> = names.into_iter().map(|name| name.0).collect();
    let (vi, en) = held_on(&rows, day).map_or((&row.name_vi, &row.name_en), |name| (&name.name_vi, &name.name_en));
    Ok(match language {
        Language::Vi => vi.clone(),
        Language::En => en.clone(),
    })
}

/// The name that an organisation had on a day, by its history; none where the history says nothing of that day.
fn held_on(names: &[organisation_name::Model], day: NaiveDate) -> Option<&organisation_name::Model> {
    names.iter().find(|name| name.effective_from <= day && name.effective_to.is_none_or(|last| day <= last))
}

/// A name that an organisation had or has, with its days (tên đơn vị theo thời gian).
pub struct OrganisationName(organisation_name::Model);

/// A name that an organisation had or has, with its days (tên đơn vị theo thời gian).
#[rows::row_object]
impl OrganisationName {
    /// The name (tên).
    fn name(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.name_vi,
            Language::En => &self.0.name_en,
        }
    }

    /// First day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while it has this name (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn a_name_is_that_of_the_day() {
        let name = |name: &str, from, to| organisation_name::Model {
            organisation_id: Uuid::nil(),
            effective_from: from,
            effective_to: to,
            name_vi: name.to_owned(),
            name_en: String::new(),
        };
        let names = [name("old", day(1, 1), Some(day(6, 30))), name("new", day(7, 1), None)];
        let on = |day| held_on(&names, day).map(|name| name.name_vi.as_str());
        assert_eq!((on(day(6, 30)), on(day(7, 1))), (Some("old"), Some("new")));
        assert_eq!(held_on(&names, NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()), None);
    }
}
