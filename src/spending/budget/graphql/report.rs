//! Amounts of the budget, of a line or added up over an organisation and all below it.

use std::sync::Arc;

use async_graphql::{Enum, Result};
use chrono::NaiveDate;

use crate::budget::reading::{self, Amounts, Base};
use crate::budget::{BudgetFlow, BudgetNature};
use base::indicator::rate::Rate;
use base::organisation::graphql::Organisation;
use kernel::i18n::Language;
use kernel::money::MoneyUnit;
use kit::scalar::{Count, Vnd, money};

/// An amount of a budget, to be shown (chỉ tiêu số tiền).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BudgetAmountName {
    /// Assigned at the beginning of the year.
    Initial,
    /// With all changes.
    Current,
    /// Executed since 1 January.
    Executed,
    /// What is left of the current estimate.
    Remaining,
    /// Executed by the same period of the year before.
    ExecutedLastYear,
}

rows::plain_enum!(BudgetAmountName);

/// The amounts of a line of the budget, or of several together.
pub struct BudgetAmounts(pub(super) Amounts);

/// The amounts of a line of the budget, or of several together, in whole đồng. Rounded only by `shown`.
#[rows::row_object]
impl BudgetAmounts {
    /// Assigned at the beginning of the year (dự toán giao đầu năm).
    fn initial(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.initial.unwrap_or(0))?)
    }

    /// Added in the year (bổ sung).
    fn supplement(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.supplement)?)
    }

    /// Moved between lines; below zero where more left than came (điều chỉnh).
    fn adjustment(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.adjustment)?)
    }

    /// Carried over from the year before (chuyển nguồn).
    fn carry_over(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.carry_over)?)
    }

    /// Taken away: zero or below (hủy dự toán).
    fn cancellation(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.cancellation)?)
    }

    /// The current estimate, with all changes by the day (dự toán sau điều chỉnh).
    fn current(&self) -> Result<Vnd> {
        Ok(money(self.0.sums.current())?)
    }

    /// Executed since 1 January, by the last accepted forms (thực hiện lũy kế); null where nobody has reported.
    fn executed(&self) -> Result<Option<Vnd>> {
        Ok(self.0.executed.map(money).transpose()?)
    }

    /// What is left of the current estimate; below zero where more was executed. Null where nobody has reported.
    fn remaining(&self) -> Result<Option<Vnd>> {
        Ok(self.0.executed.map(|executed| money(self.0.sums.current() - executed)).transpose()?)
    }

    /// Executed by the same period of the year before (cùng kỳ năm trước); null where nobody has reported.
    fn executed_last_year(&self) -> Result<Option<Vnd>> {
        Ok(self.0.last_year.map(money).transpose()?)
    }

    /// Executed over the current estimate (tỷ lệ thực hiện so với dự toán); null where nobody has reported, without a
    /// value where nothing is assigned.
    fn execution_rate(&self) -> Option<Rate> {
        self.0.executed.map(|executed| Rate::new(executed, self.0.sums.current()))
    }

    /// Executed over what was assigned at the beginning (so với dự toán giao đầu năm).
    fn initial_execution_rate(&self) -> Option<Rate> {
        self.0.executed.map(|executed| Rate::new(executed, self.0.sums.initial.unwrap_or(0)))
    }

    /// Executed over the same period of the year before (so với cùng kỳ năm trước).
    fn last_year_rate(&self) -> Option<Rate> {
        self.0.executed.zip(self.0.last_year).map(|(executed, before)| Rate::new(executed, before))
    }

    /// An amount as people read it: rounded half up, with the separators of the language. Null where there is none.
    fn shown(
        &self,
        #[graphql(desc = "Which amount.")] amount: BudgetAmountName,
        #[graphql(desc = "In which unit.")] unit: MoneyUnit,
        #[graphql(default = 0, desc = "How many decimals, 0 to 3; none in đồng.", validator(minimum = 0, maximum = 3))]
        decimals: u32,
        #[graphql(default, desc = "In which language.")] language: Language,
    ) -> Option<String> {
        let current = self.0.sums.current();
        let amount = match amount {
            BudgetAmountName::Initial => self.0.sums.initial,
            BudgetAmountName::Current => Some(current),
            BudgetAmountName::Executed => self.0.executed,
            BudgetAmountName::Remaining => self.0.executed.map(|executed| current - executed),
            BudgetAmountName::ExecutedLastYear => self.0.last_year,
        };
        amount.map(|amount| kernel::money::shown(amount, unit, decimals, language))
    }
}

/// Money that comes or goes, added up by what it is of.
#[derive(rows::RowObject)]
pub struct BudgetPart {
    /// Whether money comes or goes.
    pub flow: BudgetFlow,
    /// What it is of; null for all of them together.
    pub nature: Option<BudgetNature>,
    /// The amounts.
    pub amounts: BudgetAmounts,
}

/// A budget added up (tổng hợp dự toán và thực hiện).
pub struct BudgetReport {
    pub(super) base: Base,
    pub(super) year: i32,
    pub(super) report: reading::Report,
}

/// The budget of an organisation and all below it, added up for a period (tổng hợp dự toán và thực hiện).
#[rows::row_object]
impl BudgetReport {
    /// Whose, itself and all below it.
    fn organisation(&self) -> Organisation {
        Organisation(Arc::new(self.base.organisation.clone()))
    }

    /// The budget year.
    fn fiscal_year(&self) -> i32 {
        self.year
    }

    /// The day by which decisions and forms count: the period's last.
    fn by(&self) -> NaiveDate {
        self.base.by
    }

    /// All revenue, and all expenditure.
    fn totals(&self) -> Result<Vec<BudgetPart>> {
        let mut totals = Vec::new();
        for flow in [BudgetFlow::Revenue, BudgetFlow::Expenditure] {
            let parts: Vec<Amounts> =
                self.report.parts.iter().filter(|((of, _), _)| *of == flow).map(|(_, amounts)| *amounts).collect();
            if !parts.is_empty() {
                totals.push(BudgetPart { flow, nature: None, amounts: BudgetAmounts(reading::together(parts)?) });
            }
        }
        Ok(totals)
    }

    /// Revenue and expenditure by what they are of: at most eight.
    fn parts(&self) -> Vec<BudgetPart> {
        let part = |((flow, nature), amounts): &((BudgetFlow, BudgetNature), Amounts)| BudgetPart {
            flow: *flow,
            nature: Some(*nature),
            amounts: BudgetAmounts(*amounts),
        };
        self.report.parts.iter().map(part).collect()
    }

    /// How many organisations have an estimate and have reported nothing of the year by the day.
    fn missing(&self) -> Count {
        Count(i64::try_from(self.report.missing).unwrap_or(i64::MAX))
    }

    /// How many have reported, though not up to the period: their last figures stand for it.
    fn behind(&self) -> Count {
        Count(i64::try_from(self.report.behind).unwrap_or(i64::MAX))
    }
}
