//! Public assets: recorded, confirmed, moved and ended, rearranged and leased, added up.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::story::{figure, figures};
use crate::support::{Answer, Client, Ward, on_both_engines};

/// Asks for a mutation; answers with the asset, plan or scheme and what is to be mended.
async fn change(client: &Client, name: &str, input: Value) -> Answer {
    let of_plan = name.contains("Plan") || name.contains("Scheme");
    let record = if of_plan {
        "plan { code version state } scheme { code version state }"
    } else {
        "asset { code version state }"
    };
    let input_type = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!(
        "mutation($input: {input_type}!) {{ {name}(input: $input) {{ {record} userErrors {{ code field expected given message }} }} }}"
    );
    client.ask(&document, json!({ "input": input })).await
}

/// `CODE field` of everything that is to be mended.
fn faults(answer: &Answer, mutation: &str) -> Vec<String> {
    let path = |error: &Value| -> String {
        let parts = error["field"].as_array().unwrap();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    let errors = answer.user_errors(mutation);
    errors
        .iter()
        .map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error)).trim().to_owned())
        .collect()
}

async fn done(client: &Client, name: &str, input: Value) {
    let answer = change(client, name, input).await.ok();
    assert_eq!(faults(&answer, name), Vec::<String>::new(), "{}", answer.body);
}

async fn refusal(client: &Client, name: &str, input: Value) -> Vec<String> {
    faults(&change(client, name, input).await.ok(), name)
}

/// What an officer of TTSNC records from 5 January 2026 on.
fn asset(code: &str, kind: &str, more: Value) -> Value {
    let mut input = json!({
        "code": code, "organisation": "TTSNC", "kind": kind, "effectiveOn": "2026-01-05", "name": format!("Tài sản {code}"),
        "yearOfUse": 2005, "originalCost": 900_000_000, "remainingValue": 300_000_000, "use": "SERVICE",
    });
    if matches!(kind, "LAND" | "HOUSE") {
        input["address"] = json!("12 Lê Lợi");
        input[if kind == "LAND" { "landArea" } else { "floorArea" }] = json!(123_450);
    }
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

fn version(code: &str, version: i64) -> Value {
    json!({ "code": code, "expectedVersion": version })
}

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// Recorded by the officer, confirmed by the head.
async fn confirmed(ward: &Ward, input: Value) {
    let unit = input["organisation"].as_str().unwrap().to_owned();
    let code = input["code"].as_str().unwrap().to_owned();
    let seen = input["expectedVersion"].as_i64().unwrap_or(0);
    done(&ward.officer(&unit).await, "recordPublicAsset", input).await;
    done(&ward.head(&unit).await, "confirmPublicAsset", version(&code, seen + 1)).await;
}

fn plan(code: &str, asset: &str, on: &str) -> Value {
    json!({ "code": code, "asset": asset, "way": "AUCTION", "proposedOn": on, "content": "Bán đấu giá." })
}

fn decision(code: &str, decision: &str, number: Option<&str>, on: &str) -> Value {
    let reason = (decision == "REJECT").then_some("Chưa đủ hồ sơ.");
    json!({ "code": code, "decision": decision, "decisionNumber": number, "decisionDate": on, "reason": reason, "expectedVersion": 1 })
}

async fn seen(client: &Client, code: &str, fields: &str) -> Value {
    let document = format!("query($code: String!) {{ publicAsset(code: $code) {{ {fields} }} }}");
    client.ask(&document, json!({ "code": code })).await.ok().data("/publicAsset").clone()
}

async fn codes(client: &Client, filter: Value) -> Vec<String> {
    let document =
        "query($filter: PublicAssetFilter!) { publicAssets(filter: $filter, first: 100) { nodes { code } } }";
    let answer = client.ask(document, json!({ "filter": filter })).await.ok();
    let nodes = answer.data("/publicAssets/nodes").as_array().unwrap();
    nodes.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

async fn last_refusal(ward: &Ward) -> Value {
    let document = "{ journal(last: 1, outcome: REFUSED) { nodes { action rule } } }";
    ward.chair().await.ask(document, json!({})).await.ok().data("/journal/nodes/0").clone()
}

async fn hold(ward: &Ward, username: &str, role: Role, organisation: &str) {
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
    grant(ward.app(), username, role, &GrantOn { programme: None, organisation, from, to: None }).await.unwrap();
    ward.app().callers.invalidate_all();
}

on_both_engines! {
    async fn what_is_recorded_counts_and_is_seen_once_somebody_else_confirmed_it(ward: Ward) {
        let officer = ward.officer("TTSNC").await;
        let paper = json!({ "kind": "LAND_USE_CERTIFICATE", "number": "BM 123456", "date": "2006-05-04" });
        done(&officer, "recordPublicAsset", asset("DAT-1", "LAND", json!({ "paper": paper }))).await;
        let fields = "state version details { name } draft { name landArea landAreaShown(language: VI) paper { kind number date } confirmedBy { displayName } }";
        let draft = json!({
            "state": "RECORDED", "version": 1, "details": null,
            "draft": { "name": "Tài sản DAT-1", "landArea": 123_450, "landAreaShown": "1.234,50 m²", "paper": paper, "confirmedBy": null },
        });
        for client in [ward.officer("TTSNC").await, ward.head("TTSNC").await, ward.finance().await, ward.chair().await] {
            assert_eq!(seen(&client, "DAT-1", fields).await, draft);
            assert_eq!(codes(&client, json!({ "unconfirmed": true })).await, ["DAT-1"]);
        }
        for client in [
            ward.officer("VP").await, ward.standing_body().await, ward.oversight().await, ward.upper_level().await, ward.analytics().await,
        ] {
            assert_eq!(seen(&client, "DAT-1", fields).await, Value::Null);
            assert_eq!(codes(&client, json!({})).await, Vec::<String>::new());
        }
        // The standing body reads the journal, and not what a draft says.
        let journal = "{ journal(last: 1) { nodes { action recordKind after } } }";
        let entry = ward.standing_body().await.ask(journal, json!({})).await.ok().data("/journal/nodes/0").clone();
        assert_eq!(entry, json!({ "action": "RECORD_ASSET", "recordKind": "public_asset_draft", "after": null }));
        let entry = ward.chair().await.ask(journal, json!({})).await.ok().data("/journal/nodes/0").clone();
        assert_eq!(entry["after"]["details"]["landArea"], 123_450);

        // Whoever recorded it never confirms it, whatever role he has besides; nor does another unit.
        hold(&ward, "ttsnc.officer", Role::UnitHead, "TTSNC").await;
        assert_eq!(change(&officer, "confirmPublicAsset", version("DAT-1", 1)).await.code(), "FORBIDDEN");
        assert_eq!(last_refusal(&ward).await, json!({ "action": "CONFIRM_ASSET", "rule": "OWN_WORK" }));
        let allowed = "allowedActions { action allowed }";
        let actions = |record: bool, confirm: bool| json!({ "allowedActions": [
            { "action": "RECORD_ASSET", "allowed": record }, { "action": "CONFIRM_ASSET", "allowed": confirm },
            { "action": "TRANSFER_ASSET", "allowed": false }, { "action": "PROPOSE_ASSET_PLAN", "allowed": false } ] });
        assert_eq!(seen(&officer, "DAT-1", allowed).await, actions(true, false));
        assert_eq!(seen(&ward.head("TTSNC").await, "DAT-1", allowed).await, actions(false, true));
        assert_eq!(change(&ward.head("VP").await, "confirmPublicAsset", version("DAT-1", 1)).await.code(), "FORBIDDEN");
        assert_eq!(last_refusal(&ward).await, json!({ "action": "CONFIRM_ASSET", "rule": "OTHER_ORGANISATION" }));
        assert_eq!(change(&ward.head("TTSNC").await, "confirmPublicAsset", version("DAT-1", 7)).await.code(), "CONFLICT");
        done(&ward.finance().await, "confirmPublicAsset", version("DAT-1", 1)).await;
        let again = refusal(&ward.head("TTSNC").await, "confirmPublicAsset", version("DAT-1", 2)).await;
        assert_eq!(again, ["WRONG_STATE"], "nothing waits to be confirmed");

        // What is changed later leaves the confirmed edition in sight until the change is confirmed, too.
        done(&officer, "recordPublicAsset", asset("DAT-1", "LAND", json!({ "effectiveOn": "2026-06-01", "remainingValue": 200_000_000, "use": "EMPTY", "expectedVersion": 2 }))).await;
        let analytics = ward.analytics().await;
        let values = "state kind details { remainingValue use paper { kind } } draft { remainingValue } papersMissing";
        assert_eq!(seen(&analytics, "DAT-1", values).await, json!({
            "state": "CONFIRMED", "kind": "LAND", "draft": null, "papersMissing": false,
            "details": { "remainingValue": 300_000_000, "use": "SERVICE", "paper": { "kind": "LAND_USE_CERTIFICATE" } },
        }));
        assert_eq!(codes(&analytics, json!({ "uses": ["EMPTY"] })).await, Vec::<String>::new());
        assert_eq!(codes(&analytics, json!({ "unconfirmed": true })).await, Vec::<String>::new());
        assert_eq!(codes(&analytics, json!({ "unconfirmed": false, "papersMissing": false })).await, ["DAT-1"]);
        assert_eq!(seen(&ward.chair().await, "DAT-1", "draft { remainingValue }").await["draft"]["remainingValue"], 200_000_000);
        done(&ward.head("TTSNC").await, "confirmPublicAsset", version("DAT-1", 3)).await;
        let history = "details { remainingValue } then: details(on: \"2026-05-31\") { remainingValue use } before: details(on: \"2026-01-04\") { name }
            papersMissing earlier: papersMissing(on: \"2026-05-31\") editions { edition effectiveOn confirmedBy { displayName } }";
        let found = seen(&analytics, "DAT-1", history).await;
        assert_eq!((&found["details"]["remainingValue"], &found["then"]), (&json!(200_000_000), &json!({ "remainingValue": 300_000_000, "use": "SERVICE" })));
        assert_eq!((&found["before"], &found["papersMissing"], &found["earlier"]), (&Value::Null, &json!(true), &json!(false)));
        assert_eq!(found["editions"].as_array().unwrap().len(), 2);
        // What was wrong from the first day on is set right by a next edition of that day, and today stays as it is.
        confirmed(&ward, asset("DAT-1", "LAND", json!({ "originalCost": 950_000_000, "expectedVersion": 4 }))).await;
        let found = seen(&analytics, "DAT-1", "details { originalCost } then: details(on: \"2026-05-31\") { originalCost }").await;
        assert_eq!(found, json!({ "details": { "originalCost": 900_000_000 }, "then": { "originalCost": 950_000_000 } }));
        let found = codes(&analytics, json!({ "search": "tai san dat", "uses": ["EMPTY"], "papersMissing": true, "kinds": ["LAND"], "organisation": "AN-BIEN", "ended": false })).await;
        assert_eq!(found, ["DAT-1"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        // Nothing of it is ever edited or removed.
        let connection = ward.app().db.migrator_connection();
        for table in ["public_asset_edition", "public_asset_confirmation", "public_asset_holding"] {
            for statement in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET asset_id = asset_id")] {
                let error = connection.execute_unprepared(&statement).await.unwrap_err();
                assert!(error.to_string().contains("append-only"), "{statement}: {error}");
            }
        }
    }

    async fn a_plan_from_its_rejection_to_the_sold_house(ward: Ward) {
        confirmed(&ward, asset("DAT-1", "LAND", json!({}))).await;
        confirmed(&ward, asset("NHA-1", "HOUSE", json!({ "land": "DAT-1" }))).await;
        let (officer, chair, finance, analytics) =
            (ward.officer("TTSNC").await, ward.chair().await, ward.finance().await, ward.analytics().await);
        done(&officer, "proposeAssetPlan", plan("PA-1", "NHA-1", "2026-02-01")).await;
        // A proposal is hidden from those outside; the house is not.
        let fields = "code rearrangement proposedPlan { code content } plan { code } plans { code } details { land { code } }";
        let outside = json!({ "code": "NHA-1", "rearrangement": "NO_PLAN", "proposedPlan": null, "plan": null, "plans": [], "details": { "land": { "code": "DAT-1" } } });
        for client in [ward.officer("VP").await, ward.standing_body().await, ward.oversight().await, ward.upper_level().await, ward.analytics().await] {
            assert_eq!(seen(&client, "NHA-1", fields).await, outside);
            assert_eq!(codes(&client, json!({ "rearrangements": ["PROPOSED"] })).await, Vec::<String>::new());
            assert_eq!(codes(&client, json!({ "rearrangements": ["NO_PLAN"] })).await, ["DAT-1", "NHA-1"]);
        }
        for client in [ward.head("TTSNC").await, ward.finance().await, ward.chair().await] {
            assert_eq!(seen(&client, "NHA-1", "rearrangement proposedPlan { code }").await, json!({ "rearrangement": "PROPOSED", "proposedPlan": { "code": "PA-1" } }));
            assert_eq!(codes(&client, json!({ "rearrangements": ["PROPOSED"] })).await, ["NHA-1"]);
            assert_eq!(codes(&client, json!({ "rearrangements": ["NO_PLAN"] })).await, ["DAT-1"]);
        }
        let journal = "{ journal(last: 1) { nodes { recordKind reason after } } }";
        let told = async |client: Client| client.ask(journal, json!({})).await.ok().data("/journal/nodes/0").clone();
        assert_eq!(told(ward.standing_body().await).await, json!({ "recordKind": "asset_plan", "reason": null, "after": null }));

        // Who proposed never decides; nor does anybody but the Chair.
        hold(&ward, "ttsnc.officer", Role::Chair, "AN-BIEN").await;
        assert_eq!(change(&officer, "decideAssetPlan", decision("PA-1", "APPROVE", Some("9"), "2026-02-10")).await.code(), "FORBIDDEN");
        assert_eq!(last_refusal(&ward).await, json!({ "action": "DECIDE_ASSET_PLAN", "rule": "OWN_WORK" }));
        for client in [ward.head("TTSNC").await, ward.finance().await, ward.standing_body().await, ward.oversight().await] {
            assert_eq!(change(&client, "decideAssetPlan", decision("PA-1", "APPROVE", Some("9"), "2026-02-10")).await.code(), "FORBIDDEN");
        }
        assert_eq!(refusal(&finance, "proposeAssetPlan", plan("PA-2", "NHA-1", "2026-02-02")).await, ["DUPLICATE asset"], "one at a time");
        done(&chair, "decideAssetPlan", decision("PA-1", "REJECT", Some("9/QĐ"), "2026-02-10")).await;
        let journaled = told(ward.standing_body().await).await;
        assert_eq!(journaled, json!({ "recordKind": "asset_plan", "reason": null, "after": null }), "why it was rejected is not told, either");
        assert_eq!(seen(&analytics, "NHA-1", "plans { code }").await, json!({ "plans": [] }));

        // Rejected is no dead end: it is proposed anew, and nothing of the rejection lingers there.
        assert_eq!(refusal(&officer, "proposeAssetPlan", with(plan("PA-1", "NHA-1", "2026-03-01"), json!({ "expectedVersion": 2 }))).await, ["WRONG_STATE"]);
        done(&finance, "proposeAssetPlan", plan("PA-2", "NHA-1", "2026-02-20")).await;
        let rows = seen(&chair, "NHA-1", "rearrangement plans { code state decisionNumber decisionReason }").await;
        assert_eq!(rows, json!({ "rearrangement": "PROPOSED", "plans": [
            { "code": "PA-2", "state": "PROPOSED", "decisionNumber": null, "decisionReason": null },
            { "code": "PA-1", "state": "REJECTED", "decisionNumber": "9/QĐ", "decisionReason": "Chưa đủ hồ sơ." } ] }));
        done(&chair, "decideAssetPlan", decision("PA-2", "APPROVE", Some("10/QĐ"), "2026-03-10")).await;
        // Approved, it is replaced by another with its own decision, not before the first.
        done(&finance, "proposeAssetPlan", with(plan("PA-3", "NHA-1", "2026-03-01"), json!({ "way": "CONVERT" }))).await;
        assert_eq!(seen(&chair, "NHA-1", "rearrangement plan { code } proposedPlan { code }").await, json!({ "rearrangement": "APPROVED", "plan": { "code": "PA-2" }, "proposedPlan": { "code": "PA-3" } }));
        assert_eq!(refusal(&chair, "decideAssetPlan", decision("PA-3", "APPROVE", Some("11/QĐ"), "2026-03-09")).await, ["OUT_OF_RANGE decisionDate"]);
        done(&chair, "decideAssetPlan", decision("PA-3", "APPROVE", Some("11/QĐ"), "2026-04-01")).await;
        let on = "now: plan { code state way } then: plan(on: \"2026-03-31\") { code state(on: \"2026-03-31\") } plans { code state replacedOn }";
        assert_eq!(seen(&analytics, "NHA-1", on).await, json!({
            "now": { "code": "PA-3", "state": "APPROVED", "way": "CONVERT" }, "then": { "code": "PA-2", "state": "APPROVED" },
            "plans": [{ "code": "PA-3", "state": "APPROVED", "replacedOn": null }, { "code": "PA-2", "state": "REPLACED", "replacedOn": "2026-04-01" }],
        }));
        let complete = |code: &str, on: Option<&str>, reason: Option<&str>, version: i64| json!({ "code": code, "doneOn": on, "reason": reason, "expectedVersion": version });
        assert_eq!(refusal(&finance, "completeAssetPlan", complete("PA-2", Some("2026-05-01"), None, 3)).await, ["WRONG_STATE"]);
        assert_eq!(refusal(&finance, "completeAssetPlan", complete("PA-3", None, None, 2)).await, ["REQUIRED doneOn"]);
        assert_eq!(refusal(&finance, "completeAssetPlan", complete("PA-3", Some("2026-09-21"), None, 2)).await, ["OUT_OF_RANGE doneOn"]);
        assert_eq!(refusal(&finance, "completeAssetPlan", complete("PA-3", Some("2026-03-31"), None, 2)).await, ["OUT_OF_RANGE doneOn"]);
        assert_eq!(change(&chair, "completeAssetPlan", complete("PA-3", Some("2026-05-01"), None, 2)).await.code(), "FORBIDDEN");
        done(&finance, "completeAssetPlan", complete("PA-3", Some("2026-05-01"), None, 2)).await;
        // A wrong day is corrected with a reason, or taken back.
        assert_eq!(refusal(&finance, "completeAssetPlan", complete("PA-3", Some("2026-06-20"), None, 3)).await, ["REQUIRED reason"]);
        done(&finance, "completeAssetPlan", complete("PA-3", None, Some("Nhầm phương án."), 3)).await;
        assert_eq!(seen(&analytics, "NHA-1", "rearrangement").await["rearrangement"], "APPROVED");
        done(&finance, "completeAssetPlan", complete("PA-3", Some("2026-06-20"), None, 4)).await;

        // The plan is carried out, and the house is sold: it stays among what was to be rearranged.
        let end = |on: &str| json!({ "code": "NHA-1", "reason": "Trúng đấu giá.", "expectedVersion": 2,
            "end": { "endedOn": on, "cause": "SOLD", "decisionNumber": "12/QĐ", "decisionDate": "2026-06-20" } });
        done(&finance, "endPublicAsset", end("2026-07-01")).await;
        assert_eq!(seen(&analytics, "NHA-1", "state endedOn endCause endReason rearrangement").await,
            json!({ "state": "ENDED", "endedOn": "2026-07-01", "endCause": "SOLD", "endReason": "Trúng đấu giá.", "rearrangement": "DONE" }));
        for (period, plans, rearranged, papers) in [
            ("2026-Q1", "1/2 50.00 NO_TARGET", "0/2 0.00 NO_TARGET", "0/2 0.00 NO_TARGET"),
            ("2026-Q2", "1/2 50.00 NO_TARGET", "0/2 0.00 NO_TARGET", "0/2 0.00 NO_TARGET"),
            ("2026-Q3", "1/2 50.00 NO_TARGET", "1/2 50.00 NO_TARGET", "0/1 0.00 NO_TARGET"),
        ] {
            assert_eq!(figure(&analytics, "II.5.b.5-PLAN", period).await, plans);
            assert_eq!(figure(&analytics, "II.5.b.5-REARRANGED", period).await, rearranged);
            assert_eq!(figure(&analytics, "II.5.b.4-PAPERS", period).await, papers);
        }
        assert_eq!(codes(&analytics, json!({ "rearrangements": ["DONE"], "ended": true })).await, ["NHA-1"]);
        // Nothing more is planned with it; a proposal that was left over can still be rejected.
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-4", "NHA-1", "2026-07-02")).await, ["NOT_IN_FORCE asset"]);
        done(&officer, "proposeAssetPlan", plan("PA-4", "NHA-1", "2026-06-25")).await;
        assert_eq!(refusal(&chair, "decideAssetPlan", decision("PA-4", "APPROVE", Some("13/QĐ"), "2026-07-01")).await, ["NOT_IN_FORCE decisionDate"]);
        done(&chair, "decideAssetPlan", decision("PA-4", "REJECT", None, "2026-07-02")).await;
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_is_leased_needs_a_scheme_in_force(ward: Ward) {
        confirmed(&ward, asset("NHA-1", "HOUSE", json!({ "use": "LEASE" }))).await;
        confirmed(&ward, asset("XE-1", "CAR", json!({ "use": "JOINT_VENTURE" }))).await;
        let (officer, chair, finance, analytics) =
            (ward.officer("TTSNC").await, ward.chair().await, ward.finance().await, ward.analytics().await);
        assert_eq!(codes(&analytics, json!({ "schemeMissing": true })).await, ["NHA-1", "XE-1"]);
        let scheme = |code: &str, from: &str, to: &str| json!({ "code": code, "asset": "NHA-1", "purpose": "LEASE", "periodFrom": from, "periodTo": to,
            "expectedRevenue": 120_000_000, "proposedOn": if code == "DA-1" { "2026-02-01" } else { "2026-05-04" }, "content": "Cho thuê tầng 1." });
        done(&officer, "proposeAssetScheme", scheme("DA-1", "2026-01-01", "2026-08-31")).await;
        let fields = "schemeMissing schemes { code state inForce periodFrom periodTo expectedRevenue purpose }";
        assert_eq!(seen(&analytics, "NHA-1", fields).await, json!({ "schemeMissing": true, "schemes": [] }));
        done(&chair, "decideAssetPlan", decision("DA-1", "APPROVE", Some("1/QĐ"), "2026-03-01")).await;
        // The next one begins within its days, and takes its place from then on.
        done(&officer, "proposeAssetScheme", scheme("DA-2", "2026-07-01", "2027-06-30")).await;
        done(&chair, "decideAssetPlan", decision("DA-2", "APPROVE", Some("2/QĐ"), "2026-06-01")).await;
        let days = "now: schemeMissing june: schemeMissing(on: \"2026-06-30\") february: schemeMissing(on: \"2026-02-28\")
            schemes { code state inForce replacedOn june: inForce(on: \"2026-06-30\") }";
        assert_eq!(seen(&analytics, "NHA-1", days).await, json!({ "now": false, "june": false, "february": true, "schemes": [
            { "code": "DA-2", "state": "APPROVED", "inForce": true, "replacedOn": null, "june": false },
            { "code": "DA-1", "state": "REPLACED", "inForce": false, "replacedOn": "2026-07-01", "june": true } ] }));
        assert_eq!(codes(&analytics, json!({ "schemeMissing": true })).await, ["XE-1"]);
        assert_eq!(codes(&analytics, json!({ "schemeMissing": false })).await, ["NHA-1"]);
        assert_eq!(figure(&analytics, "II.5.b.5-SCHEME", "2026-Q1").await, "1/2 50.00 NO_TARGET");
        // It is ended before its last day.
        done(&finance, "completeAssetPlan", json!({ "code": "DA-2", "doneOn": "2026-09-01", "expectedVersion": 2 })).await;
        assert_eq!(codes(&analytics, json!({ "schemeMissing": true })).await, ["NHA-1", "XE-1"]);
        assert_eq!(figure(&analytics, "II.5.b.5-SCHEME", "2026-Q3").await, "0/2 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.5-SCHEME", "2026-Q2").await, "1/2 50.00 NO_TARGET");
        let wrong = with(scheme("DA-3", "2026-07-02", "2026-07-01"), json!({ "expectedRevenue": -1 }));
        assert_eq!(refusal(&officer, "proposeAssetScheme", wrong).await, ["OUT_OF_RANGE periodTo", "NEGATIVE_AMOUNT expectedRevenue"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn an_asset_changes_hands_and_ends_by_decisions(ward: Ward) {
        confirmed(&ward, asset("DAT-1", "LAND", json!({}))).await;
        confirmed(&ward, asset("NHA-1", "HOUSE", json!({ "land": "DAT-1" }))).await;
        done(&ward.officer("TTSNC").await, "recordPublicAsset", asset("DAT-2", "LAND", json!({}))).await;
        let (finance, analytics) = (ward.finance().await, ward.analytics().await);
        let transfer = |code: &str, to: &str, on: &str, version: i64| json!({ "code": code, "to": to, "effectiveOn": on, "decisionNumber": "5/QĐ", "decisionDate": "2026-03-01", "expectedVersion": version });
        assert_eq!(refusal(&finance, "transferPublicAsset", transfer("DAT-2", "VP", "2026-03-02", 1)).await, ["WRONG_STATE"]);
        for (to, on, expected) in [
            ("NOBODY", "2026-03-02", "UNKNOWN_CODE to"), ("TTSNC", "2026-03-02", "DUPLICATE to"), ("VP", "2026-09-21", "OUT_OF_RANGE effectiveOn"),
            ("VP", "2026-02-28", "OUT_OF_RANGE effectiveOn"),
        ] {
            assert_eq!(refusal(&finance, "transferPublicAsset", transfer("NHA-1", to, on, 2)).await, [expected]);
        }
        for client in [ward.officer("TTSNC").await, ward.head("TTSNC").await, ward.chair().await, ward.standing_body().await] {
            assert_eq!(change(&client, "transferPublicAsset", transfer("NHA-1", "VP", "2026-03-02", 2)).await.code(), "FORBIDDEN");
        }
        assert_eq!(change(&finance, "transferPublicAsset", transfer("NHA-9", "VP", "2026-03-02", 2)).await.code(), "NOT_FOUND");
        assert_eq!(change(&finance, "transferPublicAsset", transfer("NHA-1", "VP", "2026-03-02", 9)).await.code(), "CONFLICT");
        // The division of economy ends on 31 July: from then on nothing goes to it.
        let recorded = json!({ "code": "TC-1", "kind": "DISSOLVE", "decisionNumber": "1", "decisionDate": "2026-07-01", "effectiveOn": "2026-08-01", "organisations": ["KTHTDT"] });
        let record = "mutation($input: RecordOrganisationChangeInput!) { recordOrganisationChange(input: $input) { userErrors { code } } }";
        ward.standing_body().await.ask(record, json!({ "input": recorded })).await.ok();
        let decide = "mutation($input: DecideOrganisationChangeInput!) { decideOrganisationChange(input: $input) { userErrors { code } } }";
        let decided = ward.chair().await.ask(decide, json!({ "input": { "code": "TC-1", "decision": "CONFIRM", "expectedVersion": 1 } })).await.ok();
        assert_eq!(decided.user_errors("decideOrganisationChange"), Vec::<Value>::new());
        assert_eq!(refusal(&finance, "transferPublicAsset", transfer("NHA-1", "KTHTDT", "2026-08-01", 2)).await, ["NOT_IN_FORCE to"]);
        let late = asset("XE-9", "CAR", json!({ "organisation": "KTHTDT", "effectiveOn": "2026-08-01" }));
        assert_eq!(refusal(&ward.officer("KTHTDT").await, "recordPublicAsset", late).await, ["NOT_IN_FORCE organisation"]);
        done(&finance, "transferPublicAsset", transfer("NHA-1", "KTHTDT", "2026-04-01", 2)).await;
        // The wrong unit is corrected from the same day on; what was recorded stays in the history.
        done(&finance, "transferPublicAsset", transfer("NHA-1", "VP", "2026-04-01", 3)).await;
        let held = "organisation { code } before: heldBy(on: \"2026-03-31\") { code } after: heldBy(on: \"2026-04-01\") { code } never: heldBy(on: \"2026-01-04\") { code }
            holdings { organisation { code } effectiveFrom decisionNumber }";
        assert_eq!(seen(&analytics, "NHA-1", held).await, json!({
            "organisation": { "code": "VP" }, "before": { "code": "TTSNC" }, "after": { "code": "VP" }, "never": null,
            "holdings": [
                { "organisation": { "code": "VP" }, "effectiveFrom": "2026-04-01", "decisionNumber": "5/QĐ" },
                { "organisation": { "code": "KTHTDT" }, "effectiveFrom": "2026-04-01", "decisionNumber": "5/QĐ" },
                { "organisation": { "code": "TTSNC" }, "effectiveFrom": "2026-01-05", "decisionNumber": null },
            ],
        }));
        // From then on it is the other unit's to record; figures follow the day.
        let recorded = change(&ward.officer("VP").await, "recordPublicAsset", asset("NHA-1", "HOUSE", json!({ "organisation": "VP", "effectiveOn": "2026-05-01", "land": "DAT-1", "expectedVersion": 4 }))).await.ok();
        assert_eq!(faults(&recorded, "recordPublicAsset"), Vec::<String>::new());
        let stale = asset("NHA-1", "HOUSE", json!({ "expectedVersion": 5 }));
        assert_eq!(refusal(&ward.officer("TTSNC").await, "recordPublicAsset", stale).await, ["OTHER_ORGANISATION organisation"]);
        for (unit, period, expected) in [("TTSNC", "2026-Q1", 2), ("TTSNC", "2026-Q2", 1), ("VP", "2026-Q2", 1)] {
            let found = figures(&analytics, "II.5.b.5-PLAN", unit, period, "").await;
            assert_eq!(found[0]["denominator"], expected, "{unit} {period}");
        }

        // Land is not there no more while a house stands on it.
        let end = |code: &str, version: i64, more: Value| with(json!({ "code": code, "reason": "Thanh lý.", "expectedVersion": version }), more);
        let sold = |on: &str| json!({ "end": { "endedOn": on, "cause": "SOLD", "decisionNumber": "6/QĐ", "decisionDate": "2026-04-01" } });
        assert_eq!(refusal(&finance, "endPublicAsset", end("DAT-1", 2, sold("2026-06-01"))).await, ["WRONG_STATE endedOn"]);
        assert_eq!(refusal(&finance, "endPublicAsset", end("NHA-1", 5, sold("2026-04-01"))).await, ["OUT_OF_RANGE endedOn"]);
        assert_eq!(refusal(&finance, "endPublicAsset", end("NHA-1", 5, sold("2026-09-21"))).await, ["OUT_OF_RANGE endedOn"]);
        assert_eq!(refusal(&finance, "endPublicAsset", end("NHA-1", 5, json!({}))).await, ["WRONG_STATE"]);
        assert_eq!(refusal(&finance, "endPublicAsset", end("NHA-1", 5, json!({ "reason": " ", "end": { "endedOn": "2026-06-01", "cause": "RECOVERED" } }))).await,
            ["REQUIRED reason", "REQUIRED decisionNumber", "REQUIRED decisionDate"]);
        assert_eq!(change(&ward.head("VP").await, "endPublicAsset", end("NHA-1", 5, sold("2026-06-01"))).await.code(), "FORBIDDEN");
        done(&finance, "endPublicAsset", end("NHA-1", 5, json!({ "end": { "endedOn": "2026-06-01", "cause": "LOST" } }))).await;
        // What waits for a day after its end is not confirmed; the end itself is corrected, or taken back.
        assert_eq!(refusal(&ward.officer("VP").await, "recordPublicAsset", asset("NHA-1", "HOUSE", json!({ "organisation": "VP", "effectiveOn": "2026-06-01", "expectedVersion": 6 }))).await, ["OUT_OF_RANGE effectiveOn"]);
        done(&finance, "endPublicAsset", end("NHA-1", 6, json!({ "end": { "endedOn": "2026-04-20", "cause": "LOST" } }))).await;
        assert_eq!(refusal(&ward.head("VP").await, "confirmPublicAsset", version("NHA-1", 7)).await, ["OUT_OF_RANGE effectiveOn"]);
        done(&finance, "endPublicAsset", end("DAT-1", 2, sold("2026-06-01"))).await;
        assert_eq!(refusal(&finance, "endPublicAsset", end("NHA-1", 7, json!({}))).await, ["NOT_IN_FORCE land"]);
        done(&finance, "endPublicAsset", end("DAT-1", 3, json!({ "reason": "Ghi nhầm." }))).await;
        done(&finance, "endPublicAsset", end("NHA-1", 7, json!({ "reason": "Tìm thấy." }))).await;
        assert_eq!(seen(&analytics, "NHA-1", "state endedOn endCause endReason").await, json!({ "state": "CONFIRMED", "endedOn": null, "endCause": null, "endReason": null }));
        done(&ward.head("VP").await, "confirmPublicAsset", version("NHA-1", 8)).await;
        assert_eq!(refusal(&finance, "transferPublicAsset", transfer("NHA-1", "TTSNC", "2026-03-31", 9)).await, ["OUT_OF_RANGE effectiveOn"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_an_asset_can_not_be(ward: Ward) {
        confirmed(&ward, asset("DAT-1", "LAND", json!({}))).await;
        confirmed(&ward, asset("XE-1", "CAR", json!({}))).await;
        let officer = ward.officer("TTSNC").await;
        for (kind, more, expected) in [
            ("CAR", json!({ "floorArea": 100 }), "FIELD_NOT_FOR_KIND floorArea"), ("CAR", json!({ "landArea": 100 }), "FIELD_NOT_FOR_KIND landArea"),
            ("CAR", json!({ "land": "DAT-1" }), "FIELD_NOT_FOR_KIND land"), ("HOUSE", json!({ "landArea": 1 }), "FIELD_NOT_FOR_KIND landArea"),
            ("LAND", json!({ "landArea": null }), "REQUIRED landArea"), ("HOUSE", json!({ "address": " " }), "REQUIRED address"),
            ("LAND", json!({ "paper": { "kind": "VEHICLE_REGISTRATION", "number": "1", "date": "2020-01-01" } }), "FIELD_NOT_FOR_KIND paper.kind"),
            ("CAR", json!({ "paper": { "kind": "OTHER", "number": "1", "date": "2026-09-21" } }), "OUT_OF_RANGE paper.date"),
            ("CAR", json!({ "remainingValue": 900_000_001 }), "ABOVE_ORIGINAL_COST remainingValue"), ("CAR", json!({ "remainingValue": -1 }), "NEGATIVE_AMOUNT remainingValue"),
            ("CAR", json!({ "originalCost": 1_000_000_000_000_001_i64 }), "OUT_OF_RANGE originalCost"),
            ("LAND", json!({ "landArea": -5 }), "NEGATIVE_AMOUNT landArea"), ("LAND", json!({ "landArea": 0 }), "OUT_OF_RANGE landArea"),
            ("CAR", json!({ "effectiveOn": "2026-09-21" }), "OUT_OF_RANGE effectiveOn"), ("CAR", json!({ "yearOfUse": 2027 }), "OUT_OF_RANGE yearOfUse"),
            ("CAR", json!({ "effectiveOn": "2025-06-30" }), "NOT_IN_FORCE organisation"), ("CAR", json!({ "code": "XE 2" }), "MALFORMED code"),
            ("OTHER", json!({ "originalCost": 499_999_999 }), "BELOW_THRESHOLD originalCost"), ("CAR", json!({ "name": "" }), "REQUIRED name"),
            ("HOUSE", json!({ "land": "DAT-9" }), "UNKNOWN_CODE land"), ("HOUSE", json!({ "land": "XE-1" }), "UNKNOWN_CODE land"),
            ("HOUSE", json!({ "land": "DAT-1", "effectiveOn": "2026-01-04" }), "NOT_IN_FORCE land"),
        ] {
            let found = refusal(&officer, "recordPublicAsset", asset("TS-2", kind, more.clone())).await;
            assert_eq!(found, [expected], "{kind} {more}");
        }
        done(&officer, "recordPublicAsset", asset("TS-2", "OTHER", json!({ "originalCost": 500_000_000 }))).await;
        // Until it is confirmed, even its kind may be mended; then it is fixed, so that no plan is left on a car.
        done(&officer, "recordPublicAsset", asset("TS-2", "HOUSE", json!({ "expectedVersion": 1 }))).await;
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-2", "TS-2", "2026-02-01")).await, ["WRONG_STATE"]);
        done(&ward.head("TTSNC").await, "confirmPublicAsset", version("TS-2", 2)).await;
        done(&officer, "proposeAssetPlan", plan("PA-2", "TS-2", "2026-02-01")).await;
        assert_eq!(refusal(&officer, "recordPublicAsset", asset("TS-2", "CAR", json!({ "expectedVersion": 3 }))).await, ["WRONG_STATE kind"]);
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-3", "XE-1", "2026-02-01")).await, ["PLAN_NOT_FOR_KIND asset"]);
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-2", "DAT-1", "2026-02-01")).await, ["DUPLICATE code"]);
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-3", "DAT-1", "2026-09-21")).await, ["OUT_OF_RANGE proposedOn"]);
        assert_eq!(refusal(&officer, "proposeAssetPlan", plan("PA-3", "DAT-1", "2026-01-04")).await, ["OUT_OF_RANGE proposedOn"]);
        let chair = ward.chair().await;
        for (input, expected) in [
            (decision("PA-2", "APPROVE", None, "2026-02-10"), vec!["REQUIRED decisionNumber"]),
            (decision("PA-2", "APPROVE", Some("1"), "2026-09-21"), vec!["OUT_OF_RANGE decisionDate"]),
            (decision("PA-2", "APPROVE", Some("1"), "2026-01-31"), vec!["OUT_OF_RANGE decisionDate"]),
            (with(decision("PA-2", "REJECT", None, "2026-02-10"), json!({ "reason": null })), vec!["REQUIRED reason"]),
        ] {
            assert_eq!(refusal(&chair, "decideAssetPlan", input).await, expected);
        }
        assert_eq!(change(&chair, "decideAssetPlan", decision("PA-9", "REJECT", None, "2026-02-10")).await.code(), "NOT_FOUND");
        // Outsiders are refused, and it is journaled.
        let outside = ward.officer("VP").await;
        assert_eq!(change(&outside, "recordPublicAsset", asset("TS-3", "CAR", json!({}))).await.code(), "FORBIDDEN");
        assert_eq!(last_refusal(&ward).await, json!({ "action": "RECORD_ASSET", "rule": "OTHER_ORGANISATION" }));
        assert_eq!(change(&outside, "proposeAssetPlan", plan("PA-3", "DAT-1", "2026-02-01")).await.code(), "FORBIDDEN");
        assert_eq!(last_refusal(&ward).await, json!({ "action": "PROPOSE_ASSET_PLAN", "rule": "OTHER_ORGANISATION" }));
        for client in [ward.head("TTSNC").await, ward.finance().await, ward.chair().await, ward.oversight().await, ward.analytics().await] {
            assert_eq!(change(&client, "recordPublicAsset", asset("TS-3", "CAR", json!({}))).await.code(), "FORBIDDEN");
        }
        // A repeated request is recognised, and a dry run writes nothing.
        let keyed = asset("TS-3", "CAR", json!({ "idempotencyKey": "k-1" }));
        for _ in 0..2 {
            let answer = change(&officer, "recordPublicAsset", keyed.clone()).await.ok();
            assert_eq!(answer.data("/recordPublicAsset/asset"), &json!({ "code": "TS-3", "version": 1, "state": "RECORDED" }));
        }
        assert_eq!(refusal(&officer, "recordPublicAsset", asset("TS-4", "CAR", json!({ "idempotencyKey": "k-1" }))).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        let dry = change(&officer, "recordPublicAsset", asset("TS-4", "CAR", json!({ "dryRun": true }))).await.ok();
        assert_eq!(dry.data("/recordPublicAsset"), &json!({ "asset": null, "userErrors": [] }));
        assert_eq!(seen(&officer, "TS-4", "code").await, Value::Null);
        assert_eq!(change(&officer, "recordPublicAsset", asset("TS-3", "CAR", json!({}))).await.code(), "CONFLICT");
    }

    async fn sums_are_of_a_day_and_agree_with_the_figures(ward: Ward) {
        let paper = json!({ "kind": "ALLOCATION_DECISION", "number": "7/QĐ", "date": "2010-01-02" });
        confirmed(&ward, asset("DAT-1", "LAND", json!({ "paper": paper }))).await;
        confirmed(&ward, asset("NHA-1", "HOUSE", json!({ "use": "LEASE", "land": "DAT-1" }))).await;
        confirmed(&ward, asset("NHA-2", "HOUSE", json!({ "organisation": "VP", "use": "EMPTY", "floorArea": 50 }))).await;
        confirmed(&ward, asset("XE-1", "CAR", json!({ "organisation": "VP", "use": "OFFICE", "paper": paper }))).await;
        let (chair, finance, analytics) = (ward.chair().await, ward.finance().await, ward.analytics().await);
        // A draft and a proposal count for nobody.
        done(&ward.officer("VP").await, "recordPublicAsset", asset("XE-2", "CAR", json!({ "organisation": "VP" }))).await;
        done(&finance, "proposeAssetPlan", plan("PA-1", "NHA-1", "2026-02-01")).await;
        done(&finance, "proposeAssetPlan", plan("PA-2", "NHA-2", "2026-02-01")).await;
        done(&chair, "decideAssetPlan", decision("PA-2", "APPROVE", Some("1/QĐ"), "2026-03-01")).await;
        done(&finance, "completeAssetPlan", json!({ "code": "PA-2", "doneOn": "2026-04-01", "expectedVersion": 2 })).await;
        let sold = json!({ "code": "NHA-2", "reason": "Bán.", "expectedVersion": 2, "end": { "endedOn": "2026-05-01", "cause": "SOLD", "decisionNumber": "2/QĐ", "decisionDate": "2026-04-01" } });
        done(&finance, "endPublicAsset", sold).await;
        let transfer = json!({ "code": "XE-1", "to": "TTSNC", "effectiveOn": "2026-08-01", "decisionNumber": "3/QĐ", "decisionDate": "2026-08-01", "expectedVersion": 2 });
        done(&finance, "transferPublicAsset", transfer).await;
        let figures = "assets landArea floorArea originalCost remainingValue withoutPapers leased toRearrange inProgress papersRate { numerator denominator }
            schemeRate { numerator denominator } rearrangedRate { numerator denominator percent } planRate { numerator denominator }";
        let document = format!("query($on: NaiveDate, $organisation: String) {{ publicAssetSummary(on: $on, organisation: $organisation) {{ on total {{ {figures} }}
            byKind {{ kind figures {{ assets landArea floorArea originalCost }} }} byUse {{ use figures {{ assets }} }}
            byRearrangement {{ rearrangement figures {{ assets toRearrange }} }} byOrganisation {{ organisation {{ code }} figures {{ assets toRearrange remainingValue }} }} }} }}");
        let asked = async |client: &Client, on: Option<&str>, organisation: Option<&str>| {
            let answer = client.ask(&document, json!({ "on": on, "organisation": organisation })).await.ok();
            let mut found = answer.data("/publicAssetSummary").clone();
            found["byOrganisation"].as_array_mut().unwrap().sort_by_key(|one| one["organisation"]["code"].to_string());
            (found, answer.statements())
        };
        let rate = |numerator: i64, denominator: i64| json!({ "numerator": numerator, "denominator": denominator });
        let (now, _) = asked(&analytics, None, None).await;
        assert_eq!(now, json!({
            "on": "2026-09-20",
            "total": {
                "assets": 3, "landArea": 123_450, "floorArea": 123_450, "originalCost": 2_700_000_000_i64, "remainingValue": 900_000_000, "withoutPapers": 1,
                "leased": 1, "toRearrange": 3, "inProgress": 0, "papersRate": rate(1, 2), "schemeRate": rate(0, 1),
                "rearrangedRate": { "numerator": 1, "denominator": 3, "percent": "33.33" }, "planRate": rate(1, 3),
            },
            "byKind": [
                { "kind": "LAND", "figures": { "assets": 1, "landArea": 123_450, "floorArea": 0, "originalCost": 900_000_000 } },
                { "kind": "HOUSE", "figures": { "assets": 1, "landArea": 0, "floorArea": 123_450, "originalCost": 900_000_000 } },
                { "kind": "CAR", "figures": { "assets": 1, "landArea": 0, "floorArea": 0, "originalCost": 900_000_000 } },
            ],
            "byUse": [
                { "use": "OFFICE", "figures": { "assets": 1 } }, { "use": "SERVICE", "figures": { "assets": 1 } }, { "use": "LEASE", "figures": { "assets": 1 } },
                { "use": "EMPTY", "figures": { "assets": 0 } },
            ],
            "byRearrangement": [
                { "rearrangement": "NO_PLAN", "figures": { "assets": 2, "toRearrange": 2 } }, { "rearrangement": "DONE", "figures": { "assets": 0, "toRearrange": 1 } },
            ],
            "byOrganisation": [
                { "organisation": { "code": "TTSNC" }, "figures": { "assets": 3, "toRearrange": 2, "remainingValue": 900_000_000 } },
                { "organisation": { "code": "VP" }, "figures": { "assets": 0, "toRearrange": 1, "remainingValue": 0 } },
            ],
        }));
        assert_eq!(asked(&chair, None, None).await.0, now, "the same for whoever asks");
        let (march, statements) = asked(&analytics, Some("2026-03-14"), Some("VP")).await;
        assert_eq!((&march["total"]["assets"], &march["total"]["inProgress"], &march["byOrganisation"][0]["organisation"]["code"]), (&json!(2), &json!(1), &json!("VP")));
        assert!(statements <= 8, "{statements}");
        assert_eq!(asked(&analytics, Some("2026-01-04"), None).await.0["byKind"], json!([]));
        // The SQL of a day and the measures of the register say the same at the end of each quarter.
        for (period, on) in [("2026-Q1", "2026-03-14"), ("2026-Q2", "2026-06-14"), ("2026-Q3", "2026-09-14")] {
            let (summary, _) = asked(&analytics, Some(on), None).await;
            for (indicator, rate) in [("II.5.b.4-PAPERS", "papersRate"), ("II.5.b.5-REARRANGED", "rearrangedRate"), ("II.5.b.5-PLAN", "planRate"), ("II.5.b.5-SCHEME", "schemeRate")] {
                let found = crate::story::figures(&analytics, indicator, "AN-BIEN", period, "").await;
                let rate = &summary["total"][rate];
                assert_eq!((&found[0]["numerator"], &found[0]["denominator"]), (&rate["numerator"], &rate["denominator"]), "{indicator} {period}");
            }
        }
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn sums_of_the_ward_stay_exact(ward: Ward) {
        let officer = ward.officer("TTSNC").await;
        let most = 1_000_000_000_000_000_i64;
        for number in 1..=9 {
            let huge = asset(&format!("XE-{number}"), "CAR", json!({ "originalCost": most, "remainingValue": most }));
            done(&officer, "recordPublicAsset", huge).await;
        }
        let more = |cost: i64| asset("XE-10", "CAR", json!({ "originalCost": cost, "remainingValue": 0 }));
        let left = 9_007_199_254_740_991 - 9 * most;
        assert_eq!(refusal(&officer, "recordPublicAsset", more(left + 1)).await, ["SUM_TOO_LARGE originalCost"]);
        assert_eq!(seen(&officer, "XE-10", "code").await, Value::Null, "nothing was written");
        done(&officer, "recordPublicAsset", more(left)).await;
    }

    async fn a_page_takes_the_same_statements_for_few_and_for_many(ward: Ward) {
        let officer = ward.officer("TTSNC").await;
        let document = "query($first: Int) { publicAssets(programme: \"AN-BIEN-2026-2030\", filter: { organisation: \"AN-BIEN\" }, first: $first) { totalCount nodes {
            id code kind state organisation { code } heldBy { code } holdings { organisation { code } } details { name land { code } confirmedBy { displayName } } draft { name }
            editions { edition } rearrangement plan { code } proposedPlan { code asset { code } } plans { code } schemes { code inForce }
            papersMissing schemeMissing allowedActions { action allowed } } } }";
        confirmed(&ward, asset("DAT-1", "LAND", json!({}))).await;
        for number in 1..=11 {
            let code = format!("NHA-{number:02}");
            confirmed(&ward, asset(&code, "HOUSE", json!({ "land": "DAT-1", "use": "LEASE" }))).await;
            done(&officer, "proposeAssetPlan", plan(&format!("PA-{number:02}"), &code, "2026-02-01")).await;
        }
        let chair = ward.chair().await;
        for number in [1, 3, 5] {
            done(&chair, "decideAssetPlan", decision(&format!("PA-{number:02}"), "APPROVE", Some("1"), "2026-03-01")).await;
        }
        let few = chair.ask(document, json!({ "first": 3 })).await.ok();
        let many = chair.ask(document, json!({ "first": 12 })).await.ok();
        assert_eq!(many.data("/publicAssets/nodes").as_array().unwrap().len(), 12);
        assert_eq!(few.statements(), many.statements());
        assert!(many.statements() <= 20, "{}", many.statements());
        // Any record by its global identifier.
        let id = many.data("/publicAssets/nodes/0/id").clone();
        let node = chair.ask("query($id: ID!) { node(id: $id) { ... on PublicAsset { code } } journal(record: $id) { totalCount } }", json!({ "id": id })).await.ok();
        assert_eq!((node.data("/node/code"), node.data("/journal/totalCount")), (&json!("DAT-1"), &json!(2)));
        let after = "query($after: String) { publicAssets(first: 100, after: $after) { nodes { code } pageInfo { endCursor } } }";
        let first = chair.ask(after, json!({})).await.ok();
        let cursor = first.data("/publicAssets/pageInfo/endCursor").clone();
        assert_eq!(chair.ask(after, json!({ "after": cursor })).await.ok().data("/publicAssets/nodes"), &json!([]));
    }
}
