//! Programmes and the tree of organisations under them.

crate::dialect::tables!(
    ["programme", "programme_revision", "organisation", "organisation_closure", "organisation_successor"],
    [
        "CREATE TABLE programme (
            id {uuid} PRIMARY KEY NOT NULL,
            code varchar(64) NOT NULL UNIQUE,
            title_vi text NOT NULL,
            title_en text NOT NULL,
            decision_number varchar(64) NOT NULL,
            decision_date {date} NOT NULL,
            start_date {date} NOT NULL,
            end_date {date} NOT NULL,
            revision bigint NOT NULL DEFAULT 0,
            CHECK (start_date <= end_date),
            CHECK (revision >= 0)
        )",
        "CREATE TABLE programme_revision (
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            revision bigint NOT NULL,
            recorded_at {timestamp} NOT NULL,
            cause varchar(64) NOT NULL,
            source_id {uuid},
            PRIMARY KEY (programme_id, revision)
        )",
        "CREATE INDEX programme_revision_recorded ON programme_revision (programme_id, recorded_at)",
        "CREATE TABLE organisation (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} REFERENCES programme (id),
            code varchar(64) NOT NULL,
            kind varchar(32) NOT NULL,
            name_vi text NOT NULL,
            name_en text NOT NULL,
            search_name text NOT NULL,
            parent_id {uuid} REFERENCES organisation (id),
            identifier_code varchar(64),
            budget_unit_code varchar(16),
            standing_body {bool} NOT NULL DEFAULT false,
            stated_in_plan {bool} NOT NULL DEFAULT false,
            section varchar(32),
            note text,
            effective_from {date} NOT NULL,
            effective_to {date},
            CHECK (effective_to IS NULL OR effective_to >= effective_from)
        )",
        "CREATE UNIQUE INDEX organisation_code ON organisation (programme_id, code) WHERE programme_id IS NOT NULL",
        "CREATE UNIQUE INDEX organisation_upper_code ON organisation (code) WHERE programme_id IS NULL",
        "CREATE INDEX organisation_by_code ON organisation (code, id)",
        "CREATE INDEX organisation_parent ON organisation (parent_id)",
        "CREATE TABLE organisation_closure (
            ancestor_id {uuid} NOT NULL REFERENCES organisation (id),
            descendant_id {uuid} NOT NULL REFERENCES organisation (id),
            depth integer NOT NULL CHECK (depth >= 0),
            PRIMARY KEY (ancestor_id, descendant_id)
        )",
        "CREATE INDEX organisation_closure_descendant ON organisation_closure (descendant_id, ancestor_id)",
        "CREATE TABLE organisation_successor (
            predecessor_id {uuid} NOT NULL REFERENCES organisation (id),
            successor_id {uuid} NOT NULL REFERENCES organisation (id),
            kind varchar(16) NOT NULL,
            effective_on {date} NOT NULL,
            PRIMARY KEY (predecessor_id, successor_id),
            CHECK (predecessor_id <> successor_id)
        )",
    ]
);
