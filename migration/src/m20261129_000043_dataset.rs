//! The catalogue of datasets: their editions, distributions and authors, and the reviews of the list of open data.

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
                // Lists (keywords, standards) are lines of text: no item holds a line break.
                "CREATE TABLE dataset (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    publisher_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    edition integer NOT NULL CHECK (edition >= 1),
                    state varchar(16) NOT NULL
                        CHECK (state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'PUBLISHED', 'SUPERSEDED', 'WITHDRAWN')),
                    title_vi text NOT NULL,
                    title_en text,
                    description_vi text NOT NULL,
                    description_en text,
                    search_text text NOT NULL,
                    theme varchar(16) NOT NULL,
                    keywords text NOT NULL,
                    contact_name text,
                    contact_email varchar(254),
                    contact_phone varchar(32),
                    issued_on {date},
                    modified_on {date},
                    frequency varchar(16) NOT NULL,
                    spatial text,
                    temporal_from {date},
                    temporal_to {date},
                    languages varchar(32) NOT NULL,
                    licence text,
                    access varchar(16) NOT NULL CHECK (access IN ('OPEN', 'SHARED', 'RESTRICTED')),
                    conforms_to text NOT NULL,
                    legal_basis text,
                    data_class varchar(16) NOT NULL CHECK (data_class IN ('MASTER', 'SHARED', 'OPEN')),
                    personal_data {bool} NOT NULL,
                    records_total bigint CHECK (records_total >= 0),
                    records_digitised bigint CHECK (records_digitised >= 0),
                    integration_targets varchar(64) NOT NULL,
                    collected_once {bool} NOT NULL,
                    source_system text,
                    entered_on {date} NOT NULL,
                    submitted_on {date},
                    return_reason text,
                    published_on {date},
                    published_by {uuid} REFERENCES person (id),
                    ended_on {date},
                    end_reason text,
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code, edition),
                    CHECK (NOT (access = 'OPEN' AND personal_data)),
                    CHECK ((data_class = 'OPEN') = (access = 'OPEN')),
                    CHECK ((records_total IS NULL) = (records_digitised IS NULL)),
                    CHECK (records_digitised IS NULL OR records_digitised <= records_total),
                    CHECK (temporal_to IS NULL OR temporal_from IS NULL OR temporal_to >= temporal_from),
                    CHECK (modified_on IS NULL OR issued_on IS NULL OR modified_on >= issued_on),
                    CHECK (state NOT IN ('PUBLISHED', 'SUPERSEDED')
                        OR (published_on IS NOT NULL AND modified_on IS NOT NULL)),
                    CHECK ((state IN ('SUPERSEDED', 'WITHDRAWN')) = (ended_on IS NOT NULL)),
                    CHECK (ended_on IS NULL OR published_on IS NULL OR ended_on >= published_on)
                )",
                // Of a dataset at most one edition is served, and at most one is being worked on.
                "CREATE UNIQUE INDEX dataset_published ON dataset (programme_id, code) WHERE state = 'PUBLISHED'",
                "CREATE UNIQUE INDEX dataset_open ON dataset (programme_id, code)
                    WHERE state IN ('DRAFT', 'SUBMITTED', 'RETURNED')",
                "CREATE INDEX dataset_organisation ON dataset (organisation_id, code, edition)",
                "CREATE TABLE dataset_distribution (
                    id {uuid} PRIMARY KEY NOT NULL,
                    dataset_id {uuid} NOT NULL REFERENCES dataset (id),
                    position integer NOT NULL CHECK (position >= 1),
                    title text,
                    format varchar(16),
                    media_type varchar(127),
                    access_url text NOT NULL,
                    download_url text,
                    byte_size bigint CHECK (byte_size >= 0),
                    issued_on {date},
                    modified_on {date},
                    UNIQUE (dataset_id, position)
                )",
                "CREATE TABLE dataset_author (
                    dataset_id {uuid} NOT NULL REFERENCES dataset (id),
                    person_id {uuid} NOT NULL REFERENCES person (id),
                    PRIMARY KEY (dataset_id, person_id)
                )",
                "CREATE TABLE open_data_review (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    reviewed_on {date} NOT NULL,
                    note text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, reviewed_on)
                )",
            ],
        )
        .await?;
        // That the list was reviewed is a fact of its day.
        dialect::append_only(manager, &["open_data_review"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["dataset", "dataset_distribution", "dataset_author", "open_data_review"];
        dialect::drop_tables(manager, &tables).await
    }
}
