//! Reads and writes of campaigns and reviews.

use chrono::NaiveDate;
use entity::legal::{legal_campaign, legal_review, legal_review_author};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use crate::policy;
use crate::rules::reviews::ReviewInput;
use crate::{LegalFinding, LegalOutcome, LegalProposal, LegalReviewState};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of campaigns: by period.
pub const CAMPAIGN_ORDER: Keyset = Keyset::new("legal_campaign", &["legal_campaign.period_code", "legal_campaign.id"]);
/// The order of lists of reviews: by their day.
pub const REVIEW_ORDER: Keyset = Keyset::new("legal_review", &["legal_review.reviewed_on", "legal_review.id"]);

/// The campaign of a period.
pub async fn campaign(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    period: &str,
) -> ApiResult<Option<legal_campaign::Model>> {
    use legal_campaign::Column;
    Ok(legal_campaign::Entity::find()
        .filter(viewer.in_programmes((legal_campaign::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::PeriodCode.eq(period))
        .one(connection)
        .await?)
}

/// Campaigns by id.
pub async fn campaigns_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<legal_campaign::Model>> {
    Ok(legal_campaign::Entity::find()
        .filter(viewer.in_programmes((legal_campaign::Entity, legal_campaign::Column::ProgrammeId)))
        .filter(legal_campaign::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// A page of campaigns, by period.
pub async fn campaign_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    page: &Page,
) -> ApiResult<Slice<legal_campaign::Model>> {
    let column = (legal_campaign::Entity, legal_campaign::Column::ProgrammeId);
    let mut select = select_all::<legal_campaign::Entity>();
    select.cond_where(viewer.in_programmes(column)).and_where(Expr::col(column).eq(programme_id));
    let keys = |row: &legal_campaign::Model| vec![row.period_code.clone().into(), row.id.into()];
    page.fetch(connection, &CAMPAIGN_ORDER, select, keys).await
}

/// Opens a campaign, or changes it.
pub async fn save_campaign(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, period): (Uuid, &str),
    stored: Option<&legal_campaign::Model>,
    (title, closed_on): (&str, Option<NaiveDate>),
) -> ApiResult<legal_campaign::Model> {
    debug_assert_eq!(permit.action, Action::KeepLegalDocuments);
    let now = clock.now();
    let filled = legal_campaign::ActiveModel {
        title: Set(title.to_owned()),
        closed_on: Set(closed_on),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = legal_campaign::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            period_code: Set(period.to_owned()),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = legal_campaign::Entity::update_many()
        .set(legal_campaign::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(legal_campaign::Column::Id.eq(row.id))
        .filter(legal_campaign::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// What to look for among reviews.
#[derive(Debug, Clone, Default)]
pub struct ReviewFilter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this campaign.
    pub campaign_id: Option<Uuid>,
    /// Only those of this organisation or of one below it.
    pub organisation_id: Option<Uuid>,
    /// Only in these states.
    pub states: Vec<LegalReviewState>,
    /// Only with these findings.
    pub findings: Vec<LegalFinding>,
    /// Only with these proposals.
    pub proposals: Vec<LegalProposal>,
    /// Only with these outcomes.
    pub outcomes: Vec<LegalOutcome>,
}

/// A page of reviews, by their day.
pub async fn review_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &ReviewFilter,
    page: &Page,
) -> ApiResult<Slice<legal_review::Model>> {
    use legal_review::Column;
    let column = |column: Column| Expr::col((legal_review::Entity, column));
    let mut all = Condition::all().add(policy::readable(viewer));
    if let Some(id) = filter.programme_id {
        all = all.add(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.campaign_id {
        all = all.add(column(Column::CampaignId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        all = all.add(column(Column::OrganisationId).in_subquery(below(vec![id])));
    }
    let lists: [(Column, Vec<&str>); 4] = [
        (Column::State, filter.states.iter().map(|one| one.as_str()).collect()),
        (Column::Finding, filter.findings.iter().map(|one| one.as_str()).collect()),
        (Column::Proposal, filter.proposals.iter().map(|one| one.as_str()).collect()),
        (Column::Outcome, filter.outcomes.iter().map(|one| one.as_str()).collect()),
    ];
    for (name, wanted) in lists.into_iter().filter(|(_, wanted)| !wanted.is_empty()) {
        all = all.add(column(name).is_in(wanted));
    }
    let mut select = select_all::<legal_review::Entity>();
    select.cond_where(all);
    page.fetch(connection, &REVIEW_ORDER, select, |row: &legal_review::Model| {
        vec![row.reviewed_on.into(), row.id.into()]
    })
    .await
}

/// The reviews of some documents that may be seen, the latest first.
pub async fn of_documents(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[Uuid],
) -> ApiResult<Vec<legal_review::Model>> {
    Ok(legal_review::Entity::find()
        .filter(policy::readable(viewer))
        .filter(legal_review::Column::DocumentId.is_in(ids.iter().copied()))
        .order_by_desc(legal_review::Column::ReviewedOn)
        .order_by_desc(legal_review::Column::Id)
        .all(connection)
        .await?)
}

/// Reviews by id.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<legal_review::Model>> {
    Ok(legal_review::Entity::find()
        .filter(policy::readable(viewer))
        .filter(legal_review::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The review of a document in a campaign.
pub async fn of_campaign(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    campaign_id: Uuid,
    document_id: Uuid,
) -> ApiResult<Option<legal_review::Model>> {
    Ok(legal_review::Entity::find()
        .filter(policy::readable(viewer))
        .filter(legal_review::Column::CampaignId.eq(campaign_id))
        .filter(legal_review::Column::DocumentId.eq(document_id))
        .one(connection)
        .await?)
}

/// The reviews whose proposal some documents carried out.
pub async fn done_by(connection: &impl ConnectionTrait, documents: &[Uuid]) -> ApiResult<Vec<legal_review::Model>> {
    Ok(legal_review::Entity::find()
        .filter(legal_review::Column::OutcomeDocumentId.is_in(documents.iter().copied()))
        .all(connection)
        .await?)
}

/// Which of some reviews a person wrote in.
pub async fn written_by(
    connection: &impl ConnectionTrait,
    review_ids: Vec<Uuid>,
    person_id: Uuid,
) -> ApiResult<Vec<Uuid>> {
    let rows = legal_review_author::Entity::find()
        .filter(legal_review_author::Column::ReviewId.is_in(review_ids))
        .filter(legal_review_author::Column::PersonId.eq(person_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.review_id).collect())
}

fn filled(given: &ReviewInput, organisation_id: Uuid) -> legal_review::ActiveModel {
    legal_review::ActiveModel {
        organisation_id: Set(organisation_id),
        reviewed_on: Set(given.reviewed_on),
        finding: Set(given.finding.as_str().to_owned()),
        proposal: Set(given.proposal.as_str().to_owned()),
        addressee: Set(given.addressee.map(|level| level.as_str().to_owned())),
        content: Set(given.content.trim().to_owned()),
        state: Set(LegalReviewState::Proposed.as_str().to_owned()),
        decided_by: Set(None),
        return_reason: Set(None),
        ..Default::default()
    }
}

/// Writes a review, which then waits to be confirmed, and remembers who wrote in it.
pub async fn save(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    (programme_id, campaign_id, document_id): (Uuid, Uuid, Uuid),
    stored: Option<&legal_review::Model>,
    given: &ReviewInput,
) -> ApiResult<legal_review::Model> {
    use legal_review_author::Column;
    debug_assert_eq!(permit.action, Action::SaveLegalReview);
    let filled = filled(given, permit.organisation_id);
    let row = match stored {
        Some(row) => advance(tx, clock, permit, row, filled).await?,
        None => {
            let row = legal_review::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(programme_id),
                campaign_id: Set(campaign_id),
                document_id: Set(document_id),
                outcome: Set(LegalOutcome::Pending.as_str().to_owned()),
                version: Set(1),
                created_at: Set(clock.now()),
                updated_at: Set(clock.now()),
                ..filled
            };
            row.insert(tx).await.map_err(conflict_or_fault)?
        }
    };
    let author = legal_review_author::ActiveModel { review_id: Set(row.id), person_id: Set(permit.person()?) };
    legal_review_author::Entity::insert(author)
        .on_conflict(OnConflict::columns([Column::ReviewId, Column::PersonId]).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(row)
}

/// Writes a change with the next version; CONFLICT when somebody else was first.
pub async fn advance(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &legal_review::Model,
    change: legal_review::ActiveModel,
) -> ApiResult<legal_review::Model> {
    let change = legal_review::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..change
    };
    let changed = legal_review::Entity::update_many()
        .set(change)
        .filter(legal_review::Column::Id.eq(row.id))
        .filter(legal_review::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
