//! What dossier statistics bring to the workflow.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use entity::workflow::submission;
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use uuid::Uuid;

use super::rules::{self, CarriedIn, Counters, FIELDS, LineAt, StatedTotals};
use super::store::{self, NewLine};
use access::Permit;
use forms::workflow::store as submissions;
use forms::workflow::store::Slot;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kernel::form::{Figures, FormChange};
use kernel::period::{Calendar, Period, PeriodKind};
use kit::plugged::{Form, Review};

/// The form itself; it has no state of its own.
pub struct DossierStatisticsForm;

#[async_trait]
impl Form for DossierStatisticsForm {
    fn code(&self) -> FormCode {
        FormCode::DossierStatistics
    }

    fn calendar(&self) -> Calendar {
        Calendar::Nd09
    }

    fn kinds(&self) -> &'static [PeriodKind] {
        &[PeriodKind::Month, PeriodKind::Quarter]
    }

    async fn review(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Review> {
        let period = submissions::period_of(row)?;
        let lines = store::all(tx, row.id).await?;
        let counters: Vec<Counters> = lines.iter().map(Counters::from).collect();
        let codes = store::procedures(tx, lines.iter().map(|line| line.procedure_id).collect(), row.period_end).await?;
        let at = |line: &entity::dossier::dossier_statistics_line::Model| LineAt {
            index: None,
            line: u32::try_from(line.line).unwrap_or_default(),
            procedure: codes.get(&line.procedure_id).map_or("", |(code, _)| code),
        };
        let mut errors = Vec::new();
        for (line, counters) in lines.iter().zip(&counters) {
            errors.extend(rules::check_line(&at(line), counters, &StatedTotals::default()));
        }
        let (carried, missing_period) = carried_in(tx, row.organisation_id, &period).await?;
        if let Some(carried) = &carried {
            let lines = lines.iter().zip(&counters).map(|(line, counters)| (at(line), line.procedure_id, counters));
            errors.extend(rules::check_carry_over(carried, lines));
        }
        let slot = Slot { organisation_id: row.organisation_id, form: FormCode::DossierStatistics, period: &period };
        let earlier = submissions::earlier(tx, &slot, period.start, rules::COMPARED_PERIODS * 2).await?;
        let mut latest: BTreeMap<_, Uuid> = BTreeMap::new();
        for row in earlier {
            latest.entry(row.period_end).or_insert(row.id);
        }
        let ids: Vec<Uuid> = latest.into_values().rev().take(rules::COMPARED_PERIODS as usize).collect();
        let totals: Vec<(i64, i64)> = store::all_totals(tx, &access::Viewer::server(), &ids)
            .await?
            .values()
            .map(|totals| {
                let sum = |fields: &[&str]| fields.iter().filter_map(|field| totals.get(field)).sum();
                (
                    sum(&["receivedOnline", "receivedDirect", "receivedPostal"]),
                    sum(&["resolvedEarly", "resolvedOnTime", "resolvedLate"]),
                )
            })
            .collect();
        let received = counters.iter().map(Counters::received_in_period).sum();
        let resolved = counters.iter().map(Counters::resolved_total).sum();
        let warnings = rules::warnings(received, resolved, &totals, missing_period.as_deref());
        Ok(Review { errors, warnings })
    }

    async fn renew(&self, tx: &DatabaseTransaction, permit: &Permit, row: &submission::Model) -> ApiResult<()> {
        store::renew_online(tx, permit, row).await
    }

    /// A counter that is left out of a line is 0, so that every measure is given.
    async fn figures(&self, tx: &DatabaseTransaction, row: &submission::Model) -> ApiResult<Figures> {
        let lines = store::all(tx, row.id).await?;
        let counters: Vec<Counters> = lines.iter().map(Counters::from).collect();
        let figures = rules::figures(counters.iter().zip(lines.iter().map(|line| line.online_procedure)));
        Ok(figures.into_iter().map(|(measure, value)| (measure, Some(value))).collect())
    }

    async fn copy_lines(&self, tx: &DatabaseTransaction, permit: &Permit, from: Uuid, to: Uuid) -> ApiResult<()> {
        let lines: Vec<NewLine> = store::all(tx, from).await?.iter().map(NewLine::from).collect();
        let Some(to) = submissions::by_ids(tx, &access::Viewer::server(), vec![to]).await?.pop() else {
            return Err(kernel::error::ApiError::internal("the next edition is gone"));
        };
        store::replace(tx, permit, &to, &lines).await
    }

    async fn changes(&self, connection: &DatabaseConnection, from: Uuid, to: Uuid) -> ApiResult<Vec<FormChange>> {
        let before = store::all(connection, from).await?;
        let after = store::all(connection, to).await?;
        let ids = before.iter().chain(&after).map(|line| line.procedure_id).collect();
        let last_day = before.iter().chain(&after).map(|line| line.period_end).max().unwrap_or_default();
        let names = store::procedures(connection, ids, last_day).await?;
        Ok(compare(
            &before.iter().map(|line| (line.procedure_id, line.into())).collect(),
            &after.iter().map(|line| (line.procedure_id, line.into())).collect(),
            &names,
        ))
    }
}

/// The differences between two sets of lines, by procedure code and in the form's order of fields.
pub fn compare(
    before: &HashMap<Uuid, Counters>,
    after: &HashMap<Uuid, Counters>,
    names: &HashMap<Uuid, (String, String)>,
) -> Vec<FormChange> {
    let mut ids: Vec<(&str, &str, Uuid)> = names
        .iter()
        .filter(|(id, _)| before.contains_key(id) || after.contains_key(id))
        .map(|(id, (code, name))| (code.as_str(), name.as_str(), *id))
        .collect();
    ids.sort_unstable();
    let mut changes = Vec::new();
    for (code, name, id) in ids {
        for field in FIELDS {
            let value = |lines: &HashMap<Uuid, Counters>| lines.get(&id).map(|line| i64::from((field.get)(line)));
            let (was, is) = (value(before), value(after));
            // Of a new or removed line, what is zero tells nothing.
            if was != is && (was.unwrap_or(0) != 0 || is.unwrap_or(0) != 0) {
                changes.push(FormChange {
                    line_code: code.to_owned(),
                    line_name: name.into(),
                    field: field.name,
                    before: was,
                    after: is,
                    before_text: None,
                    after_text: None,
                });
            }
        }
    }
    changes
}

/// What must be carried over into a period: the previous period's pending dossiers, where the organisation
/// has submitted it; and the previous period's code where it has not although it submitted earlier ones.
pub async fn carried_in(
    tx: &DatabaseTransaction,
    organisation_id: Uuid,
    period: &Period,
) -> ApiResult<(Option<CarriedIn>, Option<String>)> {
    let Some(previous) = period.previous() else { return Ok((None, None)) };
    let slot = Slot { organisation_id, form: FormCode::DossierStatistics, period };
    let Some(row) = submissions::earlier(tx, &slot, period.start, 1).await?.pop() else { return Ok((None, None)) };
    if row.period_code != previous.code() {
        return Ok((None, Some(previous.code())));
    }
    let lines = store::all(tx, row.id).await?;
    let mut codes = store::procedures(tx, lines.iter().map(|line| line.procedure_id).collect(), row.period_end).await?;
    let pending = lines
        .iter()
        .map(|line| {
            let code = codes.remove(&line.procedure_id).map_or_else(String::new, |(code, _)| code);
            (line.procedure_id, (code, Counters::from(line).pending_total()))
        })
        .collect();
    Ok((Some(CarriedIn { period: previous.code(), pending }), None))
}
