//! Invented forms of public finance: prices of two quarters, a savings score with its appraisal, disclosure of the budget.

use chrono::NaiveDate;

use super::forms::INVENTED;
use super::{People, done, sent, target};
use ::forms::template::service::DraftCells;
use ::forms::workflow::service as workflow;
use ::forms::workflow::service::StepRequest;
use access::Action;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kit::app::App;
use spending::savings::SavingsComponent;
use spending::savings::rules::Given as Appraisal;
use spending::savings::service as savings;
use spending::savings::service::AppraiseRequest;
use templates::CellMode;
use templates::rules::{Given, GivenCell};

fn day(year: i32, month: u32, day: u32) -> ApiResult<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| ApiError::internal("no such day"))
}

fn cell(table: &str, row: &str, field: &str, given: Given) -> GivenCell {
    GivenCell { table: table.to_owned(), row: row.to_owned(), field: field.to_owned(), given }
}

fn numbers(table: &str, row: &str, numbers: &[(&str, i64)]) -> Vec<GivenCell> {
    numbers.iter().map(|(field, number)| cell(table, row, field, Given::Number(*number))).collect()
}

/// A unit's form, sent by its head.
async fn form(
    app: &App,
    people: &People,
    (unit, form, period): (&str, FormCode, &str),
    cells: Vec<GivenCell>,
) -> ApiResult<StepRequest> {
    let draft = DraftCells {
        template: templates::of(form)?,
        cells,
        mode: CellMode::Replace,
        today: app.clock.today(),
        beside: api::forms::beside(form),
    };
    sent(app, people, &target("saveForm", form, unit, period), &draft).await
}

/// What is found in the first quarter is handled in the second; 47.00 of 60 points after the appraisal; a half-year's
/// execution that was published two days late.
pub async fn report(app: &App, people: &People) -> ApiResult<()> {
    if app.clock.today() < day(2026, 8, 1)? {
        return Ok(());
    }
    let (finance, chair) = (people.of("finance")?, people.of("chair")?);
    let first =
        [("mustList", 46), ("listing", 41), ("inspected", 14), ("violations", 4), ("handled", 2), ("pending", 2)];
    let second = [
        ("mustList", 47),
        ("listing", 45),
        ("inspected", 9),
        ("carriedOver", 2),
        ("violations", 1),
        ("handled", 3),
        ("pending", 0),
        ("fined", 1),
        ("fines", 2_500_000),
    ];
    for (period, counts) in [("2026-Q1", &first[..]), ("2026-Q2", &second[..])] {
        let cells = numbers("PRICES", "MARKET", counts);
        let step = form(app, people, ("KTHTDT", FormCode::Prices, period), cells).await?;
        done(workflow::take_step(app, finance, Action::AcceptForm, step).await?)?;
    }
    let own = [("subordinateUnits", 0), ("direction", 900), ("saving", 3_400), ("communication", 800)];
    let mut cells = numbers("SCORE", "TOTAL", &own);
    cells.push(cell("SCORE", "TOTAL", "evidence", Given::Text(INVENTED.to_owned())));
    let mut step = form(app, people, ("TTPVHCC", FormCode::SavingsScore, "2025"), cells).await?;
    let given =
        |component, points, reason: Option<&str>| Appraisal { component, points, reason: reason.map(str::to_owned) };
    let appraisal = AppraiseRequest {
        programme: None,
        organisation: "TTPVHCC".to_owned(),
        year: 2025,
        components: vec![
            given(SavingsComponent::Direction, 900, None),
            given(SavingsComponent::Saving, 3_000, Some(INVENTED)),
            given(SavingsComponent::Communication, 800, None),
        ],
        expected_version: step.expected_version,
        idempotency_key: None,
        dry_run: false,
    };
    step.expected_version = done(savings::appraise(app, finance, appraisal).await?)?.version;
    done(workflow::take_step(app, chair, Action::AcceptForm, step).await?)?;
    let mut cells = Vec::new();
    for (document, published) in [("QUARTER", day(2026, 7, 10)?), ("HALF_YEAR", day(2026, 7, 17)?)] {
        cells.push(cell("REPORTS", document, "publishedOn", Given::Date(published)));
        let place = "https://anbien.haiphong.gov.vn/cong-khai-ngan-sach";
        cells.push(cell("REPORTS", document, "place", Given::Text(format!("{place} {INVENTED}"))));
    }
    let step = form(app, people, ("TTPVHCC", FormCode::BudgetDisclosure, "2026-Q2"), cells).await?;
    done(workflow::take_step(app, finance, Action::AcceptForm, step).await?)?;
    Ok(())
}
