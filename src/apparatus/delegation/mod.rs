//! Decentralisation and authorisation (phân cấp, ủy quyền; plan II.3): what one organisation passed on to another, by
//! which decision, on which days; and the checks by which that is supervised.
//!
//! What is in force and is not checked for longer than the parameter DELEGATION_CHECK_MONTHS says, is overdue.

pub mod graphql;
pub mod rules;
pub mod service;
pub mod store;

use kernel::text_enum::text_enum;

text_enum! {
    /// How a power was passed on (hình thức).
    pub enum DelegationKind {
        /// Decentralised: the receiver does it in its own name (phân cấp).
        Decentralisation = "DECENTRALISATION",
        /// Authorised: the receiver does it in the name of who gave it (ủy quyền).
        Authorisation = "AUTHORISATION",
    }
}

text_enum! {
    /// Whether a delegation holds, by its days (hiệu lực).
    pub enum DelegationState {
        /// Its first day has not come (chưa có hiệu lực).
        Pending = "PENDING",
        /// It holds (đang có hiệu lực).
        InForce = "IN_FORCE",
        /// Its last day is past (hết hiệu lực).
        Ended = "ENDED",
    }
}

text_enum! {
    /// What a supervision check found (kết quả kiểm tra).
    pub enum DelegationFinding {
        /// As it should be (đúng quy định).
        Ok = "OK",
        /// A shortcoming (còn thiếu sót).
        Shortcoming = "SHORTCOMING",
        /// A violation (có vi phạm).
        Violation = "VIOLATION",
    }
}
