//! Migrations go up, down and up again on both engines.

use migration::{Migrator, MigratorTrait};
use serde_json::json;

use crate::story::{IMPORT, accepted, code, figure, import, procedure, worked_line};
use crate::support::on_both_engines;

/// Migrations that had landed before procedures got versions.
const BEFORE_VERSIONS: usize = 8;

on_both_engines! {
    async fn the_schema_goes_down_and_up_again(ward: Ward) {
        let connection = ward.app().db.migrator_connection();
        Migrator::down(connection, None).await.unwrap();
        assert_eq!(Migrator::get_applied_migrations(connection).await.unwrap().len(), 0);
        Migrator::up(connection, None).await.unwrap();
        assert_eq!(Migrator::get_pending_migrations(connection).await.unwrap().len(), 0);
        let reference = api::reference::Reference::an_bien().unwrap();
        let loaded = api::reference::load(ward.app(), &reference).await.unwrap();
        assert!(loaded.created > 300);
    }

    async fn what_was_entered_survives_the_way_down_and_up(ward: Ward) {
        import(&ward, 4).await;
        accepted(&ward, "2026-Q1", &[worked_line()]).await;
        let analytics = ward.analytics().await;
        let list = "{ procedures { nodes { code name onlineProvided effectiveFrom effectiveTo latestStatistics { receivedOnline } } } }";
        let mut before = analytics.ask(list, json!({})).await.ok().data("/procedures/nodes").clone();
        // What versions say beyond the older register comes back as one span of days: of an abolished procedure
        // up to its last day, of one that changes later with what it will say; internal ones do not.
        let changes = json!([
            { "code": code(2), "effectiveFrom": "2026-05-01", "changeKind": "ABOLISHED", "decisionNumber": "1", "decisionDate": "2026-04-20" },
            { "code": code(3), "effectiveFrom": "2026-12-15", "changeKind": "AMENDED", "decisionNumber": "1", "decisionDate": "2026-04-20", "name": "Tên mới" },
            procedure("NB.NOIVU.001"),
        ]);
        let input = json!({ "organisation": "TTPVHCC", "procedures": { "list": changes } });
        ward.one_stop().await.ask(IMPORT, json!({ "input": input })).await.ok();
        before[1]["effectiveTo"] = json!("2026-04-30");
        before[2]["name"] = json!("Tên mới");
        let connection = ward.app().db.migrator_connection();
        let applied = Migrator::get_applied_migrations(connection).await.unwrap().len();
        Migrator::down(connection, u32::try_from(applied - BEFORE_VERSIONS).ok()).await.unwrap();
        Migrator::up(connection, None).await.unwrap();
        assert_eq!(analytics.ask(list, json!({})).await.ok().data("/procedures/nodes"), &before);
        assert_eq!(figure(&analytics, "II.2.a.3-3", "2026-Q1").await, "820/950 86.32 ACHIEVED");
    }
}
