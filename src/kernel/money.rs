//! Amounts of money: whole đồng, exact, and as people write them.

use crate::i18n::Language;
use crate::text_enum::text_enum;

/// The largest whole number that every JSON reader keeps exactly: 2^53 - 1.
pub const MAX_EXACT: i64 = (1 << 53) - 1;

/// The largest amount of one line: a thousand times a thousand tỷ đồng.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// Adds up; none where the sum is beyond what every reader of JSON keeps exactly.
pub fn exact_sum(amounts: impl IntoIterator<Item = i64>) -> Option<i64> {
    let sum = amounts.into_iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount))?;
    (-MAX_EXACT..=MAX_EXACT).contains(&sum).then_some(sum)
}

text_enum! {
    /// In which unit money is shown (đơn vị tính).
    pub enum MoneyUnit {
        /// Đồng.
        Dong = "DONG",
        /// Thousands of đồng (nghìn đồng).
        Thousand = "THOUSAND",
        /// Millions of đồng (triệu đồng).
        Million = "MILLION",
        /// Thousands of millions of đồng (tỷ đồng).
        Billion = "BILLION",
    }
}

/// An amount as people read it: in a unit, rounded half away from zero to some decimals, with the separators of the
/// language (1.234,5 in Vietnamese).
pub fn shown(amount: i64, unit: MoneyUnit, decimals: u32, language: Language) -> String {
    let decimals = if unit == MoneyUnit::Dong { 0 } else { decimals.min(3) };
    let scale = 10_i128.pow(decimals);
    let (magnitude, dong) = (i128::from(amount).abs(), i128::from(unit.dong()));
    let rounded = (magnitude * scale * 2 + dong) / (dong * 2);
    let (group, point) = match language {
        Language::Vi => ('.', ','),
        Language::En => (',', '.'),
    };
    let digits = (rounded / scale).to_string();
    let mut whole = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            whole.push(group);
        }
        whole.push(digit);
    }
    let sign = if amount < 0 && rounded != 0 { "-" } else { "" };
    match decimals {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}{point}{:0>width$}", rounded % scale, width = decimals as usize),
    }
}

impl MoneyUnit {
    fn dong(self) -> i64 {
        match self {
            MoneyUnit::Dong => 1,
            MoneyUnit::Thousand => 1_000,
            MoneyUnit::Million => 1_000_000,
            MoneyUnit::Billion => 1_000_000_000,
        }
    }
}
