//! Reviews of procedures: proposed, decided, carried out, and what they cut.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use serde_json::{Value, json};

use crate::story::{code, figure, figures, import};
use crate::support::{Answer, Client, on_both_engines};

/// The mutation of a step.
fn step(name: &str) -> String {
    let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    format!(
        "mutation($input: {input}!) {{ {name}(input: $input) {{
            review {{ id code state version decisionNumber decisionReason decidedBy {{ displayName }} implementedOn withdrawnOn }}
            userErrors {{ code field message }} }} }}"
    )
}

async fn take(client: &Client, name: &str, input: Value) -> Answer {
    client.ask(&step(name), json!({ "input": input })).await
}

/// A proposal of KTHTDT for procedure 1: 40 % of the cost and two of five working days.
pub fn proposal(review: &str) -> Value {
    json!({
        "code": review, "procedure": code(1), "organisation": "KTHTDT", "year": 2026, "proposedOn": "2026-05-04",
        "content": "Bỏ bản sao; dùng dữ liệu dân cư.", "componentsBefore": 5, "componentsAfter": 3,
        "formsBefore": 2, "formsAfter": 1, "timeBefore": 5, "timeAfter": 3,
        "costBeforeVnd": 10_000_000, "costAfterVnd": 6_000_000,
    })
}

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

fn errors(answer: &Answer, name: &str) -> Value {
    answer.user_errors(name).iter().map(|one| json!([one["code"], one["field"]])).collect()
}

async fn seen(client: &Client) -> Value {
    let document = "{ procedureReviews { nodes { code state } } }";
    client.ask(document, json!({})).await.ok().data("/procedureReviews/nodes").clone()
}

/// What may be done with a review, by action.
async fn allowed(client: &Client, review: &str) -> Vec<String> {
    let document = "query($code: String!) { procedureReview(code: $code) { allowedActions { action allowed } } }";
    let answer = client.ask(document, json!({ "code": review })).await.ok();
    let actions = answer.data("/procedureReview/allowedActions").as_array().unwrap().clone();
    let open = actions.iter().filter(|one| one["allowed"] == true);
    open.map(|one| one["action"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_review_goes_its_way_from_a_division_to_the_indicator(ward: Ward) {
        import(&ward, 2).await;
        let (officer, head) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await);
        let (one_stop, chair, analytics) = (ward.one_stop().await, ward.chair().await, ward.analytics().await);
        let review = "RS-2026-001";
        let first = take(&officer, "proposeProcedureReview", proposal(review)).await.ok();
        assert_eq!(errors(&first, "proposeProcedureReview"), json!([]));
        assert_eq!(first.data("/proposeProcedureReview/review/version"), 1);

        // Another unit's officer is refused, and the journal knows.
        let other = take(&ward.officer("VP").await, "proposeProcedureReview", with(proposal(review), json!({ "expectedVersion": 1 }))).await;
        assert_eq!(other.code(), "FORBIDDEN");
        let journal = "query($outcome: AuditOutcome, $record: ID) { journal(outcome: $outcome, record: $record, last: 10) { nodes { action rule actorRole } } }";
        let refused = chair.ask(journal, json!({ "outcome": "REFUSED" })).await.ok();
        assert_eq!(refused.data("/journal/nodes/0"), &json!({ "action": "PROPOSE_REVIEW", "rule": "OTHER_ORGANISATION", "actorRole": "UNIT_OFFICER" }));

        // Before it is decided few see it.
        let open = json!([{ "code": review, "state": "PROPOSED" }]);
        for client in [&officer, &head, &one_stop, &chair, &ward.standing_body().await] {
            assert_eq!(seen(client).await, open);
        }
        for client in [&analytics, &ward.officer("VP").await, &ward.oversight().await, &ward.upper_level().await] {
            assert_eq!(seen(client).await, json!([]));
        }
        assert_eq!(allowed(&officer, review).await, ["PROPOSE_REVIEW", "WITHDRAW_REVIEW"]);
        assert_eq!(allowed(&chair, review).await, ["DECIDE_REVIEW"]);

        // The head mends it; whoever saw the first version is too late.
        let mended = with(proposal(review), json!({ "expectedVersion": 1, "formsAfter": 0 }));
        assert_eq!(take(&head, "proposeProcedureReview", mended.clone()).await.ok().data("/proposeProcedureReview/review/version"), 2);
        assert_eq!(take(&officer, "proposeProcedureReview", mended).await.code(), "CONFLICT");
        assert_eq!(take(&officer, "proposeProcedureReview", proposal(review)).await.code(), "CONFLICT");

        // The Chair decides; the one-stop centre does not.
        let decide = json!({ "code": review, "decision": "APPROVE", "decisionDate": "2026-06-01", "decisionNumber": "120/QĐ-UBND", "expectedVersion": 2 });
        assert_eq!(take(&one_stop, "decideProcedureReview", decide.clone()).await.code(), "FORBIDDEN");
        let bare = take(&chair, "decideProcedureReview", json!({ "code": review, "decision": "APPROVE", "decisionDate": "2026-05-03", "expectedVersion": 2 })).await.ok();
        assert_eq!(errors(&bare, "decideProcedureReview"), json!([["REQUIRED", ["decisionNumber"]], ["OUT_OF_RANGE", ["decisionDate"]]]));
        let dry = take(&chair, "decideProcedureReview", with(decide.clone(), json!({ "dryRun": true }))).await.ok();
        assert_eq!(dry.data("/decideProcedureReview"), &json!({ "review": null, "userErrors": [] }));
        let approved = take(&chair, "decideProcedureReview", decide).await.ok();
        let approved = approved.data("/decideProcedureReview/review").clone();
        assert_eq!((&approved["state"], &approved["version"], &approved["decidedBy"]["displayName"]), (&json!("APPROVED"), &json!(3), &json!("chair")));
        assert_eq!(seen(&analytics).await, json!([{ "code": review, "state": "APPROVED" }]));
        let late = take(&officer, "withdrawProcedureReview", json!({ "code": review, "expectedVersion": 3 })).await.ok();
        assert_eq!(errors(&late, "withdrawProcedureReview"), json!([["WRONG_STATE", []]]));
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "none");
        assert_eq!(figure(&analytics, "SIMPLIFICATION.DONE", "2026-Q3").await, "0/1 0.00 NO_TARGET");

        // Carried out on the first of July: in the third quarter, which begins on 15 June.
        let done = json!({ "code": review, "implementedOn": "2026-07-01", "decisionNumber": "150/QĐ-UBND", "expectedVersion": 3 });
        assert_eq!(take(&chair, "implementProcedureReview", done.clone()).await.code(), "FORBIDDEN");
        let early = take(&one_stop, "implementProcedureReview", with(done.clone(), json!({ "implementedOn": "2026-05-31" }))).await.ok();
        assert_eq!(errors(&early, "implementProcedureReview"), json!([["OUT_OF_RANGE", ["implementedOn"]]]));
        let done = take(&one_stop, "implementProcedureReview", done).await.ok();
        assert_eq!(done.data("/implementProcedureReview/review/state"), "IMPLEMENTED");
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q2").await, "none");
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "4000000/10000000 40.00 NO_TARGET");
        assert_eq!(figure(&analytics, "SIMPLIFICATION.DONE", "2026-Q2").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "SIMPLIFICATION.DONE", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        // It counts for the unit that manages the procedure, and not for the one that proposed.
        assert_eq!(figures(&analytics, "II.2.a.4-COST", "TTPVHCC", "2026-Q3", "").await.len(), 1);
        assert_eq!(figures(&analytics, "II.2.a.4-COST", "KTHTDT", "2026-Q3", "").await.len(), 0);
        // The register of procedures has its figures still, and an import of procedures leaves these.
        assert_eq!(figure(&analytics, "II.2.a.3-1", "2026-Q3").await, "2/2 100.00 ACHIEVED");
        let third = json!({ "organisation": "TTPVHCC", "procedures": { "list": [crate::story::procedure(&code(3))] } });
        one_stop.ask(crate::story::IMPORT, json!({ "input": third })).await.ok();
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "4000000/10000000 40.00 NO_TARGET");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);

        let steps = chair.ask(journal, json!({ "record": approved["id"] })).await.ok();
        let steps: Vec<&Value> = steps.data("/journal/nodes").as_array().unwrap().iter().map(|one| &one["action"]).collect();
        assert_eq!(json!(steps), json!(["PROPOSE_REVIEW", "PROPOSE_REVIEW", "DECIDE_REVIEW", "IMPLEMENT_REVIEW"]));
        let node = analytics.ask("query($id: ID!) { node(id: $id) { __typename ... on ProcedureReview { code } } }", json!({ "id": approved["id"] })).await.ok();
        assert_eq!(node.data("/node"), &json!({ "__typename": "ProcedureReview", "code": review }));
    }

    async fn whoever_proposed_never_decides(ward: Ward) {
        import(&ward, 1).await;
        let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "AN-BIEN", from, to: None };
        grant(ward.app(), "kthtdt.officer", Role::Chair, &on).await.unwrap();
        let officer = ward.officer("KTHTDT").await;
        take(&officer, "proposeProcedureReview", proposal("RS-1")).await.ok();
        // Somebody else's change does not make it somebody else's proposal.
        take(&ward.head("KTHTDT").await, "proposeProcedureReview", with(proposal("RS-1"), json!({ "expectedVersion": 1 }))).await.ok();
        let decide = json!({ "code": "RS-1", "decision": "REJECT", "reason": "Trái luật.", "decisionDate": "2026-09-20", "expectedVersion": 2 });
        assert_eq!(take(&officer, "decideProcedureReview", decide.clone()).await.code(), "FORBIDDEN");
        let why = "{ procedureReview(code: \"RS-1\") { allowedActions { action reason } } }";
        let why = officer.ask(why, json!({})).await.ok();
        let why: Vec<Value> = why.data("/procedureReview/allowedActions").as_array().unwrap().iter().filter(|one| one["action"] == "DECIDE_REVIEW").map(|one| one["reason"].clone()).collect();
        assert_eq!(json!(why), json!(["You wrote in this record yourself; somebody else must decide this proposal."]));
        let chair = ward.chair().await;
        let bare = take(&chair, "decideProcedureReview", with(decide.clone(), json!({ "reason": null }))).await.ok();
        assert_eq!(errors(&bare, "decideProcedureReview"), json!([["REQUIRED", ["reason"]]]));
        let rejected = take(&chair, "decideProcedureReview", decide).await.ok();
        assert_eq!(rejected.data("/decideProcedureReview/review/decisionReason"), "Trái luật.");
        // What was rejected concerns those who propose and decide, and oversight.
        let closed = json!([{ "code": "RS-1", "state": "REJECTED" }]);
        for client in [&officer, &ward.head("KTHTDT").await, &ward.one_stop().await, &ward.standing_body().await, &chair, &ward.oversight().await] {
            assert_eq!(seen(client).await, closed);
        }
        for client in [&ward.analytics().await, &ward.officer("VP").await, &ward.upper_level().await, &ward.finance().await] {
            assert_eq!(seen(client).await, json!([]));
            let one = client.ask("{ procedureReview(code: \"RS-1\") { content decisionReason } }", json!({})).await.ok();
            assert_eq!(one.data("/procedureReview"), &Value::Null);
        }
        // Whoever wrote in it does not take the decision back either.
        let back = json!({ "code": "RS-1", "reason": "Xem lại.", "expectedVersion": 3 });
        assert_eq!(take(&officer, "revokeProcedureReviewDecision", back).await.code(), "FORBIDDEN");
        assert_eq!(figure(&ward.analytics().await, "SIMPLIFICATION.DONE", "2026-Q4").await, "none");
    }

    async fn costs_are_those_of_procedures_and_not_of_reviews(ward: Ward) {
        import(&ward, 3).await;
        let (one_stop, chair, analytics) = (ward.one_stop().await, ward.chair().await, ward.analytics().await);
        let internal = json!({ "organisation": "TTPVHCC", "procedures": { "list": [crate::story::procedure("NB.NOIVU.001")] } });
        let internal = one_stop.ask(crate::story::IMPORT, json!({ "input": internal })).await.ok();
        assert_eq!(internal.data("/importProcedures/created"), 1, "{:?}", internal.body);
        let implement = async |review: &str, procedure: &str, (before, after): (i64, i64), on: &str| {
            let input = json!({ "code": review, "procedure": procedure, "costBeforeVnd": before, "costAfterVnd": after });
            take(&one_stop, "proposeProcedureReview", with(proposal("x"), input)).await.ok();
            let input = json!({ "code": review, "decision": "APPROVE", "decisionNumber": "1", "decisionDate": "2026-05-10", "expectedVersion": 1 });
            take(&chair, "decideProcedureReview", input).await.ok();
            let done = take(&one_stop, "implementProcedureReview", json!({ "code": review, "implementedOn": on, "expectedVersion": 2 })).await.ok();
            assert_eq!(errors(&done, "implementProcedureReview"), json!([]));
        };
        // Cut twice: from 100 to 60 and then to 40, which is 60 %. The codes are not in the order of the days.
        implement("RS-1B", &code(1), (100, 60), "2026-05-11").await;
        implement("RS-1A", &code(1), (60, 40), "2026-07-01").await;
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q2").await, "40/100 40.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "60/100 60.00 NO_TARGET");
        // An internal procedure is a proposal carried out, and no cost of the people's.
        implement("RS-2", "NB.NOIVU.001", (1_000, 0), "2026-07-01").await;
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "60/100 60.00 NO_TARGET");
        assert_eq!(figure(&analytics, "SIMPLIFICATION.DONE", "2026-Q3").await, "3/3 100.00 NO_TARGET");
        // Money is exact up to 2^53-1, and null beyond.
        let most = (1_i64 << 53) - 1;
        let totals = "{ procedureReviewTotals { implemented { reviews costVnd { before after cut } } } }";
        implement("RS-3", &code(2), (most - 1_160, 0), "2026-07-01").await;
        let exact = one_stop.ask(totals, json!({})).await.ok();
        assert_eq!(exact.data("/procedureReviewTotals/implemented/costVnd"), &json!({ "before": most, "after": 100, "cut": most - 100 }));
        implement("RS-4", &code(3), (1, 0), "2026-07-01").await;
        let beyond = one_stop.ask(totals, json!({})).await.ok();
        assert_eq!(beyond.data("/procedureReviewTotals/implemented"), &json!({ "reviews": 5, "costVnd": null }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_was_recorded_wrongly_is_corrected_and_the_journal_knows(ward: Ward) {
        import(&ward, 1).await;
        let (one_stop, chair, analytics) = (ward.one_stop().await, ward.chair().await, ward.analytics().await);
        take(&ward.officer("KTHTDT").await, "proposeProcedureReview", proposal("RS-1")).await.ok();
        let decide = json!({ "code": "RS-1", "decision": "APPROVE", "decisionNumber": "120/QĐ-UBND", "decisionDate": "2026-05-05", "expectedVersion": 1 });
        take(&chair, "decideProcedureReview", decide.clone()).await.ok();
        let correct = json!({ "code": "RS-1", "implementedOn": "2026-07-01", "reason": "Nhập sai ngày.", "expectedVersion": 2 });
        let early = take(&one_stop, "correctProcedureReview", correct.clone()).await.ok();
        assert_eq!(errors(&early, "correctProcedureReview"), json!([["WRONG_STATE", []]]));
        // A month too early: the cut counts in the second quarter.
        let done = json!({ "code": "RS-1", "implementedOn": "2026-06-01", "decisionNumber": "150/QĐ-UBND", "expectedVersion": 2 });
        take(&one_stop, "implementProcedureReview", done).await.ok();
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q2").await, "4000000/10000000 40.00 NO_TARGET");
        assert_eq!(allowed(&one_stop, "RS-1").await, ["CORRECT_REVIEW"]);
        assert_eq!(allowed(&chair, "RS-1").await, ["REVOKE_REVIEW"]);

        let correct = with(correct, json!({ "expectedVersion": 3 }));
        for client in [&chair, &ward.officer("KTHTDT").await] {
            assert_eq!(take(client, "correctProcedureReview", correct.clone()).await.code(), "FORBIDDEN");
        }
        let wrong = with(correct.clone(), json!({ "implementedOn": "2026-05-04", "reason": " " }));
        let wrong = take(&one_stop, "correctProcedureReview", wrong).await.ok();
        assert_eq!(errors(&wrong, "correctProcedureReview"), json!([["OUT_OF_RANGE", ["implementedOn"]], ["REQUIRED", ["reason"]]]));
        let nothing = json!({ "code": "RS-1", "implementedOn": "2026-06-01", "reason": "x", "expectedVersion": 3 });
        let nothing = take(&one_stop, "correctProcedureReview", nothing).await.ok();
        assert_eq!(errors(&nothing, "correctProcedureReview"), json!([["REQUIRED", []]]));
        let keyed = with(correct.clone(), json!({ "idempotencyKey": "a" }));
        let corrected = take(&one_stop, "correctProcedureReview", keyed.clone()).await.ok();
        let review = corrected.data("/correctProcedureReview/review");
        assert_eq!((&review["state"], &review["implementedOn"], &review["version"]), (&json!("IMPLEMENTED"), &json!("2026-07-01"), &json!(4)));
        assert_eq!(take(&one_stop, "correctProcedureReview", keyed).await.ok().data("/correctProcedureReview/review"), review);
        assert_eq!(take(&one_stop, "correctProcedureReview", correct).await.code(), "CONFLICT");
        // A figure that was there is not taken away: it says from now on that there is none.
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q2").await, "null/null - NO_DATA");
        assert_eq!(figure(&analytics, "II.2.a.4-COST", "2026-Q3").await, "4000000/10000000 40.00 NO_TARGET");
        let journal = "{ journal(last: 1) { nodes { action actorRole reason before after } } }";
        let entry = chair.ask(journal, json!({})).await.ok().data("/journal/nodes/0").clone();
        assert_eq!((&entry["action"], &entry["actorRole"], &entry["reason"]), (&json!("CORRECT_REVIEW"), &json!("ONE_STOP"), &json!("Nhập sai ngày.")));
        let days = (&entry["before"]["implementedOn"], &entry["after"]["implementedOn"], &entry["after"]["implementingDecision"]);
        assert_eq!(days, (&json!("2026-06-01"), &json!("2026-07-01"), &json!("150/QĐ-UBND")));
        // Null says that there is no decision; what is left out stays.
        let none = json!({ "code": "RS-1", "decisionNumber": null, "reason": "Không có.", "expectedVersion": 4 });
        take(&one_stop, "correctProcedureReview", none).await.ok();
        let stands = "{ procedureReview(code: \"RS-1\") { implementedOn implementingDecision } }";
        let stands = analytics.ask(stands, json!({})).await.ok();
        assert_eq!(stands.data("/procedureReview"), &json!({ "implementedOn": "2026-07-01", "implementingDecision": null }));

        // The Chair takes the decision back: it is a proposal again, and nothing counts.
        let back = json!({ "code": "RS-1", "reason": "Quyết định nhầm phương án.", "expectedVersion": 5 });
        assert_eq!(take(&one_stop, "revokeProcedureReviewDecision", back.clone()).await.code(), "FORBIDDEN");
        let bare = take(&chair, "revokeProcedureReviewDecision", with(back.clone(), json!({ "reason": "" }))).await.ok();
        assert_eq!(errors(&bare, "revokeProcedureReviewDecision"), json!([["REQUIRED", ["reason"]]]));
        let revoked = take(&chair, "revokeProcedureReviewDecision", back.clone()).await.ok();
        let review = revoked.data("/revokeProcedureReviewDecision/review");
        let expected = json!({ "id": review["id"], "code": "RS-1", "state": "PROPOSED", "version": 6, "decisionNumber": null, "decisionReason": null, "decidedBy": null, "implementedOn": null, "withdrawnOn": null });
        assert_eq!(review, &expected);
        assert_eq!(seen(&analytics).await, json!([]));
        for indicator in ["II.2.a.4-COST", "SIMPLIFICATION.DONE"] {
            assert_eq!(figure(&analytics, indicator, "2026-Q3").await, "null/null - NO_DATA");
        }
        let entry = chair.ask(journal, json!({})).await.ok().data("/journal/nodes/0").clone();
        let said = (&entry["action"], &entry["reason"], &entry["before"]["decisionNumber"], &entry["after"]["decisionNumber"]);
        assert_eq!(said, (&json!("REVOKE_REVIEW"), &json!("Quyết định nhầm phương án."), &json!("120/QĐ-UBND"), &Value::Null));
        let again = take(&chair, "revokeProcedureReviewDecision", with(back, json!({ "expectedVersion": 6 }))).await.ok();
        assert_eq!(errors(&again, "revokeProcedureReviewDecision"), json!([["WRONG_STATE", []]]));
        let decided = take(&chair, "decideProcedureReview", with(decide, json!({ "expectedVersion": 6 }))).await.ok();
        assert_eq!(decided.data("/decideProcedureReview/review/state"), "APPROVED");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn faults_come_at_once_and_a_repeat_is_recognised(ward: Ward) {
        import(&ward, 1).await;
        let officer = ward.officer("KTHTDT").await;
        let wrong = with(proposal("rs 1"), json!({ "year": 2040, "proposedOn": "2026-09-21", "formsAfter": 3, "content": " " }));
        let answer = take(&officer, "proposeProcedureReview", wrong).await.ok();
        let expected = json!([["MALFORMED", ["code"]], ["OUT_OF_RANGE", ["year"]], ["OUT_OF_RANGE", ["proposedOn"]], ["REQUIRED", ["content"]], ["OUT_OF_RANGE", ["formsAfter"]]]);
        assert_eq!(errors(&answer, "proposeProcedureReview"), expected);
        let unknown = take(&officer, "proposeProcedureReview", with(proposal("RS-1"), json!({ "procedure": "1.999999" }))).await.ok();
        assert_eq!(errors(&unknown, "proposeProcedureReview"), json!([["UNKNOWN_CODE", ["procedure"]]]));
        let dry = take(&officer, "proposeProcedureReview", with(proposal("RS-1"), json!({ "dryRun": true }))).await.ok();
        assert_eq!(dry.data("/proposeProcedureReview"), &json!({ "review": null, "userErrors": [] }));
        assert_eq!(seen(&officer).await, json!([]));

        let keyed = with(proposal("RS-1"), json!({ "idempotencyKey": "a" }));
        let one = take(&officer, "proposeProcedureReview", keyed.clone()).await.ok();
        let two = take(&officer, "proposeProcedureReview", keyed.clone()).await.ok();
        assert_eq!(one.data("/proposeProcedureReview"), two.data("/proposeProcedureReview"));
        let reused = take(&officer, "proposeProcedureReview", with(keyed, json!({ "year": 2027 }))).await.ok();
        assert_eq!(errors(&reused, "proposeProcedureReview"), json!([["IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"]]]));
        // A code that another unit's proposal has is not taken over.
        let other = with(proposal("RS-1"), json!({ "organisation": "VP", "expectedVersion": 1 }));
        let other = take(&ward.officer("VP").await, "proposeProcedureReview", other).await.ok();
        assert_eq!(errors(&other, "proposeProcedureReview"), json!([["OTHER_ORGANISATION", ["organisation"]]]));

        let withdraw = json!({ "code": "RS-1", "reason": "Sai thủ tục.", "expectedVersion": 1 });
        assert_eq!(take(&ward.officer("VP").await, "withdrawProcedureReview", withdraw.clone()).await.code(), "FORBIDDEN");
        let withdrawn = take(&officer, "withdrawProcedureReview", withdraw).await.ok();
        assert_eq!(withdrawn.data("/withdrawProcedureReview/review/withdrawnOn"), "2026-09-20");
        assert_eq!(seen(&ward.analytics().await).await, json!([]));
        let missing = json!({ "code": "RS-404", "expectedVersion": 1 });
        assert_eq!(take(&officer, "withdrawProcedureReview", missing).await.code(), "NOT_FOUND");
    }

    async fn totals_and_lists_are_narrowed_and_nested_reads_are_few(ward: Ward) {
        import(&ward, 40).await;
        let (one_stop, chair) = (ward.one_stop().await, ward.chair().await);
        for number in 1..=40 {
            let unit = if number % 2 == 0 { "TTPVHCC" } else { "KTHTDT" };
            let input = json!({ "code": format!("RS-{number:03}"), "procedure": code(number), "organisation": unit });
            take(&one_stop, "proposeProcedureReview", with(proposal("x"), input)).await.ok();
        }
        for number in 1..=7 {
            let again = json!({ "code": format!("RS-1-{number}"), "timeUnit": "HOUR", "proposedOn": format!("2026-06-0{number}") });
            take(&one_stop, "proposeProcedureReview", with(proposal("x"), again)).await.ok();
        }
        for (review, decision) in [("RS-001", "APPROVE"), ("RS-1-1", "APPROVE"), ("RS-1-2", "REJECT")] {
            let input = json!({ "code": review, "decision": decision, "decisionNumber": "1", "reason": "x", "decisionDate": "2026-07-01", "expectedVersion": 1 });
            let answer = take(&chair, "decideProcedureReview", input).await.ok();
            assert_eq!(errors(&answer, "decideProcedureReview"), json!([]));
        }
        take(&one_stop, "implementProcedureReview", json!({ "code": "RS-1-1", "implementedOn": "2026-08-01", "expectedVersion": 2 })).await.ok();

        let totals = "query($on: NaiveDate, $year: Int) { procedureReviewTotals(on: $on, year: $year) { counts { state count }
            approved { reviews components { cut } forms { cut } times { unit time { before after cut } } costVnd { before cut } } implemented { reviews times { unit } costVnd { cut } } } }";
        let counts = |answer: &Answer| -> Vec<i64> {
            answer.data("/procedureReviewTotals/counts").as_array().unwrap().iter().map(|one| one["count"].as_i64().unwrap()).collect()
        };
        let now = one_stop.ask(totals, json!({ "year": 2026 })).await.ok();
        // PROPOSED, APPROVED, REJECTED, IMPLEMENTED, WITHDRAWN.
        assert_eq!(counts(&now), [44, 1, 1, 1, 0]);
        let time = json!({ "before": 5, "after": 3, "cut": 2 });
        let approved = json!({
            "reviews": 2, "components": { "cut": 4 }, "forms": { "cut": 2 },
            "times": [{ "unit": "WORKING_DAY", "time": time }, { "unit": "HOUR", "time": time }],
            "costVnd": { "before": 20_000_000, "cut": 8_000_000 },
        });
        assert_eq!(now.data("/procedureReviewTotals/approved"), &approved);
        assert_eq!(now.data("/procedureReviewTotals/implemented"), &json!({ "reviews": 1, "times": [{ "unit": "HOUR" }], "costVnd": { "cut": 4_000_000 } }));
        assert_eq!(counts(&one_stop.ask(totals, json!({ "on": "2026-07-31" })).await.ok()), [44, 2, 1, 0, 0]);
        assert_eq!(counts(&one_stop.ask(totals, json!({ "year": 2027 })).await.ok()), [0, 0, 0, 0, 0]);
        assert_eq!(counts(&ward.analytics().await.ask(totals, json!({})).await.ok()), [0, 1, 0, 1, 0]);

        let list = "query($filter: ProcedureReviewFilter!, $after: String) { procedureReviews(filter: $filter, first: 3, after: $after) { totalCount nodes { code } pageInfo { endCursor } } }";
        let count = async |client: &Client, filter: Value| client.ask(list, json!({ "filter": filter })).await.ok().data("/procedureReviews/totalCount").clone();
        assert_eq!(count(&chair, json!({ "procedure": code(1) })).await, 8);
        assert_eq!(count(&chair, json!({ "procedure": "1.999999" })).await, 0);
        assert_eq!(count(&chair, json!({ "organisation": "TTPVHCC" })).await, 20);
        assert_eq!(count(&chair, json!({ "states": ["APPROVED", "IMPLEMENTED"] })).await, 2);
        assert_eq!(count(&ward.officer("TTPVHCC").await, json!({})).await, 22);
        let first = chair.ask(list, json!({ "filter": { "procedure": code(1) } })).await.ok();
        let more = json!({ "filter": { "procedure": code(1) }, "after": first.data("/procedureReviews/pageInfo/endCursor") });
        assert_eq!(chair.ask(list, more).await.ok().data("/procedureReviews/nodes/0/code"), "RS-1-3");

        let latest = chair.ask("query($code: String!) { procedure(code: $code) { reviews(first: 2) { code } } }", json!({ "code": code(1) })).await.ok();
        assert_eq!(latest.data("/procedure/reviews"), &json!([{ "code": "RS-1-7" }, { "code": "RS-1-6" }]));
        let nested = |first: u32| format!(
            "{{ procedures(first: {first}) {{ nodes {{ code reviews {{ code state organisation {{ code }} procedure {{ code }} decidedBy {{ displayName }} allowedActions {{ action allowed }} }} }} }} }}"
        );
        chair.ask("{ me { username } }", json!({})).await.ok();
        let (few, many) = (chair.ask(&nested(2), json!({})).await.ok().statements(), chair.ask(&nested(40), json!({})).await.ok().statements());
        assert_eq!(few, many);
        assert!(many <= 7, "{many} statements");
    }
}
