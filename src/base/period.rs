//! Periods in the schema.

use async_graphql::{Context, InputValueError, InputValueResult, Result, Scalar, ScalarType, Value};
use chrono::NaiveDate;

use kernel::period::{Calendar, Period, PeriodKind};
use kit::context::ContextExt;

/// The code of a reporting period (mã kỳ báo cáo): `2026-M03`, `2026-Q1`, `2026-H1`, `2026-9M`, `2026`,
/// or the window of an ad hoc period, `2026-01-10/2026-02-20`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodCode(pub String);

/// The code of a reporting period (mã kỳ báo cáo): `2026-M03`, `2026-Q1`, `2026-H1`, `2026-9M`, `2026`,
/// or the window of an ad hoc period, `2026-01-10/2026-02-20`.
#[Scalar]
impl ScalarType for PeriodCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(code) = value else { return Err(InputValueError::expected_type(value)) };
        // A code is well-formed in some calendar or in none; the form's own calendar is checked by its use case.
        if Period::parse(Calendar::BudgetYear, &code).is_err() {
            return Err(InputValueError::custom(format!(
                "\"{code}\" is no period code; examples: 2026-M03, 2026-Q1, 2026-H1, 2026-9M, 2026, 2026-01-10/2026-02-20"
            )));
        }
        Ok(PeriodCode(code))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

rows::plain_scalar!(PeriodCode);

/// A reporting period (kỳ báo cáo). Generated: there is one for every code.
pub struct ReportingPeriod(pub Period);

/// A reporting period (kỳ báo cáo) of one calendar.
#[rows::row_object]
impl ReportingPeriod {
    /// The code, such as `2026-Q1`.
    fn code(&self) -> PeriodCode {
        PeriodCode(self.0.code())
    }

    /// By which calendar it is cut.
    fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    /// Which kind it is.
    fn kind(&self) -> PeriodKind {
        self.0.kind
    }

    /// The year it is named after.
    fn year(&self) -> i32 {
        self.0.year
    }

    /// First day, in Việt Nam.
    fn start_date(&self) -> NaiveDate {
        self.0.start
    }

    /// Last day, in Việt Nam.
    fn end_date(&self) -> NaiveDate {
        self.0.end
    }

    /// The period of the same kind just before.
    fn previous(&self) -> Option<ReportingPeriod> {
        self.0.previous().map(ReportingPeriod)
    }

    /// The same period a year before (cùng kỳ năm trước).
    fn same_period_last_year(&self) -> Option<ReportingPeriod> {
        self.0.same_last_year().map(ReportingPeriod)
    }
}

/// Reading periods.
#[derive(Default)]
pub struct PeriodQuery;

/// Reading periods.
#[rows::row_object]
impl PeriodQuery {
    /// The periods of a kind in a year, in order (các kỳ báo cáo trong năm): what a front end offers to
    /// choose from. Empty for ad hoc periods, which carry their own window, and outside 2000 to 2100.
    fn reporting_periods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which calendar they are cut.")] calendar: Calendar,
        #[graphql(desc = "Of which kind.")] kind: PeriodKind,
        #[graphql(desc = "The year they are named after.")] year: i32,
    ) -> Result<Vec<ReportingPeriod>> {
        ctx.viewer()?;
        Ok(Period::all(calendar, kind, year).into_iter().map(ReportingPeriod).collect())
    }

    /// The period of a kind in which a day falls (kỳ báo cáo của một ngày); today in Việt Nam when left out.
    /// Null where there is none: nine months never hold the last quarter.
    fn reporting_period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "By which calendar it is cut.")] calendar: Calendar,
        #[graphql(desc = "Of which kind.")] kind: PeriodKind,
        #[graphql(desc = "The day.")] day: Option<NaiveDate>,
    ) -> Result<Option<ReportingPeriod>> {
        ctx.viewer()?;
        let day = match day {
            Some(day) => day,
            None => ctx.app()?.clock.today(),
        };
        Ok(Period::containing(calendar, kind, day).map(ReportingPeriod))
    }
}
