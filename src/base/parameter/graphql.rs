//! Dated parameters in the schema.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use chrono::NaiveDate;
use entity::parameter::parameter;
use uuid::Uuid;

use super::rules::InForce;
use super::store;
use crate::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt};
use kit::scalar::Count;

/// The key of the parameters that hold today in a programme, in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParametersToday(pub Uuid);

#[async_trait::async_trait]
impl Loader<ParametersToday> for Batch {
    type Value = Arc<InForce>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ParametersToday]) -> Result<HashMap<ParametersToday, Self::Value>, Self::Error> {
        let today = self.app.clock.today();
        let mut found = HashMap::with_capacity(keys.len());
        // A caller sees few programmes, mostly one.
        for key in keys {
            let held = store::in_force(self.app.db.read(), key.0, today).await.map_err(Arc::new)?;
            found.insert(*key, Arc::new(held));
        }
        Ok(found)
    }
}

/// The parameters that hold today in a programme; for fields that depend on one.
pub async fn parameters_today(ctx: &Context<'_>, programme_id: Uuid) -> ApiResult<Arc<InForce>> {
    let found = ctx.loader()?.load_one(ParametersToday(programme_id)).await.map_err(ApiError::shared)?;
    Ok(found.unwrap_or_default())
}

/// A number or a list that a decree or a decision sets, with the days on which it holds (tham số).
pub struct Parameter(parameter::Model);

/// A number or a list that a decree or a decision sets, with the days on which it holds (tham số).
#[rows::row_object]
impl Parameter {
    /// Its code, such as `PUBLICATION_DAYS`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is (tên tham số).
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// Its value where it is a whole number (giá trị số); null where it is a text.
    fn number(&self) -> Option<Count> {
        self.0.value_number.map(Count)
    }

    /// Its value where it is a text or a list with commas (giá trị chữ); null where it is a number.
    fn text(&self) -> Option<&str> {
        self.0.value_text.as_deref()
    }

    /// What the number counts, such as `DAY` (đơn vị tính).
    fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// First day on which it holds (ngày có hiệu lực).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day on which it holds; null while nothing ends it (ngày hết hiệu lực).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// What sets it (căn cứ).
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// What a reader should know (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Whether the value was read in the legal source itself (đã đối chiếu văn bản gốc).
    fn verified(&self) -> bool {
        self.0.verified
    }
}

connection! {
    /// A page of parameters.
    ParameterConnection, ParameterEdge, Parameter
}

/// Reading dated parameters.
#[derive(Default)]
pub struct ParameterQuery;

/// Reading dated parameters.
#[rows::row_object]
impl ParameterQuery {
    /// Dated parameters (tham số), by code and day: all of their history, or those of one day.
    #[expect(clippy::too_many_arguments, reason = "three filters and the four arguments of a connection")]
    async fn parameters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only the one of this code.")] code: Option<String>,
        #[graphql(desc = "Only those that hold on this day.")] on: Option<NaiveDate>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ParameterConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let filter = store::Filter { programme_id, code, on };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(ParameterConnection(Rows::of(slice, Parameter)))
    }
}
