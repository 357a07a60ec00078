//! `budget_codes.toml`: codes of the budget classification, checked and loaded. They are the nation's: of no programme.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use entity::budget::budget_code;
use sea_orm::EntityTrait;
use serde::Deserialize;

use super::faults::{At, Faults};
use super::files::BUDGET_CODES;
use super::writer::{Row, Writer};
use base::parameter::rules::{Days, overlap};
use kernel::error::ApiResult;
use kernel::text::unaccented;
use kit::app::App;
use spending::budget::{BudgetCodeKind, BudgetFlow, BudgetNature};

/// The file: what holds for every code that does not say otherwise, and the codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetCodeFile {
    legal_basis: String,
    effective_from: NaiveDate,
    code: Vec<BudgetCode>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BudgetCode {
    kind: String,
    code: String,
    parent: Option<String>,
    flow: Option<String>,
    nature: Option<String>,
    title_vi: String,
    title_en: String,
    legal_basis: Option<String>,
    verified: bool,
    effective_from: Option<NaiveDate>,
    effective_to: Option<NaiveDate>,
}

impl BudgetCodeFile {
    fn days(&self, entry: &BudgetCode) -> Days {
        (entry.effective_from.unwrap_or(self.effective_from), entry.effective_to)
    }

    fn legal_basis<'a>(&'a self, entry: &'a BudgetCode) -> &'a str {
        entry.legal_basis.as_deref().unwrap_or(&self.legal_basis)
    }
}

/// What must be so before anything is written.
pub(super) fn check(file: &BudgetCodeFile, faults: &mut Faults) {
    use BudgetCodeKind::{Category, Item, Subcategory, Subitem};
    let known: HashSet<(&str, &str)> =
        file.code.iter().map(|entry| (entry.kind.as_str(), entry.code.as_str())).collect();
    for (index, entry) in file.code.iter().enumerate() {
        let at = At { file: BUDGET_CODES, entry: &entry.code };
        faults.code(at, "code", &entry.code, 8);
        faults.choice(at, "kind", &entry.kind, BudgetCodeKind::ALL);
        for (field, given) in [("title_vi", &entry.title_vi), ("title_en", &entry.title_en)] {
            faults.text(at, field, given, 300);
        }
        faults.text(at, "legal_basis", file.legal_basis(entry), 1_000);
        let kind = entry.kind.parse::<BudgetCodeKind>().ok();
        let parent = match kind {
            Some(Subcategory) => Some(Category),
            Some(Subitem) => Some(Item),
            _ => None,
        };
        match (parent, entry.parent.as_deref()) {
            (Some(kind), Some(code)) if known.contains(&(kind.as_str(), code)) => {}
            (None, None) => {}
            (Some(kind), _) => faults.add(at, format!("parent must name a {kind} of this file")),
            (None, Some(_)) => faults.add(at, "only a subcategory and a subitem have a parent"),
        }
        let of_item = matches!(kind, Some(Item | Subitem));
        if of_item != entry.flow.is_some() || of_item != entry.nature.is_some() {
            faults.add(at, "items and subitems, and nothing else, have a flow and a nature");
        }
        if let Some(flow) = &entry.flow {
            faults.choice(at, "flow", flow, BudgetFlow::ALL);
        }
        if let Some(nature) = &entry.nature {
            faults.choice(at, "nature", nature, BudgetNature::ALL);
        }
        let days = file.days(entry);
        faults.days(at, days.0, days.1);
        let mut earlier = file.code.iter().take(index);
        if earlier
            .any(|other| (&other.kind, &other.code) == (&entry.kind, &entry.code) && overlap(file.days(other), days))
        {
            faults.add(at, "two entries hold on the same days: end one with effective_to");
        }
    }
}

/// Brings the table to what the file says.
pub(super) async fn load(app: &App, writer: &mut Writer<'_>, file: &BudgetCodeFile) -> ApiResult<()> {
    let mut known: HashMap<(String, String, NaiveDate), budget_code::Model> = budget_code::Entity::find()
        .all(writer.tx)
        .await?
        .into_iter()
        .map(|row| ((row.kind.clone(), row.code.clone(), row.effective_from), row))
        .collect();
    let mut rows = Vec::new();
    for entry in &file.code {
        let (effective_from, effective_to) = file.days(entry);
        let stored = known.remove(&(entry.kind.clone(), entry.code.clone(), effective_from));
        let wanted = budget_code::Model {
            id: stored.as_ref().map_or_else(|| app.clock.new_id(), |row| row.id),
            kind: entry.kind.clone(),
            code: entry.code.clone(),
            parent_code: entry.parent.clone(),
            flow: entry.flow.clone(),
            nature: entry.nature.clone(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
            search_title: unaccented(&format!("{} {}", entry.code, entry.title_vi)),
            legal_basis: file.legal_basis(entry).to_owned(),
            verified: entry.verified,
            effective_from,
            effective_to,
        };
        rows.push(Row { key: format!("{} {} {effective_from}", entry.kind, entry.code), stored, wanted });
    }
    writer.write::<budget_code::Entity>(rows).await
}
