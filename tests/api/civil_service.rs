//! The civil service, and satisfaction with agencies, health care and education.

use serde_json::{Value, json};

use crate::story::{figure, figures};
use crate::support::{Client, on_both_engines};
use crate::templates::{Form, SAVE, row};

const READ: &str = "query($by: SubmissionReference!) { submission(by: $by) { form cells { field } } }";

const fn survey(period: &str) -> Form<'_> {
    Form { unit: "VHXH", form: "AGENCY_SATISFACTION", period }
}

/// A row of a survey, with source and day: satisfied and very satisfied, the other answers, and no answer.
fn answers(row_code: &str, satisfied: i64, others: i64, none: i64) -> Vec<Value> {
    let counts = [
        ("sampleSize", satisfied + others + none),
        ("verySatisfied", satisfied / 2),
        ("satisfied", satisfied - satisfied / 2),
        ("neutral", others),
        ("noAnswer", none),
    ];
    let mut cells = row("SURVEY", row_code, &counts);
    cells.push(json!({ "table": "SURVEY", "row": row_code, "field": "source", "text": "Khảo sát trực tuyến" }));
    cells.push(json!({ "table": "SURVEY", "row": row_code, "field": "asOf", "date": "2026-06-01" }));
    cells
}

/// The form that a client reads under a key, or null.
async fn read(client: &Client, form: &Form<'_>) -> Value {
    client.ask(READ, json!({ "by": form.key() })).await.ok().data("/submission").clone()
}

async fn consolidated(client: &Client, form: &str, organisation: &str) -> crate::support::Answer {
    let document = format!(
        "{{ consolidatedForm(form: {form}, period: \"2026\", organisation: \"{organisation}\") {{ cells {{ row field value }} }} }}"
    );
    client.ask(&document, json!({})).await
}

fn appraised(excellent: i64, good: i64, completed: i64, not_completed: i64, not_appraised: i64) -> Vec<Value> {
    let staff = excellent + good + completed + not_completed + not_appraised;
    let counts = [
        ("staff", staff),
        ("excellent", excellent),
        ("good", good),
        ("completed", completed),
        ("notCompleted", not_completed),
        ("notAppraised", not_appraised),
    ];
    row("APPRAISAL", "CIVIL_SERVANT", &counts)
}

on_both_engines! {
    async fn satisfaction_with_agencies_health_and_education_in_three_half_years(ward: Ward) {
        let analytics = ward.analytics().await;
        // Before the plan began there is a figure, and no target.
        let mut before = answers("OWN_SURVEY/AGENCIES", 90, 10, 0);
        before.extend(answers("OWN_SURVEY/HEALTH", 80, 20, 0));
        before.extend(answers("OWN_SURVEY/EDUCATION", 90, 10, 0));
        survey("2025-H2").accepted(&ward, &before).await;
        // Exactly 95.00 % and 90.00 %; education was not asked about.
        let mut first = answers("OWN_SURVEY/AGENCIES", 570, 30, 50);
        first.extend(answers("OWN_SURVEY/HEALTH", 180, 20, 0));
        first.extend(answers("CITY_SURVEY/AGENCIES", 92, 8, 0));
        survey("2026-H1").accepted(&ward, &first).await;
        // Printed 94.99, and below 95 by the exact fraction too; nobody answered about health care.
        let mut second = answers("OWN_SURVEY/AGENCIES", 569, 30, 0);
        second.extend(answers("OWN_SURVEY/HEALTH", 0, 0, 12));
        second.extend(answers("OWN_SURVEY/EDUCATION", 179, 21, 0));
        survey("2026-H2").accepted(&ward, &second).await;
        for (indicator, expected) in [
            ("II.3.a.4-1", ["90/100 90.00 NO_TARGET", "570/600 95.00 ACHIEVED", "569/599 94.99 NOT_DUE", "1139/1199 95.00 NOT_DUE"]),
            ("II.3.a.4-2-HEALTH", ["80/100 80.00 NO_TARGET", "180/200 90.00 ACHIEVED", "0/0 - NO_DATA", "180/200 90.00 ACHIEVED"]),
            ("II.3.a.4-2-EDUCATION", ["90/100 90.00 NO_TARGET", "none", "179/200 89.50 NOT_DUE", "179/200 89.50 NOT_DUE"]),
            // Another method is another figure, and never added up with this one.
            ("II.3.a.4-1.CITY_SURVEY", ["none", "92/100 92.00 NOT_DUE", "none", "92/100 92.00 NOT_DUE"]),
            ("II.3.a.4-1.SIPAS", ["none"; 4]),
        ] {
            for (period, expected) in ["2025-H2", "2026-H1", "2026-H2", "2026"].into_iter().zip(expected) {
                assert_eq!(figure(&analytics, indicator, period).await, expected, "{indicator} {period}");
            }
        }
        // Both services are compared with the one target, each for itself.
        let overview = "{ programmeOverview(period: \"2026-H1\") { targets { target { section issuingLevel } status series { indicator { code } status } } } }";
        let answer = ward.chair().await.ask(overview, json!({})).await.ok();
        let tile = answer.data("/programmeOverview/targets").as_array().unwrap().iter()
            .find(|one| one["target"]["section"] == "II.3.a.4-2" && one["target"]["issuingLevel"] == "WARD").unwrap().clone();
        let expected = json!([
            { "indicator": { "code": "II.3.a.4-2-HEALTH" }, "status": "ACHIEVED" },
            { "indicator": { "code": "II.3.a.4-2-EDUCATION" }, "status": "NO_DATA" },
        ]);
        let read_as_planned = json!(tile["series"].as_array().unwrap()[..2]);
        assert_eq!((&tile["status"], &read_as_planned), (&json!("NO_DATA"), &expected));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_sum_that_does_not_add_up_names_its_row_and_the_difference(ward: Ward) {
        let mut cells = row("SURVEY", "SIPAS/EDUCATION", &[("sampleSize", 100), ("satisfied", 90), ("neutral", 7)]);
        assert_eq!(survey("2026-H1").faults(&ward, &cells).await, ["REQUIRED cells.0", "REQUIRED cells.0", "SUM_MISMATCH cells.1"]);
        cells.push(json!({ "table": "SURVEY", "row": "SIPAS/EDUCATION", "field": "source", "text": "Sở Nội vụ" }));
        cells.push(json!({ "table": "SURVEY", "row": "SIPAS/EDUCATION", "field": "asOf", "date": "2026-06-01" }));
        let answer = survey("2026-H1").save(&ward, &cells, 0).await.ok();
        let fault = answer.user_errors("saveForm")[0].clone();
        assert_eq!((&fault["code"], &fault["expected"], &fault["given"]), (&json!("SUM_MISMATCH"), &json!("100"), &json!("97")));
        let message = fault["message"].as_str().unwrap();
        assert!(message.starts_with("SIPAS survey - Public education: ") && message.ends_with("a difference of -3."), "{message}");

        let of = |form| Form { unit: "VP", form, period: "2026" };
        let mut staff = appraised(1, 2, 1, 0, 0);
        staff[0]["count"] = json!(5);
        assert_eq!(of("STAFF_APPRAISAL").faults(&ward, &staff).await, ["SUM_MISMATCH cells.1"]);
        let trained = row("TRAINING", "DIGITAL_SKILLS", &[("courses", 1), ("participants", 9), ("certified", 10)]);
        assert_eq!(of("TRAINING").faults(&ward, &trained).await, ["OUT_OF_RANGE cells.2"]);
        let cases = row("VIOLATIONS", "TOTAL", &[("found", 2), ("handled", 1)]);
        assert_eq!(of("DISCIPLINE_REWARD").faults(&ward, &cases).await, ["SUM_MISMATCH cells.0"]);
        let rounds = row("ROUNDS", "APPOINTMENT", &[("rounds", 1), ("publicRounds", 2), ("competitiveRounds", 2), ("posts", 1), ("candidates", 3), ("appointed", 2)]);
        assert_eq!(of("RECRUITMENT").faults(&ward, &rounds).await, ["OUT_OF_RANGE cells.1", "OUT_OF_RANGE cells.2", "OUT_OF_RANGE cells.5"]);
        let positions = row("POSITIONS", "SUPPORT", &[("positions", 1), ("withFrame", 2), ("postsApproved", 1), ("postsFilled", 2), ("meetFrame", 3)]);
        assert_eq!(of("JOB_POSITIONS").faults(&ward, &positions).await, ["OUT_OF_RANGE cells.1", "OUT_OF_RANGE cells.3", "OUT_OF_RANGE cells.4"]);
        let actions = row("CRITERIA", "APOLOGY", &[("planned", 1), ("done", 2)]);
        assert_eq!(of("FRIENDLY_GOVERNMENT").faults(&ward, &actions).await, ["OUT_OF_RANGE cells.1"]);
        let mut tasks = row("KPI", "UNIT", &[("assigned", 10), ("onTime", 8), ("late", 1), ("notDone", 0), ("score", 10_000)]);
        assert_eq!(of("UNIT_KPI").faults(&ward, &tasks).await, ["SUM_MISMATCH cells.1"]);
        tasks[4]["count"] = json!(10_001);
        assert_eq!(of("UNIT_KPI").faults(&ward, &tasks).await, ["OUT_OF_RANGE cells.4"]);
    }

    async fn the_forms_of_the_civil_service_become_figures(ward: Ward) {
        let of = |unit, form, period| Form { unit, form, period };
        of("VP", "STAFF_APPRAISAL", "2026").accepted(&ward, &appraised(2, 5, 2, 1, 4)).await;
        of("TTSNC", "STAFF_APPRAISAL", "2026").accepted(&ward, &appraised(1, 8, 1, 0, 0)).await;
        let mut positions = row("POSITIONS", "LEADERSHIP", &[("positions", 2), ("withFrame", 2), ("postsApproved", 3), ("postsFilled", 3), ("meetFrame", 3)]);
        positions.extend(row("POSITIONS", "SUPPORT", &[("positions", 2), ("withFrame", 1), ("postsApproved", 7), ("postsFilled", 5), ("meetFrame", 1)]));
        of("VP", "JOB_POSITIONS", "2026-H1").accepted(&ward, &row("POSITIONS", "SUPPORT", &[("positions", 9), ("postsApproved", 9)])).await;
        of("VP", "JOB_POSITIONS", "2026-H2").accepted(&ward, &positions).await;
        of("VP", "TRAINING", "2026-Q1").accepted(&ward, &row("TRAINING", "DIGITAL_SKILLS", &[("courses", 1), ("participants", 12), ("certified", 9)])).await;
        of("VP", "TRAINING", "2026-Q2").accepted(&ward, &row("TRAINING", "FOREIGN_LANGUAGE", &[("participants", 8), ("certified", 1)])).await;
        let mut rounds = row("ROUNDS", "RECRUITMENT", &[("rounds", 3), ("publicRounds", 3), ("competitiveRounds", 2), ("posts", 4), ("candidates", 9), ("appointed", 4)]);
        rounds.extend(row("ROUNDS", "APPOINTMENT", &[("rounds", 1), ("publicRounds", 0)]));
        rounds.extend(row("ROUNDS", "TRANSFER", &[("rounds", 6)]));
        of("VHXH", "RECRUITMENT", "2026").accepted(&ward, &rounds).await;
        of("VHXH", "FRIENDLY_GOVERNMENT", "2026").accepted(&ward, &row("CRITERIA", "LISTENING_HOURS", &[("planned", 8), ("done", 6)])).await;
        let mut tasks = row("KPI", "UNIT", &[("assigned", 20), ("onTime", 19), ("late", 1), ("score", 9_550)]);
        tasks.extend(row("KPI", "HEAD", &[("assigned", 4), ("onTime", 1), ("notDone", 3), ("score", 4_000)]));
        of("VP", "UNIT_KPI", "2026").accepted(&ward, &tasks).await;
        let mut discipline = row("VIOLATIONS", "TOTAL", &[("found", 2), ("handled", 1), ("pending", 1)]);
        discipline.extend(row("DISCIPLINE", "REPRIMAND", &[("persons", 1)]));
        discipline.extend(row("REWARD", "CITY", &[("individuals", 3), ("collectives", 1)]));
        of("VP", "DISCIPLINE_REWARD", "2026-Q1").accepted(&ward, &discipline).await;
        let carried = of("VP", "DISCIPLINE_REWARD", "2026-Q2").faults(&ward, &row("VIOLATIONS", "TOTAL", &[("found", 0)])).await;
        assert_eq!(carried, ["CARRY_OVER_MISMATCH cells.0"]);

        let analytics = ward.analytics().await;
        let standing = ward.standing_body().await;
        for (indicator, expected) in [
            // Whoever was not appraised counts neither above nor below.
            ("APPRAISAL.GOOD_OR_BETTER", "16/20 80.00 NO_TARGET"),
            ("JOB_POST.FILLED", "8/10 80.00 NO_TARGET"),
            ("JOB_POST.MEET_FRAME", "4/8 50.00 NO_TARGET"),
            ("JOB_POSITION.WITH_FRAME", "3/4 75.00 NO_TARGET"),
            ("TRAINING.CERTIFIED", "10/20 50.00 NO_TARGET"),
            ("TRAINING.DIGITAL_SKILLS.CERTIFIED", "9/12 75.00 NO_TARGET"),
            // A transfer is no competition.
            ("RECRUITMENT.PUBLIC", "3/4 75.00 NO_TARGET"),
            ("RECRUITMENT.COMPETITIVE", "2/4 50.00 NO_TARGET"),
            ("FRIENDLY_GOVERNMENT.DONE", "6/8 75.00 NO_TARGET"),
            // The head's own row is nobody else's business.
            ("KPI.UNIT.ON_TIME", "19/20 95.00 NO_TARGET"),
        ] {
            assert_eq!(figure(&standing, indicator, "2026").await, expected, "{indicator}");
        }
        // Those outside see nothing of staff, not even added up.
        assert_eq!(figure(&analytics, "APPRAISAL.GOOD_OR_BETTER", "2026").await, "none");
        assert_eq!(figure(&analytics, "FRIENDLY_GOVERNMENT.DONE", "2026").await, "6/8 75.00 NO_TARGET");
        assert_eq!(figures(&standing, "APPRAISAL.GOOD_OR_BETTER", "TTSNC", "2026", "").await[0]["numerator"], 9);
        // A score is no sum of scores: it is not consolidated.
        let kpi = consolidated(&ward.chair().await, "UNIT_KPI", "AN-BIEN").await.ok();
        let cells = kpi.data("/consolidatedForm/cells").as_array().unwrap().clone();
        assert_eq!(cells.len(), 8);
        assert!(cells.iter().all(|cell| cell["field"] != "score"));
        let template = "{ formTemplate(code: UNIT_KPI) { tables { fields { code max additivity } } } }";
        let fields = analytics.ask(template, json!({})).await.ok().data("/formTemplate/tables/0/fields").clone();
        assert_eq!(fields[0], json!({ "code": "assigned", "max": 100_000_000, "additivity": "FLOW" }));
        assert_eq!(fields[4], json!({ "code": "score", "max": 10_000, "additivity": null }));
        assert_eq!(fields[5], json!({ "code": "note", "max": null, "additivity": null }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn oversight_reads_satisfaction_and_no_personnel(ward: Ward) {
        let appraisal = Form { unit: "VP", form: "STAFF_APPRAISAL", period: "2026" };
        let survey = survey("2026-H1");
        // Another unit's officer neither writes nor reads it.
        let input = json!({ "input": appraisal.input(&appraised(1, 0, 0, 0, 0), 0) });
        assert_eq!(ward.officer("TTSNC").await.ask(SAVE, input).await.code(), "FORBIDDEN");
        appraisal.accepted(&ward, &appraised(2, 5, 2, 1, 4)).await;
        survey.accepted(&ward, &answers("OWN_SURVEY/AGENCIES", 95, 5, 0)).await;
        let (oversight, outsider) = (ward.oversight().await, ward.officer("TTSNC").await);
        assert_eq!(read(&oversight, &appraisal).await, json!(null));
        assert_eq!(read(&oversight, &survey).await["form"], "AGENCY_SATISFACTION");
        for other in [&outsider, &ward.analytics().await, &ward.one_stop().await] {
            assert_eq!(read(other, &appraisal).await, json!(null));
            assert_eq!(read(other, &survey).await, json!(null));
        }
        let list = "{ submissions { totalCount nodes { form } } }";
        let seen = oversight.ask(list, json!({})).await.ok();
        assert_eq!(seen.data("/submissions"), &json!({ "totalCount": 1, "nodes": [{ "form": "AGENCY_SATISFACTION" }] }));
        for reader in [ward.standing_body().await, ward.chair().await, ward.officer("VP").await] {
            assert_eq!(read(&reader, &appraisal).await["form"], "STAFF_APPRAISAL");
        }
        // Nor is there a way around: not the unit's consolidated form, nor the ward's, from which it could be taken.
        for client in [&oversight, &outsider, &ward.analytics().await, &ward.officer("VHXH").await, &ward.upper_level().await] {
            assert_eq!(consolidated(client, "STAFF_APPRAISAL", "VP").await.code(), "NOT_FOUND");
            let whole = consolidated(client, "STAFF_APPRAISAL", "AN-BIEN").await.ok();
            let cells = whole.data("/consolidatedForm/cells").as_array().unwrap();
            assert!(!cells.is_empty() && cells.iter().all(|cell| cell["value"].is_null()));
        }
        for (client, organisation) in [(ward.chair().await, "AN-BIEN"), (ward.officer("VP").await, "VP")] {
            let whole = consolidated(&client, "STAFF_APPRAISAL", organisation).await.ok();
            let cell = json!({ "row": "CIVIL_SERVANT", "field": "staff", "value": 14 });
            assert!(whole.data("/consolidatedForm/cells").as_array().unwrap().contains(&cell));
        }
        assert_eq!(consolidated(&oversight, "AGENCY_SATISFACTION", "AN-BIEN").await.ok().data("/consolidatedForm/cells/0/value"), &json!(null));
    }
}
