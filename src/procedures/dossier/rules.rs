//! The rules of the dossier statistics form, as pure functions: what adds up, what is carried over, what
//! is unusual, and which measures a form gives.

use std::collections::HashMap;

use uuid::Uuid;

use kernel::form::{Warning, WarningCode};
use kernel::i18n::{Message, MessageArg};
use kernel::user_error::{UserError, UserErrorCode};

/// A counter of a line, in the order of the form.
macro_rules! counters {
    ($($(#[$doc:meta])* $field:ident = $name:literal / $label:literal / $measure:literal),+ $(,)?) => {
        /// The counters of one line. All are non-negative; dossiers unless said.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Counters {
            $($(#[$doc])* pub $field: i32,)+
        }

        /// A counter's name in the schema, the catalogue's key of its label, the measure it is summed into,
        /// and how to read it.
        pub struct CounterField {
            /// In the schema.
            pub name: &'static str,
            /// In the database.
            pub column: &'static str,
            /// In the catalogue.
            pub label: &'static str,
            /// The measure's code.
            pub measure: &'static str,
            /// Reads the counter.
            pub get: fn(&Counters) -> i32,
        }

        /// Every counter, in the order of the form.
        pub const FIELDS: &[CounterField] = &[
            $(CounterField {
                name: $name,
                column: stringify!($field),
                label: $label,
                measure: $measure,
                get: |counters| counters.$field,
            }),+
        ];

        /// Converts between a stored line and its counters.
        impl From<&entity::dossier::dossier_statistics_line::Model> for Counters {
            fn from(line: &entity::dossier::dossier_statistics_line::Model) -> Self {
                Counters { $($field: line.$field),+ }
            }
        }

        impl Counters {
            /// The columns that a line is stored in.
            pub fn fill(&self, row: &mut entity::dossier::dossier_statistics_line::ActiveModel) {
                $(row.$field = sea_orm::Set(self.$field);)+
            }
        }
    };
}

counters! {
    /// Column 4: received online in the period.
    received_online = "receivedOnline" / "counter-received-online" / "DOSSIER.RECEIVED_ONLINE",
    /// Column 5, received at the counter in the period.
    received_direct = "receivedDirect" / "counter-received-direct" / "DOSSIER.RECEIVED_DIRECT",
    /// Column 5, received by public post in the period.
    received_postal = "receivedPostal" / "counter-received-postal" / "DOSSIER.RECEIVED_POSTAL",
    /// Column 6: carried over from the previous period.
    carried_over = "carriedOver" / "counter-carried-over" / "DOSSIER.CARRIED_OVER",
    /// Column 8: resolved early.
    resolved_early = "resolvedEarly" / "counter-resolved-early" / "DOSSIER.RESOLVED_EARLY",
    /// Column 9: resolved on time.
    resolved_on_time = "resolvedOnTime" / "counter-resolved-on-time" / "DOSSIER.RESOLVED_ON_TIME",
    /// Column 10: resolved late.
    resolved_late = "resolvedLate" / "counter-resolved-late" / "DOSSIER.RESOLVED_LATE",
    /// Column 12: pending, in time.
    pending_in_time = "pendingInTime" / "counter-pending-in-time" / "DOSSIER.PENDING_IN_TIME",
    /// Column 13: pending, overdue.
    pending_overdue = "pendingOverdue" / "counter-pending-overdue" / "DOSSIER.PENDING_OVERDUE",
    /// Of the resolved: refused, stopped or withdrawn.
    returned_or_withdrawn = "returnedOrWithdrawn" / "counter-returned-or-withdrawn" / "DOSSIER.RETURNED_OR_WITHDRAWN",
    /// Of those received in the period: under the ward's own authority.
    own_authority = "ownAuthority" / "counter-own-authority" / "DOSSIER.OWN_AUTHORITY",
    /// Of those received in the period: with digitised components.
    dossiers_digitised = "dossiersDigitised" / "counter-dossiers-digitised" / "DOSSIER.DIGITISED",
    /// Of those received in the period: reusing digitised components.
    components_reused = "componentsReused" / "counter-components-reused" / "DOSSIER.COMPONENTS_REUSED",
    /// Of the resolved: with a result issued.
    results_issued = "resultsIssued" / "counter-results-issued" / "DOSSIER.RESULTS_ISSUED",
    /// Of the results issued: digitised.
    results_digitised = "resultsDigitised" / "counter-results-digitised" / "DOSSIER.RESULTS_DIGITISED",
    /// Of those received in the period: with a financial obligation.
    fee_dossiers = "feeDossiers" / "counter-fee-dossiers" / "DOSSIER.FEE",
    /// Of those with a financial obligation: paid online.
    fee_dossiers_paid_online = "feeDossiersPaidOnline" / "counter-fee-dossiers-paid-online" / "DOSSIER.FEE_PAID_ONLINE",
    /// Payment transactions.
    payment_transactions = "paymentTransactions" / "counter-payment-transactions" / "PAYMENT.TRANSACTIONS",
    /// Payment transactions done online.
    payment_transactions_online = "paymentTransactionsOnline" / "counter-payment-transactions-online" / "PAYMENT.TRANSACTIONS_ONLINE",
    /// Of the resolved: received online.
    resolved_online = "resolvedOnline" / "counter-resolved-online" / "DOSSIER.RESOLVED_ONLINE",
    /// Of those pending in time: received online.
    pending_online_in_time = "pendingOnlineInTime" / "counter-pending-online-in-time" / "DOSSIER.PENDING_ONLINE_IN_TIME",
    /// Of those pending overdue: received online.
    pending_online_overdue = "pendingOnlineOverdue" / "counter-pending-online-overdue" / "DOSSIER.PENDING_ONLINE_OVERDUE",
    /// Of those received in the period: synchronised to the National Public Service Portal.
    synchronised = "synchronised" / "counter-synchronised" / "DOSSIER.SYNCHRONISED",
    /// Of those reusing digitised components: from the national portal's store.
    components_reused_national = "componentsReusedNational" / "counter-components-reused-national" / "DOSSIER.COMPONENTS_REUSED_NATIONAL",
    /// Of those paid online: through the national portal.
    fee_dossiers_paid_national = "feeDossiersPaidNational" / "counter-fee-dossiers-paid-national" / "DOSSIER.FEE_PAID_NATIONAL",
}

impl Counters {
    /// Received in the period: columns 4 + 5.
    pub fn received_in_period(&self) -> i64 {
        i64::from(self.received_online) + i64::from(self.received_direct) + i64::from(self.received_postal)
    }

    /// Column 3: received, with those carried over.
    pub fn received_total(&self) -> i64 {
        self.received_in_period() + i64::from(self.carried_over)
    }

    /// Column 7: resolved.
    pub fn resolved_total(&self) -> i64 {
        i64::from(self.resolved_early) + i64::from(self.resolved_on_time) + i64::from(self.resolved_late)
    }

    /// Column 11: pending.
    pub fn pending_total(&self) -> i64 {
        i64::from(self.pending_in_time) + i64::from(self.pending_overdue)
    }
}

/// The totals that a form prints beside its parts; whoever copies a paper form gives them to have the
/// copying checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatedTotals {
    /// Column 3.
    pub received_total: Option<i32>,
    /// Column 7.
    pub resolved_total: Option<i32>,
    /// Column 11.
    pub pending_total: Option<i32>,
}

/// Where a line stands in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineAt<'a> {
    /// Index in the input's list, from 0; none for a stored line.
    pub index: Option<usize>,
    /// Line number as people count, from 1.
    pub line: u32,
    /// The procedure's code.
    pub procedure: &'a str,
}

impl LineAt<'_> {
    fn path(&self, field: &str) -> Vec<String> {
        match self.index {
            Some(index) => vec!["lines".to_owned(), index.to_string(), field.to_owned()],
            None => vec!["lines".to_owned(), self.procedure.to_owned(), field.to_owned()],
        }
    }

    /// A fault of one field of this line.
    pub fn fault(&self, code: UserErrorCode, field: &str, message: Message) -> UserError {
        let message = message.with("line", self.line).with("procedure", self.procedure);
        UserError { code, field: self.path(field), line: Some(self.line), expected: None, given: None, message }
    }
}

/// The largest counter that is taken: more than all dossiers of the nation in a year, and small enough that
/// the sums of a line fit 32 bits in the database.
const MAX_COUNT: i32 = 100_000_000;

/// Checks one line by itself: nothing negative, the form's sums (3=4+5+6, 7=8+9+10, 11=12+13, 3=7+11), and
/// every "of which" within what it is part of. All faults are given at once.
pub fn check_line(at: &LineAt<'_>, counters: &Counters, stated: &StatedTotals) -> Vec<UserError> {
    let mut faults = Vec::new();
    for field in FIELDS {
        let value = (field.get)(counters);
        if value < 0 {
            let message =
                Message::new("dossier-negative").with("field", MessageArg::Message(field.label)).with("given", value);
            faults.push(at.fault(UserErrorCode::OutOfRange, field.name, message).expecting(0, value));
        }
    }
    for field in FIELDS {
        let value = (field.get)(counters);
        if value > MAX_COUNT {
            let message = Message::new("dossier-too-large")
                .with("field", MessageArg::Message(field.label))
                .with("max", MAX_COUNT)
                .with("given", value);
            faults.push(at.fault(UserErrorCode::OutOfRange, field.name, message).expecting(MAX_COUNT, value));
        }
    }
    if !faults.is_empty() {
        return faults;
    }
    for (field, label, stated, parts) in [
        ("receivedTotal", "counter-received-total", stated.received_total, counters.received_total()),
        ("resolvedTotal", "counter-resolved-total", stated.resolved_total, counters.resolved_total()),
        ("pendingTotal", "counter-pending-total", stated.pending_total, counters.pending_total()),
    ] {
        if let Some(stated) = stated
            && i64::from(stated) != parts
        {
            let message = Message::new("dossier-total-mismatch")
                .with("field", MessageArg::Message(label))
                .with("expected", parts)
                .with("given", stated);
            faults.push(at.fault(UserErrorCode::SumMismatch, field, message).expecting(parts, stated));
        }
    }
    let (received, handled) = (counters.received_total(), counters.resolved_total() + counters.pending_total());
    if received != handled {
        let message = Message::new("dossier-balance").with("received", received).with("handled", handled);
        faults.push(at.fault(UserErrorCode::SumMismatch, "receivedTotal", message).expecting(handled, received));
    }
    let in_period = counters.received_in_period();
    let resolved = counters.resolved_total();
    for (name, whole_label, whole) in [
        ("returnedOrWithdrawn", "counter-resolved-total", resolved),
        ("ownAuthority", "counter-received-in-period", in_period),
        ("dossiersDigitised", "counter-received-in-period", in_period),
        ("componentsReused", "counter-received-in-period", in_period),
        ("resultsIssued", "counter-resolved-total", resolved),
        ("resultsDigitised", "counter-results-issued", counters.results_issued.into()),
        ("feeDossiers", "counter-received-in-period", in_period),
        ("feeDossiersPaidOnline", "counter-fee-dossiers", counters.fee_dossiers.into()),
        ("paymentTransactionsOnline", "counter-payment-transactions", counters.payment_transactions.into()),
        ("resolvedOnline", "counter-resolved-total", resolved),
        ("pendingOnlineInTime", "counter-pending-in-time", counters.pending_in_time.into()),
        ("pendingOnlineOverdue", "counter-pending-overdue", counters.pending_overdue.into()),
        ("synchronised", "counter-received-in-period", in_period),
        ("componentsReusedNational", "counter-components-reused", counters.components_reused.into()),
        ("feeDossiersPaidNational", "counter-fee-dossiers-paid-online", counters.fee_dossiers_paid_online.into()),
    ] {
        let Some(field) = FIELDS.iter().find(|field| field.name == name) else { continue };
        let part = i64::from((field.get)(counters));
        if part > whole {
            let message = Message::new("dossier-part-exceeds")
                .with("field", MessageArg::Message(field.label))
                .with("whole", MessageArg::Message(whole_label))
                .with("max", whole)
                .with("given", part);
            faults.push(at.fault(UserErrorCode::OutOfRange, name, message).expecting(whole, part));
        }
    }
    faults
}

/// What was pending at the end of the previous period, per procedure: what this period must carry over.
#[derive(Debug, Clone, Default)]
pub struct CarriedIn {
    /// The previous period's code.
    pub period: String,
    /// Pending per procedure: its code, and how many.
    pub pending: HashMap<Uuid, (String, i64)>,
}

/// Checks continuity (column 6 = the previous form's column 11, domain facts 5.2, 13.3): of every line,
/// and that no procedure with pending dossiers is left out.
pub fn check_carry_over<'a>(
    carried: &CarriedIn,
    lines: impl Iterator<Item = (LineAt<'a>, Uuid, &'a Counters)>,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    let mut open: HashMap<Uuid, &(String, i64)> =
        carried.pending.iter().filter(|(_, (_, pending))| *pending > 0).map(|(id, line)| (*id, line)).collect();
    for (at, procedure_id, counters) in lines {
        open.remove(&procedure_id);
        let expected = carried.pending.get(&procedure_id).map_or(0, |(_, pending)| *pending);
        let given = i64::from(counters.carried_over);
        if given != expected {
            let message = Message::new("dossier-carry-over")
                .with("period", carried.period.as_str())
                .with("expected", expected)
                .with("given", given);
            faults.push(at.fault(UserErrorCode::CarryOverMismatch, "carriedOver", message).expecting(expected, given));
        }
    }
    let mut left: Vec<&(String, i64)> = open.into_values().collect();
    left.sort();
    for (procedure, pending) in left {
        let message = Message::new("dossier-missing-line")
            .with("procedure", procedure.as_str())
            .with("pending", *pending)
            .with("period", carried.period.as_str());
        faults.push(UserError::new(UserErrorCode::MissingLine, &["lines"], message).expecting(pending, 0));
    }
    faults
}

/// The measure of dossiers received in the period for procedures that are provided online: the denominator of
/// a reading of II.2.a.3-3 that many dashboards take.
pub const OF_ONLINE_PROCEDURES: &str = "DOSSIER.RECEIVED_OF_ONLINE_PROCEDURES";

/// The measure of those among them that were received online: the numerator of that reading, which a dossier sent
/// online for another procedure does not belong to.
pub const ONLINE_OF_ONLINE_PROCEDURES: &str = "DOSSIER.RECEIVED_ONLINE_OF_ONLINE_PROCEDURES";

/// Sums the lines of a form, each with whether its procedure is provided online: every measure of the form with
/// its total. Sums of 32-bit counts over any number of lines fit 64 bits.
pub fn figures<'a>(lines: impl Iterator<Item = (&'a Counters, bool)>) -> Vec<(&'static str, i64)> {
    let mut sums = vec![0_i64; FIELDS.len()];
    let (mut of_online, mut online_of_online) = (0_i64, 0_i64);
    for (counters, online) in lines {
        for (sum, field) in sums.iter_mut().zip(FIELDS) {
            *sum += i64::from((field.get)(counters));
        }
        if online {
            of_online += counters.received_in_period();
            online_of_online += i64::from(counters.received_online);
        }
    }
    let mut figures: Vec<(&'static str, i64)> = FIELDS.iter().map(|field| field.measure).zip(sums).collect();
    figures.push((OF_ONLINE_PROCEDURES, of_online));
    figures.push((ONLINE_OF_ONLINE_PROCEDURES, online_of_online));
    figures
}

/// How many earlier periods a figure is compared with.
pub const COMPARED_PERIODS: u64 = 3;
/// Below this number a jump is chance.
const NOTICEABLE: i64 = 20;

/// What is odd about a form: a figure far from the last periods' mean (more than twice, or less than half),
/// nothing reported at all, or the period before is missing. `[design]`: the plan sets no thresholds.
pub fn warnings(received: i64, resolved: i64, earlier: &[(i64, i64)], missing_period: Option<&str>) -> Vec<Warning> {
    let mut found = Vec::new();
    if received == 0 && resolved == 0 {
        found.push(Warning { code: WarningCode::EmptyForm, message: Message::new("dossier-warning-empty") });
    }
    if let Some(period) = missing_period {
        let message = Message::new("dossier-warning-missing-period").with("period", period);
        found.push(Warning { code: WarningCode::MissingPeriod, message });
    }
    for (label, now, before) in [
        ("counter-received-in-period", received, earlier.iter().map(|(received, _)| *received).collect::<Vec<_>>()),
        ("counter-resolved-total", resolved, earlier.iter().map(|(_, resolved)| *resolved).collect()),
    ] {
        let Ok(count) = i64::try_from(before.len()) else { continue };
        if count == 0 {
            continue;
        }
        let sum: i64 = before.iter().sum();
        // now > 2 x mean, or now < mean / 2, without dividing.
        let far = now * count > 2 * sum || 2 * now * count < sum;
        let noticeable = (now * count - sum).abs() > NOTICEABLE * count;
        if far && noticeable {
            let message = Message::new("dossier-warning-unusual")
                .with("field", MessageArg::Message(label))
                .with("now", now)
                .with("mean", sum / count)
                .with("periods", count);
            found.push(Warning { code: WarningCode::UnusualFigure, message });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use kernel::i18n::Language;

    /// Domain facts 13.2.
    fn worked() -> Counters {
        Counters {
            received_online: 820,
            received_direct: 130,
            carried_over: 50,
            resolved_early: 700,
            resolved_on_time: 210,
            resolved_late: 10,
            pending_in_time: 75,
            pending_overdue: 5,
            ..Counters::default()
        }
    }

    const AT: LineAt<'static> = LineAt { index: Some(2), line: 3, procedure: "1.001193" };

    #[test]
    fn the_worked_form_is_valid() {
        let totals = StatedTotals { received_total: Some(1000), resolved_total: Some(920), pending_total: Some(80) };
        assert_eq!(check_line(&AT, &worked(), &totals), []);
        assert_eq!(worked().received_in_period(), 950);
    }

    #[test]
    fn every_fault_of_a_line_is_named_at_once() {
        let counters = Counters { results_digitised: 5, fee_dossiers: 951, resolved_late: 11, ..worked() };
        let totals = StatedTotals { resolved_total: Some(920), ..StatedTotals::default() };
        let faults = check_line(&AT, &counters, &totals);
        let found: Vec<(UserErrorCode, String, Option<String>)> =
            faults.iter().map(|fault| (fault.code, fault.field.join("."), fault.expected.clone())).collect();
        assert_eq!(
            found,
            [
                (UserErrorCode::SumMismatch, "lines.2.resolvedTotal".to_owned(), Some("921".to_owned())),
                (UserErrorCode::SumMismatch, "lines.2.receivedTotal".to_owned(), Some("1001".to_owned())),
                (UserErrorCode::OutOfRange, "lines.2.resultsDigitised".to_owned(), Some("0".to_owned())),
                (UserErrorCode::OutOfRange, "lines.2.feeDossiers".to_owned(), Some("950".to_owned())),
            ]
        );
        assert!(faults.iter().all(|fault| fault.line == Some(3)));
    }

    #[test]
    fn negative_counts_are_refused() {
        let faults = check_line(&AT, &Counters { carried_over: -1, ..worked() }, &StatedTotals::default());
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].code, UserErrorCode::OutOfRange);
    }

    #[test]
    fn carried_over_must_be_what_was_pending() {
        // Domain facts 13.3.
        let procedure = Uuid::from_u128(1);
        let other = Uuid::from_u128(2);
        let carried = CarriedIn {
            period: "2026-Q1".to_owned(),
            pending: HashMap::from([(procedure, ("1.001193".to_owned(), 80)), (other, ("2.000815".to_owned(), 3))]),
        };
        let check = |over| {
            let counters = Counters { carried_over: over, ..Counters::default() };
            check_carry_over(&carried, [(AT, procedure, &counters)].into_iter())
        };
        let faults = check(79);
        assert_eq!(faults.len(), 2);
        assert_eq!(faults[0].code, UserErrorCode::CarryOverMismatch);
        insta::assert_snapshot!(
            faults[0].message.render(Language::Vi),
            @"Dòng 3 (1.001193): hồ sơ kỳ trước chuyển sang phải là 80 như số đang giải quyết cuối kỳ 2026-Q1; đã nhập 79."
        );
        insta::assert_snapshot!(
            faults[0].message.render(Language::En),
            @"Line 3 (1.001193): carried over must be 80, what was pending at the end of 2026-Q1; 79 was given."
        );
        assert_eq!(faults[1].code, UserErrorCode::MissingLine);
        assert_eq!(check(80).len(), 1);
    }

    #[test]
    fn a_jump_is_unusual_and_chance_is_not() {
        let codes = |received, earlier: &[(i64, i64)], missing| -> Vec<WarningCode> {
            warnings(received, received, earlier, missing).into_iter().map(|warning| warning.code).collect()
        };
        assert_eq!(codes(100, &[(100, 100), (110, 110)], None), []);
        assert_eq!(codes(300, &[(100, 100), (110, 110)], None), [WarningCode::UnusualFigure; 2]);
        assert_eq!(codes(40, &[(100, 100)], None), [WarningCode::UnusualFigure; 2]);
        assert_eq!(codes(9, &[(3, 3)], None), []);
        assert_eq!(codes(0, &[], Some("2025-Q4")), [WarningCode::EmptyForm, WarningCode::MissingPeriod]);
    }

    proptest! {
        #[test]
        fn figures_are_the_sums_of_the_lines(values in prop::collection::vec((0..i32::MAX, 0..i32::MAX), 0..50)) {
            let lines: Vec<Counters> = values.iter()
                .map(|(online, direct)| Counters { received_online: *online, received_direct: *direct, ..Counters::default() })
                .collect();
            let figures = figures(lines.iter().map(|line| (line, line.received_direct == 0)));
            prop_assert_eq!(figures[0], ("DOSSIER.RECEIVED_ONLINE", values.iter().map(|(online, _)| i64::from(*online)).sum::<i64>()));
            let of_online = values.iter().filter(|(_, direct)| *direct == 0).map(|(online, _)| i64::from(*online)).sum::<i64>();
            prop_assert_eq!(figures[FIELDS.len()], (OF_ONLINE_PROCEDURES, of_online));
            prop_assert_eq!(figures[FIELDS.len() + 1], (ONLINE_OF_ONLINE_PROCEDURES, of_online));
            prop_assert_eq!(figures.len(), FIELDS.len() + 2);
        }

        #[test]
        fn a_balanced_line_has_no_fault(online in 0..1_000_000_i32, direct in 0..1_000_000_i32, carried in 0..1000_i32, share in 0..=100_i64) {
            let total = i64::from(online) + i64::from(direct) + i64::from(carried);
            let resolved = i32::try_from(total * share / 100).unwrap();
            let counters = Counters {
                received_online: online, received_direct: direct, carried_over: carried,
                resolved_on_time: resolved, pending_in_time: i32::try_from(total).unwrap() - resolved,
                ..Counters::default()
            };
            prop_assert!(check_line(&AT, &counters, &StatedTotals::default()).is_empty());
        }
    }
}
