//! Public investment: plans by decision, payments by month, and what a year comes to.

use serde_json::{Value, json};

use crate::story::{faults, figure};
use crate::support::{Answer, Client, Ward, on_both_engines};

const PROJECT: &str = "mutation($input: SaveInvestmentProjectInput!) { saveInvestmentProject(input: $input) {
    project { code version } userErrors { code field } } }";
const ASSIGN: &str = "mutation($input: AssignCapitalInput!) { assignCapital(input: $input) {
    entered userErrors { code field line message } } }";
const RECORD: &str = "mutation($input: RecordDisbursementsInput!) { recordDisbursements(input: $input) {
    entered userErrors { code field line message } } }";
const REPORT: &str = "query($period: PeriodCode!, $organisation: String) { investmentReport(period: $period, organisation: $organisation) {
    projects withoutDisbursement amounts { assigned extended adjustment plan disbursed disbursedOfExtended acceptedVolume remaining
        disbursementRate { percent } lastMonth forecastPercent behindPace } } }";

fn project(code: &str, organisation: &str, total: i64) -> Value {
    json!({
        "code": code, "organisation": organisation, "name": format!("Nâng cấp đường {code}"), "group": "C", "decisionNumber": "3/QĐ-UBND",
        "decisionDate": "2025-06-01", "totalInvestment": total, "startYear": 2025, "finishYear": 2027,
    })
}

async fn assign(client: &Client, number: &str, date: &str, events: &[(&str, &str, i64)]) -> Answer {
    let events: Vec<Value> = events
        .iter()
        .map(|(project, kind, amount)| json!({ "project": project, "kind": kind, "amount": amount }))
        .collect();
    let input = json!({ "planYear": 2026, "decisionNumber": number, "decisionDate": date, "events": events });
    client.ask(ASSIGN, json!({ "input": input })).await
}

async fn record(client: &Client, period: &str, rows: Value) -> Answer {
    client.ask(RECORD, json!({ "input": { "period": period, "rows": rows } })).await
}

async fn report(client: &Client, period: &str) -> Value {
    client.ask(REPORT, json!({ "period": period })).await.ok().data("/investmentReport").clone()
}

async fn begin(ward: &Ward) -> Client {
    let finance = ward.person("finance").await;
    for (code, unit, total) in [("DA-1", "KTHTDT", 1_000), ("DA-2", "VP", 500)] {
        let saved = finance.ask(PROJECT, json!({ "input": project(code, unit, total) })).await.ok();
        assert_eq!(saved.data("/saveInvestmentProject/project/version"), 1, "{:?}", saved.body);
    }
    finance
}

on_both_engines! {
    async fn a_plan_year_from_its_first_decision_to_the_report(ward: Ward) {
        let finance = begin(&ward).await;
        let none = Vec::<String>::new();
        let first = assign(&finance, "1", "2025-12-20", &[("DA-1", "ASSIGNED", 400), ("DA-1", "EXTENDED", 90), ("DA-2", "ASSIGNED", 160)]).await.ok();
        assert_eq!((faults(&first, "assignCapital"), first.data("/assignCapital/entered")), (none.clone(), &json!(3)));
        for (period, rows) in [
            ("2026-M02", json!([{ "project": "DA-1", "disbursed": 60, "ofExtended": 60, "acceptedVolume": 80 }])),
            ("2026-M04", json!([{ "project": "DA-1", "disbursed": 130, "ofExtended": 90, "acceptedVolume": 150 }])),
        ] {
            assert_eq!(faults(&record(&finance, period, rows).await.ok(), "recordDisbursements"), none);
        }
        assign(&finance, "2", "2026-05-10", &[("DA-1", "ADJUSTMENT", -40), ("DA-2", "ADJUSTMENT", 40)]).await.ok();

        let analytics = ward.analytics().await;
        let april = report(&analytics, "2026-M04").await;
        assert_eq!(april, json!({ "projects": 2, "withoutDisbursement": 1, "amounts": {
            "assigned": 560, "extended": 90, "adjustment": 0, "plan": 650, "disbursed": 130, "disbursedOfExtended": 90, "acceptedVolume": 150, "remaining": 520,
            "disbursementRate": { "percent": "20.00" }, "lastMonth": 4, "forecastPercent": "65.00", "behindPace": true } }));
        assert_eq!(report(&analytics, "2026-M05").await["amounts"]["plan"], 650);
        let projects = "{ investmentProjects(period: \"2026-M05\") { totalCount nodes { code organisation { code } amounts { plan disbursed disbursementRate { percent } planShown(unit: DONG) } } } }";
        let listed = analytics.ask(projects, json!({})).await.ok();
        assert_eq!(listed.data("/investmentProjects/nodes"), &json!([
            { "code": "DA-1", "organisation": { "code": "KTHTDT" }, "amounts": { "plan": 450, "disbursed": 130, "disbursementRate": { "percent": "28.89" }, "planShown": "450" } },
            { "code": "DA-2", "organisation": { "code": "VP" }, "amounts": { "plan": 200, "disbursed": 0, "disbursementRate": { "percent": "0.00" }, "planShown": "200" } },
        ]));
        assert!(listed.statements() <= 10, "{}", listed.statements());
        // The indicator: the plan and what was paid on the last day of each period, by who manages the projects.
        assert_eq!(figure(&analytics, "II.5.b.1.DISBURSEMENT", "2026-Q1").await, "60/650 9.23 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.1.DISBURSEMENT", "2026-Q2").await, "130/650 20.00 NO_TARGET");

        // A month that is not recorded stands with the last one; before the first decision there is no figure.
        assert_eq!(figure(&analytics, "II.5.b.1.DISBURSEMENT", "2026-M03").await, "60/650 9.23 NO_TARGET");
        // Held against the months that have ended: by August an even pace has 8/13 of the plan, whichever month is asked for.
        let paces = "{ august: investmentReport(period: \"2026-M08\") { amounts { behindPace } } whole: investmentReport(period: \"2026-M13\") { amounts { behindPace } } }";
        assert_eq!(analytics.ask(paces, json!({})).await.ok().body["data"], json!({ "august": { "amounts": { "behindPace": true } }, "whole": { "amounts": { "behindPace": true } } }));

        // A month that was wrong is corrected with a reason; both editions stay in the journal.
        let again = json!([{ "project": "DA-1", "disbursed": 125, "ofExtended": 90, "acceptedVolume": 150 }]);
        assert_eq!(faults(&record(&finance, "2026-M04", again.clone()).await.ok(), "recordDisbursements"), ["EXPLANATION_REQUIRED rows.0.reason"]);
        let mut corrected = again;
        corrected[0]["reason"] = json!("Kho bạc đối chiếu lại.");
        assert_eq!(record(&finance, "2026-M04", corrected.clone()).await.ok().data("/recordDisbursements/entered"), 1);
        assert_eq!(record(&finance, "2026-M04", corrected).await.ok().data("/recordDisbursements/entered"), 0, "what is recorded alike is nothing new");
        assert_eq!(figure(&analytics, "II.5.b.1.DISBURSEMENT", "2026-Q2").await, "125/650 19.23 NO_TARGET");
        let events = analytics.ask("{ capitalEvents(planYear: 2026, project: \"DA-1\") { nodes { project kind amount decisionNumber } } }", json!({})).await.ok();
        assert_eq!(events.data("/capitalEvents/nodes").as_array().unwrap().len(), 3);
        assert_eq!(events.data("/capitalEvents/nodes/2"), &json!({ "project": "DA-1", "kind": "ADJUSTMENT", "amount": -40, "decisionNumber": "2" }));

        let editions = "{ disbursements(planYear: 2026, project: \"DA-1\") { totalCount nodes { project period edition superseded disbursed ofExtended reason recordedBy { displayName } } } }";
        let editions = analytics.ask(editions, json!({})).await.ok();
        let rows = editions.data("/disbursements/nodes").as_array().unwrap();
        let told: Vec<String> = rows.iter().map(|row| format!("{} {} {} {}", row["period"].as_str().unwrap(), row["edition"], row["superseded"], row["disbursed"])).collect();
        assert_eq!(told, ["2026-M02 1 false 60", "2026-M04 1 true 130", "2026-M04 2 false 125"]);
        assert_eq!(rows[2]["reason"], "Kho bạc đối chiếu lại.");
        assert!(editions.statements() <= 8, "{}", editions.statements());
        // Another manager takes the project over, with its figures.
        let mut moved = project("DA-1", "VP", 1_000);
        moved["expectedVersion"] = json!(1);
        finance.ask(PROJECT, json!({ "input": moved })).await.ok();
        let of = |unit: &str| format!("{{ investmentReport(period: \"2026-M04\", organisation: \"{unit}\") {{ amounts {{ plan }} }} }}");
        assert_eq!(analytics.ask(&of("VP"), json!({})).await.ok().data("/investmentReport/amounts/plan"), 650);
        assert_eq!(analytics.ask(&of("KTHTDT"), json!({})).await.ok().data("/investmentReport/amounts/plan"), 0);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_plans_and_payments_can_not_be(ward: Ward) {
        let finance = begin(&ward).await;
        assign(&finance, "1", "2026-01-02", &[("DA-1", "ASSIGNED", 400), ("DA-2", "ASSIGNED", 100)]).await.ok();
        record(&finance, "2026-M03", json!([{ "project": "DA-1", "disbursed": 200 }])).await.ok();
        for (events, expected) in [
            (vec![("DA-1", "ADJUSTMENT", -201)], "OUT_OF_RANGE events.0.amount"), (vec![("DA-2", "ASSIGNED", 401)], "EXPLANATION_REQUIRED events.0.explanation"),
            (vec![("DA-2", "EXTENDED", -1)], "NEGATIVE_AMOUNT events.0.amount"), (vec![("DA-9", "ASSIGNED", 1)], "UNKNOWN_CODE events.0.project"),
        ] {
            let answer = assign(&finance, "2", "2026-02-02", &events).await.ok();
            assert!(faults(&answer, "assignCapital").contains(&expected.to_owned()), "{expected}: {}", answer.body);
        }
        assert_eq!(faults(&assign(&finance, "1", "2026-01-02", &[("DA-1", "ASSIGNED", 1)]).await.ok(), "assignCapital"), ["DUPLICATE events.0.kind"]);
        for (period, row, expected) in [
            ("2026-M04", json!({ "project": "DA-1", "disbursed": 199 }), "NOT_CUMULATIVE rows.0.disbursed"),
            ("2026-M04", json!({ "project": "DA-1", "disbursed": 401 }), "OUT_OF_RANGE rows.0.disbursed"),
            ("2026-M04", json!({ "project": "DA-1", "disbursed": 300, "ofExtended": 1 }), "OUT_OF_RANGE rows.0.ofExtended"),
            ("2026-M04", json!({ "project": "DA-9", "disbursed": 1 }), "UNKNOWN_CODE rows.0.project"),
            ("2026-M11", json!({ "project": "DA-1", "disbursed": 300 }), "WRONG_PERIOD period"),
        ] {
            let answer = record(&finance, period, json!([row])).await.ok();
            assert_eq!(faults(&answer, "recordDisbursements"), [expected], "{}", answer.body);
        }
        assert_eq!(record(&finance, "2026-Q1", json!([{ "project": "DA-1", "disbursed": 300 }])).await.code(), "BAD_USER_INPUT");
        // A decision of a later day is no plan yet in an earlier month.
        assign(&finance, "3", "2026-06-10", &[("DA-2", "ADJUSTMENT", 300)]).await.ok();
        let early = record(&finance, "2026-M05", json!([{ "project": "DA-2", "disbursed": 101 }])).await.ok();
        assert_eq!(faults(&early, "recordDisbursements"), ["OUT_OF_RANGE rows.0.disbursed"]);
        assert_eq!(faults(&record(&finance, "2026-M06", json!([{ "project": "DA-2", "disbursed": 101 }])).await.ok(), "recordDisbursements"), Vec::<String>::new());
        let mut wrong = project("DA 3", "NOBODY", 0);
        wrong["finishYear"] = json!(2024);
        assert_eq!(faults(&finance.ask(PROJECT, json!({ "input": wrong })).await.ok(), "saveInvestmentProject"),
            ["MALFORMED code", "OUT_OF_RANGE totalInvestment", "OUT_OF_RANGE finishYear", "UNKNOWN_CODE organisation"]);
        assert_eq!(finance.ask(PROJECT, json!({ "input": project("DA-1", "VP", 5) })).await.code(), "CONFLICT");
        // Less than is planned already is no total investment.
        let mut lower = project("DA-1", "KTHTDT", 399);
        lower["expectedVersion"] = json!(1);
        assert_eq!(faults(&finance.ask(PROJECT, json!({ "input": lower })).await.ok(), "saveInvestmentProject"), ["OUT_OF_RANGE totalInvestment"]);
        // A decision with an earlier day must leave what was paid in the months since.
        assign(&finance, "4", "2026-08-10", &[("DA-1", "ASSIGNED", 300)]).await.ok();
        let early = assign(&finance, "5", "2026-03-15", &[("DA-1", "ADJUSTMENT", -201)]).await.ok();
        assert_eq!(faults(&early, "assignCapital"), ["OUT_OF_RANGE events.0.amount"]);
        assert_eq!(faults(&assign(&finance, "5", "2026-08-15", &[("DA-1", "ADJUSTMENT", -201)]).await.ok(), "assignCapital"), Vec::<String>::new());
        // What is paid beyond the year's own plan is of the extended one.
        assign(&finance, "6", "2026-08-16", &[("DA-2", "EXTENDED", 50)]).await.ok();
        let own = record(&finance, "2026-M08", json!([{ "project": "DA-2", "disbursed": 401 }])).await.ok();
        assert_eq!(faults(&own, "recordDisbursements"), ["OUT_OF_RANGE rows.0.ofExtended"]);
        for client in [ward.head("KTHTDT").await, ward.standing_body().await, ward.chair().await, ward.person("mttq").await] {
            assert_eq!(record(&client, "2026-M06", json!([])).await.code(), "FORBIDDEN");
        }
    }
}
