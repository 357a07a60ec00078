//! Digitisation and work files, and the five targets of section II.6 from entry to status.

use serde_json::{Value, json};

use crate::headcount::{headcount, staff_of};
use crate::story::{self, IMPORT, code, figure, import, worked_line};
use crate::support::{Client, Ward, on_both_engines};
use crate::templates::{Form, SAVE, row};

const fn digitisation<'a>(unit: &'a str, period: &'a str) -> Form<'a> {
    Form { unit, form: "DIGITISATION", period }
}

const fn work_files<'a>(unit: &'a str, period: &'a str) -> Form<'a> {
    Form { unit, form: "WORK_FILES", period }
}

/// A kind of record: all of them, and how many stand on each step of the ladder.
fn records(domain: &str, total: i64, levels: [i64; 5], on: &str) -> Vec<Value> {
    let fields = ["level0", "level1", "level2", "level3", "level4"];
    let counts: Vec<(&str, i64)> = [("total", total)].into_iter().chain(fields.into_iter().zip(levels)).collect();
    let mut cells = row("RECORDS", domain, &counts);
    cells.push(json!({ "table": "RECORDS", "row": domain, "field": "source", "text": "CSDL đất đai thành phố" }));
    cells.push(json!({ "table": "RECORDS", "row": domain, "field": "asOf", "date": on }));
    cells
}

/// The four kinds of II.6.a.3, of which so many of a hundred are digitised in each.
fn four(done: [i64; 4], on: &str) -> Vec<Value> {
    let domains = ["LAND", "PLANNING", "INVESTMENT", "BUSINESS"].into_iter().zip(done);
    domains.flat_map(|(domain, done)| records(domain, 100, [100 - done, 0, done, 0, 0], on)).collect()
}

fn files(handled: i64, online: i64, issued: i64, signed: i64) -> Vec<Value> {
    let mut cells = row("FILES", "TOTAL", &[("handled", handled), ("handledOnline", online)]);
    cells.extend(row("DOCUMENTS", "TOTAL", &[("issued", issued), ("signed", signed)]));
    cells
}

async fn reads(client: &Client, form: &Form<'_>) -> bool {
    let document = "query($by: SubmissionReference!) { submission(by: $by) { form } }";
    !client.ask(document, json!({ "by": form.key() })).await.ok().data("/submission").is_null()
}

/// The status of a target's tile, and its series: code, value, status.
async fn tile(client: &Client, section: &str, period: &str) -> (String, Vec<String>) {
    let document = format!(
        "{{ programmeOverview(period: \"{period}\") {{ targets {{ target {{ section }} status
            series {{ indicator {{ code }} status current {{ value }} }} }} }} }}"
    );
    let answer = client.ask(&document, json!({})).await.ok();
    let tiles = answer.data("/programmeOverview/targets").as_array().unwrap();
    let tile = tiles.iter().find(|tile| tile["target"]["section"] == section).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let series = tile["series"].as_array().unwrap().iter().map(|one| {
        format!("{} {} {}", text(&one["indicator"]["code"]), text(&one["current"]["value"]), text(&one["status"]))
    });
    (text(&tile["status"]), series.collect())
}

async fn expect(client: &Client, indicator: &str, periods: [&str; 3], expected: [&str; 3]) {
    for (period, expected) in periods.into_iter().zip(expected) {
        assert_eq!(figure(client, indicator, period).await, expected, "{indicator} {period}");
    }
}

async fn to_2030(ward: &Ward) {
    ward.clock().set("2030-12-20T02:00:00Z".parse().unwrap());
}

on_both_engines! {
    async fn each_target_of_section_six_goes_from_entry_to_status_in_three_periods(ward: Ward) {
        const HALVES: [&str; 3] = ["2026-H1", "2026-H2", "2030-H2"];
        const QUARTERS: [&str; 3] = ["2026-Q1", "2026-Q2", "2030-Q4"];
        import(&ward, 4).await;
        let change = async |lines: Vec<Value>| {
            let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": lines } });
            let answer = ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("importProcedures"), Vec::<Value>::new());
        };
        let reach = |numbers: std::ops::RangeInclusive<usize>, from: &str, channels: Value| -> Vec<Value> {
            numbers.map(|number| json!({ "code": code(number), "effectiveFrom": from, "accessChannels": channels })).collect()
        };
        let certified = |number: i64| staff_of("CIVIL_SERVANT", 20, &[("DIGITAL_SKILL", &[("CERTIFIED", number), ("NOT_CERTIFIED", 20 - number)])]);
        let all = json!({ "procedure": code(1), "receivedOnline": 900, "receivedDirect": 100, "carriedOver": 80, "resolvedOnTime": 1080,
            "resultsIssued": 1080, "resultsDigitised": 1080, "dossiersDigitised": 1000 });

        // Not all yet, and not due.
        digitisation("KTHTDT", "2026-H1").accepted(&ward, &four([100, 100, 60, 100], "2026-06-10")).await;
        change(reach(1..=2, "2026-01-15", json!(["WEB", "MOBILE"]))).await;
        work_files("VP", "2026-Q1").accepted(&ward, &files(200, 150, 80, 60)).await;
        headcount("VP", "2026-H1").accepted(&ward, &certified(12)).await;
        story::accepted(&ward, "2026-Q1", &[worked_line()]).await;
        // All of it.
        digitisation("KTHTDT", "2026-H2").accepted(&ward, &four([100; 4], "2026-09-20")).await;
        change(reach(1..=4, "2026-07-01", json!(["WEB", "VNEID"]))).await;
        work_files("VP", "2026-Q2").accepted(&ward, &files(220, 220, 90, 90)).await;
        headcount("VP", "2026-H2").accepted(&ward, &certified(20)).await;
        story::accepted(&ward, "2026-Q2", &[all]).await;
        // When it is due, one is left.
        to_2030(&ward).await;
        digitisation("KTHTDT", "2030-H2").accepted(&ward, &four([100, 100, 100, 99], "2030-12-14")).await;
        change(reach(4..=4, "2030-07-01", json!(["WEB"]))).await;
        work_files("VP", "2030-Q4").accepted(&ward, &files(300, 299, 100, 100)).await;
        headcount("VP", "2030-H2").accepted(&ward, &certified(19)).await;
        let last = json!({ "procedure": code(1), "receivedOnline": 100, "resolvedOnTime": 100, "resultsIssued": 100, "resultsDigitised": 99, "dossiersDigitised": 100 });
        story::accepted(&ward, "2030-Q4", &[last]).await;

        let standing = ward.standing_body().await;
        expect(&standing, "II.6.a.3", HALVES, ["360/400 90.00 NOT_DUE", "400/400 100.00 ACHIEVED", "399/400 99.75 NOT_ACHIEVED"]).await;
        expect(&standing, "II.6.a.4", HALVES, ["2/4 50.00 NOT_DUE", "4/4 100.00 ACHIEVED", "3/4 75.00 NOT_ACHIEVED"]).await;
        expect(&standing, "II.6.a.5", QUARTERS, ["150/200 75.00 NOT_DUE", "220/220 100.00 ACHIEVED", "299/300 99.67 NOT_ACHIEVED"]).await;
        expect(&standing, "II.6.a.6", HALVES, ["12/20 60.00 NOT_DUE", "20/20 100.00 ACHIEVED", "19/20 95.00 NOT_ACHIEVED"]).await;
        expect(&standing, "II.6.a.8-DOSSIERS", QUARTERS, ["760/950 80.00 NOT_DUE", "1000/1000 100.00 ACHIEVED", "100/100 100.00 ACHIEVED"]).await;
        expect(&standing, "II.6.a.8-RESULTS", QUARTERS, ["810/900 90.00 NOT_DUE", "1080/1080 100.00 ACHIEVED", "99/100 99.00 NOT_ACHIEVED"]).await;
        expect(&standing, "WORK_FILES.SIGNED", QUARTERS, ["60/80 75.00 NO_TARGET", "90/90 100.00 NO_TARGET", "100/100 100.00 NO_TARGET"]).await;
        for section in ["II.6.a.3", "II.6.a.4", "II.6.a.6"] {
            for (period, expected) in HALVES.into_iter().zip(["NOT_DUE", "ACHIEVED", "NOT_ACHIEVED"]) {
                assert_eq!(tile(&standing, section, period).await.0, expected, "{section} {period}");
            }
        }
        for section in ["II.6.a.5", "II.6.a.8"] {
            for (period, expected) in QUARTERS.into_iter().zip(["NOT_DUE", "ACHIEVED", "NOT_ACHIEVED"]) {
                assert_eq!(tile(&standing, section, period).await.0, expected, "{section} {period}");
            }
        }
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn together_never_hides_a_kind_that_lacks_something(ward: Ward) {
        let standing = ward.standing_body().await;
        // Three of the four kinds: nothing is said of the four together.
        let mut cells = records("LAND", 99_995, [0, 0, 40_000, 59_995, 0], "2026-06-10");
        cells.extend(records("PLANNING", 5, [1, 3, 1, 0, 0], "2026-06-10"));
        cells.extend(records("INVESTMENT", 0, [0; 5], "2026-06-10"));
        let version = digitisation("KTHTDT", "2026-H1").accepted(&ward, &cells).await;
        assert_eq!(figure(&standing, "II.6.a.3", "2026-H1").await, "none");
        assert_eq!(figure(&standing, "II.6.a.3.LAND", "2026-H1").await, "99995/99995 100.00 ACHIEVED");
        assert_eq!(figure(&standing, "II.6.a.3.BUSINESS", "2026-H1").await, "none");
        // Another unit tells of the last kind. Printed 100.00, and not all by the exact fraction.
        digitisation("TTPVHCC", "2026-H1").accepted(&ward, &records("BUSINESS", 50, [0, 0, 0, 0, 50], "2026-06-12")).await;
        assert_eq!(figure(&standing, "II.6.a.3", "2026-H1").await, "100046/100050 100.00 NOT_DUE");
        let (status, series) = tile(&standing, "II.6.a.3", "2026-H1").await;
        assert_eq!(status, "NOT_DUE");
        assert_eq!(series, [
            "II.6.a.3 100.00 NOT_DUE", "II.6.a.3.BUSINESS 100.00 ACHIEVED", "II.6.a.3.INVESTMENT - NO_DATA",
            "II.6.a.3.LAND 100.00 ACHIEVED", "II.6.a.3.PLANNING 20.00 NOT_DUE",
        ]);
        // A kind without any records does not stand in the way: once the rest is done, so is the target.
        let reopened = json!({ "reason": "Đã số hóa xong quy hoạch." });
        let version = digitisation("KTHTDT", "2026-H1").take(&ward.chair().await, "reopenForm", version, reopened).await;
        let mut cells = records("LAND", 99_995, [0, 0, 40_000, 59_995, 0], "2026-06-10");
        cells.extend(records("PLANNING", 5, [0, 0, 5, 0, 0], "2026-09-18"));
        cells.extend(records("INVESTMENT", 0, [0; 5], "2026-06-10"));
        let form = digitisation("KTHTDT", "2026-H1");
        let saved = form.save(&ward, &cells, version).await.ok();
        let version = saved.data("/saveForm/submission/version").as_i64().unwrap();
        let version = form.take(&ward.head("KTHTDT").await, "submitForm", version, json!({ "warningsNote": "Đã kiểm tra." })).await;
        form.take(&standing, "acceptForm", version, json!({})).await;
        assert_eq!(tile(&standing, "II.6.a.3", "2026-H1").await.0, "ACHIEVED");
        // Records kept are another figure than dossiers of the period.
        digitisation("VP", "2026-H1").accepted(&ward, &records("ARCHIVE", 400, [100, 200, 60, 40, 0], "2026-06-14")).await;
        assert_eq!(figure(&standing, "DIGITISATION.ARCHIVE", "2026-H1").await, "100/400 25.00 NO_TARGET");
        assert_eq!(figure(&standing, "II.6.a.8-DOSSIERS", "2026-Q1").await, "none");
        // A year ends with its last half.
        digitisation("VP", "2026-H2").accepted(&ward, &records("ARCHIVE", 400, [0, 200, 100, 100, 0], "2026-09-19")).await;
        assert_eq!(figure(&standing, "DIGITISATION.ARCHIVE", "2026").await, "200/400 50.00 NO_TARGET");
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn what_does_not_add_up_is_refused_in_the_callers_language(ward: Ward) {
        let form = digitisation("KTHTDT", "2026-H1");
        // More digitised than there are; a step without any record; a step missing; a day to come; a row without total and day.
        assert_eq!(form.faults(&ward, &records("LAND", 100, [0, 0, 60, 41, 0], "2026-06-10")).await, ["SUM_MISMATCH cells.1", "OUT_OF_RANGE cells.3"]);
        assert_eq!(form.faults(&ward, &records("LAND", 0, [0, 7, 0, 0, 0], "2026-06-10")).await, ["SUM_MISMATCH cells.1"]);
        assert_eq!(form.faults(&ward, &records("LAND", 100, [10, 20, 30, 0, 30], "2026-06-10")).await, ["SUM_MISMATCH cells.1"]);
        assert_eq!(form.faults(&ward, &records("LAND", 100, [100, 0, 0, 0, 0], "2026-09-21")).await, ["OUT_OF_RANGE cells.7"]);
        assert_eq!(form.faults(&ward, &row("RECORDS", "LAND", &[("level2", 3)])).await, ["REQUIRED cells.0", "REQUIRED cells.0", "OUT_OF_RANGE cells.0", "SUM_MISMATCH cells.0"]);
        assert_eq!(form.faults(&ward, &records("ROADS", 1, [1, 0, 0, 0, 0], "2026-06-10")).await[0], "UNKNOWN_CODE cells.0");
        let unsourced = &records("LAND", 100, [100, 0, 0, 0, 0], "2026-06-10");
        let unsourced: Vec<Value> = unsourced.iter().filter(|cell| cell["field"] != "source").cloned().collect();
        assert_eq!(form.faults(&ward, &unsourced).await, ["REQUIRED cells.0"]);
        let input = json!({ "input": form.input(&records("LAND", 100, [0, 0, 60, 41, 0], "2026-06-10"), 0) });
        let officer = ward.officer("KTHTDT").await;
        let english = officer.ask(SAVE, input.clone()).await.ok();
        let said = |answer: &crate::support::Answer, at: usize| answer.user_errors("saveForm")[at]["message"].as_str().unwrap().to_owned();
        assert_eq!(said(&english, 1), "Land: \"Level 2: scanned, signed, with a code + Level 3: structured data extracted + Level 4: born digital, signed, reusable\" is 101 and must not exceed \"All to be digitised\", which is 100.");
        assert!(said(&english, 0).ends_with("must equal \"All to be digitised\", which is 100; 101 was given, a difference of 1."), "{}", said(&english, 0));
        let vietnamese = officer.in_vietnamese().ask(SAVE, input).await.ok();
        assert_eq!(said(&vietnamese, 1), "Dữ liệu đất đai: \"Mức 2: đã quét, ký số và có mã + Mức 3: đã bóc tách dữ liệu có cấu trúc + Mức 4: tạo lập dạng điện tử, ký số, dùng lại được\" là 101, không được lớn hơn \"Tổng số phải số hóa\" là 100.");

        let form = work_files("VP", "2026-Q1");
        assert_eq!(form.faults(&ward, &files(10, 11, 5, 6)).await, ["OUT_OF_RANGE cells.1", "OUT_OF_RANGE cells.3"]);
        assert_eq!(form.faults(&ward, &files(10, 10, 5, 5)[..3]).await, ["REQUIRED cells.2"]);
        // There is no cell that takes a text.
        let mut named = files(10, 10, 5, 5);
        named[0] = json!({ "table": "FILES", "row": "TOTAL", "field": "handled", "text": "Hồ sơ số 01" });
        assert_eq!(form.faults(&ward, &named).await[0], "MALFORMED cells.0");
        let template = officer.ask("{ formTemplate(code: WORK_FILES) { tables { fields { kind } } } }", json!({})).await.ok();
        let tables = template.data("/formTemplate/tables").as_array().unwrap().clone();
        assert!(tables.iter().flat_map(|table| table["fields"].as_array().unwrap()).all(|field| field["kind"] == "COUNT"));
    }

    async fn the_divisions_whose_business_it_is_read_what_was_sent(ward: Ward) {
        let (records, files) = (digitisation("VP", "2026-H1"), work_files("VP", "2026-Q1"));
        let saved = records.save(&ward, &self::records("ARCHIVE", 4, [4, 0, 0, 0, 0], "2026-06-14"), 0).await.ok();
        assert_eq!(saved.user_errors("saveForm"), Vec::<Value>::new());
        files.accepted(&ward, &self::files(20, 10, 8, 8)).await;
        let (finance, one_stop, oversight) = (ward.finance().await, ward.one_stop().await, ward.oversight().await);
        for client in [&finance, &one_stop, &oversight, &ward.standing_body().await] {
            assert!(!reads(client, &records).await, "a draft");
        }
        records.take(&ward.head("VP").await, "submitForm", 1, json!({ "warningsNote": "Đã kiểm tra." })).await;
        for (client, both) in [(&finance, [true, false]), (&one_stop, [true, false]), (&oversight, [false, true]), (&ward.standing_body().await, [true, true])] {
            assert_eq!([reads(client, &records).await, reads(client, &files).await], both);
        }
        for client in [&ward.officer("KTHTDT").await, &ward.analytics().await] {
            assert!(!reads(client, &records).await && !reads(client, &files).await);
        }
        // Another unit's officer does not write in it, and who sent it does not accept it.
        let input = json!({ "input": records.input(&self::records("ARCHIVE", 4, [0, 4, 0, 0, 0], "2026-06-14"), 2) });
        assert_eq!(ward.officer("TTSNC").await.ask(SAVE, input).await.code(), "FORBIDDEN");
        let accept = json!({ "input": { "submission": records.key(), "expectedVersion": 2 } });
        for client in [&finance, &one_stop, &ward.head("VP").await, &ward.chair().await] {
            assert_eq!(client.ask(&story::step("acceptForm"), accept.clone()).await.code(), "FORBIDDEN");
        }
        records.take(&ward.standing_body().await, "acceptForm", 2, json!({})).await;
    }
}
