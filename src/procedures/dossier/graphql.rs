//! Dossier statistics in the schema: the content of a form. What changes it stands in [`mutation`], the consolidated
//! report in [`report`].

pub mod mutation;
pub mod report;

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Result};
use entity::dossier::dossier_statistics_line as line;
use uuid::Uuid;

use super::rules::Counters;
use super::store::{self, LatestLine};
use crate::procedure::graphql::{Procedure, ProcedureId};
use crate::procedure::store::Record;
use base::period::ReportingPeriod;
use forms::workflow::graphql::Submission;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::period::{Calendar, Period};
use kit::connection::{Rows, connection};
use kit::context::{Batch, ContextExt};
use kit::paging::{MAX_FLAT_PAGE, Page};
use kit::scalar::Count;

pub use mutation::DossierMutation;

/// The key of a procedure's latest statistics in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LatestLinesOf {
    /// The procedure.
    pub procedure_id: Uuid,
    /// How many.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<LatestLinesOf> for Batch {
    type Value = Arc<Vec<LatestLine>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LatestLinesOf]) -> Result<HashMap<LatestLinesOf, Self::Value>, Self::Error> {
        let mut by_length: HashMap<u32, Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_length.entry(key.first).or_default().push(key.procedure_id);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (first, ids) in by_length {
            let rows =
                store::latest_of(self.app.db.read(), &self.viewer, &ids, first.into()).await.map_err(Arc::new)?;
            found.extend(
                rows.into_iter().map(|(procedure_id, rows)| (LatestLinesOf { procedure_id, first }, Arc::new(rows))),
            );
        }
        Ok(found)
    }
}

/// The key of some lines of a submission in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinesOf {
    /// The submission.
    pub submission_id: Uuid,
    /// After this line.
    pub after: i64,
    /// How many.
    pub first: u32,
}

#[async_trait::async_trait]
impl Loader<LinesOf> for Batch {
    type Value = Arc<Vec<line::Model>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Self::Value>, Self::Error> {
        let mut by_part: HashMap<(i64, u32), Vec<Uuid>> = HashMap::new();
        for key in keys {
            by_part.entry((key.after, key.first)).or_default().push(key.submission_id);
        }
        let mut found: HashMap<LinesOf, Vec<line::Model>> = HashMap::new();
        for ((after, first), ids) in by_part {
            // One more than asked for tells whether there is more.
            let rows = store::lines_of(self.app.db.read(), &self.viewer, &ids, after, i64::from(first) + 1)
                .await
                .map_err(Arc::new)?;
            for row in rows {
                found.entry(LinesOf { submission_id: row.submission_id, after, first }).or_default().push(row);
            }
        }
        Ok(found.into_iter().map(|(key, rows)| (key, Arc::new(rows))).collect())
    }
}

/// The key of a submission's totals in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TotalsOf(pub Uuid);

#[async_trait::async_trait]
impl Loader<TotalsOf> for Batch {
    type Value = Arc<HashMap<&'static str, i64>>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[TotalsOf]) -> Result<HashMap<TotalsOf, Self::Value>, Self::Error> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = store::all_totals(self.app.db.read(), &self.viewer, &ids).await.map_err(Arc::new)?;
        Ok(found.into_iter().map(|(id, totals)| (TotalsOf(id), Arc::new(totals))).collect())
    }
}

/// Dossier statistics of one procedure in one period (tình hình giải quyết thủ tục hành chính, biểu 06).
pub struct DossierStatisticsLine {
    row: Arc<line::Model>,
    /// The period, where the line was not reached through its submission.
    period: Option<(String, String)>,
    procedure: Option<Arc<Record>>,
}

impl DossierStatisticsLine {
    fn of(row: line::Model) -> DossierStatisticsLine {
        DossierStatisticsLine { row: Arc::new(row), period: None, procedure: None }
    }

    /// One of the latest lines of a procedure.
    pub fn latest(found: &LatestLine, procedure: Arc<Record>) -> DossierStatisticsLine {
        DossierStatisticsLine {
            row: Arc::new(found.line.clone()),
            period: Some((found.calendar.clone(), found.period_code.clone())),
            procedure: Some(procedure),
        }
    }
}

/// Dossier statistics of one procedure in one period (tình hình giải quyết thủ tục hành chính, biểu 06).
/// Counts of dossiers unless said. Column numbers are those of form 06.
#[rows::row_object]
impl DossierStatisticsLine {
    /// Number of the line in its form, from 1.
    fn line(&self) -> i32 {
        self.row.line
    }

    /// The procedure (thủ tục hành chính).
    async fn procedure(&self, ctx: &Context<'_>) -> Result<Procedure> {
        if let Some(procedure) = &self.procedure {
            return Ok(Procedure(Arc::clone(procedure)));
        }
        let found = ctx.loader()?.load_one(ProcedureId(self.row.procedure_id)).await.map_err(ApiError::shared)?;
        Ok(Procedure(found.ok_or_else(|| ApiError::internal("a line of no procedure"))?))
    }

    /// The period; null where the line was reached through its submission, which has it.
    fn period(&self) -> Option<ApiResult<ReportingPeriod>> {
        let (calendar, code) = self.period.as_ref()?;
        let period = Calendar::from_str(calendar).map_err(ApiError::from);
        Some(period.and_then(|calendar| Ok(ReportingPeriod(Period::parse(calendar, code)?))))
    }

    /// Column 3: received, with those carried over (tổng số tiếp nhận): 4 + 5 + 6.
    fn received_total(&self) -> Count {
        Count(Counters::from(&*self.row).received_total())
    }

    /// Columns 4 + 5: received in the period (tiếp nhận trong kỳ).
    fn received_in_period(&self) -> Count {
        Count(Counters::from(&*self.row).received_in_period())
    }

    /// Column 4: received online in the period (trực tuyến).
    fn received_online(&self) -> i32 {
        self.row.received_online
    }

    /// Column 5: received at the counter (trực tiếp).
    fn received_direct(&self) -> i32 {
        self.row.received_direct
    }

    /// Column 5: received by public post (bưu chính công ích).
    fn received_postal(&self) -> i32 {
        self.row.received_postal
    }

    /// Column 6: carried over from the previous period (từ kỳ trước chuyển sang).
    fn carried_over(&self) -> i32 {
        self.row.carried_over
    }

    /// Column 7: resolved (đã giải quyết): 8 + 9 + 10.
    fn resolved_total(&self) -> Count {
        Count(Counters::from(&*self.row).resolved_total())
    }

    /// Column 8: resolved early (trước hạn).
    fn resolved_early(&self) -> i32 {
        self.row.resolved_early
    }

    /// Column 9: resolved on time (đúng hạn).
    fn resolved_on_time(&self) -> i32 {
        self.row.resolved_on_time
    }

    /// Column 10: resolved late (quá hạn).
    fn resolved_late(&self) -> i32 {
        self.row.resolved_late
    }

    /// Column 11: pending (đang giải quyết): 12 + 13.
    fn pending_total(&self) -> Count {
        Count(Counters::from(&*self.row).pending_total())
    }

    /// Column 12: pending, in time (trong hạn).
    fn pending_in_time(&self) -> i32 {
        self.row.pending_in_time
    }

    /// Column 13: pending, overdue (quá hạn).
    fn pending_overdue(&self) -> i32 {
        self.row.pending_overdue
    }

    /// Of the resolved: refused, stopped or withdrawn (từ chối, dừng, rút).
    fn returned_or_withdrawn(&self) -> i32 {
        self.row.returned_or_withdrawn
    }

    /// Of those received in the period: under the ward's own authority (thuộc thẩm quyền).
    fn own_authority(&self) -> i32 {
        self.row.own_authority
    }

    /// Of those received in the period: components digitised (đã số hóa thành phần hồ sơ).
    fn dossiers_digitised(&self) -> i32 {
        self.row.dossiers_digitised
    }

    /// Of those received in the period: digitised components reused (tái sử dụng dữ liệu số hóa).
    fn components_reused(&self) -> i32 {
        self.row.components_reused
    }

    /// Of the resolved: with a result issued (đã ban hành kết quả).
    fn results_issued(&self) -> i32 {
        self.row.results_issued
    }

    /// Of the results issued: digitised (kết quả đã số hóa).
    fn results_digitised(&self) -> i32 {
        self.row.results_digitised
    }

    /// Of those received in the period: with a financial obligation (có nghĩa vụ tài chính).
    fn fee_dossiers(&self) -> i32 {
        self.row.fee_dossiers
    }

    /// Of those with a financial obligation: paid online (thanh toán trực tuyến).
    fn fee_dossiers_paid_online(&self) -> i32 {
        self.row.fee_dossiers_paid_online
    }

    /// Payment transactions (giao dịch thanh toán).
    fn payment_transactions(&self) -> i32 {
        self.row.payment_transactions
    }

    /// Of the transactions: online (giao dịch thanh toán trực tuyến).
    fn payment_transactions_online(&self) -> i32 {
        self.row.payment_transactions_online
    }

    /// Of the resolved: received online (đã giải quyết, nộp trực tuyến).
    fn resolved_online(&self) -> i32 {
        self.row.resolved_online
    }

    /// Of those pending in time: received online (đang giải quyết trong hạn, nộp trực tuyến).
    fn pending_online_in_time(&self) -> i32 {
        self.row.pending_online_in_time
    }

    /// Of those pending overdue: received online (đang giải quyết quá hạn, nộp trực tuyến).
    fn pending_online_overdue(&self) -> i32 {
        self.row.pending_online_overdue
    }

    /// Of those received in the period: synchronised to the National Public Service Portal (đã đồng bộ).
    fn synchronised(&self) -> i32 {
        self.row.synchronised
    }

    /// Of those reusing digitised components: from the national portal's store (từ kho dữ liệu quốc gia).
    fn components_reused_national(&self) -> i32 {
        self.row.components_reused_national
    }

    /// Of those paid online: through the national portal (qua Cổng Dịch vụ công quốc gia).
    fn fee_dossiers_paid_national(&self) -> i32 {
        self.row.fee_dossiers_paid_national
    }

    /// Whether the procedure is provided online (thủ tục có cung cấp trực tuyến): what the register said for the
    /// period's last day when the line was written and, once the form is accepted, when it was accepted.
    fn online_procedure(&self) -> bool {
        self.row.online_procedure
    }
}

connection! {
    /// A page of a form's lines.
    DossierStatisticsLineConnection, DossierStatisticsLineEdge, DossierStatisticsLine
}

/// The sums of a form's lines (dòng tổng cộng).
#[derive(rows::RowObject)]
pub struct DossierStatisticsTotals {
    /// Column 3: received, with those carried over.
    pub received_total: Count,
    /// Columns 4 + 5: received in the period.
    pub received_in_period: Count,
    /// Column 4: received online.
    pub received_online: Count,
    /// Column 5: received at the counter.
    pub received_direct: Count,
    /// Column 5: received by public post.
    pub received_postal: Count,
    /// Column 6: carried over from the previous period.
    pub carried_over: Count,
    /// Column 7: resolved.
    pub resolved_total: Count,
    /// Column 8: resolved early.
    pub resolved_early: Count,
    /// Column 9: resolved on time.
    pub resolved_on_time: Count,
    /// Column 10: resolved late.
    pub resolved_late: Count,
    /// Column 11: pending.
    pub pending_total: Count,
    /// Column 12: pending, in time.
    pub pending_in_time: Count,
    /// Column 13: pending, overdue.
    pub pending_overdue: Count,
}

/// The content of a dossier-statistics submission (nội dung biểu 06).
pub struct DossierStatistics {
    /// The submission.
    pub submission_id: Uuid,
}

/// The content of a dossier-statistics submission (nội dung biểu 06).
#[rows::row_object]
impl DossierStatistics {
    /// The lines, in the form's order; up to 1,000 at once.
    async fn lines(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the beginning, 1 to 1,000; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<DossierStatisticsLineConnection> {
        let forwards = last.is_none() && before.is_none();
        let page = Page::new(first, after.clone(), last, before, MAX_FLAT_PAGE)?;
        if !forwards {
            let slice = store::page(ctx.app()?.db.read(), &ctx.viewer()?, self.submission_id, &page).await?;
            return Ok(DossierStatisticsLineConnection(Rows::of(slice, DossierStatisticsLine::of)));
        }
        let start = after.as_deref().map(|cursor| store::ORDER.whole_number(cursor)).transpose()?.unwrap_or(0);
        let key = LinesOf { submission_id: self.submission_id, after: start, first: page.limit() };
        let rows = ctx.loader()?.load_one(key).await.map_err(ApiError::shared)?.unwrap_or_default();
        let limit = page.limit() as usize;
        Ok(DossierStatisticsLineConnection(Rows {
            rows: rows
                .iter()
                .take(limit)
                .map(|row| (store::ORDER.cursor(&[row.line.into()]), DossierStatisticsLine::of(row.clone())))
                .collect(),
            has_next: rows.len() > limit,
            has_previous: after.is_some(),
            unpaged: store::of_submission(&ctx.viewer()?, self.submission_id),
        }))
    }

    /// The sums of all lines, added up in the database.
    async fn totals(&self, ctx: &Context<'_>) -> Result<DossierStatisticsTotals> {
        let found = ctx.loader()?.load_one(TotalsOf(self.submission_id)).await.map_err(ApiError::shared)?;
        let of = |field: &str| found.as_ref().and_then(|totals| totals.get(field).copied()).unwrap_or(0);
        let sum = |fields: &[&str]| Count(fields.iter().map(|field| of(field)).sum());
        Ok(DossierStatisticsTotals {
            received_total: sum(&["receivedOnline", "receivedDirect", "receivedPostal", "carriedOver"]),
            received_in_period: sum(&["receivedOnline", "receivedDirect", "receivedPostal"]),
            received_online: sum(&["receivedOnline"]),
            received_direct: sum(&["receivedDirect"]),
            received_postal: sum(&["receivedPostal"]),
            carried_over: sum(&["carriedOver"]),
            resolved_total: sum(&["resolvedEarly", "resolvedOnTime", "resolvedLate"]),
            resolved_early: sum(&["resolvedEarly"]),
            resolved_on_time: sum(&["resolvedOnTime"]),
            resolved_late: sum(&["resolvedLate"]),
            pending_total: sum(&["pendingInTime", "pendingOverdue"]),
            pending_in_time: sum(&["pendingInTime"]),
            pending_overdue: sum(&["pendingOverdue"]),
        })
    }
}

/// What dossier statistics add to a submission.
pub struct SubmissionDossiers<'a>(&'a Submission);

/// What dossier statistics add to a submission.
#[rows::row_object]
impl SubmissionDossiers<'_> {
    /// The content of a dossier-statistics form; null for other forms.
    fn dossier_statistics(&self) -> Option<DossierStatistics> {
        (self.0.0.form == FormCode::DossierStatistics.as_str())
            .then_some(DossierStatistics { submission_id: self.0.0.id })
    }
}

rows::extension! {
    /// What dossier statistics add to a submission.
    pub SUBMISSION_FIELDS: Submission => SubmissionDossiers
}
