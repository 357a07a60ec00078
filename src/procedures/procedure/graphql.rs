//! Procedures in the schema; what changes them stands in [`import`].

pub mod import;

use kit::paging::MAX_PAGE;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::procedure::procedure_version;
use uuid::Uuid;

use super::rules::{
    AccessChannel, AccessChannels, Audience, ChangeKind, DossierComponent, Fee, FieldGroup, Level, OnlineLevel,
    TimeLimit,
};
use super::store::{self, PublicationDue, Record};
use crate::dossier::graphql::{DossierStatisticsLine, LatestLinesOf};
use crate::publicity::graphql::ProcedurePublication;
use crate::publicity::rules::due_if_announced_by;
use crate::simplification::graphql::ProcedureReview;
use crate::{publicity, simplification};
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use base::parameter;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::id;
use kit::id::Kind;

/// The key of a procedure in the loader, as it stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcedureId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ProcedureId> for Batch {
    type Value = Arc<Record>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProcedureId]) -> Result<HashMap<ProcedureId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let today = self.app.clock.today();
        let rows = store::by_ids(self.app.db.read(), &self.viewer, ids, today).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ProcedureId(row.procedure.id), Arc::new(row))).collect())
    }
}

/// The key of the first procedures of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProceduresOf {
    /// Whose.
    pub organisation_id: Uuid,
    /// How many.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<ProceduresOf> for Batch {
    type Value = Arc<Vec<Arc<Record>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProceduresOf]) -> Result<HashMap<ProceduresOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.organisation_id);
        }
        let today = self.app.clock.today();
        let mut found = HashMap::with_capacity(keys.len());
        for (first, ids) in by_length {
            // One more than asked for tells whether there is more.
            let limit = u64::from(first) + 1;
            let rows = store::first_of_organisations(self.app.db.read(), &self.viewer, &ids, today, limit)
                .await
                .map_err(Arc::new)?;
            found.extend(rows.into_iter().map(|(organisation_id, rows)| {
                (ProceduresOf { organisation_id, first }, Arc::new(rows.into_iter().map(Arc::new).collect()))
            }));
        }
        Ok(found)
    }
}

/// The key of a procedure's versions in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<VersionsOf> for Batch {
    type Value = Arc<Vec<procedure_version::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[VersionsOf]) -> Result<HashMap<VersionsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = store::versions_of(self.app.db.read(), &ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|(id, rows)| (VersionsOf(id), Arc::new(rows))).collect())
    }
}

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

/// What to look for among procedures; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct ProcedureFilter {
    /// Only those whose code, name and field hold every word of this, in any order; diacritics and case do not matter.
    pub search: Option<String>,
    /// Only of this field, by code.
    pub field_code: Option<String>,
    /// Only of this field group.
    pub field_group: Option<FieldGroup>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only for this audience.
    pub audience: Option<Audience>,
    /// Only of this online level.
    pub online_level: Option<OnlineLevel>,
    /// Only those that qualify for online provision, or do not.
    pub online_eligible: Option<bool>,
    /// Only those provided online, or not.
    pub online_provided: Option<bool>,
    /// Only those offered by the national portal, or not.
    pub integrated_on_national_portal: Option<bool>,
    /// Only those with a fee or charge, or without.
    pub has_financial_obligation: Option<bool>,
    /// Only those that can be paid online, or not.
    pub online_payment_enabled: Option<bool>,
    /// Only those that can be paid on the national portal, or not.
    pub payable_on_national_portal: Option<bool>,
    /// Only those that several agencies handle, or one.
    pub inter_agency: Option<bool>,
    /// Only those that can be reached in all of these ways; at most 6.
    #[graphql(validator(max_items = 6))]
    pub access_channels: Option<Vec<AccessChannel>>,
    /// Only those for which a mobile phone is enough, or not.
    pub mobile_accessible: Option<bool>,
    /// Only those whose version on the day is one of these; at most 5.
    #[graphql(validator(max_items = 5))]
    pub change_kinds: Option<Vec<ChangeKind>>,
    /// Only those in force that had to be made public by today and are not, or the others (chậm công khai, plan
    /// II.2.b.3): announced or amended longer ago than the parameter PUBLICATION_DAYS, and not public since, or
    /// found outdated or missing, at each of the PUBLICATION_PLACES.
    pub publication_overdue: Option<bool>,
    /// Only those in force on this day, as they stood then.
    pub in_force_on: Option<NaiveDate>,
}

impl ProcedureFilter {
    fn looked_for(self, internal: bool) -> store::Filter {
        use procedure_version::Column;
        let flags = [
            (Column::OnlineEligible, self.online_eligible),
            (Column::OnlineProvided, self.online_provided),
            (Column::IntegratedOnNationalPortal, self.integrated_on_national_portal),
            (Column::HasFinancialObligation, self.has_financial_obligation),
            (Column::OnlinePaymentEnabled, self.online_payment_enabled),
            (Column::PayableOnNationalPortal, self.payable_on_national_portal),
            (Column::InterAgency, self.inter_agency),
        ];
        store::Filter {
            search: self.search,
            field_code: self.field_code,
            field_group: self.field_group,
            level: self.level,
            audience: self.audience,
            online_level: self.online_level,
            change_kinds: self.change_kinds.unwrap_or_default(),
            flags: flags.into_iter().filter_map(|(column, value)| value.map(|value| (column, value))).collect(),
            access_channels: AccessChannels::of(&self.access_channels.unwrap_or_default()),
            mobile_accessible: self.mobile_accessible,
            internal: Some(internal),
            in_force: self.in_force_on.is_some(),
            ..store::Filter::default()
        }
    }
}

/// The part of the arguments that both lists share.
struct Listing {
    programme: Option<String>,
    organisation: Option<String>,
    filter: ProcedureFilter,
    on: Option<NaiveDate>,
    internal: bool,
}

async fn list(ctx: &Context<'_>, listing: Listing, page: &kit::paging::Page) -> Result<ProcedureConnection> {
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let connection = app.db.read();
    let programme_id = organisations::programme_id_of(connection, &viewer, listing.programme.as_deref()).await?;
    let organisation_id =
        organisations::id_of(connection, &viewer, listing.programme.as_deref(), listing.organisation.as_deref())
            .await?;
    let on = match (listing.filter.in_force_on, listing.on) {
        (Some(in_force), Some(on)) if in_force != on => {
            return Err(ApiError::bad_input(Message::new("procedure-two-days")).into());
        }
        (in_force, on) => in_force.or(on).unwrap_or_else(|| app.clock.today()),
    };
    let publication_overdue = match listing.filter.publication_overdue {
        None => None,
        Some(overdue) => {
            // How many days and where is each programme's own to say.
            let programme = organisations::programme_by_code(connection, &viewer, listing.programme.as_deref()).await?;
            let today = app.clock.today();
            let parameters = parameter::store::in_force(connection, programme.id, today).await?;
            let days = parameters.count(parameter::Code::PublicationDays)?;
            let due = PublicationDue {
                announced_by: due_if_announced_by(today, days),
                places: publicity::store::required_places(&parameters)?,
            };
            Some((overdue, due))
        }
    };
    let filter = store::Filter {
        programme_id,
        organisation_id,
        publication_overdue,
        ..listing.filter.looked_for(listing.internal)
    };
    let slice = store::page(connection, &viewer, &filter, on, page).await?;
    Ok(ProcedureConnection(Rows::of(slice, |row| Procedure(Arc::new(row)))))
}

/// Reading procedures.
#[derive(Default)]
pub struct ProcedureQuery;

/// Reading procedures.
#[rows::row_object]
impl ProcedureQuery {
    /// The procedure of a code, internal ones too; null when there is none that the caller may see.
    async fn procedure(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `1.001193`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "As it stood on this day; today unless said.")] on: Option<NaiveDate>,
    ) -> Option<ApiResult<Procedure>> {
        let found = async {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            let connection = app.db.read();
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            let on = on.unwrap_or_else(|| app.clock.today());
            Ok(store::records_by_codes(connection, programme.id, std::slice::from_ref(&code), on).await?.remove(&code))
        };
        or_null(found.await.map(|row: Option<Record>| row.map(|row| Procedure(Arc::new(row)))))
    }

    /// The people's procedures (thủ tục hành chính), by code; as they stand today, unless another day is asked for.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those that the organisation of this code manages.")] organisation: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureFilter,
        #[graphql(desc = "As they stood on this day; today, or the filter's `inForceOn`, unless said.")] on: Option<
            NaiveDate,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureConnection> {
        let listing = Listing { programme, organisation, filter, on, internal: false };
        list(ctx, listing, &page(first, after, last, before)?).await
    }

    /// Internal procedures between agencies (thủ tục hành chính nội bộ, plan II.2.b.1), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn internal_procedures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(desc = "Only those that the organisation of this code manages.")] organisation: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: ProcedureFilter,
        #[graphql(desc = "As they stood on this day; today, or the filter's `inForceOn`, unless said.")] on: Option<
            NaiveDate,
        >,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProcedureConnection> {
        let listing = Listing { programme, organisation, filter, on, internal: true };
        list(ctx, listing, &page(first, after, last, before)?).await
    }
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
