//! Who leads and coordinates a target or a task, and what assigns it.

use std::str::FromStr;

use async_graphql::{Context, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::programme::lead_assignment;
use uuid::Uuid;

use super::loading::LeadsOf;
use crate::organisation::graphql::{Organisation, load_required};
use crate::programme::service::{self, AssignRequest};
use crate::programme::store;
use access::policy::{Action, roles_for};
use kernel::error::{ApiError, ApiResult};
use kernel::units::{LeadRole, LeadSubject};
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

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

pub(super) async fn leads(
    ctx: &Context<'_>,
    programme_id: Uuid,
    subject: LeadSubject,
    section: &str,
) -> ApiResult<Vec<LeadAssignment>> {
    let key = LeadsOf((programme_id, subject, section.to_owned()));
    let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
    Ok(rows.iter().cloned().map(LeadAssignment).collect())
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
