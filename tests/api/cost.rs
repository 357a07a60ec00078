//! What queries cost: the same few SQL statements for two rows and for many.

use serde_json::json;

use crate::story::{accepted, code, import};
use crate::support::{Client, on_both_engines};

async fn statements(client: &Client, document: &str) -> u32 {
    client.ask(document, json!({})).await.ok().statements()
}

on_both_engines! {
    async fn nested_lists_run_the_same_statements_for_two_rows_and_for_many(ward: Ward) {
        import(&ward, 90).await;
        let lines: Vec<_> = (1..=90).map(|number| json!({ "procedure": code(number), "receivedOnline": 5, "resolvedOnTime": 5 })).collect();
        for period in ["2026-Q1", "2026-Q2"] {
            accepted(&ward, period, &lines).await;
        }
        let standing = ward.standing_body().await;
        // Signed in and known: what follows counts the query alone.
        standing.ask("{ me { username } }", json!({})).await.ok();
        let nested = |first: u32| format!(
            "{{ organisations(first: {first}) {{ nodes {{ code kind parent {{ code }} programme {{ code }}
                procedures(first: {first}) {{ nodes {{ code latestStatistics(first: 2) {{ receivedOnline period {{ code }} }} }} pageInfo {{ hasNextPage }} }} }} }} }}"
        );
        let (few, many) = (statements(&standing, &nested(2)).await, statements(&standing, &nested(80)).await);
        assert!(many <= 5, "{many} statements");
        assert!(few <= many);
        let submissions = |first: u32| format!(
            "{{ submissions(first: {first}) {{ nodes {{ state organisation {{ code }} draftedBy {{ displayName }} events {{ actor {{ displayName }} }}
                allowedActions {{ action allowed }} dossierStatistics {{ totals {{ receivedTotal }} lines(first: 10) {{ nodes {{ procedure {{ name }} }} }} }} }} }} }}"
        );
        assert_eq!(statements(&standing, &submissions(1)).await, statements(&standing, &submissions(2)).await);
        let flat = |first: u32| format!(
            "{{ indicatorObservations(first: {first}) {{ nodes {{ numerator denominator value status organisation {{ code }} indicator {{ title }} target {{ value }} }} }} }}"
        );
        let (few, many) = (statements(&standing, &flat(5)).await, statements(&standing, &flat(1000)).await);
        assert_eq!(few, many);
        assert!(many <= 7, "{many} statements");
    }

    async fn a_dashboard_is_a_handful_of_statements(ward: Ward) {
        import(&ward, 3).await;
        let chair = ward.chair().await;
        chair.ask("{ me { username } }", json!({})).await.ok();
        let overview = "{ programmeOverview { statusCounts { status count } reporting { expected } targets { target { title leads { organisation { name } } } status series { current { value } trend { value } } } } }";
        let count = statements(&chair, overview).await;
        assert!(count <= 14, "{count} statements");
    }

    async fn pages_are_bounded_and_cursors_hold(ward: Ward) {
        import(&ward, 45).await;
        let client = ward.analytics().await;
        let page = |arguments: &str| format!("{{ procedures({arguments}) {{ totalCount nodes {{ code }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}");
        let first = client.ask(&page("first: 20"), json!({})).await.ok();
        assert_eq!(first.data("/procedures/totalCount"), 45);
        let end = first.data("/procedures/pageInfo/endCursor").as_str().unwrap().to_owned();
        let second = client.ask(&page(&format!("first: 20, after: \"{end}\"")), json!({})).await.ok();
        assert_eq!(second.data("/procedures/nodes/0/code"), &json!(code(21)));
        assert_eq!(second.data("/procedures/pageInfo/hasPreviousPage"), true);
        let start = second.data("/procedures/pageInfo/startCursor").as_str().unwrap().to_owned();
        let back = client.ask(&page(&format!("last: 5, before: \"{start}\"")), json!({})).await.ok();
        assert_eq!(back.data("/procedures/nodes/0/code"), &json!(code(16)));
        for wrong in ["first: 101", "first: 0", "first: 1, last: 1", "after: \"x\""] {
            assert_eq!(client.ask(&page(wrong), json!({})).await.code(), "BAD_USER_INPUT", "{wrong}");
        }
        // Nested first pages hand over to the root field.
        let nested = "{ organisation(code: \"TTPVHCC\") { procedures(first: 20) { totalCount pageInfo { hasNextPage endCursor } } } }";
        let nested = client.ask(nested, json!({})).await.ok();
        assert_eq!(nested.data("/organisation/procedures/pageInfo/endCursor"), &json!(end));
    }
}
