//! Dossier statistics consolidated (tổng hợp): form 06 and the tables beside it (online provision, online
//! payment, digitisation) over an organisation and all below it, for any period, with the same period a year
//! before. Made of accepted forms alone; two statements per year for the sums, however many units report.
//!
//! Source: domain facts 5.2 (form 06 and the columns of real tables), 13.10 (roll-up).

use std::collections::{BTreeMap, HashMap};

use entity::dossier::dossier_statistics_line as line;
use entity::organisation::organisation;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::rules::FIELDS;
use crate::procedure::store as procedures;
use crate::procedure::store::Record;
use access::Viewer;
use base::organisation::store as organisations;
use forms::workflow::consolidation::{Consolidation, Missing, consolidate, missing};
use kernel::error::{ApiError, ApiResult};
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::i18n::Message;
use kernel::period::{Calendar, Period, PeriodKind};
use kernel::text_enum::text_enum;
use kit::app::App;

text_enum! {
    /// What the rows of the report are (cách nhóm).
    pub enum DossierGrouping {
        /// Fields (lĩnh vực), as form 06 has them.
        Field = "FIELD",
        /// Field groups of plan II.2.a.6-2 (nhóm lĩnh vực).
        FieldGroup = "FIELD_GROUP",
        /// Levels that carry procedures out (cấp thực hiện).
        Level = "LEVEL",
        /// Procedures (thủ tục).
        Procedure = "PROCEDURE",
    }
}

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The programme's code, where the caller sees several.
    pub programme: Option<String>,
    /// The organisation's code; the programme's top when left out.
    pub organisation: Option<String>,
    /// The period's code.
    pub period: String,
    /// What the rows are.
    pub grouping: DossierGrouping,
}

/// Sums of every counter, and how many procedures they are of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    counters: HashMap<&'static str, i64>,
    /// Procedures with a line.
    pub procedures: i64,
    /// Procedures with dossiers received in the period.
    pub with_dossiers: i64,
    /// Procedures with dossiers that bear a financial obligation.
    pub with_fee_dossiers: i64,
    /// Procedures with payments.
    pub with_payments: i64,
    /// Procedures with online payments.
    pub with_online_payments: i64,
    /// Procedures of the register that bear a financial obligation at the period's end, with or without dossiers.
    pub fee_procedures: i64,
}

impl Sums {
    /// The sum of a counter, by its name in the schema.
    pub fn of(&self, counter: &str) -> i64 {
        self.counters.get(counter).copied().unwrap_or(0)
    }

    /// The sum of several counters.
    pub fn sum(&self, counters: &[&str]) -> i64 {
        counters.iter().map(|counter| self.of(counter)).sum()
    }

    /// Received in the period, by whatever way.
    pub fn received_in_period(&self) -> i64 {
        self.sum(&["receivedOnline", "receivedDirect", "receivedPostal"])
    }

    /// Resolved, in time or late.
    pub fn resolved(&self) -> i64 {
        self.sum(&["resolvedEarly", "resolvedOnTime", "resolvedLate"])
    }

    /// Of one procedure.
    pub fn of_procedure(counters: HashMap<&'static str, i64>) -> Sums {
        let mut sums = Sums { counters, procedures: 1, ..Sums::default() };
        sums.with_dossiers = (sums.received_in_period() > 0).into();
        sums.with_fee_dossiers = (sums.of("feeDossiers") > 0).into();
        sums.with_payments = (sums.of("paymentTransactions") > 0).into();
        sums.with_online_payments = (sums.of("paymentTransactionsOnline") > 0).into();
        sums
    }

    /// Adds another's.
    pub fn add(&mut self, other: &Sums) {
        for (counter, value) in &other.counters {
            *self.counters.entry(counter).or_default() += value;
        }
        self.procedures += other.procedures;
        self.with_dossiers += other.with_dossiers;
        self.with_fee_dossiers += other.with_fee_dossiers;
        self.with_payments += other.with_payments;
        self.with_online_payments += other.with_online_payments;
        self.fee_procedures += other.fee_procedures;
    }
}

/// A row of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Code of the field, group, level or procedure.
    pub code: String,
    /// Its Vietnamese name; none where the code is an enum's.
    pub name: Option<String>,
    /// For the period.
    pub now: Sums,
    /// For the same period a year before.
    pub last_year: Sums,
}

/// The report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whose, itself and all below it.
    pub organisation: organisation::Model,
    /// The period.
    pub period: Period,
    /// What it is made of.
    pub sources: Consolidation,
    /// Who and what is missing, as far as the viewer may know it.
    pub missing: Missing,
    /// The same period a year before, and what its figures are made of; none for an ad hoc window.
    pub last_year: Option<(Period, Consolidation)>,
    /// The rows, by code.
    pub rows: Vec<Row>,
    /// All of them together.
    pub total: Row,
}

/// How a counter adds over time; the same as its measure says in `measures.toml`, which a test compares.
pub fn additivity(counter: &str) -> Additivity {
    match counter {
        "carriedOver" => Additivity::Opening,
        "pendingInTime" | "pendingOverdue" | "pendingOnlineInTime" | "pendingOnlineOverdue" => Additivity::Stock,
        _ => Additivity::Flow,
    }
}

/// Puts the report together. Open to whoever may see the programme, as the figures of accepted forms are.
pub async fn report(app: &App, viewer: &Viewer, wanted: &Wanted) -> ApiResult<Report> {
    let connection = app.db.read();
    let programme = organisations::programme_by_code(connection, viewer, wanted.programme.as_deref()).await?;
    let organisation = match &wanted.organisation {
        Some(code) => organisations::by_code(connection, viewer, Some(&programme.code), code).await?,
        None => organisations::root_of(connection, programme.id).await?,
    };
    let period = Period::parse(Calendar::Nd09, &wanted.period)?;
    if period.kind == PeriodKind::AdHoc {
        return Err(ApiError::bad_input(Message::new("dossier-report-window").with("code", wanted.period.as_str())));
    }
    let form = FormCode::DossierStatistics;
    let sources = consolidate(connection, programme.id, organisation.id, form, &period).await?;
    let now = sums_by_procedure(connection, &sources).await?;
    let (last_year, before) = match period.same_last_year() {
        None => (None, HashMap::new()),
        Some(period) => {
            let sources = consolidate(connection, programme.id, organisation.id, form, &period).await?;
            let sums = sums_by_procedure(connection, &sources).await?;
            (Some((period, sources)), sums)
        }
    };
    let mut ids: Vec<Uuid> = now.keys().chain(before.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    // Both years are put under the field that a procedure has at the end of the period asked for.
    let group_of = |record: &Record| {
        let shown = &record.shown;
        match wanted.grouping {
            DossierGrouping::Field => (shown.field_code.clone(), Some(shown.field_name.clone())),
            DossierGrouping::FieldGroup => (shown.field_group.clone(), None),
            DossierGrouping::Level => (shown.level.clone(), None),
            DossierGrouping::Procedure => (record.procedure.code.clone(), Some(shown.name.clone())),
        }
    };
    let mut records = procedures::by_ids(connection, &Viewer::server(), ids, period.end).await?;
    // A field's name is the one that its first procedure gives it.
    records.sort_by(|one, other| one.procedure.code.cmp(&other.procedure.code));
    let mut groups: Vec<(Uuid, Group)> = records.iter().map(|record| (record.procedure.id, group_of(record))).collect();
    let (mut rows, mut total) = group(&groups, &now, &before);
    let with_fee = procedures::with_fee(connection, programme.id, organisation.id, period.end).await?;
    let with_fee_before = match &last_year {
        Some((before, _)) => procedures::with_fee(connection, programme.id, organisation.id, before.end).await?,
        None => Vec::new(),
    };
    groups.extend(with_fee.iter().map(|record| (record.procedure.id, group_of(record))));
    let known: HashMap<Uuid, &str> = groups.iter().rev().map(|(id, (code, _))| (*id, code.as_str())).collect();
    let code_of = |record: &Record| match known.get(&record.procedure.id) {
        Some(code) => (*code).to_owned(),
        None => group_of(record).0,
    };
    count_fee(&with_fee, code_of, &mut rows, &mut total, |row| &mut row.now);
    count_fee(&with_fee_before, code_of, &mut rows, &mut total, |row| &mut row.last_year);
    let missing = missing(connection, viewer, &sources).await?;
    Ok(Report { organisation, period, sources, missing, last_year, rows, total })
}

/// Counts the register's procedures that bear a financial obligation: each in its row, where its group has statistics,
/// and all of them in the total. The rows are in the order of their codes.
fn count_fee(
    records: &[Record],
    code_of: impl Fn(&Record) -> String,
    rows: &mut [Row],
    total: &mut Row,
    side: fn(&mut Row) -> &mut Sums,
) {
    for record in records {
        let code = code_of(record);
        let at = rows.binary_search_by(|row| row.code.as_str().cmp(&code)).ok();
        if let Some(row) = at.and_then(|index| rows.get_mut(index)) {
            side(row).fee_procedures += 1;
        }
        side(total).fee_procedures += 1;
    }
}

/// Code and name of what a procedure is grouped under.
type Group = (String, Option<String>);

/// Adds up the sums of procedures by group, by code; and all of them. A group has the name that the first procedure
/// gives it.
fn group(groups: &[(Uuid, Group)], now: &HashMap<Uuid, Sums>, last_year: &HashMap<Uuid, Sums>) -> (Vec<Row>, Row) {
    let empty = |code: &str, name: Option<String>| Row {
        code: code.to_owned(),
        name,
        now: Sums::default(),
        last_year: Sums::default(),
    };
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut total = empty("TOTAL", None);
    for (id, (code, name)) in groups {
        let row = rows.entry(code).or_insert_with(|| empty(code, name.clone()));
        if let Some(sums) = now.get(id) {
            row.now.add(sums);
            total.now.add(sums);
        }
        if let Some(sums) = last_year.get(id) {
            row.last_year.add(sums);
            total.last_year.add(sums);
        }
    }
    (rows.into_values().collect(), total)
}

/// The sums of every counter per procedure over the chosen submissions: flows of all of them, what a period
/// began with of each organisation's first, what it ended with of its last. Added up in the database.
async fn sums_by_procedure(
    connection: &impl ConnectionTrait,
    sources: &Consolidation,
) -> ApiResult<HashMap<Uuid, Sums>> {
    let all: Vec<Uuid> = sources.submissions().map(|row| row.id).collect();
    if all.is_empty() {
        return Ok(HashMap::new());
    }
    let first: Vec<Uuid> =
        sources.contributions.iter().filter_map(|one| one.chosen.first()).map(|row| row.id).collect();
    let last: Vec<Uuid> = sources.contributions.iter().filter_map(|one| one.chosen.last()).map(|row| row.id).collect();
    let mut select = Query::select();
    select
        .column(line::Column::ProcedureId)
        .from(line::Entity)
        .and_where(Expr::col(line::Column::SubmissionId).is_in(all))
        .group_by_col(line::Column::ProcedureId);
    for field in FIELDS {
        let counter = Expr::col(Alias::new(field.column));
        let of = |ids: &[Uuid]| {
            let among = Expr::col(line::Column::SubmissionId).is_in(ids.iter().copied());
            let case: Expr = CaseStatement::new().case(among, counter.clone()).finally(0).into();
            case
        };
        let counted = match additivity(field.name) {
            Additivity::Opening => of(&first),
            Additivity::Stock | Additivity::Cumulative => of(&last),
            Additivity::Flow => counter.clone(),
        };
        // CAST: PostgreSQL sums integers into bigint, SQLite into integer; both are 64-bit and exact.
        select.expr_as(counted.sum().cast_as(Alias::new("bigint")), Alias::new(field.column));
    }
    let mut found = HashMap::new();
    for row in connection.query_all(&select).await? {
        let mut counters = HashMap::with_capacity(FIELDS.len());
        for field in FIELDS {
            counters.insert(field.name, row.try_get::<i64>("", field.column)?);
        }
        found.insert(row.try_get::<Uuid>("", "procedure_id")?, Sums::of_procedure(counters));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(online: i64, fee: i64) -> Sums {
        Sums::of_procedure(HashMap::from([
            ("receivedOnline", online),
            ("feeDossiers", fee),
            ("paymentTransactions", fee),
            ("paymentTransactionsOnline", 0),
        ]))
    }

    #[test]
    fn procedures_are_grouped_and_counted() {
        let id = Uuid::from_u128;
        let name = |code: &str, name: &str| (code.to_owned(), Some(name.to_owned()));
        let names = [(id(1), name("B", "b")), (id(2), name("A", "first")), (id(3), name("A", "second"))];
        let now = HashMap::from([(id(1), sums(10, 4)), (id(2), sums(5, 0))]);
        let before = HashMap::from([(id(3), sums(7, 7))]);
        let (rows, total) = group(&names, &now, &before);
        let shown: Vec<(&str, i64, i64)> = rows
            .iter()
            .map(|row| (row.code.as_str(), row.now.received_in_period(), row.last_year.received_in_period()))
            .collect();
        assert_eq!(shown, [("A", 5, 7), ("B", 10, 0)]);
        assert_eq!(rows[0].name.as_deref(), Some("first"));
        assert_eq!((total.now.received_in_period(), total.now.procedures, total.now.with_fee_dossiers), (15, 2, 1));
        assert_eq!((total.now.with_payments, total.now.with_online_payments, total.now.with_dossiers), (1, 0, 2));
    }
}
