//! Legal documents: what one does to another, their reviews with the target II.1.a.3, and consultations on drafts.

mod consultations;
mod documents;
mod reviews;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::story::faults;
use crate::support::{Answer, Client, Ward, on_both_engines};

const DOCUMENTS: &str = "mutation($input: SaveLegalDocumentsInput!) { saveLegalDocuments(input: $input) {
    saved documents { id number version } userErrors { code field line message } } }";
const STANDING: &str = "query($number: String!, $before: NaiveDate, $on: NaiveDate) { legalDocument(number: $number) {
    before: status(on: $before) on: status(on: $on) endedOn endReason endedBy { number } partlyEndedOn } }";

/// The mutation of a step about a review or a draft.
fn step(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let record = if name.contains("Review") {
        "review { state version outcome addressee returnReason decidedBy { displayName } outcomeDocument { number } }"
    } else if name.contains("Campaign") {
        "campaign { period { code startDate endDate } closedOn version }"
    } else if name.contains("Document") {
        "document { number withdrawnReason }"
    } else {
        "consultation { code state version closedOn conclusion }"
    };
    format!("mutation($input: {input}!) {{ {name}(input: $input) {{ {record} userErrors {{ code field message }} }} }}")
}

async fn take(client: &Client, name: &str, input: Value) -> Answer {
    client.ask(&step(name), json!({ "input": input })).await
}

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

const NONE: [&str; 0] = [];

/// A decision of the ward that must be reviewed, in effect nine days after it was issued.
fn decision(number: &str, unit: &str, issued_on: &str, effective_on: &str) -> Value {
    json!({
        "number": number, "kind": "DECISION", "normative": true, "issuerLevel": "WARD", "issuer": "UBND phường An Biên",
        "field": "LAND", "title": format!("Quy định {number}"), "issuedOn": issued_on, "effectiveOn": effective_on,
        "mustReview": true, "organisation": unit,
    })
}

fn acting(document: Value, kind: &str, number: &str) -> Value {
    with(document, json!({ "relations": [{ "kind": kind, "document": { "number": number } }] }))
}

async fn enter(client: &Client, documents: Vec<Value>) -> Answer {
    client.ask(DOCUMENTS, json!({ "input": { "documents": documents } })).await
}

/// Enters documents that are sound; answers identifier and version of each.
async fn entered(ward: &Ward, documents: Vec<Value>) -> Vec<(String, i64)> {
    let answer = enter(&ward.officer("VP").await, documents).await.ok();
    assert_eq!(faults(&answer, "saveLegalDocuments"), NONE, "{}", answer.body);
    let rows = answer.data("/saveLegalDocuments/documents").as_array().unwrap();
    rows.iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row["version"].as_i64().unwrap())).collect()
}

async fn standing(client: &Client, number: &str, before: &str, on: &str) -> Value {
    let answer = client.ask(STANDING, json!({ "number": number, "before": before, "on": on })).await.ok();
    answer.data("/legalDocument").clone()
}

async fn numbers(client: &Client, arguments: &str) -> Vec<String> {
    let document = format!("{{ legalDocuments({arguments}) {{ nodes {{ number }} }} }}");
    let answer = client.ask(&document, json!({})).await.ok();
    let nodes = answer.data("/legalDocuments/nodes").as_array().unwrap();
    nodes.iter().map(|node| node["number"].as_str().unwrap().to_owned()).collect()
}

async fn open_campaign(ward: &Ward, period: &str) {
    let input = json!({ "period": period, "title": "Rà soát văn bản" });
    let answer = take(&ward.head("VP").await, "saveLegalCampaign", input).await.ok();
    assert_eq!(faults(&answer, "saveLegalCampaign"), NONE, "{}", answer.body);
}

fn review(number: &str, reviewed_on: &str) -> Value {
    json!({
        "campaign": "2026", "document": { "number": number }, "reviewedOn": reviewed_on, "finding": "NONE",
        "proposal": "KEEP", "content": "Còn phù hợp.",
    })
}

/// The same, with something found and proposed to a level.
fn finding(number: &str, reviewed_on: &str, proposal: &str, addressee: &str) -> Value {
    with(review(number, reviewed_on), json!({ "finding": "UNSUITABLE", "proposal": proposal, "addressee": addressee }))
}

fn deciding(number: &str, decision: &str, version: i64) -> Value {
    json!({ "campaign": "2026", "document": { "number": number }, "decision": decision, "expectedVersion": version })
}

/// Written by the unit's officer, confirmed by its head.
async fn reviewed(ward: &Ward, unit: &str, input: Value) {
    let saved = take(&ward.officer(unit).await, "saveLegalReview", input.clone()).await.ok();
    assert_eq!(faults(&saved, "saveLegalReview"), NONE, "{}", saved.body);
    let version = saved.data("/saveLegalReview/review/version").as_i64().unwrap();
    let number = input["document"]["number"].as_str().unwrap();
    let confirm = with(deciding(number, "CONFIRM", version), json!({ "campaign": input["campaign"] }));
    let answer = take(&ward.head(unit).await, "decideLegalReview", confirm).await.ok();
    assert_eq!(faults(&answer, "decideLegalReview"), NONE, "{}", answer.body);
}

/// The documents of the three periods: two from before the year ends or begins, one from April, and one that repeals the
/// first from the day after the half-year.
async fn three_documents(ward: &Ward) {
    let repealing = decision("9/2026/QĐ-UBND", "VP", "2026-06-01", "2026-06-15");
    let repealing = with(acting(repealing, "REPEALS", "1/2025/QĐ-UBND"), json!({ "mustReview": false }));
    let documents = vec![
        decision("1/2025/QĐ-UBND", "KTHTDT", "2025-08-01", "2025-08-15"),
        decision("2/2026/QĐ-UBND", "KTHTDT", "2026-01-20", "2026-02-01"),
        decision("3/2026/QĐ-UBND", "VHXH", "2026-03-20", "2026-04-01"),
        repealing,
    ];
    assert_eq!(entered(ward, documents).await.len(), 4);
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

on_both_engines! {
    async fn many_documents_are_entered_at_once_and_read_in_a_few_statements(ward: Ward) {
        let many: Vec<Value> = (0..100)
            .map(|number| {
                let unit = ["KTHTDT", "VHXH", "TTPVHCC"][number % 3];
                let document = with(decision(&format!("{number}/QĐ"), unit, "2026-01-05", "2026-01-15"), json!({ "tasks": ["II.1.b.2", "II.1.b.3"] }));
                // A chain: each replaces the one before, all issued on one day.
                if number == 0 { document } else { acting(document, "AMENDS", &format!("{}/QĐ", number - 1)) }
            })
            .collect();
        assert_eq!(entered(&ward, many).await.len(), 100);
        open_campaign(&ward, "2026").await;
        for number in [0, 3, 6] {
            reviewed(&ward, "KTHTDT", review(&format!("{number}/QĐ"), "2026-05-05")).await;
        }
        let standing = ward.standing_body().await;
        let documents = |first: u32| format!(
            "{{ legalDocuments(inForceOn: \"2026-09-20\", first: {first}) {{ nodes {{ number status organisation {{ code }} tasks {{ section }} actsOn {{ kind void document {{ number }} }}
                actedOnBy {{ kind void document {{ number }} }} reviews {{ state campaign {{ title }} decidedBy {{ displayName }} allowedActions {{ action allowed }} }} allowedActions {{ action allowed }} }} }} }}"
        );
        let count = async |document: &str| standing.ask(document, json!({})).await.ok().statements();
        count("{ me { username } }").await;
        let (few, all) = (count(&documents(2)).await, count(&documents(100)).await);
        assert!(few <= all && all <= 13, "{few} and {all} statements");
        let reviews = |first: u32| format!("{{ legalReviews(first: {first}) {{ nodes {{ document {{ number }} campaign {{ title }} organisation {{ code }} allowedActions {{ action }} }} }} }}");
        assert_eq!(count(&reviews(1)).await, count(&reviews(3)).await);
        let progress = count("{ legalReviewProgress { organisation { code } toReview reviewed rate { percent } } }").await;
        assert!(progress <= 4, "{progress} statements");
        // Pages follow each other.
        let page = standing.ask("{ legalDocuments(first: 60) { pageInfo { hasNextPage endCursor } } }", json!({})).await.ok();
        let end = page.data("/legalDocuments/pageInfo/endCursor").as_str().unwrap().to_owned();
        let next = standing.ask(&format!("{{ legalDocuments(first: 60, after: \"{end}\") {{ totalCount nodes {{ number }} pageInfo {{ hasNextPage }} }} }}"), json!({})).await.ok();
        assert_eq!((next.data("/legalDocuments/nodes").as_array().unwrap().len(), next.data("/legalDocuments/totalCount")), (40, &json!(100)));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }
}
