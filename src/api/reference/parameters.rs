//! `parameters.toml`: dated parameters, checked and loaded.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::parameter::parameter;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use uuid::Uuid;

use super::faults::{At, Faults};
use super::files::PARAMETERS;
use super::writer::{Row, Writer};
use base::parameter::{Code, rules};
use finance::autonomy::rules::Levels;
use kernel::error::ApiResult;
use kernel::money::MAX_EXACT;
use kit::app::App;

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterFile {
    pub parameter: Vec<Parameter>,
}

/// A value and the days on which it holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub code: String,
    pub title_vi: String,
    pub title_en: String,
    pub number: Option<i64>,
    pub text: Option<String>,
    pub unit: Option<String>,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub legal_basis: String,
    pub note: Option<String>,
    pub verified: bool,
}

impl Parameter {
    fn days(&self) -> rules::Days {
        (self.effective_from, self.effective_to)
    }
}

/// What must be so before anything is written.
pub(super) fn check(entries: &[Parameter], faults: &mut Faults) {
    for (index, entry) in entries.iter().enumerate() {
        let at = At { file: PARAMETERS, entry: &entry.code };
        faults.code(at, "code", &entry.code, 64);
        for (field, given) in [("title_vi", &entry.title_vi), ("title_en", &entry.title_en)] {
            faults.text(at, field, given, 300);
        }
        faults.text(at, "legal_basis", &entry.legal_basis, 1_000);
        for (field, given, most) in [("text", &entry.text, 1_000), ("note", &entry.note, 1_000)] {
            if let Some(given) = given {
                faults.text(at, field, given, most);
            }
        }
        if let Some(unit) = &entry.unit {
            faults.code(at, "unit", unit, 24);
        }
        if entry.number.is_some() == entry.text.is_some() {
            faults.add(at, "exactly one of number and text must be given");
        }
        if entry.number.is_some_and(|number| !(-MAX_EXACT..=MAX_EXACT).contains(&number)) {
            faults.add(at, "number must be within 2^53 - 1");
        }
        if let Ok(code) = entry.code.parse::<Code>()
            && code.is_number() != entry.number.is_some()
        {
            faults.add(at, format!("its value must be a {}", if code.is_number() { "number" } else { "text" }));
        }
        if entry.code == Code::AutonomyLevels.as_str()
            && entry.text.as_deref().is_some_and(|text| Levels::parse(text).is_none())
        {
            faults.add(at, "text must be four percentages, each below the one before: 100,70,30,10");
        }
        faults.days(at, entry.effective_from, entry.effective_to);
        let mut earlier = entries.iter().take(index);
        if earlier.any(|other| other.code == entry.code && rules::overlap(other.days(), entry.days())) {
            faults.add(at, "two values hold on the same days: end one with effective_to");
        }
    }
    for code in Code::ALL {
        if !entries.iter().any(|entry| entry.code == code.as_str()) {
            faults.add(At { file: PARAMETERS, entry: code.as_str() }, "is missing, and the program asks for it");
        }
    }
}

/// Brings the table to what the file says.
pub(super) async fn load(
    app: &App,
    writer: &mut Writer<'_>,
    entries: &[Parameter],
    programme_id: Uuid,
) -> ApiResult<()> {
    let mut known: HashMap<(String, NaiveDate), parameter::Model> = parameter::Entity::find()
        .filter(parameter::Column::ProgrammeId.eq(programme_id))
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.code.clone(), row.effective_from), row))
        .collect();
    let mut rows = Vec::new();
    for entry in entries {
        let stored = known.remove(&(entry.code.clone(), entry.effective_from));
        let wanted = parameter::Model {
            id: stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id),
            programme_id,
            code: entry.code.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            value_text: entry.text.clone(),
            value_number: entry.number,
            unit: entry.unit.clone(),
            effective_from: entry.effective_from,
            effective_to: entry.effective_to,
            legal_basis: entry.legal_basis.clone(),
            note: entry.note.clone(),
            verified: entry.verified,
        };
        rows.push(Row { key: format!("{} {}", entry.code, entry.effective_from), stored, wanted });
    }
    writer.write::<parameter::Entity>(rows).await
}
