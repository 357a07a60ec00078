//! The register of procedures: imported from a list or a file, idempotent, searchable.

use serde_json::{Value, json};

use crate::story::{IMPORT, SAVE, accepted, code, figure, form, import, procedure};
use crate::support::on_both_engines;

const CSV: &str = include_str!("../../data/demo/procedures.csv");

on_both_engines! {
    async fn a_file_is_imported_once(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let input = json!({ "input": { "organisation": "TTPVHCC", "procedures": { "csv": CSV } } });
        let count = CSV.lines().count() - 1;
        // Five lines are later versions of procedures of the same file.
        let created = count - 5;
        let first = one_stop.ask(IMPORT, input.clone()).await.ok();
        assert_eq!(first.data("/importProcedures"), &json!({ "created": created, "newVersions": 5, "changed": 0, "unchanged": 0, "refused": 0, "userErrors": [] }));
        let second = one_stop.ask(IMPORT, input).await.ok();
        assert_eq!(second.data("/importProcedures"), &json!({ "created": 0, "newVersions": 0, "changed": 0, "unchanged": count, "refused": 0, "userErrors": [] }));
        let search = "query($text: String!) { procedures(first: 100, filter: { search: $text }) { nodes { code name } } }";
        let found = one_stop.ask(search, json!({ "text": "dang ky KHAI sinh" })).await.ok();
        let names = found.data("/procedures/nodes").as_array().unwrap();
        assert!(names.iter().any(|one| one["code"] == "1.001193"), "{names:?}");
        assert_eq!(one_stop.ask(search, json!({ "text": "100%" })).await.ok().data("/procedures/nodes"), &json!([]));
        let fees = one_stop.ask("{ procedures(filter: { hasFinancialObligation: true, onlinePaymentEnabled: true }) { totalCount } }", json!({})).await.ok();
        assert_eq!(fees.data("/procedures/totalCount"), 40);
    }

    async fn faults_of_a_file_are_named_by_line_and_nothing_is_imported(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let broken = CSV.replacen("COMMUNE", "VILLAGE", 1).replacen("true", "yes", 1);
        let input = json!({ "input": { "organisation": "TTPVHCC", "procedures": { "csv": broken } } });
        let answer = one_stop.ask(IMPORT, input).await.ok();
        let errors = answer.user_errors("importProcedures");
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors.iter().all(|one| one["line"] == 2));
        assert_eq!(one_stop.ask("{ procedures { totalCount } }", json!({})).await.ok().data("/procedures/totalCount"), 0);
    }

    async fn anothers_procedures_are_not_changed(ward: Ward) {
        import(&ward, 1).await;
        let one_stop = ward.one_stop().await;
        let mut changed = procedure(&code(1));
        changed["name"] = json!("Tên khác");
        let input = json!({ "organisation": "VHXH", "procedures": { "list": [changed] } });
        let answer = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors("importProcedures")[0]["code"], "OTHER_ORGANISATION");
    }

    async fn two_imports_at_once_are_both_counted(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let part = |from: usize| {
            let list: Vec<_> = (from..from + 40).map(|number| procedure(&code(number))).collect();
            json!({ "input": { "organisation": "TTPVHCC", "procedures": { "list": list } } })
        };
        let (one, two) = tokio::join!(one_stop.ask(IMPORT, part(1)), one_stop.ask(IMPORT, part(101)));
        assert_eq!((one.ok().data("/importProcedures/created"), two.ok().data("/importProcedures/created")), (&json!(40), &json!(40)));
        assert_eq!(figure(&ward.analytics().await, "II.2.a.3-1", "2026-Q1").await, "80/80 100.00 ACHIEVED");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn thousands_are_imported_in_seconds(ward: Ward) {
        let started = std::time::Instant::now();
        import(&ward, 2_000).await;
        let again: Vec<_> = (1..=2_000).map(|number| procedure(&code(number))).collect();
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": again } });
        let answer = ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/importProcedures/unchanged"), 2_000);
        let later: Vec<_> = (1..=2_000).map(|number| json!({ "code": code(number), "effectiveFrom": "2026-02-01", "onlineProvided": false, "integratedOnNationalPortal": false })).collect();
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": later } });
        let answer = ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/importProcedures/newVersions"), 2_000);
        assert!(answer.statements() < 80, "{}", answer.statements());
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
    }

    async fn an_abolished_procedure_leaves_the_denominators_on_its_day(ward: Ward) {
        import(&ward, 4).await;
        let one_stop = ward.one_stop().await;
        let analytics = ward.analytics().await;
        let change = async |lines: Value| {
            let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": lines } });
            one_stop.ask(IMPORT, json!({ "input": input })).await.ok()
        };
        let abolished = json!([{ "code": code(4), "effectiveFrom": "2026-05-01", "changeKind": "ABOLISHED",
            "decisionNumber": "1520/QĐ-UBND", "decisionDate": "2026-04-20" }]);
        let answer = change(abolished.clone()).await;
        assert_eq!(answer.data("/importProcedures/newVersions"), 1, "{:?}", answer.body);
        assert_eq!(change(abolished).await.data("/importProcedures/unchanged"), 1);
        // Offline from a day on: the quarters before keep what they had.
        change(json!([{ "code": code(3), "effectiveFrom": "2026-07-01", "onlineProvided": false, "integratedOnNationalPortal": false }])).await;
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q1").await, "4/4 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q2").await, "3/3 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q3").await, "2/3 66.67 NOT_DUE");
        let count = async |day: &str| {
            let document = format!("{{ procedures(filter: {{ inForceOn: \"{day}\" }}) {{ totalCount }} }}");
            analytics.ask(&document, json!({})).await.ok().data("/procedures/totalCount").clone()
        };
        assert_eq!((count("2026-04-30").await, count("2026-05-01").await), (json!(4), json!(3)));
        let then = format!("{{ then: procedure(code: \"{0}\", on: \"2026-06-30\") {{ onlineProvided }} now: procedure(code: \"{0}\") {{ onlineProvided version
            versions {{ changeKind effectiveFrom effectiveTo onlineProvided }} inForce }} gone: procedure(code: \"{1}\") {{ inForce name changeKind versions {{ decisionNumber announcedOn }} }} }}", code(3), code(4));
        let seen = analytics.ask(&then, json!({})).await.ok();
        assert_eq!(seen.data("/then/onlineProvided"), true);
        assert_eq!(seen.data("/now/versions"), &json!([
            { "changeKind": "UPDATED", "effectiveFrom": "2026-07-01", "effectiveTo": null, "onlineProvided": false },
            { "changeKind": "NEW", "effectiveFrom": "2025-07-01", "effectiveTo": "2026-06-30", "onlineProvided": true },
        ]));
        assert_eq!(seen.data("/gone/inForce"), false);
        assert_eq!(seen.data("/gone/versions/0"), &json!({ "decisionNumber": "1520/QĐ-UBND", "announcedOn": "2026-04-20" }));

        // A version entered by mistake is withdrawn with a reason; the one before goes on.
        let withdraw = "mutation($input: WithdrawProcedureVersionInput!) { withdrawProcedureVersion(input: $input) {
            procedure { onlineProvided version versions { effectiveTo } } userErrors { code field message } } }";
        let mut input = json!({ "code": code(3), "effectiveFrom": "2026-07-01", "reason": "", "expectedVersion": seen.data("/now/version") });
        let answer = one_stop.ask(withdraw, json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors("withdrawProcedureVersion")[0]["code"], "REQUIRED");
        input["reason"] = json!("Nhập nhầm thủ tục.");
        let answer = one_stop.ask(withdraw, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/withdrawProcedureVersion/procedure/versions"), &json!([{ "effectiveTo": null }]), "{:?}", answer.body);
        assert_eq!(one_stop.ask(withdraw, json!({ "input": input })).await.code(), "CONFLICT");
        let refused = ward.officer("VHXH").await.ask(withdraw, json!({ "input": input })).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q3").await, "3/3 100.00 ACHIEVED");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn each_mistake_in_a_version_has_its_own_error(ward: Ward) {
        import(&ward, 1).await;
        let one_stop = ward.one_stop().await.in_english();
        let errors = async |line: Value| {
            let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": [line] } });
            let answer = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
            assert_eq!(answer.data("/importProcedures/refused"), 1, "{:?}", answer.body);
            let errors = answer.user_errors("importProcedures");
            (errors[0]["code"].as_str().unwrap().to_owned(), errors[0]["message"].as_str().unwrap().to_owned())
        };
        let mut wrong_code = procedure("85%");
        assert_eq!(errors(wrong_code.clone()).await.0, "MALFORMED");
        wrong_code["code"] = json!("1.001193x");
        assert_eq!(errors(wrong_code).await.0, "MALFORMED");
        let mut ending = procedure(&code(2));
        ending["effectiveTo"] = json!("2026-06-30");
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": [ending] } });
        one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        let overlap = errors(json!({ "code": code(2), "effectiveFrom": "2026-06-30" })).await;
        assert_eq!(overlap.0, "OVERLAP");
        assert!(overlap.1.contains("2026-06-30"), "{overlap:?}");
        let mut fee = procedure(&code(3));
        fee["fees"] = json!([{ "kind": "FEE", "amount": -1 }]);
        let negative = errors(fee).await;
        assert_eq!(negative, ("OUT_OF_RANGE".to_owned(), "Line 1 (1.000003): fee line 1 is below zero: -1 đồng.".to_owned()));
        let mut slow = procedure(&code(3));
        slow["statutoryLimit"] = json!({ "value": 5, "unit": "WORKING_DAY" });
        slow["committedLimit"] = json!({ "value": 6, "unit": "WORKING_DAY" });
        assert_eq!(errors(slow).await.0, "OUT_OF_RANGE");
        assert_eq!(errors(json!({ "code": code(1), "effectiveFrom": "2026-01-01", "changeKind": "AMENDED" })).await.0, "REQUIRED");
        assert_eq!(errors(json!({ "code": code(9), "effectiveFrom": "2026-01-01" })).await.0, "REQUIRED");
    }

    async fn json_lines_carry_fees_components_and_ways_of_access(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let mut one = procedure(&code(1));
        one["fees"] = json!([{ "kind": "CHARGE", "channel": "DIRECT", "amount": 8000, "note": "Miễn cho hộ nghèo" }, { "kind": "CHARGE", "channel": "ONLINE", "amount": 4000 }]);
        one["components"] = json!([{ "code": "TK", "name": "Tờ khai", "originals": 1, "form": "TK-01", "digitisable": true }]);
        one["accessChannels"] = json!(["WEB", "VNEID"]);
        one["statutoryLimit"] = json!({ "value": 10, "unit": "WORKING_DAY" });
        one["committedLimit"] = json!({ "value": 7, "unit": "WORKING_DAY" });
        let mut two = procedure(&code(2));
        two["accessChannels"] = json!(["WEB"]);
        let internal = procedure("NB.NOIVU.001");
        let lines = format!("{one}\n{two}\n{internal}\n");
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "jsonLines": lines } });
        let answer = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/importProcedures/created"), 3, "{:?}", answer.body);
        assert_eq!(one_stop.ask(IMPORT, json!({ "input": input })).await.ok().data("/importProcedures/unchanged"), 3);
        let seen = one_stop
            .ask("{ procedures(filter: { mobileAccessible: true, accessChannels: [WEB] }) { nodes { code fees { kind channel amount note } components { code name originals copies form digitisable replaceableByData } statutoryLimit { value unit } accessChannels } }
                internalProcedures { nodes { code internal } } all: procedures { totalCount } }", json!({}))
            .await
            .ok();
        assert_eq!(seen.data("/procedures/nodes"), &json!([{
            "code": code(1),
            "fees": [{ "kind": "CHARGE", "channel": "DIRECT", "amount": 8000, "note": "Miễn cho hộ nghèo" }, { "kind": "CHARGE", "channel": "ONLINE", "amount": 4000, "note": null }],
            "components": [{ "code": "TK", "name": "Tờ khai", "originals": 1, "copies": 0, "form": "TK-01", "digitisable": true, "replaceableByData": false }],
            "statutoryLimit": { "value": 10, "unit": "WORKING_DAY" },
            "accessChannels": ["WEB", "VNEID"],
        }]));
        assert_eq!((seen.data("/internalProcedures/nodes"), seen.data("/all/totalCount")), (&json!([{ "code": "NB.NOIVU.001", "internal": true }]), &json!(2)));
        let analytics = ward.analytics().await;
        // Of two full-process services one is reachable on a mobile device beside the web; the internal one counts for nothing.
        assert_eq!(figure(&analytics, "II.6.a.4", "2026-H1").await, "1/2 50.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q1").await, "2/2 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.4-TIME", "2026").await, "3/10 30.00 NO_TARGET");
        let bad = json!({ "organisation": "TTPVHCC", "procedures": { "jsonLines": "{\"code\":\"1.000001\"}" } });
        let answer = one_stop.ask(IMPORT, json!({ "input": bad })).await.ok();
        assert_eq!(answer.user_errors("importProcedures")[0]["line"], 1);
    }

    async fn what_was_pending_when_a_procedure_ended_is_finished_in_the_next_period(ward: Ward) {
        import(&ward, 2).await;
        let pending = json!({ "procedure": code(1), "receivedOnline": 10, "resolvedOnTime": 7, "pendingInTime": 3 });
        accepted(&ward, "2026-Q2", &[pending]).await;
        let ended = json!([{ "code": code(1), "effectiveFrom": "2026-05-01", "changeKind": "ABOLISHED", "decisionNumber": "9/QĐ-UBND", "decisionDate": "2026-04-20" }]);
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": ended } });
        ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        let officer = ward.officer("TTPVHCC").await;
        let new = json!({ "procedure": code(1), "receivedOnline": 1, "carriedOver": 3, "resolvedOnTime": 4 });
        let refused = officer.ask(SAVE, json!({ "input": form("2026-Q3", &[new], 0) })).await.ok();
        assert_eq!(refused.user_errors("saveDossierStatistics")[0]["code"], "NOT_IN_FORCE");
        accepted(&ward, "2026-Q3", &[json!({ "procedure": code(1), "carriedOver": 3, "resolvedLate": 3 })]).await;
    }

    async fn the_journal_of_a_procedure_tells_of_every_change(ward: Ward) {
        import(&ward, 3).await;
        let one_stop = ward.one_stop().await;
        let amended = json!([
            { "code": code(1), "effectiveFrom": "2026-03-01", "changeKind": "AMENDED", "decisionNumber": "7/QĐ-UBND", "decisionDate": "2026-02-20", "name": "Tên mới" },
            { "code": code(2), "effectiveFrom": "2026-03-01", "changeKind": "REPLACED", "decisionNumber": "7/QĐ-UBND", "decisionDate": "2026-02-20", "replacedBy": code(9) },
        ]);
        let input = |list: &Value| json!({ "input": { "organisation": "TTPVHCC", "procedures": { "list": list } } });
        let unknown = one_stop.ask(IMPORT, input(&amended)).await.ok();
        assert_eq!(unknown.user_errors("importProcedures")[0]["code"], "UNKNOWN_CODE");
        let mut amended = amended;
        amended[1]["replacedBy"] = json!(code(3));
        one_stop.ask(IMPORT, input(&amended)).await.ok();
        let id = one_stop.ask(&format!("{{ procedure(code: \"{}\") {{ id }} }}", code(1)), json!({})).await.ok().data("/procedure/id").clone();
        let journal = "query($record: ID!) { journal(record: $record) { nodes { recordKind recordId before after } } }";
        let told = ward.chair().await.ask(journal, json!({ "record": id })).await.ok();
        let entries = told.data("/journal/nodes").as_array().unwrap();
        assert_eq!((entries.len(), &entries[1]["recordId"], &entries[1]["recordKind"]), (2, &id, &json!("procedure")));
        assert_eq!(entries[1]["after"]["2026-03-01"]["decisionNumber"], "7/QĐ-UBND");

        // Announced in time to come, it must be public before it takes effect.
        let places = ["NATIONAL_PORTAL", "NOTICE_BOARD"].map(|place| json!({ "procedure": code(3), "place": place, "url": "https://dichvucong.gov.vn/3", "publishedOn": "2025-07-02" }));
        let record = "mutation($input: RecordPublicationsInput!) { recordPublications(input: $input) { created userErrors { message } } }";
        one_stop.ask(record, json!({ "input": { "organisation": "TTPVHCC", "publications": places } })).await.ok();
        let late = async || {
            let answer = one_stop.ask("{ procedures(filter: { publicationOverdue: true }) { nodes { code } } }", json!({})).await.ok();
            answer.data("/procedures/nodes").as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(late().await, [code(1)]);
        let coming = json!([{ "code": code(3), "effectiveFrom": "2026-12-15", "changeKind": "AMENDED", "decisionNumber": "8/QĐ-UBND", "decisionDate": "2026-09-01" }]);
        one_stop.ask(IMPORT, input(&coming)).await.ok();
        assert_eq!(late().await, [code(1), code(3)]);
        // Shown for a day, it is said to be in force on that day.
        let shown = one_stop.ask("{ procedures(on: \"2025-06-30\", first: 1) { nodes { inForce } } then: procedures(on: \"2025-07-01\", first: 1) { nodes { inForce } } }", json!({})).await.ok();
        assert_eq!((shown.data("/procedures/nodes/0/inForce"), shown.data("/then/nodes/0/inForce")), (&json!(false), &json!(true)));
        let two_days = one_stop.ask("{ procedures(on: \"2025-07-01\", filter: { inForceOn: \"2025-07-02\" }) { totalCount } }", json!({})).await;
        assert_eq!(two_days.code(), "BAD_USER_INPUT");
    }
}
