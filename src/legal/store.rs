//! Reads and writes of documents and of what they do to each other. Reviews and drafts stand in [`reviews`] and
//! [`consultations`].

pub mod consultations;
pub mod reviews;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::legal::{legal_document, legal_document_task, legal_relation, legal_review};
use entity::programme::task;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use uuid::Uuid;

use super::figures::{CountedDocument, CountedReview};
use super::rules::{DocumentInput, DocumentKey};
use super::validity::{Dated, Link, Validity};
use super::{LegalDocumentKind, LegalField, LegalIssuerLevel, LegalProposal, LegalReviewState, LegalStatus};
use access::viewer::{below, select_all};
use access::{Permit, Viewer};
use base::organisation::store::contains;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of documents: by the day of issue.
pub const ORDER: Keyset = Keyset::new("legal_document", &["legal_document.issued_on", "legal_document.id"]);

/// What to look for among documents.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only those in force on this day.
    pub in_force_on: Option<NaiveDate>,
    /// Only those that stand so on this day.
    pub statuses: Option<(Vec<LegalStatus>, NaiveDate)>,
    /// Only of these kinds.
    pub kinds: Vec<LegalDocumentKind>,
    /// Only normative ones, or only others.
    pub normative: Option<bool>,
    /// Only of these levels.
    pub levels: Vec<LegalIssuerLevel>,
    /// Only of these fields.
    pub fields: Vec<LegalField>,
    /// Only those for which this organisation or one below it answers.
    pub organisation_id: Option<Uuid>,
    /// Only those that the ward must review, or need not.
    pub must_review: Option<bool>,
    /// Only those that have a confirmed review in this campaign, or have none.
    pub reviewed: Option<(Uuid, bool)>,
    /// Only those that serve the task of this section.
    pub task: Option<String>,
    /// Only whose number, title or issuer contains this.
    pub search: Option<String>,
}

fn column(column: legal_document::Column) -> Expr {
    Expr::col((legal_document::Entity, column))
}

/// The condition of a status on a day, as `validity::status_on` says it.
fn standing(status: LegalStatus, day: NaiveDate) -> Condition {
    use legal_document::Column::{EffectiveOn, EndedOn, PartlyEndedOn};
    let goes_on = Condition::any().add(column(EndedOn).is_null()).add(column(EndedOn).gt(day));
    let began = column(EffectiveOn).lte(day);
    match status {
        LegalStatus::Expired => Condition::all().add(column(EndedOn).lte(day)),
        LegalStatus::NotYetInForce => Condition::all().add(goes_on).add(column(EffectiveOn).gt(day)),
        LegalStatus::PartlyExpired => Condition::all().add(goes_on).add(began).add(column(PartlyEndedOn).lte(day)),
        LegalStatus::InForce => {
            let whole = Condition::any().add(column(PartlyEndedOn).is_null()).add(column(PartlyEndedOn).gt(day));
            Condition::all().add(goes_on).add(began).add(whole)
        }
    }
}

impl Filter {
    fn condition(&self, viewer: &Viewer) -> Condition {
        use legal_document::Column;
        let mut all = Condition::all()
            .add(viewer.in_programmes((legal_document::Entity, Column::ProgrammeId)))
            .add(column(Column::WithdrawnReason).is_null());
        if let Some(id) = self.programme_id {
            all = all.add(column(Column::ProgrammeId).eq(id));
        }
        let in_force = [LegalStatus::InForce, LegalStatus::PartlyExpired];
        let stands = |statuses: &[LegalStatus], day| {
            statuses.iter().fold(Condition::any(), |any, status| any.add(standing(*status, day)))
        };
        all = match self.in_force_on {
            Some(day) => all.add(stands(&in_force, day)),
            None => all,
        };
        if let Some((statuses, day)) = self.statuses.as_ref().filter(|(statuses, _)| !statuses.is_empty()) {
            all = all.add(stands(statuses, *day));
        }
        if !self.kinds.is_empty() {
            all = all.add(column(Column::Kind).is_in(self.kinds.iter().map(|kind| kind.as_str())));
        }
        if let Some(normative) = self.normative {
            all = all.add(column(Column::Normative).eq(normative));
        }
        if !self.levels.is_empty() {
            all = all.add(column(Column::IssuerLevel).is_in(self.levels.iter().map(|level| level.as_str())));
        }
        if !self.fields.is_empty() {
            all = all.add(column(Column::Field).is_in(self.fields.iter().map(|field| field.as_str())));
        }
        if let Some(id) = self.organisation_id {
            all = all.add(column(Column::OrganisationId).in_subquery(below(vec![id])));
        }
        if let Some(must_review) = self.must_review {
            all = all.add(column(Column::MustReview).eq(must_review));
        }
        if let Some((campaign_id, reviewed)) = self.reviewed {
            let confirmed = Query::select()
                .column(legal_review::Column::DocumentId)
                .from(legal_review::Entity)
                .and_where(legal_review::Column::CampaignId.eq(campaign_id))
                .and_where(legal_review::Column::State.eq(LegalReviewState::Confirmed.as_str()))
                .to_owned();
            let id = column(Column::Id);
            all = all.add(if reviewed { id.in_subquery(confirmed) } else { id.not_in_subquery(confirmed) });
        }
        if let Some(section) = &self.task {
            let serving = Query::select()
                .column(legal_document_task::Column::DocumentId)
                .from(legal_document_task::Entity)
                .and_where(legal_document_task::Column::Section.eq(section.as_str()))
                .to_owned();
            all = all.add(column(Column::Id).in_subquery(serving));
        }
        if let Some(search) = &self.search {
            all = all.add(contains(&column(Column::SearchName), search));
        }
        all
    }
}

/// A page of documents, by the day of issue.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Slice<legal_document::Model>> {
    let mut select = select_all::<legal_document::Entity>();
    select.cond_where(filter.condition(viewer));
    page.fetch(connection, &ORDER, select, |row: &legal_document::Model| vec![row.issued_on.into(), row.id.into()])
        .await
}

/// Documents by id, those that were withdrawn among them: a relation, a review or the journal may name one.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
) -> ApiResult<Vec<legal_document::Model>> {
    Ok(legal_document::Entity::find()
        .filter(viewer.in_programmes((legal_document::Entity, legal_document::Column::ProgrammeId)))
        .filter(legal_document::Column::Id.is_in(ids))
        .all(connection)
        .await?)
}

/// The documents that a key names: none, one, or, where it says too little, several.
pub async fn by_key(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    key: &DocumentKey,
) -> ApiResult<Vec<legal_document::Model>> {
    use legal_document::Column;
    let mut find = legal_document::Entity::find()
        .filter(viewer.in_programmes((legal_document::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::WithdrawnReason.is_null())
        .filter(Column::Number.eq(key.number.trim()))
        .order_by_asc(Column::IssuedOn)
        .order_by_asc(Column::Id)
        .limit(2);
    if let Some(day) = key.issued_on {
        find = find.filter(Column::IssuedOn.eq(day));
    }
    if let Some(level) = key.issuer_level {
        find = find.filter(Column::IssuerLevel.eq(level.as_str()));
    }
    Ok(find.all(connection).await?)
}

/// Every document of a programme that was not withdrawn.
pub async fn all(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<HashMap<Uuid, legal_document::Model>> {
    let rows = legal_document::Entity::find()
        .filter(legal_document::Column::ProgrammeId.eq(programme_id))
        .filter(legal_document::Column::WithdrawnReason.is_null())
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Every relation of a programme.
pub async fn relations(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<legal_relation::Model>> {
    Ok(legal_relation::Entity::find()
        .filter(legal_relation::Column::ProgrammeId.eq(programme_id))
        .all(connection)
        .await?)
}

/// The relations from and to some documents, from whichever day first.
pub async fn relations_of(connection: &impl ConnectionTrait, ids: &[Uuid]) -> ApiResult<Vec<legal_relation::Model>> {
    let any = Condition::any()
        .add(legal_relation::Column::ActorId.is_in(ids.iter().copied()))
        .add(legal_relation::Column::TargetId.is_in(ids.iter().copied()));
    Ok(legal_relation::Entity::find()
        .filter(any)
        .order_by_asc(legal_relation::Column::EffectiveOn)
        .order_by_asc(legal_relation::Column::ActorId)
        .order_by_asc(legal_relation::Column::TargetId)
        .order_by_asc(legal_relation::Column::Kind)
        .all(connection)
        .await?)
}

/// A stored relation, as ends are worked out from it.
pub fn link_of(row: &legal_relation::Model) -> ApiResult<Link> {
    Ok(Link { actor: row.actor_id, target: row.target_id, kind: row.kind.parse()?, on: row.effective_on })
}

/// A stored document, as ends are worked out from it.
pub fn dated_of(row: &legal_document::Model) -> Dated {
    Dated { id: row.id, order: (row.issued_on, row.number.clone()), expires_on: row.expires_on }
}

/// The tasks of the plan that some documents serve, with the document of each. A document is given with its programme.
pub async fn tasks_of(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    of: &HashMap<Uuid, Uuid>,
) -> ApiResult<Vec<(Uuid, task::Model)>> {
    let links = legal_document_task::Entity::find()
        .filter(legal_document_task::Column::DocumentId.is_in(of.keys().copied()))
        .order_by_asc(legal_document_task::Column::Section)
        .all(connection)
        .await?;
    let links = links.into_iter().map(|row| (row.document_id, row.section)).collect();
    with_tasks(connection, viewer, of, links).await
}

async fn with_tasks(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    of: &HashMap<Uuid, Uuid>,
    links: Vec<(Uuid, String)>,
) -> ApiResult<Vec<(Uuid, task::Model)>> {
    let sections: HashSet<&str> = links.iter().map(|(_, section)| section.as_str()).collect();
    let rows = task::Entity::find()
        .filter(viewer.in_programmes((task::Entity, task::Column::ProgrammeId)))
        .filter(task::Column::Section.is_in(sections))
        .all(connection)
        .await?;
    let tasks: HashMap<(Uuid, &str), &task::Model> =
        rows.iter().map(|row| ((row.programme_id, row.section.as_str()), row)).collect();
    let found = links.iter().filter_map(|(id, section)| {
        let task = tasks.get(&(*of.get(id)?, section.as_str()))?;
        Some((*id, (*task).clone()))
    });
    Ok(found.collect())
}

/// The sections of a programme's tasks.
pub async fn task_sections(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<HashSet<String>> {
    let rows: Vec<String> = task::Entity::find()
        .select_only()
        .column(task::Column::Section)
        .filter(task::Column::ProgrammeId.eq(programme_id))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

/// A document as it is to be.
#[derive(Debug, Clone)]
pub struct NewDocument<'a> {
    /// Its identifier, new or known.
    pub id: Uuid,
    /// As it was given.
    pub given: &'a DocumentInput,
    /// The unit that answers for it.
    pub organisation_id: Uuid,
    /// The consultation on its draft.
    pub consultation_id: Option<Uuid>,
    /// What follows for it.
    pub validity: Validity,
}

fn derived(validity: &Validity) -> legal_document::ActiveModel {
    legal_document::ActiveModel {
        ended_on: Set(validity.end.map(|end| end.on)),
        end_reason: Set(validity.end.map(|end| end.reason.as_str().to_owned())),
        ended_by: Set(validity.end.and_then(|end| end.by)),
        partly_ended_on: Set(validity.partly_ended_on),
        ..Default::default()
    }
}

fn filled(new: &NewDocument<'_>) -> legal_document::ActiveModel {
    let given = new.given;
    let (number, title, issuer) = (given.number.trim(), given.title.trim(), given.issuer.trim());
    legal_document::ActiveModel {
        organisation_id: Set(new.organisation_id),
        number: Set(number.to_owned()),
        kind: Set(given.kind.as_str().to_owned()),
        normative: Set(given.normative),
        issuer_level: Set(given.issuer_level.as_str().to_owned()),
        issuer: Set(issuer.to_owned()),
        field: Set(given.field.as_str().to_owned()),
        title: Set(title.to_owned()),
        search_name: Set(unaccented(&format!("{number} {title} {issuer}"))),
        issued_on: Set(given.issued_on),
        effective_on: Set(given.effective_on),
        expires_on: Set(given.expires_on),
        must_review: Set(given.must_review),
        consultation_id: Set(new.consultation_id),
        ..derived(&new.validity)
    }
}

/// Enters documents in one statement: one may be ended by another of them.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    programme_id: Uuid,
    new: &[&NewDocument<'_>],
) -> ApiResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    let rows = new.iter().map(|document| legal_document::ActiveModel {
        id: Set(document.id),
        programme_id: Set(programme_id),
        withdrawn_reason: Set(None),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..filled(document)
    });
    legal_document::Entity::insert_many(rows).exec_without_returning(tx).await.map_err(conflict_or_fault)?;
    Ok(())
}

/// Changes a document; CONFLICT when somebody else was first.
pub async fn update(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    row: &legal_document::Model,
    change: legal_document::ActiveModel,
) -> ApiResult<()> {
    let change = legal_document::ActiveModel {
        version: Set(row.version.saturating_add(1)),
        updated_at: Set(clock.now()),
        ..change
    };
    let changed = legal_document::Entity::update_many()
        .set(change)
        .filter(legal_document::Column::Id.eq(row.id))
        .filter(legal_document::Column::Version.eq(row.version))
        .exec(tx)
        .await
        .map_err(conflict_or_fault)?;
    if changed.rows_affected == 1 { Ok(()) } else { Err(ApiError::conflict()) }
}

/// What changes a document as it is given.
pub fn change_of(new: &NewDocument<'_>) -> legal_document::ActiveModel {
    filled(new)
}

/// Whether what is stored of a document's end is what follows.
pub fn stands_as(row: &legal_document::Model, validity: &Validity) -> bool {
    row.ended_on == validity.end.map(|end| end.on)
        && row.end_reason.as_deref() == validity.end.map(|end| end.reason.as_str())
        && row.ended_by == validity.end.and_then(|end| end.by)
        && row.partly_ended_on == validity.partly_ended_on
}

/// Writes what follows for a document of which nothing else changes: its version stays.
pub async fn set_validity(tx: &DatabaseTransaction, _permit: &Permit, id: Uuid, validity: &Validity) -> ApiResult<()> {
    legal_document::Entity::update_many()
        .set(derived(validity))
        .filter(legal_document::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// What a document does to another, and whether it states the day.
pub type Stated = (Link, bool);

/// Replaces the relations and the tasks of some documents.
pub async fn replace_links(
    tx: &DatabaseTransaction,
    _permit: &Permit,
    programme_id: Uuid,
    documents: &[Uuid],
    (relations, tasks): (&[Stated], &[(Uuid, String)]),
) -> ApiResult<()> {
    legal_relation::Entity::delete_many()
        .filter(legal_relation::Column::ActorId.is_in(documents.iter().copied()))
        .exec(tx)
        .await?;
    legal_document_task::Entity::delete_many()
        .filter(legal_document_task::Column::DocumentId.is_in(documents.iter().copied()))
        .exec(tx)
        .await?;
    for chunk in relations.chunks(1_000) {
        let rows = chunk.iter().map(|(link, stated)| legal_relation::ActiveModel {
            actor_id: Set(link.actor),
            target_id: Set(link.target),
            kind: Set(link.kind.as_str().to_owned()),
            programme_id: Set(programme_id),
            effective_on: Set(link.on),
            stated: Set(*stated),
        });
        legal_relation::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    for chunk in tasks.chunks(1_000) {
        let rows = chunk.iter().map(|(document_id, section)| legal_document_task::ActiveModel {
            document_id: Set(*document_id),
            section: Set(section.clone()),
        });
        legal_document_task::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What the register's measures are counted from.
pub async fn counted(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
) -> ApiResult<(Vec<CountedDocument>, Vec<CountedReview>)> {
    use legal_document::Column;
    let rows: Vec<(Uuid, Uuid, NaiveDate, Option<NaiveDate>, bool)> = legal_document::Entity::find()
        .select_only()
        .columns([Column::Id, Column::OrganisationId, Column::EffectiveOn, Column::EndedOn, Column::MustReview])
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::WithdrawnReason.is_null())
        .into_tuple()
        .all(connection)
        .await?;
    let there: HashSet<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let documents = rows
        .into_iter()
        .filter(|(.., must_review)| *must_review)
        .map(|(id, organisation_id, effective_on, ended_on, _)| CountedDocument {
            id,
            organisation_id,
            effective_on,
            ended_on,
        })
        .collect();
    let reviews = legal_review::Entity::find()
        .filter(legal_review::Column::ProgrammeId.eq(programme_id))
        .filter(legal_review::Column::State.eq(LegalReviewState::Confirmed.as_str()))
        .all(connection)
        .await?;
    let reviews = reviews
        .into_iter()
        .filter(|row| there.contains(&row.document_id))
        .map(|row| CountedReview {
            document_id: row.document_id,
            organisation_id: row.organisation_id,
            reviewed_on: row.reviewed_on,
            proposes: row.proposal != LegalProposal::Keep.as_str(),
            handled_on: row.outcome_on,
        })
        .collect();
    Ok((documents, reviews))
}
