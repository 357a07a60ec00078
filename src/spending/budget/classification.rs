//! The budget classification: which codes there are on a day, and what a line of some codes is. Whose parent a code is
//! stands in the table; it does not follow from the digits (khoản 351 belongs to loại 340).

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::budget::budget_code;

use super::{BudgetCodeKind, BudgetFlow, BudgetNature};
use base::parameter::rules::holds_on;
use kernel::i18n::Message;
use kernel::user_error::UserErrorCode;

/// A classification as it is given. Blanks around a code are not part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// Chapter.
    pub chapter: String,
    /// Category, to be held against the subcategory.
    pub category: Option<String>,
    /// Subcategory; none for revenue without one.
    pub subcategory: Option<String>,
    /// Item; may be left out where the subitem says it.
    pub item: Option<String>,
    /// Subitem; none for a line of the whole item.
    pub subitem: Option<String>,
    /// Source; none for revenue without one.
    pub source: Option<String>,
    /// Level of the budget.
    pub level: String,
}

/// A line's classification, complete; empty where a code is left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Classification {
    /// Chapter.
    pub chapter: String,
    /// Subcategory.
    pub subcategory: String,
    /// Item.
    pub item: String,
    /// Subitem.
    pub subitem: String,
    /// Source.
    pub source: String,
    /// Level.
    pub level: String,
    /// Whether money comes or goes.
    pub flow: BudgetFlow,
    /// What it is of.
    pub nature: BudgetNature,
}

impl Classification {
    /// The classification as one text: what identifies a line of an organisation and a year.
    pub fn code(&self) -> String {
        let parts = [&self.chapter, &self.subcategory, &self.item, &self.subitem, &self.source, &self.level];
        parts.map(|part| if part.is_empty() { "_" } else { part.as_str() }).join("-")
    }
}

/// What is wrong with a code: its field, the kind of fault, and the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeFault {
    /// The field of the classification.
    pub field: &'static str,
    /// The kind of fault.
    pub code: UserErrorCode,
    /// The sentence.
    pub message: Message,
}

/// The codes that some classifications name.
#[derive(Debug, Clone, Default)]
pub struct Codes(HashMap<(String, String), Vec<budget_code::Model>>);

impl Codes {
    /// From stored rows.
    pub fn new(rows: Vec<budget_code::Model>) -> Codes {
        let mut found: HashMap<(String, String), Vec<budget_code::Model>> = HashMap::new();
        for row in rows {
            found.entry((row.kind.clone(), row.code.clone())).or_default().push(row);
        }
        Codes(found)
    }

    /// The code of a kind on a day; a fault where there is none, or none any more.
    fn on(
        &self,
        kind: BudgetCodeKind,
        field: &'static str,
        code: &str,
        day: NaiveDate,
    ) -> Result<&budget_code::Model, CodeFault> {
        let known = self.0.get(&(kind.as_str().to_owned(), code.to_owned())).map(Vec::as_slice).unwrap_or_default();
        if let Some(row) = known.iter().find(|row| holds_on((row.effective_from, row.effective_to), day)) {
            return Ok(row);
        }
        let shown: String = code.chars().take(16).collect();
        let (key, fault) = match known {
            [] => ("budget-code-unknown", UserErrorCode::UnknownCode),
            _ => ("budget-code-not-in-force", UserErrorCode::NotInForce),
        };
        let message = Message::new(key).with("kind", kind.as_str()).with("code", shown).with("day", day.to_string());
        Err(CodeFault { field, code: fault, message })
    }
}

fn clean(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn missing(field: &'static str) -> CodeFault {
    let message = Message::new("budget-code-required").with("field", field);
    CodeFault { field, code: UserErrorCode::Required, message }
}

/// The parent of a code must be the one that is given beside it.
fn belongs(field: &'static str, row: &budget_code::Model, parent: Option<&str>) -> Option<CodeFault> {
    let given = parent?;
    let is = row.parent_code.as_deref().unwrap_or_default();
    (is != given).then(|| CodeFault {
        field,
        code: UserErrorCode::SumMismatch,
        message: Message::new("budget-code-elsewhere")
            .with("code", row.code.as_str())
            .with("parent", is)
            .with("given", given.chars().take(16).collect::<String>()),
    })
}

/// Looks a classification up on a day: every fault at once. Expenditure needs a subcategory and a source.
pub fn resolve(given: &Given, codes: &Codes, day: NaiveDate) -> Result<Classification, Vec<CodeFault>> {
    use BudgetCodeKind::{Category, Chapter, Item, Level, Source, Subcategory, Subitem};
    let mut faults = Vec::new();
    let (chapter, level) = (given.chapter.trim(), given.level.trim());
    for (kind, field, code) in [(Chapter, "chapter", chapter), (Level, "level", level)] {
        faults.extend(codes.on(kind, field, code, day).err());
    }
    let category = clean(given.category.as_ref());
    if let Some(code) = category {
        faults.extend(codes.on(Category, "category", code, day).err());
    }
    let subcategory = clean(given.subcategory.as_ref());
    match subcategory.map(|code| codes.on(Subcategory, "subcategory", code, day)) {
        Some(Ok(row)) => faults.extend(belongs("subcategory", row, category)),
        Some(Err(fault)) => faults.push(fault),
        None => {}
    }
    let source = clean(given.source.as_ref());
    if let Some(code) = source {
        faults.extend(codes.on(Source, "source", code, day).err());
    }
    let (item, subitem) = (clean(given.item.as_ref()), clean(given.subitem.as_ref()));
    let found = match (item, subitem) {
        (None, None) => Err(missing("item")),
        (item, Some(code)) => {
            codes.on(Subitem, "subitem", code, day).and_then(|row| belongs("subitem", row, item).map_or(Ok(row), Err))
        }
        (Some(code), None) => codes.on(Item, "item", code, day),
    };
    let row = match found {
        Ok(row) => row,
        Err(fault) => {
            faults.push(fault);
            return Err(faults);
        }
    };
    let parts = row
        .flow
        .as_deref()
        .and_then(|flow| flow.parse().ok())
        .zip(row.nature.as_deref().and_then(|nature| nature.parse().ok()));
    let Some((flow, nature)) = parts else {
        faults.push(missing("item"));
        return Err(faults);
    };
    if flow == BudgetFlow::Expenditure {
        faults.extend(subcategory.is_none().then(|| missing("subcategory")));
        faults.extend(source.is_none().then(|| missing("source")));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let owned = |code: Option<&str>| code.unwrap_or_default().to_owned();
    Ok(Classification {
        chapter: chapter.to_owned(),
        subcategory: owned(subcategory),
        item: if subitem.is_some() { row.parent_code.clone().unwrap_or_default() } else { row.code.clone() },
        subitem: owned(subitem),
        source: owned(source),
        level: level.to_owned(),
        flow,
        nature,
    })
}

/// Every code that a classification names, for reading them at once.
pub fn named(given: &Given) -> impl Iterator<Item = &str> {
    [Some(given.chapter.as_str()), Some(given.level.as_str())]
        .into_iter()
        .chain(
            [&given.category, &given.subcategory, &given.item, &given.subitem, &given.source]
                .map(|code| code.as_deref()),
        )
        .flatten()
        .map(str::trim)
        .filter(|code| !code.is_empty())
}

#[cfg(test)]
pub mod tests {
    use uuid::Uuid;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn code(
        kind: &str,
        code: &str,
        parent: Option<&str>,
        item: Option<(&str, &str)>,
        to: Option<&str>,
    ) -> budget_code::Model {
        budget_code::Model {
            id: Uuid::nil(),
            kind: kind.to_owned(),
            code: code.to_owned(),
            parent_code: parent.map(str::to_owned),
            flow: item.map(|item| item.0.to_owned()),
            nature: item.map(|item| item.1.to_owned()),
            title_vi: String::new(),
            title_en: String::new(),
            search_title: String::new(),
            legal_basis: String::new(),
            verified: false,
            effective_from: day("2017-01-01"),
            effective_to: to.map(day),
        }
    }

    /// A few codes.
    pub fn some_codes() -> Codes {
        let (recurrent, revenue) = (Some(("EXPENDITURE", "RECURRENT")), Some(("REVENUE", "RECURRENT")));
        Codes::new(vec![
            code("CHAPTER", "805", None, None, None),
            code("LEVEL", "4", None, None, None),
            code("CATEGORY", "340", None, None, None),
            code("CATEGORY", "070", None, None, None),
            code("SUBCATEGORY", "341", Some("340"), None, None),
            code("SUBCATEGORY", "351", Some("340"), None, None),
            code("SOURCE", "13", None, None, None),
            code("ITEM", "6000", None, recurrent, None),
            code("SUBITEM", "6001", Some("6000"), recurrent, None),
            code("SUBITEM", "6002", Some("6000"), recurrent, Some("2025-12-31")),
            code("ITEM", "1700", None, revenue, None),
        ])
    }

    fn given() -> Given {
        let text = |code: &str| Some(code.to_owned());
        Given {
            chapter: "805".to_owned(),
            category: None,
            subcategory: text("351"),
            item: None,
            subitem: text(" 6001 "),
            source: text("13"),
            level: "4".to_owned(),
        }
    }

    fn faults(change: impl Fn(&mut Given)) -> Vec<String> {
        let mut wanted = given();
        change(&mut wanted);
        let found = resolve(&wanted, &some_codes(), day("2026-03-31"));
        found.err().unwrap_or_default().into_iter().map(|fault| format!("{} {}", fault.code, fault.field)).collect()
    }

    #[test]
    fn a_line_is_what_its_item_says() {
        let found = resolve(&given(), &some_codes(), day("2026-03-31")).unwrap();
        assert_eq!(found.code(), "805-351-6000-6001-13-4");
        assert_eq!((found.flow, found.nature), (BudgetFlow::Expenditure, BudgetNature::Recurrent));
        let whole = Given { item: Some("6000".to_owned()), subitem: None, ..given() };
        assert_eq!(resolve(&whole, &some_codes(), day("2026-03-31")).unwrap().code(), "805-351-6000-_-13-4");
        let revenue =
            Given { subcategory: None, source: None, item: Some("1700".to_owned()), subitem: None, ..given() };
        let found = resolve(&revenue, &some_codes(), day("2026-03-31")).unwrap();
        assert_eq!((found.code(), found.flow), ("805-_-1700-_-_-4".to_owned(), BudgetFlow::Revenue));
    }

    #[test]
    fn parents_are_looked_up_and_every_fault_is_named() {
        // 351 does not begin as 340 does, and belongs to it all the same.
        assert_eq!(faults(|given| given.category = Some("340".to_owned())), Vec::<String>::new());
        assert_eq!(faults(|given| given.category = Some("070".to_owned())), ["SUM_MISMATCH subcategory"]);
        assert_eq!(faults(|given| given.item = Some("1700".to_owned())), ["SUM_MISMATCH subitem"]);
        assert_eq!(faults(|given| given.subitem = Some("6002".to_owned())), ["NOT_IN_FORCE subitem"]);
        assert_eq!(faults(|given| given.subitem = Some("6009".to_owned())), ["UNKNOWN_CODE subitem"]);
        assert_eq!(
            faults(|given| {
                given.chapter = "999".to_owned();
                given.subcategory = None;
                given.source = None;
            }),
            ["UNKNOWN_CODE chapter", "REQUIRED subcategory", "REQUIRED source"]
        );
        assert_eq!(faults(|given| given.subitem = None), ["REQUIRED item"]);
        // A code of one kind is none of another.
        assert_eq!(faults(|given| given.source = Some("341".to_owned())), ["UNKNOWN_CODE source"]);
    }
}
