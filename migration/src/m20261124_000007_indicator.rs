//! Measures and indicators: definitions, and the append-only figures with the revision at which each
//! became known.

crate::dialect::tables!(
    ["measure", "indicator", "indicator_term", "measure_value", "indicator_observation"],
    [
        "CREATE TABLE measure (
            code varchar(64) PRIMARY KEY NOT NULL,
            additivity varchar(16) NOT NULL CHECK (additivity IN ('FLOW', 'STOCK', 'OPENING', 'CUMULATIVE')),
            unit varchar(16) NOT NULL,
            source varchar(32) NOT NULL,
            title_vi text NOT NULL,
            title_en text NOT NULL
        )",
        "CREATE TABLE indicator (
            code varchar(64) PRIMARY KEY NOT NULL,
            section varchar(32),
            reading varchar(16) NOT NULL CHECK (reading IN ('PLAN', 'ALTERNATIVE')),
            area_code varchar(32) NOT NULL,
            title_vi text NOT NULL,
            title_en text NOT NULL,
            description_vi text NOT NULL,
            description_en text NOT NULL,
            unit varchar(16) NOT NULL,
            direction varchar(24) NOT NULL CHECK (direction IN ('HIGHER_IS_BETTER', 'LOWER_IS_BETTER')),
            calendar varchar(16) NOT NULL,
            frequency varchar(16) NOT NULL,
            position integer NOT NULL
        )",
        "CREATE TABLE indicator_term (
            indicator_code varchar(64) NOT NULL REFERENCES indicator (code),
            side varchar(16) NOT NULL CHECK (side IN ('NUMERATOR', 'DENOMINATOR')),
            measure_code varchar(64) NOT NULL REFERENCES measure (code),
            coefficient integer NOT NULL CHECK (coefficient <> 0),
            PRIMARY KEY (indicator_code, side, measure_code)
        )",
        "CREATE TABLE measure_value (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            measure_code varchar(64) NOT NULL REFERENCES measure (code),
            breakdown varchar(64) NOT NULL DEFAULT '',
            calendar varchar(16) NOT NULL,
            period_kind varchar(16) NOT NULL,
            period_code varchar(32) NOT NULL,
            period_start {date} NOT NULL,
            period_end {date} NOT NULL,
            value bigint,
            source_kind varchar(16) NOT NULL CHECK (source_kind IN ('SUBMISSION', 'REGISTER')),
            source_id {uuid},
            revision bigint NOT NULL,
            superseded_revision bigint,
            recorded_at {timestamp} NOT NULL,
            CHECK (superseded_revision IS NULL OR superseded_revision > revision)
        )",
        "CREATE UNIQUE INDEX measure_value_current ON measure_value
            (organisation_id, measure_code, breakdown, calendar, period_code) WHERE superseded_revision IS NULL",
        "CREATE INDEX measure_value_window ON measure_value (programme_id, period_end) WHERE superseded_revision IS NULL",
        "CREATE INDEX measure_value_history ON measure_value (programme_id, revision, id)",
        "CREATE TABLE indicator_observation (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            indicator_code varchar(64) NOT NULL REFERENCES indicator (code),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            calendar varchar(16) NOT NULL,
            period_kind varchar(16) NOT NULL,
            period_code varchar(32) NOT NULL,
            period_start {date} NOT NULL,
            period_end {date} NOT NULL,
            numerator bigint,
            denominator bigint,
            missing integer NOT NULL DEFAULT 0 CHECK (missing >= 0),
            revision bigint NOT NULL,
            superseded_revision bigint,
            recorded_at {timestamp} NOT NULL,
            CHECK (superseded_revision IS NULL OR superseded_revision > revision),
            CHECK ((numerator IS NULL) = (denominator IS NULL))
        )",
        "CREATE UNIQUE INDEX indicator_observation_current ON indicator_observation
            (organisation_id, indicator_code, calendar, period_code) WHERE superseded_revision IS NULL",
        "CREATE INDEX indicator_observation_history ON indicator_observation (programme_id, revision, id)",
        "CREATE INDEX indicator_observation_series ON indicator_observation
            (organisation_id, indicator_code, calendar, period_kind, period_end, revision)",
        "CREATE INDEX indicator_observation_ranking ON indicator_observation
            (indicator_code, calendar, period_code, organisation_id) WHERE superseded_revision IS NULL",
    ]
);
