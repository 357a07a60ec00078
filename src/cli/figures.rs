//! Invented dossier statistics for the demo: plausible, always the same, and balanced like real ones.

use std::collections::HashMap;

use crate::dossier::rules::{Counters, StatedTotals};
use crate::dossier::service::LineInput;
use crate::procedure::input::Given;
use crate::procedure::rules::OnlineLevel;

/// A number in `0..bound` that depends on its arguments alone.
fn chance(month: usize, procedure: usize, salt: usize, bound: i32) -> i32 {
    // Knuth's multiplicative hash: spreads neighbouring numbers, needs no generator.
    let mixed = (month * 7_919 + procedure * 104_729 + salt * 1_299_709 + 1).wrapping_mul(2_654_435_761) >> 7;
    i32::try_from(mixed % 1_000).unwrap_or(0) * bound.max(1) / 1_000
}

/// The lines of one month. `pending` holds what the month before left, and is brought forward.
pub fn month(month: usize, procedures: &[Given], pending: &mut HashMap<String, i32>) -> Vec<LineInput> {
    procedures
        .iter()
        .enumerate()
        .map(|(index, given)| {
            let procedure = &given.input;
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
            let left = total * (5 + chance(month, index, 2, 6)) / 100;
            let pending_overdue = left / 12;
            let resolved = total - left;
            let resolved_late = resolved * chance(month, index, 3, 3) / 100;
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
    use crate::dossier::rules::{LineAt, check_line};

    #[test]
    fn invented_figures_are_balanced() {
        let procedures = crate::procedure::reading::read_csv(super::super::demo::PROCEDURES, 1_000).unwrap();
        let mut pending = HashMap::new();
        for number in 0..12 {
            for (index, line) in month(number, &procedures, &mut pending).iter().enumerate() {
                let at = LineAt { index: Some(index), line: 1, procedure: &line.procedure };
                assert_eq!(check_line(&at, &line.counters, &line.stated), [], "month {number}");
            }
        }
    }
}
