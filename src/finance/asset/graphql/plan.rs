//! Plans and schemes in the schema.

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::asset::asset_plan;

use super::{PublicAsset, day_of, loaders};
use crate::asset::service::plans as service;
use crate::asset::{AssetPlanState, AssetPlanWay, AssetSchemePurpose, timeline};
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{load_required, upward};
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::context::{ContextExt, or_null};
use kit::scalar::{Vnd, money};

async fn allowed(ctx: &Context<'_>, row: &asset_plan::Model, asset: &PublicAsset) -> ApiResult<Vec<AllowedAction>> {
    let id = asset.0.organisation_id;
    let (upward, organisation, written) =
        futures_util::try_join!(upward(ctx, id), load_required(ctx, id), loaders::plan_written_by_caller(ctx, row.id))?;
    let subject = Subject {
        organisation_id: id,
        upward: &upward,
        standing_body: organisation.0.standing_body,
        written_by_caller: written,
        form: None,
    };
    let decisions = service::allowed_actions(&ctx.request()?.caller, service::state_of(row)?, &subject);
    let language = ctx.language();
    Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
}

/// How a house or land is rearranged (phương án sắp xếp lại, xử lý nhà, đất).
#[derive(Clone)]
pub struct AssetPlan(pub Arc<asset_plan::Model>, pub PublicAsset);

/// How a house or land is rearranged (phương án sắp xếp lại, xử lý nhà, đất). Each proposal is one of its own.
#[rows::row_object]
impl AssetPlan {
    /// Its code in the programme, such as `PA-2026-001` (mã phương án).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The house or land (tài sản).
    fn asset(&self) -> &PublicAsset {
        &self.1
    }

    /// What is to be done with it (hình thức).
    fn way(&self) -> Result<AssetPlanWay> {
        Ok(AssetPlanWay::from_str(&self.0.way).map_err(ApiError::from)?)
    }

    /// When it was proposed (ngày đề xuất).
    fn proposed_on(&self) -> NaiveDate {
        self.0.proposed_on
    }

    /// In words (nội dung).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// Its state (trạng thái).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what was approved, on which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<AssetPlanState> {
        Ok(timeline::state_on(&self.0, day_of(ctx, on)?)?)
    }

    /// Number of the decision about it (số quyết định).
    fn decision_number(&self) -> Option<&str> {
        self.0.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.decision_date
    }

    /// Why it was rejected, or what the decision adds (lý do).
    fn decision_reason(&self) -> Option<&str> {
        self.0.decision_reason.as_deref()
    }

    /// Who decided (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// When it was carried out (ngày thực hiện xong).
    fn done_on(&self) -> Option<NaiveDate> {
        self.0.done_on
    }

    /// From which day on a newer one stands in its place (ngày bị thay thế).
    fn replaced_on(&self) -> Option<NaiveDate> {
        self.0.replaced_on
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(allowed(ctx, &self.0, &self.1).await?)
    }
}

/// A scheme to lease an asset, use it for business, or put it into a joint venture (đề án sử dụng tài sản công).
#[derive(Clone)]
pub struct AssetScheme(pub Arc<asset_plan::Model>, pub PublicAsset);

/// A scheme to lease an asset, use it for business, or put it into a joint venture (đề án sử dụng tài sản công vào mục
/// đích cho thuê, kinh doanh, liên doanh, liên kết). Each proposal is one of its own.
#[rows::row_object]
impl AssetScheme {
    /// Its code in the programme, such as `DA-2026-001` (mã đề án).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The asset (tài sản).
    fn asset(&self) -> &PublicAsset {
        &self.1
    }

    /// What the asset is used for (mục đích).
    fn purpose(&self) -> Result<AssetSchemePurpose> {
        Ok(AssetSchemePurpose::from_str(&self.0.way).map_err(ApiError::from)?)
    }

    /// First day (từ ngày).
    fn period_from(&self) -> Option<NaiveDate> {
        self.0.period_from
    }

    /// Last day (đến ngày).
    fn period_to(&self) -> Option<NaiveDate> {
        self.0.period_to
    }

    /// What it is expected to bring in all, in đồng (doanh thu dự kiến).
    fn expected_revenue(&self) -> Result<Vnd> {
        Ok(money(self.0.expected_revenue.unwrap_or(0))?)
    }

    /// When it was proposed (ngày đề xuất).
    fn proposed_on(&self) -> NaiveDate {
        self.0.proposed_on
    }

    /// In words (nội dung).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// Its state; DONE says that it has ended before its last day (trạng thái).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what was approved, on which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<AssetPlanState> {
        Ok(timeline::state_on(&self.0, day_of(ctx, on)?)?)
    }

    /// Whether it is approved, within its days, neither ended nor replaced (còn hiệu lực).
    fn in_force(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<bool> {
        let day = day_of(ctx, on)?;
        let purpose = AssetSchemePurpose::from_str(&self.0.way).map_err(ApiError::from)?;
        Ok(timeline::Approved::of(&self.0)?.is_some_and(|scheme| scheme.allows(purpose, day)))
    }

    /// Number of the decision about it (số quyết định).
    fn decision_number(&self) -> Option<&str> {
        self.0.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.decision_date
    }

    /// Why it was rejected, or what the decision adds (lý do).
    fn decision_reason(&self) -> Option<&str> {
        self.0.decision_reason.as_deref()
    }

    /// Who decided (người quyết định).
    async fn decided_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let id = self.0.decided_by?;
        or_null(load_person(ctx, id).await)
    }

    /// From which day on it is carried on no longer, before its last day (ngày kết thúc trước hạn).
    fn done_on(&self) -> Option<NaiveDate> {
        self.0.done_on
    }

    /// From which day on a newer one stands in its place (ngày bị thay thế).
    fn replaced_on(&self) -> Option<NaiveDate> {
        self.0.replaced_on
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it now.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(allowed(ctx, &self.0, &self.1).await?)
    }
}
