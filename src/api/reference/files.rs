//! The files of reference data: what may stand in them, and what must agree before anything is written.
//!
//! Whoever maintains them is an operator with an editor: every fault names the file, the entry and what to
//! mend, and all faults of the content are named at once.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::budget_codes::{self, BudgetCodeFile};
use super::parameters::{self, Parameter, ParameterFile};
use base::indicator::rules::Comparator;
use base::indicator::{Direction, IssuingLevel, REGISTERS, Reading};
use base::programme::TaskKind;
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::period::{Calendar, PeriodKind};
use kernel::units::OrganisationKind;

const PROGRAMME: &str = "programme.toml";
const ORGANISATIONS: &str = "organisations.toml";
const AREAS: &str = "areas.toml";
const TARGETS: &str = "targets.toml";
const TASKS: &str = "tasks.toml";
const OBLIGATIONS: &str = "obligations.toml";
const MEASURES: &str = "measures.toml";
const INDICATORS: &str = "indicators.toml";
pub(super) const PARAMETERS: &str = "parameters.toml";
pub(super) const BUDGET_CODES: &str = "budget_codes.toml";

const AN_BIEN: [(&str, &str); 10] = [
    (PROGRAMME, include_str!("../../../data/reference/an-bien/programme.toml")),
    (ORGANISATIONS, include_str!("../../../data/reference/an-bien/organisations.toml")),
    (AREAS, include_str!("../../../data/reference/an-bien/areas.toml")),
    (TARGETS, include_str!("../../../data/reference/an-bien/targets.toml")),
    (TASKS, include_str!("../../../data/reference/an-bien/tasks.toml")),
    (OBLIGATIONS, include_str!("../../../data/reference/an-bien/obligations.toml")),
    (MEASURES, include_str!("../../../data/reference/an-bien/measures.toml")),
    (INDICATORS, include_str!("../../../data/reference/an-bien/indicators.toml")),
    (PARAMETERS, include_str!("../../../data/reference/an-bien/parameters.toml")),
    (BUDGET_CODES, include_str!("../../../data/reference/an-bien/budget_codes.toml")),
];

/// How often a task recurs.
const RECURRENCES: [&str; 6] = ["QUARTERLY", "HALF_YEARLY", "YEARLY", "CONTINUOUS", "AD_HOC", "ONCE"];
/// What became of an organisation.
const SUCCESSIONS: [&str; 4] = ["RENAME", "MERGE", "SPLIT", "MOVE"];
/// The unit of targets and indicators: rates are compared in hundredths of a per cent.
const UNIT: [&str; 1] = ["PERCENT"];

/// The reference data of one programme: read, and consistent.
#[derive(Debug, Clone)]
pub struct Reference {
    pub(super) programme: Programme,
    pub(super) organisations: Vec<Organisation>,
    pub(super) successors: Vec<Successor>,
    pub(super) areas: Vec<Area>,
    pub(super) targets: Vec<Target>,
    pub(super) tasks: Vec<Task>,
    pub(super) obligations: Vec<Obligation>,
    pub(super) measures: Vec<Measure>,
    pub(super) indicators: Vec<Indicator>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) budget_codes: BudgetCodeFile,
}

impl Reference {
    /// The data of An Biên, compiled in from data/reference/an-bien.
    pub fn an_bien() -> Result<Reference, String> {
        Reference::from_texts(|name| {
            let found = AN_BIEN.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| format!("{name}: not compiled in"))
        })
    }

    /// The data in a folder with the same files: another ward's.
    pub fn read(folder: &Path) -> Result<Reference, String> {
        Reference::from_texts(|name| {
            let file = folder.join(name);
            std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
        })
    }

    /// The code of the programme.
    pub fn programme_code(&self) -> &str {
        &self.programme.code
    }

    /// The organisation at the top of the programme: the ward's People's Committee.
    pub(super) fn root(&self) -> Option<&Organisation> {
        let above: HashSet<&str> =
            self.organisations.iter().filter(|entry| entry.above_programme).map(|entry| entry.code.as_str()).collect();
        self.organisations
            .iter()
            .find(|entry| !entry.above_programme && entry.parent.as_deref().is_none_or(|parent| above.contains(parent)))
    }

    fn from_texts(text_of: impl Fn(&str) -> Result<String, String>) -> Result<Reference, String> {
        let organisations: OrganisationFile = parse(ORGANISATIONS, &text_of(ORGANISATIONS)?)?;
        let reference = Reference {
            programme: parse(PROGRAMME, &text_of(PROGRAMME)?)?,
            organisations: organisations.organisation,
            successors: organisations.successor,
            areas: parse::<AreaFile>(AREAS, &text_of(AREAS)?)?.area,
            targets: parse::<TargetFile>(TARGETS, &text_of(TARGETS)?)?.target,
            tasks: parse::<TaskFile>(TASKS, &text_of(TASKS)?)?.task,
            obligations: parse::<ObligationFile>(OBLIGATIONS, &text_of(OBLIGATIONS)?)?.obligation,
            measures: measures(parse::<MeasureFile>(MEASURES, &text_of(MEASURES)?)?.measure)?,
            indicators: parse::<IndicatorFile>(INDICATORS, &text_of(INDICATORS)?)?.indicator,
            parameters: parse::<ParameterFile>(PARAMETERS, &text_of(PARAMETERS)?)?.parameter,
            budget_codes: parse(BUDGET_CODES, &text_of(BUDGET_CODES)?)?,
        };
        let mut faults = Faults::default();
        reference.check(&mut faults);
        if faults.0.is_empty() { Ok(reference) } else { Err(faults.0.join("\n")) }
    }
}

/// The measures of the file, and those that the templates of forms bring with them.
fn measures(mut measures: Vec<Measure>) -> Result<Vec<Measure>, String> {
    for template in templates::all()? {
        measures.extend(template.measures.iter().map(|entry| Measure {
            code: entry.code.clone(),
            additivity: entry.additivity.as_str().to_owned(),
            unit: entry.unit.clone(),
            source: template.code.as_str().to_owned(),
            title_vi: entry.title_vi.clone(),
            title_en: entry.title_en.clone(),
        }));
    }
    Ok(measures)
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    toml::from_str(text).map_err(|error| format!("{file}: {error}"))
}

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
struct OrganisationFile {
    organisation: Vec<Organisation>,
    #[serde(default)]
    successor: Vec<Successor>,
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
struct AreaFile {
    area: Vec<Area>,
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
struct TargetFile {
    target: Vec<Target>,
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
struct TaskFile {
    task: Vec<Task>,
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
struct ObligationFile {
    obligation: Vec<Obligation>,
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
struct MeasureFile {
    measure: Vec<Measure>,
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
struct IndicatorFile {
    indicator: Vec<Indicator>,
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

/// Where a fault is.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub file: &'static str,
    pub entry: &'a str,
}

/// What must be mended in the files.
#[derive(Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub fn add(&mut self, at: At<'_>, what: impl Display) {
        self.0.push(format!("{}, {}: {what}", at.file, at.entry));
    }

    pub fn choice<T: FromStr + Display>(&mut self, at: At<'_>, field: &str, given: &str, all: &[T]) {
        if T::from_str(given).is_err() {
            self.add(at, format!("{field} = \"{given}\" must be one of {}", joined(all)));
        }
    }

    fn word(&mut self, at: At<'_>, field: &str, given: &str, all: &[&str]) {
        if !all.contains(&given) {
            self.add(at, format!("{field} = \"{given}\" must be one of {}", joined(all)));
        }
    }

    fn known(&mut self, at: At<'_>, field: &str, given: &str, known: &HashSet<&str>, file: &str) {
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

impl Reference {
    fn check(&self, faults: &mut Faults) {
        self.check_programme(faults);
        self.check_organisations(faults);
        self.check_successors(faults);
        self.check_areas(faults);
        self.check_targets(faults);
        self.check_tasks(faults);
        self.check_obligations(faults);
        self.check_measures(faults);
        self.check_indicators(faults);
        parameters::check(&self.parameters, faults);
        budget_codes::check(&self.budget_codes, faults);
    }

    /// The codes of the organisations under the programme: those that may lead and report.
    fn units(&self) -> HashSet<&str> {
        self.organisations.iter().filter(|entry| !entry.above_programme).map(|entry| entry.code.as_str()).collect()
    }

    fn area_codes(&self) -> HashSet<&str> {
        self.areas.iter().map(|entry| entry.code.as_str()).collect()
    }

    fn target_sections(&self) -> HashSet<&str> {
        self.targets.iter().map(|entry| entry.section.as_str()).collect()
    }

    fn check_programme(&self, faults: &mut Faults) {
        let entry = &self.programme;
        let at = At { file: PROGRAMME, entry: &entry.code };
        faults.code(at, "code", &entry.code, 64);
        faults.text(at, "title_vi", &entry.title_vi, 300);
        faults.text(at, "title_en", &entry.title_en, 300);
        faults.text(at, "decision_number", &entry.decision_number, 64);
        faults.days(at, entry.start_date, Some(entry.end_date));
    }

    fn check_organisations(&self, faults: &mut Faults) {
        // Those that stood before, and whether they are above the programme.
        let mut earlier: HashMap<&str, bool> = HashMap::new();
        let (mut roots, mut standing) = (Vec::new(), Vec::new());
        for entry in &self.organisations {
            let at = At { file: ORGANISATIONS, entry: &entry.code };
            faults.code(at, "code", &entry.code, 64);
            faults.choice(at, "kind", &entry.kind, OrganisationKind::ALL);
            faults.text(at, "name_vi", &entry.name_vi, 300);
            faults.text(at, "name_en", &entry.name_en, 300);
            for (field, given, most) in [
                ("identifier_code", &entry.identifier_code, 64),
                ("budget_unit_code", &entry.budget_unit_code, 16),
                ("section", &entry.section, 32),
            ] {
                if let Some(given) = given {
                    faults.code(at, field, given, most);
                }
            }
            faults.days(at, entry.effective_from, entry.effective_to);
            let under_upper = match entry.parent.as_deref() {
                None => true,
                Some(parent) => match earlier.get(parent) {
                    Some(above) => *above,
                    None => {
                        faults.add(at, format!("parent = \"{parent}\" must stand before it in the file"));
                        entry.above_programme
                    }
                },
            };
            if entry.above_programme && !under_upper {
                faults.add(at, "stands above the programme, so what it stands under must do so too");
            }
            if !entry.above_programme && under_upper {
                roots.push(entry.code.as_str());
            }
            if entry.standing_body && entry.above_programme {
                faults.add(at, "the standing body must belong to the programme");
            }
            if entry.standing_body {
                standing.push(entry.code.as_str());
            }
            if earlier.insert(&entry.code, entry.above_programme).is_some() {
                faults.add(at, "this code stands there twice");
            }
        }
        let at = At { file: ORGANISATIONS, entry: "all" };
        if roots.len() != 1 {
            let found = roots.join(", ");
            faults.add(at, format!("exactly one organisation must be at the top of the programme; found: {found}"));
        }
        if standing.len() != 1 {
            let found = standing.join(", ");
            faults.add(at, format!("exactly one organisation must have standing_body = true; found: {found}"));
        }
    }

    fn check_successors(&self, faults: &mut Faults) {
        let units = self.units();
        let mut seen = HashSet::new();
        for entry in &self.successors {
            let at = At { file: ORGANISATIONS, entry: &entry.predecessor };
            faults.known(at, "predecessor", &entry.predecessor, &units, "the file's organisations");
            faults.known(at, "successor", &entry.successor, &units, "the file's organisations");
            faults.word(at, "kind", &entry.kind, &SUCCESSIONS);
            if entry.predecessor == entry.successor {
                faults.add(at, "nothing succeeds itself");
            }
            if !seen.insert((&entry.predecessor, &entry.successor)) {
                faults.add(at, format!("its successor {} stands there twice", entry.successor));
            }
        }
    }

    fn check_areas(&self, faults: &mut Faults) {
        let (mut codes, mut sections) = (HashSet::new(), HashSet::new());
        for entry in &self.areas {
            let at = At { file: AREAS, entry: &entry.code };
            faults.code(at, "code", &entry.code, 32);
            faults.code(at, "section", &entry.section, 32);
            faults.text(at, "title_vi", &entry.title_vi, 300);
            faults.text(at, "title_en", &entry.title_en, 300);
            if !codes.insert(&entry.code) || !sections.insert(&entry.section) {
                faults.add(at, "its code or its section stands there twice");
            }
        }
    }

    fn check_targets(&self, faults: &mut Faults) {
        let (units, areas) = (self.units(), self.area_codes());
        let mut led = HashSet::new();
        for (index, entry) in self.targets.iter().enumerate() {
            let at = At { file: TARGETS, entry: &entry.section };
            faults.code(at, "section", &entry.section, 32);
            faults.known(at, "area", &entry.area, &areas, AREAS);
            faults.text(at, "title_vi", &entry.title_vi, 300);
            faults.text(at, "title_en", &entry.title_en, 300);
            faults.word(at, "unit", &entry.unit, &UNIT);
            faults.choice(at, "comparator", &entry.comparator, Comparator::ALL);
            faults.choice(at, "issuing_level", &entry.issuing_level, IssuingLevel::ALL);
            faults.text(at, "legal_basis", &entry.legal_basis, 1_000);
            faults.days(at, entry.valid_from, entry.valid_to);
            check_leads(faults, at, &entry.lead, &entry.coordinating, &units, &mut led);
            if self.targets.iter().take(index).any(|other| {
                other.section == entry.section && other.issuing_level == entry.issuing_level && overlap(other, entry)
            }) {
                let level = &entry.issuing_level;
                faults.add(at, format!("two targets of level {level} hold on the same days: end one with valid_to"));
            }
        }
    }

    fn check_tasks(&self, faults: &mut Faults) {
        let (units, areas) = (self.units(), self.area_codes());
        let mut led = HashSet::new();
        // A section names one thing: a target or a task.
        let mut sections = self.target_sections();
        for entry in &self.tasks {
            let at = At { file: TASKS, entry: &entry.section };
            faults.code(at, "section", &entry.section, 32);
            if let Some(area) = &entry.area {
                faults.known(at, "area", area, &areas, AREAS);
            }
            faults.choice(at, "kind", &entry.kind, TaskKind::ALL);
            faults.text(at, "title_vi", &entry.title_vi, 300);
            faults.text(at, "title_en", &entry.title_en, 300);
            if let Some(recurrence) = &entry.recurrence {
                faults.word(at, "recurrence", recurrence, &RECURRENCES);
            }
            check_leads(faults, at, &entry.lead, &entry.coordinating, &units, &mut led);
            if !sections.insert(&entry.section) {
                faults.add(at, format!("this section stands there twice, or in {TARGETS} too: number its parts"));
            }
        }
    }

    fn check_obligations(&self, faults: &mut Faults) {
        let units = self.units();
        let mut seen = HashSet::new();
        for entry in &self.obligations {
            let at = At { file: OBLIGATIONS, entry: &entry.form };
            faults.choice(at, "form", &entry.form, FormCode::ALL);
            faults.known(at, "organisation", &entry.organisation, &units, ORGANISATIONS);
            faults.choice(at, "calendar", &entry.calendar, Calendar::ALL);
            faults.choice(at, "period_kind", &entry.period_kind, PeriodKind::ALL);
            faults.text(at, "basis", &entry.basis, 1_000);
            faults.days(at, entry.effective_from, entry.effective_to);
            if entry.due_days < 0 {
                faults.add(at, "due_days must be 0 or more");
            }
            self.check_template(faults, at, entry);
            if !seen.insert(obligation_key(entry)) {
                faults.add(at, format!("{} has it twice from {}", entry.organisation, entry.effective_from));
            }
        }
    }

    /// Nobody owes a form that he can't submit.
    fn check_template(&self, faults: &mut Faults, at: At<'_>, entry: &Obligation) {
        let templates = templates::all().unwrap_or_default();
        let Some(template) = templates.iter().find(|template| template.code.as_str() == entry.form) else { return };
        let kinds: Vec<&str> = template.period_kinds.iter().map(|kind| kind.as_str()).collect();
        faults.word(at, "calendar", &entry.calendar, &[template.calendar.as_str()]);
        faults.word(at, "period_kind", &entry.period_kind, &kinds);
        let kinds: Vec<&str> = template.organisation_kinds.iter().map(|kind| kind.as_str()).collect();
        if let Some(unit) = self.organisations.iter().find(|unit| unit.code == entry.organisation) {
            faults.word(at, "the kind of its organisation", &unit.kind, &kinds);
        }
    }

    fn check_measures(&self, faults: &mut Faults) {
        let mut sources: Vec<&str> = FormCode::ALL.iter().map(|form| form.as_str()).collect();
        sources.extend(REGISTERS);
        let mut codes = HashSet::new();
        for entry in &self.measures {
            let at = At { file: MEASURES, entry: &entry.code };
            faults.code(at, "code", &entry.code, 64);
            faults.choice(at, "additivity", &entry.additivity, Additivity::ALL);
            faults.code(at, "unit", &entry.unit, 16);
            faults.word(at, "source", &entry.source, &sources);
            faults.text(at, "title_vi", &entry.title_vi, 300);
            faults.text(at, "title_en", &entry.title_en, 300);
            if !codes.insert(&entry.code) {
                faults.add(at, "this code stands there twice");
            }
        }
    }

    fn check_indicators(&self, faults: &mut Faults) {
        let areas = self.area_codes();
        // A target's section, or that of an objective without a number.
        let mut sections = self.target_sections();
        sections.extend(self.tasks.iter().map(|entry| entry.section.as_str()));
        let measures: HashSet<&str> = self.measures.iter().map(|entry| entry.code.as_str()).collect();
        let mut codes = HashSet::new();
        for entry in &self.indicators {
            let at = At { file: INDICATORS, entry: &entry.code };
            faults.code(at, "code", &entry.code, 64);
            if let Some(section) = &entry.section {
                faults.known(at, "section", section, &sections, "targets.toml or tasks.toml");
            }
            faults.choice(at, "reading", &entry.reading, Reading::ALL);
            faults.known(at, "area", &entry.area, &areas, AREAS);
            for (field, given) in [
                ("title_vi", &entry.title_vi),
                ("title_en", &entry.title_en),
                ("description_vi", &entry.description_vi),
                ("description_en", &entry.description_en),
            ] {
                faults.text(at, field, given, 1_000);
            }
            faults.word(at, "unit", &entry.unit, &UNIT);
            faults.choice(at, "direction", &entry.direction, Direction::ALL);
            faults.choice(at, "calendar", &entry.calendar, Calendar::ALL);
            faults.choice(at, "frequency", &entry.frequency, PeriodKind::ALL);
            for (side, terms) in [("numerator", &entry.numerator), ("denominator", &entry.denominator)] {
                if terms.is_empty() {
                    faults.add(at, format!("its {side} must hold at least one measure"));
                }
                let mut seen = HashSet::new();
                for term in terms {
                    faults.known(at, side, &term.measure, &measures, MEASURES);
                    if term.coefficient == 0 {
                        faults.add(at, format!("the coefficient of {} must not be 0", term.measure));
                    }
                    if !seen.insert(&term.measure) {
                        faults.add(at, format!("{} stands twice in its {side}", term.measure));
                    }
                }
            }
            if !codes.insert(&entry.code) {
                faults.add(at, "this code stands there twice");
            }
        }
    }
}

/// What makes an obligation the same one.
pub(super) fn obligation_key(entry: &Obligation) -> (&str, &str, &str, &str, NaiveDate) {
    (&entry.form, &entry.organisation, &entry.calendar, &entry.period_kind, entry.effective_from)
}

fn overlap(one: &Target, other: &Target) -> bool {
    one.valid_from <= other.valid_to.unwrap_or(NaiveDate::MAX)
        && other.valid_from <= one.valid_to.unwrap_or(NaiveDate::MAX)
}

/// Each unit has to do with a section once, as lead or as coordinating.
fn check_leads<'a>(
    faults: &mut Faults,
    at: At<'a>,
    lead: &'a [Unit],
    coordinating: &'a [Unit],
    units: &HashSet<&str>,
    led: &mut HashSet<(&'a str, &'a str)>,
) {
    for (field, entries) in [("lead", lead), ("coordinating", coordinating)] {
        for entry in entries {
            faults.known(at, field, &entry.unit, units, ORGANISATIONS);
            if !led.insert((at.entry, &entry.unit)) {
                faults.add(at, format!("{} leads or coordinates it twice", entry.unit));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use procedures::{dossier, procedure, simplification};

    fn an_bien() -> Reference {
        Reference::an_bien().unwrap()
    }

    /// An Biên's files, with a text in one of them replaced.
    fn mended(file: &str, from: &str, to: &str) -> Result<Reference, String> {
        Reference::from_texts(|name| {
            let (_, text) = AN_BIEN.iter().find(|(known, _)| *known == name).unwrap();
            if name == file {
                assert!(text.contains(from), "{file} does not say {from}");
                return Ok(text.replacen(from, to, 1));
            }
            Ok((*text).to_owned())
        })
    }

    #[test]
    fn the_plan_is_there_whole() {
        let reference = an_bien();
        assert_eq!(reference.programme_code(), "AN-BIEN-2026-2030");
        assert_eq!(reference.root().unwrap().code, "AN-BIEN");
        assert_eq!(reference.areas.len(), 6);
        let ward: Vec<&str> = reference
            .targets
            .iter()
            .filter(|target| target.issuing_level == "WARD")
            .map(|target| target.section.as_str())
            .collect();
        // Domain facts 1.1.
        assert_eq!(
            ward.join(" "),
            "II.1.a.3 II.2.a.2-1 II.2.a.2-2 II.2.a.3-1 II.2.a.3-2 II.2.a.3-3 II.2.a.5 II.2.a.6-1 II.2.a.6-2 \
             II.3.a.3 II.3.a.4-1 II.3.a.4-2 II.6.a.3 II.6.a.4 II.6.a.5 II.6.a.6 II.6.a.8"
        );
        // A ward's 95 beside the city's 90.
        let both: Vec<i64> = reference
            .targets
            .iter()
            .filter(|target| target.section == "II.3.a.4-1")
            .map(|target| target.value_hundredths)
            .collect();
        assert_eq!(both, [9500, 9000]);
    }

    #[test]
    fn every_bullet_of_the_plan_has_its_section() {
        let reference = an_bien();
        let sections: Vec<&str> = reference
            .targets
            .iter()
            .map(|entry| entry.section.as_str())
            .chain(reference.tasks.iter().map(|entry| entry.section.as_str()))
            .collect();
        for (part, bullets) in [
            ("I.1", 2),
            ("I.2", 3),
            ("II.1.a", 3),
            ("II.1.b", 3),
            ("II.2.a", 6),
            ("II.2.b", 4),
            ("II.3.a", 4),
            ("II.3.b", 3),
            ("II.4.a", 5),
            ("II.4.b", 3),
            ("II.5.a", 2),
            ("II.5.b", 6),
            ("II.6.a", 8),
            ("II.6.b", 6),
            ("III.1", 2),
            ("III.2", 4),
            ("III.3", 3),
            ("III.4", 2),
            ("III.5", 2),
            ("V.1", 3),
            ("V.2.a", 4),
            ("V.2.d", 3),
            ("V.CLOSING", 2),
        ] {
            for bullet in 1..=bullets {
                let bullet = format!("{part}.{bullet}");
                let parts = format!("{bullet}-");
                let found = sections.iter().any(|section| *section == bullet || section.starts_with(&parts));
                assert!(found, "{bullet}");
            }
        }
        for paragraph in ["III.6-", "IV", "V.2.b-", "V.2.c-", "V.2.e-"] {
            assert!(sections.iter().any(|section| section.starts_with(paragraph)), "{paragraph}");
        }
    }

    #[test]
    fn titles_fit_a_line() {
        for task in an_bien().tasks {
            for title in [&task.title_vi, &task.title_en] {
                assert!(title.chars().count() <= 140, "{}: {title}", task.section);
            }
        }
    }

    #[test]
    fn measures_are_those_that_forms_and_registers_give() {
        let reference = an_bien();
        let mut defined: Vec<(&str, &str)> =
            reference.measures.iter().map(|entry| (entry.code.as_str(), entry.source.as_str())).collect();
        let forms = dossier::rules::FIELDS.iter().map(|field| (field.measure, FormCode::DossierStatistics.as_str()));
        let more = [
            (dossier::rules::OF_ONLINE_PROCEDURES, FormCode::DossierStatistics.as_str()),
            (dossier::rules::ONLINE_OF_ONLINE_PROCEDURES, FormCode::DossierStatistics.as_str()),
            (procedure::figures::INTERNAL_MEASURE, "PROCEDURE_REGISTER"),
        ];
        let registers = procedure::figures::MEASURES.iter().map(|(measure, _)| (*measure, "PROCEDURE_REGISTER"));
        let staffing = apparatus::staffing::timeline::MEASURES.iter().map(|measure| (*measure, "STAFFING_REGISTER"));
        let reviews = simplification::sums::MEASURES.iter().map(|measure| (*measure, "SIMPLIFICATION_REGISTER"));
        let budget =
            spending::budget::form::MEASURES.iter().map(|(code, ..)| (*code, FormCode::BudgetExecution.as_str()));
        let estimates = spending::budget::figures::MEASURES.iter().map(|measure| (*measure, "BUDGET_REGISTER"));
        let investment =
            spending::investment::figures::MEASURES.iter().map(|measure| (*measure, "INVESTMENT_REGISTER"));
        let savings = spending::savings::form::MEASURES.iter().map(|code| (*code, FormCode::SavingsScore.as_str()));
        let disclosure = spending::budget::disclosure::form::MEASURES
            .iter()
            .map(|code| (*code, FormCode::BudgetDisclosure.as_str()));
        let legal = legal::figures::MEASURES.iter().map(|measure| (*measure, "LEGAL_REGISTER"));
        let autonomy = finance::autonomy::figures::MEASURES.iter().map(|measure| (*measure, "AUTONOMY_REGISTER"));
        let reform =
            finance::reform_budget::figures::MEASURES.iter().map(|measure| (*measure, "REFORM_BUDGET_REGISTER"));
        let digital = digital::system::figures::MEASURES.iter().map(|measure| (*measure, "DIGITAL_REGISTER"));
        let assets = finance::asset::timeline::MEASURES.iter().map(|measure| (*measure, "ASSET_REGISTER"));
        let datasets = digital::dataset::figures::MEASURES.iter().map(|measure| (*measure, "DATASET_REGISTER"));
        let templates = templates::all().unwrap().iter();
        let templates = templates
            .flat_map(|template| template.measures.iter().map(|one| (one.code.as_str(), template.code.as_str())));
        let mut given: Vec<(&str, &str)> = forms
            .chain(registers)
            .chain(more)
            .chain(templates)
            .chain(reviews)
            .chain(staffing)
            .chain(budget)
            .chain(estimates)
            .chain(investment)
            .chain(savings)
            .chain(disclosure)
            .chain(legal)
            .chain(autonomy)
            .chain(reform)
            .chain(digital)
            .chain(assets)
            .chain(datasets)
            .collect();
        defined.sort_unstable();
        given.sort_unstable();
        assert_eq!(defined, given);
    }

    #[test]
    fn counters_of_a_report_add_as_their_measures_do() {
        let reference = an_bien();
        for field in dossier::rules::FIELDS {
            let measure = reference.measures.iter().find(|measure| measure.code == field.measure).unwrap();
            assert_eq!(measure.additivity, dossier::report::additivity(field.name).as_str(), "{}", field.name);
        }
    }

    #[test]
    fn the_demo_register_is_sound() {
        let text = include_str!("../../../data/demo/procedures.csv");
        let all = procedure::reading::read_csv(text, 1_000).unwrap();
        let mut by_code: HashMap<&str, Vec<(usize, &procedure::input::Given)>> = HashMap::new();
        for (index, row) in all.iter().enumerate() {
            by_code.entry(&row.input.code).or_default().push((index, row));
        }
        for (code, lines) in by_code {
            let laid = procedure::timeline::lay(&[], &lines);
            assert!(laid.is_ok_and(|(placed, _)| placed.len() == lines.len()), "{code}");
        }
        // The people's procedures as they begin.
        let first = |row: &&procedure::input::Given| row.input.name.is_some();
        let peoples = |row: &&procedure::input::Given| !procedure::rules::is_internal(&row.input.code);
        let rows: Vec<_> = all.iter().filter(first).filter(peoples).collect();
        assert!(rows.len() >= 70);
        // Domain facts 13.5: 40 procedures with a fee, all of which can be paid online.
        let fee = rows.iter().filter(|row| row.input.has_financial_obligation == Some(true)).count();
        let payable = rows.iter().filter(|row| row.input.online_payment_enabled == Some(true)).count();
        assert_eq!((fee, payable), (40, 40));
        let eligible = rows.iter().filter(|row| row.input.online_eligible == Some(true)).count();
        let provided = rows
            .iter()
            .filter(|row| row.input.online_eligible == Some(true) && row.input.online_provided == Some(true))
            .count();
        let integrated = rows
            .iter()
            .filter(|row| {
                row.input.online_eligible == Some(true) && row.input.integrated_on_national_portal == Some(true)
            })
            .count();
        assert!(integrated < provided && provided < eligible);
    }

    #[test]
    fn decimals_are_hundredths() {
        for (text, value) in [("85", 8500), ("92.5", 9250), ("92.05", 9205), ("0", 0), ("100.00", 10_000)] {
            assert_eq!(hundredths(text), Some(value), "{text}");
        }
        for text in ["", ".5", "5.", "1.234", "-1", "85,5", " 85", "1e2", "1.2.3"] {
            assert_eq!(hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn faults_name_the_file_the_entry_and_what_to_mend() {
        for (file, from, to, expected) in [
            (TARGETS, "comparator = \"GTE\"", "comparator = \"GT\"", "comparator = \"GT\" must be one of GTE, EQ, LTE"),
            (TARGETS, "value = \"85\"", "value = \"85 %\"", "\"85 %\" must be a number"),
            (TARGETS, "unit = \"VP\"", "unit = \"X\"", "II.1.a.3: lead = \"X\" is not in organisations.toml"),
            (TASKS, "section = \"I.1.2\"", "section = \"I.1.1\"", "tasks.toml, I.1.1: this section stands there twice"),
            (TASKS, "kind = \"DUTY\"", "kind = \"DUTY\"\ncolour = \"red\"", "unknown field `colour`"),
            (ORGANISATIONS, "parent = \"HAI-PHONG\"", "parent = \"HUE\"", "parent = \"HUE\" must stand before it"),
            (ORGANISATIONS, "standing_body = true\n", "", "exactly one organisation must have standing_body"),
            (ORGANISATIONS, "parent = \"AN-BIEN\"\n", "", "must be at the top"),
            (
                INDICATORS,
                "measure = \"PROCEDURE.FEE\"",
                "measure = \"FEE\"",
                "II.2.a.2-1: denominator = \"FEE\" is not in",
            ),
            (OBLIGATIONS, "organisation = \"TTPVHCC\"", "organisation = \"HAI-PHONG\"", "is not in organisations.toml"),
            (OBLIGATIONS, "period_kind = \"HALF_YEAR\"", "period_kind = \"AD_HOC\"", "E_IDENTIFICATION: period_kind"),
            (MEASURES, "additivity = \"FLOW\"", "additivity = \"RATE\"", "must be one of FLOW, STOCK"),
            (PROGRAMME, "2026-01-01", "2026-13-01", "programme.toml"),
            (
                PARAMETERS,
                "code = \"PUBLICATION_CHECK_DAYS\"",
                "code = \"PUBLICATION_DAYS\"",
                "two values hold on the same days",
            ),
            (PARAMETERS, "number = 5", "text = \"5\"", "PUBLICATION_DAYS: its value must be a number"),
            (PARAMETERS, "number = 5\n", "", "exactly one of number and text"),
            (PARAMETERS, "code = \"PUBLICATION_PLACES\"", "code = \"PLACES\"", "PUBLICATION_PLACES: is missing"),
        ] {
            let fault = mended(file, from, to).unwrap_err();
            assert!(fault.starts_with(file) && fault.contains(expected), "{from} -> {to}: {fault}");
        }
    }
}
