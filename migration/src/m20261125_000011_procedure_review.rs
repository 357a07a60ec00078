//! Reviews and simplification of procedures (rà soát, đơn giản hóa thủ tục hành chính).

crate::dialect::tables!(
    ["procedure_review", "procedure_review_author"],
    [
        "CREATE TABLE procedure_review (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            code varchar(32) NOT NULL,
            procedure_id {uuid} NOT NULL REFERENCES procedure (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            year integer NOT NULL,
            proposed_on {date} NOT NULL,
            content text NOT NULL,
            components_before integer NOT NULL,
            components_after integer NOT NULL,
            forms_before integer NOT NULL,
            forms_after integer NOT NULL,
            time_before integer NOT NULL,
            time_after integer NOT NULL,
            time_unit varchar(16) NOT NULL CHECK (time_unit IN ('WORKING_DAY', 'DAY', 'HOUR')),
            cost_before_vnd bigint NOT NULL,
            cost_after_vnd bigint NOT NULL,
            state varchar(16) NOT NULL
                CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'IMPLEMENTED', 'WITHDRAWN')),
            decision_number varchar(64),
            decision_date {date},
            decision_reason text,
            decided_by {uuid} REFERENCES person (id),
            implemented_on {date},
            implementing_decision varchar(64),
            withdrawn_on {date},
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (programme_id, code),
            CHECK (components_after >= 0 AND components_after <= components_before),
            CHECK (forms_after >= 0 AND forms_after <= forms_before),
            CHECK (time_after >= 0 AND time_after <= time_before),
            CHECK (cost_after_vnd >= 0 AND cost_after_vnd <= cost_before_vnd AND cost_before_vnd <= 9007199254740991),
            CHECK (components_after < components_before OR forms_after < forms_before OR time_after < time_before
                OR cost_after_vnd < cost_before_vnd),
            CHECK ((state IN ('APPROVED', 'REJECTED', 'IMPLEMENTED')) = (decision_date IS NOT NULL)),
            CHECK ((state = 'IMPLEMENTED') = (implemented_on IS NOT NULL)),
            CHECK ((state = 'WITHDRAWN') = (withdrawn_on IS NOT NULL)),
            CHECK (decision_date IS NULL OR decision_date >= proposed_on),
            CHECK (implemented_on IS NULL OR implemented_on >= decision_date)
        )",
        "CREATE INDEX procedure_review_procedure ON procedure_review (procedure_id, proposed_on, id)",
        "CREATE INDEX procedure_review_organisation ON procedure_review (organisation_id, code, id)",
        "CREATE TABLE procedure_review_author (
            review_id {uuid} NOT NULL REFERENCES procedure_review (id),
            person_id {uuid} NOT NULL REFERENCES person (id),
            PRIMARY KEY (review_id, person_id)
        )",
    ]
);
