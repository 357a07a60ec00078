//! The budget: codes of the classification, lines and what decisions assigned to them, execution as units submit it,
//! and the years that are settled.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 6] = [
    "budget_code",
    "budget_line",
    "budget_event",
    "budget_execution_line",
    "budget_execution_estimate",
    "budget_settlement",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &[
                "CREATE TABLE budget_code (
                    id {uuid} PRIMARY KEY NOT NULL,
                    kind varchar(16) NOT NULL CHECK (kind IN ('CHAPTER', 'CATEGORY', 'SUBCATEGORY', 'ITEM', 'SUBITEM',
                        'SOURCE', 'LEVEL')),
                    code varchar(8) NOT NULL,
                    parent_code varchar(8),
                    flow varchar(16) CHECK (flow IN ('REVENUE', 'EXPENDITURE')),
                    nature varchar(16) CHECK (nature IN ('RECURRENT', 'INVESTMENT', 'TRANSFER', 'OTHER')),
                    title_vi text NOT NULL,
                    title_en text NOT NULL,
                    search_title text NOT NULL,
                    legal_basis text NOT NULL,
                    verified {bool} NOT NULL,
                    effective_from {date} NOT NULL,
                    effective_to {date},
                    UNIQUE (kind, code, effective_from),
                    CHECK (effective_to IS NULL OR effective_to >= effective_from),
                    CHECK ((kind IN ('SUBCATEGORY', 'SUBITEM')) = (parent_code IS NOT NULL)),
                    CHECK ((kind IN ('ITEM', 'SUBITEM')) = (flow IS NOT NULL)),
                    CHECK ((flow IS NULL) = (nature IS NULL))
                )",
                "CREATE TABLE budget_line (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    fiscal_year integer NOT NULL,
                    code varchar(40) NOT NULL,
                    chapter varchar(8) NOT NULL,
                    subcategory varchar(8) NOT NULL,
                    item varchar(8) NOT NULL,
                    subitem varchar(8) NOT NULL,
                    source varchar(8) NOT NULL,
                    level varchar(8) NOT NULL,
                    flow varchar(16) NOT NULL CHECK (flow IN ('REVENUE', 'EXPENDITURE')),
                    nature varchar(16) NOT NULL CHECK (nature IN ('RECURRENT', 'INVESTMENT', 'TRANSFER', 'OTHER')),
                    created_at {timestamp} NOT NULL,
                    UNIQUE (organisation_id, fiscal_year, code)
                )",
                "CREATE INDEX budget_line_listing ON budget_line (programme_id, fiscal_year, code, id)",
                "CREATE TABLE budget_event (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    fiscal_year integer NOT NULL,
                    line_id {uuid} NOT NULL REFERENCES budget_line (id),
                    kind varchar(16) NOT NULL CHECK (kind IN ('INITIAL', 'SUPPLEMENT', 'ADJUSTMENT', 'CARRY_OVER',
                        'CANCELLATION')),
                    amount bigint NOT NULL CHECK (amount <> 0 AND (amount > 0 OR kind = 'ADJUSTMENT')),
                    effect bigint NOT NULL,
                    decision_number varchar(64) NOT NULL,
                    decision_date {date} NOT NULL,
                    explanation text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    CHECK (effect = CASE WHEN kind = 'CANCELLATION' THEN -amount ELSE amount END)
                )",
                "CREATE UNIQUE INDEX budget_event_initial ON budget_event (line_id) WHERE kind = 'INITIAL'",
                "CREATE UNIQUE INDEX budget_event_once ON budget_event (line_id, kind, decision_number)",
                "CREATE INDEX budget_event_of_line ON budget_event (line_id, decision_date)",
                "CREATE INDEX budget_event_listing ON budget_event (programme_id, fiscal_year, decision_date, id)",
                "CREATE TABLE budget_execution_line (
                    submission_id {uuid} NOT NULL REFERENCES submission (id),
                    line_id {uuid} NOT NULL REFERENCES budget_line (id),
                    line integer NOT NULL,
                    amount bigint NOT NULL CHECK (amount >= 0),
                    explanation text,
                    PRIMARY KEY (submission_id, line_id)
                )",
                "CREATE INDEX budget_execution_line_of_line ON budget_execution_line (line_id)",
                "CREATE TABLE budget_execution_estimate (
                    submission_id {uuid} NOT NULL REFERENCES submission (id),
                    flow varchar(16) NOT NULL,
                    nature varchar(16) NOT NULL,
                    initial_amount bigint NOT NULL,
                    current_amount bigint NOT NULL,
                    PRIMARY KEY (submission_id, flow, nature)
                )",
                "CREATE TABLE budget_settlement (
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    fiscal_year integer NOT NULL,
                    decision_number varchar(64) NOT NULL,
                    decision_date {date} NOT NULL,
                    settled_by {uuid} NOT NULL REFERENCES person (id),
                    settled_at {timestamp} NOT NULL,
                    PRIMARY KEY (programme_id, fiscal_year)
                )",
            ],
        )
        .await?;
        // What a decision assigned is corrected by another decision, and a settled year stays settled.
        dialect::append_only(manager, &["budget_event", "budget_settlement"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &TABLES).await
    }
}
