//! Writes of the register of procedures.

use std::collections::HashMap;

use entity::procedure::{procedure, procedure_version};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

use super::super::rules::{self, TimeLimit};
use super::super::timeline::{Place, Version};
use super::ROWS_AT_ONCE;
use access::Permit;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::text::unaccented;

fn filled(code: &str, version: &Version, place: &Place) -> ApiResult<procedure_version::ActiveModel> {
    let content = &version.content;
    let unit = |limit: Option<TimeLimit>| limit.map(|limit| limit.unit.as_str().to_owned());
    Ok(procedure_version::ActiveModel {
        change_kind: Set(version.kind.as_str().to_owned()),
        decision_number: Set(version.decision.as_ref().map(|(number, _)| number.clone())),
        decision_date: Set(version.decision.as_ref().map(|(_, date)| *date)),
        replaced_by: Set(version.replaced_by.clone()),
        announced_on: Set(place.announced_on),
        effective_from: Set(version.effective_from),
        ends_on: Set(version.ends_on),
        effective_to: Set(place.effective_to),
        shown_from: Set(place.shown_from),
        shown_to: Set(place.shown_to),
        name: Set(content.name.clone()),
        search_name: Set(unaccented(&format!("{code} {} {}", content.name, content.field_name))),
        field_code: Set(content.field_code.clone()),
        field_name: Set(content.field_name.clone()),
        field_group: Set(content.field_group.as_str().to_owned()),
        level: Set(content.level.as_str().to_owned()),
        audience: Set(content.audience.as_str().to_owned()),
        online_level: Set(content.online_level.as_str().to_owned()),
        has_financial_obligation: Set(content.has_financial_obligation),
        online_payment_enabled: Set(content.online_payment_enabled),
        online_eligible: Set(content.online_eligible),
        online_provided: Set(content.online_provided),
        integrated_on_national_portal: Set(content.integrated_on_national_portal),
        payable_on_national_portal: Set(content.payable_on_national_portal),
        inter_agency: Set(content.inter_agency),
        access_channels: Set(content.access_channels.0),
        statutory_limit: Set(content.statutory_limit.map(|limit| limit.value)),
        statutory_limit_unit: Set(unit(content.statutory_limit)),
        committed_limit: Set(content.committed_limit.map(|limit| limit.value)),
        committed_limit_unit: Set(unit(content.committed_limit)),
        fees: Set(serde_json::to_value(&content.fees).map_err(ApiError::internal)?),
        components: Set(serde_json::to_value(&content.components).map_err(ApiError::internal)?),
        ..Default::default()
    })
}

/// Enters new procedures, by code.
pub async fn insert(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    organisation_id: Uuid,
    codes: &[&str],
) -> ApiResult<HashMap<String, Uuid>> {
    debug_assert_eq!(permit.action, access::Action::ImportProcedures);
    let now = clock.now();
    let ids: HashMap<String, Uuid> = codes.iter().map(|code| ((*code).to_owned(), clock.new_id())).collect();
    let rows: Vec<procedure::ActiveModel> = ids
        .iter()
        .map(|(code, id)| procedure::ActiveModel {
            id: Set(*id),
            programme_id: Set(programme_id),
            organisation_id: Set(organisation_id),
            code: Set(code.clone()),
            internal: Set(rules::is_internal(code)),
            version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        })
        .collect();
    for chunk in rows.chunks(ROWS_AT_ONCE) {
        let chunk = chunk.iter().cloned();
        procedure::Entity::insert_many(chunk).exec_without_returning(tx).await.map_err(kit::app::conflict_or_fault)?;
    }
    Ok(ids)
}

/// Marks procedures as changed.
pub async fn touch(tx: &DatabaseTransaction, clock: &Clock, _permit: &Permit, ids: &[Uuid]) -> ApiResult<()> {
    for chunk in ids.chunks(ROWS_AT_ONCE) {
        procedure::Entity::update_many()
            .col_expr(procedure::Column::Version, Expr::col(procedure::Column::Version).add(1))
            .col_expr(procedure::Column::UpdatedAt, Expr::value(clock.now()))
            .filter(procedure::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// A version to be written.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// Of which procedure.
    pub procedure_id: Uuid,
    /// Its code.
    pub code: &'a str,
    /// What it says.
    pub version: &'a Version,
    /// Its place.
    pub place: &'a Place,
}

/// Enters versions.
pub async fn insert_versions(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    new: &[NewVersion<'_>],
) -> ApiResult<()> {
    let now = clock.now();
    for chunk in new.chunks(ROWS_AT_ONCE) {
        let rows: Vec<procedure_version::ActiveModel> = chunk
            .iter()
            .map(|new| {
                Ok(procedure_version::ActiveModel {
                    id: Set(clock.new_id()),
                    procedure_id: Set(new.procedure_id),
                    created_at: Set(now),
                    updated_at: Set(now),
                    withdrawn_at: Set(None),
                    ..filled(new.code, new.version, new.place)?
                })
            })
            .collect::<ApiResult<_>>()?;
        procedure_version::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await
            .map_err(kit::app::conflict_or_fault)?;
    }
    Ok(())
}

/// Changes versions: each is written anew under its own identifier, in few statements.
pub async fn replace_versions(
    tx: &DatabaseTransaction,
    clock: &Clock,
    _permit: &Permit,
    changed: &[(&procedure_version::Model, NewVersion<'_>)],
) -> ApiResult<()> {
    let now = clock.now();
    for chunk in changed.chunks(ROWS_AT_ONCE) {
        let ids = chunk.iter().map(|(row, _)| row.id);
        procedure_version::Entity::delete_many().filter(procedure_version::Column::Id.is_in(ids)).exec(tx).await?;
        let rows: Vec<procedure_version::ActiveModel> = chunk
            .iter()
            .map(|(row, new)| {
                Ok(procedure_version::ActiveModel {
                    id: Set(row.id),
                    procedure_id: Set(row.procedure_id),
                    created_at: Set(row.created_at),
                    updated_at: Set(now),
                    withdrawn_at: Set(None),
                    ..filled(new.code, new.version, new.place)?
                })
            })
            .collect::<ApiResult<_>>()?;
        procedure_version::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Withdraws a version that was entered by mistake.
pub async fn withdraw_version(tx: &DatabaseTransaction, clock: &Clock, _permit: &Permit, id: Uuid) -> ApiResult<()> {
    procedure_version::Entity::update_many()
        .col_expr(procedure_version::Column::WithdrawnAt, Expr::value(clock.now()))
        .filter(procedure_version::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}
