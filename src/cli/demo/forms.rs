//! Invented forms beside the dossier statistics: causes of overdue dossiers, feedback, satisfaction, electronic
//! identification, dialogues. They agree with the statistics of the same quarter, and with the quarter before.

use super::statistics::Quarter;
use kernel::form::FormCode;
use procedures::procedure::rules::FieldGroup;
use templates::rules::{Given, GivenCell};

/// What stands where a form has room for a remark.
pub const INVENTED: &str = "Số liệu minh họa, không có thật.";

/// The causes with their share of the overdue dossiers, in parts of a hundred.
const CAUSES: [(&str, i64); 5] = [
    ("LAND_VERIFICATION", 34),
    ("COORDINATION", 27),
    ("APPLICANT_SUPPLEMENT", 21),
    ("STAFF_SHORTAGE", 12),
    ("SYSTEM_FAULT", 6),
];

/// A cell.
pub fn cell(table: &str, row: &str, field: &str, given: Given) -> GivenCell {
    GivenCell { table: table.to_owned(), row: row.to_owned(), field: field.to_owned(), given }
}

/// The cells of a row's numbers.
pub fn counts(table: &str, row: &str, fields: &[(&str, i64)]) -> Vec<GivenCell> {
    fields.iter().map(|(field, count)| cell(table, row, field, Given::Number(*count))).collect()
}

/// Causes of the overdue dossiers of a quarter: those of its statistics, all of them, shared out.
pub fn overdue_causes(quarter: &Quarter) -> Vec<GivenCell> {
    let mut cells = Vec::new();
    let (mut late, mut overdue) = (quarter.resolved_late, quarter.pending_overdue);
    for (cause, share) in CAUSES.into_iter().rev() {
        // The first cause, which comes last, takes what rounding left.
        let part = |total: i64, left: i64| if cause == "LAND_VERIFICATION" { left } else { total * share / 100 };
        let (resolved, pending) = (part(quarter.resolved_late, late), part(quarter.pending_overdue, overdue));
        late -= resolved;
        overdue -= pending;
        if resolved + pending == 0 {
            continue;
        }
        let letters = (resolved + pending) * 9 / 10;
        let row = [("resolvedLate", resolved), ("pendingOverdue", pending), ("apologyLetters", letters)];
        cells.extend(counts("OVERDUE", cause, &row));
        cells.push(cell("OVERDUE", cause, "note", Given::Text(INVENTED.to_owned())));
    }
    cells
}

/// What a quarter leaves pending of feedback: on acts, and on rules.
fn pending_feedback(number: i64) -> [i64; 2] {
    [2 + number % 3, number % 2]
}

/// Feedback of the numbered quarter, from 0; the first one carries nothing over.
pub fn feedback(number: i64) -> Vec<GivenCell> {
    let before = if number == 0 { [0, 0] } else { pending_feedback(number - 1) };
    let left = pending_feedback(number);
    let mut cells = Vec::new();
    for ((row, received), (carried, pending)) in
        [("ON_ACTS", 21 + 4 * number), ("ON_RULES", 6 + number)].into_iter().zip(before.into_iter().zip(left))
    {
        let handled = received + carried - pending;
        let fields = [
            ("received", received),
            ("carriedOver", carried),
            ("handled", handled),
            ("handledOnTime", handled - handled / 12),
            ("pending", pending),
            ("published", handled * 4 / 5),
            ("satisfied", handled * 3 / 4),
            ("dissatisfied", handled / 10),
        ];
        cells.extend(counts("FEEDBACK", row, &fields));
    }
    cells
}

/// Ratings at the one-stop centre: of two in five dossiers that were resolved. In land, construction and investment
/// fewer are satisfied. Later quarters are better.
pub fn satisfaction(quarter: &Quarter, number: i64) -> Vec<GivenCell> {
    let mut cells = Vec::new();
    for group in FieldGroup::ALL {
        let ratings = quarter.resolved.get(group).copied().unwrap_or(0) * 2 / 5;
        let discontent = if *group == FieldGroup::Other { 48 } else { 104 } - 4 * number;
        let not_satisfied = ratings * discontent / 1_000;
        let content = ratings - not_satisfied;
        let (neutral, very_dissatisfied) = (not_satisfied * 3 / 5, not_satisfied / 10);
        let fields = [
            ("verySatisfied", content * 3 / 5),
            ("satisfied", content - content * 3 / 5),
            ("neutral", neutral),
            ("dissatisfied", not_satisfied - neutral - very_dissatisfied),
            ("veryDissatisfied", very_dissatisfied),
            ("noAnswer", ratings / 9),
        ];
        cells.extend(counts("SATISFACTION", &format!("ONE_STOP_RATING/{group}"), &fields));
    }
    cells
}

/// Dialogues of the numbered quarter: the one-stop centre's with people, a division's with enterprises.
pub fn dialogues(row: &str, number: i64) -> Vec<GivenCell> {
    let raised = 7 + 2 * number;
    let fields = [
        ("held", 1 + number % 2),
        ("participants", 44 + 9 * number),
        ("questionsRaised", raised),
        ("questionsSettled", raised - 1 - number % 2),
        ("obstaclesReported", 1),
    ];
    counts("DIALOGUES", row, &fields)
}

/// Electronic identification in the first half of 2026.
pub fn e_identification() -> Vec<GivenCell> {
    let mut cells = Vec::new();
    for (row, participants, authenticated) in [("PERSON", 31_200, 27_650), ("ENTERPRISE", 1_450, 1_268)] {
        let fields = [("participants", participants), ("authenticated", authenticated)];
        cells.extend(counts("IDENTIFICATION", row, &fields));
        cells.push(cell("IDENTIFICATION", row, "source", Given::Text(INVENTED.to_owned())));
        let day = chrono::NaiveDate::from_ymd_opt(2026, 6, 10);
        cells.extend(day.map(|day| cell("IDENTIFICATION", row, "asOf", Given::Date(day))));
    }
    cells
}

/// A form to be sent.
pub struct Planned {
    /// The form.
    pub form: FormCode,
    /// The unit that submits it.
    pub organisation: &'static str,
    /// Its period.
    pub period: &'static str,
    /// Its cells.
    pub cells: Vec<GivenCell>,
}

/// The quarter whose satisfaction is left to the tour.
const TOUR: &str = "2026-Q1";

/// The forms of a quarter. Those that circular 01/2020 asks for are there from the first one on; those of the plan
/// begin with it.
pub fn of_quarter(index: usize, period: &'static str, quarter: &Quarter) -> Vec<Planned> {
    let number = i64::try_from(index).unwrap_or(0);
    let one_stop = |form, cells| Planned { form, organisation: "TTPVHCC", period, cells };
    let mut planned = vec![
        one_stop(FormCode::OverdueCauses, overdue_causes(quarter)),
        one_stop(FormCode::Feedback, feedback(number)),
    ];
    if period.starts_with("2026") {
        planned.push(one_stop(FormCode::Dialogues, dialogues("PEOPLE", number)));
        let cells = dialogues("ENTERPRISE", number + 1);
        planned.push(Planned { form: FormCode::Dialogues, organisation: "KTHTDT", period, cells });
        if period != TOUR {
            planned.push(one_stop(FormCode::Satisfaction, satisfaction(quarter, number)));
        }
    }
    planned
}

/// The half-yearly form.
pub fn of_half_year() -> Planned {
    let cells = e_identification();
    Planned { form: FormCode::EIdentification, organisation: "TTPVHCC", period: "2026-H1", cells }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::statistics::{month, offered};
    use super::super::{MONTHS, PROCEDURES, QUARTERS};
    use super::*;
    use kernel::period::{Calendar, Period};
    use templates::rules::{Carried, Cells, Content, check, read};

    fn sum(cells: &[GivenCell], field: &str) -> i64 {
        let numbers = cells.iter().filter(|cell| cell.field == field).map(|cell| match cell.given {
            Given::Number(number) => number,
            _ => 0,
        });
        numbers.sum()
    }

    #[test]
    fn invented_forms_pass_their_checks_and_agree_with_the_statistics() {
        let register = procedures::procedure::reading::read_csv(PROCEDURES, 1_000).unwrap();
        let procedures = offered(&register);
        let mut quarters = [(); QUARTERS.len()].map(|()| Quarter::default());
        let (mut pending, mut late) = (HashMap::new(), 0);
        for (number, code) in MONTHS.into_iter().enumerate() {
            let period = Period::parse(Calendar::Nd09, code).unwrap();
            let lines = month(number, &period, &procedures, &mut pending);
            late += lines.iter().map(|line| i64::from(line.counters.resolved_late)).sum::<i64>();
            let of = QUARTERS
                .iter()
                .position(|quarter| Period::parse(Calendar::Nd09, quarter).unwrap().contains(period.start));
            quarters[of.unwrap()].add(&procedures, &lines);
        }
        let mut planned: Vec<Planned> =
            QUARTERS.iter().enumerate().flat_map(|(index, code)| of_quarter(index, code, &quarters[index])).collect();
        planned.push(of_half_year());
        let mut before: HashMap<(FormCode, &str), Carried> = HashMap::new();
        for Planned { form, organisation, period, cells: given } in &planned {
            let template = templates::of(*form).unwrap();
            let read = read(template, given);
            assert_eq!(read.faults, [], "{form} {period}");
            let cells: Cells = read.cells.into_iter().filter_map(|(place, content)| Some((place, content?))).collect();
            assert!(cells.values().any(|content| matches!(content, Content::Number(1..))), "{form} {period}");
            let carried = before.remove(&(*form, organisation));
            assert_eq!(check(template, &cells, &read.indices, &read.faulty, carried.as_ref()), [], "{form} {period}");
            before.insert((*form, organisation), Carried { period: (*period).to_owned(), cells });
        }
        let causes = planned.iter().filter(|one| one.form == FormCode::OverdueCauses);
        assert_eq!(causes.map(|one| sum(&one.cells, "resolvedLate")).sum::<i64>(), late);
        for (one, quarter) in planned.iter().filter(|one| one.form == FormCode::OverdueCauses).zip(&quarters) {
            assert_eq!(sum(&one.cells, "pendingOverdue"), quarter.pending_overdue, "{}", one.period);
        }
        let rated = planned.iter().filter(|one| one.form == FormCode::Satisfaction);
        assert_eq!(rated.map(|one| one.period).collect::<Vec<_>>(), ["2026-Q2", "2026-Q3"]);
    }
}
