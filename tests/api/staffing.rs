//! The cut of posts: domain facts 13.6 by hand, the moved school and a merge included.

use serde_json::{Value, json};

use crate::headcount::{headcount, staff_of};
use crate::story::{figure, figures};
use crate::support::{Answer, Client, on_both_engines};

const ASSIGN: &str = "mutation($input: AssignStaffingQuotasInput!) { assignStaffingQuotas(input: $input) {
    created changed unchanged userErrors { code field line message } } }";
const BASELINE: &str = "mutation($input: SaveStaffingBaselineInput!) { saveStaffingBaseline(input: $input) {
    baseline { state version lines { organisation { code } posts } } userErrors { code field message } } }";
const APPROVE: &str = "mutation($input: ApproveStaffingBaselineInput!) { approveStaffingBaseline(input: $input) {
    baseline { state version decisionNumber } userErrors { code message } } }";
const PERIMETER: &str = "mutation($input: RecordPerimeterChangeInput!) { recordPerimeterChange(input: $input) {
    effectiveOn userErrors { code field line message expected given } } }";
const REDUCTION: &str =
    "query($on: NaiveDate, $organisation: String) { staffingReduction(on: $on, organisation: $organisation) {
    baselineState baseline rawBaseline quota cut { numerator denominator percent } rawCut { percent } simpleMeanPercent
    targetPercent requiredPosts maximumPosts status forecast { percent } indicativePath { year percent maximumPosts }
    units { organisation { code } baseline quota cut { percent } requiredPosts status } } }";

async fn assign(client: &Client, from: &str, quotas: &[(&str, i32)]) -> Answer {
    let quotas: Vec<Value> = quotas
        .iter()
        .map(|(unit, posts)| json!({ "organisation": unit, "category": "PUBLIC_EMPLOYEE_BUDGET", "fundingSource": "STATE_BUDGET", "posts": posts }))
        .collect();
    let input = json!({ "decisionNumber": format!("QĐ {from}"), "decisionDate": "2026-02-02", "effectiveFrom": from, "quotas": quotas });
    client.ask(ASSIGN, json!({ "input": input })).await
}

fn lines(list: &[(&str, i32)]) -> Value {
    list.iter().map(|(unit, posts)| json!({ "organisation": unit, "posts": posts })).collect()
}

async fn reduction(client: &Client, on: &str) -> Value {
    client.ask(REDUCTION, json!({ "on": on })).await.ok().data("/staffingReduction").clone()
}

on_both_engines! {
    async fn the_worked_cut_with_a_school_that_moves_in(ward: Ward) {
        let standing = ward.standing_body().await;
        let chair = ward.chair().await;
        let analytics = ward.analytics().await;
        // Nothing counts before the Chair approved the baseline.
        let input = json!({ "lines": lines(&[("TTPVHCC", 100), ("KTHTDT", 60), ("TTSNC", 50)]) });
        let saved = standing.ask(BASELINE, json!({ "input": input })).await.ok();
        assert_eq!(saved.data("/saveStaffingBaseline/baseline/state"), "PROPOSED", "{:?}", saved.body);
        let proposed = reduction(&analytics, "2026-12-31").await;
        assert_eq!((&proposed["baselineState"], &proposed["status"], &proposed["requiredPosts"]), (&json!("PROPOSED"), &json!("NO_DATA"), &Value::Null));
        assert_eq!(figure(&analytics, "II.3.a.3", "2026-H1").await, "none");
        let approve = json!({ "decisionNumber": "15/QĐ-UBND", "decisionDate": "2026-01-15", "expectedVersion": 1 });
        let refused = ward.officer("KTHTDT").await.ask(APPROVE, json!({ "input": approve })).await;
        assert_eq!(refused.code(), "FORBIDDEN");
        assert_eq!(standing.ask(APPROVE, json!({ "input": approve })).await.code(), "FORBIDDEN");
        let approved = chair.ask(APPROVE, json!({ "input": approve })).await.ok();
        assert_eq!(approved.data("/approveStaffingBaseline/baseline/state"), "APPROVED", "{:?}", approved.body);
        let again = json!({ "lines": lines(&[("TTPVHCC", 200)]), "expectedVersion": 2 });
        let frozen = standing.ask(BASELINE, json!({ "input": again })).await.ok();
        assert_eq!(frozen.user_errors("saveStaffingBaseline")[0]["code"], "WRONG_STATE");

        assert_eq!(assign(&standing, "2026-06-01", &[("TTPVHCC", 96)]).await.ok().data("/assignStaffingQuotas/created"), 1);
        let last = [("TTPVHCC", 88), ("KTHTDT", 56), ("TTSNC", 45)];
        assert_eq!(assign(&standing, "2030-06-01", &last).await.ok().data("/assignStaffingQuotas/created"), 3);
        assert_eq!(assign(&standing, "2030-06-01", &last).await.ok().data("/assignStaffingQuotas/unchanged"), 3);

        let first_year = reduction(&analytics, "2026-12-31").await;
        assert_eq!(first_year["cut"], json!({ "numerator": 4, "denominator": 210, "percent": "1.90" }));
        assert_eq!((&first_year["targetPercent"], &first_year["requiredPosts"], &first_year["maximumPosts"]), (&json!("10.00"), &json!(21), &json!(189)));
        assert_eq!((&first_year["status"], &first_year["forecast"]["percent"]), (&json!("NOT_YET"), &json!("9.53")));
        assert_eq!(first_year["indicativePath"][0], json!({ "year": 2026, "percent": "2.00", "maximumPosts": 205 }));
        assert_eq!(first_year["indicativePath"][4], json!({ "year": 2030, "percent": "10.00", "maximumPosts": 189 }));
        let end = reduction(&analytics, "2030-12-31").await;
        assert_eq!((&end["cut"]["percent"], &end["simpleMeanPercent"], &end["status"]), (&json!("10.00"), &json!("9.56"), &json!("ACHIEVED")));
        let units: Vec<String> = end["units"].as_array().unwrap().iter()
            .map(|unit| format!("{} {} {}", unit["organisation"]["code"].as_str().unwrap(), unit["cut"]["percent"].as_str().unwrap(), unit["status"].as_str().unwrap()))
            .collect();
        assert_eq!(units, ["KTHTDT 6.67 NOT_YET", "TTPVHCC 12.00 ACHIEVED", "TTSNC 10.00 ACHIEVED"]);
        assert_eq!(figure(&analytics, "II.3.a.3", "2026-H1").await, "4/210 1.90 NOT_DUE");

        // A school of 30 posts moves in during 2028.
        let moved = json!({ "kind": "MOVE_IN", "effectiveOn": "2028-03-01", "decisionNumber": "77/QĐ-UBND", "decisionDate": "2026-03-02",
            "reason": "Tiếp nhận một trường học.", "lines": lines(&[("VHXH", 30)]) });
        let done = standing.ask(PERIMETER, json!({ "input": moved })).await.ok();
        assert_eq!(done.data("/recordPerimeterChange/effectiveOn"), "2028-03-01", "{:?}", done.body);
        let mut twice = moved.clone();
        twice["decisionNumber"] = json!(" 77/QĐ-UBND ");
        let twice = standing.ask(PERIMETER, json!({ "input": twice })).await.ok();
        assert_eq!(twice.user_errors("recordPerimeterChange")[0]["code"], "DUPLICATE");
        let end = reduction(&analytics, "2030-12-31").await;
        assert_eq!((&end["baseline"], &end["quota"], &end["cut"]["percent"], &end["rawCut"]["percent"]), (&json!(240), &json!(219), &json!("8.75"), &json!("-4.29")));

        // What explains the difference adds up to it.
        let document = "{ staffingChanges(from: \"2026-01-01\", to: \"2030-12-31\") { quotaFrom quotaTo baselineFrom baselineTo truncated
            changes { organisation { code } on quotaChange baselineChange decisions { number reason } } } }";
        let explained = analytics.ask(document, json!({})).await.ok();
        let difference = explained.data("/staffingChanges");
        assert_eq!((&difference["quotaFrom"], &difference["quotaTo"], &difference["baselineFrom"], &difference["baselineTo"]), (&json!(210), &json!(219), &json!(210), &json!(240)));
        let sum: i64 = difference["changes"].as_array().unwrap().iter().map(|one| one["quotaChange"].as_i64().unwrap()).sum();
        assert_eq!(sum, 9);
        assert_eq!(difference["changes"][1], json!({ "organisation": { "code": "VHXH" }, "on": "2028-03-01", "quotaChange": 30, "baselineChange": 30,
            "decisions": [{ "number": "77/QĐ-UBND", "reason": "Tiếp nhận một trường học." }] }));
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
        let quotas = analytics.ask("{ staffingQuotas(filter: { category: PUBLIC_EMPLOYEE_BUDGET }, first: 2) { totalCount nodes { posts effectiveFrom organisation { code } } } }", json!({})).await.ok();
        assert_eq!(quotas.data("/staffingQuotas/totalCount"), 4);
        assert!(quotas.statements() <= 8, "{}", quotas.statements());
    }

    async fn a_merge_is_no_cut_and_mistakes_are_named(ward: Ward) {
        let standing = ward.standing_body().await;
        let early = json!({ "kind": "MERGE", "effectiveOn": "2028-01-01", "decisionNumber": "1", "decisionDate": "2026-01-02", "reason": "x", "lines": lines(&[("TTPVHCC", -1), ("TTSNC", 1)]) });
        let refused = standing.ask(PERIMETER, json!({ "input": early })).await.ok();
        assert_eq!(refused.user_errors("recordPerimeterChange")[0]["code"], "WRONG_STATE");
        let input = json!({ "lines": lines(&[("TTPVHCC", 100), ("KTHTDT", 60), ("VHXH", 0)]) });
        standing.ask(BASELINE, json!({ "input": input })).await.ok();
        let approve = json!({ "decisionNumber": "15/QĐ-UBND", "decisionDate": "2026-01-15", "expectedVersion": 1 });
        ward.chair().await.ask(APPROVE, json!({ "input": approve })).await.ok();
        let merge = |units: &[(&str, i32)]| json!({ "kind": "MERGE", "effectiveOn": "2026-05-01", "decisionNumber": "88/QĐ-UBND", "decisionDate": "2026-04-02", "reason": "Hợp nhất.", "lines": lines(units) });
        let short = standing.ask(PERIMETER, json!({ "input": merge(&[("TTPVHCC", -100), ("KTHTDT", -60), ("TTSNC", 150)]) })).await.ok();
        assert_eq!((&short.user_errors("recordPerimeterChange")[0]["code"], &short.user_errors("recordPerimeterChange")[0]["given"]), (&json!("SUM_MISMATCH"), &json!("-10")));
        let more = standing.ask(PERIMETER, json!({ "input": merge(&[("TTPVHCC", -101), ("TTSNC", 101)]) })).await.ok();
        assert_eq!(more.user_errors("recordPerimeterChange")[0]["code"], "OUT_OF_RANGE");
        let unknown = standing.ask(PERIMETER, json!({ "input": merge(&[("TRUONG", -1), ("TTSNC", 1)]) })).await.ok();
        assert_eq!(unknown.user_errors("recordPerimeterChange")[0]["code"], "UNKNOWN_CODE");
        let done = standing.ask(PERIMETER, json!({ "input": merge(&[("TTPVHCC", -100), ("KTHTDT", -60), ("TTSNC", 160)]) })).await.ok();
        assert_eq!(done.data("/recordPerimeterChange/effectiveOn"), "2026-05-01", "{:?}", done.body);
        assign(&standing, "2026-08-01", &[("TTSNC", 155)]).await.ok();
        let now = reduction(&standing, "2026-09-20").await;
        assert_eq!((&now["cut"], &now["rawCut"]["percent"]), (&json!({ "numerator": 5, "denominator": 160, "percent": "3.13" }), &json!("3.13")));
        let unit = |code: &str| now["units"].as_array().unwrap().iter().find(|unit| unit["organisation"]["code"] == code).unwrap().clone();
        assert_eq!((unit("TTPVHCC")["status"].clone(), unit("VHXH")["status"].clone(), unit("VHXH")["cut"]["percent"].clone()), (json!("NOT_APPLICABLE"), json!("NOT_APPLICABLE"), Value::Null));
        let analytics = ward.analytics().await;
        assert_eq!(figure(&analytics, "II.3.a.3", "2026-Q2").await, "0/160 0.00 NOT_DUE");
        assert_eq!(figure(&analytics, "II.3.a.3", "2026-Q3").await, "5/160 3.13 NOT_DUE");

        let mut wrong = json!({ "decisionNumber": "", "decisionDate": "2027-01-01", "effectiveFrom": "2026-08-01",
            "quotas": [{ "organisation": "TTSNC", "category": "CIVIL_SERVANT", "fundingSource": "SERVICE_REVENUE", "posts": -1 }] });
        let faults = standing.ask(ASSIGN, json!({ "input": wrong })).await.ok();
        let codes: Vec<String> = faults.user_errors("assignStaffingQuotas").iter().map(|fault| fault["field"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned()).collect();
        assert_eq!(codes, ["decisionNumber", "decisionDate", "posts", "fundingSource"]);
        wrong["dryRun"] = json!(true);
        assert_eq!(ward.head("TTSNC").await.ask(ASSIGN, json!({ "input": wrong })).await.code(), "FORBIDDEN");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn staff_present_are_compared_for_those_who_reported(ward: Ward) {
        const PRESENCE: &str = "query($organisation: String, $on: NaiveDate) { staffingReduction(organisation: $organisation, on: $on) {
            presence { period on baseline present cut { numerator denominator percent } reported missing } } }";
        let presence = async |client: &Client, organisation: Option<&str>, on: &str| {
            let answer = client.ask(PRESENCE, json!({ "organisation": organisation, "on": on })).await.ok();
            answer.data("/staffingReduction/presence").clone()
        };
        let (standing, chair) = (ward.standing_body().await, ward.chair().await);
        let input = json!({ "lines": lines(&[("TTPVHCC", 100), ("KTHTDT", 60), ("TTSNC", 50)]) });
        standing.ask(BASELINE, json!({ "input": input })).await.ok();
        headcount("TTPVHCC", "2026-H1").accepted(&ward, &staff_of("PUBLIC_EMPLOYEE_BUDGET", 93, &[])).await;
        assert_eq!(presence(&chair, None, "2026-09-20").await, Value::Null, "the baseline is not approved");
        let approve = json!({ "decisionNumber": "15/QĐ-UBND", "decisionDate": "2026-01-15", "expectedVersion": 1 });
        chair.ask(APPROVE, json!({ "input": approve })).await.ok();
        headcount("KTHTDT", "2026-H1").accepted(&ward, &staff_of("PUBLIC_EMPLOYEE_BUDGET", 60, &[])).await;

        // Those that did not report count on neither side.
        let expected = json!({ "period": "2026-H1", "on": "2026-06-14", "baseline": 160, "present": 153,
            "cut": { "numerator": 7, "denominator": 160, "percent": "4.38" }, "reported": 2, "missing": 1 });
        assert_eq!(presence(&standing, None, "2026-09-20").await, expected);
        assert_eq!(presence(&chair, None, "2026-09-20").await, expected);
        assert_eq!(presence(&chair, None, "2026-06-13").await, Value::Null, "nobody has reported by that day");
        // A unit sees its own; nobody outside sees anything.
        let own = presence(&ward.head("TTPVHCC").await, Some("TTPVHCC"), "2026-09-20").await;
        assert_eq!((&own["present"], &own["cut"]["percent"], &own["missing"]), (&json!(93), &json!("7.00"), &json!(0)));
        for (client, organisation) in [
            (ward.head("TTPVHCC").await, None), (ward.head("TTPVHCC").await, Some("KTHTDT")), (ward.analytics().await, None),
            (ward.analytics().await, Some("TTPVHCC")), (ward.one_stop().await, None),
        ] {
            assert_eq!(presence(&client, organisation, "2026-09-20").await, Value::Null, "{organisation:?}");
        }
        let counted = chair.ask(PRESENCE, json!({})).await.ok();
        assert!(counted.statements() <= 13, "{}", counted.statements());
    }

    async fn posts_are_assigned_to_those_who_are_there_and_can_be_compared(ward: Ward) {
        let (standing, chair) = (ward.standing_body().await, ward.chair().await);
        let faults = async |from: &str, quotas: &[(&str, i32)]| -> Vec<String> {
            let answer = assign(&standing, from, quotas).await.ok();
            let errors = answer.user_errors("assignStaffingQuotas");
            errors.iter().map(|fault| format!("{} {}", fault["code"].as_str().unwrap(), fault["field"][1])).collect()
        };
        assert_eq!(faults("0001-01-01", &[("TTPVHCC", 0), ("VP", 3)]).await, ["NOT_IN_FORCE \"0\"", "NOT_IN_FORCE \"1\""]);
        let input = json!({ "lines": lines(&[("TTPVHCC", 100), ("VHXH", 0)]) });
        standing.ask(BASELINE, json!({ "input": input })).await.ok();
        // Before the baseline is frozen nothing is compared yet.
        assert_eq!(faults("2026-02-01", &[("TTPVHCC", 99), ("KTHTDT", 1)]).await, Vec::<String>::new());
        let approve = json!({ "decisionNumber": "15/QĐ-UBND", "decisionDate": "2026-01-15", "expectedVersion": 1 });
        chair.ask(APPROVE, json!({ "input": approve })).await.ok();
        assert_eq!(faults("2026-08-01", &[("VHXH", 2), ("KTHTDT", 4), ("VP", 0)]).await, ["WRONG_STATE \"1\""]);
        let moved = json!({ "kind": "MOVE_IN", "effectiveOn": "2026-08-01", "decisionNumber": "77/QĐ-UBND", "decisionDate": "2026-07-02",
            "reason": "Tiếp nhận một trạm y tế.", "lines": lines(&[("KTHTDT", 6)]) });
        standing.ask(PERIMETER, json!({ "input": moved })).await.ok();
        assert_eq!(faults("2026-08-01", &[("KTHTDT", 4)]).await, Vec::<String>::new());
        // Without adjusting the perimeter the cut is a figure of the whole ward, and of nobody else.
        let analytics = ward.analytics().await;
        assert_eq!(figures(&analytics, "II.3.a.3.RAW", "AN-BIEN", "2026-Q3", "").await.len(), 1);
        assert_eq!(figures(&analytics, "II.3.a.3.RAW", "TTPVHCC", "2026-Q3", "").await, Vec::<Value>::new());
        assert_eq!(figures(&analytics, "II.3.a.3", "TTPVHCC", "2026-Q3", "").await.len(), 1);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }
}
