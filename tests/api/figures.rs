//! Figures through time: as they were known, what changed since, rolled up, and rebuilt.

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};

use crate::story::{
    IMPORT, accepted, code, figure, figures, import, procedure, save, submitted_and_accepted, take, worked_line,
};
use crate::support::on_both_engines;

fn line(online: i32, direct: i32) -> Value {
    json!({ "procedure": code(1), "receivedOnline": online, "receivedDirect": direct, "resolvedOnTime": online + direct })
}

on_both_engines! {
    async fn both_readings_stay_after_a_reopened_form_changed(ward: Ward) {
        import(&ward, 1).await;
        let analytics = ward.analytics().await;
        let before = ward.clock().now();
        let at = |instant: chrono::DateTime<chrono::Utc>| format!(", asOf: \"{}\"", instant.to_rfc3339_opts(SecondsFormat::Micros, true));
        ward.clock().set(before + Duration::minutes(4));
        let version = accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let first = ward.clock().now();
        ward.clock().set(before + Duration::minutes(8));
        assert_eq!(figures(&analytics, "II.2.a.3-3", "AN-BIEN", "2026-Q1", &at(before)).await, Vec::<Value>::new());
        let then = format!("{{ programmeOverview(period: \"2026-Q1\" {}) {{ targets {{ target {{ section }} status }} }} }}", at(before));
        let then = analytics.ask(&then, json!({})).await.ok();
        let tile = then.data("/programmeOverview/targets").as_array().unwrap().iter().find(|tile| tile["target"]["section"] == "II.2.a.3-3").unwrap().clone();
        assert_eq!(tile["status"], "NO_DATA");

        let reopened = take(&ward.standing_body().await, "reopenForm", "2026-Q1", version, json!({ "reason": "Sai số trực tuyến." })).await.ok();
        assert_eq!(reopened.data("/reopenForm/submission/edition"), 2);
        assert_eq!(reopened.data("/reopenForm/submission/reopenReason"), "Sai số trực tuyến.");
        // The accepted edition counts until the next is accepted.
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-Q1").await, "820/950 86.32 ACHIEVED");
        let mut changed = worked_line();
        changed["receivedOnline"] = json!(800);
        changed["receivedDirect"] = json!(150);
        let version = save(&ward, "2026-Q1", &[changed], 1).await;
        ward.clock().set(before + Duration::minutes(12));
        submitted_and_accepted(&ward, "2026-Q1", version).await;
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-Q1").await, "800/950 84.21 NOT_DUE");
        let then = figures(&analytics, "II.2.a.3-3", "AN-BIEN", "2026-Q1", &at(first)).await;
        assert_eq!((&then[0]["numerator"], then.len()), (&json!(820), 1));
        assert!(then[0]["supersededRevision"].is_i64());

        // Whoever must accept sees what changed, line by line.
        let standing = ward.standing_body().await;
        let by = json!({ "by": crate::story::key("2026-Q1") });
        let id = standing.ask("query($by: SubmissionReference!) { submission(by: $by) { id } }", by).await.ok().data("/submission/id").clone();
        let changes = standing
            .ask("query($id: ID!) { formChanges(id: $id, from: 1, to: 2) { lineCode field before after } }", json!({ "id": id }))
            .await
            .ok();
        let expected = json!([
            { "lineCode": code(1), "field": "receivedOnline", "before": 820, "after": 800 },
            { "lineCode": code(1), "field": "receivedDirect", "before": 130, "after": 150 },
        ]);
        assert_eq!(changes.data("/formChanges"), &expected);
        let outsider = ward.officer("KTHTDT").await;
        let refused = outsider.ask("query($id: ID!) { formChanges(id: $id, from: 1, to: 2) { field } }", json!({ "id": id })).await;
        assert_eq!(refused.code(), "NOT_FOUND");
        let differences = api::rebuild::rebuild(ward.app(), true).await.unwrap();
        assert_eq!(differences, []);
    }

    async fn quarters_and_months_add_up(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2026-M01", &[line(10, 10)]).await;
        accepted(&ward, "2026-M02", &[line(30, 10)]).await;
        let analytics = ward.analytics().await;
        // Two months of three: the quarter is there, and says that a part is missing.
        let quarter = figures(&analytics, "II.2.a.3-3", "AN-BIEN", "2026-Q1", "").await;
        assert_eq!((&quarter[0]["numerator"], &quarter[0]["denominator"], &quarter[0]["missing"]), (&json!(40), &json!(60), &json!(1)));
        accepted(&ward, "2026-Q2", &[line(100, 0)]).await;
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-H1").await, "140/160 87.50 ACHIEVED");
        // The quarter's own report goes before its months.
        accepted(&ward, "2026-Q1", &[line(50, 50)]).await;
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-H1").await, "150/200 75.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026").await, "150/200 75.00 NOT_DUE");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn no_dossiers_are_no_rate(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2026-Q1", &[line(0, 0)]).await;
        assert_eq!(figure(&ward.analytics().await, "II.2.a.3-3", "2026-Q1").await, "0/0 - NO_DATA");
    }

    async fn a_register_counts_from_the_day_it_changes(ward: Ward) {
        import(&ward, 4).await;
        let one_stop = ward.one_stop().await;
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q2").await, "4/4 100.00 ACHIEVED");
        let mut ended = procedure(&code(4));
        ended["effectiveTo"] = json!("2026-05-01");
        let mut offline = procedure(&code(3));
        offline["onlineProvided"] = json!(false);
        offline["integratedOnNationalPortal"] = json!(false);
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": [ended, offline] } });
        one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q1").await, "3/4 75.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q2").await, "2/3 66.67 NOT_DUE");
        // Kept ahead of time, shown once the period has begun.
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2027-Q1").await, "none");
        let since = analytics.ask("{ programme { revision } }", json!({})).await.ok().data("/programme/revision").clone();
        let changed = format!(", changedSince: {since}");
        assert_eq!(figures(&analytics, "II.2.a.3-1", "AN-BIEN", "2027-Q1", &changed).await.len(), 0);
        ward.clock().set(ward.clock().now() + Duration::days(90));
        // Nobody changed anything since; the period has begun, and a pull is told of it.
        let analytics = ward.analytics().await;
        assert_eq!(figures(&analytics, "II.2.a.3-1", "AN-BIEN", "2027-Q1", &changed).await.len(), 1);
        assert_eq!(figures(&analytics, "II.2.a.3-1", "AN-BIEN", "2026-Q1", &changed).await.len(), 0);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_pull_goes_on_where_it_ended(ward: Ward) {
        import(&ward, 1).await;
        let analytics = ward.analytics().await;
        let pull = "query($since: Revision, $after: String, $first: Int) {
            programme { revision }
            indicatorObservations(changedSince: $since, after: $after, first: $first) {
                nodes { key revision value } pageInfo { hasNextPage endCursor } } }";
        let mut keys = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = analytics.ask(pull, json!({ "after": after, "first": 7 })).await.ok();
            let nodes = page.data("/indicatorObservations/nodes").as_array().unwrap().clone();
            keys.extend(nodes.iter().map(|node| node["key"].as_str().unwrap().to_owned()));
            after = page.data("/indicatorObservations/pageInfo/endCursor").clone();
            if page.data("/indicatorObservations/pageInfo/hasNextPage") == false {
                break;
            }
        }
        let all = analytics.ask(pull, json!({ "first": 1000 })).await.ok();
        assert_eq!(all.data("/indicatorObservations/nodes").as_array().unwrap().len(), keys.len());
        let mut unique = keys.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), keys.len());
        let revision = all.data("/programme/revision").clone();
        accepted(&ward, "2026-Q1", &[line(9, 1)]).await;
        let changed = analytics.ask(pull, json!({ "since": revision, "first": 1000 })).await.ok();
        let nodes = changed.data("/indicatorObservations/nodes").as_array().unwrap().clone();
        assert!(!nodes.is_empty());
        assert!(nodes.iter().all(|node| node["revision"].as_i64() > revision.as_i64()));
        let both = analytics.ask("{ indicatorObservations(changedSince: 1, asOf: \"2026-01-01T00:00:00Z\") { totalCount } }", json!({})).await;
        assert_eq!(both.code(), "BAD_USER_INPUT");
    }

    async fn a_figure_leads_to_the_submission_it_came_from(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let find = "{ indicatorObservations(indicators: [\"II.2.a.3-3\"], organisations: [\"AN-BIEN\"], period: \"2026-H1\") { nodes { id } } }";
        let drill = "query($id: ID!) { observationContributions(observation: $id, first: 100) {
            nodes { measureCode value organisation { code } submission { state period { code } } } } }";
        let standing = ward.standing_body().await;
        let id = standing.ask(find, json!({})).await.ok().data("/indicatorObservations/nodes/0/id").clone();
        let seen = standing.ask(drill, json!({ "id": id })).await.ok();
        let parts = seen.data("/observationContributions/nodes").as_array().unwrap().clone();
        assert_eq!(parts.len(), 3);
        let online = parts.iter().find(|part| part["measureCode"] == "DOSSIER.RECEIVED_ONLINE").unwrap();
        let expected = json!({ "measureCode": "DOSSIER.RECEIVED_ONLINE", "value": 820, "organisation": { "code": "TTPVHCC" },
            "submission": { "state": "ACCEPTED", "period": { "code": "2026-Q1" } } });
        assert_eq!(online, &expected);
        // Analytics sees the figure, not the form.
        let narrowed = ward.analytics().await.ask(drill, json!({ "id": id })).await.ok();
        assert_eq!(narrowed.data("/observationContributions/nodes/0/submission"), &json!(null));
    }

    async fn what_is_online_is_what_the_register_says_at_acceptance(ward: Ward) {
        import(&ward, 2).await;
        let of = |number: usize, online: i32, direct: i32| {
            json!({ "procedure": code(number), "receivedOnline": online, "receivedDirect": direct, "resolvedOnTime": online + direct })
        };
        let version = save(&ward, "2026-Q1", &[of(1, 50, 50), of(2, 30, 0)], 0).await;
        let offline = |from: &str| {
            let mut row = procedure(&code(2));
            row["onlineProvided"] = json!(false);
            row["integratedOnNationalPortal"] = json!(false);
            row["effectiveFrom"] = json!(from);
            json!({ "input": { "organisation": "TTPVHCC", "procedures": { "list": [row] } } })
        };
        let one_stop = ward.one_stop().await;
        let corrected = one_stop.ask(IMPORT, offline("2025-07-01")).await.ok();
        assert_eq!(corrected.data("/importProcedures/changed"), 1);
        // Merging another line leaves that of procedure 2 as it was written.
        let mut input = crate::story::form("2026-Q1", &[of(1, 60, 40)], version);
        input["mode"] = json!("MERGE");
        let merged = ward.officer("TTPVHCC").await.ask(crate::story::SAVE, json!({ "input": input })).await.ok();
        let version = merged.data("/saveDossierStatistics/submission/version").as_i64().unwrap();
        submitted_and_accepted(&ward, "2026-Q1", version).await;
        let analytics = ward.analytics().await;
        // Above and below the line: of the procedures that are online alone.
        assert_eq!(figure(&analytics, "II.2.a.3-3.ONLINE_PROCEDURES", "2026-Q1").await, "60/100 60.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-Q1").await, "90/130 69.23 NOT_DUE");
        // From then on it stays, whatever becomes of the register.
        let mut first = procedure(&code(1));
        first["onlineProvided"] = json!(false);
        first["integratedOnNationalPortal"] = json!(false);
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": [first] } });
        one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(figure(&analytics, "II.2.a.3-3.ONLINE_PROCEDURES", "2026-Q1").await, "60/100 60.00 NOT_DUE");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn one_request_paints_the_dashboard(ward: Ward) {
        import(&ward, 2).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let overview = "{ programmeOverview(period: \"2026-Q1\") { organisation { name } period { code }
            statusCounts { status count } reporting { expected accepted overdue }
            targets { target { section title value issuingLevel leads { role organisation { name } statedInPlan } } status
                series { indicator { code } status current { value numerator denominator } previous { value } trend { value } } } } }";
        let answer = ward.chair().await.ask(overview, json!({})).await.ok();
        let targets = answer.data("/programmeOverview/targets").as_array().unwrap().clone();
        assert_eq!(targets.len(), 17);
        let online = targets.iter().find(|tile| tile["target"]["section"] == "II.2.a.3-3").unwrap();
        assert_eq!((&online["status"], &online["series"][0]["current"]["value"]), (&json!("ACHIEVED"), &json!("86.32")));
        assert_eq!(online["target"]["leads"][0]["organisation"]["name"], "Trung tâm Phục vụ hành chính công");
        // Of the forms due for a quarter, six of which dialogues come from two units and work files from five, one is there.
        assert_eq!(answer.data("/programmeOverview/reporting"), &json!({ "expected": 11, "accepted": 1, "overdue": 10 }));
        let dialogues = "{ reportingStatus(form: DIALOGUES, period: \"2026-Q1\") { nodes { organisation { code } } } }";
        let dialogues = ward.chair().await.ask(dialogues, json!({})).await.ok();
        assert_eq!(dialogues.data("/reportingStatus/nodes"), &json!([{ "organisation": { "code": "KTHTDT" } }, { "organisation": { "code": "TTPVHCC" } }]));
        let total: i64 = answer.data("/programmeOverview/statusCounts").as_array().unwrap().iter().map(|one| one["count"].as_i64().unwrap()).sum();
        assert_eq!(total, 17);
        // The city's 90 % stands beside the ward's 95 %.
        let city = "{ targets(section: \"II.3.a.4-1\") { nodes { issuingLevel value } } }";
        let levels = ward.chair().await.ask(city, json!({})).await.ok();
        let mut levels: Vec<String> = levels.data("/targets/nodes").as_array().unwrap().iter()
            .map(|one| format!("{} {}", one["issuingLevel"].as_str().unwrap(), one["value"].as_str().unwrap())).collect();
        levels.sort();
        assert_eq!(levels, ["CITY 90.00", "WARD 95.00"]);
    }
}
