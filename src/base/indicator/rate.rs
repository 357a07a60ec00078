//! A rate as its exact parts.

use crate::indicator::rules::Ratio;
use kit::scalar::Count;

/// A rate (tỷ lệ) as its exact parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(Ratio);

impl Rate {
    /// From its parts.
    pub fn new(numerator: i64, denominator: i64) -> Rate {
        Rate(Ratio { numerator, denominator })
    }
}

/// A rate (tỷ lệ) as its exact parts; without a value where the denominator is zero.
#[rows::row_object]
impl Rate {
    /// Numerator (tử số).
    fn numerator(&self) -> Count {
        Count(self.0.numerator)
    }

    /// Denominator (mẫu số).
    fn denominator(&self) -> Count {
        Count(self.0.denominator)
    }

    /// Percent with two decimals, rounded half up, such as `86.32`; null when the denominator is zero.
    fn percent(&self) -> Option<String> {
        self.0.percent()
    }
}
