//! Reads and writes of quotas, baseline and perimeter.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::organisation::organisation;
use entity::staffing::{
    perimeter_change, perimeter_line, staffing_baseline, staffing_baseline_author, staffing_baseline_line,
    staffing_quota,
};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::rules::{BaselineState, Decision, PerimeterKind, StaffCategory};
use super::timeline::Unit;
use access::viewer::select_all;
use access::{Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of quotas: by their first day.
pub const ORDER: Keyset = Keyset::new("staffing_quota", &["effective_from", "id"]);

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

/// What to look for among quotas.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation.
    pub organisation_id: Option<Uuid>,
    /// Only of this category.
    pub category: Option<StaffCategory>,
    /// Only those whose first day is on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those whose first day is on this day or earlier.
    pub to: Option<NaiveDate>,
}

/// A page of quotas.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<staffing_quota::Model>> {
    use staffing_quota::Column;
    let mut select = select_all::<staffing_quota::Entity>();
    select.cond_where(viewer.in_programmes((staffing_quota::Entity, Column::ProgrammeId)));
    for (column, id) in [(Column::ProgrammeId, filter.programme_id), (Column::OrganisationId, filter.organisation_id)] {
        if let Some(id) = id {
            select.and_where(Expr::col(column).eq(id));
        }
    }
    if let Some(category) = filter.category {
        select.and_where(Expr::col(Column::Category).eq(category.as_str()));
    }
    if let Some(from) = filter.from {
        select.and_where(Expr::col(Column::EffectiveFrom).gte(from));
    }
    if let Some(to) = filter.to {
        select.and_where(Expr::col(Column::EffectiveFrom).lte(to));
    }
    page.fetch(connection, &ORDER, select, |row: &staffing_quota::Model| vec![row.effective_from.into(), row.id.into()])
        .await
}

/// The quotas of some organisations that begin on a day.
pub async fn quotas_from(
    connection: &impl ConnectionTrait,
    organisation_ids: &[Uuid],
    effective_from: NaiveDate,
) -> ApiResult<Vec<staffing_quota::Model>> {
    Ok(staffing_quota::Entity::find()
        .filter(staffing_quota::Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .filter(staffing_quota::Column::EffectiveFrom.eq(effective_from))
        .all(connection)
        .await?)
}

/// A quota to be entered.
#[derive(Debug, Clone)]
pub struct NewQuota {
    /// Whose.
    pub organisation_id: Uuid,
    /// The category.
    pub category: &'static str,
    /// Who pays.
    pub funding_source: &'static str,
    /// How many posts.
    pub posts: i32,
}

/// Enters quotas.
pub async fn insert_quotas(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    (decision, effective_from): (&Decision, NaiveDate),
    quotas: &[NewQuota],
) -> ApiResult<()> {
    let now = clock.now();
    for chunk in quotas.chunks(ROWS_AT_ONCE) {
        let rows = chunk.iter().map(|quota| staffing_quota::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(quota.organisation_id),
            category: Set(quota.category.to_owned()),
            funding_source: Set(quota.funding_source.to_owned()),
            posts: Set(quota.posts),
            decision_number: Set(decision.number.clone()),
            decision_date: Set(decision.date),
            effective_from: Set(effective_from),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        });
        staffing_quota::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await
            .map_err(kit::app::conflict_or_fault)?;
    }
    Ok(())
}

/// Corrects a quota.
pub async fn update_quota(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &staffing_quota::Model,
    decision: &Decision,
    posts: i32,
) -> ApiResult<()> {
    let change = staffing_quota::ActiveModel {
        id: Set(row.id),
        posts: Set(posts),
        decision_number: Set(decision.number.clone()),
        decision_date: Set(decision.date),
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..Default::default()
    };
    change.update(tx).await?;
    Ok(())
}

/// The baseline of a programme.
pub async fn baseline(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Option<staffing_baseline::Model>> {
    Ok(staffing_baseline::Entity::find_by_id(programme_id).one(connection).await?)
}

/// Whether a baseline is approved, and so frozen and counted.
pub fn is_approved(row: Option<&staffing_baseline::Model>) -> bool {
    row.is_some_and(|row| row.state == BaselineState::Approved.as_str())
}

/// Its lines, by organisation.
pub async fn baseline_lines(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<BTreeMap<Uuid, i32>> {
    Ok(staffing_baseline_line::Entity::find()
        .filter(staffing_baseline_line::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| (row.organisation_id, row.posts))
        .collect())
}

/// Whether a person wrote in a baseline.
pub async fn baseline_written_by(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    person_id: Uuid,
) -> ApiResult<bool> {
    Ok(staffing_baseline_author::Entity::find_by_id((programme_id, person_id)).one(connection).await?.is_some())
}

/// Writes a baseline that is not approved: all its lines.
pub async fn save_baseline(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    known: Option<&staffing_baseline::Model>,
    lines: &BTreeMap<Uuid, i32>,
) -> ApiResult<staffing_baseline::Model> {
    let version = known.map_or(0, |row| row.version).saturating_add(1);
    let row = staffing_baseline::ActiveModel {
        programme_id: Set(programme_id),
        state: Set(BaselineState::Proposed.as_str().to_owned()),
        version: Set(version),
        updated_at: Set(clock.now()),
        decision_number: Set(None),
        decision_date: Set(None),
        approved_by: Set(None),
        approved_at: Set(None),
    };
    let saved = match known {
        None => row.insert(tx).await.map_err(kit::app::conflict_or_fault)?,
        Some(_) => row.update(tx).await?,
    };
    staffing_baseline_line::Entity::delete_many()
        .filter(staffing_baseline_line::Column::ProgrammeId.eq(programme_id))
        .exec(tx)
        .await?;
    let rows = lines.iter().map(|(organisation_id, posts)| staffing_baseline_line::ActiveModel {
        programme_id: Set(programme_id),
        organisation_id: Set(*organisation_id),
        posts: Set(*posts),
    });
    staffing_baseline_line::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let author =
        staffing_baseline_author::ActiveModel { programme_id: Set(programme_id), person_id: Set(permit.person()?) };
    let columns = [staffing_baseline_author::Column::ProgrammeId, staffing_baseline_author::Column::PersonId];
    staffing_baseline_author::Entity::insert(author)
        .on_conflict(OnConflict::columns(columns).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(saved)
}

/// Approves a baseline: it is frozen from here on.
pub async fn approve_baseline(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &staffing_baseline::Model,
    decision: &Decision,
) -> ApiResult<staffing_baseline::Model> {
    let now = clock.now();
    let change = staffing_baseline::ActiveModel {
        programme_id: Set(row.programme_id),
        state: Set(BaselineState::Approved.as_str().to_owned()),
        decision_number: Set(Some(decision.number.clone())),
        decision_date: Set(Some(decision.date)),
        approved_by: Set(Some(permit.person()?)),
        approved_at: Set(Some(now)),
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(now),
    };
    Ok(change.update(tx).await?)
}

/// Whether a change of perimeter stands there already.
pub async fn perimeter_known(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    kind: PerimeterKind,
    decision: &Decision,
    effective_on: NaiveDate,
) -> ApiResult<bool> {
    use perimeter_change::Column;
    let found = perimeter_change::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::DecisionNumber.eq(decision.number.as_str()))
        .filter(Column::Kind.eq(kind.as_str()))
        .filter(Column::EffectiveOn.eq(effective_on))
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// A change of perimeter to be entered.
#[derive(Debug, Clone)]
pub struct NewPerimeter<'a> {
    /// What it is.
    pub kind: PerimeterKind,
    /// From which day.
    pub effective_on: NaiveDate,
    /// By which decision.
    pub decision: &'a Decision,
    /// Why.
    pub reason: &'a str,
    /// By how many posts for whom.
    pub lines: &'a BTreeMap<Uuid, i32>,
}

/// Enters a change of perimeter. Nothing changes or removes it.
pub async fn insert_perimeter(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    new: &NewPerimeter<'_>,
) -> ApiResult<perimeter_change::Model> {
    let row = perimeter_change::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        kind: Set(new.kind.as_str().to_owned()),
        effective_on: Set(new.effective_on),
        decision_number: Set(new.decision.number.clone()),
        decision_date: Set(new.decision.date),
        reason: Set(new.reason.to_owned()),
        created_at: Set(clock.now()),
    };
    let row = row.insert(tx).await.map_err(kit::app::conflict_or_fault)?;
    let lines = new.lines.iter().map(|(organisation_id, posts)| perimeter_line::ActiveModel {
        change_id: Set(row.id),
        organisation_id: Set(*organisation_id),
        posts: Set(*posts),
    });
    perimeter_line::Entity::insert_many(lines).exec_without_returning(tx).await?;
    Ok(row)
}

/// A change of perimeter by id.
pub async fn perimeter_by_id(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> ApiResult<Option<(perimeter_change::Model, Vec<perimeter_line::Model>)>> {
    let Some(row) = perimeter_change::Entity::find_by_id(id).one(connection).await? else { return Ok(None) };
    let lines = perimeter_line::Entity::find()
        .filter(perimeter_line::Column::ChangeId.eq(id))
        .order_by_asc(perimeter_line::Column::OrganisationId)
        .all(connection)
        .await?;
    Ok(Some((row, lines)))
}

/// What explains a unit's posts: its quotas of the category that the cut counts, and changes of perimeter.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Every change of perimeter of the programme, by id.
    pub changes: HashMap<Uuid, perimeter_change::Model>,
    /// Their lines.
    pub lines: Vec<perimeter_line::Model>,
    /// The quotas, in order of their first days.
    pub quotas: Vec<staffing_quota::Model>,
}

/// Reads what the cut of a programme is computed from: four statements, however many units.
pub async fn units(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<(Vec<Unit>, Sources)> {
    let baseline = baseline_lines(connection, programme_id).await?;
    let changes: HashMap<Uuid, perimeter_change::Model> = perimeter_change::Entity::find()
        .filter(perimeter_change::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let of_programme = Query::select()
        .column(perimeter_change::Column::Id)
        .from(perimeter_change::Entity)
        .and_where(perimeter_change::Column::ProgrammeId.eq(programme_id))
        .to_owned();
    let lines = perimeter_line::Entity::find()
        .filter(perimeter_line::Column::ChangeId.in_subquery(of_programme))
        .all(connection)
        .await?;
    let quotas = staffing_quota::Entity::find()
        .filter(staffing_quota::Column::ProgrammeId.eq(programme_id))
        .filter(staffing_quota::Column::Category.eq(StaffCategory::PublicEmployeeBudget.as_str()))
        .order_by_asc(staffing_quota::Column::EffectiveFrom)
        .all(connection)
        .await?;
    let mut units: BTreeMap<Uuid, Unit> = BTreeMap::new();
    fn unit(units: &mut BTreeMap<Uuid, Unit>, id: Uuid) -> &mut Unit {
        units.entry(id).or_insert_with(|| Unit { organisation_id: id, ..Unit::default() })
    }
    for (organisation_id, posts) in baseline {
        unit(&mut units, organisation_id).baseline = Some(posts.into());
    }
    for line in &lines {
        let Some(change) = changes.get(&line.change_id) else {
            return Err(ApiError::internal("a line of no change of perimeter"));
        };
        unit(&mut units, line.organisation_id).perimeter.push((change.effective_on, line.posts.into()));
    }
    for quota in &quotas {
        unit(&mut units, quota.organisation_id).quotas.push((quota.effective_from, quota.posts.into()));
    }
    let mut units: Vec<Unit> = units.into_values().collect();
    for unit in &mut units {
        unit.perimeter.sort_by_key(|(day, _)| *day);
    }
    Ok((units, Sources { changes, lines, quotas }))
}

/// The organisations of a programme at and below one, by code.
pub async fn organisations_below(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisation_id: Uuid,
) -> ApiResult<Vec<organisation::Model>> {
    let below = access::viewer::below(vec![organisation_id]);
    Ok(organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.eq(programme_id))
        .filter(organisation::Column::Id.in_subquery(below))
        .order_by_asc(organisation::Column::Code)
        .all(connection)
        .await?)
}
