//! Reads and writes of drafts on which people are consulted.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::legal::{legal_consultation, legal_consultation_task, legal_document, legal_opinion};
use entity::programme::task;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::rules::consultations::{ConsultationInput, OpinionInput};
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of consultations: by their first day.
pub const ORDER: Keyset = Keyset::new("legal_consultation", &["legal_consultation.opened_on", "legal_consultation.id"]);

/// What to look for among consultations.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only those of this organisation or of one below it.
    pub organisation_id: Option<Uuid>,
    /// Only those open on this day.
    pub open_on: Option<NaiveDate>,
    /// Only those that were closed, or were not.
    pub closed: Option<bool>,
    /// Only those that serve the task of this section.
    pub task: Option<String>,
    /// Only whose code or title contains this.
    pub search: Option<String>,
}

/// A page of consultations, by their first day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<legal_consultation::Model>> {
    use legal_consultation::Column;
    let column = |column: Column| Expr::col((legal_consultation::Entity, column));
    let mut all = Condition::all().add(viewer.in_programmes((legal_consultation::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        all = all.add(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        all = all.add(column(Column::OrganisationId).in_subquery(below(vec![id])));
    }
    if let Some(day) = filter.open_on {
        all = all.add(column(Column::OpenedOn).lte(day)).add(column(Column::ClosesOn).gte(day));
    }
    if let Some(closed) = filter.closed {
        let day = column(Column::ClosedOn);
        all = all.add(if closed { day.is_not_null() } else { day.is_null() });
    }
    if let Some(section) = &filter.task {
        let serving = Query::select()
            .column(legal_consultation_task::Column::ConsultationId)
            .from(legal_consultation_task::Entity)
            .and_where(legal_consultation_task::Column::Section.eq(section.as_str()))
            .to_owned();
        all = all.add(column(Column::Id).in_subquery(serving));
    }
    if let Some(search) = &filter.search {
        all = all.add(contains(&column(Column::SearchName), search));
    }
    let mut select = select_all::<legal_consultation::Entity>();
    select.cond_where(all);
    page.fetch(connection, &ORDER, select, |row: &legal_consultation::Model| vec![row.opened_on.into(), row.id.into()])
        .await
}

/// Consultations of some codes in a programme, by code.
pub async fn by_codes(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    codes: &[String],
) -> ApiResult<HashMap<String, legal_consultation::Model>> {
    use legal_consultation::Column;
    let rows = legal_consultation::Entity::find()
        .filter(viewer.in_programmes((legal_consultation::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.is_in(codes.iter().map(String::as_str)))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.code.clone(), row)).collect())
}

/// Consultations by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<legal_consultation::Model>> {
    use legal_consultation::Column;
    Ok(legal_consultation::Entity::find()
        .filter(viewer.in_programmes((legal_consultation::Entity, Column::ProgrammeId)))
        .filter(Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The documents that some drafts became.
pub async fn documents_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[Uuid],
) -> ApiResult<Vec<legal_document::Model>> {
    use legal_document::Column;
    Ok(legal_document::Entity::find()
        .filter(viewer.in_programmes((legal_document::Entity, Column::ProgrammeId)))
        .filter(Column::ConsultationId.is_in(ids.iter().copied()))
        .filter(Column::WithdrawnReason.is_null())
        .order_by_asc(Column::IssuedOn)
        .order_by_asc(Column::Id)
        .all(connection)
        .await?)
}

/// The opinions on some drafts, in their order.
pub async fn opinions_of(connection: &impl ConnectionTrait, ids: &[Uuid]) -> ApiResult<Vec<legal_opinion::Model>> {
    Ok(legal_opinion::Entity::find()
        .filter(legal_opinion::Column::ConsultationId.is_in(ids.iter().copied()))
        .order_by_asc(legal_opinion::Column::ConsultationId)
        .order_by_asc(legal_opinion::Column::Position)
        .all(connection)
        .await?)
}

/// The tasks of the plan that some drafts serve, with the draft of each. A draft is given with its programme.
pub async fn tasks_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    of: &HashMap<Uuid, Uuid>,
) -> ApiResult<Vec<(Uuid, task::Model)>> {
    let links = legal_consultation_task::Entity::find()
        .filter(legal_consultation_task::Column::ConsultationId.is_in(of.keys().copied()))
        .order_by_asc(legal_consultation_task::Column::Section)
        .all(connection)
        .await?;
    let links = links.into_iter().map(|row| (row.consultation_id, row.section)).collect();
    super::with_tasks(connection, viewer, of, links).await
}

/// Enters a draft, or changes it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&legal_consultation::Model>,
    given: &ConsultationInput,
) -> ApiResult<legal_consultation::Model> {
    let (code, title) = (given.code.as_str(), given.title.trim());
    let filled = legal_consultation::ActiveModel {
        title: Set(title.to_owned()),
        search_name: Set(unaccented(&format!("{code} {title}"))),
        content: Set(given.content.trim().to_owned()),
        place: Set(given.place.trim().to_owned()),
        opened_on: Set(given.opened_on),
        closes_on: Set(given.closes_on),
        ..Default::default()
    };
    let row = match stored {
        Some(row) => advance(tx, clock, permit, row, filled).await?,
        None => {
            let row = legal_consultation::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(programme_id),
                organisation_id: Set(permit.organisation_id),
                code: Set(code.to_owned()),
                version: Set(1),
                created_at: Set(clock.now()),
                updated_at: Set(clock.now()),
                ..filled
            };
            row.insert(tx).await.map_err(conflict_or_fault)?
        }
    };
    legal_consultation_task::Entity::delete_many()
        .filter(legal_consultation_task::Column::ConsultationId.eq(row.id))
        .exec(tx)
        .await?;
    if !given.tasks.is_empty() {
        let rows = given.tasks.iter().map(|section| legal_consultation_task::ActiveModel {
            consultation_id: Set(row.id),
            section: Set(section.trim().to_owned()),
        });
        legal_consultation_task::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(row)
}

/// Replaces the opinions on a draft.
pub async fn replace_opinions(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &legal_consultation::Model,
    opinions: &[OpinionInput],
) -> ApiResult<legal_consultation::Model> {
    legal_opinion::Entity::delete_many().filter(legal_opinion::Column::ConsultationId.eq(row.id)).exec(tx).await?;
    if !opinions.is_empty() {
        let rows = opinions.iter().zip(1..).map(|(opinion, position)| {
            let explanation = opinion.explanation.as_deref().map(str::trim).filter(|text| !text.is_empty());
            legal_opinion::ActiveModel {
                consultation_id: Set(row.id),
                position: Set(position),
                source: Set(opinion.source.as_str().to_owned()),
                count: Set(opinion.count),
                summary: Set(opinion.summary.trim().to_owned()),
                response: Set(opinion.response.map(|response| response.as_str().to_owned())),
                explanation: Set(explanation.map(str::to_owned)),
            }
        });
        legal_opinion::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    advance(tx, clock, permit, row, Default::default()).await
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &legal_consultation::Model,
    change: legal_consultation::ActiveModel,
) -> ApiResult<legal_consultation::Model> {
    debug_assert_eq!(permit.organisation_id, row.organisation_id);
    let change = legal_consultation::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..change
    };
    let changed = legal_consultation::Entity::update_many()
        .set(change)
        .filter(legal_consultation::Column::Id.eq(row.id))
        .filter(legal_consultation::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
