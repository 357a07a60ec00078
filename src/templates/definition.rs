//! What stands in a template's file.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{CheckKind, Confidentiality, DayLimit, FieldKind};
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::i18n::{Language, MessageArg};
use kernel::period::{Calendar, PeriodKind};
use kernel::units::OrganisationKind;

/// The most cells of a form: amounts are below 2^53, so that any sum of a form's cells fits 64 bits.
pub const MAX_CELLS: usize = 1_000;

/// A form described by data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The form.
    #[serde(deserialize_with = "word")]
    pub code: FormCode,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
    /// The decree or the section of the plan that asks for it.
    pub source: String,
    /// The calendar of its periods.
    #[serde(deserialize_with = "word")]
    pub calendar: Calendar,
    /// The kinds of periods that it is submitted for.
    #[serde(deserialize_with = "words")]
    pub period_kinds: Vec<PeriodKind>,
    /// The kinds of organisations that submit it.
    #[serde(deserialize_with = "words")]
    pub organisation_kinds: Vec<OrganisationKind>,
    /// How much of it is shown to those outside; all where it is not confidential.
    #[serde(default, deserialize_with = "maybe_word")]
    pub confidential: Option<Confidentiality>,
    /// Its tables.
    #[serde(rename = "table")]
    pub tables: Vec<Table>,
    /// What must hold.
    #[serde(rename = "check", default)]
    pub checks: Vec<Check>,
    /// What is read off it.
    #[serde(rename = "measure", default)]
    pub measures: Vec<Measure>,
    /// What other forms say of the same.
    #[serde(rename = "comparison", default)]
    pub comparisons: Vec<Comparison>,
}

/// A table of a form: rows, each with the same fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its code in the form.
    pub code: String,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
    /// Whether its required fields are asked for in every row, begun or not.
    #[serde(default)]
    pub always: bool,
    /// Of a breakdown whose cells may be sums of another table's: that table. Where something of that is suppressed,
    /// all of this is.
    pub restates: Option<String>,
    /// What its rows are broken down by; a table without any has the one row `TOTAL`.
    #[serde(rename = "dimension", default)]
    pub dimensions: Vec<Dimension>,
    /// Its columns.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
    /// Its rows: every combination of its dimensions' values.
    #[serde(skip)]
    pub rows: Vec<Row>,
}

/// What the rows of a table are broken down by.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Its code in the table.
    pub code: String,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
    /// Its values.
    #[serde(rename = "value")]
    pub values: Vec<DimensionValue>,
}

/// A value of a dimension.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionValue {
    /// Its code in the dimension.
    pub code: String,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The codes of its values, joined by `/`.
    pub code: String,
    /// Its value in each dimension.
    pub values: Vec<String>,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its code in the table, in camel case.
    pub code: String,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
    /// What stands in it.
    #[serde(deserialize_with = "word")]
    pub kind: FieldKind,
    /// What is counted; none for texts and days.
    pub unit: Option<String>,
    /// How its numbers combine over time; none for texts and days, and for numbers that don't add up.
    #[serde(default, deserialize_with = "maybe_word")]
    pub additivity: Option<Additivity>,
    /// Whether its numbers add up over periods and organisations; scores don't: they are neither consolidated nor
    /// measured.
    #[serde(default = "yes")]
    pub adds_up: bool,
    /// The largest number that it takes, where that is less than its kind takes.
    pub max: Option<i64>,
    /// Whether a row of which anything is given must give it.
    #[serde(default)]
    pub required: bool,
    /// Of a day: until when it may be; none where any day is taken.
    pub not_after: Option<DayLimit>,
}

/// Some cells of a table: the fields of the rows that have the values asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// The table.
    pub table: String,
    /// By dimension, the values wanted; all rows where a dimension is not named.
    #[serde(rename = "where", default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// The fields.
    pub fields: Vec<String>,
}

/// What must hold in a form.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub enum Check {
    /// In each row the sum of some fields is the sum of others.
    Equal {
        /// The table.
        table: String,
        /// One side.
        left: Vec<String>,
        /// The other.
        right: Vec<String>,
    },
    /// In each row the sum of some fields is at most the sum of others.
    AtMost {
        /// The table.
        table: String,
        /// The part.
        part: Vec<String>,
        /// What it is part of.
        whole: Vec<String>,
    },
    /// The sum of some cells is the sum of others: a breakdown adds up to what it breaks down.
    RowsEqual {
        /// The breakdown.
        part: Selector,
        /// What it breaks down.
        whole: Selector,
    },
    /// In each row a field is what another was in the form of the period before.
    CarriedOver {
        /// The table.
        table: String,
        /// The field of this period.
        field: String,
        /// The field of the period before.
        from: String,
    },
    /// In each row in which any of some numbers is above zero, or any of some texts or days is given, some fields must
    /// be given.
    Implies {
        /// The table.
        table: String,
        /// The numbers, texts and days.
        when: Vec<String>,
        /// What must be given.
        then: Vec<String>,
        /// Whether numbers among what must be given must be above zero; else a typed 0 will do.
        #[serde(default)]
        above_zero: bool,
    },
}

impl Check {
    /// What it asks.
    pub fn kind(&self) -> CheckKind {
        match self {
            Check::Equal { .. } => CheckKind::Equal,
            Check::AtMost { .. } => CheckKind::AtMost,
            Check::RowsEqual { .. } => CheckKind::RowsEqual,
            Check::CarriedOver { .. } => CheckKind::CarriedOver,
            Check::Implies { .. } => CheckKind::Implies,
        }
    }

    /// The table that it is about.
    pub fn table(&self) -> &str {
        match self {
            Check::Equal { table, .. }
            | Check::AtMost { table, .. }
            | Check::CarriedOver { table, .. }
            | Check::Implies { table, .. } => table,
            Check::RowsEqual { part, .. } => &part.table,
        }
    }
}

/// A named whole number that is read off the form: the sum of some cells.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its code.
    pub code: String,
    /// Its name, in Vietnamese.
    pub title_vi: String,
    /// Its name, in English.
    pub title_en: String,
    /// What is counted.
    pub unit: String,
    /// How its figures combine over time.
    #[serde(deserialize_with = "word")]
    pub additivity: Additivity,
    /// The table.
    pub table: String,
    /// By dimension, the values wanted; all rows where a dimension is not named.
    #[serde(rename = "where", default)]
    pub only: BTreeMap<String, Vec<String>>,
    /// The fields.
    pub fields: Vec<String>,
}

/// A measure that should be what another form of the same unit and period says. Where it is not, whoever submits is
/// warned and not refused: the other form may be the one to mend.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The measure of this form.
    pub measure: String,
    /// The other form.
    #[serde(deserialize_with = "word")]
    pub form: FormCode,
    /// The other form's measure.
    pub other: String,
    /// What the other form calls it, in Vietnamese.
    pub title_vi: String,
    /// What the other form calls it, in English.
    pub title_en: String,
}

impl Measure {
    /// The cells that it sums.
    pub fn selector(&self) -> Selector {
        Selector { table: self.table.clone(), only: self.only.clone(), fields: self.fields.clone() }
    }
}

/// Gives what has a name in both languages its name in one.
macro_rules! titled {
    ($($name:ident),+) => {$(
        impl $name {
            /// Its name in a language.
            pub fn title(&self, language: Language) -> &str {
                match language {
                    Language::Vi => &self.title_vi,
                    Language::En => &self.title_en,
                }
            }

            /// Its name, as the argument of a message.
            pub fn named(&self) -> MessageArg {
                MessageArg::Named { vi: self.title_vi.clone(), en: self.title_en.clone() }
            }
        }
    )+};
}
titled!(Template, Table, Dimension, DimensionValue, Row, Field, Measure, Comparison);

/// Where a cell stands in a template; orders cells as people read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The table's number.
    pub table: usize,
    /// The row's number in the table.
    pub row: usize,
    /// The field's number in the table.
    pub field: usize,
}

impl Field {
    /// Whether a number stands in it.
    pub fn is_number(&self) -> bool {
        self.kind.max().is_some()
    }

    /// The largest number that it takes; none for texts and days.
    pub fn largest(&self) -> Option<i64> {
        self.max.or(self.kind.max())
    }
}

impl Table {
    /// The number of a row.
    pub fn row(&self, code: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.code == code)
    }

    /// The number of a field.
    pub fn field(&self, code: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.code == code)
    }

    /// Whether a row has the values asked for.
    fn has(&self, row: &Row, only: &BTreeMap<String, Vec<String>>) -> bool {
        self.dimensions
            .iter()
            .zip(&row.values)
            .all(|(dimension, value)| only.get(&dimension.code).is_none_or(|wanted| wanted.contains(value)))
    }
}

impl Template {
    /// A table by its code, and its number.
    pub fn table(&self, code: &str) -> Option<(usize, &Table)> {
        self.tables.iter().enumerate().find(|(_, table)| table.code == code)
    }

    /// Where a cell stands; none where there is no such cell.
    pub fn place(&self, table: &str, row: &str, field: &str) -> Option<Place> {
        let (number, table) = self.table(table)?;
        Some(Place { table: number, row: table.row(row)?, field: table.field(field)? })
    }

    /// What stands at a place.
    pub fn at(&self, place: Place) -> Option<(&Table, &Row, &Field)> {
        let table = self.tables.get(place.table)?;
        Some((table, table.rows.get(place.row)?, table.fields.get(place.field)?))
    }

    /// Every place, in the form's order.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.tables.iter().enumerate().flat_map(|(number, table)| {
            (0..table.rows.len())
                .flat_map(move |row| (0..table.fields.len()).map(move |field| Place { table: number, row, field }))
        })
    }

    /// A place's number in the form, from 1.
    pub fn position(&self, place: Place) -> i32 {
        let before: usize =
            self.tables.iter().take(place.table).map(|table| table.rows.len() * table.fields.len()).sum();
        let width = self.tables.get(place.table).map_or(0, |table| table.fields.len());
        i32::try_from(before + place.row * width + place.field + 1).unwrap_or(i32::MAX)
    }

    /// The whole that the form's breakdowns add up to; the first, where there are several.
    pub fn whole(&self) -> Option<&Selector> {
        self.checks.iter().find_map(|check| match check {
            Check::RowsEqual { whole, .. } => Some(whole),
            _ => None,
        })
    }

    /// The cells that a measure of the form sums; none where the form has no such measure.
    pub fn measured(&self, code: &str) -> Vec<Place> {
        let measure = self.measures.iter().find(|measure| measure.code == code);
        measure.map(|measure| self.selected(&measure.selector())).unwrap_or_default()
    }

    /// The places of a selector.
    pub fn selected(&self, selector: &Selector) -> Vec<Place> {
        let Some((number, table)) = self.table(&selector.table) else { return Vec::new() };
        let fields: Vec<usize> = selector.fields.iter().filter_map(|code| table.field(code)).collect();
        let rows = table.rows.iter().enumerate().filter(|(_, row)| table.has(row, &selector.only));
        rows.flat_map(|(row, _)| fields.iter().map(move |&field| Place { table: number, row, field })).collect()
    }
}

fn yes() -> bool {
    true
}

fn word<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<T, D::Error> {
    T::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

fn maybe_word<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<Option<T>, D::Error> {
    word(deserializer).map(Some)
}

fn words<'de, D: Deserializer<'de>, T: FromStr<Err: Display>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| T::from_str(text).map_err(D::Error::custom)).collect()
}

/// Reads one template.
pub fn read(text: &str) -> Result<Template, String> {
    let mut template: Template = toml::from_str(text).map_err(|error| error.to_string())?;
    for table in &mut template.tables {
        table.rows = rows_of(&table.dimensions);
    }
    let faults = template.faults();
    if faults.is_empty() { Ok(template) } else { Err(faults.join("\n")) }
}

/// Reads all templates; every fault names its file.
pub fn read_all(files: &[(&str, &str)]) -> Result<Vec<Template>, String> {
    let mut templates: Vec<Template> = Vec::with_capacity(files.len());
    let mut measures: HashSet<String> = HashSet::new();
    for (file, text) in files {
        let template = read(text).map_err(|fault| format!("data/forms/{file}: {fault}"))?;
        let expected = format!("{}.toml", template.code.as_str().to_lowercase().replace('_', "-"));
        if *file != expected {
            return Err(format!("data/forms/{file}: form {} stands in {expected}", template.code));
        }
        if templates.iter().any(|other| other.code == template.code) {
            return Err(format!("data/forms/{file}: form {} has two templates", template.code));
        }
        for measure in &template.measures {
            if !measures.insert(measure.code.clone()) {
                return Err(format!("data/forms/{file}: measure {} stands there twice", measure.code));
            }
        }
        templates.push(template);
    }
    Ok(templates)
}

/// Every combination of values, the last dimension running fastest.
fn rows_of(dimensions: &[Dimension]) -> Vec<Row> {
    if dimensions.is_empty() {
        let (title_vi, title_en) = ("Tổng số".to_owned(), "Total".to_owned());
        return vec![Row { code: "TOTAL".to_owned(), values: Vec::new(), title_vi, title_en }];
    }
    let mut combinations: Vec<Vec<&DimensionValue>> = vec![Vec::new()];
    for dimension in dimensions {
        combinations = combinations
            .into_iter()
            .flat_map(|before| {
                dimension.values.iter().map(move |value| before.iter().copied().chain([value]).collect())
            })
            .collect();
    }
    let joined = |values: &[&DimensionValue], separator: &str, of: fn(&DimensionValue) -> &str| {
        values.iter().map(|value| of(value)).collect::<Vec<&str>>().join(separator)
    };
    combinations
        .iter()
        .map(|values| Row {
            code: joined(values, "/", |value| &value.code),
            values: values.iter().map(|value| value.code.clone()).collect(),
            title_vi: joined(values, " - ", |value| &value.title_vi),
            title_en: joined(values, " - ", |value| &value.title_en),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{FILES, all};
    use super::*;

    #[test]
    fn every_template_reads() {
        let templates = all().unwrap();
        assert_eq!(templates.len(), FILES.len());
    }

    #[test]
    fn rows_are_the_combinations_of_values() {
        let template = crate::of(FormCode::Satisfaction).unwrap();
        let table = &template.tables[0];
        assert_eq!(table.rows.len(), 16);
        assert_eq!(table.rows[0].code, "ONE_STOP_RATING/LAND");
        assert_eq!(table.rows[15].code, "OWN_SURVEY/OTHER");
        let positions: Vec<i32> = template.places().map(|place| template.position(place)).collect();
        assert_eq!(positions, (1..=96).collect::<Vec<i32>>());
    }

    #[test]
    fn only_what_can_be_guarded_is_shown_in_sums() {
        let (_, headcount) = FILES.iter().find(|(file, _)| *file == "headcount.toml").unwrap();
        assert!(read(headcount).is_ok());
        for (from, to, expected) in [
            ("\nconfidential = \"SUMS\"", "\nconfidential = \"SOME\"", "Confidentiality"),
            ("[\"ELECTED_CADRE\", \"CIVIL_SERVANT\", ", "[\"ELECTED_CADRE\", ", "must all add up to the same whole"),
            ("additivity = \"STOCK\"", "additivity = \"FLOW\"", "must be stocks"),
            ("restates = \"AGE_BAND\"", "restates = \"AGE\"", "it restates AGE, which is no breakdown"),
        ] {
            assert!(headcount.contains(from), "{from}");
            let fault = read(&headcount.replacen(from, to, 1)).err().unwrap();
            assert!(fault.contains(expected), "{from} -> {to}: {fault}");
        }
    }

    #[test]
    fn faults_say_what_to_mend() {
        let (_, feedback) = FILES.iter().find(|(file, _)| *file == "feedback.toml").unwrap();
        for (from, to, expected) in [
            ("code = \"FEEDBACK\"", "code = \"FEED\"", "FormCode"),
            ("left = [\"received\"", "left = [\"recieved\"", "table FEEDBACK has no field recieved"),
            ("kind = \"CARRIED_OVER\"", "kind = \"CARRIED\"", "CARRIED"),
            ("code = \"ON_RULES\"", "code = \"ON_ACTS\"", "value ON_ACTS stands there twice"),
            ("code = \"handled\"", "code = \"Handled\"", "must be a word such as resolvedLate"),
            ("additivity = \"STOCK\"\n", "", "numbers that add up, and only they"),
            ("additivity = \"STOCK\"\n", "adds_up = false\n", "its field pending is not"),
            ("unit = \"FEEDBACK\"\n", "", "numbers, and only they"),
            ("required = true", "max = -1", "its max must be a number"),
            ("required = true", "max = 100000001", "its max must be a number"),
            ("[[check]]", "[[checks]]", "unknown field"),
        ] {
            assert!(feedback.contains(from), "{from}");
            let fault = read(&feedback.replacen(from, to, 1)).unwrap_err();
            assert!(fault.contains(expected), "{from} -> {to}: {fault}");
        }
    }
}
