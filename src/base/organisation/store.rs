//! Reads and writes of organisations and programmes.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::organisation::{organisation, organisation_closure, organisation_name, organisation_successor, programme};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Iterable, QueryFilter, QueryOrder, QueryResult, QuerySelect};
use uuid::Uuid;

use access::Viewer;
use access::viewer::select_all;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::text::unaccented;
use kernel::units::OrganisationKind;
use kit::paging::{Keyset, Page, Slice};

/// The order of organisation lists: by code.
pub const ORDER: Keyset = Keyset::new("organisation", &["organisation.code", "organisation.id"]);

/// What to look for among organisations.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<OrganisationKind>,
    /// Only those directly under this one.
    pub parent_id: Option<Uuid>,
    /// Only those whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only those in force on this day.
    pub on: Option<NaiveDate>,
}

/// The identifiers of organisations that are not there on any day of a span: they ended before it, or begin after it.
pub fn absent_in((start, end): (NaiveDate, NaiveDate)) -> SelectStatement {
    Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .cond_where(
            Condition::any()
                .add(organisation::Column::EffectiveTo.lt(start))
                .add(organisation::Column::EffectiveFrom.gt(end)),
        )
        .to_owned()
}

/// The organisation of a code. Codes are unique in a programme; where the caller sees several programmes
/// the code alone may not be enough.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme: Option<&str>,
    code: &str,
) -> ApiResult<organisation::Model> {
    let mut find = organisation::Entity::find()
        .filter(viewer.organisations())
        .filter(organisation::Column::Code.eq(code))
        .limit(2);
    if let Some(programme) = programme {
        let programme = Query::select()
            .column(programme::Column::Id)
            .from(programme::Entity)
            .and_where(Expr::col(programme::Column::Code).eq(programme))
            .to_owned();
        find = find.filter(organisation::Column::ProgrammeId.in_subquery(programme));
    }
    let mut found = find.all(connection).await?;
    if found.len() > 1 {
        return Err(ApiError::bad_input(Message::new("organisation-ambiguous").with("code", code)));
    }
    found.pop().ok_or_else(|| ApiError::not_found("kind-organisation", code))
}

/// Organisations by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<organisation::Model>> {
    Ok(organisation::Entity::find()
        .filter(viewer.organisations())
        .filter(organisation::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// A page of organisations, with those that they stand under, as far as these may be seen, where they are wanted: one
/// statement.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
    with_parents: bool,
) -> ApiResult<Slice<(organisation::Model, Option<organisation::Model>)>> {
    let column = |column: organisation::Column| Expr::col((organisation::Entity, column));
    let mut condition = Condition::all().add(viewer.organisations());
    if let Some(programme_id) = filter.programme_id {
        condition = condition.add(column(organisation::Column::ProgrammeId).eq(programme_id));
    }
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|kind| kind.as_str());
        condition = condition.add(column(organisation::Column::Kind).is_in(kinds));
    }
    if let Some(parent_id) = filter.parent_id {
        condition = condition.add(column(organisation::Column::ParentId).eq(parent_id));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&column(organisation::Column::SearchName), search));
    }
    if let Some(day) = filter.on {
        let to = || column(organisation::Column::EffectiveTo);
        condition = condition
            .add(column(organisation::Column::EffectiveFrom).lte(day))
            .add(Condition::any().add(to().is_null()).add(to().gte(day)));
    }
    let mut select = select_all::<organisation::Entity>();
    select.cond_where(condition);
    if with_parents {
        let parent = Alias::new("parent");
        let on = Expr::col((parent.clone(), organisation::Column::Id))
            .equals((organisation::Entity, organisation::Column::ParentId));
        let seen = Condition::all().add(on).add(viewer.organisations_as(parent.clone()));
        select
            .join_as(JoinType::LeftJoin, organisation::Entity, parent.clone(), seen)
            .columns(organisation::Column::iter().map(|column| (parent.clone(), column)));
    }
    let read = |row: &QueryResult| {
        let has_parent = with_parents && row.try_get_by_index::<Option<Uuid>>(by_place::WIDTH)?.is_some();
        let parent = if has_parent { Some(by_place::read(row, by_place::WIDTH)?) } else { None };
        Ok((by_place::read(row, 0)?, parent))
    };
    page.fetch_by(connection, &ORDER, select, read, |(row, _)| vec![row.code.clone().into(), row.id.into()]).await
}

kit::by_position! {
    /// Organisations.
    mod by_place of organisation {
        id, programme_id, code, kind, name_vi, name_en, search_name, parent_id, identifier_code, budget_unit_code,
        standing_body, stated_in_plan, section, note, effective_from, effective_to,
    }
}

/// The most words of a search that are looked for.
const MAX_WORDS: usize = 12;

/// Finds every word of a search inside a column of unaccented text, in whatever order; the caller's `%` and `_`
/// mean themselves. No words find everything.
pub fn contains(column: &Expr, search: &str) -> Condition {
    let search = unaccented(search);
    search.split_whitespace().take(MAX_WORDS).fold(Condition::all(), |all, word| {
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        all.add(column.clone().like(sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\')))
    })
}

/// An organisation and everything above it, itself first.
pub async fn upward(connection: &impl ConnectionTrait, organisation_id: Uuid) -> ApiResult<Vec<Uuid>> {
    Ok(organisation_closure::Entity::find()
        .filter(organisation_closure::Column::DescendantId.eq(organisation_id))
        .order_by_asc(organisation_closure::Column::Depth)
        .all(connection)
        .await?
        .into_iter()
        .map(|row| row.ancestor_id)
        .collect())
}

/// Whether anything stands below an organisation.
pub async fn has_below(connection: &impl ConnectionTrait, organisation_id: Uuid) -> ApiResult<bool> {
    let found = organisation_closure::Entity::find()
        .filter(organisation_closure::Column::AncestorId.eq(organisation_id))
        .filter(organisation_closure::Column::Depth.gt(0))
        .limit(1)
        .one(connection)
        .await?;
    Ok(found.is_some())
}

/// For several organisations at once: each with everything above it.
pub async fn upward_of(
    connection: &impl ConnectionTrait,
    organisation_ids: Vec<Uuid>,
) -> ApiResult<HashMap<Uuid, Vec<Uuid>>> {
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let rows = organisation_closure::Entity::find()
        .filter(organisation_closure::Column::DescendantId.is_in(organisation_ids))
        .all(connection)
        .await?;
    for row in rows {
        found.entry(row.descendant_id).or_default().push(row.ancestor_id);
    }
    Ok(found)
}

/// The identifiers of an organisation and of all below it.
pub async fn ids_below(connection: &impl ConnectionTrait, organisation_id: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = organisation_closure::Entity::find()
        .filter(organisation_closure::Column::AncestorId.eq(organisation_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.descendant_id).collect())
}

/// The organisations of a programme, as figures add up over them.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// The pairs (upper, lower), each with itself among them.
    pub closure: Vec<(Uuid, Uuid)>,
    /// First and last day of each.
    pub days: HashMap<Uuid, (NaiveDate, Option<NaiveDate>)>,
    /// The organisation above all others.
    pub top: Option<Uuid>,
}

impl Shape {
    /// Whether an organisation is there on any day of a span.
    pub fn there(&self, organisation_id: Uuid, (start, end): (NaiveDate, NaiveDate)) -> bool {
        self.days
            .get(&organisation_id)
            .is_none_or(|(first, last)| *first <= end && last.is_none_or(|last| last >= start))
    }
}

/// The organisations of a programme, those that ended among them.
pub async fn shape_of_programme(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Shape> {
    let rows =
        organisation::Entity::find().filter(organisation::Column::ProgrammeId.eq(programme_id)).all(connection).await?;
    let days: HashMap<_, _> = rows.iter().map(|row| (row.id, (row.effective_from, row.effective_to))).collect();
    let top = rows.iter().find(|row| row.parent_id.is_none_or(|parent| !days.contains_key(&parent)));
    let top = top.map(|row| row.id);
    Ok(Shape { closure: closure_of_programme(connection, programme_id).await?, days, top })
}

async fn closure_of_programme(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<(Uuid, Uuid)>> {
    let in_programme = || {
        Query::select()
            .column(organisation::Column::Id)
            .from(organisation::Entity)
            .and_where(Expr::col(organisation::Column::ProgrammeId).eq(programme_id))
            .to_owned()
    };
    Ok(organisation_closure::Entity::find()
        .filter(organisation_closure::Column::AncestorId.in_subquery(in_programme()))
        .filter(organisation_closure::Column::DescendantId.in_subquery(in_programme()))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| (row.ancestor_id, row.descendant_id))
        .collect())
}

/// The links from and to the predecessors and successors of some organisations.
pub async fn successions(
    connection: &impl ConnectionTrait,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<organisation_successor::Model>> {
    Ok(organisation_successor::Entity::find()
        .filter(
            Condition::any()
                .add(organisation_successor::Column::PredecessorId.is_in(organisation_ids.iter().copied()))
                .add(organisation_successor::Column::SuccessorId.is_in(organisation_ids.iter().copied())),
        )
        .order_by_asc(organisation_successor::Column::EffectiveOn)
        .all(connection)
        .await?)
}

/// The order of programme lists: by code.
pub const PROGRAMME_ORDER: Keyset = Keyset::new("programme", &["programme.code", "programme.id"]);

/// A page of the programmes that may be seen, by code.
pub async fn programmes_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    page: &Page,
) -> ApiResult<Slice<programme::Model>> {
    let mut select = select_all::<programme::Entity>();
    select.cond_where(viewer.in_programmes((programme::Entity, programme::Column::Id)));
    page.fetch(connection, &PROGRAMME_ORDER, select, |row: &programme::Model| {
        vec![row.code.clone().into(), row.id.into()]
    })
    .await
}

/// The programme of a code, or the only one that the caller sees.
pub async fn programme_by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    code: Option<&str>,
) -> ApiResult<programme::Model> {
    let mut find =
        programme::Entity::find().filter(viewer.in_programmes((programme::Entity, programme::Column::Id))).limit(2);
    if let Some(code) = code {
        find = find.filter(programme::Column::Code.eq(code));
    }
    let mut found = find.all(connection).await?;
    if found.len() > 1 {
        return Err(ApiError::bad_input(Message::new("programme-ambiguous")));
    }
    found.pop().ok_or_else(|| ApiError::not_found("kind-programme", code.unwrap_or("-")))
}

/// The identifier of the programme of a code, where a reader narrows by one.
pub async fn programme_id_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    code: Option<&str>,
) -> ApiResult<Option<Uuid>> {
    match code {
        Some(code) => Ok(Some(programme_by_code(connection, viewer, Some(code)).await?.id)),
        None => Ok(None),
    }
}

/// The identifier of the organisation of a code, where a reader narrows by one.
pub async fn id_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme: Option<&str>,
    code: Option<&str>,
) -> ApiResult<Option<Uuid>> {
    match code {
        Some(code) => Ok(Some(by_code(connection, viewer, programme, code).await?.id)),
        None => Ok(None),
    }
}

/// Programmes by id.
pub async fn programmes_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<programme::Model>> {
    Ok(programme::Entity::find()
        .filter(viewer.in_programmes((programme::Entity, programme::Column::Id)))
        .filter(programme::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The organisation at the top of a programme: the ward's People's Committee.
pub async fn root_of(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<organisation::Model> {
    let mut found = roots_of(connection, &[programme_id]).await?;
    found.pop().ok_or_else(|| ApiError::internal("a programme without organisations"))
}

/// The organisations at the top of some programmes: those that stand under nothing of their programme.
pub async fn roots_of(
    connection: &impl ConnectionTrait,
    programme_ids: &[Uuid],
) -> ApiResult<Vec<organisation::Model>> {
    let inside = Query::select()
        .column(organisation::Column::Id)
        .from(organisation::Entity)
        .and_where(Expr::col(organisation::Column::ProgrammeId).is_in(programme_ids.iter().copied()))
        .to_owned();
    Ok(organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.is_in(programme_ids.iter().copied()))
        .filter(
            Condition::any()
                .add(organisation::Column::ParentId.is_null())
                .add(organisation::Column::ParentId.not_in_subquery(inside)),
        )
        .order_by_desc(organisation::Column::Id)
        .all(connection)
        .await?)
}

/// The standing body of a programme; its top where none is named.
pub async fn standing_bodies(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<Vec<organisation::Model>> {
    let found = organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.eq(programme_id))
        .filter(organisation::Column::StandingBody.eq(true))
        .order_by_asc(organisation::Column::Code)
        .all(connection)
        .await?;
    if found.is_empty() { Ok(vec![root_of(connection, programme_id).await?]) } else { Ok(found) }
}

/// Organisations of one programme by code.
pub async fn by_codes_in(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    codes: &[String],
) -> ApiResult<Vec<organisation::Model>> {
    Ok(organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.eq(programme_id))
        .filter(organisation::Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(connection)
        .await?)
}

/// A page of some organisations, narrowed to those of whom the viewer may know whether they have submitted.
pub async fn reporting_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[Uuid],
    page: &Page,
) -> ApiResult<Slice<organisation::Model>> {
    let id = (organisation::Entity, organisation::Column::Id);
    let mut select = select_all::<organisation::Entity>();
    select
        .and_where(Expr::col(id).is_in(ids.iter().copied()))
        .cond_where(viewer.organisations())
        .cond_where(viewer.reporting_organisations(id));
    page.fetch(connection, &ORDER, select, |row: &organisation::Model| vec![row.code.clone().into(), row.id.into()])
        .await
}

/// Organisations that may be seen, by code; of one programme, or of all.
pub async fn by_codes(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Option<Uuid>,
    codes: &[String],
) -> ApiResult<Vec<organisation::Model>> {
    let mut find = organisation::Entity::find()
        .filter(viewer.organisations())
        .filter(organisation::Column::Code.is_in(codes.iter().map(String::as_str)));
    if let Some(id) = programme_id {
        find = find.filter(organisation::Column::ProgrammeId.eq(id));
    }
    Ok(find.all(connection).await?)
}

/// The names that some organisations had and have, the first first; none of those that were never renamed.
pub async fn names_of(
    connection: &impl ConnectionTrait,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<organisation_name::Model>> {
    Ok(organisation_name::Entity::find()
        .filter(organisation_name::Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .order_by_asc(organisation_name::Column::EffectiveFrom)
        .all(connection)
        .await?)
}
