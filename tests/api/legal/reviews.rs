//! Reviews of documents: from the entry of both to the target, who writes and who decides, and what comes of a proposal.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use serde_json::{Value, json};

use super::{
    NONE, acting, at, deciding, decision, enter, entered, finding, numbers, open_campaign, review, reviewed, standing,
    take, three_documents, with,
};
use crate::story::{faults, figure, figures};
use crate::support::{Client, on_both_engines};

on_both_engines! {
    async fn three_periods_from_entry_to_target(ward: Ward) {
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q1").await, "none", "no document, no figure");
        three_documents(&ward).await;
        let quarters = async |expected: [&str; 3]| {
            for (period, expected) in ["2026-Q1", "2026-H1", "2026-Q3"].into_iter().zip(expected) {
                assert_eq!(figure(&analytics, "II.1.a.3", period).await, expected, "{period}");
            }
        };
        // 14 March: 1 and 2 are in force. 14 June: 3 too. 14 September: 1 was repealed from 15 June.
        quarters(["0/2 0.00 NOT_DUE", "0/3 0.00 NOT_DUE", "0/2 0.00 NOT_DUE"]).await;
        open_campaign(&ward, "2026").await;
        // Written alone counts nothing.
        let written = take(&ward.officer("KTHTDT").await, "saveLegalReview", finding("1/2025/QĐ-UBND", "2026-03-10", "REPEAL", "WARD")).await.ok();
        assert_eq!(written.data("/saveLegalReview/review/state"), "PROPOSED", "{}", written.body);
        quarters(["0/2 0.00 NOT_DUE", "0/3 0.00 NOT_DUE", "0/2 0.00 NOT_DUE"]).await;
        take(&ward.head("KTHTDT").await, "decideLegalReview", deciding("1/2025/QĐ-UBND", "CONFIRM", 1)).await.ok();
        reviewed(&ward, "KTHTDT", review("2/2026/QĐ-UBND", "2026-05-05")).await;
        quarters(["1/2 50.00 NOT_DUE", "2/3 66.67 NOT_DUE", "1/2 50.00 NOT_DUE"]).await;
        reviewed(&ward, "VHXH", review("3/2026/QĐ-UBND", "2026-09-14")).await;
        quarters(["1/2 50.00 NOT_DUE", "2/3 66.67 NOT_DUE", "2/2 100.00 ACHIEVED"]).await;
        // Each unit its own: KTHTDT has reviewed both of its documents, and has one left of two.
        for (unit, expected) in [("KTHTDT", [2, 2]), ("VHXH", [0, 1])] {
            let rows = figures(&analytics, "II.1.a.3", unit, "2026-H1", "").await;
            assert_eq!([&rows[0]["numerator"], &rows[0]["denominator"]], [&json!(expected[0]), &json!(expected[1])], "{unit}");
        }
        // The day before the repeal holds, and the day itself.
        let progress = async |on: &str| -> Value {
            let document = format!("{{ legalReviewProgress(on: \"{on}\") {{ organisation {{ code }} toReview reviewed rate {{ percent }} findings handled }} }}");
            analytics.ask(&document, json!({})).await.ok().data("/legalReviewProgress").clone()
        };
        let (before, on) = (progress("2026-06-14").await, progress("2026-06-15").await);
        assert_eq!(before[0], json!({ "organisation": null, "toReview": 3, "reviewed": 2, "rate": { "percent": "66.67" }, "findings": 1, "handled": 0 }));
        assert_eq!(on[0], json!({ "organisation": null, "toReview": 2, "reviewed": 1, "rate": { "percent": "50.00" }, "findings": 1, "handled": 0 }));
        assert_eq!(on.as_array().unwrap().len(), 3);
        assert_eq!(numbers(&analytics, "inForceOn: \"2026-06-15\", filter: { mustReview: true, campaign: \"2026\", reviewed: true }").await, ["2/2026/QĐ-UBND", "3/2026/QĐ-UBND"]);
        assert_eq!(numbers(&analytics, "filter: { campaign: \"2026\", reviewed: false }").await, ["9/2026/QĐ-UBND"]);
        // What was proposed, and what came of it.
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-Q3").await, "0/1 0.00 NO_TARGET");
        let done = json!({ "campaign": "2026", "document": { "number": "1/2025/QĐ-UBND" }, "outcome": "DONE", "on": "2026-06-15", "by": { "number": "9/2026/QĐ-UBND" }, "expectedVersion": 2 });
        let done = take(&ward.head("KTHTDT").await, "recordLegalReviewOutcome", done).await.ok();
        assert_eq!(done.data("/recordLegalReviewOutcome/review/outcomeDocument/number"), "9/2026/QĐ-UBND", "{}", done.body);
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-H1").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "II.1.b.2.HANDLED", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        // Another unit takes a document over, with its figures.
        let third = "{ legalDocument(number: \"3/2026/QĐ-UBND\") { id } }";
        let third = analytics.ask(third, json!({})).await.ok().data("/legalDocument/id").clone();
        entered(&ward, vec![with(decision("3/2026/QĐ-UBND", "TTPVHCC", "2026-03-20", "2026-04-01"), json!({ "id": third, "expectedVersion": 1 }))]).await;
        let rows = figures(&analytics, "II.1.a.3", "TTPVHCC", "2026-Q3", "").await;
        assert_eq!([&rows[0]["numerator"], &rows[0]["denominator"]], [&json!(1), &json!(1)]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        // The next year is reviewed anew; when the target is due, nothing of 2030 is.
        ward.clock().set(at("2027-01-10T02:00:00Z"));
        assert_eq!(figure(&ward.analytics().await, "II.1.a.3", "2027-Q1").await, "0/2 0.00 NOT_DUE");
        ward.clock().set(at("2031-01-10T02:00:00Z"));
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.1.a.3", "2026").await, "2/2 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.1.a.3", "2030").await, "0/2 0.00 NOT_ACHIEVED");
    }

    async fn a_review_is_written_by_the_unit_and_decided_by_somebody_else(ward: Ward) {
        three_documents(&ward).await;
        let (officer, head) = (ward.officer("KTHTDT").await, ward.head("KTHTDT").await);
        let (one, two) = ("1/2025/QĐ-UBND", "2/2026/QĐ-UBND");
        assert_eq!(take(&officer, "saveLegalReview", review(two, "2026-05-05")).await.code(), "NOT_FOUND", "no campaign yet");
        for (period, title, expected) in [("2026", "", "REQUIRED title"), ("2032", "x", "WRONG_PERIOD period")] {
            let answer = take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": period, "title": title })).await.ok();
            assert_eq!(faults(&answer, "saveLegalCampaign"), [expected]);
        }
        assert_eq!(take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": "2026-Q1", "title": "x" })).await.code(), "BAD_USER_INPUT");
        open_campaign(&ward, "2026").await;
        open_campaign(&ward, "2026-H1").await;
        assert_eq!(take(&ward.head("VP").await, "saveLegalCampaign", json!({ "period": "2026", "title": "x" })).await.code(), "CONFLICT");
        let campaigns = officer.ask("{ legalCampaigns { nodes { period { code startDate endDate } } } }", json!({})).await.ok();
        assert_eq!(campaigns.data("/legalCampaigns/nodes/1/period"), &json!({ "code": "2026-H1", "startDate": "2025-12-15", "endDate": "2026-06-14" }));

        for (input, expected) in [
            (review(one, "2026-06-15"), vec!["NOT_IN_FORCE reviewedOn"]),
            (review(two, "2026-01-31"), vec!["NOT_IN_FORCE reviewedOn"]),
            (review(one, "2025-12-14"), vec!["WRONG_PERIOD reviewedOn"]),
            (review(two, "2026-09-21"), vec!["OUT_OF_RANGE reviewedOn"]),
            (with(review(two, "2026-06-15"), json!({ "campaign": "2026-H1" })), vec!["WRONG_PERIOD reviewedOn"]),
            (with(review(two, "2026-05-05"), json!({ "proposal": "AMEND", "addressee": "WARD" })), vec!["OUT_OF_RANGE proposal"]),
            (with(review(two, "2026-05-05"), json!({ "finding": "UNLAWFUL", "proposal": "REPEAL" })), vec!["REQUIRED addressee"]),
            (with(review(two, "2026-05-05"), json!({ "addressee": "CITY" })), vec!["OUT_OF_RANGE addressee"]),
            (with(review(two, "2026-05-05"), json!({ "content": " " })), vec!["REQUIRED content"]),
        ] {
            let answer = take(&officer, "saveLegalReview", input).await.ok();
            assert_eq!(faults(&answer, "saveLegalReview"), expected, "{}", answer.body);
        }
        let not_due = take(&ward.officer("VP").await, "saveLegalReview", review("9/2026/QĐ-UBND", "2026-06-20")).await.ok();
        assert_eq!(faults(&not_due, "saveLegalReview"), ["WRONG_STATE document"]);
        assert_eq!(take(&officer, "saveLegalReview", review("0", "2026-05-05")).await.code(), "NOT_FOUND");
        for client in [ward.officer("VHXH").await, ward.officer("VP").await, ward.chair().await, ward.standing_body().await, ward.analytics().await] {
            assert_eq!(take(&client, "saveLegalReview", review(two, "2026-05-05")).await.code(), "FORBIDDEN");
        }

        let saved = take(&officer, "saveLegalReview", finding(two, "2026-05-05", "AMEND", "WARD")).await.ok();
        assert_eq!(saved.data("/saveLegalReview/review/version"), 1, "{}", saved.body);
        // Until it is confirmed, the unit, the standing body and the Chair see it.
        let seen = async |client: &Client| -> usize {
            let answer = client.ask("{ legalReviews { nodes { state } } }", json!({})).await.ok();
            answer.data("/legalReviews/nodes").as_array().unwrap().len()
        };
        for client in [&officer, &head, &ward.chair().await, &ward.standing_body().await] {
            assert_eq!(seen(client).await, 1);
        }
        for client in [ward.officer("VHXH").await, ward.officer("VP").await, ward.oversight().await, ward.upper_level().await, ward.analytics().await] {
            assert_eq!(seen(&client).await, 0);
            let of = format!("{{ legalDocument(number: \"{two}\") {{ reviews {{ state }} }} }}");
            assert_eq!(client.ask(&of, json!({})).await.ok().data("/legalDocument/reviews"), &json!([]));
        }
        for client in [&officer, &ward.head("VHXH").await, &ward.head("VP").await, &ward.standing_body().await, &ward.oversight().await] {
            assert_eq!(take(client, "decideLegalReview", deciding(two, "CONFIRM", 1)).await.code(), "FORBIDDEN");
        }
        assert_eq!(take(&head, "decideLegalReview", deciding(two, "CONFIRM", 7)).await.code(), "CONFLICT");
        assert_eq!(take(&head, "decideLegalReview", deciding(one, "CONFIRM", 1)).await.code(), "NOT_FOUND");
        assert_eq!(faults(&take(&head, "decideLegalReview", deciding(two, "RETURN", 1)).await.ok(), "decideLegalReview"), ["REQUIRED reason"]);
        let returned = with(deciding(two, "RETURN", 1), json!({ "reason": "Nêu rõ điều khoản." }));
        let returned = take(&head, "decideLegalReview", returned).await.ok();
        assert_eq!(returned.data("/decideLegalReview/review/returnReason"), "Nêu rõ điều khoản.", "{}", returned.body);
        assert_eq!(faults(&take(&head, "decideLegalReview", deciding(two, "CONFIRM", 2)).await.ok(), "decideLegalReview"), ["WRONG_STATE "]);

        // The head mends it, and so may not confirm it: the Chair does.
        let mended = with(finding(two, "2026-05-06", "AMEND", "WARD"), json!({ "expectedVersion": 2 }));
        assert_eq!(take(&head, "saveLegalReview", mended).await.ok().data("/saveLegalReview/review/state"), "PROPOSED");
        let own = take(&head, "decideLegalReview", deciding(two, "CONFIRM", 3)).await;
        assert_eq!((own.code(), own.body["errors"][0]["message"].as_str().unwrap()), ("FORBIDDEN", "You wrote in this record yourself; somebody else must decide this review."));
        let actions = async |client: &Client| -> Value {
            let answer = client.ask("{ legalReviews { nodes { allowedActions { action allowed } } } }", json!({})).await.ok();
            let actions = answer.data("/legalReviews/nodes/0/allowedActions").as_array().unwrap().clone();
            actions.iter().filter(|one| one["allowed"] == true).map(|one| one["action"].clone()).collect()
        };
        assert_eq!((actions(&head).await, actions(&ward.chair().await).await), (json!(["SAVE_LEGAL_REVIEW"]), json!(["DECIDE_LEGAL_REVIEW"])));
        let confirmed = take(&ward.chair().await, "decideLegalReview", deciding(two, "CONFIRM", 3)).await.ok();
        assert_eq!(confirmed.data("/decideLegalReview/review/state"), "CONFIRMED", "{}", confirmed.body);
        assert_eq!(seen(&ward.oversight().await).await, 1);
        let again = with(finding(two, "2026-05-06", "AMEND", "WARD"), json!({ "expectedVersion": 4 }));
        assert_eq!(faults(&take(&officer, "saveLegalReview", again).await.ok(), "saveLegalReview"), ["WRONG_STATE "]);
        // An officer who was made head as well wrote in it all the same.
        let from = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
        let on = GrantOn { programme: None, organisation: "KTHTDT", from, to: None };
        grant(ward.app(), "kthtdt.officer", Role::UnitHead, &on).await.unwrap();
        ward.app().callers.invalidate_all();
        assert_eq!(take(&officer, "decideLegalReview", with(deciding(two, "RETURN", 4), json!({ "reason": "x" }))).await.code(), "FORBIDDEN");
    }

    async fn a_proposal_comes_to_something(ward: Ward) {
        three_documents(&ward).await;
        open_campaign(&ward, "2026").await;
        let (one, two) = ("1/2025/QĐ-UBND", "2/2026/QĐ-UBND");
        reviewed(&ward, "KTHTDT", finding(one, "2026-03-10", "REPEAL", "WARD")).await;
        reviewed(&ward, "KTHTDT", review(two, "2026-03-10")).await;
        let (chair, officer) = (ward.chair().await, ward.officer("KTHTDT").await);
        let outcome = |number: &str, more: Value| with(json!({ "campaign": "2026", "document": { "number": number }, "expectedVersion": 2 }), more);
        let name = "recordLegalReviewOutcome";
        let repealed = json!({ "outcome": "DONE", "on": "2026-06-15", "by": { "number": "9/2026/QĐ-UBND" } });
        for (input, expected) in [
            (outcome(one, json!({ "outcome": "DONE" })), vec!["REQUIRED on", "REQUIRED by"]),
            (outcome(one, json!({ "outcome": "REJECTED", "on": "2026-03-09" })), vec!["REQUIRED reason", "OUT_OF_RANGE on"]),
            (outcome(one, json!({ "outcome": "REJECTED", "on": "2026-09-21", "reason": "x" })), vec!["OUT_OF_RANGE on"]),
            (outcome(one, json!({ "outcome": "PENDING", "on": "2026-06-15" })), vec!["OUT_OF_RANGE on"]),
            (outcome(one, with(repealed.clone(), json!({ "by": { "number": "0" } }))), vec!["UNKNOWN_CODE by"]),
            (outcome(one, with(repealed.clone(), json!({ "by": { "number": two } }))), vec!["OUT_OF_RANGE by"]),
            (outcome(two, repealed.clone()), vec!["WRONG_STATE outcome", "OUT_OF_RANGE by"]),
        ] {
            let answer = take(&chair, name, input).await.ok();
            assert_eq!(faults(&answer, name), expected, "{}", answer.body);
        }
        for client in [&officer, &ward.officer("VP").await, &ward.standing_body().await, &ward.oversight().await] {
            assert_eq!(take(client, name, outcome(one, repealed.clone())).await.code(), "FORBIDDEN");
        }
        let done = take(&chair, name, outcome(one, repealed)).await.ok();
        assert_eq!((faults(&done, name).len(), done.data(&format!("/{name}/review/outcome"))), (0, &json!("DONE")));
        // While it is done, it is not returned, and the document that did it keeps what it did.
        let back = with(deciding(one, "RETURN", 3), json!({ "reason": "x" }));
        assert_eq!(faults(&take(&chair, "decideLegalReview", back.clone()).await.ok(), "decideLegalReview"), ["WRONG_STATE "]);
        let keeper = ward.head("VP").await;
        let ninth = keeper.ask("{ legalDocument(number: \"9/2026/QĐ-UBND\") { id } }", json!({})).await.ok().data("/legalDocument/id").clone();
        let without = with(decision("9/2026/QĐ-UBND", "VP", "2026-06-01", "2026-06-15"), json!({ "id": ninth, "expectedVersion": 1, "mustReview": false }));
        assert_eq!(faults(&enter(&keeper, vec![without.clone()]).await.ok(), "saveLegalDocuments"), ["WRONG_STATE documents.0.relations"]);
        let gone = json!({ "id": ninth, "reason": "x", "expectedVersion": 1 });
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", gone).await.ok(), "withdrawLegalDocument"), ["WRONG_STATE "]);
        let analytics = ward.analytics().await;
        let listed = "{ legalReviews(filter: { outcomes: [DONE], findings: [UNSUITABLE], proposals: [REPEAL], campaign: \"2026\", organisation: \"KTHTDT\" }) { totalCount nodes { document { number } campaign { title } outcomeOn } } }";
        let listed = analytics.ask(listed, json!({})).await.ok();
        assert_eq!(listed.data("/legalReviews/nodes"), &json!([{ "document": { "number": one }, "campaign": { "title": "Rà soát văn bản" }, "outcomeOn": "2026-06-15" }]));
        // Taken back, all of it can be mended; a reviewed document stays all the same.
        let pending = with(outcome(one, json!({ "outcome": "PENDING" })), json!({ "expectedVersion": 3 }));
        assert_eq!(take(&chair, name, pending).await.ok().data(&format!("/{name}/review/outcome")), "PENDING");
        assert_eq!(faults(&enter(&keeper, vec![without]).await.ok(), "saveLegalDocuments"), NONE);
        assert_eq!(standing(&analytics, one, "2026-06-15", "2026-09-20").await["on"], "IN_FORCE");
        let second = analytics.ask(&format!("{{ legalDocument(number: \"{two}\") {{ id }} }}"), json!({})).await.ok().data("/legalDocument/id").clone();
        let withdraw = json!({ "id": second, "reason": "x", "expectedVersion": 1 });
        assert_eq!(faults(&take(&keeper, "withdrawLegalDocument", withdraw).await.ok(), "withdrawLegalDocument"), ["WRONG_STATE "]);
        // A confirmed review that is returned counts no more.
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q3").await, "2/3 66.67 NOT_DUE");
        let back = with(back, json!({ "expectedVersion": 4 }));
        assert_eq!(faults(&take(&chair, "decideLegalReview", back).await.ok(), "decideLegalReview"), NONE);
        assert_eq!(figure(&analytics, "II.1.a.3", "2026-Q3").await, "1/3 33.33 NOT_DUE");
        // A closed campaign takes nothing more, until it is opened again.
        let close = |day: Value, version: i64| json!({ "period": "2026", "title": "Rà soát văn bản", "closedOn": day, "expectedVersion": version });
        assert_eq!(faults(&take(&keeper, "saveLegalCampaign", close(json!("2026-09-21"), 1)).await.ok(), "saveLegalCampaign"), ["OUT_OF_RANGE closedOn"]);
        take(&keeper, "saveLegalCampaign", close(json!("2026-09-20"), 1)).await.ok();
        let mended = with(finding(one, "2026-03-11", "REPEAL", "WARD"), json!({ "expectedVersion": 5 }));
        assert_eq!(faults(&take(&officer, "saveLegalReview", mended.clone()).await.ok(), "saveLegalReview"), ["WRONG_STATE campaign"]);
        take(&keeper, "saveLegalCampaign", close(json!(null), 2)).await.ok();
        assert_eq!(faults(&take(&officer, "saveLegalReview", mended).await.ok(), "saveLegalReview"), NONE);
        // The register changed since it was written: the document had ended by that day.
        let early = with(acting(decision("5/2026/QĐ-UBND", "VP", "2026-02-20", "2026-03-01"), "REPEALS", one), json!({ "mustReview": false }));
        entered(&ward, vec![early]).await;
        assert_eq!(faults(&take(&chair, "decideLegalReview", deciding(one, "CONFIRM", 6)).await.ok(), "decideLegalReview"), ["NOT_IN_FORCE document"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }
}
