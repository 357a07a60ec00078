//! The content of the dossier statistics form: what is given or copied from the last period, checked and
//! written. Saving itself stands in `workflow::saving`, the steps of the workflow in `workflow::service`.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use entity::organisation::organisation;
use entity::procedure::procedure_version;
use entity::workflow::submission;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::form::{carried_in, compare};
use super::rules::{self, Counters, LineAt, StatedTotals};
use super::store::{self, NewLine};
use crate::procedure as procedures;
use crate::procedure::rules::ChangeKind;
use crate::procedure::store::{Record, in_force};
use access::{Permit, Viewer};
use forms::workflow::saving::{Content, Place};
use forms::workflow::store as submissions;
use forms::workflow::store::Slot;
use kernel::error::ApiResult;
use kernel::form::FormCode;
use kernel::i18n::Message;
use kernel::period::Period;
use kernel::text_enum::text_enum;
use kernel::user_error::{Outcome, UserError, UserErrorCode};

/// The most lines of a form.
pub const MAX_LINES: usize = 2_000;

text_enum! {
    /// What becomes of the lines that are not given (cách lưu dòng).
    pub enum LineMode {
        /// The lines given are the whole form: others are removed (thay toàn bộ).
        Replace = "REPLACE",
        /// The lines given are written over those of the same procedures; others stay (bổ sung, sửa).
        Merge = "MERGE",
    }
}

/// A line as it is given.
#[derive(Debug, Clone)]
pub struct LineInput {
    /// The procedure's code.
    pub procedure: String,
    /// Its counters.
    pub counters: Counters,
    /// The totals that the paper form prints.
    pub stated: StatedTotals,
}

/// Where the lines come from.
#[derive(Debug, Clone)]
pub enum Lines {
    /// From the caller.
    Given(Vec<LineInput>, LineMode),
    /// From the previous period: its procedures, what was pending as carried over and still pending.
    FromPreviousPeriod,
}

#[async_trait]
impl Content for Lines {
    type Prepared = Prepared;

    async fn prepare(&self, tx: &DatabaseTransaction, place: &Place) -> ApiResult<Outcome<Prepared>> {
        prepare(tx, place, self).await
    }

    async fn write(
        &self,
        tx: &DatabaseTransaction,
        permit: &Permit,
        row: &submission::Model,
        prepared: &Prepared,
    ) -> ApiResult<()> {
        match &prepared.only {
            Some(only) => store::upsert(tx, permit, row, only).await,
            None => store::replace(tx, permit, row, &prepared.all).await,
        }
    }

    fn changed(&self, prepared: &Prepared) -> (Json, Json) {
        let after = prepared.all.iter().map(|line| (line.procedure_id, line.counters)).collect();
        let (mut was, mut is) = (Map::new(), Map::new());
        for change in compare(&prepared.before, &after, &prepared.names) {
            for (side, value) in [(&mut was, change.before), (&mut is, change.after)] {
                if let (Some(value), Json::Object(line)) =
                    (value, side.entry(change.line_code.clone()).or_insert_with(|| Json::Object(Map::new())))
                {
                    line.insert(change.field.to_owned(), value.into());
                }
            }
        }
        (Json::Object(was), Json::Object(is))
    }
}

/// Lines that were checked and may be written.
pub struct Prepared {
    /// All lines of the form after the change.
    all: Vec<NewLine>,
    /// Those that must be written, where the rest stays as it is.
    only: Option<Vec<NewLine>>,
    before: HashMap<Uuid, Counters>,
    names: HashMap<Uuid, (String, String)>,
}

async fn prepare(tx: &DatabaseTransaction, place: &Place, lines: &Lines) -> ApiResult<Outcome<Prepared>> {
    let Place { organisation, programme_id, period, existing } = place;
    let (carried, _) = carried_in(tx, organisation.id, period).await?;
    let copies;
    let (given, mode) = match lines {
        Lines::Given(given, mode) => (given, *mode),
        Lines::FromPreviousPeriod => match copied(tx, organisation, period).await? {
            Outcome::Done(found) => {
                copies = found;
                (&copies, LineMode::Replace)
            }
            Outcome::Invalid(faults) => return Ok(Outcome::Invalid(faults)),
        },
    };
    if given.len() > MAX_LINES {
        let message = Message::new("dossier-too-many-lines").with("max", MAX_LINES).with("given", given.len());
        let fault = UserError::new(UserErrorCode::OutOfRange, &["lines"], message).expecting(MAX_LINES, given.len());
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let codes: Vec<String> = given.iter().map(|line| line.procedure.clone()).collect();
    let known = procedures::store::records_by_codes(tx, *programme_id, &codes, period.end).await?;
    let versions = versions_of(tx, &known).await?;
    let stored = match existing {
        Some(row) => store::all(tx, row.id).await?,
        None => Vec::new(),
    };
    let before: HashMap<Uuid, Counters> = stored.iter().map(|line| (line.procedure_id, line.into())).collect();

    let mut faults = Vec::new();
    let mut accepted: Vec<NewLine> = Vec::new();
    let mut positions: Vec<usize> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut next_line = stored.iter().map(|line| line.line).max().unwrap_or(0);
    for (index, line) in given.iter().enumerate() {
        let at = line_at(index, &line.procedure);
        faults.extend(rules::check_line(&at, &line.counters, &line.stated));
        if !seen.insert(&line.procedure) {
            faults.push(at.fault(UserErrorCode::Duplicate, "procedure", Message::new("dossier-duplicate")));
            continue;
        }
        let Some(record) = known.get(&line.procedure).filter(|record| !record.procedure.internal) else {
            faults.push(at.fault(UserErrorCode::UnknownCode, "procedure", Message::new("dossier-unknown-procedure")));
            continue;
        };
        let procedure = &record.procedure;
        let through_time = versions.get(&procedure.id).map(Vec::as_slice).unwrap_or_default();
        // What was pending when a procedure ended is still to be finished; only nothing new comes in.
        let pending = carried.as_ref().and_then(|carried| carried.pending.get(&procedure.id));
        let finishing = pending.is_some_and(|(_, pending)| *pending > 0) && line.counters.received_in_period() == 0;
        if let Some(fault) = not_in_force(&at, through_time, period).filter(|_| !finishing) {
            faults.push(fault);
        }
        let number = match mode {
            LineMode::Replace => i32::try_from(index + 1).unwrap_or(i32::MAX),
            LineMode::Merge => stored.iter().find(|old| old.procedure_id == procedure.id).map_or_else(
                || {
                    next_line += 1;
                    next_line
                },
                |old| old.line,
            ),
        };
        accepted.push(NewLine {
            procedure_id: procedure.id,
            line: number,
            online_procedure: record.shown.online_provided,
            counters: line.counters,
        });
        positions.push(index);
    }
    let mut names: HashMap<Uuid, (String, String)> =
        known.values().map(|row| (row.procedure.id, (row.procedure.code.clone(), row.shown.name.clone()))).collect();
    let others = stored.iter().map(|line| line.procedure_id).filter(|id| !names.contains_key(id)).collect::<Vec<_>>();
    names.extend(store::procedures(tx, others, period.end).await?);

    let given_ids: HashSet<Uuid> = accepted.iter().map(|line| line.procedure_id).collect();
    let kept: Vec<NewLine> = match mode {
        LineMode::Replace => Vec::new(),
        LineMode::Merge => {
            stored.iter().filter(|line| !given_ids.contains(&line.procedure_id)).map(NewLine::from).collect()
        }
    };
    if let Some(carried) = &carried {
        let given_lines = accepted
            .iter()
            .zip(&positions)
            .map(|(new, index)| (line_at(*index, &given[*index].procedure), new.procedure_id, &new.counters));
        let kept_lines = kept.iter().map(|line| {
            let procedure = names.get(&line.procedure_id).map_or("", |(code, _)| code.as_str());
            let number = u32::try_from(line.line).unwrap_or_default();
            (LineAt { index: None, line: number, procedure }, line.procedure_id, &line.counters)
        });
        faults.extend(rules::check_carry_over(carried, given_lines.chain(kept_lines)));
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Ok(Outcome::Invalid(faults));
    }
    let only = (mode == LineMode::Merge && existing.is_some()).then(|| accepted.clone());
    let mut all = kept;
    all.extend(accepted);
    Ok(Outcome::Done(Prepared { all, only, before, names }))
}

fn line_at(index: usize, procedure: &str) -> LineAt<'_> {
    LineAt { index: Some(index), line: u32::try_from(index + 1).unwrap_or(u32::MAX), procedure }
}

async fn versions_of(
    tx: &DatabaseTransaction,
    known: &HashMap<String, Record>,
) -> ApiResult<HashMap<Uuid, Vec<procedure_version::Model>>> {
    let ids: Vec<Uuid> = known.values().map(|record| record.procedure.id).collect();
    procedures::store::versions_of(tx, &ids).await
}

fn not_in_force(at: &LineAt<'_>, versions: &[procedure_version::Model], period: &Period) -> Option<UserError> {
    if versions.iter().any(|version| in_force(version, period.start, period.end)) {
        return None;
    }
    let days = |day: Option<chrono::NaiveDate>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let until = versions.iter().rfind(|version| version.effective_from <= period.end);
    let ended =
        |version: &&procedure_version::Model| ChangeKind::ending().any(|kind| kind.as_str() == version.change_kind);
    let last = until.and_then(|version| match ended(&version) {
        true => version.effective_from.pred_opt(),
        false => version.effective_to,
    });
    let message = Message::new("dossier-not-in-force")
        .with("from", days(versions.first().map(|version| version.effective_from)))
        .with("to", days(last));
    Some(at.fault(UserErrorCode::NotInForce, "procedure", message))
}

/// The lines of a period as the previous one left them.
async fn copied(
    tx: &DatabaseTransaction,
    organisation: &organisation::Model,
    period: &Period,
) -> ApiResult<Outcome<Vec<LineInput>>> {
    let slot = Slot { organisation_id: organisation.id, form: FormCode::DossierStatistics, period };
    let previous = submissions::earlier(tx, &slot, period.start, 1).await?.pop();
    let adjoining = period.previous().map(|previous| previous.code());
    let Some(previous) = previous.filter(|row| Some(&row.period_code) == adjoining.as_ref()) else {
        let message = Message::new("dossier-nothing-to-copy").with("period", adjoining.unwrap_or_default());
        return Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::Required, &["period"], message)]));
    };
    let lines = store::all(tx, previous.id).await?;
    let ids = lines.iter().map(|line| line.procedure_id).collect();
    let procedures = procedures::store::by_ids(tx, &Viewer::server(), ids, period.end).await?;
    let by_id: HashMap<Uuid, &Record> = procedures.iter().map(|row| (row.procedure.id, row)).collect();
    let ids: Vec<Uuid> = by_id.keys().copied().collect();
    let versions = procedures::store::versions_of(tx, &ids).await?;
    let inputs = lines
        .iter()
        .filter_map(|line| {
            let procedure = by_id.get(&line.procedure_id)?;
            let before = Counters::from(line);
            let through_time = versions.get(&procedure.procedure.id).map(Vec::as_slice).unwrap_or_default();
            let ended = !through_time.iter().any(|version| in_force(version, period.start, period.end));
            if ended && before.pending_total() == 0 {
                return None;
            }
            let counters = Counters {
                carried_over: i32::try_from(before.pending_total()).unwrap_or(i32::MAX),
                pending_in_time: before.pending_in_time,
                pending_overdue: before.pending_overdue,
                ..Counters::default()
            };
            Some(LineInput { procedure: procedure.procedure.code.clone(), counters, stated: StatedTotals::default() })
        })
        .collect();
    Ok(Outcome::Done(inputs))
}
