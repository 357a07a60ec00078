//! What must agree in a template before anything is read by it.

use std::collections::HashSet;
use std::fmt::Display;

use super::Confidentiality;
use super::FieldKind;
use super::definition::{Check, MAX_CELLS, Measure, Selector, Table, Template};
use kernel::form::Additivity;

/// What does not agree in a template.
struct Faults(Vec<String>);

impl Faults {
    fn add(&mut self, at: &str, what: impl Display) {
        self.0.push(format!("{at}: {what}"));
    }

    fn titles(&mut self, at: &str, vi: &str, en: &str) {
        for title in [vi, en] {
            if title.trim().is_empty() || title.chars().count() > 300 {
                self.add(at, "its titles must be 1 to 300 characters");
            }
        }
    }

    /// Codes are words; a field's begins with a small letter.
    fn code(&mut self, at: &str, code: &str, small: bool) {
        let first = |byte: u8| if small { byte.is_ascii_lowercase() } else { byte.is_ascii_uppercase() };
        let rest = |byte: &u8| {
            if small {
                byte.is_ascii_alphanumeric()
            } else {
                byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_'
            }
        };
        let sound = code.len() <= 64 && code.bytes().next().is_some_and(first) && code.as_bytes().iter().all(rest);
        if !sound {
            let example = if small { "resolvedLate" } else { "ONE_STOP" };
            self.add(at, format!("code = \"{code}\" must be a word such as {example}"));
        }
    }

    fn unique<'a>(&mut self, at: &str, what: &str, codes: impl Iterator<Item = &'a str>) {
        let mut seen = HashSet::new();
        for code in codes {
            if !seen.insert(code) {
                self.add(at, format!("{what} {code} stands there twice"));
            }
        }
    }
}

impl Template {
    /// Everything that does not agree, each with the place where it stands.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Faults(Vec::new());
        let at = self.code.as_str();
        faults.titles(at, &self.title_vi, &self.title_en);
        if self.source.trim().is_empty() || self.period_kinds.is_empty() || self.organisation_kinds.is_empty() {
            faults.add(at, "source, period_kinds and organisation_kinds must not be empty");
        }
        faults.unique(at, "table", self.tables.iter().map(|table| table.code.as_str()));
        for table in &self.tables {
            check_table(&mut faults, table);
        }
        let cells: usize = self.tables.iter().map(|table| table.rows.len() * table.fields.len()).sum();
        if cells == 0 || cells > MAX_CELLS {
            faults.add(at, format!("it has {cells} cells; 1 to {MAX_CELLS} are taken"));
        }
        for check in &self.checks {
            self.check_check(&mut faults, check);
        }
        self.check_confidential(&mut faults);
        for measure in &self.measures {
            self.check_measure(&mut faults, measure);
        }
        for comparison in &self.comparisons {
            faults.titles("comparison", &comparison.title_vi, &comparison.title_en);
            if !self.measures.iter().any(|measure| measure.code == comparison.measure) {
                faults.add("comparison", format!("there is no measure {}", comparison.measure));
            }
            if comparison.form == self.code {
                faults.add("comparison", "a form is not compared with itself");
            }
        }
        faults.0
    }

    /// What is shown in sums must be of a shape that `rules::disclosure` can guard: breakdowns of one whole, of which
    /// no period is the sum of others.
    fn check_confidential(&self, faults: &mut Faults) {
        let breakdowns: Vec<(&Selector, &Selector)> = self
            .checks
            .iter()
            .filter_map(|check| match check {
                Check::RowsEqual { part, whole } => Some((part, whole)),
                _ => None,
            })
            .collect();
        for table in &self.tables {
            let Some(other) = &table.restates else { continue };
            if *other == table.code || !breakdowns.iter().any(|(part, _)| part.table == *other) {
                faults.add(&table.code, format!("it restates {other}, which is no breakdown"));
            }
        }
        if self.confidential != Some(Confidentiality::Sums) {
            return;
        }
        let at = "confidential";
        if breakdowns.iter().any(|(_, whole)| Some(*whole) != self.whole()) {
            faults.add(at, "the breakdowns of a form of which sums are shown must all add up to the same whole");
        }
        let mut parts = HashSet::new();
        if breakdowns.iter().flat_map(|(part, _)| self.selected(part)).any(|place| !parts.insert(place)) {
            faults.add(at, "a cell of a form of which sums are shown must stand in one breakdown");
        }
        let mut numbers = self.tables.iter().flat_map(|table| &table.fields).filter(|field| field.is_number());
        if numbers.any(|field| field.additivity != Some(Additivity::Stock)) {
            faults.add(at, "the numbers of a form of which sums are shown must be stocks");
        }
    }

    fn check_check(&self, faults: &mut Faults, check: &Check) {
        match check {
            Check::Equal { table, left, right } => {
                self.check_fields(faults, "EQUAL", table, left, true);
                self.check_fields(faults, "EQUAL", table, right, true);
            }
            Check::AtMost { table, part, whole } => {
                self.check_fields(faults, "AT_MOST", table, part, true);
                self.check_fields(faults, "AT_MOST", table, whole, true);
            }
            Check::RowsEqual { part, whole } => {
                self.check_selector(faults, "ROWS_EQUAL", part);
                self.check_selector(faults, "ROWS_EQUAL", whole);
            }
            Check::CarriedOver { table, field, from } => {
                self.check_fields(faults, "CARRIED_OVER", table, &[field.clone(), from.clone()], true);
            }
            Check::Implies { table, when, then, .. } => {
                self.check_fields(faults, "IMPLIES", table, when, false);
                self.check_fields(faults, "IMPLIES", table, then, false);
            }
        }
    }

    fn check_fields(&self, faults: &mut Faults, at: &str, table: &str, fields: &[String], numbers: bool) {
        let Some((_, table)) = self.table(table) else {
            faults.add(at, format!("there is no table {table}"));
            return;
        };
        if fields.is_empty() {
            faults.add(at, "it must name a field on each side");
        }
        for code in fields {
            match table.fields.iter().find(|field| field.code == *code) {
                None => faults.add(at, format!("table {} has no field {code}", table.code)),
                Some(field) if numbers && !field.is_number() => faults.add(at, format!("{code} is no number")),
                Some(_) => {}
            }
        }
    }

    fn check_selector(&self, faults: &mut Faults, at: &str, selector: &Selector) {
        self.check_fields(faults, at, &selector.table, &selector.fields, true);
        let Some((_, table)) = self.table(&selector.table) else { return };
        for (code, values) in &selector.only {
            let Some(dimension) = table.dimensions.iter().find(|dimension| dimension.code == *code) else {
                faults.add(at, format!("table {} has no dimension {code}", table.code));
                continue;
            };
            for value in values {
                if !dimension.values.iter().any(|known| known.code == *value) {
                    faults.add(at, format!("dimension {code} has no value {value}"));
                }
            }
        }
        if self.selected(selector).is_empty() {
            faults.add(at, "it selects no cell");
        }
    }

    fn check_measure(&self, faults: &mut Faults, measure: &Measure) {
        let at = measure.code.as_str();
        faults.titles(at, &measure.title_vi, &measure.title_en);
        let selector = measure.selector();
        self.check_selector(faults, at, &selector);
        for place in self.selected(&selector) {
            let Some((_, _, field)) = self.at(place) else { continue };
            if field.additivity != Some(measure.additivity) {
                faults.add(at, format!("it is {}, and its field {} is not", measure.additivity, field.code));
                break;
            }
        }
    }
}

fn check_table(faults: &mut Faults, table: &Table) {
    let at = table.code.as_str();
    faults.code(at, &table.code, false);
    faults.titles(at, &table.title_vi, &table.title_en);
    faults.unique(at, "dimension", table.dimensions.iter().map(|dimension| dimension.code.as_str()));
    faults.unique(at, "field", table.fields.iter().map(|field| field.code.as_str()));
    for dimension in &table.dimensions {
        faults.code(at, &dimension.code, false);
        faults.titles(at, &dimension.title_vi, &dimension.title_en);
        faults.unique(at, "value", dimension.values.iter().map(|value| value.code.as_str()));
        for value in &dimension.values {
            faults.code(at, &value.code, false);
            faults.titles(at, &value.title_vi, &value.title_en);
        }
    }
    if table.rows.iter().any(|row| row.code.len() > 200) {
        faults.add(at, "the code of a row is longer than 200 characters");
    }
    for field in &table.fields {
        faults.code(at, &field.code, true);
        faults.titles(at, &field.title_vi, &field.title_en);
        if field.not_after.is_some() && field.kind != FieldKind::Date {
            faults.add(at, format!("{}: only a day has a last day", field.code));
        }
        if field.is_number() != field.unit.is_some() {
            faults.add(at, format!("{}: numbers, and only they, have a unit", field.code));
        }
        if (field.is_number() && field.adds_up) != field.additivity.is_some() {
            faults.add(at, format!("{}: numbers that add up, and only they, have an additivity", field.code));
        }
        if field.max.is_some_and(|max| max < 0 || field.kind.max().is_none_or(|most| max > most)) {
            faults.add(at, format!("{}: its max must be a number that its kind takes", field.code));
        }
    }
}
