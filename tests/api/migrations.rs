//! Migrations go up, down and up again on both engines.

use migration::{Migrator, MigratorTrait};

use crate::support::on_both_engines;

on_both_engines! {
    async fn the_schema_goes_down_and_up_again(ward: Ward) {
        let connection = ward.app().db.migrator_connection();
        Migrator::down(connection, None).await.unwrap();
        assert_eq!(Migrator::get_applied_migrations(connection).await.unwrap().len(), 0);
        Migrator::up(connection, None).await.unwrap();
        assert_eq!(Migrator::get_pending_migrations(connection).await.unwrap().len(), 0);
        let reference = reform_api::reference::Reference::an_bien().unwrap();
        let loaded = reform_api::reference::load(ward.app(), &reference).await.unwrap();
        assert!(loaded.created > 300);
    }
}
