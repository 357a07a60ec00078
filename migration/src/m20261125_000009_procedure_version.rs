//! Procedures get dated versions: the row of `procedure` keeps who a procedure is, `procedure_version` what it
//! says and from when to when. Dossier statistics get the counters of the online and digitisation tables.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::run;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What a version says, as it stood in `procedure` before.
const CONTENT: &str = "name, field_code, field_name, field_group, level, audience, online_level,
    has_financial_obligation, online_payment_enabled, online_eligible, online_provided,
    integrated_on_national_portal, payable_on_national_portal";

const VERSIONS: &str = "CREATE TABLE procedure_version (
    id {uuid} PRIMARY KEY NOT NULL,
    procedure_id {uuid} NOT NULL REFERENCES procedure (id),
    change_kind varchar(16) NOT NULL CHECK (change_kind IN ('NEW', 'AMENDED', 'UPDATED', 'REPLACED', 'ABOLISHED')),
    decision_number varchar(64),
    decision_date {date},
    replaced_by varchar(64),
    announced_on {date} NOT NULL,
    effective_from {date} NOT NULL,
    ends_on {date},
    effective_to {date},
    shown_from {date} NOT NULL,
    shown_to {date} NOT NULL,
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
    inter_agency {bool} NOT NULL,
    access_channels integer NOT NULL CHECK (access_channels >= 0),
    statutory_limit integer CHECK (statutory_limit > 0),
    statutory_limit_unit varchar(16) CHECK (statutory_limit_unit IN ('WORKING_DAY', 'DAY', 'HOUR')),
    committed_limit integer CHECK (committed_limit > 0),
    committed_limit_unit varchar(16) CHECK (committed_limit_unit IN ('WORKING_DAY', 'DAY', 'HOUR')),
    fees {json} NOT NULL,
    components {json} NOT NULL,
    created_at {timestamp} NOT NULL,
    updated_at {timestamp} NOT NULL,
    withdrawn_at {timestamp},
    CHECK (ends_on IS NULL OR ends_on >= effective_from),
    CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CHECK (shown_from <= effective_from AND shown_to >= effective_from),
    CHECK ((decision_number IS NULL) = (decision_date IS NULL)),
    CHECK ((statutory_limit IS NULL) = (statutory_limit_unit IS NULL)),
    CHECK ((committed_limit IS NULL) = (committed_limit_unit IS NULL)),
    CHECK (has_financial_obligation OR NOT online_payment_enabled),
    CHECK (online_payment_enabled OR NOT payable_on_national_portal)
)";

const COUNTERS: [&str; 6] = [
    "resolved_online",
    "pending_online_in_time",
    "pending_online_overdue",
    "synchronised",
    "components_reused_national",
    "fee_dossiers_paid_national",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The tables are filled and rebuilt as one: on SQLite too.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A version's own identifier: one that exists already and is unique, the procedure's.
        let fill = format!(
            "INSERT INTO procedure_version (id, procedure_id, change_kind, announced_on, effective_from, ends_on,
                effective_to, shown_from, shown_to, search_name, {CONTENT}, inter_agency, access_channels, fees,
                components, created_at, updated_at)
             SELECT id, id, 'NEW', effective_from, effective_from, effective_to, effective_to, '0001-01-01',
                '9999-12-31', search_name, {CONTENT}, FALSE, 0, '[]', '[]', created_at, updated_at FROM procedure"
        );
        run(manager, &[VERSIONS, &fill]).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                let dropped: Vec<String> = CONTENT
                    .split(',')
                    .chain(["effective_from", "effective_to", "search_name"])
                    .map(|column| format!("DROP COLUMN {}", column.trim()))
                    .collect();
                run(manager, &[&format!("ALTER TABLE procedure {}", dropped.join(", "))]).await?;
            }
            _ => {
                // SQLite can't drop what a CHECK names: the table is made anew under its own name, with foreign
                // keys looked at when all is done.
                run(
                    manager,
                    &[
                        "PRAGMA defer_foreign_keys = ON",
                        "CREATE TABLE procedure_before AS SELECT * FROM procedure",
                        "DROP TABLE procedure",
                        "CREATE TABLE procedure (
                            id {uuid} PRIMARY KEY NOT NULL,
                            programme_id {uuid} NOT NULL REFERENCES programme (id),
                            organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                            code varchar(64) NOT NULL,
                            version integer NOT NULL DEFAULT 1,
                            created_at {timestamp} NOT NULL,
                            updated_at {timestamp} NOT NULL,
                            UNIQUE (programme_id, code)
                        )",
                        "INSERT INTO procedure SELECT id, programme_id, organisation_id, code, version, created_at,
                            updated_at FROM procedure_before",
                        "DROP TABLE procedure_before",
                        "CREATE INDEX procedure_organisation ON procedure (organisation_id, code, id)",
                    ],
                )
                .await?;
            }
        }
        run(
            manager,
            &[
                "ALTER TABLE procedure ADD COLUMN internal {bool} NOT NULL DEFAULT FALSE",
                "CREATE UNIQUE INDEX procedure_version_day ON procedure_version (procedure_id, effective_from)
                    WHERE withdrawn_at IS NULL",
                "CREATE INDEX procedure_version_shown ON procedure_version (procedure_id, shown_from)
                    WHERE withdrawn_at IS NULL",
            ],
        )
        .await?;
        let online = "ALTER TABLE dossier_statistics_line ADD COLUMN online_procedure {bool} NOT NULL DEFAULT FALSE";
        run(manager, &[online]).await?;
        for counter in COUNTERS {
            let sql = format!(
                "ALTER TABLE dossier_statistics_line ADD COLUMN {counter} integer NOT NULL DEFAULT 0
                    CHECK ({counter} >= 0)"
            );
            run(manager, &[&sql]).await?;
        }
        // What stands there was entered for procedures as they are: whether they are online is known.
        run(
            manager,
            &["UPDATE dossier_statistics_line SET online_procedure = TRUE WHERE procedure_id IN
                (SELECT procedure_id FROM procedure_version WHERE online_provided)"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for counter in COUNTERS.iter().chain(&["online_procedure"]) {
            run(manager, &[&format!("ALTER TABLE dossier_statistics_line DROP COLUMN {counter}")]).await?;
        }
        run(
            manager,
            &[
                "DROP INDEX procedure_version_day",
                "DROP INDEX procedure_version_shown",
                // The older register knows one span of days of a procedure, and no internal ones: it gets what the
                // last version in force says, from the first day to that version's last.
                "CREATE TABLE procedure_after AS SELECT p.id, p.programme_id, p.organisation_id, p.code, v.name,
                    v.search_name, v.field_code, v.field_name, v.field_group, v.level, v.audience, v.online_level,
                    v.has_financial_obligation, v.online_payment_enabled, v.online_eligible, v.online_provided,
                    v.integrated_on_national_portal, v.payable_on_national_portal,
                    (SELECT MIN(f.effective_from) FROM procedure_version f WHERE f.procedure_id = p.id
                        AND f.withdrawn_at IS NULL) AS effective_from,
                    v.effective_to, p.version, p.created_at, p.updated_at
                    FROM procedure p JOIN procedure_version v ON v.procedure_id = p.id
                    WHERE NOT p.internal AND v.withdrawn_at IS NULL AND v.effective_from =
                        (SELECT MAX(l.effective_from) FROM procedure_version l WHERE l.procedure_id = p.id
                            AND l.withdrawn_at IS NULL AND l.change_kind NOT IN ('REPLACED', 'ABOLISHED'))",
                "DROP TABLE procedure_version",
            ],
        )
        .await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                run(
                    manager,
                    &["ALTER TABLE dossier_statistics_line DROP CONSTRAINT dossier_statistics_line_procedure_id_fkey"],
                )
                .await?;
            }
            _ => run(manager, &["PRAGMA defer_foreign_keys = ON"]).await?,
        }
        run(
            manager,
            &[
                "DROP TABLE procedure",
                "CREATE TABLE procedure (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(64) NOT NULL,
                    name text NOT NULL,
                    search_name text NOT NULL,
                    field_code varchar(32) NOT NULL,
                    field_name text NOT NULL,
                    field_group varchar(16) NOT NULL
                        CHECK (field_group IN ('LAND', 'CONSTRUCTION', 'INVESTMENT', 'OTHER')),
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
                "INSERT INTO procedure SELECT * FROM procedure_after",
                "DROP TABLE procedure_after",
                "CREATE INDEX procedure_organisation ON procedure (organisation_id, code, id)",
                "CREATE INDEX procedure_field ON procedure (programme_id, field_code, code)",
            ],
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(
                manager,
                &["ALTER TABLE dossier_statistics_line ADD CONSTRAINT dossier_statistics_line_procedure_id_fkey
                    FOREIGN KEY (procedure_id) REFERENCES procedure (id)"],
            )
            .await?;
        }
        Ok(())
    }
}
