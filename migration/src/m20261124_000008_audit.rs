//! The journal. No row of it can be changed or removed: triggers on both engines refuse.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables of which no row is ever removed, and whether a row may still be changed (figures are marked
/// as superseded, never rewritten).
const APPEND_ONLY: [&str; 3] = ["audit_event", "submission_event", "programme_revision"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &[
                "CREATE TABLE audit_event (
                    id {uuid} PRIMARY KEY NOT NULL,
                    at {timestamp} NOT NULL,
                    programme_id {uuid},
                    organisation_id {uuid},
                    actor_id {uuid},
                    actor_name text NOT NULL,
                    actor_role varchar(32) NOT NULL,
                    action varchar(64) NOT NULL,
                    outcome varchar(16) NOT NULL CHECK (outcome IN ('DONE', 'REFUSED')),
                    rule varchar(64) NOT NULL,
                    record_kind varchar(32) NOT NULL,
                    record_id {uuid},
                    reason text,
                    before_value {json},
                    after_value {json},
                    request_id varchar(64) NOT NULL
                )",
                "CREATE INDEX audit_event_record ON audit_event (record_id, id)",
                "CREATE INDEX audit_event_time ON audit_event (programme_id, id)",
            ],
        )
        .await?;
        let connection = manager.get_connection();
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                connection
                    .execute_unprepared(
                        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
                    )
                    .await?;
                for table in APPEND_ONLY {
                    connection
                        .execute_unprepared(&format!(
                            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                        ))
                        .await?;
                }
                for (table, value) in FIGURES {
                    connection
                        .execute_unprepared(&format!(
                            "CREATE TRIGGER {table}_kept BEFORE DELETE OR TRUNCATE ON {table}
                            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                        ))
                        .await?;
                    connection
                        .execute_unprepared(&format!(
                            "CREATE TRIGGER {table}_unchanged BEFORE UPDATE OF {value}, revision ON {table}
                            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                        ))
                        .await?;
                }
            }
            _ => {
                for table in APPEND_ONLY {
                    for verb in ["UPDATE", "DELETE"] {
                        connection
                            .execute_unprepared(&format!(
                                "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
                                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                            ))
                            .await?;
                    }
                }
                for (table, value) in FIGURES {
                    for (name, verb) in
                        [("delete", "DELETE".to_owned()), ("update", format!("UPDATE OF {value}, revision"))]
                    {
                        connection
                            .execute_unprepared(&format!(
                                "CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table}
                                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                            ))
                            .await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        match manager.get_database_backend() {
            // The triggers hang on the function and go with it.
            DbBackend::Postgres => connection.execute_unprepared("DROP FUNCTION refuse_change() CASCADE").await?,
            _ => {
                for table in APPEND_ONLY {
                    for verb in ["UPDATE", "DELETE"] {
                        connection.execute_unprepared(&format!("DROP TRIGGER {table}_no_{verb}")).await?;
                    }
                }
                for (table, _) in FIGURES {
                    for verb in ["delete", "update"] {
                        connection.execute_unprepared(&format!("DROP TRIGGER {table}_no_{verb}")).await?;
                    }
                }
                connection.execute_unprepared("SELECT 1").await?
            }
        };
        dialect::drop_tables(manager, &["audit_event"]).await
    }
}

/// The append-only figures and the columns of them that never change once written; only the mark that a
/// newer figure supersedes them is set later.
const FIGURES: [(&str, &str); 2] = [("measure_value", "value"), ("indicator_observation", "numerator, denominator")];
