//! Where procedures are made public: recorded in bulk, found late, checked.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use procedures::publicity::rules::{CheckResult, PublicationPlace, Published, overdue};
use serde_json::{Value, json};

use crate::story::{IMPORT, code, import, procedure};
use crate::support::{Answer, Client, Ward, on_both_engines};

const RECORD: &str = "mutation($input: RecordPublicationsInput!) { recordPublications(input: $input) {
    created changed unchanged userErrors { code field line message } } }";

fn at(place: &str, number: usize) -> Value {
    let url = (place == "NATIONAL_PORTAL").then(|| format!("https://dichvucong.gov.vn/p/{}", code(number)));
    json!({ "procedure": code(number), "place": place, "url": url, "publishedOn": "2026-03-02" })
}

async fn record(client: &Client, publications: Value) -> Answer {
    let input = json!({ "organisation": "TTPVHCC", "publications": publications });
    client.ask(RECORD, json!({ "input": input })).await
}

fn counts(answer: &Answer) -> Value {
    let done = answer.data("/recordPublications");
    assert_eq!(done["userErrors"], json!([]));
    json!([done["created"], done["changed"], done["unchanged"]])
}

/// The same lines, checked yesterday.
fn rechecked(lines: &[Value]) -> Vec<Value> {
    let mut lines = lines.to_vec();
    for line in &mut lines {
        line["checkedOn"] = json!("2026-09-19");
        line["checkResult"] = json!("CORRECT");
    }
    lines
}

/// The procedures that are public with what was announced, or not late yet.
async fn public(ward: &Ward) -> Vec<String> {
    let document = "{ procedures(first: 100, filter: { publicationOverdue: false }) { nodes { code } } }";
    let answer = ward.oversight().await.ask(document, json!({})).await.ok();
    let nodes = answer.data("/procedures/nodes").as_array().unwrap();
    nodes.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn thousands_are_recorded_in_seconds_and_once(ward: Ward) {
        import(&ward, 1_000).await;
        let one_stop = ward.one_stop().await;
        let all: Vec<Value> = (1..=1_000).flat_map(|number| [at("NATIONAL_PORTAL", number), at("NOTICE_BOARD", number)]).collect();
        let started = std::time::Instant::now();
        assert_eq!(counts(&record(&one_stop, json!(all)).await.ok()), json!([2_000, 0, 0]));
        assert_eq!(counts(&record(&one_stop, json!(all)).await.ok()), json!([0, 0, 2_000]));
        assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
        let (few, many): (Vec<Value>, Vec<Value>) = (rechecked(&all[..2]), rechecked(&all));
        let few = record(&one_stop, json!(few)).await.ok();
        assert_eq!(counts(&few), json!([0, 2, 0]));
        let many = record(&one_stop, json!(many)).await.ok();
        assert_eq!(counts(&many), json!([0, 1_998, 2]));
        // Two chunks instead of one, wherever rows are read or written: not a statement for each.
        assert!(many.statements() <= few.statements() + 4, "{} and {} statements", few.statements(), many.statements());
        let journal = "{ journal(last: 10) { nodes { action } } }";
        let entries = ward.chair().await.ask(journal, json!({})).await.ok();
        let written = entries.data("/journal/nodes").as_array().unwrap().iter().filter(|one| one["action"] == "RECORD_PUBLICATIONS").count();
        assert_eq!(written, 3, "a second request of the same writes nothing");
        let versions = "{ procedurePublications(first: 100) { nodes { version lastCheckedOn checkResult } } }";
        let versions = one_stop.ask(versions, json!({})).await.ok();
        let checked = json!({ "version": 2, "lastCheckedOn": "2026-09-19", "checkResult": "CORRECT" });
        assert!(versions.data("/procedurePublications/nodes").as_array().unwrap().iter().all(|one| one == &checked));
        let late = "{ procedures(filter: { publicationOverdue: true }) { totalCount } }";
        assert_eq!(one_stop.ask(late, json!({})).await.ok().data("/procedures/totalCount"), 0);

        let analytics = ward.analytics().await;
        let nested = |first: u32| format!("{{ procedures(first: {first}) {{ nodes {{ code publications {{ place url publishedOn nextCheckOn checkResult }} }} }} }}");
        analytics.ask("{ me { username } }", json!({})).await.ok();
        let (few, many) = (analytics.ask(&nested(2), json!({})).await.ok(), analytics.ask(&nested(100), json!({})).await.ok());
        assert_eq!(few.statements(), many.statements());
        assert!(many.statements() <= 3, "{} statements", many.statements());
        let expected = json!({ "place": "NOTICE_BOARD", "url": null, "publishedOn": "2026-03-02", "nextCheckOn": "2027-03-18", "checkResult": "CORRECT" });
        assert_eq!(many.data("/procedures/nodes/99/publications/1"), &expected);
        let flat = "{ procedurePublications(first: 100, filter: { place: NOTICE_BOARD, checkedBefore: \"2026-09-20\" }) { totalCount nodes { procedure { code } } } }";
        let flat = analytics.ask(flat, json!({})).await.ok();
        assert_eq!(flat.data("/procedurePublications/totalCount"), 1_000);
        assert!(flat.statements() <= 3, "{} statements", flat.statements());
    }

    async fn every_fault_of_every_line_is_named_and_nothing_is_written(ward: Ward) {
        import(&ward, 2).await;
        let one_stop = ward.one_stop().await;
        let mut lines = vec![at("NATIONAL_PORTAL", 1), at("NATIONAL_PORTAL", 1), at("NOTICE_BOARD", 99), at("WARD_PORTAL", 2), at("KIOSK", 2), at("SOCIAL_MEDIA", 2)];
        lines[3]["publishedOn"] = json!("2026-09-21");
        lines[4]["checkedOn"] = json!("2026-03-01");
        lines[4]["checkResult"] = json!("CORRECT");
        lines[5]["url"] = json!("javascript:alert(1)");
        let answer = record(&one_stop, json!(lines)).await.ok();
        let found: Value = answer.user_errors("recordPublications").iter().map(|one| json!([one["line"], one["code"], one["field"][2]])).collect();
        let expected = json!([
            [2, "DUPLICATE", "place"],
            [3, "UNKNOWN_CODE", "procedure"],
            [4, "REQUIRED", "url"],
            [4, "OUT_OF_RANGE", "publishedOn"],
            [5, "OUT_OF_RANGE", "checkedOn"],
            [6, "MALFORMED", "url"],
        ]);
        assert_eq!(found, expected);
        let none = one_stop.ask("{ procedurePublications { totalCount } }", json!({})).await.ok();
        assert_eq!(none.data("/procedurePublications/totalCount"), 0);
        let dry = json!({ "organisation": "TTPVHCC", "publications": [at("NATIONAL_PORTAL", 1)], "dryRun": true });
        assert_eq!(counts(&one_stop.ask(RECORD, json!({ "input": dry })).await.ok()), json!([1, 0, 0]));
        let none = one_stop.ask("{ procedurePublications { totalCount } }", json!({})).await.ok();
        assert_eq!(none.data("/procedurePublications/totalCount"), 0);

        let too_many: Vec<Value> = (1..=5_001).map(|number| at("NATIONAL_PORTAL", number)).collect();
        let too_many = record(&one_stop, json!(too_many)).await.ok();
        assert_eq!(too_many.user_errors("recordPublications")[0]["field"], json!(["publications"]));
        assert_eq!(record(&ward.officer("TTPVHCC").await, json!([])).await.code(), "FORBIDDEN");
        let elsewhere = json!({ "organisation": "VHXH", "publications": [at("NATIONAL_PORTAL", 1)] });
        let elsewhere = one_stop.ask(RECORD, json!({ "input": elsewhere })).await.ok();
        assert_eq!(elsewhere.user_errors("recordPublications")[0]["code"], "OTHER_ORGANISATION");
        // The ward as a whole stands above whoever manages the procedure.
        let ward_wide = json!({ "organisation": "AN-BIEN", "publications": [at("NATIONAL_PORTAL", 1)] });
        assert_eq!(counts(&one_stop.ask(RECORD, json!({ "input": ward_wide })).await.ok()), json!([1, 0, 0]));
    }

    async fn a_check_counts_until_the_procedure_is_published_anew(ward: Ward) {
        import(&ward, 3).await;
        let one_stop = ward.one_stop().await;
        let none: [&str; 0] = [];
        let mut old = at("NOTICE_BOARD", 2);
        old["publishedOn"] = json!("2025-06-30");
        let lines = json!([at("NATIONAL_PORTAL", 1), at("NOTICE_BOARD", 1), at("NATIONAL_PORTAL", 2), old, at("NATIONAL_PORTAL", 3)]);
        assert_eq!(counts(&record(&one_stop, lines).await.ok()), json!([5, 0, 0]));
        // 2 hangs on the board as it was before it was announced, and 3 does not hang there at all.
        assert_eq!(public(&ward).await, [code(1)]);

        let mut checked = at("NOTICE_BOARD", 1);
        checked["checkedOn"] = json!("2026-05-04");
        checked["checkResult"] = json!("OUTDATED");
        checked["note"] = json!("Thiếu mẫu đơn mới.");
        assert_eq!(counts(&record(&one_stop, json!([checked.clone()])).await.ok()), json!([0, 1, 0]));
        assert_eq!(public(&ward).await, none);
        // The plain line again says nothing of the check, and leaves it.
        assert_eq!(counts(&record(&one_stop, json!([at("NOTICE_BOARD", 1)])).await.ok()), json!([0, 0, 1]));
        let mut earlier = checked.clone();
        earlier["checkedOn"] = json!("2026-05-03");
        let refused = record(&one_stop, json!([earlier])).await.ok();
        assert_eq!(refused.user_errors("recordPublications")[0]["field"][2], "checkedOn");
        let wrong = "{ procedurePublications(filter: { checkResult: OUTDATED }) { nodes { place lastCheckedOn note version } } }";
        let wrong = ward.oversight().await.ask(wrong, json!({})).await.ok();
        let expected = json!([{ "place": "NOTICE_BOARD", "lastCheckedOn": "2026-05-04", "note": "Thiếu mẫu đơn mới.", "version": 2 }]);
        assert_eq!(wrong.data("/procedurePublications/nodes"), &expected);
        let entry = ward.chair().await.ask("{ journal(last: 1) { nodes { action before after } } }", json!({})).await.ok();
        let key = format!("{} NOTICE_BOARD", code(1));
        assert_eq!(entry.data("/journal/nodes/0/before")[&key]["checkResult"], json!(null));
        assert_eq!(entry.data("/journal/nodes/0/after")[&key]["checkResult"], "OUTDATED");

        // Mended on the day of the check: that was of what hung there before.
        let mut anew = at("NOTICE_BOARD", 1);
        anew["publishedOn"] = json!("2026-05-04");
        assert_eq!(counts(&record(&one_stop, json!([anew])).await.ok()), json!([0, 1, 0]));
        assert_eq!(public(&ward).await, [code(1)]);

        // The file of March once more: it would bring back what was replaced, and is refused as a whole.
        let replayed = json!([at("NATIONAL_PORTAL", 3), at("NOTICE_BOARD", 1)]);
        let replayed = record(&one_stop, replayed).await.ok();
        let faults = replayed.user_errors("recordPublications");
        let expected = json!({
            "code": "OUT_OF_RANGE", "field": ["publications", "1", "publishedOn"], "line": 2,
            "message": format!("Line 2 ({}): it is recorded as published later already, on 2026-05-04.", code(1)),
        });
        assert_eq!(faults, [expected]);
        assert_eq!(public(&ward).await, [code(1)]);
    }

    async fn the_list_of_late_procedures_is_that_of_the_plain_rule(ward: Ward) {
        use PublicationPlace::{Kiosk, NationalPortal, NoticeBoard};
        let one_stop = ward.one_stop().await;
        let today = NaiveDate::from_ymd_opt(2026, 9, 20).unwrap();
        let required = [NationalPortal, NoticeBoard];
        // Long ago; the last day that is late; the first that is not; the day after it.
        let announced = ["2026-03-02", "2026-09-14", "2026-09-15", "2026-09-16"];
        // At a place: nothing, or published the day before, on the day, or the day after, and found in some way.
        let checks = [None, Some(CheckResult::Correct), Some(CheckResult::Outdated), Some(CheckResult::Missing)];
        let states: Vec<Option<(u64, Option<CheckResult>)>> =
            std::iter::once(None).chain((0..3).flat_map(|days| checks.map(|check| Some((days, check))))).collect();
        let (mut procedures, mut lines, mut expected) = (Vec::new(), Vec::new(), BTreeSet::new());
        for day in announced {
            let day: NaiveDate = day.parse().unwrap();
            for (number, (portal, board)) in states.iter().flat_map(|one| states.iter().map(move |two| (one, two))).enumerate() {
                let code = code(procedures.len() + 1);
                let mut entered = procedure(&code);
                entered["effectiveFrom"] = json!(day);
                procedures.push(entered);
                // What is public at a place that is not required helps nobody.
                let elsewhere = (number % 2 == 0).then_some((2, None));
                let places = [(NationalPortal, *portal), (NoticeBoard, *board), (Kiosk, elsewhere)];
                let published: Vec<Published> = places
                    .into_iter()
                    .filter_map(|(place, state)| state.map(|(days, check)| Published { place, on: day - Days::new(1) + Days::new(days), check }))
                    .collect();
                lines.extend(published.iter().map(|one| json!({
                    "procedure": code, "place": one.place.as_str(), "publishedOn": one.on,
                    "url": one.place.is_online().then_some("https://dichvucong.gov.vn"),
                    "checkedOn": one.check.map(|_| one.on), "checkResult": one.check.map(|check| check.as_str()),
                })));
                if overdue(day, &published, &required, today, 5) {
                    expected.insert(code);
                }
            }
        }
        let count = procedures.len();
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": procedures } });
        let imported = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(imported.data("/importProcedures/created"), count, "{:?}", imported.body);
        assert_eq!(counts(&record(&one_stop, json!(lines)).await.ok()), json!([lines.len(), 0, 0]));
        let found = async |late: bool| -> BTreeSet<String> {
            let document = format!("query($after: String) {{ procedures(first: 100, after: $after, filter: {{ publicationOverdue: {late} }}) {{ nodes {{ code }} pageInfo {{ hasNextPage endCursor }} }} }}");
            let (mut codes, mut after) = (BTreeSet::new(), Value::Null);
            loop {
                let page = one_stop.ask(&document, json!({ "after": after })).await.ok();
                codes.extend(page.data("/procedures/nodes").as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()));
                after = page.data("/procedures/pageInfo/endCursor").clone();
                if page.data("/procedures/pageInfo/hasNextPage") == false {
                    return codes;
                }
            }
        };
        assert!(expected.len() > count / 4 && expected.len() < count, "{} of {count}", expected.len());
        assert_eq!(found(true).await, expected);
        let others: BTreeSet<String> = (1..=count).map(code).filter(|code| !expected.contains(code)).collect();
        assert_eq!(found(false).await, others);
    }

    async fn parameters_say_what_holds_on_a_day(ward: Ward) {
        let document = "query($on: NaiveDate) { parameters(on: $on) { nodes { code number text unit verified effectiveFrom } } }";
        let analytics = ward.analytics().await;
        let today = analytics.ask(document, json!({ "on": "2026-09-20" })).await.ok();
        let expected = json!([
            { "code": "PUBLICATION_CHECK_DAYS", "number": 180, "text": null, "unit": "DAY", "verified": false, "effectiveFrom": "2025-07-01" },
            { "code": "PUBLICATION_DAYS", "number": 5, "text": null, "unit": "DAY", "verified": false, "effectiveFrom": "2025-07-01" },
            { "code": "PUBLICATION_PLACES", "number": null, "text": "NATIONAL_PORTAL,NOTICE_BOARD", "unit": null, "verified": false, "effectiveFrom": "2025-07-01" },
        ]);
        let nodes = today.data("/parameters/nodes").as_array().unwrap().iter();
        let of_publicity: Vec<_> = nodes.filter(|one| one["code"].as_str().unwrap().starts_with("PUBLICATION_")).collect();
        assert_eq!(json!(of_publicity), expected);
        let before = analytics.ask(document, json!({ "on": "2025-06-30" })).await.ok();
        let codes = before.data("/parameters/nodes").as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap());
        assert_eq!(codes.filter(|code| code.starts_with("PUBLICATION_")).count(), 0, "{:?}", before.body);
        assert_eq!(ward.stranger().ask(document, json!({})).await.code(), "UNAUTHENTICATED");
    }
}
