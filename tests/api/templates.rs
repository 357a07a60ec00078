//! Forms that templates describe: saved, checked, sent, counted, consolidated.

use serde_json::{Value, json};

use crate::story::{figure, figures, step};
use crate::support::{Answer, Client, Ward, on_both_engines};

pub const SAVE: &str = "mutation($input: SaveFormInput!) { saveForm(input: $input) {
    submission { id version edition state } warnings { code message }
    userErrors { code field line expected given message } } }";

/// A cell with a number.
pub fn count(table: &str, row: &str, field: &str, count: Value) -> Value {
    json!({ "table": table, "row": row, "field": field, "count": count })
}

/// The cells of one row, from its numbers.
pub fn row(table: &str, row: &str, counts: &[(&str, i64)]) -> Vec<Value> {
    counts.iter().map(|(field, number)| count(table, row, field, json!(number))).collect()
}

/// A form on its way: whose, which, for when.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub unit: &'a str,
    pub form: &'a str,
    pub period: &'a str,
}

impl Form<'_> {
    pub fn input(&self, cells: &[Value], version: i64) -> Value {
        json!({ "organisation": self.unit, "form": self.form, "period": self.period, "cells": cells, "expectedVersion": version })
    }

    pub fn key(&self) -> Value {
        json!({ "key": { "organisation": self.unit, "form": self.form, "period": self.period } })
    }

    pub async fn save(&self, ward: &Ward, cells: &[Value], version: i64) -> Answer {
        ward.officer(self.unit).await.ask(SAVE, json!({ "input": self.input(cells, version) })).await
    }

    pub async fn faults(&self, ward: &Ward, cells: &[Value]) -> Vec<String> {
        let answer = self.save(ward, cells, 0).await.ok();
        let faults = answer.user_errors("saveForm");
        faults
            .iter()
            .map(|fault| {
                let path: Vec<&str> =
                    fault["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
                format!("{} {}", fault["code"].as_str().unwrap(), path.join("."))
            })
            .collect()
    }

    pub async fn take(&self, client: &Client, name: &str, version: i64, more: Value) -> i64 {
        let mut input = json!({ "submission": self.key(), "expectedVersion": version });
        for (field, value) in more.as_object().unwrap() {
            input[field] = value.clone();
        }
        let answer = client.ask(&step(name), json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors(name), Vec::<Value>::new(), "{} {}", self.unit, self.period);
        answer.data(&format!("/{name}/submission/version")).as_i64().unwrap()
    }

    /// Saves, submits and accepts; answers the version.
    pub async fn accepted(&self, ward: &Ward, cells: &[Value]) -> i64 {
        let saved = self.save(ward, cells, 0).await.ok();
        assert_eq!(saved.user_errors("saveForm"), Vec::<Value>::new());
        let version = saved.data("/saveForm/submission/version").as_i64().unwrap();
        let note = json!({ "warningsNote": "Đã kiểm tra." });
        let version = self.take(&ward.head(self.unit).await, "submitForm", version, note).await;
        // The standing body's own forms are the Chair's to accept.
        let judge = if self.unit == "VHXH" { ward.chair().await } else { ward.standing_body().await };
        self.take(&judge, "acceptForm", version, json!({})).await
    }
}

const fn one_stop<'a>(form: &'a str, period: &'a str) -> Form<'a> {
    Form { unit: "TTPVHCC", form, period }
}

fn ratings(row_code: &str, counts: &[(&str, i64)]) -> Vec<Value> {
    row("SATISFACTION", row_code, counts)
}

/// People and enterprises, how many take part and how many are authenticated.
fn identified(people: (i64, i64), enterprises: (i64, i64)) -> Vec<Value> {
    [("PERSON", people), ("ENTERPRISE", enterprises)]
        .into_iter()
        .flat_map(|(kind, (participants, authenticated))| {
            let mut cells =
                row("IDENTIFICATION", kind, &[("participants", participants), ("authenticated", authenticated)]);
            cells.push(json!({ "table": "IDENTIFICATION", "row": kind, "field": "source", "text": "Công an phường" }));
            cells.push(json!({ "table": "IDENTIFICATION", "row": kind, "field": "asOf", "date": "2026-06-10" }));
            cells
        })
        .collect()
}

fn feedback(received: i64, over: i64, handled: i64, pending: i64) -> Vec<Value> {
    let counts = [("received", received), ("carriedOver", over), ("handled", handled), ("pending", pending)];
    row("FEEDBACK", "ON_ACTS", &counts)
}

async fn consolidated(client: &Client, period: &str, organisation: &str) -> Answer {
    let document = format!(
        "{{ consolidatedForm(form: FEEDBACK, period: \"{period}\", organisation: \"{organisation}\") {{
            lastYearPeriod {{ code }} cells {{ table row field value lastYear }}
            submissions {{ organisation {{ code }} period {{ code }} edition submission {{ state }} }}
            lastYearSubmissions {{ period {{ code }} }}
            missingOrganisations {{ code }} missingCount missingPeriods {{ organisation {{ code }} periods }} missingPeriodCount }} }}"
    );
    client.ask(&document, json!({})).await.ok()
}

/// `value/lastYear` of a cell.
fn value(answer: &Answer, field: &str) -> String {
    let cells = answer.data("/consolidatedForm/cells").as_array().unwrap();
    let found = cells.iter().find(|cell| cell["row"] == "ON_ACTS" && cell["field"] == field).unwrap();
    format!("{}/{}", found["value"], found["lastYear"])
}

on_both_engines! {
    async fn satisfaction_is_compared_exactly_over_three_quarters(ward: Ward) {
        let analytics = ward.analytics().await;
        // Domain facts 13.4: 570 of 600 are 95.00 %, of which 80 of 90 on land, construction and investment.
        let mut first = ratings("ONE_STOP_RATING/LAND", &[("verySatisfied", 30), ("satisfied", 20), ("neutral", 6)]);
        first.extend(ratings("ONE_STOP_RATING/INVESTMENT", &[("satisfied", 30), ("dissatisfied", 4)]));
        first.extend(ratings("ONE_STOP_RATING/OTHER", &[("verySatisfied", 270), ("satisfied", 220), ("neutral", 14), ("dissatisfied", 6), ("noAnswer", 50)]));
        one_stop("SATISFACTION", "2026-Q1").accepted(&ward, &first).await;
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026-Q1").await, "570/600 95.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.6-2", "2026-Q1").await, "80/90 88.89 NOT_DUE");
        // Methods are never added up; one that nobody used has no data.
        assert_eq!(figure(&analytics, "II.2.a.6-1.SIPAS", "2026-Q1").await, "none");

        let mut second = ratings("ONE_STOP_RATING/OTHER", &[("verySatisfied", 300), ("satisfied", 269), ("veryDissatisfied", 30)]);
        second.extend(ratings("SIPAS/OTHER", &[("satisfied", 90), ("dissatisfied", 10)]));
        one_stop("SATISFACTION", "2026-Q2").accepted(&ward, &second).await;
        // Printed 94.99, and below 95 by the exact fraction too.
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026-Q2").await, "569/599 94.99 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.6-2", "2026-Q2").await, "0/0 - NO_DATA");
        assert_eq!(figure(&analytics, "II.2.a.6-1.SIPAS", "2026-Q2").await, "90/100 90.00 NOT_DUE");

        let third = ratings("ONE_STOP_RATING/CONSTRUCTION", &[("verySatisfied", 9), ("satisfied", 1)]);
        one_stop("SATISFACTION", "2026-Q3").accepted(&ward, &third).await;
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026-Q3").await, "10/10 100.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.6-2", "2026-Q3").await, "10/10 100.00 ACHIEVED");
        // Rates are recomputed from summed parts.
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026-9M").await, "1149/1209 95.04 ACHIEVED");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_years_survey_leaves_the_ratings_of_its_quarters(ward: Ward) {
        let analytics = ward.analytics().await;
        let rated = |satisfied, neutral| ratings("ONE_STOP_RATING/OTHER", &[("satisfied", satisfied), ("neutral", neutral)]);
        for (period, satisfied, neutral) in [("2026-Q1", 600, 0), ("2026-Q2", 550, 50), ("2026-Q3", 560, 40)] {
            one_stop("SATISFACTION", period).accepted(&ward, &rated(satisfied, neutral)).await;
        }
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026").await, "1710/1800 95.00 ACHIEVED");
        let year = one_stop("SATISFACTION", "2026");
        let version = year.accepted(&ward, &ratings("SIPAS/OTHER", &[("satisfied", 93), ("dissatisfied", 7)])).await;
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026").await, "1710/1800 95.00 ACHIEVED");
        assert_eq!(figure(&analytics, "II.2.a.6-1.SIPAS", "2026").await, "93/100 93.00 NOT_DUE");
        let document = "{ consolidatedForm(form: SATISFACTION, period: \"2026\") { cells { row field value } submissions { period { code } } missingPeriodCount } }";
        let seen = async || {
            let found = analytics.ask(document, json!({})).await.ok();
            let value = |row: &str, field: &str| {
                let cells = found.data("/consolidatedForm/cells").as_array().unwrap();
                cells.iter().find(|cell| cell["row"] == row && cell["field"] == field).unwrap()["value"].clone()
            };
            let used: Vec<&str> = found.data("/consolidatedForm/submissions").as_array().unwrap().iter()
                .map(|one| one["period"]["code"].as_str().unwrap()).collect();
            (value("ONE_STOP_RATING/OTHER", "satisfied"), value("SIPAS/OTHER", "satisfied"), value("CITY_SURVEY/OTHER", "satisfied"), used.join(" "))
        };
        assert_eq!(seen().await, (json!(1710), json!(93), Value::Null, "2026-Q1 2026 2026-Q2 2026-Q3".to_owned()));

        // What the next edition no longer says is a figure no more, and a zero that was typed is one.
        year.take(&ward.standing_body().await, "reopenForm", version, json!({ "reason": "Nhầm cách đo." })).await;
        let version = year.save(&ward, &ratings("CITY_SURVEY/OTHER", &[("satisfied", 0), ("dissatisfied", 40)]), 1).await.ok()
            .data("/saveForm/submission/version").as_i64().unwrap();
        let version = year.take(&ward.head("TTPVHCC").await, "submitForm", version, json!({ "warningsNote": "Đã sửa." })).await;
        year.take(&ward.standing_body().await, "acceptForm", version, json!({})).await;
        assert_eq!(figure(&analytics, "II.2.a.6-1.SIPAS", "2026").await, "null/null - NO_DATA");
        assert_eq!(figure(&analytics, "II.2.a.6-1.CITY_SURVEY", "2026").await, "0/40 0.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.2.a.6-1", "2026").await, "1710/1800 95.00 ACHIEVED");
        assert_eq!(seen().await.1, Value::Null);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn causes_are_held_against_what_form_06_counts(ward: Ward) {
        crate::story::import(&ward, 1).await;
        crate::story::accepted(&ward, "2026-Q1", &[crate::story::worked_line()]).await;
        let form = one_stop("OVERDUE_CAUSES", "2026-Q1");
        let saved = form.save(&ward, &row("OVERDUE", "COORDINATION", &[("resolvedLate", 4), ("pendingOverdue", 5)]), 0).await.ok();
        let expected = json!([{ "code": "FORMS_DIFFER", "message": "Dossiers resolved late, by the form of causes: 4 here, and 10 dossiers resolved late (column 10 of form 06) in the same period." }]);
        assert_eq!(saved.data("/saveForm/warnings"), &expected);
        let agreed = form.save(&ward, &row("OVERDUE", "COORDINATION", &[("resolvedLate", 10), ("pendingOverdue", 5)]), 1).await.ok();
        assert_eq!(agreed.data("/saveForm/warnings"), &json!([]));
        // Another period, and a unit without dossiers: nothing to compare with.
        let other = one_stop("OVERDUE_CAUSES", "2026-M01").save(&ward, &row("OVERDUE", "OTHER", &[("resolvedLate", 1)]), 0).await.ok();
        assert_eq!(other.data("/saveForm/warnings"), &json!([]));
    }

    async fn feedback_is_counted_as_decision_766_does_beside(ward: Ward) {
        let mut cells = feedback(9, 0, 8, 1);
        cells.extend(row("FEEDBACK", "ON_ACTS", &[("handledOnTime", 7), ("pendingOverdue", 2), ("satisfied", 3), ("dissatisfied", 2)]));
        let form = one_stop("FEEDBACK", "2026-Q1");
        assert_eq!(form.faults(&ward, &cells).await, ["OUT_OF_RANGE cells.5"]);
        cells[5]["count"] = json!(1);
        form.accepted(&ward, &cells).await;
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "FEEDBACK.ON_TIME", "2026-Q1").await, "7/8 87.50 NO_TARGET");
        assert_eq!(figure(&analytics, "FEEDBACK.ON_TIME.QD766", "2026-Q1").await, "7/9 77.78 NO_TARGET");
        assert_eq!(figure(&analytics, "FEEDBACK.SATISFIED", "2026-Q1").await, "3/5 60.00 NO_TARGET");
        assert_eq!(figure(&analytics, "FEEDBACK.SATISFIED.QD766", "2026-Q1").await, "6/9 66.67 NO_TARGET");
    }

    async fn no_ratings_are_no_data(ward: Ward) {
        let form = one_stop("SATISFACTION", "2026-Q1");
        let saved = form.save(&ward, &ratings("ONE_STOP_RATING/LAND", &[("noAnswer", 3)]), 0).await.ok();
        assert_eq!(saved.data("/saveForm/warnings"), &json!([]));
        let empty = one_stop("SATISFACTION", "2026-Q2").save(&ward, &[], 0).await.ok();
        assert_eq!(empty.data("/saveForm/warnings/0/code"), "EMPTY_FORM");
        let version = form.take(&ward.head("TTPVHCC").await, "submitForm", 1, json!({})).await;
        form.take(&ward.standing_body().await, "acceptForm", version, json!({})).await;
        assert_eq!(figure(&ward.analytics().await, "II.2.a.6-1", "2026-Q1").await, "0/0 - NO_DATA");
    }

    async fn identification_is_a_stock_with_source_and_day(ward: Ward) {
        let analytics = ward.analytics().await;
        let bare = row("IDENTIFICATION", "PERSON", &[("participants", 10), ("authenticated", 9)]);
        let form = one_stop("E_IDENTIFICATION", "2025-H2");
        assert_eq!(form.faults(&ward, &bare).await, ["REQUIRED cells.0", "REQUIRED cells.0"]);
        let mut early = identified((1000, 880), (100, 100));
        early[3]["date"] = json!("2031-01-01");
        assert_eq!(form.faults(&ward, &early).await, ["OUT_OF_RANGE cells.3"]);
        // Figures of a day long after the period are asked about.
        let late = form.save(&ward, &identified((1000, 880), (100, 100)), 0).await.ok();
        assert_eq!(late.data("/saveForm/warnings/0/code"), "LATE_FIGURE");
        let version = form.take(&ward.head("TTPVHCC").await, "submitForm", 1, json!({ "warningsNote": "Số liệu gửi chậm." })).await;
        form.take(&ward.standing_body().await, "acceptForm", version, json!({})).await;
        // The plan begins in 2026; for the year before there is a figure, and no target.
        assert_eq!(figure(&analytics, "II.2.a.5", "2025-H2").await, "980/1100 89.09 NO_TARGET");
        one_stop("E_IDENTIFICATION", "2026-H1").accepted(&ward, &identified((1100, 990), (100, 90))).await;
        assert_eq!(figure(&analytics, "II.2.a.5", "2026-H1").await, "1080/1200 90.00 ACHIEVED");
        one_stop("E_IDENTIFICATION", "2026-H2").accepted(&ward, &identified((2000, 1770), (100, 100))).await;
        assert_eq!(figure(&analytics, "II.2.a.5", "2026-H2").await, "1870/2100 89.05 NOT_DUE");
        // A year is what it ends with.
        assert_eq!(figure(&analytics, "II.2.a.5", "2026").await, "1870/2100 89.05 NOT_DUE");
        let seen = ward.officer("TTPVHCC").await
            .ask("query($by: SubmissionReference!) { submission(by: $by) { cells(table: \"IDENTIFICATION\") { row field rowTitle fieldTitle(language: EN) count text date } } }",
                json!({ "by": one_stop("E_IDENTIFICATION", "2026-H2").key() })).await.ok();
        let cells = seen.data("/submission/cells").as_array().unwrap().clone();
        assert_eq!(cells.len(), 8);
        assert_eq!(cells[0], json!({ "row": "PERSON", "field": "participants", "rowTitle": "Người dân", "fieldTitle": "Users of e-government", "count": 2000, "text": null, "date": null }));
        assert_eq!(cells[2]["text"], "Công an phường");
        assert_eq!((&cells[3]["date"], &cells[3]["text"]), (&json!("2026-06-10"), &json!(null)));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn only_whoever_may_saves_and_only_where_the_form_belongs(ward: Ward) {
        let form = one_stop("FEEDBACK", "2026-Q1");
        let cells = feedback(5, 0, 5, 0);
        let outsider = ward.officer("KTHTDT").await;
        assert_eq!(outsider.ask(SAVE, json!({ "input": form.input(&cells, 0) })).await.code(), "FORBIDDEN");
        // A division reports feedback, and no satisfaction.
        let division = Form { unit: "KTHTDT", ..form };
        assert_eq!(division.faults(&ward, &cells).await, Vec::<String>::new());
        let other = Form { unit: "KTHTDT", form: "SATISFACTION", period: "2026-Q1" };
        assert_eq!(other.faults(&ward, &[]).await, ["FORM_NOT_FOR_ORGANISATION organisation"]);
        assert_eq!(one_stop("FEEDBACK", "2027-Q1").faults(&ward, &[]).await, ["WRONG_PERIOD period"]);
        assert_eq!(one_stop("FEEDBACK", "2026-H1").save(&ward, &[], 0).await.code(), "BAD_USER_INPUT");
        assert_eq!(one_stop("DOSSIER_STATISTICS", "2026-Q1").save(&ward, &[], 0).await.code(), "BAD_USER_INPUT");
        let written = form.save(&ward, &cells, 0).await.ok();
        assert_eq!(written.data("/saveForm/submission/version"), 1);
        assert_eq!(form.save(&ward, &cells, 0).await.code(), "CONFLICT");
        // The one-stop role reads what was sent, of every form of its field.
        let by = json!({ "by": form.key() });
        let read = "query($by: SubmissionReference!) { submission(by: $by) { form cells { field } } }";
        assert_eq!(ward.one_stop().await.ask(read, by.clone()).await.ok().data("/submission"), &json!(null));
        let version = form.take(&ward.head("TTPVHCC").await, "submitForm", 1, json!({})).await;
        assert_eq!(ward.one_stop().await.ask(read, by.clone()).await.ok().data("/submission/form"), "FEEDBACK");
        assert_eq!(ward.finance().await.ask(read, by).await.ok().data("/submission"), &json!(null));
        let locked = form.save(&ward, &cells, version).await.ok();
        assert_eq!(locked.user_errors("saveForm")[0]["code"], "WRONG_STATE");
    }

    async fn a_percentage_is_no_count_and_all_faults_come_at_once(ward: Ward) {
        let form = one_stop("FEEDBACK", "2026-Q1");
        let mut cells = feedback(5, 0, 4, 0);
        cells.push(count("FEEDBACK", "ON_RULES", "received", json!(86.32)));
        cells.push(count("FEEDBACK", "ON_RULES", "handled", json!("85%")));
        cells.push(count("FEEDBACK", "ON_RULES", "answered", json!(1)));
        cells.push(count("FEEDBACK", "ON_ACTS", "received", json!(1)));
        cells.push(json!({ "table": "FEEDBACK", "row": "ON_RULES", "field": "pending", "text": "hai" }));
        assert_eq!(
            form.faults(&ward, &cells).await,
            ["NOT_A_COUNT cells.4", "NOT_A_COUNT cells.5", "UNKNOWN_CODE cells.6", "DUPLICATE cells.7", "MALFORMED cells.8"]
        );
        assert_eq!(form.faults(&ward, &feedback(5, 0, 4, 0)).await, ["SUM_MISMATCH cells.0"]);
        // The same as a literal in the document, and in the caller's language.
        let literal = "mutation { saveForm(input: { organisation: \"TTPVHCC\", form: FEEDBACK, period: \"2026-Q1\",
            cells: [{ table: \"FEEDBACK\", row: \"ON_ACTS\", field: \"received\", count: 86.32 }] }) { userErrors { code line message } } }";
        let said = ward.officer("TTPVHCC").await.in_vietnamese().ask(literal, json!({})).await.ok();
        let fault = said.user_errors("saveForm")[0].clone();
        assert_eq!((&fault["code"], &fault["line"]), (&json!("NOT_A_COUNT"), &json!(1)));
        assert!(fault["message"].as_str().unwrap().contains("không nhập tỷ lệ phần trăm"), "{fault}");
        let boolean = count("FEEDBACK", "ON_ACTS", "received", json!(true));
        assert_eq!(form.save(&ward, &[boolean], 0).await.code(), "BAD_USER_INPUT");
        let seen = ward.officer("TTPVHCC").await.ask("{ submissions { totalCount } }", json!({})).await.ok();
        assert_eq!(seen.data("/submissions/totalCount"), 0);
    }

    async fn what_was_pending_is_carried_over(ward: Ward) {
        one_stop("FEEDBACK", "2026-Q1").accepted(&ward, &feedback(10, 0, 8, 2)).await;
        let next = one_stop("FEEDBACK", "2026-Q2");
        assert_eq!(next.faults(&ward, &feedback(3, 1, 4, 0)).await, ["CARRY_OVER_MISMATCH cells.1"]);
        assert_eq!(next.faults(&ward, &[]).await, ["CARRY_OVER_MISMATCH cells.FEEDBACK.ON_ACTS.carriedOver"]);
        next.accepted(&ward, &feedback(3, 2, 5, 0)).await;
        let skipped = one_stop("FEEDBACK", "2026-Q4").save(&ward, &feedback(1, 0, 1, 0), 0).await.ok();
        assert_eq!(skipped.data("/saveForm/warnings/0/code"), "MISSING_PERIOD");
    }

    async fn cells_are_merged_and_editions_compared(ward: Ward) {
        let form = one_stop("OVERDUE_CAUSES", "2026-Q1");
        let mut cells = row("OVERDUE", "COORDINATION", &[("resolvedLate", 4), ("apologyLetters", 3)]);
        cells.push(json!({ "table": "OVERDUE", "row": "COORDINATION", "field": "note", "text": "Chờ thuế." }));
        let version = form.accepted(&ward, &cells).await;
        assert_eq!(figure(&ward.analytics().await, "OVERDUE.APOLOGY", "2026-Q1").await, "3/4 75.00 NO_TARGET");
        form.take(&ward.standing_body().await, "reopenForm", version, json!({ "reason": "Thiếu thư." })).await;
        let mut input = form.input(&row("OVERDUE", "COORDINATION", &[("apologyLetters", 4)]), 1);
        input["cells"].as_array_mut().unwrap().push(json!({ "table": "OVERDUE", "row": "COORDINATION", "field": "note", "text": " " }));
        input["mode"] = json!("MERGE");
        input["idempotencyKey"] = json!("once");
        let officer = ward.officer("TTPVHCC").await;
        let merged = officer.ask(SAVE, json!({ "input": input })).await.ok();
        assert_eq!(merged.user_errors("saveForm"), Vec::<Value>::new());
        let again = officer.ask(SAVE, json!({ "input": input })).await.ok();
        assert_eq!(merged.data("/saveForm/submission"), again.data("/saveForm/submission"));
        let id = merged.data("/saveForm/submission/id").clone();
        let names = "query($id: ID!) { formChanges(id: $id, from: 1, to: 2) { lineName } }";
        let vietnamese = officer.in_vietnamese().ask(names, json!({ "id": id })).await.ok();
        assert_eq!(vietnamese.data("/formChanges/0/lineName"), "Chậm phối hợp giữa các cơ quan");
        let changes = officer.ask("query($id: ID!) { formChanges(id: $id, from: 1, to: 2) { lineCode lineName field before after beforeText afterText } }", json!({ "id": id })).await.ok();
        let expected = json!([
            { "lineCode": "OVERDUE/COORDINATION", "lineName": "Slow co-ordination between agencies", "field": "apologyLetters", "before": 3, "after": 4, "beforeText": null, "afterText": null },
            { "lineCode": "OVERDUE/COORDINATION", "lineName": "Slow co-ordination between agencies", "field": "note", "before": null, "after": null, "beforeText": "Chờ thuế.", "afterText": null },
        ]);
        assert_eq!(changes.data("/formChanges"), &expected);
        let mut dry = form.input(&row("OVERDUE", "OTHER", &[("resolvedLate", 1)]), 2);
        dry["dryRun"] = json!(true);
        let dry = officer.ask(SAVE, json!({ "input": dry })).await.ok();
        assert_eq!(dry.data("/saveForm"), &json!({ "submission": null, "warnings": [], "userErrors": [] }));
        form.take(&ward.head("TTPVHCC").await, "submitForm", 2, json!({})).await;
        // The journal tells what changed, and nothing else.
        let journal = ward.standing_body().await.ask("{ journal(first: 50) { nodes { action before after } } }", json!({})).await.ok();
        let saved = journal.data("/journal/nodes").as_array().unwrap().iter()
            .find(|event| event["action"] == "SAVE_FORM" && event["before"]["OVERDUE/COORDINATION"]["apologyLetters"] == 3).unwrap().clone();
        assert_eq!(saved["after"], json!({ "OVERDUE/COORDINATION": { "apologyLetters": 4 } }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn two_units_are_consolidated_and_the_third_is_missing(ward: Ward) {
        Form { unit: "KTHTDT", form: "FEEDBACK", period: "2026-Q1" }.accepted(&ward, &feedback(10, 0, 7, 3)).await;
        Form { unit: "VHXH", form: "FEEDBACK", period: "2026-Q1" }.accepted(&ward, &feedback(5, 0, 5, 0)).await;
        // Saved and sent is not accepted.
        let waiting = one_stop("FEEDBACK", "2026-Q1");
        waiting.save(&ward, &feedback(100, 0, 100, 0), 0).await.ok();
        let analytics = ward.analytics().await;
        let found = consolidated(&analytics, "2026-Q1", "AN-BIEN").await;
        assert_eq!(value(&found, "received"), "15/null");
        assert_eq!(value(&found, "pending"), "3/null");
        assert_eq!(value(&found, "published"), "null/null");
        // How many are missing everybody knows; who it is, those who may know whether it has submitted.
        assert_eq!((found.data("/consolidatedForm/missingOrganisations"), found.data("/consolidatedForm/missingCount")), (&json!([]), &json!(1)));
        let all = consolidated(&ward.chair().await, "2026-Q1", "AN-BIEN").await;
        assert_eq!((all.data("/consolidatedForm/missingOrganisations"), all.data("/consolidatedForm/missingCount")), (&json!([{ "code": "TTPVHCC" }]), &json!(1)));
        let own = consolidated(&ward.officer("TTPVHCC").await, "2026-Q1", "AN-BIEN").await;
        assert_eq!(own.data("/consolidatedForm/missingOrganisations"), &json!([{ "code": "TTPVHCC" }]));
        // Figures are open to analytics; the submissions behind them are not.
        let used = |unit: &str, submission: Value| json!({ "organisation": { "code": unit }, "period": { "code": "2026-Q1" }, "edition": 1, "submission": submission });
        let expected = json!([used("KTHTDT", Value::Null), used("VHXH", Value::Null)]);
        assert_eq!(found.data("/consolidatedForm/submissions"), &expected);
        let chair = consolidated(&ward.chair().await, "2026-Q1", "KTHTDT").await;
        assert_eq!(chair.data("/consolidatedForm/submissions"), &json!([used("KTHTDT", json!({ "state": "ACCEPTED" }))]));
        assert_eq!(value(&chair, "received"), "10/null");
        assert_eq!(chair.data("/consolidatedForm/missingOrganisations"), &json!([]));
        // What a stranger or another form asks for.
        let none = "{ consolidatedForm(form: DOSSIER_STATISTICS, period: \"2026-Q1\") { form } }";
        assert_eq!(analytics.ask(none, json!({})).await.code(), "BAD_USER_INPUT");
        assert_eq!(ward.stranger().ask("{ formTemplates { code } }", json!({})).await.code(), "UNAUTHENTICATED");
    }

    async fn quarters_make_a_half_year_beside_the_year_before(ward: Ward) {
        let of = |period| Form { unit: "KTHTDT", form: "FEEDBACK", period };
        of("2025-Q1").accepted(&ward, &feedback(4, 0, 3, 1)).await;
        of("2025-Q2").accepted(&ward, &feedback(6, 1, 5, 2)).await;
        of("2026-Q1").accepted(&ward, &feedback(10, 0, 7, 3)).await;
        let analytics = ward.analytics().await;
        let half = consolidated(&ward.chair().await, "2026-H1", "KTHTDT").await;
        assert_eq!(half.data("/consolidatedForm/missingPeriods"), &json!([{ "organisation": { "code": "KTHTDT" }, "periods": ["2026-Q2"] }]));
        let half = consolidated(&analytics, "2026-H1", "KTHTDT").await;
        assert_eq!((half.data("/consolidatedForm/missingPeriods"), half.data("/consolidatedForm/missingPeriodCount")), (&json!([]), &json!(1)));
        of("2026-Q2").accepted(&ward, &feedback(20, 3, 18, 5)).await;
        let half = consolidated(&analytics, "2026-H1", "KTHTDT").await;
        assert_eq!(half.data("/consolidatedForm/missingPeriods"), &json!([]));
        assert_eq!(half.data("/consolidatedForm/lastYearPeriod/code"), "2025-H1");
        assert_eq!(half.data("/consolidatedForm/lastYearSubmissions"), &json!([{ "period": { "code": "2025-Q1" } }, { "period": { "code": "2025-Q2" } }]));
        // What flows adds up, what is carried over is what the half-year began with, what is pending what it ends with.
        assert_eq!(value(&half, "received"), "30/10");
        assert_eq!(value(&half, "carriedOver"), "0/0");
        assert_eq!(value(&half, "pending"), "5/2");
        assert_eq!(figures(&analytics, "FEEDBACK.ON_TIME", "KTHTDT", "2026-H1", "").await[0]["denominator"], 25);
    }

    async fn consolidating_more_units_costs_no_more_statements(ward: Ward) {
        let analytics = ward.analytics().await;
        analytics.ask("{ me { username } }", json!({})).await.ok();
        Form { unit: "KTHTDT", form: "FEEDBACK", period: "2026-Q1" }.accepted(&ward, &feedback(10, 0, 7, 3)).await;
        let few = consolidated(&analytics, "2026-H1", "AN-BIEN").await.statements();
        for unit in ["VHXH", "VP", "TTPVHCC"] {
            Form { unit, form: "FEEDBACK", period: "2026-Q1" }.accepted(&ward, &feedback(1, 0, 1, 0)).await;
            Form { unit, form: "FEEDBACK", period: "2026-Q2" }.accepted(&ward, &feedback(1, 0, 1, 0)).await;
        }
        let many = consolidated(&analytics, "2026-H1", "AN-BIEN").await.statements();
        assert_eq!(few, many);
        assert!(many <= 11, "{many} statements");
        // The cells of a page of submissions are one statement, too.
        let standing = ward.standing_body().await;
        standing.ask("{ me { username } }", json!({})).await.ok();
        let page = |first: u32| format!("{{ submissions(first: {first}) {{ nodes {{ cells {{ row field count }} }} }} }}");
        let (few, many) = (standing.ask(&page(1), json!({})).await.ok().statements(), standing.ask(&page(7), json!({})).await.ok().statements());
        assert_eq!(few, many);
        // Cells are priced by how many are asked for.
        let cells = |first: u32, pages: u32| format!("{{ submissions(first: {pages}) {{ nodes {{ cells(first: {first}) {{ row field count }} }} }} }}");
        let some = standing.ask(&cells(2, 1), json!({})).await.ok();
        assert_eq!(some.data("/submissions/nodes/0/cells").as_array().unwrap().len(), 2);
        assert_eq!(standing.ask(&cells(1_001, 1), json!({})).await.code(), "BAD_USER_INPUT");
        standing.ask(&cells(200, 20), json!({})).await.ok();
        assert_eq!(standing.ask(&cells(1_000, 100), json!({})).await.code(), "QUERY_TOO_COMPLEX");
    }

    async fn a_front_end_draws_a_form_from_its_template(ward: Ward) {
        let client = ward.analytics().await;
        let document = "{ formTemplates { code title periodKinds organisationKinds source calendar
            tables { code title dimensions { code title values { code title } } rows { code title(language: EN) values } fields { code title kind unit additivity required } }
            checks { kind table sentence english: sentence(language: EN) } measures { code unit additivity title } } }";
        let found = client.ask(document, json!({})).await.ok();
        let templates = found.data("/formTemplates").as_array().unwrap().clone();
        let codes: Vec<&str> = templates.iter().map(|one| one["code"].as_str().unwrap()).collect();
        for code in ["OVERDUE_CAUSES", "FEEDBACK", "SATISFACTION", "E_IDENTIFICATION", "DIALOGUES"] {
            assert!(codes.contains(&code), "{code}");
        }
        let feedback = templates.iter().find(|one| one["code"] == "FEEDBACK").unwrap();
        assert_eq!(feedback["checks"][0]["sentence"], "Trên mỗi dòng: Tiếp nhận trong kỳ + Kỳ trước chuyển sang = Đã xử lý + Đang xử lý.");
        assert_eq!(feedback["checks"][5]["english"], "In each row: Carried over equals Pending of the period before.");
        let satisfaction = templates.iter().find(|one| one["code"] == "SATISFACTION").unwrap();
        assert_eq!(satisfaction["tables"][0]["rows"][0], json!({ "code": "ONE_STOP_RATING/LAND", "title": "Rating at the one-stop centre - Land", "values": ["ONE_STOP_RATING", "LAND"] }));
        assert_eq!(client.ask("{ formTemplate(code: DIALOGUES) { title(language: EN) } }", json!({})).await.ok().data("/formTemplate/title"), "Dialogues with people and enterprises");
        assert_eq!(client.ask("{ formTemplate(code: DOSSIER_STATISTICS) { title } }", json!({})).await.ok().data("/formTemplate"), &json!(null));
    }
}
