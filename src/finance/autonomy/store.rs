//! Reads and writes of classifications by autonomy.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::autonomy::{autonomy_author, autonomy_classification};
use entity::organisation::organisation;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoColumnRef, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::figures::{Held, Unit};
use super::policy;
use super::rules::{Checked, Levels, Proposal, Span};
use super::{AutonomyGroup, AutonomyState};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::units::PUBLIC_SERVICE_KINDS;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists: by first year, then by unit and edition.
pub const ORDER: Keyset = Keyset::new(
    "autonomy_classification",
    &[
        "autonomy_classification.from_year",
        "autonomy_classification.organisation_id",
        "autonomy_classification.edition",
    ],
);

/// What to look for among classifications.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation and those below it.
    pub organisation_id: Option<Uuid>,
    /// Only of stability periods that begin in this year.
    pub from_year: Option<i32>,
    /// Only of these groups, as proposed or decided.
    pub groups: Vec<AutonomyGroup>,
    /// Only in these states.
    pub states: Vec<AutonomyState>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
    /// Only those whose group is another than the computed one, or is the computed one.
    pub differs: Option<bool>,
}

fn column(
    column: autonomy_classification::Column,
) -> (autonomy_classification::Entity, autonomy_classification::Column) {
    (autonomy_classification::Entity, column)
}

/// Narrows to what holds on a day; what is not decided yet has no days.
fn holding(on: NaiveDate) -> Condition {
    use autonomy_classification::Column;
    let days = (column(Column::EffectiveFrom), column(Column::EffectiveTo));
    access::viewer::holding_on(days, [column(Column::OrganisationId).into_column_ref()], on)
}

/// A page of classifications, by first year, unit and edition.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<autonomy_classification::Model>> {
    use autonomy_classification::Column;
    let mut condition = Condition::all().add(policy::readable(viewer));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if let Some(year) = filter.from_year {
        condition = condition.add(Expr::col(column(Column::FromYear)).eq(year));
    }
    if !filter.groups.is_empty() {
        let groups = filter.groups.iter().map(|group| group.as_str());
        condition = condition.add(Expr::col(column(Column::ProposedGroup)).is_in(groups));
    }
    if !filter.states.is_empty() {
        let states = filter.states.iter().map(|state| state.as_str());
        condition = condition.add(Expr::col(column(Column::State)).is_in(states));
    }
    if let Some(day) = filter.on {
        condition = condition.add(holding(day));
    }
    if let Some(differs) = filter.differs {
        let (proposed, computed) = (column(Column::ProposedBand), Expr::col(column(Column::ComputedBand)));
        let group = || Expr::col(column(Column::ProposedGroup));
        let computed_group = Expr::col(column(Column::ComputedGroup));
        // Bands are there of group 3 alone, and then of both.
        condition = condition.add(if differs {
            Condition::any().add(group().ne(computed_group)).add(Expr::col(proposed).ne(computed))
        } else {
            let same_band = Condition::any().add(Expr::col(proposed).is_null()).add(Expr::col(proposed).eq(computed));
            Condition::all().add(group().eq(computed_group)).add(same_band)
        });
    }
    let mut select = select_all::<autonomy_classification::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &autonomy_classification::Model| {
        vec![row.from_year.into(), row.organisation_id.into(), row.edition.into()]
    })
    .await
}

/// The last edition of a unit's classification of a stability period.
pub async fn latest(
    connection: &impl ConnectionTrait,
    organisation_id: Uuid,
    from_year: i32,
) -> ApiResult<Option<autonomy_classification::Model>> {
    use autonomy_classification::Column;
    Ok(autonomy_classification::Entity::find()
        .filter(Column::OrganisationId.eq(organisation_id))
        .filter(Column::FromYear.eq(from_year))
        .order_by_desc(Column::Edition)
        .one(connection)
        .await?)
}

/// A classification by identifier, whoever may see it.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<autonomy_classification::Model>> {
    Ok(autonomy_classification::Entity::find_by_id(id).one(connection).await?)
}

/// The stability periods of a unit that are decided, but for the one that begins in a year.
pub async fn decided_beside(
    connection: &impl ConnectionTrait,
    organisation_id: Uuid,
    from_year: i32,
) -> ApiResult<Vec<Span>> {
    use autonomy_classification::Column;
    let rows = autonomy_classification::Entity::find()
        .filter(Column::OrganisationId.eq(organisation_id))
        .filter(Column::FromYear.ne(from_year))
        .filter(Column::State.eq(AutonomyState::Decided.as_str()))
        .order_by_asc(Column::FromYear)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| Span { from: row.from_year, to: row.to_year }).collect())
}

/// The editions of a stability period that were decided before one.
pub async fn decided_before(
    connection: &impl ConnectionTrait,
    row: &autonomy_classification::Model,
) -> ApiResult<Vec<autonomy_classification::Model>> {
    use autonomy_classification::Column;
    Ok(autonomy_classification::Entity::find()
        .filter(Column::OrganisationId.eq(row.organisation_id))
        .filter(Column::FromYear.eq(row.from_year))
        .filter(Column::Edition.lt(row.edition))
        .filter(Column::EffectiveFrom.is_not_null())
        .all(connection)
        .await?)
}

/// What was decided in a programme, with its days: what the register counts.
pub async fn held(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Held>> {
    use autonomy_classification::Column;
    let rows = autonomy_classification::Entity::find()
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::EffectiveFrom.is_not_null())
        .order_by_asc(Column::Id)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let (Some(from), Some(to)) = (row.effective_from, row.effective_to) else {
                return Err(ApiError::internal("decided without days"));
            };
            Ok(Held { organisation_id: row.organisation_id, from, to, group: row.proposed_group.parse()? })
        })
        .collect()
}

/// The public service units of a programme, those that ended among them.
pub async fn units(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Unit>> {
    let rows = organisation::Entity::find()
        .filter(organisation::Column::ProgrammeId.eq(programme_id))
        .filter(organisation::Column::Kind.is_in(PUBLIC_SERVICE_KINDS.map(|kind| kind.as_str())))
        .order_by_asc(organisation::Column::Id)
        .all(connection)
        .await?;
    let unit =
        |row: organisation::Model| Unit { organisation_id: row.id, from: row.effective_from, to: row.effective_to };
    Ok(rows.into_iter().map(unit).collect())
}

/// How many public service units are there on a day at and below an organisation.
pub async fn count_units(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_id: Uuid,
    on: NaiveDate,
) -> ApiResult<i64> {
    use organisation::Column;
    let to = || Expr::col((organisation::Entity, Column::EffectiveTo));
    let mut select = select_all::<organisation::Entity>();
    select
        .cond_where(viewer.organisations())
        .and_where(Expr::col((organisation::Entity, Column::Id)).in_subquery(below(vec![organisation_id])))
        .and_where(
            Expr::col((organisation::Entity, Column::Kind)).is_in(PUBLIC_SERVICE_KINDS.map(|kind| kind.as_str())),
        )
        .and_where(Expr::col((organisation::Entity, Column::EffectiveFrom)).lte(on))
        .cond_where(Condition::any().add(to().is_null()).add(to().gte(on)));
    kit::paging::count(connection, &select).await
}

/// How many units are in which group and band on a day, at and below an organisation.
pub async fn count_groups(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_id: Uuid,
    on: NaiveDate,
) -> ApiResult<HashMap<(String, Option<String>), i64>> {
    use autonomy_classification::Column;
    let select = Query::select()
        .columns([column(Column::ProposedGroup), column(Column::ProposedBand)])
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("n"))
        .from(autonomy_classification::Entity)
        // Counts are open as the register's measures are: to everybody with a grant that reaches the programme.
        .cond_where(viewer.in_programmes(column(Column::ProgrammeId)))
        .and_where(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![organisation_id])))
        .cond_where(holding(on))
        .group_by_columns([column(Column::ProposedGroup), column(Column::ProposedBand)])
        .to_owned();
    let mut found = HashMap::new();
    for row in connection.query_all(&select).await? {
        let key = (row.try_get("", "proposed_group")?, row.try_get("", "proposed_band")?);
        found.insert(key, row.try_get::<i64>("", "n")?);
    }
    Ok(found)
}

/// Which of some classifications a person wrote in.
pub async fn written_by(connection: &impl ConnectionTrait, ids: Vec<Uuid>, person_id: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = autonomy_author::Entity::find()
        .filter(autonomy_author::Column::ClassificationId.is_in(ids))
        .filter(autonomy_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.classification_id).collect())
}

async fn add_author(tx: &DatabaseTransaction, permit: &Permit, classification_id: Uuid) -> ApiResult<()> {
    use autonomy_author::Column;
    let author =
        autonomy_author::ActiveModel { classification_id: Set(classification_id), person_id: Set(permit.person()?) };
    autonomy_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::ClassificationId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The columns that a proposal fills.
fn filled(proposal: &Proposal, checked: &Checked, levels: Levels) -> autonomy_classification::ActiveModel {
    let trimmed =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    autonomy_classification::ActiveModel {
        to_year: Set(checked.span.to),
        revenue_vnd: Set(proposal.money.revenue),
        expenditure_vnd: Set(proposal.money.expenditure),
        investment_self_financed: Set(proposal.money.invests),
        investment_vnd: Set(proposal.money.investment),
        levels: Set(levels.to_string()),
        computed_group: Set(checked.computed.group.as_str().to_owned()),
        computed_band: Set(checked.computed.band.map(|band| band.as_str().to_owned())),
        proposed_group: Set(checked.proposed.group.as_str().to_owned()),
        proposed_band: Set(checked.proposed.band.map(|band| band.as_str().to_owned())),
        explanation: Set(trimmed(&proposal.explanation)),
        state: Set(AutonomyState::Proposed.as_str().to_owned()),
        ..Default::default()
    }
}

/// Enters a proposal of the permit's unit, as an edition of its stability period.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, edition): (Uuid, i32),
    (proposal, checked, levels): (&Proposal, &Checked, Levels),
) -> ApiResult<autonomy_classification::Model> {
    debug_assert_eq!(permit.action, Action::ProposeAutonomy);
    let now = clock.now();
    let reason = proposal.reason.as_deref().map(str::trim).filter(|_| edition > 1).map(str::to_owned);
    let row = autonomy_classification::ActiveModel {
        id: Set(clock.new_id()),
        programme_id: Set(programme_id),
        organisation_id: Set(permit.organisation_id),
        from_year: Set(proposal.from_year),
        edition: Set(edition),
        reason: Set(reason),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..filled(proposal, checked, levels)
    };
    let row = row.insert(tx).await.map_err(conflict_or_fault)?;
    add_author(tx, permit, row.id).await?;
    Ok(row)
}

/// Changes a proposal that is not appraised yet, or was returned.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &autonomy_classification::Model,
    (proposal, checked, levels): (&Proposal, &Checked, Levels),
) -> ApiResult<autonomy_classification::Model> {
    debug_assert_eq!(permit.action, Action::ProposeAutonomy);
    add_author(tx, permit, row.id).await?;
    let reason = proposal.reason.as_deref().map(str::trim).filter(|_| row.edition > 1).map(str::to_owned);
    let change = autonomy_classification::ActiveModel { reason: Set(reason), ..filled(proposal, checked, levels) };
    advance(tx, clock, permit, row, change).await
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &autonomy_classification::Model,
    mut change: autonomy_classification::ActiveModel,
) -> ApiResult<autonomy_classification::Model> {
    debug_assert_eq!(permit.organisation_id, row.organisation_id);
    change.version = Set(row.version.saturating_add(1));
    change.updated_at = Set(clock.now());
    let changed = autonomy_classification::Entity::update_many()
        .set(change)
        .filter(autonomy_classification::Column::Id.eq(row.id))
        .filter(autonomy_classification::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
