//! Organisations as they change, who does what, what was passed on, and how public service units are classified.

use access::role::Role;
use api::reference;
use api::reference::Reference;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::story::{figures, step};
use crate::support::{Answer, Client, Ward, on_both_engines};

const RECORD: &str = "mutation($input: RecordOrganisationChangeInput!) { recordOrganisationChange(input: $input) {
    change { id code kind state version organisations { code } into { code } newName made { code kind parent { code } organisation { code } } }
    userErrors { code field expected given message } } }";
const DECIDE: &str = "mutation($input: DecideOrganisationChangeInput!) { decideOrganisationChange(input: $input) {
    change { state version decidedBy { displayName } decisionReason made { organisation { code } } } grantsLeft
    userErrors { code field message } } }";
const SAVE_FORM: &str = "mutation($input: SaveFormInput!) { saveForm(input: $input) { submission { version } userErrors { code field message } } }";

/// A change by decision 12 of 20 July, from 1 August 2026 on.
fn change(code: &str, kind: &str, organisations: &[&str]) -> Value {
    json!({
        "code": code, "kind": kind, "decisionNumber": "12/QĐ-UBND", "decisionDate": "2026-07-20",
        "effectiveOn": "2026-08-01", "organisations": organisations,
    })
}

fn made(code: &str, kind: &str, parent: &str) -> Value {
    json!({ "code": code, "kind": kind, "nameVi": format!("Đơn vị {code}"), "nameEn": format!("Unit {code}"), "parent": parent })
}

async fn record(ward: &Ward, input: Value) -> Answer {
    ward.standing_body().await.ask(RECORD, json!({ "input": input })).await
}

async fn decide(client: &Client, code: &str, decision: &str, version: i64) -> Answer {
    let reason = (decision == "REJECT").then_some("Chưa đủ căn cứ.");
    let input = json!({ "code": code, "decision": decision, "reason": reason, "expectedVersion": version });
    client.ask(DECIDE, json!({ "input": input })).await
}

/// Records a change and has it confirmed.
async fn confirmed(ward: &Ward, input: Value) -> Answer {
    let code = input["code"].as_str().unwrap().to_owned();
    let recorded = record(ward, input).await.ok();
    assert_eq!(recorded.user_errors("recordOrganisationChange"), Vec::<Value>::new());
    let decided = decide(&ward.chair().await, &code, "CONFIRM", 1).await.ok();
    assert_eq!(decided.user_errors("decideOrganisationChange"), Vec::<Value>::new());
    decided
}

/// `CODE field` of everything that is to be mended.
fn faults(answer: &Answer, mutation: &str) -> Vec<String> {
    let errors = answer.user_errors(mutation);
    let path = |error: &Value| -> String {
        let parts = error["field"].as_array().unwrap();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}

async fn save_feedback(ward: &Ward, who: &str, unit: &str, period: &str) -> Answer {
    let cells = ["received", "handled"]
        .map(|field| json!({ "table": "FEEDBACK", "row": "ON_ACTS", "field": field, "count": 4 }));
    let input =
        json!({ "organisation": unit, "form": "FEEDBACK", "period": period, "cells": cells, "expectedVersion": 0 });
    ward.person(who).await.ask(SAVE_FORM, json!({ "input": input })).await.ok()
}

async fn accept_feedback(ward: &Ward, unit: &str, period: &str) {
    let officer = format!("{}.officer", unit.to_lowercase());
    assert_eq!(save_feedback(ward, &officer, unit, period).await.user_errors("saveForm"), Vec::<Value>::new());
    let key = json!({ "key": { "organisation": unit, "form": "FEEDBACK", "period": period } });
    for (client, name, version) in
        [(ward.head(unit).await, "submitForm", 1), (ward.standing_body().await, "acceptForm", 2)]
    {
        let input = json!({ "submission": key, "expectedVersion": version });
        let answer = client.ask(&step(name), json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors(name), Vec::<Value>::new());
    }
}

async fn codes_on(client: &Client, day: &str) -> Vec<String> {
    let document = "query($on: NaiveDate) { organisations(on: $on, first: 100) { nodes { code } } }";
    let answer = client.ask(document, json!({ "on": day })).await.ok();
    let nodes = answer.data("/organisations/nodes").as_array().unwrap();
    nodes.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

async fn reload(ward: &Ward) -> (usize, usize) {
    let loaded = reference::load(ward.app(), &Reference::an_bien().unwrap()).await.unwrap();
    (loaded.created, loaded.changed)
}

async fn hold(ward: &Ward, username: &str, role: Role, organisation: &str) {
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
    grant(ward.app(), username, role, &GrantOn { programme: None, organisation, from, to: None }).await.unwrap();
    ward.app().callers.invalidate_all();
}

on_both_engines! {
    async fn a_merger_in_the_middle_of_a_period_keeps_what_was_and_refuses_what_comes(ward: Ward) {
        accept_feedback(&ward, "KTHTDT", "2026-Q3").await;
        save_feedback(&ward, "kthtdt.officer", "KTHTDT", "2026-Q4").await;
        let missing = async |client: &Client| figures(client, "FEEDBACK.ON_TIME", "KTHTDT", "2026", "").await[0]["missing"].clone();
        let missing_before = missing(&ward.analytics().await).await;
        let mut input = change("TC-2026-001", "MERGE", &["KTHTDT", "VP"]);
        input["made"] = json!([made("KTVP", "DIVISION", "AN-BIEN")]);
        let recorded = record(&ward, input.clone()).await.ok();
        let expected = json!([{ "code": "KTVP", "kind": "DIVISION", "parent": { "code": "AN-BIEN" }, "organisation": null }]);
        assert_eq!(recorded.data("/recordOrganisationChange/change/made"), &expected);
        // Recorded is not done; and only who decides sees it.
        let analytics = ward.analytics().await;
        assert!(!codes_on(&analytics, "2026-09-20").await.contains(&"KTVP".to_owned()));
        let list = "{ organisationChanges { totalCount nodes { code } } }";
        assert_eq!(analytics.ask(list, json!({})).await.ok().data("/organisationChanges/totalCount"), 0);
        assert_eq!(ward.chair().await.ask(list, json!({})).await.ok().data("/organisationChanges/totalCount"), 1);

        // Whoever recorded it never decides it, whatever role he has besides.
        hold(&ward, "standing", Role::Chair, "AN-BIEN").await;
        let own = decide(&ward.standing_body().await, "TC-2026-001", "CONFIRM", 1).await;
        assert_eq!(own.code(), "FORBIDDEN");
        let refused = ward.chair().await.ask("{ journal(last: 1) { nodes { action outcome rule } } }", json!({})).await.ok();
        assert_eq!(refused.data("/journal/nodes/0"), &json!({ "action": "DECIDE_ORGANISATION_CHANGE", "outcome": "REFUSED", "rule": "OWN_WORK" }));
        assert_eq!(decide(&ward.officer("VHXH").await, "TC-2026-001", "CONFIRM", 1).await.code(), "FORBIDDEN");
        assert_eq!(decide(&ward.chair().await, "TC-2026-001", "CONFIRM", 2).await.code(), "CONFLICT");
        let done = decide(&ward.chair().await, "TC-2026-001", "CONFIRM", 1).await.ok();
        assert_eq!(done.data("/decideOrganisationChange/change/made/0/organisation/code"), "KTVP");
        // Two officers and two heads still hold their roles on what has ended.
        assert_eq!(done.data("/decideOrganisationChange/grantsLeft"), 4);

        // What it could not give after its end is no longer missing: the first half is, the fourth quarter is not.
        assert_eq!((missing_before, missing(&ward.analytics().await).await), (json!(2), json!(1)));

        let (before, after) = (codes_on(&analytics, "2026-07-31").await, codes_on(&analytics, "2026-08-01").await);
        let has = |codes: &[String], code: &str| codes.iter().any(|one| one == code);
        assert!(has(&before, "KTHTDT") && has(&before, "VP") && !has(&before, "KTVP"));
        assert!(!has(&after, "KTHTDT") && !has(&after, "VP") && has(&after, "KTVP"));
        let tree = "{ organisation(code: \"KTVP\") { effectiveFrom parent { code } predecessors { code effectiveTo successors { code } } changes { code kind } } }";
        let expected = json!({
            "effectiveFrom": "2026-08-01", "parent": { "code": "AN-BIEN" }, "changes": [{ "code": "TC-2026-001", "kind": "MERGE" }],
            "predecessors": [
                { "code": "KTHTDT", "effectiveTo": "2026-07-31", "successors": [{ "code": "KTVP" }] },
                { "code": "VP", "effectiveTo": "2026-07-31", "successors": [{ "code": "KTVP" }] },
            ],
        });
        let mut found = analytics.ask(tree, json!({})).await.ok().data("/organisation").clone();
        found["predecessors"].as_array_mut().unwrap().sort_by_key(|one| one["code"].to_string());
        assert_eq!(found, expected);

        // What was accepted stays; the period of the merger is still theirs, the next one is not.
        let seen = "{ submission(by: { key: { organisation: \"KTHTDT\", form: FEEDBACK, period: \"2026-Q3\" } }) { state } }";
        assert_eq!(ward.officer("KTHTDT").await.ask(seen, json!({})).await.ok().data("/submission/state"), "ACCEPTED");
        let late = save_feedback(&ward, "kthtdt.officer", "KTHTDT", "2026-Q4").await;
        assert_eq!(faults(&late, "saveForm"), ["NOT_IN_FORCE period"]);
        assert_eq!(late.user_errors("saveForm")[0]["message"], "KTHTDT ended on 2026-07-31; the period 2026-Q4 lies wholly after that. Its successors report.");
        let draft = json!({ "submission": { "key": { "organisation": "KTHTDT", "form": "FEEDBACK", "period": "2026-Q4" } }, "expectedVersion": 1 });
        let sent = ward.head("KTHTDT").await.ask(&step("submitForm"), json!({ "input": draft })).await.ok();
        assert_eq!(faults(&sent, "submitForm"), ["NOT_IN_FORCE period"]);
        hold(&ward, "kthtdt.officer", Role::UnitOfficer, "KTVP").await;
        assert_eq!(faults(&save_feedback(&ward, "kthtdt.officer", "KTVP", "2026-Q4").await, "saveForm"), Vec::<String>::new());
        let whole = "{ consolidatedForm(form: FEEDBACK, period: \"2026\", organisation: \"AN-BIEN\") { missingPeriods { organisation { code } periods } } }";
        let whole = ward.chair().await.ask(whole, json!({})).await.ok();
        assert_eq!(whole.data("/consolidatedForm/missingPeriods"), &json!([{ "organisation": { "code": "KTHTDT" }, "periods": ["2026-H1"] }]));

        // What people decided is not reference data's to undo.
        assert_eq!(reload(&ward).await, (0, 0));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        let again = record(&ward, change("TC-2026-002", "DISSOLVE", &["VP"])).await.ok();
        assert_eq!(faults(&again, "recordOrganisationChange"), ["NOT_IN_FORCE organisations.0"]);
        let settled = record(&ward, { input["expectedVersion"] = json!(2); input }).await.ok();
        assert_eq!(faults(&settled, "recordOrganisationChange"), ["WRONG_STATE "]);
    }

    async fn nobody_owes_a_form_for_a_time_after_his_end(ward: Ward) {
        let status = "query($period: PeriodCode!) { reportingStatus(form: FEEDBACK, period: $period) { nodes { organisation { code } } } }";
        let chair = ward.chair().await;
        let owing = async |period: &str| chair.ask(status, json!({ "period": period })).await.ok().data("/reportingStatus/nodes").clone();
        let missing = async |period: &str| {
            let document = format!("{{ consolidatedForm(form: FEEDBACK, period: \"{period}\", organisation: \"AN-BIEN\") {{ missingOrganisations {{ code }} }} }}");
            chair.ask(&document, json!({})).await.ok().data("/consolidatedForm/missingOrganisations").clone()
        };
        let centre = json!([{ "organisation": { "code": "TTPVHCC" } }]);
        assert_eq!(owing("2026-Q4").await, centre);
        // Taken up by one that goes on: a merger of two, of which one ends.
        let mut input = change("TC-2026-001", "MERGE", &["TTPVHCC"]);
        input["into"] = json!("VHXH");
        confirmed(&ward, input).await;
        assert_eq!((owing("2026-Q3").await, owing("2026-Q4").await), (centre, json!([])));
        assert_eq!((missing("2026-Q3").await, missing("2026-Q4").await), (json!([{ "code": "TTPVHCC" }]), json!([])));
        let overview = "{ programmeOverview(period: \"2026-Q4\") { reporting { expected } } }";
        assert_eq!(chair.ask(overview, json!({})).await.ok().data("/programmeOverview/reporting/expected"), 5, "dialogues of another unit, and work files of four");
        assert_eq!(reload(&ward).await, (0, 0));
    }

    async fn a_renamed_organisation_has_the_name_of_the_day(ward: Ward) {
        let mut input = change("TC-2026-001", "RENAME", &["VHXH"]);
        input["nameVi"] = json!("Phòng Nội vụ - Văn hóa");
        input["nameEn"] = json!("Division of Home Affairs and Culture");
        confirmed(&ward, input.clone()).await;
        let names = "{ organisation(code: \"VHXH\") { name then: name(on: \"2026-07-31\") since: name(on: \"2026-08-01\", language: EN)
            names { name effectiveFrom effectiveTo } standingBody changes { code newName organisations { code } } } }";
        let expected = json!({
            "name": "Phòng Nội vụ - Văn hóa", "then": "Phòng Văn hóa - Xã hội", "since": "Division of Home Affairs and Culture",
            "names": [
                { "name": "Phòng Văn hóa - Xã hội", "effectiveFrom": "2025-07-01", "effectiveTo": "2026-07-31" },
                { "name": "Phòng Nội vụ - Văn hóa", "effectiveFrom": "2026-08-01", "effectiveTo": null },
            ],
            "standingBody": true,
            "changes": [{ "code": "TC-2026-001", "newName": "Phòng Nội vụ - Văn hóa", "organisations": [{ "code": "VHXH" }] }],
        });
        let analytics = ward.analytics().await;
        assert_eq!(analytics.ask(names, json!({})).await.ok().data("/organisation"), &expected);
        // Whoever knows only the old name still finds it.
        let search = "{ organisations(search: \"van hoa - xa hoi\") { nodes { code } } }";
        assert_eq!(analytics.ask(search, json!({})).await.ok().data("/organisations/nodes"), &json!([{ "code": "VHXH" }]));
        assert_eq!(reload(&ward).await, (0, 0));

        // The second time from a later day; and not before that day has come.
        input["code"] = json!("TC-2026-002");
        let same_day = record(&ward, input.clone()).await.ok();
        assert_eq!(faults(&same_day, "recordOrganisationChange"), ["OUT_OF_RANGE effectiveOn"]);
        input["effectiveOn"] = json!("2026-10-01");
        record(&ward, input).await.ok();
        let early = decide(&ward.chair().await, "TC-2026-002", "CONFIRM", 1).await.ok();
        assert_eq!(faults(&early, "decideOrganisationChange"), ["WRONG_STATE "]);
        ward.clock().set("2026-10-01T02:00:00Z".parse().unwrap());
        let done = decide(&ward.chair().await, "TC-2026-002", "CONFIRM", 1).await.ok();
        assert_eq!(done.user_errors("decideOrganisationChange"), Vec::<Value>::new());
        let count = ward.analytics().await.ask("{ organisation(code: \"VHXH\") { names { effectiveTo } } }", json!({})).await.ok();
        assert_eq!(count.data("/organisation/names"), &json!([{ "effectiveTo": "2026-07-31" }, { "effectiveTo": "2026-09-30" }, { "effectiveTo": null }]));
    }

    async fn what_moves_or_is_split_is_new_with_its_predecessor(ward: Ward) {
        let mut school = change("TC-2026-001", "ESTABLISH", &[]);
        school["effectiveOn"] = json!("2026-07-20");
        school["made"] = json!([made("TH-AB", "SCHOOL", "TTSNC")]);
        confirmed(&ward, school).await;
        let mut moved = change("TC-2026-002", "MOVE", &["TH-AB"]);
        moved["made"] = json!([made("TH-AB.2", "SCHOOL", "VHXH")]);
        confirmed(&ward, moved).await;
        let mut split = change("TC-2026-003", "SPLIT", &["KTHTDT"]);
        split["made"] = json!([made("KT", "DIVISION", "AN-BIEN"), made("HTDT", "DIVISION", "AN-BIEN")]);
        confirmed(&ward, split).await;
        let analytics = ward.analytics().await;
        let document = "{ school: organisation(code: \"TH-AB.2\") { parent { code } predecessors { code parent { code } effectiveTo } }
            divided: organisation(code: \"KTHTDT\") { effectiveTo successors { code } } }";
        let answer = analytics.ask(document, json!({})).await.ok();
        let expected = json!({ "parent": { "code": "VHXH" }, "predecessors": [{ "code": "TH-AB", "parent": { "code": "TTSNC" }, "effectiveTo": "2026-07-31" }] });
        assert_eq!(answer.data("/school"), &expected);
        assert_eq!(answer.data("/divided/effectiveTo"), "2026-07-31");
        assert_eq!(answer.data("/divided/successors").as_array().unwrap().len(), 2);
        // It stands under all above it: whoever is over the ward is over it.
        let save = "mutation($input: SaveOrganisationFunctionsInput!) { saveOrganisationFunctions(input: $input) { created userErrors { code } } }";
        let empty = json!({ "organisation": "TH-AB.2", "functions": [] });
        ward.standing_body().await.ask(save, json!({ "input": empty })).await.ok();

        let page = "query($kinds: [OrganisationChangeKind!], $organisation: String, $from: NaiveDate, $to: NaiveDate) { organisationChanges(kinds: $kinds, organisation: $organisation, from: $from, to: $to) { nodes { code } } }";
        let codes = async |variables: Value| -> Value {
            let answer = analytics.ask(page, variables).await.ok();
            answer.data("/organisationChanges/nodes").as_array().unwrap().iter().map(|one| one["code"].clone()).collect()
        };
        assert_eq!(codes(json!({})).await, json!(["TC-2026-001", "TC-2026-002", "TC-2026-003"]));
        assert_eq!(codes(json!({ "kinds": ["MOVE"] })).await, json!(["TC-2026-002"]));
        assert_eq!(codes(json!({ "organisation": "TH-AB" })).await, json!(["TC-2026-001", "TC-2026-002"]));
        assert_eq!(codes(json!({ "to": "2026-07-31" })).await, json!(["TC-2026-001"]));
        assert_eq!(codes(json!({ "from": "2026-08-02" })).await, json!([]));
        assert_eq!(reload(&ward).await, (0, 0));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);

        let nested = |first: u32| format!(
            "{{ organisations(first: {first}) {{ nodes {{ code names {{ name }} predecessors {{ code }} successors {{ code }}
                functions {{ code }} classifications {{ proposal }}
                changes(first: 3) {{ code organisations {{ code }} into {{ code }} made {{ parent {{ code }} organisation {{ code }} }} decidedBy {{ displayName }} allowedActions {{ action allowed }} }} }} }} }}"
        );
        let chair = ward.chair().await;
        chair.ask("{ me { username } }", json!({})).await.ok();
        let (few, many) = (chair.ask(&nested(10), json!({})).await.ok(), chair.ask(&nested(30), json!({})).await.ok());
        assert!(many.statements() <= 16, "{} statements", many.statements());
        assert!(few.statements() <= many.statements());
        let flat = |first: u32| format!("{{ organisationChanges(first: {first}) {{ nodes {{ organisations {{ code }} made {{ organisation {{ code }} }} allowedActions {{ allowed }} }} }} }}");
        let (few, many) = (chair.ask(&flat(1), json!({})).await.ok(), chair.ask(&flat(3), json!({})).await.ok());
        assert!(many.statements() <= few.statements() + 1, "{} then {} statements", few.statements(), many.statements());
        let id = chair.ask("{ organisationChange(code: \"TC-2026-003\") { id } }", json!({})).await.ok().data("/organisationChange/id").clone();
        let node = chair.ask("query($id: ID!) { node(id: $id) { __typename } }", json!({ "id": id })).await.ok();
        assert_eq!(node.data("/node/__typename"), "OrganisationChange");
    }

    async fn every_rule_refuses_and_says_why(ward: Ward) {
        let unsound: [(&str, Value, Value, &[&str]); 11] = [
            ("DISSOLVE", json!(["AN-BIEN"]), json!([]), &["OUT_OF_RANGE organisations.0", "OUT_OF_RANGE organisations.0"]),
            ("DISSOLVE", json!(["VHXH"]), json!([]), &["OUT_OF_RANGE organisations.0"]),
            ("DISSOLVE", json!(["NOBODY"]), json!([]), &["UNKNOWN_CODE organisations.0"]),
            ("MERGE", json!(["VHXH", "VP"]), json!([made("N1", "DIVISION", "AN-BIEN")]), &["OUT_OF_RANGE organisations.0"]),
            ("MERGE", json!(["VP"]), json!([made("N1", "DIVISION", "AN-BIEN")]), &["REQUIRED organisations"]),
            ("SPLIT", json!(["VP"]), json!([made("N1", "DIVISION", "AN-BIEN")]), &["REQUIRED made"]),
            ("MOVE", json!(["VP"]), json!([made("N1", "OFFICE", "VP")]), &["OUT_OF_RANGE made.0.parent"]),
            ("ESTABLISH", json!([]), json!([made("VP", "OFFICE", "AN-BIEN")]), &["DUPLICATE made.0.code"]),
            ("ESTABLISH", json!([]), json!([made("N1", "OFFICE", "HAI-PHONG")]), &["UNKNOWN_CODE made.0.parent"]),
            ("ESTABLISH", json!([]), json!([made("n1", "CITY_PEOPLES_COMMITTEE", "AN-BIEN")]), &["MALFORMED made.0.code", "OUT_OF_RANGE made.0.kind"]),
            ("RENAME", json!(["VP"]), json!([]), &["REQUIRED nameVi"]),
        ];
        for (kind, organisations, made, expected) in unsound {
            let mut input = change("TC-2026-001", kind, &[]);
            input["organisations"] = organisations;
            input["made"] = made;
            let answer = record(&ward, input).await.ok();
            assert_eq!(faults(&answer, "recordOrganisationChange"), expected, "{kind}");
            for error in answer.user_errors("recordOrganisationChange") {
                let message = error["message"].as_str().unwrap();
                assert!(message.contains(' ') && !message.contains('{'), "{message}");
            }
        }
        let mut early = change("TC-2026-001", "DISSOLVE", &["VP"]);
        early["effectiveOn"] = json!("2026-07-19");
        assert_eq!(faults(&record(&ward, early).await.ok(), "recordOrganisationChange"), ["OUT_OF_RANGE effectiveOn"]);
        let vietnamese = record(&ward, change("tc", "DISSOLVE", &["VHXH"])).await.ok();
        assert_eq!(faults(&vietnamese, "recordOrganisationChange"), ["MALFORMED code", "OUT_OF_RANGE organisations.0"]);
        let said = ward.standing_body().await.in_vietnamese().ask(RECORD, json!({ "input": change("TC-1", "DISSOLVE", &["VHXH"]) })).await.ok();
        assert!(said.user_errors("recordOrganisationChange")[0]["message"].as_str().unwrap().starts_with("VHXH là cơ quan thường trực"));

        // A dry run writes nothing; a key is done once; a stale version is a conflict.
        let mut input = change("TC-2026-001", "DISSOLVE", &["VP"]);
        input["dryRun"] = json!(true);
        assert_eq!(record(&ward, input.clone()).await.ok().data("/recordOrganisationChange/change"), &json!(null));
        input["dryRun"] = json!(false);
        input["idempotencyKey"] = json!("một");
        let once = record(&ward, input.clone()).await.ok().data("/recordOrganisationChange/change/id").clone();
        assert_eq!(record(&ward, input.clone()).await.ok().data("/recordOrganisationChange/change/id"), &once);
        input["content"] = json!("Khác.");
        assert_eq!(faults(&record(&ward, input.clone()).await.ok(), "recordOrganisationChange"), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        input["idempotencyKey"] = json!(null);
        assert_eq!(record(&ward, input.clone()).await.code(), "CONFLICT");
        input["expectedVersion"] = json!(1);
        assert_eq!(record(&ward, input.clone()).await.ok().data("/recordOrganisationChange/change/version"), 2);
        let outsider = ward.officer("KTHTDT").await.ask(RECORD, json!({ "input": input })).await;
        assert_eq!(outsider.code(), "FORBIDDEN");
        let refused = ward.chair().await.ask("{ journal(last: 1) { nodes { action outcome actorName } } }", json!({})).await.ok();
        assert_eq!(refused.data("/journal/nodes/0"), &json!({ "action": "RECORD_ORGANISATION_CHANGE", "outcome": "REFUSED", "actorName": "kthtdt.officer" }));

        let chair = ward.chair().await;
        let reject = json!({ "code": "TC-2026-001", "decision": "REJECT", "expectedVersion": 2 });
        let bare = chair.ask(DECIDE, json!({ "input": reject })).await.ok();
        assert_eq!(faults(&bare, "decideOrganisationChange"), ["REQUIRED reason"]);
        let done = decide(&chair, "TC-2026-001", "REJECT", 2).await.ok();
        assert_eq!(done.data("/decideOrganisationChange/change/state"), "REJECTED");
        assert!(codes_on(&chair, "2026-09-20").await.contains(&"VP".to_owned()));
        assert_eq!(faults(&decide(&chair, "TC-2026-001", "CONFIRM", 3).await.ok(), "decideOrganisationChange"), ["WRONG_STATE "]);

        // Two recorded changes may want the same: the second is held against what the first did.
        for code in ["TC-2026-002", "TC-2026-003"] {
            record(&ward, change(code, "DISSOLVE", &["VP"])).await.ok();
        }
        decide(&chair, "TC-2026-002", "CONFIRM", 1).await.ok();
        assert_eq!(faults(&decide(&chair, "TC-2026-003", "CONFIRM", 1).await.ok(), "decideOrganisationChange"), ["NOT_IN_FORCE organisations.0"]);
        let journal = chair.ask("{ journal(last: 1) { nodes { action before after recordKind } } }", json!({})).await.ok();
        assert_eq!(journal.data("/journal/nodes/0/before/state"), "RECORDED");
        assert_eq!(journal.data("/journal/nodes/0/after/organisations"), &json!(["VP"]));
    }

    async fn who_does_what_is_saved_in_bulk_and_once(ward: Ward) {
        let save = "mutation($input: SaveOrganisationFunctionsInput!) { saveOrganisationFunctions(input: $input) { created changed unchanged userErrors { code field line message } } }";
        let function = |number: u32| json!({
            "code": format!("NV-{number:02}"), "kind": "TASK", "title": format!("Tham mưu nội dung {number}"), "area": "APPARATUS",
            "legalBasis": "Nghị định 150/2025/NĐ-CP", "postTitle": "Trưởng phòng", "effectiveFrom": "2026-01-01",
        });
        let standing = ward.standing_body().await;
        let counts = async |functions: Vec<Value>, dry_run: bool| -> Value {
            let input = json!({ "organisation": "VHXH", "functions": functions, "dryRun": dry_run });
            let answer = standing.ask(save, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("saveOrganisationFunctions"), Vec::<Value>::new());
            let done = answer.data("/saveOrganisationFunctions");
            json!([done["created"], done["changed"], done["unchanged"]])
        };
        let all: Vec<Value> = (1..=30).map(function).collect();
        assert_eq!(counts(all.clone(), true).await, json!([30, 0, 0]));
        assert_eq!(counts(all.clone(), false).await, json!([30, 0, 0]));
        assert_eq!(counts(all.clone(), false).await, json!([0, 0, 30]));
        let mut ended = function(1);
        ended["effectiveTo"] = json!("2026-06-30");
        ended["role"] = json!("COORDINATING");
        assert_eq!(counts(vec![ended, function(2)], false).await, json!([0, 1, 1]));

        let list = "query($filter: OrganisationFunctionFilter!) { organisationFunctions(filter: $filter) { totalCount nodes { code postTitle organisation { code } role } } }";
        let analytics = ward.analytics().await;
        let count = async |filter: Value| analytics.ask(list, json!({ "filter": filter })).await.ok().data("/organisationFunctions/totalCount").clone();
        assert_eq!(count(json!({ "organisation": "VHXH", "on": "2026-06-30" })).await, 30);
        assert_eq!(count(json!({ "organisation": "VHXH", "on": "2026-07-01" })).await, 29);
        assert_eq!(count(json!({ "role": "COORDINATING" })).await, 1);
        assert_eq!(count(json!({ "search": "tham muu noi dung 30" })).await, 1);
        assert_eq!(count(json!({ "area": "PROCEDURE" })).await, 0);
        let first = analytics.ask("{ organisation(code: \"VHXH\") { functions(first: 2) { code postTitle } } }", json!({})).await.ok();
        assert_eq!(first.data("/organisation/functions"), &json!([{ "code": "NV-02", "postTitle": "Trưởng phòng" }, { "code": "NV-03", "postTitle": "Trưởng phòng" }]));

        let mut wrong = function(31);
        wrong["area"] = json!("X");
        wrong["postTitle"] = json!("");
        let input = json!({ "organisation": "VHXH", "functions": [function(2), wrong, function(2)] });
        let answer = standing.ask(save, json!({ "input": input })).await.ok();
        assert_eq!(faults(&answer, "saveOrganisationFunctions"), ["REQUIRED functions.1.postTitle", "UNKNOWN_CODE functions.1.area", "DUPLICATE functions.2.code"]);
        let head = ward.head("VHXH").await.ask(save, json!({ "input": { "organisation": "VHXH", "functions": [] } })).await;
        assert_eq!(head.code(), "FORBIDDEN");
    }

    async fn what_was_passed_on_is_checked_in_time(ward: Ward) {
        const SAVE: &str = "mutation($input: SaveDelegationInput!) { saveDelegation(input: $input) { delegation { code version state nextCheckOn } userErrors { code field message } } }";
        const CHECK: &str = "mutation($input: RecordDelegationCheckInput!) { recordDelegationCheck(input: $input) { delegation { code nextCheckOn checks { checkedOn finding note remedied: remediedOn version } } userErrors { code field message } } }";
        let standing = ward.standing_body().await;
        let delegation = |code: &str, from: &str, since: &str| json!({
            "code": code, "kind": "DECENTRALISATION", "from": from, "to": "VHXH", "subject": "Quản lý di tích", "legalBasis": "Luật 72/2025/QH15",
            "decisionNumber": "8/QĐ-UBND", "decisionDate": since, "effectiveFrom": since,
        });
        for (code, from, since) in [("PC-1.A", "HAI-PHONG", "2025-07-01"), ("PC-1.B", "AN-BIEN", "2025-08-01"), ("PC-1.C", "AN-BIEN", "2025-09-20")] {
            let answer = standing.ask(SAVE, json!({ "input": delegation(code, from, since) })).await.ok();
            assert_eq!(answer.user_errors("saveDelegation"), Vec::<Value>::new());
        }
        let overdue = async |client: &Client, overdue: bool| -> Value {
            let document = "query($filter: DelegationFilter!) { delegations(filter: $filter) { nodes { code } } }";
            let answer = client.ask(document, json!({ "filter": { "checkOverdue": overdue } })).await.ok();
            answer.data("/delegations/nodes").as_array().unwrap().iter().map(|one| one["code"].clone()).collect()
        };
        let analytics = ward.analytics().await;
        // A year since 20 September 2025 is up tomorrow, not today.
        assert_eq!(overdue(&analytics, true).await, json!(["PC-1.A", "PC-1.B"]));
        assert_eq!(overdue(&analytics, false).await, json!(["PC-1.C"]));
        let mut check = json!({ "delegation": "PC-1.A", "checkedOn": "2026-09-01", "finding": "VIOLATION" });
        let bare = standing.ask(CHECK, json!({ "input": check })).await.ok();
        assert_eq!(faults(&bare, "recordDelegationCheck"), ["REQUIRED note"]);
        check["note"] = json!("Chưa niêm yết thẩm quyền.");
        check["idempotencyKey"] = json!("kt-1");
        standing.ask(CHECK, json!({ "input": check })).await.ok();
        let done = standing.ask(CHECK, json!({ "input": check })).await.ok();
        assert_eq!(done.data("/recordDelegationCheck/delegation/nextCheckOn"), "2027-09-01");
        check["idempotencyKey"] = json!(null);
        assert_eq!(standing.ask(CHECK, json!({ "input": check })).await.code(), "CONFLICT");
        check["expectedVersion"] = json!(1);
        check["remediedOn"] = json!("2026-09-15");
        let mended = standing.ask(CHECK, json!({ "input": check })).await.ok();
        let expected = json!([{ "checkedOn": "2026-09-01", "finding": "VIOLATION", "note": "Chưa niêm yết thẩm quyền.", "remedied": "2026-09-15", "version": 2 }]);
        assert_eq!(mended.data("/recordDelegationCheck/delegation/checks"), &expected);
        assert_eq!(overdue(&analytics, true).await, json!(["PC-1.B"]));
        assert_eq!(ward.officer("VHXH").await.ask(CHECK, json!({ "input": check })).await.code(), "FORBIDDEN");

        // What has ended is neither in force nor overdue.
        let mut ended = delegation("PC-1.B", "AN-BIEN", "2025-08-01");
        ended["effectiveTo"] = json!("2026-08-31");
        ended["expectedVersion"] = json!(1);
        let answer = standing.ask(SAVE, json!({ "input": ended })).await.ok();
        assert_eq!(answer.data("/saveDelegation/delegation"), &json!({ "code": "PC-1.B", "version": 2, "state": "ENDED", "nextCheckOn": null }));
        assert_eq!(overdue(&analytics, true).await, json!([]));
        let on = "query($filter: DelegationFilter!) { delegations(filter: $filter) { totalCount } }";
        let count = async |filter: Value| analytics.ask(on, json!({ "filter": filter })).await.ok().data("/delegations/totalCount").clone();
        assert_eq!(count(json!({ "on": "2026-08-31" })).await, 3);
        assert_eq!(count(json!({ "on": "2026-09-01" })).await, 2);
        assert_eq!(count(json!({ "from": "HAI-PHONG" })).await, 1);
        assert_eq!(count(json!({ "to": "VHXH", "kinds": ["AUTHORISATION"] })).await, 0);
        let mut elsewhere = delegation("PC-1.A", "AN-BIEN", "2025-07-01");
        elsewhere["to"] = json!("VP");
        let answer = standing.ask(SAVE, json!({ "input": elsewhere })).await.ok();
        assert_eq!(faults(&answer, "saveDelegation"), ["OTHER_ORGANISATION to"]);
        let nested = |first: u32| format!("{{ delegations(first: {first}) {{ nodes {{ from {{ code }} to {{ code }} checks {{ finding }} nextCheckOn allowedActions {{ allowed }} }} }} }}");
        analytics.ask("{ me { username } }", json!({})).await.ok();
        let (few, many) = (analytics.ask(&nested(2), json!({})).await.ok(), analytics.ask(&nested(3), json!({})).await.ok());
        assert_eq!(few.statements(), many.statements());
        assert!(many.statements() <= 7, "{} statements", many.statements());

        // Whatever its days say, it ends with the organisation that passed it on or received it.
        let mut to_office = delegation("PC-1.D", "KTHTDT", "2026-01-05");
        to_office["to"] = json!("VP");
        standing.ask(SAVE, json!({ "input": to_office })).await.ok();
        let mut merger = change("TC-2026-001", "MERGE", &["KTHTDT", "TTSNC"]);
        merger["made"] = json!([made("KT", "DIVISION", "AN-BIEN")]);
        confirmed(&ward, merger).await;
        let state = "{ delegation(code: \"PC-1.D\") { before: state(on: \"2026-07-31\") state nextCheckOn effectiveTo } }";
        let expected = json!({ "before": "IN_FORCE", "state": "ENDED", "nextCheckOn": null, "effectiveTo": null });
        assert_eq!(analytics.ask(state, json!({})).await.ok().data("/delegation"), &expected);
        assert_eq!(count(json!({ "to": "VP", "on": "2026-07-31" })).await, 1);
        assert_eq!(count(json!({ "to": "VP", "on": "2026-08-01" })).await, 0);
        assert_eq!(count(json!({ "to": "VP", "checkOverdue": false })).await, 0);
    }

    async fn a_public_service_unit_has_one_classification_a_day(ward: Ward) {
        const CLASSIFY: &str = "mutation($input: ClassifyPublicServiceUnitInput!) { classifyPublicServiceUnit(input: $input) { classification { unitType proposal version effectiveTo } userErrors { code field message } } }";
        let standing = ward.standing_body().await;
        let input = |unit: &str, from: &str, to: Option<&str>, version: i64| json!({
            "organisation": unit, "unitType": "ESSENTIAL_SERVICE", "grade": "Hạng III", "criteria": "Nghị định 120/2020/NĐ-CP", "proposal": "MERGE",
            "decisionNumber": "7/QĐ-UBND", "decisionDate": "2026-01-05", "effectiveFrom": from, "effectiveTo": to, "expectedVersion": version,
        });
        let done = standing.ask(CLASSIFY, json!({ "input": input("TTSNC", "2026-01-05", None, 0) })).await.ok();
        assert_eq!(done.data("/classifyPublicServiceUnit/classification/version"), 1);
        let second = standing.ask(CLASSIFY, json!({ "input": input("TTSNC", "2026-07-01", None, 0) })).await.ok();
        assert_eq!(faults(&second, "classifyPublicServiceUnit"), ["OVERLAP effectiveFrom"]);
        standing.ask(CLASSIFY, json!({ "input": input("TTSNC", "2026-01-05", Some("2026-06-30"), 1) })).await.ok();
        let second = standing.ask(CLASSIFY, json!({ "input": input("TTSNC", "2026-07-01", None, 0) })).await.ok();
        assert_eq!(second.user_errors("classifyPublicServiceUnit"), Vec::<Value>::new());
        let division = standing.ask(CLASSIFY, json!({ "input": input("VHXH", "2026-07-01", None, 0) })).await.ok();
        assert_eq!(faults(&division, "classifyPublicServiceUnit"), ["FORM_NOT_FOR_ORGANISATION organisation"]);
        assert_eq!(ward.head("TTSNC").await.ask(CLASSIFY, json!({ "input": input("TTSNC", "2026-09-01", None, 0) })).await.code(), "FORBIDDEN");
        let analytics = ward.analytics().await;
        let document = "{ organisation(code: \"TTSNC\") { classifications { effectiveFrom effectiveTo proposal } }
            unitClassifications(filter: { on: \"2026-03-01\", proposals: [MERGE] }) { nodes { organisation { code } effectiveFrom } } }";
        let answer = analytics.ask(document, json!({})).await.ok();
        let expected = json!([{ "effectiveFrom": "2026-07-01", "effectiveTo": null, "proposal": "MERGE" }, { "effectiveFrom": "2026-01-05", "effectiveTo": "2026-06-30", "proposal": "MERGE" }]);
        assert_eq!(answer.data("/organisation/classifications"), &expected);
        assert_eq!(answer.data("/unitClassifications/nodes"), &json!([{ "organisation": { "code": "TTSNC" }, "effectiveFrom": "2026-01-05" }]));

        // The unit's end is the end of its classification and of its functions.
        let functions = json!({ "organisation": "TTSNC", "functions": [{ "code": "NV-01", "kind": "FUNCTION", "title": "Truyền thông",
            "role": "LEAD", "legalBasis": "x", "postTitle": "Giám đốc", "effectiveFrom": "2026-01-05" }] });
        let saved = standing.ask("mutation($input: SaveOrganisationFunctionsInput!) { saveOrganisationFunctions(input: $input) { userErrors { code field } } }", json!({ "input": functions })).await.ok();
        assert_eq!(saved.user_errors("saveOrganisationFunctions"), Vec::<Value>::new());
        confirmed(&ward, change("TC-2026-001", "DISSOLVE", &["TTSNC"])).await;
        let document = "query($on: NaiveDate!) { unitClassifications(filter: { on: $on }) { totalCount } organisationFunctions(filter: { on: $on }) { totalCount } }";
        let count = async |on: &str| {
            let answer = analytics.ask(document, json!({ "on": on })).await.ok();
            (answer.data("/unitClassifications/totalCount").clone(), answer.data("/organisationFunctions/totalCount").clone())
        };
        assert_eq!(count("2026-07-31").await, (json!(1), json!(1)));
        assert_eq!(count("2026-08-01").await, (json!(0), json!(0)));
    }
}
