//! Four forms of public finance: prices, funds with autonomy, the savings score with its appraisal, disclosure of the budget.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::story::{faults, figure, step};
use crate::support::{Answer, Client, Ward, on_both_engines};
use crate::templates::{Form, SAVE, row};

const APPRAISE: &str = "mutation($input: AppraiseSavingsScoreInput!) { appraiseSavingsScore(input: $input) {
    score { points pointsShown maximum band isAppraised submission { version state }
        components { component ownPoints points maximum reason } }
    userErrors { code field line expected given message } } }";
const SCORES: &str = "query($states: [State!], $organisation: String, $first: Int) {
    savingsScores(fiscalYear: 2026, states: $states, organisation: $organisation, first: $first) { totalCount nodes {
        organisation { code } fiscalYear ownPoints points maximum band isAppraised share { percent }
        submission { state edition version } components { component ownPoints points maximum reason }
        appraisals { version points appraisedBy { displayName } components { component points reason } }
        allowedActions { action allowed reason } } } }";
const BANDS: &str = "{ savingsBands(fiscalYear: 2026) { missing share { numerator denominator percent }
    bands { band units share { percent } } } }";
const DISCLOSURES: &str = "query($on: NaiveDate, $organisation: String, $first: Int) {
    budgetDisclosures(fiscalYear: 2026, on: $on, organisation: $organisation, first: $first) { totalCount nodes {
        organisation { code } on counts { state documents }
        documents { document quarter { code } state decidedOn arisesOn dueOn publishedOn place daysLate accepted } } } }";

fn text(table: &str, row: &str, field: &str, text: &str) -> Value {
    json!({ "table": table, "row": row, "field": field, "text": text })
}

fn date(table: &str, row: &str, field: &str, day: &str) -> Value {
    json!({ "table": table, "row": row, "field": field, "date": day })
}

/// Takes a step; the answer has whatever came of it.
async fn attempt(client: &Client, name: &str, form: &Form<'_>, version: i64) -> Answer {
    let mut input = json!({ "submission": form.key(), "expectedVersion": version });
    match name {
        "returnForm" | "reopenForm" => input["reason"] = json!("Xem lại số liệu."),
        "submitForm" => input["warningsNote"] = json!("Đã kiểm tra."),
        _ => {}
    }
    client.ask(&step(name), json!({ "input": input })).await
}

/// Takes a step that succeeds; answers the version.
async fn take(client: &Client, name: &str, form: &Form<'_>, version: i64) -> i64 {
    let answer = attempt(client, name, form, version).await.ok();
    assert_eq!(faults(&answer, name), Vec::<String>::new(), "{} {}: {}", form.unit, form.period, answer.body);
    answer.data(&format!("/{name}/submission/version")).as_i64().unwrap()
}

/// Saves and submits; answers the version.
async fn submitted(ward: &Ward, form: &Form<'_>, cells: &[Value], version: i64) -> i64 {
    let saved = form.save(ward, cells, version).await.ok();
    assert_eq!(faults(&saved, "saveForm"), Vec::<String>::new(), "{}", saved.body);
    let version = saved.data("/saveForm/submission/version").as_i64().unwrap();
    take(&ward.head(form.unit).await, "submitForm", form, version).await
}

/// Saves, submits, and has the finance division accept; answers the version.
async fn accepted(ward: &Ward, form: &Form<'_>, cells: &[Value]) -> i64 {
    let version = submitted(ward, form, cells, 0).await;
    take(&ward.finance().await, "acceptForm", form, version).await
}

/// The cells of a consolidated form of the ward, as `row field value`.
async fn consolidated(client: &Client, form: &str, period: &str) -> Vec<String> {
    let document = format!(
        "{{ consolidatedForm(form: {form}, period: \"{period}\") {{ cells {{ row field value }} missingCount }} }}"
    );
    let answer = client.ask(&document, json!({})).await.ok();
    let cells = answer.data("/consolidatedForm/cells").as_array().unwrap().clone();
    let known = cells.iter().filter(|cell| !cell["value"].is_null());
    known
        .map(|cell| format!("{} {} {}", cell["row"].as_str().unwrap(), cell["field"].as_str().unwrap(), cell["value"]))
        .collect()
}

async fn rebuilt(ward: &Ward) {
    assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
}

const fn prices(period: &str) -> Form<'_> {
    Form { unit: "KTHTDT", form: "PRICES", period }
}

fn market(counts: &[(&str, i64)]) -> Vec<Value> {
    row("PRICES", "MARKET", counts)
}

fn funds(assigned: i64, spent: i64, over: i64, saved: i64) -> Vec<Value> {
    row("FUNDS", "TOTAL", &[("assigned", assigned), ("spent", spent), ("carriedOver", over), ("saved", saved)])
}

const fn score(unit: &str) -> Form<'_> {
    Form { unit, form: "SAVINGS_SCORE", period: "2026" }
}

/// A unit's own score; of subordinate units where it has some.
fn own(direction: i64, saving: i64, subordinates: Option<i64>, communication: i64) -> Vec<Value> {
    let mut counts = vec![
        ("subordinateUnits", i64::from(subordinates.is_some()) * 2),
        ("direction", direction),
        ("saving", saving),
        ("communication", communication),
    ];
    counts.extend(subordinates.map(|points| ("subordinates", points)));
    let mut cells = row("SCORE", "TOTAL", &counts);
    cells.push(text("SCORE", "TOTAL", "evidence", "Báo cáo quyết toán, kế hoạch tiết kiệm."));
    cells
}

fn given(component: &str, points: i64, reason: Option<&str>) -> Value {
    json!({ "component": component, "points": points, "reason": reason })
}

async fn appraise(client: &Client, unit: &str, components: &[Value], version: i64) -> Answer {
    let input =
        json!({ "organisation": unit, "fiscalYear": 2026, "components": components, "expectedVersion": version });
    client.ask(APPRAISE, json!({ "input": input })).await
}

/// An appraisal that succeeds; answers the form's version.
async fn appraised(client: &Client, unit: &str, components: &[Value], version: i64) -> i64 {
    let answer = appraise(client, unit, components, version).await.ok();
    assert_eq!(faults(&answer, "appraiseSavingsScore"), Vec::<String>::new(), "{}", answer.body);
    answer.data("/appraiseSavingsScore/score/submission/version").as_i64().unwrap()
}

async fn scores(client: &Client, states: &[&str]) -> Vec<Value> {
    let answer = client.ask(SCORES, json!({ "states": states })).await.ok();
    answer.data("/savingsScores/nodes").as_array().unwrap().clone()
}

const fn disclosure(period: &str) -> Form<'_> {
    Form { unit: "TTPVHCC", form: "BUDGET_DISCLOSURE", period }
}

/// A document of a period that was published.
fn report(document: &str, published: &str) -> Vec<Value> {
    vec![
        date("REPORTS", document, "publishedOn", published),
        text("REPORTS", document, "place", "https://anbien.haiphong.gov.vn/ngan-sach"),
    ]
}

/// A document of a decision, published or not.
fn decision(document: &str, decided: &str, published: Option<&str>) -> Vec<Value> {
    let mut cells = vec![date("DECISIONS", document, "decidedOn", decided)];
    if let Some(day) = published {
        cells.push(date("DECISIONS", document, "publishedOn", day));
        cells.push(text("DECISIONS", document, "place", "Bảng tin Trung tâm"));
    }
    cells
}

/// `DOCUMENT period STATE late accepted` of each document of a unit on a day.
async fn standing(client: &Client, unit: &str, on: Option<&str>) -> Vec<String> {
    let answer = client.ask(DISCLOSURES, json!({ "on": on, "organisation": unit })).await.ok();
    let documents = answer.data("/budgetDisclosures/nodes/0/documents").as_array().unwrap().clone();
    documents
        .iter()
        .map(|one| {
            let word = |field: &str| one[field].as_str().unwrap().to_owned();
            let quarter = one["quarter"]["code"].as_str().unwrap();
            format!("{} {quarter} {} {} {}", word("document"), word("state"), one["daysLate"], one["accepted"])
        })
        .collect()
}

on_both_engines! {
    async fn a_form_on_finance_goes_from_the_officer_to_the_division(ward: Ward) {
        let form = prices("2026-Q1");
        let cells = market(&[("mustList", 40), ("listing", 36), ("inspected", 2)]);
        let (officer, head, finance) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await, ward.finance().await);
        form.save(&ward, &cells, 0).await.ok();
        // What is being written nobody else reads, and only the head sends it.
        assert_eq!(attempt(&officer, "submitForm", &form, 1).await.code(), "FORBIDDEN");
        let read = "query($by: SubmissionReference!) { submission(by: $by) { state returnReason cells { field } } }";
        let seen = async |client: &Client| client.ask(read, json!({ "by": form.key() })).await.ok().data("/submission").clone();
        assert_eq!(seen(&finance).await, Value::Null);
        assert_eq!(take(&head, "submitForm", &form, 1).await, 2);
        assert_eq!(seen(&finance).await["state"], "SUBMITTED");
        // Another unit, the standing body, the one-stop control and the unit itself neither accept nor return it.
        for client in [&ward.officer("VP").await, &ward.head("VP").await, &ward.standing_body().await, &ward.one_stop().await, &head, &ward.analytics().await] {
            for name in ["acceptForm", "returnForm"] {
                assert_eq!(attempt(client, name, &form, 2).await.code(), "FORBIDDEN", "{name}");
            }
        }
        let input = json!({ "input": form.input(&cells, 2) });
        assert_eq!(ward.officer("VP").await.ask(SAVE, input).await.code(), "FORBIDDEN");
        assert_eq!(seen(&ward.officer("VP").await).await, Value::Null);
        let version = take(&finance, "returnForm", &form, 2).await;
        assert_eq!(seen(&officer).await["returnReason"], "Xem lại số liệu.");
        let version = submitted(&ward, &form, &cells, version).await;
        take(&finance, "acceptForm", &form, version).await;
        assert_eq!(seen(&ward.oversight().await).await["state"], "ACCEPTED");
        // Whoever is head or officer of the unit too leaves it to the Chair.
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "KTHTDT", from, to: None };
        grant(ward.app(), "finance", Role::UnitOfficer, &on).await.unwrap();
        ward.app().callers.invalidate_all();
        let next = prices("2026-Q2");
        let version = submitted(&ward, &next, &cells, 0).await;
        let refused = attempt(&ward.finance().await, "acceptForm", &next, version).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        take(&ward.chair().await, "acceptForm", &next, version).await;
        let journal = ward.chair().await.ask("{ journal(first: 100) { nodes { action outcome rule } } }", json!({})).await.ok();
        let events = journal.data("/journal/nodes").as_array().unwrap();
        assert!(events.iter().any(|event| event["action"] == "ACCEPT_FORM" && event["rule"] == "OWN_UNIT"), "{events:?}");
        rebuilt(&ward).await;
    }

    async fn a_violation_found_in_one_quarter_is_handled_in_the_next(ward: Ward) {
        let analytics = ward.analytics().await;
        let first = [("mustList", 40), ("listing", 36), ("inspected", 12), ("violations", 5), ("handled", 3), ("pending", 2), ("fined", 1), ("fines", 3_000_000)];
        accepted(&ward, &prices("2026-Q1"), &market(&first)).await;
        let second = |over, pending| market(&[("mustList", 40), ("listing", 38), ("inspected", 4), ("carriedOver", over), ("violations", 0), ("handled", 2), ("pending", pending), ("fined", 2), ("fines", 7_500_000)]);
        // What was open at the end is open at the start.
        let wrong = prices("2026-Q2").save(&ward, &second(3, 1), 0).await.ok();
        assert_eq!(faults(&wrong, "saveForm"), ["CARRY_OVER_MISMATCH cells.3"]);
        let fault = &wrong.user_errors("saveForm")[0];
        assert_eq!((&fault["expected"], &fault["given"]), (&json!("2"), &json!("3")));
        accepted(&ward, &prices("2026-Q2"), &second(2, 0)).await;
        let third = [("mustList", 41), ("listing", 41), ("inspected", 9), ("violations", 4), ("handled", 1), ("pending", 3)];
        accepted(&ward, &prices("2026-Q3"), &market(&third)).await;
        for (indicator, expected) in [
            ("II.5.b.6-HANDLED", ["3/5 60.00", "2/2 100.00", "1/4 25.00", "5/5 100.00", "6/9 66.67"]),
            ("II.5.b.6-LISTING", ["36/40 90.00", "38/40 95.00", "41/41 100.00", "38/40 95.00", "41/41 100.00"]),
        ] {
            for (period, expected) in ["2026-Q1", "2026-Q2", "2026-Q3", "2026-H1", "2026-9M"].into_iter().zip(expected) {
                assert_eq!(figure(&analytics, indicator, period).await, format!("{expected} NO_TARGET"), "{indicator} {period}");
            }
        }
        let expected = [
            "MARKET mustList 41", "MARKET listing 41", "MARKET inspected 25", "MARKET carriedOver 0", "MARKET violations 9",
            "MARKET handled 6", "MARKET pending 3", "MARKET fined 3", "MARKET fines 10500000",
        ];
        assert_eq!(consolidated(&analytics, "PRICES", "2026-9M").await, expected);
        // Each kind of goods is carried over by itself, and what is left out is 0, which is not what was left.
        let fourth = row("PRICES", "FUEL", &[("inspected", 1)]);
        ward.clock().set("2026-10-05T02:00:00Z".parse().unwrap());
        assert_eq!(prices("2026-Q4").faults(&ward, &fourth).await, ["CARRY_OVER_MISMATCH cells.PRICES.MARKET.carriedOver"]);
        rebuilt(&ward).await;
    }

    async fn what_does_not_add_up_on_prices_is_told(ward: Ward) {
        let form = prices("2026-Q1");
        for (counts, expected) in [
            (&[("mustList", 3), ("listing", 4)][..], &["OUT_OF_RANGE cells.1"][..]),
            (&[("inspected", 1), ("violations", 2), ("pending", 2)], &["OUT_OF_RANGE cells.1"]),
            (&[("inspected", 5), ("violations", 5), ("handled", 3), ("pending", 1)], &["SUM_MISMATCH cells.2"]),
            (&[("inspected", 2), ("violations", 2), ("handled", 2), ("fined", 3), ("fines", 1)], &["OUT_OF_RANGE cells.3"]),
            // A fine is of a case, and a typed 0 is none.
            (&[("inspected", 1), ("violations", 1), ("handled", 1), ("fines", 500_000)], &["REQUIRED cells.0"]),
            (&[("inspected", 1), ("violations", 1), ("handled", 1), ("fined", 0), ("fines", 500_000)], &["REQUIRED cells.3"]),
            (&[("inspected", 1), ("violations", 1), ("handled", 1), ("fined", 1), ("fines", 0)], &["REQUIRED cells.4"]),
            (&[("fines", -1)], &["OUT_OF_RANGE cells.0"]),
        ] {
            assert_eq!(form.faults(&ward, &market(counts)).await, expected, "{counts:?}");
        }
        let document = "{ formTemplate(code: PRICES) { checks { kind sentence(language: EN) } } }";
        let answer = ward.analytics().await.ask(document, json!({})).await.ok();
        let checks = answer.data("/formTemplate/checks").as_array().unwrap();
        let said: Vec<&str> = checks.iter().map(|check| check["sentence"].as_str().unwrap()).collect();
        assert!(said.contains(&"In each row: when Fines decided in the period is above 0, Of those handled: fined must be given and above 0."), "{said:?}");
        assert!(said.contains(&"In each row: Violations open at the start equals Violations open at the end of the period before."), "{said:?}");
    }

    async fn funds_with_autonomy_of_two_units_and_two_years(ward: Ward) {
        let of = |unit, period| Form { unit, form: "AUTONOMY_FUNDS", period };
        let form = of("TTSNC", "2026");
        let sum = [funds(1_000, 700, 100, 150), row("FUNDS", "TOTAL", &[("extraIncome", 100), ("rewards", 20), ("welfare", 20), ("reserve", 11)])].concat();
        assert_eq!(form.faults(&ward, &sum).await, ["SUM_MISMATCH cells.1", "OUT_OF_RANGE cells.4"]);
        let norms = |counts: &[(&str, i64)]| row("NORMS", "TOTAL", counts);
        assert_eq!(form.faults(&ward, &norms(&[("cases", 1), ("amount", 5), ("recovered", 6)])).await, ["OUT_OF_RANGE cells.2"]);
        assert_eq!(form.faults(&ward, &norms(&[("amount", 5)])).await, ["REQUIRED cells.0"]);
        assert_eq!(form.faults(&ward, &norms(&[("cases", 0), ("amount", 5)])).await, ["REQUIRED cells.0"]);
        assert_eq!(form.faults(&ward, &[date("FUNDS", "TOTAL", "rulesIssuedOn", "2026-09-21")]).await, ["OUT_OF_RANGE cells.0"]);
        let other = Form { unit: "MTTQ", form: "AUTONOMY_FUNDS", period: "2026" };
        let input = json!({ "input": other.input(&sum, 0) });
        assert_eq!(ward.officer("TTSNC").await.ask(SAVE, input).await.code(), "FORBIDDEN");

        let mut cells = funds(9_000_000_000, 8_000_000_000, 400_000_000, 600_000_000);
        cells.extend(row("FUNDS", "TOTAL", &[("extraIncome", 400_000_000), ("rewards", 100_000_000), ("welfare", 60_000_000), ("reserve", 40_000_000)]));
        cells.push(date("FUNDS", "TOTAL", "rulesIssuedOn", "2026-02-10"));
        cells.push(text("FUNDS", "TOTAL", "rulesNumber", "12/QĐ-TTSNC"));
        cells.extend(norms(&[("cases", 2), ("amount", 30_000_000), ("recovered", 30_000_000)]));
        accepted(&ward, &form, &cells).await;
        accepted(&ward, &of("TTSNC", "2025"), &funds(8_000_000_000, 7_920_000_000, 0, 80_000_000)).await;
        accepted(&ward, &of("VP", "2026"), &funds(1_000_000_000, 900_000_000, 0, 100_000_000)).await;
        let analytics = ward.analytics().await;
        for (period, expected) in [("2025", "80000000/8000000000 1.00 NO_TARGET"), ("2026", "700000000/10000000000 7.00 NO_TARGET")] {
            assert_eq!(figure(&analytics, "II.5.b.2-SAVED", period).await, expected, "{period}");
        }
        let found = consolidated(&analytics, "AUTONOMY_FUNDS", "2026").await;
        for cell in ["TOTAL assigned 10000000000", "TOTAL saved 700000000", "TOTAL reserve 40000000", "TOTAL amount 30000000", "TOTAL cases 2"] {
            assert!(found.iter().any(|one| one == cell), "{cell} in {found:?}");
        }
        rebuilt(&ward).await;
    }

    async fn what_the_division_appraises_decides_the_score(ward: Ward) {
        let (finance, chair, analytics) = (ward.finance().await, ward.chair().await, ward.analytics().await);
        let form = score("TTPVHCC");
        // More than there is to get, and points of subordinate units where there are none.
        assert_eq!(form.faults(&ward, &own(1_001, 4_001, None, 800)).await, ["OUT_OF_RANGE cells.1", "OUT_OF_RANGE cells.2"]);
        let mut none = own(900, 3_600, None, 800);
        none.push(json!({ "table": "SCORE", "row": "TOTAL", "field": "subordinates", "count": 100 }));
        assert_eq!(form.faults(&ward, &none).await, ["REQUIRED cells.0"]);
        assert_eq!(form.faults(&ward, &[]).await.len(), 5);
        let version = submitted(&ward, &form, &own(900, 3_600, None, 800), 0).await;
        // Nobody accepts what is not appraised.
        assert_eq!(faults(&attempt(&finance, "acceptForm", &form, version).await.ok(), "acceptForm"), ["NOT_APPRAISED submission"]);
        let waiting = &scores(&finance, &["SUBMITTED"]).await[0];
        assert_eq!((&waiting["ownPoints"], &waiting["points"], &waiting["maximum"], &waiting["band"]), (&json!(5_300), &Value::Null, &json!(6_000), &Value::Null));
        assert_eq!(waiting["allowedActions"][0], json!({ "action": "APPRAISE_SAVINGS_SCORE", "allowed": true, "reason": null }));

        let sound = |saving| [given("DIRECTION", 900, None), given("SAVING", saving, Some("Thiếu hồ sơ tiết kiệm điện.")), given("COMMUNICATION", 800, None)];
        for client in [&ward.officer("TTPVHCC").await, &ward.head("TTPVHCC").await, &ward.officer("VP").await, &ward.standing_body().await, &ward.one_stop().await, &ward.oversight().await, &analytics, &ward.admin().await] {
            assert_eq!(appraise(client, "TTPVHCC", &sound(3_099), version).await.code(), "FORBIDDEN");
        }
        assert_eq!(appraise(&ward.stranger(), "TTPVHCC", &sound(3_099), version).await.code(), "UNAUTHENTICATED");
        assert_eq!(appraise(&finance, "VP", &sound(3_099), 1).await.code(), "NOT_FOUND");
        assert_eq!(appraise(&finance, "TTPVHCC", &sound(3_099), version + 1).await.code(), "CONFLICT");
        let wrong = [given("DIRECTION", 901, None), given("SAVING", 4_001, Some("x")), given("SAVING", 3_600, None), given("SUBORDINATES", 0, None)];
        let answer = appraise(&finance, "TTPVHCC", &wrong, version).await.ok();
        assert_eq!(faults(&answer, "appraiseSavingsScore"), [
            "EXPLANATION_REQUIRED components.0.reason", "OUT_OF_RANGE components.1.points", "DUPLICATE components.2.component",
            "OUT_OF_RANGE components.3.component", "MISSING_LINE components",
        ]);
        let message = answer.user_errors("appraiseSavingsScore")[0]["message"].as_str().unwrap().to_owned();
        assert_eq!(message, "Component 1 (DIRECTION): 901 differs from the 900 that the unit gives itself. Say why.");

        // 47.99 of 60 points print as 79.98 % and are not good; 48 are.
        let first = appraise(&finance, "TTPVHCC", &sound(3_099), version).await.ok();
        let given_first = first.data("/appraiseSavingsScore/score");
        assert_eq!((&given_first["points"], &given_first["pointsShown"], &given_first["band"]), (&json!(4_799), &json!("47.99"), &json!("FAIR")));
        let mut again = json!({ "organisation": "TTPVHCC", "fiscalYear": 2026, "components": sound(3_100), "expectedVersion": version + 1, "idempotencyKey": "lần 2", "dryRun": true });
        let dry = finance.ask(APPRAISE, json!({ "input": again })).await.ok();
        assert_eq!(dry.data("/appraiseSavingsScore"), &json!({ "score": null, "userErrors": [] }));
        again["dryRun"] = json!(false);
        for _ in 0..2 {
            let second = finance.ask(APPRAISE, json!({ "input": again })).await.ok();
            assert_eq!(second.data("/appraiseSavingsScore/score/submission/version"), version + 2);
            assert_eq!(second.data("/appraiseSavingsScore/score/band"), "GOOD");
        }
        // Whoever appraised does not accept, and is told so before.
        let refused = attempt(&finance, "acceptForm", &form, version + 2).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        let allowed = "query($by: SubmissionReference!) { submission(by: $by) { allowedActions { action reason } events { action actorRole } } }";
        let seen = finance.ask(allowed, json!({ "by": form.key() })).await.ok();
        let accept = seen.data("/submission/allowedActions").as_array().unwrap().iter().find(|one| one["action"] == "ACCEPT_FORM").unwrap().clone();
        assert_eq!(accept["reason"], "You wrote in this record yourself; somebody else must accept this form.");
        assert_eq!(seen.data("/submission/events/2"), &json!({ "action": "APPRAISE_SAVINGS_SCORE", "actorRole": "FINANCE_DEPT" }));
        let done = take(&chair, "acceptForm", &form, version + 2).await;
        assert_eq!(figure(&analytics, "II.5.b.3", "2026").await, "4800/6000 80.00 NO_TARGET");
        // What is accepted is appraised no more.
        assert_eq!(faults(&appraise(&finance, "TTPVHCC", &sound(3_100), done).await.ok(), "appraiseSavingsScore"), ["WRONG_STATE "]);
        let found = &scores(&ward.officer("TTPVHCC").await, &["ACCEPTED"]).await[0];
        assert_eq!(found["components"][1], json!({ "component": "SAVING", "ownPoints": 3_600, "points": 3_100, "maximum": 4_000, "reason": "Thiếu hồ sơ tiết kiệm điện." }));
        let points: Vec<&Value> = found["appraisals"].as_array().unwrap().iter().map(|one| &one["points"]).collect();
        assert_eq!(points, [&json!(4_800), &json!(4_799)]);
        // Scores are their unit's, the division's and those above to read.
        assert_eq!(scores(&ward.officer("VP").await, &["ACCEPTED"]).await, Vec::<Value>::new());
        assert_eq!(scores(&analytics, &["ACCEPTED"]).await, Vec::<Value>::new());
        // Points that a unit gives itself are no figures.
        assert_eq!(consolidated(&analytics, "SAVINGS_SCORE", "2026").await, ["TOTAL subordinateUnits 0"]);
        let journal = chair.ask("{ journal(first: 100) { nodes { action before after } } }", json!({})).await.ok();
        let events = journal.data("/journal/nodes").as_array().unwrap();
        let event = events.iter().find(|event| event["action"] == "APPRAISE_SAVINGS_SCORE" && event["before"]["appraised"]["SAVING"] == 3_099).unwrap();
        assert_eq!(event["after"]["appraised"][1]["points"], 3_100);
        for change in ["UPDATE savings_appraisal SET points = 0", "DELETE FROM savings_appraisal"] {
            assert!(ward.app().db.migrator_connection().execute_unprepared(change).await.is_err(), "{change}");
        }
        rebuilt(&ward).await;
    }

    async fn a_form_that_comes_again_is_appraised_again(ward: Ward) {
        let (finance, chair, head) = (ward.finance().await, ward.chair().await, ward.head("TTPVHCC").await);
        let form = score("TTPVHCC");
        let as_given = [given("DIRECTION", 900, None), given("SAVING", 3_600, None), given("COMMUNICATION", 800, None)];
        let version = submitted(&ward, &form, &own(900, 3_600, None, 800), 0).await;
        let version = appraised(&finance, "TTPVHCC", &as_given, version).await;
        // Taken back and changed after the appraisal.
        let version = take(&head, "withdrawForm", &form, version).await;
        assert_eq!(faults(&appraise(&finance, "TTPVHCC", &as_given, version).await.ok(), "appraiseSavingsScore"), ["WRONG_STATE "]);
        let version = submitted(&ward, &form, &own(900, 3_900, None, 800), version).await;
        let stale = attempt(&chair, "acceptForm", &form, version).await.ok();
        assert_eq!(faults(&stale, "acceptForm"), ["NOT_APPRAISED submission"]);
        assert!(stale.user_errors("acceptForm")[0]["message"].as_str().unwrap().contains("before it was sent again"));
        assert_eq!(scores(&finance, &["SUBMITTED"]).await[0]["points"], Value::Null);
        let lower = [given("DIRECTION", 900, None), given("SAVING", 2_000, Some("Không có căn cứ.")), given("COMMUNICATION", 800, None)];
        let version = appraised(&finance, "TTPVHCC", &lower, version).await;
        let version = take(&chair, "acceptForm", &form, version).await;
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.5.b.3", "2026").await, "3700/6000 61.67 NO_TARGET");

        // Reopened: the accepted edition counts on, and its appraisals stay with it.
        take(&finance, "reopenForm", &form, version).await;
        let version = submitted(&ward, &form, &own(900, 3_900, None, 900), 1).await;
        assert_eq!(faults(&attempt(&chair, "acceptForm", &form, version).await.ok(), "acceptForm"), ["NOT_APPRAISED submission"]);
        assert_eq!(figure(&analytics, "II.5.b.3", "2026").await, "3700/6000 61.67 NO_TARGET");
        // The division's officer appraised the edition before, and wrote in neither.
        let more = [given("DIRECTION", 900, None), given("SAVING", 3_900, None), given("COMMUNICATION", 900, None)];
        let version = appraised(&finance, "TTPVHCC", &more, version).await;
        take(&chair, "acceptForm", &form, version).await;
        assert_eq!(figure(&analytics, "II.5.b.3", "2026").await, "5700/6000 95.00 NO_TARGET");
        let old = &scores(&finance, &["SUPERSEDED"]).await[0];
        assert_eq!((&old["points"], &old["band"], &old["submission"]["edition"]), (&json!(3_700), &json!("AVERAGE"), &json!(1)));
        let history: Vec<&Value> = old["appraisals"].as_array().unwrap().iter().map(|one| &one["points"]).collect();
        assert_eq!(history, [&json!(3_700), &json!(5_300)]);
        rebuilt(&ward).await;
    }

    async fn the_units_of_a_year_by_band(ward: Ward) {
        let (finance, chair, analytics) = (ward.finance().await, ward.chair().await, ward.analytics().await);
        let empty = analytics.ask(BANDS, json!({})).await.ok();
        assert_eq!(empty.data("/savingsBands/missing"), 5);
        assert_eq!(empty.data("/savingsBands/share/percent"), &Value::Null);
        let without = [given("DIRECTION", 900, None), given("SAVING", 3_600, None), given("COMMUNICATION", 800, None)];
        let version = submitted(&ward, &score("TTPVHCC"), &own(900, 3_600, None, 800), 0).await;
        let version = appraised(&finance, "TTPVHCC", &without, version).await;
        take(&chair, "acceptForm", &score("TTPVHCC"), version).await;
        finance.ask("{ me { username } }", json!({})).await.ok();
        let few = finance.ask(SCORES, json!({})).await.ok().statements();

        let with = [given("DIRECTION", 1_000, None), given("SAVING", 2_400, Some("Chi vượt.")), given("SUBORDINATES", 2_000, Some("Một đơn vị chưa chấm.")), given("COMMUNICATION", 1_000, None)];
        let version = submitted(&ward, &score("VP"), &own(1_000, 4_000, Some(4_000), 1_000), 0).await;
        // A component is missing where the unit has subordinates.
        assert_eq!(faults(&appraise(&finance, "VP", &without, version).await.ok(), "appraiseSavingsScore").last().unwrap(), "MISSING_LINE components");
        let version = appraised(&finance, "VP", &with, version).await;
        // What is not accepted is in no band.
        assert_eq!(analytics.ask(BANDS, json!({})).await.ok().data("/savingsBands/missing"), 4);
        take(&chair, "acceptForm", &score("VP"), version).await;
        let found = analytics.ask(BANDS, json!({})).await.ok();
        let band = |band: &str, units: i64, percent: &str| json!({ "band": band, "units": units, "share": { "percent": percent } });
        assert_eq!(found.data("/savingsBands"), &json!({
            "missing": 3, "share": { "numerator": 11_700, "denominator": 16_000, "percent": "73.13" },
            "bands": [band("GOOD", 1, "50.00"), band("FAIR", 0, "0.00"), band("AVERAGE", 1, "50.00"), band("WEAK", 0, "0.00")],
        }));
        assert_eq!(figure(&analytics, "II.5.b.3", "2026").await, "11700/16000 73.13 NO_TARGET");
        let many = finance.ask(SCORES, json!({})).await.ok();
        assert_eq!((many.statements(), many.data("/savingsScores/totalCount")), (few, &json!(2)));
        let one = finance.ask(SCORES, json!({ "organisation": "VP" })).await.ok();
        assert_eq!((one.data("/savingsScores/totalCount"), one.data("/savingsScores/nodes/0/components/2/maximum")), (&json!(1), &json!(4_000)));
        assert_eq!(analytics.ask("{ savingsBands(fiscalYear: 20266) { missing } }", json!({})).await.code(), "BAD_USER_INPUT");
        // Before the decree there is nothing to score by.
        let before = Form { unit: "VP", form: "SAVINGS_SCORE", period: "2017" };
        assert_eq!(before.save(&ward, &own(1, 1, None, 1), 0).await.code(), "BAD_USER_INPUT");
        // Of a unit in which he serves, the division's officer leaves the appraisal to the Chair, who then does not accept.
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "TTSNC", from, to: None };
        grant(ward.app(), "finance", Role::UnitHead, &on).await.unwrap();
        ward.app().callers.invalidate_all();
        let own_unit = score("TTSNC");
        let version = submitted(&ward, &own_unit, &own(900, 3_600, None, 800), 0).await;
        assert_eq!(appraise(&ward.finance().await, "TTSNC", &without, version).await.code(), "FORBIDDEN");
        let version = appraised(&chair, "TTSNC", &without, version).await;
        assert_eq!(attempt(&chair, "acceptForm", &own_unit, version).await.code(), "FORBIDDEN");
        rebuilt(&ward).await;
    }

    async fn whoever_wrote_a_score_never_appraises_it(ward: Ward) {
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "AN-BIEN", from, to: None };
        // The Chair's role, given to the unit's head for a while.
        grant(ward.app(), "ttpvhcc.head", Role::Chair, &on).await.unwrap();
        ward.app().callers.invalidate_all();
        let version = submitted(&ward, &score("TTPVHCC"), &own(900, 3_600, None, 800), 0).await;
        let as_given = [given("DIRECTION", 900, None), given("SAVING", 3_600, None), given("COMMUNICATION", 800, None)];
        let head = ward.head("TTPVHCC").await;
        assert_eq!(appraise(&head, "TTPVHCC", &as_given, version).await.code(), "FORBIDDEN");
        let seen = &scores(&head, &["SUBMITTED"]).await[0]["allowedActions"][0];
        assert_eq!(seen["reason"], "You wrote in this record yourself; somebody else must appraise a savings score.");
        let journal = ward.chair().await.ask("{ journal(first: 100) { nodes { action outcome rule } } }", json!({})).await.ok();
        let events = journal.data("/journal/nodes").as_array().unwrap();
        assert!(events.iter().any(|event| event["action"] == "APPRAISE_SAVINGS_SCORE" && event["rule"] == "OWN_WORK"), "{events:?}");
    }

    async fn documents_of_the_budget_stand_as_their_days_say(ward: Ward) {
        let (analytics, finance, officer) = (ward.analytics().await, ward.finance().await, ward.officer("TTPVHCC").await);
        // Before anybody has told anything the calendar speaks.
        let silent = [
            "ESTIMATE 2026-Q1 OVERDUE 158 null", "QUARTER 2026-Q1 OVERDUE 158 null", "QUARTER 2026-Q2 OVERDUE 67 null",
            "HALF_YEAR 2026-Q2 OVERDUE 67 null", "QUARTER 2026-Q3 NOT_DUE 0 null", "NINE_MONTHS 2026-Q3 NOT_DUE 0 null",
            "QUARTER 2026-Q4 NOT_DUE 0 null", "YEAR 2026-Q4 NOT_DUE 0 null",
        ];
        assert_eq!(standing(&analytics, "TTPVHCC", None).await, silent);
        let april = standing(&analytics, "TTPVHCC", Some("2026-04-15")).await;
        assert_eq!(april[..3], ["ESTIMATE 2026-Q1 DUE 0 null", "QUARTER 2026-Q1 DUE 0 null", "QUARTER 2026-Q2 NOT_DUE 0 null"]);

        let first = disclosure("2026-Q1");
        let cells = [report("QUARTER", "2026-04-14"), decision("ESTIMATE", "2026-01-05", Some("2026-01-25"))].concat();
        first.save(&ward, &cells, 0).await.ok();
        // A draft says nothing to anybody.
        assert_eq!(standing(&officer, "TTPVHCC", None).await, silent);
        let version = take(&ward.head("TTPVHCC").await, "submitForm", &first, 1).await;
        let told = |accepted: &str| [format!("ESTIMATE 2026-Q1 LATE 5 {accepted}"), format!("QUARTER 2026-Q1 PUBLISHED 0 {accepted}")];
        for reader in [&analytics, &ward.officer("VP").await, &ward.upper_level().await] {
            assert_eq!(standing(reader, "TTPVHCC", None).await[..2], told("false"));
        }
        let version = take(&finance, "returnForm", &first, version).await;
        assert_eq!(standing(&analytics, "TTPVHCC", None).await, silent);
        let version = submitted(&ward, &first, &cells, version).await;
        take(&finance, "acceptForm", &first, version).await;
        assert_eq!(standing(&analytics, "TTPVHCC", None).await[..2], told("true"));
        let answer = analytics.ask(DISCLOSURES, json!({ "organisation": "TTPVHCC" })).await.ok();
        assert_eq!(answer.data("/budgetDisclosures/nodes/0/documents/0"), &json!({
            "document": "ESTIMATE", "quarter": { "code": "2026-Q1" }, "state": "LATE", "decidedOn": "2026-01-05", "arisesOn": "2026-01-05",
            "dueOn": "2026-01-20", "publishedOn": "2026-01-25", "place": "Bảng tin Trung tâm", "daysLate": 5, "accepted": true,
        }));
        let counts: Vec<&Value> = answer.data("/budgetDisclosures/nodes/0/counts").as_array().unwrap().iter().map(|one| &one["documents"]).collect();
        assert_eq!(counts, [&json!(4), &json!(0), &json!(1), &json!(1), &json!(2)]);
        // On an earlier day it was not published yet.
        let before = standing(&analytics, "TTPVHCC", Some("2026-01-22")).await;
        assert_eq!(before[..2], ["ESTIMATE 2026-Q1 OVERDUE 2 true", "QUARTER 2026-Q1 NOT_DUE 0 true"]);
        let earlier = analytics.ask(DISCLOSURES, json!({ "organisation": "TTPVHCC", "on": "2026-01-22" })).await.ok();
        assert_eq!(earlier.data("/budgetDisclosures/nodes/0/documents/0/place"), &Value::Null);
        assert_eq!(figure(&analytics, "II.5.b.1-DISCLOSED", "2026-Q1").await, "1/2 50.00 NO_TARGET");

        // A change that is not published is asked about, and counts.
        let second = disclosure("2026-Q2");
        let cells = [report("QUARTER", "2026-07-15"), report("HALF_YEAR", "2026-07-16"), decision("CHANGES", "2026-05-10", None)].concat();
        let saved = second.save(&ward, &cells, 0).await.ok();
        let expected = json!([{ "code": "NOT_PUBLISHED", "message": "Changes of the estimate: it is to be published and is not; once the form is accepted it counts as not in time." }]);
        assert_eq!(saved.data("/saveForm/warnings"), &expected);
        let unsaid = json!({ "input": { "submission": second.key(), "expectedVersion": 1 } });
        let refused = ward.head("TTPVHCC").await.ask(&step("submitForm"), unsaid).await.ok();
        assert_eq!(faults(&refused, "submitForm"), ["WARNINGS_NOT_ACKNOWLEDGED warningsNote"]);
        let version = take(&ward.head("TTPVHCC").await, "submitForm", &second, 1).await;
        take(&finance, "acceptForm", &second, version).await;
        assert_eq!(standing(&analytics, "TTPVHCC", None).await[2..5], [
            "CHANGES 2026-Q2 OVERDUE 118 true", "QUARTER 2026-Q2 PUBLISHED 0 true", "HALF_YEAR 2026-Q2 LATE 1 true",
        ]);
        assert_eq!(figure(&analytics, "II.5.b.1-DISCLOSED", "2026-Q2").await, "1/3 33.33 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.1-DISCLOSED", "2026-H1").await, "2/5 40.00 NO_TARGET");
        // Days and addresses are no figures.
        assert_eq!(consolidated(&analytics, "BUDGET_DISCLOSURE", "2026-H1").await, Vec::<String>::new());
        assert_eq!(ward.stranger().ask(DISCLOSURES, json!({})).await.code(), "UNAUTHENTICATED");
        rebuilt(&ward).await;
    }

    async fn days_of_publication_that_cannot_be_are_refused(ward: Ward) {
        let (first, second) = (disclosure("2026-Q1"), disclosure("2026-Q2"));
        for (form, cells, expected) in [
            (&first, report("QUARTER", "2026-03-30"), &["OUT_OF_RANGE cells.0"][..]),
            (&first, report("QUARTER", "2026-09-21"), &["OUT_OF_RANGE cells.0"]),
            (&first, vec![date("REPORTS", "QUARTER", "publishedOn", "2026-04-10")], &["REQUIRED cells.0"]),
            (&first, vec![text("REPORTS", "QUARTER", "place", "Cổng thông tin")], &["REQUIRED cells.0"]),
            (&first, report("HALF_YEAR", "2026-07-10"), &["WRONG_PERIOD cells.0"]),
            (&first, vec![date("DECISIONS", "ESTIMATE", "publishedOn", "2026-01-06")], &["REQUIRED cells.0", "REQUIRED cells.0"]),
            (&first, decision("ESTIMATE", "2026-01-05", Some("2026-01-04")), &["OUT_OF_RANGE cells.1"]),
            (&first, decision("ESTIMATE", "2016-01-05", None), &["WRONG_PERIOD cells.0"]),
            (&second, decision("ESTIMATE", "2026-01-05", None), &["WRONG_PERIOD cells.0"]),
            (&second, decision("CHANGES", "2026-03-31", None), &["WRONG_PERIOD cells.0"]),
            (&second, report("NINE_MONTHS", "2026-07-10"), &["WRONG_PERIOD cells.0"]),
        ] {
            assert_eq!(form.faults(&ward, &cells).await, expected, "{} {cells:?}", form.period);
        }
        let answer = first.save(&ward, &report("HALF_YEAR", "2026-07-10"), 0).await.ok();
        let fault = &answer.user_errors("saveForm")[0];
        assert_eq!(fault["message"], "Execution of the half-year: Day of publication: this document belongs in the form of 2026-Q2.");
        let before = disclosure("2016-Q1").save(&ward, &report("QUARTER", "2016-04-10"), 0).await;
        assert_eq!(before.code(), "BAD_USER_INPUT");
        // Whether it was in time is nobody's to say.
        let said = first.save(&ward, &[json!({ "table": "REPORTS", "row": "QUARTER", "field": "onTime", "count": 1 })], 0).await.ok();
        assert_eq!(faults(&said, "saveForm"), ["UNKNOWN_CODE cells.0"]);
    }

    async fn more_units_and_documents_cost_no_more_statements(ward: Ward) {
        let analytics = ward.analytics().await;
        analytics.ask("{ me { username } }", json!({})).await.ok();
        accepted(&ward, &disclosure("2026-Q1"), &report("QUARTER", "2026-04-14")).await;
        let few = analytics.ask(DISCLOSURES, json!({ "first": 1, "organisation": "TTPVHCC" })).await.ok();
        for unit in ["VP", "VHXH", "TTSNC"] {
            for period in ["2026-Q1", "2026-Q2"] {
                let day = if period == "2026-Q1" { "2026-04-10" } else { "2026-07-10" };
                accepted(&ward, &Form { unit, form: "BUDGET_DISCLOSURE", period }, &report("QUARTER", day)).await;
            }
        }
        let many = analytics.ask(DISCLOSURES, json!({ "first": 50 })).await.ok();
        assert_eq!(few.statements(), many.statements());
        let codes: Vec<&str> = many.data("/budgetDisclosures/nodes").as_array().unwrap().iter().map(|one| one["organisation"]["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["KTHTDT", "TTPVHCC", "TTSNC", "VHXH", "VP"]);
        assert_eq!((few.data("/budgetDisclosures/totalCount"), many.data("/budgetDisclosures/totalCount")), (&json!(1), &json!(5)));
        // Of the ward: four units published the first quarter in time, three of them the second; none its estimate or half-year.
        assert_eq!(figure(&analytics, "II.5.b.1-DISCLOSED", "2026-Q1").await, "4/8 50.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.1-DISCLOSED", "2026-Q2").await, "3/6 50.00 NO_TARGET");
        assert_eq!(analytics.ask("{ budgetDisclosures(fiscalYear: 1999) { totalCount } }", json!({})).await.code(), "BAD_USER_INPUT");
        rebuilt(&ward).await;
    }
}
