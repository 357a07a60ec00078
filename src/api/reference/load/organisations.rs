//! The programme itself, its organisations, and what became of them.

use std::collections::{HashMap, HashSet};

use entity::organisation::{organisation, organisation_closure, organisation_successor, programme};
use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use crate::reference::entries::Organisation;
use crate::reference::files::Reference;
use crate::reference::writer::{ROWS_AT_ONCE, Row, Writer};
use apparatus::change::store as changes;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kit::app::{App, conflict_or_fault};

/// The identifiers of the file's organisations by code.
pub(super) struct Ids(HashMap<String, Uuid>);

impl Ids {
    pub fn of(&self, code: &str) -> ApiResult<Uuid> {
        // The files were checked; a code that is missing here is our mistake.
        self.0.get(code).copied().ok_or_else(|| ApiError::internal(format!("no organisation {code}")))
    }
}

pub(super) async fn load_programme(app: &App, writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<Uuid> {
    let entry = &reference.programme;
    let stored =
        programme::Entity::find().filter(programme::Column::Code.eq(entry.code.as_str())).one(writer.tx).await?;
    let id = stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id);
    let wanted = programme::Model {
        id,
        code: entry.code.clone(),
        title_vi: entry.title_vi.clone(),
        title_en: entry.title_en.clone(),
        decision_number: entry.decision_number.clone(),
        decision_date: entry.decision_date,
        start_date: entry.start_date,
        end_date: entry.end_date,
        revision: stored.as_ref().map_or(0, |row| row.revision),
    };
    writer.write::<programme::Entity>(vec![Row { key: entry.code.clone(), stored, wanted }]).await?;
    Ok(id)
}

pub(super) async fn load_organisations(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
) -> ApiResult<Ids> {
    use organisation::Column;
    let entries = &reference.organisations;
    let upper = entries.iter().filter(|entry| entry.above_programme).map(|entry| entry.code.as_str());
    let mut known: HashMap<(bool, String), organisation::Model> = organisation::Entity::find()
        .filter(
            Condition::any()
                .add(Column::ProgrammeId.eq(programme_id))
                .add(Condition::all().add(Column::ProgrammeId.is_null()).add(Column::Code.is_in(upper))),
        )
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.programme_id.is_none(), row.code.clone()), row))
        .collect();
    let decided: HashSet<Uuid> = changes::decided_organisations(writer.tx, programme_id).await?.into_iter().collect();
    let mut ids = Ids(HashMap::with_capacity(entries.len()));
    let mut rows = Vec::with_capacity(entries.len());
    let mut new: Vec<&Organisation> = Vec::new();
    for entry in entries {
        let stored = known.remove(&(entry.above_programme, entry.code.clone()));
        let parent_id = match &entry.parent {
            Some(parent) => Some(ids.of(parent)?),
            None => None,
        };
        let id = match &stored {
            Some(row) if row.parent_id != parent_id && !decided.contains(&row.id) => {
                return Err(ApiError::internal(format!(
                    "organisations.toml, {}: stands elsewhere in the database; an organisation does not move, enter a \
                     new one and a successor of kind MOVE",
                    entry.code
                )));
            }
            Some(row) => row.id,
            None => {
                new.push(entry);
                app.clock.new_id()
            }
        };
        ids.0.insert(entry.code.clone(), id);
        let mut wanted = organisation::Model {
            id,
            programme_id: (!entry.above_programme).then_some(programme_id),
            code: entry.code.clone(),
            kind: entry.kind.clone(),
            name_vi: entry.name_vi.clone(),
            name_en: entry.name_en.clone(),
            search_name: unaccented(&format!("{} {} {}", entry.code, entry.name_vi, entry.name_en)),
            parent_id,
            identifier_code: entry.identifier_code.clone(),
            budget_unit_code: entry.budget_unit_code.clone(),
            standing_body: entry.standing_body,
            stated_in_plan: entry.stated_in_plan,
            section: entry.section.clone(),
            note: entry.note.clone(),
            effective_from: entry.effective_from,
            effective_to: entry.effective_to,
        };
        if let Some(row) = stored.as_ref().filter(|row| decided.contains(&row.id)) {
            wanted.kind.clone_from(&row.kind);
            wanted.name_vi.clone_from(&row.name_vi);
            wanted.name_en.clone_from(&row.name_en);
            wanted.search_name.clone_from(&row.search_name);
            wanted.parent_id = row.parent_id;
            (wanted.effective_from, wanted.effective_to) = (row.effective_from, row.effective_to);
        }
        rows.push(Row { key: entry.code.clone(), stored, wanted });
    }
    writer.write::<organisation::Entity>(rows).await?;
    insert_closure(writer.tx, reference, &ids, &new).await?;
    Ok(ids)
}

/// Enters new organisations into the closure: each with itself and everything above it. Nothing stands below
/// a new one that was there before, since an organisation does not move.
async fn insert_closure(
    tx: &DatabaseTransaction,
    reference: &Reference,
    ids: &Ids,
    new: &[&Organisation],
) -> ApiResult<()> {
    let by_code: HashMap<&str, &Organisation> =
        reference.organisations.iter().map(|entry| (entry.code.as_str(), entry)).collect();
    let mut pairs = Vec::new();
    for entry in new {
        let descendant_id = ids.of(&entry.code)?;
        let mut above = Some(*entry);
        let mut depth = 0;
        while let Some(upper) = above {
            pairs.push(organisation_closure::ActiveModel {
                ancestor_id: Set(ids.of(&upper.code)?),
                descendant_id: Set(descendant_id),
                depth: Set(depth),
            });
            depth += 1;
            above = upper.parent.as_deref().and_then(|parent| by_code.get(parent).copied());
        }
    }
    for chunk in pairs.chunks(ROWS_AT_ONCE) {
        organisation_closure::Entity::insert_many(chunk.to_vec())
            .exec_without_returning(tx)
            .await
            .map_err(conflict_or_fault)?;
    }
    Ok(())
}

pub(super) async fn load_successors(writer: &mut Writer<'_>, reference: &Reference, ids: &Ids) -> ApiResult<()> {
    if reference.successors.is_empty() {
        return Ok(());
    }
    let mut known: HashMap<(Uuid, Uuid), organisation_successor::Model> = organisation_successor::Entity::find()
        .filter(organisation_successor::Column::PredecessorId.is_in(ids.0.values().copied()))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.predecessor_id, row.successor_id), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &reference.successors {
        let (predecessor_id, successor_id) = (ids.of(&entry.predecessor)?, ids.of(&entry.successor)?);
        let wanted = organisation_successor::Model {
            predecessor_id,
            successor_id,
            kind: entry.kind.clone(),
            effective_on: entry.effective_on,
        };
        let key = format!("{} {}", entry.predecessor, entry.successor);
        rows.push(Row { key, stored: known.remove(&(predecessor_id, successor_id)), wanted });
    }
    writer.write::<organisation_successor::Entity>(rows).await
}
