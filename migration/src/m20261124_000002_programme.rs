//! The programme as data: reform areas, targets, tasks, who leads, who reports when.

crate::dialect::tables!(
    ["reform_area", "target", "task", "lead_assignment", "reporting_obligation"],
    [
        "CREATE TABLE reform_area (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            code varchar(32) NOT NULL,
            position integer NOT NULL,
            section varchar(32) NOT NULL,
            title_vi text NOT NULL,
            title_en text NOT NULL,
            UNIQUE (programme_id, code)
        )",
        "CREATE TABLE target (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            section varchar(32) NOT NULL,
            area_code varchar(32) NOT NULL,
            title_vi text NOT NULL,
            title_en text NOT NULL,
            unit varchar(16) NOT NULL,
            comparator varchar(8) NOT NULL CHECK (comparator IN ('GTE', 'EQ', 'LTE')),
            value_hundredths bigint NOT NULL,
            due {date} NOT NULL,
            issuing_level varchar(16) NOT NULL CHECK (issuing_level IN ('WARD', 'CITY', 'NATIONAL')),
            legal_basis text NOT NULL,
            valid_from {date} NOT NULL,
            valid_to {date},
            note_vi text,
            UNIQUE (programme_id, section, issuing_level, valid_from),
            CHECK (valid_to IS NULL OR valid_to >= valid_from)
        )",
        "CREATE TABLE task (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            section varchar(32) NOT NULL,
            area_code varchar(32),
            kind varchar(16) NOT NULL CHECK (kind IN ('OBJECTIVE', 'TASK', 'SOLUTION', 'DUTY')),
            title_vi text NOT NULL,
            title_en text NOT NULL,
            due {date},
            recurrence varchar(16),
            all_units {bool} NOT NULL DEFAULT false,
            UNIQUE (programme_id, section)
        )",
        "CREATE TABLE lead_assignment (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            subject varchar(16) NOT NULL CHECK (subject IN ('TARGET', 'TASK')),
            section varchar(32) NOT NULL,
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            role varchar(16) NOT NULL CHECK (role IN ('LEAD', 'COORDINATING')),
            stated_in_plan {bool} NOT NULL,
            effective_from {date} NOT NULL,
            effective_to {date},
            UNIQUE (programme_id, subject, section, organisation_id, role, effective_from)
        )",
        "CREATE TABLE reporting_obligation (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            form varchar(32) NOT NULL,
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            calendar varchar(16) NOT NULL,
            period_kind varchar(16) NOT NULL,
            due_days integer NOT NULL CHECK (due_days >= 0),
            effective_from {date} NOT NULL,
            effective_to {date},
            basis text NOT NULL,
            UNIQUE (programme_id, form, organisation_id, calendar, period_kind, effective_from)
        )",
    ]
);
