//! Reads of the dataset catalogue; its writes stand in [`writing`].

pub mod writing;

use chrono::NaiveDate;
use entity::dataset::{dataset, dataset_author, dataset_distribution, open_data_review};
use entity::organisation::organisation;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::figures::Edition;
use super::policy;
use super::rules;
use super::{AccessRights, DatasetClass, DatasetLanguage, DatasetState, IntegrationTarget, UpdateFrequency};
use access::Viewer;
use access::viewer::{below, select_all};
use base::organisation::store as organisations;
use base::organisation::store::contains;
use base::programme::store as programmes;
use kernel::error::{ApiError, ApiResult};
use kernel::units::{LeadRole, LeadSubject};
use kit::paging::{Keyset, Page, Slice};

/// The order of dataset lists: by identifier, then by edition.
pub const ORDER: Keyset = Keyset::new("dataset", &["dataset.code", "dataset.edition", "dataset.id"]);

/// What to look for among datasets.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this theme.
    pub theme: Option<String>,
    /// Only what this organisation, or one below it, publishes.
    pub publisher_id: Option<Uuid>,
    /// Only what this organisation, or one below it, keeps.
    pub organisation_id: Option<Uuid>,
    /// Only with these access rights.
    pub access: Vec<AccessRights>,
    /// Only in these states.
    pub states: Vec<DatasetState>,
    /// Only those that hold personal data, or that hold none.
    pub personal_data: Option<bool>,
    /// Only those with these words.
    pub search: Option<String>,
    /// Only published ones whose data are overdue, or are not.
    pub overdue: Option<(bool, Overdue)>,
}

/// When data are overdue: on a day, by the parameter OPEN_DATA_UPDATE_MONTHS of that day.
#[derive(Debug, Clone, Copy)]
pub struct Overdue {
    /// The day.
    pub on: NaiveDate,
    /// The parameter.
    pub months: u32,
}

impl Overdue {
    fn condition(self) -> Condition {
        use dataset::Column;
        let mut any = Condition::any();
        for &frequency in UpdateFrequency::ALL {
            for open in [true, false] {
                let Some(fresh) = rules::fresh_since(self.on, frequency, open, self.months) else { continue };
                let access = Column::Access.eq(AccessRights::Open.as_str());
                any = any.add(
                    Condition::all()
                        .add(Column::Frequency.eq(frequency.as_str()))
                        .add(if open { access } else { access.not() })
                        .add(Column::ModifiedOn.lt(fresh)),
                );
            }
        }
        any
    }
}

impl Filter {
    fn condition(&self, viewer: &Viewer, today: NaiveDate) -> Condition {
        use dataset::Column;
        let mut condition = Condition::all().add(policy::readable(viewer, today));
        if let Some(id) = self.programme_id {
            condition = condition.add(Column::ProgrammeId.eq(id));
        }
        if let Some(theme) = &self.theme {
            condition = condition.add(Column::Theme.eq(theme.as_str()));
        }
        for (column, id) in [(Column::PublisherId, self.publisher_id), (Column::OrganisationId, self.organisation_id)] {
            if let Some(id) = id {
                condition = condition.add(Expr::col((dataset::Entity, column)).in_subquery(below(vec![id])));
            }
        }
        if !self.access.is_empty() {
            condition = condition.add(Column::Access.is_in(self.access.iter().map(|access| access.as_str())));
        }
        if !self.states.is_empty() {
            condition = condition.add(Column::State.is_in(self.states.iter().map(|state| state.as_str())));
        }
        if let Some(personal) = self.personal_data {
            condition = condition.add(Column::PersonalData.eq(personal));
        }
        if let Some(search) = &self.search {
            condition = condition.add(contains(&Expr::col((dataset::Entity, Column::SearchText)), search));
        }
        if let Some((overdue, when)) = self.overdue {
            let published = Condition::all().add(Column::State.eq(DatasetState::Published.as_str()));
            let when = when.condition();
            condition = condition.add(published.add(if overdue { when } else { when.not() }));
        }
        condition
    }
}

/// A page of editions, by identifier.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    today: NaiveDate,
    page: &Page,
) -> ApiResult<Slice<dataset::Model>> {
    let mut select = select_all::<dataset::Entity>();
    select.cond_where(filter.condition(viewer, today));
    let keys = |row: &dataset::Model| vec![row.code.clone().into(), row.edition.into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// The editions of an identifier, the latest first.
pub async fn editions(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    (programme_id, code): (Uuid, &str),
    today: NaiveDate,
) -> ApiResult<Vec<dataset::Model>> {
    Ok(dataset::Entity::find()
        .filter(policy::readable(viewer, today))
        .filter(dataset::Column::ProgrammeId.eq(programme_id))
        .filter(dataset::Column::Code.eq(code))
        .order_by_desc(dataset::Column::Edition)
        .all(connection)
        .await?)
}

/// Editions by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
    today: NaiveDate,
) -> ApiResult<Vec<dataset::Model>> {
    Ok(dataset::Entity::find()
        .filter(policy::readable(viewer, today))
        .filter(dataset::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The distributions of some editions, in their order. Whoever sees an edition sees them.
pub async fn distributions_of(
    connection: &impl ConnectionTrait,
    dataset_ids: Vec<Uuid>,
) -> ApiResult<Vec<dataset_distribution::Model>> {
    Ok(dataset_distribution::Entity::find()
        .filter(dataset_distribution::Column::DatasetId.is_in(dataset_ids))
        .order_by_asc(dataset_distribution::Column::Position)
        .all(connection)
        .await?)
}

/// What of an edition its summary needs: no text.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Summed {
    /// Its state.
    pub state: String,
    /// Who may have it.
    pub access: String,
    /// How often the data change.
    pub frequency: String,
    /// When they last did.
    pub modified_on: Option<NaiveDate>,
    /// Records in all.
    pub records_total: Option<i64>,
    /// Of them digitised.
    pub records_digitised: Option<i64>,
    /// Whether they are collected once.
    pub collected_once: bool,
}

/// Every edition that a filter lets through, as far as a summary needs it.
pub async fn summed(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    today: NaiveDate,
) -> ApiResult<Vec<Summed>> {
    use dataset::Column;
    Ok(dataset::Entity::find()
        .select_only()
        .columns([
            Column::State,
            Column::Access,
            Column::Frequency,
            Column::ModifiedOn,
            Column::RecordsTotal,
            Column::RecordsDigitised,
            Column::CollectedOnce,
        ])
        .filter(filter.condition(viewer, today))
        .into_model()
        .all(connection)
        .await?)
}

/// When the list of open data was last reviewed, and when its first dataset was published.
pub async fn open_list(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<(Option<NaiveDate>, Option<NaiveDate>)> {
    let reviewed = open_data_review::Entity::find()
        .filter(open_data_review::Column::ProgrammeId.eq(programme_id))
        .order_by_desc(open_data_review::Column::ReviewedOn)
        .limit(1)
        .one(connection)
        .await?;
    let published = dataset::Entity::find()
        .select_only()
        .column(dataset::Column::PublishedOn)
        .filter(dataset::Column::ProgrammeId.eq(programme_id))
        .filter(dataset::Column::Access.eq(AccessRights::Open.as_str()))
        .filter(dataset::Column::PublishedOn.is_not_null())
        .order_by_asc(dataset::Column::PublishedOn)
        .limit(1)
        .into_tuple::<Option<NaiveDate>>()
        .one(connection)
        .await?;
    Ok((reviewed.map(|row| row.reviewed_on), published.flatten()))
}

/// The editions of a programme, for the register's measures.
pub async fn counted(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Edition>> {
    use dataset::Column;
    type Row = (Uuid, String, NaiveDate, Option<NaiveDate>, Option<NaiveDate>, String, bool, Option<i64>, Option<i64>);
    let rows: Vec<Row> = dataset::Entity::find()
        .select_only()
        .columns([
            Column::OrganisationId,
            Column::Code,
            Column::EnteredOn,
            Column::PublishedOn,
            Column::EndedOn,
            Column::Access,
            Column::CollectedOnce,
            Column::RecordsTotal,
            Column::RecordsDigitised,
        ])
        .filter(Column::ProgrammeId.eq(programme_id))
        .into_tuple()
        .all(connection)
        .await?;
    let edition =
        |(organisation_id, code, entered_on, published_on, ended_on, access, collected_once, total, done): Row| {
            Edition {
                organisation_id,
                code,
                entered_on,
                published_on,
                ended_on,
                open: access == AccessRights::Open.as_str(),
                collected_once,
                records: total.unwrap_or(0),
                records_digitised: done.unwrap_or(0),
            }
        };
    Ok(rows.into_iter().map(edition).collect())
}

/// What of the catalogue everybody may see, without signing in: published, and open.
fn public(programme_id: Uuid) -> Condition {
    Condition::all()
        .add(dataset::Column::ProgrammeId.eq(programme_id))
        .add(dataset::Column::State.eq(DatasetState::Published.as_str()))
        .add(dataset::Column::Access.eq(AccessRights::Open.as_str()))
}

/// The first public datasets after an identifier, at most so many, and whether there are more.
pub async fn public_after(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    after: Option<&str>,
    limit: u64,
) -> ApiResult<(Vec<dataset::Model>, bool)> {
    let mut find = dataset::Entity::find()
        .filter(public(programme_id))
        .order_by_asc(dataset::Column::Code)
        .limit(limit.saturating_add(1));
    if let Some(after) = after {
        find = find.filter(dataset::Column::Code.gt(after));
    }
    let mut rows = find.all(connection).await?;
    let more = rows.len() as u64 > limit;
    if more {
        rows.pop();
    }
    Ok((rows, more))
}

/// The public dataset of an identifier.
pub async fn public_by_code(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<dataset::Model>> {
    Ok(dataset::Entity::find()
        .filter(public(programme_id))
        .filter(dataset::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// A unit that decides about the datasets of a programme, as the policy is asked about it.
#[derive(Debug, Clone)]
pub struct Decider {
    /// The unit.
    pub organisation: organisation::Model,
    /// It, and everything above it.
    pub upward: Vec<Uuid>,
}

/// Who decides about the datasets of a programme on a day: the units that lead task II.6.b.3, and where none does, the
/// standing body.
pub async fn deciders(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    today: NaiveDate,
) -> ApiResult<Vec<Decider>> {
    let key = (programme_id, LeadSubject::Task, super::LED_BY_TASK.to_owned());
    let leads = programmes::leads(connection, &Viewer::server(), std::slice::from_ref(&key), today).await?.remove(&key);
    let lead = LeadRole::Lead.as_str();
    let ids: Vec<Uuid> =
        leads.unwrap_or_default().into_iter().filter(|row| row.role == lead).map(|row| row.organisation_id).collect();
    let find = organisation::Entity::find().filter(organisation::Column::ProgrammeId.eq(programme_id));
    let find = if ids.is_empty() {
        find.filter(organisation::Column::StandingBody.eq(true))
    } else {
        find.filter(organisation::Column::Id.is_in(ids))
    };
    let units = find.order_by_asc(organisation::Column::Code).all(connection).await?;
    let mut upward = organisations::upward_of(connection, units.iter().map(|row| row.id).collect()).await?;
    let decider = |organisation: organisation::Model| Decider {
        upward: upward.remove(&organisation.id).unwrap_or_default(),
        organisation,
    };
    Ok(units.into_iter().map(decider).collect())
}

/// Which of some editions a person wrote in or signed.
pub async fn written_by(
    connection: &impl ConnectionTrait,
    dataset_ids: Vec<Uuid>,
    person_id: Uuid,
) -> ApiResult<Vec<Uuid>> {
    Ok(dataset_author::Entity::find()
        .filter(dataset_author::Column::DatasetId.is_in(dataset_ids))
        .filter(dataset_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.dataset_id)
        .collect())
}

/// The items of a list that a column holds as lines.
pub fn items(column: &str) -> impl Iterator<Item = &str> {
    column.lines().filter(|line| !line.is_empty())
}

/// Whether the list of a programme was reviewed on a day.
pub async fn reviewed_on(connection: &impl ConnectionTrait, programme_id: Uuid, day: NaiveDate) -> ApiResult<bool> {
    Ok(open_data_review::Entity::find()
        .filter(open_data_review::Column::ProgrammeId.eq(programme_id))
        .filter(open_data_review::Column::ReviewedOn.eq(day))
        .one(connection)
        .await?
        .is_some())
}

/// A review by id.
pub async fn review_by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<open_data_review::Model>> {
    Ok(open_data_review::Entity::find_by_id(id).one(connection).await?)
}

/// What a row says, read back as the rules and the schema have it.
pub trait Reading {
    /// Its state.
    fn state(&self) -> ApiResult<DatasetState>;
    /// Who may have it.
    fn access(&self) -> ApiResult<AccessRights>;
    /// What it is.
    fn class(&self) -> ApiResult<DatasetClass>;
    /// How often it changes.
    fn frequency(&self) -> ApiResult<UpdateFrequency>;
    /// Its languages.
    fn languages(&self) -> ApiResult<Vec<DatasetLanguage>>;
    /// With what it is to be connected.
    fn integration_targets(&self) -> ApiResult<Vec<IntegrationTarget>>;
    /// Until when it is to change again, by so many months for open data; none while it is not published.
    fn update_due(&self, months: u32) -> ApiResult<Option<NaiveDate>>;
}

fn each<T: std::str::FromStr>(words: &str) -> ApiResult<Vec<T>>
where
    ApiError: From<T::Err>,
{
    words.split(',').filter(|word| !word.is_empty()).map(|word| word.parse().map_err(ApiError::from)).collect()
}

impl Reading for dataset::Model {
    fn state(&self) -> ApiResult<DatasetState> {
        Ok(self.state.parse()?)
    }

    fn access(&self) -> ApiResult<AccessRights> {
        Ok(self.access.parse()?)
    }

    fn class(&self) -> ApiResult<DatasetClass> {
        Ok(self.data_class.parse()?)
    }

    fn frequency(&self) -> ApiResult<UpdateFrequency> {
        Ok(self.frequency.parse()?)
    }

    fn languages(&self) -> ApiResult<Vec<DatasetLanguage>> {
        each(&self.languages)
    }

    fn integration_targets(&self) -> ApiResult<Vec<IntegrationTarget>> {
        each(&self.integration_targets)
    }

    fn update_due(&self, months: u32) -> ApiResult<Option<NaiveDate>> {
        let published = self.state()? == DatasetState::Published;
        let Some(modified) = self.modified_on.filter(|_| published) else { return Ok(None) };
        Ok(rules::update_due(modified, self.frequency()?, self.access()? == AccessRights::Open, months))
    }
}
