//! What a form on execution was accepted against is no longer kept with it: estimates are a register of their own, and what was
//! known at any time follows from the revisions of its figures.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["budget_execution_estimate"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &["CREATE TABLE budget_execution_estimate (
                submission_id {uuid} NOT NULL REFERENCES submission (id),
                flow varchar(16) NOT NULL,
                nature varchar(16) NOT NULL,
                initial_amount bigint NOT NULL,
                current_amount bigint NOT NULL,
                PRIMARY KEY (submission_id, flow, nature)
            )"],
        )
        .await
    }
}
