//! The rules of forms that templates describe, as pure functions: reading cells, checking them, and which
//! measures they give.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::FieldKind;
use super::definition::{Check, Field, MAX_CELLS, Place, Row, Selector, Table, Template};
use crate::i18n::{Message, MessageArg};
use crate::indicator::rules::Additivity;
use crate::user_error::{UserError, UserErrorCode};
use crate::workflow::{FormChange, Warning, WarningCode};

/// The largest count: more than all dossiers of the nation in a year.
const MAX_COUNT: i64 = 100_000_000;
/// The largest amount: the largest whole number that every JSON reader keeps exactly.
const MAX_AMOUNT: i64 = (1 << 53) - 1;
/// The longest text, in characters.
const MAX_TEXT: usize = 2_000;
/// How many codes a message lists.
const LISTED: usize = 20;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A count or an amount.
    Number(i64),
    /// A text, or a day as `2026-03-14`.
    Text(String),
}

/// The cells of a form that are filled.
pub type Cells = BTreeMap<Place, Content>;

/// What is given for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A whole number.
    Number(i64),
    /// Something that stands where a whole number belongs: `86.32`, or `85%`.
    NotACount(String),
    /// A text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// Nothing, or several things at once.
    Unclear,
}

/// A cell as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenCell {
    /// Code of the table.
    pub table: String,
    /// Code of the row.
    pub row: String,
    /// Code of the field.
    pub field: String,
    /// What is given.
    pub given: Given,
}

/// Cells that were read.
#[derive(Debug, Clone, Default)]
pub struct ReadCells {
    /// What stands in each; none for a blank text, which empties its cell.
    pub cells: BTreeMap<Place, Option<Content>>,
    /// Where each stood in the input.
    pub indices: HashMap<Place, usize>,
    /// The rows in which something is wrong already; their sums are not looked at.
    pub faulty: BTreeSet<(usize, usize)>,
    /// What is wrong.
    pub faults: Vec<UserError>,
}

fn path_of(index: usize) -> Vec<String> {
    vec!["cells".to_owned(), index.to_string()]
}

fn line_of(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// A cell's name: its row and its field.
fn cell_name(row: &Row, field: &Field) -> MessageArg {
    MessageArg::Named {
        vi: format!("{}: {}", row.title_vi, field.title_vi),
        en: format!("{}: {}", row.title_en, field.title_en),
    }
}

/// The names of some fields, as a sum.
pub fn sum_name(table: &Table, fields: &[String]) -> MessageArg {
    let found: Vec<&Field> = fields.iter().filter_map(|code| table.fields.get(table.field(code)?)).collect();
    let joined = |of: fn(&Field) -> &str| found.iter().map(|field| of(field)).collect::<Vec<&str>>().join(" + ");
    MessageArg::Named { vi: joined(|field| &field.title_vi), en: joined(|field| &field.title_en) }
}

fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let codes: Vec<&str> = codes.collect();
    let shown = codes.iter().take(LISTED).copied().collect::<Vec<&str>>().join(", ");
    if codes.len() > LISTED { format!("{shown}, ...") } else { shown }
}

fn fault_at(index: usize, code: UserErrorCode, message: Message) -> UserError {
    let line = line_of(index);
    UserError {
        code,
        field: path_of(index),
        line: Some(line),
        expected: None,
        given: None,
        message: message.with("line", line),
    }
}

/// Reads what is given: whether there is such a cell, and whether what is given fits it. All faults at once.
pub fn read(template: &Template, given: &[GivenCell]) -> ReadCells {
    let mut found = ReadCells::default();
    if given.len() > MAX_CELLS {
        let message = Message::new("template-too-many-cells").with("max", MAX_CELLS).with("given", given.len());
        let fault = UserError::new(UserErrorCode::OutOfRange, &["cells"], message);
        found.faults.push(fault.expecting(MAX_CELLS, given.len()));
        return found;
    }
    for (index, cell) in given.iter().enumerate() {
        let place = match locate(template, index, cell) {
            Ok(place) => place,
            Err(fault) => {
                found.faults.push(*fault);
                let row = template.table(&cell.table).and_then(|(number, table)| Some((number, table.row(&cell.row)?)));
                found.faulty.extend(row);
                continue;
            }
        };
        let Some((_, row, field)) = template.at(place) else { continue };
        if let Some(first) = found.indices.get(&place) {
            let message =
                Message::new("template-duplicate").with("cell", cell_name(row, field)).with("first", line_of(*first));
            found.faults.push(fault_at(index, UserErrorCode::Duplicate, message));
            found.faulty.insert((place.table, place.row));
            continue;
        }
        found.indices.insert(place, index);
        match content_of(index, row, field, &cell.given) {
            Ok(content) => {
                found.cells.insert(place, content);
            }
            Err(fault) => {
                found.faults.push(*fault);
                found.faulty.insert((place.table, place.row));
            }
        }
    }
    found
}

fn locate(template: &Template, index: usize, cell: &GivenCell) -> Result<Place, Box<UserError>> {
    let unknown = |key: &'static str, given: &str, known: String| {
        let message = Message::new(key).with("given", given).with("known", known.as_str());
        Box::new(fault_at(index, UserErrorCode::UnknownCode, message).expecting(known, given))
    };
    let Some((number, table)) = template.table(&cell.table) else {
        let known = listed(template.tables.iter().map(|table| table.code.as_str()));
        return Err(unknown("template-unknown-table", &cell.table, known));
    };
    let Some(row) = table.row(&cell.row) else {
        let known = listed(table.rows.iter().map(|row| row.code.as_str()));
        return Err(unknown("template-unknown-row", &cell.row, known));
    };
    let Some(field) = table.field(&cell.field) else {
        let known = listed(table.fields.iter().map(|field| field.code.as_str()));
        return Err(unknown("template-unknown-field", &cell.field, known));
    };
    Ok(Place { table: number, row, field })
}

/// What stands in a cell, if what is given fits it.
fn content_of(index: usize, row: &Row, field: &Field, given: &Given) -> Result<Option<Content>, Box<UserError>> {
    let fault = |code, key: &'static str| {
        move |given: String| {
            let message = Message::new(key).with("cell", cell_name(row, field)).with("given", given.as_str());
            let mut fault = fault_at(index, code, message);
            fault.given = Some(given);
            fault
        }
    };
    let shown = match given {
        Given::Number(number) => number.to_string(),
        Given::NotACount(text) | Given::Text(text) => text.chars().take(80).collect(),
        Given::Date(day) => day.to_string(),
        Given::Unclear => {
            return Err(Box::new(fault(UserErrorCode::Required, "template-nothing-given")(String::new())));
        }
    };
    match (field.kind, given) {
        (FieldKind::Count | FieldKind::Vnd, Given::Number(number)) => {
            let max = if field.kind == FieldKind::Count { MAX_COUNT } else { MAX_AMOUNT };
            if *number < 0 {
                Err(Box::new(fault(UserErrorCode::OutOfRange, "template-negative")(shown).expecting(0, number)))
            } else if *number > max {
                let mut fault = fault(UserErrorCode::OutOfRange, "template-too-large")(shown).expecting(max, number);
                fault.message = fault.message.with("max", max);
                Err(Box::new(fault))
            } else {
                Ok(Some(Content::Number(*number)))
            }
        }
        (FieldKind::Count | FieldKind::Vnd, Given::NotACount(_)) => {
            Err(Box::new(fault(UserErrorCode::NotACount, "template-not-a-count")(shown)))
        }
        (FieldKind::Count | FieldKind::Vnd, _) => {
            Err(Box::new(fault(UserErrorCode::Malformed, "template-wants-count")(shown)))
        }
        (FieldKind::Date, Given::Date(day)) => Ok(Some(Content::Text(day.to_string()))),
        (FieldKind::Date, _) => Err(Box::new(fault(UserErrorCode::Malformed, "template-wants-date")(shown))),
        (FieldKind::Text, Given::Text(text)) => {
            let text = text.trim();
            let length = text.chars().count();
            if length > MAX_TEXT {
                let mut fault = fault(UserErrorCode::OutOfRange, "template-text-too-long")(length.to_string())
                    .expecting(MAX_TEXT, length);
                fault.message = fault.message.with("max", MAX_TEXT);
                return Err(Box::new(fault));
            }
            Ok((!text.is_empty()).then(|| Content::Text(text.to_owned())))
        }
        (FieldKind::Text, _) => Err(Box::new(fault(UserErrorCode::Malformed, "template-wants-text")(shown))),
    }
}

/// What the form of the period before left.
#[derive(Debug, Clone)]
pub struct Carried {
    /// The period's code.
    pub period: String,
    /// Its cells.
    pub cells: Cells,
}

fn number(cells: &Cells, place: Place) -> i64 {
    match cells.get(&place) {
        Some(Content::Number(number)) => *number,
        _ => 0,
    }
}

fn sum(cells: &Cells, places: impl IntoIterator<Item = Place>) -> i64 {
    places.into_iter().map(|place| number(cells, place)).sum()
}

/// The checks of one form at hand.
struct Checking<'a> {
    template: &'a Template,
    cells: &'a Cells,
    /// Where cells stood in the input; empty for a stored form.
    indices: &'a HashMap<Place, usize>,
    faulty: &'a BTreeSet<(usize, usize)>,
    faults: Vec<UserError>,
}

/// Checks the cells of a form against its template: what is required, what must add up, what is carried over.
/// Rows that are faulty already are passed over. All faults at once.
pub fn check(
    template: &Template,
    cells: &Cells,
    indices: &HashMap<Place, usize>,
    faulty: &BTreeSet<(usize, usize)>,
    carried: Option<&Carried>,
) -> Vec<UserError> {
    let mut checking = Checking { template, cells, indices, faulty, faults: Vec::new() };
    checking.required();
    for check in &template.checks {
        match check {
            Check::Equal { table, left, right } => checking.equal(table, left, right),
            Check::AtMost { table, part, whole } => checking.at_most(table, part, whole),
            Check::RowsEqual { part, whole } => checking.rows_equal(part, whole),
            Check::CarriedOver { table, field, from } => checking.carried_over(carried, table, field, from),
            Check::Implies { table, when, then } => checking.implies(table, when, then),
        }
    }
    checking.faults
}

impl<'a> Checking<'a> {
    /// The rows of a table that are sound so far.
    fn rows(&self, code: &str) -> Vec<(usize, usize, &'a Table, &'a Row)> {
        let Some((number, table)) = self.template.table(code) else { return Vec::new() };
        let rows = table.rows.iter().enumerate().map(|(row, found)| (number, row, table, found));
        rows.filter(|(number, row, _, _)| !self.faulty.contains(&(*number, *row))).collect()
    }

    fn places(table: usize, row: usize, found: &Table, fields: &[String]) -> Vec<Place> {
        fields.iter().filter_map(|code| Some(Place { table, row, field: found.field(code)? })).collect()
    }

    /// A fault about some cells, the likeliest first: it stands at the first that is in the input, or else at
    /// another of the row, or else at the cell by its codes.
    fn add(&mut self, places: &[Place], code: UserErrorCode, message: Message, sums: Option<(i64, i64)>) {
        let Some(first) = places.first() else { return };
        let given = places.iter().find_map(|place| self.indices.get(place)).copied().or_else(|| {
            let row = self.indices.iter().filter(|(place, _)| (place.table, place.row) == (first.table, first.row));
            row.map(|(_, index)| *index).min()
        });
        let mut fault = match given {
            Some(index) => fault_at(index, code, message),
            None => {
                let codes = self.template.at(*first).map(|(table, row, field)| [&table.code, &row.code, &field.code]);
                let field = ["cells"].into_iter().map(str::to_owned).chain(codes.into_iter().flatten().cloned());
                let message = message.with("line", "-");
                UserError { code, field: field.collect(), line: None, expected: None, given: None, message }
            }
        };
        if let Some((expected, given)) = sums {
            fault = fault.expecting(expected, given);
        }
        self.faults.push(fault);
    }

    fn required(&mut self) {
        let template = self.template;
        for (number, table) in template.tables.iter().enumerate() {
            for (row, found) in table.rows.iter().enumerate() {
                let of_row = |field| Place { table: number, row, field };
                let begun = (0..table.fields.len()).any(|field| self.cells.contains_key(&of_row(field)));
                if !begun || self.faulty.contains(&(number, row)) {
                    continue;
                }
                for (field, definition) in table.fields.iter().enumerate().filter(|(_, field)| field.required) {
                    if !self.cells.contains_key(&of_row(field)) {
                        let message = Message::new("template-required").with("cell", cell_name(found, definition));
                        self.add(&[of_row(field)], UserErrorCode::Required, message, None);
                    }
                }
            }
        }
    }

    fn equal(&mut self, table: &str, left: &[String], right: &[String]) {
        for (number, row, found, title) in self.rows(table) {
            let mut places = Self::places(number, row, found, left);
            let others = Self::places(number, row, found, right);
            let (given, expected) = (sum(self.cells, places.iter().copied()), sum(self.cells, others.iter().copied()));
            if given != expected {
                places.extend(others);
                let message = Message::new("template-equal")
                    .with("row", title.named())
                    .with("left", sum_name(found, left))
                    .with("right", sum_name(found, right))
                    .with("expected", expected)
                    .with("given", given);
                self.add(&places, UserErrorCode::SumMismatch, message, Some((expected, given)));
            }
        }
    }

    fn at_most(&mut self, table: &str, part: &[String], whole: &[String]) {
        for (number, row, found, title) in self.rows(table) {
            let places = Self::places(number, row, found, part);
            let given = sum(self.cells, places.iter().copied());
            let max = sum(self.cells, Self::places(number, row, found, whole));
            if given > max {
                let message = Message::new("template-at-most")
                    .with("row", title.named())
                    .with("part", sum_name(found, part))
                    .with("whole", sum_name(found, whole))
                    .with("max", max)
                    .with("given", given);
                self.add(&places, UserErrorCode::OutOfRange, message, Some((max, given)));
            }
        }
    }

    fn rows_equal(&mut self, part: &Selector, whole: &Selector) {
        let template = self.template;
        let (parts, wholes) = (template.selected(part), template.selected(whole));
        if parts.iter().chain(&wholes).any(|place| self.faulty.contains(&(place.table, place.row))) {
            return;
        }
        let (Some((_, of_part)), Some((_, of_whole))) = (template.table(&part.table), template.table(&whole.table))
        else {
            return;
        };
        let (given, expected) = (sum(self.cells, parts.iter().copied()), sum(self.cells, wholes));
        if given != expected {
            let message = Message::new("template-rows-equal")
                .with("dimension", dimension_name(of_part))
                .with("part", selector_name(of_part, part))
                .with("whole", selector_name(of_whole, whole))
                .with("expected", expected)
                .with("given", given)
                .with("difference", given - expected);
            self.add(&parts, UserErrorCode::SumMismatch, message, Some((expected, given)));
        }
    }

    fn carried_over(&mut self, carried: Option<&Carried>, table: &str, field: &str, from: &str) {
        let Some(carried) = carried else { return };
        for (number, row, found, title) in self.rows(table) {
            let (Some(into), Some(out)) = (found.field(field), found.field(from)) else { continue };
            let place = Place { table: number, row, field: into };
            let expected = self::number(&carried.cells, Place { table: number, row, field: out });
            let given = self::number(self.cells, place);
            if given != expected {
                let message = Message::new("template-carried-over")
                    .with("cell", found.fields.get(into).map_or_else(|| title.named(), |field| cell_name(title, field)))
                    .with("from", sum_name(found, &[from.to_owned()]))
                    .with("period", carried.period.as_str())
                    .with("expected", expected)
                    .with("given", given);
                self.add(&[place], UserErrorCode::CarryOverMismatch, message, Some((expected, given)));
            }
        }
    }

    fn implies(&mut self, table: &str, when: &[String], then: &[String]) {
        for (number, row, found, title) in self.rows(table) {
            let counts = Self::places(number, row, found, when);
            if counts.iter().all(|place| self::number(self.cells, *place) == 0) {
                continue;
            }
            for place in Self::places(number, row, found, then) {
                if self.cells.contains_key(&place) {
                    continue;
                }
                let Some(field) = found.fields.get(place.field) else { continue };
                let message = Message::new("template-implies").with("cell", cell_name(title, field));
                self.add(&[place], UserErrorCode::Required, message, None);
            }
        }
    }
}

/// The names of what a table's rows are broken down by.
fn dimension_name(table: &Table) -> MessageArg {
    let joined = |of: fn(&super::definition::Dimension) -> &str| {
        table.dimensions.iter().map(of).collect::<Vec<&str>>().join(", ")
    };
    MessageArg::Named { vi: joined(|one| &one.title_vi), en: joined(|one| &one.title_en) }
}

/// The name of a selector: its fields, its table, and the values that it is narrowed to.
fn selector_name(table: &Table, selector: &Selector) -> MessageArg {
    let MessageArg::Named { vi, en } = sum_name(table, &selector.fields) else { return table.named() };
    let values = table.dimensions.iter().filter_map(|dimension| {
        let wanted = selector.only.get(&dimension.code)?;
        Some(dimension.values.iter().filter(|value| wanted.contains(&value.code)))
    });
    let (mut of_vi, mut of_en) = (table.title_vi.clone(), table.title_en.clone());
    for value in values.flatten() {
        of_vi = format!("{of_vi}, {}", value.title_vi);
        of_en = format!("{of_en}, {}", value.title_en);
    }
    MessageArg::Named { vi: format!("{vi} ({of_vi})"), en: format!("{en} ({of_en})") }
}

/// What a check asks, as a sentence.
pub fn sentence(template: &Template, check: &Check) -> Option<Message> {
    let (_, table) = template.table(check.table())?;
    Some(match check {
        Check::Equal { left, right, .. } => Message::new("template-check-equal")
            .with("left", sum_name(table, left))
            .with("right", sum_name(table, right)),
        Check::AtMost { part, whole, .. } => Message::new("template-check-at-most")
            .with("part", sum_name(table, part))
            .with("whole", sum_name(table, whole)),
        Check::RowsEqual { part, whole } => {
            let (_, of_whole) = template.table(&whole.table)?;
            Message::new("template-check-rows-equal")
                .with("part", selector_name(table, part))
                .with("whole", selector_name(of_whole, whole))
        }
        Check::CarriedOver { field, from, .. } => Message::new("template-check-carried-over")
            .with("field", sum_name(table, std::slice::from_ref(field)))
            .with("from", sum_name(table, std::slice::from_ref(from))),
        Check::Implies { when, then, .. } => Message::new("template-check-implies")
            .with("when", sum_name(table, when))
            .with("then", sum_name(table, then)),
    })
}

/// What is odd about a form: nothing reported, or the period before is missing.
pub fn warnings(cells: &Cells, missing_period: Option<&str>) -> Vec<Warning> {
    let mut found = Vec::new();
    let reported = cells.values().any(|content| !matches!(content, Content::Number(0)));
    if !reported {
        found.push(Warning { code: WarningCode::EmptyForm, message: Message::new("template-warning-empty") });
    }
    if let Some(period) = missing_period {
        let message = Message::new("template-warning-missing-period").with("period", period);
        found.push(Warning { code: WarningCode::MissingPeriod, message });
    }
    found
}

/// Every measure of the template with its sum. A template has so few cells that no sum overflows.
pub fn figures(template: &'static Template, cells: &Cells) -> Vec<(&'static str, i64)> {
    let measures = template.measures.iter();
    measures.map(|measure| (measure.code.as_str(), sum(cells, template.selected(&measure.selector())))).collect()
}

/// The differences between two sets of cells, in the form's order.
pub fn compare(template: &'static Template, before: &Cells, after: &Cells) -> Vec<FormChange> {
    let places: BTreeSet<Place> = before.keys().chain(after.keys()).copied().collect();
    let mut changes = Vec::new();
    for place in places {
        let (was, is) = (before.get(&place), after.get(&place));
        let Some((table, row, field)) = template.at(place).filter(|_| was != is) else { continue };
        let number = |content: Option<&Content>| match content {
            Some(Content::Number(number)) => Some(*number),
            _ => None,
        };
        let text = |content: Option<&Content>| match content {
            Some(Content::Text(text)) => Some(text.clone()),
            _ => None,
        };
        changes.push(FormChange {
            line_code: format!("{}/{}", table.code, row.code),
            line_name: row.title_vi.clone(),
            field: &field.code,
            before: number(was),
            after: number(is),
            before_text: text(was),
            after_text: text(is),
        });
    }
    changes
}

/// Rolls numbers up: for each organisation over its submissions in the order of time, as each field adds, then
/// over the organisations. A cell that none of an organisation's submissions has is not known of it; one that
/// some have is 0 in the others, as in the measures. Overflow gives no value rather than a wrong one.
pub fn roll_up(template: &Template, organisations: &[Vec<&Cells>]) -> BTreeMap<Place, i64> {
    let mut found: BTreeMap<Place, Option<i64>> = BTreeMap::new();
    for submissions in organisations {
        let places: BTreeSet<Place> = submissions.iter().flat_map(|cells| cells.keys()).copied().collect();
        for place in places {
            let Some(additivity) = template.at(place).and_then(|(_, _, field)| field.additivity) else { continue };
            let mut values = submissions.iter().map(|cells| number(cells, place));
            let value = match additivity {
                Additivity::Flow => values.try_fold(0_i64, i64::checked_add),
                Additivity::Stock | Additivity::Cumulative => values.next_back(),
                Additivity::Opening => values.next(),
            };
            let total = found.entry(place).or_insert(Some(0));
            *total = total.zip(value).and_then(|(total, value)| total.checked_add(value));
        }
    }
    found.into_iter().filter_map(|(place, value)| Some((place, value?))).collect()
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
