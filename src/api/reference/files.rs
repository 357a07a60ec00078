//! The files of reference data, read. What may stand in them is said in [`super::entries`], what must agree before
//! anything is written in [`super::checks`].
//!
//! Whoever maintains them is an operator with an editor: every fault names the file, the entry and what to
//! mend, and all faults of the content are named at once.

use std::collections::HashSet;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::budget_codes::BudgetCodeFile;
use super::entries::{
    Area, AreaFile, Indicator, IndicatorFile, Measure, MeasureFile, Obligation, ObligationFile, Organisation,
    OrganisationFile, Programme, Successor, Target, TargetFile, Task, TaskFile,
};
use super::faults::Faults;
use super::parameters::{Parameter, ParameterFile};

pub(super) const PROGRAMME: &str = "programme.toml";
pub(super) const ORGANISATIONS: &str = "organisations.toml";
pub(super) const AREAS: &str = "areas.toml";
pub(super) const TARGETS: &str = "targets.toml";
pub(super) const TASKS: &str = "tasks.toml";
pub(super) const OBLIGATIONS: &str = "obligations.toml";
pub(super) const MEASURES: &str = "measures.toml";
pub(super) const INDICATORS: &str = "indicators.toml";
pub(super) const PARAMETERS: &str = "parameters.toml";
pub(super) const BUDGET_CODES: &str = "budget_codes.toml";

pub(super) const AN_BIEN: [(&str, &str); 10] = [
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

    pub(super) fn from_texts(text_of: impl Fn(&str) -> Result<String, String>) -> Result<Reference, String> {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use kernel::form::FormCode;
    use procedures::{dossier, procedure, simplification};

    fn an_bien() -> Reference {
        Reference::an_bien().unwrap()
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
}
