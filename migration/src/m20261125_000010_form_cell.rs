//! The cells of forms that a template describes: counts, amounts, texts and days.

crate::dialect::tables!(
    ["form_cell"],
    ["CREATE TABLE form_cell (
            submission_id {uuid} NOT NULL REFERENCES submission (id),
            position integer NOT NULL CHECK (position >= 1),
            table_code varchar(64) NOT NULL,
            row_code varchar(200) NOT NULL,
            field_code varchar(64) NOT NULL,
            value bigint,
            text text,
            PRIMARY KEY (submission_id, position),
            UNIQUE (submission_id, table_code, row_code, field_code),
            CHECK ((value IS NULL) <> (text IS NULL))
        )"]
);
