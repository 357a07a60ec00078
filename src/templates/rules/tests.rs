use kernel::period::Calendar;
use std::collections::HashMap;

use super::*;
use crate::definition;
use kernel::form::FormCode;
use kernel::i18n::Language;
use kernel::user_error::UserError;

fn feedback() -> &'static Template {
    crate::of(FormCode::Feedback).unwrap()
}

fn cell(table: &str, row: &str, field: &str, given: Given) -> GivenCell {
    GivenCell { table: table.to_owned(), row: row.to_owned(), field: field.to_owned(), given }
}

fn acts(field: &str, number: i64) -> GivenCell {
    cell("FEEDBACK", "ON_ACTS", field, Given::Number(number))
}

/// All faults of some cells of an empty form: code, place, expected and given.
fn faults(template: &Template, given: &[GivenCell], carried: Option<&Carried>) -> Vec<UserError> {
    let ReadCells { cells, indices, faulty, mut faults } = read(template, given);
    let cells: Cells = cells.into_iter().filter_map(|(place, content)| Some((place, content?))).collect();
    faults.extend(check(template, &cells, &indices, &faulty, carried));
    faults
}

fn said(faults: &[UserError]) -> Vec<String> {
    faults
        .iter()
        .map(|fault| {
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            format!("{} {} {}/{}", fault.code, fault.field.join("."), side(&fault.expected), side(&fault.given))
        })
        .collect()
}

fn cells_of(template: &Template, given: &[GivenCell]) -> Cells {
    read(template, given).cells.into_iter().filter_map(|(place, content)| Some((place, content?))).collect()
}

#[test]
fn a_balanced_form_has_no_fault() {
    let given = [acts("received", 10), acts("carriedOver", 2), acts("handled", 9), acts("pending", 3)];
    assert_eq!(faults(feedback(), &given, None), []);
}

#[test]
fn every_fault_is_named_at_once() {
    let given = [
        cell("FEED", "ON_ACTS", "received", Given::Number(1)),
        cell("FEEDBACK", "ON_ACT", "received", Given::Number(1)),
        cell("FEEDBACK", "ON_RULES", "recieved", Given::Number(1)),
        cell("FEEDBACK", "ON_RULES", "received", Given::NotACount("86.32".to_owned())),
        cell("FEEDBACK", "ON_RULES", "handled", Given::Text("85".to_owned())),
        cell("FEEDBACK", "ON_RULES", "pending", Given::Number(-1)),
        cell("FEEDBACK", "ON_RULES", "published", Given::Number(100_000_001)),
        cell("FEEDBACK", "ON_RULES", "published", Given::Number(1)),
        cell("FEEDBACK", "ON_RULES", "satisfied", Given::Unclear),
        acts("received", 10),
        acts("handled", 9),
        acts("handledOnTime", 11),
        acts("satisfied", 5),
        acts("dissatisfied", 5),
    ];
    let found = faults(feedback(), &given, None);
    assert_eq!(
        said(&found),
        [
            "UNKNOWN_CODE cells.0 FEEDBACK/FEED",
            "UNKNOWN_CODE cells.1 ON_ACTS, ON_RULES/ON_ACT",
            "UNKNOWN_CODE cells.2 received, carriedOver, handled, handledOnTime, pending, pendingOverdue, published, \
             satisfied, dissatisfied/recieved",
            "NOT_A_COUNT cells.3 -/86.32",
            "MALFORMED cells.4 -/85",
            "OUT_OF_RANGE cells.5 0/-1",
            "OUT_OF_RANGE cells.6 100000000/100000001",
            "DUPLICATE cells.7 -/-",
            "REQUIRED cells.8 -/",
            "SUM_MISMATCH cells.9 9/10",
            "OUT_OF_RANGE cells.11 9/11",
            "OUT_OF_RANGE cells.12 9/10",
        ]
    );
    assert!(found.iter().all(|fault| fault.line.is_some()));
    insta::assert_snapshot!(
        found[3].message.render(Language::Vi),
        @r#"Ô thứ 4 (Về quy định hành chính: Tiếp nhận trong kỳ): "86.32" không phải số nguyên. Hãy nhập số đếm được (ví dụ 570), không nhập tỷ lệ phần trăm."#
    );
    insta::assert_snapshot!(
        found[9].message.render(Language::En),
        @r#"On administrative acts: "Received in the period + Carried over" must equal "Handled + Pending", which is 9; 10 was given, a difference of 1."#
    );
}

#[test]
fn what_is_required_is_asked_for_in_rows_that_were_begun() {
    let found = faults(feedback(), &[acts("carriedOver", 0)], None);
    assert_eq!(said(&found), ["REQUIRED cells.0 -/-"]);
    assert_eq!(faults(feedback(), &[], None), []);
}

#[test]
fn carried_over_is_what_was_pending() {
    let before = [acts("received", 5), acts("handled", 2), acts("pending", 3)];
    let carried = Carried { period: "2026-Q1".to_owned(), cells: cells_of(feedback(), &before) };
    let found = |over: i64| {
        let given = [acts("received", 0), acts("carriedOver", over), acts("pending", over)];
        faults(feedback(), &given, Some(&carried))
    };
    assert_eq!(found(3), []);
    assert_eq!(said(&found(2)), ["CARRY_OVER_MISMATCH cells.1 3/2"]);
    insta::assert_snapshot!(
        found(2)[0].message.render(Language::En),
        @r#"On administrative acts: Carried over: it must be 3, as "Pending" was in 2026-Q1; 2 was given."#
    );
    // A row that is left out altogether is named by its codes.
    assert_eq!(
        said(&faults(feedback(), &[], Some(&carried))),
        ["CARRY_OVER_MISMATCH cells.FEEDBACK.ON_ACTS.carriedOver 3/0"]
    );
}

#[test]
fn figures_ask_for_their_source_and_day() {
    let template = crate::of(FormCode::EIdentification).unwrap();
    let at = |field: &str, given: Given| cell("IDENTIFICATION", "PERSON", field, given);
    let counts = [at("participants", Given::Number(10)), at("authenticated", Given::Number(11))];
    assert_eq!(
        said(&faults(template, &counts, None)),
        ["OUT_OF_RANGE cells.1 10/11", "REQUIRED cells.0 -/-", "REQUIRED cells.0 -/-"]
    );
    let day = NaiveDate::from_ymd_opt(2026, 6, 10).unwrap();
    let wrong = [at("source", Given::Date(day)), at("asOf", Given::Text("hôm qua".to_owned()))];
    assert_eq!(
        said(&faults(template, &wrong, None)),
        ["MALFORMED cells.0 -/2026-06-10", "MALFORMED cells.1 -/hôm qua"]
    );
    let long = [at("source", Given::Text("x".repeat(2_001)))];
    assert_eq!(said(&faults(template, &long, None))[0], "OUT_OF_RANGE cells.0 2000/2001");
    let zero = [at("participants", Given::Number(0)), at("authenticated", Given::Number(0))];
    assert_eq!(faults(template, &zero, None), []);
}

/// A form with a total and its breakdown, as headcounts are.
const STAFF: &str = r#"
code = "DIALOGUES"
title_vi = "Nhân sự"
title_en = "Staff"
source = "test"
calendar = "ND09"
period_kinds = ["YEAR"]
organisation_kinds = ["DIVISION"]

[[table]]
code = "TOTALS"
title_vi = "Tổng số"
title_en = "Totals"
[[table.field]]
code = "posts"
title_vi = "Biên chế"
title_en = "Posts"
kind = "COUNT"
unit = "POST"
additivity = "STOCK"
[[table.field]]
code = "budget"
title_vi = "Kinh phí"
title_en = "Budget"
kind = "VND"
unit = "VND"
additivity = "FLOW"

[[table]]
code = "BY_SEX"
title_vi = "Theo giới"
title_en = "By sex"
[[table.dimension]]
code = "SEX"
title_vi = "giới tính"
title_en = "sex"
value = [
    { code = "WOMEN", title_vi = "Nữ", title_en = "Women" },
    { code = "MEN", title_vi = "Nam", title_en = "Men" },
]
[[table.field]]
code = "posts"
title_vi = "Biên chế"
title_en = "Posts"
kind = "COUNT"
unit = "POST"
additivity = "STOCK"

[[check]]
kind = "ROWS_EQUAL"
part = { table = "BY_SEX", fields = ["posts"] }
whole = { table = "TOTALS", fields = ["posts"] }
"#;

#[test]
fn a_breakdown_adds_up() {
    let template = definition::read(STAFF).unwrap();
    let given = |women: i64| {
        [
            cell("TOTALS", "TOTAL", "posts", Given::Number(10)),
            cell("BY_SEX", "WOMEN", "posts", Given::Number(women)),
            cell("BY_SEX", "MEN", "posts", Given::Number(4)),
        ]
    };
    assert_eq!(faults(&template, &given(6), None), []);
    let found = faults(&template, &given(5), None);
    assert_eq!(said(&found), ["SUM_MISMATCH cells.1 10/9"]);
    insta::assert_snapshot!(
        found[0].message.render(Language::En),
        @r#"Added up by sex: "Posts (By sex)" is 9 and must equal "Posts (Totals)", which is 10; the difference is -1."#
    );
    insta::assert_snapshot!(
        sentence(&template, &template.checks[0]).unwrap().render(Language::Vi),
        @"Biên chế (Theo giới) cộng lại bằng Biên chế (Tổng số)."
    );
}

#[test]
fn amounts_may_be_larger_than_counts() {
    let template = definition::read(STAFF).unwrap();
    let budget = |given| [cell("TOTALS", "TOTAL", "budget", Given::Number(given))];
    assert_eq!(faults(&template, &budget((1 << 53) - 1), None), []);
    assert_eq!(said(&faults(&template, &budget(1 << 53), None)).len(), 1);
}

#[test]
fn a_field_may_take_less_than_its_kind_and_a_score_never_adds_up() {
    let template = crate::of(FormCode::UnitKpi).unwrap();
    let score = |number| [cell("KPI", "UNIT", "score", Given::Number(number))];
    assert_eq!(faults(template, &score(10_000), None), []);
    let found = faults(template, &score(10_001), None);
    assert_eq!(said(&found), ["OUT_OF_RANGE cells.0 10000/10001"]);
    insta::assert_snapshot!(
        found[0].message.render(Language::En),
        @"Cell 1 (The unit: Score times 100 (0 to 10,000)): 10001 was given; at most 10000 is taken."
    );
    let (first, second) = (cells_of(template, &score(9_000)), cells_of(template, &score(8_000)));
    let year = Period::parse(Calendar::Nd09, "2026").unwrap();
    let accepted = [&first, &second].map(|cells| BTreeMap::from([((year.start, year.end), cells)]));
    assert_eq!(roll_up(template, &year, &accepted).0, BTreeMap::new());
}

#[test]
fn every_answer_is_one_of_the_sample() {
    let template = crate::of(FormCode::AgencySatisfaction).unwrap();
    let at = |field: &str, given| cell("SURVEY", "OWN_SURVEY/HEALTH", field, given);
    let answers = [at("sampleSize", Given::Number(100)), at("satisfied", Given::Number(90))];
    let found = faults(template, &answers, None);
    assert_eq!(said(&found), ["SUM_MISMATCH cells.1 100/90", "REQUIRED cells.0 -/-", "REQUIRED cells.0 -/-"]);
    insta::assert_snapshot!(
        found[0].message.render(Language::Vi),
        @r#"Khảo sát của phường - Dịch vụ y tế công lập: "Rất hài lòng + Hài lòng + Bình thường + Không hài lòng + Rất không hài lòng + Không trả lời" phải bằng "Số người được hỏi" là 100; đã nhập 90, chênh lệch -10."#
    );
}

#[test]
fn measures_are_sums_of_the_cells_they_select() {
    let template = crate::of(FormCode::Satisfaction).unwrap();
    let rated = |row: &str, field: &str, number| cell("SATISFACTION", row, field, Given::Number(number));
    let cells = cells_of(
        template,
        &[
            rated("ONE_STOP_RATING/LAND", "verySatisfied", 50),
            rated("ONE_STOP_RATING/LAND", "dissatisfied", 10),
            rated("ONE_STOP_RATING/INVESTMENT", "satisfied", 30),
            rated("ONE_STOP_RATING/OTHER", "satisfied", 100),
            rated("ONE_STOP_RATING/OTHER", "noAnswer", 7),
            rated("SIPAS/LAND", "satisfied", 9),
            rated("CITY_SURVEY/OTHER", "neutral", 0),
        ],
    );
    let figures: HashMap<&str, Option<i64>> = figures(template, &cells).into_iter().collect();
    assert_eq!(figures.len(), 16);
    for (measure, value) in [
        ("SATISFACTION.ONE_STOP_RATING.SATISFIED", Some(180)),
        ("SATISFACTION.ONE_STOP_RATING.VALID", Some(190)),
        ("SATISFACTION.ONE_STOP_RATING.LCI.SATISFIED", Some(80)),
        ("SATISFACTION.ONE_STOP_RATING.LCI.VALID", Some(90)),
        ("SATISFACTION.SIPAS.VALID", Some(9)),
        // A zero that was typed is a figure, and gives the other parts of its method; what nobody asked is none.
        ("SATISFACTION.CITY_SURVEY.VALID", Some(0)),
        ("SATISFACTION.CITY_SURVEY.LCI.SATISFIED", Some(0)),
        ("SATISFACTION.OWN_SURVEY.VALID", None),
    ] {
        assert_eq!(figures[measure], value, "{measure}");
    }
}

#[test]
fn numbers_roll_up_as_their_fields_add() {
    let template = feedback();
    let of = |received, over, handled, pending| {
        let given =
            [acts("received", received), acts("carriedOver", over), acts("handled", handled), acts("pending", pending)];
        cells_of(template, &given)
    };
    let (first, second, other) = (of(10, 2, 9, 3), of(20, 3, 18, 5), of(1, 1, 1, 1));
    let half = accepted(&[("2026-Q1", &first), ("2026-Q2", &second)]);
    let (rolled, covers) = roll_up(template, &nd09("2026-H1"), &[half, accepted(&[("2026-Q1", &other)])]);
    assert_eq!(covers[0].missing, []);
    assert_eq!(covers[1].missing, [nd09("2026-Q2")]);
    let at = |field: &str| rolled.get(&template.place("FEEDBACK", "ON_ACTS", field).unwrap()).copied();
    assert_eq!((at("received"), at("carriedOver"), at("pending")), (Some(31), Some(3), Some(6)));
    assert_eq!(at("published"), None);
}

fn nd09(code: &str) -> Period {
    Period::parse(Calendar::Nd09, code).unwrap()
}

fn accepted<'a>(forms: &[(&str, &'a Cells)]) -> Accepted<'a> {
    forms.iter().map(|(code, cells)| ((nd09(code).start, nd09(code).end), *cells)).collect()
}

#[test]
fn a_periods_own_form_counts_for_what_it_fills() {
    let template = crate::of(FormCode::Satisfaction).unwrap();
    let rated = |row: &str, field: &str, number| cell("SATISFACTION", row, field, Given::Number(number));
    let cells = |given: &[GivenCell]| cells_of(template, given);
    let first = cells(&[
        rated("ONE_STOP_RATING/LAND", "satisfied", 5),
        rated("ONE_STOP_RATING/OTHER", "satisfied", 7),
        rated("SIPAS/LAND", "satisfied", 1),
    ]);
    let third = cells(&[rated("ONE_STOP_RATING/OTHER", "satisfied", 10)]);
    let year = cells(&[rated("SIPAS/OTHER", "satisfied", 90)]);
    let known = accepted(&[("2026-Q1", &first), ("2026-Q3", &third), ("2026", &year)]);
    let (rolled, covers) = roll_up(template, &nd09("2026"), &[known]);
    let at = |row: &str| rolled.get(&template.place("SATISFACTION", row, "satisfied").unwrap()).copied();
    assert_eq!((at("ONE_STOP_RATING/LAND"), at("ONE_STOP_RATING/OTHER")), (Some(5), Some(17)));
    // The year's own form speaks for all of its method, as the measures that add the method up do.
    assert_eq!((at("SIPAS/OTHER"), at("SIPAS/LAND"), at("CITY_SURVEY/LAND")), (Some(90), None, None));
    assert_eq!(covers[0].chosen.len(), 3);
    assert_eq!(covers[0].missing, [nd09("2026-Q2"), nd09("2026-Q4")]);
}

#[test]
fn a_day_to_come_is_refused_and_a_late_one_is_odd() {
    let template = crate::of(FormCode::EIdentification).unwrap();
    let on = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
    let given = [cell("IDENTIFICATION", "PERSON", "asOf", Given::Date(on(9, 21)))];
    let ReadCells { indices, .. } = read(template, &given);
    let cells = cells_of(template, &given);
    let found = check_days(template, &cells, &indices, on(9, 20));
    assert_eq!(said(&found), ["OUT_OF_RANGE cells.0 2026-09-20/2026-09-21"]);
    insta::assert_snapshot!(
        found[0].message.render(Language::En),
        @"Cell 1 (People: Figures as of): it must not be after today, 2026-09-20; 2026-09-21 was given."
    );
    assert_eq!(check_days(template, &cells, &indices, on(9, 21)), []);
    assert_eq!(late_days(template, &cells, on(9, 20)).len(), 1);
    assert_eq!(late_days(template, &cells, on(9, 21)), []);
}

#[test]
fn differences_name_table_row_and_field() {
    let template = feedback();
    let (before, after) = (cells_of(template, &[acts("received", 1)]), cells_of(template, &[acts("received", 2)]));
    let changes = compare(template, &before, &after);
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].line_code.as_str(), changes[0].field), ("FEEDBACK/ON_ACTS", "received"));
    assert_eq!((changes[0].before, changes[0].after), (Some(1), Some(2)));
    assert_eq!(compare(template, &after, &after), []);
}

#[test]
fn an_empty_form_is_odd() {
    let codes = |cells: &Cells, missing| -> Vec<WarningCode> {
        warnings(cells, missing).into_iter().map(|warning| warning.code).collect()
    };
    let zero = cells_of(feedback(), &[acts("received", 0)]);
    assert_eq!(codes(&zero, None), [WarningCode::EmptyForm]);
    let one = cells_of(feedback(), &[acts("received", 1)]);
    assert_eq!(codes(&one, Some("2026-Q1")), [WarningCode::MissingPeriod]);
}
