//! The register of procedures: imported from a list or a file, idempotent, searchable.

use serde_json::json;

use crate::story::{IMPORT, import};
use crate::support::on_both_engines;

const CSV: &str = include_str!("../../data/demo/procedures.csv");

on_both_engines! {
    async fn a_file_is_imported_once(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let input = json!({ "input": { "organisation": "TTPVHCC", "procedures": { "csv": CSV } } });
        let count = CSV.lines().count() - 1;
        let first = one_stop.ask(IMPORT, input.clone()).await.ok();
        assert_eq!(first.data("/importProcedures"), &json!({ "created": count, "newVersions": 0, "changed": 0, "unchanged": 0, "refused": 0, "userErrors": [] }));
        let second = one_stop.ask(IMPORT, input).await.ok();
        assert_eq!(second.data("/importProcedures"), &json!({ "created": 0, "newVersions": 0, "changed": 0, "unchanged": count, "refused": 0, "userErrors": [] }));
        let search = "query($text: String!) { procedures(first: 100, filter: { search: $text }) { nodes { code name } } }";
        let found = one_stop.ask(search, json!({ "text": "dang ky KHAI sinh" })).await.ok();
        let names = found.data("/procedures/nodes").as_array().unwrap();
        assert!(names.iter().any(|one| one["code"] == "1.001193"), "{names:?}");
        assert_eq!(one_stop.ask(search, json!({ "text": "100%" })).await.ok().data("/procedures/nodes"), &json!([]));
        let fees = one_stop.ask("{ procedures(filter: { hasFinancialObligation: true, onlinePaymentEnabled: true }) { totalCount } }", json!({})).await.ok();
        assert_eq!(fees.data("/procedures/totalCount"), 40);
    }

    async fn faults_of_a_file_are_named_by_line_and_nothing_is_imported(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let broken = CSV.replacen("COMMUNE", "VILLAGE", 1).replacen("true", "yes", 1);
        let input = json!({ "input": { "organisation": "TTPVHCC", "procedures": { "csv": broken } } });
        let answer = one_stop.ask(IMPORT, input).await.ok();
        let errors = answer.user_errors("importProcedures");
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors.iter().all(|one| one["line"] == 2));
        assert_eq!(one_stop.ask("{ procedures { totalCount } }", json!({})).await.ok().data("/procedures/totalCount"), 0);
    }

    async fn anothers_procedures_are_not_changed(ward: Ward) {
        import(&ward, 1).await;
        let one_stop = ward.one_stop().await;
        let mut changed = crate::story::procedure(&crate::story::code(1));
        changed["name"] = json!("Tên khác");
        let input = json!({ "organisation": "VHXH", "procedures": { "list": [changed] } });
        let answer = one_stop.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.user_errors("importProcedures")[0]["code"], "OTHER_ORGANISATION");
    }

    async fn two_imports_at_once_are_both_counted(ward: Ward) {
        let one_stop = ward.one_stop().await;
        let part = |from: usize| {
            let list: Vec<_> = (from..from + 40).map(|number| crate::story::procedure(&crate::story::code(number))).collect();
            json!({ "input": { "organisation": "TTPVHCC", "procedures": { "list": list } } })
        };
        let (one, two) = tokio::join!(one_stop.ask(IMPORT, part(1)), one_stop.ask(IMPORT, part(101)));
        assert_eq!((one.ok().data("/importProcedures/created"), two.ok().data("/importProcedures/created")), (&json!(40), &json!(40)));
        assert_eq!(crate::story::figure(&ward.analytics().await, "II.2.a.3-1", "2026-Q1").await, "80/80 100.00 ACHIEVED");
        assert_eq!(reform_api::rebuild::rebuild(ward.app(), true).await.unwrap(), []);
    }

    async fn thousands_are_imported_in_seconds(ward: Ward) {
        let started = std::time::Instant::now();
        import(&ward, 2_000).await;
        let again: Vec<_> = (1..=2_000).map(|number| crate::story::procedure(&crate::story::code(number))).collect();
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": again } });
        let answer = ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        assert_eq!(answer.data("/importProcedures/unchanged"), 2_000);
        assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
    }
}
