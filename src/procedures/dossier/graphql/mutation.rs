//! What changes dossier statistics: drafts that are saved, or begun from the previous period.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Result};

use crate::dossier::rules::{Counters, StatedTotals};
use crate::dossier::service::{LineInput, LineMode, Lines};
use access::policy::{Action, roles_for};
use base::period::PeriodCode;
use forms::workflow::graphql::{FormWarning, Submission};
use forms::workflow::saving;
use forms::workflow::saving::SaveTarget;
use kernel::form::FormCode;
use kit::context::ContextExt;
use kit::directive::requires;
use kit::payload::{UserErrorObject, split};

/// One line of the form: the counters of one procedure. What is left out is 0. `receivedTotal`,
/// `resolvedTotal` and `pendingTotal` are what the paper form prints; given, they are checked.
#[derive(Debug, Clone, InputObject)]
pub struct DossierStatisticsLineInput {
    /// The procedure's code.
    pub procedure: String,
    /// Column 4: received online in the period.
    #[graphql(default)]
    pub received_online: i32,
    /// Column 5: received at the counter.
    #[graphql(default)]
    pub received_direct: i32,
    /// Column 5: received by public post.
    #[graphql(default)]
    pub received_postal: i32,
    /// Column 6: carried over; must be what was pending at the end of the previous period.
    #[graphql(default)]
    pub carried_over: i32,
    /// Column 8: resolved early.
    #[graphql(default)]
    pub resolved_early: i32,
    /// Column 9: resolved on time.
    #[graphql(default)]
    pub resolved_on_time: i32,
    /// Column 10: resolved late.
    #[graphql(default)]
    pub resolved_late: i32,
    /// Column 12: pending, in time.
    #[graphql(default)]
    pub pending_in_time: i32,
    /// Column 13: pending, overdue.
    #[graphql(default)]
    pub pending_overdue: i32,
    /// Of the resolved: refused, stopped or withdrawn.
    #[graphql(default)]
    pub returned_or_withdrawn: i32,
    /// Of those received in the period: under own authority.
    #[graphql(default)]
    pub own_authority: i32,
    /// Of those received in the period: components digitised.
    #[graphql(default)]
    pub dossiers_digitised: i32,
    /// Of those received in the period: digitised components reused.
    #[graphql(default)]
    pub components_reused: i32,
    /// Of the resolved: with a result issued.
    #[graphql(default)]
    pub results_issued: i32,
    /// Of the results issued: digitised.
    #[graphql(default)]
    pub results_digitised: i32,
    /// Of those received in the period: with a financial obligation.
    #[graphql(default)]
    pub fee_dossiers: i32,
    /// Of those with a financial obligation: paid online.
    #[graphql(default)]
    pub fee_dossiers_paid_online: i32,
    /// Payment transactions.
    #[graphql(default)]
    pub payment_transactions: i32,
    /// Of the transactions: online.
    #[graphql(default)]
    pub payment_transactions_online: i32,
    /// Of the resolved: received online.
    #[graphql(default)]
    pub resolved_online: i32,
    /// Of those pending in time: received online.
    #[graphql(default)]
    pub pending_online_in_time: i32,
    /// Of those pending overdue: received online.
    #[graphql(default)]
    pub pending_online_overdue: i32,
    /// Of those received in the period: synchronised to the National Public Service Portal.
    #[graphql(default)]
    pub synchronised: i32,
    /// Of those reusing digitised components: from the national portal's store.
    #[graphql(default)]
    pub components_reused_national: i32,
    /// Of those paid online: through the national portal.
    #[graphql(default)]
    pub fee_dossiers_paid_national: i32,
    /// Column 3 as printed: 4 + 5 + 6.
    pub received_total: Option<i32>,
    /// Column 7 as printed: 8 + 9 + 10.
    pub resolved_total: Option<i32>,
    /// Column 11 as printed: 12 + 13.
    pub pending_total: Option<i32>,
}

impl From<DossierStatisticsLineInput> for LineInput {
    fn from(input: DossierStatisticsLineInput) -> Self {
        LineInput {
            procedure: input.procedure,
            counters: Counters {
                received_online: input.received_online,
                received_direct: input.received_direct,
                received_postal: input.received_postal,
                carried_over: input.carried_over,
                resolved_early: input.resolved_early,
                resolved_on_time: input.resolved_on_time,
                resolved_late: input.resolved_late,
                pending_in_time: input.pending_in_time,
                pending_overdue: input.pending_overdue,
                returned_or_withdrawn: input.returned_or_withdrawn,
                own_authority: input.own_authority,
                dossiers_digitised: input.dossiers_digitised,
                components_reused: input.components_reused,
                results_issued: input.results_issued,
                results_digitised: input.results_digitised,
                fee_dossiers: input.fee_dossiers,
                fee_dossiers_paid_online: input.fee_dossiers_paid_online,
                payment_transactions: input.payment_transactions,
                payment_transactions_online: input.payment_transactions_online,
                resolved_online: input.resolved_online,
                pending_online_in_time: input.pending_online_in_time,
                pending_online_overdue: input.pending_online_overdue,
                synchronised: input.synchronised,
                components_reused_national: input.components_reused_national,
                fee_dossiers_paid_national: input.fee_dossiers_paid_national,
            },
            stated: StatedTotals {
                received_total: input.received_total,
                resolved_total: input.resolved_total,
                pending_total: input.pending_total,
            },
        }
    }
}

/// A draft to save.
#[derive(InputObject)]
pub struct SaveDossierStatisticsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that submits.
    pub organisation: String,
    /// The period: a month or a quarter of the ND09 calendar.
    pub period: PeriodCode,
    /// The lines; at most 2,000.
    pub lines: Vec<DossierStatisticsLineInput>,
    /// What becomes of lines that are not given.
    #[graphql(default_with = "LineMode::Replace")]
    pub mode: LineMode,
    /// The version that the caller has seen; left out (or 0) when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe: 1 to 128 characters, new for each change.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A draft to begin from the previous period.
#[derive(InputObject)]
pub struct CopyDossierStatisticsInput {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// Code of the organisation that submits.
    pub organisation: String,
    /// The period to begin.
    pub period: PeriodCode,
    /// The version that the caller has seen; left out (or 0) when there is nothing yet.
    pub expected_version: Option<i32>,
    /// Makes a repeated request safe.
    pub idempotency_key: Option<String>,
    /// Checks everything and writes nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// What was saved.
#[derive(rows::RowObject)]
pub struct SaveDossierStatisticsPayload {
    /// The submission; null when something must be mended, or on a dry run.
    pub submission: Option<Submission>,
    /// What is odd, though not wrong: to be acknowledged with a note when the form is submitted.
    pub warnings: Vec<FormWarning>,
    /// What must be mended, every fault of every line; nothing was written.
    pub user_errors: Vec<UserErrorObject>,
}

/// Writing dossier statistics.
#[derive(Default)]
pub struct DossierMutation;

async fn save(ctx: &Context<'_>, target: SaveTarget, lines: Lines) -> Result<SaveDossierStatisticsPayload> {
    let language = ctx.language();
    let (done, user_errors) = split(saving::save(ctx.app()?, ctx.request()?, &target, &lines).await?, language);
    let (submission, warnings) = match done {
        None => (None, Vec::new()),
        Some(saved) => (
            (!target.dry_run).then(|| Submission(Arc::new(saved.submission))),
            saved.warnings.iter().map(|warning| FormWarning::of(warning, language)).collect(),
        ),
    };
    Ok(SaveDossierStatisticsPayload { submission, warnings, user_errors })
}

/// Writing dossier statistics.
#[rows::row_object]
impl DossierMutation {
    /// Saves the draft of a dossier-statistics form (lưu nháp biểu 06): all lines or none.
    #[graphql(directive = requires::apply(Action::SaveForm, roles_for(Action::SaveForm)))]
    async fn save_dossier_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SaveDossierStatisticsInput,
    ) -> Result<SaveDossierStatisticsPayload> {
        let lines = Lines::Given(input.lines.into_iter().map(LineInput::from).collect(), input.mode);
        let target = SaveTarget {
            operation: "saveDossierStatistics",
            form: FormCode::DossierStatistics,
            programme: input.programme,
            organisation: input.organisation,
            period: input.period.0,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        save(ctx, target, lines).await
    }

    /// Begins a draft from the previous period (sao chép kỳ trước): its procedures, and what was pending
    /// then as carried over and still pending now.
    #[graphql(directive = requires::apply(Action::SaveForm, roles_for(Action::SaveForm)))]
    async fn copy_dossier_statistics(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to begin.")] input: CopyDossierStatisticsInput,
    ) -> Result<SaveDossierStatisticsPayload> {
        let target = SaveTarget {
            operation: "saveDossierStatistics",
            form: FormCode::DossierStatistics,
            programme: input.programme,
            organisation: input.organisation,
            period: input.period.0,
            expected_version: input.expected_version,
            idempotency_key: input.idempotency_key,
            dry_run: input.dry_run,
        };
        save(ctx, target, Lines::FromPreviousPeriod).await
    }
}
