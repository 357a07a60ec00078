//! Disclosure of the budget (công khai ngân sách; TT 343/2016/TT-BTC, TT 344/2016/TT-BTC, plan II.5.b.1): which documents
//! each unit has to publish by when, when it did, and where they are to be found.
//!
//! A unit says when and where in the form `BUDGET_DISCLOSURE` (data/forms/budget-disclosure.toml), quarter by quarter.
//! [`rules`] compute the rest: by when it was due, and whether that was in time, as a function of the day.

pub mod form;
pub mod graphql;
pub mod reading;
pub mod rules;

use kernel::text_enum::text_enum;

text_enum! {
    /// A document of the budget that is to be published (tài liệu công khai ngân sách).
    pub enum BudgetDisclosureDocument {
        /// The estimate of the year (dự toán đầu năm).
        Estimate = "ESTIMATE",
        /// Changes of the estimate (điều chỉnh, bổ sung dự toán).
        Changes = "CHANGES",
        /// Execution of the quarter (thực hiện dự toán quý).
        Quarter = "QUARTER",
        /// Execution of the half-year (thực hiện 6 tháng).
        HalfYear = "HALF_YEAR",
        /// Execution of nine months (thực hiện 9 tháng).
        NineMonths = "NINE_MONTHS",
        /// Execution of the year (thực hiện năm).
        Year = "YEAR",
        /// Settlement (quyết toán).
        Settlement = "SETTLEMENT",
    }
}

text_enum! {
    /// How a document stands on a day (tình trạng công khai).
    pub enum BudgetDisclosureState {
        /// There is nothing to publish yet: the quarter is not over, or the decision not made (chưa đến kỳ công khai).
        NotDue = "NOT_DUE",
        /// To be published, and there is time left (đang trong hạn).
        Due = "DUE",
        /// Published in time (đã công khai đúng hạn).
        Published = "PUBLISHED",
        /// Published, after the last day (công khai chậm).
        Late = "LATE",
        /// Not published, and the last day is over (quá hạn chưa công khai).
        Overdue = "OVERDUE",
    }
}
