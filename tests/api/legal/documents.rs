//! The register of documents: when one ends, what is not taken, and who keeps it.

use serde_json::{Value, json};

use super::{DOCUMENTS, acting, decision, enter, entered, numbers, standing, take, with};
use crate::story::faults;
use crate::support::on_both_engines;

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
}
