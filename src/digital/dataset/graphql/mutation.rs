//! Changing the dataset catalogue.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::Dataset;
use crate::dataset::rules::{DatasetDecision, Description, Distribution};
use crate::dataset::service;
use crate::dataset::service::{ReviewRequest, SaveRequest, Step, StepRequest};
use crate::dataset::{AccessRights, DatasetClass, DatasetFormat, DatasetLanguage, IntegrationTarget, UpdateFrequency};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Count;

/// Whom to ask about a dataset (đầu mối liên hệ): an office, not a person.
#[derive(Debug, InputObject)]
pub struct DatasetContactInput {
    /// Name; up to 200 characters (tên đầu mối).
    pub name: Option<String>,
    /// Mail address (thư điện tử).
    pub email: Option<String>,
    /// Telephone number, 3 to 15 digits (điện thoại).
    pub phone: Option<String>,
}

/// A form in which a dataset can be had (dạng phân phối).
#[derive(Debug, InputObject)]
pub struct DatasetDistributionInput {
    /// Its title; up to 200 characters (tên).
    pub title: Option<String>,
    /// File format; required where there is no media type (định dạng).
    pub format: Option<DatasetFormat>,
    /// IANA media type without parameters, such as `text/csv` (kiểu nội dung).
    pub media_type: Option<String>,
    /// Where it can be had: an `https` address; up to 2,000 characters (địa chỉ truy cập).
    pub access_url: String,
    /// The file itself, by `https` (địa chỉ tải về).
    pub download_url: Option<String>,
    /// Its size in bytes, 0 or more (dung lượng).
    pub byte_size: Option<Count>,
    /// When it was issued; not later than today (ngày phát hành).
    pub issued: Option<NaiveDate>,
    /// When it last changed; not later than today (ngày cập nhật).
    pub modified: Option<NaiveDate>,
}

/// A dataset as it is described. It replaces what the edition said before.
#[derive(Debug, InputObject)]
pub struct SaveDatasetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its identifier, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `DL-DATDAI-01` (mã bộ dữ liệu).
    pub identifier: String,
    /// Code of the unit that keeps it (đơn vị chủ quản).
    pub organisation: String,
    /// Code of the organisation that publishes it; the unit itself when left out (cơ quan công bố).
    pub publisher: Option<String>,
    /// Vietnamese title; up to 300 characters (tên bộ dữ liệu).
    pub title_vi: String,
    /// English title; up to 300 characters.
    pub title_en: Option<String>,
    /// Vietnamese description; up to 2,000 characters (mô tả).
    pub description_vi: String,
    /// English description; up to 2,000 characters.
    pub description_en: Option<String>,
    /// Code of its theme: one of `datasetThemes` (chủ đề).
    pub theme: String,
    /// Keywords; up to 20 of up to 64 characters (từ khóa).
    #[graphql(default)]
    pub keywords: Vec<String>,
    /// Whom to ask; open data need a name and a mail address or a telephone number (đầu mối liên hệ).
    pub contact: Option<DatasetContactInput>,
    /// When the data were first issued, not later than today; the day of publication when left out (ngày phát hành).
    pub issued: Option<NaiveDate>,
    /// When the data last changed, not later than today; when they were issued, when left out (ngày cập nhật dữ liệu).
    pub modified: Option<NaiveDate>,
    /// How often the data change (chu kỳ cập nhật).
    pub accrual_periodicity: UpdateFrequency,
    /// The area that the data are about; up to 200 characters (phạm vi không gian).
    pub spatial: Option<String>,
    /// First day that the data are about (từ ngày).
    pub temporal_from: Option<NaiveDate>,
    /// Last day that the data are about (đến ngày).
    pub temporal_to: Option<NaiveDate>,
    /// Languages of the data (ngôn ngữ).
    #[graphql(default_with = "vec![DatasetLanguage::Vi]")]
    pub languages: Vec<DatasetLanguage>,
    /// The `https` or `http` address that names the licence, such as `https://creativecommons.org/licenses/by/4.0/`; open
    /// data need one (giấy phép).
    pub licence: Option<String>,
    /// Who may have the data; SECRET is refused (quyền tiếp cận).
    pub access_rights: AccessRights,
    /// Addresses of the standards that the data follow; up to 20 (tiêu chuẩn áp dụng).
    #[graphql(default)]
    pub conforms_to: Vec<String>,
    /// The document that asks for the data; up to 2,000 characters (căn cứ pháp lý).
    pub legal_basis: Option<String>,
    /// What the data are; OPEN exactly when `accessRights` is OPEN (loại dữ liệu).
    pub class: DatasetClass,
    /// Whether they hold personal data; open data hold none (có dữ liệu cá nhân).
    pub personal_data: bool,
    /// Records that there are; with `recordsDigitised`, or neither (tổng số bản ghi).
    pub records_total: Option<Count>,
    /// Of them digitised (số bản ghi đã số hóa).
    pub records_digitised: Option<Count>,
    /// With what the data are to be connected (nơi tích hợp, chia sẻ).
    #[graphql(default)]
    pub integration_targets: Vec<IntegrationTarget>,
    /// Whether they are collected once and used again elsewhere (thu thập một lần).
    #[graphql(default)]
    pub collected_once: bool,
    /// The system that they are collected in; up to 200 characters (hệ thống nguồn).
    pub source_system: Option<String>,
    /// The forms in which it can be had; up to 20, and open data need one (dạng phân phối).
    #[graphql(default)]
    pub distributions: Vec<DatasetDistributionInput>,
    /// The version of the latest edition that the caller has seen; left out or 0 for a new dataset.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A dataset to be signed and sent.
#[derive(Debug, InputObject)]
pub struct SubmitDatasetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The dataset's identifier.
    pub identifier: String,
    /// The version of the latest edition that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A decision about a dataset that was sent.
#[derive(Debug, InputObject)]
pub struct DecideDatasetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The dataset's identifier.
    pub identifier: String,
    /// What is decided (quyết định).
    pub decision: DatasetDecision,
    /// Why; required to send it back, up to 2,000 characters (lý do).
    pub reason: Option<String>,
    /// The version of the latest edition that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A dataset to be taken out of the list.
#[derive(Debug, InputObject)]
pub struct WithdrawDatasetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The dataset's identifier.
    pub identifier: String,
    /// Which edition; the latest when left out. A draft that is withdrawn leaves the published edition.
    pub edition: Option<i32>,
    /// Why; up to 2,000 characters (lý do).
    pub reason: String,
    /// The version of that edition that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// That the data of a published dataset changed.
#[derive(Debug, InputObject)]
pub struct RecordDatasetUpdateInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The dataset's identifier.
    pub identifier: String,
    /// When: not before they last changed, not later than today (ngày cập nhật dữ liệu).
    pub modified: NaiveDate,
    /// What changed, for the journal; up to 2,000 characters (ghi chú).
    pub note: Option<String>,
    /// The version of the published edition that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a dataset.
#[derive(rows::RowObject)]
pub struct DatasetPayload {
    /// The edition after the change; null when something must be mended, or on a dry run.
    pub dataset: Option<Dataset>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// That the list of open data was reviewed as a whole.
#[derive(Debug, InputObject)]
pub struct RecordOpenDataReviewInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// When; not later than today, and once a day (ngày rà soát).
    pub reviewed_on: NaiveDate,
    /// What came of it; up to 2,000 characters (kết quả).
    pub note: Option<String>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of recording a review of the list.
#[derive(rows::RowObject)]
pub struct OpenDataReviewPayload {
    /// The day that was recorded; null when something must be mended, or on a dry run.
    pub reviewed_on: Option<NaiveDate>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

impl From<DatasetDistributionInput> for Distribution {
    fn from(input: DatasetDistributionInput) -> Self {
        Distribution {
            title: input.title,
            format: input.format,
            media_type: input.media_type,
            access_url: input.access_url,
            download_url: input.download_url,
            byte_size: input.byte_size.map(|size| size.0),
            issued_on: input.issued,
            modified_on: input.modified,
        }
    }
}

impl From<SaveDatasetInput> for SaveRequest {
    fn from(input: SaveDatasetInput) -> Self {
        let contact = input.contact.unwrap_or(DatasetContactInput { name: None, email: None, phone: None });
        let description = Description {
            code: input.identifier,
            title_vi: input.title_vi,
            title_en: input.title_en,
            description_vi: input.description_vi,
            description_en: input.description_en,
            theme: input.theme,
            keywords: input.keywords,
            contact_name: contact.name,
            contact_email: contact.email,
            contact_phone: contact.phone,
            issued_on: input.issued,
            modified_on: input.modified,
            frequency: input.accrual_periodicity,
            spatial: input.spatial,
            temporal_from: input.temporal_from,
            temporal_to: input.temporal_to,
            languages: input.languages,
            licence: input.licence,
            access: input.access_rights,
            conforms_to: input.conforms_to,
            legal_basis: input.legal_basis,
            class: input.class,
            personal_data: input.personal_data,
            records_total: input.records_total.map(|number| number.0),
            records_digitised: input.records_digitised.map(|number| number.0),
            integration_targets: input.integration_targets,
            collected_once: input.collected_once,
            source_system: input.source_system,
            distributions: input.distributions.into_iter().map(Distribution::from).collect(),
        };
        SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            publisher: input.publisher,
            description,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        }
    }
}

async fn take(ctx: &Context<'_>, wanted: StepRequest) -> ApiResult<DatasetPayload> {
    let dry_run = wanted.dry_run;
    let outcome = service::take_step(ctx.app()?, ctx.request()?, wanted).await?;
    let (done, user_errors) = split(outcome, ctx.language());
    let dataset = done.filter(|_| !dry_run).map(|row| Dataset(Arc::new(row)));
    Ok(DatasetPayload { dataset, user_errors })
}

/// Changing the dataset catalogue.
#[derive(Default)]
pub struct DatasetMutation;

/// Changing the dataset catalogue.
#[rows::row_object]
impl DatasetMutation {
    /// Describes a dataset (lập, cập nhật mô tả bộ dữ liệu): enters it, changes an edition that is not sent yet, or begins
    /// the next edition of one that is published; the published one is served until the next is published. Errors:
    /// SECRET_REFUSED, PERSONAL_DATA, OTHER_ORGANISATION, NOT_IN_FORCE, WRONG_STATE, MALFORMED, REQUIRED, OUT_OF_RANGE,
    /// UNKNOWN_CODE, DUPLICATE.
    #[graphql(directive = requires::apply(Action::SaveDataset, roles_for(Action::SaveDataset)))]
    async fn save_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it says of itself.")] input: SaveDatasetInput,
    ) -> Result<DatasetPayload> {
        let dry_run = input.dry_run;
        let outcome = service::save(ctx.app()?, ctx.request()?, input.into()).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let dataset = done.filter(|_| !dry_run).map(|row| Dataset(Arc::new(row)));
        Ok(DatasetPayload { dataset, user_errors })
    }

    /// Signs a dataset and sends it to be published (ký, gửi công bố). Open data need a licence, a distribution and
    /// somebody to ask.
    #[graphql(directive = requires::apply(Action::SubmitDataset, roles_for(Action::SubmitDataset)))]
    async fn submit_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is sent.")] input: SubmitDatasetInput,
    ) -> Result<DatasetPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.identifier,
            edition: None,
            step: Step::Submit,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Publishes a dataset that was sent, or sends it back (công bố, trả lại): the unit that leads task II.6.b.3 of the
    /// plan, the standing body where none leads, or the Chair. Whoever wrote in it or signed it never does.
    #[graphql(directive = requires::apply(Action::DecideDataset, roles_for(Action::DecideDataset)))]
    async fn decide_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideDatasetInput,
    ) -> Result<DatasetPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.identifier,
            edition: None,
            step: Step::Decide { decision: input.decision, reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Takes a dataset out of the list, with a reason (rút bộ dữ liệu). What was published stays on record.
    #[graphql(directive = requires::apply(Action::WithdrawDataset, roles_for(Action::WithdrawDataset)))]
    async fn withdraw_dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is withdrawn.")] input: WithdrawDatasetInput,
    ) -> Result<DatasetPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.identifier,
            edition: input.edition,
            step: Step::Withdraw { reason: input.reason },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Records that the data of a published dataset changed, and nothing else about it (ghi nhận cập nhật dữ liệu).
    #[graphql(directive = requires::apply(Action::SaveDataset, roles_for(Action::SaveDataset)))]
    async fn record_dataset_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changed.")] input: RecordDatasetUpdateInput,
    ) -> Result<DatasetPayload> {
        let wanted = StepRequest {
            programme: input.programme,
            code: input.identifier,
            edition: None,
            step: Step::Update { modified: input.modified, note: input.note },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        Ok(take(ctx, wanted).await?)
    }

    /// Records that the list of open data was reviewed as a whole (rà soát danh mục dữ liệu mở).
    #[graphql(directive = requires::apply(Action::DecideDataset, roles_for(Action::DecideDataset)))]
    async fn record_open_data_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: RecordOpenDataReviewInput,
    ) -> Result<OpenDataReviewPayload> {
        let dry_run = input.dry_run;
        let wanted = ReviewRequest {
            programme: input.programme,
            reviewed_on: input.reviewed_on,
            note: input.note,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::review(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(OpenDataReviewPayload { reviewed_on: done.filter(|_| !dry_run).map(|row| row.reviewed_on), user_errors })
    }
}
