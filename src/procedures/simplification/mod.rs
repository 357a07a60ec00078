//! Reviews and simplification of procedures (rà soát, đơn giản hóa thủ tục hành chính; plan II.2.b.1, form
//! II.04): a unit proposes what to cut of a procedure, the Chair decides, the one-stop centre says from which day
//! it is done in the simpler way.
//!
//! ```text
//!              decide             implement
//!   PROPOSED ──────────► APPROVED ──────────► IMPLEMENTED ─┐
//!     │    └───────────► REJECTED                   ▲      │ correct
//!     └─ withdraw ─► WITHDRAWN                      └──────┘
//! ```
//!
//! The Chair may take a decision back, whatever came of it: the review is PROPOSED again.
//!
//! A decision writes the measures of this register in the same transaction: how many were approved and carried
//! out, and what the people's procedures that were simplified cost before and cost now.

pub mod graphql;
pub mod policy;
pub mod rules;
pub mod service;
pub mod store;
pub mod sums;

use kernel::text_enum::text_enum;

text_enum! {
    /// The state of a review of a procedure (trạng thái phương án rà soát).
    pub enum ReviewState {
        /// Proposed, and not decided yet (đã đề xuất).
        Proposed = "PROPOSED",
        /// Approved, and not carried out yet (đã được phê duyệt).
        Approved = "APPROVED",
        /// Rejected (không được phê duyệt).
        Rejected = "REJECTED",
        /// Carried out: the procedure is done in the simpler way (đã thực hiện).
        Implemented = "IMPLEMENTED",
        /// Withdrawn before it was decided (đã rút).
        Withdrawn = "WITHDRAWN",
    }
}
