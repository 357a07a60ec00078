//! Applications of new technology in the schema.

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::digital::technology_application;

use super::rules::Wanted;
use super::service::{self, SaveRequest};
use super::{ApplicationSector, ApplicationStatus, Technology, store};
use crate::system::graphql::recording;
use access::policy::{Action, roles_for};
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{ContextExt, or_null};
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// An application of new technology (ứng dụng AI, IoT, dữ liệu lớn).
#[derive(Clone)]
pub struct TechnologyApplication(pub Arc<technology_application::Model>);

/// An application of new technology (ứng dụng AI, IoT, dữ liệu lớn).
#[rows::row_object]
impl TechnologyApplication {
    /// Its code in the programme (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name (tên).
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Who applies it (đơn vị ứng dụng).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Which technology (công nghệ).
    fn technology(&self) -> Result<Technology> {
        Ok(Technology::from_str(&self.0.technology).map_err(ApiError::from)?)
    }

    /// In which sector (lĩnh vực).
    fn sector(&self) -> Result<ApplicationSector> {
        Ok(ApplicationSector::from_str(&self.0.sector).map_err(ApiError::from)?)
    }

    /// How far it is (tình trạng).
    fn status(&self) -> Result<ApplicationStatus> {
        Ok(ApplicationStatus::from_str(&self.0.status).map_err(ApiError::from)?)
    }

    /// From which day it is so far (từ ngày).
    fn since(&self) -> NaiveDate {
        self.0.since
    }

    /// What it does (mô tả).
    fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
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
    /// A page of applications of new technology.
    TechnologyApplicationConnection, TechnologyApplicationEdge, TechnologyApplication
}

/// What to look for among applications of new technology; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct TechnologyApplicationFilter {
    /// Only of the organisation of this code, or of those below it.
    pub organisation: Option<String>,
    /// Only of these technologies.
    pub technologies: Option<Vec<Technology>>,
    /// Only in these sectors.
    pub sectors: Option<Vec<ApplicationSector>>,
    /// Only those that are so far.
    pub statuses: Option<Vec<ApplicationStatus>>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
}

/// Reading applications of new technology.
#[derive(Default)]
pub struct TechnologyApplicationQuery;

/// Reading applications of new technology.
#[rows::row_object]
impl TechnologyApplicationQuery {
    /// The application of new technology of a code; null when there is none that the caller may see.
    async fn technology_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code, such as `UD-RAC`.")] code: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<TechnologyApplication>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::by_code(connection, &viewer, programme.id, &code).await
        };
        or_null(found.await.map(|row| row.map(|row| TechnologyApplication(Arc::new(row)))))
    }

    /// Applications of new technology (ứng dụng AI, IoT, dữ liệu lớn), by code.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn technology_applications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: TechnologyApplicationFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<TechnologyApplicationConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = programme.as_deref();
        let filter = store::Filter {
            programme_id: organisations::programme_id_of(connection, &viewer, programme).await?,
            organisation_id: organisations::id_of(connection, &viewer, programme, filter.organisation.as_deref())
                .await?,
            technologies: filter.technologies.unwrap_or_default(),
            sectors: filter.sectors.unwrap_or_default(),
            statuses: filter.statuses.unwrap_or_default(),
            search: filter.search,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(TechnologyApplicationConnection(Rows::of(slice, |row| TechnologyApplication(Arc::new(row)))))
    }
}

/// An application of new technology (ứng dụng AI, IoT, dữ liệu lớn), entered or changed by its code.
#[derive(Debug, InputObject)]
pub struct SaveTechnologyApplicationInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, such as `UD-RAC` (mã).
    pub code: String,
    /// Code of the organisation that applies it; does not change afterwards (đơn vị ứng dụng).
    pub organisation: String,
    /// Its name; up to 500 characters (tên).
    pub name: String,
    /// Which technology (công nghệ).
    pub technology: Technology,
    /// In which sector (lĩnh vực).
    pub sector: ApplicationSector,
    /// How far it is (tình trạng).
    pub status: ApplicationStatus,
    /// From which day; not later than today, and of a new status not before that of the last (từ ngày).
    pub since: NaiveDate,
    /// What it does; up to 2,000 characters (mô tả).
    pub description: Option<String>,
    /// The version that the caller has seen; left out or 0 for a new one.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of a change of an application of new technology.
#[derive(rows::RowObject)]
pub struct SaveTechnologyApplicationPayload {
    /// The application after the change; null when something must be mended, or on a dry run.
    pub application: Option<TechnologyApplication>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping applications of new technology.
#[derive(Default)]
pub struct TechnologyApplicationMutation;

/// Keeping applications of new technology.
#[rows::row_object]
impl TechnologyApplicationMutation {
    /// Enters an application of new technology, or changes it (cập nhật ứng dụng AI, IoT, dữ liệu lớn).
    #[graphql(directive = requires::apply(Action::RecordDigital, roles_for(Action::RecordDigital)))]
    async fn save_technology_application(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application.")] input: SaveTechnologyApplicationInput,
    ) -> Result<SaveTechnologyApplicationPayload> {
        let dry_run = input.dry_run;
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            application: Wanted {
                code: input.code,
                name: input.name,
                technology: input.technology,
                sector: input.sector,
                status: input.status,
                since: input.since,
                description: input.description,
            },
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let application = done.filter(|_| !dry_run).map(|row| TechnologyApplication(Arc::new(row)));
        Ok(SaveTechnologyApplicationPayload { application, user_errors })
    }
}
