//! Public investment: projects, what decisions put into their capital plans, and what the Treasury paid.

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
                "CREATE TABLE investment_project (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    name text NOT NULL,
                    search_name text NOT NULL,
                    project_group varchar(8) NOT NULL CHECK (project_group IN ('A', 'B', 'C')),
                    decision_number varchar(64) NOT NULL,
                    decision_date {date} NOT NULL,
                    total_investment bigint NOT NULL CHECK (total_investment > 0),
                    start_year integer NOT NULL,
                    finish_year integer NOT NULL,
                    completed_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK (finish_year >= start_year)
                )",
                "CREATE TABLE capital_event (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    project_id {uuid} NOT NULL REFERENCES investment_project (id),
                    plan_year integer NOT NULL,
                    kind varchar(16) NOT NULL CHECK (kind IN ('ASSIGNED', 'EXTENDED', 'ADJUSTMENT')),
                    amount bigint NOT NULL CHECK (amount <> 0 AND (amount > 0 OR kind = 'ADJUSTMENT')),
                    decision_number varchar(64) NOT NULL,
                    decision_date {date} NOT NULL,
                    explanation text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (project_id, plan_year, kind, decision_number)
                )",
                "CREATE INDEX capital_event_of_year ON capital_event (programme_id, plan_year, decision_date, id)",
                "CREATE TABLE disbursement (
                    project_id {uuid} NOT NULL REFERENCES investment_project (id),
                    plan_year integer NOT NULL,
                    month integer NOT NULL CHECK (month BETWEEN 1 AND 13),
                    edition integer NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    disbursed bigint NOT NULL CHECK (disbursed >= 0),
                    of_extended bigint NOT NULL CHECK (of_extended >= 0 AND of_extended <= disbursed),
                    accepted_volume bigint NOT NULL CHECK (accepted_volume >= 0),
                    reason text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    PRIMARY KEY (project_id, plan_year, month, edition)
                )",
                "CREATE INDEX disbursement_of_year ON disbursement (programme_id, plan_year, month)",
            ],
        )
        .await?;
        // Decisions and months are set right by newer ones, never edited.
        dialect::append_only(manager, &["capital_event", "disbursement"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &["investment_project", "capital_event", "disbursement"]).await
    }
}
