//! What changes public assets, plans and schemes.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;
use entity::asset::{asset_plan, public_asset};

use super::{AssetPlan, AssetScheme, PublicAsset};
use crate::asset::rules::{Details, End, Paper};
use crate::asset::service;
use crate::asset::service::plans;
use crate::asset::service::plans::{CompleteRequest, Content, DecideRequest, ProposeRequest};
use crate::asset::service::{EndRequest, RecordRequest, Target, TransferRequest};
use crate::asset::store;
use crate::asset::{
    AssetEndCause, AssetKind, AssetPaperKind, AssetPlanDecision, AssetPlanWay, AssetSchemePurpose, AssetUse,
    PlanSubject,
};
use access::policy::{Action, roles_for};
use kernel::error::ApiResult;
use kernel::text::kept;
use kernel::user_error::Outcome;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};
use kit::scalar::{Count, Vnd};

/// A legal paper of an asset (giấy tờ pháp lý).
#[derive(Debug, InputObject)]
pub struct AssetPaperInput {
    /// What it is (loại giấy tờ).
    pub kind: AssetPaperKind,
    /// Its number; up to 64 characters (số).
    pub number: String,
    /// Its day; not later than today (ngày cấp).
    pub date: NaiveDate,
}

/// A public asset as it is from a day on (ghi nhận tài sản công): the whole of it each time. It counts once it is confirmed.
#[derive(Debug, InputObject)]
pub struct RecordPublicAssetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `TS-001` (mã tài sản).
    pub code: String,
    /// Code of the unit that manages it; another one only by `transferPublicAsset` (đơn vị quản lý).
    pub organisation: String,
    /// What it is; fixed once it is confirmed (loại tài sản).
    pub kind: AssetKind,
    /// From which day on this holds; not later than today. The first one is the day from which the asset is kept (đúng
    /// từ ngày).
    pub effective_on: NaiveDate,
    /// Name; up to 500 characters (tên tài sản).
    pub name: String,
    /// Address, up to 500 characters; houses and land need one (địa chỉ).
    pub address: Option<String>,
    /// Area of land in hundredths of a square metre, above zero; land needs it, other kinds have none (diện tích đất).
    pub land_area: Option<Count>,
    /// Area of floors in hundredths of a square metre, above zero; a house needs it, other kinds have none (diện tích
    /// sàn).
    pub floor_area: Option<Count>,
    /// The year in which it was put to use (năm đưa vào sử dụng).
    pub year_of_use: i32,
    /// Original cost, in đồng; of the kind OTHER at least the parameter PUBLIC_ASSET_THRESHOLD (nguyên giá).
    pub original_cost: Vnd,
    /// Remaining value, in đồng; not above the original cost (giá trị còn lại).
    pub remaining_value: Vnd,
    /// What it is used for (hiện trạng sử dụng).
    #[graphql(name = "use")]
    pub used_for: AssetUse,
    /// Code of the confirmed land that a house stands on, where it is in the register (thửa đất).
    pub land: Option<String>,
    /// Its legal paper; left out where it has none (giấy tờ pháp lý).
    pub paper: Option<AssetPaperInput>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// Confirms what was recorded last of an asset (xác nhận).
#[derive(Debug, InputObject)]
pub struct ConfirmPublicAssetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The asset's code.
    pub code: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// An asset goes to another unit (điều chuyển trong phường).
#[derive(Debug, InputObject)]
pub struct TransferPublicAssetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The asset's code.
    pub code: String,
    /// Code of the unit that manages it from then on; it must be there on that day (đơn vị nhận).
    pub to: String,
    /// From which day on; not before the decision or the last transfer, not later than today. The same day as the last
    /// transfer corrects it (từ ngày).
    pub effective_on: NaiveDate,
    /// Number of the decision; up to 64 characters (số quyết định).
    pub decision_number: String,
    /// Its day (ngày quyết định).
    pub decision_date: NaiveDate,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// How an asset ended (ghi giảm tài sản).
#[derive(Debug, InputObject)]
pub struct AssetEndInput {
    /// From which day on it is there no more; after everything that was confirmed of it, not later than today (ngày kết
    /// thúc).
    pub ended_on: NaiveDate,
    /// Why (hình thức).
    pub cause: AssetEndCause,
    /// Number of the decision, up to 64 characters; only a LOST asset may have none (số quyết định).
    pub decision_number: Option<String>,
    /// Its day (ngày quyết định).
    pub decision_date: Option<NaiveDate>,
}

/// An asset is there no more; once more corrects it (ghi giảm tài sản).
#[derive(Debug, InputObject)]
pub struct EndPublicAssetInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The asset's code.
    pub code: String,
    /// When and why; left out to say that it is there after all.
    pub end: Option<AssetEndInput>,
    /// Why, in words; up to 2,000 characters (lý do).
    pub reason: String,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct PublicAssetPayload {
    /// The asset after the change; null when something must be mended, or on a dry run.
    pub asset: Option<PublicAsset>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// How a house or land is to be rearranged (đề xuất phương án sắp xếp lại, xử lý nhà, đất). The same code changes a proposal
/// while it is not decided.
#[derive(Debug, InputObject)]
pub struct ProposeAssetPlanInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `PA-2026-001` (mã phương án).
    pub code: String,
    /// Code of the confirmed house or land (tài sản).
    pub asset: String,
    /// What is to be done with it (hình thức).
    pub way: AssetPlanWay,
    /// When it was proposed; not later than today (ngày đề xuất).
    pub proposed_on: NaiveDate,
    /// In words; up to 2,000 characters (nội dung).
    pub content: String,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A scheme to lease an asset, use it for business or put it into a joint venture (đề xuất đề án). The same code changes a
/// proposal while it is not decided.
#[derive(Debug, InputObject)]
pub struct ProposeAssetSchemeInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `DA-2026-001` (mã đề án).
    pub code: String,
    /// Code of the confirmed asset (tài sản).
    pub asset: String,
    /// What the asset is used for (mục đích).
    pub purpose: AssetSchemePurpose,
    /// First day (từ ngày).
    pub period_from: NaiveDate,
    /// Last day (đến ngày).
    pub period_to: NaiveDate,
    /// What it is expected to bring in all, in đồng; not below zero (doanh thu dự kiến).
    pub expected_revenue: Vnd,
    /// When it was proposed; not later than today (ngày đề xuất).
    pub proposed_on: NaiveDate,
    /// In words; up to 2,000 characters (nội dung).
    pub content: String,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A decision about a plan or scheme (quyết định). What is approved takes the place of what was approved before: of a plan,
/// the plan before; of a scheme, those for the same purpose whose days it shares.
#[derive(Debug, InputObject)]
pub struct DecideAssetPlanInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The code of the plan or scheme.
    pub code: String,
    /// Approve or reject.
    pub decision: AssetPlanDecision,
    /// Number of the decision, up to 64 characters; an approval needs it (số quyết định).
    pub decision_number: Option<String>,
    /// Its day; not before the proposal, not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// Why, up to 2,000 characters; a rejection needs it (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A plan was carried out, or a scheme has ended (hoàn thành). Once more corrects the day, with a reason.
#[derive(Debug, InputObject)]
pub struct CompleteAssetPlanInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The code of the plan or scheme.
    pub code: String,
    /// When; not before the decision, not later than today. Left out, with a reason, to take back that it was carried out
    /// (ngày thực hiện xong).
    pub done_on: Option<NaiveDate>,
    /// Why, up to 2,000 characters, where it corrects what was recorded (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of it.
#[derive(rows::RowObject)]
pub struct AssetPlanPayload {
    /// The plan after the change; null when it is a scheme, when something must be mended, or on a dry run.
    pub plan: Option<AssetPlan>,
    /// The scheme after the change; null when it is a plan, when something must be mended, or on a dry run.
    pub scheme: Option<AssetScheme>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

fn asset_payload(ctx: &Context<'_>, outcome: Outcome<public_asset::Model>, dry_run: bool) -> PublicAssetPayload {
    let (row, user_errors) = split(outcome, ctx.language());
    PublicAssetPayload { asset: row.filter(|_| !dry_run).map(|row| PublicAsset(Arc::new(row))), user_errors }
}

async fn plan_payload(
    ctx: &Context<'_>,
    outcome: Outcome<asset_plan::Model>,
    dry_run: bool,
) -> ApiResult<AssetPlanPayload> {
    let (row, user_errors) = split(outcome, ctx.language());
    let nothing = AssetPlanPayload { plan: None, scheme: None, user_errors };
    let Some(row) = row.filter(|_| !dry_run) else { return Ok(nothing) };
    let asset = store::by_ids(ctx.app()?.db.read(), &ctx.viewer()?, vec![row.asset_id]).await?.pop();
    let Some(asset) = asset.map(|asset| PublicAsset(Arc::new(asset))) else { return Ok(nothing) };
    Ok(match row.subject.parse()? {
        PlanSubject::Rearrangement => AssetPlanPayload { plan: Some(AssetPlan(Arc::new(row), asset)), ..nothing },
        PlanSubject::Exploitation => AssetPlanPayload { scheme: Some(AssetScheme(Arc::new(row), asset)), ..nothing },
    })
}

/// Changing public assets.
#[derive(Default)]
pub struct AssetMutation;

/// Changing public assets.
#[rows::row_object]
impl AssetMutation {
    /// Records a public asset as it is from a day on (ghi nhận tài sản công). It counts, and is seen by others, once
    /// somebody else has confirmed it; until then the last confirmed edition stands.
    #[graphql(directive = requires::apply(Action::RecordAsset, roles_for(Action::RecordAsset)))]
    async fn record_public_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The asset.")] input: RecordPublicAssetInput,
    ) -> Result<PublicAssetPayload> {
        let dry_run = input.dry_run;
        let paper = |paper: AssetPaperInput| Paper { kind: paper.kind, number: paper.number, date: paper.date };
        let wanted = RecordRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: input.expected_version,
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            organisation: input.organisation,
            kind: input.kind,
            details: Details {
                effective_on: input.effective_on,
                name: input.name,
                address: kept(input.address.as_deref()),
                land_area: input.land_area.map(|area| area.0),
                floor_area: input.floor_area.map(|area| area.0),
                year_of_use: input.year_of_use,
                original_cost: input.original_cost.0,
                remaining_value: input.remaining_value.0,
                used_for: input.used_for,
                land: kept(input.land.as_deref()),
                paper: input.paper.map(paper),
            },
        };
        let outcome = service::record(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(asset_payload(ctx, outcome, dry_run))
    }

    /// Confirms what was recorded last of an asset (xác nhận tài sản công). Never by whoever recorded it.
    #[graphql(directive = requires::apply(Action::ConfirmAsset, roles_for(Action::ConfirmAsset)))]
    async fn confirm_public_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which asset.")] input: ConfirmPublicAssetInput,
    ) -> Result<PublicAssetPayload> {
        let dry_run = input.dry_run;
        let wanted = Target {
            programme: input.programme,
            code: input.code,
            expected_version: Some(input.expected_version),
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::confirm(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(asset_payload(ctx, outcome, dry_run))
    }

    /// Records that an asset went to another unit of the programme, by a decision (điều chuyển tài sản công). Who managed it
    /// before stays known.
    #[graphql(directive = requires::apply(Action::TransferAsset, roles_for(Action::TransferAsset)))]
    async fn transfer_public_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The transfer.")] input: TransferPublicAssetInput,
    ) -> Result<PublicAssetPayload> {
        let dry_run = input.dry_run;
        let wanted = TransferRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: Some(input.expected_version),
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            to: input.to,
            on: input.effective_on,
            decision_number: input.decision_number,
            decision_date: input.decision_date,
        };
        let outcome = service::transfer(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(asset_payload(ctx, outcome, dry_run))
    }

    /// Records that an asset is there no more, corrects that, or takes it back (ghi giảm tài sản công). It is never deleted.
    #[graphql(directive = requires::apply(Action::TransferAsset, roles_for(Action::TransferAsset)))]
    async fn end_public_asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The end.")] input: EndPublicAssetInput,
    ) -> Result<PublicAssetPayload> {
        let dry_run = input.dry_run;
        let end = |end: AssetEndInput| End {
            on: end.ended_on,
            cause: end.cause,
            decision_number: kept(end.decision_number.as_deref()),
            decision_date: end.decision_date,
        };
        let wanted = EndRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: Some(input.expected_version),
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            end: input.end.map(end),
            reason: input.reason,
        };
        let outcome = service::end(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(asset_payload(ctx, outcome, dry_run))
    }

    /// Proposes how a house or land is rearranged, or changes the proposal (đề xuất phương án sắp xếp lại). One at a time;
    /// after a rejection or an approval, another by a code of its own.
    #[graphql(directive = requires::apply(Action::ProposeAssetPlan, roles_for(Action::ProposeAssetPlan)))]
    async fn propose_asset_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan.")] input: ProposeAssetPlanInput,
    ) -> Result<AssetPlanPayload> {
        let dry_run = input.dry_run;
        let wanted = ProposeRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: input.expected_version,
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            asset: input.asset,
            content: Content::Plan(input.way),
            proposed_on: input.proposed_on,
            text: input.content,
        };
        let outcome = plans::propose(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(plan_payload(ctx, outcome, dry_run).await?)
    }

    /// Proposes a scheme to lease an asset, use it for business or put it into a joint venture, or changes the proposal
    /// (đề xuất đề án sử dụng tài sản công).
    #[graphql(directive = requires::apply(Action::ProposeAssetPlan, roles_for(Action::ProposeAssetPlan)))]
    async fn propose_asset_scheme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The scheme.")] input: ProposeAssetSchemeInput,
    ) -> Result<AssetPlanPayload> {
        let dry_run = input.dry_run;
        let wanted = ProposeRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: input.expected_version,
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            asset: input.asset,
            content: Content::Scheme(input.purpose, input.period_from, input.period_to, input.expected_revenue.0),
            proposed_on: input.proposed_on,
            text: input.content,
        };
        let outcome = plans::propose(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(plan_payload(ctx, outcome, dry_run).await?)
    }

    /// Approves or rejects a plan or scheme (quyết định phương án, đề án). Never by whoever wrote in it.
    #[graphql(directive = requires::apply(Action::DecideAssetPlan, roles_for(Action::DecideAssetPlan)))]
    async fn decide_asset_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DecideAssetPlanInput,
    ) -> Result<AssetPlanPayload> {
        let dry_run = input.dry_run;
        let wanted = DecideRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: Some(input.expected_version),
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            decision: input.decision,
            number: input.decision_number,
            date: input.decision_date,
            reason: input.reason,
        };
        let outcome = plans::decide(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(plan_payload(ctx, outcome, dry_run).await?)
    }

    /// Records that a plan was carried out, or that a scheme has ended before its last day; corrects that day, or takes it
    /// back (ghi nhận hoàn thành phương án, kết thúc đề án). The end of the asset itself is recorded by `endPublicAsset`.
    #[graphql(directive = requires::apply(Action::CompleteAssetPlan, roles_for(Action::CompleteAssetPlan)))]
    async fn complete_asset_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan or scheme, and when.")] input: CompleteAssetPlanInput,
    ) -> Result<AssetPlanPayload> {
        let dry_run = input.dry_run;
        let wanted = CompleteRequest {
            target: Target {
                programme: input.programme,
                code: input.code,
                expected_version: Some(input.expected_version),
                idempotency_key: input.idempotency_key,
                dry_run,
            },
            done_on: input.done_on,
            reason: input.reason,
        };
        let outcome = plans::complete(ctx.app()?, ctx.request()?, wanted).await?;
        Ok(plan_payload(ctx, outcome, dry_run).await?)
    }
}
