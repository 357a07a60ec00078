//! What must agree in the files of reference data before anything is written.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::budget_codes;
use super::entries::{Obligation, Target, Unit, obligation_key};
use super::faults::{At, Faults};
use super::files::{AREAS, INDICATORS, MEASURES, OBLIGATIONS, ORGANISATIONS, PROGRAMME, Reference, TARGETS, TASKS};
use super::parameters;
use base::indicator::rules::Comparator;
use base::indicator::{Direction, IssuingLevel, REGISTERS, Reading};
use base::programme::TaskKind;
use kernel::form::Additivity;
use kernel::form::FormCode;
use kernel::period::{Calendar, PeriodKind};
use kernel::units::OrganisationKind;

/// How often a task recurs.
const RECURRENCES: [&str; 6] = ["QUARTERLY", "HALF_YEARLY", "YEARLY", "CONTINUOUS", "AD_HOC", "ONCE"];
/// What became of an organisation.
const SUCCESSIONS: [&str; 4] = ["RENAME", "MERGE", "SPLIT", "MOVE"];
/// The unit of targets and indicators: rates are compared in hundredths of a per cent.
const UNIT: [&str; 1] = ["PERCENT"];

impl Reference {
    pub(super) fn check(&self, faults: &mut Faults) {
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
    use crate::reference::files::{AN_BIEN, PARAMETERS};

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
