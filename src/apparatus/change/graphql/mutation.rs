//! Recording and deciding changes of organisations.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::OrganisationChange;
use crate::change::OrganisationChangeKind;
use crate::change::rules::{Made, OrganisationChangeDecision, Wanted};
use crate::change::service;
use crate::change::service::{DecideRequest, RecordRequest};
use access::policy::{Action, roles_for};
use kernel::units::OrganisationKind;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// An organisation that is to be made.
#[derive(Debug, InputObject)]
pub struct MadeOrganisationInput {
    /// Its code, 2 to 64 of `A-Z`, `0-9`, `.` and `-`; never one that was used before (mã đơn vị).
    pub code: String,
    /// Its kind (loại tổ chức).
    pub kind: OrganisationKind,
    /// Its Vietnamese name (tên tiếng Việt).
    pub name_vi: String,
    /// Its English name (tên tiếng Anh).
    pub name_en: String,
    /// Code of what it stands under, in force and of the programme (đơn vị cấp trên).
    pub parent: String,
}

/// A change of organisations by a decision, recorded or changed by its code. Which of `organisations`, `into`, `made`
/// and the names are given depends on the kind.
#[derive(Debug, InputObject)]
pub struct RecordOrganisationChangeInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `TC-2026-001` (mã thay đổi).
    pub code: String,
    /// What kind of change (hình thức).
    pub kind: OrganisationChangeKind,
    /// Number of the decision (số quyết định).
    pub decision_number: String,
    /// Its day; not later than today (ngày quyết định).
    pub decision_date: NaiveDate,
    /// The first day on which it holds; not before the decision (ngày có hiệu lực).
    pub effective_on: NaiveDate,
    /// What a reader should know; up to 2,000 characters (nội dung).
    pub content: Option<String>,
    /// Codes of those that end the day before; of the one that is renamed (đơn vị kết thúc hoặc đổi tên).
    #[graphql(default)]
    pub organisations: Vec<String>,
    /// Of a merger: code of the one that takes the others up and goes on; left out where a new one is made
    /// (đơn vị nhận sáp nhập).
    pub into: Option<String>,
    /// Of a renaming: the new Vietnamese name (tên mới).
    pub name_vi: Option<String>,
    /// Of a renaming: the new English name (tên mới tiếng Anh).
    pub name_en: Option<String>,
    /// Those that are made: one or more of an ESTABLISH, one of a MERGE or MOVE, two or more of a SPLIT.
    #[graphql(default)]
    pub made: Vec<MadeOrganisationInput>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A decision about a recorded change.
#[derive(Debug, InputObject)]
pub struct DecideOrganisationChangeInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The change's code.
    pub code: String,
    /// What is decided (quyết định).
    pub decision: OrganisationChangeDecision,
    /// Why; required for a rejection (lý do).
    pub reason: Option<String>,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of recording a change.
#[derive(rows::RowObject)]
pub struct RecordOrganisationChangePayload {
    /// The change as it is recorded; null when something must be mended, or on a dry run.
    pub change: Option<OrganisationChange>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// What came of a decision about a change.
#[derive(rows::RowObject)]
pub struct DecideOrganisationChangePayload {
    /// The change after the decision; null when something must be mended, or on a dry run.
    pub change: Option<OrganisationChange>,
    /// How many grants are still held on organisations that end by it. They are left as they are, so that what was
    /// begun can be finished; end them on the server's command line.
    pub grants_left: Option<u32>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Recording and deciding changes of organisations.
#[derive(Default)]
pub struct OrganisationChangeMutation;

/// Recording and deciding changes of organisations.
#[rows::row_object]
impl OrganisationChangeMutation {
    /// Records that organisations are established, renamed, merged, split, dissolved or moved, or changes what is not
    /// decided yet (ghi nhận thay đổi tổ chức). Nothing happens to them before the Chair confirms it.
    #[graphql(directive = requires::apply(Action::RecordOrganisationChange, roles_for(Action::RecordOrganisationChange)))]
    async fn record_organisation_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: RecordOrganisationChangeInput,
    ) -> Result<RecordOrganisationChangePayload> {
        let dry_run = input.dry_run;
        let name = match (input.name_vi, input.name_en) {
            (None, None) => None,
            (vi, en) => Some((vi.unwrap_or_default(), en.unwrap_or_default())),
        };
        let made = input.made.into_iter().map(|made| Made {
            code: made.code,
            kind: made.kind,
            name_vi: made.name_vi,
            name_en: made.name_en,
            parent: made.parent,
        });
        let wanted = RecordRequest {
            programme: input.programme,
            change: Wanted {
                code: input.code,
                kind: input.kind,
                decision_number: input.decision_number,
                decision_date: input.decision_date,
                effective_on: input.effective_on,
                content: input.content,
                organisations: input.organisations,
                into: input.into,
                name,
                made: made.collect(),
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::record(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let change = done.filter(|_| !dry_run).map(|row| OrganisationChange(Arc::new(row)));
        Ok(RecordOrganisationChangePayload { change, user_errors })
    }

    /// Confirms a recorded change, which is done in the same moment, or rejects it (quyết định thay đổi tổ chức).
    /// Whoever wrote in it never decides it. A renaming is confirmed on its first day at the earliest.
    #[graphql(directive = requires::apply(Action::DecideOrganisationChange, roles_for(Action::DecideOrganisationChange)))]
    async fn decide_organisation_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is decided.")] input: DecideOrganisationChangeInput,
    ) -> Result<DecideOrganisationChangePayload> {
        let dry_run = input.dry_run;
        let wanted = DecideRequest {
            programme: input.programme,
            code: input.code,
            decision: input.decision,
            reason: input.reason,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::decide(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let grants_left = done.as_ref().map(|done| u32::try_from(done.grants_left).unwrap_or(u32::MAX));
        let change = done.filter(|_| !dry_run).map(|done| OrganisationChange(Arc::new(done.change)));
        Ok(DecideOrganisationChangePayload { change, grants_left, user_errors })
    }
}
