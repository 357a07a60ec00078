//! Invented budgets and public investment: what decisions assigned for 2026, what units report of it month by month, and
//! what the Treasury paid for three projects. Two units have an estimate and have reported nothing yet.

use chrono::NaiveDate;

use super::{People, accepted, done, target};
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::period::{Calendar, Period, PeriodKind};
use kit::app::App;
use spending::budget::BudgetEventKind;
use spending::budget::classification::Given;
use spending::budget::form::{RowInput, Rows};
use spending::budget::service as budget;
use spending::budget::service::{AllocateRequest, EventInput};
use spending::investment::rules::Paid;
use spending::investment::service as investment;
use spending::investment::service::{DisbursementRequest, PlanRequest, ProjectRequest};
use spending::investment::{CapitalEventKind, ProjectGroup};

const YEAR: i32 = 2026;
/// A million đồng.
const MILLION: i64 = 1_000_000;
/// The last month that is reported.
const LAST_MONTH: u32 = 8;

/// A line of a unit: subcategory (none for revenue), subitem, source, and the estimate of the beginning in millions.
type Line = (Option<&'static str>, &'static str, Option<&'static str>, i64);

/// Salaries, allowances, contributions and office supplies of a unit.
const SPENDING: [Line; 4] = [
    (Some("341"), "6001", Some("13"), 3_600),
    (Some("341"), "6101", Some("13"), 480),
    (Some("341"), "6301", Some("13"), 620),
    (Some("341"), "6551", Some("12"), 240),
];
/// What the finance division collects and builds beside its spending.
const OF_THE_WARD: [Line; 3] =
    [(None, "1701", None, 42_000), (None, "1001", None, 9_500), (Some("292"), "9301", Some("12"), 26_000)];

/// Who has an estimate, and how it compares with that of the first, in parts of a hundred.
const UNITS: [(&str, i64); 5] = [("VP", 100), ("KTHTDT", 115), ("TTPVHCC", 90), ("VHXH", 105), ("TTSNC", 70)];
/// Who has reported.
const REPORTING: [&str; 3] = ["VP", "KTHTDT", "TTPVHCC"];

fn day(month: u32, day: u32) -> ApiResult<NaiveDate> {
    NaiveDate::from_ymd_opt(YEAR, month, day).ok_or_else(|| ApiError::internal("no such day"))
}

fn classification((subcategory, subitem, source, _): &Line) -> Given {
    Given {
        chapter: "805".to_owned(),
        category: None,
        subcategory: subcategory.map(str::to_owned),
        item: None,
        subitem: Some((*subitem).to_owned()),
        source: source.map(str::to_owned),
        level: "4".to_owned(),
    }
}

/// The lines of a unit with its estimates in đồng.
fn lines_of(unit: &str, share: i64) -> Vec<(Line, i64)> {
    let own = SPENDING.into_iter().map(|line| (line, line.3 * MILLION * share / 100));
    let more = OF_THE_WARD.into_iter().filter(|_| unit == "KTHTDT").map(|line| (line, line.3 * MILLION));
    own.chain(more).collect()
}

/// What is executed of an estimate by the end of a month, of twelve: construction begins slowly, taxes come early.
fn executed((_, subitem, ..): &Line, estimate: i64, month: u32) -> i64 {
    let month = i64::from(month);
    let hundredths = match *subitem {
        "9301" => month * month * 100 / 160,
        "1701" => month * 9 + 3,
        "1001" => month * 8,
        _ => month * 100 / 12,
    };
    // To the đồng, as accounts are.
    estimate / 100 * hundredths + month * 137
}

/// The estimates by decision, and the forms of those who have reported.
pub async fn budget(app: &App, people: &People) -> ApiResult<()> {
    let today = app.clock.today();
    let event = |unit: &str, line: &Line, kind, amount| EventInput {
        organisation: unit.to_owned(),
        classification: classification(line),
        kind,
        amount,
        explanation: None,
    };
    let initial = UNITS.iter().flat_map(|(unit, share)| {
        lines_of(unit, *share).into_iter().map(|(line, amount)| event(unit, &line, BudgetEventKind::Initial, amount))
    });
    let moved = vec![
        event("TTPVHCC", &SPENDING[3], BudgetEventKind::Supplement, 150 * MILLION),
        event("VP", &SPENDING[3], BudgetEventKind::Adjustment, -40 * MILLION),
        event("VHXH", &SPENDING[3], BudgetEventKind::Adjustment, 40 * MILLION),
    ];
    for (number, decision_date, events) in
        [("MH-31/NQ-HĐND", day(1, 5)?, initial.collect()), ("MH-32/QĐ-UBND", day(5, 12)?, moved)]
    {
        if decision_date > today {
            return Ok(());
        }
        let wanted = AllocateRequest {
            programme: None,
            year: YEAR,
            decision_number: number.to_owned(),
            decision_date,
            events,
            idempotency_key: None,
            dry_run: false,
        };
        done(budget::allocate(app, people.of("finance")?, wanted).await?)?;
    }
    for month in 1..=LAST_MONTH {
        let period = Period::generate(Calendar::BudgetYear, PeriodKind::Month, YEAR, month);
        let Some(period) = period.filter(|period| period.end < today) else { return Ok(()) };
        for (unit, share) in UNITS.into_iter().filter(|(unit, _)| REPORTING.contains(unit)) {
            let rows = lines_of(unit, share)
                .iter()
                .map(|(line, estimate)| RowInput {
                    classification: classification(line),
                    amount: executed(line, *estimate, month),
                    explanation: None,
                })
                .collect();
            let content = Rows { rows, clock: &app.clock };
            let target = target("saveBudgetExecution", FormCode::BudgetExecution, unit, &period.code());
            accepted(app, people, "finance", &target, &content).await?;
        }
    }
    Ok(())
}

/// A project: code, manager, name, total investment, plan of the year, plan extended from the year before, in millions, and
/// the parts of a hundred of the whole plan that are paid by the end of each month from February.
type Project = (&'static str, &'static str, &'static str, i64, i64, i64, [i64; 7]);

const PROJECTS: [Project; 3] = [
    (
        "MH-DA-01",
        "KTHTDT",
        "Chỉnh trang vỉa hè và thoát nước một tuyến phố",
        28_000,
        12_000,
        1_500,
        [5, 11, 18, 27, 38, 47, 58],
    ),
    ("MH-DA-02", "KTHTDT", "Cải tạo nhà văn hóa tổ dân phố", 9_500, 6_000, 0, [0, 0, 8, 20, 31, 45, 66]),
    ("MH-DA-03", "VP", "Trang bị hạ tầng số cho trụ sở", 4_800, 3_600, 0, [0, 0, 0, 0, 10, 10, 25]),
];

/// The projects with their plans and what was paid by month.
pub async fn investment(app: &App, people: &People) -> ApiResult<()> {
    let (finance, today) = (people.of("finance")?, app.clock.today());
    if today < day(1, 6)? {
        return Ok(());
    }
    let mut events = Vec::new();
    for (code, manager, name, total, assigned, extended, _) in PROJECTS {
        let wanted = ProjectRequest {
            programme: None,
            code: code.to_owned(),
            organisation: manager.to_owned(),
            name: format!("{name} (minh họa)"),
            group: ProjectGroup::C,
            decision_number: "MH-33/QĐ-UBND".to_owned(),
            decision_date: day(1, 4)?,
            total_investment: total * MILLION,
            start_year: YEAR,
            finish_year: YEAR + 1,
            completed_on: None,
            expected_version: None,
            dry_run: false,
        };
        done(investment::save_project(app, finance, wanted).await?)?;
        let of = |kind, amount: i64| investment::EventInput {
            project: code.to_owned(),
            kind,
            amount: amount * MILLION,
            explanation: None,
        };
        events.push(of(CapitalEventKind::Assigned, assigned));
        events.extend((extended > 0).then(|| of(CapitalEventKind::Extended, extended)));
    }
    let wanted = PlanRequest {
        programme: None,
        year: YEAR,
        decision_number: "MH-34/QĐ-UBND".to_owned(),
        decision_date: day(1, 6)?,
        events,
        idempotency_key: None,
        dry_run: false,
    };
    done(investment::plan(app, finance, wanted).await?)?;
    for (index, month) in (2..=LAST_MONTH).enumerate() {
        let period = Period::generate(Calendar::BudgetYear, PeriodKind::Month, YEAR, month);
        let Some(period) = period.filter(|period| period.end < today) else { return Ok(()) };
        let rows = PROJECTS
            .iter()
            .map(|(code, _, _, _, assigned, extended, parts)| {
                let disbursed = (assigned + extended) * MILLION / 100 * parts[index];
                // The extended plan is used first.
                let of_extended = disbursed.min(extended * MILLION);
                investment::RowInput {
                    project: (*code).to_owned(),
                    paid: Paid { disbursed, of_extended, accepted_volume: disbursed + disbursed / 10 },
                    reason: None,
                }
            })
            .collect();
        let wanted =
            DisbursementRequest { programme: None, period: period.code(), rows, idempotency_key: None, dry_run: false };
        done(investment::record(app, finance, wanted).await?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_executed_grows_and_stays_within_the_estimate() {
        for (unit, share) in UNITS {
            for (line, estimate) in lines_of(unit, share) {
                let by_month: Vec<i64> = (1..=LAST_MONTH).map(|month| executed(&line, estimate, month)).collect();
                assert!(by_month.is_sorted(), "{unit} {line:?} {by_month:?}");
                let last = by_month.last().copied().unwrap();
                // The decision of May takes 40 million from the supplies of one unit.
                assert!(line.0.is_none() || last <= estimate - 40 * MILLION, "{unit} {line:?} {last}");
            }
        }
        for (code, _, _, total, assigned, _, parts) in PROJECTS {
            assert!(assigned <= total && parts.is_sorted() && parts.iter().all(|part| *part <= 100), "{code}");
        }
    }
}
