//! How autonomous public service units are financially: proposed, appraised, decided, corrected by a next edition.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::story::{faults, figure};
use crate::support::{Answer, Client, Ward, on_both_engines};

const PROPOSE: &str = "mutation($input: ProposeAutonomyClassificationInput!) { proposeAutonomyClassification(input: $input) {
    classification { state edition version fromYear toYear group band computedGroup computedBand differsFromComputed thresholds level { percent } }
    userErrors { code field message expected given } } }";
const APPRAISE: &str = "mutation($input: AppraiseAutonomyClassificationInput!) { appraiseAutonomyClassification(input: $input) {
    classification { state version appraisedBy { displayName } appraisedOn appraisalOpinion returnedReason } userErrors { code field message } } }";
const DECIDE: &str = "mutation($input: DecideAutonomyClassificationInput!) { decideAutonomyClassification(input: $input) {
    classification { state version edition group thresholds effectiveFrom effectiveTo decisionNumber returnedReason } userErrors { code field message } } }";
const LIST: &str = "query($filter: AutonomyClassificationFilter!) { autonomyClassifications(filter: $filter) {
    totalCount nodes { organisation { code } fromYear edition state group band effectiveFrom effectiveTo reason
        appraisedBy { displayName } decidedBy { displayName } allowedActions { action allowed reason } } } }";
const SUMMARY: &str =
    "query($on: NaiveDate, $organisation: String) { autonomySummary(on: $on, organisation: $organisation) {
    on units classified classifiedRate { percent } groups { group band count } } }";

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// The centre finances 40 of 100 đồng itself.
fn proposal(more: Value) -> Value {
    let input = json!({
        "organisation": "TTSNC", "fromYear": 2026, "recurrentRevenue": 40_000_000, "recurrentExpenditure": 100_000_000, "group": "GROUP_3",
    });
    with(input, more)
}

async fn propose(client: &Client, more: Value) -> Answer {
    client.ask(PROPOSE, json!({ "input": proposal(more) })).await
}

async fn appraise(client: &Client, version: i64, more: Value) -> Answer {
    let input = json!({ "organisation": "TTSNC", "fromYear": 2026, "decision": "AGREE", "opinion": "Đúng quy định.", "expectedVersion": version });
    client.ask(APPRAISE, json!({ "input": with(input, more) })).await
}

async fn decide(client: &Client, version: i64, more: Value) -> Answer {
    let input = json!({
        "organisation": "TTSNC", "fromYear": 2026, "decision": "APPROVE", "decisionNumber": "41/QĐ-UBND", "decisionDate": "2026-01-05",
        "effectiveFrom": "2026-01-01", "expectedVersion": version,
    });
    client.ask(DECIDE, json!({ "input": with(input, more) })).await
}

/// Proposed, appraised and decided; answers the version.
async fn decided(ward: &Ward, version: i64, proposal: Value, decision: Value) -> i64 {
    let proposed =
        propose(&ward.officer("TTSNC").await, with(json!({ "expectedVersion": version }), proposal.clone())).await.ok();
    assert_eq!(faults(&proposed, "proposeAutonomyClassification"), Vec::<String>::new());
    let of = with(
        json!({ "fromYear": 2026 }),
        json!({ "fromYear": proposal.get("fromYear").cloned().unwrap_or(json!(2026)) }),
    );
    let version = proposed.data("/proposeAutonomyClassification/classification/version").as_i64().unwrap();
    let appraised = appraise(&ward.finance().await, version, of.clone()).await.ok();
    assert_eq!(faults(&appraised, "appraiseAutonomyClassification"), Vec::<String>::new());
    let answer = decide(&ward.chair().await, version + 1, with(of, decision)).await.ok();
    assert_eq!(faults(&answer, "decideAutonomyClassification"), Vec::<String>::new());
    answer.data("/decideAutonomyClassification/classification/version").as_i64().unwrap()
}

async fn listed(client: &Client, filter: Value) -> Vec<Value> {
    let answer = client.ask(LIST, json!({ "filter": filter })).await.ok();
    answer.data("/autonomyClassifications/nodes").as_array().unwrap().clone()
}

async fn editions(client: &Client, filter: Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let row = |one: &Value| {
        format!(
            "{} {} {}..{}",
            one["edition"],
            text(&one["state"]),
            text(&one["effectiveFrom"]),
            text(&one["effectiveTo"])
        )
    };
    listed(client, filter).await.iter().map(row).collect()
}

async fn hold(ward: &Ward, username: &str, role: Role, organisation: &str) {
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
    grant(ward.app(), username, role, &GrantOn { programme: None, organisation, from, to: None }).await.unwrap();
    ward.app().callers.invalidate_all();
}

const RECORD_CHANGE: &str = "mutation($input: RecordOrganisationChangeInput!) { recordOrganisationChange(input: $input) { userErrors { code field } } }";
const DECIDE_CHANGE: &str = "mutation($input: DecideOrganisationChangeInput!) { decideOrganisationChange(input: $input) { userErrors { code field } } }";

/// A change of organisations, recorded and confirmed.
async fn changed(ward: &Ward, code: &str, more: Value) {
    let input = json!({ "code": code, "decisionNumber": "12/QĐ-UBND", "decisionDate": "2026-07-20", "effectiveOn": "2026-08-01" });
    let recorded = ward.standing_body().await.ask(RECORD_CHANGE, json!({ "input": with(input, more) })).await.ok();
    assert_eq!(recorded.user_errors("recordOrganisationChange"), Vec::<Value>::new());
    let input = json!({ "code": code, "decision": "CONFIRM", "expectedVersion": 1 });
    let confirmed = ward.chair().await.ask(DECIDE_CHANGE, json!({ "input": input })).await.ok();
    assert_eq!(confirmed.user_errors("decideOrganisationChange"), Vec::<Value>::new());
}

async fn school(ward: &Ward, code: &str) {
    let made = json!([{ "code": code, "kind": "SCHOOL", "nameVi": format!("Trường {code}"), "nameEn": format!("School {code}"), "parent": "AN-BIEN" }]);
    changed(ward, &format!("TC-{code}"), json!({ "kind": "ESTABLISH", "made": made })).await;
}

on_both_engines! {
    async fn a_unit_is_classified_and_corrected_and_every_edition_stays(ward: Ward) {
        let (officer, finance, chair, analytics) = (ward.officer("TTSNC").await, ward.finance().await, ward.chair().await, ward.analytics().await);
        let none = Vec::<String>::new();
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2026-Q1").await, "none", "before the first decision there is no figure, and no 0 %");
        let proposed = propose(&officer, json!({})).await.ok();
        assert_eq!(proposed.data("/proposeAutonomyClassification/classification"), &json!({
            "state": "PROPOSED", "edition": 1, "version": 1, "fromYear": 2026, "toYear": 2030, "group": "GROUP_3", "band": "MIDDLE", "computedGroup": "GROUP_3",
            "computedBand": "MIDDLE", "differsFromComputed": false, "thresholds": [100, 70, 30, 10], "level": { "percent": "40.00" } }));
        // The finance division sends it back, the unit mends it, and then it goes its way.
        let returned = appraise(&finance, 1, json!({ "decision": "RETURN", "opinion": "Thiếu nguồn thu dịch vụ." })).await.ok();
        assert_eq!(returned.data("/appraiseAutonomyClassification/classification/returnedReason"), "Thiếu nguồn thu dịch vụ.");
        assert_eq!(faults(&appraise(&finance, 2, json!({})).await.ok(), "appraiseAutonomyClassification"), ["WRONG_STATE "]);
        let mended = propose(&ward.head("TTSNC").await, json!({ "recurrentRevenue": 69_999_999, "expectedVersion": 2 })).await.ok();
        assert_eq!(mended.data("/proposeAutonomyClassification/classification/band"), "MIDDLE", "69.999999 % is not 70 %");
        let appraised = appraise(&finance, 3, json!({})).await.ok();
        assert_eq!(appraised.data("/appraiseAutonomyClassification/classification"), &json!({
            "state": "APPRAISED", "version": 4, "appraisedBy": { "displayName": "finance" }, "appraisedOn": "2026-09-20", "appraisalOpinion": "Đúng quy định.",
            "returnedReason": "Thiếu nguồn thu dịch vụ." }));
        // The Chair may send it back too; then it is appraised anew.
        let back = decide(&chair, 4, json!({ "decision": "RETURN", "reason": "Tính lại chi." })).await.ok();
        assert_eq!(back.data("/decideAutonomyClassification/classification/state"), "RETURNED");
        propose(&officer, json!({ "recurrentRevenue": 70_000_000, "expectedVersion": 5 })).await.ok();
        appraise(&finance, 6, json!({})).await.ok();
        let done = decide(&chair, 7, json!({})).await.ok();
        assert_eq!(done.data("/decideAutonomyClassification/classification"), &json!({
            "state": "DECIDED", "version": 8, "edition": 1, "group": "GROUP_3", "thresholds": [100, 70, 30, 10], "effectiveFrom": "2026-01-01",
            "effectiveTo": "2030-12-31", "decisionNumber": "41/QĐ-UBND", "returnedReason": "Tính lại chi." }));
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2026-Q1").await, "1/1 100.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2025-Q4").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.2.SELF_FINANCED", "2026-Q1").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.2.SELF_FINANCED", "2025-Q4").await, "0/0 - NO_DATA", "nothing classified is no 0 %");

        // A new group from July on: the first edition holds until June. Nothing of it is overwritten.
        assert_eq!(faults(&propose(&officer, json!({ "expectedVersion": 8 })).await.ok(), "proposeAutonomyClassification"), ["EXPLANATION_REQUIRED reason"]);
        let group_1 = json!({ "recurrentRevenue": 120_000_000, "group": "GROUP_1", "selfFinancedInvestment": true, "investmentAmount": 9_000_000, "reason": "Nguồn thu tăng." });
        let from_july = json!({ "decisionNumber": "77/QĐ-UBND", "decisionDate": "2026-06-20", "effectiveFrom": "2026-07-01" });
        assert_eq!(decided(&ward, 8, group_1.clone(), from_july).await, 3);
        assert_eq!(editions(&chair, json!({ "organisation": "TTSNC", "fromYear": 2026 })).await, ["1 SUPERSEDED 2026-01-01..2026-06-30", "2 DECIDED 2026-07-01..2030-12-31"]);
        let on = async |day: &str| -> Vec<String> {
            listed(&chair, json!({ "on": day })).await.iter().map(|one| format!("{} {}", one["edition"], one["group"].as_str().unwrap())).collect()
        };
        assert_eq!((on("2025-12-31").await, on("2026-06-30").await, on("2026-07-01").await), (none.clone(), vec!["1 GROUP_3".to_owned()], vec!["2 GROUP_1".to_owned()]));
        assert_eq!(figure(&analytics, "II.5.b.2.SELF_FINANCED", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        // That was wrong altogether: the third edition holds from the same day, and the second has no day left.
        let group_2 = json!({ "recurrentRevenue": 120_000_000, "group": "GROUP_2", "reason": "Không tự bảo đảm chi đầu tư." });
        decided(&ward, 3, group_2, json!({ "decisionNumber": "80/QĐ-UBND", "decisionDate": "2026-07-10", "effectiveFrom": "2026-07-01" })).await;
        assert_eq!(editions(&chair, json!({ "organisation": "TTSNC" })).await, [
            "1 SUPERSEDED 2026-01-01..2026-06-30", "2 SUPERSEDED 2026-07-01..2026-06-30", "3 DECIDED 2026-07-01..2030-12-31"]);
        assert_eq!(on("2026-09-01").await, ["3 GROUP_2"]);
        let summary = analytics.ask(SUMMARY, json!({ "on": "2026-06-30" })).await.ok();
        assert_eq!(summary.data("/autonomySummary"), &json!({ "on": "2026-06-30", "units": 1, "classified": 1, "classifiedRate": { "percent": "100.00" }, "groups": [
            { "group": "GROUP_1", "band": null, "count": 0 }, { "group": "GROUP_2", "band": null, "count": 0 }, { "group": "GROUP_3", "band": null, "count": 1 },
            { "group": "GROUP_3", "band": "HIGH", "count": 1 }, { "group": "GROUP_3", "band": "MIDDLE", "count": 0 }, { "group": "GROUP_3", "band": "LOW", "count": 0 },
            { "group": "GROUP_4", "band": null, "count": 0 } ] }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        let journal = chair.ask("{ journal(last: 100) { nodes { recordKind } } }", json!({})).await.ok();
        let written = journal.data("/journal/nodes").as_array().unwrap().iter().filter(|one| one["recordKind"] == "autonomy_classification").count();
        assert_eq!(written, 14, "each proposal and step once");
    }

    async fn what_a_classification_can_not_be(ward: Ward) {
        let (officer, finance, chair) = (ward.officer("TTSNC").await, ward.finance().await, ward.chair().await);
        const M: &str = "proposeAutonomyClassification";
        for (more, expected) in [
            (json!({ "recurrentExpenditure": 0 }), vec!["OUT_OF_RANGE recurrentExpenditure"]),
            (json!({ "recurrentRevenue": -1, "recurrentExpenditure": -1 }), vec!["NEGATIVE_AMOUNT recurrentRevenue", "NEGATIVE_AMOUNT recurrentExpenditure"]),
            (json!({ "group": "GROUP_2" }), vec!["EXPLANATION_REQUIRED explanation"]),
            (json!({ "band": "HIGH" }), vec!["EXPLANATION_REQUIRED explanation"]),
            (json!({ "recurrentRevenue": 100_000_000, "group": "GROUP_1" }), vec!["EXPLANATION_REQUIRED explanation"]),
            (json!({ "group": "GROUP_4", "band": "LOW" }), vec!["REQUIRED band"]),
            (json!({ "selfFinancedInvestment": true }), vec!["REQUIRED investmentAmount"]),
            (json!({ "toYear": 2031 }), vec!["OUT_OF_RANGE toYear"]),
            (json!({ "fromYear": 2020 }), vec!["OUT_OF_RANGE fromYear"]),
            (json!({ "fromYear": 2021, "toYear": 2024 }), vec!["NOT_IN_FORCE organisation"]),
        ] {
            let answer = propose(&officer, more.clone()).await.ok();
            assert_eq!(faults(&answer, M), expected, "{more}: {}", answer.body);
        }
        let division = ward.officer("KTHTDT").await.ask(PROPOSE, json!({ "input": proposal(json!({ "organisation": "KTHTDT" })) })).await.ok();
        assert_eq!(faults(&division, M), ["FORM_NOT_FOR_ORGANISATION organisation"]);
        let beyond = propose(&officer, json!({ "recurrentRevenue": 9_007_199_254_740_992_i64 })).await;
        assert_eq!(beyond.code(), "BAD_USER_INPUT", "no reader of JSON keeps it exactly");
        // A dry run checks and writes nothing; a key does it once.
        let dry = propose(&officer, json!({ "dryRun": true })).await.ok();
        assert_eq!((faults(&dry, M), dry.data("/proposeAutonomyClassification/classification")), (vec![], &Value::Null));
        let explained = json!({ "group": "GROUP_4", "explanation": "Nguồn thu không ổn định.", "idempotencyKey": "k1" });
        for _ in 0..2 {
            let done = propose(&officer, explained.clone()).await.ok();
            assert_eq!(done.data("/proposeAutonomyClassification/classification/version"), 1, "{}", done.body);
            assert_eq!(done.data("/proposeAutonomyClassification/classification/differsFromComputed"), true);
        }
        assert_eq!(faults(&propose(&officer, json!({ "idempotencyKey": "k1" })).await.ok(), M), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        assert_eq!(listed(&chair, json!({ "differsFromComputed": true })).await.len(), 1);
        assert_eq!(listed(&chair, json!({ "differsFromComputed": false })).await.len(), 0);
        assert_eq!(propose(&officer, json!({})).await.code(), "CONFLICT");
        assert_eq!(appraise(&finance, 9, json!({})).await.code(), "CONFLICT");
        assert_eq!(appraise(&finance, 1, json!({ "fromYear": 2027 })).await.code(), "NOT_FOUND");
        assert_eq!(faults(&appraise(&finance, 1, json!({ "opinion": " " })).await.ok(), "appraiseAutonomyClassification"), ["REQUIRED opinion"]);
        assert_eq!(faults(&decide(&chair, 1, json!({})).await.ok(), "decideAutonomyClassification"), ["WRONG_STATE "], "not appraised yet");
        appraise(&finance, 1, json!({})).await.ok();
        assert_eq!(faults(&propose(&officer, json!({ "expectedVersion": 2 })).await.ok(), M), ["WRONG_STATE "], "what is appraised stays as it was");
        for (more, expected) in [
            (json!({ "decisionNumber": "", "decisionDate": "2026-09-21" }), vec!["REQUIRED decisionNumber", "OUT_OF_RANGE decisionDate"]),
            (json!({ "decisionNumber": null, "decisionDate": null, "effectiveFrom": null }), vec!["REQUIRED decisionNumber", "REQUIRED decisionDate", "REQUIRED effectiveFrom"]),
            (json!({ "effectiveFrom": "2031-01-01" }), vec!["OUT_OF_RANGE effectiveFrom"]),
            (json!({ "decisionDate": "2024-12-31" }), vec!["OUT_OF_RANGE decisionDate"]),
            (json!({ "decision": "RETURN" }), vec!["REQUIRED reason"]),
        ] {
            let answer = decide(&chair, 2, more.clone()).await.ok();
            assert_eq!(faults(&answer, "decideAutonomyClassification"), expected, "{more}: {}", answer.body);
        }
        decide(&chair, 2, json!({})).await.ok();
        assert_eq!(faults(&decide(&chair, 3, json!({})).await.ok(), "decideAutonomyClassification"), ["WRONG_STATE "]);
        // No other period of the unit shares a year with it: not when proposed, nor when decided.
        assert_eq!(faults(&propose(&officer, json!({ "fromYear": 2030 })).await.ok(), M), ["OVERLAP fromYear"]);
    }

    async fn an_overlap_that_came_between_is_refused_when_decided(ward: Ward) {
        let (officer, finance, chair) = (ward.officer("TTSNC").await, ward.finance().await, ward.chair().await);
        propose(&officer, json!({ "fromYear": 2027, "toYear": 2029 })).await.ok();
        appraise(&finance, 1, json!({ "fromYear": 2027 })).await.ok();
        decided(&ward, 0, json!({}), json!({})).await;
        let late = decide(&chair, 2, json!({ "fromYear": 2027, "decisionDate": "2026-09-01", "effectiveFrom": "2027-01-01" })).await.ok();
        assert_eq!(faults(&late, "decideAutonomyClassification"), ["OVERLAP fromYear"]);
    }

    async fn the_thresholds_are_those_of_the_decisions_day(ward: Ward) {
        let mut files = std::collections::HashMap::new();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data/reference/an-bien");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            files.insert(path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap());
        }
        // From June 2026 on the bands are others.
        let parameters = files.get_mut("parameters.toml").unwrap();
        let entry = parameters.split("[[parameter]]").find(|entry| entry.contains("\"AUTONOMY_LEVELS\"")).unwrap().to_owned();
        let ended = entry.replace("effective_from = \"2021-08-15\"\n", "effective_from = \"2021-08-15\"\neffective_to = \"2026-05-31\"\n");
        let next = entry.replace("2021-08-15", "2026-06-01").replace("100,70,30,10", "100,60,40,20");
        *parameters = parameters.replace(&entry, &format!("{ended}[[parameter]]{next}"));
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in &files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let reference = api::reference::Reference::read(folder.path()).unwrap();
        api::reference::load(ward.app(), &reference).await.unwrap();
        let (officer, finance, chair) = (ward.officer("TTSNC").await, ward.finance().await, ward.chair().await);
        // 35 %: MIDDLE until May, LOW since June.
        let proposed = propose(&officer, json!({ "recurrentRevenue": 35_000_000 })).await.ok();
        assert_eq!(proposed.data("/proposeAutonomyClassification/classification/band"), "LOW");
        appraise(&finance, 1, json!({})).await.ok();
        let before = decide(&chair, 2, json!({ "decisionDate": "2026-05-31" })).await.ok();
        assert_eq!(faults(&before, "decideAutonomyClassification"), ["EXPLANATION_REQUIRED decisionDate"]);
        assert_eq!(faults(&decide(&chair, 2, json!({ "decisionDate": "2026-06-01" })).await.ok(), "decideAutonomyClassification"), Vec::<String>::new());
        let stored = chair.ask("{ autonomyClassifications { nodes { thresholds computedBand } } }", json!({})).await.ok();
        assert_eq!(stored.data("/autonomyClassifications/nodes"), &json!([{ "thresholds": [100, 60, 40, 20], "computedBand": "LOW" }]));
    }

    async fn a_classification_ends_with_its_unit_and_new_units_count(ward: Ward) {
        let analytics = ward.analytics().await;
        decided(&ward, 0, json!({}), json!({})).await;
        school(&ward, "TH-1").await;
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2026-Q2").await, "1/1 100.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2026-Q3").await, "1/2 50.00 NO_TARGET");
        let more = json!({ "kind": "DISSOLVE", "organisations": ["TTSNC"], "effectiveOn": "2026-09-01", "decisionDate": "2026-08-20" });
        changed(&ward, "TC-END", more).await;
        assert_eq!(figure(&analytics, "II.5.b.2.CLASSIFIED", "2026-Q3").await, "0/1 0.00 NO_TARGET");
        let chair = ward.chair().await;
        assert_eq!(editions(&chair, json!({ "on": "2026-08-31" })).await, ["1 DECIDED 2026-01-01..2026-08-31"]);
        assert_eq!(editions(&chair, json!({ "on": "2026-09-01" })).await, Vec::<String>::new());
        let summary = analytics.ask(SUMMARY, json!({})).await.ok();
        assert_eq!((summary.data("/autonomySummary/units"), summary.data("/autonomySummary/classified")), (&json!(1), &json!(0)));
        assert_eq!(analytics.ask(SUMMARY, json!({ "organisation": "TTSNC", "on": "2026-08-31" })).await.ok().data("/autonomySummary/classified"), 1);
        // A decision for a day on which the unit is not there any more.
        let officer = ward.officer("TTSNC").await;
        let proposed = propose(&officer, json!({ "reason": "Điều chỉnh.", "expectedVersion": 3 })).await.ok();
        assert_eq!(faults(&proposed, "proposeAutonomyClassification"), Vec::<String>::new());
        appraise(&ward.finance().await, 1, json!({})).await.ok();
        let late = decide(&chair, 2, json!({ "decisionDate": "2026-09-10", "effectiveFrom": "2026-09-02" })).await.ok();
        assert_eq!(faults(&late, "decideAutonomyClassification"), ["NOT_IN_FORCE effectiveFrom"]);
        assert_eq!(faults(&propose(&officer, json!({ "fromYear": 2027 })).await.ok(), "proposeAutonomyClassification"), ["NOT_IN_FORCE organisation", "OVERLAP fromYear"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn who_may_and_who_may_read(ward: Ward) {
        let (finance, chair) = (ward.finance().await, ward.chair().await);
        hold(&ward, "ttsnc.officer", Role::FinanceDept, "AN-BIEN").await;
        hold(&ward, "finance", Role::Chair, "AN-BIEN").await;
        let officer = ward.officer("TTSNC").await;
        for client in [ward.officer("VP").await, ward.head("KTHTDT").await, ward.standing_body().await, chair.clone(), ward.oversight().await, ward.public_service_centre().await] {
            assert_eq!(propose(&client, json!({})).await.code(), "FORBIDDEN");
        }
        propose(&officer, json!({})).await.ok();
        // Whoever wrote in it does not appraise it, and whoever appraised it does not decide it.
        assert_eq!(appraise(&officer, 1, json!({})).await.code(), "FORBIDDEN");
        for client in [ward.head("TTSNC").await, ward.standing_body().await, chair.clone()] {
            assert_eq!(appraise(&client, 1, json!({})).await.code(), "FORBIDDEN");
        }
        appraise(&finance, 1, json!({})).await.ok();
        assert_eq!(decide(&finance, 2, json!({})).await.code(), "FORBIDDEN");
        let refused = chair.ask("{ journal(last: 1) { nodes { action } } }", json!({})).await.ok();
        assert_eq!(refused.data("/journal/nodes/0/action"), "DECIDE_AUTONOMY", "a refusal is journaled");
        let allowed = |rows: &[Value]| -> Vec<bool> { rows[0]["allowedActions"].as_array().unwrap().iter().map(|one| one["allowed"].as_bool().unwrap()).collect() };
        assert_eq!(allowed(&listed(&finance, json!({})).await), [false, false, false]);
        assert_eq!(allowed(&listed(&chair, json!({})).await), [false, false, true]);
        let own = &listed(&finance, json!({})).await[0]["allowedActions"][2]["reason"];
        assert_eq!(own, "You wrote in this record yourself; somebody else must decide this classification by autonomy.");
        // The unit, the finance division, the standing body and the Chair see what is open; others what is decided.
        let counts = async || -> Vec<usize> {
            let mut counts = Vec::new();
            for name in ["ttsnc.head", "psc", "standing", "chair", "finance", "mttq", "city", "vp.head", "onestop", "analytics", "admin"] {
                counts.push(listed(&ward.person(name).await, json!({})).await.len());
            }
            counts
        };
        assert_eq!(counts().await, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
        decide(&chair, 2, json!({})).await.ok();
        assert_eq!(counts().await, [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
        assert_eq!(decide(&ward.stranger(), 3, json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn a_page_costs_the_same_for_two_units_and_for_many(ward: Ward) {
        let chair = ward.chair().await;
        let few_or_many = async |count: usize| -> u32 {
            let answer = chair.ask(LIST, json!({ "filter": {} })).await.ok();
            assert_eq!(answer.data("/autonomyClassifications/totalCount"), count);
            answer.statements()
        };
        decided(&ward, 0, json!({}), json!({})).await;
        let mut statements = Vec::new();
        for number in 1..=9 {
            let code = format!("TH-{number}");
            school(&ward, &code).await;
            hold(&ward, "vp.officer", Role::UnitOfficer, &code).await;
            propose(&ward.officer("VP").await, json!({ "organisation": code })).await.ok();
            if number == 1 {
                statements.push(few_or_many(2).await);
            }
        }
        statements.push(few_or_many(10).await);
        assert_eq!(statements[0], statements[1]);
    }
}
