//! The budget (ngân sách; plan II.5.b.1): what decisions assigned to each line of the classification, and what units
//! have collected and spent of it.
//!
//! - [`classification`]: codes of mục lục ngân sách nhà nước as dated reference data; what a line is follows from them.
//! - An **estimate** (dự toán) is the sum of append-only events, each by a decision. Nothing is edited: another
//!   decision sets it right.
//!   What it comes to is measured by month of the budget year: [`figures`].
//! - **Execution** (thực hiện) is a form in the one workflow, cumulative since 1 January, for the months of the budget
//!   year and its 13th period, which is open until 31 January.
//! - **Disclosure** (công khai), [`disclosure`]: which documents are to be published by when, and whether they were.
//! - **Settlement** (quyết toán) closes a year of the whole programme: the ward's budget is settled as one.
//!
//! Source: domain facts 8 and 13.7; Luật Ngân sách nhà nước; TT 324/2016/TT-BTC.

pub mod classification;
pub mod disclosure;
pub mod figures;
pub mod form;
pub mod graphql;
pub mod policy;
pub mod reading;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// The kinds of codes of the budget classification (mục lục ngân sách nhà nước).
    pub enum BudgetCodeKind {
        /// Chapter: the authority in charge (chương).
        Chapter = "CHAPTER",
        /// Category: the field (loại).
        Category = "CATEGORY",
        /// Subcategory of a category (khoản).
        Subcategory = "SUBCATEGORY",
        /// Item: what is collected or bought (mục).
        Item = "ITEM",
        /// Subitem of an item (tiểu mục).
        Subitem = "SUBITEM",
        /// Source of the money (tính chất nguồn kinh phí).
        Source = "SOURCE",
        /// Level of the budget (cấp ngân sách).
        Level = "LEVEL",
    }
}

text_enum! {
    /// Whether money comes or goes (thu, chi).
    pub enum BudgetFlow {
        /// Revenue (thu).
        Revenue = "REVENUE",
        /// Expenditure (chi).
        Expenditure = "EXPENDITURE",
    }
}

text_enum! {
    /// What money is of, by its item (tính chất khoản thu, chi).
    pub enum BudgetNature {
        /// Recurrent (thường xuyên).
        Recurrent = "RECURRENT",
        /// Investment in development (đầu tư phát triển).
        Investment = "INVESTMENT",
        /// Transfers from another level of the budget (bổ sung từ ngân sách cấp trên).
        Transfer = "TRANSFER",
        /// Anything else: carried over, surplus, reserve (chuyển nguồn, kết dư, dự phòng).
        Other = "OTHER",
    }
}

text_enum! {
    /// How a decision changes an estimate (biến động dự toán).
    pub enum BudgetEventKind {
        /// Assigned at the beginning of the year, once per line (dự toán giao đầu năm).
        Initial = "INITIAL",
        /// Added in the year (bổ sung).
        Supplement = "SUPPLEMENT",
        /// Moved between lines, up or down: the only kind whose amount may be below zero (điều chỉnh).
        Adjustment = "ADJUSTMENT",
        /// Carried over from the year before (chuyển nguồn).
        CarryOver = "CARRY_OVER",
        /// Taken away: entered as what is taken, above zero (hủy dự toán).
        Cancellation = "CANCELLATION",
    }
}
