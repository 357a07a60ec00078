//! Reads and writes of audits, findings and certificates.

use chrono::NaiveDate;
use entity::digital::{iso_audit, iso_certificate, iso_finding, iso_finding_author};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set,
};
use uuid::Uuid;

use super::AuditKind;
use super::rules::{Audit, Certificate, Finding};
use access::viewer::{below, select_all};
use access::{Action, Permit, Viewer};
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kit::app::conflict_or_fault;
use kit::paging::{Keyset, Page, Slice};

/// The order of lists of audits: by day.
pub const AUDIT_ORDER: Keyset = Keyset::new("iso_audit", &["iso_audit.audited_on", "iso_audit.id"]);
/// The order of lists of findings: by the day until when they must be remedied.
pub const FINDING_ORDER: Keyset = Keyset::new("iso_finding", &["iso_finding.due_on", "iso_finding.id"]);
/// The order of lists of certificates: by their last day.
pub const CERTIFICATE_ORDER: Keyset =
    Keyset::new("iso_certificate", &["iso_certificate.valid_to", "iso_certificate.id"]);

/// What to look for among audits.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of these kinds.
    pub kinds: Vec<AuditKind>,
}

/// A page of audits, by day.
pub async fn audit_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &AuditFilter,
    page: &Page,
) -> ApiResult<Slice<iso_audit::Model>> {
    use iso_audit::Column;
    let column = |column: Column| (iso_audit::Entity, column);
    let mut condition = Condition::all().add(viewer.in_programmes(column(Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(Expr::col(column(Column::ProgrammeId)).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(Expr::col(column(Column::OrganisationId)).in_subquery(below(vec![id])));
    }
    if !filter.kinds.is_empty() {
        let kinds = filter.kinds.iter().map(|kind| kind.as_str());
        condition = condition.add(Expr::col(column(Column::Kind)).is_in(kinds));
    }
    let mut select = select_all::<iso_audit::Entity>();
    select.cond_where(condition);
    let keys = |row: &iso_audit::Model| vec![row.audited_on.into(), row.id.into()];
    page.fetch(connection, &AUDIT_ORDER, select, keys).await
}

/// What to look for among findings.
#[derive(Debug, Clone, Default)]
pub struct FindingFilter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only of this audit.
    pub audit_id: Option<Uuid>,
    /// Only those that were closed by a day (true), or were there and were not (false).
    pub closed: Option<(NaiveDate, bool)>,
    /// Only those that are overdue on a day (true), or are not (false).
    pub overdue: Option<(NaiveDate, bool)>,
}

/// A page of findings, by the day until when they must be remedied.
pub async fn finding_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &FindingFilter,
    page: &Page,
) -> ApiResult<Slice<iso_finding::Model>> {
    use iso_finding::Column;
    let column = |column: Column| Expr::col((iso_finding::Entity, column));
    let mut condition = Condition::all().add(viewer.in_programmes((iso_finding::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(column(Column::OrganisationId).in_subquery(below(vec![id])));
    }
    if let Some(id) = filter.audit_id {
        condition = condition.add(column(Column::AuditId).eq(id));
    }
    if let Some((day, closed)) = filter.closed {
        let not_yet = || Condition::any().add(column(Column::ClosedOn).is_null()).add(column(Column::ClosedOn).gt(day));
        condition = condition.add(if closed {
            Condition::all().add(column(Column::ClosedOn).lte(day))
        } else {
            Condition::all().add(column(Column::FoundOn).lte(day)).add(not_yet())
        });
    }
    if let Some((day, overdue)) = filter.overdue {
        // `rules::overdue` in SQL: what is closed was remedied before.
        let open = Condition::any().add(column(Column::RemediedOn).is_null()).add(column(Column::RemediedOn).gt(day));
        let late = Condition::all().add(column(Column::DueOn).lt(day)).add(open);
        condition = condition.add(if overdue { late } else { late.not() });
    }
    let mut select = select_all::<iso_finding::Entity>();
    select.cond_where(condition);
    let keys = |row: &iso_finding::Model| vec![row.due_on.into(), row.id.into()];
    page.fetch(connection, &FINDING_ORDER, select, keys).await
}

/// What to look for among certificates.
#[derive(Debug, Clone, Default)]
pub struct CertificateFilter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only of this organisation or one below it.
    pub organisation_id: Option<Uuid>,
    /// Only those that hold on this day.
    pub valid_on: Option<NaiveDate>,
}

/// A page of certificates, by their last day.
pub async fn certificate_page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &CertificateFilter,
    page: &Page,
) -> ApiResult<Slice<iso_certificate::Model>> {
    use iso_certificate::Column;
    let column = |column: Column| Expr::col((iso_certificate::Entity, column));
    let mut condition = Condition::all().add(viewer.in_programmes((iso_certificate::Entity, Column::ProgrammeId)));
    if let Some(id) = filter.programme_id {
        condition = condition.add(column(Column::ProgrammeId).eq(id));
    }
    if let Some(id) = filter.organisation_id {
        condition = condition.add(column(Column::OrganisationId).in_subquery(below(vec![id])));
    }
    if let Some(day) = filter.valid_on {
        let kept = Condition::any().add(column(Column::WithdrawnOn).is_null()).add(column(Column::WithdrawnOn).gt(day));
        condition = condition.add(column(Column::ValidFrom).lte(day)).add(column(Column::ValidTo).gte(day)).add(kept);
    }
    let mut select = select_all::<iso_certificate::Entity>();
    select.cond_where(condition);
    let keys = |row: &iso_certificate::Model| vec![row.valid_to.into(), row.id.into()];
    page.fetch(connection, &CERTIFICATE_ORDER, select, keys).await
}

/// The audit of a code in a programme.
pub async fn audit_by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<iso_audit::Model>> {
    use iso_audit::Column;
    Ok(iso_audit::Entity::find()
        .filter(viewer.in_programmes((iso_audit::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// Audits by their identifiers.
pub async fn audits_by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[Uuid],
) -> ApiResult<Vec<iso_audit::Model>> {
    Ok(iso_audit::Entity::find()
        .filter(viewer.in_programmes((iso_audit::Entity, iso_audit::Column::ProgrammeId)))
        .filter(iso_audit::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await?)
}

/// The certificate of a number in a programme.
pub async fn certificate_by_code(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    programme_id: Uuid,
    code: &str,
) -> ApiResult<Option<iso_certificate::Model>> {
    use iso_certificate::Column;
    Ok(iso_certificate::Entity::find()
        .filter(viewer.in_programmes((iso_certificate::Entity, Column::ProgrammeId)))
        .filter(Column::ProgrammeId.eq(programme_id))
        .filter(Column::Code.eq(code))
        .one(connection)
        .await?)
}

/// A certificate by its identifier.
pub async fn certificate_by_id(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> ApiResult<Option<iso_certificate::Model>> {
    Ok(iso_certificate::Entity::find_by_id(id).one(connection).await?)
}

/// The findings of some audits, by number. Whoever sees an audit sees its findings.
pub async fn findings_of(connection: &impl ConnectionTrait, audit_ids: &[Uuid]) -> ApiResult<Vec<iso_finding::Model>> {
    Ok(iso_finding::Entity::find()
        .filter(iso_finding::Column::AuditId.is_in(audit_ids.iter().copied()))
        .order_by_asc(iso_finding::Column::Number)
        .all(connection)
        .await?)
}

/// A finding by its identifier.
pub async fn finding_by_id(connection: &impl ConnectionTrait, id: Uuid) -> ApiResult<Option<iso_finding::Model>> {
    Ok(iso_finding::Entity::find_by_id(id).one(connection).await?)
}

/// The finding of a number in an audit.
pub async fn finding_by_number(
    connection: &impl ConnectionTrait,
    audit_id: Uuid,
    number: i32,
) -> ApiResult<Option<iso_finding::Model>> {
    Ok(iso_finding::Entity::find()
        .filter(iso_finding::Column::AuditId.eq(audit_id))
        .filter(iso_finding::Column::Number.eq(number))
        .one(connection)
        .await?)
}

/// Of some findings, those in which a person wrote.
pub async fn written_by(
    connection: &impl ConnectionTrait,
    person_id: Uuid,
    finding_ids: &[Uuid],
) -> ApiResult<Vec<Uuid>> {
    let rows = iso_finding_author::Entity::find()
        .filter(iso_finding_author::Column::PersonId.eq(person_id))
        .filter(iso_finding_author::Column::FindingId.is_in(finding_ids.iter().copied()))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.finding_id).collect())
}

/// Enters an audit of the permit's organisation, or changes it.
pub async fn save_audit(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&iso_audit::Model>,
    wanted: &Audit,
) -> ApiResult<iso_audit::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let filled = iso_audit::ActiveModel {
        kind: Set(wanted.kind.as_str().to_owned()),
        audited_on: Set(wanted.audited_on),
        auditor: Set(wanted.auditor.trim().to_owned()),
        conclusion: Set(wanted.conclusion.as_deref().map(|text| text.trim().to_owned())),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = iso_audit::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(permit.organisation_id),
            code: Set(wanted.code.clone()),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = iso_audit::Entity::update_many()
        .set(iso_audit::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(iso_audit::Column::Id.eq(row.id))
        .filter(iso_audit::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Enters a finding of an audit, or changes it; remembers who wrote.
pub async fn save_finding(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    audit: &iso_audit::Model,
    stored: Option<&iso_finding::Model>,
    wanted: &Finding,
) -> ApiResult<iso_finding::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let filled = iso_finding::ActiveModel {
        severity: Set(wanted.severity.as_str().to_owned()),
        description: Set(wanted.description.trim().to_owned()),
        due_on: Set(wanted.due_on),
        remedied_on: Set(wanted.remedied.as_ref().map(|(day, _)| *day)),
        remedy: Set(wanted.remedied.as_ref().map(|(_, remedy)| remedy.trim().to_owned())),
        updated_at: Set(now),
        ..Default::default()
    };
    let after = match stored {
        None => {
            let row = iso_finding::ActiveModel {
                id: Set(clock.new_id()),
                programme_id: Set(audit.programme_id),
                organisation_id: Set(audit.organisation_id),
                audit_id: Set(audit.id),
                number: Set(wanted.number),
                found_on: Set(audit.audited_on),
                version: Set(1),
                created_at: Set(now),
                ..filled
            };
            row.insert(tx).await.map_err(conflict_or_fault)?
        }
        Some(row) => changed(tx, row, filled).await?,
    };
    let author = iso_finding_author::ActiveModel { finding_id: Set(after.id), person_id: Set(permit.person()?) };
    let known = [iso_finding_author::Column::FindingId, iso_finding_author::Column::PersonId];
    iso_finding_author::Entity::insert(author)
        .on_conflict(OnConflict::columns(known).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(after)
}

async fn changed(
    tx: &DatabaseTransaction,
    row: &iso_finding::Model,
    change: iso_finding::ActiveModel,
) -> ApiResult<iso_finding::Model> {
    let changed = iso_finding::Entity::update_many()
        .set(iso_finding::ActiveModel { version: Set(row.version.saturating_add(1)), ..change })
        .filter(iso_finding::Column::Id.eq(row.id))
        .filter(iso_finding::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}

/// Closes a finding.
pub async fn close_finding(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    row: &iso_finding::Model,
    on: NaiveDate,
) -> ApiResult<iso_finding::Model> {
    debug_assert!(matches!(permit.action, Action::ConfirmDigital | Action::ConfirmAsLead));
    let change = iso_finding::ActiveModel {
        closed_on: Set(Some(on)),
        closed_by: Set(Some(permit.person()?)),
        updated_at: Set(clock.now()),
        ..Default::default()
    };
    changed(tx, row, change).await
}

/// Enters a certificate of the permit's organisation, or changes it.
pub async fn save_certificate(
    tx: &DatabaseTransaction,
    clock: &Clock,
    permit: &Permit,
    programme_id: Uuid,
    stored: Option<&iso_certificate::Model>,
    wanted: &Certificate,
) -> ApiResult<iso_certificate::Model> {
    debug_assert_eq!(permit.action, Action::RecordDigital);
    let now = clock.now();
    let filled = iso_certificate::ActiveModel {
        issuer: Set(wanted.issuer.trim().to_owned()),
        scope: Set(wanted.scope.trim().to_owned()),
        valid_from: Set(wanted.valid_from),
        valid_to: Set(wanted.valid_to),
        withdrawn_on: Set(wanted.withdrawn_on),
        updated_at: Set(now),
        ..Default::default()
    };
    let Some(row) = stored else {
        let row = iso_certificate::ActiveModel {
            id: Set(clock.new_id()),
            programme_id: Set(programme_id),
            organisation_id: Set(permit.organisation_id),
            code: Set(wanted.code.clone()),
            version: Set(1),
            created_at: Set(now),
            ..filled
        };
        return row.insert(tx).await.map_err(conflict_or_fault);
    };
    let changed = iso_certificate::Entity::update_many()
        .set(iso_certificate::ActiveModel { version: Set(row.version.saturating_add(1)), ..filled })
        .filter(iso_certificate::Column::Id.eq(row.id))
        .filter(iso_certificate::Column::Version.eq(row.version))
        .exec_with_returning(tx)
        .await
        .map_err(conflict_or_fault)?;
    changed.into_iter().next().ok_or_else(ApiError::conflict)
}
