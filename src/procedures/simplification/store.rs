//! Reads and writes of reviews of procedures.

use std::collections::HashMap;

use entity::procedure::procedure;
use entity::simplification::{procedure_review, procedure_review_author};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, OnConflict, Order, Query, WindowStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set,
};
use uuid::Uuid;

use super::ReviewState;
use super::policy;
use super::rules::{Cut, Proposal};
use super::sums::{Counted, Summed};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of review lists: by code.
pub const ORDER: Keyset = Keyset::new("procedure_review", &["procedure_review.code", "procedure_review.id"]);

/// What to look for among reviews.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of these procedures.
    pub procedures: Option<Vec<Uuid>>,
    /// Only those that this organisation proposed.
    pub organisation_id: Option<Uuid>,
    /// Only of this year's plan.
    pub year: Option<i32>,
    /// Only in these states.
    pub states: Vec<ReviewState>,
}

impl Filter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        use procedure_review::Column;
        let mut condition = Condition::all().add(policy::readable(viewer));
        if let Some(id) = self.programme_id {
            condition = condition.add(Column::ProgrammeId.eq(id));
        }
        if let Some(ids) = &self.procedures {
            condition = condition.add(Column::ProcedureId.is_in(ids.iter().copied()));
        }
        if let Some(id) = self.organisation_id {
            condition = condition.add(Column::OrganisationId.eq(id));
        }
        if let Some(year) = self.year {
            condition = condition.add(Column::Year.eq(year));
        }
        if !self.states.is_empty() {
            condition = condition.add(Column::State.is_in(self.states.iter().map(|state| state.as_str())));
        }
        condition
    }
}

/// A page of reviews, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<procedure_review::Model>> {
    let mut select = select_all::<procedure_review::Entity>();
    select.cond_where(filter.condition(viewer));
    page.fetch(connection, &ORDER, select, |row: &procedure_review::Model| vec![row.code.clone().into(), row.id.into()])
        .await
}

/// Every review that a filter lets through, as far as totals need it.
pub async fn summed(connection: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> ApiResult<Vec<Summed>> {
    Ok(select_summed(viewer, filter).into_model().all(connection).await?)
}

/// The columns of [`Summed`], and no others: the texts of all reviews together are megabytes.
fn select_summed(viewer: &Viewer, filter: &Filter) -> Select<procedure_review::Entity> {
    use procedure_review::Column;
    procedure_review::Entity::find()
        .select_only()
        .columns([
            Column::ProposedOn,
            Column::State,
            Column::DecisionDate,
            Column::ImplementedOn,
            Column::WithdrawnOn,
            Column::ComponentsBefore,
            Column::ComponentsAfter,
            Column::FormsBefore,
            Column::FormsAfter,
            Column::TimeBefore,
            Column::TimeAfter,
            Column::TimeUnit,
            Column::CostBeforeVnd,
            Column::CostAfterVnd,
        ])
        .filter(filter.condition(viewer))
}

/// The review of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<procedure_review::Model>> {
    Ok(procedure_review::Entity::find()
        .filter(policy::readable(viewer))
        .filter(procedure_review::Column::ProgrammeId.eq(programme_id))
        .filter(procedure_review::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Reviews by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<procedure_review::Model>> {
    Ok(procedure_review::Entity::find()
        .filter(policy::readable(viewer))
        .filter(procedure_review::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// For each of some procedures its latest reviews, the latest first: one statement.
pub async fn latest_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    procedure_ids: &[Uuid],
    limit: u32,
) -> ApiResult<HashMap<Uuid, Vec<procedure_review::Model>>> {
    use procedure_review::Column;
    let (ranked, place) = (Alias::new("ranked"), Alias::new("place"));
    let column = |column: Column| (procedure_review::Entity, column);
    let mut window = WindowStatement::partition_by(column(Column::ProcedureId));
    window.order_by(column(Column::ProposedOn), Order::Desc).order_by(column(Column::Id), Order::Desc);
    let inner = Query::select()
        .column(column(Column::Id))
        .expr_window_as(Expr::cust("ROW_NUMBER()"), window, place.clone())
        .from(procedure_review::Entity)
        .and_where(Expr::col(column(Column::ProcedureId)).is_in(procedure_ids.iter().copied()))
        .cond_where(policy::readable(viewer))
        .to_owned();
    let latest = Query::select()
        .column((ranked.clone(), Column::Id))
        .from_subquery(inner, ranked.clone())
        .and_where(Expr::col((ranked, place)).lte(limit))
        .to_owned();
    let rows = procedure_review::Entity::find()
        .filter(Column::Id.in_subquery(latest))
        .order_by_desc(Column::ProposedOn)
        .order_by_desc(Column::Id)
        .all(connection)
        .await?;
    let mut found: HashMap<Uuid, Vec<procedure_review::Model>> = HashMap::new();
    for row in rows {
        found.entry(row.procedure_id).or_default().push(row);
    }
    Ok(found)
}

/// The approved reviews of a programme, for the register's measures.
pub async fn counted(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Counted>> {
    use procedure_review::Column;
    let approved = [ReviewState::Approved, ReviewState::Implemented].map(ReviewState::as_str);
    let rows = procedure_review::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::State.is_in(approved))
        .order_by_asc(Column::Code)
        .all(connection)
        .await?;
    let reviewed = Query::select()
        .column(Column::ProcedureId)
        .from(procedure_review::Entity)
        .and_where(Expr::col(Column::ProgrammeId).eq(programme_id))
        .to_owned();
    let managed: HashMap<Uuid, (Uuid, bool)> = procedure::Entity::find()
        .select_only()
        .column(procedure::Column::Id)
        .column(procedure::Column::OrganisationId)
        .column(procedure::Column::Internal)
        .filter(procedure::Column::Id.in_subquery(reviewed))
        .into_tuple::<(Uuid, Uuid, bool)>()
        .all(connection)
        .await?
        .into_iter()
        .map(|(id, organisation_id, internal)| (id, (organisation_id, internal)))
        .collect();
    rows.into_iter()
        .map(|row| {
            let managed = managed.get(&row.procedure_id).copied();
            let (organisation_id, internal) = managed.ok_or_else(|| ApiError::internal("a review of no procedure"))?;
            Ok(Counted {
                procedure_id: row.procedure_id,
                internal,
                organisation_id,
                approved_on: row.decision_date.ok_or_else(|| ApiError::internal("approved without a day"))?,
                implemented_on: row.implemented_on,
                cost_vnd: Cut { before: row.cost_before_vnd, after: row.cost_after_vnd },
            })
        })
        .collect()
}

/// Which of some reviews a person wrote in.
pub async fn written_by(
    connection: &impl ConnectionTrait,
    review_ids: Vec<Uuid>,
    person_id: Uuid,
) -> ApiResult<Vec<Uuid>> {
    Ok(procedure_review_author::Entity::find()
        .filter(procedure_review_author::Column::ReviewId.is_in(review_ids))
        .filter(procedure_review_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.review_id)
        .collect())
}

/// Remembers that a person wrote in a review.
async fn add_author(tx: &DatabaseTransaction, permit: &Permit, review_id: Uuid) -> ApiResult<()> {
    use procedure_review_author::Column;
    let author = procedure_review_author::ActiveModel { review_id: Set(review_id), person_id: Set(permit.person()?) };
    procedure_review_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::ReviewId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The columns that a proposal fills. What does not fit an `i32` was refused by the rules.
fn filled(proposal: &Proposal, procedure_id: Uuid) -> procedure_review::ActiveModel {
    let small = |number: i64| Set(i32::try_from(number).unwrap_or(i32::MAX));
    procedure_review::ActiveModel {
        procedure_id: Set(procedure_id),
        year: Set(proposal.year),
        proposed_on: Set(proposal.proposed_on),
        content: Set(proposal.content.trim().to_owned()),
        components_before: small(proposal.components.before),
        components_after: small(proposal.components.after),
        forms_before: small(proposal.forms.before),
        forms_after: small(proposal.forms.after),
        time_before: small(proposal.time.before),
        time_after: small(proposal.time.after),
        time_unit: Set(proposal.time_unit.as_str().to_owned()),
        cost_before_vnd: Set(proposal.cost_vnd.before),
        cost_after_vnd: Set(proposal.cost_vnd.after),
        ..Default::default()
    }
}

/// Enters a proposal.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    procedure_id: Uuid,
    proposal: &Proposal,
) -> ApiResult<procedure_review::Model> {
    debug_assert_eq!(permit.action, Action::ProposeReview);
    let now = clock.now();
    let row = procedure_review::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        code: Set(proposal.code.clone()),
        organisation_id: Set(permit.organisation_id),
        state: Set(ReviewState::Proposed.as_str().to_owned()),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..filled(proposal, procedure_id)
    };
    let row = row.insert(tx).await.map_err(conflict_or_fault)?;
    add_author(tx, permit, row.id).await?;
    Ok(row)
}

/// Changes a proposal.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &procedure_review::Model,
    procedure_id: Uuid,
    proposal: &Proposal,
) -> ApiResult<procedure_review::Model> {
    debug_assert_eq!(permit.action, Action::ProposeReview);
    add_author(tx, permit, row.id).await?;
    advance(tx, clock, permit, row, filled(proposal, procedure_id)).await
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &procedure_review::Model,
    mut change: procedure_review::ActiveModel,
) -> ApiResult<procedure_review::Model> {
    debug_assert_eq!(permit.organisation_id, row.organisation_id);
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = procedure_review::Entity::update_many()
        .set(change)
        .filter(procedure_review::Column::Id.eq(row.id))
        .filter(procedure_review::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait};

    use super::*;

    #[test]
    fn totals_do_not_read_what_they_do_not_sum() {
        let filter = Filter { programme_id: Some(Uuid::nil()), year: Some(2026), ..Filter::default() };
        let statement = select_summed(&Viewer::server(), &filter).build(DbBackend::Postgres).to_string();
        assert!(statement.contains("cost_after_vnd"), "{statement}");
        for text in ["\"content\"", "\"decision_reason\"", "*"] {
            assert!(!statement.contains(text), "{statement}");
        }
    }
}
