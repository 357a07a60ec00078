//! Reads and writes of changes of organisations, and what a confirmed change does to the tree.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::access::role_grant;
use entity::organisation::{
    organisation, organisation_change, organisation_change_author, organisation_change_unit, organisation_closure,
    organisation_name, organisation_successor,
};
use sea_orm::sea_query::{Condition, Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, Set,
};
use uuid::Uuid;

use super::policy;
use super::rules::{Tree, Wanted};
use super::{OrganisationChangeKind, OrganisationChangeState, Part};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use base::organisation::store as organisations;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of changes: by the day on which they take effect.
pub const ORDER: Keyset =
    Keyset::new("organisation_change", &["organisation_change.effective_on", "organisation_change.id"]);

/// What to look for among changes.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only those in which this organisation takes part.
    pub organisation_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<OrganisationChangeKind>,
    /// Only in these states.
    pub states: Vec<OrganisationChangeState>,
    /// Only those that take effect on this day or later.
    pub from: Option<NaiveDate>,
    /// Only those that take effect on this day or before.
    pub to: Option<NaiveDate>,
}

/// A page of changes, by day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<organisation_change::Model>> {
    use organisation_change::Column;
    let mut condition = Condition::all().add(policy::readable(viewer));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if let Some(id) = filter.organisation_id {
        let of_unit = Query::select()
            .column(organisation_change_unit::Column::ChangeId)
            .from(organisation_change_unit::Entity)
            .and_where(organisation_change_unit::Column::OrganisationId.eq(id))
            .to_owned();
        condition = condition.add(Column::Id.in_subquery(of_unit));
    }
    if !filter.kinds.is_empty() {
        condition = condition.add(Column::Kind.is_in(filter.kinds.iter().map(|kind| kind.as_str())));
    }
    if !filter.states.is_empty() {
        condition = condition.add(Column::State.is_in(filter.states.iter().map(|state| state.as_str())));
    }
    if let Some(day) = filter.from {
        condition = condition.add(Column::EffectiveOn.gte(day));
    }
    if let Some(day) = filter.to {
        condition = condition.add(Column::EffectiveOn.lte(day));
    }
    let mut select = select_all::<organisation_change::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &organisation_change::Model| {
        vec![row.effective_on.into(), row.id.into()]
    })
    .await
}

/// The change of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<organisation_change::Model>> {
    Ok(organisation_change::Entity::find()
        .filter(policy::readable(viewer))
        .filter(organisation_change::Column::ProgrammeId.eq(programme_id))
        .filter(organisation_change::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Changes by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<organisation_change::Model>> {
    Ok(organisation_change::Entity::find()
        .filter(policy::readable(viewer))
        .filter(organisation_change::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The parts of some changes, in their order. Whoever sees a change sees its parts.
pub async fn units_of(
    connection: &impl ConnectionTrait,
    change_ids: &[Uuid],
) -> ApiResult<Vec<organisation_change_unit::Model>> {
    Ok(organisation_change_unit::Entity::find()
        .filter(organisation_change_unit::Column::ChangeId.is_in(change_ids.iter().copied()))
        .order_by_asc(organisation_change_unit::Column::ChangeId)
        .order_by_asc(organisation_change_unit::Column::Position)
        .all(connection)
        .await?)
}

/// The changes in which some organisations take part, the latest first: pairs of organisation and change.
pub async fn of_organisations(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<(Uuid, organisation_change::Model)>> {
    use organisation_change_unit::Column;
    let found = organisation_change_unit::Entity::find()
        .filter(Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .all(connection)
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|unit| unit.change_id).collect();
    let known: HashMap<Uuid, organisation_change::Model> =
        by_ids(connection, viewer, ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let mut pairs: Vec<(Uuid, organisation_change::Model)> = found
        .into_iter()
        .filter_map(|unit| Some((unit.organisation_id?, known.get(&unit.change_id)?.clone())))
        .collect();
    pairs.sort_by_key(|(_, row)| std::cmp::Reverse((row.effective_on, row.id)));
    Ok(pairs)
}

/// The organisations about which people decided: their names, days and places are not reference data's any more.
pub async fn decided_organisations(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Uuid>> {
    use organisation_change::Column;
    let confirmed = Query::select()
        .column(Column::Id)
        .from(organisation_change::Entity)
        .and_where(Column::ProgrammeId.eq(programme_id))
        .and_where(Column::State.eq(OrganisationChangeState::Confirmed.as_str()))
        .to_owned();
    let units = organisation_change_unit::Entity::find()
        .filter(organisation_change_unit::Column::ChangeId.in_subquery(confirmed))
        .filter(organisation_change_unit::Column::Part.ne(Part::Into.as_str()))
        .all(connection)
        .await?;
    Ok(units.into_iter().filter_map(|unit| unit.organisation_id).collect())
}

/// The organisations of a programme, for the rules.
pub async fn tree(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Tree> {
    let rows =
        organisation::Entity::find().filter(organisation::Column::ProgrammeId.eq(programme_id)).all(connection).await?;
    let root_id = organisations::root_of(connection, programme_id).await?.id;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let names = organisations::names_of(connection, &ids).await?;
    let successions = organisations::successions(connection, &ids).await?;
    Ok(Tree {
        organisations: rows.into_iter().map(|row| (row.code.clone(), row)).collect(),
        root_id,
        named_since: names.into_iter().map(|name| (name.organisation_id, name.effective_from)).collect(),
        successions: successions.into_iter().map(|row| (row.predecessor_id, row.successor_id)).collect(),
    })
}

/// Which of some changes a person wrote in.
pub async fn written_by(connection: &impl ConnectionTrait, ids: Vec<Uuid>, person_id: Uuid) -> ApiResult<Vec<Uuid>> {
    use organisation_change_author::Column;
    Ok(organisation_change_author::Entity::find()
        .filter(Column::ChangeId.is_in(ids))
        .filter(Column::PersonId.eq(person_id))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.change_id)
        .collect())
}

/// How many grants are held on some organisations on a day or later.
pub async fn grants_on(connection: &impl ConnectionTrait, ids: &[Uuid], from: NaiveDate) -> ApiResult<u64> {
    use role_grant::Column;
    Ok(role_grant::Entity::find()
        .filter(Column::OrganisationId.is_in(ids.iter().copied()))
        .filter(Condition::any().add(Column::EffectiveTo.is_null()).add(Column::EffectiveTo.gte(from)))
        .count(connection)
        .await?)
}

/// The columns that a recording fills.
fn filled(wanted: &Wanted) -> organisation_change::ActiveModel {
    let trimmed = |text: &str| text.trim().to_owned();
    organisation_change::ActiveModel {
        kind: Set(wanted.kind.as_str().to_owned()),
        decision_number: Set(trimmed(&wanted.decision_number)),
        decision_date: Set(wanted.decision_date),
        effective_on: Set(wanted.effective_on),
        content: Set(wanted.content.as_deref().map(trimmed)),
        name_vi: Set(wanted.name.as_ref().map(|(name, _)| trimmed(name))),
        name_en: Set(wanted.name.as_ref().map(|(_, name)| trimmed(name))),
        ..Default::default()
    }
}

/// Enters a change, or changes what is not decided yet.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&organisation_change::Model>,
    (wanted, tree): (&Wanted, &Tree),
) -> ApiResult<organisation_change::Model> {
    debug_assert_eq!(permit.action, Action::RecordOrganisationChange);
    let row = match stored {
        Some(row) => advance(tx, clock, permit, row, filled(wanted)).await?,
        None => {
            let now = clock.now();
            let row = organisation_change::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(programme_id),
                code: Set(wanted.code.clone()),
                state: Set(OrganisationChangeState::Recorded.as_str().to_owned()),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
                ..filled(wanted)
            };
            row.insert(tx).await.map_err(conflict_or_fault)?
        }
    };
    write_units(tx, row.id, wanted, tree).await?;
    let author = organisation_change_author::ActiveModel { change_id: Set(row.id), person_id: Set(permit.person()?) };
    use organisation_change_author::Column;
    organisation_change_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::ChangeId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(row)
}

async fn write_units(tx: &DatabaseTransaction, change_id: Uuid, wanted: &Wanted, tree: &Tree) -> ApiResult<()> {
    let id_of = |code: &str| {
        let found = tree.organisations.get(code).map(|row| row.id);
        found.ok_or_else(|| ApiError::internal(format!("a checked change names no organisation {code}")))
    };
    let unit = |part: Part| organisation_change_unit::ActiveModel {
        change_id: Set(change_id),
        part: Set(part.as_str().to_owned()),
        organisation_id: Set(None),
        code: Set(None),
        kind: Set(None),
        name_vi: Set(None),
        name_en: Set(None),
        parent_id: Set(None),
        ..Default::default()
    };
    let mut units = Vec::new();
    let stored = wanted.organisations.iter().map(|code| (Part::Subject, code));
    for (part, code) in stored.chain(wanted.into.iter().map(|code| (Part::Into, code))) {
        units.push(organisation_change_unit::ActiveModel { organisation_id: Set(Some(id_of(code)?)), ..unit(part) });
    }
    for made in &wanted.made {
        units.push(organisation_change_unit::ActiveModel {
            code: Set(Some(made.code.clone())),
            kind: Set(Some(made.kind.as_str().to_owned())),
            name_vi: Set(Some(made.name_vi.trim().to_owned())),
            name_en: Set(Some(made.name_en.trim().to_owned())),
            parent_id: Set(Some(id_of(&made.parent)?)),
            ..unit(Part::Made)
        });
    }
    for (position, unit) in (0_i32..).zip(&mut units) {
        unit.position = Set(position);
    }
    organisation_change_unit::Entity::delete_many()
        .filter(organisation_change_unit::Column::ChangeId.eq(change_id))
        .exec(tx)
        .await?;
    organisation_change_unit::Entity::insert_many(units).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// Writes a change of the record with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &organisation_change::Model,
    mut change: organisation_change::ActiveModel,
) -> ApiResult<organisation_change::Model> {
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = organisation_change::Entity::update_many()
        .set(change)
        .filter(organisation_change::Column::Id.eq(row.id))
        .filter(organisation_change::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Does what a confirmed change says. The rules were asked before, in this transaction.
pub async fn apply(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    change: &organisation_change::Model,
    (wanted, tree): (&Wanted, &Tree),
) -> ApiResult<()> {
    debug_assert_eq!(permit.action, Action::DecideOrganisationChange);
    let row_of = |code: &str| {
        let row = tree.organisations.get(code);
        row.ok_or_else(|| ApiError::internal(format!("a checked change names no organisation {code}")))
    };
    let last_day = wanted.effective_on.pred_opt().ok_or_else(|| ApiError::internal("a day without a day before"))?;
    let mut successors: Vec<Uuid> = Vec::new();
    if let Some(code) = &wanted.into {
        successors.push(row_of(code)?.id);
    }
    let made_units: Vec<organisation_change_unit::Model> =
        units_of(tx, &[change.id]).await?.into_iter().filter(|unit| unit.part == Part::Made.as_str()).collect();
    for (made, unit) in wanted.made.iter().zip(made_units) {
        let id = clock.new_id();
        let (name_vi, name_en) = (made.name_vi.trim(), made.name_en.trim());
        let parent_id = row_of(&made.parent)?.id;
        let row = organisation::ActiveModel {
            id: Set(id),
            programme_id: Set(Some(change.programme_id)),
            code: Set(made.code.clone()),
            kind: Set(made.kind.as_str().to_owned()),
            name_vi: Set(name_vi.to_owned()),
            name_en: Set(name_en.to_owned()),
            search_name: Set(unaccented(&format!("{} {name_vi} {name_en}", made.code))),
            parent_id: Set(Some(parent_id)),
            standing_body: Set(false),
            stated_in_plan: Set(false),
            effective_from: Set(wanted.effective_on),
            ..Default::default()
        };
        organisation::Entity::insert(row).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
        enter_below(tx, id, parent_id).await?;
        organisation_change_unit::Entity::update_many()
            .col_expr(organisation_change_unit::Column::OrganisationId, Expr::value(id))
            .filter(organisation_change_unit::Column::ChangeId.eq(change.id))
            .filter(organisation_change_unit::Column::Position.eq(unit.position))
            .exec(tx)
            .await?;
        successors.push(id);
    }
    for code in &wanted.organisations {
        let row = row_of(code)?;
        if let Some((name_vi, name_en)) = &wanted.name {
            rename(tx, row, (name_vi.trim(), name_en.trim()), (last_day, wanted.effective_on)).await?;
            continue;
        }
        organisation::Entity::update_many()
            .col_expr(organisation::Column::EffectiveTo, Expr::value(last_day))
            .filter(organisation::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        let links: Vec<organisation_successor::ActiveModel> = successors
            .iter()
            .map(|successor_id| organisation_successor::ActiveModel {
                predecessor_id: Set(row.id),
                successor_id: Set(*successor_id),
                kind: Set(wanted.kind.as_str().to_owned()),
                effective_on: Set(wanted.effective_on),
            })
            .collect();
        if !links.is_empty() {
            let insert = organisation_successor::Entity::insert_many(links);
            insert.exec_without_returning(tx).await.map_err(conflict_or_fault)?;
        }
    }
    Ok(())
}

/// Enters a new organisation into the closure: itself, and everything above what it stands under.
async fn enter_below(tx: &DatabaseTransaction, id: Uuid, parent_id: Uuid) -> ApiResult<()> {
    let pair = |ancestor_id, depth| organisation_closure::ActiveModel {
        ancestor_id: Set(ancestor_id),
        descendant_id: Set(id),
        depth: Set(depth),
    };
    let above = organisation_closure::Entity::find()
        .filter(organisation_closure::Column::DescendantId.eq(parent_id))
        .all(tx)
        .await?;
    let pairs = above.into_iter().map(|row| pair(row.ancestor_id, row.depth.saturating_add(1)));
    let pairs: Vec<organisation_closure::ActiveModel> = std::iter::once(pair(id, 0)).chain(pairs).collect();
    organisation_closure::Entity::insert_many(pairs).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// Gives an organisation another name from a day on. The old ones stay with their days, and are still found.
async fn rename(
    tx: &DatabaseTransaction,
    row: &organisation::Model,
    (name_vi, name_en): (&str, &str),
    (last_day, from): (NaiveDate, NaiveDate),
) -> ApiResult<()> {
    use organisation_name::Column;
    let name = |from, to, name_vi: &str, name_en: &str| organisation_name::ActiveModel {
        organisation_id: Set(row.id),
        effective_from: Set(from),
        effective_to: Set(to),
        name_vi: Set(name_vi.to_owned()),
        name_en: Set(name_en.to_owned()),
    };
    let ended = organisation_name::Entity::update_many()
        .col_expr(Column::EffectiveTo, Expr::value(last_day))
        .filter(Column::OrganisationId.eq(row.id))
        .filter(Column::EffectiveTo.is_null())
        .exec(tx)
        .await?;
    let mut names = vec![name(from, None, name_vi, name_en)];
    if ended.rows_affected == 0 {
        names.push(name(row.effective_from, Some(last_day), &row.name_vi, &row.name_en));
    }
    organisation_name::Entity::insert_many(names).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    organisation::Entity::update_many()
        .col_expr(organisation::Column::NameVi, Expr::value(name_vi))
        .col_expr(organisation::Column::NameEn, Expr::value(name_en))
        .col_expr(
            organisation::Column::SearchName,
            Expr::value(format!("{} {}", row.search_name, unaccented(&format!("{name_vi} {name_en}")))),
        )
        .filter(organisation::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
