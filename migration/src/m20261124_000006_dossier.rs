//! The dossier statistics form: form 06's columns and the online, payment and digitisation counters.

crate::dialect::tables!(
    ["dossier_statistics_line"],
    [
        "CREATE TABLE dossier_statistics_line (
            submission_id {uuid} NOT NULL REFERENCES submission (id),
            procedure_id {uuid} NOT NULL REFERENCES procedure (id),
            line integer NOT NULL CHECK (line >= 1),
            period_end {date} NOT NULL,
            received_online integer NOT NULL CHECK (received_online >= 0),
            received_direct integer NOT NULL CHECK (received_direct >= 0),
            received_postal integer NOT NULL CHECK (received_postal >= 0),
            carried_over integer NOT NULL CHECK (carried_over >= 0),
            resolved_early integer NOT NULL CHECK (resolved_early >= 0),
            resolved_on_time integer NOT NULL CHECK (resolved_on_time >= 0),
            resolved_late integer NOT NULL CHECK (resolved_late >= 0),
            pending_in_time integer NOT NULL CHECK (pending_in_time >= 0),
            pending_overdue integer NOT NULL CHECK (pending_overdue >= 0),
            returned_or_withdrawn integer NOT NULL CHECK (returned_or_withdrawn >= 0),
            own_authority integer NOT NULL CHECK (own_authority >= 0),
            dossiers_digitised integer NOT NULL CHECK (dossiers_digitised >= 0),
            components_reused integer NOT NULL CHECK (components_reused >= 0),
            results_issued integer NOT NULL CHECK (results_issued >= 0),
            results_digitised integer NOT NULL CHECK (results_digitised >= 0),
            fee_dossiers integer NOT NULL CHECK (fee_dossiers >= 0),
            fee_dossiers_paid_online integer NOT NULL CHECK (fee_dossiers_paid_online >= 0),
            payment_transactions integer NOT NULL CHECK (payment_transactions >= 0),
            payment_transactions_online integer NOT NULL CHECK (payment_transactions_online >= 0),
            PRIMARY KEY (submission_id, procedure_id),
            UNIQUE (submission_id, line),
            CHECK (received_online + received_direct + received_postal + carried_over
                = resolved_early + resolved_on_time + resolved_late + pending_in_time + pending_overdue)
        )",
        "CREATE INDEX dossier_statistics_line_procedure ON dossier_statistics_line (procedure_id, period_end)",
    ]
);
