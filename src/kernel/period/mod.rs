//! Reporting periods (kỳ báo cáo): three calendars, six kinds, generated and never typed in.
//!
//! Pure values: a period is its calendar, kind and code; the days follow. Days are days in Việt Nam
//! (UTC+7). Source: NĐ 09/2019/NĐ-CP for the cut-off rule (domain facts 5.1), worked examples 13.1.

pub mod cover;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};

use crate::clock::local_date;
use crate::text_enum::text_enum;

text_enum! {
    /// The calendar by which periods are cut (cách chốt số liệu).
    pub enum Calendar {
        /// NĐ 09/2019/NĐ-CP: from the 15th before a period to the 14th of its last month. Reports on administrative reform.
        Nd09 = "ND09",
        /// Calendar months (theo tháng dương lịch).
        Calendar = "CALENDAR",
        /// The budget year (năm ngân sách): calendar months, and a 13th period open until 31 January.
        BudgetYear = "BUDGET_YEAR",
    }
}

text_enum! {
    /// The kind of a reporting period (loại kỳ báo cáo).
    pub enum PeriodKind {
        /// Month (tháng): `2026-M03`; `2026-M13` in the budget year.
        Month = "MONTH",
        /// Quarter (quý): `2026-Q1`.
        Quarter = "QUARTER",
        /// Half-year (6 tháng): `2026-H1`.
        HalfYear = "HALF_YEAR",
        /// Nine months (9 tháng): `2026-9M`.
        NineMonths = "NINE_MONTHS",
        /// Year (năm): `2026`.
        Year = "YEAR",
        /// Ad hoc (đột xuất), with a window of its own: `2026-01-10/2026-02-20`.
        AdHoc = "AD_HOC",
    }
}

/// A reporting period of one calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// By which calendar it is cut.
    pub calendar: Calendar,
    /// Which kind it is.
    pub kind: PeriodKind,
    /// The year it is named after.
    pub year: i32,
    /// Its number in the year; 1 for kinds that have but one, 0 for ad hoc.
    pub number: u32,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPeriod(pub String);

impl fmt::Display for NoPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is no period code", self.0)
    }
}

impl From<NoPeriod> for crate::error::ApiError {
    #[track_caller]
    fn from(fault: NoPeriod) -> Self {
        crate::error::ApiError::bad_input(crate::i18n::Message::new("period-invalid").with("code", fault.0))
    }
}

/// The years in which periods are generated; a typing error such as 20266 is none of them.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

impl Period {
    /// The period of a code in a calendar.
    pub fn parse(calendar: Calendar, code: &str) -> Result<Period, NoPeriod> {
        let fault = || NoPeriod(code.to_owned());
        if let Some((start, end)) = code.split_once('/') {
            let day = |text: &str| {
                (text.len() == 10)
                    .then(|| NaiveDate::from_str(text).ok())
                    .flatten()
                    .filter(|day| YEARS.contains(&day.year()))
            };
            let (Some(start), Some(end)) = (day(start), day(end)) else { return Err(fault()) };
            if end < start {
                return Err(fault());
            }
            return Ok(Period { calendar, kind: PeriodKind::AdHoc, year: end.year(), number: 0, start, end });
        }
        let (year, rest) = code.split_at_checked(4).ok_or_else(fault)?;
        if !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(fault());
        }
        let year: i32 = year.parse().map_err(|_| fault())?;
        let (kind, number) = match rest.as_bytes() {
            b"" => (PeriodKind::Year, 1),
            b"-9M" => (PeriodKind::NineMonths, 1),
            [b'-', b'M', tens @ b'0'..=b'1', ones @ b'0'..=b'9'] => {
                (PeriodKind::Month, u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
            }
            [b'-', b'Q', number @ b'1'..=b'4'] => (PeriodKind::Quarter, u32::from(number - b'0')),
            [b'-', b'H', number @ b'1'..=b'2'] => (PeriodKind::HalfYear, u32::from(number - b'0')),
            _ => return Err(fault()),
        };
        Period::generate(calendar, kind, year, number).ok_or_else(fault)
    }

    /// The period of a kind by its number in a year; none where there is no such period.
    pub fn generate(calendar: Calendar, kind: PeriodKind, year: i32, number: u32) -> Option<Period> {
        if !YEARS.contains(&year) {
            return None;
        }
        // First month and number of months, in months of the year.
        let (first, months) = match kind {
            PeriodKind::Month if (1..=12).contains(&number) => (number, 1),
            PeriodKind::Month if number == 13 && calendar == Calendar::BudgetYear => (13, 1),
            PeriodKind::Quarter if (1..=4).contains(&number) => (number * 3 - 2, 3),
            PeriodKind::HalfYear if (1..=2).contains(&number) => (number * 6 - 5, 6),
            PeriodKind::NineMonths if number == 1 => (1, 9),
            // The budget year stays open for its 13th period.
            PeriodKind::Year if number == 1 => (1, if calendar == Calendar::BudgetYear { 13 } else { 12 }),
            _ => return None,
        };
        let january = NaiveDate::from_ymd_opt(year, 1, 1)?;
        let first_day = january.checked_add_months(Months::new(first - 1))?;
        let after = first_day.checked_add_months(Months::new(months))?;
        let (start, end) = match calendar {
            // The 15th of the month before .. the 14th of the last month.
            Calendar::Nd09 => (
                first_day.checked_sub_months(Months::new(1))?.with_day(15)?,
                after.checked_sub_months(Months::new(1))?.with_day(14)?,
            ),
            Calendar::Calendar | Calendar::BudgetYear => (first_day, after.pred_opt()?),
        };
        Some(Period { calendar, kind, year, number, start, end })
    }

    /// The period of a kind in which a day falls; none for ad hoc.
    pub fn containing(calendar: Calendar, kind: PeriodKind, day: NaiveDate) -> Option<Period> {
        // A day of late December belongs to the next year by ND09; nine months never contain the last quarter.
        (day.year()..=day.year() + 1)
            .flat_map(|year| Period::all(calendar, kind, year))
            .find(|period| period.contains(day))
    }

    /// The period in which an instant falls: its day is the day in Việt Nam.
    pub fn at(calendar: Calendar, kind: PeriodKind, instant: DateTime<Utc>) -> Option<Period> {
        Period::containing(calendar, kind, local_date(instant))
    }

    /// Every period of a kind in a year, in order; none for ad hoc.
    pub fn all(calendar: Calendar, kind: PeriodKind, year: i32) -> Vec<Period> {
        (1..=13).map_while(|number| Period::generate(calendar, kind, year, number)).collect()
    }

    /// The code: `2026-M03`, `2026-Q1`, `2026-H1`, `2026-9M`, `2026`, or the window of an ad hoc period.
    pub fn code(&self) -> String {
        match self.kind {
            PeriodKind::Month => format!("{}-M{:02}", self.year, self.number),
            PeriodKind::Quarter => format!("{}-Q{}", self.year, self.number),
            PeriodKind::HalfYear => format!("{}-H{}", self.year, self.number),
            PeriodKind::NineMonths => format!("{}-9M", self.year),
            PeriodKind::Year => self.year.to_string(),
            PeriodKind::AdHoc => format!("{}/{}", self.start, self.end),
        }
    }

    /// Whether a day falls into it.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }

    /// The period of the same kind just before: its pending dossiers are this one's carried-over ones.
    /// None for ad hoc periods, and for nine months, which do not adjoin.
    pub fn previous(&self) -> Option<Period> {
        if matches!(self.kind, PeriodKind::AdHoc | PeriodKind::NineMonths) {
            return None;
        }
        match self.number {
            1 => Period::all(self.calendar, self.kind, self.year - 1).pop(),
            number => Period::generate(self.calendar, self.kind, self.year, number - 1),
        }
    }

    /// The same period a year before.
    pub fn same_last_year(&self) -> Option<Period> {
        Period::generate(self.calendar, self.kind, self.year - 1, self.number)
    }

    /// The parts from which the period is composed, the largest first level: a year of half-years, a
    /// half-year of quarters, nine months of three quarters, a quarter of months. The budget year adds its
    /// 13th period.
    pub fn parts(&self) -> Vec<Period> {
        let make = |kind, numbers: std::ops::RangeInclusive<u32>| -> Vec<Period> {
            numbers.filter_map(|number| Period::generate(self.calendar, kind, self.year, number)).collect()
        };
        match self.kind {
            PeriodKind::Year => {
                let mut parts = make(PeriodKind::HalfYear, 1..=2);
                parts.extend(Period::generate(self.calendar, PeriodKind::Month, self.year, 13));
                parts
            }
            PeriodKind::HalfYear => make(PeriodKind::Quarter, self.number * 2 - 1..=self.number * 2),
            PeriodKind::NineMonths => make(PeriodKind::Quarter, 1..=3),
            PeriodKind::Quarter => make(PeriodKind::Month, self.number * 3 - 2..=self.number * 3),
            PeriodKind::Month | PeriodKind::AdHoc => Vec::new(),
        }
    }

    /// The periods whose figures a figure of this period enters: itself and the longer ones around it.
    pub fn enclosing(&self) -> Vec<Period> {
        let mut found = vec![*self];
        for kind in [PeriodKind::Quarter, PeriodKind::HalfYear, PeriodKind::NineMonths, PeriodKind::Year] {
            for period in Period::all(self.calendar, kind, self.year) {
                if period != *self
                    && self.kind != PeriodKind::AdHoc
                    && period.start <= self.start
                    && self.end <= period.end
                {
                    found.push(period);
                }
            }
        }
        found
    }

    /// The last day of the calendar period that it is named after: the reform year 2030 ends on 14 December,
    /// and a target due on 31 December 2030 is due for it all the same.
    pub fn nominal_end(&self) -> NaiveDate {
        match self.calendar {
            Calendar::Nd09 => Period::generate(Calendar::Calendar, self.kind, self.year, self.number)
                .map_or(self.end, |period| period.end),
            Calendar::Calendar | Calendar::BudgetYear => self.end,
        }
    }

    /// The first day of the calendar period that it is named after: the twin of [`Period::nominal_end`].
    pub fn nominal_start(&self) -> NaiveDate {
        match self.calendar {
            Calendar::Nd09 => Period::generate(Calendar::Calendar, self.kind, self.year, self.number)
                .map_or(self.start, |period| period.start),
            Calendar::Calendar | Calendar::BudgetYear => self.start,
        }
    }

    /// The last day to submit, so many days after its end.
    pub fn due(&self, days: u32) -> NaiveDate {
        self.end.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(calendar: Calendar, code: &str) -> String {
        let period = Period::parse(calendar, code).unwrap();
        format!("{}..{}", period.start, period.end)
    }

    #[test]
    fn nd09_periods_of_2026_are_those_of_the_worked_example() {
        // Domain facts 13.1.
        for (code, days) in [
            ("2026-M03", "2026-02-15..2026-03-14"),
            ("2026-Q1", "2025-12-15..2026-03-14"),
            ("2026-Q2", "2026-03-15..2026-06-14"),
            ("2026-H1", "2025-12-15..2026-06-14"),
            ("2026-H2", "2026-06-15..2026-12-14"),
            ("2026-9M", "2025-12-15..2026-09-14"),
            ("2026", "2025-12-15..2026-12-14"),
        ] {
            assert_eq!(window(Calendar::Nd09, code), days, "{code}");
        }
    }

    #[test]
    fn the_quarter_ends_at_midnight_in_viet_nam() {
        // Domain facts 13.1: received 2026-03-14 23:59 +07:00 is Q1, a minute later it is Q2.
        let at = |text: &str| {
            let instant = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            Period::at(Calendar::Nd09, PeriodKind::Quarter, instant).unwrap().code()
        };
        assert_eq!(at("2026-03-14T23:59:00+07:00"), "2026-Q1");
        assert_eq!(at("2026-03-14T16:59:59Z"), "2026-Q1");
        assert_eq!(at("2026-03-15T00:00:00+07:00"), "2026-Q2");
        assert_eq!(at("2026-03-14T17:00:00Z"), "2026-Q2");
        assert_eq!(at("2025-12-31T10:00:00Z"), "2026-Q1");
    }

    #[test]
    fn the_other_calendars() {
        assert_eq!(window(Calendar::Calendar, "2026-Q1"), "2026-01-01..2026-03-31");
        assert_eq!(window(Calendar::Calendar, "2028-M02"), "2028-02-01..2028-02-29");
        assert_eq!(window(Calendar::BudgetYear, "2026"), "2026-01-01..2027-01-31");
        assert_eq!(window(Calendar::BudgetYear, "2026-M13"), "2027-01-01..2027-01-31");
        assert_eq!(window(Calendar::BudgetYear, "2026-M12"), "2026-12-01..2026-12-31");
        assert_eq!(window(Calendar::Nd09, "2026-01-10/2026-02-20"), "2026-01-10..2026-02-20");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for code in [
            "",
            "26",
            "2026-",
            "2026-Q5",
            "2026-Q0",
            "2026-M00",
            "2026-M13",
            "2026-M1",
            "2026-H3",
            "2026-q1",
            "20266",
            "1999",
            "+026",
            "2026-Q1 ",
            "Ｑ026",
            "2026-02-20/2026-01-10",
            "2026-1-1/2026-2-2",
            "2026-02-30/2026-03-01",
            "éé026",
        ] {
            assert!(Period::parse(Calendar::Nd09, code).is_err(), "{code}");
        }
    }

    fn any_period() -> impl Strategy<Value = Period> {
        let calendar = prop::sample::select(Calendar::ALL);
        let kind = prop::sample::select(&PeriodKind::ALL[..5]);
        (calendar, kind, 2001..2100_i32, 1..=13_u32)
            .prop_filter_map("no such period", |(calendar, kind, year, number)| {
                Period::generate(calendar, kind, year, number)
            })
    }

    proptest! {
        #[test]
        fn a_code_names_one_period(period in any_period()) {
            prop_assert_eq!(Period::parse(period.calendar, &period.code()).unwrap(), period);
        }

        #[test]
        fn parts_cover_the_period_without_gap_or_overlap(period in any_period()) {
            let parts = period.parts();
            if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
                prop_assert_eq!(first.start, period.start);
                prop_assert_eq!(last.end, period.end);
                for pair in parts.windows(2) {
                    prop_assert_eq!(pair[0].end.succ_opt().unwrap(), pair[1].start);
                }
            }
        }

        #[test]
        fn the_previous_period_adjoins(period in any_period()) {
            if let Some(previous) = period.previous() {
                // The 13th period of a budget year overlaps the first of the next: both are open in January.
                if period.calendar != Calendar::BudgetYear {
                    prop_assert_eq!(previous.end.succ_opt().unwrap(), period.start);
                }
            }
        }

        #[test]
        fn every_part_knows_what_it_enters(period in any_period()) {
            for part in period.parts() {
                prop_assert!(part.enclosing().contains(&period));
            }
        }
    }
}
