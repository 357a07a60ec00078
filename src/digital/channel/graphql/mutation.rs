//! What changes duties on online channels.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::OnlineDuty;
use crate::channel::OnlineChannel;
use crate::channel::rules::{Check, Wanted};
use crate::channel::service;
use crate::channel::service::{CheckRequest, SaveRequest};
use access::policy::{Action, roles_for};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// What must stand on an online channel (nội dung phải cập nhật), entered or changed by its code.
#[derive(Debug, InputObject)]
pub struct SaveOnlineDutyInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `CTT-01` (mã).
    pub code: String,
    /// Code of the organisation whose duty it is; does not change afterwards (đơn vị phụ trách).
    pub organisation: String,
    /// The kind of channel (loại kênh).
    pub channel: OnlineChannel,
    /// The channel's name; up to 500 characters (tên kênh).
    pub channel_name: String,
    /// Its address, http or https (địa chỉ).
    pub url: String,
    /// What must stand there; up to 2,000 characters (nội dung).
    pub content: String,
    /// First day (từ ngày).
    pub effective_from: NaiveDate,
    /// Last day (đến ngày).
    pub effective_to: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A look at what stands on a channel (kiểm tra việc cập nhật).
#[derive(Debug, InputObject)]
pub struct RecordOnlineDutyCheckInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The duty's code (nội dung).
    pub duty: String,
    /// When it was looked at; not before the last look, not later than today (ngày kiểm tra).
    pub looked_on: NaiveDate,
    /// When it had last been updated; left out where nothing stood there (ngày cập nhật gần nhất).
    pub updated_on: Option<NaiveDate>,
    /// A remark; required where nothing stood there (ghi chú).
    pub note: Option<String>,
    /// The version of the duty that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of a duty, or of a look at it.
#[derive(rows::RowObject)]
pub struct OnlineDutyPayload {
    /// The duty after the change; null when something must be mended, or on a dry run.
    pub duty: Option<OnlineDuty>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping duties on online channels.
#[derive(Default)]
pub struct OnlineDutyMutation;

/// Keeping duties on online channels.
#[rows::row_object]
impl OnlineDutyMutation {
    /// Enters what must stand on an online channel, or changes it (cập nhật danh mục nội dung phải đăng).
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_online_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The duty.")] input: SaveOnlineDutyInput,
    ) -> Result<OnlineDutyPayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            duty: Wanted {
                code: input.code,
                channel: input.channel,
                channel_name: input.channel_name,
                url: input.url,
                content: input.content,
                effective_from: input.effective_from,
                effective_to: input.effective_to,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(OnlineDutyPayload { duty: done.filter(|_| !dry_run).map(|row| OnlineDuty(Arc::new(row))), user_errors })
    }

    /// Records a look at what stands on a channel (ghi nhận kiểm tra việc cập nhật). A later look says otherwise; none is
    /// changed.
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn record_online_duty_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was found.")] input: RecordOnlineDutyCheckInput,
    ) -> Result<OnlineDutyPayload> {
        let dry_run = input.dry_run;
        let wanted = CheckRequest {
            programme: input.programme,
            duty: input.duty,
            check: Check { looked_on: input.looked_on, updated_on: input.updated_on, note: input.note },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::check(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(OnlineDutyPayload { duty: done.filter(|_| !dry_run).map(|row| OnlineDuty(Arc::new(row))), user_errors })
    }
}
