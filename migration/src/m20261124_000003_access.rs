//! People, their grants and their sign-ins.

crate::dialect::tables!(
    ["person", "role_grant", "session", "refresh_token", "idempotency_record"],
    [
        "CREATE TABLE person (
            id {uuid} PRIMARY KEY NOT NULL,
            username varchar(64) NOT NULL UNIQUE,
            display_name text NOT NULL,
            password_hash text NOT NULL,
            disabled_at {timestamp},
            created_at {timestamp} NOT NULL
        )",
        "CREATE TABLE role_grant (
            id {uuid} PRIMARY KEY NOT NULL,
            person_id {uuid} NOT NULL REFERENCES person (id),
            role varchar(32) NOT NULL,
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            effective_from {date} NOT NULL,
            effective_to {date},
            created_at {timestamp} NOT NULL,
            CHECK (effective_to IS NULL OR effective_to >= effective_from)
        )",
        "CREATE INDEX role_grant_person ON role_grant (person_id)",
        "CREATE INDEX role_grant_organisation ON role_grant (organisation_id)",
        "CREATE TABLE session (
            id {uuid} PRIMARY KEY NOT NULL,
            person_id {uuid} NOT NULL REFERENCES person (id),
            created_at {timestamp} NOT NULL,
            ended_at {timestamp},
            end_reason varchar(32)
        )",
        "CREATE INDEX session_person ON session (person_id)",
        "CREATE TABLE refresh_token (
            token_hash varchar(64) PRIMARY KEY NOT NULL,
            session_id {uuid} NOT NULL REFERENCES session (id),
            issued_at {timestamp} NOT NULL,
            expires_at {timestamp} NOT NULL,
            used_at {timestamp}
        )",
        "CREATE INDEX refresh_token_session ON refresh_token (session_id)",
        "CREATE TABLE idempotency_record (
            person_id {uuid} NOT NULL REFERENCES person (id),
            idempotency_key varchar(128) NOT NULL,
            operation varchar(64) NOT NULL,
            request_hash varchar(64) NOT NULL,
            result_id {uuid},
            created_at {timestamp} NOT NULL,
            PRIMARY KEY (person_id, idempotency_key)
        )",
    ]
);
