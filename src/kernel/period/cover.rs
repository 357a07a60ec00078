//! What makes a period up: the one rule by which figures and forms of shorter periods stand for a longer one.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Period;

/// What was chosen for a period, in the order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover<T> {
    /// The period's own, or else those of its parts.
    pub chosen: Vec<T>,
    /// The parts for which there is nothing.
    pub missing: Vec<Period>,
}

/// Chooses what makes up a period from what is known, by first and last day: its own, or else that of its
/// parts, and of their parts. A part is missing as a whole when nothing in it is known.
pub fn cover<T: Clone>(period: &Period, known: &BTreeMap<(NaiveDate, NaiveDate), T>) -> Cover<T> {
    let mut found = Cover { chosen: Vec::new(), missing: Vec::new() };
    choose(period, known, &mut found);
    found
}

fn choose<T: Clone>(period: &Period, known: &BTreeMap<(NaiveDate, NaiveDate), T>, found: &mut Cover<T>) {
    if let Some(own) = known.get(&(period.start, period.end)) {
        found.chosen.push(own.clone());
        return;
    }
    let inside = |part: &Period| known.keys().any(|(start, end)| part.start <= *start && *end <= part.end);
    for part in period.parts() {
        if inside(&part) {
            choose(&part, known, found);
        } else {
            found.missing.push(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::period::Calendar;

    #[test]
    fn its_own_goes_before_its_parts_and_gaps_are_named() {
        let period = |code: &str| Period::parse(Calendar::Nd09, code).unwrap();
        let covered = |code: &str, known: &[&str]| {
            let known = known.iter().map(|code| ((period(code).start, period(code).end), *code)).collect();
            let Cover { chosen, missing } = cover(&period(code), &known);
            let missing: Vec<String> = missing.iter().map(Period::code).collect();
            format!("{} | {}", chosen.join(" "), missing.join(" "))
        };
        assert_eq!(covered("2026-H1", &["2026-Q1", "2026-Q2"]), "2026-Q1 2026-Q2 | ");
        assert_eq!(covered("2026-H1", &["2026-H1", "2026-Q2"]), "2026-H1 | ");
        assert_eq!(covered("2026", &["2026-M02", "2026-Q2"]), "2026-M02 2026-Q2 | 2026-M01 2026-M03 2026-H2");
        assert_eq!(covered("2026-Q1", &[]), " | 2026-M01 2026-M02 2026-M03");
        assert_eq!(covered("2026-M01", &[]), " | ");
    }
}
