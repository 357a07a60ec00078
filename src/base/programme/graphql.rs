//! The programme in the schema: reform areas, targets, tasks, leads.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::organisation::programme;
use entity::programme::{lead_assignment, reform_area, target, task};
use uuid::Uuid;

use super::TaskKind;
use super::service::{self, AssignRequest};
use super::store::{self, LeadKey, TargetFilter, TaskFilter};
use crate::indicator::graphql::{Indicator, IndicatorsOfSection};
use crate::indicator::rules::{Comparator, hundredths};
use crate::indicator::{IssuingLevel, store as figures};
use crate::organisation::graphql::{Organisation, load_required};
use crate::organisation::store as organisations;
use access::policy::{Action, Subject, roles_for};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::units::{LeadRole, LeadSubject};
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::{Rows, connection, page};
use kit::context::{Batch, ContextExt, or_null};
use kit::directive::requires;
use kit::id;
use kit::id::Kind;
use kit::payload::{UserErrorObject, split};
use kit::scalar::Revision;

/// The key of a programme in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgrammeId(pub Uuid);

#[async_trait::async_trait]
impl Loader<ProgrammeId> for Batch {
    type Value = Arc<programme::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = organisations::programmes_by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (ProgrammeId(row.id), Arc::new(row))).collect())
    }
}

/// The key of a task in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskId(pub Uuid);

#[async_trait::async_trait]
impl Loader<TaskId> for Batch {
    type Value = Arc<task::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TaskId]) -> Result<HashMap<TaskId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::tasks_by_ids(self.app.db.read(), &self.viewer, ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (TaskId(row.id), Arc::new(row))).collect())
    }
}

/// The key of the leads of a target or task in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeadsOf(pub LeadKey);

#[async_trait::async_trait]
impl Loader<LeadsOf> for Batch {
    type Value = Arc<Vec<lead_assignment::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LeadsOf]) -> Result<HashMap<LeadsOf, Self::Value>, Self::Error> {
        let today = self.app.clock.today();
        let keys: Vec<LeadKey> = keys.iter().map(|key| key.0.clone()).collect();
        let found = store::leads(self.app.db.read(), &self.viewer, &keys, today).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(key, rows)| (LeadsOf(key), Arc::new(rows))).collect())
    }
}

/// The key of a section's targets, of every issuing level, in the loader.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TargetsOf(pub Uuid, pub String);

#[async_trait::async_trait]
impl Loader<TargetsOf> for Batch {
    type Value = Arc<Vec<Arc<target::Model>>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TargetsOf]) -> Result<HashMap<TargetsOf, Self::Value>, Self::Error> {
        let programmes: BTreeSet<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found = figures::targets(self.app.db.read(), &self.viewer, programmes.into_iter().collect())
            .await
            .map_err(Arc::new)?;
        Ok(keys
            .iter()
            .filter_map(|key| {
                let rows = found.remove(&(key.0, key.1.clone()))?;
                Some((key.clone(), Arc::new(rows.into_iter().map(Arc::new).collect())))
            })
            .collect())
    }
}

/// The programme of a row that refers to it.
pub async fn load(ctx: &Context<'_>, programme_id: Uuid) -> ApiResult<Option<Programme>> {
    let found = ctx.loader()?.load_one(ProgrammeId(programme_id)).await.map_err(ApiError::shared)?;
    Ok(found.map(Programme))
}

/// A reform programme (chương trình tổng thể cải cách hành chính) of one administrative unit.
pub struct Programme(pub Arc<programme::Model>);

/// A reform programme (chương trình tổng thể cải cách hành chính) of one administrative unit.
#[rows::row_object]
impl Programme {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Programme, self.0.id)
    }

    /// Stable ASCII code, such as `AN-BIEN-2026-2030`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Title (tên chương trình).
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// Number of the decision that issued it (số quyết định).
    fn decision_number(&self) -> &str {
        &self.0.decision_number
    }

    /// Date of that decision.
    fn decision_date(&self) -> NaiveDate {
        self.0.decision_date
    }

    /// First day.
    fn start_date(&self) -> NaiveDate {
        self.0.start_date
    }

    /// Last day.
    fn end_date(&self) -> NaiveDate {
        self.0.end_date
    }

    /// The last revision of its figures: pass it as `changedSince` the next time.
    fn revision(&self) -> Revision {
        Revision(self.0.revision)
    }

    /// The organisation at its top: the ward's People's Committee.
    async fn root(&self, ctx: &Context<'_>) -> Result<Organisation> {
        let root = ctx.loader()?.load_one(RootOf(self.0.id)).await.map_err(ApiError::shared)?;
        let root = root.ok_or_else(|| ApiError::internal("a programme without organisations"))?;
        Ok(Organisation(Arc::new(root.0.clone())))
    }

    /// The six reform areas (nội dung cải cách hành chính), in the plan's order.
    async fn areas(&self, ctx: &Context<'_>) -> Result<Vec<ReformArea>> {
        let rows = ctx.loader()?.load_one(AreasOf(self.0.id)).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(rows.iter().cloned().map(ReformArea).collect())
    }

    /// What the caller may do with the programme as a whole.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(programme_actions(ctx, self.0.id, &[Action::AssignLead, Action::ReadJournal, Action::InspectPermissions])
            .await?)
    }
}

async fn programme_actions(ctx: &Context<'_>, programme_id: Uuid, actions: &[Action]) -> ApiResult<Vec<AllowedAction>> {
    let root = ctx.loader()?.load_one(RootOf(programme_id)).await.map_err(ApiError::shared)?;
    let (root, upward) = &*root.ok_or_else(|| ApiError::internal("a programme without organisations"))?;
    let subject =
        Subject { organisation_id: root.id, upward, standing_body: false, written_by_caller: false, form: None };
    Ok(allowed::of_record(&ctx.request()?.caller, actions, &subject, ctx.language()))
}

/// The key of a programme's top organisation, with what stands above it, in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<RootOf> for Batch {
    type Value = Arc<(entity::organisation::organisation::Model, Vec<Uuid>)>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[RootOf]) -> Result<HashMap<RootOf, Self::Value>, Self::Error> {
        let connection = self.app.db.read();
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let roots = organisations::roots_of(connection, &ids).await.map_err(Arc::new)?;
        let above = roots.iter().map(|row| row.id).collect();
        let mut above = organisations::upward_of(connection, above).await.map_err(Arc::new)?;
        Ok(roots
            .into_iter()
            .filter_map(|row| {
                let upward = above.remove(&row.id).unwrap_or_default();
                Some((RootOf(row.programme_id?), Arc::new((row, upward))))
            })
            .collect())
    }
}

/// The key of a programme's reform areas in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AreasOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<AreasOf> for Batch {
    type Value = Arc<Vec<reform_area::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[AreasOf]) -> Result<HashMap<AreasOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut found: HashMap<AreasOf, Vec<reform_area::Model>> = HashMap::new();
        for row in store::areas(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)? {
            found.entry(AreasOf(row.programme_id)).or_default().push(row);
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// One of the six reform areas (nội dung cải cách hành chính).
pub struct ReformArea(reform_area::Model);

/// One of the six reform areas (nội dung cải cách hành chính).
#[rows::row_object]
impl ReformArea {
    /// Code: `INSTITUTION`, `PROCEDURE`, `APPARATUS`, `CIVIL_SERVICE`, `PUBLIC_FINANCE` or `DIGITAL_GOV`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Section of the plan, such as `II.2`.
    fn section(&self) -> &str {
        &self.0.section
    }

    /// Title.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }
}

/// A unit that leads or coordinates (chủ trì, phối hợp).
pub struct LeadAssignment(lead_assignment::Model);

/// A unit that leads or coordinates (chủ trì, phối hợp).
#[rows::row_object]
impl LeadAssignment {
    /// Leads or coordinates.
    fn role(&self) -> Result<LeadRole> {
        Ok(LeadRole::from_str(&self.0.role).map_err(ApiError::from)?)
    }

    /// The unit.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }

    /// Whether the plan itself says so; otherwise it was inferred, or assigned later.
    fn stated_in_plan(&self) -> bool {
        self.0.stated_in_plan
    }

    /// First day of the assignment.
    fn effective_from(&self) -> NaiveDate {
        self.0.effective_from
    }

    /// Last day; null while it holds.
    fn effective_to(&self) -> Option<NaiveDate> {
        self.0.effective_to
    }
}

async fn leads(
    ctx: &Context<'_>,
    programme_id: Uuid,
    subject: LeadSubject,
    section: &str,
) -> ApiResult<Vec<LeadAssignment>> {
    let key = LeadsOf((programme_id, subject, section.to_owned()));
    let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
    Ok(rows.iter().cloned().map(LeadAssignment).collect())
}

/// A numeric target (chỉ tiêu, mục tiêu số) of one issuing level.
#[derive(Clone)]
pub struct Target(pub Arc<target::Model>);

/// A numeric target (chỉ tiêu, mục tiêu số) of one issuing level.
#[rows::row_object]
impl Target {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Target, self.0.id)
    }

    /// Section of the plan, the stable code: `II.2.a.3-3`.
    fn section(&self) -> &str {
        &self.0.section
    }

    /// Code of its reform area.
    fn area_code(&self) -> &str {
        &self.0.area_code
    }

    /// Title (tên chỉ tiêu).
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// Unit of the value: `PERCENT`.
    fn unit(&self) -> &str {
        &self.0.unit
    }

    /// How a figure is compared with the value.
    fn comparator(&self) -> Result<Comparator> {
        Ok(Comparator::from_str(&self.0.comparator).map_err(ApiError::from)?)
    }

    /// The value, a decimal string with two decimals: `85.00`.
    fn value(&self) -> String {
        hundredths(self.0.value_hundredths)
    }

    /// When it must be met. A figure that misses it before is NOT_DUE.
    fn due(&self) -> NaiveDate {
        self.0.due
    }

    /// The level that issued it (cấp ban hành).
    fn issuing_level(&self) -> Result<IssuingLevel> {
        Ok(figures::level_of(&self.0)?)
    }

    /// The document that sets it (căn cứ).
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// First day it holds.
    fn valid_from(&self) -> NaiveDate {
        self.0.valid_from
    }

    /// Last day it holds.
    fn valid_to(&self) -> Option<NaiveDate> {
        self.0.valid_to
    }

    /// What a reader should know, in Vietnamese: how an ambiguity of the plan was settled.
    fn note(&self) -> Option<&str> {
        self.0.note_vi.as_deref()
    }

    /// Who leads and who coordinates today.
    async fn leads(&self, ctx: &Context<'_>) -> Result<Vec<LeadAssignment>> {
        Ok(leads(ctx, self.0.programme_id, LeadSubject::Target, &self.0.section).await?)
    }

    /// The indicators that are compared with it or read the same words differently.
    async fn indicators(&self, ctx: &Context<'_>) -> Result<Vec<Indicator>> {
        let key = IndicatorsOfSection(self.0.section.clone());
        let found = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        Ok(found.iter().cloned().map(Indicator).collect())
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(programme_actions(ctx, self.0.programme_id, &[Action::AssignLead]).await?)
    }
}

/// A qualitative task (nhiệm vụ) of the plan.
pub struct Task(pub Arc<task::Model>);

/// A qualitative task (nhiệm vụ) of the plan.
#[rows::row_object]
impl Task {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Task, self.0.id)
    }

    /// Section of the plan, the stable code: `II.2.b.1-1`.
    fn section(&self) -> &str {
        &self.0.section
    }

    /// Code of its reform area; null for solutions and duties.
    fn area_code(&self) -> Option<&str> {
        self.0.area_code.as_deref()
    }

    /// What kind of sentence it is.
    fn kind(&self) -> Result<TaskKind> {
        Ok(TaskKind::from_str(&self.0.kind).map_err(ApiError::from)?)
    }

    /// Title, in short words.
    fn title(&self, #[graphql(default, desc = "In which language.")] language: Language) -> &str {
        match language {
            Language::Vi => &self.0.title_vi,
            Language::En => &self.0.title_en,
        }
    }

    /// When it must be done.
    fn due(&self) -> Option<NaiveDate> {
        self.0.due
    }

    /// How often it recurs: `QUARTERLY`, `HALF_YEARLY`, `YEARLY`, `CONTINUOUS`, `AD_HOC`, `ONCE`.
    fn recurrence(&self) -> Option<&str> {
        self.0.recurrence.as_deref()
    }

    /// Whether every unit has it.
    fn all_units(&self) -> bool {
        self.0.all_units
    }

    /// Who leads and who coordinates today.
    async fn leads(&self, ctx: &Context<'_>) -> Result<Vec<LeadAssignment>> {
        Ok(leads(ctx, self.0.programme_id, LeadSubject::Task, &self.0.section).await?)
    }

    /// What the caller may do with it.
    async fn allowed_actions(&self, ctx: &Context<'_>) -> Result<Vec<AllowedAction>> {
        Ok(programme_actions(ctx, self.0.programme_id, &[Action::AssignLead]).await?)
    }
}

connection! {
    /// A page of targets.
    TargetConnection, TargetEdge, Target
}
connection! {
    /// A page of tasks.
    TaskConnection, TaskEdge, Task
}

/// Reading programmes.
#[derive(Default)]
pub struct ProgrammeQuery;

/// Reading programmes.
#[rows::row_object]
impl ProgrammeQuery {
    /// The programme of a code, or the only one that the caller sees.
    async fn programme(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its code; may be left out where the caller sees only one.")] code: Option<String>,
    ) -> Option<ApiResult<Programme>> {
        let found =
            async { organisations::programme_by_code(ctx.app()?.db.read(), &ctx.viewer()?, code.as_deref()).await };
        or_null(found.await.map(|row| Some(Programme(Arc::new(row)))).or_else(ApiError::none_if_not_found))
    }

    /// The numeric targets (chỉ tiêu) of a programme, by section.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn targets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Only of this reform area, by code.")] area: Option<String>,
        #[graphql(
            desc = "Only those that this level issued; the ward's 95 % and the city's 90 % may stand side by side."
        )]
        issuing_level: Option<IssuingLevel>,
        #[graphql(desc = "Only of this section, such as `II.2.a.3-3`.")] section: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<TargetConnection> {
        let filter = TargetFilter { area, level: issuing_level.map(IssuingLevel::as_str), section };
        let page = page(first, after, last, before)?;
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
        let slice = store::targets_page(connection, &viewer, programme.id, &filter, &page).await?;
        Ok(TargetConnection(Rows::of(slice, |row| Target(Arc::new(row)))))
    }

    /// The qualitative tasks (nhiệm vụ) of a programme, by section.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Only of this reform area, by code.")] area: Option<String>,
        #[graphql(desc = "Only of these kinds.")] kinds: Option<Vec<TaskKind>>,
        #[graphql(
            desc = "Only those that the organisation of this code leads, coordinates, or has as every unit does."
        )]
        organisation: Option<String>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<TaskConnection> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let programme = organisations::programme_by_code(app.db.read(), &viewer, programme.as_deref()).await?;
        let organisation = match organisation {
            None => None,
            Some(code) => {
                let row = organisations::by_code(app.db.read(), &viewer, Some(&programme.code), &code).await?;
                Some((row.id, app.clock.today()))
            }
        };
        let filter = TaskFilter { area, kinds: kinds.unwrap_or_default(), organisation };
        let page = page(first, after, last, before)?;
        let slice = store::tasks_page(app.db.read(), &viewer, programme.id, &filter, &page).await?;
        Ok(TaskConnection(Rows::of(slice, |row| Task(Arc::new(row)))))
    }

    /// Every programme that the caller's grants reach, by code.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<ProgrammeConnection> {
        let page = page(first, after, last, before)?;
        let slice = organisations::programmes_page(ctx.app()?.db.read(), &ctx.viewer()?, &page).await?;
        Ok(ProgrammeConnection(Rows::of(slice, |row| Programme(Arc::new(row)))))
    }
}

connection! {
    /// A page of programmes.
    ProgrammeConnection, ProgrammeEdge, Programme
}

/// Who is to lead a target or a task.
#[derive(Debug, InputObject)]
pub struct AssignLeadInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// A target or a task.
    pub subject: LeadSubject,
    /// Its section.
    pub section: String,
    /// Codes of the units that lead; at least one.
    pub leads: Vec<String>,
    /// Codes of the units that coordinate.
    #[graphql(default)]
    pub coordinating: Vec<String>,
    /// The decision that assigns, for the journal.
    pub reason: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// Who leads now.
#[derive(rows::RowObject)]
pub struct AssignLeadPayload {
    /// The assignments after the change; empty when something must be mended, or on a dry run.
    pub leads: Vec<LeadAssignment>,
    /// Since when.
    pub at: Option<DateTime<Utc>>,
    /// What must be mended; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Changing the programme.
#[derive(Default)]
pub struct ProgrammeMutation;

/// Changing the programme.
#[rows::row_object]
impl ProgrammeMutation {
    /// Says who leads and who coordinates a target or a task from today on (phân công chủ trì, phối hợp).
    /// What was assigned before ends today and stays on record.
    #[graphql(directive = requires::apply(Action::AssignLead, roles_for(Action::AssignLead)))]
    async fn assign_lead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who is to lead what.")] input: AssignLeadInput,
    ) -> Result<AssignLeadPayload> {
        let app = ctx.app()?;
        let dry_run = input.dry_run;
        let wanted = AssignRequest {
            programme: input.programme,
            subject: input.subject,
            section: input.section,
            leads: input.leads,
            coordinating: input.coordinating,
            reason: input.reason,
            dry_run,
        };
        let (done, user_errors) = split(service::assign(app, ctx.request()?, wanted).await?, ctx.language());
        let Some(key) = done.filter(|_| !dry_run) else {
            return Ok(AssignLeadPayload { leads: Vec::new(), at: None, user_errors });
        };
        let today = app.clock.today();
        let found = store::leads(app.db.read(), &ctx.viewer()?, std::slice::from_ref(&key), today).await?.remove(&key);
        Ok(AssignLeadPayload {
            leads: found.unwrap_or_default().into_iter().map(LeadAssignment).collect(),
            at: Some(app.clock.now()),
            user_errors,
        })
    }
}
