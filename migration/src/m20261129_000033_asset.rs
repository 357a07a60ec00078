//! Public assets: what was recorded and confirmed of them, who manages them, and what is planned with them.

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
                // current_id and draft_id refer to editions, which refer back: no foreign keys.
                "CREATE TABLE public_asset (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    code varchar(32) NOT NULL,
                    kind varchar(16) NOT NULL CHECK (kind IN ('LAND', 'HOUSE', 'CAR', 'OTHER')),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    state varchar(16) NOT NULL CHECK (state IN ('RECORDED', 'CONFIRMED')),
                    current_id {uuid},
                    draft_id {uuid},
                    search_name text NOT NULL,
                    first_on {date} NOT NULL,
                    ended_on {date} CHECK (ended_on > first_on),
                    end_cause varchar(32) CHECK (end_cause IN
                        ('LIQUIDATED', 'SOLD', 'TRANSFERRED_OUT', 'RECOVERED', 'DEMOLISHED', 'LOST')),
                    end_reason text,
                    end_decision_number varchar(64),
                    end_decision_date {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK ((state = 'CONFIRMED') = (current_id IS NOT NULL)),
                    CHECK (state = 'CONFIRMED' OR (draft_id IS NOT NULL AND ended_on IS NULL)),
                    CHECK ((ended_on IS NULL) = (end_cause IS NULL)),
                    CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
                    CHECK ((end_decision_number IS NULL) = (end_decision_date IS NULL))
                )",
                "CREATE INDEX public_asset_of_organisation ON public_asset (organisation_id)",
                "CREATE TABLE public_asset_edition (
                    id {uuid} PRIMARY KEY NOT NULL,
                    asset_id {uuid} NOT NULL REFERENCES public_asset (id),
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    edition integer NOT NULL CHECK (edition > 0),
                    effective_on {date} NOT NULL,
                    name text NOT NULL,
                    address text,
                    land_area bigint CHECK (land_area > 0),
                    floor_area bigint CHECK (floor_area > 0),
                    year_of_use integer NOT NULL,
                    original_cost bigint NOT NULL CHECK (original_cost >= 0),
                    remaining_value bigint NOT NULL CHECK (remaining_value >= 0),
                    asset_use varchar(16) NOT NULL CHECK (asset_use IN
                        ('OFFICE', 'SERVICE', 'LEASE', 'BUSINESS', 'JOINT_VENTURE', 'EMPTY', 'OTHER')),
                    land_id {uuid} REFERENCES public_asset (id),
                    paper_kind varchar(32) CHECK (paper_kind IN
                        ('LAND_USE_CERTIFICATE', 'ALLOCATION_DECISION', 'VEHICLE_REGISTRATION', 'OTHER')),
                    paper_number varchar(64),
                    paper_date {date},
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (asset_id, edition),
                    CHECK (remaining_value <= original_cost),
                    CHECK (land_area IS NULL OR floor_area IS NULL),
                    CHECK ((paper_kind IS NULL) = (paper_number IS NULL)),
                    CHECK ((paper_kind IS NULL) = (paper_date IS NULL))
                )",
                "CREATE INDEX public_asset_edition_on ON public_asset_edition (programme_id, effective_on)",
                "CREATE TABLE public_asset_confirmation (
                    edition_id {uuid} PRIMARY KEY NOT NULL REFERENCES public_asset_edition (id),
                    asset_id {uuid} NOT NULL REFERENCES public_asset (id),
                    confirmed_by {uuid} NOT NULL REFERENCES person (id),
                    confirmed_at {timestamp} NOT NULL
                )",
                "CREATE INDEX public_asset_confirmation_of ON public_asset_confirmation (asset_id)",
                "CREATE TABLE public_asset_holding (
                    id {uuid} PRIMARY KEY NOT NULL,
                    asset_id {uuid} NOT NULL REFERENCES public_asset (id),
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    number integer NOT NULL CHECK (number > 0),
                    organisation_id {uuid} NOT NULL REFERENCES organisation (id),
                    effective_from {date} NOT NULL,
                    decision_number varchar(64),
                    decision_date {date},
                    recorded_by {uuid} NOT NULL REFERENCES person (id),
                    recorded_at {timestamp} NOT NULL,
                    UNIQUE (asset_id, number),
                    CHECK ((number = 1) = (decision_number IS NULL)),
                    CHECK ((number = 1) = (decision_date IS NULL))
                )",
                "CREATE TABLE asset_plan (
                    id {uuid} PRIMARY KEY NOT NULL,
                    programme_id {uuid} NOT NULL REFERENCES programme (id),
                    asset_id {uuid} NOT NULL REFERENCES public_asset (id),
                    code varchar(32) NOT NULL,
                    subject varchar(16) NOT NULL CHECK (subject IN ('REARRANGEMENT', 'EXPLOITATION')),
                    way varchar(16) NOT NULL,
                    proposed_on {date} NOT NULL,
                    content text NOT NULL,
                    period_from {date},
                    period_to {date},
                    expected_revenue bigint CHECK (expected_revenue >= 0),
                    state varchar(16) NOT NULL CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'DONE', 'REPLACED')),
                    decision_number varchar(64),
                    decision_date {date},
                    decision_reason text,
                    decided_by {uuid} REFERENCES person (id),
                    done_on {date},
                    replaced_on {date},
                    version integer NOT NULL DEFAULT 1,
                    created_at {timestamp} NOT NULL,
                    updated_at {timestamp} NOT NULL,
                    UNIQUE (programme_id, code),
                    CHECK ((subject = 'REARRANGEMENT' AND way IN
                            ('KEEP', 'TRANSFER', 'RECOVER', 'AUCTION', 'CONVERT', 'DEMOLISH'))
                        OR (subject = 'EXPLOITATION' AND way IN ('LEASE', 'BUSINESS', 'JOINT_VENTURE'))),
                    CHECK ((subject = 'EXPLOITATION') = (period_from IS NOT NULL)),
                    CHECK ((subject = 'EXPLOITATION') = (period_to IS NOT NULL)),
                    CHECK ((subject = 'EXPLOITATION') = (expected_revenue IS NOT NULL)),
                    CHECK (period_to >= period_from),
                    CHECK ((state = 'PROPOSED') = (decision_date IS NULL)),
                    CHECK ((state = 'PROPOSED') = (decided_by IS NULL)),
                    CHECK (state <> 'PROPOSED' OR (decision_number IS NULL AND decision_reason IS NULL)),
                    CHECK (state IN ('PROPOSED', 'REJECTED') OR decision_number IS NOT NULL),
                    CHECK (state <> 'REJECTED' OR decision_reason IS NOT NULL),
                    CHECK ((state = 'DONE') = (done_on IS NOT NULL)),
                    CHECK (state <> 'REPLACED' OR replaced_on IS NOT NULL),
                    CHECK (replaced_on IS NULL OR state IN ('REPLACED', 'DONE'))
                )",
                // One proposal at a time.
                "CREATE UNIQUE INDEX asset_plan_open ON asset_plan (asset_id, subject) WHERE state = 'PROPOSED'",
                "CREATE INDEX asset_plan_of ON asset_plan (asset_id, subject, decision_date)",
                "CREATE TABLE asset_plan_author (
                    plan_id {uuid} NOT NULL REFERENCES asset_plan (id),
                    person_id {uuid} NOT NULL REFERENCES person (id),
                    PRIMARY KEY (plan_id, person_id)
                )",
            ],
        )
        .await?;
        // What was recorded is set right by a next edition; who managed an asset, by a next holding.
        let kept = ["public_asset_edition", "public_asset_confirmation", "public_asset_holding"];
        dialect::append_only(manager, &kept).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "public_asset",
            "public_asset_edition",
            "public_asset_confirmation",
            "public_asset_holding",
            "asset_plan",
            "asset_plan_author",
        ];
        dialect::drop_tables(manager, &tables).await
    }
}
