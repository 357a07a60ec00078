//! Submissions of forms, their authors and their history.

crate::dialect::tables!(
    ["submission", "submission_author", "submission_event"],
    [
        "CREATE TABLE submission (
            id {uuid} PRIMARY KEY NOT NULL,
            programme_id {uuid} NOT NULL REFERENCES programme (id),
            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
            form varchar(32) NOT NULL,
            calendar varchar(16) NOT NULL,
            period_kind varchar(16) NOT NULL,
            period_code varchar(32) NOT NULL,
            period_start {date} NOT NULL,
            period_end {date} NOT NULL,
            due_on {date},
            edition integer NOT NULL CHECK (edition >= 1),
            version integer NOT NULL CHECK (version >= 1),
            state varchar(16) NOT NULL
                CHECK (state IN ('DRAFT', 'SUBMITTED', 'RETURNED', 'ACCEPTED', 'SUPERSEDED')),
            drafted_by {uuid} NOT NULL REFERENCES person (id),
            submitted_by {uuid} REFERENCES person (id),
            submitted_at {timestamp},
            late_days integer,
            decided_by {uuid} REFERENCES person (id),
            decided_at {timestamp},
            return_reason text,
            reopen_reason text,
            warnings_note text,
            created_at {timestamp} NOT NULL,
            updated_at {timestamp} NOT NULL,
            UNIQUE (organisation_id, form, calendar, period_code, edition),
            CHECK (state <> 'RETURNED' OR return_reason IS NOT NULL),
            CHECK (edition = 1 OR reopen_reason IS NOT NULL)
        )",
        "CREATE INDEX submission_period ON submission (organisation_id, form, calendar, period_kind, period_end)",
        "CREATE INDEX submission_listing ON submission (programme_id, period_end, id)",
        "CREATE TABLE submission_author (
            submission_id {uuid} NOT NULL REFERENCES submission (id),
            person_id {uuid} NOT NULL REFERENCES person (id),
            PRIMARY KEY (submission_id, person_id)
        )",
        "CREATE TABLE submission_event (
            id {uuid} PRIMARY KEY NOT NULL,
            submission_id {uuid} NOT NULL REFERENCES submission (id),
            action varchar(32) NOT NULL,
            from_state varchar(16),
            to_state varchar(16) NOT NULL,
            actor_id {uuid} NOT NULL REFERENCES person (id),
            actor_role varchar(32) NOT NULL,
            reason text,
            at {timestamp} NOT NULL
        )",
        "CREATE INDEX submission_event_submission ON submission_event (submission_id, id)",
    ]
);
