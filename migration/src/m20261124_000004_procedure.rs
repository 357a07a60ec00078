//! The register of administrative procedures (thủ tục hành chính).

crate::dialect::tables!(
    ["procedure"],
    [
        "CREATE TABLE procedure (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            code varchar(64) NOT NULL,
            name text NOT NULL,
            search_name text NOT NULL,
            field_code varchar(32) NOT NULL,
            field_name text NOT NULL,
            field_group varchar(16) NOT NULL CHECK (field_group IN ('LAND', 'CONSTRUCTION', 'INVESTMENT', 'OTHER')),
            level varchar(16) NOT NULL CHECK (level IN ('COMMUNE', 'PROVINCE', 'MINISTRY')),
            audience varchar(16) NOT NULL CHECK (audience IN ('CITIZEN', 'ENTERPRISE', 'BOTH')),
            online_level varchar(16) NOT NULL CHECK (online_level IN ('FULL', 'PARTIAL', 'INFORMATION')),
            has_financial_obligation {bool} NOT NULL,
            online_payment_enabled {bool} NOT NULL,
            online_eligible {bool} NOT NULL,
            online_provided {bool} NOT NULL,
            integrated_on_national_portal {bool} NOT NULL,
            payable_on_national_portal {bool} NOT NULL,
            effective_from {date} NOT NULL,
            effective_to {date},
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (programme_id, code),
            CHECK (effective_to IS NULL OR effective_to >= effective_from),
            CHECK (has_financial_obligation OR NOT online_payment_enabled),
            CHECK (online_payment_enabled OR NOT payable_on_national_portal)
        )",
        "CREATE INDEX procedure_organisation ON procedure (organisation_id, code, id)",
        "CREATE INDEX procedure_field ON procedure (programme_id, field_code, code)",
    ]
);
