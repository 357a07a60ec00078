//! The budget: domain facts 13.7 by hand, a whole year to the đồng, and everything that is refused.

use std::collections::BTreeMap;

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::story::{faults, figures, step};
use crate::support::{Answer, Client, Ward, on_both_engines};

const ALLOCATE: &str = "mutation($input: AllocateBudgetInput!) { allocateBudget(input: $input) {
    events userErrors { code field line expected given message } } }";
const SAVE: &str = "mutation($input: SaveBudgetExecutionInput!) { saveBudgetExecution(input: $input) {
    submission { version } warnings { code } userErrors { code field line expected given message } } }";
const SETTLE: &str = "mutation($input: SettleBudgetYearInput!) { settleBudgetYear(input: $input) {
    settlement { fiscalYear decisionNumber } userErrors { code field message } } }";
const REPORT: &str = "query($year: Int!, $period: PeriodCode, $organisation: String) {
    budgetReport(fiscalYear: $year, period: $period, organisation: $organisation) { missing behind
        totals { flow amounts { initial supplement adjustment carryOver cancellation current executed remaining executedLastYear
            executionRate { percent } initialExecutionRate { percent } lastYearRate { percent } } }
        parts { flow nature amounts { current executed } } } }";
const LINES: &str = "query($year: Int!, $period: PeriodCode, $filter: BudgetLineFilter!, $first: Int, $after: String) {
    budgetLines(fiscalYear: $year, period: $period, filter: $filter, first: $first, after: $after) {
        nodes { organisation { code } code flow nature beyondEstimate explanation
            amounts { current executed executedLastYear remaining } }
        pageInfo { hasNextPage endCursor } } }";
const TY: i64 = 1_000_000_000;

/// Recurrent expenditure on a subitem of salaries and supplies.
fn spending(subcategory: &str, subitem: &str, source: &str) -> Value {
    json!({ "chapter": "805", "subcategory": subcategory, "subitem": subitem, "source": source })
}

fn tax() -> Value {
    json!({ "chapter": "805", "subitem": "1701" })
}

fn event(organisation: &str, line: &Value, kind: &str, amount: i64) -> Value {
    json!({ "organisation": organisation, "classification": line, "kind": kind, "amount": amount })
}

async fn allocate(client: &Client, year: i32, number: &str, date: &str, events: Vec<Value>) -> Answer {
    let input = json!({ "fiscalYear": year, "decisionNumber": number, "decisionDate": date, "events": events });
    client.ask(ALLOCATE, json!({ "input": input })).await
}

fn row(line: &Value, amount: i64) -> Value {
    json!({ "classification": line, "amount": amount })
}

fn form(organisation: &str, period: &str, lines: &[Value], version: i64) -> Value {
    json!({ "input": { "organisation": organisation, "period": period, "lines": lines, "expectedVersion": version } })
}

async fn saved(client: &Client, organisation: &str, period: &str, lines: &[Value], version: i64) -> Vec<String> {
    faults(&client.ask(SAVE, form(organisation, period, lines, version)).await.ok(), "saveBudgetExecution")
}

async fn take(client: &Client, name: &str, organisation: &str, period: &str, version: i64) -> Answer {
    let key = json!({ "key": { "organisation": organisation, "form": "BUDGET_EXECUTION", "period": period } });
    let reason = matches!(name, "returnForm" | "reopenForm").then_some("Sửa số.");
    let mut input = json!({ "submission": key, "expectedVersion": version });
    match reason {
        Some(reason) => input["reason"] = json!(reason),
        None if name == "submitForm" => input["warningsNote"] = json!("Đã kiểm tra."),
        None => {}
    }
    client.ask(&step(name), json!({ "input": input })).await
}

/// Saves, submits and accepts a form.
async fn accepted(ward: &Ward, unit: &str, period: &str, lines: &[Value]) {
    let officer = ward.officer(unit).await;
    assert_eq!(saved(&officer, unit, period, lines, 0).await, Vec::<String>::new());
    let sent = take(&ward.head(unit).await, "submitForm", unit, period, 1).await.ok();
    assert_eq!(faults(&sent, "submitForm"), Vec::<String>::new());
    let judge = if unit == "KTHTDT" { ward.chair().await } else { ward.person("finance").await };
    let done = take(&judge, "acceptForm", unit, period, 2).await.ok();
    assert_eq!(faults(&done, "acceptForm"), Vec::<String>::new());
}

async fn report(client: &Client, year: i32, period: Option<&str>, organisation: Option<&str>) -> Value {
    let variables = json!({ "year": year, "period": period, "organisation": organisation });
    client.ask(REPORT, variables).await.ok().data("/budgetReport").clone()
}

on_both_engines! {
    async fn the_worked_example_by_hand(ward: Ward) {
        let (finance, analytics) = (ward.person("finance").await, ward.analytics().await);
        let salaries = spending("341", "6001", "13");
        let done = allocate(&finance, 2026, "20/NQ-HĐND", "2025-12-20", vec![event("VP", &salaries, "INITIAL", 120 * TY)]).await.ok();
        assert_eq!(done.data("/allocateBudget/events"), 1, "{:?}", done.body);
        let more = vec![event("VP", &salaries, "SUPPLEMENT", 15_500_000_000), event("VP", &salaries, "ADJUSTMENT", -2_500_000_000)];
        allocate(&finance, 2026, "41/QĐ-UBND", "2026-05-10", more).await.ok();
        accepted(&ward, "VP", "2026-M07", &[row(&salaries, 90 * TY)]).await;
        accepted(&ward, "VP", "2026-M08", &[row(&salaries, 99_750_000_000)]).await;

        let found = report(&analytics, 2026, Some("2026-M08"), None).await;
        assert_eq!(found["totals"], json!([{ "flow": "EXPENDITURE", "amounts": {
            "initial": 120 * TY, "supplement": 15_500_000_000_i64, "adjustment": -2_500_000_000_i64, "carryOver": 0, "cancellation": 0,
            "current": 133 * TY, "executed": 99_750_000_000_i64, "remaining": 33_250_000_000_i64, "executedLastYear": null,
            "executionRate": { "percent": "75.00" }, "initialExecutionRate": { "percent": "83.13" }, "lastYearRate": null } }]));
        // Before the decision of May the estimate was the initial one; nobody had reported.
        let march = report(&analytics, 2026, Some("2026-M03"), None).await;
        assert_eq!((&march["totals"][0]["amounts"]["current"], &march["totals"][0]["amounts"]["executed"], &march["missing"]), (&json!(120 * TY), &Value::Null, &json!(1)));
        // Who has reported, though not up to the period, stands with his last figure.
        let now = report(&analytics, 2026, Some("2026-M09"), None).await;
        assert_eq!((&now["totals"][0]["amounts"]["executed"], &now["behind"], &now["missing"]), (&json!(99_750_000_000_i64), &json!(1), &json!(0)));
        let shown = "{ budgetReport(fiscalYear: 2026, period: \"2026-M08\") { totals { amounts {
            million: shown(amount: CURRENT, unit: MILLION) billion: shown(amount: EXECUTED, unit: BILLION, decimals: 1) english: shown(amount: REMAINING, unit: THOUSAND, language: EN) } } } }";
        let shown = analytics.ask(shown, json!({})).await.ok();
        assert_eq!(shown.data("/budgetReport/totals/0/amounts"), &json!({ "million": "133.000", "billion": "99,8", "english": "33,250,000" }));

        // The indicators, by unit and for the ward, over time.
        for organisation in ["VP", "AN-BIEN"] {
            for (indicator, percent) in [("II.5.b.1.EXPENDITURE", "75.00"), ("II.5.b.1.EXPENDITURE_INITIAL", "83.13"), ("II.5.b.1.RECURRENT", "75.00")] {
                let rows = figures(&analytics, indicator, organisation, "2026-M08", "").await;
                assert_eq!((&rows[0]["value"], &rows[0]["status"]), (&json!(percent), &json!("NO_TARGET")), "{indicator}");
            }
            assert_eq!(figures(&analytics, "II.5.b.1.EXPENDITURE", organisation, "2026-Q3", "").await[0]["value"], "75.00");
            assert_eq!(figures(&analytics, "II.5.b.1.EXPENDITURE", organisation, "2026-M07", "").await[0]["value"], "67.67");
            assert_eq!(figures(&analytics, "II.5.b.1.REVENUE", organisation, "2026-M08", "").await, Vec::<Value>::new());
        }
        let history = "{ budgetEvents(fiscalYear: 2026) { totalCount nodes { organisation { code } kind amount effect decisionNumber } } }";
        let history = analytics.ask(history, json!({})).await.ok();
        assert_eq!(history.data("/budgetEvents/totalCount"), 3);
        assert_eq!(history.data("/budgetEvents/nodes/0"), &json!({ "organisation": { "code": "VP" }, "kind": "INITIAL", "amount": 120 * TY, "effect": 120 * TY, "decisionNumber": "20/NQ-HĐND" }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        // An inspector finds who entered what.
        let journal = ward.chair().await.ask("{ journal(last: 20) { nodes { action after } } }", json!({})).await;
        assert!(journal.body.to_string().contains("-2500000000"), "{}", journal.body);
    }

    async fn who_has_not_reported_is_counted_and_a_late_decision_reaches_the_figures(ward: Ward) {
        let (finance, analytics) = (ward.person("finance").await, ward.analytics().await);
        let (salaries, other) = (spending("341", "6001", "13"), spending("341", "6551", "12"));
        let ward_figure = async |client: &Client, period: &str| {
            let row = figures(client, "II.5.b.1.EXPENDITURE", "AN-BIEN", period, "").await[0].clone();
            format!("{}/{} {} missing {}", row["numerator"], row["denominator"], row["value"].as_str().unwrap(), row["missing"])
        };
        let first = vec![event("VP", &salaries, "INITIAL", 100), event("VHXH", &salaries, "INITIAL", 900)];
        allocate(&finance, 2026, "1", "2026-01-02", first).await.ok();
        accepted(&ward, "VP", "2026-M07", &[row(&salaries, 75)]).await;
        // The estimate is that of everybody who has one, reported or not: as the report has it.
        assert_eq!(ward_figure(&analytics, "2026-M07").await, "75/1000 7.50 missing 1");
        let totals = report(&analytics, 2026, Some("2026-M07"), None).await["totals"][0]["amounts"]["executionRate"]["percent"].clone();
        assert_eq!(totals, "7.50");
        // Who has reported, though not up to the month, stands with his last figure, and is missing.
        assert_eq!(ward_figure(&analytics, "2026-M09").await, "75/1000 7.50 missing 2");
        assert_eq!(figures(&analytics, "II.5.b.1.EXPENDITURE", "AN-BIEN", "2026-M06", "").await, Vec::<Value>::new(), "before the first report");
        // A decision that is recorded later, of an earlier day, is in the figures of its month at once.
        let late = vec![event("VP", &other, "SUPPLEMENT", 500)];
        allocate(&finance, 2026, "2", "2026-07-20", late).await.ok();
        assert_eq!(ward_figure(&analytics, "2026-M07").await, "75/1500 5.00 missing 1");
        assert_eq!(figures(&analytics, "II.5.b.1.EXPENDITURE_INITIAL", "AN-BIEN", "2026-M07", "").await[0]["value"], "7.50");
        // What a figure was computed from: one form, and two estimates of each month of the year so far.
        let id = figures(&analytics, "II.5.b.1.EXPENDITURE", "AN-BIEN", "2026-M07", "").await[0]["id"].clone();
        let parts = "query($id: ID!) { observationContributions(observation: $id, first: 100) { nodes { measureCode organisation { code } periodCode value } } }";
        let parts = analytics.ask(parts, json!({ "id": id })).await.ok();
        let parts = parts.data("/observationContributions/nodes").as_array().unwrap().clone();
        assert_eq!(parts.iter().filter(|one| one["measureCode"] == "BUDGET.EXPENDITURE_EXECUTED").count(), 1);
        assert!(parts.iter().any(|one| one["measureCode"] == "BUDGET.EXPENDITURE_ESTIMATE" && one["periodCode"] == "2026-M07" && one["value"] == 600), "{parts:?}");
        assert!(parts.iter().all(|one| one["periodCode"].as_str().unwrap() <= "2026-M07"), "{parts:?}");

        // Nothing is taken on a day on which it was not there yet.
        let early = allocate(&finance, 2026, "3", "2026-05-01", vec![event("VP", &other, "CANCELLATION", 1)]).await.ok();
        assert_eq!(faults(&early, "allocateBudget"), ["OUT_OF_RANGE events.0.amount"]);
        assert!(early.body.to_string().contains("on 2026-05-01 the estimate is 0"), "{}", early.body);
        assert_eq!(faults(&allocate(&finance, 2026, "3", "2026-07-20", vec![event("VP", &other, "CANCELLATION", 1)]).await.ok(), "allocateBudget"), Vec::<String>::new());
        // An inspector sees line and person of each event.
        let events = "{ budgetEvents(fiscalYear: 2026, last: 1) { nodes { code flow kind recordedBy { displayName } } } }";
        let events = ward.chair().await.ask(events, json!({})).await.ok();
        assert_eq!(events.data("/budgetEvents/nodes/0/code"), "805-341-6550-6551-12-4");
        assert!(events.data("/budgetEvents/nodes/0/recordedBy/displayName").is_string(), "{:?}", events.body);
        assert!(events.statements() <= 8, "{}", events.statements());
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);

        // January is the 13th period of one year and the first of the next.
        ward.clock().set("2027-09-10T02:00:00Z".parse().unwrap());
        let (finance, analytics) = (ward.person("finance").await, ward.analytics().await);
        allocate(&finance, 2027, "1/2027", "2027-01-05", vec![event("VP", &salaries, "INITIAL", 400)]).await.ok();
        accepted(&ward, "VP", "2026-M13", &[row(&salaries, 100)]).await;
        accepted(&ward, "VP", "2027-M01", &[row(&other, 0), row(&salaries, 20)]).await;
        assert_eq!(ward_figure(&analytics, "2026-M13").await, "100/1499 6.67 missing 1");
        assert_eq!(ward_figure(&analytics, "2027-M01").await, "20/400 5.00 missing 0");
        assert_eq!(ward_figure(&analytics, "2026").await.split_once(" missing").unwrap().0, "100/1499 6.67");
        // Who reported last year and left a line out executed nothing of it then.
        let lines = analytics.ask(LINES, json!({ "year": 2027, "period": "2027-M01", "filter": { "organisation": "VP" } })).await.ok();
        let last: Vec<Value> = lines.data("/budgetLines/nodes").as_array().unwrap().iter().map(|line| line["amounts"]["executedLastYear"].clone()).collect();
        assert_eq!(last, [Value::Null, Value::Null], "nobody reported January 2026");
        accepted(&ward, "VP", "2027-M07", &[row(&salaries, 30)]).await;
        let lines = analytics.ask(LINES, json!({ "year": 2027, "period": "2027-M07", "filter": { "organisation": "VP" } })).await.ok();
        let last: Vec<Value> = lines.data("/budgetLines/nodes").as_array().unwrap().iter().map(|line| line["amounts"]["executedLastYear"].clone()).collect();
        assert_eq!(last, [json!(75), json!(0)]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_whole_year_to_the_dong(ward: Ward) {
        const UNITS: [&str; 10] = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP", "MTTQ", "HCCB", "HLHPN", "DTN", "HND"];
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        for unit in UNITS {
            for (person, role) in [("vp.officer", Role::UnitOfficer), ("vp.head", Role::UnitHead)] {
                if unit != "VP" {
                    grant(ward.app(), person, role, &GrantOn { programme: None, organisation: unit, from, to: None }).await.unwrap();
                }
            }
        }
        ward.app().callers.invalidate_all();
        let (officer, head, finance) = (ward.officer("VP").await, ward.head("VP").await, ward.person("finance").await);
        // 36 lines of expenditure, recurrent and investment, and four of revenue.
        let mut lines: Vec<(Value, &str)> = Vec::new();
        for subcategory in ["341", "351", "361", "071"] {
            for subitem in ["6001", "6003", "6101", "6301", "6302", "6501", "6551", "6701"] {
                lines.push((spending(subcategory, subitem, "13"), "EXPENDITURE RECURRENT"));
            }
            lines.push((spending(subcategory, "9301", "12"), "EXPENDITURE INVESTMENT"));
        }
        for item in ["1001", "1601", "1701"] {
            lines.push((json!({ "chapter": "805", "subitem": item }), "REVENUE RECURRENT"));
        }
        lines.push((json!({ "chapter": "860", "subitem": "4651" }), "REVENUE TRANSFER"));
        assert_eq!(lines.len(), 40);

        // Numbers that no round sum hides in, and that are the same on every run.
        let mut state: u64 = 999;
        let mut next = |below: u64| -> i64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((state >> 33) % below).unwrap()
        };
        let mut expected: BTreeMap<(String, &str), i128> = BTreeMap::new();
        let mut add = |key: &str, part: &'static str, amount: i64| *expected.entry((key.to_owned(), part)).or_default() += i128::from(amount);
        for (index, unit) in UNITS.iter().enumerate() {
            let mut initial = Vec::new();
            let mut changes = Vec::new();
            for (line, part) in &lines {
                let amount = 20_000_000_000 + next(9_999_999_999);
                initial.push(event(unit, line, "INITIAL", amount));
                add("initial", part, amount);
                add("current", part, amount);
                let kind = ["SUPPLEMENT", "ADJUSTMENT", "CARRY_OVER", "CANCELLATION"][index % 4];
                let amount = 1 + next(999_999_999);
                let given = if kind == "ADJUSTMENT" { -amount } else { amount };
                changes.push(event(unit, line, kind, given));
                add("current", part, if kind == "SUPPLEMENT" || kind == "CARRY_OVER" { amount } else { -amount });
            }
            assert_eq!(allocate(&finance, 2025, "1/NQ-HĐND", "2024-12-20", initial).await.ok().data("/allocateBudget/events"), 40);
            assert_eq!(allocate(&finance, 2025, "2/QĐ-UBND", "2025-10-20", changes).await.ok().data("/allocateBudget/events"), 40);
        }
        let mut cumulative = vec![vec![0_i64; lines.len()]; UNITS.len()];
        let mut by_month: Vec<BTreeMap<&str, i128>> = Vec::new();
        for month in 1..=13 {
            let period = format!("2025-M{month:02}");
            let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
            for (unit, amounts) in UNITS.iter().zip(&mut cumulative) {
                let rows: Vec<Value> = lines.iter().zip(amounts.iter_mut()).map(|((line, part), amount)| {
                    *amount += next(1_400_000_000);
                    *sums.entry(part).or_default() += i128::from(*amount);
                    row(line, *amount)
                }).collect();
                assert_eq!(saved(&officer, unit, &period, &rows, 0).await, Vec::<String>::new(), "{unit} {period}");
                let sent = take(&head, "submitForm", unit, &period, 1).await.ok();
                assert_eq!(faults(&sent, "submitForm"), Vec::<String>::new());
                let done = take(&finance, "acceptForm", unit, &period, 2).await.ok();
                assert_eq!(faults(&done, "acceptForm"), Vec::<String>::new());
            }
            by_month.push(sums);
        }

        let analytics = ward.analytics().await;
        for (month, sums) in (1..=13).zip(&by_month) {
            let found = report(&analytics, 2025, Some(&format!("2025-M{month:02}")), None).await;
            for part in found["parts"].as_array().unwrap() {
                let name = format!("{} {}", part["flow"].as_str().unwrap(), part["nature"].as_str().unwrap());
                assert_eq!(i128::from(part["amounts"]["executed"].as_i64().unwrap()), sums[name.as_str()], "{month} {name}");
            }
            for total in found["totals"].as_array().unwrap() {
                let flow = total["flow"].as_str().unwrap();
                let sum: i128 = sums.iter().filter(|(part, _)| part.starts_with(flow)).map(|(_, amount)| amount).sum();
                assert_eq!(i128::from(total["amounts"]["executed"].as_i64().unwrap()), sum, "{month} {flow}");
            }
            assert_eq!((&found["missing"], &found["behind"]), (&json!(0), &json!(0)));
        }
        let year = report(&analytics, 2025, None, None).await;
        for part in year["parts"].as_array().unwrap() {
            let name = format!("{} {}", part["flow"].as_str().unwrap(), part["nature"].as_str().unwrap());
            let current: i128 = expected.iter().filter(|((key, of), _)| key == "current" && *of == name).map(|(_, amount)| amount).sum();
            assert_eq!(i128::from(part["amounts"]["current"].as_i64().unwrap()), current, "{name}");
        }
        // Line by line, over all pages; added up they are the report.
        let (mut after, mut seen, mut executed) = (Value::Null, 0, 0_i128);
        loop {
            let variables = json!({ "year": 2025, "period": "2025-M13", "filter": { "flow": "EXPENDITURE" }, "first": 100, "after": after });
            let answer = analytics.ask(LINES, variables).await.ok();
            assert!(answer.statements() <= 16, "{} statements", answer.statements());
            let page = answer.data("/budgetLines");
            for line in page["nodes"].as_array().unwrap() {
                executed += i128::from(line["amounts"]["executed"].as_i64().unwrap());
                seen += 1;
            }
            if page["pageInfo"]["hasNextPage"] == false { break; }
            after = page["pageInfo"]["endCursor"].clone();
        }
        let spent: i128 = by_month[12].iter().filter(|(part, _)| part.starts_with("EXPENDITURE")).map(|(_, amount)| amount).sum();
        assert_eq!((seen, executed), (360, spent));
        let rate = &figures(&analytics, "II.5.b.1.EXPENDITURE", "AN-BIEN", "2025", "").await[0];
        assert_eq!(i128::from(rate["numerator"].as_i64().unwrap()), spent);
        assert_eq!(rate["missing"], 0);
        let counted = analytics.ask(REPORT, json!({ "year": 2025 })).await.ok();
        assert!(counted.statements() <= 13, "{} statements", counted.statements());

        // The year is settled once, by whoever recorded none of it, and is closed.
        let decision = |number: &str| json!({ "input": { "fiscalYear": 2025, "decisionNumber": number, "decisionDate": "2026-06-30" } });
        assert_eq!(finance.ask(SETTLE, decision("90/NQ-HĐND")).await.code(), "FORBIDDEN");
        let settled = ward.chair().await.ask(SETTLE, decision("90/NQ-HĐND")).await.ok();
        assert_eq!(settled.data("/settleBudgetYear/settlement/decisionNumber"), "90/NQ-HĐND", "{:?}", settled.body);
        assert_eq!(faults(&ward.chair().await.ask(SETTLE, decision("91")).await.ok(), "settleBudgetYear"), ["YEAR_CLOSED fiscalYear"]);
        let more = allocate(&finance, 2025, "3/QĐ-UBND", "2025-12-20", vec![event("VP", &lines[0].0, "SUPPLEMENT", 1)]).await.ok();
        assert_eq!(faults(&more, "allocateBudget"), ["YEAR_CLOSED fiscalYear"]);
        let reopened = take(&finance, "reopenForm", "MTTQ", "2025-M13", 3).await.ok();
        assert_eq!(faults(&reopened, "reopenForm"), ["YEAR_CLOSED period"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn every_mistake_has_its_own_error(ward: Ward) {
        let (finance, officer) = (ward.person("finance").await, ward.officer("VP").await);
        let (salaries, other) = (spending("341", "6001", "13"), spending("341", "6551", "12"));
        let first = vec![event("VP", &salaries, "INITIAL", 100), event("VP", &other, "INITIAL", 50), event("VP", &tax(), "INITIAL", 10)];
        assert_eq!(faults(&allocate(&finance, 2026, "1", "2026-01-02", first.clone()).await.ok(), "allocateBudget"), Vec::<String>::new());
        let again = allocate(&finance, 2026, "1", "2026-01-02", first).await.ok();
        assert!(faults(&again, "allocateBudget").iter().all(|fault| fault.starts_with("DUPLICATE")), "{:?}", again.body);

        // What decisions can't do: every fault of every event at once.
        let elsewhere = json!({ "chapter": "805", "category": "070", "subcategory": "341", "subitem": "6001", "source": "13" });
        let expired = json!({ "chapter": "805", "subcategory": "341", "subitem": "6001", "source": "13", "level": "3" });
        let wrong = vec![
            event("VP", &spending("341", "6099", "13"), "SUPPLEMENT", 1), event("VP", &elsewhere, "SUPPLEMENT", 1), event("VP", &expired, "SUPPLEMENT", 1),
            event("NOBODY", &salaries, "SUPPLEMENT", 1), event("VP", &json!({ "chapter": "805", "subitem": "6001" }), "SUPPLEMENT", 1),
        ];
        let answer = allocate(&finance, 2026, "2", "2026-02-02", wrong).await.ok();
        assert_eq!(faults(&answer, "allocateBudget"), [
            "UNKNOWN_CODE events.0.classification.subitem", "SUM_MISMATCH events.1.classification.subcategory", "NOT_IN_FORCE events.2.classification.level",
            "UNKNOWN_CODE events.3.organisation", "REQUIRED events.4.classification.subcategory", "REQUIRED events.4.classification.source",
        ]);
        let wrong = vec![event("VP", &salaries, "SUPPLEMENT", -5), event("VP", &other, "CANCELLATION", 51), event("VP", &tax(), "ADJUSTMENT", 0)];
        let answer = allocate(&finance, 2026, "2", "2026-02-02", wrong).await.ok();
        assert_eq!(faults(&answer, "allocateBudget"), ["NEGATIVE_AMOUNT events.0.amount", "OUT_OF_RANGE events.1.amount", "OUT_OF_RANGE events.2.amount"]);
        let answer = allocate(&finance, 2031, "", "2026-12-31", vec![event("VP", &salaries, "SUPPLEMENT", 5)]).await.ok();
        assert_eq!(faults(&answer, "allocateBudget"), ["OUT_OF_RANGE fiscalYear", "REQUIRED decisionNumber", "OUT_OF_RANGE decisionDate"]);
        let answer = allocate(&finance, 2026, "2", "2025-01-02", vec![event("VP", &salaries, "SUPPLEMENT", 5)]).await.ok();
        assert_eq!(faults(&answer, "allocateBudget"), ["OUT_OF_RANGE decisionDate"]);
        // Money is a whole number of đồng.
        let mut fraction = event("VP", &salaries, "SUPPLEMENT", 5);
        fraction["amount"] = json!(5.5);
        assert_eq!(allocate(&finance, 2026, "2", "2026-02-02", vec![fraction]).await.code(), "BAD_USER_INPUT");
        let vast = event("VP", &salaries, "SUPPLEMENT", 1_000_000_000_000_001);
        assert_eq!(faults(&allocate(&finance, 2026, "2", "2026-02-02", vec![vast]).await.ok(), "allocateBudget"), ["OUT_OF_RANGE events.0.amount"]);

        // What execution can't say.
        let sound = [row(&salaries, 40), row(&other, 10), row(&tax(), 99)];
        assert_eq!(saved(&officer, "VP", "2026-M02", &[row(&salaries, -1)], 0).await, ["NEGATIVE_AMOUNT lines.0.amount"]);
        assert_eq!(saved(&officer, "VP", "2026-M02", &[row(&salaries, 1), row(&salaries, 2)], 0).await, ["DUPLICATE lines.1.classification"]);
        assert_eq!(saved(&officer, "VP", "2026-M02", &[row(&expired, 1)], 0).await, ["NOT_IN_FORCE lines.0.classification.level"]);
        assert_eq!(saved(&officer, "VP", "2026-M02", &[row(&salaries, 101)], 0).await, ["EXPLANATION_REQUIRED lines.0.explanation"]);
        assert_eq!(officer.ask(SAVE, form("VP", "2026-Q1", &sound, 0)).await.code(), "BAD_USER_INPUT");
        accepted(&ward, "VP", "2026-M02", &sound).await;
        assert_eq!(saved(&officer, "VP", "2026-M03", &[row(&salaries, 39), row(&other, 10)], 0).await, ["NOT_CUMULATIVE lines.0.amount", "MISSING_LINE lines"]
            .map(str::to_owned).into_iter().rev().collect::<Vec<_>>());
        // Beyond the estimate only with an explanation, and marked.
        let mut beyond = row(&salaries, 130);
        beyond["explanation"] = json!("Chi trợ cấp đột xuất theo lệnh.");
        accepted(&ward, "VP", "2026-M03", &[beyond.clone(), row(&other, 10), row(&tax(), 99)]).await;
        let analytics = ward.analytics().await;
        let lines = analytics.ask(LINES, json!({ "year": 2026, "period": "2026-M03", "filter": { "organisation": "VP", "flow": "EXPENDITURE" } })).await.ok();
        assert_eq!(lines.data("/budgetLines/nodes/0"), &json!({
            "organisation": { "code": "VP" }, "code": "805-341-6000-6001-13-4", "flow": "EXPENDITURE", "nature": "RECURRENT", "beyondEstimate": true,
            "explanation": "Chi trợ cấp đột xuất theo lệnh.", "amounts": { "current": 100, "executed": 130, "executedLastYear": null, "remaining": -30 } }));
        // An earlier period can't rise above a later one.
        let reopened = take(&finance, "reopenForm", "VP", "2026-M02", 3).await.ok();
        assert_eq!(faults(&reopened, "reopenForm"), Vec::<String>::new());
        let mut above = row(&salaries, 131);
        above["explanation"] = json!("x");
        assert_eq!(saved(&officer, "VP", "2026-M02", &[above, row(&other, 10), row(&tax(), 99)], 1).await, ["NOT_CUMULATIVE lines.0.amount"]);
        // An estimate falls below what is spent only with a reason.
        let less = vec![event("VP", &salaries, "ADJUSTMENT", -10)];
        let answer = allocate(&finance, 2026, "3", "2026-04-02", less).await.ok();
        assert_eq!(faults(&answer, "allocateBudget"), ["EXPLANATION_REQUIRED events.0.explanation"]);
        let mut explained = event("VP", &salaries, "ADJUSTMENT", -10);
        explained["explanation"] = json!("Chuyển nguồn chi cho đơn vị khác theo Nghị quyết.");
        assert_eq!(faults(&allocate(&finance, 2026, "3", "2026-04-02", vec![explained]).await.ok(), "allocateBudget"), Vec::<String>::new());
        // A year whose 13th period is not accepted is not settled.
        let decision = json!({ "input": { "fiscalYear": 2026, "decisionNumber": "9", "decisionDate": "2026-09-01" } });
        let settled = ward.chair().await.ask(SETTLE, decision).await.ok();
        assert_eq!(settled.user_errors("settleBudgetYear")[0]["message"], "The form of 2026-M13 is not accepted yet of: VP.");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn the_finance_division_accepts_and_the_chair_its_own(ward: Ward) {
        let (finance, chair) = (ward.person("finance").await, ward.chair().await);
        let salaries = spending("341", "6001", "13");
        let events = vec![event("VP", &salaries, "INITIAL", 100), event("KTHTDT", &salaries, "INITIAL", 100)];
        for client in [ward.standing_body().await, ward.officer("VP").await, ward.head("KTHTDT").await, ward.person("mttq").await, chair.clone()] {
            assert_eq!(allocate(&client, 2026, "1", "2026-01-02", events.clone()).await.code(), "FORBIDDEN");
        }
        allocate(&finance, 2026, "1", "2026-01-02", events).await.ok();
        // A unit saves its own and nobody else's; drafts are seen by nobody else.
        let stranger = ward.officer("VHXH").await.ask(SAVE, form("VP", "2026-M01", &[row(&salaries, 5)], 0)).await;
        assert_eq!(stranger.code(), "FORBIDDEN");
        assert_eq!(saved(&ward.officer("VP").await, "VP", "2026-M01", &[row(&salaries, 5)], 0).await, Vec::<String>::new());
        let seen = "{ submission(by: { key: { organisation: \"VP\", form: BUDGET_EXECUTION, period: \"2026-M01\" } }) { state allowedActions { action allowed } budgetExecution { lines { line code amount explanation } } } }";
        assert_eq!(finance.ask(seen, json!({})).await.ok().data("/submission"), &Value::Null);
        take(&ward.head("VP").await, "submitForm", "VP", "2026-M01", 1).await.ok();
        let found = finance.ask(seen, json!({})).await.ok();
        assert_eq!(found.data("/submission/budgetExecution/lines"), &json!([{ "line": 1, "code": "805-341-6000-6001-13-4", "amount": 5, "explanation": null }]));
        let may = |answer: &Answer| answer.data("/submission/allowedActions").as_array().unwrap().iter().any(|one| one["action"] == "ACCEPT_FORM" && one["allowed"] == true);
        assert!(may(&found));
        // The standing body reads what was sent, and does not accept it.
        let standing = ward.standing_body().await;
        assert!(!may(&standing.ask(seen, json!({})).await.ok()));
        let refused = take(&standing, "acceptForm", "VP", "2026-M01", 2).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        assert!(refused.body.to_string().contains("FINANCE_DEPT"), "{}", refused.body);
        take(&finance, "acceptForm", "VP", "2026-M01", 2).await.ok();
        assert_eq!(ward.person("mttq").await.ask(seen, json!({})).await.ok().data("/submission/state"), "ACCEPTED");

        // Whoever is head of a unit and sits in the finance division does not accept that unit's form.
        let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        grant(ward.app(), "finance", Role::UnitHead, &GrantOn { programme: None, organisation: "KTHTDT", from, to: None }).await.unwrap();
        ward.app().callers.invalidate_all();
        assert_eq!(saved(&ward.officer("KTHTDT").await, "KTHTDT", "2026-M01", &[row(&salaries, 5)], 0).await, Vec::<String>::new());
        take(&ward.head("KTHTDT").await, "submitForm", "KTHTDT", "2026-M01", 1).await.ok();
        let own = take(&finance, "acceptForm", "KTHTDT", "2026-M01", 2).await;
        assert_eq!((own.code(), own.body.to_string().contains("head or officer")), ("FORBIDDEN", true));
        let done = take(&chair, "acceptForm", "KTHTDT", "2026-M01", 2).await.ok();
        assert_eq!(done.data("/acceptForm/submission/state"), "ACCEPTED");
        // A repeated request with a key is done once.
        let twice = json!({ "fiscalYear": 2026, "decisionNumber": "7", "decisionDate": "2026-03-02", "idempotencyKey": "qd-7",
            "events": [event("VP", &salaries, "SUPPLEMENT", 7)] });
        for _ in 0..2 {
            assert_eq!(finance.ask(ALLOCATE, json!({ "input": twice })).await.ok().data("/allocateBudget/events"), 1);
        }
        let total = report(&ward.analytics().await, 2026, None, Some("VP")).await;
        assert_eq!(total["totals"][0]["amounts"]["current"], 107);
        assert_eq!(ward.stranger().ask("{ budgetCodes { totalCount } }", json!({})).await.code(), "UNAUTHENTICATED");
        let codes = "{ budgetCodes(filter: { kinds: [SUBCATEGORY], parent: \"340\", on: \"2026-01-01\" }) { nodes { code title } } }";
        let codes = ward.analytics().await.ask(codes, json!({})).await.ok();
        let found: Vec<&str> = codes.data("/budgetCodes/nodes").as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(found, ["341", "351", "361"]);
    }
}
