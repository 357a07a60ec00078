//! What must hold in a form: what is required, what adds up, what is carried over.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;

use super::read::fault_at;
use super::{Carried, Cells, Content, cell_name, dimension_name, selector_name, sum, sum_name};
use crate::DayLimit;
use crate::definition::{Check, Place, Row, Selector, Table, Template};
use kernel::form::{Warning, WarningCode};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

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
            Check::Implies { table, when, then, above_zero } => checking.implies(table, when, then, *above_zero),
        }
    }
    checking.faults
}

/// The days of the fields that take none after today.
fn limited_days<'a>(template: &'a Template, cells: &'a Cells) -> impl Iterator<Item = (Place, NaiveDate)> + 'a {
    cells.iter().filter_map(|(place, content)| {
        let (_, _, field) = template.at(*place)?;
        match (field.not_after, content) {
            (Some(DayLimit::Today), Content::Text(day)) => Some((*place, day.parse().ok()?)),
            _ => None,
        }
    })
}

/// Checks the days of fields that take none after today. `today` is the day on which the cells were last written.
pub fn check_days(
    template: &Template,
    cells: &Cells,
    indices: &HashMap<Place, usize>,
    today: NaiveDate,
) -> Vec<UserError> {
    let faulty = BTreeSet::new();
    let mut checking = Checking { template, cells, indices, faulty: &faulty, faults: Vec::new() };
    for (place, day) in limited_days(template, cells).filter(|(_, day)| *day > today) {
        let Some((_, row, field)) = template.at(place) else { continue };
        let message = Message::new("template-day-to-come")
            .with("cell", cell_name(row, field))
            .with("today", today.to_string())
            .with("given", day.to_string());
        checking.add(&[place], UserErrorCode::OutOfRange, message, None);
        if let Some(fault) = checking.faults.pop() {
            checking.faults.push(fault.expecting(today, day));
        }
    }
    checking.faults
}

/// What does not hold in a cell by a rule that its template can't say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellFault {
    /// Where.
    pub place: Place,
    /// What kind of fault.
    pub code: UserErrorCode,
    /// The sentence, which takes the cell's name as `cell`.
    pub message: Message,
    /// What was expected and what was given, where it can be said.
    pub values: Option<(String, String)>,
}

/// Such faults as they are answered: where the cells stood in the input, or else at the cell by its codes.
pub fn at_cells(template: &Template, found: Vec<CellFault>, indices: &HashMap<Place, usize>) -> Vec<UserError> {
    let (cells, faulty) = (Cells::new(), BTreeSet::new());
    let mut checking = Checking { template, cells: &cells, indices, faulty: &faulty, faults: Vec::new() };
    for CellFault { place, code, message, values } in found {
        let Some((_, row, field)) = template.at(place) else { continue };
        checking.add(&[place], code, message.with("cell", cell_name(row, field)), None);
        if let (Some((expected, given)), Some(fault)) = (values, checking.faults.last_mut()) {
            (fault.expected, fault.given) = (Some(expected), Some(given));
        }
    }
    checking.faults
}

/// What is odd about such days: later than the last day to submit the period. Figures that come from elsewhere may
/// come late, so it is not refused.
pub fn late_days(template: &Template, cells: &Cells, last: NaiveDate) -> Vec<Warning> {
    let late = limited_days(template, cells).filter(|(_, day)| *day > last);
    late.filter_map(|(place, day)| {
        let (_, row, field) = template.at(place)?;
        let message = Message::new("template-warning-late-day")
            .with("cell", cell_name(row, field))
            .with("given", day.to_string())
            .with("last", last.to_string());
        Some(Warning { code: WarningCode::LateFigure, message })
    })
    .collect()
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
                if !(begun || table.always) || self.faulty.contains(&(number, row)) {
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
                    .with("given", given)
                    .with("difference", given - expected);
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
            let expected = super::number(&carried.cells, Place { table: number, row, field: out });
            let given = super::number(self.cells, place);
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

    fn implies(&mut self, table: &str, when: &[String], then: &[String], above_zero: bool) {
        for (number, row, found, title) in self.rows(table) {
            let said = |place: &Place| !matches!(self.cells.get(place), None | Some(Content::Number(0)));
            if !Self::places(number, row, found, when).iter().any(said) {
                continue;
            }
            for place in Self::places(number, row, found, then) {
                let key = match self.cells.get(&place) {
                    None => "template-implies",
                    Some(Content::Number(0)) if above_zero => "template-implies-above-zero",
                    Some(_) => continue,
                };
                let Some(field) = found.fields.get(place.field) else { continue };
                let message = Message::new(key).with("cell", cell_name(title, field));
                self.add(&[place], UserErrorCode::Required, message, None);
            }
        }
    }
}
