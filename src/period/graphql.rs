//! Periods in the schema.

use async_graphql::{InputValueError, InputValueResult, Object, Scalar, ScalarType, Value};
use chrono::NaiveDate;

use super::{Calendar, Period, PeriodKind};

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

/// A reporting period (kỳ báo cáo). Generated: there is one for every code.
pub struct ReportingPeriod(pub Period);

/// A reporting period (kỳ báo cáo) of one calendar.
#[Object]
impl ReportingPeriod {
    /// The code, such as `2026-Q1`.
    async fn code(&self) -> PeriodCode {
        PeriodCode(self.0.code())
    }

    /// By which calendar it is cut.
    async fn calendar(&self) -> Calendar {
        self.0.calendar
    }

    /// Which kind it is.
    async fn kind(&self) -> PeriodKind {
        self.0.kind
    }

    /// The year it is named after.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// First day, in Việt Nam.
    async fn start_date(&self) -> NaiveDate {
        self.0.start
    }

    /// Last day, in Việt Nam.
    async fn end_date(&self) -> NaiveDate {
        self.0.end
    }

    /// The period of the same kind just before.
    async fn previous(&self) -> Option<ReportingPeriod> {
        self.0.previous().map(ReportingPeriod)
    }

    /// The same period a year before (cùng kỳ năm trước).
    async fn same_period_last_year(&self) -> Option<ReportingPeriod> {
        self.0.same_last_year().map(ReportingPeriod)
    }
}
