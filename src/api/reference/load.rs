//! Brings the database to what reference data says: the store of this room.
//!
//! Creates what is missing, changes what differs, deletes nothing, all in one transaction; a second run finds
//! nothing to do. What people decide through the API stays theirs: assignments of leads are entered only
//! where a target or a task has none at all, ended ones included.
//!
//! Two things are more than a row. A formula is replaced as a whole, terms that the file no longer has
//! included; figures that were computed by the old one wait for `rebuild-measures`. And an organisation does
//! not move: what stood elsewhere is a new organisation with a successor entry.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use entity::indicator::{indicator, indicator_term, measure};
use entity::organisation::{organisation, organisation_closure, organisation_successor, programme};
use entity::programme::{lead_assignment, reform_area, reporting_obligation, target, task};
use sea_orm::sea_query::{Condition, sea_value_to_json_value};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityName, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    ModelTrait, QueryFilter, Set, Value,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::files::{Organisation, Reference, Term, Unit, obligation_key};
use access::{Action, Permit};
use apparatus::change::store as changes;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;
use kernel::units::{LeadRole, LeadSubject};
use kit::app::{App, conflict_or_fault};
use kit::audit::Entry;

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
const ROWS_AT_ONCE: usize = 1_000;

/// What loading came to, in rows of all tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were as the files say already, or are people's to decide.
    pub unchanged: usize,
}

/// Loads reference data: creates what is missing, changes what differs, deletes nothing; a second run changes
/// nothing. One transaction, journaled when something changed.
pub async fn load(app: &App, reference: &Reference) -> ApiResult<Loaded> {
    let tx = app.db.begin().await?;
    match in_transaction(app, &tx, reference).await {
        Ok(loaded) => {
            tx.commit().await.map_err(conflict_or_fault)?;
            Ok(loaded)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn in_transaction(app: &App, tx: &DatabaseTransaction, reference: &Reference) -> ApiResult<Loaded> {
    let mut writer = Writer::new(tx);
    let programme_id = load_programme(app, &mut writer, reference).await?;
    let ids = load_organisations(app, &mut writer, reference, programme_id).await?;
    load_successors(&mut writer, reference, &ids).await?;
    load_areas(app, &mut writer, reference, programme_id).await?;
    load_targets(app, &mut writer, reference, programme_id).await?;
    load_tasks(app, &mut writer, reference, programme_id).await?;
    load_leads(app, &mut writer, reference, programme_id, &ids).await?;
    load_obligations(app, &mut writer, reference, programme_id, &ids).await?;
    load_measures(&mut writer, reference).await?;
    load_indicators(&mut writer, reference).await?;
    load_terms(&mut writer, reference).await?;
    super::parameters::load(app, &mut writer, &reference.parameters, programme_id).await?;
    super::budget_codes::load(app, &mut writer, &reference.budget_codes).await?;
    if writer.loaded.created + writer.loaded.changed > 0 {
        let root = reference.root().ok_or_else(|| ApiError::internal("a programme without organisations"))?;
        let permit = Permit::for_console(Action::LoadReferenceData, ids.of(&root.code)?);
        let entry = Entry {
            record_kind: "programme",
            record_id: Some(programme_id),
            programme_id: Some(programme_id),
            reason: None,
            before: (!writer.before.is_empty()).then(|| json!(writer.before)),
            after: Some(json!({ "created": writer.created, "changed": writer.after })),
        };
        kit::audit::record(tx, &app.clock, "reference-data", &permit, entry).await?;
        // The files may bring public service units, or end them: what is counted of their autonomy changes with them.
        base::indicator::store::lock_programme(tx, &permit, programme_id).await?;
        finance::autonomy::service::project(&app.clock, tx, &permit, programme_id).await?;
    }
    Ok(writer.loaded)
}

/// A row as it is stored, if it is, and as the files want it.
pub(super) struct Row<M> {
    /// What a reader of the journal knows it by.
    pub key: String,
    pub stored: Option<M>,
    pub wanted: M,
}

/// Writes rows and keeps count of what it did.
pub(super) struct Writer<'a> {
    pub tx: &'a DatabaseTransaction,
    loaded: Loaded,
    /// Per table: the keys of new rows.
    created: BTreeMap<&'static str, Vec<String>>,
    /// Per table and key: the columns that changed, before.
    before: BTreeMap<&'static str, Map<String, Json>>,
    /// The same columns, after.
    after: BTreeMap<&'static str, Map<String, Json>>,
}

impl<'a> Writer<'a> {
    fn new(tx: &'a DatabaseTransaction) -> Writer<'a> {
        Writer {
            tx,
            loaded: Loaded::default(),
            created: BTreeMap::new(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    /// Inserts the new rows in few statements and updates the columns that differ, row by row.
    pub async fn write<E>(&mut self, rows: Vec<Row<E::Model>>) -> ApiResult<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
    {
        let table = E::default().table_name();
        let mut new: Vec<E::ActiveModel> = Vec::new();
        for row in rows {
            let Some(stored) = row.stored else {
                self.loaded.created += 1;
                self.created.entry(table).or_default().push(row.key);
                new.push(row.wanted.into_active_model());
                continue;
            };
            let (mut before, mut after) = (Map::new(), Map::new());
            let mut differing: Vec<(E::Column, Value)> = Vec::new();
            for column in <E::Column as Iterable>::iter() {
                let (is, wanted) = (stored.get(column), row.wanted.get(column));
                if is != wanted {
                    before.insert(column.as_str().to_owned(), json_of(&is));
                    after.insert(column.as_str().to_owned(), json_of(&wanted));
                    differing.push((column, wanted));
                }
            }
            if differing.is_empty() {
                self.loaded.unchanged += 1;
                continue;
            }
            let mut change: E::ActiveModel = stored.into_active_model();
            for (column, value) in differing {
                change.try_set(column, value)?;
            }
            E::update(change).exec_without_returning(self.tx).await.map_err(conflict_or_fault)?;
            self.loaded.changed += 1;
            self.before.entry(table).or_default().insert(row.key.clone(), Json::Object(before));
            self.after.entry(table).or_default().insert(row.key, Json::Object(after));
        }
        for chunk in new.chunks(ROWS_AT_ONCE) {
            E::insert_many(chunk.to_vec()).exec_without_returning(self.tx).await.map_err(conflict_or_fault)?;
        }
        Ok(())
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::ChronoDate(Some(day)) => Json::String(day.to_string()),
        other => sea_value_to_json_value(other),
    }
}

/// The identifiers of the file's organisations by code.
struct Ids(HashMap<String, Uuid>);

impl Ids {
    fn of(&self, code: &str) -> ApiResult<Uuid> {
        // The files were checked; a code that is missing here is our mistake.
        self.0.get(code).copied().ok_or_else(|| ApiError::internal(format!("no organisation {code}")))
    }
}

async fn load_programme(app: &App, writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<Uuid> {
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

async fn load_organisations(
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

async fn load_successors(writer: &mut Writer<'_>, reference: &Reference, ids: &Ids) -> ApiResult<()> {
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

async fn load_areas(app: &App, writer: &mut Writer<'_>, reference: &Reference, programme_id: Uuid) -> ApiResult<()> {
    let mut known: HashMap<String, reform_area::Model> = reform_area::Entity::find()
        .filter(reform_area::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| (row.code.clone(), row))
        .collect();
    let mut rows = Vec::new();
    for (position, entry) in (1_i32..).zip(&reference.areas) {
        let stored = known.remove(&entry.code);
        let wanted = reform_area::Model {
            id: stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id),
            programme_id,
            code: entry.code.clone(),
            position,
            section: entry.section.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
        };
        rows.push(Row { key: entry.code.clone(), stored, wanted });
    }
    writer.write::<reform_area::Entity>(rows).await
}

async fn load_targets(app: &App, writer: &mut Writer<'_>, reference: &Reference, programme_id: Uuid) -> ApiResult<()> {
    let mut known: HashMap<(String, String, NaiveDate), target::Model> = target::Entity::find()
        .filter(target::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.section.clone(), row.issuing_level.clone(), row.valid_from), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &reference.targets {
        let stored = known.remove(&(entry.section.clone(), entry.issuing_level.clone(), entry.valid_from));
        let wanted = target::Model {
            id: stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id),
            programme_id,
            section: entry.section.clone(),
            area_code: entry.area.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            unit: entry.unit.clone(),
            comparator: entry.comparator.clone(),
            value_hundredths: entry.value_hundredths,
            due: entry.due,
            issuing_level: entry.issuing_level.clone(),
            legal_basis: entry.legal_basis.clone(),
            valid_from: entry.valid_from,
            valid_to: entry.valid_to,
            note_vi: entry.note_vi.clone(),
        };
        let key = format!("{} {} {}", entry.section, entry.issuing_level, entry.valid_from);
        rows.push(Row { key, stored, wanted });
    }
    writer.write::<target::Entity>(rows).await
}

async fn load_tasks(app: &App, writer: &mut Writer<'_>, reference: &Reference, programme_id: Uuid) -> ApiResult<()> {
    let mut known: HashMap<String, task::Model> = task::Entity::find()
        .filter(task::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| (row.section.clone(), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &reference.tasks {
        let stored = known.remove(&entry.section);
        let wanted = task::Model {
            id: stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id),
            programme_id,
            section: entry.section.clone(),
            area_code: entry.area.clone(),
            kind: entry.kind.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            due: entry.due,
            recurrence: entry.recurrence.clone(),
            all_units: entry.all_units,
        };
        rows.push(Row { key: entry.section.clone(), stored, wanted });
    }
    writer.write::<task::Entity>(rows).await
}

/// Enters who leads and who coordinates, from the day of the decision, where nobody has been assigned yet.
async fn load_leads(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
    ids: &Ids,
) -> ApiResult<()> {
    let assigned: HashSet<(String, String)> = lead_assignment::Entity::find()
        .filter(lead_assignment::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| (row.subject, row.section))
        .collect();
    let targets = reference.targets.iter().map(|entry| {
        (LeadSubject::Target, entry.section.as_str(), entry.lead.as_slice(), entry.coordinating.as_slice())
    });
    let tasks = reference
        .tasks
        .iter()
        .map(|entry| (LeadSubject::Task, entry.section.as_str(), entry.lead.as_slice(), entry.coordinating.as_slice()));
    let mut rows = Vec::new();
    for (subject, section, lead, coordinating) in targets.chain(tasks) {
        if assigned.contains(&(subject.as_str().to_owned(), section.to_owned())) {
            writer.loaded.unchanged += lead.len() + coordinating.len();
            continue;
        }
        let units: [(LeadRole, &[Unit]); 2] = [(LeadRole::Lead, lead), (LeadRole::Coordinating, coordinating)];
        for (role, entries) in units {
            for entry in entries {
                let wanted = lead_assignment::Model {
                    id: app.clock.new_id(),
                    programme_id,
                    subject: subject.as_str().to_owned(),
                    section: section.to_owned(),
                    organisation_id: ids.of(&entry.unit)?,
                    role: role.as_str().to_owned(),
                    stated_in_plan: entry.stated_in_plan,
                    effective_from: reference.programme.decision_date,
                    effective_to: None,
                };
                let key = format!("{subject} {section} {role} {}", entry.unit);
                rows.push(Row { key, stored: None, wanted });
            }
        }
    }
    writer.write::<lead_assignment::Entity>(rows).await
}

async fn load_obligations(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
    ids: &Ids,
) -> ApiResult<()> {
    let stored = reporting_obligation::Entity::find()
        .filter(reporting_obligation::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?;
    let mut rows = Vec::new();
    for entry in &reference.obligations {
        let (form, organisation, calendar, period_kind, effective_from) = obligation_key(entry);
        let organisation_id = ids.of(organisation)?;
        let stored = stored.iter().find(|row| {
            row.form == form
                && row.organisation_id == organisation_id
                && row.calendar == calendar
                && row.period_kind == period_kind
                && row.effective_from == effective_from
        });
        let wanted = reporting_obligation::Model {
            id: stored.map_or_else(|| app.clock.new_id(), |row| row.id),
            programme_id,
            form: form.to_owned(),
            organisation_id,
            calendar: calendar.to_owned(),
            period_kind: period_kind.to_owned(),
            due_days: entry.due_days,
            effective_from,
            effective_to: entry.effective_to,
            basis: entry.basis.clone(),
        };
        let key = format!("{form} {organisation} {calendar} {period_kind} {effective_from}");
        rows.push(Row { key, stored: stored.cloned(), wanted });
    }
    writer.write::<reporting_obligation::Entity>(rows).await
}

async fn load_measures(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    let mut known: HashMap<String, measure::Model> =
        measure::Entity::find().all(writer.tx).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut rows = Vec::new();
    for entry in &reference.measures {
        let wanted = measure::Model {
            code: entry.code.clone(),
            additivity: entry.additivity.clone(),
            unit: entry.unit.clone(),
            source: entry.source.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
        };
        rows.push(Row { key: entry.code.clone(), stored: known.remove(&entry.code), wanted });
    }
    writer.write::<measure::Entity>(rows).await
}

async fn load_indicators(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    let mut known: HashMap<String, indicator::Model> =
        indicator::Entity::find().all(writer.tx).await?.into_iter().map(|row| (row.code.clone(), row)).collect();
    let mut rows = Vec::new();
    for entry in &reference.indicators {
        let wanted = indicator::Model {
            code: entry.code.clone(),
            section: entry.section.clone(),
            reading: entry.reading.clone(),
            area_code: entry.area.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            description_vi: entry.description_vi.clone(),
            description_en: entry.description_en.clone(),
            unit: entry.unit.clone(),
            direction: entry.direction.clone(),
            calendar: entry.calendar.clone(),
            frequency: entry.frequency.clone(),
            position: entry.position,
            whole_programme_only: entry.whole_programme_only,
        };
        rows.push(Row { key: entry.code.clone(), stored: known.remove(&entry.code), wanted });
    }
    writer.write::<indicator::Entity>(rows).await
}

/// Writes the formulas: what the file has, and nothing else for the indicators that it has.
async fn load_terms(writer: &mut Writer<'_>, reference: &Reference) -> ApiResult<()> {
    use indicator_term::Column;
    let codes = reference.indicators.iter().map(|entry| entry.code.as_str());
    let mut known: HashMap<(String, String, String), indicator_term::Model> = indicator_term::Entity::find()
        .filter(Column::IndicatorCode.is_in(codes))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.indicator_code.clone(), row.side.clone(), row.measure_code.clone()), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &reference.indicators {
        let sides: [(&str, &[Term]); 2] = [("NUMERATOR", &entry.numerator), ("DENOMINATOR", &entry.denominator)];
        for (side, terms) in sides {
            for term in terms {
                let stored = known.remove(&(entry.code.clone(), side.to_owned(), term.measure.clone()));
                let wanted = indicator_term::Model {
                    indicator_code: entry.code.clone(),
                    side: side.to_owned(),
                    measure_code: term.measure.clone(),
                    coefficient: term.coefficient,
                };
                rows.push(Row { key: format!("{} {side} {}", entry.code, term.measure), stored, wanted });
            }
        }
    }
    let mut left: Vec<indicator_term::Model> = known.into_values().collect();
    left.sort_by(|one, other| {
        (&one.indicator_code, &one.side, &one.measure_code).cmp(&(
            &other.indicator_code,
            &other.side,
            &other.measure_code,
        ))
    });
    for row in left {
        indicator_term::Entity::delete_many()
            .filter(Column::IndicatorCode.eq(row.indicator_code.as_str()))
            .filter(Column::Side.eq(row.side.as_str()))
            .filter(Column::MeasureCode.eq(row.measure_code.as_str()))
            .exec(writer.tx)
            .await?;
        writer.loaded.changed += 1;
        let table = indicator_term::Entity.table_name();
        let key = format!("{} {} {}", row.indicator_code, row.side, row.measure_code);
        writer.before.entry(table).or_default().insert(key.clone(), json!({ "coefficient": row.coefficient }));
        writer.after.entry(table).or_default().insert(key, Json::Null);
    }
    writer.write::<indicator_term::Entity>(rows).await
}
