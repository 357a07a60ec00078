//! Digital government: information systems and their integrations, applications of new technology, upkeep of TCVN ISO
//! 18091, and what must stand on online channels.

use sea_orm_migration::prelude::*;

use crate::dialect;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(
            manager,
            &[
                "CREATE TABLE information_system (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    name text NOT NULL,
                    search_name text NOT NULL,
                    level varchar(8) NOT NULL CHECK (level IN ('CENTRAL', 'CITY', 'WARD')),
                    purpose text NOT NULL,
                    security_level integer CHECK (security_level BETWEEN 1 AND 5),
                    security_decision_number varchar(64),
                    security_decision_date {date},
                    used_from {date},
                    used_to {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK ((security_level IS NULL) = (security_decision_number IS NULL)),
                    CHECK ((security_level IS NULL) = (security_decision_date IS NULL)),
                    CHECK (used_to IS NULL OR (used_from IS NOT NULL AND used_to >= used_from))
                )",
                "CREATE TABLE integration_event (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    system_id {uuid} NOT NULL REFERENCES information_system (id),
                    platform varchar(16) NOT NULL CHECK (platform IN
                        ('LGSP', 'NDOP', 'DVCQG', 'VNEID', 'POPULATION', 'WAREHOUSE', 'OTHER')),
                    direction varchar(8) NOT NULL CHECK (direction IN ('IN', 'OUT', 'BOTH')),
                    status varchar(8) NOT NULL CHECK (status IN ('PLANNED', 'TESTING', 'LIVE', 'STOPPED')),
                    since {date} NOT NULL,
                    number integer NOT NULL,
                    note text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (system_id, platform, number)
                )",
                "CREATE INDEX integration_event_of_programme ON integration_event (programme_id, system_id)",
                "CREATE TABLE integration_confirmation (
                    event_id {uuid} PRIMARY KEY NOT NULL REFERENCES integration_event (id),
                    confirmed_by {uuid} NOT NULL REFERENCES person (id),
                    confirmed_at {timestamp} NOT NULL
                )",
                "CREATE TABLE technology_application (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    name text NOT NULL,
                    search_name text NOT NULL,
                    technology varchar(16) NOT NULL CHECK (technology IN ('AI', 'IOT', 'BIG_DATA', 'OTHER')),
                    sector varchar(16) NOT NULL CHECK (sector IN
                        ('ENVIRONMENT', 'EDUCATION', 'HEALTH', 'URBAN', 'SECURITY', 'PUBLIC_SERVICE', 'OTHER')),
                    status varchar(8) NOT NULL CHECK (status IN ('PROPOSED', 'PILOT', 'IN_USE', 'STOPPED')),
                    since {date} NOT NULL,
                    description text,
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code)
                )",
                "CREATE TABLE iso_audit (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    kind varchar(16) NOT NULL CHECK (kind IN ('INTERNAL', 'CERTIFICATION', 'SURVEILLANCE')),
                    audited_on {date} NOT NULL,
                    auditor text NOT NULL,
                    conclusion text,
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code)
                )",
                "CREATE TABLE iso_finding (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    audit_id {uuid} NOT NULL REFERENCES iso_audit (id),
                    number integer NOT NULL CHECK (number > 0),
                    severity varchar(16) NOT NULL CHECK (severity IN ('MAJOR', 'MINOR', 'OBSERVATION')),
                    description text NOT NULL,
                    found_on {date} NOT NULL,
                    due_on {date} NOT NULL,
                    remedied_on {date},
                    remedy text,
                    closed_on {date},
                    closed_by {uuid} REFERENCES person (id),
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (audit_id, number),
                    CHECK (due_on >= found_on),
                    CHECK (remedied_on IS NULL OR remedied_on >= found_on),
                    CHECK ((remedied_on IS NULL) = (remedy IS NULL)),
                    CHECK (closed_on IS NULL OR (remedied_on IS NOT NULL AND closed_on >= remedied_on)),
                    CHECK ((closed_on IS NULL) = (closed_by IS NULL))
                )",
                "CREATE INDEX iso_finding_of_programme ON iso_finding (programme_id, due_on, id)",
                "CREATE TABLE iso_finding_author (
                    finding_id {uuid} NOT NULL REFERENCES iso_finding (id),
                    person_id {uuid} NOT NULL REFERENCES person (id),
                    PRIMARY KEY (finding_id, person_id)
                )",
                "CREATE TABLE iso_certificate (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    issuer text NOT NULL,
                    scope text NOT NULL,
                    valid_from {date} NOT NULL,
                    valid_to {date} NOT NULL,
                    withdrawn_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK (valid_to >= valid_from),
                    CHECK (withdrawn_on IS NULL OR withdrawn_on >= valid_from)
                )",
                "CREATE TABLE online_duty (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    code varchar(32) NOT NULL,
                    channel varchar(16) NOT NULL CHECK (channel IN ('PORTAL', 'FANPAGE', 'ZALO', 'OTHER')),
                    channel_name text NOT NULL,
                    url text NOT NULL,
                    content text NOT NULL,
                    effective_from {date} NOT NULL,
                    effective_to {date},
                    last_looked_on {date},
                    last_updated_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK (effective_to IS NULL OR effective_to >= effective_from),
                    CHECK (last_updated_on IS NULL OR last_updated_on <= last_looked_on)
                )",
                "CREATE TABLE online_duty_check (
                    id {uuid} PRIMARY KEY NOT NULL,
                    duty_id {uuid} NOT NULL REFERENCES online_duty (id),
                    looked_on {date} NOT NULL,
                    updated_on {date},
                    note text,
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    CHECK (updated_on IS NULL OR updated_on <= looked_on)
                )",
                "CREATE INDEX online_duty_check_of_duty ON online_duty_check (duty_id, looked_on, id)",
            ],
        )
        .await?;
        // What was said of an integration, and who confirmed it; what was found on a channel. A later row says otherwise.
        dialect::append_only(manager, &["integration_event", "integration_confirmation", "online_duty_check"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::drop_tables(
            manager,
            &[
                "information_system",
                "integration_event",
                "integration_confirmation",
                "technology_application",
                "iso_audit",
                "iso_finding",
                "iso_finding_author",
                "iso_certificate",
                "online_duty",
                "online_duty_check",
            ],
        )
        .await
    }
}
