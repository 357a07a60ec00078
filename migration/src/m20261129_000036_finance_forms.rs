//! Appraisals of the savings score by the finance division. Who appraised a submission is remembered beside who wrote it:
//! neither accepts it, and only its writers are those of its next edition.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &[
                "ALTER TABLE submission_author ADD COLUMN appraiser {bool} NOT NULL DEFAULT FALSE",
                "CREATE TABLE savings_appraisal (
                    submission_id {uuid} NOT NULL REFERENCES submission (id),
                    version integer NOT NULL,
                    component varchar(16) NOT NULL
                        CHECK (component IN ('DIRECTION', 'SAVING', 'SUBORDINATES', 'COMMUNICATION')),
                    own_points bigint NOT NULL CHECK (own_points >= 0),
                    points bigint NOT NULL CHECK (points >= 0),
                    maximum bigint NOT NULL,
                    reason text,
                    appraised_by {uuid} NOT NULL REFERENCES person (id),
                    appraised_at {timestamp} NOT NULL,
                    PRIMARY KEY (submission_id, version, component),
                    CHECK (points <= maximum),
                    CHECK (points = own_points OR reason IS NOT NULL)
                )",
            ],
        )
        .await?;
        // An appraisal is set right by another one.
        dialect::append_only(manager, &["savings_appraisal"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["savings_appraisal"]).await?;
        dialect::run(manager, &["ALTER TABLE submission_author DROP COLUMN appraiser"]).await
    }
}
