//! Reads and writes of dossier statistics lines: whole forms by multi-row statements, never row by row.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::dossier::dossier_statistics_line as line;
use entity::procedure::procedure;
use entity::workflow::submission;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, Iterable, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::rules::{Counters, FIELDS};
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::error::ApiResult;
use kit::paging::{Keyset, Page, Slice};

/// The order of a form's lines.
pub const ORDER: Keyset = Keyset::new("dossier_statistics_line", &["line"]);

/// Rows of one INSERT: the columns times this stay below what both engines take as parameters (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

/// A line to be written.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// The procedure.
    pub procedure_id: Uuid,
    /// Its number in the form, from 1.
    pub line: i32,
    /// Whether the procedure is provided online.
    pub online_procedure: bool,
    /// Its counters.
    pub counters: Counters,
}

impl From<&line::Model> for NewLine {
    fn from(line: &line::Model) -> Self {
        NewLine {
            procedure_id: line.procedure_id,
            line: line.line,
            online_procedure: line.online_procedure,
            counters: line.into(),
        }
    }
}

/// All lines of a submission, in order. For rules inside a use case.
pub async fn all(connection: &impl ConnectionTrait, submission_id: Uuid) -> ApiResult<Vec<line::Model>> {
    Ok(line::Entity::find()
        .filter(line::Column::SubmissionId.eq(submission_id))
        .order_by_asc(line::Column::Line)
        .all(connection)
        .await?)
}

/// The lines of a submission, if the viewer may see it, as a SELECT.
pub fn of_submission(viewer: &Viewer, submission_id: Uuid) -> SelectStatement {
    let mut select = select_all::<line::Entity>();
    select.and_where(
        Expr::col((line::Entity, line::Column::SubmissionId)).in_subquery(visible(viewer, &[submission_id])),
    );
    select
}

fn visible(viewer: &Viewer, submission_ids: &[Uuid]) -> SelectStatement {
    Query::select()
        .column(submission::Column::Id)
        .from(submission::Entity)
        .and_where(Expr::col((submission::Entity, submission::Column::Id)).is_in(submission_ids.iter().copied()))
        .cond_where(viewer.submissions())
        .to_owned()
}

/// A page of the lines of a submission that the caller was shown.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_id: Uuid,
    page: &Page,
) -> ApiResult<Slice<line::Model>> {
    let select = of_submission(viewer, submission_id);
    page.fetch(connection, &ORDER, select, |row: &line::Model| vec![row.line.into()]).await
}

/// The same part of the lines of several submissions, in order: one statement. Lines are numbered without
/// gaps from 1, so that a part is a range of numbers.
pub async fn lines_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: &[Uuid],
    after: i64,
    count: i64,
) -> ApiResult<Vec<line::Model>> {
    Ok(line::Entity::find()
        .filter(line::Column::SubmissionId.in_subquery(visible(viewer, submission_ids)))
        .filter(line::Column::Line.gt(after))
        .filter(line::Column::Line.lte(after.saturating_add(count)))
        .order_by_asc(line::Column::SubmissionId)
        .order_by_asc(line::Column::Line)
        .all(connection)
        .await?)
}

/// Replaces the lines of a submission.
pub async fn replace(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    submission: &submission::Model,
    lines: &[NewLine],
) -> ApiResult<()> {
    line::Entity::delete_many().filter(line::Column::SubmissionId.eq(submission.id)).exec(tx).await?;
    for chunk in lines.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|new| row_of(submission, new));
        line::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Writes anew whether the procedures of a submission's lines are provided online: as the register says now for the
/// period's last day, whenever the lines were written.
pub async fn renew_online(tx: &DatabaseTransaction, _permit: &Permit, submission: &submission::Model) -> ApiResult<()> {
    let lines = all(tx, submission.id).await?;
    let ids = lines.iter().map(|line| line.procedure_id).collect();
    let provided: HashMap<Uuid, bool> =
        crate::procedure::store::by_ids(tx, &Viewer::server(), ids, submission.period_end)
            .await?
            .into_iter()
            .map(|record| (record.procedure.id, record.shown.online_provided))
            .collect();
    for online in [true, false] {
        let differ = lines.iter().filter(|line| line.online_procedure != online);
        let wrong: Vec<Uuid> =
            differ.map(|line| line.procedure_id).filter(|id| provided.get(id) == Some(&online)).collect();
        for chunk in wrong.chunks(ROWS_AT_ONCE) {
            line::Entity::update_many()
                .col_expr(line::Column::OnlineProcedure, Expr::value(online))
                .filter(line::Column::SubmissionId.eq(submission.id))
                .filter(line::Column::ProcedureId.is_in(chunk.iter().copied()))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}

/// The codes and names of procedures, as they stood on a day.
pub async fn procedures(
    connection: &impl ConnectionTrait,
    ids: Vec<Uuid>,
    on: NaiveDate,
) -> ApiResult<HashMap<Uuid, (String, String)>> {
    Ok(crate::procedure::store::by_ids(connection, &Viewer::server(), ids, on)
        .await?
        .into_iter()
        .map(|row| (row.procedure.id, (row.procedure.code, row.shown.name)))
        .collect())
}

kit::by_position! {
    /// Lines of dossier statistics.
    mod lines of line {
        submission_id, procedure_id, line, period_end, online_procedure, received_online, received_direct,
        received_postal, carried_over, resolved_early, resolved_on_time, resolved_late, pending_in_time,
        pending_overdue, returned_or_withdrawn, own_authority, dossiers_digitised, components_reused,
        results_issued, results_digitised, fee_dossiers, fee_dossiers_paid_online, payment_transactions,
        payment_transactions_online, resolved_online, pending_online_in_time, pending_online_overdue,
        synchronised, components_reused_national, fee_dossiers_paid_national,
    }
}

/// A line as "the latest of a procedure" reads it, with the period of its submission.
#[derive(Debug, Clone)]
pub struct LatestLine {
    /// Its calendar.
    pub calendar: String,
    /// Its period.
    pub period_code: String,
    /// The line.
    pub line: line::Model,
}

/// For each of some procedures, its latest lines in accepted submissions, the latest first: one statement,
/// whose cost follows the number of procedures and not of statistics (an index seek for each).
pub async fn latest_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    procedure_ids: &[Uuid],
    limit: u64,
) -> ApiResult<HashMap<Uuid, Vec<LatestLine>>> {
    let backend = connection.get_database_backend();
    let (l, s) = (Alias::new("l"), Alias::new("s"));
    let mut inner = Query::select();
    inner
        .from_as(line::Entity, l.clone())
        .join_as(
            JoinType::InnerJoin,
            submission::Entity,
            s.clone(),
            Expr::col((s.clone(), submission::Column::Id)).equals((l.clone(), line::Column::SubmissionId)),
        )
        .and_where(Expr::col((l.clone(), line::Column::ProcedureId)).equals((Alias::new("p"), procedure::Column::Id)))
        .and_where(Expr::col((s.clone(), submission::Column::State)).eq("ACCEPTED"))
        .cond_where(viewer.submissions_as(s.clone()))
        .order_by((l.clone(), line::Column::PeriodEnd), sea_orm::sea_query::Order::Desc)
        .limit(limit);
    let mut outer = Query::select();
    outer.from_as(procedure::Entity, Alias::new("p"));
    outer.and_where(Expr::col((Alias::new("p"), procedure::Column::Id)).is_in(procedure_ids.iter().copied()));
    let columns: Vec<line::Column> = line::Column::iter().collect();
    match backend {
        DbBackend::Postgres => {
            inner.column((s.clone(), submission::Column::Calendar)).column((s, submission::Column::PeriodCode));
            for column in &columns {
                inner.column((l.clone(), *column));
            }
            outer
                .column((Alias::new("x"), Alias::new("calendar")))
                .column((Alias::new("x"), Alias::new("period_code")));
            for column in &columns {
                outer.column((Alias::new("x"), *column));
            }
            outer.join_lateral(JoinType::InnerJoin, inner.to_owned(), Alias::new("x"), Expr::cust("TRUE"));
        }
        _ => {
            // SQLite has no LATERAL: the rows of the line are found by a correlated list of row ids.
            inner.expr(Expr::cust("l.rowid"));
            let (x, t) = (Alias::new("x"), Alias::new("t"));
            outer.column((t.clone(), submission::Column::Calendar)).column((t.clone(), submission::Column::PeriodCode));
            for column in &columns {
                outer.column((x.clone(), *column));
            }
            outer
                .join_as(
                    JoinType::InnerJoin,
                    line::Entity,
                    x.clone(),
                    Expr::cust("x.rowid").in_subquery(inner.to_owned()),
                )
                .join_as(
                    JoinType::InnerJoin,
                    submission::Entity,
                    t.clone(),
                    Expr::col((t, submission::Column::Id)).equals((x, line::Column::SubmissionId)),
                );
        }
    }
    let mut found: HashMap<Uuid, Vec<LatestLine>> = HashMap::new();
    for row in connection.query_all(&outer).await? {
        let row = LatestLine {
            calendar: row.try_get_by_index(0)?,
            period_code: row.try_get_by_index(1)?,
            line: lines::read(&row, 2)?,
        };
        found.entry(row.line.procedure_id).or_default().push(row);
    }
    for lines in found.values_mut() {
        lines.sort_by_key(|found| std::cmp::Reverse(found.line.period_end));
    }
    Ok(found)
}

/// The sums of every counter of some submissions, by the counter's name in the schema.
pub async fn all_totals(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    submission_ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, HashMap<&'static str, i64>>> {
    let mut select = Query::select();
    select
        .column(line::Column::SubmissionId)
        .from(line::Entity)
        .and_where(Expr::col(line::Column::SubmissionId).in_subquery(visible(viewer, submission_ids)))
        .group_by_col(line::Column::SubmissionId);
    for field in FIELDS {
        // CAST: PostgreSQL sums integers into bigint, SQLite into integer; both are 64-bit and exact.
        let sum = Expr::col(Alias::new(field.column)).sum().cast_as(Alias::new("bigint"));
        select.expr_as(sum, Alias::new(field.column));
    }
    let rows = connection.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let mut totals = HashMap::with_capacity(FIELDS.len());
            for field in FIELDS {
                totals.insert(field.name, row.try_get::<i64>("", field.column)?);
            }
            Ok((row.try_get::<Uuid>("", "submission_id")?, totals))
        })
        .collect()
}

/// Writes some lines of a submission over those that it has of the same procedures; the others stay.
pub async fn upsert(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    submission: &submission::Model,
    lines: &[NewLine],
) -> ApiResult<()> {
    let counters: Vec<line::Column> = line::Column::iter()
        .filter(|column| !matches!(column, line::Column::SubmissionId | line::Column::ProcedureId | line::Column::Line))
        .collect();
    for chunk in lines.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|new| row_of(submission, new));
        line::Entity::insert_many(rows)
            .on_conflict(
                sea_orm::sea_query::OnConflict::columns([line::Column::SubmissionId, line::Column::ProcedureId])
                    .update_columns(counters.iter().copied())
                    .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row_of(submission: &submission::Model, new: &NewLine) -> line::ActiveModel {
    let mut row = line::ActiveModel {
        submission_id: Set(submission.id),
        procedure_id: Set(new.procedure_id),
        line: Set(new.line),
        online_procedure: Set(new.online_procedure),
        period_end: Set(submission.period_end),
        ..Default::default()
    };
    new.counters.fill(&mut row);
    row
}
