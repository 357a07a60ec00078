//! How autonomous public service units are financially (phân loại mức tự chủ tài chính đơn vị sự nghiệp công lập; plan
//! II.5.b.2): the unit proposes, the finance division appraises, the Chair decides.
//!
//! ```text
//!             appraise             decide
//!   PROPOSED ──────────► APPRAISED ──────────► DECIDED ─── next edition decided ──► SUPERSEDED
//!      ▲  └──── return ──────┴──► RETURNED        └─ propose, with a reason ─► next edition: PROPOSED
//!      └──────── propose ─────────────┘
//! ```
//!
//! A classification is of a unit and a stability period. What is decided is never changed: a correction, or a new group
//! from a day on, is the next edition, and both stay. What a unit is by the criteria of its field is another matter:
//! `apparatus::classification`.
//!
//! Source: NĐ 60/2021/NĐ-CP Art. 9, amended by NĐ 111/2025/NĐ-CP (not verified); domain facts 8.

pub mod figures;
pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// The state of a classification by autonomy (trạng thái phân loại mức tự chủ).
    pub enum AutonomyState {
        /// Proposed by the unit, not appraised yet (đã đề xuất).
        Proposed = "PROPOSED",
        /// Sent back to the unit with a reason (yêu cầu chỉnh lý).
        Returned = "RETURNED",
        /// Appraised by the finance division, not decided yet (đã thẩm định).
        Appraised = "APPRAISED",
        /// Decided (đã quyết định).
        Decided = "DECIDED",
        /// Decided, and a later edition took its place (đã được thay thế).
        Superseded = "SUPERSEDED",
    }
}

text_enum! {
    /// The group of a public service unit by its financial autonomy (nhóm tự chủ tài chính).
    pub enum AutonomyGroup {
        /// Finances its recurrent expenditure and its investment itself (tự bảo đảm chi thường xuyên và chi đầu tư).
        Group1 = "GROUP_1",
        /// Finances its recurrent expenditure itself (tự bảo đảm chi thường xuyên).
        Group2 = "GROUP_2",
        /// Finances part of its recurrent expenditure itself (tự bảo đảm một phần chi thường xuyên).
        Group3 = "GROUP_3",
        /// The State finances its recurrent expenditure (Nhà nước bảo đảm chi thường xuyên).
        Group4 = "GROUP_4",
    }
}

text_enum! {
    /// The part of group 3 (bậc của nhóm 3).
    pub enum AutonomyBand {
        /// From 70 to below 100 % (từ 70 % đến dưới 100 %).
        High = "HIGH",
        /// From 30 to below 70 % (từ 30 % đến dưới 70 %).
        Middle = "MIDDLE",
        /// From 10 to below 30 % (từ 10 % đến dưới 30 %).
        Low = "LOW",
    }
}

text_enum! {
    /// What the finance division says of a proposal (kết quả thẩm định).
    pub enum AutonomyAppraisal {
        /// It may be decided (đồng ý trình).
        Agree = "AGREE",
        /// The unit must mend it (yêu cầu chỉnh lý).
        Return = "RETURN",
    }
}

text_enum! {
    /// What the Chair decides about a proposal (quyết định).
    pub enum AutonomyDecision {
        /// The unit is classified as proposed (phê duyệt).
        Approve = "APPROVE",
        /// The unit must mend it (yêu cầu chỉnh lý).
        Return = "RETURN",
    }
}
