//! What happens on most days: procedures are imported, a form is saved, submitted, returned, accepted.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Ward};

pub const SAVE: &str = "mutation($input: SaveDossierStatisticsInput!) { saveDossierStatistics(input: $input) {
    submission { id version edition state } warnings { code message }
    userErrors { code field line expected given message } } }";
pub const IMPORT: &str = "mutation($input: ImportProceduresInput!) { importProcedures(input: $input) {
    created newVersions changed unchanged refused userErrors { code field line message } } }";

/// The mutation of one step of the workflow.
pub fn step(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{
            submission {{ id version edition state lateDays returnReason reopenReason }}
            warnings {{ code message }} userErrors {{ code field message }} }} }}"
    )
}

/// A line of procedures.csv's form, with the rest of the columns as most procedures have them.
pub fn procedure(code: &str) -> Value {
    json!({
        "code": code, "name": format!("Thủ tục {code}"), "fieldCode": "HOTICH", "fieldName": "Hộ tịch",
        "fieldGroup": "OTHER", "level": "COMMUNE", "audience": "CITIZEN", "onlineLevel": "FULL",
        "hasFinancialObligation": true, "onlinePaymentEnabled": true, "onlineEligible": true,
        "onlineProvided": true, "integratedOnNationalPortal": true, "payableOnNationalPortal": true,
        "effectiveFrom": "2025-07-01",
    })
}

/// Code of the numbered test procedure.
pub fn code(number: usize) -> String {
    format!("1.{number:06}")
}

/// Imports the procedures 1 to `count`.
pub async fn import(ward: &Ward, count: usize) {
    let list: Vec<Value> = (1..=count).map(|number| procedure(&code(number))).collect();
    let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": list } });
    let answer = ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
    assert_eq!(answer.data("/importProcedures/created"), &json!(count), "{:?}", answer.body);
}

/// Domain facts 13.2, as a line of procedure 1.
pub fn worked_line() -> Value {
    json!({
        "procedure": code(1), "receivedOnline": 820, "receivedDirect": 130, "carriedOver": 50,
        "resolvedEarly": 700, "resolvedOnTime": 210, "resolvedLate": 10, "pendingInTime": 75, "pendingOverdue": 5,
        "receivedTotal": 1000, "resolvedTotal": 920, "pendingTotal": 80,
        "resultsIssued": 900, "resultsDigitised": 810, "dossiersDigitised": 760,
        "feeDossiers": 520, "feeDossiersPaidOnline": 252, "paymentTransactions": 480, "paymentTransactionsOnline": 252,
    })
}

/// The input of a save by the one-stop centre.
pub fn form(period: &str, lines: &[Value], version: i64) -> Value {
    json!({ "organisation": "TTPVHCC", "period": period, "lines": lines, "expectedVersion": version })
}

/// The key of the one-stop centre's form for a period.
pub fn key(period: &str) -> Value {
    json!({ "key": { "organisation": "TTPVHCC", "form": "DOSSIER_STATISTICS", "period": period } })
}

/// Takes a step; the answer has no top-level error.
pub async fn take(client: &Client, name: &str, period: &str, version: i64, more: Value) -> Answer {
    let mut input = json!({ "submission": key(period), "expectedVersion": version });
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    client.ask(&step(name), json!({ "input": input })).await
}

/// Saves a form; answers its version.
pub async fn save(ward: &Ward, period: &str, lines: &[Value], version: i64) -> i64 {
    let officer = ward.officer("TTPVHCC").await;
    let answer = officer.ask(SAVE, json!({ "input": form(period, lines, version) })).await.ok();
    assert_eq!(answer.user_errors("saveDossierStatistics"), Vec::<Value>::new());
    answer.data("/saveDossierStatistics/submission/version").as_i64().unwrap()
}

/// Saves, submits and accepts a form; answers its version.
pub async fn accepted(ward: &Ward, period: &str, lines: &[Value]) -> i64 {
    let version = save(ward, period, lines, 0).await;
    submitted_and_accepted(ward, period, version).await
}

/// Submits and accepts what was saved; answers its version.
pub async fn submitted_and_accepted(ward: &Ward, period: &str, version: i64) -> i64 {
    let note = json!({ "warningsNote": "Đã kiểm tra." });
    let answer = take(&ward.head("TTPVHCC").await, "submitForm", period, version, note).await.ok();
    assert_eq!(answer.user_errors("submitForm"), Vec::<Value>::new());
    let version = answer.data("/submitForm/submission/version").as_i64().unwrap();
    let answer = take(&ward.standing_body().await, "acceptForm", period, version, json!({})).await.ok();
    assert_eq!(answer.user_errors("acceptForm"), Vec::<Value>::new());
    answer.data("/acceptForm/submission/version").as_i64().unwrap()
}

/// The figures of one indicator of an organisation for a period, as a client of analytics pulls them.
pub async fn figures(client: &Client, indicator: &str, organisation: &str, period: &str, more: &str) -> Vec<Value> {
    let document = format!(
        "{{ indicatorObservations(programme: \"AN-BIEN-2026-2030\", indicators: [\"{indicator}\"],
            organisations: [\"{organisation}\"], period: \"{period}\" {more}) {{
            nodes {{ numerator denominator id value status missing revision supersededRevision }} }} }}"
    );
    client.ask(&document, json!({})).await.ok().data("/indicatorObservations/nodes").as_array().unwrap().clone()
}

/// One value of such a figure: `value STATUS`.
pub async fn figure(client: &Client, indicator: &str, period: &str) -> String {
    match figures(client, indicator, "AN-BIEN", period, "").await.first() {
        None => "none".to_owned(),
        Some(row) => format!(
            "{}/{} {} {}",
            row["numerator"],
            row["denominator"],
            row["value"].as_str().unwrap_or("-"),
            row["status"].as_str().unwrap()
        ),
    }
}

/// `CODE field` of everything that is to be mended.
pub fn faults(answer: &Answer, mutation: &str) -> Vec<String> {
    let path = |error: &Value| -> String {
        let parts = error["field"].as_array().unwrap();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    let errors = answer.user_errors(mutation);
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}
