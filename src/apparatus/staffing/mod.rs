//! Staffing (biên chế): quotas by decision, and the cut of budget-paid public employees by 10 % against 2025
//! (plan II.3.a.3).
//!
//! - A quota holds from a day until the next decision; the seven categories are never merged. The cut counts one
//!   of them: public employees paid by the State budget (viên chức hưởng lương từ ngân sách nhà nước).
//! - The baseline is the quota of 2025, entered by the standing body and frozen once the Chair approves it. After
//!   that only changes of the perimeter adjust it: units merged, split, moved in or out. Otherwise a transfer
//!   would look like a cut.
//! - "Giảm bình quân 10 %" is read ward-wide, weighted by size; the simple mean of units and the unadjusted rate
//!   stand beside it. Source: domain facts 7 and 13.6.

pub mod graphql;
pub mod policy;
pub mod reading;
pub mod rules;
pub mod service;
pub mod store;
pub mod timeline;
