//! Changes of organisations (thay đổi tổ chức bộ máy; plan II.3): established, renamed, merged, split, dissolved, moved,
//! each by a decision of its own and from a day on.
//!
//! ```text
//!              decide
//!   RECORDED ──────────► CONFIRMED: what it says is done, in the same transaction
//!         └────────────► REJECTED
//! ```
//!
//! An organisation keeps its identifier, its records and its place for all time: what ends, ends on a day; what
//! moves is a new one with the old as its predecessor. Only a name changes in place, and the earlier names stay with
//! their days. What was confirmed here is people's: loading reference data leaves it alone.

pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// What kind of change of organisations (hình thức thay đổi tổ chức).
    pub enum OrganisationChangeKind {
        /// New organisations are made (thành lập).
        Establish = "ESTABLISH",
        /// One gets another name and stays what it is (đổi tên).
        Rename = "RENAME",
        /// Several become one: a new one, or one of them that goes on (hợp nhất, sáp nhập).
        Merge = "MERGE",
        /// One ends and becomes several (chia).
        Split = "SPLIT",
        /// One or several end without a successor (giải thể).
        Dissolve = "DISSOLVE",
        /// One ends where it is and goes on as a new one under another (chuyển về cơ quan quản lý khác).
        Move = "MOVE",
    }
}

text_enum! {
    /// The state of a change of organisations (trạng thái).
    pub enum OrganisationChangeState {
        /// Recorded, and not decided yet; nothing has changed (đã ghi nhận).
        Recorded = "RECORDED",
        /// Confirmed, and done (đã xác nhận).
        Confirmed = "CONFIRMED",
        /// Rejected; nothing has changed (không xác nhận).
        Rejected = "REJECTED",
    }
}

text_enum! {
    /// What an organisation is in a change.
    pub enum Part {
        /// It is renamed, or ends.
        Subject = "SUBJECT",
        /// It takes the others up and goes on.
        Into = "INTO",
        /// It is made.
        Made = "MADE",
    }
}
