//! Reading the dataset catalogue.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::{Dataset, DatasetTheme};
use crate::dataset::service::Summary;
use crate::dataset::store;
use crate::dataset::store::Overdue;
use crate::dataset::{AccessRights, DatasetState, service, themes};
use base::indicator::rate::Rate;
use base::organisation::store as organisations;
use base::parameter::{Code, store as parameters};
use kernel::error::ApiResult;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::scalar::Count;

connection! {
    /// A page of datasets.
    DatasetConnection, DatasetEdge, Dataset
}

/// What to look for among datasets; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct DatasetFilter {
    /// Only of the theme of this code.
    pub theme: Option<String>,
    /// Only what the organisation of this code, or one below it, publishes.
    pub publisher: Option<String>,
    /// Only what the organisation of this code, or one below it, keeps.
    pub organisation: Option<String>,
    /// Only with these access rights.
    pub access_rights: Option<Vec<AccessRights>>,
    /// Only in these states.
    pub states: Option<Vec<DatasetState>>,
    /// Only those that hold personal data (true), or none (false).
    pub personal_data: Option<bool>,
    /// Only those whose identifier, titles or keywords contain every word of this, diacritics and case aside.
    pub search: Option<String>,
    /// Only published ones whose data are overdue today (true), or are not (false).
    pub overdue: Option<bool>,
}

/// How many editions are in a state.
#[derive(Debug, Clone, rows::RowObject)]
pub struct DatasetStateCount {
    /// The state.
    pub state: DatasetState,
    /// How many.
    pub count: Count,
}

/// How many datasets are published with an access right.
#[derive(Debug, Clone, rows::RowObject)]
pub struct DatasetAccessCount {
    /// Who may have them.
    pub access_rights: AccessRights,
    /// How many.
    pub count: Count,
}

/// The catalogue counted on a day, as far as the caller may see it (tổng hợp danh mục dữ liệu).
#[derive(rows::RowObject)]
pub struct DatasetSummary {
    /// The day by which data are overdue.
    pub on: NaiveDate,
    /// How many editions are in each state now.
    pub states: Vec<DatasetStateCount>,
    /// How many datasets are published with each access right now.
    pub published: Vec<DatasetAccessCount>,
    /// How many published datasets are overdue (quá hạn cập nhật).
    pub overdue: Count,
    /// How many published datasets are collected once and used again elsewhere (thu thập một lần).
    pub collected_once: Count,
    /// Records digitised over records to digitise, of the published datasets that say so (tỷ lệ số hóa).
    pub digitisation: Rate,
    /// When the list of open data was last reviewed (ngày rà soát gần nhất).
    pub reviewed_on: Option<NaiveDate>,
    /// Until when it must be reviewed: within the months of the parameter OPEN_DATA_REVIEW_MONTHS after the last review,
    /// or after its first dataset was published; null while there is none (hạn rà soát).
    pub review_due_on: Option<NaiveDate>,
    /// Whether that day has passed (quá hạn rà soát).
    pub review_overdue: bool,
}

impl From<Summary> for DatasetSummary {
    fn from(summary: Summary) -> Self {
        let states = summary.states.into_iter();
        let published = summary.published.into_iter();
        DatasetSummary {
            on: summary.on,
            states: states.map(|(state, count)| DatasetStateCount { state, count: Count(count) }).collect(),
            published: published
                .map(|(access_rights, count)| DatasetAccessCount { access_rights, count: Count(count) })
                .collect(),
            overdue: Count(summary.overdue),
            collected_once: Count(summary.collected_once),
            digitisation: Rate::new(summary.records.0, summary.records.1),
            reviewed_on: summary.reviewed_on,
            review_due_on: summary.review_due_on,
            review_overdue: summary.review_due_on.is_some_and(|due| due < summary.on),
        }
    }
}

/// Reading the dataset catalogue.
#[derive(Default)]
pub struct DatasetQuery;

/// Reading the dataset catalogue.
#[rows::row_object]
impl DatasetQuery {
    /// The dataset of an identifier; null when there is none that the caller may see.
    async fn dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its identifier, such as `DL-DATDAI-01`.")] identifier: String,
        #[graphql(desc = "Which edition; the published one by default, or the latest where none is published.")]
        edition: Option<i32>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<Dataset>> {
        let found = async {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            let connection = app.db.read();
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            let key = (programme.id, identifier.as_str());
            let rows = store::editions(connection, &viewer, key, app.clock.today()).await?;
            let wanted = match edition {
                Some(edition) => rows.iter().position(|row| row.edition == edition),
                None => {
                    let served = rows.iter().position(|row| row.state == DatasetState::Published.as_str());
                    served.or((!rows.is_empty()).then_some(0))
                }
            };
            Ok(wanted.and_then(|index| rows.into_iter().nth(index)))
        };
        or_null(found.await.map(|row| row.map(|row| Dataset(Arc::new(row)))))
    }

    /// Datasets (danh mục dữ liệu), by identifier and edition. Everybody sees those that are published and not
    /// restricted; the unit that keeps them, the unit that publishes, the standing body and the Chair see all.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: DatasetFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DatasetConnection> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let (connection, today) = (app.db.read(), app.clock.today());
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let find = |code: Option<String>| {
            let (viewer, programme) = (&viewer, programme.code.as_str());
            async move { organisations::id_of(connection, viewer, Some(programme), code.as_deref()).await }
        };
        let overdue = match filter.overdue {
            Some(overdue) => {
                let held = parameters::in_force(connection, programme.id, today).await?;
                Some((overdue, Overdue { on: today, months: held.count(Code::OpenDataUpdateMonths)? }))
            }
            None => None,
        };
        let filter = store::Filter {
            programme_id: Some(programme.id),
            theme: filter.theme,
            publisher_id: find(filter.publisher).await?,
            organisation_id: find(filter.organisation).await?,
            access: filter.access_rights.unwrap_or_default(),
            states: filter.states.unwrap_or_default(),
            personal_data: filter.personal_data,
            search: filter.search,
            overdue,
        };
        let slice = store::page(connection, &viewer, &filter, today, &page(first, after, last, before)?).await?;
        Ok(DatasetConnection(Rows::of(slice, |row| Dataset(Arc::new(row)))))
    }

    /// The controlled list of themes, by code (danh sách chủ đề).
    fn dataset_themes(&self, ctx: &Context<'_>) -> Result<Vec<DatasetTheme>> {
        ctx.viewer()?;
        Ok(themes::all().iter().map(DatasetTheme::from).collect())
    }

    /// The catalogue counted: states, access, what is overdue, how far it is digitised, and when the list of open data
    /// is to be reviewed (tổng hợp danh mục dữ liệu). Counts what the caller may see.
    async fn dataset_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "By which day data are overdue; today by default.")] on: Option<NaiveDate>,
    ) -> Result<DatasetSummary> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let (connection, today) = (app.db.read(), app.clock.today());
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let days = (on.unwrap_or(today), today);
        Ok(service::summary(connection, &viewer, programme.id, days).await?.into())
    }
}
