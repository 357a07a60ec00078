//! The budget of the reform itself (kinh phí cải cách hành chính; plan IV, V.2.b): what a unit asks for a task of the plan
//! in a year, what both appraisals say of it, what the Chair gives, and what is spent.
//!
//! ```text
//!           submit               both appraise           decide
//!   DRAFT ─────────► SUBMITTED ────────────────► APPRAISED ──────► ALLOCATED ◄─┐ supplement,
//!              ▲         │ └── reject ─► REJECTED ◄── reject ┘          └──────┘ record spending
//!     submit   │         │ return                   │ return
//!           RETURNED ◄───┴──────────────────────────┘
//! ```
//!
//! The finance division and the standing body appraise, each with an amount and an opinion. While their amounts differ the
//! line stays SUBMITTED: each may appraise again until both agree on one. Appraisals, allocations and months of spending
//! are append-only; what was wrong is set right by the next.

pub mod figures;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod steps;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// The state of a line of the budget of the reform (trạng thái dự toán kinh phí cải cách hành chính).
    pub enum ReformBudgetState {
        /// Drafted by the unit, not signed yet (dự thảo).
        Draft = "DRAFT",
        /// Signed by the head and sent; not appraised by both, or they differ (đã gửi).
        Submitted = "SUBMITTED",
        /// Sent back to the unit with a reason (yêu cầu chỉnh lý).
        Returned = "RETURNED",
        /// Appraised by both, who agree on one amount (đã thẩm định).
        Appraised = "APPRAISED",
        /// The Chair gave money to it (đã giao kinh phí).
        Allocated = "ALLOCATED",
        /// The Chair gave none; closed (không phê duyệt).
        Rejected = "REJECTED",
    }
}

text_enum! {
    /// Who appraises a line (bên thẩm định).
    pub enum ReformBudgetSide {
        /// The finance division (Phòng Kinh tế - Hạ tầng và Đô thị).
        Finance = "FINANCE",
        /// The standing body of the reform (cơ quan thường trực, Phòng Văn hóa - Xã hội).
        StandingBody = "STANDING_BODY",
    }
}

text_enum! {
    /// What an appraisal comes to (kết quả thẩm định).
    pub enum ReformBudgetAppraisalDecision {
        /// An amount is thought right (đề nghị mức kinh phí).
        Agree = "AGREE",
        /// The unit must mend the line (yêu cầu chỉnh lý).
        Return = "RETURN",
    }
}

text_enum! {
    /// What the Chair decides about a line (quyết định).
    pub enum ReformBudgetDecision {
        /// Money is given to it (giao kinh phí).
        Allocate = "ALLOCATE",
        /// None is (không phê duyệt).
        Reject = "REJECT",
    }
}

text_enum! {
    /// How a decision changes what a line has (loại quyết định giao kinh phí).
    pub enum ReformAllocationKind {
        /// Given first (giao lần đầu).
        Initial = "INITIAL",
        /// Given in addition (bổ sung).
        Supplement = "SUPPLEMENT",
        /// Moved up or down: the only kind whose amount may be below zero (điều chỉnh).
        Adjustment = "ADJUSTMENT",
    }
}
