//! Reading the budget.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};
use chrono::NaiveDate;
use entity::budget::budget_line;
use uuid::Uuid;

use super::report::BudgetReport;
use super::{
    BudgetCode, BudgetCodeConnection, BudgetEvent, BudgetEventConnection, BudgetLine, BudgetLineConnection,
    BudgetSettlement,
};
use crate::budget::reading::{self, Amounts, LineAmounts, Wanted};
use crate::budget::store::{self, CodeFilter, LineFilter};
use crate::budget::{BudgetCodeKind, BudgetFlow, BudgetNature};
use base::organisation::store as organisations;
use base::period::PeriodCode;
use kernel::error::{ApiError, ApiResult};
use kit::connection::{Rows, page};
use kit::context::{ContextExt, or_null};

/// What to look for among codes; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct BudgetCodeFilter {
    /// Only of these kinds.
    pub kinds: Option<Vec<BudgetCodeKind>>,
    /// Only those that belong to this code.
    pub parent: Option<String>,
    /// Only whose code or Vietnamese title contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// What to look for among lines; what is left out does not narrow.
#[derive(Debug, Default, InputObject)]
pub struct BudgetLineFilter {
    /// Only of the organisation of this code, and of those below it.
    pub organisation: Option<String>,
    /// Only money that comes, or goes.
    pub flow: Option<BudgetFlow>,
    /// Only of this nature.
    pub nature: Option<BudgetNature>,
    /// Only the lines of this classification, as `BudgetLine.code` says it.
    pub code: Option<String>,
}

/// Reading the budget.
#[derive(Default)]
pub struct BudgetQuery;

/// Reading the budget.
#[rows::row_object]
impl BudgetQuery {
    /// Codes of the budget classification (mục lục ngân sách nhà nước), by kind and code.
    async fn budget_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "What to look for.")] filter: BudgetCodeFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetCodeConnection> {
        // Only somebody who is signed in is a viewer.
        ctx.viewer()?;
        let filter = CodeFilter {
            kinds: filter.kinds.unwrap_or_default(),
            parent: filter.parent,
            search: filter.search,
            on: filter.on,
        };
        let slice = store::code_page(ctx.app()?.db.read(), &filter, &page(first, after, last, before)?).await?;
        Ok(BudgetCodeConnection(Rows::of(slice, BudgetCode)))
    }

    /// Lines of the budget with their amounts (dự toán và thực hiện theo dòng), by classification.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn budget_lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "For which period, such as `2026-M09` or `2026-Q3`; the whole year when left out.")]
        period: Option<PeriodCode>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "What to look for.")] filter: BudgetLineFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetLineConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let organisation = filter.organisation.clone();
        let wanted = Wanted { programme, organisation, year: fiscal_year, period: period.map(|period| period.0) };
        let base = reading::base(connection, &viewer, &wanted).await?;
        let filter = LineFilter {
            programme_id: Some(base.programme_id),
            organisation_id: Some(base.organisation.id),
            year: Some(fiscal_year),
            flow: filter.flow,
            nature: filter.nature,
            code: filter.code,
        };
        let slice = store::line_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let lines: Vec<budget_line::Model> = slice.rows.iter().map(|(_, row)| row.clone()).collect();
        let amounts = reading::of_lines(connection, &base, fiscal_year, &lines).await?;
        Ok(BudgetLineConnection(Rows::of(slice, |row| {
            let none = || LineAmounts { amounts: Amounts::default(), explanation: None };
            BudgetLine { amounts: amounts.get(&row.id).cloned().unwrap_or_else(none), row: Arc::new(row) }
        })))
    }

    /// The budget added up for a period (tổng hợp dự toán và thực hiện), in the database and to the đồng.
    async fn budget_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "For which period, such as `2026-M09` or `2026-Q3`; the whole year when left out.")]
        period: Option<PeriodCode>,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Result<BudgetReport> {
        let connection = ctx.app()?.db.read();
        let wanted = Wanted { programme, organisation, year: fiscal_year, period: period.map(|period| period.0) };
        let base = reading::base(connection, &ctx.viewer()?, &wanted).await?;
        let report = reading::report(connection, &base, fiscal_year).await?;
        Ok(BudgetReport { base, year: fiscal_year, report })
    }

    /// What decisions did to the lines of a year (lịch sử giao, bổ sung, điều chỉnh dự toán), by the decision's day.
    #[expect(clippy::too_many_arguments, reason = "the filters and the four arguments of a connection")]
    async fn budget_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(default, desc = "Of which lines.")] filter: BudgetLineFilter,
        #[graphql(desc = "How many from the beginning, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<BudgetEventConnection> {
        let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
        let programme_id = organisations::programme_id_of(connection, &viewer, programme.as_deref()).await?;
        let organisation_id =
            organisations::id_of(connection, &viewer, programme.as_deref(), filter.organisation.as_deref()).await?;
        let filter = LineFilter {
            programme_id,
            organisation_id,
            year: Some(fiscal_year),
            flow: filter.flow,
            nature: filter.nature,
            code: filter.code,
        };
        let slice = store::event_page(connection, &viewer, &filter, &page(first, after, last, before)?).await?;
        let ids: Vec<Uuid> = slice.rows.iter().map(|(_, row)| row.line_id).collect();
        let lines = store::lines_by_ids(connection, &ids).await?;
        if ids.iter().any(|id| !lines.contains_key(id)) {
            return Err(ApiError::internal("an event of no line").into());
        }
        Ok(BudgetEventConnection(Rows::of(slice, |row| {
            let line = lines[&row.line_id].clone();
            BudgetEvent { row, line }
        })))
    }

    /// The settlement of a year (quyết toán năm); null while it is open.
    async fn budget_settlement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The budget year (năm ngân sách).")] fiscal_year: i32,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
    ) -> Option<ApiResult<BudgetSettlement>> {
        let found = async {
            let (connection, viewer) = (ctx.app()?.db.read(), ctx.viewer()?);
            let programme = organisations::programme_by_code(connection, &viewer, programme.as_deref()).await?;
            store::settlement(connection, programme.id, fiscal_year).await
        };
        or_null(found.await.map(|row| row.map(BudgetSettlement)))
    }
}
