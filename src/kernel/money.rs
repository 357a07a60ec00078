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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TY: i64 = 1_000_000_000;

    #[test]
    fn money_is_rounded_only_to_be_shown() {
        let vi = |amount, unit, decimals| shown(amount, unit, decimals, Language::Vi);
        assert_eq!(vi(133 * TY, MoneyUnit::Million, 0), "133.000");
        assert_eq!(vi(99_750_499_999, MoneyUnit::Million, 0), "99.750");
        assert_eq!(vi(99_750_500_000, MoneyUnit::Million, 0), "99.751");
        assert_eq!(vi(99_750_500_000, MoneyUnit::Billion, 2), "99,75");
        assert_eq!(shown(-1_234_567, MoneyUnit::Thousand, 1, Language::En), "-1,234.6");
        assert_eq!(vi(-400, MoneyUnit::Thousand, 0), "0");
        assert_eq!(vi(1_234, MoneyUnit::Dong, 2), "1.234");
        assert_eq!(vi(i64::MAX, MoneyUnit::Dong, 0), "9.223.372.036.854.775.807");
    }

    proptest! {
        #[test]
        fn what_is_shown_in_dong_is_exact(amount in any::<i64>()) {
            let plain: String = shown(amount, MoneyUnit::Dong, 0, Language::En).chars().filter(|c| *c != ',').collect();
            prop_assert_eq!(plain.parse::<i64>().unwrap(), amount);
        }
    }
}
