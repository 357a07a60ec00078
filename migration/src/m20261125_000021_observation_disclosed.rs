//! Whether a figure that rests on confidential forms is shown to those outside. Written with the figure, and kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, &["ALTER TABLE indicator_observation ADD COLUMN disclosed {bool}"]).await?;
        let trigger = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "CREATE TRIGGER indicator_observation_disclosed BEFORE UPDATE OF disclosed ON indicator_observation
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            }
            _ => {
                "CREATE TRIGGER indicator_observation_disclosed BEFORE UPDATE OF disclosed ON indicator_observation
                BEGIN SELECT RAISE(ABORT, 'indicator_observation is append-only'); END"
            }
        };
        manager.get_connection().execute_unprepared(trigger).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let trigger = match manager.get_database_backend() {
            DbBackend::Postgres => "DROP TRIGGER indicator_observation_disclosed ON indicator_observation",
            _ => "DROP TRIGGER indicator_observation_disclosed",
        };
        manager.get_connection().execute_unprepared(trigger).await?;
        dialect::run(manager, &["ALTER TABLE indicator_observation DROP COLUMN disclosed"]).await
    }
}
