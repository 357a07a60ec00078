//! What a register hands over: its figures, worked out by its own feature.

use chrono::NaiveDate;
use uuid::Uuid;

use kernel::period::Period;

/// A figure of a register: whose, of which measure, from which day, how much.
pub type RegisterFigure = (Uuid, &'static str, NaiveDate, i64);

/// A figure of a register of the budget year: whose, of which measure, for which period, how much.
pub type PeriodFigure = (Uuid, &'static str, Period, i64);
