//! Saving forms: all faults at once, nothing half saved, no update lost, no request carried out twice.

use serde_json::{Value, json};

use crate::story::{SAVE, accepted, code, form, import, key, save, step, take, worked_line};
use crate::support::on_both_engines;

fn plain(number: usize) -> Value {
    json!({ "procedure": code(number), "receivedOnline": 10, "resolvedOnTime": 8, "pendingInTime": 2 })
}

on_both_engines! {
    async fn seven_faults_in_a_thousand_lines_are_all_named_and_nothing_is_saved(ward: Ward) {
        import(&ward, 1_000).await;
        let mut lines: Vec<Value> = (1..=1_000).map(plain).collect();
        lines[9]["receivedOnline"] = json!(-1);
        lines[99]["pendingInTime"] = json!(3);
        lines[199]["procedure"] = json!("9.999999");
        lines[299]["procedure"] = json!(code(299));
        lines[399]["receivedTotal"] = json!(11);
        lines[499]["feeDossiers"] = json!(11);
        lines[599]["resultsDigitised"] = json!(1);
        let officer = ward.officer("TTPVHCC").await;
        let answer = officer.ask(SAVE, json!({ "input": form("2026-Q1", &lines, 0) })).await.ok();
        let found: Vec<(u64, String)> = answer
            .user_errors("saveDossierStatistics")
            .iter()
            .map(|fault| (fault["line"].as_u64().unwrap(), fault["code"].as_str().unwrap().to_owned()))
            .collect();
        let expected = [
            (10, "OUT_OF_RANGE"), (100, "SUM_MISMATCH"), (200, "UNKNOWN_CODE"), (300, "DUPLICATE"),
            (400, "SUM_MISMATCH"), (500, "OUT_OF_RANGE"), (600, "OUT_OF_RANGE"),
        ];
        assert_eq!(found, expected.map(|(line, code)| (line, code.to_owned())));
        let seen = officer.ask("query($by: SubmissionReference!) { submission(by: $by) { id } }", json!({ "by": key("2026-Q1") })).await.ok();
        assert_eq!(seen.data("/submission"), &json!(null));
        // Mended, the whole form is saved by few statements.
        let lines: Vec<Value> = (1..=1_000).map(plain).collect();
        let saved = officer.ask(SAVE, json!({ "input": form("2026-Q1", &lines, 0) })).await.ok();
        assert_eq!(saved.user_errors("saveDossierStatistics"), Vec::<Value>::new());
        assert!(saved.statements() < 30, "{} statements", saved.statements());
    }

    async fn a_request_repeated_under_its_key_makes_one_record(ward: Ward) {
        import(&ward, 2).await;
        let officer = ward.officer("TTPVHCC").await;
        let mut input = form("2026-Q1", &[plain(1)], 0);
        input["idempotencyKey"] = json!("first");
        let once = officer.ask(SAVE, json!({ "input": input })).await.ok();
        let again = officer.ask(SAVE, json!({ "input": input })).await.ok();
        assert_eq!(once.data("/saveDossierStatistics/submission"), again.data("/saveDossierStatistics/submission"));
        let list = officer.ask("{ submissions { totalCount } }", json!({})).await.ok();
        assert_eq!(list.data("/submissions/totalCount"), 1);
        input["lines"] = json!([plain(2)]);
        let other = officer.ask(SAVE, json!({ "input": input })).await.ok();
        assert_eq!(other.user_errors("saveDossierStatistics")[0]["code"], "IDEMPOTENCY_KEY_REUSED");
    }

    async fn of_two_edits_at_once_one_is_a_conflict(ward: Ward) {
        import(&ward, 2).await;
        let version = save(&ward, "2026-Q1", &[plain(1)], 0).await;
        let (officer, head) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await);
        let (one, two) = (json!({ "input": form("2026-Q1", &[plain(1)], version) }), json!({ "input": form("2026-Q1", &[plain(2)], version) }));
        let (one, two) = tokio::join!(officer.ask(SAVE, one), head.ask(SAVE, two));
        let conflicts = [&one, &two].iter().filter(|answer| answer.body["errors"][0]["extensions"]["code"] == "CONFLICT").count();
        assert_eq!(conflicts, 1, "{} {}", one.body, two.body);
        // The same when nothing is there yet.
        let (one, two) = (json!({ "input": form("2026-Q2", &[plain(1)], 0) }), json!({ "input": form("2026-Q2", &[plain(2)], 0) }));
        let (one, two) = tokio::join!(officer.ask(SAVE, one), head.ask(SAVE, two));
        let conflicts = [&one, &two].iter().filter(|answer| answer.body["errors"][0]["extensions"]["code"] == "CONFLICT").count();
        assert_eq!(conflicts, 1, "{} {}", one.body, two.body);
    }

    async fn of_sixty_four_edits_at_once_one_wins(ward: Ward) {
        import(&ward, 2).await;
        let version = save(&ward, "2026-Q1", &[plain(1)], 0).await;
        let officer = ward.officer("TTPVHCC").await;
        let edits = (0..64).map(|_| {
            let (officer, input) = (officer.clone(), form("2026-Q1", &[plain(2)], version));
            tokio::spawn(async move { officer.ask(SAVE, json!({ "input": input })).await })
        });
        let (mut won, mut conflicts) = (0, 0);
        for edit in edits.collect::<Vec<_>>() {
            let answer = edit.await.unwrap();
            match answer.body.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
                None => won += 1,
                Some("CONFLICT") => conflicts += 1,
                Some(other) => panic!("{other}: {}", answer.body),
            }
        }
        assert_eq!((won, conflicts), (1, 63));
    }

    async fn a_client_that_hangs_up_leaves_all_or_nothing(ward: Ward) {
        use tokio::io::AsyncWriteExt;
        import(&ward, 50).await;
        let officer = ward.officer("TTPVHCC").await;
        let lines: Vec<Value> = (1..=50).map(plain).collect();
        let address = ward.url().trim_start_matches("http://").to_owned();
        for (number, pause) in [0_u64, 1, 2, 4, 8, 16].into_iter().enumerate() {
            let period = format!("2026-M0{}", number + 1);
            let body = json!({ "query": SAVE, "variables": { "input": form(&period, &lines, 0) } }).to_string();
            let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
            let head = format!(
                "POST /graphql HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                officer.token(),
                body.len()
            );
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(body.as_bytes()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            drop(socket);
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        let all = "{ submissions(first: 100) { nodes { events { action } dossierStatistics { lines { totalCount } } } } }";
        let answer = officer.ask(all, json!({})).await.ok();
        for node in answer.data("/submissions/nodes").as_array().unwrap() {
            assert_eq!(node["dossierStatistics"]["lines"]["totalCount"], 50);
            assert_eq!(node["events"].as_array().unwrap().len(), 1);
        }
        // The server goes on, and the writer is free.
        save(&ward, "2026-Q1", &[plain(1)], 0).await;
    }

    async fn a_dry_run_says_everything_and_writes_nothing(ward: Ward) {
        import(&ward, 1).await;
        let officer = ward.officer("TTPVHCC").await;
        let mut input = form("2026-Q1", &[plain(1)], 0);
        input["dryRun"] = json!(true);
        let answer = officer.ask(SAVE, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/saveDossierStatistics"), &json!({ "submission": null, "warnings": [], "userErrors": [] }));
        assert_eq!(officer.ask("{ submissions { totalCount } }", json!({})).await.ok().data("/submissions/totalCount"), 0);
    }

    async fn lines_are_merged_when_asked(ward: Ward) {
        import(&ward, 3).await;
        save(&ward, "2026-Q1", &[plain(1), plain(2)], 0).await;
        let mut changed = plain(2);
        changed["receivedOnline"] = json!(20);
        changed["pendingInTime"] = json!(12);
        let mut input = form("2026-Q1", &[changed, plain(3)], 1);
        input["mode"] = json!("MERGE");
        let officer = ward.officer("TTPVHCC").await;
        officer.ask(SAVE, json!({ "input": input })).await.ok();
        let seen = officer
            .ask(
                "query($by: SubmissionReference!) { submission(by: $by) { dossierStatistics { lines { nodes { line procedure { code } receivedOnline } } } } }",
                json!({ "by": key("2026-Q1") }),
            )
            .await
            .ok();
        let expected = json!([
            { "line": 1, "procedure": { "code": code(1) }, "receivedOnline": 10 },
            { "line": 2, "procedure": { "code": code(2) }, "receivedOnline": 20 },
            { "line": 3, "procedure": { "code": code(3) }, "receivedOnline": 10 },
        ]);
        assert_eq!(seen.data("/submission/dossierStatistics/lines/nodes"), &expected);
    }

    async fn warnings_are_acknowledged_with_a_note(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2025-Q4", &[json!({ "procedure": code(1), "receivedOnline": 100, "resolvedOnTime": 100 })]).await;
        let line = json!({ "procedure": code(1), "receivedOnline": 900, "resolvedOnTime": 900 });
        let version = save(&ward, "2026-Q1", &[line], 0).await;
        let head = ward.head("TTPVHCC").await;
        let unsaid = take(&head, "submitForm", "2026-Q1", version, json!({})).await.ok();
        assert_eq!(unsaid.user_errors("submitForm")[0]["code"], "WARNINGS_NOT_ACKNOWLEDGED");
        let said = take(&head, "submitForm", "2026-Q1", version, json!({ "warningsNote": "Chiến dịch cao điểm." })).await.ok();
        assert_eq!(said.data("/submitForm/warnings/0/code"), "UNUSUAL_FIGURE");
    }

    async fn what_is_wrong_with_a_period_or_a_procedure_is_said(ward: Ward) {
        import(&ward, 1).await;
        let officer = ward.officer("TTPVHCC").await;
        let future = officer.ask(SAVE, json!({ "input": form("2027-Q1", &[plain(1)], 0) })).await.ok();
        assert_eq!(future.user_errors("saveDossierStatistics")[0]["code"], "WRONG_PERIOD");
        let before = officer.ask(SAVE, json!({ "input": form("2025-Q1", &[plain(1)], 0) })).await.ok();
        assert_eq!(before.user_errors("saveDossierStatistics")[0]["code"], "NOT_IN_FORCE");
        assert_eq!(officer.ask(SAVE, json!({ "input": form("2026-H1", &[plain(1)], 0) })).await.code(), "BAD_USER_INPUT");
        let malformed = officer.ask(SAVE, json!({ "input": form("2026-Q9", &[plain(1)], 0) })).await;
        assert_eq!(malformed.code(), "BAD_USER_INPUT");
    }

    async fn a_submitted_form_can_be_withdrawn_and_buttons_follow_the_state(ward: Ward) {
        import(&ward, 1).await;
        let version = save(&ward, "2026-Q1", &[worked_line()], 0).await;
        let head = ward.head("TTPVHCC").await;
        take(&head, "submitForm", "2026-Q1", version, json!({})).await.ok();
        let allowed = "query($by: SubmissionReference!) { submission(by: $by) { allowedActions { action allowed reason } } }";
        let may = async |client: &crate::support::Client| -> Vec<String> {
            let answer = client.ask(allowed, json!({ "by": key("2026-Q1") })).await.ok();
            let actions = answer.data("/submission/allowedActions").as_array().unwrap().clone();
            assert!(actions.iter().all(|one| one["allowed"].as_bool().unwrap() == one["reason"].is_null()));
            actions.iter().filter(|one| one["allowed"] == true).map(|one| one["action"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(may(&head).await, ["WITHDRAW_FORM"]);
        assert_eq!(may(&ward.standing_body().await).await, ["RETURN_FORM", "ACCEPT_FORM"]);
        assert_eq!(may(&ward.officer("TTPVHCC").await).await, Vec::<String>::new());
        let back = take(&head, "withdrawForm", "2026-Q1", version + 1, json!({})).await.ok();
        assert_eq!(back.data("/withdrawForm/submission/state"), "DRAFT");
        assert_eq!(may(&head).await, ["SAVE_FORM", "SUBMIT_FORM"]);
        let gone = ward.standing_body().await.ask(allowed, json!({ "by": key("2026-Q1") })).await.ok();
        assert_eq!(gone.data("/submission"), &json!(null));
        let late = ward.standing_body().await.ask(&step("acceptForm"), json!({ "input": { "submission": key("2026-Q1"), "expectedVersion": 3 } })).await.ok();
        assert_eq!(late.user_errors("acceptForm")[0]["code"], "WRONG_STATE");
    }

    async fn a_reopened_form_stays_in_time_and_keeps_its_writers(ward: Ward) {
        import(&ward, 1).await;
        // Handed in before the last day, 20 September; reopened in October.
        let version = accepted(&ward, "2026-Q3", &[worked_line()]).await;
        ward.clock().set(ward.clock().now() + chrono::Duration::days(20));
        take(&ward.standing_body().await, "reopenForm", "2026-Q3", version, json!({ "reason": "Sai số." })).await.ok();
        let status = "{ reportingStatus(form: DOSSIER_STATISTICS, period: \"2026-Q3\") { nodes { state submitted lateDays } } }";
        let answer = ward.standing_body().await.ask(status, json!({})).await.ok();
        assert_eq!(answer.data("/reportingStatus/nodes/0"), &json!({ "state": "DRAFT", "submitted": true, "lateDays": 0 }));
        let sent = take(&ward.head("TTPVHCC").await, "submitForm", "2026-Q3", 1, json!({ "warningsNote": "x" })).await.ok();
        assert_eq!(sent.data("/submitForm/submission/lateDays"), 0);
        // The officer wrote every line of it in the first edition.
        let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = base::account::service::accounts::GrantOn { programme: None, organisation: "AN-BIEN", from, to: None };
        let role = access::role::Role::StandingBody;
        base::account::service::accounts::grant(ward.app(), "ttpvhcc.officer", role, &on).await.unwrap();
        let own = take(&ward.officer("TTPVHCC").await, "acceptForm", "2026-Q3", 2, json!({})).await;
        assert_eq!(own.code(), "FORBIDDEN");
    }

    async fn a_decision_that_comes_too_late_is_a_conflict(ward: Ward) {
        import(&ward, 1).await;
        let version = save(&ward, "2026-Q1", &[worked_line()], 0).await;
        take(&ward.head("TTPVHCC").await, "submitForm", "2026-Q1", version, json!({})).await.ok();
        let standing = ward.standing_body().await;
        let back = json!({ "reason": "Thiếu.", "idempotencyKey": "k" });
        take(&standing, "returnForm", "2026-Q1", version + 1, back.clone()).await.ok();
        // The same again is the same; another reason is not.
        take(&standing, "returnForm", "2026-Q1", version + 1, back).await.ok();
        take(&standing, "returnForm", "2026-Q1", version + 1, json!({ "reason": "Thiếu." })).await.ok();
        let other = take(&standing, "returnForm", "2026-Q1", version + 1, json!({ "reason": "Khác." })).await;
        assert_eq!(other.code(), "CONFLICT");
    }

    async fn what_no_engine_could_keep_is_refused_at_the_gate(ward: Ward) {
        import(&ward, 1).await;
        let officer = ward.officer("TTPVHCC").await;
        let mut line = plain(1);
        line["procedure"] = json!("1.0\u{0}1");
        assert_eq!(officer.ask(SAVE, json!({ "input": form("2026-Q1", &[line], 0) })).await.code(), "BAD_USER_INPUT");
        let huge = json!({ "procedure": code(1), "receivedOnline": 2_000_000_000, "receivedDirect": 2_000_000_000,
            "resolvedOnTime": 2_000_000_000, "resolvedEarly": 2_000_000_000 });
        let answer = officer.ask(SAVE, json!({ "input": form("2026-Q1", &[huge], 0) })).await.ok();
        assert_eq!(answer.user_errors("saveDossierStatistics").len(), 4);
        let csv = json!({ "input": { "organisation": "TTPVHCC", "procedures": { "csv": "rubbish" } } });
        assert_eq!(ward.stranger().ask(crate::story::IMPORT, csv.clone()).await.code(), "UNAUTHENTICATED");
        assert_eq!(officer.ask(crate::story::IMPORT, csv).await.code(), "FORBIDDEN");
    }

    async fn who_has_not_submitted_is_known(ward: Ward) {
        import(&ward, 1).await;
        let status = "{ reportingStatus(form: DOSSIER_STATISTICS, period: \"2026-Q1\") { totalCount nodes {
            organisation { code } dueOn state submitted lateDays submission { id } } } }";
        let standing = ward.standing_body().await;
        let before = standing.ask(status, json!({})).await.ok();
        let expected = json!({ "organisation": { "code": "TTPVHCC" }, "dueOn": "2026-03-20", "state": null, "submitted": false, "lateDays": 184, "submission": null });
        assert_eq!(before.data("/reportingStatus/nodes/0"), &expected);
        save(&ward, "2026-Q1", &[worked_line()], 0).await;
        let drafted = standing.ask(status, json!({})).await.ok();
        assert_eq!(drafted.data("/reportingStatus/nodes/0/submission"), &json!(null));
        let other = ward.officer("KTHTDT").await.ask(status, json!({})).await.ok();
        assert_eq!(other.data("/reportingStatus/totalCount"), 0);
    }
}
