//! What reviews of procedures come to, in the schema.

use chrono::NaiveDate;

use crate::procedure::rules::LimitUnit;
use crate::simplification::ReviewState;
use crate::simplification::rules::Cut;
use crate::simplification::sums::{Sum, Totals};
use kit::scalar::{Count, Vnd};

/// Something before and after, summed over reviews (trước và sau).
#[derive(Debug, Clone, Copy, rows::RowObject)]
pub struct ReviewCut {
    /// Before (trước).
    pub before: Count,
    /// After (sau).
    pub after: Count,
    /// What is cut: before less after (mức cắt giảm).
    pub cut: Count,
}

impl From<Cut> for ReviewCut {
    fn from(cut: Cut) -> Self {
        ReviewCut {
            before: Count(cut.before),
            after: Count(cut.after),
            cut: Count(cut.before.saturating_sub(cut.after)),
        }
    }
}

/// Money before and after, summed over reviews (chi phí trước và sau).
#[derive(Debug, Clone, Copy, PartialEq, Eq, rows::RowObject)]
pub struct ReviewMoneyCut {
    /// Before (trước).
    pub before: Vnd,
    /// After (sau).
    pub after: Vnd,
    /// What is cut: before less after (mức cắt giảm).
    pub cut: Vnd,
}

impl ReviewMoneyCut {
    /// None where JSON does not carry every number exactly.
    fn of(cut: Cut) -> Option<ReviewMoneyCut> {
        let (before, after) = (Vnd::exact(cut.before)?, Vnd::exact(cut.after)?);
        Some(ReviewMoneyCut { before, after, cut: Vnd::exact(before.0 - after.0)? })
    }
}

/// Time in one unit, summed over reviews; units are never mixed (thời gian theo từng đơn vị tính).
#[derive(Debug, Clone, Copy, rows::RowObject)]
pub struct ReviewTimeCut {
    /// The unit (đơn vị tính).
    pub unit: LimitUnit,
    /// The time (thời gian).
    pub time: ReviewCut,
}

/// What some reviews cut together (kết quả cắt giảm).
#[derive(Debug, Clone, rows::RowObject)]
pub struct ReviewSum {
    /// How many reviews (số phương án).
    pub reviews: Count,
    /// Components of dossiers (thành phần hồ sơ).
    pub components: ReviewCut,
    /// Forms and declarations (mẫu đơn, tờ khai).
    pub forms: ReviewCut,
    /// Time limits, by unit (thời hạn giải quyết).
    pub times: Vec<ReviewTimeCut>,
    /// Compliance cost of a year, VND (chi phí tuân thủ); null where the sum is beyond what a number carries exactly,
    /// 2^53-1.
    pub cost_vnd: Option<ReviewMoneyCut>,
}

impl From<Sum> for ReviewSum {
    fn from(sum: Sum) -> Self {
        ReviewSum {
            reviews: Count(sum.reviews),
            components: sum.components.into(),
            forms: sum.forms.into(),
            times: sum.time.into_iter().map(|(unit, cut)| ReviewTimeCut { unit, time: cut.into() }).collect(),
            cost_vnd: ReviewMoneyCut::of(sum.cost_vnd),
        }
    }
}

/// How many reviews are in a state (số phương án theo trạng thái).
#[derive(Debug, Clone, Copy, rows::RowObject)]
pub struct ReviewStateCount {
    /// The state (trạng thái).
    pub state: ReviewState,
    /// How many (số lượng).
    pub count: Count,
}

/// What reviews of procedures come to on a day (tổng hợp kết quả rà soát).
#[derive(Debug, Clone, rows::RowObject)]
pub struct ProcedureReviewTotals {
    /// The day (tính đến ngày).
    pub on: NaiveDate,
    /// How many are in each state; every state stands there.
    pub counts: Vec<ReviewStateCount>,
    /// What the approved ones cut, those carried out among them (đã được phê duyệt).
    pub approved: ReviewSum,
    /// What those carried out cut (đã thực hiện).
    pub implemented: ReviewSum,
}

impl ProcedureReviewTotals {
    /// Of a day.
    pub fn of(totals: Totals, on: NaiveDate) -> ProcedureReviewTotals {
        let count = |state| Count(totals.counts.get(&state).copied().unwrap_or(0));
        let counts = ReviewState::ALL.iter().map(|&state| ReviewStateCount { state, count: count(state) }).collect();
        ProcedureReviewTotals { on, counts, approved: totals.approved.into(), implemented: totals.implemented.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::money::MAX_EXACT;

    #[test]
    fn money_is_exact_or_not_there() {
        let of = |before, after| ReviewMoneyCut::of(Cut { before, after });
        let exact = ReviewMoneyCut { before: Vnd(MAX_EXACT), after: Vnd(1), cut: Vnd(MAX_EXACT - 1) };
        assert_eq!(of(MAX_EXACT, 1), Some(exact));
        assert_eq!(of(MAX_EXACT + 1, MAX_EXACT), None);
        // Sums stop at what the type holds, and must not look like a small cut there.
        assert_eq!(of(i64::MAX, i64::MAX), None);
    }
}
