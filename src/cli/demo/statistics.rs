//! Invented dossier statistics for the demo: plausible, always the same, and balanced like real ones.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use kernel::period::Period;
use procedures::dossier::rules::{Counters, StatedTotals};
use procedures::dossier::service::LineInput;
use procedures::procedure::input::{Given, ProcedureInput};
use procedures::procedure::rules::{ChangeKind, FieldGroup, OnlineLevel};

/// A procedure that dossiers are received for.
pub struct Offered<'a> {
    /// As its first version says.
    pub procedure: &'a ProcedureInput,
    /// The day from which it is abolished.
    pub abolished: Option<NaiveDate>,
}

/// The people's procedures of the register, each once.
pub fn offered(register: &[Given]) -> Vec<Offered<'_>> {
    let abolished: HashMap<&str, NaiveDate> = register
        .iter()
        .filter(|given| given.input.change_kind == Some(ChangeKind::Abolished))
        .map(|given| (given.input.code.as_str(), given.input.effective_from))
        .collect();
    let mut seen = HashSet::new();
    register
        .iter()
        .map(|given| &given.input)
        .filter(|procedure| !procedures::procedure::rules::is_internal(&procedure.code) && seen.insert(&procedure.code))
        .map(|procedure| Offered { procedure, abolished: abolished.get(procedure.code.as_str()).copied() })
        .collect()
}

/// What the months of a quarter come to, for the forms beside them to agree with.
#[derive(Debug, Clone, Default)]
pub struct Quarter {
    /// Resolved late.
    pub resolved_late: i64,
    /// Pending overdue at its end.
    pub pending_overdue: i64,
    /// Resolved, by field group.
    pub resolved: HashMap<FieldGroup, i64>,
}

impl Quarter {
    /// Adds a month, the months in their order.
    pub fn add(&mut self, offered: &[Offered<'_>], lines: &[LineInput]) {
        let groups: HashMap<&str, Option<FieldGroup>> =
            offered.iter().map(|one| (one.procedure.code.as_str(), one.procedure.field_group)).collect();
        self.pending_overdue = 0;
        for LineInput { procedure, counters, .. } in lines {
            self.resolved_late += i64::from(counters.resolved_late);
            self.pending_overdue += i64::from(counters.pending_overdue);
            let group = groups.get(procedure.as_str()).copied().flatten().unwrap_or(FieldGroup::Other);
            *self.resolved.entry(group).or_default() += counters.resolved_total();
        }
    }
}

/// A number in `0..bound` that depends on its arguments alone.
fn chance(month: usize, procedure: usize, salt: usize, bound: i32) -> i32 {
    // The finish of splitmix64: neighbouring arguments have nothing in common, and no generator is needed.
    let seed = u64::try_from((month * 1_000 + procedure) * 10 + salt + 1).unwrap_or(0);
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    i32::try_from((mixed ^ (mixed >> 31)) % 1_000).unwrap_or(0) * bound.max(1) / 1_000
}

/// The lines of one month. `pending` holds what the month before left, and is brought forward. What is abolished
/// in the month is brought to its end.
pub fn month(
    month: usize,
    period: &Period,
    procedures: &[Offered<'_>],
    pending: &mut HashMap<String, i32>,
) -> Vec<LineInput> {
    procedures
        .iter()
        .enumerate()
        .filter(|(_, one)| one.abolished.is_none_or(|day| day > period.start))
        .map(|(index, one)| {
            let procedure = one.procedure;
            let carried_over = pending.get(&procedure.code).copied().unwrap_or(0);
            // A few procedures make most of the work.
            let size = 160 / (i32::try_from(index).unwrap_or(i32::MAX).saturating_add(4)) + 2;
            let received = size + chance(month, index, 1, size);
            let grows = i32::try_from(month).unwrap_or(0);
            let online_share = match procedure.online_level.unwrap_or(OnlineLevel::Information) {
                OnlineLevel::Full => 78 + grows,
                OnlineLevel::Partial => 70 + grows,
                OnlineLevel::Information => 0,
            };
            let received_online =
                if procedure.online_provided == Some(true) { received * online_share / 100 } else { 0 };
            let received_postal = (received - received_online) / 9;
            let received_direct = received - received_online - received_postal;
            let total = received + carried_over;
            let ends = one.abolished.is_some_and(|day| day <= period.end);
            let left = if ends { 0 } else { total * (5 + chance(month, index, 2, 6)) / 100 };
            let pending_overdue = (left * 8 + chance(month, index, 6, 100)) / 100;
            let resolved = total - left;
            // Small procedures are late now and then, too: rounded by chance and not down.
            let resolved_late = (resolved * chance(month, index, 3, 3) + chance(month, index, 5, 100)) / 100;
            let resolved_early = (resolved - resolved_late) * 3 / 4;
            let fee_dossiers = if procedure.has_financial_obligation == Some(true) { received } else { 0 };
            let fee_dossiers_paid_online = fee_dossiers * (42 + 2 * grows) / 100;
            let results_issued = resolved - resolved / 50;
            pending.insert(procedure.code.clone(), left);
            let counters = Counters {
                received_online,
                received_direct,
                received_postal,
                carried_over,
                resolved_early,
                resolved_on_time: resolved - resolved_late - resolved_early,
                resolved_late,
                pending_in_time: left - pending_overdue,
                pending_overdue,
                returned_or_withdrawn: resolved / 50,
                own_authority: received,
                dossiers_digitised: received * (80 + grows) / 100,
                components_reused: received * (30 + grows) / 100,
                results_issued,
                results_digitised: results_issued * (84 + grows) / 100,
                fee_dossiers,
                fee_dossiers_paid_online,
                payment_transactions: fee_dossiers,
                payment_transactions_online: fee_dossiers_paid_online,
                resolved_online: resolved * received_online / received.max(1),
                pending_online_in_time: (left - pending_overdue) * received_online / received.max(1),
                pending_online_overdue: 0,
                synchronised: received * (92 + chance(month, index, 4, 8)) / 100,
                components_reused_national: received * (30 + grows) / 300,
                fee_dossiers_paid_national: fee_dossiers_paid_online * 9 / 10,
            };
            LineInput { procedure: procedure.code.clone(), counters, stated: StatedTotals::default() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::period::Calendar;
    use procedures::dossier::rules::{LineAt, check_line};

    #[test]
    fn invented_figures_are_balanced() {
        let register = procedures::procedure::reading::read_csv(super::super::PROCEDURES, 1_000).unwrap();
        let procedures = offered(&register);
        assert_eq!(procedures.len(), 94);
        let mut pending = HashMap::new();
        let mut counts = Vec::new();
        for (number, code) in super::super::MONTHS.into_iter().enumerate() {
            let period = Period::parse(Calendar::Nd09, code).unwrap();
            let lines = month(number, &period, &procedures, &mut pending);
            for (index, line) in lines.iter().enumerate() {
                let at = LineAt { index: Some(index), line: 1, procedure: &line.procedure };
                assert_eq!(check_line(&at, &line.counters, &line.stated), [], "{code}");
            }
            counts.push(lines.len());
        }
        // One is abolished on 4 May 2026, and leaves nothing pending.
        assert_eq!((counts[9], counts[10]), (94, 93));
        assert_eq!(pending["DP.VANHOA.002"], 0);
    }
}
