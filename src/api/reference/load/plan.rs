//! What the plan says: areas, targets, tasks, who leads them, and who reports when.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::programme::{lead_assignment, reform_area, reporting_obligation, target, task};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::organisations::Ids;
use crate::reference::entries::{Unit, obligation_key};
use crate::reference::files::Reference;
use crate::reference::writer::{Row, Writer};
use kernel::error::ApiResult;
use kernel::units::{LeadRole, LeadSubject};
use kit::app::App;

pub(super) async fn load_areas(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
) -> ApiResult<()> {
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

pub(super) async fn load_targets(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
) -> ApiResult<()> {
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

pub(super) async fn load_tasks(
    app: &App,
    writer: &mut Writer<'_>,
    reference: &Reference,
    programme_id: Uuid,
) -> ApiResult<()> {
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
pub(super) async fn load_leads(
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

pub(super) async fn load_obligations(
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
