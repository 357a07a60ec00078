//! Reads and writes of publications of procedures.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::publicity::procedure_publication;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::rules::{CheckResult, PublicationPlace, Wanted};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use base::parameter::Code;
use base::parameter::rules::InForce;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of publication lists: by day.
pub const ORDER: Keyset =
    Keyset::new("procedure_publication", &["procedure_publication.published_on", "procedure_publication.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take.
const ROWS_AT_ONCE: usize = 1_000;

/// What to look for among publications.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only at this place.
    pub place: Option<PublicationPlace>,
    /// Only those that were last found so.
    pub check_result: Option<CheckResult>,
    /// Only those that were last checked before this day, or never.
    pub checked_before: Option<NaiveDate>,
}

/// A page of publications, by day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<procedure_publication::Model>> {
    use procedure_publication::Column;
    let mut condition =
        Condition::all().add(viewer.in_programmes((procedure_publication::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if let Some(place) = filter.place {
        condition = condition.add(Column::Place.eq(place.as_str()));
    }
    if let Some(result) = filter.check_result {
        condition = condition.add(Column::CheckResult.eq(result.as_str()));
    }
    if let Some(day) = filter.checked_before {
        let never = Column::LastCheckedOn.is_null();
        condition = condition.add(Condition::any().add(never).add(Column::LastCheckedOn.lt(day)));
    }
    let mut select = select_all::<procedure_publication::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &procedure_publication::Model| {
        vec![row.published_on.into(), row.id.into()]
    })
    .await
}

/// The publications of some procedures: at most one per procedure and place.
pub async fn of_procedures(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    procedure_ids: &[Uuid],
) -> ApiResult<Vec<procedure_publication::Model>> {
    use procedure_publication::Column;
    let mut found = Vec::new();
    for chunk in procedure_ids.chunks(ROWS_AT_ONCE) {
        let rows = procedure_publication::Entity::find()
            .filter(viewer.in_programmes((procedure_publication::Entity, Column::ProgrammeId)))
            .filter(Column::ProcedureId.is_in(chunk.iter().copied()))
            .order_by_asc(Column::Place)
            .all(connection)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// A condition on an outer query: at each of some places the procedure has a publication since the day of a column,
/// and it was not found missing or outdated: [`is_public`](super::rules::is_public) in SQL. The columns must be of the outer query's tables, named with them.
/// `.not()` turns it round.
pub fn public_since(
    places: &[PublicationPlace],
    procedure_id: impl IntoColumnRef,
    announced_on: impl IntoColumnRef,
) -> Condition {
    use procedure_publication::Column;
    let (procedure_id, announced_on) = (procedure_id.into_column_ref(), announced_on.into_column_ref());
    let table = Alias::new("publication");
    let column = |column: Column| Expr::col((table.clone(), column));
    let mut condition = Condition::all();
    for place in places {
        let there = Query::select()
            .expr(Expr::value(1))
            .from_as(procedure_publication::Entity, table.clone())
            .and_where(column(Column::ProcedureId).equals(procedure_id.clone()))
            .and_where(column(Column::Place).eq(place.as_str()))
            .and_where(column(Column::PublishedOn).gte(Expr::col(announced_on.clone())))
            .cond_where(
                Condition::any()
                    .add(column(Column::CheckResult).is_null())
                    .add(column(Column::CheckResult).eq(CheckResult::Correct.as_str())),
            )
            .to_owned();
        condition = condition.add(Expr::exists(there));
    }
    condition
}

/// The places that the parameters of a day require. A word that is no place is a fault of the reference data.
pub fn required_places(parameters: &InForce) -> ApiResult<Vec<PublicationPlace>> {
    parameters.list(Code::PublicationPlaces)?.into_iter().map(|word| Ok(word.parse()?)).collect()
}

/// A publication as it is to stand.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The procedure.
    pub procedure_id: Uuid,
    /// Where.
    pub place: PublicationPlace,
    /// What is to stand there.
    pub wanted: Wanted,
}

/// Enters publications, or changes those of the same procedure and place: few statements, however many there are.
pub async fn upsert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    publications: &[Publication],
) -> ApiResult<()> {
    use procedure_publication::Column;
    debug_assert_eq!(permit.action, Action::RecordPublications);
    let now = clock.now();
    let next = Expr::col((procedure_publication::Entity, Column::Version)).add(1);
    let or_change = OnConflict::columns([Column::ProcedureId, Column::Place])
        .update_columns([
            Column::Url,
            Column::PublishedOn,
            Column::LastCheckedOn,
            Column::CheckResult,
            Column::Note,
            Column::UpdatedAt,
        ])
        .value(Column::Version, next)
        .to_owned();
    for chunk in publications.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|one| procedure_publication::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            procedure_id: Set(one.procedure_id),
            place: Set(one.place.as_str().to_owned()),
            url: Set(one.wanted.url.clone()),
            published_on: Set(one.wanted.published_on),
            last_checked_on: Set(one.wanted.check.as_ref().map(|(day, _)| *day)),
            check_result: Set(one.wanted.check.as_ref().map(|(_, result)| result.clone())),
            note: Set(one.wanted.note.clone()),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        });
        procedure_publication::Entity::insert_many(rows)
            .on_conflict(or_change.clone())
            .exec_without_returning(tx)
            .await
            .map_err(conflict_or_fault)?;
    }
    Ok(())
}

/// Rows by procedure and place.
pub fn by_key(rows: Vec<procedure_publication::Model>) -> HashMap<(Uuid, String), procedure_publication::Model> {
    rows.into_iter().map(|row| ((row.procedure_id, row.place.clone()), row)).collect()
}
