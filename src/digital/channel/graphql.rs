//! What must stand on online channels, in the schema. What changes it stands in [`mutation`].

pub mod mutation;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::digital::{online_duty, online_duty_check};
use uuid::Uuid;

use super::store::{self, Freshness};
use super::{OnlineChannel, rules};
use crate::system::graphql::recording;
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use base::parameter::graphql::parameters_today;
use base::parameter::rules::holds_on;
use base::parameter::{Code, store as parameters};
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};

/// The parameter that says how old something on a channel may be.
fn age_of(channel: OnlineChannel) -> Code {
    if OnlineChannel::PORTALS.contains(&channel) { Code::PortalUpdateDays } else { Code::SocialUpdateDays }
}

/// The key of the checks of a duty in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DutyChecksOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<DutyChecksOf> for Batch {
    type Value = Arc<Vec<Arc<online_duty_check::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[DutyChecksOf]) -> Result<HashMap<DutyChecksOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<DutyChecksOf, Vec<Arc<online_duty_check::Model>>> = HashMap::new();
        for row in store::checks_of(self.app.db.read(), &ids).await.map_err(Arc::new)? {
            found.entry(DutyChecksOf(row.duty_id)).or_default().push(Arc::new(row));
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// A look at what stands on a channel (lần kiểm tra).
pub struct OnlineDutyCheck(Arc<online_duty_check::Model>);

/// A look at what stands on a channel (lần kiểm tra). Never changed.
#[rows::row_object]
impl OnlineDutyCheck {
    /// When it was looked at (ngày kiểm tra).
    fn looked_on(&self) -> NaiveDate {
        self.0.looked_on
    }

    /// When it had last been updated; null where nothing stood there (ngày cập nhật gần nhất).
    fn updated_on(&self) -> Option<NaiveDate> {
        self.0.updated_on
    }

    /// A remark (ghi chú).
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was recorded.
    fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// What must stand on an online channel and be kept up to date (nội dung phải cập nhật trên kênh trực tuyến).
#[derive(Clone)]
pub struct OnlineDuty(pub Arc<online_duty::Model>);

impl OnlineDuty {
    fn kind(&self) -> ApiResult<OnlineChannel> {
        Ok(OnlineChannel::from_str(&self.0.channel)?)
    }

    async fn max_age(&self, ctx: &Context<'_>) -> ApiResult<u32> {
        parameters_today(ctx, self.0.programme_id).await?.count(age_of(self.kind()?))
    }
}

/// What must stand on an online channel and be kept up to date (nội dung phải cập nhật trên kênh trực tuyến).
#[rows::row_object]
impl OnlineDuty {
    /// Its code in the programme (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Whose duty (đơn vị phụ trách).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// The kind of channel (loại kênh).
    fn channel(&self) -> Result<OnlineChannel> {
        Ok(self.kind()?)
    }

    /// The channel's name (tên kênh).
    fn channel_name(&self) -> &str {
        &self.0.channel_name
    }

    /// Its address (địa chỉ).
    fn url(&self) -> &str {
        &self.0.url
    }

    /// What must stand there (nội dung).
    fn content(&self) -> &str {
        &self.0.content
    }

    /// First day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while nothing ends it (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// When it was last looked at; null when never (ngày kiểm tra gần nhất).
    fn last_looked_on(&self) -> Option<NaiveDate> {
        self.0.last_looked_on
    }

    /// When it had last been updated then; null when nothing stood there, or nobody looked (ngày cập nhật gần nhất).
    fn last_updated_on(&self) -> Option<NaiveDate> {
        self.0.last_updated_on
    }

    /// How many days old it may be, by the parameter PORTAL_UPDATE_DAYS or SOCIAL_UPDATE_DAYS of today
    /// (thời hạn cập nhật).
    async fn max_age_days(&self, ctx: &Context<'_>) -> Result<u32> {
        Ok(self.max_age(ctx).await?)
    }

    /// Until when it is fresh enough, as far as the last look tells (hạn cập nhật tiếp theo).
    async fn fresh_until(&self, ctx: &Context<'_>) -> Result<NaiveDate> {
        Ok(rules::fresh_until(self.0.effective_from, self.0.last_updated_on, self.max_age(ctx).await?))
    }

    /// Whether it holds today and is older than it may be, as far as the last look tells (quá hạn cập nhật).
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        let today = ctx.app()?.clock.today();
        let until = rules::fresh_until(self.0.effective_from, self.0.last_updated_on, self.max_age(ctx).await?);
        Ok(holds_on((self.0.effective_from, self.0.effective_to), today) && until < today)
    }

    /// How it was found, the latest first (các lần kiểm tra).
    async fn checks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<OnlineDutyCheck>> {
        let found = ctx.loader()?.load_one(DutyChecksOf(self.0.id)).await.map_err(ApiError::shared)?;
        let checks = found.unwrap_or_default();
        Ok(checks.iter().take(first as usize).map(|row| OnlineDutyCheck(Arc::clone(row))).collect())
    }

    /// Grows with every change and every look.
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
    /// A page of what must stand on online channels.
    OnlineDutyConnection, OnlineDutyEdge, OnlineDuty
}

/// What to look for among what must stand on online channels; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct OnlineDutyFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only on these channels.
    pub channels: Option<Vec<OnlineChannel>>,
    /// Only what holds on this day.
    pub on: Option<NaiveDate>,
    /// Only what holds today and is older than it may be (true), or is not (false).
    pub overdue: Option<bool>,
}

/// Reading what must stand on online channels.
#[derive(Default)]
pub struct OnlineDutyQuery;

/// Reading what must stand on online channels.
#[rows::row_object]
impl OnlineDutyQuery {
    /// The duty of a code; null when there is none that the caller may see.
    async fn online_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `CTT-01`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<OnlineDuty>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| OnlineDuty(Arc::new(row)))))
    }

    /// What must stand on the portal and on fanpages (nội dung phải cập nhật), by code; what is overdue among it.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn online_duties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: OnlineDutyFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<OnlineDutyConnection> {
        let app = ctx.app()?;
        let (connection, viewer) = (app.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let today = app.clock.today();
        let overdue = match filter.overdue {
            Some(overdue) => {
                let held = parameters::in_force(connection, programme.id, today).await?;
                let since = |code| ApiResult::Ok(rules::fresh_since(today, held.count(code)?));
                let freshness = Freshness {
                    today,
                    portals_since: since(Code::PortalUpdateDays)?,
                    others_since: since(Code::SocialUpdateDays)?,
                };
                Some((freshness, overdue))
            }
            None => None,
        };
        let code = Some(programme.code.as_str());
        let filter = store::Filter {
            programme_id: Some(programme.id),
            organisation_id: organisations::id_of(connection, &viewer, code, filter.organisation.as_deref()).await?,
            channels: filter.channels.unwrap_or_default(),
            on: filter.on,
            overdue,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(OnlineDutyConnection(Rows::of(slice, |row| OnlineDuty(Arc::new(row)))))
    }
}
