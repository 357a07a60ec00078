//! Reads and writes of the register of procedures.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::procedure::procedure;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, Iterable, QueryFilter,
    QueryOrder, Set,
};
use uuid::Uuid;

use super::rules::{FieldGroup, Level, OnlineLevel, ProcedureInput};
use crate::access::viewer::select_all;
use crate::access::{Permit, Viewer};
use crate::clock::Clock;
use crate::error::ApiResult;
use crate::graphql::paging::{Keyset, Page, Slice};
use crate::organisation::store::contains;
use crate::text::unaccented;

/// The order of procedure lists: by code.
pub const ORDER: Keyset = Keyset::new("procedure", &["procedure.code", "procedure.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take.
const ROWS_AT_ONCE: usize = 1_000;

/// What to look for among procedures.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only those that this organisation manages.
    pub organisation_id: Option<Uuid>,
    /// Only those whose code, name or field contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only of this field.
    pub field_code: Option<String>,
    /// Only of this field group.
    pub field_group: Option<FieldGroup>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only of this online level.
    pub online_level: Option<OnlineLevel>,
    /// Only those that qualify for online provision, or do not.
    pub online_eligible: Option<bool>,
    /// Only those provided online, or not.
    pub online_provided: Option<bool>,
    /// Only those offered by the national portal, or not.
    pub integrated_on_national_portal: Option<bool>,
    /// Only those with a fee or charge, or without.
    pub has_financial_obligation: Option<bool>,
    /// Only those that can be paid online, or not.
    pub online_payment_enabled: Option<bool>,
    /// Only those in force on this day.
    pub in_force_on: Option<NaiveDate>,
}

/// A page of procedures.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<procedure::Model>> {
    use procedure::Column;
    let column = |column: Column| Expr::col((procedure::Entity, column));
    let mut condition = Condition::all().add(viewer.in_programmes((procedure::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(column(Column::OrganisationId).eq(id));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(column(Column::SearchName), search));
    }
    for (text_column, value) in [
        (Column::FieldCode, filter.field_code.as_deref()),
        (Column::FieldGroup, filter.field_group.map(FieldGroup::as_str)),
        (Column::Level, filter.level.map(Level::as_str)),
        (Column::OnlineLevel, filter.online_level.map(OnlineLevel::as_str)),
    ] {
        if let Some(value) = value {
            condition = condition.add(column(text_column).eq(value));
        }
    }
    for (flag, value) in [
        (Column::OnlineEligible, filter.online_eligible),
        (Column::OnlineProvided, filter.online_provided),
        (Column::IntegratedOnNationalPortal, filter.integrated_on_national_portal),
        (Column::HasFinancialObligation, filter.has_financial_obligation),
        (Column::OnlinePaymentEnabled, filter.online_payment_enabled),
    ] {
        if let Some(value) = value {
            condition = condition.add(column(flag).eq(value));
        }
    }
    if let Some(day) = filter.in_force_on {
        condition = condition
            .add(column(Column::EffectiveFrom).lte(day))
            .add(Condition::any().add(column(Column::EffectiveTo).is_null()).add(column(Column::EffectiveTo).gte(day)));
    }
    let mut select = select_all::<procedure::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &procedure::Model| vec![row.code.clone().into(), row.id.into()]).await
}

/// Procedures of a programme by code.
pub async fn by_codes(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    codes: &[String],
) -> ApiResult<HashMap<String, procedure::Model>> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(ROWS_AT_ONCE) {
        let rows = procedure::Entity::find()
            .filter(procedure::Column::ProgrammeId.eq(programme_id))
            .filter(procedure::Column::Code.is_in(chunk.iter().map(String::as_str)))
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.code.clone(), row)));
    }
    Ok(found)
}

/// Procedures by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<procedure::Model>> {
    Ok(procedure::Entity::find()
        .filter(viewer.in_programmes((procedure::Entity, procedure::Column::ProgrammeId)))
        .filter(procedure::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// For each of some organisations, the first procedures that it manages, by code: one statement.
pub async fn first_of_organisations(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_ids: &[Uuid],
    limit: u64,
) -> ApiResult<HashMap<Uuid, Vec<procedure::Model>>> {
    let (p, o) = (Alias::new("p"), Alias::new("o"));
    let parents = entity::organisation::organisation::Entity;
    let parent_id = entity::organisation::organisation::Column::Id;
    let mut inner = Query::select();
    inner
        .from_as(procedure::Entity, p.clone())
        .and_where(Expr::col((p.clone(), procedure::Column::OrganisationId)).equals((o.clone(), parent_id)))
        .cond_where(viewer.in_programmes((p.clone(), procedure::Column::ProgrammeId)))
        .order_by((p.clone(), procedure::Column::Code), Order::Asc)
        .order_by((p.clone(), procedure::Column::Id), Order::Asc)
        .limit(limit);
    let mut outer = Query::select();
    outer.from_as(parents, o.clone()).and_where(Expr::col((o, parent_id)).is_in(organisation_ids.iter().copied()));
    let columns: Vec<procedure::Column> = procedure::Column::iter().collect();
    let x = Alias::new("x");
    for column in &columns {
        outer.column((x.clone(), *column));
    }
    match connection.get_database_backend() {
        DbBackend::Postgres => {
            for column in &columns {
                inner.column((p.clone(), *column));
            }
            outer.join_lateral(JoinType::InnerJoin, inner.to_owned(), x.clone(), Expr::cust("TRUE"));
        }
        _ => {
            inner.column((p, procedure::Column::Id));
            let id = Expr::col((x.clone(), procedure::Column::Id));
            outer.join_as(JoinType::InnerJoin, procedure::Entity, x.clone(), id.in_subquery(inner.to_owned()));
        }
    }
    outer.order_by((x, procedure::Column::Code), Order::Asc);
    let mut found: HashMap<Uuid, Vec<procedure::Model>> = HashMap::new();
    for row in connection.query_all(&outer).await? {
        let row = procedure::Model::from_query_result(&row, "")?;
        found.entry(row.organisation_id).or_default().push(row);
    }
    Ok(found)
}

/// Every procedure of a programme, for the register's measures.
pub async fn all(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<procedure::Model>> {
    Ok(procedure::Entity::find()
        .filter(procedure::Column::ProgrammeId.eq(programme_id))
        .order_by_asc(procedure::Column::Code)
        .all(connection)
        .await?)
}

fn fill(row: &mut procedure::ActiveModel, input: &ProcedureInput) {
    row.name = Set(input.name.clone());
    row.search_name = Set(unaccented(&format!("{} {} {}", input.code, input.name, input.field_name)));
    row.field_code = Set(input.field_code.clone());
    row.field_name = Set(input.field_name.clone());
    row.field_group = Set(input.field_group.as_str().to_owned());
    row.level = Set(input.level.as_str().to_owned());
    row.audience = Set(input.audience.as_str().to_owned());
    row.online_level = Set(input.online_level.as_str().to_owned());
    row.has_financial_obligation = Set(input.has_financial_obligation);
    row.online_payment_enabled = Set(input.online_payment_enabled);
    row.online_eligible = Set(input.online_eligible);
    row.online_provided = Set(input.online_provided);
    row.integrated_on_national_portal = Set(input.integrated_on_national_portal);
    row.payable_on_national_portal = Set(input.payable_on_national_portal);
    row.effective_from = Set(input.effective_from);
    row.effective_to = Set(input.effective_to);
}

/// Enters new procedures.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    organisation_id: Uuid,
    inputs: &[&ProcedureInput],
) -> ApiResult<()> {
    debug_assert_eq!(permit.action, crate::access::Action::ImportProcedures);
    let now = clock.now();
    for chunk in inputs.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|input| {
            let mut row = procedure::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(programme_id),
                organisation_id: Set(organisation_id),
                code: Set(input.code.clone()),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..Default::default()
            };
            fill(&mut row, input);
            row
        });
        procedure::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(crate::app::conflict_or_fault)?;
    }
    Ok(())
}

/// Changes a procedure.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &procedure::Model,
    input: &ProcedureInput,
) -> ApiResult<()> {
    debug_assert_eq!(permit.action, crate::access::Action::ImportProcedures);
    let mut change = procedure::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..Default::default()
    };
    fill(&mut change, input);
    procedure::Entity::update_many().set(change).filter(procedure::Column::Id.eq(row.id)).exec(tx).await?;
    Ok(())
}

/// All procedures of an organisation as a SELECT, for counting.
pub fn of_organisation(organisation_id: Uuid) -> sea_orm::sea_query::SelectStatement {
    let mut select = select_all::<procedure::Entity>();
    select.and_where(Expr::col((procedure::Entity, procedure::Column::OrganisationId)).eq(organisation_id));
    select
}
