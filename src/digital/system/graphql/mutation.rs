//! What changes information systems and their integrations.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::InformationSystem;
use crate::system::rules::{NewEvent, Security, Wanted};
use crate::system::service;
use crate::system::service::{ConfirmRequest, IntegrationRequest, SaveRequest};
use crate::system::{IntegrationDirection, IntegrationStatus, Platform, SystemLevel};
use access::policy::{Action, roles_for};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// The security level of an information system, with the decision that approved it (cấp độ an toàn).
#[derive(Debug, InputObject)]
pub struct SecurityLevelInput {
    /// 1 to 5 (cấp độ).
    pub level: i32,
    /// Number of the decision; up to 64 characters (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
}

/// An information system (hệ thống thông tin), entered or changed by its code.
#[derive(Debug, InputObject)]
pub struct SaveInformationSystemInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `HT-MOTCUA` (mã).
    pub code: String,
    /// Code of the organisation that uses it; another one takes over its whole history (đơn vị sử dụng, quản lý).
    pub organisation: String,
    /// Its name; up to 500 characters (tên).
    pub name: String,
    /// Who provides it (cấp cung cấp).
    pub level: SystemLevel,
    /// What it is for; up to 2,000 characters (mục đích, lĩnh vực).
    pub purpose: String,
    /// Its security level, once that is approved (cấp độ an toàn hệ thống thông tin).
    pub security: Option<SecurityLevelInput>,
    /// First day of use; left out while that is open (sử dụng từ ngày).
    pub used_from: Option<NaiveDate>,
    /// Last day of use; needs `usedFrom` (đến ngày).
    pub used_to: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What became of the integration of a system with a platform (tình trạng kết nối), from a day on.
#[derive(Debug, InputObject)]
pub struct RecordSystemIntegrationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The system's code (hệ thống).
    pub system: String,
    /// With which platform (nền tảng).
    pub platform: Platform,
    /// Which way data goes (chiều dữ liệu).
    pub direction: IntegrationDirection,
    /// How far it is (tình trạng).
    pub status: IntegrationStatus,
    /// From which day; not before what was recorded last, not later than today (từ ngày).
    pub since: NaiveDate,
    /// A remark; up to 2,000 characters (ghi chú).
    pub note: Option<String>,
    /// How many events of the system with the platform the caller has seen; left out or 0 for the first.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// An integration to confirm (xác nhận kết nối đang vận hành).
#[derive(Debug, InputObject)]
pub struct ConfirmSystemIntegrationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The system's code (hệ thống).
    pub system: String,
    /// With which platform (nền tảng).
    pub platform: Platform,
    /// How many events of the system with the platform the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of an information system or of an integration.
#[derive(rows::RowObject)]
pub struct InformationSystemPayload {
    /// The system after the change; null when something must be mended, or on a dry run.
    pub system: Option<InformationSystem>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping information systems.
#[derive(Default)]
pub struct InformationSystemMutation;

/// Keeping information systems.
#[rows::row_object]
impl InformationSystemMutation {
    /// Enters an information system, or changes it (cập nhật hệ thống thông tin).
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_information_system(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The system.")] input: SaveInformationSystemInput,
    ) -> Result<InformationSystemPayload> {
        let dry_run = input.dry_run;
        let security = input.security.map(|one| Security {
            level: one.level,
            decision_number: one.decision_number,
            decision_date: one.decision_date,
        });
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            system: Wanted {
                code: input.code,
                name: input.name,
                level: input.level,
                purpose: input.purpose,
                security,
                used_from: input.used_from,
                used_to: input.used_to,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(InformationSystemPayload { system: done.filter(|_| !dry_run).map(shown), user_errors })
    }

    /// Records what became of the integration of a system with a platform (ghi nhận kết nối, tích hợp). What is recorded
    /// stays; a later event says otherwise. That it is live counts once it is confirmed.
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn record_system_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What became of it.")] input: RecordSystemIntegrationInput,
    ) -> Result<InformationSystemPayload> {
        let dry_run = input.dry_run;
        let wanted = IntegrationRequest {
            programme: input.programme,
            system: input.system,
            event: NewEvent {
                platform: input.platform,
                direction: input.direction,
                status: input.status,
                since: input.since,
                note: input.note,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::record(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(InformationSystemPayload { system: done.filter(|_| !dry_run).map(shown), user_errors })
    }

    /// Confirms that an integration is live (xác nhận kết nối đang vận hành): by the standing body, of its own by the
    /// Chair, or by the head of the unit that leads task II.6.b.3; never by whoever recorded it.
    #[graphql(directive = requires::apply(Action::ConfirmDigital, roles_for(Action::ConfirmDigital)))]
    async fn confirm_system_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ConfirmSystemIntegrationInput,
    ) -> Result<InformationSystemPayload> {
        let dry_run = input.dry_run;
        let wanted = ConfirmRequest {
            programme: input.programme,
            system: input.system,
            platform: input.platform,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::confirm(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(InformationSystemPayload { system: done.filter(|_| !dry_run).map(shown), user_errors })
    }
}

fn shown(row: entity::digital::information_system::Model) -> InformationSystem {
    InformationSystem(Arc::new(row))
}
