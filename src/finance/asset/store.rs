//! Reads and writes of public assets, what was recorded of them, and who manages them.

pub mod plans;
pub mod summary;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::asset::{asset_plan, public_asset, public_asset_confirmation, public_asset_edition, public_asset_holding};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IdenStatic, QueryFilter,
    QueryOrder, Set,
};
use uuid::Uuid;

use super::policy;
use super::rules::{Details, End, Largest};
use super::timeline::{Approved, Counted, Held, History, holding_on};
use super::{AssetKind, AssetRearrangement, AssetState, AssetUse};
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::{kept, unaccented};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of assets: by code.
pub const ORDER: Keyset = Keyset::new("public_asset", &["public_asset.code", "public_asset.id"]);

/// What to look for among assets.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only managed by this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<AssetKind>,
    /// Only used so.
    pub uses: Vec<AssetUse>,
    /// Only houses and land that are rearranged so far.
    pub rearrangements: Vec<AssetRearrangement>,
    /// Only those without a legal paper, or those with one.
    pub papers_missing: Option<bool>,
    /// Only those whose use needs a scheme that they do not have, or all others.
    pub scheme_missing: Option<bool>,
    /// Only those whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those with something that waits to be confirmed, or those without.
    pub unconfirmed: Option<bool>,
    /// Only those that are there no more, or those that are.
    pub ended: Option<bool>,
    /// The day on which plans and ends are looked at.
    pub today: NaiveDate,
}

fn column(column: public_asset::Column) -> (public_asset::Entity, public_asset::Column) {
    (public_asset::Entity, column)
}

fn either(condition: Condition, wanted: Option<bool>) -> Condition {
    match wanted {
        Some(true) => condition,
        Some(false) => condition.not(),
        None => Condition::all(),
    }
}

/// The asset's edition that is shown to whoever may see it: the confirmed one, or the draft before there is any.
fn shown_in(editions: SelectStatement) -> Expr {
    use public_asset::Column;
    Expr::expr(sea_orm::sea_query::Func::coalesce([
        Expr::col(column(Column::CurrentId)),
        Expr::col(column(Column::DraftId)),
    ]))
    .in_subquery(editions)
}

fn editions_with(condition: Condition) -> SelectStatement {
    Query::select()
        .column((public_asset_edition::Entity, public_asset_edition::Column::Id))
        .from(public_asset_edition::Entity)
        .cond_where(condition)
        .to_owned()
}

fn used_as(uses: impl IntoIterator<Item = AssetUse>) -> SelectStatement {
    let uses: Vec<&str> = uses.into_iter().map(AssetUse::as_str).collect();
    editions_with(Condition::all().add(public_asset_edition::Column::AssetUse.is_in(uses)))
}

/// A page of assets, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<public_asset::Model>> {
    use public_asset::Column;
    let mut condition = Condition::all().add(policy::readable(viewer));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|kind| kind.as_str());
        condition = condition.add(Expr::col(column(Column::Kind)).is_in(kinds));
    }
    if !filter.uses.is_empty() {
        condition = condition.add(shown_in(used_as(filter.uses.iter().copied())));
    }
    if let Some(missing) = filter.papers_missing {
        let without = editions_with(Condition::all().add(public_asset_edition::Column::PaperKind.is_null()));
        condition = condition.add(either(Condition::all().add(shown_in(without)), Some(missing)));
    }
    if let Some(missing) = filter.scheme_missing {
        condition = condition.add(either(scheme_missing(filter.today), Some(missing)));
    }
    if !filter.rearrangements.is_empty() {
        condition = condition.add(plans::rearranged_so(viewer, &filter.rearrangements, filter.today));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&Expr::col(column(Column::SearchName)), search));
    }
    if filter.unconfirmed.is_some() {
        // Of others' drafts there is nothing to be known: an asset whose draft is out of sight has none.
        let waits = Condition::all().add(Expr::col(column(Column::DraftId)).is_not_null()).add(policy::drafts(viewer));
        condition = condition.add(either(waits, filter.unconfirmed));
    }
    if let Some(ended) = filter.ended {
        let gone = Condition::all()
            .add(Expr::col(column(Column::EndedOn)).is_not_null())
            .add(Expr::col(column(Column::EndedOn)).lte(filter.today));
        condition = condition.add(if ended {
            gone
        } else {
            Condition::any()
                .add(Expr::col(column(Column::EndedOn)).is_null())
                .add(Expr::col(column(Column::EndedOn)).gt(filter.today))
        });
    }
    let mut select = select_all::<public_asset::Entity>();
    select.cond_where(condition);
    let keys = |row: &public_asset::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// Confirmed assets that are there and whose use needs a scheme of its purpose, with none in force on a day.
fn scheme_missing(day: NaiveDate) -> Condition {
    use public_asset::Column;
    let mut any = Condition::any();
    for used_for in AssetUse::ALL {
        let Some(purpose) = used_for.scheme() else { continue };
        any = any.add(
            Condition::all()
                .add(Expr::col(column(Column::CurrentId)).in_subquery(used_as([*used_for])))
                .add(Expr::exists(plans::schemes_in_force(purpose, day)).not()),
        );
    }
    let there = Condition::any()
        .add(Expr::col(column(Column::EndedOn)).is_null())
        .add(Expr::col(column(Column::EndedOn)).gt(day));
    // Before the first confirmation there is no current edition: nothing is missing, rather than unknown.
    Condition::all().add(Expr::col(column(Column::CurrentId)).is_not_null()).add(any).add(there)
}

/// The asset of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<public_asset::Model>> {
    Ok(public_asset::Entity::find()
        .filter(policy::readable(viewer))
        .filter(public_asset::Column::ProgrammeId.eq(programme_id))
        .filter(public_asset::Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Assets by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<public_asset::Model>> {
    Ok(public_asset::Entity::find()
        .filter(policy::readable(viewer))
        .filter(public_asset::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// Of some assets, those of which the caller may read drafts and proposals.
pub async fn drafts_seen(connection: &impl ConnectionTrait, viewer: &Viewer, ids: Vec<Uuid>) -> ApiResult<Vec<Uuid>> {
    let rows = public_asset::Entity::find()
        .filter(policy::drafts(viewer))
        .filter(public_asset::Column::Id.is_in(ids))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// An edition, with who confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// What was recorded.
    pub row: public_asset_edition::Model,
    /// That it was confirmed; none of a draft.
    pub confirmation: Option<public_asset_confirmation::Model>,
}

impl Edition {
    fn place(&self) -> (NaiveDate, i32) {
        (self.row.effective_on, self.row.edition)
    }
}

/// The confirmed edition that holds on a day; none before the first.
pub fn confirmed_on(editions: &[Edition], day: NaiveDate) -> Option<&Edition> {
    let place = |edition: &Edition| match edition.confirmation {
        Some(_) => edition.place(),
        None => (NaiveDate::MAX, 0),
    };
    holding_on(editions, day, place)
}

/// Every edition of some assets, in the order of recording. Drafts are among them: two statements.
pub async fn editions_of(connection: &impl ConnectionTrait, asset_ids: &[Uuid]) -> ApiResult<Vec<Edition>> {
    let rows = public_asset_edition::Entity::find()
        .filter(public_asset_edition::Column::AssetId.is_in(asset_ids.iter().copied()))
        .order_by_asc(public_asset_edition::Column::Edition)
        .all(connection)
        .await?;
    let confirmations = public_asset_confirmation::Entity::find()
        .filter(public_asset_confirmation::Column::AssetId.is_in(asset_ids.iter().copied()))
        .all(connection)
        .await?;
    let mut confirmed: HashMap<Uuid, public_asset_confirmation::Model> =
        confirmations.into_iter().map(|row| (row.edition_id, row)).collect();
    Ok(rows.into_iter().map(|row| Edition { confirmation: confirmed.remove(&row.id), row }).collect())
}

/// Who managed some assets, in the order of recording.
pub async fn holdings_of(
    connection: &impl ConnectionTrait,
    asset_ids: &[Uuid],
) -> ApiResult<Vec<public_asset_holding::Model>> {
    Ok(public_asset_holding::Entity::find()
        .filter(public_asset_holding::Column::AssetId.is_in(asset_ids.iter().copied()))
        .order_by_asc(public_asset_holding::Column::Number)
        .all(connection)
        .await?)
}

/// Of some assets, those in whose draft a person wrote: in what was recorded since the last confirmation.
pub async fn drafted_by(
    connection: &impl ConnectionTrait,
    asset_ids: &[Uuid],
    person_id: Uuid,
) -> ApiResult<HashSet<Uuid>> {
    let mut found = HashSet::new();
    let mut last: HashMap<Uuid, i32> = HashMap::new();
    let editions = editions_of(connection, asset_ids).await?;
    for edition in editions.iter().filter(|edition| edition.confirmation.is_some()) {
        let last = last.entry(edition.row.asset_id).or_default();
        *last = Ord::max(*last, edition.row.edition);
    }
    for Edition { row, .. } in &editions {
        if row.edition > last.get(&row.asset_id).copied().unwrap_or(0) && row.recorded_by == person_id {
            found.insert(row.asset_id);
        }
    }
    Ok(found)
}

/// What all assets of a programme can come to on any day, drafts included: the largest of each, added up.
pub async fn largest(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Largest> {
    use public_asset_edition::Column;
    let parts = [Column::OriginalCost, Column::LandArea, Column::FloorArea];
    let name = |part: Column| Alias::new(part.as_str());
    let mut inner = Query::select();
    inner
        .from(public_asset_edition::Entity)
        .and_where(Expr::col(Column::ProgrammeId).eq(programme_id))
        .group_by_col(Column::AssetId);
    let mut outer = Query::select();
    for part in parts {
        inner.expr_as(Expr::col(part).max(), name(part));
        outer.expr_as(Expr::col(name(part)).sum().cast_as(Alias::new("bigint")), name(part));
    }
    outer.from_subquery(inner, Alias::new("largest"));
    let row = connection.query_one(&outer).await?.ok_or_else(|| ApiError::internal("SUM gave no row"))?;
    let sum = |part: Column| -> ApiResult<i64> { Ok(row.try_get::<Option<i64>>("", part.as_str())?.unwrap_or(0)) };
    Ok(Largest {
        original_cost: sum(Column::OriginalCost)?,
        land_area: sum(Column::LandArea)?,
        floor_area: sum(Column::FloorArea)?,
    })
}

/// Codes of the houses that stand on a land and are there on a day, by code.
pub async fn houses_on(connection: &impl ConnectionTrait, land_id: Uuid, day: NaiveDate) -> ApiResult<Vec<String>> {
    use public_asset::Column;
    let on_it = editions_with(Condition::all().add(public_asset_edition::Column::LandId.eq(land_id)));
    let rows = public_asset::Entity::find()
        .filter(Column::CurrentId.in_subquery(on_it))
        .filter(Condition::any().add(Column::EndedOn.is_null()).add(Column::EndedOn.gt(day)))
        .order_by_asc(Column::Code)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

/// The confirmed history of every asset of a programme, for the register's measures: five statements.
pub async fn histories(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<History>> {
    let assets = public_asset::Entity::find()
        .filter(public_asset::Column::ProgrammeId.eq(programme_id))
        .filter(public_asset::Column::State.eq(AssetState::Confirmed.as_str()))
        .all(connection)
        .await?;
    let confirmed: HashSet<Uuid> = public_asset_confirmation::Entity::find()
        .filter(public_asset_confirmation::Column::EditionId.in_subquery(editions_with(
            Condition::all().add(public_asset_edition::Column::ProgrammeId.eq(programme_id)),
        )))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.edition_id)
        .collect();
    let mut editions: HashMap<Uuid, Vec<Counted>> = HashMap::new();
    let rows = public_asset_edition::Entity::find()
        .filter(public_asset_edition::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?;
    for row in rows.into_iter().filter(|row| confirmed.contains(&row.id)) {
        editions.entry(row.asset_id).or_default().push(Counted {
            effective_on: row.effective_on,
            edition: row.edition,
            used_for: row.asset_use.parse()?,
            has_paper: row.paper_kind.is_some(),
            original_cost: row.original_cost,
            remaining_value: row.remaining_value,
            land_area: row.land_area.unwrap_or(0),
            floor_area: row.floor_area.unwrap_or(0),
        });
    }
    let mut holdings: HashMap<Uuid, Vec<Held>> = HashMap::new();
    let rows = public_asset_holding::Entity::find()
        .filter(public_asset_holding::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?;
    for row in rows {
        let held = Held { from: row.effective_from, number: row.number, organisation_id: row.organisation_id };
        holdings.entry(row.asset_id).or_default().push(held);
    }
    let mut plans: HashMap<Uuid, Vec<Approved>> = HashMap::new();
    let rows = asset_plan::Entity::find().filter(asset_plan::Column::ProgrammeId.eq(programme_id));
    for row in rows.all(connection).await? {
        if let Some(plan) = Approved::of(&row)? {
            plans.entry(row.asset_id).or_default().push(plan);
        }
    }
    let history = |row: public_asset::Model| {
        Ok(History {
            kind: row.kind.parse()?,
            ended_on: row.ended_on,
            editions: editions.remove(&row.id).unwrap_or_default(),
            holdings: holdings.remove(&row.id).unwrap_or_default(),
            plans: plans.remove(&row.id).unwrap_or_default(),
        })
    };
    assets.into_iter().map(history).collect()
}

/// Writes a change of an asset with the next version; CONFLICT when somebody else was first.
async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    row: &public_asset::Model,
    mut change: public_asset::ActiveModel,
) -> ApiResult<public_asset::Model> {
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = public_asset::Entity::update_many()
        .set(change)
        .filter(public_asset::Column::Id.eq(row.id))
        .filter(public_asset::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Writes what was recorded of an asset, as its draft; the asset itself where it is new. `last` is the number of the
/// last edition.
pub async fn record(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, code, kind): (Uuid, &str, AssetKind),
    (stored, last): (Option<&public_asset::Model>, i32),
    (details, land_id): (&Details, Option<Uuid>),
) -> ApiResult<(public_asset::Model, public_asset_edition::Model)> {
    let (now, edition_id) = (clock.now(), clock.new_id());
    let search_name = unaccented(&format!("{code} {}", details.name.trim()));
    let row = match stored {
        None => {
            let new = public_asset::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(programme_id),
                code: Set(code.to_owned()),
                kind: Set(kind.as_str().to_owned()),
                organisation_id: Set(permit.organisation_id),
                state: Set(AssetState::Recorded.as_str().to_owned()),
                current_id: Set(None),
                draft_id: Set(Some(edition_id)),
                search_name: Set(search_name),
                first_on: Set(details.effective_on),
                ended_on: Set(None),
                end_cause: Set(None),
                end_reason: Set(None),
                end_decision_number: Set(None),
                end_decision_date: Set(None),
                version: Set(1),
                created_at: Set(now),
                updated_at: Set(now),
            };
            new.insert(tx).await.map_err(conflict_or_fault)?
        }
        Some(row) => {
            let mut change = public_asset::ActiveModel { draft_id: Set(Some(edition_id)), ..Default::default() };
            // Until it is confirmed, everything of it is a draft.
            if row.current_id.is_none() {
                change.kind = Set(kind.as_str().to_owned());
                change.first_on = Set(details.effective_on);
                change.search_name = Set(search_name);
            }
            advance(tx, clock, row, change).await?
        }
    };
    let paper = details.paper.as_ref();
    let edition = public_asset_edition::ActiveModel {
        id: Set(edition_id),
        asset_id: Set(row.id),
        programme_id: Set(programme_id),
        edition: Set(last.saturating_add(1)),
        effective_on: Set(details.effective_on),
        name: Set(details.name.trim().to_owned()),
        address: Set(kept(details.address.as_deref())),
        land_area: Set(details.land_area),
        floor_area: Set(details.floor_area),
        year_of_use: Set(details.year_of_use),
        original_cost: Set(details.original_cost),
        remaining_value: Set(details.remaining_value),
        asset_use: Set(details.used_for.as_str().to_owned()),
        land_id: Set(land_id),
        paper_kind: Set(paper.map(|paper| paper.kind.as_str().to_owned())),
        paper_number: Set(paper.map(|paper| paper.number.trim().to_owned())),
        paper_date: Set(paper.map(|paper| paper.date)),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(now),
    };
    Ok((row, edition.insert(tx).await.map_err(conflict_or_fault)?))
}

/// Writes that a draft was confirmed; `current` is the edition that holds from now on. The first confirmation begins the
/// first holding, too.
pub async fn confirm(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &public_asset::Model,
    (draft, current): (&public_asset_edition::Model, &public_asset_edition::Model),
) -> ApiResult<public_asset::Model> {
    let confirmation = public_asset_confirmation::ActiveModel {
        edition_id: Set(draft.id),
        asset_id: Set(row.id),
        confirmed_by: Set(permit.person()?),
        confirmed_at: Set(clock.now()),
    };
    public_asset_confirmation::Entity::insert(confirmation)
        .exec_without_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    if row.current_id.is_none() {
        insert_holding(tx, clock, permit, row, (1, row.organisation_id, row.first_on), None).await?;
    }
    let change = public_asset::ActiveModel {
        state: Set(AssetState::Confirmed.as_str().to_owned()),
        current_id: Set(Some(current.id)),
        draft_id: Set(None),
        search_name: Set(unaccented(&format!("{} {}", row.code, current.name))),
        ..Default::default()
    };
    advance(tx, clock, row, change).await
}

async fn insert_holding(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &public_asset::Model,
    (number, organisation_id, from): (i32, Uuid, NaiveDate),
    decision: Option<(&str, NaiveDate)>,
) -> ApiResult<()> {
    let holding = public_asset_holding::ActiveModel {
        id: Set(clock.new_id()),
        asset_id: Set(row.id),
        programme_id: Set(row.programme_id),
        number: Set(number),
        organisation_id: Set(organisation_id),
        effective_from: Set(from),
        decision_number: Set(decision.map(|(number, _)| number.trim().to_owned())),
        decision_date: Set(decision.map(|(_, date)| date)),
        recorded_by: Set(permit.person()?),
        recorded_at: Set(clock.now()),
    };
    public_asset_holding::Entity::insert(holding).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// Writes that an asset went to another unit. `number` is that of the new holding.
pub async fn transfer(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &public_asset::Model,
    (number, organisation_id, from): (i32, Uuid, NaiveDate),
    decision: (&str, NaiveDate),
) -> ApiResult<public_asset::Model> {
    insert_holding(tx, clock, permit, row, (number, organisation_id, from), Some(decision)).await?;
    let change = public_asset::ActiveModel { organisation_id: Set(organisation_id), ..Default::default() };
    advance(tx, clock, row, change).await
}

/// Writes that an asset is there no more, and why; or, without an end, that it is there after all.
pub async fn end(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &public_asset::Model,
    end: Option<(&End, &str)>,
) -> ApiResult<public_asset::Model> {
    let change = public_asset::ActiveModel {
        ended_on: Set(end.map(|(end, _)| end.on)),
        end_cause: Set(end.map(|(end, _)| end.cause.as_str().to_owned())),
        end_reason: Set(end.map(|(_, reason)| reason.trim().to_owned())),
        end_decision_number: Set(end.and_then(|(end, _)| kept(end.decision_number.as_deref()))),
        end_decision_date: Set(end.and_then(|(end, _)| end.decision_date)),
        ..Default::default()
    };
    advance(tx, clock, row, change).await
}
