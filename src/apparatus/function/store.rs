//! Reads and writes of functions and tasks.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::apparatus::organisation_function;
use entity::programme::reform_area;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, Order, Query, WindowStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::rules::FunctionInput;
use super::{FunctionKind, FunctionRole};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of functions: by code.
pub const ORDER: Keyset =
    Keyset::new("organisation_function", &["organisation_function.code", "organisation_function.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take.
const ROWS_AT_ONCE: usize = 1_000;

/// What to look for among functions.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation.
    pub organisation_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<FunctionKind>,
    /// Only of this reform area.
    pub area: Option<String>,
    /// Only where the organisation has this role.
    pub role: Option<FunctionRole>,
    /// Only those whose code or title contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

fn holding_on(day: NaiveDate) -> Condition {
    use organisation_function::Column;
    let column = |column: Column| (organisation_function::Entity, column);
    let organisation = column(Column::OrganisationId).into_column_ref();
    access::viewer::holding_on((column(Column::EffectiveFrom), column(Column::EffectiveTo)), [organisation], day)
}

/// A page of functions, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<organisation_function::Model>> {
    use organisation_function::Column;
    let column = |column: Column| (organisation_function::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Column::OrganisationId.eq(id));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(area) = &filter.area {
        condition = condition.add(Column::AreaCode.eq(area.as_str()));
    }
    if let Some(role) = filter.role {
        condition = condition.add(Column::Role.eq(role.as_str()));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&Expr::col(column(Column::SearchTitle)), search));
    }
    if let Some(day) = filter.on {
        condition = condition.add(holding_on(day));
    }
    let mut select = select_all::<organisation_function::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &organisation_function::Model| {
        vec![row.code.clone().into(), row.id.into()]
    })
    .await
}

/// For each of some organisations its first functions that hold on a day, by code: one statement.
pub async fn first_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_ids: &[Uuid],
    (day, limit): (NaiveDate, u32),
) -> ApiResult<HashMap<Uuid, Vec<organisation_function::Model>>> {
    use organisation_function::Column;
    let (ranked, place) = (Alias::new("ranked"), Alias::new("place"));
    let column = |column: Column| (organisation_function::Entity, column);
    let mut window = WindowStatement::partition_by(column(Column::OrganisationId));
    window.order_by(column(Column::Code), Order::Asc).order_by(column(Column::Id), Order::Asc);
    let inner = Query::select()
        .column(column(Column::Id))
        .expr_window_as(Expr::cust("ROW_NUMBER()"), window, place.clone())
        .from(organisation_function::Entity)
        .and_where(Expr::col(column(Column::OrganisationId)).is_in(organisation_ids.iter().copied()))
        .cond_where(holding_on(day))
        .cond_where(viewer.in_programmes(column(Column::ProgrammeId)))
        .to_owned();
    let first = Query::select()
        .column((ranked.clone(), Column::Id))
        .from_subquery(inner, ranked.clone())
        .and_where(Expr::col((ranked, place)).lte(limit))
        .to_owned();
    let rows = organisation_function::Entity::find()
        .filter(Column::Id.in_subquery(first))
        .order_by_asc(Column::Code)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    let mut found: HashMap<Uuid, Vec<organisation_function::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.organisation_id).or_default().push(row);
    }
    Ok(found)
}

/// All functions of an organisation by code, ended ones included.
pub async fn all_of(
    connection: &impl ConnectionTrait,
    organisation_id: Uuid,
) -> ApiResult<HashMap<String, organisation_function::Model>> {
    let rows = organisation_function::Entity::find()
        .filter(organisation_function::Column::OrganisationId.eq(organisation_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// The codes of a programme's reform areas, in the plan's order.
pub async fn areas(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<String>> {
    let rows = reform_area::Entity::find()
        .filter(reform_area::Column::ProgrammeId.eq(programme_id))
        .order_by_asc(reform_area::Column::Position)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

fn filled(input: &FunctionInput) -> organisation_function::ActiveModel {
    organisation_function::ActiveModel {
        kind: Set(input.kind.as_str().to_owned()),
        title: Set(input.title.clone()),
        search_title: Set(unaccented(&format!("{} {}", input.code, input.title))),
        area_code: Set(input.area.clone()),
        field: Set(input.field.clone()),
        legal_basis: Set(input.legal_basis.clone()),
        post_title: Set(input.post_title.clone()),
        role: Set(input.role.as_str().to_owned()),
        effective_from: Set(input.effective_from),
        effective_to: Set(input.effective_to),
        ..Default::default()
    }
}

/// Enters functions of the permit's organisation.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    inputs: &[FunctionInput],
) -> ApiResult<()> {
    debug_assert_eq!(permit.action, Action::SaveFunctions);
    let now = clock.now();
    let rows: Vec<organisation_function::ActiveModel> = inputs
        .iter()
        .map(|input| organisation_function::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(permit.organisation_id),
            code: Set(input.code.clone()),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            ..filled(input)
        })
        .collect();
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let insert = organisation_function::Entity::insert_many(chunk.to_vec());
        insert.exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    }
    Ok(())
}

/// Changes a function.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &organisation_function::Model,
    input: &FunctionInput,
) -> ApiResult<()> {
    debug_assert_eq!(permit.organisation_id, row.organisation_id);
    let change = organisation_function::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..filled(input)
    };
    let changed = organisation_function::Entity::update_many()
        .set(change)
        .filter(organisation_function::Column::Id.eq(row.id))
        .filter(organisation_function::Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(conflict_or_fault)?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(ApiError::conflict()) }
}
