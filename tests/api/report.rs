//! Form 06 and the tables beside it, consolidated; and each target of procedures through three periods.

use serde_json::{Value, json};

use crate::story::{IMPORT, SAVE, accepted, code, figure, import, procedure, step, worked_line};
use crate::support::{Ward, on_both_engines};

const REPORT: &str = "query($period: PeriodCode!, $organisation: String) { dossierReport(period: $period, organisation: $organisation) {
    rows { code name current { received { total inPeriod online carriedOver } resolved { total onTimeShare { percent } } pending { total } }
        lastYear { received { inPeriod } } }
    total { current { procedures received { total onlineShare { numerator denominator percent } } resolved { online }
        payment { feeProcedures proceduresWithFeeDossiers feeDossiers paidOnline transactionShare { percent } dossierShare { percent } }
        digitisation { received digitised notDigitised resolved resultsIssued resultsNotDigitised } } lastYear { received { total } } }
    submissions { organisation { code } edition period { code } submission { state } }
    missingOrganisations { code } missingCount missingPeriods { organisation { code } periods } missingPeriodCount } }";

/// Saves, submits and accepts the statistics of a unit.
async fn accepted_of(ward: &Ward, unit: &str, period: &str, lines: &[Value]) {
    let input = json!({ "organisation": unit, "period": period, "lines": lines });
    let answer = ward.officer(unit).await.ask(SAVE, json!({ "input": input })).await.ok();
    let version = answer.data("/saveDossierStatistics/submission/version").as_i64().unwrap();
    let key = json!({ "key": { "organisation": unit, "form": "DOSSIER_STATISTICS", "period": period } });
    let input = json!({ "submission": key, "expectedVersion": version, "warningsNote": "Đã kiểm tra." });
    let answer = ward.head(unit).await.ask(&step("submitForm"), json!({ "input": input })).await.ok();
    let version = answer.data("/submitForm/submission/version").as_i64().unwrap();
    let input = json!({ "submission": key, "expectedVersion": version });
    let answer = ward.standing_body().await.ask(&step("acceptForm"), json!({ "input": input })).await.ok();
    assert_eq!(answer.user_errors("acceptForm"), Vec::<Value>::new());
}

fn other(number: usize, online: i32) -> Value {
    json!({ "procedure": code(number), "receivedOnline": online, "resolvedOnTime": online, "resolvedOnline": online })
}

on_both_engines! {
    async fn form_06_of_the_ward_is_the_accepted_forms_added_up(ward: Ward) {
        let mut land = procedure(&code(2));
        land["fieldCode"] = json!("DATDAI");
        land["fieldName"] = json!("Đất đai");
        land["fieldGroup"] = json!("LAND");
        let mut first = procedure(&code(1));
        first["effectiveFrom"] = json!("2024-07-01");
        // One that bears a fee without any dossiers; and others that name the field otherwise.
        let mut idle = procedure(&code(3));
        idle["fieldCode"] = json!("DAUTU");
        let mut list = vec![first, land, idle];
        for number in 4..=9 {
            let mut renamed = procedure(&code(number));
            renamed["fieldName"] = json!(format!("Hộ tịch {number}"));
            renamed["hasFinancialObligation"] = json!(false);
            renamed["onlinePaymentEnabled"] = json!(false);
            renamed["payableOnNationalPortal"] = json!(false);
            list.push(renamed);
        }
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": list } });
        ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        // A year before by months, of which one is missing; now by quarters, of two units.
        accepted(&ward, "2025-M01", &[other(1, 30)]).await;
        accepted(&ward, "2025-M02", &[other(1, 40)]).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        accepted_of(&ward, "KTHTDT", "2026-Q1", &[other(1, 10), other(2, 5)]).await;
        let others: Vec<Value> = (4..=9).map(|number| other(number, 0)).collect();
        accepted_of(&ward, "VP", "2026-Q1", &others).await;
        // A draft counts for nothing.
        let draft = json!({ "organisation": "VHXH", "period": "2026-Q1", "lines": [other(2, 1_000)] });
        ward.officer("VHXH").await.ask(SAVE, json!({ "input": draft })).await.ok();

        // Oversight reads what is accepted, the ward as a whole.
        let reader = ward.oversight().await;
        let answer = reader.ask(REPORT, json!({ "period": "2026-Q1" })).await.ok();
        let report = answer.data("/dossierReport");
        assert_eq!(report["rows"], json!([
            { "code": "DATDAI", "name": "Đất đai",
              "current": { "received": { "total": 5, "inPeriod": 5, "online": 5, "carriedOver": 0 }, "resolved": { "total": 5, "onTimeShare": { "percent": "100.00" } }, "pending": { "total": 0 } },
              "lastYear": { "received": { "inPeriod": 0 } } },
            { "code": "HOTICH", "name": "Hộ tịch",
              "current": { "received": { "total": 1010, "inPeriod": 960, "online": 830, "carriedOver": 50 }, "resolved": { "total": 930, "onTimeShare": { "percent": "98.92" } }, "pending": { "total": 80 } },
              "lastYear": { "received": { "inPeriod": 70 } } },
        ]));
        assert_eq!(report["total"], json!({
            "current": { "procedures": 8, "received": { "total": 1015, "onlineShare": { "numerator": 835, "denominator": 965, "percent": "86.53" } }, "resolved": { "online": 15 },
                "payment": { "feeProcedures": 3, "proceduresWithFeeDossiers": 1, "feeDossiers": 520, "paidOnline": 252, "transactionShare": { "percent": "52.50" }, "dossierShare": { "percent": "48.46" } },
                "digitisation": { "received": 965, "digitised": 760, "notDigitised": 205, "resolved": 935, "resultsIssued": 900, "resultsNotDigitised": 90 } },
            "lastYear": { "received": { "total": 70 } },
        }));
        let used: Vec<&str> = report["submissions"].as_array().unwrap().iter().map(|one| one["organisation"]["code"].as_str().unwrap()).collect();
        assert_eq!(used, ["KTHTDT", "TTPVHCC", "VP"]);
        assert_eq!(report["missingPeriods"], json!([]));
        // One unit alone, and a half-year of which a quarter is missing.
        let one = reader.ask(REPORT, json!({ "period": "2026-H1", "organisation": "KTHTDT" })).await.ok();
        assert_eq!(one.data("/dossierReport/total/current/received/total"), 15);
        assert_eq!((one.data("/dossierReport/missingPeriods"), one.data("/dossierReport/missingPeriodCount")), (&json!([]), &json!(1)));
        let standing = ward.standing_body().await;
        let seen = standing.ask(REPORT, json!({ "period": "2026-H1", "organisation": "KTHTDT" })).await.ok();
        assert_eq!(seen.data("/dossierReport/missingPeriods"), &json!([{ "organisation": { "code": "KTHTDT" }, "periods": ["2026-Q2"] }]));
        let nothing = reader.ask(REPORT, json!({ "period": "2026-Q2" })).await.ok();
        // How many are missing everybody knows; who it is, those who may know whether it has submitted.
        assert_eq!((nothing.data("/dossierReport/missingOrganisations"), nothing.data("/dossierReport/missingCount")), (&json!([]), &json!(1)));
        let seen = standing.ask(REPORT, json!({ "period": "2026-Q2" })).await.ok();
        assert_eq!(seen.data("/dossierReport/missingOrganisations"), &json!([{ "code": "TTPVHCC" }]));
        assert_eq!(nothing.data("/dossierReport/total/current/received/onlineShare/percent"), &Value::Null);
        // The statements do not grow with the units and lines.
        assert!(answer.statements() <= 16, "{}", answer.statements());
        let by_procedure = "{ dossierReport(period: \"2026-Q1\", groupBy: PROCEDURE) { rows(first: 1, afterCode: \"1.000001\") { code current { procedures } } } }";
        let rows = reader.ask(by_procedure, json!({})).await.ok();
        assert_eq!(rows.data("/dossierReport/rows"), &json!([{ "code": code(2), "current": { "procedures": 1 } }]));
    }

    async fn each_target_of_procedures_goes_from_entry_to_status_in_three_periods(ward: Ward) {
        import(&ward, 40).await;
        let one_stop = ward.one_stop().await;
        let analytics = ward.analytics().await;
        let change = async |lines: Vec<Value>| {
            let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": lines } });
            let answer = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
            assert_eq!(answer.user_errors("importProcedures"), Vec::<Value>::new());
        };
        // Before the programme's first quarter ends nothing can be paid online; then half; then all.
        let all = |from: &str, paid: bool, numbers: std::ops::RangeInclusive<usize>| -> Vec<Value> {
            numbers.map(|number| json!({ "code": code(number), "effectiveFrom": from, "onlinePaymentEnabled": paid, "payableOnNationalPortal": paid })).collect()
        };
        change(all("2025-12-15", false, 1..=40)).await;
        change(all("2026-04-01", true, 1..=20)).await;
        change(all("2026-07-01", true, 21..=40)).await;
        let seen = async |indicator: &str| {
            let mut found = Vec::new();
            for period in ["2026-Q1", "2026-Q2", "2026-Q3"] {
                found.push(figure(&analytics, indicator, period).await);
            }
            found
        };
        // Domain facts 13.5: 40 procedures with a fee, 40 enabled.
        assert_eq!(seen("II.2.a.2-1").await, ["0/40 0.00 NOT_DUE", "20/40 50.00 NOT_DUE", "40/40 100.00 ACHIEVED"]);
        assert_eq!(seen("II.2.a.3-1").await, ["40/40 100.00 ACHIEVED"; 3]);
        assert_eq!(seen("II.2.a.3-2").await, ["40/40 100.00 ACHIEVED"; 3]);

        // Domain facts 13.2 and 13.5 in the first quarter, then worse, then no dossiers at all.
        let mut first = worked_line();
        first["resolvedOnline"] = json!(736);
        accepted(&ward, "2026-Q1", &[first]).await;
        let worse = json!({ "procedure": code(1), "receivedOnline": 820, "receivedDirect": 180, "carriedOver": 80,
            "resolvedEarly": 700, "resolvedOnTime": 370, "resolvedLate": 10, "resultsIssued": 1000, "resultsDigitised": 1000,
            "dossiersDigitised": 1000, "paymentTransactions": 10, "paymentTransactionsOnline": 4 });
        accepted(&ward, "2026-Q2", &[worse]).await;
        accepted(&ward, "2026-Q3", &[json!({ "procedure": code(1) })]).await;
        assert_eq!(seen("II.2.a.2-2").await, ["252/480 52.50 ACHIEVED", "4/10 40.00 NOT_DUE", "0/0 - NO_DATA"]);
        assert_eq!(seen("II.2.a.2-2.DOSSIERS").await[0], "252/520 48.46 NOT_DUE");
        assert_eq!(seen("II.2.a.3-3").await, ["820/950 86.32 ACHIEVED", "820/1000 82.00 NOT_DUE", "0/0 - NO_DATA"]);
        assert_eq!(seen("II.2.a.3-3.ALL_HANDLED").await[0], "820/1000 82.00 NOT_DUE");
        assert_eq!(seen("II.2.a.3-3.ONLINE_PROCEDURES").await[0], "820/950 86.32 ACHIEVED");
        assert_eq!(seen("II.2.a.3-3.RESOLVED").await[0], "736/920 80.00 NOT_DUE");
        assert_eq!(seen("II.6.a.8-DOSSIERS").await, ["760/950 80.00 NOT_DUE", "1000/1000 100.00 ACHIEVED", "0/0 - NO_DATA"]);
        assert_eq!(seen("II.6.a.8-RESULTS").await, ["810/900 90.00 NOT_DUE", "1000/1000 100.00 ACHIEVED", "0/0 - NO_DATA"]);
        assert_eq!(seen("ON_TIME.RESOLVED").await[0], "910/920 98.91 NO_TARGET");
        assert_eq!(seen("ON_TIME.ONE_STOP").await[0], "985/1000 98.50 NO_TARGET");
        assert_eq!(seen("ON_TIME.QD766").await[0], "985/950 103.68 NO_TARGET");

        // Ways of access arrive one after the other.
        let reach = |from: &str, channels: Value| (1..=40).map(|number| json!({ "code": code(number), "effectiveFrom": from, "accessChannels": channels })).collect::<Vec<_>>();
        change(reach("2026-01-15", json!(["WEB"]))).await;
        change(reach("2026-08-01", json!(["WEB", "VNEID"]))).await;
        assert_eq!(seen("II.6.a.4").await, ["0/40 0.00 NOT_DUE", "0/40 0.00 NOT_DUE", "40/40 100.00 ACHIEVED"]);
        assert_eq!(api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }
}
