//! The main job: from a department's submission to an indicator against its target.

use serde_json::json;

use crate::story::{SAVE, accepted, code, figure, figures, form, import, key, save, step, take, worked_line};
use crate::support::on_both_engines;

const SEEN: &str = "query($by: SubmissionReference!) { submission(by: $by) { state edition version
    events { action toState reason actor { displayName } actorRole }
    dossierStatistics { totals { receivedTotal resolvedTotal pendingTotal } lines(first: 5) { totalCount nodes { line procedure { code } receivedInPeriod } } } } }";

on_both_engines! {
    async fn a_submission_becomes_a_figure_against_its_target(ward: Ward) {
        import(&ward, 3).await;
        let officer = ward.officer("TTPVHCC").await;
        let head = ward.head("TTPVHCC").await;
        let standing = ward.standing_body().await;
        let mttq = ward.oversight().await;
        let line = worked_line();
        let version = save(&ward, "2026-Q1", std::slice::from_ref(&line), 0).await;
        assert_eq!(version, 1);

        // Nobody else sees the draft, and nobody else writes in it.
        let by = json!({ "by": key("2026-Q1") });
        for stranger in [&mttq, &standing, &ward.officer("KTHTDT").await, &ward.analytics().await] {
            assert_eq!(stranger.ask(SEEN, by.clone()).await.ok().data("/submission"), &json!(null));
        }
        let outsider = ward.officer("KTHTDT").await;
        let answer = outsider.ask(SAVE, json!({ "input": form("2026-Q1", std::slice::from_ref(&line), 1) })).await;
        assert_eq!(answer.code(), "FORBIDDEN");
        assert_eq!(officer.ask(&step("submitForm"), json!({ "input": { "submission": key("2026-Q1"), "expectedVersion": 1 } })).await.code(), "FORBIDDEN");
        assert_eq!(ward.stranger().ask(SEEN, by.clone()).await.code(), "UNAUTHENTICATED");

        // Submitted, returned once with a reason, sent again, accepted.
        let sent = take(&head, "submitForm", "2026-Q1", 1, json!({})).await.ok();
        assert_eq!(sent.data("/submitForm/submission/state"), "SUBMITTED");
        // Due on 20 March, sent on 20 September.
        assert_eq!(sent.data("/submitForm/submission/lateDays"), 184);
        let locked = officer.ask(SAVE, json!({ "input": form("2026-Q1", std::slice::from_ref(&line), 2) })).await.ok();
        assert_eq!(locked.user_errors("saveDossierStatistics")[0]["code"], "WRONG_STATE");
        let unsaid = take(&standing, "returnForm", "2026-Q1", 2, json!({ "reason": "  " })).await.ok();
        assert_eq!(unsaid.user_errors("returnForm")[0]["code"], "REQUIRED");
        let back = take(&standing, "returnForm", "2026-Q1", 2, json!({ "reason": "Thiếu hồ sơ bưu chính." })).await.ok();
        assert_eq!(back.data("/returnForm/submission/returnReason"), "Thiếu hồ sơ bưu chính.");
        assert_eq!(mttq.ask(SEEN, by.clone()).await.ok().data("/submission"), &json!(null));
        let version = save(&ward, "2026-Q1", std::slice::from_ref(&line), 3).await;
        take(&head, "submitForm", "2026-Q1", version, json!({})).await.ok();
        assert_eq!(figure(&ward.analytics().await, "II.2.a.3-3", "2026-Q1").await, "none");
        // Whoever does not hold the role is refused, however far he sees.
        assert_eq!(take(&ward.chair().await, "acceptForm", "2026-Q1", version + 1, json!({})).await.code(), "FORBIDDEN");
        let done = take(&standing, "acceptForm", "2026-Q1", version + 1, json!({})).await.ok();
        assert_eq!(done.data("/acceptForm/submission/state"), "ACCEPTED");
        // A repeated request is recognised.
        assert_eq!(take(&standing, "acceptForm", "2026-Q1", version + 1, json!({})).await.ok().data("/acceptForm/submission/state"), "ACCEPTED");

        // Domain facts 13.2, 13.5, and the readings beside each other.
        let analytics = ward.analytics().await;
        for (indicator, expected) in [
            ("II.2.a.3-3", "820/950 86.32 ACHIEVED"),
            ("II.2.a.3-3.ALL_HANDLED", "820/1000 82.00 NOT_DUE"),
            ("II.2.a.2-2", "252/480 52.50 ACHIEVED"),
            ("II.2.a.2-2.DOSSIERS", "252/520 48.46 NOT_DUE"),
            ("II.6.a.8-DOSSIERS", "760/950 80.00 NOT_DUE"),
            ("II.6.a.8-RESULTS", "810/900 90.00 NOT_DUE"),
            ("ON_TIME.RESOLVED", "910/920 98.91 NO_TARGET"),
            ("ON_TIME.ONE_STOP", "985/1000 98.50 NO_TARGET"),
            ("ON_TIME.QD766", "985/950 103.68 NO_TARGET"),
            ("II.2.a.2-1", "3/3 100.00 ACHIEVED"),
            ("II.2.a.3-1", "3/3 100.00 ACHIEVED"),
            ("II.2.a.3-2", "3/3 100.00 ACHIEVED"),
        ] {
            assert_eq!(figure(&analytics, indicator, "2026-Q1").await, expected, "{indicator}");
        }
        // Of the unit and of the ward; rolled up to the half-year, where a quarter is missing.
        assert_eq!(figures(&analytics, "II.2.a.3-3", "TTPVHCC", "2026-Q1", "").await.len(), 1);
        let half = figures(&analytics, "II.2.a.3-3", "AN-BIEN", "2026-H1", "").await;
        assert_eq!((&half[0]["value"], &half[0]["missing"]), (&json!("86.32"), &json!(1)));

        // Now it is seen, with its history.
        let seen = mttq.ask(SEEN, by).await.ok();
        assert_eq!(seen.data("/submission/state"), "ACCEPTED");
        assert_eq!(seen.data("/submission/dossierStatistics/totals/receivedTotal"), 1000);
        let actions: Vec<_> = seen.data("/submission/events").as_array().unwrap().iter().map(|event| event["action"].clone()).collect();
        assert_eq!(json!(actions), json!(["SAVE_FORM", "SUBMIT_FORM", "RETURN_FORM", "SAVE_FORM", "SUBMIT_FORM", "ACCEPT_FORM"]));
    }

    async fn the_next_period_carries_over_what_was_pending(ward: Ward) {
        import(&ward, 3).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let officer = ward.officer("TTPVHCC").await;
        let line = |carried: i32| json!({ "procedure": code(1), "receivedOnline": 900, "carriedOver": carried,
            "resolvedOnTime": 900, "pendingInTime": carried });
        let refused = officer.ask(SAVE, json!({ "input": form("2026-Q2", &[line(79)], 0) })).await.ok();
        let errors = refused.user_errors("saveDossierStatistics");
        assert_eq!(errors.len(), 1);
        let expected = json!({ "code": "CARRY_OVER_MISMATCH", "field": ["lines", "0", "carriedOver"], "line": 1, "expected": "80", "given": "79",
            "message": "Line 1 (1.000001): carried over must be 80, what was pending at the end of 2026-Q1; 79 was given." });
        assert_eq!(errors[0], expected);
        let vietnamese = officer.in_vietnamese().ask(SAVE, json!({ "input": form("2026-Q2", &[line(79)], 0) })).await.ok();
        assert_eq!(
            vietnamese.user_errors("saveDossierStatistics")[0]["message"],
            "Dòng 1 (1.000001): hồ sơ kỳ trước chuyển sang phải là 80 như số đang giải quyết cuối kỳ 2026-Q1; đã nhập 79."
        );
        // A line with pending dossiers can't be left out either.
        let other = json!({ "procedure": code(2), "receivedOnline": 1, "resolvedOnTime": 1 });
        let refused = officer.ask(SAVE, json!({ "input": form("2026-Q2", &[other], 0) })).await.ok();
        assert_eq!(refused.user_errors("saveDossierStatistics")[0]["code"], "MISSING_LINE");
        // The copy begins with what is right.
        let copy = "mutation { copyDossierStatistics(input: { organisation: \"TTPVHCC\", period: \"2026-Q2\" }) {
            submission { version dossierStatistics { lines { nodes { carriedOver pendingInTime pendingOverdue } } } } userErrors { message } } }";
        let copied = officer.ask(copy, json!({})).await.ok();
        let line_now = copied.data("/copyDossierStatistics/submission/dossierStatistics/lines/nodes/0").clone();
        assert_eq!(line_now, json!({ "carriedOver": 80, "pendingInTime": 75, "pendingOverdue": 5 }));
        save(&ward, "2026-Q2", &[line(80)], 1).await;
    }
}
