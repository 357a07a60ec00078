//! What changes audits, findings and certificates.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::{IsoAudit, IsoCertificate, IsoFinding};
use crate::standard::rules::{Audit, Certificate, Finding};
use crate::standard::service;
use crate::standard::service::{AuditRequest, CertificateRequest, CloseRequest, FindingRequest};
use crate::standard::{AuditKind, FindingSeverity};
use access::policy::{Action, roles_for};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// An audit by TCVN ISO 18091:2020 (đánh giá hệ thống quản lý chất lượng), entered or changed by its code.
#[derive(Debug, InputObject)]
pub struct SaveIsoAuditInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `DG-2026-01` (mã).
    pub code: String,
    /// Code of the organisation that was audited; does not change afterwards (đơn vị được đánh giá).
    pub organisation: String,
    /// What for (loại đánh giá).
    pub kind: AuditKind,
    /// When; not later than today, and fixed once there is a finding (ngày đánh giá).
    pub audited_on: NaiveDate,
    /// By whom; up to 500 characters (đoàn, tổ chức đánh giá).
    pub auditor: String,
    /// What it concluded; up to 2,000 characters (kết luận).
    pub conclusion: Option<String>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// How a finding was remedied (việc khắc phục).
#[derive(Debug, InputObject)]
pub struct RemedyInput {
    /// When; not before the audit, not later than today (ngày khắc phục).
    pub remedied_on: NaiveDate,
    /// How; up to 2,000 characters (biện pháp khắc phục).
    pub remedy: String,
}

/// A finding of an audit (điểm không phù hợp, khuyến nghị), entered or changed by its number.
#[derive(Debug, InputObject)]
pub struct SaveIsoFindingInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The audit's code (cuộc đánh giá).
    pub audit: String,
    /// Its number in the audit, 1 to 200 (số thứ tự).
    pub number: i32,
    /// How grave it is (mức độ).
    pub severity: FindingSeverity,
    /// What was found; up to 2,000 characters (nội dung).
    pub description: String,
    /// Until when it must be remedied; not before the audit (hạn khắc phục).
    pub due_on: NaiveDate,
    /// How it was remedied, once it is (việc khắc phục).
    pub remedied: Option<RemedyInput>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A finding to close (xác nhận đã khắc phục).
#[derive(Debug, InputObject)]
pub struct CloseIsoFindingInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The audit's code (cuộc đánh giá).
    pub audit: String,
    /// The finding's number (số thứ tự).
    pub number: i32,
    /// When it was seen to be remedied; not before it was, not later than today (ngày đóng).
    pub closed_on: NaiveDate,
    /// The version that the caller has seen.
    pub expected_version: i32,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A certificate of TCVN ISO 18091:2020 (giấy chứng nhận), entered or changed by its number.
#[derive(Debug, InputObject)]
pub struct SaveIsoCertificateInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its number, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `CN-18091-01` (số giấy chứng nhận).
    pub code: String,
    /// Code of the organisation that is certified; does not change afterwards (đơn vị được chứng nhận).
    pub organisation: String,
    /// Who issued it; up to 500 characters (tổ chức chứng nhận).
    pub issuer: String,
    /// For what; up to 2,000 characters (phạm vi).
    pub scope: String,
    /// First day (từ ngày).
    pub valid_from: NaiveDate,
    /// Last day (đến ngày).
    pub valid_to: NaiveDate,
    /// When it was withdrawn; not later than today (ngày thu hồi).
    pub withdrawn_on: Option<NaiveDate>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of an audit.
#[derive(rows::RowObject)]
pub struct IsoAuditPayload {
    /// The audit after the change; null when something must be mended, or on a dry run.
    pub audit: Option<IsoAudit>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// What came of a change of a finding.
#[derive(rows::RowObject)]
pub struct IsoFindingPayload {
    /// The finding after the change; null when something must be mended, or on a dry run.
    pub finding: Option<IsoFinding>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// What came of a change of a certificate.
#[derive(rows::RowObject)]
pub struct IsoCertificatePayload {
    /// The certificate after the change; null when something must be mended, or on a dry run.
    pub certificate: Option<IsoCertificate>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping the upkeep of TCVN ISO 18091:2020.
#[derive(Default)]
pub struct StandardMutation;

/// Keeping the upkeep of TCVN ISO 18091:2020.
#[rows::row_object]
impl StandardMutation {
    /// Enters an audit, or changes it (cập nhật cuộc đánh giá).
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_iso_audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The audit.")] input: SaveIsoAuditInput,
    ) -> Result<IsoAuditPayload> {
        let dry_run = input.dry_run;
        let wanted = AuditRequest {
            programme: input.programme,
            organisation: input.organisation,
            audit: Audit {
                code: input.code,
                kind: input.kind,
                audited_on: input.audited_on,
                auditor: input.auditor,
                conclusion: input.conclusion,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save_audit(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(IsoAuditPayload { audit: done.filter(|_| !dry_run).map(|row| IsoAudit(Arc::new(row))), user_errors })
    }

    /// Enters a finding of an audit, or changes it: how it was remedied, say (cập nhật điểm không phù hợp). Not once it is
    /// closed: what comes up again is a finding of the next audit.
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_iso_finding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The finding.")] input: SaveIsoFindingInput,
    ) -> Result<IsoFindingPayload> {
        let dry_run = input.dry_run;
        let wanted = FindingRequest {
            programme: input.programme,
            audit: input.audit,
            finding: Finding {
                number: input.number,
                severity: input.severity,
                description: input.description,
                due_on: input.due_on,
                remedied: input.remedied.map(|one| (one.remedied_on, one.remedy)),
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save_finding(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(IsoFindingPayload { finding: done.filter(|_| !dry_run).map(|row| IsoFinding(Arc::new(row))), user_errors })
    }

    /// Closes a finding that is remedied (xác nhận đã khắc phục): by the standing body, of its own by the Chair, or by the
    /// head of the unit that leads task II.6.b.6; never by whoever wrote in it.
    #[graphql(directive = requires::apply(Action::ConfirmDigital, roles_for(Action::ConfirmDigital)))]
    async fn close_iso_finding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] input: CloseIsoFindingInput,
    ) -> Result<IsoFindingPayload> {
        let dry_run = input.dry_run;
        let wanted = CloseRequest {
            programme: input.programme,
            audit: input.audit,
            number: input.number,
            closed_on: input.closed_on,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::close_finding(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        Ok(IsoFindingPayload { finding: done.filter(|_| !dry_run).map(|row| IsoFinding(Arc::new(row))), user_errors })
    }

    /// Enters a certificate, or changes it (cập nhật giấy chứng nhận).
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_iso_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The certificate.")] input: SaveIsoCertificateInput,
    ) -> Result<IsoCertificatePayload> {
        let dry_run = input.dry_run;
        let wanted = CertificateRequest {
            programme: input.programme,
            organisation: input.organisation,
            certificate: Certificate {
                code: input.code,
                issuer: input.issuer,
                scope: input.scope,
                valid_from: input.valid_from,
                valid_to: input.valid_to,
                withdrawn_on: input.withdrawn_on,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save_certificate(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let certificate = done.filter(|_| !dry_run).map(|row| IsoCertificate(Arc::new(row)));
        Ok(IsoCertificatePayload { certificate, user_errors })
    }
}
