//! Reads and writes of applications of new technology.

use entity::digital::technology_application;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::rules::Wanted;
use super::{ApplicationSector, ApplicationStatus, Technology};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of applications: by code.
pub const ORDER: Keyset =
    Keyset::new("technology_application", &["technology_application.code", "technology_application.id"]);

/// What to look for among applications.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of these technologies.
    pub technologies: Vec<Technology>,
    /// Only in these sectors.
    pub sectors: Vec<ApplicationSector>,
    /// Only those that are so far.
    pub statuses: Vec<ApplicationStatus>,
    /// Only whose code or name contains this, diacritics and case aside.
    pub search: Option<String>,
}

/// A page of applications, by code.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<technology_application::Model>> {
    use technology_application::Column;
    let column = |column: Column| (technology_application::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    let words = [
        (Column::Technology, filter.technologies.iter().map(|one| one.as_str()).collect::<Vec<_>>()),
        (Column::Sector, filter.sectors.iter().map(|one| one.as_str()).collect()),
        (Column::Status, filter.statuses.iter().map(|one| one.as_str()).collect()),
    ];
    for (of, wanted) in words.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
        condition = condition.add(Expr::col(column(of)).is_in(wanted));
    }
    if let Some(search) = &filter.search {
        condition = condition.add(contains(&Expr::col(column(Column::SearchName)), search));
    }
    let mut select = select_all::<technology_application::Entity>();
    select.cond_where(condition);
    let keys = |row: &technology_application::Model| vec![row.code.clone().into(), row.id.into()];
    page.fetch(connection, &ORDER, select, keys).await
}

/// The application of a code in a programme.
pub async fn by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<technology_application::Model>> {
    use technology_application::Column;
    Ok(technology_application::Entity::find()
        .filter(viewer.in_programmes((technology_application::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// An application by its identifier.
pub async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<technology_application::Model>> {
    Ok(technology_application::Entity::find_by_id(id).one(connection).await?)
}

/// Enters an application of the permit's organisation, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&technology_application::Model>,
    wanted: &Wanted,
) -> ApiResult<technology_application::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let filled = technology_application::ActiveModel {
        organisation_id: Set(permit.organisation_id),
        name: Set(wanted.name.trim().to_owned()),
        search_name: Set(unaccented(&format!("{} {}", wanted.code, wanted.name.trim()))),
        technology: Set(wanted.technology.as_str().to_owned()),
        sector: Set(wanted.sector.as_str().to_owned()),
        status: Set(wanted.status.as_str().to_owned()),
        since: Set(wanted.since),
        description: Set(wanted.description.as_deref().map(|text| text.trim().to_owned())),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = technology_application::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            code: Set(wanted.code.clone()),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = technology_application::Entity::update_many()
        .set(technology_application::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(technology_application::Column::Id.eq(row.id))
        .filter(technology_application::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
