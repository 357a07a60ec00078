//! What the budget of a year comes to for a period: estimates and execution, by line and added up.

use kernel::money::exact_sum;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::budget::budget_line;
use entity::organisation::organisation;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::store::estimates::{self, Sums};
use super::store::{self, Parts, execution};
use super::{BudgetFlow, BudgetNature};
use access::Viewer;
use base::organisation::store as organisations;
use kernel::error::{ApiError, ApiResult};
use kernel::period::{Calendar, Period, PeriodKind};

/// Which budget is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The organisation's code, itself and all below it; the programme's top when left out.
    pub organisation: Option<String>,
    /// The budget year.
    pub year: i32,
    /// The period's code; the whole year when left out.
    pub period: Option<String>,
}

/// The amounts of a line, or of several together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amounts {
    /// What decisions came to.
    pub sums: Sums,
    /// Executed since 1 January; none where nothing was reported.
    pub executed: Option<i64>,
    /// Executed by the same period of the year before; none where nothing was reported.
    pub last_year: Option<i64>,
}

/// What both readings share: whose, which days, and the forms that count.
pub struct Base {
    /// The programme.
    pub programme_id: Uuid,
    /// Whose.
    pub organisation: organisation::Model,
    /// The period; none for the whole year.
    pub period: Option<Period>,
    /// The day by which decisions and forms count.
    pub by: NaiveDate,
    forms: Vec<entity::workflow::submission::Model>,
    last_year: Vec<entity::workflow::submission::Model>,
}

/// Reads whose budget it is, and which forms say what of it was executed: four statements.
pub async fn base(connection: &impl ConnectionTrait, viewer: &Viewer, wanted: &Wanted) -> ApiResult<Base> {
    let programme = organisations::programme_by_code(connection, viewer, wanted.programme.as_deref()).await?;
    let organisation = match &wanted.organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let period = match &wanted.period {
        Some(code) => Some(Period::parse(Calendar::BudgetYear, code)?),
        None => None,
    };
    if let Some(period) = period.filter(|period| period.year != wanted.year || period.kind == PeriodKind::AdHoc) {
        let message = kernel::i18n::Message::new("budget-period-of-year")
            .with("period", period.code())
            .with("year", wanted.year.to_string());
        return Err(ApiError::bad_input(message));
    }
    let year = Period::generate(Calendar::BudgetYear, PeriodKind::Year, wanted.year, 1);
    let year = year.ok_or_else(|| {
        ApiError::bad_input(kernel::i18n::Message::new("period-invalid").with("code", wanted.year.to_string()))
    })?;
    let by = period.map_or(year.end, |period| period.end);
    let of = (programme.id, organisation.id);
    let forms = execution::accepted_by(connection, of, wanted.year, by).await?;
    // The same period of the year before; its 13th ends as the first of this year does.
    let before = period
        .or(Some(year))
        .and_then(|period| Period::generate(period.calendar, period.kind, period.year - 1, period.number));
    let last_year = match before {
        Some(before) => execution::accepted_by(connection, of, before.year, before.end).await?,
        None => Vec::new(),
    };
    Ok(Base { programme_id: programme.id, organisation, period, by, forms, last_year })
}

fn ids(forms: &[entity::workflow::submission::Model]) -> Vec<Uuid> {
    forms.iter().map(|row| row.id).collect()
}

fn whose(forms: &[entity::workflow::submission::Model]) -> HashSet<Uuid> {
    forms.iter().map(|row| row.organisation_id).collect()
}

/// A budget added up.
pub struct Report {
    /// By what money is of.
    pub parts: Vec<((BudgetFlow, BudgetNature), Amounts)>,
    /// Organisations with an estimate that have reported nothing of the year by the day.
    pub missing: usize,
    /// Organisations that have reported, though not up to the period.
    pub behind: usize,
}

/// Adds a budget up, in the database.
pub async fn report(connection: &impl ConnectionTrait, base: &Base, year: i32) -> ApiResult<Report> {
    let sums = estimates::sums_below(connection, (base.programme_id, base.organisation.id), year, base.by).await?;
    let executed = execution::executed_by_part(connection, &ids(&base.forms)).await?;
    let last_year: Parts<i64> = execution::executed_by_part(connection, &ids(&base.last_year)).await?;
    let keys: HashSet<(BudgetFlow, BudgetNature)> =
        sums.keys().chain(executed.keys()).chain(last_year.keys()).copied().collect();
    let mut keys: Vec<(BudgetFlow, BudgetNature)> = keys.into_iter().collect();
    let place = |(flow, nature): &(BudgetFlow, BudgetNature)| {
        let flow = BudgetFlow::ALL.iter().position(|one| one == flow);
        (flow, BudgetNature::ALL.iter().position(|one| one == nature))
    };
    keys.sort_by_key(place);
    let parts = keys
        .into_iter()
        .map(|key| {
            let amounts = Amounts {
                sums: sums.get(&key).copied().unwrap_or_default(),
                executed: executed.get(&key).copied().or((!base.forms.is_empty()).then_some(0)),
                last_year: last_year.get(&key).copied().or((!base.last_year.is_empty()).then_some(0)),
            };
            (key, amounts)
        })
        .collect();
    let owing = estimates::organisations_with_estimates(connection, base.programme_id, year).await?;
    let below: HashSet<Uuid> = organisations::ids_below(connection, base.organisation.id).await?.into_iter().collect();
    let reported = whose(&base.forms);
    let missing = owing.iter().filter(|id| below.contains(id) && !reported.contains(id)).count();
    let behind = base.period.map_or(0, |period| base.forms.iter().filter(|row| row.period_end < period.end).count());
    Ok(Report { parts, missing, behind })
}

/// Adds amounts up. Beyond what every reader of JSON keeps exactly is an error, never a wrong sum.
pub fn together(parts: impl IntoIterator<Item = Amounts>) -> ApiResult<Amounts> {
    let parts: Vec<Amounts> = parts.into_iter().collect();
    let sum = |amount: &dyn Fn(&Amounts) -> i64| {
        exact_sum(parts.iter().map(amount)).ok_or_else(|| ApiError::internal("a sum of the budget is too large"))
    };
    let known = |amount: &dyn Fn(&Amounts) -> Option<i64>| -> ApiResult<Option<i64>> {
        if parts.iter().all(|part| amount(part).is_none()) {
            return Ok(None);
        }
        sum(&|part| amount(part).unwrap_or(0)).map(Some)
    };
    Ok(Amounts {
        sums: Sums {
            initial: known(&|part| part.sums.initial)?,
            supplement: sum(&|part| part.sums.supplement)?,
            adjustment: sum(&|part| part.sums.adjustment)?,
            carry_over: sum(&|part| part.sums.carry_over)?,
            cancellation: sum(&|part| part.sums.cancellation)?,
        },
        executed: known(&|part| part.executed)?,
        last_year: known(&|part| part.last_year)?,
    })
}

/// A line with its amounts.
#[derive(Debug, Clone)]
pub struct LineAmounts {
    /// Its amounts.
    pub amounts: Amounts,
    /// Why more than the estimate was spent.
    pub explanation: Option<String>,
}

/// Reads the amounts of some lines: five statements, however many lines.
pub async fn of_lines(
    connection: &impl ConnectionTrait,
    base: &Base,
    year: i32,
    lines: &[budget_line::Model],
) -> ApiResult<HashMap<Uuid, LineAmounts>> {
    let line_ids: Vec<Uuid> = lines.iter().map(|row| row.id).collect();
    let sums = estimates::sums_of(connection, &line_ids, base.by).await?;
    let executed = execution::amounts_in(connection, &ids(&base.forms), &line_ids).await?;
    let (reported, reported_before) = (whose(&base.forms), whose(&base.last_year));
    let codes: Vec<String> = lines.iter().map(|row| row.code.clone()).collect();
    let mut units: Vec<Uuid> = lines.iter().map(|row| row.organisation_id).collect();
    units.sort_unstable();
    units.dedup();
    let before = store::lines_of(connection, year - 1, &units, &codes).await?;
    let before_ids: Vec<Uuid> = before.values().map(|row| row.id).collect();
    let executed_before = execution::amounts_in(connection, &ids(&base.last_year), &before_ids).await?;
    let of = |line: &budget_line::Model| {
        let row = executed.get(&line.id);
        // Whoever has reported and left a line out has executed nothing of it.
        let executed = row.map(|row| row.amount).or(reported.contains(&line.organisation_id).then_some(0));
        let last_year = before
            .get(&(line.organisation_id, line.code.clone()))
            .and_then(|row| executed_before.get(&row.id))
            .map(|row| row.amount)
            .or(reported_before.contains(&line.organisation_id).then_some(0));
        LineAmounts {
            amounts: Amounts { sums: sums.get(&line.id).copied().unwrap_or_default(), executed, last_year },
            explanation: row.and_then(|row| row.explanation.clone()),
        }
    };
    Ok(lines.iter().map(|line| (line.id, of(line))).collect())
}
