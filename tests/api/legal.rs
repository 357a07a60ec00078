//! Legal documents: what one does to another, their reviews with the target II.1.a.3, and consultations on drafts.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::story::{faults, figure, figures};
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
    async fn a_document_ends_by_what_others_do_to_it(ward: Ward) {
        // The acting document may stand before its target in the same request.
        let replacing = acting(decision("3/2026/QĐ-UBND", "KTHTDT", "2026-05-20", "2026-06-10"), "REPLACES", "12/2025/QĐ-UBND");
        let amending = acting(decision("1/2026/QĐ-UBND", "KTHTDT", "2026-01-05", "2026-01-15"), "AMENDS", "12/2025/QĐ-UBND");
        let central = with(decision("24/2024/NĐ-CP", "VP", "2024-02-27", "2024-02-01"), json!({
            "kind": "DECREE", "issuerLevel": "CENTRAL", "issuer": "Chính phủ", "mustReview": false, "title": "Đấu thầu", "tasks": ["II.1.b.3"],
            "expiresOn": "2026-07-01",
        }));
        let guiding = acting(decision("12/2025/QĐ-UBND", "KTHTDT", "2025-08-01", "2025-08-15"), "GUIDES", "24/2024/NĐ-CP");
        let rows = entered(&ward, vec![replacing, amending, guiding, central]).await;
        let analytics = ward.analytics().await;
        assert_eq!(standing(&analytics, "12/2025/QĐ-UBND", "2026-06-09", "2026-06-10").await, json!({
            "before": "PARTLY_EXPIRED", "on": "EXPIRED", "endedOn": "2026-06-10", "endReason": "REPLACED",
            "endedBy": { "number": "3/2026/QĐ-UBND" }, "partlyEndedOn": "2026-01-15" }));
        assert_eq!(standing(&analytics, "24/2024/NĐ-CP", "2026-06-30", "2026-07-01").await, json!({
            "before": "IN_FORCE", "on": "EXPIRED", "endedOn": "2026-07-01", "endReason": "EXPIRED", "endedBy": null, "partlyEndedOn": null }));
        assert_eq!(standing(&analytics, "3/2026/QĐ-UBND", "2026-06-09", "2026-06-10").await["before"], "NOT_YET_IN_FORCE");
        assert_eq!(numbers(&analytics, "inForceOn: \"2026-06-09\", filter: { levels: [WARD] }").await, ["12/2025/QĐ-UBND", "1/2026/QĐ-UBND"]);
        assert_eq!(numbers(&analytics, "inForceOn: \"2026-06-10\", filter: { levels: [WARD] }").await, ["1/2026/QĐ-UBND", "3/2026/QĐ-UBND"]);
        for (filter, expected) in [
            ("{ statuses: [PARTLY_EXPIRED], on: \"2026-06-09\" }", vec!["12/2025/QĐ-UBND"]),
            ("{ statuses: [EXPIRED] }", vec!["24/2024/NĐ-CP", "12/2025/QĐ-UBND"]),
            ("{ statuses: [NOT_YET_IN_FORCE], on: \"2026-06-09\" }", vec!["3/2026/QĐ-UBND"]),
            ("{ statuses: [IN_FORCE, PARTLY_EXPIRED], on: \"2026-06-09\" }", vec!["24/2024/NĐ-CP", "12/2025/QĐ-UBND", "1/2026/QĐ-UBND"]),
            ("{ kinds: [DECREE] }", vec!["24/2024/NĐ-CP"]), ("{ search: \"dau thau\" }", vec!["24/2024/NĐ-CP"]), ("{ task: \"II.1.b.3\" }", vec!["24/2024/NĐ-CP"]),
            ("{ fields: [HEALTH] }", vec![]), ("{ mustReview: false, normative: true }", vec!["24/2024/NĐ-CP"]), ("{ normative: false }", vec![]),
            ("{ organisation: \"VP\" }", vec!["24/2024/NĐ-CP"]),
        ] {
            assert_eq!(numbers(&analytics, &format!("filter: {filter}")).await, expected, "{filter}");
        }
        let both = "{ legalDocument(number: \"12/2025/QĐ-UBND\") { organisation { code } tasks { section } actsOn { kind void document { number tasks { section } } }
            actedOnBy { kind effectiveOn stated void document { number } } } }";
        let both = analytics.ask(both, json!({})).await.ok();
        assert_eq!(both.data("/legalDocument"), &json!({
            "organisation": { "code": "KTHTDT" }, "tasks": [],
            "actsOn": [{ "kind": "GUIDES", "void": false, "document": { "number": "24/2024/NĐ-CP", "tasks": [{ "section": "II.1.b.3" }] } }],
            "actedOnBy": [
                { "kind": "AMENDS", "effectiveOn": "2026-01-15", "stated": false, "void": false, "document": { "number": "1/2026/QĐ-UBND" } },
                { "kind": "REPLACES", "effectiveOn": "2026-06-10", "stated": false, "void": false, "document": { "number": "3/2026/QĐ-UBND" } },
            ] }));

        // A higher level repeals what replaced it, from the very day: the replacement is void. Recorded last, it holds as if first.
        let city = with(decision("77/2026/QĐ-UBND", "VP", "2026-06-02", "2026-06-10"), json!({ "issuerLevel": "CITY", "issuer": "UBND thành phố", "mustReview": false }));
        entered(&ward, vec![acting(city, "REPEALS", "3/2026/QĐ-UBND")]).await;
        assert_eq!(standing(&analytics, "12/2025/QĐ-UBND", "2026-06-10", "2026-09-20").await["on"], "PARTLY_EXPIRED");
        let acts = "{ legalDocument(number: \"3/2026/QĐ-UBND\") { actsOn { void } } }";
        assert_eq!(analytics.ask(acts, json!({})).await.ok().data("/legalDocument/actsOn/0/void"), true);

        // The replacing document is changed: its day moves before that of the repeal, and what it replaced ends with it.
        let (id, version) = &rows[0];
        let earlier = acting(decision("3/2026/QĐ-UBND", "KTHTDT", "2026-05-20", "2026-06-01"), "REPLACES", "12/2025/QĐ-UBND");
        let changed = with(earlier.clone(), json!({ "id": id, "expectedVersion": version }));
        assert_eq!(entered(&ward, vec![changed]).await[0].1, 2);
        assert_eq!(standing(&analytics, "12/2025/QĐ-UBND", "2026-05-31", "2026-06-01").await["endedBy"], json!({ "number": "3/2026/QĐ-UBND" }));
        let late = with(earlier, json!({ "id": id, "expectedVersion": version }));
        assert_eq!(enter(&ward.officer("VP").await, vec![late]).await.code(), "CONFLICT");
        let journal = "query($record: ID) { journal(record: $record) { nodes { action before after } } }";
        let entries = ward.chair().await.ask(journal, json!({ "record": id })).await.ok();
        let nodes = entries.data("/journal/nodes").as_array().unwrap().clone();
        assert_eq!((nodes.len(), &nodes[1]["before"]["effectiveOn"], &nodes[1]["after"]["effectiveOn"]), (2, &json!("2026-06-10"), &json!("2026-06-01")));
        let node = analytics.ask("query($id: ID!) { node(id: $id) { ... on LegalDocument { number version } } }", json!({ "id": id })).await.ok();
        assert_eq!(node.data("/node"), &json!({ "number": "3/2026/QĐ-UBND", "version": 2 }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_the_register_does_not_take(ward: Ward) {
        let keeper = ward.officer("VP").await;
        let good = |number: &str| decision(number, "KTHTDT", "2026-03-01", "2026-03-10");
        let relating = |number: &str, relations: Value| with(good(number), json!({ "relations": relations }));
        entered(&ward, vec![good("1"), with(good("2"), json!({ "issuerLevel": "CITY" })), with(good("1"), json!({ "issuedOn": "2026-03-02" }))]).await;
        let to = |kind: &str, number: &str| json!({ "kind": kind, "document": { "number": number } });
        let exact = |kind: &str, number: &str| json!({ "kind": kind, "document": { "number": number, "issuedOn": "2026-03-01" } });
        for (document, expected) in [
            (with(good("3"), json!({ "number": " " })), vec!["REQUIRED documents.0.number"]),
            (with(good("3"), json!({ "title": "" })), vec!["REQUIRED documents.0.title"]),
            (with(good("3"), json!({ "issuer": "x".repeat(301) })), vec!["OUT_OF_RANGE documents.0.issuer"]),
            (with(good("3"), json!({ "issuedOn": "2026-09-21", "effectiveOn": "2026-09-21" })), vec!["OUT_OF_RANGE documents.0.issuedOn"]),
            (with(good("3"), json!({ "effectiveOn": "2026-02-28" })), vec!["OUT_OF_RANGE documents.0.effectiveOn"]),
            (with(good("3"), json!({ "expiresOn": "2026-03-10" })), vec!["OUT_OF_RANGE documents.0.expiresOn"]),
            (with(good("3"), json!({ "kind": "LAW" })), vec!["OUT_OF_RANGE documents.0.kind"]),
            (with(good("3"), json!({ "organisation": "NOBODY" })), vec!["UNKNOWN_CODE documents.0.organisation"]),
            (with(good("3"), json!({ "draft": "DT-1" })), vec!["UNKNOWN_CODE documents.0.draft"]),
            (with(good("3"), json!({ "issuerLevel": "CITY", "draft": "DT-1" })), vec!["OUT_OF_RANGE documents.0.draft", "UNKNOWN_CODE documents.0.draft"]),
            (with(good("3"), json!({ "tasks": ["II.1.b.3", "II.1.b.3", "IX"] })), vec!["DUPLICATE documents.0.tasks.1", "UNKNOWN_CODE documents.0.tasks.2"]),
            (good("1"), vec!["DUPLICATE documents.0.number"]),
            (relating("3", json!([to("AMENDS", "9")])), vec!["UNKNOWN_CODE documents.0.relations.0.document"]),
            (relating("3", json!([to("AMENDS", "1")])), vec!["MALFORMED documents.0.relations.0.document"]),
            (relating("3", json!([to("AMENDS", "3")])), vec!["MALFORMED documents.0.relations.0.document"]),
            (relating("3", json!([to("REPEALS", "2")])), vec!["OUT_OF_RANGE documents.0.relations.0.kind"]),
            (relating("3", json!([exact("REPEALS", "1"), exact("REPLACES", "1")])), vec!["DUPLICATE documents.0.relations.1.document"]),
            (relating("3", json!([{ "kind": "AMENDS", "document": { "number": "1", "issuedOn": "2026-03-02" } }])), vec!["OUT_OF_RANGE documents.0.relations.0.document"]),
            (relating("3", json!([{ "kind": "AMENDS", "document": { "number": "1", "issuedOn": "2026-03-01" }, "effectiveOn": "2026-03-09" }])), vec!["OUT_OF_RANGE documents.0.relations.0.effectiveOn"]),
        ] {
            let answer = enter(&keeper, vec![document]).await.ok();
            assert_eq!(faults(&answer, "saveLegalDocuments"), expected, "{}", answer.body);
        }
        // All faults of all rows at once, and nothing is written.
        let answer = enter(&keeper, vec![good("4"), with(good("5"), json!({ "title": "" })), with(good("6"), json!({ "kind": "LAW" }))]).await.ok();
        let lines: Vec<&Value> = answer.data("/saveLegalDocuments/userErrors").as_array().unwrap().iter().map(|one| &one["line"]).collect();
        assert_eq!((lines, numbers(&keeper, "filter: { search: \"Quy định 4\" }").await.len()), (vec![&json!(2), &json!(3)], 0));
        // A circle, within one request.
        let answer = enter(&keeper, vec![relating("7", json!([to("REPLACES", "8")])), relating("8", json!([to("REPEALS", "7")])), relating("9", json!([to("REPEALS", "7")]))]).await.ok();
        assert_eq!(faults(&answer, "saveLegalDocuments"), ["MALFORMED documents.0.relations", "MALFORMED documents.1.relations"]);
        assert_eq!(faults(&enter(&keeper, vec![good("4"), good("4")]).await.ok(), "saveLegalDocuments"), ["DUPLICATE documents.1.number"]);
        let many = (0..101).map(|number| good(&format!("N-{number}"))).collect();
        assert_eq!(faults(&enter(&keeper, many).await.ok(), "saveLegalDocuments"), ["OUT_OF_RANGE documents"]);

        // What another does to a document must still fit it when it is changed; and a number that several have needs more.
        let rows = entered(&ward, vec![relating("3", json!([exact("AMENDS", "1")]))]).await;
        let first = "query { legalDocument(number: \"1\", issuedOn: \"2026-03-01\", issuerLevel: WARD) { id version actedOnBy { kind } } }";
        let first = keeper.ask(first, json!({})).await.ok().data("/legalDocument").clone();
        assert_eq!(first["actedOnBy"], json!([{ "kind": "AMENDS" }]));
        let moved = with(good("1"), json!({ "id": first["id"], "expectedVersion": 1, "issuedOn": "2026-03-05" }));
        assert_eq!(faults(&enter(&keeper, vec![moved]).await.ok(), "saveLegalDocuments"), ["OUT_OF_RANGE documents.0.issuedOn"]);
        let raised = with(good("1"), json!({ "id": first["id"], "expectedVersion": 1, "issuerLevel": "CITY" }));
        assert_eq!(faults(&enter(&keeper, vec![raised]).await.ok(), "saveLegalDocuments"), ["OUT_OF_RANGE documents.0.issuerLevel"]);
        assert_eq!(keeper.ask("{ legalDocument(number: \"1\") { id } }", json!({})).await.code(), "BAD_USER_INPUT");
        assert_eq!(keeper.ask("{ legalDocument(number: \"0\") { id } }", json!({})).await.ok().data("/legalDocument"), &json!(null));

        // A dry run writes nothing, a repeated request writes once, a reused key is refused.
        let asked = |key: &str, number: &str, dry: bool| json!({ "input": { "documents": [good(number)], "idempotencyKey": key, "dryRun": dry } });
        assert_eq!(keeper.ask(DOCUMENTS, asked("dry", "20", true)).await.ok().data("/saveLegalDocuments/saved"), 0);
        for _ in 0..2 {
            let answer = keeper.ask(DOCUMENTS, asked("once", "20", false)).await.ok();
            assert_eq!(answer.data("/saveLegalDocuments/documents/0/version"), 1, "{}", answer.body);
        }
        assert_eq!(faults(&keeper.ask(DOCUMENTS, asked("once", "21", false)).await.ok(), "saveLegalDocuments"), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);

        // What was entered by mistake leaves the register, does nothing any more, and leaves its number to the right one.
        let (id, version) = &rows[0];
        let withdraw = |reason: &str, version: i64| json!({ "id": id, "reason": reason, "expectedVersion": version });
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", withdraw(" ", *version)).await.ok(), "withdrawLegalDocument"), ["REQUIRED reason"]);
        assert_eq!(take(&keeper, "withdrawLegalDocument", withdraw("Nhập nhầm.", 9)).await.code(), "CONFLICT");
        let gone = take(&keeper, "withdrawLegalDocument", withdraw("Nhập nhầm.", *version)).await.ok();
        assert_eq!(gone.data("/withdrawLegalDocument/document/withdrawnReason"), "Nhập nhầm.");
        let amended = "{ legalDocument(number: \"1\", issuedOn: \"2026-03-01\") { partlyEndedOn actedOnBy { void } } }";
        assert_eq!(keeper.ask(amended, json!({})).await.ok().data("/legalDocument"), &json!({ "partlyEndedOn": null, "actedOnBy": [{ "void": true }] }));
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", withdraw("x", 2)).await.ok(), "withdrawLegalDocument"), ["WRONG_STATE "]);
        entered(&ward, vec![good("3")]).await;
        let change = with(good("3"), json!({ "id": id, "expectedVersion": 2 }));
        assert_eq!(enter(&keeper, vec![change]).await.code(), "NOT_FOUND");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn the_register_is_kept_by_whoever_leads_the_target(ward: Ward) {
        let document = || vec![decision("1/2026/QĐ-UBND", "KTHTDT", "2026-03-01", "2026-03-10")];
        let keepers = "{ legalRegister { keepers { code } allowedActions { action allowed } } }";
        let who = ward.head("VP").await.ask(keepers, json!({})).await.ok();
        assert_eq!(who.data("/legalRegister"), &json!({ "keepers": [{ "code": "VP" }], "allowedActions": [{ "action": "KEEP_LEGAL_DOCUMENTS", "allowed": true }] }));
        // The unit that answers for a document does not enter it, nor does the standing body, the Chair or anybody else.
        let mut others = vec![ward.standing_body().await, ward.chair().await, ward.oversight().await, ward.upper_level().await, ward.analytics().await, ward.admin().await];
        for unit in ["KTHTDT", "VHXH", "TTPVHCC"] {
            others.extend([ward.officer(unit).await, ward.head(unit).await]);
        }
        for client in &others {
            assert_eq!(enter(client, document()).await.code(), "FORBIDDEN");
            let campaign = json!({ "period": "2026", "title": "x" });
            assert_eq!(take(client, "saveLegalCampaign", campaign).await.code(), "FORBIDDEN");
            assert_eq!(client.ask(keepers, json!({})).await.ok().data("/legalRegister/allowedActions/0/allowed"), false);
        }
        assert_eq!(enter(&ward.stranger(), document()).await.code(), "UNAUTHENTICATED");
        let refusals = "{ journal(outcome: REFUSED, last: 1) { nodes { action rule } } }";
        let last = ward.chair().await.ask(refusals, json!({})).await.ok();
        assert_eq!(last.data("/journal/nodes/0"), &json!({ "action": "KEEP_LEGAL_DOCUMENTS", "rule": "OTHER_ORGANISATION" }));
        // The lead is data: another keeps the register from the day on which he is assigned.
        let lead = json!({ "subject": "TARGET", "section": "II.1.a.3", "leads": ["VHXH", "TTPVHCC"], "coordinating": ["VP"] });
        let assign = "mutation($input: AssignLeadInput!) { assignLead(input: $input) { userErrors { code } } }";
        ward.chair().await.ask(assign, json!({ "input": lead })).await.ok();
        assert_eq!(enter(&ward.officer("VP").await, document()).await.code(), "FORBIDDEN");
        for (unit, number) in [("VHXH", "1/2026/QĐ-UBND"), ("TTPVHCC", "2/2026/QĐ-UBND")] {
            let answer = enter(&ward.officer(unit).await, vec![decision(number, "KTHTDT", "2026-03-01", "2026-03-10")]).await.ok();
            assert_eq!(answer.data("/saveLegalDocuments/saved"), 1, "{}", answer.body);
        }
    }

    async fn three_periods_from_entry_to_target(ward: Ward) {
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q1").await, "none", "no document, no figure");
        three_documents(&ward).await;
        let quarters = async |expected: [&str; 3]| {
            for (period, expected) in ["2026-Q1", "2026-H1", "2026-Q3"].into_iter().zip(expected) {
                assert_eq!(figure(&analytics, "II.1.a.3", period).await, expected, "{period}");
            }
        };
        // 14 March: 1 and 2 are in force. 14 June: 3 too. 14 September: 1 was repealed from 15 June.
        quarters(["0/2 0.00 NOT_DUE", "0/3 0.00 NOT_DUE", "0/2 0.00 NOT_DUE"]).await;
        open_campaign(&ward, "2026").await;
        // Written alone counts nothing.
        let written = take(&ward.officer("KTHTDT").await, "saveLegalReview", finding("1/2025/QĐ-UBND", "2026-03-10", "REPEAL", "WARD")).await.ok();
        assert_eq!(written.data("/saveLegalReview/review/state"), "PROPOSED", "{}", written.body);
        quarters(["0/2 0.00 NOT_DUE", "0/3 0.00 NOT_DUE", "0/2 0.00 NOT_DUE"]).await;
        take(&ward.head("KTHTDT").await, "decideLegalReview", deciding("1/2025/QĐ-UBND", "CONFIRM", 1)).await.ok();
        reviewed(&ward, "KTHTDT", review("2/2026/QĐ-UBND", "2026-05-05")).await;
        quarters(["1/2 50.00 NOT_DUE", "2/3 66.67 NOT_DUE", "1/2 50.00 NOT_DUE"]).await;
        reviewed(&ward, "VHXH", review("3/2026/QĐ-UBND", "2026-09-14")).await;
        quarters(["1/2 50.00 NOT_DUE", "2/3 66.67 NOT_DUE", "2/2 100.00 ACHIEVED"]).await;
        // Each unit its own: KTHTDT has reviewed both of its documents, and has one left of two.
        for (unit, expected) in [("KTHTDT", [2, 2]), ("VHXH", [0, 1])] {
            let rows = figures(&analytics, "II.1.a.3", unit, "2026-H1", "").await;
            assert_eq!([&rows[0]["numerator"], &rows[0]["denominator"]], [&json!(expected[0]), &json!(expected[1])], "{unit}");
        }
        // The day before the repeal holds, and the day itself.
        let progress = async |on: &str| -> Value {
            let document = format!("{{ legalReviewProgress(on: \"{on}\") {{ organisation {{ code }} toReview reviewed rate {{ percent }} findings handled }} }}");
            analytics.ask(&document, json!({})).await.ok().data("/legalReviewProgress").clone()
        };
        let (before, on) = (progress("2026-06-14").await, progress("2026-06-15").await);
        assert_eq!(before[0], json!({ "organisation": null, "toReview": 3, "reviewed": 2, "rate": { "percent": "66.67" }, "findings": 1, "handled": 0 }));
        assert_eq!(on[0], json!({ "organisation": null, "toReview": 2, "reviewed": 1, "rate": { "percent": "50.00" }, "findings": 1, "handled": 0 }));
        assert_eq!(on.as_array().unwrap().len(), 3);
        assert_eq!(numbers(&analytics, "inForceOn: \"2026-06-15\", filter: { mustReview: true, campaign: \"2026\", reviewed: true }").await, ["2/2026/QĐ-UBND", "3/2026/QĐ-UBND"]);
        assert_eq!(numbers(&analytics, "filter: { campaign: \"2026\", reviewed: false }").await, ["9/2026/QĐ-UBND"]);
        // What was proposed, and what came of it.
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-Q3").await, "0/1 0.00 NO_TARGET");
        let done = json!({ "campaign": "2026", "document": { "number": "1/2025/QĐ-UBND" }, "outcome": "DONE", "on": "2026-06-15", "by": { "number": "9/2026/QĐ-UBND" }, "expectedVersion": 2 });
        let done = take(&ward.head("KTHTDT").await, "recordLegalReviewOutcome", done).await.ok();
        assert_eq!(done.data("/recordLegalReviewOutcome/review/outcomeDocument/number"), "9/2026/QĐ-UBND", "{}", done.body);
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-H1").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        // Another unit takes a document over, with its figures.
        let third = "{ legalDocument(number: \"3/2026/QĐ-UBND\") { id } }";
        let third = analytics.ask(third, json!({})).await.ok().data("/legalDocument/id").clone();
        entered(&ward, vec![with(decision("3/2026/QĐ-UBND", "TTPVHCC", "2026-03-20", "2026-04-01"), json!({ "id": third, "expectedVersion": 1 }))]).await;
        let rows = figures(&analytics, "II.1.a.3", "TTPVHCC", "2026-Q3", "").await;
        assert_eq!([&rows[0]["numerator"], &rows[0]["denominator"]], [&json!(1), &json!(1)]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        // The next year is reviewed anew; when the target is due, nothing of 2030 is.
        ward.clock().set(at("2027-01-10T02:00:00Z"));
        assert_eq!(figure(&ward.analytics().await, "II.1.a.3", "2027-Q1").await, "0/2 0.00 NOT_DUE");
        ward.clock().set(at("2031-01-10T02:00:00Z"));
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.1.a.3", "2026").await, "2/2 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.1.a.3", "2030").await, "0/2 0.00 NOT_ACHIEVED");
    }

    async fn a_review_is_written_by_the_unit_and_decided_by_somebody_else(ward: Ward) {
        three_documents(&ward).await;
        let (officer, head) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await);
        let (one, two) = ("1/2025/QĐ-UBND", "2/2026/QĐ-UBND");
        assert_eq!(take(&officer, "saveLegalReview", review(two, "2026-05-05")).await.code(), "NOT_FOUND", "no campaign yet");
        for (period, title, expected) in [("2026", "", "REQUIRED title"), ("2032", "x", "WRONG_PERIOD period")] {
            let answer = take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": period, "title": title })).await.ok();
            assert_eq!(faults(&answer, "saveLegalCampaign"), [expected]);
        }
        assert_eq!(take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": "2026-Q1", "title": "x" })).await.code(), "BAD_USER_INPUT");
        open_campaign(&ward, "2026").await;
        open_campaign(&ward, "2026-H1").await;
        assert_eq!(take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": "2026", "title": "x" })).await.code(), "CONFLICT");
        let campaigns = officer.ask("{ legalCampaigns { nodes { period { code startDate endDate } } } }", json!({})).await.ok();
        assert_eq!(campaigns.data("/legalCampaigns/nodes/1/period"), &json!({ "code": "2026-H1", "startDate": "2025-12-15", "endDate": "2026-06-14" }));

        for (input, expected) in [
            (review(one, "2026-06-15"), vec!["NOT_IN_FORCE reviewedOn"]),
            (review(two, "2026-01-31"), vec!["NOT_IN_FORCE reviewedOn"]),
            (review(one, "2025-12-14"), vec!["WRONG_PERIOD reviewedOn"]),
            (review(two, "2026-09-21"), vec!["OUT_OF_RANGE reviewedOn"]),
            (with(review(two, "2026-06-15"), json!({ "campaign": "2026-H1" })), vec!["WRONG_PERIOD reviewedOn"]),
            (with(review(two, "2026-05-05"), json!({ "proposal": "AMEND", "addressee": "WARD" })), vec!["OUT_OF_RANGE proposal"]),
            (with(review(two, "2026-05-05"), json!({ "finding": "UNLAWFUL", "proposal": "REPEAL" })), vec!["REQUIRED addressee"]),
            (with(review(two, "2026-05-05"), json!({ "addressee": "CITY" })), vec!["OUT_OF_RANGE addressee"]),
            (with(review(two, "2026-05-05"), json!({ "content": " " })), vec!["REQUIRED content"]),
        ] {
            let answer = take(&officer, "saveLegalReview", input).await.ok();
            assert_eq!(faults(&answer, "saveLegalReview"), expected, "{}", answer.body);
        }
        let not_due = take(&ward.officer("VP").await, "saveLegalReview", review("9/2026/QĐ-UBND", "2026-06-20")).await.ok();
        assert_eq!(faults(&not_due, "saveLegalReview"), ["WRONG_STATE document"]);
        assert_eq!(take(&officer, "saveLegalReview", review("0", "2026-05-05")).await.code(), "NOT_FOUND");
        for client in [ward.officer("VHXH").await, ward.officer("VP").await, ward.chair().await, ward.standing_body().await, ward.analytics().await] {
            assert_eq!(take(&client, "saveLegalReview", review(two, "2026-05-05")).await.code(), "FORBIDDEN");
        }

        let saved = take(&officer, "saveLegalReview", finding(two, "2026-05-05", "AMEND", "WARD")).await.ok();
        assert_eq!(saved.data("/saveLegalReview/review/version"), 1, "{}", saved.body);
        // Until it is confirmed, the unit, the standing body and the Chair see it.
        let seen = async |client: &Client| -> usize {
            let answer = client.ask("{ legalReviews { nodes { state } } }", json!({})).await.ok();
            answer.data("/legalReviews/nodes").as_array().unwrap().len()
        };
        for client in [&officer, &head, &ward.chair().await, &ward.standing_body().await] {
            assert_eq!(seen(client).await, 1);
        }
        for client in [ward.officer("VHXH").await, ward.officer("VP").await, ward.oversight().await, ward.upper_level().await, ward.analytics().await] {
            assert_eq!(seen(&client).await, 0);
            let of = format!("{{ legalDocument(number: \"{two}\") {{ reviews {{ state }} }} }}");
            assert_eq!(client.ask(&of, json!({})).await.ok().data("/legalDocument/reviews"), &json!([]));
        }
        for client in [&officer, &ward.head("VHXH").await, &ward.head("VP").await, &ward.standing_body().await, &ward.oversight().await] {
            assert_eq!(take(client, "decideLegalReview", deciding(two, "CONFIRM", 1)).await.code(), "FORBIDDEN");
        }
        assert_eq!(take(&head, "decideLegalReview", deciding(two, "CONFIRM", 7)).await.code(), "CONFLICT");
        assert_eq!(take(&head, "decideLegalReview", deciding(one, "CONFIRM", 1)).await.code(), "NOT_FOUND");
        assert_eq!(faults(&take(&head, "decideLegalReview", deciding(two, "RETURN", 1)).await.ok(), "decideLegalReview"), ["REQUIRED reason"]);
        let returned = with(deciding(two, "RETURN", 1), json!({ "reason": "Nêu rõ điều khoản." }));
        let returned = take(&head, "decideLegalReview", returned).await.ok();
        assert_eq!(returned.data("/decideLegalReview/review/returnReason"), "Nêu rõ điều khoản.", "{}", returned.body);
        assert_eq!(faults(&take(&head, "decideLegalReview", deciding(two, "CONFIRM", 2)).await.ok(), "decideLegalReview"), ["WRONG_STATE "]);

        // The head mends it, and so may not confirm it: the Chair does.
        let mended = with(finding(two, "2026-05-06", "AMEND", "WARD"), json!({ "expectedVersion": 2 }));
        assert_eq!(take(&head, "saveLegalReview", mended).await.ok().data("/saveLegalReview/review/state"), "PROPOSED");
        let own = take(&head, "decideLegalReview", deciding(two, "CONFIRM", 3)).await;
        assert_eq!((own.code(), own.body["errors"][0]["message"].as_str().unwrap()), ("FORBIDDEN", "You wrote in this record yourself; somebody else must decide this review."));
        let actions = async |client: &Client| -> Value {
            let answer = client.ask("{ legalReviews { nodes { allowedActions { action allowed } } } }", json!({})).await.ok();
            let actions = answer.data("/legalReviews/nodes/0/allowedActions").as_array().unwrap().clone();
            actions.iter().filter(|one| one["allowed"] == true).map(|one| one["action"].clone()).collect()
        };
        assert_eq!((actions(&head).await, actions(&ward.chair().await).await), (json!(["SAVE_LEGAL_REVIEW"]), json!(["DECIDE_LEGAL_REVIEW"])));
        let confirmed = take(&ward.chair().await, "decideLegalReview", deciding(two, "CONFIRM", 3)).await.ok();
        assert_eq!(confirmed.data("/decideLegalReview/review/state"), "CONFIRMED", "{}", confirmed.body);
        assert_eq!(seen(&ward.oversight().await).await, 1);
        let again = with(finding(two, "2026-05-06", "AMEND", "WARD"), json!({ "expectedVersion": 4 }));
        assert_eq!(faults(&take(&officer, "saveLegalReview", again).await.ok(), "saveLegalReview"), ["WRONG_STATE "]);
        // An officer who was made head as well wrote in it all the same.
        let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "KTHTDT", from, to: None };
        grant(ward.app(), "kthtdt.officer", Role::UnitHead, &on).await.unwrap();
        ward.app().callers.invalidate_all();
        assert_eq!(take(&officer, "decideLegalReview", with(deciding(two, "RETURN", 4), json!({ "reason": "x" }))).await.code(), "FORBIDDEN");
    }

    async fn a_proposal_comes_to_something(ward: Ward) {
        three_documents(&ward).await;
        open_campaign(&ward, "2026").await;
        let (one, two) = ("1/2025/QĐ-UBND", "2/2026/QĐ-UBND");
        reviewed(&ward, "KTHTDT", finding(one, "2026-03-10", "REPEAL", "WARD")).await;
        reviewed(&ward, "KTHTDT", review(two, "2026-03-10")).await;
        let (chair, officer) = (ward.chair().await, ward.officer("KTHTDT").await);
        let outcome = |number: &str, more: Value| with(json!({ "campaign": "2026", "document": { "number": number }, "expectedVersion": 2 }), more);
        let name = "recordLegalReviewOutcome";
        let repealed = json!({ "outcome": "DONE", "on": "2026-06-15", "by": { "number": "9/2026/QĐ-UBND" } });
        for (input, expected) in [
            (outcome(one, json!({ "outcome": "DONE" })), vec!["REQUIRED on", "REQUIRED by"]),
            (outcome(one, json!({ "outcome": "REJECTED", "on": "2026-03-09" })), vec!["REQUIRED reason", "OUT_OF_RANGE on"]),
            (outcome(one, json!({ "outcome": "REJECTED", "on": "2026-09-21", "reason": "x" })), vec!["OUT_OF_RANGE on"]),
            (outcome(one, json!({ "outcome": "PENDING", "on": "2026-06-15" })), vec!["OUT_OF_RANGE on"]),
            (outcome(one, with(repealed.clone(), json!({ "by": { "number": "0" } }))), vec!["UNKNOWN_CODE by"]),
            (outcome(one, with(repealed.clone(), json!({ "by": { "number": two } }))), vec!["OUT_OF_RANGE by"]),
            (outcome(two, repealed.clone()), vec!["WRONG_STATE outcome", "OUT_OF_RANGE by"]),
        ] {
            let answer = take(&chair, name, input).await.ok();
            assert_eq!(faults(&answer, name), expected, "{}", answer.body);
        }
        for client in [&officer, &ward.officer("VP").await, &ward.standing_body().await, &ward.oversight().await] {
            assert_eq!(take(client, name, outcome(one, repealed.clone())).await.code(), "FORBIDDEN");
        }
        let done = take(&chair, name, outcome(one, repealed)).await.ok();
        assert_eq!((faults(&done, name).len(), done.data(&format!("/{name}/review/outcome"))), (0, &json!("DONE")));
        // While it is done, it is not returned, and the document that did it keeps what it did.
        let back = with(deciding(one, "RETURN", 3), json!({ "reason": "x" }));
        assert_eq!(faults(&take(&chair, "decideLegalReview", back.clone()).await.ok(), "decideLegalReview"), ["WRONG_STATE "]);
        let keeper = ward.head("VP").await;
        let ninth = keeper.ask("{ legalDocument(number: \"9/2026/QĐ-UBND\") { id } }", json!({})).await.ok().data("/legalDocument/id").clone();
        let without = with(decision("9/2026/QĐ-UBND", "VP", "2026-06-01", "2026-06-15"), json!({ "id": ninth, "expectedVersion": 1, "mustReview": false }));
        assert_eq!(faults(&enter(&keeper, vec![without.clone()]).await.ok(), "saveLegalDocuments"), ["WRONG_STATE documents.0.relations"]);
        let gone = json!({ "id": ninth, "reason": "x", "expectedVersion": 1 });
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", gone).await.ok(), "withdrawLegalDocument"), ["WRONG_STATE "]);
        let analytics = ward.analytics().await;
        let listed = "{ legalReviews(filter: { outcomes: [DONE], findings: [UNSUITABLE], proposals: [REPEAL], campaign: \"2026\", organisation: \"KTHTDT\" }) { totalCount nodes { document { number } campaign { title } outcomeOn } } }";
        let listed = analytics.ask(listed, json!({})).await.ok();
        assert_eq!(listed.data("/legalReviews/nodes"), &json!([{ "document": { "number": one }, "campaign": { "title": "Rà soát văn bản" }, "outcomeOn": "2026-06-15" }]));
        // Taken back, all of it can be mended; a reviewed document stays all the same.
        let pending = with(outcome(one, json!({ "outcome": "PENDING" })), json!({ "expectedVersion": 3 }));
        assert_eq!(take(&chair, name, pending).await.ok().data(&format!("/{name}/review/outcome")), "PENDING");
        assert_eq!(faults(&enter(&keeper, vec![without]).await.ok(), "saveLegalDocuments"), NONE);
        assert_eq!(standing(&analytics, one, "2026-06-15", "2026-09-20").await["on"], "IN_FORCE");
        let second = analytics.ask(&format!("{{ legalDocument(number: \"{two}\") {{ id }} }}"), json!({})).await.ok().data("/legalDocument/id").clone();
        let withdraw = json!({ "id": second, "reason": "x", "expectedVersion": 1 });
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", withdraw).await.ok(), "withdrawLegalDocument"), ["WRONG_STATE "]);
        // A confirmed review that is returned counts no more.
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q3").await, "2/3 66.67 NOT_DUE");
        let back = with(back, json!({ "expectedVersion": 4 }));
        assert_eq!(faults(&take(&chair, "decideLegalReview", back).await.ok(), "decideLegalReview"), NONE);
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q3").await, "1/3 33.33 NOT_DUE");
        // A closed campaign takes nothing more, until it is opened again.
        let close = |day: Value, version: i64| json!({ "period": "2026", "title": "Rà soát văn bản", "closedOn": day, "expectedVersion": version });
        assert_eq!(faults(&take(&keeper, "saveLegalCampaign", close(json!("2026-09-21"), 1)).await.ok(), "saveLegalCampaign"), ["OUT_OF_RANGE closedOn"]);
        take(&keeper, "saveLegalCampaign", close(json!("2026-09-20"), 1)).await.ok();
        let mended = with(finding(one, "2026-03-11", "REPEAL", "WARD"), json!({ "expectedVersion": 5 }));
        assert_eq!(faults(&take(&officer, "saveLegalReview", mended.clone()).await.ok(), "saveLegalReview"), ["WRONG_STATE campaign"]);
        take(&keeper, "saveLegalCampaign", close(json!(null), 2)).await.ok();
        assert_eq!(faults(&take(&officer, "saveLegalReview", mended).await.ok(), "saveLegalReview"), NONE);
        // The register changed since it was written: the document had ended by that day.
        let early = with(acting(decision("5/2026/QĐ-UBND", "VP", "2026-02-20", "2026-03-01"), "REPEALS", one), json!({ "mustReview": false }));
        entered(&ward, vec![early]).await;
        assert_eq!(faults(&take(&chair, "decideLegalReview", deciding(one, "CONFIRM", 6)).await.ok(), "decideLegalReview"), ["NOT_IN_FORCE document"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn people_are_consulted_answered_and_the_draft_becomes_a_document(ward: Ward) {
        let (officer, head) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await);
        let draft = |closes_on: &str| json!({
            "organisation": "KTHTDT", "code": "DT-2026-001", "title": "Quy định về bồi thường", "content": "Góp ý toàn văn dự thảo.",
            "place": "Cổng thông tin điện tử phường", "openedOn": "2026-09-10", "closesOn": closes_on, "tasks": ["II.1.b.3"],
        });
        let save = "saveLegalConsultation";
        for (input, expected) in [
            (draft("2026-09-28"), "OUT_OF_RANGE closesOn"), (with(draft("2026-09-29"), json!({ "code": "x" })), "MALFORMED code"),
            (with(draft("2026-09-29"), json!({ "title": "" })), "REQUIRED title"), (with(draft("2026-09-29"), json!({ "place": "" })), "REQUIRED place"),
            (with(draft("2026-09-29"), json!({ "content": "" })), "REQUIRED content"), (with(draft("2026-09-29"), json!({ "tasks": ["IX"] })), "UNKNOWN_CODE tasks.0"),
        ] {
            assert_eq!(faults(&take(&officer, save, input).await.ok(), save), [expected]);
        }
        for client in [ward.officer("VHXH").await, ward.chair().await, ward.standing_body().await, ward.oversight().await] {
            assert_eq!(take(&client, save, draft("2026-09-29")).await.code(), "FORBIDDEN");
        }
        let saved = take(&officer, save, draft("2026-09-29")).await.ok();
        assert_eq!(saved.data(&format!("/{save}/consultation")), &json!({ "code": "DT-2026-001", "state": "OPEN", "version": 1, "closedOn": null, "conclusion": null }), "{}", saved.body);
        assert_eq!(take(&officer, save, draft("2026-09-30")).await.code(), "CONFLICT");
        let other = with(draft("2026-09-29"), json!({ "organisation": "VHXH" }));
        assert_eq!(faults(&take(&ward.officer("VHXH").await, save, other).await.ok(), save), ["OTHER_ORGANISATION organisation"]);
        let opinions = |version: i64, opinions: Value| json!({ "code": "DT-2026-001", "opinions": opinions, "expectedVersion": version });
        let record = "recordLegalOpinions";
        let wrong = json!([
            { "source": "RESIDENT", "count": 0, "summary": "x" }, { "source": "AGENCY", "count": 1, "summary": "x", "response": "NOT_ACCEPTED" },
            { "source": "AGENCY", "count": 1, "summary": "", "explanation": "x" },
        ]);
        let expected = ["OUT_OF_RANGE opinions.0.count", "EXPLANATION_REQUIRED opinions.1.explanation", "REQUIRED opinions.2.summary", "REQUIRED opinions.2.response"];
        assert_eq!(faults(&take(&officer, record, opinions(1, wrong)).await.ok(), record), expected);
        let early = json!([{ "source": "RESIDENT", "count": 12, "summary": "Nâng mức hỗ trợ." }, { "source": "ENTERPRISE", "count": 2, "summary": "Rút ngắn thời hạn.", "response": "ACCEPTED" }]);
        assert_eq!(take(&ward.officer("VP").await, record, opinions(1, early.clone())).await.code(), "FORBIDDEN");
        assert_eq!(faults(&take(&officer, record, opinions(1, early)).await.ok(), record), NONE);
        let close = |version: i64| json!({ "code": "DT-2026-001", "conclusion": "Tiếp thu một phần, trình ban hành.", "expectedVersion": version });
        assert_eq!(faults(&take(&head, "closeLegalConsultation", close(2)).await.ok(), "closeLegalConsultation"), ["WRONG_STATE ", "REQUIRED opinions.0.response"]);
        // The draft is no document before it is closed.
        let issued = with(decision("8/2026/QĐ-UBND", "KTHTDT", "2026-10-05", "2026-10-20"), json!({ "draft": "DT-2026-001" }));
        ward.clock().set(at("2026-10-06T02:00:00Z"));
        let keeper = ward.officer("VP").await;
        assert_eq!(faults(&enter(&keeper, vec![issued.clone()]).await.ok(), "saveLegalDocuments"), ["WRONG_STATE documents.0.draft"]);
        let (officer, head) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await);
        let answered = json!([
            { "source": "RESIDENT", "count": 12, "summary": "Nâng mức hỗ trợ.", "response": "NOT_ACCEPTED", "explanation": "Vượt khung của thành phố." },
            { "source": "ENTERPRISE", "count": 2, "summary": "Rút ngắn thời hạn.", "response": "ACCEPTED" },
            { "source": "RESIDENT", "count": 3, "summary": "Niêm yết tại tổ dân phố.", "response": "PARTLY_ACCEPTED", "explanation": "Niêm yết tại nhà văn hóa." },
        ]);
        assert_eq!(faults(&take(&officer, record, opinions(2, answered)).await.ok(), record), NONE);
        for client in [&officer, &ward.head("VP").await, &ward.chair().await] {
            assert_eq!(take(client, "closeLegalConsultation", close(3)).await.code(), "FORBIDDEN");
        }
        let unsaid = with(close(3), json!({ "conclusion": "" }));
        assert_eq!(faults(&take(&head, "closeLegalConsultation", unsaid).await.ok(), "closeLegalConsultation"), ["REQUIRED conclusion"]);
        let closed = take(&head, "closeLegalConsultation", close(3)).await.ok();
        assert_eq!(closed.data("/closeLegalConsultation/consultation/state"), "CLOSED", "{}", closed.body);
        assert_eq!(faults(&take(&officer, record, opinions(4, json!([]))).await.ok(), record), ["WRONG_STATE "]);
        let late = with(draft("2026-11-30"), json!({ "expectedVersion": 4 }));
        assert_eq!(faults(&take(&officer, save, late).await.ok(), save), ["WRONG_STATE "]);
        entered(&ward, vec![issued]).await;
        let whole = "{ legalConsultation(code: \"DT-2026-001\") { organisation { code } state(on: \"2026-09-09\") before: state(on: \"2026-10-05\") now: state closedOn
            tasks { section } documents { number draft { code } } opinionCounts { source count } opinions(first: 2) { source count response explanation }
            allowedActions { action allowed } } }";
        let whole = ward.oversight().await.ask(whole, json!({})).await.ok();
        assert_eq!(whole.data("/legalConsultation"), &json!({
            "organisation": { "code": "KTHTDT" }, "state": "PLANNED", "before": "ENDED", "now": "CLOSED", "closedOn": "2026-10-06",
            "tasks": [{ "section": "II.1.b.3" }], "documents": [{ "number": "8/2026/QĐ-UBND", "draft": { "code": "DT-2026-001" } }],
            "opinionCounts": [{ "source": "RESIDENT", "count": 15 }, { "source": "ENTERPRISE", "count": 2 }],
            "opinions": [
                { "source": "RESIDENT", "count": 12, "response": "NOT_ACCEPTED", "explanation": "Vượt khung của thành phố." },
                { "source": "ENTERPRISE", "count": 2, "response": "ACCEPTED", "explanation": null },
            ],
            "allowedActions": [{ "action": "CONSULT_PEOPLE", "allowed": false }, { "action": "CLOSE_CONSULTATION", "allowed": false }] }));
        let listed = async |filter: &str| -> usize {
            let document = format!("{{ legalConsultations(filter: {filter}) {{ nodes {{ code }} }} }}");
            keeper.ask(&document, json!({})).await.ok().data("/legalConsultations/nodes").as_array().unwrap().len()
        };
        for (filter, expected) in [
            ("{ openOn: \"2026-09-29\" }", 1), ("{ openOn: \"2026-09-30\" }", 0), ("{ closed: true }", 1), ("{ closed: false }", 0), ("{ task: \"II.1.b.3\" }", 1),
            ("{ task: \"II.1.b.2\" }", 0), ("{ search: \"boi thuong\" }", 1), ("{ organisation: \"KTHTDT\" }", 1), ("{ organisation: \"VP\" }", 0),
        ] {
            assert_eq!(listed(filter).await, expected, "{filter}");
        }
    }

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
