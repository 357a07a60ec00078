//! Indicators that are kept of the whole programme alone, since of a single unit they would say something else.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, &["ALTER TABLE indicator ADD COLUMN whole_programme_only {bool} NOT NULL DEFAULT FALSE"])
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, &["ALTER TABLE indicator DROP COLUMN whole_programme_only"]).await
    }
}
