//! What must be mended in the files: where it is, and what.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;

/// Where a fault is.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub file: &'static str,
    pub entry: &'a str,
}

/// What must be mended in the files.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<String>);

impl Faults {
    pub fn add(&mut self, at: At<'_>, what: impl Display) {
        self.0.push(format!("{}, {}: {what}", at.file, at.entry));
    }

    pub fn choice<T: FromStr + Display>(&mut self, at: At<'_>, field: &str, given: &str, all: &[T]) {
        if T::from_str(given).is_err() {
            self.add(at, format!("{field} = \"{given}\" must be one of {}", joined(all)));
        }
    }

    pub fn word(&mut self, at: At<'_>, field: &str, given: &str, all: &[&str]) {
        if !all.contains(&given) {
            self.add(at, format!("{field} = \"{given}\" must be one of {}", joined(all)));
        }
    }

    pub fn known(&mut self, at: At<'_>, field: &str, given: &str, known: &HashSet<&str>, file: &str) {
        if !known.contains(given) {
            self.add(at, format!("{field} = \"{given}\" is not in {file}"));
        }
    }

    /// Codes and sections are ASCII and fit their columns.
    pub fn code(&mut self, at: At<'_>, field: &str, given: &str, most: usize) {
        if !(1..=most).contains(&given.len()) || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.add(at, format!("{field} = \"{given}\" must be 1 to {most} ASCII characters without spaces"));
        }
    }

    pub fn text(&mut self, at: At<'_>, field: &str, given: &str, most: usize) {
        if given.trim().is_empty() || given.chars().count() > most {
            self.add(at, format!("{field} must be 1 to {most} characters"));
        }
    }

    pub fn days(&mut self, at: At<'_>, from: NaiveDate, to: Option<NaiveDate>) {
        if to.is_some_and(|to| to < from) {
            self.add(at, format!("ends before it begins on {from}"));
        }
    }
}

fn joined<T: Display>(all: &[T]) -> String {
    all.iter().map(T::to_string).collect::<Vec<String>>().join(", ")
}
