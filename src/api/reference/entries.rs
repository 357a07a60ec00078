//! The entries of the files of reference data, as they are written there.

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `programme.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Programme {
    pub code: String,
    pub title_vi: String,
    pub title_en: String,
    pub decision_number: String,
    pub decision_date: NaiveDate,
    pub start_date: NaiveDate,
    pub end_date: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationFile {
    pub organisation: Vec<Organisation>,
    #[serde(default)]
    pub successor: Vec<Successor>,
}

/// An organisation; it stands after the one it is under.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisation {
    pub code: String,
    pub kind: String,
    pub parent: Option<String>,
    /// Belongs to no programme: the city, above its wards.
    #[serde(default)]
    pub above_programme: bool,
    pub name_vi: String,
    pub name_en: String,
    pub identifier_code: Option<String>,
    pub budget_unit_code: Option<String>,
    #[serde(default)]
    pub standing_body: bool,
    #[serde(default)]
    pub stated_in_plan: bool,
    pub section: Option<String>,
    pub note: Option<String>,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
}

/// What became of an organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Successor {
    pub predecessor: String,
    pub successor: String,
    pub kind: String,
    pub effective_on: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AreaFile {
    pub area: Vec<Area>,
}

/// A reform area; its position is its place in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Area {
    pub code: String,
    pub section: String,
    pub title_vi: String,
    pub title_en: String,
}

/// A unit that leads or coordinates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unit {
    pub unit: String,
    pub stated_in_plan: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetFile {
    pub target: Vec<Target>,
}

/// A numeric target of one issuing level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub section: String,
    pub area: String,
    pub title_vi: String,
    pub title_en: String,
    pub unit: String,
    pub comparator: String,
    #[serde(rename = "value", deserialize_with = "decimal")]
    pub value_hundredths: i64,
    pub due: NaiveDate,
    pub issuing_level: String,
    pub legal_basis: String,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub note_vi: Option<String>,
    #[serde(default)]
    pub lead: Vec<Unit>,
    #[serde(default)]
    pub coordinating: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskFile {
    pub task: Vec<Task>,
}

/// An objective without a number, a task, a solution or a duty.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub section: String,
    pub area: Option<String>,
    pub kind: String,
    pub title_vi: String,
    pub title_en: String,
    pub due: Option<NaiveDate>,
    pub recurrence: Option<String>,
    #[serde(default)]
    pub all_units: bool,
    #[serde(default)]
    pub lead: Vec<Unit>,
    #[serde(default)]
    pub coordinating: Vec<Unit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObligationFile {
    pub obligation: Vec<Obligation>,
}

/// Who submits which form when.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Obligation {
    pub form: String,
    pub organisation: String,
    pub calendar: String,
    pub period_kind: String,
    pub due_days: i32,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    pub basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MeasureFile {
    pub measure: Vec<Measure>,
}

/// A named whole number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub code: String,
    pub additivity: String,
    pub unit: String,
    pub source: String,
    pub title_vi: String,
    pub title_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorFile {
    pub indicator: Vec<Indicator>,
}

/// Measures over measures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Indicator {
    pub code: String,
    pub section: Option<String>,
    pub reading: String,
    pub area: String,
    pub title_vi: String,
    pub title_en: String,
    pub description_vi: String,
    pub description_en: String,
    pub unit: String,
    pub direction: String,
    pub calendar: String,
    pub frequency: String,
    pub position: i32,
    #[serde(default)]
    pub whole_programme_only: bool,
    pub numerator: Vec<Term>,
    pub denominator: Vec<Term>,
}

/// A measure in a formula.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    pub measure: String,
    #[serde(default = "once")]
    pub coefficient: i32,
}

fn once() -> i32 {
    1
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    hundredths(&text).ok_or_else(|| {
        D::Error::custom(format!("\"{text}\" must be a number with at most two decimals, such as \"85\" or \"92.50\""))
    })
}

/// A decimal such as `92.5`, in hundredths.
fn hundredths(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole, 9) || !digits(decimals, 2) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let decimals: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(whole * 100 + decimals)
}

/// What makes an obligation the same one.
pub(super) fn obligation_key(entry: &Obligation) -> (&str, &str, &str, &str, NaiveDate) {
    (&entry.form, &entry.organisation, &entry.calendar, &entry.period_kind, entry.effective_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_hundredths() {
        for (text, value) in [("85", 8500), ("92.5", 9250), ("92.05", 9205), ("0", 0), ("100.00", 10_000)] {
            assert_eq!(hundredths(text), Some(value), "{text}");
        }
        for text in ["", ".5", "5.", "1.234", "-1", "85,5", " 85", "1e2", "1.2.3"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }
}
