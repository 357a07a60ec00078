//! Legal documents and what one does to another, campaigns of their review, and consultations on drafts.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 9] = [
    "legal_consultation",
    "legal_consultation_task",
    "legal_opinion",
    "legal_document",
    "legal_document_task",
    "legal_relation",
    "legal_campaign",
    "legal_review",
    "legal_review_author",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &[
                "CREATE TABLE legal_consultation (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    title text NOT NULL,
                    search_name text NOT NULL,
                    content text NOT NULL,
                    place text NOT NULL,
                    opened_on {date} NOT NULL,
                    closes_on {date} NOT NULL,
                    conclusion text,
                    closed_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK (closes_on >= opened_on),
                    CHECK ((closed_on IS NULL) = (conclusion IS NULL)),
                    CHECK (closed_on IS NULL OR closed_on > closes_on)
                )",
                "CREATE INDEX legal_consultation_order ON legal_consultation (programme_id, opened_on, id)",
                "CREATE TABLE legal_consultation_task (
                    consultation_id {uuid} NOT NULL REFERENCES legal_consultation (id),
                    section varchar(32) NOT NULL,
                    PRIMARY KEY (consultation_id, section)
                )",
                "CREATE TABLE legal_opinion (
                    consultation_id {uuid} NOT NULL REFERENCES legal_consultation (id),
                    position integer NOT NULL CHECK (position > 0),
                    source varchar(32) NOT NULL
                        CHECK (source IN ('RESIDENT', 'ENTERPRISE', 'FRONT_ORGANISATION', 'AGENCY', 'OTHER')),
                    count integer NOT NULL CHECK (count > 0),
                    summary text NOT NULL,
                    response varchar(32) CHECK (response IN ('ACCEPTED', 'PARTLY_ACCEPTED', 'NOT_ACCEPTED')),
                    explanation text,
                    PRIMARY KEY (consultation_id, position),
                    CHECK (response IS NOT NULL OR explanation IS NULL),
                    CHECK (response IS NULL OR response = 'ACCEPTED' OR explanation IS NOT NULL)
                )",
                "CREATE TABLE legal_document (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    number varchar(64) NOT NULL,
                    kind varchar(32) NOT NULL,
                    normative {bool} NOT NULL,
                    issuer_level varchar(16) NOT NULL CHECK (issuer_level IN ('CENTRAL', 'CITY', 'WARD')),
                    issuer text NOT NULL,
                    field varchar(32) NOT NULL,
                    title text NOT NULL,
                    search_name text NOT NULL,
                    issued_on {date} NOT NULL,
                    effective_on {date} NOT NULL,
                    expires_on {date},
                    must_review {bool} NOT NULL,
                    consultation_id {uuid} REFERENCES legal_consultation (id),
                    ended_on {date},
                    end_reason varchar(16) CHECK (end_reason IN ('EXPIRED', 'REPLACED', 'REPEALED')),
                    ended_by {uuid} REFERENCES legal_document (id),
                    partly_ended_on {date},
                    withdrawn_reason text,
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    CHECK (issuer_level = 'CENTRAL' OR effective_on >= issued_on),
                    CHECK (expires_on IS NULL OR expires_on > effective_on),
                    CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
                    CHECK (ended_by IS NULL OR (ended_by <> id AND end_reason IN ('REPLACED', 'REPEALED'))),
                    CHECK (end_reason IS NULL OR end_reason = 'EXPIRED' OR ended_by IS NOT NULL),
                    CHECK (consultation_id IS NULL OR issuer_level = 'WARD')
                )",
                // A document that was entered by mistake leaves its number to the right one.
                "CREATE UNIQUE INDEX legal_document_number
                    ON legal_document (programme_id, number, issued_on, issuer_level) WHERE withdrawn_reason IS NULL",
                "CREATE INDEX legal_document_order ON legal_document (programme_id, issued_on, id)",
                "CREATE INDEX legal_document_of_unit ON legal_document (organisation_id, issued_on, id)",
                "CREATE TABLE legal_document_task (
                    document_id {uuid} NOT NULL REFERENCES legal_document (id),
                    section varchar(32) NOT NULL,
                    PRIMARY KEY (document_id, section)
                )",
                "CREATE TABLE legal_relation (
                    actor_id {uuid} NOT NULL REFERENCES legal_document (id),
                    target_id {uuid} NOT NULL REFERENCES legal_document (id),
                    kind varchar(16) NOT NULL
                        CHECK (kind IN ('AMENDS', 'REPLACES', 'REPEALS', 'REPEALS_PARTLY', 'GUIDES')),
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    effective_on {date} NOT NULL,
                    stated {bool} NOT NULL,
                    PRIMARY KEY (actor_id, target_id, kind),
                    CHECK (actor_id <> target_id)
                )",
                "CREATE INDEX legal_relation_target ON legal_relation (target_id, actor_id)",
                "CREATE INDEX legal_relation_programme ON legal_relation (programme_id)",
                "CREATE TABLE legal_campaign (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    period_code varchar(16) NOT NULL,
                    title text NOT NULL,
                    closed_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, period_code)
                )",
                "CREATE TABLE legal_review (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    campaign_id {uuid} NOT NULL REFERENCES legal_campaign (id),
                    document_id {uuid} NOT NULL REFERENCES legal_document (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    reviewed_on {date} NOT NULL,
                    finding varchar(16) NOT NULL
                        CHECK (finding IN ('NONE', 'OVERLAPPING', 'CONTRADICTORY', 'UNLAWFUL', 'EXPIRED', 'UNSUITABLE')),
                    proposal varchar(16) NOT NULL CHECK (proposal IN ('KEEP', 'AMEND', 'REPLACE', 'REPEAL')),
                    addressee varchar(16) CHECK (addressee IN ('CENTRAL', 'CITY', 'WARD')),
                    content text NOT NULL,
                    state varchar(16) NOT NULL CHECK (state IN ('PROPOSED', 'CONFIRMED', 'RETURNED')),
                    decided_by {uuid} REFERENCES person (id),
                    return_reason text,
                    outcome varchar(16) NOT NULL CHECK (outcome IN ('PENDING', 'DONE', 'REJECTED')),
                    outcome_on {date},
                    outcome_document_id {uuid} REFERENCES legal_document (id),
                    outcome_reason text,
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (campaign_id, document_id),
                    CHECK ((finding = 'NONE') = (proposal = 'KEEP')),
                    CHECK ((proposal = 'KEEP') = (addressee IS NULL)),
                    CHECK ((state = 'PROPOSED') = (decided_by IS NULL)),
                    CHECK ((state = 'RETURNED') = (return_reason IS NOT NULL)),
                    CHECK (outcome = 'PENDING' OR (state = 'CONFIRMED' AND proposal <> 'KEEP')),
                    CHECK ((outcome = 'PENDING') = (outcome_on IS NULL)),
                    CHECK ((outcome = 'DONE') = (outcome_document_id IS NOT NULL)),
                    CHECK ((outcome = 'REJECTED') = (outcome_reason IS NOT NULL))
                )",
                "CREATE INDEX legal_review_order ON legal_review (programme_id, reviewed_on, id)",
                "CREATE INDEX legal_review_of_document ON legal_review (document_id, reviewed_on)",
                "CREATE TABLE legal_review_author (
                    review_id {uuid} NOT NULL REFERENCES legal_review (id),
                    person_id {uuid} NOT NULL REFERENCES person (id),
                    PRIMARY KEY (review_id, person_id)
                )",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(manager, &TABLES).await
    }
}
