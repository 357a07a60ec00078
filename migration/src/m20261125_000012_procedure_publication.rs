//! Where procedures are made public (công khai thủ tục hành chính), and the dated parameters (tham số) that say
//! within which time, among other things.

crate::dialect::tables!(
    ["procedure_publication", "parameter"],
    [
        "CREATE TABLE procedure_publication (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            procedure_id {uuid} NOT NULL REFERENCES procedure (id),
            place varchar(24) NOT NULL CHECK (place IN ('NATIONAL_PORTAL', 'CITY_PORTAL', 'WARD_PORTAL',
                'NOTICE_BOARD', 'KIOSK', 'SOCIAL_MEDIA', 'RESIDENTIAL_GROUP')),
            url text,
            published_on {date} NOT NULL,
            last_checked_on {date},
            check_result varchar(16) CHECK (check_result IN ('CORRECT', 'OUTDATED', 'MISSING')),
            note text,
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (procedure_id, place),
            CHECK ((last_checked_on IS NULL) = (check_result IS NULL)),
            CHECK (last_checked_on IS NULL OR last_checked_on >= published_on)
        )",
        "CREATE INDEX procedure_publication_day ON procedure_publication (programme_id, published_on, id)",
        "CREATE TABLE parameter (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            code varchar(64) NOT NULL,
            title_vi text NOT NULL,
            title_en text NOT NULL,
            value_text text,
            value_number bigint,
            unit varchar(24),
            effective_from {date} NOT NULL,
            effective_to {date},
            legal_basis text NOT NULL,
            note text,
            verified {bool} NOT NULL,
            UNIQUE (programme_id, code, effective_from),
            CHECK ((value_text IS NULL) <> (value_number IS NULL)),
            CHECK (effective_to IS NULL OR effective_to >= effective_from)
        )",
    ]
);
