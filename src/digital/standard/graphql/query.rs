//! Reading audits, findings and certificates.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;

use super::{IsoAudit, IsoAuditConnection, IsoCertificate, IsoCertificateConnection, IsoFinding, IsoFindingConnection};
use crate::standard::AuditKind;
use crate::standard::store;
use crate::standard::store::{AuditFilter, CertificateFilter, FindingFilter};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, page};
use kit::context::{ContextExt, or_null};

/// What to look for among audits; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct IsoAuditFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only of these kinds.
    pub kinds: Option<Vec<AuditKind>>,
}

/// What to look for among findings; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct IsoFindingFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only of the audit of this code.
    pub audit: Option<String>,
    /// Only those that were closed by the day of `on` (true), or were found by then and were not (false).
    pub closed: Option<bool>,
    /// Only those that were overdue on the day of `on` (true), or were not (false).
    pub overdue: Option<bool>,
    /// The day that `closed` and `overdue` are about; today by default.
    pub on: Option<NaiveDate>,
}

/// What to look for among certificates; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct IsoCertificateFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only those that hold on this day.
    pub valid_on: Option<NaiveDate>,
}

/// Reading the upkeep of TCVN ISO 18091:2020.
#[derive(Default)]
pub struct StandardQuery;

/// Reading the upkeep of TCVN ISO 18091:2020.
#[rows::row_object]
impl StandardQuery {
    /// The audit of a code; null when there is none that the caller may see.
    async fn iso_audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `DG-2026-01`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<IsoAudit>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::audit_by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| IsoAudit(Arc::new(row)))))
    }

    /// Audits by TCVN ISO 18091:2020 (các cuộc đánh giá), by day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn iso_audits(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: IsoAuditFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<IsoAuditConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = programme.as_deref();
        let filter = AuditFilter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme).await?,
            organisation_id: organisations::id_of(connection, &viewer, programme, filter.organisation.as_deref())
                .await?,
            kinds: filter.kinds.unwrap_or_default(),
        };
        let slice = store::audit_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(IsoAuditConnection(Rows::of(slice, |row| IsoAudit(Arc::new(row)))))
    }

    /// Findings of audits (điểm không phù hợp, khuyến nghị), by the day until when they must be remedied; those that are
    /// open or overdue among them.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn iso_findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: IsoFindingFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<IsoFindingConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let audit_id = match &filter.audit {
            Some(code) => {
                let found = store::audit_by_code(connection, &viewer, programme.id, code).await?;
                Some(found.ok_or_else(|| ApiError::not_found("kind-iso-audit", code))?.id)
            }
            None => None,
        };
        let code = Some(programme.code.as_str());
        let day = filter.on.unwrap_or_else(|| app.clock.today());
        let filter = FindingFilter {
            programme_id: Some(programme.id),
            organisation_id: organisations::id_of(connection, &viewer, code, filter.organisation.as_deref()).await?,
            audit_id,
            closed: filter.closed.map(|closed| (day, closed)),
            overdue: filter.overdue.map(|overdue| (day, overdue)),
        };
        let slice = store::finding_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(IsoFindingConnection(Rows::of(slice, |row| IsoFinding(Arc::new(row)))))
    }

    /// Certificates of TCVN ISO 18091:2020 (giấy chứng nhận), by their last day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn iso_certificates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: IsoCertificateFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<IsoCertificateConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = programme.as_deref();
        let filter = CertificateFilter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme).await?,
            organisation_id: organisations::id_of(connection, &viewer, programme, filter.organisation.as_deref())
                .await?,
            valid_on: filter.valid_on,
        };
        let slice = store::certificate_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(IsoCertificateConnection(Rows::of(slice, |row| IsoCertificate(Arc::new(row)))))
    }

    /// The certificate of a number; null when there is none that the caller may see.
    async fn iso_certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its number, such as `CN-18091-01`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<IsoCertificate>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::certificate_by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| IsoCertificate(Arc::new(row)))))
    }
}
