//! Changes of organisations (thành lập, đổi tên, sáp nhập, chia, giải thể, chuyển), and the names that they had.

crate::dialect::tables!(
    ["organisation_name", "organisation_change", "organisation_change_unit", "organisation_change_author"],
    [
        "CREATE TABLE organisation_name (
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            effective_from {date} NOT NULL,
            effective_to {date},
            name_vi text NOT NULL,
            name_en text NOT NULL,
            PRIMARY KEY (organisation_id, effective_from),
            CHECK (effective_to IS NULL OR effective_to >= effective_from)
        )",
        "CREATE TABLE organisation_change (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            code varchar(32) NOT NULL,
            kind varchar(16) NOT NULL
                CHECK (kind IN ('ESTABLISH', 'RENAME', 'MERGE', 'SPLIT', 'DISSOLVE', 'MOVE')),
            state varchar(16) NOT NULL CHECK (state IN ('RECORDED', 'CONFIRMED', 'REJECTED')),
            decision_number varchar(64) NOT NULL,
            decision_date {date} NOT NULL,
            effective_on {date} NOT NULL,
            content text,
            name_vi text,
            name_en text,
            decided_by {uuid} REFERENCES person (id),
            decided_at {timestamp},
            decision_reason text,
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (programme_id, code),
            CHECK (effective_on >= decision_date),
            CHECK ((kind = 'RENAME') = (name_vi IS NOT NULL)),
            CHECK ((name_vi IS NULL) = (name_en IS NULL)),
            CHECK ((state = 'RECORDED') = (decided_at IS NULL)),
            CHECK ((decided_at IS NULL) = (decided_by IS NULL))
        )",
        "CREATE INDEX organisation_change_day ON organisation_change (effective_on, id)",
        "CREATE TABLE organisation_change_unit (
            change_id {uuid} NOT NULL REFERENCES organisation_change (id),
            position integer NOT NULL,
            part varchar(16) NOT NULL CHECK (part IN ('SUBJECT', 'INTO', 'MADE')),
            organisation_id {uuid} REFERENCES organisation (id),
            code varchar(64),
            kind varchar(32),
            name_vi text,
            name_en text,
            parent_id {uuid} REFERENCES organisation (id),
            PRIMARY KEY (change_id, position),
            CHECK (part = 'MADE' OR organisation_id IS NOT NULL),
            CHECK ((part = 'MADE') = (code IS NOT NULL)),
            CHECK ((code IS NULL) = (kind IS NULL) AND (code IS NULL) = (name_vi IS NULL)
                AND (code IS NULL) = (name_en IS NULL) AND (code IS NULL) = (parent_id IS NULL))
        )",
        "CREATE INDEX organisation_change_unit_organisation ON organisation_change_unit (organisation_id, change_id)",
        "CREATE TABLE organisation_change_author (
            change_id {uuid} NOT NULL REFERENCES organisation_change (id),
            person_id {uuid} NOT NULL REFERENCES person (id),
            PRIMARY KEY (change_id, person_id)
        )",
    ]
);
