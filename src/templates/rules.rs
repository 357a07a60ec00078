//! The rules of forms that templates describe, as pure functions: reading cells, checking them, and which
//! measures they give.

mod blocks;
mod check;
pub mod disclosure;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use blocks::{Block, Blocks};

use super::definition::{Check, Comparison, Dimension, Field, Measure, Place, Row, Selector, Table, Template};
use kernel::form::Additivity;
use kernel::form::{Figures, FormChange, Warning, WarningCode};
use kernel::i18n::{Message, MessageArg};
use kernel::period::Period;
use kernel::period::cover::{Cover, cover};

pub use check::{CellFault, at_cells, check, check_days, late_days};
pub use read::{ReadCells, read};

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

/// The names of what a table's rows are broken down by.
fn dimension_name(table: &Table) -> MessageArg {
    let joined = |of: fn(&Dimension) -> &str| table.dimensions.iter().map(of).collect::<Vec<&str>>().join(", ");
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
        Check::Implies { when, then, above_zero, .. } => {
            let number = |code: &String| table.fields.iter().any(|field| field.code == *code && field.is_number());
            let key = match (when.iter().all(number), above_zero) {
                (true, false) => "template-check-implies",
                (true, true) => "template-check-implies-above-zero",
                (false, _) => "template-check-implies-given",
            };
            Message::new(key).with("when", sum_name(table, when)).with("then", sum_name(table, then))
        }
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

/// Where a form and another of the same unit and period say something different, of which both figures are known by
/// measure: odd, though it is not known which of the two is wrong.
pub fn differences(comparison: &Comparison, own: &Measure, given: i64, other: i64) -> Option<Warning> {
    let message = Message::new("template-warning-differs")
        .with("measure", own.named())
        .with("given", given)
        .with("other", comparison.named())
        .with("expected", other);
    (given != other).then_some(Warning { code: WarningCode::FormsDiffer, message })
}

/// Every measure of the template with its sum; none where the form fills no number of the measure's block: whoever
/// reports one method says nothing of the others. A template has so few cells that no sum overflows.
pub fn figures(template: &'static Template, cells: &Cells) -> Figures {
    let blocks = Blocks::of(template);
    let filled = blocks.filled(cells);
    let measures = template.measures.iter().map(|measure| {
        let places = template.selected(&measure.selector());
        let given = places.first().is_some_and(|place| filled.contains(&blocks.at(*place)));
        (measure.code.as_str(), given.then(|| sum(cells, places)))
    });
    measures.collect()
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
            line_name: row.named(),
            field: &field.code,
            before: number(was),
            after: number(is),
            before_text: text(was),
            after_text: text(is),
        });
    }
    changes
}

/// First and last day of a submission.
pub type Days = (NaiveDate, NaiveDate);

/// What an organisation has accepted inside a period.
pub type Accepted<'a> = BTreeMap<Days, &'a Cells>;

/// Rolls numbers up: for each organisation over its submissions in the order of time, as each field adds, then
/// over the organisations. Which submissions make a period up is asked for each block by itself, of those that fill
/// it: the period's own goes before its parts where it says something. A cell that none of them has is not known of
/// the organisation; one that some have is 0 in the others, as in the measures. Overflow gives no value rather than a
/// wrong one.
///
/// Beside the numbers: of each organisation the submissions that were used, and the parts of the period for which
/// it has nothing accepted.
pub fn roll_up(
    template: &Template,
    period: &Period,
    organisations: &[Accepted<'_>],
) -> (BTreeMap<Place, i64>, Vec<Cover<Days>>) {
    let blocks = Blocks::of(template);
    let mut found: BTreeMap<Place, Option<i64>> = BTreeMap::new();
    let mut covers = Vec::with_capacity(organisations.len());
    for accepted in organisations {
        let mut by_block: BTreeMap<Block, BTreeMap<Days, Days>> = BTreeMap::new();
        for (days, cells) in accepted {
            for block in blocks.filled(cells) {
                by_block.entry(block).or_default().insert(*days, *days);
            }
        }
        // The form as a whole: one that says nothing is there all the same.
        let whole = cover(period, &accepted.keys().map(|days| (*days, *days)).collect());
        let mut used: BTreeSet<Days> = whole.chosen.into_iter().collect();
        let mut missing: BTreeMap<Days, Period> =
            whole.missing.into_iter().map(|part| ((part.start, part.end), part)).collect();
        for (block, known) in by_block {
            let Cover { chosen, missing: parts } = cover(period, &known);
            let nothing_in = |part: &Period| !accepted.keys().any(|days| part.start <= days.0 && days.1 <= part.end);
            missing.extend(parts.into_iter().filter(nothing_in).map(|part| ((part.start, part.end), part)));
            used.extend(chosen.iter().copied());
            let submissions: Vec<&Cells> = chosen.iter().filter_map(|days| accepted.get(days).copied()).collect();
            add_up(template, &submissions, |place| blocks.at(place) == block, &mut found);
        }
        covers.push(Cover { chosen: used.into_iter().collect(), missing: missing.into_values().collect() });
    }
    (found.into_iter().filter_map(|(place, value)| Some((place, value?))).collect(), covers)
}

/// Adds the numbers of one organisation's submissions, in the order of time, to those of others.
fn add_up(
    template: &Template,
    submissions: &[&Cells],
    wanted: impl Fn(Place) -> bool,
    found: &mut BTreeMap<Place, Option<i64>>,
) {
    let places: BTreeSet<Place> =
        submissions.iter().flat_map(|cells| cells.keys()).copied().filter(|place| wanted(*place)).collect();
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

#[cfg(test)]
mod tests;
