//! The programme in the schema: reform areas, targets, tasks. They are asked for in [`query`] and loaded in
//! [`loading`]; who leads them stands in [`lead`].

pub mod lead;
pub mod loading;
pub mod query;

use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use chrono::NaiveDate;
use entity::organisation::programme;
use entity::programme::{reform_area, target, task};
use uuid::Uuid;

use super::TaskKind;
use crate::indicator::graphql::{Indicator, IndicatorsOfSection};
use crate::indicator::rules::{Comparator, hundredths};
use crate::indicator::{IssuingLevel, store as figures};
use crate::organisation::graphql::Organisation;
use access::policy::{Action, Subject};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;
use kernel::units::LeadSubject;
use kit::allowed;
use kit::allowed::AllowedAction;
use kit::connection::connection;
use kit::context::ContextExt;
use kit::id;
use kit::id::Kind;
use kit::scalar::Revision;
use lead::leads;

pub use lead::{LeadAssignment, ProgrammeMutation};
pub use loading::{AreasOf, LeadsOf, ProgrammeId, RootOf, TargetsOf, TaskId};
pub use query::ProgrammeQuery;

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

connection! {
    /// A page of programmes.
    ProgrammeConnection, ProgrammeEdge, Programme
}
