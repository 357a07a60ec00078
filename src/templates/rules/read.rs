//! Reading cells: whether there is such a cell, and whether what is given fits it.

use kernel::faults::MAX_TEXT;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Content, Given, GivenCell, cell_name};
use crate::FieldKind;
use crate::definition::{Field, MAX_CELLS, Place, Row, Template};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// How many codes a message lists.
const LISTED: usize = 20;

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

fn listed<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    let codes: Vec<&str> = codes.collect();
    let shown = codes.iter().take(LISTED).copied().collect::<Vec<&str>>().join(", ");
    if codes.len() > LISTED { format!("{shown}, ...") } else { shown }
}

/// A fault of a cell of the input.
pub(super) fn fault_at(index: usize, code: UserErrorCode, message: Message) -> UserError {
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
            let max = field.largest().unwrap_or(i64::MAX);
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
