//! Procedures in the schema. They are asked for in [`query`] and loaded in [`loading`]; what changes them stands in
//! [`import`].

pub mod import;
pub mod loading;
pub mod query;

use kit::paging::MAX_PAGE;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::procedure::procedure_version;

use super::rules::{
    AccessChannel, AccessChannels, Audience, ChangeKind, DossierComponent, Fee, FieldGroup, Level, OnlineLevel,
    TimeLimit,
};
use super::store::{self, Record};
use crate::dossier::graphql::{DossierStatisticsLine, LatestLinesOf};
use crate::publicity::graphql::ProcedurePublication;
use crate::simplification::graphql::ProcedureReview;
use crate::{publicity, simplification};
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use kernel::error::ApiError;
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection};
use kit::context::ContextExt;
use kit::id;
use kit::id::Kind;

pub use loading::{ProcedureId, ProceduresOf, VersionsOf};
pub use query::ProcedureQuery;

/// The first procedures of an organisation as a page.
pub fn first_rows(key: ProceduresOf, rows: Arc<Vec<Arc<Record>>>) -> Rows<Procedure> {
    let limit = key.first as usize;
    Rows {
        rows: rows
            .iter()
            .take(limit)
            .map(|row| {
                let keys = [row.procedure.code.clone().into(), row.procedure.id.into()];
                (store::ORDER.cursor(&keys), Procedure(Arc::clone(row)))
            })
            .collect(),
        has_next: rows.len() > limit,
        has_previous: false,
        unpaged: store::of_organisation(key.organisation_id),
    }
}

/// The most versions of a procedure that are shown at once.
const MAX_VERSIONS: u32 = 50;

/// What a procedure says from a day on (phiên bản của thủ tục hành chính).
pub struct ProcedureVersion {
    row: procedure_version::Model,
}

macro_rules! chosen {
    ($type:ty, $text:expr) => {
        Ok(<$type>::from_str($text).map_err(ApiError::from)?)
    };
}

/// What a procedure says from a day on (phiên bản của thủ tục hành chính).
#[rows::row_object]
impl ProcedureVersion {
    /// What the announcing decision calls the change (loại thay đổi).
    fn change_kind(&self) -> Result<ChangeKind> {
        chosen!(ChangeKind, &self.row.change_kind)
    }

    /// Number of the announcing decision (số quyết định công bố).
    fn decision_number(&self) -> Option<&str> {
        self.row.decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn decision_date(&self) -> Option<NaiveDate> {
        self.row.decision_date
    }

    /// The day of the last announcement, from which it had to be published.
    fn announced_on(&self) -> NaiveDate {
        self.row.announced_on
    }

    /// Code of the procedure that takes its place (thủ tục thay thế).
    fn replaced_by(&self) -> Option<&str> {
        self.row.replaced_by.as_deref()
    }

    /// First day in force; of REPLACED and ABOLISHED the first day out of force.
    fn effective_from(&self) -> NaiveDate {
        self.row.effective_from
    }

    /// Last day in force; null while nothing ends it, and for REPLACED and ABOLISHED, which are out of force.
    fn effective_to(&self) -> Option<NaiveDate> {
        self.row.effective_to
    }

    /// Vietnamese name (tên thủ tục).
    fn name(&self) -> &str {
        &self.row.name
    }

    /// Field (lĩnh vực), ASCII code.
    fn field_code(&self) -> &str {
        &self.row.field_code
    }

    /// Field (lĩnh vực), Vietnamese name.
    fn field_name(&self) -> &str {
        &self.row.field_name
    }

    /// Field group (nhóm lĩnh vực) of plan II.2.a.6-2.
    fn field_group(&self) -> Result<FieldGroup> {
        chosen!(FieldGroup, &self.row.field_group)
    }

    /// Level (cấp thực hiện).
    fn level(&self) -> Result<Level> {
        chosen!(Level, &self.row.level)
    }

    /// Whom it is for (đối tượng thực hiện).
    fn audience(&self) -> Result<Audience> {
        chosen!(Audience, &self.row.audience)
    }

    /// Whether several agencies handle it (liên thông).
    fn inter_agency(&self) -> bool {
        self.row.inter_agency
    }

    /// How far it can be done online (mức độ trực tuyến).
    fn online_level(&self) -> Result<OnlineLevel> {
        chosen!(OnlineLevel, &self.row.online_level)
    }

    /// Whether a fee or charge is due (có nghĩa vụ tài chính).
    fn has_financial_obligation(&self) -> bool {
        self.row.has_financial_obligation
    }

    /// Whether it can be paid online (thanh toán trực tuyến).
    fn online_payment_enabled(&self) -> bool {
        self.row.online_payment_enabled
    }

    /// Whether it qualifies for online provision (đủ điều kiện cung cấp trực tuyến).
    fn online_eligible(&self) -> bool {
        self.row.online_eligible
    }

    /// Whether it is provided online (đã cung cấp trực tuyến).
    fn online_provided(&self) -> bool {
        self.row.online_provided
    }

    /// Whether the National Public Service Portal offers it (tích hợp Cổng Dịch vụ công quốc gia).
    fn integrated_on_national_portal(&self) -> bool {
        self.row.integrated_on_national_portal
    }

    /// Whether it can be paid on that portal.
    fn payable_on_national_portal(&self) -> bool {
        self.row.payable_on_national_portal
    }

    /// How the online service is reached (phương thức tiếp cận).
    fn access_channels(&self) -> Vec<AccessChannel> {
        AccessChannels(self.row.access_channels).list()
    }

    /// Time limit by law (thời hạn theo quy định).
    fn statutory_limit(&self) -> Result<Option<TimeLimit>> {
        Ok(store::statutory_limit(&self.row)?)
    }

    /// Time limit that the ward commits itself to (thời hạn cam kết).
    fn committed_limit(&self) -> Result<Option<TimeLimit>> {
        Ok(store::committed_limit(&self.row)?)
    }

    /// Fee lines (phí, lệ phí); at most 50.
    fn fees(&self) -> Result<Vec<Fee>> {
        Ok(serde_json::from_value(self.row.fees.clone()).map_err(ApiError::internal)?)
    }

    /// Dossier components (thành phần hồ sơ); at most 100.
    fn components(&self) -> Result<Vec<DossierComponent>> {
        Ok(serde_json::from_value(self.row.components.clone()).map_err(ApiError::internal)?)
    }
}

/// An administrative procedure (thủ tục hành chính), as it stands on a day.
#[derive(Clone)]
pub struct Procedure(pub Arc<Record>);

/// An administrative procedure (thủ tục hành chính), as it stands on a day: today, unless a list was asked for
/// another. Before its first version the first is shown, after its last the last.
#[rows::row_object]
impl Procedure {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Procedure, self.0.procedure.id)
    }

    /// National code (mã thủ tục, `1.001193`), a local one (`DP.HOTICH.001`), or that of an internal procedure
    /// (`NB.NOIVU.001`).
    fn code(&self) -> &str {
        &self.0.procedure.code
    }

    /// Whether it is a procedure between agencies (thủ tục nội bộ) and not one of the people's.
    fn internal(&self) -> bool {
        self.0.procedure.internal
    }

    /// Vietnamese name (tên thủ tục).
    fn name(&self) -> &str {
        &self.0.shown.name
    }

    /// Field (lĩnh vực), ASCII code.
    fn field_code(&self) -> &str {
        &self.0.shown.field_code
    }

    /// Field (lĩnh vực), Vietnamese name.
    fn field_name(&self) -> &str {
        &self.0.shown.field_name
    }

    /// Field group (nhóm lĩnh vực) of plan II.2.a.6-2.
    fn field_group(&self) -> Result<FieldGroup> {
        chosen!(FieldGroup, &self.0.shown.field_group)
    }

    /// Level (cấp thực hiện).
    fn level(&self) -> Result<Level> {
        chosen!(Level, &self.0.shown.level)
    }

    /// Whom it is for (đối tượng thực hiện).
    fn audience(&self) -> Result<Audience> {
        chosen!(Audience, &self.0.shown.audience)
    }

    /// How far it can be done online (mức độ trực tuyến).
    fn online_level(&self) -> Result<OnlineLevel> {
        chosen!(OnlineLevel, &self.0.shown.online_level)
    }

    /// Whether a fee or charge is due (có nghĩa vụ tài chính).
    fn has_financial_obligation(&self) -> bool {
        self.0.shown.has_financial_obligation
    }

    /// Whether it can be paid online (thanh toán trực tuyến).
    fn online_payment_enabled(&self) -> bool {
        self.0.shown.online_payment_enabled
    }

    /// Whether it qualifies for online provision (đủ điều kiện cung cấp trực tuyến).
    fn online_eligible(&self) -> bool {
        self.0.shown.online_eligible
    }

    /// Whether it is provided online (đã cung cấp trực tuyến).
    fn online_provided(&self) -> bool {
        self.0.shown.online_provided
    }

    /// Whether the National Public Service Portal offers it (tích hợp Cổng Dịch vụ công quốc gia).
    fn integrated_on_national_portal(&self) -> bool {
        self.0.shown.integrated_on_national_portal
    }

    /// Whether it can be paid on that portal.
    fn payable_on_national_portal(&self) -> bool {
        self.0.shown.payable_on_national_portal
    }

    /// Whether several agencies handle it (liên thông).
    fn inter_agency(&self) -> bool {
        self.0.shown.inter_agency
    }

    /// How the online service is reached (phương thức tiếp cận).
    fn access_channels(&self) -> Vec<AccessChannel> {
        AccessChannels(self.0.shown.access_channels).list()
    }

    /// Whether a mobile phone is enough (dùng được trên thiết bị di động): an app of its own, VNeID or Zalo.
    fn mobile_accessible(&self) -> bool {
        AccessChannels(self.0.shown.access_channels).mobile()
    }

    /// Time limit by law (thời hạn theo quy định).
    fn statutory_limit(&self) -> Result<Option<TimeLimit>> {
        Ok(store::statutory_limit(&self.0.shown)?)
    }

    /// Time limit that the ward commits itself to (thời hạn cam kết).
    fn committed_limit(&self) -> Result<Option<TimeLimit>> {
        Ok(store::committed_limit(&self.0.shown)?)
    }

    /// Fee lines (phí, lệ phí); at most 50.
    fn fees(&self) -> Result<Vec<Fee>> {
        Ok(serde_json::from_value(self.0.shown.fees.clone()).map_err(ApiError::internal)?)
    }

    /// Dossier components (thành phần hồ sơ); at most 100.
    fn components(&self) -> Result<Vec<DossierComponent>> {
        Ok(serde_json::from_value(self.0.shown.components.clone()).map_err(ApiError::internal)?)
    }

    /// What the version shown is (loại thay đổi).
    fn change_kind(&self) -> Result<ChangeKind> {
        chosen!(ChangeKind, &self.0.shown.change_kind)
    }

    /// First day in force of the version shown (ngày có hiệu lực); of REPLACED and ABOLISHED the first day out
    /// of force.
    fn effective_from(&self) -> NaiveDate {
        self.0.shown.effective_from
    }

    /// Last day in force of the version shown; null while nothing ends it, and for REPLACED and ABOLISHED.
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.shown.effective_to
    }

    /// Whether it is in force on a day (có hiệu lực).
    async fn in_force(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; unless said the one for which the procedure is shown.")] on: Option<NaiveDate>,
    ) -> Result<bool> {
        let day = on.unwrap_or(self.0.on);
        let rows = ctx.loader()?.load_one(VersionsOf(self.0.procedure.id)).await.map_err(ApiError::shared)?;
        let versions = rows.unwrap_or_default();
        Ok(versions.iter().any(|row| store::in_force(row, day, day)))
    }

    /// Its versions through time, the latest first.
    async fn versions(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 50.", validator(minimum = 1, maximum = 50))] first: u32,
    ) -> Result<Vec<ProcedureVersion>> {
        let rows = ctx.loader()?.load_one(VersionsOf(self.0.procedure.id)).await.map_err(ApiError::shared)?;
        let rows = rows.unwrap_or_default();
        let first = first.min(MAX_VERSIONS) as usize;
        Ok(rows.iter().rev().take(first).map(|row| ProcedureVersion { row: row.clone() }).collect())
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.procedure.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.procedure.updated_at
    }

    /// The unit that manages it (đơn vị quản lý).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.procedure.organisation_id).await?)
    }

    /// Its latest dossier statistics in accepted submissions, the latest first.
    async fn latest_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 3, desc = "How many, 1 to 20.", validator(minimum = 1, maximum = 20))] first: u32,
    ) -> Result<Vec<DossierStatisticsLine>> {
        let key = LatestLinesOf { procedure_id: self.0.procedure.id, first: first.min(20) };
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().map(|row| DossierStatisticsLine::latest(row, Arc::clone(&self.0))).collect())
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let upward = upward(ctx, self.0.procedure.organisation_id).await?;
        let subject = Subject {
            organisation_id: self.0.procedure.organisation_id,
            upward: &upward,
            standing_body: false,
            written_by_caller: false,
            form: None,
        };
        Ok(allowed::of_record(&ctx.request()?.caller, &[Action::ImportProcedures], &subject, ctx.language()))
    }

    /// The latest proposals to simplify it that the caller may see, the latest first (rà soát, đơn giản hóa).
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 5, desc = "How many, 1 to 20.", validator(minimum = 1, maximum = 20))] first: u32,
    ) -> Result<Vec<ProcedureReview>> {
        Ok(simplification::graphql::latest_of(ctx, self.0.procedure.id, first.min(20)).await?)
    }

    /// Where it is made public, one for each place (công khai thủ tục).
    async fn publications(&self, ctx: &Context<'_>) -> Result<Vec<ProcedurePublication>> {
        Ok(publicity::graphql::publications_of(ctx, self.0.procedure.id).await?)
    }
}

connection! {
    /// A page of procedures.
    ProcedureConnection, ProcedureEdge, Procedure
}

/// What procedures add to an organisation.
pub struct OrganisationProcedures<'a>(&'a Organisation);

/// What procedures add to an organisation.
#[rows::row_object]
impl OrganisationProcedures<'_> {
    /// The first procedures that it manages, by code. To go on, pass `endCursor` to the root field
    /// `procedures(organisation:, after:)`.
    async fn procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<ProcedureConnection> {
        let key = ProceduresOf { organisation_id: self.0.0.id, first: first.min(MAX_PAGE) };
        let found = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?;
        Ok(ProcedureConnection(first_rows(key, found.unwrap_or_default())))
    }
}

rows::extension! {
    /// What procedures add to an organisation.
    pub ORGANISATION_FIELDS: Organisation => OrganisationProcedures
}
