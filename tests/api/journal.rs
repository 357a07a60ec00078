//! The journal: what was done and what was refused, by record and by time, and never changed.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::story::{SAVE, accepted, form, import, key, worked_line};
use crate::support::on_both_engines;

const JOURNAL: &str = "query($record: ID, $outcome: AuditOutcome, $last: Int) { journal(record: $record, outcome: $outcome, last: $last) { totalCount nodes {
    at actorName actorRole action outcome rule recordKind reason before after requestId } } }";

on_both_engines! {
    async fn every_step_stands_in_the_journal_with_what_changed(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let standing = ward.standing_body().await;
        let id = standing
            .ask("query($by: SubmissionReference!) { submission(by: $by) { id } }", json!({ "by": key("2026-Q1") }))
            .await
            .ok()
            .data("/submission/id")
            .clone();
        let entries = standing.ask(JOURNAL, json!({ "record": id })).await.ok();
        let nodes = entries.data("/journal/nodes").as_array().unwrap().clone();
        let actions: Vec<(&Value, &Value, &Value)> = nodes.iter().map(|node| (&node["action"], &node["actorRole"], &node["rule"])).collect();
        let expected = json!([["SAVE_FORM", "UNIT_OFFICER", "W01"], ["SUBMIT_FORM", "UNIT_HEAD", "W03"], ["ACCEPT_FORM", "STANDING_BODY", "W06"]]);
        assert_eq!(json!(actions), expected);
        assert_eq!(nodes[0]["after"]["1.000001"]["receivedOnline"], 820);
        assert_eq!(nodes[2]["before"]["state"], "SUBMITTED");
        assert!(!nodes[0]["requestId"].as_str().unwrap().is_empty());

        let refused = ward.officer("KTHTDT").await.ask(SAVE, json!({ "input": form("2026-Q1", &[], 0) })).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        let refusals = ward.chair().await.ask(JOURNAL, json!({ "outcome": "REFUSED", "last": 1 })).await.ok();
        let last = refusals.data("/journal/nodes/0").clone();
        assert_eq!((&last["action"], &last["rule"], &last["actorRole"]), (&json!("SAVE_FORM"), &json!("OTHER_ORGANISATION"), &json!("UNIT_OFFICER")));

        for client in [ward.officer("TTPVHCC").await, ward.oversight().await, ward.analytics().await, ward.one_stop().await] {
            assert_eq!(client.ask(JOURNAL, json!({})).await.code(), "FORBIDDEN");
        }
    }

    async fn the_journal_keeps_a_drafts_figures_from_those_who_may_not_see_it(ward: Ward) {
        import(&ward, 1).await;
        crate::story::save(&ward, "2026-Q1", &[worked_line()], 0).await;
        let last = ward.standing_body().await.ask(JOURNAL, json!({ "last": 1 })).await.ok();
        let last = last.data("/journal/nodes/0").clone();
        assert_eq!((&last["action"], &last["after"]), (&json!("SAVE_FORM"), &json!(null)));
        // Sent, returned and corrected, it is out of sight again until it is sent.
        crate::story::take(&ward.head("TTPVHCC").await, "submitForm", "2026-Q1", 1, json!({})).await.ok();
        let standing = ward.standing_body().await;
        crate::story::take(&standing, "returnForm", "2026-Q1", 2, json!({ "reason": "Sai." })).await.ok();
        let seen = "query($by: SubmissionReference!) { submission(by: $by) { state } }";
        assert_eq!(standing.ask(seen, json!({ "by": key("2026-Q1") })).await.ok().data("/submission/state"), "RETURNED");
        crate::story::save(&ward, "2026-Q1", &[worked_line()], 3).await;
        assert_eq!(standing.ask(seen, json!({ "by": key("2026-Q1") })).await.ok().data("/submission"), &json!(null));
    }

    async fn nothing_written_for_good_can_be_changed_or_removed(ward: Ward) {
        import(&ward, 1).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let connection = ward.app().db.migrator_connection();
        for statement in [
            "UPDATE audit_event SET actor_name = 'x'",
            "DELETE FROM audit_event",
            "UPDATE submission_event SET reason = 'x'",
            "DELETE FROM submission_event",
            "DELETE FROM programme_revision",
            "DELETE FROM measure_value",
            "UPDATE measure_value SET value = 1",
            "DELETE FROM indicator_observation",
            "UPDATE indicator_observation SET numerator = 1",
            "UPDATE indicator_observation SET disclosed = TRUE",
        ] {
            let error = connection.execute_unprepared(statement).await.unwrap_err();
            assert!(error.to_string().contains("append-only"), "{statement}: {error}");
        }
    }

    async fn grants_are_journaled_too(ward: Ward) {
        let entries = ward.chair().await.ask(JOURNAL, json!({ "last": 100 })).await.ok();
        let nodes = entries.data("/journal/nodes").as_array().unwrap().clone();
        assert!(nodes.iter().any(|node| node["action"] == "MANAGE_ACCOUNTS" && node["after"]["role"] == "CHAIR"));
    }
}
