//! Values and sentences that everything uses: texts, days, periods, money, the words of the field, errors and messages.
//! No database, no caller, no schema root; it imports no other room.

#[doc(hidden)]
pub use rows;

pub mod clock;
pub mod error;
pub mod faults;
pub mod form;
pub mod i18n;
pub mod money;
pub mod period;
pub mod text;
pub mod text_enum;
pub mod units;
pub mod user_error;
