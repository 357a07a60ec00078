//! Where indicators come to at the pace so far, and who has not reported what they are made of.

use serde_json::{Value, json};

use crate::support::{Client, Ward, on_both_engines};
use crate::templates::{Form, row};

async fn files(ward: &Ward, unit: &str, period: &str, handled: i64, online: i64) {
    let mut cells = row("FILES", "TOTAL", &[("handled", handled), ("handledOnline", online)]);
    cells.extend(row("DOCUMENTS", "TOTAL", &[("issued", 10), ("signed", 9)]));
    Form { unit, form: "WORK_FILES", period }.accepted(ward, &cells).await;
}

async fn forecast(client: &Client, indicator: &str, arguments: &str) -> Value {
    let document = format!(
        "{{ indicator(code: \"{indicator}\") {{ forecast{arguments} {{ valueAtDue metOn inTime target {{ section value }}
            first {{ period {{ code }} value }} latest {{ period {{ code }} value }} }} }} }}"
    );
    client.ask(&document, json!({})).await.ok().data("/indicator/forecast").clone()
}

async fn missing(client: &Client, indicator: &str, arguments: &str) -> Value {
    let document = format!("{{ indicator(code: \"{indicator}\") {{ missingUnits{arguments} {{ code }} }} }}");
    let answer = client.ask(&document, json!({})).await.ok();
    answer.data("/indicator/missingUnits").as_array().unwrap().iter().map(|unit| unit["code"].clone()).collect()
}

on_both_engines! {
    async fn the_pace_so_far_is_carried_on_to_the_day_of_the_target(ward: Ward) {
        let analytics = ward.analytics().await;
        assert_eq!(forecast(&analytics, "II.6.a.5", "").await, json!(null));
        files(&ward, "VP", "2026-Q1", 100, 60).await;
        assert_eq!(forecast(&analytics, "II.6.a.5", "").await, json!(null), "one figure is no pace");
        files(&ward, "VP", "2026-Q2", 100, 70).await;
        files(&ward, "KTHTDT", "2026-Q2", 100, 50).await;
        // Of the office: from 60 % on 31 March to 70 % on 30 June, 91 days; 30 % more take 273 days.
        let expected = json!({
            "valueAtDue": "250.77", "metOn": "2027-03-30", "inTime": true, "target": { "section": "II.6.a.5", "value": "100.00" },
            "first": { "period": { "code": "2026-Q1" }, "value": "60.00" }, "latest": { "period": { "code": "2026-Q2" }, "value": "70.00" },
        });
        assert_eq!(forecast(&analytics, "II.6.a.5", "(organisation: \"VP\")").await, expected);
        // The ward stands still: the pace leads nowhere.
        let still = forecast(&analytics, "II.6.a.5", "").await;
        assert_eq!((&still["valueAtDue"], &still["metOn"], &still["inTime"]), (&json!("60.00"), &json!(null), &json!(false)));
        // A period that has not ended is no pace; one without data neither.
        files(&ward, "VP", "2026-Q4", 100, 100).await;
        files(&ward, "VP", "2026-Q3", 0, 0).await;
        assert_eq!(forecast(&analytics, "II.6.a.5", "(organisation: \"VP\")").await, expected);
        // Of another kind of period, of another level, of what has no target: nothing.
        for (indicator, arguments) in [("II.6.a.5", "(kind: YEAR)"), ("II.6.a.5", "(issuingLevel: CITY)"), ("WORK_FILES.SIGNED", "")] {
            assert_eq!(forecast(&analytics, indicator, arguments).await, json!(null), "{indicator} {arguments}");
        }
        // Whoever names nobody gets nothing, and takes nothing from others.
        let both = "{ indicator(code: \"II.6.a.5\") { a: forecast(organisation: \"NOBODY\") { metOn } b: forecast(organisation: \"VP\") { metOn } } }";
        let both = analytics.ask(both, json!({})).await;
        assert_eq!(both.body.pointer("/data/indicator/b/metOn").unwrap(), "2027-03-30");
        assert_eq!(both.body.pointer("/data/indicator/a").unwrap(), &json!(null));
    }

    async fn who_has_not_reported_is_told_to_those_who_may_know(ward: Ward) {
        let chair = ward.chair().await;
        let quarter = "(period: \"2026-Q1\")";
        assert_eq!(missing(&chair, "II.6.a.5", quarter).await, json!(["KTHTDT", "TTPVHCC", "TTSNC", "VHXH", "VP"]));
        files(&ward, "VP", "2026-Q1", 100, 60).await;
        assert_eq!(missing(&chair, "II.6.a.5", quarter).await, json!(["KTHTDT", "TTPVHCC", "TTSNC", "VHXH"]));
        assert_eq!(missing(&chair, "II.6.a.5", "(period: \"2026-Q1\", organisation: \"TTSNC\")").await, json!(["TTSNC"]));
        // Owed by the quarter: of a longer period he who gave a part is not missing; of a month nobody is.
        assert_eq!(missing(&chair, "II.6.a.5", "(period: \"2026-H1\")").await, json!(["KTHTDT", "TTPVHCC", "TTSNC", "VHXH"]));
        assert_eq!(missing(&chair, "II.6.a.5", "(period: \"2026-M01\")").await, json!([]));
        // What was only sent is still missing; nobody owed it before the plan.
        assert_eq!(missing(&chair, "II.6.a.5", "(period: \"2025-Q3\")").await, json!([]));
        for (client, indicator, expected) in [
            (ward.officer("TTSNC").await, "II.6.a.5", json!(["TTSNC"])),
            (ward.officer("VP").await, "II.6.a.5", json!([])),
            (ward.standing_body().await, "II.6.a.5", json!(["KTHTDT", "TTPVHCC", "TTSNC", "VHXH"])),
            (ward.analytics().await, "II.6.a.5", json!([])),
            (ward.oversight().await, "II.6.a.5", json!([])),
            // Digitisation is the finance division's to know of, work files are not.
            (ward.finance().await, "II.6.a.5", json!([])),
            (ward.finance().await, "II.6.a.3", json!(["KTHTDT", "TTPVHCC", "VP"])),
            // Headcounts are nobody's outside.
            (ward.one_stop().await, "II.6.a.6", json!([])),
            (chair.clone(), "II.6.a.6", json!(["KTHTDT", "TTPVHCC", "TTSNC", "VHXH", "VP"])),
            // Nobody owes a register.
            (chair.clone(), "II.2.a.2-1", json!([])),
        ] {
            assert_eq!(missing(&client, indicator, "(period: \"2026-H1\")").await, expected, "{indicator}");
        }
        let wrong = "{ indicator(code: \"II.6.a.5\") { missingUnits(period: \"2026-Q9\") { code } } }";
        assert_eq!(chair.ask(wrong, json!({})).await.code(), "BAD_USER_INPUT");
        let nobody = "{ indicator(code: \"II.6.a.5\") { missingUnits(period: \"2026-Q1\", organisation: \"NOBODY\") { code } } }";
        assert_eq!(chair.ask(nobody, json!({})).await.code(), "NOT_FOUND");
    }

    async fn outlooks_run_the_same_statements_for_one_indicator_and_for_many(ward: Ward) {
        files(&ward, "VP", "2026-Q1", 100, 60).await;
        files(&ward, "VP", "2026-Q2", 100, 70).await;
        let chair = ward.chair().await;
        let asked = "forecast(kind: QUARTER) { metOn first { value } } missingUnits(period: \"2026-Q1\") { code }";
        let one = chair.ask(&format!("{{ indicator(code: \"II.6.a.5\") {{ {asked} }} }}"), json!({})).await.ok();
        let many = chair.ask(&format!("{{ indicators(area: \"DIGITAL_GOV\") {{ {asked} }} }}"), json!({})).await.ok();
        assert!(many.data("/indicators").as_array().unwrap().len() > 12);
        assert!(many.statements() <= 16, "{}", many.statements());
        assert!(many.statements() <= one.statements() + 1, "{} {}", one.statements(), many.statements());
    }
}
