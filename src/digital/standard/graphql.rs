//! Audits, findings and certificates in the schema. They are asked for in [`query`] and changed in [`mutation`].

pub mod mutation;
pub mod query;

use base::programme::graphql::LeadsOf;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::digital::{iso_audit, iso_certificate, iso_finding};
use uuid::Uuid;

use super::{AuditKind, CertificateState, FindingSeverity, FindingState, rules, store};
use crate::confirming;
use crate::confirming::STANDARD_TASK;
use crate::system::graphql::recording;
use access::policy;
use access::policy::AllowedAction as Decision;
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use kernel::error::ApiError;
use kernel::units::LeadSubject;
use kit::allowed::AllowedAction;
use kit::connection::connection;
use kit::context::{Batch, ContextExt};

/// The key of an audit in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditId(pub Uuid);

#[async_trait::async_trait]
impl Loader<AuditId> for Batch {
    type Value = Arc<iso_audit::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[AuditId]) -> Result<HashMap<AuditId, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::audits_by_ids(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (AuditId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the findings of an audit in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FindingsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<FindingsOf> for Batch {
    type Value = Arc<Vec<Arc<iso_finding::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[FindingsOf]) -> Result<HashMap<FindingsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<FindingsOf, Vec<Arc<iso_finding::Model>>> = HashMap::new();
        for row in store::findings_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            found.entry(FindingsOf(row.audit_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of whether the caller wrote in a finding, in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WroteInFinding(pub Uuid, pub Uuid);

#[async_trait::async_trait]
impl Loader<WroteInFinding> for Batch {
    type Value = ();
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[WroteInFinding]) -> Result<HashMap<WroteInFinding, ()>, Self::Error> {
        let mut found = HashMap::new();
        // One request has one caller.
        let Some(WroteInFinding(person_id, _)) = keys.first().copied() else { return Ok(found) };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.1).collect();
        for id in store::written_by(self.app.db.read(), person_id, &ids).await.map_err(Arc::new)? {
            found.insert(WroteInFinding(person_id, id), ());
        }
        Ok(found)
    }
}

/// An audit by TCVN ISO 18091:2020 (đánh giá hệ thống quản lý chất lượng).
#[derive(Clone)]
pub struct IsoAudit(pub Arc<iso_audit::Model>);

/// An audit by TCVN ISO 18091:2020 (đánh giá hệ thống quản lý chất lượng).
#[rows::row_object]
impl IsoAudit {
    /// Its code in the programme (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Who was audited (đơn vị được đánh giá).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// What for (loại đánh giá).
    fn kind(&self) -> Result<AuditKind> {
        Ok(AuditKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// When (ngày đánh giá).
    fn audited_on(&self) -> NaiveDate {
        self.0.audited_on
    }

    /// By whom (đoàn, tổ chức đánh giá).
    fn auditor(&self) -> &str {
        &self.0.auditor
    }

    /// What it concluded (kết luận).
    fn conclusion(&self) -> Option<&str> {
        self.0.conclusion.as_deref()
    }

    /// What it found, by number; at most 200 (điểm không phù hợp, khuyến nghị).
    async fn findings(&self, ctx: &Context<'_>) -> Result<Vec<IsoFinding>> {
        let found = ctx.loader()?.load_one(FindingsOf(self.0.id)).await.map_err(ApiError::shared)?;
        Ok(found.unwrap_or_default().iter().map(|row| IsoFinding(Arc::clone(row))).collect())
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(recording(ctx, self.0.organisation_id).await?)
    }
}

/// A finding of an audit (điểm không phù hợp, khuyến nghị).
#[derive(Clone)]
pub struct IsoFinding(pub Arc<iso_finding::Model>);

impl IsoFinding {
    fn days(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        (self.0.remedied_on, self.0.closed_on)
    }
}

/// A finding of an audit (điểm không phù hợp, khuyến nghị).
#[rows::row_object]
impl IsoFinding {
    /// The audit (cuộc đánh giá).
    async fn audit(&self, ctx: &Context<'_>) -> Result<IsoAudit> {
        let found = ctx.loader()?.load_one(AuditId(self.0.audit_id)).await.map_err(ApiError::shared)?;
        Ok(IsoAudit(found.ok_or_else(|| ApiError::internal("a finding of no audit"))?))
    }

    /// Who must remedy it (đơn vị phải khắc phục).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Its number in the audit (số thứ tự).
    fn number(&self) -> i32 {
        self.0.number
    }

    /// How grave it is (mức độ).
    fn severity(&self) -> Result<FindingSeverity> {
        Ok(FindingSeverity::from_str(&self.0.severity).map_err(ApiError::from)?)
    }

    /// What was found (nội dung).
    fn description(&self) -> &str {
        &self.0.description
    }

    /// When (ngày phát hiện).
    fn found_on(&self) -> NaiveDate {
        self.0.found_on
    }

    /// Until when it must be remedied (hạn khắc phục).
    fn due_on(&self) -> NaiveDate {
        self.0.due_on
    }

    /// When it was remedied, as the unit says (ngày khắc phục).
    fn remedied_on(&self) -> Option<NaiveDate> {
        self.0.remedied_on
    }

    /// How (biện pháp khắc phục).
    fn remedy(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }

    /// When that was confirmed (ngày đóng).
    fn closed_on(&self) -> Option<NaiveDate> {
        self.0.closed_on
    }

    /// What had become of it (tình trạng).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<FindingState> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(rules::state_on(self.days(), day))
    }

    /// Whether it is not remedied today although that was due before (quá hạn khắc phục).
    fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(rules::overdue(self.0.due_on, self.days(), ctx.app()?.clock.today()))
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it: record how it was remedied; close it, by the standing body's rule or as the lead of
    /// task II.6.b.6.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let caller = &ctx.request()?.caller;
        let (id, action) = (self.0.organisation_id, Action::ConfirmDigital);
        let lead = LeadsOf((self.0.programme_id, LeadSubject::Task, STANDARD_TASK.to_owned()));
        let person = caller.person().map_or(Uuid::nil(), |person| person.person_id);
        let leads = async { ctx.loader()?.load_one(lead).await.map_err(ApiError::shared) };
        let wrote = async { ctx.loader()?.load_one(WroteInFinding(person, self.0.id)).await.map_err(ApiError::shared) };
        let (mut allowed, upward, organisation, leads, wrote) =
            futures_util::try_join!(recording(ctx, id), upward(ctx, id), load_required(ctx, id), leads, wrote)?;
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: wrote.is_some(),
            form: None,
        };
        let denied = match confirming::as_lead(caller, &leads.unwrap_or_default(), id, wrote.is_some()) {
            Some(_) => None,
            None => policy::permit(caller, action, &subject).err().map(|refused| refused.denial.message()),
        };
        let today = ctx.app()?.clock.today();
        let state = || rules::check_close(self.days(), today, today).into_iter().next().map(|fault| fault.message);
        let denied = denied.or_else(state);
        allowed.push(AllowedAction::of(Decision { action, denied }, ctx.language()));
        Ok(allowed)
    }
}

/// A certificate of TCVN ISO 18091:2020 (giấy chứng nhận hệ thống quản lý chất lượng).
#[derive(Clone)]
pub struct IsoCertificate(pub Arc<iso_certificate::Model>);

/// A certificate of TCVN ISO 18091:2020 (giấy chứng nhận hệ thống quản lý chất lượng).
#[rows::row_object]
impl IsoCertificate {
    /// Its number (số giấy chứng nhận).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Who is certified (đơn vị được chứng nhận).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Who issued it (tổ chức chứng nhận).
    fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// For what (phạm vi).
    fn scope(&self) -> &str {
        &self.0.scope
    }

    /// First day (từ ngày).
    fn valid_from(&self) -> NaiveDate {
        self.0.valid_from
    }

    /// Last day (đến ngày).
    fn valid_to(&self) -> NaiveDate {
        self.0.valid_to
    }

    /// When it was withdrawn; from that day on it does not hold (ngày thu hồi).
    fn withdrawn_on(&self) -> Option<NaiveDate> {
        self.0.withdrawn_on
    }

    /// Whether it holds (hiệu lực).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<CertificateState> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(rules::certificate_on((self.0.valid_from, self.0.valid_to, self.0.withdrawn_on), day))
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(recording(ctx, self.0.organisation_id).await?)
    }
}

connection! {
    /// A page of audits.
    IsoAuditConnection, IsoAuditEdge, IsoAudit
}
connection! {
    /// A page of findings of audits.
    IsoFindingConnection, IsoFindingEdge, IsoFinding
}
connection! {
    /// A page of certificates.
    IsoCertificateConnection, IsoCertificateEdge, IsoCertificate
}
