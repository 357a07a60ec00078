//! The budget of the reform itself (kinh phí cải cách hành chính): lines, their appraisals, allocations and spending.

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
                "CREATE TABLE reform_budget_line (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    code varchar(32) NOT NULL,
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    fiscal_year integer NOT NULL,
                    task_id {uuid} NOT NULL REFERENCES task (id),
                    content text NOT NULL,
                    estimated_vnd bigint NOT NULL CHECK (estimated_vnd BETWEEN 1 AND 1000000000000000),
                    state varchar(16) NOT NULL
                        CHECK (state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'APPRAISED', 'ALLOCATED', 'REJECTED')),
                    round integer NOT NULL DEFAULT 0,
                    submitted_on {date},
                    returned_reason text,
                    appraised_vnd bigint CHECK (appraised_vnd BETWEEN 0 AND 1000000000000000),
                    rejected_on {date},
                    rejected_reason text,
                    decided_by {uuid} REFERENCES person (id),
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK ((state IN ('DRAFT', 'RETURNED')) = (submitted_on IS NULL)),
                    CHECK (state NOT IN ('APPRAISED', 'ALLOCATED') OR appraised_vnd IS NOT NULL),
                    CHECK (state NOT IN ('DRAFT', 'RETURNED', 'SUBMITTED') OR appraised_vnd IS NULL),
                    CHECK ((state = 'REJECTED') = (rejected_on IS NOT NULL)),
                    CHECK ((state = 'REJECTED') = (rejected_reason IS NOT NULL)),
                    CHECK ((state IN ('ALLOCATED', 'REJECTED')) = (decided_by IS NOT NULL))
                )",
                "CREATE INDEX reform_budget_line_of_year
                    ON reform_budget_line (programme_id, fiscal_year, organisation_id, task_id)",
                "CREATE TABLE reform_budget_author (
                    line_id {uuid} NOT NULL REFERENCES reform_budget_line (id),
                    person_id {uuid} NOT NULL REFERENCES person (id),
                    PRIMARY KEY (line_id, person_id)
                )",
                "CREATE TABLE reform_budget_appraisal (
                    id {uuid} PRIMARY KEY NOT NULL,
                    line_id {uuid} NOT NULL REFERENCES reform_budget_line (id),
                    round integer NOT NULL CHECK (round > 0),
                    side varchar(16) NOT NULL CHECK (side IN ('FINANCE', 'STANDING_BODY')),
                    amount_vnd bigint CHECK (amount_vnd BETWEEN 0 AND 1000000000000000),
                    opinion text NOT NULL,
                    appraised_by {uuid} NOT NULL REFERENCES person (id),
                    appraised_at {timestamp} NOT NULL
                )",
                "CREATE INDEX reform_budget_appraisal_of_line ON reform_budget_appraisal (line_id, round, id)",
                "CREATE TABLE reform_budget_allocation (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    line_id {uuid} NOT NULL REFERENCES reform_budget_line (id),
                    kind varchar(16) NOT NULL CHECK (kind IN ('INITIAL', 'SUPPLEMENT', 'ADJUSTMENT')),
                    amount_vnd bigint NOT NULL CHECK (amount_vnd <> 0 AND (amount_vnd > 0 OR kind = 'ADJUSTMENT')),
                    decision_number varchar(64) NOT NULL,
                    decision_date {date} NOT NULL,
                    explanation text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (line_id, decision_number)
                )",
                "CREATE UNIQUE INDEX reform_budget_allocation_initial ON reform_budget_allocation (line_id)
                    WHERE kind = 'INITIAL'",
                "CREATE INDEX reform_budget_allocation_of_programme ON reform_budget_allocation (programme_id, line_id)",
                "CREATE TABLE reform_budget_spending (
                    line_id {uuid} NOT NULL REFERENCES reform_budget_line (id),
                    month integer NOT NULL CHECK (month BETWEEN 1 AND 13),
                    edition integer NOT NULL CHECK (edition > 0),
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    spent_vnd bigint NOT NULL CHECK (spent_vnd BETWEEN 0 AND 1000000000000000),
                    above_allocation {bool} NOT NULL,
                    explanation text,
                    reason text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    PRIMARY KEY (line_id, month, edition),
                    CHECK (NOT above_allocation OR explanation IS NOT NULL),
                    CHECK (edition = 1 OR reason IS NOT NULL)
                )",
                "CREATE INDEX reform_budget_spending_of_programme ON reform_budget_spending (programme_id, line_id)",
            ],
        )
        .await?;
        // What was said, decided and recorded is set right by what follows, never edited.
        let events = ["reform_budget_appraisal", "reform_budget_allocation", "reform_budget_spending"];
        dialect::append_only(manager, &events).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "reform_budget_line",
            "reform_budget_author",
            "reform_budget_appraisal",
            "reform_budget_allocation",
            "reform_budget_spending",
        ];
        dialect::drop_tables(manager, &tables).await
    }
}
