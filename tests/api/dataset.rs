//! The dataset catalogue: described, signed, published, replaced, withdrawn; who sees what; what is overdue; and its
//! export, held against the vocabularies.

mod export;

use chrono::Duration;
use serde_json::{Value, json};

use crate::story::figure;
use crate::support::{Answer, Client, Ward, on_both_engines};

/// The mutation of a step.
fn step(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{
            dataset {{ id identifier edition state version modified issued publishedOn endedOn endReason returnReason publishedBy {{ displayName }} }}
            userErrors {{ code field message }} }} }}"
    )
}

pub async fn take(client: &Client, name: &str, input: Value) -> Answer {
    client.ask(&step(name), json!({ "input": input })).await
}

pub fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

fn errors(answer: &Answer, name: &str) -> Vec<String> {
    let path = |error: &Value| -> String {
        let parts = error["field"].as_array().unwrap();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    let errors = answer.user_errors(name);
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}

/// An open dataset of KTHTDT that may be published.
pub fn open(identifier: &str) -> Value {
    json!({
        "identifier": identifier, "organisation": "KTHTDT", "titleVi": "Giá niêm yết", "titleEn": "Listed prices",
        "descriptionVi": "Giá hàng hóa niêm yết trên địa bàn phường.", "theme": "ECON", "keywords": ["giá", "niêm yết"],
        "contact": { "name": "Phòng Kinh tế", "email": "gia@anbien.example.vn", "phone": "0225 384 2253" },
        "issued": "2026-01-05", "modified": "2026-07-31", "accrualPeriodicity": "QUARTERLY", "spatial": "phường An Biên",
        "temporalFrom": "2026-01-01", "temporalTo": "2026-07-31", "licence": "https://creativecommons.org/licenses/by/4.0/",
        "accessRights": "OPEN", "class": "OPEN", "personalData": false, "recordsTotal": 10, "recordsDigitised": 8,
        "conformsTo": ["http://www.w3.org/ns/csvw"], "legalBasis": "Luật Giá 16/2023/QH15", "collectedOnce": true,
        "integrationTargets": ["LGSP", "WAREHOUSE"], "sourceSystem": "Phần mềm quản lý giá", "languages": ["VI", "EN"],
        "distributions": [{
            "title": "Tệp CSV", "format": "CSV", "mediaType": "text/csv", "accessUrl": "https://dulieu.example.vn/gia",
            "downloadUrl": "https://dulieu.example.vn/gia.csv", "byteSize": 5_368_709_120_i64, "issued": "2026-01-05", "modified": "2026-07-31",
        }],
    })
}

/// A dataset of KTHTDT for State agencies, with personal data.
fn shared(identifier: &str) -> Value {
    json!({
        "identifier": identifier, "organisation": "KTHTDT", "titleVi": "Hồ sơ thửa đất", "descriptionVi": "Hồ sơ địa chính.",
        "theme": "REGI", "accrualPeriodicity": "CONTINUOUS", "accessRights": "SHARED", "class": "MASTER", "personalData": true,
        "recordsTotal": 200, "recordsDigitised": 50,
    })
}

/// Described by the officer and signed by the head.
async fn submitted(ward: &Ward, input: Value) -> i64 {
    let code = input["identifier"].clone();
    let saved = take(&ward.officer("KTHTDT").await, "saveDataset", input).await.ok();
    assert_eq!(errors(&saved, "saveDataset"), Vec::<String>::new(), "{:?}", saved.body);
    let version = saved.data("/saveDataset/dataset/version").clone();
    let sent = json!({ "identifier": code, "expectedVersion": version });
    let sent = take(&ward.head("KTHTDT").await, "submitDataset", sent).await.ok();
    assert_eq!(errors(&sent, "submitDataset"), Vec::<String>::new(), "{:?}", sent.body);
    sent.data("/submitDataset/dataset/version").as_i64().unwrap()
}

/// Described, signed, and published by the standing body.
pub async fn published(ward: &Ward, input: Value) -> i64 {
    let code = input["identifier"].clone();
    let version = submitted(ward, input).await;
    let decide = json!({ "identifier": code, "decision": "PUBLISH", "expectedVersion": version });
    let done = take(&ward.standing_body().await, "decideDataset", decide).await.ok();
    assert_eq!(errors(&done, "decideDataset"), Vec::<String>::new(), "{:?}", done.body);
    done.data("/decideDataset/dataset/version").as_i64().unwrap()
}

/// What a caller sees of the list: identifier, edition and state.
async fn seen(client: &Client, filter: Value) -> Vec<String> {
    let document = "query($filter: DatasetFilter!) { datasets(filter: $filter, first: 100) { nodes { identifier edition state } } }";
    let answer = client.ask(document, json!({ "filter": filter })).await.ok();
    let nodes = answer.data("/datasets/nodes").as_array().unwrap().clone();
    let line = |node: &Value| {
        let text = |field: &str| node[field].as_str().unwrap().to_owned();
        format!("{} {} {}", text("identifier"), node["edition"], text("state"))
    };
    nodes.iter().map(line).collect()
}

/// What may be done with a dataset, by action.
async fn allowed(client: &Client, code: &str) -> Vec<String> {
    let document = "query($code: String!) { dataset(identifier: $code) { allowedActions { action allowed } } }";
    let answer = client.ask(document, json!({ "code": code })).await.ok();
    let actions = answer.data("/dataset/allowedActions").as_array().unwrap().clone();
    let open = actions.iter().filter(|one| one["allowed"] == true);
    open.map(|one| one["action"].as_str().unwrap().to_owned()).collect()
}

const SUMMARY: &str = "query($on: NaiveDate) { datasetSummary(on: $on) { states { state count } published { accessRights count } overdue collectedOnce
    digitisation { numerator denominator percent } reviewedOn reviewDueOn reviewOverdue } }";
const NOTHING: [&str; 0] = [];

on_both_engines! {
    async fn a_dataset_goes_its_way_from_an_officer_to_the_list(ward: Ward) {
        let (officer, head, standing) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await, ward.standing_body().await);
        let (chair, analytics) = (ward.chair().await, ward.analytics().await);
        let code = "DL-GIA-01";
        let dry = take(&officer, "saveDataset", with(open(code), json!({ "dryRun": true }))).await.ok();
        assert_eq!(dry.data("/saveDataset"), &json!({ "dataset": null, "userErrors": [] }));
        let draft = with(open(code), json!({ "idempotencyKey": "a" }));
        let first = take(&officer, "saveDataset", draft.clone()).await.ok();
        assert_eq!(first.data("/saveDataset/dataset/state"), "DRAFT");
        // Sent twice by a network that stuttered, it is one dataset; the key for another is refused.
        assert_eq!(take(&officer, "saveDataset", draft.clone()).await.ok().data("/saveDataset/dataset/id"), first.data("/saveDataset/dataset/id"));
        let reused = take(&officer, "saveDataset", with(draft, json!({ "titleVi": "Khác" }))).await.ok();
        assert_eq!(errors(&reused, "saveDataset"), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        assert_eq!(take(&officer, "saveDataset", open(code)).await.code(), "CONFLICT");

        // A draft is its unit's, and of those who will publish it.
        for client in [&officer, &head, &standing, &chair, &ward.head("VHXH").await] {
            assert_eq!(seen(client, json!({})).await, ["DL-GIA-01 1 DRAFT"]);
        }
        for client in [&analytics, &ward.officer("VP").await, &ward.head("VP").await, &ward.upper_level().await, &ward.oversight().await, &ward.officer("VHXH").await] {
            assert_eq!(seen(client, json!({})).await, NOTHING);
            assert_eq!(client.ask("{ dataset(identifier: \"DL-GIA-01\") { title } }", json!({})).await.ok().data("/dataset"), &Value::Null);
        }
        assert_eq!(allowed(&officer, code).await, ["SAVE_DATASET"]);
        assert_eq!(allowed(&head, code).await, ["SAVE_DATASET", "SUBMIT_DATASET", "WITHDRAW_DATASET"]);
        assert_eq!(allowed(&standing, code).await, ["WITHDRAW_DATASET"]);

        // The officer does not sign; the head does, and then nobody writes in it.
        let sent = json!({ "identifier": code, "expectedVersion": 1 });
        assert_eq!(take(&officer, "submitDataset", sent.clone()).await.code(), "FORBIDDEN");
        let sent = take(&head, "submitDataset", sent).await.ok();
        assert_eq!(sent.data("/submitDataset/dataset/state"), "SUBMITTED");
        let late = take(&officer, "saveDataset", with(open(code), json!({ "expectedVersion": 2 }))).await.ok();
        assert_eq!(errors(&late, "saveDataset"), ["WRONG_STATE "]);

        // It is sent back with a reason, mended, signed again and published.
        let back = json!({ "identifier": code, "decision": "RETURN", "expectedVersion": 2 });
        assert_eq!(errors(&take(&standing, "decideDataset", back.clone()).await.ok(), "decideDataset"), ["REQUIRED reason"]);
        let back = take(&standing, "decideDataset", with(back, json!({ "reason": "Thiếu mô tả tiếng Anh." }))).await.ok();
        assert_eq!(back.data("/decideDataset/dataset/returnReason"), "Thiếu mô tả tiếng Anh.");
        let mended = with(open(code), json!({ "expectedVersion": 3, "descriptionEn": "Prices listed in the ward." }));
        let mended = take(&officer, "saveDataset", mended).await.ok();
        assert_eq!((mended.data("/saveDataset/dataset/state"), mended.data("/saveDataset/dataset/version")), (&json!("RETURNED"), &json!(4)));
        take(&head, "submitDataset", json!({ "identifier": code, "expectedVersion": 4 })).await.ok();
        assert_eq!(allowed(&standing, code).await, ["DECIDE_DATASET", "WITHDRAW_DATASET"]);
        let publish = json!({ "identifier": code, "decision": "PUBLISH", "expectedVersion": 5 });
        // Whoever signed it does not publish it, nor does another unit's head; the journal knows.
        assert_eq!(take(&head, "decideDataset", publish.clone()).await.code(), "FORBIDDEN");
        assert_eq!(take(&ward.head("VP").await, "decideDataset", publish.clone()).await.code(), "FORBIDDEN");
        let journal = "query($outcome: AuditOutcome, $record: ID) { journal(outcome: $outcome, record: $record, last: 10) { nodes { action rule reason } } }";
        let refused = chair.ask(journal, json!({ "outcome": "REFUSED" })).await.ok();
        assert_eq!(refused.data("/journal/nodes/2"), &json!({ "action": "DECIDE_DATASET", "rule": "OTHER_ORGANISATION", "reason": null }));
        let done = take(&standing, "decideDataset", publish).await.ok();
        let done = done.data("/decideDataset/dataset").clone();
        assert_eq!((&done["state"], &done["publishedOn"], &done["publishedBy"]["displayName"]), (&json!("PUBLISHED"), &json!("2026-09-20"), &json!("standing")));
        assert_eq!((&done["issued"], &done["modified"]), (&json!("2026-01-05"), &json!("2026-07-31")));

        // Now every agency sees it, and all of it.
        for client in [&analytics, &ward.officer("VP").await, &ward.upper_level().await, &ward.oversight().await] {
            assert_eq!(seen(client, json!({})).await, ["DL-GIA-01 1 PUBLISHED"]);
        }
        let all = "{ dataset(identifier: \"DL-GIA-01\") {
            title titleEn: title(language: EN) description(language: EN) theme { code uri } keywords publisher { code } organisation { code }
            contact { name email phone } accrualPeriodicity spatial temporalFrom temporalTo languages licence accessRights conformsTo legalBasis class
            personalData digitisation { percent } integrationTargets collectedOnce sourceSystem updateDueOn overdue later: overdue(on: \"2026-11-01\") enteredOn submittedOn
            distributions { title format mediaType accessUrl downloadUrl byteSize issued modified } allowedActions { allowed } } }";
        let all = analytics.ask(all, json!({})).await.ok();
        let expected = json!({
            "title": "Giá niêm yết",
            "titleEn": "Listed prices",
            "description": "Prices listed in the ward.",
            "theme": {"code": "ECON", "uri": "http://publications.europa.eu/resource/authority/data-theme/ECON"},
            "keywords": ["giá", "niêm yết"],
            "publisher": {"code": "KTHTDT"},
            "organisation": {"code": "KTHTDT"},
            "contact": {"name": "Phòng Kinh tế", "email": "gia@anbien.example.vn", "phone": "02253842253"},
            "accrualPeriodicity": "QUARTERLY",
            "spatial": "phường An Biên",
            "temporalFrom": "2026-01-01",
            "temporalTo": "2026-07-31",
            "languages": ["VI", "EN"],
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "accessRights": "OPEN",
            "conformsTo": ["http://www.w3.org/ns/csvw"],
            "legalBasis": "Luật Giá 16/2023/QH15",
            "class": "OPEN",
            "personalData": false,
            "digitisation": {"percent": "80.00"},
            "integrationTargets": ["LGSP", "WAREHOUSE"],
            "collectedOnce": true,
            "sourceSystem": "Phần mềm quản lý giá",
            "updateDueOn": "2026-10-31",
            "overdue": false,
            "later": true,
            "enteredOn": "2026-09-20",
            "submittedOn": "2026-09-20",
            "distributions": [{"title": "Tệp CSV", "format": "CSV", "mediaType": "text/csv", "accessUrl": "https://dulieu.example.vn/gia", "downloadUrl": "https://dulieu.example.vn/gia.csv", "byteSize": 5_368_709_120_i64, "issued": "2026-01-05", "modified": "2026-07-31"}],
            "allowedActions": [{"allowed": false}, {"allowed": false}, {"allowed": false}, {"allowed": false}],
        });
        assert_eq!(all.data("/dataset"), &expected);
        let steps = chair.ask(journal, json!({ "record": done["id"] })).await.ok();
        let steps: Vec<&Value> = steps.data("/journal/nodes").as_array().unwrap().iter().map(|one| &one["action"]).collect();
        assert_eq!(json!(steps), json!(["SAVE_DATASET", "SUBMIT_DATASET", "DECIDE_DATASET", "SAVE_DATASET", "SUBMIT_DATASET", "DECIDE_DATASET"]));
        let node = analytics.ask("query($id: ID!) { node(id: $id) { __typename ... on Dataset { identifier } } }", json!({ "id": done["id"] })).await.ok();
        assert_eq!(node.data("/node"), &json!({ "__typename": "Dataset", "identifier": code }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn bad_input_says_what_to_mend(ward: Ward) {
        let (officer, head, standing) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await, ward.standing_body().await);
        let save = async |more: Value| errors(&take(&officer, "saveDataset", with(open("DL-1"), more)).await.ok(), "saveDataset");
        // A secret is refused, and nothing of it is kept, not even in the journal.
        let secret = take(&officer, "saveDataset", with(open("DL-1"), json!({ "accessRights": "SECRET", "titleVi": "Tuyệt mật" }))).await.ok();
        assert_eq!(errors(&secret, "saveDataset"), ["SECRET_REFUSED accessRights"]);
        assert!(secret.user_errors("saveDataset")[0]["message"].as_str().unwrap().starts_with("Secret content never enters"));
        let journal = ward.chair().await.ask("{ journal(last: 20) { nodes { action } } }", json!({})).await.ok();
        assert!(journal.data("/journal/nodes").as_array().unwrap().iter().all(|one| one["action"] != "SAVE_DATASET"));
        assert_eq!(take(&ward.stranger(), "saveDataset", with(open("DL-1"), json!({ "accessRights": "SECRET" }))).await.code(), "UNAUTHENTICATED");
        assert_eq!(save(json!({ "personalData": true })).await, ["PERSONAL_DATA accessRights"]);
        assert_eq!(save(json!({ "class": "MASTER" })).await, ["OUT_OF_RANGE class"]);
        assert_eq!(save(json!({ "accessRights": "SHARED" })).await, ["OUT_OF_RANGE class"]);
        assert_eq!(save(json!({ "recordsDigitised": 11 })).await, ["OUT_OF_RANGE recordsDigitised"]);
        assert_eq!(save(json!({ "recordsTotal": null })).await, ["REQUIRED recordsTotal"]);
        assert_eq!(save(json!({ "publisher": "NOBODY", "theme": "X", "identifier": "dl", "languages": [] })).await,
            ["MALFORMED identifier", "UNKNOWN_CODE theme", "REQUIRED languages", "UNKNOWN_CODE publisher"]);
        assert_eq!(save(json!({ "modified": "2026-09-21" })).await, ["OUT_OF_RANGE modified"]);
        let distribution = json!([{ "accessUrl": "http://a.vn/x", "downloadUrl": "ftp://a.vn/x", "mediaType": "csv", "byteSize": -1 }]);
        let at = |part: &str, code: &str| format!("{code} distributions.0.{part}");
        assert_eq!(save(json!({ "distributions": distribution })).await,
            [at("accessUrl", "MALFORMED"), at("downloadUrl", "MALFORMED"), at("mediaType", "MALFORMED"), at("byteSize", "OUT_OF_RANGE")]);
        assert_eq!(seen(&officer, json!({})).await, NOTHING);

        // Open data are not sent without licence, address and somebody to ask; others are.
        let bare = with(open("DL-1"), json!({ "licence": null, "distributions": [], "contact": { "name": "Phòng Kinh tế" } }));
        take(&officer, "saveDataset", bare).await.ok();
        let sent = json!({ "identifier": "DL-1", "expectedVersion": 1 });
        assert_eq!(errors(&take(&head, "submitDataset", sent).await.ok(), "submitDataset"), ["REQUIRED licence", "REQUIRED distributions", "REQUIRED contact"]);
        submitted(&ward, shared("DL-2")).await;

        // Another unit does not take the identifier, and what ended keeps nothing.
        let other = take(&ward.officer("VP").await, "saveDataset", with(shared("DL-1"), json!({ "organisation": "VP", "expectedVersion": 1 }))).await.ok();
        assert_eq!(errors(&other, "saveDataset"), ["OTHER_ORGANISATION organisation"]);
        let wrong = json!({ "identifier": "DL-1", "decision": "PUBLISH", "expectedVersion": 1 });
        assert_eq!(errors(&take(&standing, "decideDataset", wrong.clone()).await.ok(), "decideDataset"), ["WRONG_STATE "]);
        assert_eq!(take(&standing, "decideDataset", with(wrong, json!({ "identifier": "DL-9" }))).await.code(), "NOT_FOUND");
        let unpublished = json!({ "identifier": "DL-1", "modified": "2026-09-01", "expectedVersion": 1 });
        assert_eq!(errors(&take(&officer, "recordDatasetUpdate", unpublished).await.ok(), "recordDatasetUpdate"), ["WRONG_STATE "]);
        let end = json!({ "code": "TC-1", "kind": "DISSOLVE", "decisionNumber": "1", "decisionDate": "2026-07-20", "effectiveOn": "2026-08-01", "organisations": ["TTSNC"] });
        let record = "mutation($input: RecordOrganisationChangeInput!) { recordOrganisationChange(input: $input) { userErrors { code } } }";
        standing.ask(record, json!({ "input": end })).await.ok();
        let confirm = "mutation($input: DecideOrganisationChangeInput!) { decideOrganisationChange(input: $input) { userErrors { code } } }";
        ward.chair().await.ask(confirm, json!({ "input": { "code": "TC-1", "decision": "CONFIRM", "expectedVersion": 1 } })).await.ok();
        let ended = take(&ward.officer("TTSNC").await, "saveDataset", with(shared("DL-3"), json!({ "organisation": "TTSNC" }))).await.ok();
        assert_eq!(errors(&ended, "saveDataset"), ["NOT_IN_FORCE organisation"]);
        let themes = officer.ask("{ datasetThemes { code uri titleVi titleEn } }", json!({})).await.ok();
        assert_eq!(themes.data("/datasetThemes").as_array().unwrap().len(), 13);
        assert_eq!(ward.stranger().ask("{ datasetThemes { code } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn a_published_edition_is_served_until_the_next_is(ward: Ward) {
        let (officer, analytics) = (ward.officer("KTHTDT").await, ward.analytics().await);
        let version = published(&ward, open("DL-1")).await;
        let next = with(open("DL-1"), json!({ "titleVi": "Giá niêm yết hằng tháng", "recordsDigitised": 10, "expectedVersion": version }));
        let next = take(&officer, "saveDataset", next).await.ok();
        let draft = next.data("/saveDataset/dataset").clone();
        assert_eq!((&draft["edition"], &draft["state"], &draft["version"]), (&json!(2), &json!("DRAFT"), &json!(1)));
        // Everybody is served the first; its unit sees both.
        let title = async |client: &Client, edition: Value| {
            let one = client.ask("query($edition: Int) { dataset(identifier: \"DL-1\", edition: $edition) { title state } }", json!({ "edition": edition })).await.ok();
            one.data("/dataset").clone()
        };
        assert_eq!(title(&analytics, Value::Null).await["title"], "Giá niêm yết");
        assert_eq!(title(&officer, Value::Null).await["title"], "Giá niêm yết");
        assert_eq!(title(&officer, json!(2)).await["title"], "Giá niêm yết hằng tháng");
        assert_eq!(title(&analytics, json!(2)).await, Value::Null);
        assert_eq!(seen(&officer, json!({})).await, ["DL-1 1 PUBLISHED", "DL-1 2 DRAFT"]);

        // Meanwhile the data change: on a day that came, not before they last did.
        let update = json!({ "identifier": "DL-1", "modified": "2026-09-18", "note": "Bổ sung tháng 8.", "expectedVersion": version });
        for (day, expected) in [("2026-09-21", "OUT_OF_RANGE modified"), ("2026-07-30", "OUT_OF_RANGE modified")] {
            let wrong = take(&officer, "recordDatasetUpdate", with(update.clone(), json!({ "modified": day }))).await.ok();
            assert_eq!(errors(&wrong, "recordDatasetUpdate"), [expected]);
        }
        assert_eq!(take(&ward.officer("VP").await, "recordDatasetUpdate", update.clone()).await.code(), "FORBIDDEN");
        let updated = take(&officer, "recordDatasetUpdate", update.clone()).await.ok();
        assert_eq!((updated.data("/recordDatasetUpdate/dataset/edition"), updated.data("/recordDatasetUpdate/dataset/modified")), (&json!(1), &json!("2026-09-18")));
        assert_eq!(take(&officer, "recordDatasetUpdate", update).await.code(), "CONFLICT");

        // The next one is published five days later, and keeps the later day of change.
        ward.clock().set(ward.clock().now() + Duration::days(5));
        let (head_now, standing_now) = (ward.head("KTHTDT").await, ward.standing_body().await);
        take(&head_now, "submitDataset", json!({ "identifier": "DL-1", "expectedVersion": 1 })).await.ok();
        let done = take(&standing_now, "decideDataset", json!({ "identifier": "DL-1", "decision": "PUBLISH", "expectedVersion": 2 })).await.ok();
        assert_eq!(done.data("/decideDataset/dataset/modified"), "2026-09-18", "{:?}", done.body);
        let officer = ward.officer("KTHTDT").await;
        assert_eq!(seen(&officer, json!({})).await, ["DL-1 1 SUPERSEDED", "DL-1 2 PUBLISHED"]);
        assert_eq!(seen(&ward.analytics().await, json!({})).await, ["DL-1 2 PUBLISHED"]);

        // A draft that is withdrawn leaves it; then it is withdrawn itself, and may come back.
        let third = with(open("DL-1"), json!({ "expectedVersion": 3 }));
        take(&officer, "saveDataset", third).await.ok();
        let withdraw = json!({ "identifier": "DL-1", "reason": "Nhầm.", "expectedVersion": 1 });
        assert_eq!(take(&officer, "withdrawDataset", withdraw.clone()).await.code(), "FORBIDDEN");
        take(&head_now, "withdrawDataset", withdraw).await.ok();
        assert_eq!(seen(&officer, json!({ "states": ["PUBLISHED", "WITHDRAWN"] })).await, ["DL-1 2 PUBLISHED", "DL-1 3 WITHDRAWN"]);
        let out = json!({ "identifier": "DL-1", "edition": 2, "reason": " ", "expectedVersion": 3 });
        assert_eq!(errors(&take(&standing_now, "withdrawDataset", out.clone()).await.ok(), "withdrawDataset"), ["REQUIRED reason"]);
        let out = take(&standing_now, "withdrawDataset", with(out, json!({ "reason": "Có dữ liệu sai." }))).await.ok();
        assert_eq!((out.data("/withdrawDataset/dataset/endedOn"), out.data("/withdrawDataset/dataset/endReason")), (&json!("2026-09-25"), &json!("Có dữ liệu sai.")));
        assert_eq!(seen(&ward.analytics().await, json!({})).await, NOTHING);
        let back = take(&officer, "saveDataset", with(open("DL-1"), json!({ "expectedVersion": 2 }))).await.ok();
        assert_eq!(back.data("/saveDataset/dataset/edition"), 4);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn who_leads_publishes_and_never_its_author(ward: Ward) {
        let assign = "mutation($input: AssignLeadInput!) { assignLead(input: $input) { userErrors { code } } }";
        let lead = json!({ "subject": "TASK", "section": "II.6.b.3", "leads": ["VP"] });
        ward.chair().await.ask(assign, json!({ "input": lead })).await.ok();
        let (vp, standing, chair) = (ward.head("VP").await, ward.standing_body().await, ward.chair().await);
        let version = submitted(&ward, open("DL-1")).await;
        let publish = json!({ "identifier": "DL-1", "decision": "PUBLISH", "expectedVersion": version });
        // The standing body is asked only where nobody leads.
        let refused = take(&standing, "decideDataset", publish.clone()).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        assert_eq!(refused.body["errors"][0]["message"], "You may not publish or return datasets and review the list: that is for the unit that leads task II.6.b.3 of the plan, for the standing body where none leads, and for the Chair.");
        assert_eq!(take(&ward.officer("VP").await, "decideDataset", publish.clone()).await.code(), "FORBIDDEN");
        assert_eq!(seen(&vp, json!({})).await, ["DL-1 1 SUBMITTED"]);
        assert_eq!(seen(&ward.head("VHXH").await, json!({})).await, NOTHING);
        assert_eq!((allowed(&vp, "DL-1").await, allowed(&chair, "DL-1").await), (vec!["DECIDE_DATASET".to_owned()], vec!["DECIDE_DATASET".to_owned(), "WITHDRAW_DATASET".to_owned()]));
        take(&vp, "decideDataset", publish).await.ok();
        assert_eq!(seen(&ward.analytics().await, json!({})).await, ["DL-1 1 PUBLISHED"]);

        // The lead's own dataset: whoever signed it does not publish it; the Chair does.
        take(&ward.officer("VP").await, "saveDataset", with(open("DL-2"), json!({ "organisation": "VP" }))).await.ok();
        take(&vp, "submitDataset", json!({ "identifier": "DL-2", "expectedVersion": 1 })).await.ok();
        let publish = json!({ "identifier": "DL-2", "decision": "PUBLISH", "expectedVersion": 2 });
        let own = take(&vp, "decideDataset", publish.clone()).await;
        assert_eq!((own.code(), own.body["errors"][0]["message"].as_str().unwrap()), ("FORBIDDEN", "You wrote in this record yourself; somebody else must publish or return datasets and review the list."));
        assert_eq!(allowed(&vp, "DL-2").await, ["WITHDRAW_DATASET"]);
        let done = take(&chair, "decideDataset", publish).await.ok();
        assert_eq!(done.data("/decideDataset/dataset/state"), "PUBLISHED");
    }

    async fn restricted_data_concern_few_and_shared_data_every_agency(ward: Ward) {
        published(&ward, shared("DL-SHARED")).await;
        let restricted = with(shared("DL-RESTRICTED"), json!({ "accessRights": "RESTRICTED", "class": "SHARED", "publisher": "AN-BIEN" }));
        published(&ward, restricted).await;
        let both = ["DL-RESTRICTED 1 PUBLISHED", "DL-SHARED 1 PUBLISHED"];
        for client in [&ward.officer("KTHTDT").await, &ward.head("KTHTDT").await, &ward.standing_body().await, &ward.chair().await, &ward.head("VHXH").await] {
            assert_eq!(seen(client, json!({})).await, both);
        }
        for client in [&ward.analytics().await, &ward.officer("VP").await, &ward.oversight().await, &ward.upper_level().await, &ward.one_stop().await, &ward.finance().await] {
            assert_eq!(seen(client, json!({})).await, both[1..]);
            let count = client.ask(SUMMARY, json!({})).await.ok();
            assert_eq!(count.data("/datasetSummary/published"), &json!([{ "accessRights": "OPEN", "count": 0 }, { "accessRights": "SHARED", "count": 1 }, { "accessRights": "RESTRICTED", "count": 0 }]));
        }
        let chair = ward.chair().await;
        for (filter, found) in [
            (json!({ "accessRights": ["RESTRICTED"] }), &both[..1]),
            (json!({ "publisher": "KTHTDT" }), &both[1..]),
            // The ward's People's Committee, and what stands below it.
            (json!({ "publisher": "AN-BIEN" }), &both[..]),
            (json!({ "organisation": "VP" }), &[]),
            (json!({ "organisation": "KTHTDT", "theme": "REGI", "personalData": true }), &both[..]),
            (json!({ "theme": "ECON" }), &[]),
            (json!({ "search": "thua dat" }), &both[..]),
            (json!({ "search": "restricted" }), &both[..1]),
            (json!({ "overdue": true }), &[]),
            (json!({ "overdue": false }), &both[..]),
        ] {
            assert_eq!(seen(&chair, filter.clone()).await, found, "{filter}");
        }
    }

    async fn figures_follow_what_is_published(ward: Ward) {
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.6.b.3-PUBLISHED", "2026-Q4").await, "none");
        published(&ward, open("DL-1")).await;
        published(&ward, shared("DL-2")).await;
        take(&ward.officer("VP").await, "saveDataset", with(shared("DL-3"), json!({ "organisation": "VP" }))).await.ok();
        // 20 September is in the fourth quarter by Decree 09's calendar.
        assert_eq!(figure(&analytics, "II.6.b.3-PUBLISHED", "2026-Q3").await, "none");
        assert_eq!(figure(&analytics, "II.6.b.3-PUBLISHED", "2026-Q4").await, "2/3 66.67 NO_TARGET");
        assert_eq!(figure(&analytics, "II.6.b.3-OPEN", "2026-Q4").await, "1/2 50.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.6.b.3-ONCE", "2026-Q4").await, "1/2 50.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.6.b.3-DIGITISED", "2026-Q4").await, "58/210 27.62 NO_TARGET");
        let out = json!({ "identifier": "DL-1", "reason": "x", "expectedVersion": 3 });
        take(&ward.chair().await, "withdrawDataset", out).await.ok();
        assert_eq!(figure(&analytics, "II.6.b.3-PUBLISHED", "2026-Q4").await, "1/2 50.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.6.b.3-OPEN", "2026-Q4").await, "0/1 0.00 NO_TARGET");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_is_overdue_is_told_by_the_day(ward: Ward) {
        published(&ward, open("DL-1")).await;
        published(&ward, with(open("DL-2"), json!({ "accrualPeriodicity": "NEVER" }))).await;
        published(&ward, with(shared("DL-3"), json!({ "accrualPeriodicity": "MONTHLY", "modified": "2026-08-31" }))).await;
        let told = async |client: &Client, on: Value| {
            let summary = client.ask(SUMMARY, json!({ "on": on })).await.ok().data("/datasetSummary").clone();
            (summary["overdue"].as_i64().unwrap(), summary["reviewDueOn"].clone(), summary["reviewOverdue"] == true)
        };
        let standing = ward.standing_body().await;
        // Nobody has reviewed the list yet: six months from its first open dataset on.
        assert_eq!(told(&standing, Value::Null).await, (0, json!("2027-03-20"), false));
        assert_eq!(told(&standing, json!("2026-10-01")).await.0, 1);
        assert_eq!(told(&standing, json!("2026-11-01")).await.0, 2);
        assert_eq!(told(&standing, json!("2027-03-21")).await, (2, json!("2027-03-20"), true));
        assert_eq!(seen(&standing, json!({ "overdue": true })).await, NOTHING);
        ward.clock().set(ward.clock().now() + Duration::days(43));
        let standing = ward.standing_body().await;
        assert_eq!(seen(&standing, json!({ "overdue": true })).await, ["DL-1 1 PUBLISHED", "DL-3 1 PUBLISHED"]);
        assert_eq!(seen(&standing, json!({ "overdue": false })).await, ["DL-2 1 PUBLISHED"]);
        let update = json!({ "identifier": "DL-3", "modified": "2026-11-01", "expectedVersion": 3 });
        take(&ward.officer("KTHTDT").await, "recordDatasetUpdate", update).await.ok();
        assert_eq!(seen(&standing, json!({ "overdue": true })).await, ["DL-1 1 PUBLISHED"]);

        let review = "mutation($input: RecordOpenDataReviewInput!) { recordOpenDataReview(input: $input) { reviewedOn userErrors { code field } } }";
        let record = async |client: &Client, day: &str, key: &str| client.ask(review, json!({ "input": { "reviewedOn": day, "note": "Đủ.", "idempotencyKey": key } })).await;
        assert_eq!(record(&ward.head("KTHTDT").await, "2026-11-02", "a").await.code(), "FORBIDDEN");
        let early = record(&standing, "2026-11-03", "b").await.ok();
        assert_eq!(early.data("/recordOpenDataReview"), &json!({ "reviewedOn": null, "userErrors": [{ "code": "OUT_OF_RANGE", "field": ["reviewedOn"] }] }));
        for _ in 0..2 {
            assert_eq!(record(&standing, "2026-11-02", "c").await.ok().data("/recordOpenDataReview/reviewedOn"), "2026-11-02");
        }
        assert_eq!(record(&standing, "2026-11-02", "d").await.ok().user_errors("recordOpenDataReview"), [json!({ "code": "DUPLICATE", "field": ["reviewedOn"] })]);
        assert_eq!(told(&standing, Value::Null).await, (1, json!("2027-05-02"), false));
        // That it was reviewed is never changed.
        use sea_orm::ConnectionTrait;
        let connection = ward.app().db.migrator_connection();
        for statement in ["UPDATE open_data_review SET note = 'x'", "DELETE FROM open_data_review"] {
            connection.execute_unprepared(statement).await.unwrap_err();
        }
    }

    async fn many_datasets_cost_as_many_statements_as_two(ward: Ward) {
        for number in 1..=2 {
            published(&ward, open(&format!("DL-{number:02}"))).await;
        }
        let list = "query($first: Int, $after: String) { datasets(first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { identifier updateDueOn overdue publisher { code } organisation { code }
            publishedBy { displayName } theme { code } distributions { accessUrl } allowedActions { action allowed } } } }";
        let standing = ward.standing_body().await;
        standing.ask("{ me { username } }", json!({})).await.ok();
        let few = standing.ask(list, json!({ "first": 100 })).await.ok().statements();
        for number in 3..=12 {
            published(&ward, with(open(&format!("DL-{number:02}")), json!({ "publisher": "AN-BIEN" }))).await;
        }
        let many = standing.ask(list, json!({ "first": 100 })).await.ok();
        assert_eq!((many.statements(), many.data("/datasets/totalCount")), (few, &json!(12)));
        let page = standing.ask(list, json!({ "first": 5 })).await.ok();
        let page = standing.ask(list, json!({ "first": 5, "after": page.data("/datasets/pageInfo/endCursor") })).await.ok();
        assert_eq!((page.data("/datasets/nodes/0/identifier"), page.data("/datasets/pageInfo/hasNextPage")), (&json!("DL-06"), &json!(true)));
    }
}
