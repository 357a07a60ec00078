//! Staffing: quotas by decision, the frozen baseline of the 10 % cut, and changes of its perimeter.

crate::dialect::tables!(
    [
        "staffing_quota",
        "staffing_baseline",
        "staffing_baseline_line",
        "staffing_baseline_author",
        "perimeter_change",
        "perimeter_line",
    ],
    [
        "CREATE TABLE staffing_quota (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            category varchar(32) NOT NULL CHECK (category IN ('ELECTED_CADRE', 'CIVIL_SERVANT',
                'PUBLIC_EMPLOYEE_BUDGET', 'PUBLIC_EMPLOYEE_REVENUE', 'SUPPORT_CONTRACT', 'PROFESSIONAL_CONTRACT',
                'NON_PROFESSIONAL')),
            funding_source varchar(16) NOT NULL CHECK (funding_source IN ('STATE_BUDGET', 'SERVICE_REVENUE')),
            posts integer NOT NULL CHECK (posts >= 0),
            decision_number varchar(64) NOT NULL,
            decision_date {date} NOT NULL,
            effective_from {date} NOT NULL,
            version integer NOT NULL DEFAULT 1,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (organisation_id, category, funding_source, effective_from)
        )",
        "CREATE INDEX staffing_quota_listing ON staffing_quota (programme_id, effective_from, id)",
        "CREATE TABLE staffing_baseline (
            programme_id {uuid} PRIMARY KEY NOT NULL REFERENCES programme (id),
            state varchar(16) NOT NULL CHECK (state IN ('PROPOSED', 'APPROVED')),
            decision_number varchar(64),
            decision_date {date},
            approved_by {uuid} REFERENCES person (id),
            approved_at {timestamp},
            version integer NOT NULL DEFAULT 1,
            updated_at {timestamp} NOT NULL,
            CHECK ((state = 'APPROVED') = (approved_at IS NOT NULL)),
            CHECK ((state = 'APPROVED') = (decision_number IS NOT NULL AND decision_date IS NOT NULL))
        )",
        "CREATE TABLE staffing_baseline_line (
            programme_id {uuid} NOT NULL REFERENCES staffing_baseline (programme_id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            posts integer NOT NULL CHECK (posts >= 0),
            PRIMARY KEY (programme_id, organisation_id)
        )",
        "CREATE TABLE staffing_baseline_author (
            programme_id {uuid} NOT NULL REFERENCES staffing_baseline (programme_id),
            person_id {uuid} NOT NULL REFERENCES person (id),
            PRIMARY KEY (programme_id, person_id)
        )",
        "CREATE TABLE perimeter_change (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            kind varchar(16) NOT NULL CHECK (kind IN ('MERGE', 'SPLIT', 'MOVE_IN', 'MOVE_OUT')),
            effective_on {date} NOT NULL,
            decision_number varchar(64) NOT NULL,
            decision_date {date} NOT NULL,
            reason text NOT NULL,
            created_at {timestamp} NOT NULL,
            UNIQUE (programme_id, decision_number, kind, effective_on)
        )",
        "CREATE INDEX perimeter_change_listing ON perimeter_change (programme_id, effective_on, id)",
        "CREATE TABLE perimeter_line (
            change_id {uuid} NOT NULL REFERENCES perimeter_change (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            posts integer NOT NULL CHECK (posts <> 0),
            PRIMARY KEY (change_id, organisation_id)
        )",
    ]
);
