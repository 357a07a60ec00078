//! Classification of public service units by financial autonomy (phân loại mức tự chủ tài chính).

crate::dialect::tables!(
    ["autonomy_classification", "autonomy_author"],
    [
        "CREATE TABLE autonomy_classification (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            from_year integer NOT NULL,
            to_year integer NOT NULL,
            edition integer NOT NULL CHECK (edition > 0),
            revenue_vnd bigint NOT NULL CHECK (revenue_vnd BETWEEN 0 AND 9007199254740991),
            expenditure_vnd bigint NOT NULL CHECK (expenditure_vnd BETWEEN 1 AND 9007199254740991),
            investment_self_financed {bool} NOT NULL,
            investment_vnd bigint NOT NULL CHECK (investment_vnd BETWEEN 0 AND 9007199254740991),
            levels varchar(64) NOT NULL,
            computed_group varchar(8) NOT NULL CHECK (computed_group IN ('GROUP_1', 'GROUP_2', 'GROUP_3', 'GROUP_4')),
            computed_band varchar(8) CHECK (computed_band IN ('HIGH', 'MIDDLE', 'LOW')),
            proposed_group varchar(8) NOT NULL CHECK (proposed_group IN ('GROUP_1', 'GROUP_2', 'GROUP_3', 'GROUP_4')),
            proposed_band varchar(8) CHECK (proposed_band IN ('HIGH', 'MIDDLE', 'LOW')),
            explanation text,
            reason text,
            state varchar(16) NOT NULL
                CHECK (state IN ('PROPOSED', 'RETURNED', 'APPRAISED', 'DECIDED', 'SUPERSEDED')),
            returned_reason text,
            appraised_by {uuid} REFERENCES person (id),
            appraised_on {date},
            appraisal_opinion text,
            decision_number varchar(64),
            decision_date {date},
            decided_by {uuid} REFERENCES person (id),
            effective_from {date},
            effective_to {date},
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (organisation_id, from_year, edition),
            CHECK (to_year >= from_year),
            CHECK (investment_self_financed = (investment_vnd > 0)),
            CHECK ((computed_group = 'GROUP_3') = (computed_band IS NOT NULL)),
            CHECK ((proposed_group = 'GROUP_3') = (proposed_band IS NOT NULL)),
            CHECK (explanation IS NOT NULL OR (proposed_group = computed_group
                AND coalesce(proposed_band, '') = coalesce(computed_band, ''))),
            CHECK ((edition > 1) = (reason IS NOT NULL)),
            CHECK ((state IN ('APPRAISED', 'DECIDED', 'SUPERSEDED')) = (appraised_by IS NOT NULL)),
            CHECK ((state IN ('DECIDED', 'SUPERSEDED')) = (decision_date IS NOT NULL)),
            CHECK ((decision_date IS NOT NULL) = (decision_number IS NOT NULL)),
            CHECK ((decision_date IS NOT NULL) = (effective_from IS NOT NULL)),
            CHECK ((decision_date IS NOT NULL) = (effective_to IS NOT NULL))
        )",
        "CREATE UNIQUE INDEX autonomy_classification_decided ON autonomy_classification (organisation_id, from_year)
            WHERE state = 'DECIDED'",
        "CREATE INDEX autonomy_classification_listed
            ON autonomy_classification (programme_id, from_year, organisation_id, edition)",
        "CREATE TABLE autonomy_author (
            classification_id {uuid} NOT NULL REFERENCES autonomy_classification (id),
            person_id {uuid} NOT NULL REFERENCES person (id),
            PRIMARY KEY (classification_id, person_id)
        )",
    ]
);
