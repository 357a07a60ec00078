//! Functions and tasks of organisations in the schema.

use kit::paging::MAX_PAGE;
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::apparatus::organisation_function;
use uuid::Uuid;

use super::rules::FunctionInput;
use super::service::{self, SaveRequest};
use super::{FunctionKind, FunctionRole, store};
use access::policy::{Action, roles_for};
use base::organisation::graphql::{Organisation, load_required};
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt};
use kit::directive::requires;
use kit::payload;
use kit::payload::{UserErrorObject, split};

/// The key of the first functions of an organisation in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FunctionsOf {
    /// Whose.
    pub organisation_id: Uuid,
    /// On which day, and how many.
    pub shown: (NaiveDate, u32),
}

#[async_trait::async_trait]
impl Loader<FunctionsOf> for Batch {
    type Value = Arc<Vec<Arc<organisation_function::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[FunctionsOf]) -> Result<HashMap<FunctionsOf, Self::Value>, Self::Error> {
        let mut by_shown: HashMap<(NaiveDate, u32), Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_shown.entry(key.shown).or_default().push(key.organisation_id);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (shown, ids) in by_shown {
            let rows = store::first_of(self.app.db.read(), &self.viewer, &ids, shown).await.map_err(Arc::new)?;
            found.extend(rows.into_iter().map(|(organisation_id, rows)| {
                (FunctionsOf { organisation_id, shown }, Arc::new(rows.into_iter().map(Arc::new).collect()))
            }));
        }
        Ok(found)
    }
}

/// The first functions of an organisation on a day, by code; for a field of the organisation.
pub async fn functions_of(
    ctx: &Context<'_>,
    organisation_id: Uuid,
    on: Option<NaiveDate>,
    first: u32,
) -> ApiResult<Vec<OrganisationFunction>> {
    let day = match on {
        Some(day) => day,
        None => ctx.app()?.clock.today(),
    };
    let key = FunctionsOf { organisation_id, shown: (day, first) };
    let found = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?;
    Ok(found.unwrap_or_default().iter().map(|row| OrganisationFunction(Arc::clone(row))).collect())
}

/// A function, task or power of an organisation and the post that answers for it (rõ người, rõ việc).
pub struct OrganisationFunction(Arc<organisation_function::Model>);

/// A function, task or power of an organisation and the post that answers for it (rõ người, rõ việc).
#[rows::row_object]
impl OrganisationFunction {
    /// Its code, unique in its organisation (mã).
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Whose it is (đơn vị).
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Function, task or power (loại).
    fn kind(&self) -> Result<FunctionKind> {
        Ok(FunctionKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// What it is (nội dung).
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Code of the reform area that it serves (lĩnh vực cải cách).
    fn area_code(&self) -> Option<&str> {
        self.0.area_code.as_deref()
    }

    /// The field of management (lĩnh vực quản lý).
    fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What gives it (căn cứ).
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// The post that answers for it; never a person (chức danh chịu trách nhiệm).
    fn post_title(&self) -> &str {
        &self.0.post_title
    }

    /// Whether the organisation leads in it or coordinates (chủ trì hay phối hợp).
    fn role(&self) -> Result<FunctionRole> {
        Ok(FunctionRole::from_str(&self.0.role).map_err(ApiError::from)?)
    }

    /// First day (từ ngày).
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while nothing ends it (đến ngày).
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }

    /// Grows with every change.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

connection! {
    /// A page of functions and tasks.
    OrganisationFunctionConnection, OrganisationFunctionEdge, OrganisationFunction
}

/// What to look for among functions and tasks; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct OrganisationFunctionFilter {
    /// Only of the organisation of this code.
    pub organisation: Option<String>,
    /// Only of these kinds.
    pub kinds: Option<Vec<FunctionKind>>,
    /// Only of this reform area, by code.
    pub area: Option<String>,
    /// Only where the organisation leads, or coordinates.
    pub role: Option<FunctionRole>,
    /// Only those whose code and title hold every word of this, in any order; diacritics and case do not matter.
    pub search: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// Reading functions and tasks.
#[derive(Default)]
pub struct FunctionQuery;

/// Reading functions and tasks.
#[rows::row_object]
impl FunctionQuery {
    /// Functions, tasks and powers of organisations (chức năng, nhiệm vụ, quyền hạn), by code: who does what.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn organisation_functions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this programme, by code.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: OrganisationFunctionFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<OrganisationFunctionConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let filter = store::Filter {
            programme_id,
            organisation_id,
            kinds: filter.kinds.unwrap_or_default(),
            area: filter.area,
            role: filter.role,
            search: filter.search,
            on: filter.on,
        };
        let slice = store::page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        Ok(OrganisationFunctionConnection(Rows::of(slice, |row| OrganisationFunction(Arc::new(row)))))
    }
}

/// A function, task or power of an organisation.
#[derive(Debug, InputObject)]
pub struct OrganisationFunctionInput {
    /// Its code, 3 to 32 of `A-Z`, `0-9`, `.` and `-`, unique in its organisation (mã).
    pub code: String,
    /// Function, task or power (loại).
    pub kind: FunctionKind,
    /// What it is; up to 2,000 characters (nội dung).
    pub title: String,
    /// Code of the reform area that it serves (lĩnh vực cải cách).
    pub area: Option<String>,
    /// The field of management; up to 200 characters (lĩnh vực quản lý).
    pub field: Option<String>,
    /// What gives it; up to 2,000 characters (căn cứ).
    pub legal_basis: String,
    /// The post that answers for it, such as `Trưởng phòng`; never the name of a person (chức danh).
    pub post_title: String,
    /// Whether the organisation leads in it or coordinates (chủ trì hay phối hợp).
    #[graphql(default_with = "FunctionRole::Lead")]
    pub role: FunctionRole,
    /// First day (từ ngày).
    pub effective_from: NaiveDate,
    /// Last day (đến ngày).
    pub effective_to: Option<NaiveDate>,
}

/// Functions and tasks of an organisation.
#[derive(InputObject)]
pub struct SaveOrganisationFunctionsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation whose they are.
    pub organisation: String,
    /// Functions, tasks and powers, each named by its code; at most 1,000. What is not named stays as it is; to end
    /// one, give its last day.
    pub functions: Vec<OrganisationFunctionInput>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What came of saving functions and tasks: all of it or nothing.
#[derive(rows::RowObject)]
pub struct SaveOrganisationFunctionsPayload {
    /// How many were new.
    pub created: u32,
    /// How many were changed.
    pub changed: u32,
    /// How many were as given already.
    pub unchanged: u32,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Keeping functions and tasks.
#[derive(Default)]
pub struct FunctionMutation;

/// Keeping functions and tasks.
#[rows::row_object]
impl FunctionMutation {
    /// Saves functions, tasks and powers of an organisation, idempotent by code (cập nhật chức năng, nhiệm vụ). All or
    /// none; a second request of the same changes nothing.
    #[graphql(directive = requires::apply(Action::SaveFunctions, roles_for(Action::SaveFunctions)))]
    async fn save_organisation_functions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to save.")] input: SaveOrganisationFunctionsInput,
    ) -> Result<SaveOrganisationFunctionsPayload> {
        let functions = input.functions.into_iter().map(|one| FunctionInput {
            code: one.code,
            kind: one.kind,
            title: one.title,
            area: one.area,
            field: one.field,
            legal_basis: one.legal_basis,
            post_title: one.post_title,
            role: one.role,
            effective_from: one.effective_from,
            effective_to: one.effective_to,
        });
        let wanted = SaveRequest {
            programme: input.programme,
            organisation: input.organisation,
            functions: functions.collect(),
            dry_run: input.dry_run,
        };
        let outcome = service::save(ctx.app()?, ctx.request()?, wanted).await?;
        let (done, user_errors) = split(outcome, ctx.language());
        let done = done.unwrap_or_default();
        Ok(SaveOrganisationFunctionsPayload {
            created: payload::lines(done.created),
            changed: payload::lines(done.changed),
            unchanged: payload::lines(done.unchanged),
            user_errors,
        })
    }
}

/// What functions add to an organisation.
pub struct OrganisationFunctions<'a>(&'a Organisation);

/// What functions add to an organisation.
#[rows::row_object]
impl OrganisationFunctions<'_> {
    /// Its functions, tasks and powers, by code: who does what (chức năng, nhiệm vụ, quyền hạn). All of them:
    /// `organisationFunctions(filter:)`.
    async fn functions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that hold on this day; today by default.")] on: Option<NaiveDate>,
        #[graphql(default = 10, desc = "How many, 1 to 100.", validator(minimum = 1, maximum = 100))] first: u32,
    ) -> Result<Vec<OrganisationFunction>> {
        Ok(functions_of(ctx, self.0.0.id, on, first.min(MAX_PAGE)).await?)
    }
}

rows::extension! {
    /// What functions add to an organisation.
    pub ORGANISATION_FIELDS: Organisation => OrganisationFunctions
}
