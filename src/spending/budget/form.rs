//! The form of execution: its content as it is saved, and what it brings to the workflow.

use kernel::money::exact_sum;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::classification::{self, Classification, Given};
use super::rules::{self, Beside, Executed};
use super::store::execution::{self, NewExecution};
use super::store::{self, estimates};
use super::{BudgetFlow, BudgetNature};
use access::Permit;
use forms::workflow::saving::{Content, Place};
use forms::workflow::store as submissions;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::form::{Figures, FormChange, Warning, WarningCode};
use kernel::i18n::{Message, MessageArg};
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::plugged::{Form, Review};

/// The most rows of a form.
pub const MAX_ROWS: usize = 1_000;
const LIST: &str = "lines";

/// A row as it is given.
#[derive(Debug, Clone)]
pub struct RowInput {
    /// The line's classification.
    pub classification: Given,
    /// Cumulative since 1 January, in đồng.
    pub amount: i64,
    /// Why it is beyond the estimate.
    pub explanation: Option<String>,
}

/// The whole content of a form, and the clock by which new lines get their identifiers. Rows that are not given are gone.
pub struct Rows<'a> {
    /// The rows.
    pub rows: Vec<RowInput>,
    /// Where identifiers come from.
    pub clock: &'a Clock,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rows.fmt(f)
    }
}

/// Rows that were checked and may be written.
pub struct Prepared {
    programme_id: Uuid,
    organisation_id: Uuid,
    year: i32,
    rows: Vec<(Classification, i64, Option<String>)>,
    before: BTreeMap<String, i64>,
}

/// The fault of changing a year that is settled.
pub async fn closed(
    connection: &impl sea_orm::ConnectionTrait,
    programme_id: Uuid,
    year: i32,
    field: &str,
) -> ApiResult<Option<UserError>> {
    Ok(store::settlement(connection, programme_id, year).await?.map(|row| {
        let message = Message::new("budget-year-closed")
            .with("year", year.to_string())
            .with("number", row.decision_number)
            .with("date", row.decision_date.to_string());
        UserError::new(UserErrorCode::YearClosed, &[field], message)
    }))
}

/// The day by which codes are looked up: the period's last, inside the year.
fn code_day(period: &Period) -> NaiveDate {
    NaiveDate::from_ymd_opt(period.year, 12, 31).map_or(period.end, |last| last.min(period.end))
}

/// What the form of another period says, by classification.
async fn beside(tx: &DatabaseTransaction, row: Option<&submission::Model>) -> ApiResult<Option<Beside>> {
    let Some(row) = row else { return Ok(None) };
    let rows = execution::execution_of(tx, &[row.id]).await?;
    let lines = store::lines_by_ids(tx, &rows.iter().map(|row| row.line_id).collect::<Vec<_>>()).await?;
    let amounts = rows.iter().filter_map(|row| Some((lines.get(&row.line_id)?.code.clone(), row.amount))).collect();
    Ok(Some(Beside { period: row.period_code.clone(), amounts }))
}

/// Checks rows against the year's other forms and the estimates. Answers, too, whether the period before is missing.
async fn check(
    tx: &DatabaseTransaction,
    organisation_id: Uuid,
    period: &Period,
    rows: &[Executed],
) -> ApiResult<(Vec<UserError>, Option<String>)> {
    let forms = execution::forms_of_year(tx, organisation_id, period.year).await?;
    let number = |row: &submission::Model| submissions::period_of(row).map(|period| period.number);
    let (mut before, mut after) = (None, None);
    for form in &forms {
        let its = number(form)?;
        if its < period.number {
            before = Some(form);
        } else if its > period.number && after.is_none() {
            after = Some(form);
        }
    }
    let missing = match before {
        Some(row) if number(row)? + 1 < period.number => {
            Period::generate(period.calendar, period.kind, period.year, period.number - 1).map(|period| period.code())
        }
        _ => None,
    };
    let codes: Vec<String> = rows.iter().map(|row| row.code.clone()).collect();
    let lines = store::lines_of(tx, period.year, &[organisation_id], &codes).await?;
    let ids: Vec<Uuid> = lines.values().map(|row| row.id).collect();
    let sums = estimates::sums_of(tx, &ids, period.end).await?;
    let estimates = lines.values().filter_map(|row| Some((row.code.clone(), sums.get(&row.id)?.current()))).collect();
    let (before, after) = (beside(tx, before).await?, beside(tx, after).await?);
    Ok((rules::check_execution(rows, before.as_ref(), after.as_ref(), &estimates), missing))
}

#[async_trait]
impl Content for Rows<'_> {
    type Prepared = Prepared;

    async fn prepare(&self, tx: &DatabaseTransaction, place: &Place) -> ApiResult<Outcome<Prepared>> {
        let Place { organisation, programme_id, period, existing } = place;
        if let Some(fault) = closed(tx, *programme_id, period.year, "period").await? {
            return Ok(Outcome::Invalid(vec![fault]));
        }
        if self.rows.len() > MAX_ROWS {
            let message = Message::new("budget-too-many-rows").with("max", MAX_ROWS).with("given", self.rows.len());
            let fault = UserError::new(UserErrorCode::OutOfRange, &[LIST], message);
            return Ok(Outcome::Invalid(vec![fault.expecting(MAX_ROWS, self.rows.len())]));
        }
        let names: BTreeSet<&str> =
            self.rows.iter().flat_map(|row| classification::named(&row.classification)).collect();
        let codes = store::codes_named(tx, names.into_iter().map(str::to_owned).collect()).await?;
        let (mut faults, mut rows, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, row) in self.rows.iter().enumerate() {
            faults.extend(rules::amount(LIST, index, row.amount, false));
            let (explanation, too_long) = rules::explanation(LIST, index, row.explanation.as_deref());
            faults.extend(too_long);
            match classification::resolve(&row.classification, &codes, code_day(period)) {
                Ok(found) => {
                    if !seen.insert(found.code()) {
                        let message = Message::new("budget-line-twice").with("code", found.code());
                        faults.push(rules::fault(LIST, index, &["classification"], UserErrorCode::Duplicate, message));
                    }
                    rows.push((found, row.amount, explanation));
                }
                Err(found) => faults.extend(
                    found
                        .into_iter()
                        .map(|one| rules::fault(LIST, index, &["classification", one.field], one.code, one.message)),
                ),
            }
        }
        if faults.is_empty() {
            let weighed: Vec<Executed> = rows
                .iter()
                .map(|(classification, amount, explanation)| Executed {
                    code: classification.code(),
                    flow: classification.flow,
                    amount: *amount,
                    explained: explanation.is_some(),
                })
                .collect();
            faults = check(tx, organisation.id, period, &weighed).await?.0;
            if exact_sum(weighed.iter().map(|row| row.amount)).is_none() {
                faults.push(UserError::new(UserErrorCode::OutOfRange, &[LIST], Message::new("budget-sum-too-large")));
            }
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault| fault.line);
            return Ok(Outcome::Invalid(faults));
        }
        let before = match existing {
            Some(row) => beside(tx, Some(row)).await?.map(|beside| beside.amounts.into_iter().collect()),
            None => None,
        };
        Ok(Outcome::Done(Prepared {
            programme_id: *programme_id,
            organisation_id: organisation.id,
            year: period.year,
            rows,
            before: before.unwrap_or_default(),
        }))
    }

    async fn write(
        &self,
        tx: &DatabaseTransaction,
        permit: &Permit,
        row: &submission::Model,
        prepared: &Prepared,
    ) -> ApiResult<()> {
        let wanted: Vec<(Uuid, Classification)> =
            prepared.rows.iter().map(|(found, ..)| (prepared.organisation_id, found.clone())).collect();
        let of = (prepared.programme_id, prepared.year);
        let lines = store::ensure_lines(tx, self.clock, permit, of, &wanted).await?;
        let rows = prepared
            .rows
            .iter()
            .map(|(found, amount, explanation)| {
                let line = lines.get(&(prepared.organisation_id, found.code()));
                let line = line.ok_or_else(|| ApiError::internal("a line that was made is gone"))?;
                Ok(NewExecution { line_id: line.id, amount: *amount, explanation: explanation.clone() })
            })
            .collect::<ApiResult<Vec<_>>>()?;
        execution::replace_execution(tx, permit, row.id, &rows).await
    }

    fn changed(&self, prepared: &Prepared) -> (Json, Json) {
        let after: BTreeMap<String, i64> =
            prepared.rows.iter().map(|(found, amount, _)| (found.code(), *amount)).collect();
        let differ = |one: &BTreeMap<String, i64>, other: &BTreeMap<String, i64>| -> Json {
            let rows = one.iter().filter(|(code, amount)| other.get(*code) != Some(*amount));
            Json::Object(rows.map(|(code, amount)| (code.clone(), (*amount).into())).collect::<Map<_, _>>())
        };
        (differ(&prepared.before, &after), differ(&after, &prepared.before))
    }
}

/// The form itself; it has no state of its own.
pub struct BudgetExecutionForm;

/// The measures of the form: what is executed, by what it is of; none for all natures together.
pub const MEASURES: [(&str, BudgetFlow, Option<BudgetNature>); 4] = [
    ("BUDGET.REVENUE_EXECUTED", BudgetFlow::Revenue, None),
    ("BUDGET.EXPENDITURE_EXECUTED", BudgetFlow::Expenditure, None),
    ("BUDGET.RECURRENT_EXECUTED", BudgetFlow::Expenditure, Some(BudgetNature::Recurrent)),
    ("BUDGET.INVESTMENT_EXECUTED", BudgetFlow::Expenditure, Some(BudgetNature::Investment)),
];

#[async_trait]
impl Form for BudgetExecutionForm {
    fn code(&self) -> FormCode {
        FormCode::BudgetExecution
    }

    fn calendar(&self) -> Calendar {
        Calendar::BudgetYear
    }

    fn kinds(&self) -> &'static [PeriodKind] {
        &[PeriodKind::Month]
    }

    async fn barred(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Option<UserError>> {
        closed(tx, row.programme_id, submissions::period_of(row)?.year, "period").await
    }

    async fn review(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Review> {
        let period = submissions::period_of(row)?;
        let stored = execution::execution_of(tx, &[row.id]).await?;
        let lines = store::lines_by_ids(tx, &stored.iter().map(|row| row.line_id).collect::<Vec<_>>()).await?;
        let rows = stored
            .iter()
            .map(|row| {
                let line = lines.get(&row.line_id).ok_or_else(|| ApiError::internal("a row of no line"))?;
                Ok(Executed {
                    code: line.code.clone(),
                    flow: line.flow.parse()?,
                    amount: row.amount,
                    explained: row.explanation.is_some(),
                })
            })
            .collect::<ApiResult<Vec<_>>>()?;
        let (errors, missing) = check(tx, row.organisation_id, &period, &rows).await?;
        let mut warnings = Vec::new();
        if rows.iter().all(|row| row.amount == 0) {
            warnings.push(Warning { code: WarningCode::EmptyForm, message: Message::new("budget-empty-form") });
        }
        if let Some(period) = missing {
            let message = Message::new("budget-missing-period").with("period", period);
            warnings.push(Warning { code: WarningCode::MissingPeriod, message });
        }
        Ok(Review { errors, warnings })
    }

    /// Whoever reports and leaves a kind of money out has executed nothing of it.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Figures> {
        let executed = execution::executed_by_part(tx, &[row.id]).await?;
        let value = |flow: BudgetFlow, nature: Option<BudgetNature>| -> Option<i64> {
            let of = executed.iter().filter(|(key, _)| key.0 == flow && nature.is_none_or(|nature| key.1 == nature));
            exact_sum(of.map(|(_, amount)| *amount))
        };
        Ok(MEASURES.map(|(measure, flow, nature)| (measure, value(flow, nature))).to_vec())
    }

    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()> {
        let rows: Vec<NewExecution> = execution::execution_of(tx, &[from])
            .await?
            .into_iter()
            .map(|row| NewExecution { line_id: row.line_id, amount: row.amount, explanation: row.explanation })
            .collect();
        execution::replace_execution(tx, permit, to, &rows).await
    }

    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>> {
        let rows = execution::execution_of(connection, &[from, to]).await?;
        let lines = store::lines_by_ids(connection, &rows.iter().map(|row| row.line_id).collect::<Vec<_>>()).await?;
        let mut sides: BTreeMap<&str, [Option<&entity::budget::budget_execution_line::Model>; 2]> = BTreeMap::new();
        for row in &rows {
            let Some(line) = lines.get(&row.line_id) else { continue };
            sides.entry(&line.code).or_default()[usize::from(row.submission_id == to)] = Some(row);
        }
        let mut changes = Vec::new();
        for (code, [before, after]) in sides {
            let change = |field| FormChange {
                line_code: code.to_owned(),
                line_name: MessageArg::from(code.to_owned()),
                field,
                before: None,
                after: None,
                before_text: None,
                after_text: None,
            };
            let amount = |row: Option<&entity::budget::budget_execution_line::Model>| row.map(|row| row.amount);
            if amount(before) != amount(after) {
                changes.push(FormChange { before: amount(before), after: amount(after), ..change("amount") });
            }
            let text = |row: Option<&entity::budget::budget_execution_line::Model>| {
                row.and_then(|row| row.explanation.clone())
            };
            if text(before) != text(after) {
                changes.push(FormChange {
                    before_text: text(before),
                    after_text: text(after),
                    ..change("explanation")
                });
            }
        }
        Ok(changes)
    }
}
