//! Which value holds on which day, as pure functions.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::parameter::parameter;

use super::Code;
use kernel::error::{ApiError, ApiResult};

/// Days from a first to a last one; nothing ends it while the last is none.
pub type Days = (NaiveDate, Option<NaiveDate>);

/// Whether a day lies in a span.
pub fn holds_on((from, to): Days, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day <= to)
}

/// Whether two spans share a day.
pub fn overlap(one: Days, other: Days) -> bool {
    one.0 <= other.1.unwrap_or(NaiveDate::MAX) && other.0 <= one.1.unwrap_or(NaiveDate::MAX)
}

/// The parameters that hold on one day.
#[derive(Debug, Clone, Default)]
pub struct InForce(HashMap<String, parameter::Model>);

impl InForce {
    /// Of rows, those that hold on a day.
    pub fn on(rows: impl IntoIterator<Item = parameter::Model>, day: NaiveDate) -> InForce {
        let holding = rows.into_iter().filter(|row| holds_on((row.effective_from, row.effective_to), day));
        InForce(holding.map(|row| (row.code.clone(), row)).collect())
    }

    /// Whether a parameter has a value on the day. Decrees begin somewhere; whoever asks for a time before that is told so.
    pub fn has(&self, code: Code) -> bool {
        self.0.contains_key(code.as_str())
    }

    fn get(&self, code: Code) -> ApiResult<&parameter::Model> {
        self.0
            .get(code.as_str())
            .ok_or_else(|| ApiError::internal(format!("parameters.toml has no {code} for this day")))
    }

    /// A whole number. A parameter that is missing is a fault of the reference data, not of the caller.
    pub fn number(&self, code: Code) -> ApiResult<i64> {
        self.get(code)?.value_number.ok_or_else(|| ApiError::internal(format!("the parameter {code} is no number")))
    }

    /// A number of days, months or people: 0 or more.
    pub fn count(&self, code: Code) -> ApiResult<u32> {
        u32::try_from(self.number(code)?).map_err(|_| ApiError::internal(format!("the parameter {code} is no count")))
    }

    /// A text.
    pub fn text(&self, code: Code) -> ApiResult<&str> {
        let row = self.get(code)?;
        row.value_text.as_deref().ok_or_else(|| ApiError::internal(format!("the parameter {code} is no text")))
    }

    /// The words of a list with commas.
    pub fn list(&self, code: Code) -> ApiResult<Vec<&str>> {
        Ok(self.text(code)?.split(',').map(str::trim).filter(|word| !word.is_empty()).collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn row(
        code: Code,
        number: Option<i64>,
        text: Option<&str>,
        from: NaiveDate,
        to: Option<NaiveDate>,
    ) -> parameter::Model {
        parameter::Model {
            id: Uuid::nil(),
            programme_id: Uuid::nil(),
            code: code.as_str().to_owned(),
            title_vi: String::new(),
            title_en: String::new(),
            value_text: text.map(str::to_owned),
            value_number: number,
            unit: None,
            effective_from: from,
            effective_to: to,
            legal_basis: String::new(),
            note: None,
            verified: false,
        }
    }

    #[test]
    fn the_value_of_the_day_holds() {
        let rows = [
            row(Code::PublicationDays, Some(5), None, day(1, 1), Some(day(6, 30))),
            row(Code::PublicationDays, Some(3), None, day(7, 1), None),
            row(Code::PublicationPlaces, None, Some("KIOSK, NOTICE_BOARD,"), day(7, 1), None),
        ];
        let on = |day| InForce::on(rows.clone(), day);
        assert_eq!(on(day(6, 30)).count(Code::PublicationDays).unwrap(), 5);
        assert_eq!(on(day(7, 1)).number(Code::PublicationDays).unwrap(), 3);
        assert_eq!(on(day(7, 1)).list(Code::PublicationPlaces).unwrap(), ["KIOSK", "NOTICE_BOARD"]);
        assert!(on(day(6, 30)).text(Code::PublicationPlaces).is_err());
        assert!(on(day(7, 1)).has(Code::PublicationPlaces) && !on(day(6, 30)).has(Code::PublicationPlaces));
        assert!(on(day(7, 1)).number(Code::PublicationPlaces).is_err());
        assert!(on(day(7, 1)).text(Code::PublicationDays).is_err());
    }

    #[test]
    fn spans_share_a_day_or_do_not() {
        let (first, second) = ((day(1, 1), Some(day(6, 30))), (day(7, 1), None));
        assert!(!overlap(first, second) && !overlap(second, first));
        assert!(overlap(first, (day(6, 30), None)));
        assert!(overlap((day(1, 1), None), (day(8, 1), Some(day(8, 1)))));
        assert!(holds_on(first, day(6, 30)) && !holds_on(first, day(7, 1)));
    }
}
