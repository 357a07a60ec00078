//! The dataset catalogue in the schema: the record, lists of it, and the whole counted. What changes it stands in
//! [`mutation`].

pub mod mutation;
mod reading;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::dataset::{dataset, dataset_distribution};
use uuid::Uuid;

pub use reading::DatasetQuery;

use super::store::{self, Decider, Reading, items};
use super::themes::Theme;
use super::{
    AccessRights, DatasetClass, DatasetFormat, DatasetLanguage, DatasetState, IntegrationTarget, UpdateFrequency,
    service, themes,
};
use access::Caller;
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::indicator::rate::Rate;
use base::organisation::graphql::{Organisation, load_required, upward};
use base::parameter::Code;
use base::parameter::graphql::parameters_today;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kit::allowed::AllowedAction;
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::scalar::Count;

/// The key of an edition of a dataset in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatasetId(pub Uuid);

#[async_trait::async_trait]
impl Loader<DatasetId> for Batch {
    type Value = Arc<dataset::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DatasetId]) -> Result<HashMap<DatasetId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids, self.app.clock.today()).await;
        Ok(rows.map_err(Arc::new)?.into_iter().map(|row| (DatasetId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the distributions of an edition in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DistributionsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<DistributionsOf> for Batch {
    type Value = Arc<Vec<Arc<dataset_distribution::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DistributionsOf]) -> Result<HashMap<DistributionsOf, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<DistributionsOf, Vec<Arc<dataset_distribution::Model>>> = HashMap::new();
        for row in store::distributions_of(self.app.db.read(), ids).await.map_err(Arc::new)? {
            found.entry(DistributionsOf(row.dataset_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of "did the caller write in this edition, or sign it" in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatasetWrittenByCaller(pub Uuid);

#[async_trait::async_trait]
impl Loader<DatasetWrittenByCaller> for Batch {
    type Value = bool;
    type Error = Arc<ApiError>;

    async fn load(
        &self,
        keys: &[DatasetWrittenByCaller],
    ) -> Result<HashMap<DatasetWrittenByCaller, bool>, Self::Error> {
        let Caller::Person(person) = &self.caller else { return Ok(HashMap::new()) };
        let ids = keys.iter().map(|key| key.0).collect();
        let written = store::written_by(self.app.db.read(), ids, person.person_id).await.map_err(Arc::new)?;
        Ok(written.into_iter().map(|id| (DatasetWrittenByCaller(id), true)).collect())
    }
}

/// The key of those who decide about a programme's datasets in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DecidersOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<DecidersOf> for Batch {
    type Value = Arc<Vec<Decider>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DecidersOf]) -> Result<HashMap<DecidersOf, Self::Value>, Self::Error> {
        let mut found = HashMap::with_capacity(keys.len());
        // One for each programme of the page: a caller sees one or two.
        for key in keys {
            let deciders = store::deciders(self.app.db.read(), key.0, self.app.clock.today()).await;
            found.insert(*key, Arc::new(deciders.map_err(Arc::new)?));
        }
        Ok(found)
    }
}

/// A theme of the catalogue (chủ đề): of a controlled list.
#[derive(Debug, Clone, rows::RowObject)]
pub struct DatasetTheme {
    /// Its code, such as `REGI`.
    pub code: String,
    /// The address of its concept, for machines.
    pub uri: String,
    /// Vietnamese title (tên chủ đề).
    pub title_vi: String,
    /// English title.
    pub title_en: String,
}

impl From<&Theme> for DatasetTheme {
    fn from(theme: &Theme) -> Self {
        let Theme { code, uri, title_vi, title_en } = theme.clone();
        DatasetTheme { code, uri, title_vi, title_en }
    }
}

/// Whom to ask about a dataset (đầu mối liên hệ): an office, not a person.
#[derive(Debug, Clone, rows::RowObject)]
pub struct DatasetContact {
    /// Name (tên đầu mối).
    pub name: Option<String>,
    /// Mail address (thư điện tử).
    pub email: Option<String>,
    /// Telephone number: digits, with `+` before those of a country (điện thoại).
    pub phone: Option<String>,
}

/// A form in which a dataset can be had (dạng phân phối; `dcat:Distribution`).
pub struct DatasetDistribution(Arc<dataset_distribution::Model>);

/// A form in which a dataset can be had (dạng phân phối; `dcat:Distribution`).
#[rows::row_object]
impl DatasetDistribution {
    /// Its title (tên).
    fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// File format (định dạng); null where a service answers.
    fn format(&self) -> Result<Option<DatasetFormat>> {
        let format = self.0.format.as_deref().map(DatasetFormat::from_str).transpose();
        Ok(format.map_err(ApiError::from)?)
    }

    /// IANA media type, such as `text/csv` (kiểu nội dung).
    fn media_type(&self) -> Option<&str> {
        self.0.media_type.as_deref()
    }

    /// Where it can be had: an `https` address of a page, a file or a service (địa chỉ truy cập).
    fn access_url(&self) -> &str {
        &self.0.access_url
    }

    /// The file itself, by `https` (địa chỉ tải về).
    fn download_url(&self) -> Option<&str> {
        self.0.download_url.as_deref()
    }

    /// Its size in bytes (dung lượng).
    fn byte_size(&self) -> Option<Count> {
        self.0.byte_size.map(Count)
    }

    /// When it was issued (ngày phát hành).
    fn issued(&self) -> Option<NaiveDate> {
        self.0.issued_on
    }

    /// When it last changed (ngày cập nhật).
    fn modified(&self) -> Option<NaiveDate> {
        self.0.modified_on
    }
}

/// An edition of a dataset in the catalogue (bộ dữ liệu; `dcat:Dataset`): its metadata, never its data.
#[derive(Clone)]
pub struct Dataset(pub Arc<dataset::Model>);

/// An edition of a dataset in the catalogue (bộ dữ liệu; `dcat:Dataset`): its metadata, never its data.
#[rows::row_object]
impl Dataset {
    /// Global identifier of this edition.
    pub fn id(&self) -> ID {
        id::encode(Kind::Dataset, self.0.id)
    }

    /// The dataset's identifier in the programme, the same in all editions, such as `DL-DATDAI-01` (mã bộ dữ liệu).
    fn identifier(&self) -> &str {
        &self.0.code
    }

    /// Number of the edition, from 1 (lần công bố).
    fn edition(&self) -> i32 {
        self.0.edition
    }

    /// Its state (trạng thái).
    fn state(&self) -> Result<DatasetState> {
        Ok(self.0.state()?)
    }

    /// Title (tên bộ dữ liệu); the Vietnamese one where there is no other.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        chosen(language, &self.0.title_vi, self.0.title_en.as_deref())
    }

    /// Description (mô tả); the Vietnamese one where there is no other.
    fn description(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        chosen(language, &self.0.description_vi, self.0.description_en.as_deref())
    }

    /// Its theme (chủ đề).
    fn theme(&self) -> Result<DatasetTheme> {
        let theme = themes::of(&self.0.theme).ok_or_else(|| ApiError::internal("a dataset of no theme"))?;
        Ok(theme.into())
    }

    /// Keywords (từ khóa).
    fn keywords(&self) -> Vec<&str> {
        items(&self.0.keywords).collect()
    }

    /// Who publishes it (cơ quan công bố).
    async fn publisher(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.publisher_id).await?)
    }

    /// The unit that keeps it (đơn vị chủ quản).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Whom to ask (đầu mối liên hệ).
    fn contact(&self) -> DatasetContact {
        let (name, email) = (self.0.contact_name.clone(), self.0.contact_email.clone());
        DatasetContact { name, email, phone: self.0.contact_phone.clone() }
    }

    /// When the data were first issued (ngày phát hành).
    fn issued(&self) -> Option<NaiveDate> {
        self.0.issued_on
    }

    /// When the data last changed (ngày cập nhật dữ liệu).
    fn modified(&self) -> Option<NaiveDate> {
        self.0.modified_on
    }

    /// How often the data change (chu kỳ cập nhật).
    fn accrual_periodicity(&self) -> Result<UpdateFrequency> {
        Ok(self.0.frequency()?)
    }

    /// The area that the data are about (phạm vi không gian).
    fn spatial(&self) -> Option<&str> {
        self.0.spatial.as_deref()
    }

    /// First day that the data are about (từ ngày).
    fn temporal_from(&self) -> Option<NaiveDate> {
        self.0.temporal_from
    }

    /// Last day that the data are about (đến ngày).
    fn temporal_to(&self) -> Option<NaiveDate> {
        self.0.temporal_to
    }

    /// Languages of the data (ngôn ngữ).
    fn languages(&self) -> Result<Vec<DatasetLanguage>> {
        Ok(self.0.languages()?)
    }

    /// The address that names the licence (giấy phép).
    fn licence(&self) -> Option<&str> {
        self.0.licence.as_deref()
    }

    /// Who may have the data (quyền tiếp cận).
    fn access_rights(&self) -> Result<AccessRights> {
        Ok(self.0.access()?)
    }

    /// Addresses of the standards that the data follow (tiêu chuẩn áp dụng).
    fn conforms_to(&self) -> Vec<&str> {
        items(&self.0.conforms_to).collect()
    }

    /// The document that asks for the data (căn cứ pháp lý).
    fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// What the data are in the national data architecture (loại dữ liệu).
    fn class(&self) -> Result<DatasetClass> {
        Ok(self.0.class()?)
    }

    /// Whether they hold personal data (có dữ liệu cá nhân).
    fn personal_data(&self) -> bool {
        self.0.personal_data
    }

    /// Records digitised over records to digitise (tỷ lệ số hóa); null where the dataset does not say.
    fn digitisation(&self) -> Option<Rate> {
        Some(Rate::new(self.0.records_digitised?, self.0.records_total?))
    }

    /// With what the data are to be connected (nơi tích hợp, chia sẻ).
    fn integration_targets(&self) -> Result<Vec<IntegrationTarget>> {
        Ok(self.0.integration_targets()?)
    }

    /// Whether they are collected once and used again elsewhere (thu thập một lần).
    fn collected_once(&self) -> bool {
        self.0.collected_once
    }

    /// The system that they are collected in (hệ thống nguồn).
    fn source_system(&self) -> Option<&str> {
        self.0.source_system.as_deref()
    }

    /// The forms in which it can be had, at most 20 (dạng phân phối).
    async fn distributions(&self, ctx: &Context<'_>) -> Result<Vec<DatasetDistribution>> {
        let rows = ctx.loader()?.load_one(DistributionsOf(self.0.id)).await.map_err(ApiError::shared)?;
        Ok(rows.unwrap_or_default().iter().map(|row| DatasetDistribution(Arc::clone(row))).collect())
    }

    /// Until when the data must change again (hạn cập nhật): by their frequency, and open data within the months of the
    /// parameter OPEN_DATA_UPDATE_MONTHS of today at the latest. Null while it is not published, and where nothing can
    /// be expected.
    async fn update_due_on(&self, ctx: &Context<'_>) -> Result<Option<NaiveDate>> {
        Ok(self.due(ctx).await?)
    }

    /// Whether the data should have changed by a day, and did not (quá hạn cập nhật).
    async fn overdue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<bool> {
        let today = ctx.app()?.clock.today();
        Ok(self.due(ctx).await?.is_some_and(|due| due < on.unwrap_or(today)))
    }

    /// When this edition was entered (ngày lập).
    fn entered_on(&self) -> NaiveDate {
        self.0.entered_on
    }

    /// When the unit's head last signed it (ngày gửi).
    fn submitted_on(&self) -> Option<NaiveDate> {
        self.0.submitted_on
    }

    /// Why it was sent back; null once it is signed again (lý do trả lại).
    fn return_reason(&self) -> Option<&str> {
        self.0.return_reason.as_deref()
    }

    /// When it was published in the list (ngày công bố).
    fn published_on(&self) -> Option<NaiveDate> {
        self.0.published_on
    }

    /// Who published it (người công bố).
    async fn published_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.published_by?;
        or_null(load_person(ctx, id).await)
    }

    /// The first day on which it no longer holds: it was withdrawn, or a newer edition took its place (ngày hết hiệu
    /// lực).
    fn ended_on(&self) -> Option<NaiveDate> {
        self.0.ended_on
    }

    /// Why it was withdrawn (lý do rút).
    fn end_reason(&self) -> Option<&str> {
        self.0.end_reason.as_deref()
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now. SAVE_DATASET of what is published begins its next edition.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let written = async {
            let found = ctx.loader()?.load_one(DatasetWrittenByCaller(self.0.id)).await;
            Ok::<bool, ApiError>(found.map_err(ApiError::shared)?.unwrap_or(false))
        };
        let deciders = async {
            let found = ctx.loader()?.load_one(DecidersOf(self.0.programme_id)).await;
            Ok::<_, ApiError>(found.map_err(ApiError::shared)?.unwrap_or_default())
        };
        let (upward, organisation, written, deciders) = futures_util::try_join!(
            upward(ctx, self.0.organisation_id),
            load_required(ctx, self.0.organisation_id),
            written,
            deciders,
        )?;
        let subject = Subject {
            organisation_id: self.0.organisation_id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: written,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, self.0.state()?, &subject, &deciders);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

impl Dataset {
    async fn due(&self, ctx: &Context<'_>) -> ApiResult<Option<NaiveDate>> {
        let held = parameters_today(ctx, self.0.programme_id).await?;
        self.0.update_due(held.count(Code::OpenDataUpdateMonths)?)
    }
}

fn chosen<'a>(language: Language, vi: &'a str, en: Option<&'a str>) -> &'a str {
    match language {
        Language::Vi => vi,
        Language::En => en.unwrap_or(vi),
    }
}
