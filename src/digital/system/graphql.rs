//! Information systems and their integrations in the schema. What changes them stands in [`mutation`].

pub mod mutation;

use base::programme::graphql::LeadsOf;
use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::digital::information_system;
use uuid::Uuid;

use super::rules::{self, Event};
use super::store::{self, Recorded};
use super::{IntegrationDirection, IntegrationStatus, Platform, SystemLevel, SystemState};
use crate::confirming;
use crate::confirming::INTEGRATION_TASK;
use access::policy;
use access::policy::AllowedAction as Decision;
use access::policy::{Action, Subject};
use base::organisation::graphql::{Organisation, load_required, upward};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::units::LeadSubject;
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};

/// The key of the integrations of a system in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IntegrationsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<IntegrationsOf> for Batch {
    type Value = Arc<Vec<Recorded>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[IntegrationsOf]) -> Result<HashMap<IntegrationsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<IntegrationsOf, Vec<Recorded>> = HashMap::new();
        for event in store::events_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            found.entry(IntegrationsOf(event.0.system_id)).or_default().push(event);
        }
        Ok(found.into_iter().map(|(key, events)| (key, Arc::new(events))).collect())
    }
}

/// What became of an integration, from a day on (biến động kết nối).
pub struct IntegrationEvent(Recorded);

/// What became of an integration, from a day on (biến động kết nối). Never changed.
#[rows::row_object]
impl IntegrationEvent {
    /// Which way data goes (chiều dữ liệu).
    fn direction(&self) -> Result<IntegrationDirection> {
        Ok(IntegrationDirection::from_str(&self.0.0.direction).map_err(ApiError::from)?)
    }

    /// How far it is (tình trạng).
    fn status(&self) -> Result<IntegrationStatus> {
        Ok(IntegrationStatus::from_str(&self.0.0.status).map_err(ApiError::from)?)
    }

    /// From which day (từ ngày).
    fn since(&self) -> NaiveDate {
        self.0.0.since
    }

    /// Its place in the history, from 1.
    fn number(&self) -> i32 {
        self.0.0.number
    }

    /// A remark (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.0.note.as_deref()
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.0.recorded_at
    }

    /// When somebody else confirmed it; null where nobody did. Only what says that it is live is confirmed
    /// (thời điểm xác nhận).
    fn confirmed_at(&self) -> Option<DateTime<Utc>> {
        self.0.1.as_ref().map(|row| row.confirmed_at)
    }
}

/// The integration of an information system with a platform (kết nối, tích hợp).
pub struct SystemIntegration {
    system: Arc<information_system::Model>,
    history: Vec<Recorded>,
}

impl SystemIntegration {
    fn events(&self) -> ApiResult<Vec<Event>> {
        self.history.iter().map(store::read).collect()
    }

    fn last(&self) -> ApiResult<&Recorded> {
        self.history.last().ok_or_else(|| ApiError::internal("an integration without a history"))
    }
}

/// The integration of an information system with a platform (kết nối, tích hợp).
#[rows::row_object]
impl SystemIntegration {
    /// With which platform (nền tảng).
    fn platform(&self) -> Result<Platform> {
        Ok(Platform::from_str(&self.last()?.0.platform).map_err(ApiError::from)?)
    }

    /// What was recorded last (tình trạng ghi nhận gần nhất).
    fn latest(&self) -> Result<IntegrationEvent> {
        Ok(IntegrationEvent(self.last()?.clone()))
    }

    /// Whether it is live and confirmed, and so counts as integrated (đang vận hành, đã xác nhận).
    fn live(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<bool> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(rules::live_on(&self.events()?, day))
    }

    /// All that was recorded, the earliest first; at most the last 100 (lịch sử).
    fn history(&self) -> Vec<IntegrationEvent> {
        let skipped = self.history.len().saturating_sub(100);
        self.history.iter().skip(skipped).cloned().map(IntegrationEvent).collect()
    }

    /// How many events there are: what `expectedVersion` asks for.
    fn version(&self) -> Result<i32> {
        Ok(self.last()?.0.number)
    }

    /// What the caller may do with it: confirm it, by the standing body's rule or as the lead of task II.6.b.3.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        let caller = &ctx.request()?.caller;
        let id = self.system.organisation_id;
        let key = LeadsOf((self.system.programme_id, LeadSubject::Task, INTEGRATION_TASK.to_owned()));
        let leads = async { ctx.loader()?.load_one(key).await.map_err(ApiError::shared) };
        let (upward, organisation, leads) = futures_util::try_join!(upward(ctx, id), load_required(ctx, id), leads)?;
        let own = caller.person().is_ok_and(|person| {
            person.person_id == self.history.last().map_or(Uuid::nil(), |(row, _)| row.recorded_by)
        });
        let subject = Subject {
            organisation_id: id,
            upward: &upward,
            standing_body: organisation.0.standing_body,
            written_by_caller: own,
            form: None,
        };
        let action = Action::ConfirmDigital;
        let denied = match confirming::as_lead(caller, &leads.unwrap_or_default(), id, own) {
            Some(_) => None,
            None => policy::permit(caller, action, &subject).err().map(|refused| refused.denial.message()),
        };
        let denied =
            denied.or_else(|| rules::to_confirm(&self.events().unwrap_or_default()).err().map(|fault| fault.message));
        Ok(vec![AllowedAction::of(Decision { action, denied }, ctx.language())])
    }
}

/// An information system (hệ thống thông tin).
#[derive(Clone)]
pub struct InformationSystem(pub Arc<information_system::Model>);

/// An information system (hệ thống thông tin).
#[rows::row_object]
impl InformationSystem {
    /// Its code in the programme (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name (tên).
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Who uses it and answers for it (đơn vị sử dụng, quản lý).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Who provides it (cấp cung cấp).
    fn level(&self) -> Result<SystemLevel> {
        Ok(SystemLevel::from_str(&self.0.level).map_err(ApiError::from)?)
    }

    /// What it is for (mục đích, lĩnh vực).
    fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// Its security level, 1 to 5; null while none is approved (cấp độ an toàn hệ thống thông tin).
    fn security_level(&self) -> Option<i32> {
        self.0.security_level
    }

    /// Number of the decision that approved that level (số quyết định phê duyệt cấp độ).
    fn security_decision_number(&self) -> Option<&str> {
        self.0.security_decision_number.as_deref()
    }

    /// Its day (ngày quyết định).
    fn security_decision_date(&self) -> Option<NaiveDate> {
        self.0.security_decision_date
    }

    /// First day of use; null while that is open (sử dụng từ ngày).
    fn used_from(&self) -> Option<NaiveDate> {
        self.0.used_from
    }

    /// Last day of use; null while nothing ends it (đến ngày).
    fn used_to(&self) -> Option<NaiveDate> {
        self.0.used_to
    }

    /// Whether it is used, by its days (tình trạng sử dụng).
    fn state(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On which day; today by default.")] on: Option<NaiveDate>,
    ) -> Result<SystemState> {
        let day = match on {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(rules::state_on((self.0.used_from, self.0.used_to), day))
    }

    /// Its integrations, one for each platform; at most as many as there are platforms (kết nối, tích hợp).
    async fn integrations(&self, ctx: &Context<'_>) -> Result<Vec<SystemIntegration>> {
        let events = self.loaded(ctx).await?;
        let mut by_platform: BTreeMap<&str, Vec<Recorded>> = BTreeMap::new();
        for event in events.iter() {
            by_platform.entry(event.0.platform.as_str()).or_default().push(event.clone());
        }
        let of = |history| SystemIntegration { system: Arc::clone(&self.0), history };
        Ok(by_platform.into_values().map(of).collect())
    }

    /// Whether some integration is live and confirmed today (đã kết nối).
    async fn integrated(&self, ctx: &Context<'_>) -> Result<bool> {
        let today = ctx.app()?.clock.today();
        let events = self.loaded(ctx).await?;
        let mut by_platform: BTreeMap<&str, Vec<Event>> = BTreeMap::new();
        for event in events.iter() {
            by_platform.entry(event.0.platform.as_str()).or_default().push(store::read(event)?);
        }
        Ok(by_platform.values().any(|history| rules::live_on(history, today)))
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

impl InformationSystem {
    async fn loaded(&self, ctx: &Context<'_>) -> ApiResult<Arc<Vec<Recorded>>> {
        Ok(ctx.loader()?.load_one(IntegrationsOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default())
    }
}

/// Whether the caller may record the lines of an organisation.
pub async fn recording(ctx: &Context<'_>, organisation_id: Uuid) -> ApiResult<Vec<AllowedAction>> {
    let (upward, organisation) =
        futures_util::try_join!(upward(ctx, organisation_id), load_required(ctx, organisation_id))?;
    let subject = Subject {
        organisation_id,
        upward: &upward,
        standing_body: organisation.0.standing_body,
        written_by_caller: false,
        form: None,
    };
    Ok(allowed::of_record(&ctx.request()?.caller, &[Action::RecordDigital], &subject, ctx.language()))
}

connection! {
    /// A page of information systems.
    InformationSystemConnection, InformationSystemEdge, InformationSystem
}

/// What to look for among information systems; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct InformationSystemFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only of these levels.
    pub levels: Option<Vec<SystemLevel>>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that are used on this day.
    pub used_on: Option<NaiveDate>,
    /// Only those that are integrated (true), or are not (false): on the day of `usedOn`, or today.
    pub integrated: Option<bool>,
}

/// Reading information systems.
#[derive(Default)]
pub struct InformationSystemQuery;

/// Reading information systems.
#[rows::row_object]
impl InformationSystemQuery {
    /// The information system of a code; null when there is none that the caller may see.
    async fn information_system(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `HT-MOTCUA`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<InformationSystem>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| InformationSystem(Arc::new(row)))))
    }

    /// Information systems (danh mục hệ thống thông tin), by code; those that are not integrated among them.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn information_systems(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: InformationSystemFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<InformationSystemConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = programme.as_deref();
        let day = filter.used_on.unwrap_or_else(|| app.clock.today());
        let filter = store::Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme).await?,
            organisation_id: organisations::id_of(connection, &viewer, programme, filter.organisation.as_deref())
                .await?,
            levels: filter.levels.unwrap_or_default(),
            search: filter.search,
            used_on: filter.used_on,
            integrated: filter.integrated.map(|integrated| (day, integrated)),
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(InformationSystemConnection(Rows::of(slice, |row| InformationSystem(Arc::new(row)))))
    }
}
