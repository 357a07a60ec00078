//! Reads and writes of classifications of public service units.

use chrono::NaiveDate;
use entity::apparatus::unit_classification;
use sea_orm::sea_query::{Condition, IntoColumnRef};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::rules::Wanted;
use super::{UnitProposal, UnitType};
use access::viewer::select_all;
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of classifications: by first day.
pub const ORDER: Keyset =
    Keyset::new("unit_classification", &["unit_classification.effective_from", "unit_classification.id"]);

/// What to look for among classifications.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation.
    pub organisation_id: Option<Uuid>,
    /// Only of these types.
    pub unit_types: Vec<UnitType>,
    /// Only with these proposals.
    pub proposals: Vec<UnitProposal>,
    /// Only those that hold on this day.
    pub on: Option<NaiveDate>,
}

/// A page of classifications, by first day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<unit_classification::Model>> {
    use unit_classification::Column;
    let mut condition = Condition::all().add(viewer.in_programmes((unit_classification::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Column::ProgrammeId.eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Column::OrganisationId.eq(id));
    }
    if !filter.unit_types.is_empty() {
        condition = condition.add(Column::UnitType.is_in(filter.unit_types.iter().map(|one| one.as_str())));
    }
    if !filter.proposals.is_empty() {
        condition = condition.add(Column::Proposal.is_in(filter.proposals.iter().map(|one| one.as_str())));
    }
    if let Some(day) = filter.on {
        let column = |column: Column| (unit_classification::Entity, column);
        let days = (column(Column::EffectiveFrom), column(Column::EffectiveTo));
        condition =
            condition.add(access::viewer::holding_on(days, [column(Column::OrganisationId).into_column_ref()], day));
    }
    let mut select = select_all::<unit_classification::Entity>();
    select.cond_where(condition);
    page.fetch(connection, &ORDER, select, |row: &unit_classification::Model| {
        vec![row.effective_from.into(), row.id.into()]
    })
    .await
}

/// The classifications of some organisations, the first first.
pub async fn of_organisations(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_ids: &[Uuid],
) -> ApiResult<Vec<unit_classification::Model>> {
    use unit_classification::Column;
    Ok(unit_classification::Entity::find()
        .filter(viewer.in_programmes((unit_classification::Entity, Column::ProgrammeId)))
        .filter(Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .order_by_asc(Column::EffectiveFrom)
        .all(connection)
        .await?)
}

/// A classification by id.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<unit_classification::Model>> {
    Ok(unit_classification::Entity::find_by_id(id).one(connection).await?)
}

/// Enters a classification of the permit's organisation, or changes that of the same first day.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&unit_classification::Model>,
    wanted: &Wanted,
) -> ApiResult<unit_classification::Model> {
    debug_assert_eq!(permit.action, Action::ClassifyUnit);
    let now = clock.now();
    let trimmed = |text: &str| text.trim().to_owned();
    let filled = unit_classification::ActiveModel {
        unit_type: Set(wanted.unit_type.as_str().to_owned()),
        grade: Set(wanted.grade.as_deref().map(trimmed)),
        criteria: Set(trimmed(&wanted.criteria)),
        proposal: Set(wanted.proposal.as_str().to_owned()),
        decision_number: Set(trimmed(&wanted.decision_number)),
        decision_date: Set(wanted.decision_date),
        effective_to: Set(wanted.effective_to),
        note: Set(wanted.note.as_deref().map(trimmed)),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = unit_classification::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(permit.organisation_id),
            effective_from: Set(wanted.effective_from),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = unit_classification::Entity::update_many()
        .set(unit_classification::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(unit_classification::Column::Id.eq(row.id))
        .filter(unit_classification::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
