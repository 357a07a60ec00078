//! Consultations on drafts: people are asked and answered, and the draft becomes a document.

use serde_json::{Value, json};

use super::{NONE, at, decision, enter, entered, take, with};
use crate::story::faults;
use crate::support::on_both_engines;

on_both_engines! {
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
}
