//! Reading programmes, their targets and their tasks.

use std::sync::Arc;

use async_graphql::{Context, Result};

use super::{Programme, ProgrammeConnection, Target, TargetConnection, Task, TaskConnection};
use crate::indicator::IssuingLevel;
use crate::organisation::store as organisations;
use crate::programme::TaskKind;
use crate::programme::store::{self, TargetFilter, TaskFilter};
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, page};
use kit::context::{ContextExt, or_null};

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
