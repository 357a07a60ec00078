//! Staffing: quotas, the baseline of the cut, changes of its perimeter.

pub mod perimeter_change;
pub mod perimeter_line;
pub mod staffing_baseline;
pub mod staffing_baseline_author;
pub mod staffing_baseline_line;
pub mod staffing_quota;
