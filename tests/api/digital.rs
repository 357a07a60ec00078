//! Information systems and their integrations, new technology, the quality standard, online channels.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::story::figure;
use crate::support::{Answer, Client, on_both_engines};

/// Runs one of the mutations of these registers.
async fn run(client: &Client, mutation: &str, input: Value) -> Answer {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let record = match mutation {
        "saveInformationSystem" | "recordSystemIntegration" | "confirmSystemIntegration" => "system { code version }",
        "saveTechnologyApplication" => "application { code status version }",
        "saveIsoAudit" => "audit { code version }",
        "saveIsoFinding" | "closeIsoFinding" => "finding { number state version }",
        "saveIsoCertificate" => "certificate { code state version }",
        _ => "duty { code overdue lastUpdatedOn version }",
    };
    let document = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {record} userErrors {{ code field message }} }} }}"
    );
    client.ask(&document, json!({ "input": input })).await
}

/// Runs it; nothing must be mended.
async fn done(client: &Client, mutation: &str, input: Value) -> Value {
    let answer = run(client, mutation, input).await.ok();
    assert_eq!(answer.user_errors(mutation), Vec::<Value>::new(), "{mutation}");
    answer.data(&format!("/{mutation}")).clone()
}

/// What must be mended: code and field.
async fn faults(client: &Client, mutation: &str, input: Value) -> Vec<String> {
    let answer = run(client, mutation, input).await.ok();
    let path = |error: &Value| -> String {
        let parts = error["field"].as_array().unwrap();
        parts.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    let errors = answer.user_errors(mutation);
    errors.iter().map(|error| format!("{} {}", error["code"].as_str().unwrap(), path(error))).collect()
}

async fn code(client: &Client, mutation: &str, input: Value) -> String {
    run(client, mutation, input).await.code().to_owned()
}

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

fn system(code: &str, organisation: &str, from: &str) -> Value {
    json!({
        "code": code, "organisation": organisation, "name": format!("Hệ thống {code}"), "level": "CITY",
        "purpose": "Giải quyết thủ tục hành chính", "usedFrom": from,
        "security": { "level": 3, "decisionNumber": "12/QĐ-UBND", "decisionDate": "2026-01-05" },
    })
}

fn integration(system: &str, platform: &str, status: &str, since: &str, version: i64) -> Value {
    json!({ "system": system, "platform": platform, "direction": "BOTH", "status": status, "since": since, "expectedVersion": version })
}

fn confirm(system: &str, platform: &str, version: i64) -> Value {
    json!({ "system": system, "platform": platform, "expectedVersion": version })
}

fn audit(code: &str, organisation: &str) -> Value {
    json!({ "code": code, "organisation": organisation, "kind": "INTERNAL", "auditedOn": "2026-05-04", "auditor": "Đoàn đánh giá nội bộ" })
}

fn finding(audit: &str, number: i64, due: &str) -> Value {
    json!({ "audit": audit, "number": number, "severity": "MINOR", "description": "Quy trình chưa cập nhật.", "dueOn": due })
}

fn duty(code: &str, organisation: &str, channel: &str) -> Value {
    json!({
        "code": code, "organisation": organisation, "channel": channel, "channelName": "Cổng thông tin điện tử phường",
        "url": "https://anbien.haiphong.gov.vn/tin-tuc", "content": "Lịch tiếp công dân", "effectiveFrom": "2026-01-01",
    })
}

/// What a client may do, as the record says: `ACTION true`.
fn allowed(actions: &Value) -> Vec<String> {
    let one = |action: &Value| format!("{} {}", action["action"].as_str().unwrap(), action["allowed"]);
    actions.as_array().unwrap().iter().map(one).collect()
}

async fn codes(client: &Client, list: &str, filter: Value) -> Value {
    let kind = match list {
        "informationSystems" => "InformationSystemFilter",
        "technologyApplications" => "TechnologyApplicationFilter",
        "isoCertificates" => "IsoCertificateFilter",
        "isoAudits" => "IsoAuditFilter",
        _ => "OnlineDutyFilter",
    };
    let document = format!("query($filter: {kind}!) {{ {list}(filter: $filter) {{ nodes {{ code }} }} }}");
    let answer = client.ask(&document, json!({ "filter": filter })).await.ok();
    let nodes = answer.data(&format!("/{list}/nodes")).as_array().unwrap();
    nodes.iter().map(|node| node["code"].clone()).collect()
}

on_both_engines! {
    async fn an_integration_counts_once_it_is_confirmed(ward: Ward) {
        let (one_stop, office, standing) = (ward.officer("TTPVHCC").await, ward.head("VP").await, ward.standing_body().await);
        done(&one_stop, "saveInformationSystem", system("HT-MOTCUA", "TTPVHCC", "2026-01-10")).await;
        done(&office, "saveInformationSystem", system("HT-VANBAN", "VP", "2026-02-01")).await;
        let mut planned = system("HT-DATDAI", "VP", "2026-02-01");
        planned["usedFrom"] = json!(null);
        done(&office, "saveInformationSystem", planned).await;
        done(&one_stop, "recordSystemIntegration", integration("HT-MOTCUA", "DVCQG", "TESTING", "2026-02-01", 0)).await;
        done(&one_stop, "recordSystemIntegration", integration("HT-MOTCUA", "DVCQG", "LIVE", "2026-03-01", 1)).await;
        let analytics = ward.analytics().await;
        let quarters = async || {
            let mut found = Vec::new();
            for period in ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"] {
                found.push(figure(&analytics, "DIGITAL.INTEGRATED", period).await);
            }
            found
        };
        // A claim is no fact yet.
        assert_eq!(quarters().await, ["none", "0/2 0.00 NO_TARGET", "0/2 0.00 NO_TARGET", "0/2 0.00 NO_TARGET"]);
        let seen = "{ informationSystem(code: \"HT-MOTCUA\") { state integrated securityLevel organisation { code }
            integrations { platform live latest { status since confirmedAt } history { status number } version allowedActions { action allowed reason } } allowedActions { action allowed } } }";
        let one = |answer: &Answer| answer.data("/informationSystem").clone();
        let before = one(&standing.ask(seen, json!({})).await.ok());
        assert_eq!((&before["state"], &before["integrated"], &before["integrations"][0]["live"]), (&json!("IN_USE"), &json!(false), &json!(false)));
        assert_eq!(allowed(&before["integrations"][0]["allowedActions"]), ["CONFIRM_DIGITAL true"]);
        // Who recorded it, the Chair, and whoever is neither standing body nor lead do not confirm it.
        for client in [&one_stop, &ward.head("TTPVHCC").await, &office, &ward.chair().await, &analytics, &ward.oversight().await, &ward.officer("VHXH").await] {
            let told = one(&client.ask(seen, json!({})).await.ok());
            assert_eq!(allowed(&told["integrations"][0]["allowedActions"]), ["CONFIRM_DIGITAL false"]);
            assert_eq!(code(client, "confirmSystemIntegration", confirm("HT-MOTCUA", "DVCQG", 2)).await, "FORBIDDEN");
        }
        // The head of the unit that leads task II.6.b.3 does.
        let lead = ward.head("VHXH").await;
        assert_eq!(allowed(&one(&lead.ask(seen, json!({})).await.ok())["integrations"][0]["allowedActions"]), ["CONFIRM_DIGITAL true"]);
        assert_eq!(code(&lead, "confirmSystemIntegration", confirm("HT-MOTCUA", "DVCQG", 1)).await, "CONFLICT");
        done(&lead, "confirmSystemIntegration", confirm("HT-MOTCUA", "DVCQG", 2)).await;
        assert_eq!(quarters().await, ["none", "1/2 50.00 NO_TARGET", "1/2 50.00 NO_TARGET", "1/2 50.00 NO_TARGET"]);
        assert_eq!(faults(&standing, "confirmSystemIntegration", confirm("HT-MOTCUA", "DVCQG", 2)).await, ["WRONG_STATE platform"]);

        // A stop counts at once; nothing of the history goes.
        done(&office, "recordSystemIntegration", integration("HT-VANBAN", "LGSP", "LIVE", "2026-06-20", 0)).await;
        done(&standing, "confirmSystemIntegration", confirm("HT-VANBAN", "LGSP", 1)).await;
        done(&one_stop, "recordSystemIntegration", integration("HT-MOTCUA", "DVCQG", "STOPPED", "2026-06-20", 2)).await;
        assert_eq!(quarters().await[2..], ["1/2 50.00 NO_TARGET", "1/2 50.00 NO_TARGET"]);
        let after = one(&analytics.ask(seen, json!({})).await.ok());
        assert_eq!(after["integrations"][0]["history"], json!([{ "status": "TESTING", "number": 1 }, { "status": "LIVE", "number": 2 }, { "status": "STOPPED", "number": 3 }]));
        assert_eq!(after["integrated"], false);
        let reason = one(&standing.ask(seen, json!({})).await.ok())["integrations"][0]["allowedActions"][0]["reason"].clone();
        assert_eq!(reason, "What was recorded last does not say that it is live: there is nothing to confirm.");
        for (filter, expected) in [
            (json!({ "integrated": true }), json!(["HT-VANBAN"])),
            (json!({ "integrated": false, "usedOn": "2026-09-20" }), json!(["HT-MOTCUA"])),
            (json!({ "integrated": true, "usedOn": "2026-06-19" }), json!(["HT-MOTCUA"])),
            (json!({ "integrated": true, "usedOn": "2026-02-28" }), json!([])),
            (json!({ "usedOn": "2026-01-31" }), json!(["HT-MOTCUA"])),
            (json!({ "organisation": "VP", "levels": ["CITY"] }), json!(["HT-DATDAI", "HT-VANBAN"])),
            (json!({ "search": "he thong ht-dat" }), json!(["HT-DATDAI"])),
        ] {
            assert_eq!(codes(&analytics, "informationSystems", filter.clone()).await, expected, "{filter}");
        }

        // What is used no longer does not count; another unit takes over with all its history.
        done(&office, "saveInformationSystem", with(system("HT-VANBAN", "VP", "2026-02-01"), json!({ "usedTo": "2026-08-31", "expectedVersion": 1 }))).await;
        assert_eq!(quarters().await[3], "0/1 0.00 NO_TARGET");
        let moved = with(system("HT-MOTCUA", "VP", "2026-01-10"), json!({ "expectedVersion": 1 }));
        assert_eq!(code(&office, "saveInformationSystem", moved.clone()).await, "FORBIDDEN");
        done(&standing, "saveInformationSystem", moved).await;
        let of = crate::story::figures(&analytics, "DIGITAL.INTEGRATED", "TTPVHCC", "2026-Q1", "").await;
        assert!(of.iter().all(|row| row["denominator"].is_null() || row["denominator"] == 0), "{of:?}");
        assert_eq!(quarters().await[1], "1/2 50.00 NO_TARGET");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn the_leads_own_lines_are_not_his_to_confirm(ward: Ward) {
        let (officer, head, standing, chair) = (ward.officer("VHXH").await, ward.head("VHXH").await, ward.standing_body().await, ward.chair().await);
        done(&officer, "saveInformationSystem", system("HT-CBCC", "VHXH", "2026-01-10")).await;
        done(&officer, "recordSystemIntegration", integration("HT-CBCC", "POPULATION", "LIVE", "2026-03-01", 0)).await;
        // Nor the standing body's: they are the Chair's.
        for client in [&officer, &head, &standing] {
            assert_eq!(code(client, "confirmSystemIntegration", confirm("HT-CBCC", "POPULATION", 1)).await, "FORBIDDEN");
        }
        done(&chair, "confirmSystemIntegration", confirm("HT-CBCC", "POPULATION", 1)).await;
        // Whoever recorded another unit's line does not confirm it either, whatever his role.
        done(&standing, "saveInformationSystem", system("HT-KT", "KTHTDT", "2026-01-10")).await;
        done(&standing, "recordSystemIntegration", integration("HT-KT", "LGSP", "LIVE", "2026-03-01", 0)).await;
        let own = run(&standing, "confirmSystemIntegration", confirm("HT-KT", "LGSP", 1)).await;
        assert_eq!(own.body.pointer("/errors/0/message").unwrap(), "You wrote in this record yourself; somebody else must confirm an integration or a remedied finding.");
        // Who leads is what the ward assigns: with another lead the old one is refused.
        let assign = "mutation($input: AssignLeadInput!) { assignLead(input: $input) { userErrors { code } } }";
        chair.ask(assign, json!({ "input": { "subject": "TASK", "section": "II.6.b.3", "leads": ["VP"] } })).await.ok();
        assert_eq!(code(&head, "confirmSystemIntegration", confirm("HT-KT", "LGSP", 1)).await, "FORBIDDEN");
        done(&ward.head("VP").await, "confirmSystemIntegration", confirm("HT-KT", "LGSP", 1)).await;
        assert_eq!(figure(&ward.analytics().await, "DIGITAL.INTEGRATED", "2026-Q1").await, "2/2 100.00 NO_TARGET");
        // What was recorded and confirmed stays, whatever is tried.
        let connection = ward.app().db.migrator_connection();
        for statement in [
            "UPDATE integration_event SET status = 'LIVE'",
            "DELETE FROM integration_event",
            "DELETE FROM integration_confirmation",
            "UPDATE integration_confirmation SET confirmed_at = confirmed_at",
        ] {
            let error = connection.execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{statement}: {error}");
        }
        // A refusal and what was done stand in the journal.
        let journal = "{ journal(last: 100) { nodes { action outcome rule } } }";
        let entries = standing.ask(journal, json!({})).await.ok();
        let entries = entries.data("/journal/nodes").as_array().unwrap().clone();
        assert!(entries.iter().any(|one| one["action"] == "CONFIRM_DIGITAL" && one["rule"] == "OWN_WORK"), "{entries:?}");
        assert!(entries.iter().any(|one| one["action"] == "CONFIRM_AS_LEAD" && one["rule"] == "W117"));
    }

    async fn what_systems_and_integrations_can_not_be(ward: Ward) {
        let officer = ward.officer("TTPVHCC").await;
        let wrong = with(system("ht", "TTPVHCC", "2026-01-10"), json!({
            "name": " ", "usedTo": "2026-01-09", "security": { "level": 6, "decisionNumber": "", "decisionDate": "2026-09-21" },
        }));
        assert_eq!(faults(&officer, "saveInformationSystem", wrong).await, [
            "MALFORMED code", "REQUIRED name", "OUT_OF_RANGE security.level", "REQUIRED security.decisionNumber",
            "OUT_OF_RANGE security.decisionDate", "OUT_OF_RANGE usedTo",
        ]);
        let sound = system("HT-MOTCUA", "TTPVHCC", "2026-01-10");
        // A dry run writes nothing; a key makes a repeated request safe, and stands for one request.
        let dry = done(&officer, "saveInformationSystem", with(sound.clone(), json!({ "dryRun": true }))).await;
        assert_eq!(dry["system"], json!(null));
        assert_eq!(codes(&officer, "informationSystems", json!({})).await, json!([]));
        let keyed = with(sound.clone(), json!({ "idempotencyKey": "once" }));
        for _ in 0..2 {
            assert_eq!(done(&officer, "saveInformationSystem", keyed.clone()).await["system"]["version"], 1);
        }
        assert_eq!(faults(&officer, "saveInformationSystem", with(keyed, json!({ "name": "Khác" }))).await, ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        assert_eq!(code(&officer, "saveInformationSystem", sound.clone()).await, "CONFLICT");
        assert_eq!(code(&officer, "saveInformationSystem", system("HT-VP", "VP", "2026-01-10")).await, "FORBIDDEN");
        assert_eq!(code(&officer, "saveInformationSystem", system("HT-X", "NOBODY", "2026-01-10")).await, "NOT_FOUND");

        let record = async |status: &str, since: &str, version: i64| faults(&officer, "recordSystemIntegration", integration("HT-MOTCUA", "LGSP", status, since, version)).await;
        assert_eq!(record("LIVE", "2026-01-09", 0).await, ["NOT_IN_FORCE since"]);
        assert_eq!(record("TESTING", "2026-09-21", 0).await, ["OUT_OF_RANGE since"]);
        assert_eq!(record("TESTING", "2026-03-01", 0).await, Vec::<String>::new());
        assert_eq!(record("TESTING", "2026-04-01", 1).await, ["DUPLICATE status"]);
        assert_eq!(record("LIVE", "2026-02-28", 1).await, ["OUT_OF_RANGE since"]);
        assert_eq!(code(&officer, "recordSystemIntegration", integration("HT-MOTCUA", "LGSP", "LIVE", "2026-04-01", 0)).await, "CONFLICT");
        assert_eq!(code(&officer, "recordSystemIntegration", integration("HT-404", "LGSP", "LIVE", "2026-04-01", 0)).await, "NOT_FOUND");
        let standing = ward.standing_body().await;
        assert_eq!(faults(&standing, "confirmSystemIntegration", confirm("HT-MOTCUA", "LGSP", 1)).await, ["WRONG_STATE platform"]);
        assert_eq!(faults(&standing, "confirmSystemIntegration", confirm("HT-MOTCUA", "NDOP", 0)).await, ["WRONG_STATE platform"]);
        let vietnamese = run(&standing.in_vietnamese(), "confirmSystemIntegration", confirm("HT-MOTCUA", "NDOP", 0)).await.ok();
        assert_eq!(vietnamese.user_errors("confirmSystemIntegration")[0]["message"], "Chưa ghi nhận kết nối nào với nền tảng này.");
        let unknown = officer.ask("{ informationSystem(code: \"HT-404\") { code } }", json!({})).await.ok();
        assert_eq!(unknown.data("/informationSystem"), &json!(null));
        assert_eq!(ward.stranger().ask("{ informationSystems { nodes { code } } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn new_technology_goes_from_proposed_to_in_use(ward: Ward) {
        let officer = ward.officer("KTHTDT").await;
        let application = |status: &str, since: &str, version: i64| json!({
            "code": "UD-RAC", "organisation": "KTHTDT", "name": "Giám sát điểm tập kết rác", "technology": "IOT", "sector": "ENVIRONMENT",
            "status": status, "since": since, "expectedVersion": version,
        });
        done(&officer, "saveTechnologyApplication", application("PILOT", "2026-03-01", 0)).await;
        assert_eq!(faults(&officer, "saveTechnologyApplication", application("IN_USE", "2026-02-28", 1)).await, ["OUT_OF_RANGE since"]);
        let used = done(&officer, "saveTechnologyApplication", application("IN_USE", "2026-08-01", 1)).await;
        assert_eq!(used["application"], json!({ "code": "UD-RAC", "status": "IN_USE", "version": 2 }));
        let school = json!({ "code": "UD-DIEMDANH", "organisation": "VHXH", "name": "Điểm danh học sinh", "technology": "AI", "sector": "EDUCATION", "status": "PROPOSED", "since": "2026-09-01" });
        done(&ward.standing_body().await, "saveTechnologyApplication", school.clone()).await;
        // The code is taken, whoever asks.
        let taken = with(school, json!({ "organisation": "KTHTDT", "expectedVersion": 1 }));
        assert_eq!(faults(&officer, "saveTechnologyApplication", taken).await, ["OTHER_ORGANISATION organisation"]);
        assert_eq!(code(&ward.officer("VP").await, "saveTechnologyApplication", application("STOPPED", "2026-09-01", 2)).await, "FORBIDDEN");
        let mttq = ward.oversight().await;
        for (filter, expected) in [
            (json!({}), json!(["UD-DIEMDANH", "UD-RAC"])),
            (json!({ "sectors": ["EDUCATION", "HEALTH"] }), json!(["UD-DIEMDANH"])),
            (json!({ "technologies": ["IOT"], "statuses": ["IN_USE"] }), json!(["UD-RAC"])),
            (json!({ "organisation": "VHXH" }), json!(["UD-DIEMDANH"])),
            (json!({ "search": "diem tap ket" }), json!(["UD-RAC"])),
        ] {
            assert_eq!(codes(&mttq, "technologyApplications", filter.clone()).await, expected, "{filter}");
        }
        let one = mttq.ask("{ technologyApplication(code: \"UD-RAC\") { technology sector status since organisation { code } allowedActions { action allowed } } }", json!({})).await.ok();
        let expected = json!({ "technology": "IOT", "sector": "ENVIRONMENT", "status": "IN_USE", "since": "2026-08-01", "organisation": { "code": "KTHTDT" },
            "allowedActions": [{ "action": "RECORD_DIGITAL", "allowed": false }] });
        assert_eq!(one.data("/technologyApplication"), &expected);
    }

    async fn a_finding_is_remedied_by_the_unit_and_closed_by_the_lead(ward: Ward) {
        let (officer, head) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await);
        done(&officer, "saveIsoAudit", audit("DG-2026-01", "TTPVHCC")).await;
        done(&officer, "saveIsoFinding", finding("DG-2026-01", 1, "2026-06-30")).await;
        done(&officer, "saveIsoFinding", finding("DG-2026-01", 2, "2026-12-31")).await;
        let (office, standing, analytics) = (ward.head("VP").await, ward.standing_body().await, ward.analytics().await);
        let list = "query($filter: IsoFindingFilter!) { isoFindings(filter: $filter) { nodes { number state overdue audit { code } organisation { code } } } }";
        let numbers = async |filter: Value| -> Value {
            let answer = analytics.ask(list, json!({ "filter": filter })).await.ok();
            answer.data("/isoFindings/nodes").as_array().unwrap().iter().map(|one| one["number"].clone()).collect()
        };
        assert_eq!(numbers(json!({ "overdue": true })).await, json!([1]));
        assert_eq!(numbers(json!({ "overdue": true, "on": "2026-06-30" })).await, json!([]));
        let close = |number: i64, on: &str, version: i64| json!({ "audit": "DG-2026-01", "number": number, "closedOn": on, "expectedVersion": version });
        // Not before the unit says how it was remedied.
        assert_eq!(faults(&office, "closeIsoFinding", close(1, "2026-09-20", 1)).await, ["WRONG_STATE number"]);
        let remedied = with(finding("DG-2026-01", 1, "2026-06-30"), json!({ "expectedVersion": 1, "remedied": { "remedied_on": "x" } }));
        assert_eq!(code(&head, "saveIsoFinding", remedied).await, "BAD_USER_INPUT");
        let remedied = with(finding("DG-2026-01", 1, "2026-06-30"), json!({ "expectedVersion": 1, "remedied": { "remediedOn": "2026-08-10", "remedy": "Đã cập nhật quy trình." } }));
        assert_eq!(done(&head, "saveIsoFinding", remedied).await["finding"], json!({ "number": 1, "state": "REMEDIED", "version": 2 }));
        for client in [&officer, &head, &ward.chair().await, &ward.head("VHXH").await, &analytics] {
            assert_eq!(code(client, "closeIsoFinding", close(1, "2026-09-20", 2)).await, "FORBIDDEN");
        }
        assert_eq!(faults(&office, "closeIsoFinding", close(1, "2026-08-09", 2)).await, ["OUT_OF_RANGE closedOn"]);
        assert_eq!(code(&office, "closeIsoFinding", close(1, "2026-09-20", 1)).await, "CONFLICT");
        assert_eq!(code(&office, "closeIsoFinding", close(9, "2026-09-20", 1)).await, "NOT_FOUND");
        let seen = "{ isoAudit(code: \"DG-2026-01\") { findings { number state(on: \"2026-08-09\") overdue closedOn allowedActions { action allowed } } } }";
        let told = office.ask(seen, json!({})).await.ok().data("/isoAudit/findings").clone();
        assert_eq!(allowed(&told[0]["allowedActions"]), ["RECORD_DIGITAL false", "CONFIRM_DIGITAL true"]);
        assert_eq!(allowed(&told[1]["allowedActions"]), ["RECORD_DIGITAL false", "CONFIRM_DIGITAL false"]);
        let told = head.ask(seen, json!({})).await.ok().data("/isoAudit/findings").clone();
        assert_eq!(allowed(&told[0]["allowedActions"]), ["RECORD_DIGITAL true", "CONFIRM_DIGITAL false"]);
        done(&office, "closeIsoFinding", close(1, "2026-09-18", 2)).await;
        let told = analytics.ask(seen, json!({})).await.ok().data("/isoAudit/findings/0").clone();
        assert_eq!((&told["state"], &told["overdue"], &told["closedOn"]), (&json!("OPEN"), &json!(false), &json!("2026-09-18")));
        assert_eq!(numbers(json!({ "closed": true })).await, json!([1]));
        assert_eq!(numbers(json!({ "closed": true, "on": "2026-09-17" })).await, json!([]));
        assert_eq!(numbers(json!({ "closed": false, "on": "2026-09-17", "audit": "DG-2026-01" })).await, json!([1, 2]));
        assert_eq!(numbers(json!({ "closed": false, "on": "2026-05-03" })).await, json!([]));
        assert_eq!(numbers(json!({ "organisation": "VP" })).await, json!([]));

        // What is closed stays; the audit's day too. The office's own findings are not its head's to close.
        assert_eq!(faults(&officer, "saveIsoFinding", with(finding("DG-2026-01", 1, "2026-06-30"), json!({ "expectedVersion": 3 }))).await, ["WRONG_STATE number"]);
        let moved = with(audit("DG-2026-01", "TTPVHCC"), json!({ "auditedOn": "2026-05-05", "expectedVersion": 1 }));
        assert_eq!(faults(&officer, "saveIsoAudit", moved).await, ["OUT_OF_RANGE auditedOn"]);
        done(&ward.officer("VP").await, "saveIsoAudit", audit("DG-2026-02", "VP")).await;
        done(&ward.officer("VP").await, "saveIsoFinding", with(finding("DG-2026-02", 1, "2026-06-30"), json!({ "remedied": { "remediedOn": "2026-06-01", "remedy": "Đã sửa." } }))).await;
        let own = json!({ "audit": "DG-2026-02", "number": 1, "closedOn": "2026-09-20", "expectedVersion": 1 });
        assert_eq!(code(&office, "closeIsoFinding", own.clone()).await, "FORBIDDEN");
        done(&standing, "closeIsoFinding", own).await;
        assert_eq!(codes(&analytics, "isoAudits", json!({ "kinds": ["INTERNAL"], "organisation": "VP" })).await, json!(["DG-2026-02"]));
        assert_eq!(faults(&officer, "saveIsoFinding", finding("DG-2026-01", 201, "2026-05-03")).await, ["OUT_OF_RANGE number", "OUT_OF_RANGE dueOn"]);
        assert_eq!(code(&officer, "saveIsoFinding", finding("DG-404", 1, "2026-06-30")).await, "NOT_FOUND");

        let certificate = json!({ "code": "CN-18091-01", "organisation": "AN-BIEN", "issuer": "QUACERT", "scope": "Giải quyết thủ tục hành chính", "validFrom": "2026-03-01", "validTo": "2026-08-31" });
        assert_eq!(code(&officer, "saveIsoCertificate", certificate.clone()).await, "FORBIDDEN");
        assert_eq!(done(&standing, "saveIsoCertificate", certificate.clone()).await["certificate"]["state"], "EXPIRED");
        assert_eq!(codes(&analytics, "isoCertificates", json!({ "validOn": "2026-08-31" })).await, json!(["CN-18091-01"]));
        done(&standing, "saveIsoCertificate", with(certificate, json!({ "withdrawnOn": "2026-07-01", "expectedVersion": 1 }))).await;
        assert_eq!(codes(&analytics, "isoCertificates", json!({ "validOn": "2026-07-01" })).await, json!([]));
        let state = analytics.ask("{ isoCertificate(code: \"CN-18091-01\") { state before: state(on: \"2026-06-30\") } }", json!({})).await.ok();
        assert_eq!(state.data("/isoCertificate"), &json!({ "state": "WITHDRAWN", "before": "VALID" }));
    }

    async fn what_is_not_kept_up_to_date_is_overdue(ward: Ward) {
        // The centre that keeps the portal records its own duties, by its officer or by whoever does its communication.
        let (officer, press, analytics) = (ward.officer("TTSNC").await, ward.public_service_centre().await, ward.analytics().await);
        done(&officer, "saveOnlineDuty", duty("CTT-01", "TTSNC", "PORTAL")).await;
        done(&press, "saveOnlineDuty", duty("FB-01", "TTSNC", "FANPAGE")).await;
        done(&press, "saveOnlineDuty", with(duty("FB-02", "TTSNC", "FANPAGE"), json!({ "effectiveFrom": "2026-09-15" }))).await;
        let overdue = async |yes: bool| codes(&analytics, "onlineDuties", json!({ "overdue": yes })).await;
        // Never looked at: it counts from its first day.
        assert_eq!((overdue(true).await, overdue(false).await), (json!(["CTT-01", "FB-01"]), json!(["FB-02"])));
        let look = |duty: &str, on: &str, updated: Option<&str>, version: i64| json!({ "duty": duty, "lookedOn": on, "updatedOn": updated, "expectedVersion": version });
        // 30 days on a portal, 7 on a fanpage.
        assert_eq!(done(&officer, "recordOnlineDutyCheck", look("CTT-01", "2026-09-20", Some("2026-08-21"), 1)).await["duty"]["overdue"], false);
        assert_eq!(done(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-20", Some("2026-09-12"), 1)).await["duty"]["overdue"], true);
        assert_eq!((overdue(true).await, overdue(false).await), (json!(["FB-01"]), json!(["CTT-01", "FB-02"])));
        // Set right on the same day by a later look; both stay.
        done(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-20", Some("2026-09-13"), 2)).await;
        let seen = "{ onlineDuty(code: \"FB-01\") { maxAgeDays freshUntil overdue lastLookedOn lastUpdatedOn checks { updatedOn } organisation { code } } }";
        let expected = json!({ "maxAgeDays": 7, "freshUntil": "2026-09-20", "overdue": false, "lastLookedOn": "2026-09-20", "lastUpdatedOn": "2026-09-13",
            "checks": [{ "updatedOn": "2026-09-13" }, { "updatedOn": "2026-09-12" }], "organisation": { "code": "TTSNC" } });
        assert_eq!(analytics.ask(seen, json!({})).await.ok().data("/onlineDuty"), &expected);
        assert_eq!(overdue(true).await, json!([]));
        let error = ward.app().db.migrator_connection().execute_unprepared("DELETE FROM online_duty_check").await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
        // A day later both are; what ended is not.
        ward.clock().set("2026-09-21T02:00:00Z".parse().unwrap());
        let (officer, press) = (ward.officer("TTSNC").await, ward.public_service_centre().await);
        assert_eq!(codes(&ward.analytics().await, "onlineDuties", json!({ "overdue": true })).await, json!(["CTT-01", "FB-01"]));
        done(&officer, "saveOnlineDuty", with(duty("CTT-01", "TTSNC", "PORTAL"), json!({ "effectiveTo": "2026-09-20", "expectedVersion": 2 }))).await;
        assert_eq!(codes(&ward.analytics().await, "onlineDuties", json!({ "overdue": true, "channels": ["PORTAL", "FANPAGE"] })).await, json!(["FB-01"]));
        assert_eq!(codes(&ward.analytics().await, "onlineDuties", json!({ "on": "2026-09-21", "organisation": "TTSNC" })).await, json!(["FB-01", "FB-02"]));

        assert_eq!(faults(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-21", None, 3)).await, ["REQUIRED note"]);
        assert_eq!(faults(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-19", Some("2026-09-19"), 3)).await, ["OUT_OF_RANGE lookedOn"]);
        assert_eq!(faults(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-21", Some("2026-09-22"), 3)).await, ["OUT_OF_RANGE updatedOn"]);
        assert_eq!(code(&press, "recordOnlineDutyCheck", look("FB-01", "2026-09-21", Some("2026-09-21"), 2)).await, "CONFLICT");
        assert_eq!(code(&press, "recordOnlineDutyCheck", look("FB-404", "2026-09-21", None, 1)).await, "NOT_FOUND");
        // Found empty: it counts from its first day again.
        let empty = with(look("FB-01", "2026-09-21", None, 3), json!({ "note": "Trang đã bị xóa." }));
        assert_eq!(done(&press, "recordOnlineDutyCheck", empty).await["duty"], json!({ "code": "FB-01", "overdue": true, "lastUpdatedOn": null, "version": 4 }));
        let wrong = with(duty("CTT 9", "TTSNC", "PORTAL"), json!({ "url": "ftp://x", "content": "", "effectiveTo": "2025-12-31" }));
        assert_eq!(faults(&officer, "saveOnlineDuty", wrong).await, ["MALFORMED code", "MALFORMED url", "REQUIRED content", "OUT_OF_RANGE effectiveTo"]);
        for client in [ward.officer("VP").await, ward.chair().await, ward.oversight().await] {
            assert_eq!(code(&client, "saveOnlineDuty", duty("CTT-09", "TTSNC", "PORTAL")).await, "FORBIDDEN");
            assert_eq!(code(&client, "recordOnlineDutyCheck", look("FB-02", "2026-09-21", Some("2026-09-21"), 1)).await, "FORBIDDEN");
        }
    }

    async fn lists_run_the_same_statements_for_two_rows_and_for_many(ward: Ward) {
        let standing = ward.standing_body().await;
        let units = ["VHXH", "KTHTDT", "TTPVHCC", "TTSNC", "VP"];
        for number in 0..12_usize {
            let unit = units[number % units.len()];
            done(&standing, "saveInformationSystem", system(&format!("HT-{number:03}"), unit, "2026-01-10")).await;
            done(&standing, "recordSystemIntegration", integration(&format!("HT-{number:03}"), "LGSP", "LIVE", "2026-03-01", 0)).await;
            done(&standing, "saveIsoAudit", audit(&format!("DG-{number:03}"), unit)).await;
            done(&standing, "saveIsoFinding", finding(&format!("DG-{number:03}"), 1, "2026-06-30")).await;
            done(&standing, "saveOnlineDuty", duty(&format!("CTT-{number:03}"), unit, "PORTAL")).await;
            done(&standing, "recordOnlineDutyCheck", json!({ "duty": format!("CTT-{number:03}"), "lookedOn": "2026-09-01", "updatedOn": "2026-09-01", "expectedVersion": 1 })).await;
        }
        let client = ward.head("VHXH").await;
        client.ask("{ me { username } }", json!({})).await.ok();
        for (most, document) in [
            (8, "{ informationSystems(first: N) { nodes { code organisation { code } integrated integrations { live allowedActions { action allowed } } allowedActions { action } } } }"),
            (9, "{ isoAudits(first: N) { nodes { code organisation { code } allowedActions { action } findings { number organisation { code } audit { code } allowedActions { action allowed } } } } }"),
            (9, "{ isoFindings(first: N) { nodes { number overdue audit { code } organisation { code } allowedActions { action allowed } } } }"),
            (8, "{ onlineDuties(first: N, filter: { overdue: false }) { nodes { code overdue freshUntil maxAgeDays checks { lookedOn } organisation { code } allowedActions { action } } } }"),
        ] {
            let few = client.ask(&document.replace('N', "2"), json!({})).await.ok().statements();
            let many = client.ask(&document.replace('N', "12"), json!({})).await.ok().statements();
            // Actions are asked of two levels of one list: whether both share a batch depends on which resolver waits first.
            assert!(few.abs_diff(many) <= 1, "{few} and {many} {document}");
            assert!(many <= most, "{many} {document}");
        }
    }
}
