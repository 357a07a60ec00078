//! Public assets in the schema: the record with its history, and what is read of it. Plans and schemes, sums and
//! mutations have files of their own.

mod loaders;
pub mod mutation;
mod plan;
mod summary;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::asset::public_asset;

pub use loaders::{AssetId, may_read_journaled};
pub use plan::{AssetPlan, AssetScheme};
pub use summary::PublicAssetSummary;

use super::rules::area_shown;
use super::store::{self, Edition};
use super::timeline::{self, Approved};
use super::{
    AssetEndCause, AssetKind, AssetPaperKind, AssetPlanState, AssetRearrangement, AssetState, AssetUse, PlanSubject,
    service,
};
use access::policy::Subject;
use base::account::graphql::{Person, load_person};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::id;
use kit::id::Kind;
use kit::scalar::{Count, Vnd, money};

/// The day that a field is asked about: today unless said.
fn day_of(ctx: &Context<'_>, on: Option<NaiveDate>) -> ApiResult<NaiveDate> {
    Ok(match on {
        Some(day) => day,
        None => ctx.app()?.clock.today(),
    })
}

/// A legal paper of an asset (giấy tờ pháp lý).
pub struct AssetPaper {
    kind: AssetPaperKind,
    number: String,
    date: NaiveDate,
}

/// A legal paper of an asset (giấy tờ pháp lý).
#[rows::row_object]
impl AssetPaper {
    /// What it is (loại giấy tờ).
    fn kind(&self) -> AssetPaperKind {
        self.kind
    }

    /// Its number (số).
    fn number(&self) -> &str {
        &self.number
    }

    /// Its day (ngày cấp).
    fn date(&self) -> NaiveDate {
        self.date
    }
}

/// What is recorded of an asset from a day on (thông tin tài sản).
pub struct AssetDetails(Edition);

/// What is recorded of an asset from a day on (thông tin tài sản). Never changed: what was wrong is set right by the next
/// edition.
#[rows::row_object]
impl AssetDetails {
    /// From 1, in the order of recording (lần ghi nhận).
    fn edition(&self) -> i32 {
        self.0.row.edition
    }

    /// From which day on it holds (đúng từ ngày).
    fn effective_on(&self) -> NaiveDate {
        self.0.row.effective_on
    }

    /// Name (tên tài sản).
    fn name(&self) -> &str {
        &self.0.row.name
    }

    /// Address; houses and land have one (địa chỉ).
    fn address(&self) -> Option<&str> {
        self.0.row.address.as_deref()
    }

    /// Area of land in hundredths of a square metre; of land only (diện tích đất).
    fn land_area(&self) -> Option<Count> {
        self.0.row.land_area.map(Count)
    }

    /// Area of land as people read it, such as `1.234,50 m²`.
    fn land_area_shown(&self, #[graphql(default, desc = "In which language.")] language: Language) -> Option<String> {
        self.0.row.land_area.map(|area| area_shown(area, language))
    }

    /// Area of floors in hundredths of a square metre; of houses only (diện tích sàn).
    fn floor_area(&self) -> Option<Count> {
        self.0.row.floor_area.map(Count)
    }

    /// Area of floors as people read it, such as `1.234,50 m²`.
    fn floor_area_shown(&self, #[graphql(default, desc = "In which language.")] language: Language) -> Option<String> {
        self.0.row.floor_area.map(|area| area_shown(area, language))
    }

    /// The year in which it was put to use (năm đưa vào sử dụng).
    fn year_of_use(&self) -> i32 {
        self.0.row.year_of_use
    }

    /// Original cost, in đồng (nguyên giá).
    fn original_cost(&self) -> Result<Vnd> {
        Ok(money(self.0.row.original_cost)?)
    }

    /// Remaining value, in đồng; never above the original cost (giá trị còn lại).
    fn remaining_value(&self) -> Result<Vnd> {
        Ok(money(self.0.row.remaining_value)?)
    }

    /// What it is used for (hiện trạng sử dụng).
    #[graphql(name = "use")]
    fn used_for(&self) -> Result<AssetUse> {
        Ok(AssetUse::from_str(&self.0.row.asset_use).map_err(ApiError::from)?)
    }

    /// The land that a house stands on, where it is in the register (nhà nằm trên thửa đất).
    async fn land(&self, ctx: &Context<'_>) -> Option<ApiResult<PublicAsset>> {
        let id = self.0.row.land_id?;
        let found = async { ctx.loader()?.load_one(AssetId(id)).await.map_err(ApiError::shared) };
        or_null(found.await.map(|row| row.map(PublicAsset)))
    }

    /// Its legal paper; null where it has none (giấy tờ pháp lý).
    fn paper(&self) -> Option<ApiResult<AssetPaper>> {
        let row = &self.0.row;
        let (kind, number, date) = (row.paper_kind.as_deref()?, row.paper_number.clone()?, row.paper_date?);
        Some(AssetPaperKind::from_str(kind).map_err(ApiError::from).map(|kind| AssetPaper { kind, number, date }))
    }

    /// Who recorded it (người ghi nhận).
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        or_null(load_person(ctx, self.0.row.recorded_by).await)
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.row.recorded_at
    }

    /// Who confirmed it; null of a draft (người xác nhận).
    async fn confirmed_by(&self, ctx: &Context<'_>) -> Option<ApiResult<Person>> {
        let confirmation = self.0.confirmation.as_ref()?;
        or_null(load_person(ctx, confirmation.confirmed_by).await)
    }

    /// When it was confirmed; null of a draft.
    fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.confirmation.as_ref().map(|confirmation| confirmation.confirmed_at)
    }
}

/// Who manages an asset from a day on (đơn vị quản lý qua các thời kỳ).
pub struct AssetHolding(loaders::Holding);

/// Who manages an asset from a day on (đơn vị quản lý qua các thời kỳ). Never changed; of one day the last recorded holds.
#[rows::row_object]
impl AssetHolding {
    /// The unit (đơn vị).
    fn organisation(&self) -> Organisation {
        Organisation(Arc::clone(&self.0.1))
    }

    /// From which day on (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.0.effective_from
    }

    /// Number of the decision that moved it; null of the first unit (số quyết định điều chuyển).
    fn decision_number(&self) -> Option<&str> {
        self.0.0.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.0.0.decision_date
    }
}

/// A public asset (tài sản công).
#[derive(Clone)]
pub struct PublicAsset(pub Arc<public_asset::Model>);

/// A public asset (tài sản công): land, a house, a car, or anything else above a threshold. It is never deleted.
#[rows::row_object]
impl PublicAsset {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::PublicAsset, self.0.id)
    }

    /// Its code in the programme, such as `TS-001` (mã tài sản).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is; fixed once it is confirmed (loại tài sản).
    fn kind(&self) -> Result<AssetKind> {
        Ok(AssetKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Where its record stands (trạng thái).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether it has ended by which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<AssetState> {
        Ok(service::state_of(&self.0, day_of(ctx, on)?)?)
    }

    /// Who manages it now; after its end, who did last (đơn vị quản lý).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Who managed it on a day; null before its first day, and while it is not confirmed (đơn vị quản lý vào ngày).
    async fn held_by(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<Organisation>> {
        let found = async {
            let day = day_of(ctx, on)?;
            let holdings = loaders::holdings(ctx, self.0.id).await?;
            let held = timeline::holding_on(&holdings, day, |(row, _)| (row.effective_from, row.number));
            Ok(held.map(|(_, unit)| Organisation(Arc::clone(unit))))
        };
        or_null(found.await)
    }

    /// Every unit that managed it, the latest first (lịch sử điều chuyển).
    async fn holdings(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<AssetHolding>> {
        let holdings = loaders::holdings(ctx, self.0.id).await?;
        Ok(holdings.iter().rev().take(first as usize).map(|row| AssetHolding(row.clone())).collect())
    }

    /// From which day on it is kept in the register (theo dõi từ ngày).
    fn first_on(&self) -> NaiveDate {
        self.0.first_on
    }

    /// From which day on it is there no more; null while it is there (ngày kết thúc).
    fn ended_on(&self) -> Option<NaiveDate> {
        self.0.ended_on
    }

    /// Why it ended (hình thức kết thúc).
    fn end_cause(&self) -> Option<ApiResult<AssetEndCause>> {
        let cause = self.0.end_cause.as_deref()?;
        Some(AssetEndCause::from_str(cause).map_err(ApiError::from))
    }

    /// Why it ended, in words (lý do).
    fn end_reason(&self) -> Option<&str> {
        self.0.end_reason.as_deref()
    }

    /// Number of the decision that ended it (số quyết định).
    fn end_decision_number(&self) -> Option<&str> {
        self.0.end_decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn end_decision_date(&self) -> Option<NaiveDate> {
        self.0.end_decision_date
    }

    /// What was confirmed of it for a day; null before its first day, and while nothing is confirmed (thông tin đã xác
    /// nhận). After its end, what held last.
    async fn details(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<AssetDetails>> {
        let found = async {
            let day = day_of(ctx, on)?;
            let editions = loaders::editions(ctx, self.0.id).await?;
            Ok(store::confirmed_on(&editions, day).cloned().map(AssetDetails))
        };
        or_null(found.await)
    }

    /// What is recorded and waits to be confirmed; null where nothing does, and for those who may not see drafts (nội
    /// dung chờ xác nhận).
    async fn draft(&self, ctx: &Context<'_>) -> Option<ApiResult<AssetDetails>> {
        let found = async {
            let editions = loaders::editions(ctx, self.0.id).await?;
            Ok(service::draft_of(&self.0, &editions).cloned().map(AssetDetails))
        };
        or_null(found.await)
    }

    /// Every confirmed edition, the latest recorded first (lịch sử thông tin đã xác nhận).
    async fn editions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<AssetDetails>> {
        let editions = loaders::editions(ctx, self.0.id).await?;
        let confirmed = editions.iter().rev().filter(|edition| edition.confirmation.is_some());
        Ok(confirmed.take(first as usize).cloned().map(AssetDetails).collect())
    }

    /// How far a house or land is rearranged on a day, as the caller may see it; null of other kinds (tình trạng sắp xếp
    /// lại, xử lý nhà, đất).
    async fn rearrangement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<AssetRearrangement>> {
        let found = async {
            let day = day_of(ctx, on)?;
            if !AssetKind::from_str(&self.0.kind)?.is_house_or_land() {
                return Ok(None);
            }
            let plans = loaders::plans(ctx, self.0.id).await?;
            let state = timeline::rearrangement_on(&approved(&plans)?, day);
            let open = plans.iter().any(|row| {
                row.subject == PlanSubject::Rearrangement.as_str()
                    && row.state == AssetPlanState::Proposed.as_str()
                    && row.proposed_on <= day
            });
            Ok(Some(if state == AssetRearrangement::NoPlan && open { AssetRearrangement::Proposed } else { state }))
        };
        or_null(found.await)
    }

    /// The approved plan of a day, carried out or not; null where none is approved (phương án đã duyệt).
    async fn plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<AssetPlan>> {
        let found = async {
            let day = day_of(ctx, on)?;
            let plans = loaders::plans(ctx, self.0.id).await?;
            for row in plans.iter() {
                if Approved::of(row)?.is_some_and(|plan| plan.scheme.is_none() && plan.stands(day)) {
                    return Ok(Some(AssetPlan(Arc::clone(row), self.clone())));
                }
            }
            Ok(None)
        };
        or_null(found.await)
    }

    /// The plan that waits for a decision; null where none does, and for those who may not see proposals (phương án đang
    /// đề xuất).
    async fn proposed_plan(&self, ctx: &Context<'_>) -> Option<ApiResult<AssetPlan>> {
        let found = async {
            let plans = loaders::plans(ctx, self.0.id).await?;
            let open = plans.iter().find(|row| {
                row.subject == PlanSubject::Rearrangement.as_str() && row.state == AssetPlanState::Proposed.as_str()
            });
            Ok(open.map(|row| AssetPlan(Arc::clone(row), self.clone())))
        };
        or_null(found.await)
    }

    /// Every plan that the caller may see, the latest first (lịch sử phương án).
    async fn plans(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<AssetPlan>> {
        let plans = loaders::plans(ctx, self.0.id).await?;
        let plans = plans.iter().filter(|row| row.subject == PlanSubject::Rearrangement.as_str());
        Ok(plans.take(first as usize).map(|row| AssetPlan(Arc::clone(row), self.clone())).collect())
    }

    /// Every scheme that the caller may see, the latest first (các đề án cho thuê, kinh doanh, liên doanh, liên kết).
    async fn schemes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<AssetScheme>> {
        let plans = loaders::plans(ctx, self.0.id).await?;
        let schemes = plans.iter().filter(|row| row.subject == PlanSubject::Exploitation.as_str());
        Ok(schemes.take(first as usize).map(|row| AssetScheme(Arc::clone(row), self.clone())).collect())
    }

    /// Whether it has no legal paper, by what is confirmed for a day; null while nothing is (thiếu giấy tờ pháp lý).
    async fn papers_missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<bool>> {
        let found = async {
            let day = day_of(ctx, on)?;
            let editions = loaders::editions(ctx, self.0.id).await?;
            Ok(store::confirmed_on(&editions, day).map(|edition| edition.row.paper_kind.is_none()))
        };
        or_null(found.await)
    }

    /// Whether it is leased, used for business or in a joint venture on a day without an approved scheme for that
    /// purpose in force; false of what has ended (sử dụng sai, chưa có đề án được duyệt).
    async fn scheme_missing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<bool> {
        let day = day_of(ctx, on)?;
        let (editions, plans) =
            futures_util::try_join!(loaders::editions(ctx, self.0.id), loaders::plans(ctx, self.0.id))?;
        let ended = self.0.ended_on.is_some_and(|ended| ended <= day);
        let Some(edition) = store::confirmed_on(&editions, day).filter(|_| !ended) else { return Ok(false) };
        let used_for = AssetUse::from_str(&edition.row.asset_use).map_err(ApiError::from)?;
        Ok(timeline::has_scheme(used_for, &approved(&plans)?, day) == Some(false))
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
        let id = self.0.organisation_id;
        let (upward, organisation, written) = futures_util::try_join!(
            upward(ctx, id),
            load_required(ctx, id),
            loaders::drafted_by_caller(ctx, self.0.id)
        )?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: written,
            form: None,
        };
        let decisions = service::allowed_actions(&ctx.request()?.caller, &self.0, &subject);
        let language = ctx.language();
        Ok(decisions.into_iter().map(|decision| AllowedAction::of(decision, language)).collect())
    }
}

fn approved(plans: &[Arc<entity::asset::asset_plan::Model>]) -> ApiResult<Vec<Approved>> {
    plans.iter().filter_map(|row| Approved::of(row).transpose()).collect()
}

connection! {
    /// A page of public assets.
    PublicAssetConnection, PublicAssetEdge, PublicAsset
}

/// What to look for among public assets; what is left out does not narrow. Uses, papers and plans are those of today.
#[derive(Debug, Default, InputObject)]
pub struct PublicAssetFilter {
    /// Only managed by the organisation of this code, or by those below it.
    pub organisation: Option<String>,
    /// Only of these kinds.
    pub kinds: Option<Vec<AssetKind>>,
    /// Only used so, by what is confirmed; by the draft where nothing is yet.
    pub uses: Option<Vec<AssetUse>>,
    /// Only houses and land that are rearranged so far, as the caller may see it.
    pub rearrangements: Option<Vec<AssetRearrangement>>,
    /// Only those without a legal paper (true), or with one (false).
    pub papers_missing: Option<bool>,
    /// Only those whose use needs an approved scheme that they do not have (true), or all others (false).
    pub scheme_missing: Option<bool>,
    /// Only those with something that waits to be confirmed and that the caller may see (true), or all others (false).
    pub unconfirmed: Option<bool>,
    /// Only those that have ended (true), or have not (false).
    pub ended: Option<bool>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
}

/// Reading public assets.
#[derive(Default)]
pub struct AssetQuery;

/// Reading public assets.
#[rows::row_object]
impl AssetQuery {
    /// The public asset of a code; null when there is none that the caller may see.
    async fn public_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `TS-001`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<PublicAsset>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| PublicAsset(Arc::new(row)))))
    }

    /// Public assets (danh mục tài sản công), by code. Everybody sees what is confirmed; what is only recorded is seen by
    /// the unit, the finance division and the Chair.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn public_assets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: PublicAssetFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<PublicAssetConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = programme.as_deref();
        let filter = store::Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme).await?,
            organisation_id: organisations::id_of(connection, &viewer, programme, filter.organisation.as_deref())
                .await?,
            kinds: filter.kinds.unwrap_or_default(),
            uses: filter.uses.unwrap_or_default(),
            rearrangements: filter.rearrangements.unwrap_or_default(),
            papers_missing: filter.papers_missing,
            scheme_missing: filter.scheme_missing,
            search: filter.search,
            unconfirmed: filter.unconfirmed,
            ended: filter.ended,
            today: app.clock.today(),
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(PublicAssetConnection(Rows::of(slice, |row| PublicAsset(Arc::new(row)))))
    }

    /// Public assets added up as they stood on a day: how many, areas and values, by kind, use, unit and how far houses
    /// and land are rearranged (tổng hợp tài sản công). Only what is confirmed and approved counts, for whoever asks.
    async fn public_asset_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
        #[graphql(
            desc = "Code of the organisation whose assets, with those of all below it; the whole programme when \
            left out."
        )]
        organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<PublicAssetSummary> {
        let (connection, viewer, day) = (ctx.app()?.db.read(), ctx.viewer()?, day_of(ctx, on)?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let code = Some(programme.code.as_str());
        let organisation_id = organisations::id_of(connection, &viewer, code, organisation.as_deref()).await?;
        let groups = store::summary::groups(connection, programme.id, organisation_id, day).await?;
        Ok(PublicAssetSummary::new(day, groups)?)
    }
}
