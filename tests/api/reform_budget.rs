//! The budget of the reform itself: asked for, appraised by both, given, spent.

use access::role::Role;
use base::account::service::accounts::{GrantOn, grant};
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::story::{faults, figure, step};
use crate::support::{Answer, Client, Ward, on_both_engines};

const LINE: &str = "line { code state version estimated appraised appraisalsDiffer allocated spent remaining overspent spendingRate { percent }
    submittedOn returnedReason rejectedReason }
    userErrors { code field message expected given }";
const TOTALS: &str = "query($year: Int!, $organisation: String, $states: [ReformBudgetState!]) {
    reformBudgetTotals(fiscalYear: $year, organisation: $organisation, states: $states) {
        sums { lines unfunded estimated appraised allocated spent spendingRate { percent } }
        byTask { task { section } sums { lines estimated allocated spent } }
        byOrganisation { organisation { code } sums { lines estimated allocated spent } } } }";
const LIST: &str = "query($filter: ReformBudgetFilter!) { reformBudgetLines(filter: $filter) { totalCount nodes {
    code state organisation { code } task { section } allocated spent overspent appraisalsDiffer decidedBy { displayName }
    appraisals { side amount appraisedBy { displayName } } allocations { amount } spending { period spent } allowedActions { action allowed } } } }";

fn with(mut input: Value, more: Value) -> Value {
    for (field, value) in more.as_object().unwrap() {
        input[field] = value.clone();
    }
    input
}

/// Asks for a mutation about a line.
async fn ask(client: &Client, mutation: &str, code: &str, version: i64, more: Value) -> Answer {
    let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let document = format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {LINE} }} }}");
    let input = with(json!({ "code": code, "expectedVersion": version }), more);
    client.ask(&document, json!({ "input": input })).await
}

const SAVE: &str = "saveReformBudgetLine";
const SUBMIT: &str = "submitReformBudgetLine";
const FINANCE: &str = "appraiseReformBudgetForFinance";
const STANDING: &str = "appraiseReformBudgetForStandingBody";
const DECIDE: &str = "decideReformBudgetLine";
const SUPPLEMENT: &str = "supplementReformBudgetLine";
const SPEND: &str = "recordReformSpending";

async fn save(client: &Client, code: &str, version: i64, more: Value) -> Answer {
    let line = json!({ "organisation": "TTPVHCC", "fiscalYear": 2026, "task": "II.2.b.1-1", "content": "Tập huấn rà soát thủ tục.", "estimatedAmount": 100 });
    ask(client, SAVE, code, version, with(line, more)).await
}

fn agree(amount: i64) -> Value {
    json!({ "decision": "AGREE", "amount": amount, "opinion": "Hợp lý." })
}

fn give(amount: i64) -> Value {
    json!({ "decision": "ALLOCATE", "amount": amount, "decisionNumber": "15/QĐ-UBND", "decisionDate": "2026-02-10" })
}

/// What came of a step: the version, with nothing to be mended.
#[track_caller]
fn done(answer: &Answer, mutation: &str) -> i64 {
    assert_eq!(faults(answer, mutation), Vec::<String>::new(), "{}", answer.body);
    answer.data(&format!("/{mutation}/line/version")).as_i64().unwrap()
}

/// A line that was drafted by the officer, signed by the head, appraised by both and given money.
async fn allocated(ward: &Ward, code: &str, unit: &str, (estimated, given): (i64, i64), more: Value) -> i64 {
    let line = with(json!({ "organisation": unit, "estimatedAmount": estimated }), more);
    let version = done(&save(&ward.officer(unit).await, code, 0, line).await.ok(), SAVE);
    let version = done(&ask(&ward.head(unit).await, SUBMIT, code, version, json!({})).await.ok(), SUBMIT);
    let version = done(&ask(&ward.finance().await, FINANCE, code, version, agree(given)).await.ok(), FINANCE);
    let version = done(&ask(&ward.standing_body().await, STANDING, code, version, agree(given)).await.ok(), STANDING);
    done(&ask(&ward.chair().await, DECIDE, code, version, give(given)).await.ok(), DECIDE)
}

async fn line(client: &Client, code: &str, fields: &str) -> Value {
    let document = format!("query($code: String!) {{ reformBudgetLine(code: $code) {{ {fields} }} }}");
    client.ask(&document, json!({ "code": code })).await.ok().data("/reformBudgetLine").clone()
}

async fn hold(ward: &Ward, username: &str, role: Role, organisation: &str) {
    let from = NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
    grant(ward.app(), username, role, &GrantOn { programme: None, organisation, from, to: None }).await.unwrap();
    ward.app().callers.invalidate_all();
}

/// Assigns an estimate of 2026, has its last period accepted, and settles the year, in February 2027.
async fn settle(ward: &Ward) {
    ward.clock().set("2027-02-02T02:00:00Z".parse().unwrap());
    let salaries = json!({ "chapter": "805", "subcategory": "341", "subitem": "6001", "source": "13" });
    let run = async |client: Client, document: &str, mutation: &str, input: Value| {
        let answer = client.ask(document, json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors(mutation), Vec::<Value>::new());
    };
    let events = json!([{ "organisation": "VP", "classification": salaries, "kind": "INITIAL", "amount": 100 }]);
    let decision = json!({ "fiscalYear": 2026, "decisionNumber": "20/NQ-HĐND", "decisionDate": "2026-01-02" });
    let allocate =
        "mutation($input: AllocateBudgetInput!) { allocateBudget(input: $input) { userErrors { code message } } }";
    run(ward.finance().await, allocate, "allocateBudget", with(decision.clone(), json!({ "events": events }))).await;
    let save = "mutation($input: SaveBudgetExecutionInput!) { saveBudgetExecution(input: $input) { userErrors { code message } } }";
    let lines = json!([{ "classification": salaries, "amount": 90 }]);
    run(
        ward.officer("VP").await,
        save,
        "saveBudgetExecution",
        json!({ "organisation": "VP", "period": "2026-M13", "lines": lines }),
    )
    .await;
    let form = json!({ "key": { "organisation": "VP", "form": "BUDGET_EXECUTION", "period": "2026-M13" } });
    let sent = json!({ "submission": form, "expectedVersion": 1, "warningsNote": "Đã kiểm tra." });
    run(ward.head("VP").await, &step("submitForm"), "submitForm", sent).await;
    run(ward.finance().await, &step("acceptForm"), "acceptForm", json!({ "submission": form, "expectedVersion": 2 }))
        .await;
    let close =
        "mutation($input: SettleBudgetYearInput!) { settleBudgetYear(input: $input) { userErrors { code message } } }";
    run(ward.chair().await, close, "settleBudgetYear", with(decision, json!({ "decisionDate": "2027-02-01" }))).await;
}

on_both_engines! {
    async fn a_line_from_its_draft_to_the_last_month(ward: Ward) {
        let (officer, head) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await);
        let (finance, standing, chair, analytics) = (ward.finance().await, ward.standing_body().await, ward.chair().await, ward.analytics().await);
        assert_eq!(done(&save(&officer, "KP-1", 0, json!({})).await.ok(), SAVE), 1);
        assert_eq!(figure(&analytics, "IV.UNFUNDED", "2026-Q3").await, "none", "a draft counts nowhere");
        done(&ask(&head, SUBMIT, "KP-1", 1, json!({})).await.ok(), SUBMIT);
        assert_eq!(figure(&analytics, "IV.UNFUNDED", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        // The standing body sends it back; the unit mends it and signs anew.
        let back = ask(&standing, STANDING, "KP-1", 2, json!({ "decision": "RETURN", "opinion": "Chưa có thuyết minh." })).await.ok();
        assert_eq!((back.data("/appraiseReformBudgetForStandingBody/line/state"), back.data("/appraiseReformBudgetForStandingBody/line/submittedOn")), (&json!("RETURNED"), &Value::Null));
        assert_eq!(figure(&analytics, "IV.UNFUNDED", "2026-Q3").await, "null/null - NO_DATA", "what is returned counts nowhere");
        done(&save(&officer, "KP-1", 3, json!({ "estimatedAmount": 120 })).await.ok(), SAVE);
        done(&ask(&head, SUBMIT, "KP-1", 4, json!({})).await.ok(), SUBMIT);
        // The two sides differ: the Chair can't decide until both agree on one amount.
        done(&ask(&finance, FINANCE, "KP-1", 5, agree(90)).await.ok(), FINANCE);
        assert_eq!(faults(&ask(&chair, DECIDE, "KP-1", 6, give(90)).await.ok(), DECIDE), ["WRONG_STATE decision"]);
        let differs = ask(&standing, STANDING, "KP-1", 6, agree(110)).await.ok();
        let seen = differs.data("/appraiseReformBudgetForStandingBody/line");
        assert_eq!((&seen["state"], &seen["appraised"], &seen["appraisalsDiffer"]), (&json!("SUBMITTED"), &Value::Null, &json!(true)));
        let early = ask(&chair, DECIDE, "KP-1", 7, give(100)).await.ok();
        assert_eq!(early.user_errors(DECIDE)[0]["message"], "The Chair decides once both appraisals agree on one amount. The finance division says 90, the standing body 110.");
        let agreed = ask(&finance, FINANCE, "KP-1", 7, agree(110)).await.ok();
        let seen = agreed.data("/appraiseReformBudgetForFinance/line");
        assert_eq!((&seen["state"], &seen["appraised"], &seen["appraisalsDiffer"]), (&json!("APPRAISED"), &json!(110), &json!(false)));
        // Somebody may change his mind even then.
        done(&ask(&finance, FINANCE, "KP-1", 8, agree(100)).await.ok(), FINANCE);
        done(&ask(&standing, STANDING, "KP-1", 9, agree(100)).await.ok(), STANDING);
        let given = ask(&chair, DECIDE, "KP-1", 10, give(80)).await.ok();
        assert_eq!(done(&given, DECIDE), 11);
        assert_eq!(figure(&analytics, "IV.UNFUNDED", "2026-Q3").await, "0/1 0.00 NO_TARGET");
        assert_eq!(figure(&analytics, "IV.SPENT", "2026-Q3").await, "0/80 0.00 NO_TARGET");
        // A supplement, and spending by month; the head of the unit and the finance division record it too.
        let more = json!({ "kind": "SUPPLEMENT", "amount": 40, "decisionNumber": "30/QĐ-UBND", "decisionDate": "2026-05-10" });
        assert_eq!(done(&ask(&chair, SUPPLEMENT, "KP-1", 11, more).await.ok(), SUPPLEMENT), 12);
        done(&ask(&officer, SPEND, "KP-1", 12, json!({ "period": "2026-M03", "spent": 30 })).await.ok(), SPEND);
        done(&ask(&head, SPEND, "KP-1", 13, json!({ "period": "2026-M05", "spent": 90 })).await.ok(), SPEND);
        assert_eq!(done(&ask(&head, SPEND, "KP-1", 14, json!({ "period": "2026-M05", "spent": 90 })).await.ok(), SPEND), 14, "the same again is nothing new");
        assert_eq!(figure(&analytics, "IV.SPENT", "2026-Q2").await, "90/120 75.00 NO_TARGET");
        // A month that was wrong is corrected with a reason, and both editions stay.
        assert_eq!(faults(&ask(&finance, SPEND, "KP-1", 14, json!({ "period": "2026-M05", "spent": 84 })).await.ok(), SPEND), ["EXPLANATION_REQUIRED reason"]);
        let right = json!({ "period": "2026-M05", "spent": 84, "reason": "Kho bạc đối chiếu lại." });
        let corrected = ask(&finance, SPEND, "KP-1", 14, right).await.ok();
        assert_eq!(corrected.data("/recordReformSpending/line"), &json!({
            "code": "KP-1", "state": "ALLOCATED", "version": 15, "estimated": 120, "appraised": 100, "appraisalsDiffer": false, "allocated": 120, "spent": 84,
            "remaining": 36, "overspent": false, "spendingRate": { "percent": "70.00" }, "submittedOn": "2026-09-20",
            "returnedReason": "Chưa có thuyết minh.", "rejectedReason": null }));
        assert_eq!(figure(&analytics, "IV.SPENT", "2026-Q2").await, "84/120 70.00 NO_TARGET");
        let history = line(&chair, "KP-1", "spending(all: true) { period edition spent reason } allocations { kind amount decisionNumber }
            appraisals { amount } all: appraisals(all: true) { side amount round returned }").await;
        assert_eq!(history["spending"], json!([
            { "period": "2026-M05", "edition": 2, "spent": 84, "reason": "Kho bạc đối chiếu lại." }, { "period": "2026-M05", "edition": 1, "spent": 90, "reason": null },
            { "period": "2026-M03", "edition": 1, "spent": 30, "reason": null } ]));
        assert_eq!(history["allocations"], json!([
            { "kind": "SUPPLEMENT", "amount": 40, "decisionNumber": "30/QĐ-UBND" }, { "kind": "INITIAL", "amount": 80, "decisionNumber": "15/QĐ-UBND" } ]));
        assert_eq!((history["appraisals"].as_array().unwrap().len(), history["all"].as_array().unwrap().len()), (5, 6));
        assert_eq!(history["all"][5], json!({ "side": "STANDING_BODY", "amount": null, "round": 1, "returned": true }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        let journal = chair.ask("{ journal(last: 100) { nodes { recordKind } } }", json!({})).await.ok();
        let written = journal.data("/journal/nodes").as_array().unwrap().iter().filter(|one| one["recordKind"] == "reform_budget_line").count();
        assert_eq!(written, 15, "each change once");
    }

    async fn what_a_line_can_not_be(ward: Ward) {
        let (officer, head, chair) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await, ward.chair().await);
        for (more, expected) in [
            (json!({ "estimatedAmount": 0 }), vec!["OUT_OF_RANGE estimatedAmount"]),
            (json!({ "estimatedAmount": -5 }), vec!["NEGATIVE_AMOUNT estimatedAmount"]),
            (json!({ "estimatedAmount": 1_000_000_000_000_001_i64 }), vec!["OUT_OF_RANGE estimatedAmount"]),
            (json!({ "fiscalYear": 2031, "task": "IX", "content": " " }), vec!["OUT_OF_RANGE fiscalYear", "REQUIRED content", "UNKNOWN_CODE task"]),
            // The plan has a target of this section, and no task.
            (json!({ "task": "II.2.a.3-3" }), vec!["UNKNOWN_CODE task"]),
        ] {
            let answer = save(&officer, "KP-1", 0, more.clone()).await.ok();
            assert_eq!(faults(&answer, SAVE), expected, "{more}: {}", answer.body);
        }
        assert_eq!(faults(&save(&officer, "kp 1", 0, json!({})).await.ok(), SAVE), ["MALFORMED code"]);
        let dry = save(&officer, "KP-1", 0, json!({ "dryRun": true })).await.ok();
        assert_eq!((faults(&dry, SAVE), dry.data("/saveReformBudgetLine/line")), (vec![], &Value::Null));
        for _ in 0..2 {
            assert_eq!(done(&save(&officer, "KP-1", 0, json!({ "idempotencyKey": "k" })).await.ok(), SAVE), 1);
        }
        assert_eq!(faults(&save(&officer, "KP-1", 0, json!({ "idempotencyKey": "k", "content": "khác" })).await.ok(), SAVE), ["IDEMPOTENCY_KEY_REUSED idempotencyKey"]);
        assert_eq!(save(&officer, "KP-1", 0, json!({})).await.code(), "CONFLICT");
        let other = save(&ward.officer("VP").await, "KP-1", 1, json!({ "organisation": "VP" })).await.ok();
        assert_eq!(faults(&other, SAVE), ["OTHER_ORGANISATION organisation"]);
        for (mutation, more, client) in [
            (FINANCE, agree(1), ward.finance().await), (STANDING, agree(1), ward.standing_body().await), (DECIDE, give(1), chair.clone()),
            (SUPPLEMENT, json!({ "kind": "SUPPLEMENT", "amount": 1, "decisionNumber": "1", "decisionDate": "2026-02-01" }), chair.clone()),
            (SPEND, json!({ "period": "2026-M03", "spent": 1 }), officer.clone()),
        ] {
            assert_eq!(faults(&ask(&client, mutation, "KP-1", 1, more).await.ok(), mutation), ["WRONG_STATE "], "{mutation} of a draft");
        }
        done(&ask(&head, SUBMIT, "KP-1", 1, json!({})).await.ok(), SUBMIT);
        assert_eq!(faults(&save(&officer, "KP-1", 2, json!({})).await.ok(), SAVE), ["WRONG_STATE "], "what is signed stays");
        assert_eq!(faults(&ask(&head, SUBMIT, "KP-1", 2, json!({})).await.ok(), SUBMIT), ["WRONG_STATE "]);
        assert_eq!(ask(&head, SUBMIT, "KP-9", 1, json!({})).await.code(), "NOT_FOUND");
        let finance = ward.finance().await;
        assert_eq!(faults(&ask(&finance, FINANCE, "KP-1", 2, json!({ "decision": "AGREE", "opinion": "" })).await.ok(), FINANCE), ["REQUIRED opinion", "REQUIRED amount"]);
        assert_eq!(ask(&finance, FINANCE, "KP-1", 1, agree(1)).await.code(), "CONFLICT");
        done(&ask(&finance, FINANCE, "KP-1", 2, agree(100)).await.ok(), FINANCE);
        done(&ask(&ward.standing_body().await, STANDING, "KP-1", 3, agree(100)).await.ok(), STANDING);
        for (more, expected) in [
            (json!({ "decision": "ALLOCATE" }), vec!["REQUIRED amount", "REQUIRED decisionNumber", "REQUIRED decisionDate"]),
            (with(give(100), json!({ "decisionNumber": " ", "decisionDate": "2026-09-21" })), vec!["REQUIRED decisionNumber", "OUT_OF_RANGE decisionDate"]),
            (with(give(100), json!({ "decisionDate": "2025-06-30" })), vec!["OUT_OF_RANGE decisionDate"]),
            (give(0), vec!["OUT_OF_RANGE amount"]), (give(-1), vec!["NEGATIVE_AMOUNT amount"]), (give(101), vec!["EXPLANATION_REQUIRED reason"]),
            (json!({ "decision": "REJECT" }), vec!["REQUIRED reason"]),
        ] {
            let answer = ask(&chair, DECIDE, "KP-1", 4, more.clone()).await.ok();
            assert_eq!(faults(&answer, DECIDE), expected, "{more}: {}", answer.body);
        }
        // More than was appraised is given with a reason.
        assert_eq!(done(&ask(&chair, DECIDE, "KP-1", 4, with(give(101), json!({ "reason": "Làm tròn." }))).await.ok(), DECIDE), 5);
        let decision = |kind: &str, amount: i64, number: &str| json!({ "kind": kind, "amount": amount, "decisionNumber": number, "decisionDate": "2026-03-01" });
        done(&ask(&officer, SPEND, "KP-1", 5, json!({ "period": "2026-M03", "spent": 60 })).await.ok(), SPEND);
        for (more, expected) in [
            (decision("SUPPLEMENT", -1, "2"), "NEGATIVE_AMOUNT amount"), (decision("ADJUSTMENT", 0, "2"), "OUT_OF_RANGE amount"),
            (decision("ADJUSTMENT", -102, "2"), "OUT_OF_RANGE amount"), (decision("ADJUSTMENT", -42, "2"), "EXPLANATION_REQUIRED explanation"),
            (decision("SUPPLEMENT", 1, "15/QĐ-UBND"), "DUPLICATE decisionNumber"),
        ] {
            let answer = ask(&chair, SUPPLEMENT, "KP-1", 6, more.clone()).await.ok();
            assert_eq!(faults(&answer, SUPPLEMENT), [expected], "{more}: {}", answer.body);
        }
        for (more, expected) in [
            (json!({ "period": "2026-M04", "spent": 59 }), "EXPLANATION_REQUIRED reason"), (json!({ "period": "2026-M02", "spent": 61 }), "EXPLANATION_REQUIRED reason"),
            (json!({ "period": "2026-M04", "spent": 102 }), "EXPLANATION_REQUIRED explanation"), (json!({ "period": "2026-M04", "spent": -1 }), "NEGATIVE_AMOUNT spent"),
            (json!({ "period": "2026-M11", "spent": 61 }), "WRONG_PERIOD period"), (json!({ "period": "2025-M12", "spent": 61 }), "WRONG_PERIOD period"),
            // Nothing was given by the end of January.
            (json!({ "period": "2026-M01", "spent": 1 }), "EXPLANATION_REQUIRED explanation"),
        ] {
            let answer = ask(&officer, SPEND, "KP-1", 6, more.clone()).await.ok();
            assert_eq!(faults(&answer, SPEND), [expected], "{more}: {}", answer.body);
        }
        assert_eq!(ask(&officer, SPEND, "KP-1", 6, json!({ "period": "2026-Q1", "spent": 61 })).await.code(), "BAD_USER_INPUT");
        // Beyond what was given, with an explanation: it is flagged.
        let over = json!({ "period": "2026-M04", "spent": 130, "explanation": "Phát sinh hội nghị." });
        done(&ask(&officer, SPEND, "KP-1", 6, over).await.ok(), SPEND);
        let seen = line(&chair, "KP-1", "overspent remaining spending { period aboveAllocation explanation }").await;
        assert_eq!(seen, json!({ "overspent": true, "remaining": -29, "spending": [
            { "period": "2026-M04", "aboveAllocation": true, "explanation": "Phát sinh hội nghị." }, { "period": "2026-M03", "aboveAllocation": false, "explanation": null } ] }));
        // A supplement makes it good; that it was above when it was recorded stays.
        done(&ask(&chair, SUPPLEMENT, "KP-1", 7, decision("SUPPLEMENT", 29, "16/QĐ-UBND")).await.ok(), SUPPLEMENT);
        let seen = line(&chair, "KP-1", "overspent remaining spending { aboveAllocation }").await;
        assert_eq!(seen, json!({ "overspent": false, "remaining": 0, "spending": [{ "aboveAllocation": true }, { "aboveAllocation": false }] }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn sums_that_no_number_carries_exactly_are_refused(ward: Ward) {
        let officer = ward.officer("TTPVHCC").await;
        const MOST: i64 = 1_000_000_000_000_000;
        let version = allocated(&ward, "KP-20", "VP", (1, 1), json!({})).await;
        for number in 1..=9 {
            done(&save(&officer, &format!("KP-{number}"), 0, json!({ "estimatedAmount": MOST })).await.ok(), SAVE);
        }
        let tenth = save(&officer, "KP-10", 0, json!({ "estimatedAmount": MOST })).await.ok();
        assert_eq!(faults(&tenth, SAVE), ["OUT_OF_RANGE estimatedAmount"]);
        // What 2^53 - 1 leaves beside them is still there, and another year is another sum.
        done(&save(&officer, "KP-10", 0, json!({ "estimatedAmount": 7_199_254_740_990_i64 })).await.ok(), SAVE);
        assert_eq!(faults(&save(&officer, "KP-11", 0, json!({ "estimatedAmount": 1 })).await.ok(), SAVE), ["OUT_OF_RANGE estimatedAmount"]);
        done(&save(&officer, "KP-11", 0, json!({ "estimatedAmount": MOST, "fiscalYear": 2027 })).await.ok(), SAVE);
        let totals = officer.ask(TOTALS, json!({ "year": 2026 })).await.ok();
        assert_eq!(totals.data("/reformBudgetTotals/sums/estimated"), 9_007_199_254_740_990_i64);
        // What one line may have is bounded, too.
        let more = json!({ "kind": "SUPPLEMENT", "amount": MOST, "decisionNumber": "9", "decisionDate": "2026-08-01" });
        assert_eq!(faults(&ask(&ward.chair().await, SUPPLEMENT, "KP-20", version, more).await.ok(), SUPPLEMENT), ["OUT_OF_RANGE amount"]);
    }

    async fn a_rejected_line_and_a_settled_year_are_closed(ward: Ward) {
        let (officer, head, chair) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await, ward.chair().await);
        done(&save(&officer, "KP-1", 0, json!({})).await.ok(), SAVE);
        done(&ask(&head, SUBMIT, "KP-1", 1, json!({})).await.ok(), SUBMIT);
        let rejected = ask(&chair, DECIDE, "KP-1", 2, json!({ "decision": "REJECT", "reason": "Chưa cần thiết." })).await.ok();
        assert_eq!(rejected.data("/decideReformBudgetLine/line/rejectedReason"), "Chưa cần thiết.");
        for (mutation, more, client) in [
            (SAVE, json!({ "organisation": "TTPVHCC", "fiscalYear": 2026, "task": "IV", "content": "x", "estimatedAmount": 1 }), officer.clone()),
            (SUBMIT, json!({}), head), (FINANCE, agree(1), ward.finance().await), (STANDING, agree(1), ward.standing_body().await), (DECIDE, give(1), chair.clone()),
            (SUPPLEMENT, json!({ "kind": "SUPPLEMENT", "amount": 1, "decisionNumber": "1", "decisionDate": "2026-02-01" }), chair.clone()),
            (SPEND, json!({ "period": "2026-M03", "spent": 1 }), officer.clone()),
        ] {
            assert_eq!(faults(&ask(&client, mutation, "KP-1", 3, more).await.ok(), mutation), ["WRONG_STATE "], "{mutation}");
        }
        // Asked for, and nothing given: it stays among those without money.
        assert_eq!(figure(&ward.analytics().await, "IV.UNFUNDED", "2026-Q3").await, "1/1 100.00 NO_TARGET");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        // What was appended is never changed, not even past the API.
        let version = allocated(&ward, "KP-2", "VP", (10, 10), json!({})).await;
        done(&ask(&ward.officer("VP").await, SPEND, "KP-2", version, json!({ "period": "2026-M03", "spent": 4 })).await.ok(), SPEND);
        let connection = ward.app().db.migrator_connection();
        for table in ["reform_budget_appraisal", "reform_budget_allocation", "reform_budget_spending"] {
            for change in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET line_id = line_id")] {
                let refused = connection.execute_unprepared(&change).await.unwrap_err().to_string();
                assert!(refused.contains("append-only"), "{refused}");
            }
        }
        settle(&ward).await;
        let version = version + 1;
        let spent = json!({ "period": "2026-M13", "spent": 5 });
        assert_eq!(faults(&ask(&ward.officer("VP").await, SPEND, "KP-2", version, spent).await.ok(), SPEND), ["YEAR_CLOSED code"]);
        let more = json!({ "kind": "SUPPLEMENT", "amount": 1, "decisionNumber": "1", "decisionDate": "2026-12-01" });
        assert_eq!(faults(&ask(&ward.chair().await, SUPPLEMENT, "KP-2", version, more).await.ok(), SUPPLEMENT), ["YEAR_CLOSED code"]);
        assert_eq!(faults(&save(&ward.officer("TTPVHCC").await, "KP-3", 0, json!({})).await.ok(), SAVE), ["YEAR_CLOSED fiscalYear"]);
    }

    async fn who_may_and_who_may_read(ward: Ward) {
        let (officer, head) = (ward.officer("TTPVHCC").await, ward.head("TTPVHCC").await);
        let (finance, standing, chair) = (ward.finance().await, ward.standing_body().await, ward.chair().await);
        for client in [ward.officer("VP").await, finance.clone(), standing.clone(), chair.clone(), ward.oversight().await, ward.public_service_centre().await] {
            assert_eq!(save(&client, "KP-1", 0, json!({})).await.code(), "FORBIDDEN");
        }
        done(&save(&officer, "KP-1", 0, json!({})).await.ok(), SAVE);
        let counts = async || -> Vec<u64> {
            let mut counts = Vec::new();
            for name in ["ttpvhcc.officer", "ttpvhcc.head", "finance", "standing", "chair", "mttq", "city", "vp.head", "onestop", "analytics", "admin"] {
                let answer = ward.person(name).await.ask(LIST, json!({ "filter": {} })).await.ok();
                counts.push(answer.data("/reformBudgetLines/totalCount").as_u64().unwrap());
            }
            counts
        };
        assert_eq!(counts().await, [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "a draft is the unit's own");
        assert_eq!(line(&chair, "KP-1", "code").await, Value::Null);
        let drafted = chair.ask("{ journal(last: 1) { nodes { action after } } }", json!({})).await.ok();
        assert_eq!(drafted.data("/journal/nodes/0"), &json!({ "action": "SAVE_REFORM_BUDGET", "after": null }), "nor does the journal tell of it");
        for client in [officer.clone(), ward.head("VP").await, standing.clone()] {
            assert_eq!(ask(&client, SUBMIT, "KP-1", 1, json!({})).await.code(), "FORBIDDEN");
        }
        done(&ask(&head, SUBMIT, "KP-1", 1, json!({})).await.ok(), SUBMIT);
        assert_eq!(counts().await, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
        // Neither who drafted nor who signed it appraises or decides, whatever else he is.
        for name in ["ttpvhcc.officer", "ttpvhcc.head"] {
            for role in [Role::FinanceDept, Role::StandingBody, Role::Chair] {
                hold(&ward, name, role, "AN-BIEN").await;
            }
            let author = ward.person(name).await;
            for (mutation, more) in [(FINANCE, agree(1)), (STANDING, agree(1)), (DECIDE, json!({ "decision": "REJECT", "reason": "x" }))] {
                assert_eq!(ask(&author, mutation, "KP-1", 2, more).await.code(), "FORBIDDEN", "{name} {mutation}");
            }
        }
        // One person is not both sides, and no side decides.
        hold(&ward, "finance", Role::StandingBody, "AN-BIEN").await;
        hold(&ward, "finance", Role::Chair, "AN-BIEN").await;
        assert_eq!(ask(&standing, FINANCE, "KP-1", 2, agree(100)).await.code(), "FORBIDDEN");
        done(&ask(&finance, FINANCE, "KP-1", 2, agree(100)).await.ok(), FINANCE);
        assert_eq!(ask(&finance, STANDING, "KP-1", 3, agree(100)).await.code(), "FORBIDDEN");
        done(&ask(&standing, STANDING, "KP-1", 3, agree(100)).await.ok(), STANDING);
        assert_eq!(ask(&finance, DECIDE, "KP-1", 4, give(100)).await.code(), "FORBIDDEN");
        for client in [standing.clone(), ward.head("VP").await, ward.oversight().await] {
            assert_eq!(ask(&client, DECIDE, "KP-1", 4, give(100)).await.code(), "FORBIDDEN");
        }
        let refused = chair.ask("{ journal(last: 1) { nodes { action } } }", json!({})).await.ok();
        assert_eq!(refused.data("/journal/nodes/0/action"), "DECIDE_REFORM_BUDGET");
        let actions = chair.ask(LIST, json!({ "filter": { "organisation": "AN-BIEN" } })).await.ok();
        let allowed: Vec<&str> = actions.data("/reformBudgetLines/nodes/0/allowedActions").as_array().unwrap().iter()
            .filter(|one| one["allowed"] == true).map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(allowed, ["DECIDE_REFORM_BUDGET"]);
        done(&ask(&chair, DECIDE, "KP-1", 4, give(100)).await.ok(), DECIDE);
        assert_eq!(counts().await, [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0], "oversight and the city see what is given");
        let more = json!({ "kind": "SUPPLEMENT", "amount": 1, "decisionNumber": "1", "decisionDate": "2026-03-01" });
        assert_eq!(ask(&finance, SUPPLEMENT, "KP-1", 5, more.clone()).await.code(), "FORBIDDEN");
        assert_eq!(ask(&head, SUPPLEMENT, "KP-1", 5, more).await.code(), "FORBIDDEN");
        let spent = json!({ "period": "2026-M03", "spent": 1 });
        for client in [ward.officer("VP").await, standing, chair.clone(), ward.analytics().await] {
            assert_eq!(ask(&client, SPEND, "KP-1", 5, spent.clone()).await.code(), "FORBIDDEN");
        }
        assert_eq!(ask(&ward.stranger(), SPEND, "KP-1", 5, spent).await.code(), "UNAUTHENTICATED");
    }

    async fn totals_are_of_what_the_caller_sees(ward: Ward) {
        allocated(&ward, "KP-1", "TTPVHCC", (100, 80), json!({})).await;
        allocated(&ward, "KP-2", "TTPVHCC", (50, 50), json!({ "task": "IV" })).await;
        let version = allocated(&ward, "KP-3", "VP", (30, 20), json!({})).await;
        done(&save(&ward.officer("VP").await, "KP-4", 0, json!({ "organisation": "VP", "estimatedAmount": 7 })).await.ok(), SAVE);
        let officer = ward.officer("VP").await;
        for (number, (period, spent)) in (0_i64..).zip([("2026-M05", 9), ("2026-M03", 4), ("2026-M07", 12)]) {
            done(&ask(&officer, SPEND, "KP-3", version + number, json!({ "period": period, "spent": spent })).await.ok(), SPEND);
        }
        let chair = ward.chair().await;
        let totals = chair.ask(TOTALS, json!({ "year": 2026 })).await.ok();
        assert_eq!(totals.data("/reformBudgetTotals"), &json!({
            "sums": { "lines": 3, "unfunded": 0, "estimated": 180, "appraised": 150, "allocated": 150, "spent": 12, "spendingRate": { "percent": "8.00" } },
            "byTask": [
                { "task": { "section": "II.2.b.1-1" }, "sums": { "lines": 2, "estimated": 130, "allocated": 100, "spent": 12 } },
                { "task": { "section": "IV" }, "sums": { "lines": 1, "estimated": 50, "allocated": 50, "spent": 0 } } ],
            "byOrganisation": totals.data("/reformBudgetTotals/byOrganisation").clone() }));
        let units = totals.data("/reformBudgetTotals/byOrganisation").as_array().unwrap();
        let vp = units.iter().find(|one| one["organisation"]["code"] == "VP").unwrap();
        assert_eq!((units.len(), &vp["sums"]), (2, &json!({ "lines": 1, "estimated": 30, "allocated": 20, "spent": 12 })));
        // The unit sees its own draft beside it, and nothing of others; analytics see figures alone.
        let own = officer.ask(TOTALS, json!({ "year": 2026 })).await.ok();
        assert_eq!((own.data("/reformBudgetTotals/sums/lines"), own.data("/reformBudgetTotals/sums/unfunded"), own.data("/reformBudgetTotals/sums/estimated")), (&json!(2), &json!(1), &json!(37)));
        let one = chair.ask(TOTALS, json!({ "year": 2026, "organisation": "TTPVHCC", "states": ["ALLOCATED"] })).await.ok();
        assert_eq!(one.data("/reformBudgetTotals/sums/allocated"), 130);
        let none = ward.analytics().await.ask(TOTALS, json!({ "year": 2026 })).await.ok();
        assert_eq!(none.data("/reformBudgetTotals/sums/lines"), 0);
        assert_eq!(figure(&ward.analytics().await, "IV.SPENT", "2026-Q3").await, "12/150 8.00 NO_TARGET");
        let codes = async |filter: Value| -> Vec<String> {
            let answer = officer.ask(LIST, json!({ "filter": filter })).await.ok();
            let nodes = answer.data("/reformBudgetLines/nodes").as_array().unwrap();
            nodes.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes(json!({ "funded": false })).await, ["KP-4"]);
        assert_eq!(codes(json!({ "funded": true })).await, ["KP-3"]);
        assert_eq!(codes(json!({ "states": ["DRAFT"], "fiscalYear": 2026, "organisation": "AN-BIEN" })).await, ["KP-4"]);
        assert_eq!(codes(json!({ "task": "IV" })).await, Vec::<String>::new());
        assert_eq!(codes(json!({ "fiscalYear": 2027 })).await, Vec::<String>::new());
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn a_page_costs_the_same_for_two_lines_and_for_many(ward: Ward) {
        let chair = ward.chair().await;
        let statements = async |count: usize| -> (u32, u32) {
            let answer = chair.ask(LIST, json!({ "filter": {} })).await.ok();
            assert_eq!(answer.data("/reformBudgetLines/totalCount"), count);
            (answer.statements(), chair.ask(TOTALS, json!({ "year": 2026 })).await.ok().statements())
        };
        let spend = async |code: &str, unit: &str, version: i64| {
            let officer = ward.officer(unit).await;
            done(&ask(&officer, SPEND, code, version, json!({ "period": "2026-M03", "spent": 1 })).await.ok(), SPEND)
        };
        for (number, unit) in (1..).zip(["TTPVHCC", "VP"]) {
            let code = format!("KP-{number}");
            let version = allocated(&ward, &code, unit, (10, 10), json!({})).await;
            spend(&code, unit, version).await;
        }
        let few = statements(2).await;
        for (number, unit) in (3..).zip(["TTPVHCC", "VP", "VHXH", "KTHTDT", "TTSNC", "VP"]) {
            let code = format!("KP-{number}");
            let version = allocated(&ward, &code, unit, (10, 10), json!({ "task": if number % 2 == 0 { "IV" } else { "II.2.b.2" } })).await;
            spend(&code, unit, version).await;
        }
        assert_eq!(statements(8).await, few);
    }
}
