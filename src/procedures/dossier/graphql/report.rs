//! Consolidated dossier statistics in the schema: form 06 and the tables beside it.

use std::sync::Arc;

use async_graphql::{Context, Result};

use crate::dossier::report;
use crate::dossier::report::{DossierGrouping, Report, Row, Sums, Wanted};
use base::indicator::rate::Rate;
use base::organisation::graphql::Organisation;
use base::period::{PeriodCode, ReportingPeriod};
use forms::workflow::graphql::consolidated::{
    ConsolidatedSource, MissingPeriods, missing_count, missing_organisations, missing_periods, sources,
};
use kit::context::ContextExt;
use kit::scalar::Count;

/// Columns 3 to 6 of form 06: received (tiếp nhận).
#[derive(rows::RowObject)]
pub struct DossiersReceived {
    /// Column 3: with those carried over (tổng số).
    pub total: Count,
    /// Columns 4 + 5: in the period (trong kỳ).
    pub in_period: Count,
    /// Column 4: online (trực tuyến).
    pub online: Count,
    /// Column 5: at the counter (trực tiếp).
    pub direct: Count,
    /// Column 5: by public post (bưu chính công ích).
    pub postal: Count,
    /// Column 6: carried over (từ kỳ trước chuyển sang).
    pub carried_over: Count,
    /// Online over received in the period.
    pub online_share: Rate,
    /// At the counter over received in the period.
    pub direct_share: Rate,
    /// By post over received in the period.
    pub postal_share: Rate,
    /// Synchronised to the National Public Service Portal (đã đồng bộ).
    pub synchronised: Count,
    /// Under the ward's own authority (thuộc thẩm quyền).
    pub own_authority: Count,
}

/// Columns 7 to 10 of form 06: resolved (đã giải quyết).
#[derive(rows::RowObject)]
pub struct DossiersResolved {
    /// Column 7: all of them (tổng số).
    pub total: Count,
    /// Column 8: early (trước hạn).
    pub early: Count,
    /// Column 9: on time (đúng hạn).
    pub on_time: Count,
    /// Column 10: late (quá hạn).
    pub late: Count,
    /// Of them received online (nộp trực tuyến).
    pub online: Count,
    /// Of them refused, stopped or withdrawn (từ chối, dừng, rút).
    pub returned_or_withdrawn: Count,
    /// Early and on time over all resolved.
    pub on_time_share: Rate,
}

/// Columns 11 to 13 of form 06: pending (đang giải quyết).
#[derive(rows::RowObject)]
pub struct DossiersPending {
    /// Column 11: all of them (tổng số).
    pub total: Count,
    /// Column 12: in time (trong hạn).
    pub in_time: Count,
    /// Column 13: overdue (quá hạn).
    pub overdue: Count,
    /// In time, received online.
    pub online_in_time: Count,
    /// Overdue, received online.
    pub online_overdue: Count,
}

/// The table of digitisation (số hóa hồ sơ, kết quả).
#[derive(rows::RowObject)]
pub struct DossierDigitisation {
    /// Dossiers received in the period (tiếp nhận).
    pub received: Count,
    /// With digitised components (đã số hóa thành phần).
    pub digitised: Count,
    /// Without (chưa số hóa).
    pub not_digitised: Count,
    /// Reusing digitised components (tái sử dụng).
    pub reused: Count,
    /// Of them from the national portal's store (từ kho quốc gia).
    pub reused_national: Count,
    /// Dossiers resolved (đã giải quyết).
    pub resolved: Count,
    /// Results issued (kết quả ban hành).
    pub results_issued: Count,
    /// Results digitised (kết quả đã số hóa).
    pub results_digitised: Count,
    /// Results not digitised (kết quả chưa số hóa).
    pub results_not_digitised: Count,
    /// Digitised over received.
    pub digitised_share: Rate,
    /// Results digitised over results issued.
    pub results_digitised_share: Rate,
}

/// The table of online payment (thanh toán trực tuyến): procedures, dossiers and transactions, never mixed.
#[derive(rows::RowObject)]
pub struct DossierPayment {
    /// Procedures of the register in force at the period's end that bear a financial obligation (thủ tục có phí, lệ
    /// phí), with or without dossiers: of those that the organisation and all below it manage, in a row those of its
    /// group. Groups without statistics have no row and stand in the total alone.
    pub fee_procedures: Count,
    /// Procedures with dossiers that bear a financial obligation.
    pub procedures_with_fee_dossiers: Count,
    /// Procedures with payments.
    pub procedures_with_payments: Count,
    /// Procedures with online payments.
    pub procedures_with_online_payments: Count,
    /// Dossiers that bear a financial obligation (có nghĩa vụ tài chính).
    pub fee_dossiers: Count,
    /// Of them paid online (thanh toán trực tuyến).
    pub paid_online: Count,
    /// Of them through the national portal (qua Cổng Dịch vụ công quốc gia).
    pub paid_national: Count,
    /// Payment transactions (giao dịch).
    pub transactions: Count,
    /// Of them online (giao dịch trực tuyến).
    pub transactions_online: Count,
    /// Paid online over dossiers that bear a financial obligation.
    pub dossier_share: Rate,
    /// Online transactions over all transactions.
    pub transaction_share: Rate,
}

/// Dossier statistics added up (số liệu tổng hợp).
pub struct DossierSums(Sums);

/// Dossier statistics added up (số liệu tổng hợp): the columns of form 06 and of the tables beside it.
#[rows::row_object]
impl DossierSums {
    /// How many procedures have a line (số thủ tục).
    fn procedures(&self) -> Count {
        Count(self.0.procedures)
    }

    /// How many of them received dossiers in the period (số thủ tục phát sinh hồ sơ).
    fn procedures_with_dossiers(&self) -> Count {
        Count(self.0.with_dossiers)
    }

    /// Columns 3 to 6: received (tiếp nhận).
    fn received(&self) -> DossiersReceived {
        let sums = &self.0;
        let in_period = sums.received_in_period();
        let share = |counter| Rate::new(sums.of(counter), in_period);
        DossiersReceived {
            total: Count(in_period + sums.of("carriedOver")),
            in_period: Count(in_period),
            online: Count(sums.of("receivedOnline")),
            direct: Count(sums.of("receivedDirect")),
            postal: Count(sums.of("receivedPostal")),
            carried_over: Count(sums.of("carriedOver")),
            online_share: share("receivedOnline"),
            direct_share: share("receivedDirect"),
            postal_share: share("receivedPostal"),
            synchronised: Count(sums.of("synchronised")),
            own_authority: Count(sums.of("ownAuthority")),
        }
    }

    /// Columns 7 to 10: resolved (đã giải quyết).
    fn resolved(&self) -> DossiersResolved {
        let sums = &self.0;
        let total = sums.resolved();
        DossiersResolved {
            total: Count(total),
            early: Count(sums.of("resolvedEarly")),
            on_time: Count(sums.of("resolvedOnTime")),
            late: Count(sums.of("resolvedLate")),
            online: Count(sums.of("resolvedOnline")),
            returned_or_withdrawn: Count(sums.of("returnedOrWithdrawn")),
            on_time_share: Rate::new(sums.sum(&["resolvedEarly", "resolvedOnTime"]), total),
        }
    }

    /// Columns 11 to 13: pending (đang giải quyết).
    fn pending(&self) -> DossiersPending {
        let sums = &self.0;
        DossiersPending {
            total: Count(sums.sum(&["pendingInTime", "pendingOverdue"])),
            in_time: Count(sums.of("pendingInTime")),
            overdue: Count(sums.of("pendingOverdue")),
            online_in_time: Count(sums.of("pendingOnlineInTime")),
            online_overdue: Count(sums.of("pendingOnlineOverdue")),
        }
    }

    /// The table of digitisation (số hóa).
    fn digitisation(&self) -> DossierDigitisation {
        let sums = &self.0;
        let (received, issued) = (sums.received_in_period(), sums.of("resultsIssued"));
        let (digitised, results) = (sums.of("dossiersDigitised"), sums.of("resultsDigitised"));
        DossierDigitisation {
            received: Count(received),
            digitised: Count(digitised),
            not_digitised: Count(received - digitised),
            reused: Count(sums.of("componentsReused")),
            reused_national: Count(sums.of("componentsReusedNational")),
            resolved: Count(sums.resolved()),
            results_issued: Count(issued),
            results_digitised: Count(results),
            results_not_digitised: Count(issued - results),
            digitised_share: Rate::new(digitised, received),
            results_digitised_share: Rate::new(results, issued),
        }
    }

    /// The table of online payment (thanh toán trực tuyến).
    fn payment(&self) -> DossierPayment {
        let sums = &self.0;
        let (fee, paid) = (sums.of("feeDossiers"), sums.of("feeDossiersPaidOnline"));
        let (all, online) = (sums.of("paymentTransactions"), sums.of("paymentTransactionsOnline"));
        DossierPayment {
            fee_procedures: Count(sums.fee_procedures),
            procedures_with_fee_dossiers: Count(sums.with_fee_dossiers),
            procedures_with_payments: Count(sums.with_payments),
            procedures_with_online_payments: Count(sums.with_online_payments),
            fee_dossiers: Count(fee),
            paid_online: Count(paid),
            paid_national: Count(sums.of("feeDossiersPaidNational")),
            transactions: Count(all),
            transactions_online: Count(online),
            dossier_share: Rate::new(paid, fee),
            transaction_share: Rate::new(online, all),
        }
    }
}

/// A row of the report (dòng báo cáo).
pub struct DossierReportRow(Row);

/// A row of the report (dòng báo cáo), the same period a year before beside it.
#[rows::row_object]
impl DossierReportRow {
    /// Code of the field, field group, level or procedure; `TOTAL` for the row of all.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// Vietnamese name of the field or procedure; null where the code is an enum's.
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// For the period (kỳ này).
    fn current(&self) -> DossierSums {
        DossierSums(self.0.now.clone())
    }

    /// For the same period a year before (cùng kỳ năm trước).
    fn last_year(&self) -> DossierSums {
        DossierSums(self.0.last_year.clone())
    }
}

/// Form 06 consolidated (biểu 06 tổng hợp).
pub struct DossierReport(Report);

/// Form 06 consolidated (biểu 06 tổng hợp), with the tables of online provision, payment and digitisation: over
/// an organisation and all below it, made of accepted forms alone.
#[rows::row_object]
impl DossierReport {
    /// Whose: itself and all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.0.organisation.clone()))
    }

    /// The period (kỳ báo cáo).
    fn period(&self) -> ReportingPeriod {
        ReportingPeriod(self.0.period)
    }

    /// The same period a year before; null for an ad hoc window.
    fn last_year_period(&self) -> Option<ReportingPeriod> {
        self.0.last_year.as_ref().map(|(period, _)| ReportingPeriod(*period))
    }

    /// The rows, by code.
    fn rows(
        &self,
        #[graphql(default = 100, desc = "How many, 1 to 1,000.", validator(minimum = 1, maximum = 1000))] first: u32,
        #[graphql(desc = "Only what comes after the row of this code.")] after_code: Option<String>,
    ) -> Vec<DossierReportRow> {
        let after = |row: &&Row| after_code.as_deref().is_none_or(|code| row.code.as_str() > code);
        self.0.rows.iter().filter(after).take(first.min(1_000) as usize).cloned().map(DossierReportRow).collect()
    }

    /// All rows together (tổng cộng).
    fn total(&self) -> DossierReportRow {
        DossierReportRow(self.0.total.clone())
    }

    /// The submissions that the figures are made of: of each organisation those of the period itself, or else
    /// those of its parts.
    fn submissions(&self) -> Vec<ConsolidatedSource> {
        sources(&self.0.sources)
    }

    /// The submissions that last year's figures are made of.
    fn last_year_submissions(&self) -> Vec<ConsolidatedSource> {
        self.0.last_year.as_ref().map(|(_, found)| sources(found)).unwrap_or_default()
    }

    /// Who must submit the form and has nothing accepted for the period (đơn vị còn thiếu), by code: of the
    /// organisations of whom the caller may know it, as in `reportingStatus`.
    fn missing_organisations(&self) -> Vec<Organisation> {
        missing_organisations(&self.0.missing)
    }

    /// How many organisations must submit the form and have nothing accepted for the period (số đơn vị còn thiếu),
    /// whether or not the caller may know which.
    fn missing_count(&self) -> Count {
        missing_count(self.0.missing.organisation_count)
    }

    /// Which parts of the period are missing of those who have others: of the organisations of whom the caller may
    /// know it, as in `reportingStatus`.
    fn missing_periods(&self) -> Vec<MissingPeriods> {
        missing_periods(&self.0.missing)
    }

    /// How many parts of the period are missing of those who have others (số kỳ còn thiếu), whether or not the
    /// caller may know whose.
    fn missing_period_count(&self) -> Count {
        missing_count(self.0.missing.period_count)
    }
}

/// Reading consolidated dossier statistics.
#[derive(Default)]
pub struct DossierReportQuery;

/// Reading consolidated dossier statistics.
#[rows::row_object]
impl DossierReportQuery {
    /// Form 06 and the tables beside it, consolidated over an organisation and all below it (tổng hợp biểu 06),
    /// from accepted forms. Open to everybody with a grant under the programme, as the figures of measures are.
    async fn dossier_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The period: a month, quarter, half-year, nine months or year of the ND09 calendar.")]
        period: PeriodCode,
        #[graphql(desc = "The organisation's code; the programme's top when left out.")] organisation: Option<String>,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "What the rows are.", default_with = "DossierGrouping::Field")] group_by: DossierGrouping,
    ) -> Result<DossierReport> {
        let wanted = Wanted { programme, organisation, period: period.0, grouping: group_by };
        Ok(DossierReport(report::report(ctx.app()?, &ctx.viewer()?, &wanted).await?))
    }
}
