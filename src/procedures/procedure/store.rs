//! Reads of the register of procedures; its writes stand in [`writing`].

pub mod writing;

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use entity::procedure::{procedure, procedure_version};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, IntoIden, JoinType, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter,
    QueryOrder, QueryResult,
};
use uuid::Uuid;

use super::figures::Counting;
use super::rules::{
    AccessChannels, Audience, ChangeKind, Content, FieldGroup, Level, LimitUnit, OnlineLevel, TimeLimit,
};
use super::timeline::{Place, Version};
use crate::publicity::rules::PublicationPlace;
use crate::publicity::store::public_since;
use access::Viewer;
use access::viewer::{below, select_all};
use base::organisation::store::contains;
use kernel::error::{ApiError, ApiResult};
use kit::paging::{Keyset, Page, Slice};

/// The order of procedure lists: by code.
pub const ORDER: Keyset = Keyset::new("procedure", &["procedure.code", "procedure.id"]);

/// Rows of one statement, so that its parameters stay below what both engines take (SQLite: 32,766).
pub(super) const ROWS_AT_ONCE: usize = 500;

/// A procedure as it is shown for a day: the version of that day, or else the nearest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who it is.
    pub procedure: procedure::Model,
    /// What it says.
    pub shown: procedure_version::Model,
    /// The day for which it is shown.
    pub on: NaiveDate,
}

/// Whether a version is in force on some day of a span: the rule, of which [`in_force_on`] is the SQL.
pub fn in_force(version: &procedure_version::Model, from: NaiveDate, to: NaiveDate) -> bool {
    !ChangeKind::ending().any(|kind| kind.as_str() == version.change_kind)
        && version.effective_from <= to
        && version.effective_to.is_none_or(|last| last >= from)
}

/// Columns of the version come with this prefix, those of the procedure with none.
const PREFIX: &str = "v_";
/// And the day for which it is shown under this name.
const SHOWN_ON: &str = "shown_on";

kit::by_position! {
    /// Procedures.
    mod procedures of procedure {
        id, programme_id, organisation_id, code, internal, version, created_at, updated_at,
    }
}

kit::by_position! {
    /// Versions of procedures.
    mod versions of procedure_version {
        id, procedure_id, change_kind, decision_number, decision_date, replaced_by, announced_on,
        effective_from, ends_on, effective_to, shown_from, shown_to, name, search_name, field_code, field_name,
        field_group, level, audience, online_level, has_financial_obligation, online_payment_enabled,
        online_eligible, online_provided, integrated_on_national_portal, payable_on_national_portal,
        inter_agency, access_channels, statutory_limit, statutory_limit_unit, committed_limit,
        committed_limit_unit, fees, components, created_at, updated_at, withdrawn_at,
    }
}

/// By position: every SELECT of records has the columns of the procedure, then of the version, then the day.
impl FromQueryResult for Record {
    fn from_query_result(row: &QueryResult, _prefix: &str) -> Result<Self, DbErr> {
        Ok(Record {
            procedure: procedures::read(row, 0)?,
            shown: versions::read(row, procedures::WIDTH)?,
            on: row.try_get_by_index(procedures::WIDTH + versions::WIDTH)?,
        })
    }
}

/// Joins the version that is shown for a day to a table of procedures, and takes its columns.
fn join_shown(backend: DbBackend, select: &mut SelectStatement, procedures: impl IntoIden, on: NaiveDate) {
    use procedure_version::Column;
    let column = |column: Column| Expr::col((procedure_version::Entity, column));
    for one in Column::iter() {
        select.expr_as(column(one), Alias::new(format!("{PREFIX}{}", one.as_str())));
    }
    // CAST: PostgreSQL can't tell the type of a lone parameter; on SQLite a date is text.
    let day = match backend {
        DbBackend::Postgres => Expr::value(on).cast_as(Alias::new("date")),
        _ => Expr::value(on),
    };
    select.expr_as(day, Alias::new(SHOWN_ON));
    select.join(
        JoinType::InnerJoin,
        procedure_version::Entity,
        Condition::all()
            .add(column(Column::ProcedureId).equals((procedures.into_iden(), procedure::Column::Id)))
            .add(column(Column::WithdrawnAt).is_null())
            .add(column(Column::ShownFrom).lte(on))
            .add(column(Column::ShownTo).gte(on)),
    );
}

fn select_records(connection: &impl ConnectionTrait, on: NaiveDate) -> SelectStatement {
    let mut select = select_all::<procedure::Entity>();
    join_shown(connection.get_database_backend(), &mut select, procedure::Entity, on);
    select
}

async fn records(connection: &impl ConnectionTrait, select: &SelectStatement) -> ApiResult<Vec<Record>> {
    let rows = connection.query_all(select).await?;
    Ok(rows.iter().map(|row| Record::from_query_result(row, "")).collect::<Result<_, _>>()?)
}

/// Narrows to procedures in force on a day, which must be the day for which versions are shown.
pub fn in_force_on(day: NaiveDate) -> Condition {
    use procedure_version::Column;
    Condition::all()
        .add(Column::ChangeKind.is_not_in(ChangeKind::ending().map(ChangeKind::as_str)))
        .add(Column::EffectiveFrom.lte(day))
        .add(Condition::any().add(Column::EffectiveTo.is_null()).add(Column::EffectiveTo.gte(day)))
}

/// What to look for among procedures.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this programme.
    pub programme_id: Option<Uuid>,
    /// Only those that this organisation manages.
    pub organisation_id: Option<Uuid>,
    /// Only those whose code, name or field contains this, diacritics and case aside.
    pub search: Option<String>,
    /// Only of this field.
    pub field_code: Option<String>,
    /// Only of this field group.
    pub field_group: Option<FieldGroup>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only for this audience.
    pub audience: Option<Audience>,
    /// Only of this online level.
    pub online_level: Option<OnlineLevel>,
    /// Only those whose version is one of these.
    pub change_kinds: Vec<ChangeKind>,
    /// Only those with all of these flags as said.
    pub flags: Vec<(procedure_version::Column, bool)>,
    /// Only those that can be reached in all of these ways.
    pub access_channels: AccessChannels,
    /// Only those that a mobile phone is enough for, or not.
    pub mobile_accessible: Option<bool>,
    /// Only the internal ones, or those of the people.
    pub internal: Option<bool>,
    /// Only those in force on the day for which versions are shown.
    pub in_force: bool,
    /// Only those in force that had to be public by then and are not, or the others.
    pub publication_overdue: Option<(bool, PublicationDue)>,
}

/// What a procedure's publication is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicationDue {
    /// Announced on this day or before: it must be public.
    pub announced_by: NaiveDate,
    /// Where.
    pub places: Vec<PublicationPlace>,
}

impl Filter {
    fn condition(&self, viewer: &Viewer, on: NaiveDate) -> Condition {
        use procedure_version::Column;
        let column = |column: Column| Expr::col((procedure_version::Entity, column));
        let of = |column: procedure::Column| Expr::col((procedure::Entity, column));
        let mut condition =
            Condition::all().add(viewer.in_programmes((procedure::Entity, procedure::Column::ProgrammeId)));
        for (key, id) in [
            (procedure::Column::ProgrammeId, self.programme_id),
            (procedure::Column::OrganisationId, self.organisation_id),
        ] {
            if let Some(id) = id {
                condition = condition.add(of(key).eq(id));
            }
        }
        if let Some(internal) = self.internal {
            condition = condition.add(of(procedure::Column::Internal).eq(internal));
        }
        if let Some(search) = &self.search {
            condition = condition.add(contains(&column(Column::SearchName), search));
        }
        for (text_column, value) in [
            (Column::FieldCode, self.field_code.as_deref()),
            (Column::FieldGroup, self.field_group.map(FieldGroup::as_str)),
            (Column::Level, self.level.map(Level::as_str)),
            (Column::Audience, self.audience.map(Audience::as_str)),
            (Column::OnlineLevel, self.online_level.map(OnlineLevel::as_str)),
        ] {
            if let Some(value) = value {
                condition = condition.add(column(text_column).eq(value));
            }
        }
        for (flag, value) in &self.flags {
            condition = condition.add(column(*flag).eq(*value));
        }
        if !self.change_kinds.is_empty() {
            condition =
                condition.add(column(Column::ChangeKind).is_in(self.change_kinds.iter().map(|kind| kind.as_str())));
        }
        if self.access_channels.0 != 0 {
            let all = self.access_channels.0;
            condition = condition.add(column(Column::AccessChannels).bit_and(all).eq(all));
        }
        if let Some(mobile) = self.mobile_accessible {
            let bits = column(Column::AccessChannels).bit_and(AccessChannels::mobile_ways().0);
            condition = condition.add(if mobile { bits.ne(0) } else { bits.eq(0) });
        }
        if self.in_force {
            condition = condition.add(in_force_on(on));
        }
        if let Some((overdue, due)) = &self.publication_overdue {
            let is_overdue = overdue_publication(on, due);
            condition = condition.add(if *overdue { is_overdue } else { is_overdue.not() });
        }
        condition
    }
}

/// Narrows to procedures of which something in force, or announced and yet to come into force, had to be public
/// by a day and is not.
fn overdue_publication(on: NaiveDate, due: &PublicationDue) -> Condition {
    use procedure_version::Column;
    let w = Alias::new("w");
    let column = |column: Column| Expr::col((w.clone(), column));
    let late = Query::select()
        .expr(Expr::value(1))
        .from_as(procedure_version::Entity, w.clone())
        .and_where(column(Column::ProcedureId).equals((procedure::Entity, procedure::Column::Id)))
        .and_where(column(Column::WithdrawnAt).is_null())
        .and_where(column(Column::ChangeKind).is_not_in(ChangeKind::ending().map(ChangeKind::as_str)))
        .cond_where(
            Condition::any().add(column(Column::EffectiveTo).is_null()).add(column(Column::EffectiveTo).gte(on)),
        )
        .and_where(column(Column::AnnouncedOn).lte(due.announced_by))
        .cond_where(
            public_since(&due.places, (procedure::Entity, procedure::Column::Id), (w.clone(), Column::AnnouncedOn))
                .not(),
        )
        .to_owned();
    // Internal procedures are not for the people: nobody makes them public.
    Condition::all().add(Expr::col((procedure::Entity, procedure::Column::Internal)).eq(false)).add(Expr::exists(late))
}

/// A page of procedures as they stood on a day.
pub async fn page(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    filter: &Filter,
    on: NaiveDate,
    page: &Page,
) -> ApiResult<Slice<Record>> {
    let mut select = select_records(connection, on);
    select.cond_where(filter.condition(viewer, on));
    page.fetch(connection, &ORDER, select, |row: &Record| {
        vec![row.procedure.code.clone().into(), row.procedure.id.into()]
    })
    .await
}

/// Procedures of a programme by code: who they are.
pub async fn by_codes(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    codes: &[String],
) -> ApiResult<HashMap<String, procedure::Model>> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(ROWS_AT_ONCE) {
        let rows = procedure::Entity::find()
            .filter(procedure::Column::ProgrammeId.eq(programme_id))
            .filter(procedure::Column::Code.is_in(chunk.iter().map(String::as_str)))
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.code.clone(), row)));
    }
    Ok(found)
}

/// Procedures of a programme by code, as they stood on a day.
pub async fn records_by_codes(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    codes: &[String],
    on: NaiveDate,
) -> ApiResult<HashMap<String, Record>> {
    let mut found = HashMap::with_capacity(codes.len());
    for chunk in codes.chunks(ROWS_AT_ONCE) {
        let mut select = select_records(connection, on);
        select
            .and_where(Expr::col((procedure::Entity, procedure::Column::ProgrammeId)).eq(programme_id))
            .and_where(Expr::col((procedure::Entity, procedure::Column::Code)).is_in(chunk.iter().map(String::as_str)));
        let rows = records(connection, &select).await?;
        found.extend(rows.into_iter().map(|row| (row.procedure.code.clone(), row)));
    }
    Ok(found)
}

/// Procedures by id, as they stood on a day.
pub async fn by_ids(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: Vec<Uuid>,
    on: NaiveDate,
) -> ApiResult<Vec<Record>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(ROWS_AT_ONCE) {
        let mut select = select_records(connection, on);
        select
            .cond_where(viewer.in_programmes((procedure::Entity, procedure::Column::ProgrammeId)))
            .and_where(Expr::col((procedure::Entity, procedure::Column::Id)).is_in(chunk.iter().copied()));
        found.extend(records(connection, &select).await?);
    }
    Ok(found)
}

/// The versions of some procedures that count, each procedure's in order of their first days. For rules inside
/// a use case, and for readers who were shown the procedure.
pub async fn versions_of(
    connection: &impl ConnectionTrait,
    procedure_ids: &[Uuid],
) -> ApiResult<HashMap<Uuid, Vec<procedure_version::Model>>> {
    let mut found: HashMap<Uuid, Vec<procedure_version::Model>> = HashMap::with_capacity(procedure_ids.len());
    for chunk in procedure_ids.chunks(ROWS_AT_ONCE) {
        let rows = procedure_version::Entity::find()
            .filter(procedure_version::Column::ProcedureId.is_in(chunk.iter().copied()))
            .filter(procedure_version::Column::WithdrawnAt.is_null())
            .order_by_asc(procedure_version::Column::EffectiveFrom)
            .all(connection)
            .await?;
        for row in rows {
            found.entry(row.procedure_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// For each of some organisations, the first of the people's procedures that it manages, by code: one statement.
pub async fn first_of_organisations(
    connection: &impl ConnectionTrait,
    viewer: &Viewer,
    organisation_ids: &[Uuid],
    on: NaiveDate,
    limit: u64,
) -> ApiResult<HashMap<Uuid, Vec<Record>>> {
    let (p, o) = (Alias::new("p"), Alias::new("o"));
    let parents = entity::organisation::organisation::Entity;
    let parent_id = entity::organisation::organisation::Column::Id;
    let mut inner = Query::select();
    inner
        .from_as(procedure::Entity, p.clone())
        .and_where(Expr::col((p.clone(), procedure::Column::OrganisationId)).equals((o.clone(), parent_id)))
        .and_where(Expr::col((p.clone(), procedure::Column::Internal)).eq(false))
        .cond_where(viewer.in_programmes((p.clone(), procedure::Column::ProgrammeId)))
        .order_by((p.clone(), procedure::Column::Code), Order::Asc)
        .order_by((p.clone(), procedure::Column::Id), Order::Asc)
        .limit(limit);
    let mut outer = Query::select();
    outer.from_as(parents, o.clone()).and_where(Expr::col((o, parent_id)).is_in(organisation_ids.iter().copied()));
    let columns: Vec<procedure::Column> = procedure::Column::iter().collect();
    let x = Alias::new("x");
    for column in &columns {
        outer.column((x.clone(), *column));
    }
    match connection.get_database_backend() {
        DbBackend::Postgres => {
            for column in &columns {
                inner.column((p.clone(), *column));
            }
            outer.join_lateral(JoinType::InnerJoin, inner.to_owned(), x.clone(), Expr::cust("TRUE"));
        }
        _ => {
            inner.column((p, procedure::Column::Id));
            let id = Expr::col((x.clone(), procedure::Column::Id));
            outer.join_as(JoinType::InnerJoin, procedure::Entity, x.clone(), id.in_subquery(inner.to_owned()));
        }
    }
    join_shown(connection.get_database_backend(), &mut outer, x.clone(), on);
    outer.order_by((x, procedure::Column::Code), Order::Asc);
    let mut found: HashMap<Uuid, Vec<Record>> = HashMap::new();
    for row in records(connection, &outer).await? {
        found.entry(row.procedure.organisation_id).or_default().push(row);
    }
    Ok(found)
}

/// All the people's procedures of an organisation as a SELECT, for counting.
pub fn of_organisation(organisation_id: Uuid) -> SelectStatement {
    let mut select = select_all::<procedure::Entity>();
    select
        .and_where(Expr::col((procedure::Entity, procedure::Column::OrganisationId)).eq(organisation_id))
        .and_where(Expr::col((procedure::Entity, procedure::Column::Internal)).eq(false));
    select
}

/// The procedures in force on a day that bear a financial obligation, of the register of an organisation and all
/// below it, by code: those that `PROCEDURE.FEE` counts. One statement.
pub async fn with_fee(
    connection: &impl ConnectionTrait,
    programme_id: Uuid,
    organisation_id: Uuid,
    on: NaiveDate,
) -> ApiResult<Vec<Record>> {
    let of = |column: procedure::Column| Expr::col((procedure::Entity, column));
    let fee = (procedure_version::Entity, procedure_version::Column::HasFinancialObligation);
    let mut select = select_records(connection, on);
    select
        .and_where(of(procedure::Column::ProgrammeId).eq(programme_id))
        .and_where(of(procedure::Column::OrganisationId).in_subquery(below(vec![organisation_id])))
        .and_where(of(procedure::Column::Internal).eq(false))
        .and_where(Expr::col(fee).eq(true))
        .cond_where(in_force_on(on))
        .order_by((procedure::Entity, procedure::Column::Code), Order::Asc);
    records(connection, &select).await
}

/// Every procedure of a programme with its versions, for the register's measures.
pub async fn all(connection: &impl ConnectionTrait, programme_id: Uuid) -> ApiResult<Vec<Counting>> {
    let procedures = procedure::Entity::find()
        .filter(procedure::Column::ProgrammeId.eq(programme_id))
        .order_by_asc(procedure::Column::Code)
        .all(connection)
        .await?;
    let ids = Query::select()
        .column(procedure::Column::Id)
        .from(procedure::Entity)
        .and_where(procedure::Column::ProgrammeId.eq(programme_id))
        .to_owned();
    let mut versions: HashMap<Uuid, Vec<(Version, Place)>> = HashMap::with_capacity(procedures.len());
    for row in procedure_version::Entity::find()
        .filter(procedure_version::Column::ProcedureId.in_subquery(ids))
        .filter(procedure_version::Column::WithdrawnAt.is_null())
        .order_by_asc(procedure_version::Column::EffectiveFrom)
        .all(connection)
        .await?
    {
        versions.entry(row.procedure_id).or_default().push((version_of(&row)?, place_of(&row)));
    }
    Ok(procedures
        .into_iter()
        .map(|row| Counting {
            organisation_id: row.organisation_id,
            internal: row.internal,
            versions: versions.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// A limit as two columns.
fn limit_of(value: Option<i32>, unit: Option<&str>) -> ApiResult<Option<TimeLimit>> {
    let Some((value, unit)) = value.zip(unit) else { return Ok(None) };
    Ok(Some(TimeLimit { value, unit: LimitUnit::from_str(unit)? }))
}

/// The statutory limit of a stored version.
pub fn statutory_limit(row: &procedure_version::Model) -> ApiResult<Option<TimeLimit>> {
    limit_of(row.statutory_limit, row.statutory_limit_unit.as_deref())
}

/// The committed limit of a stored version.
pub fn committed_limit(row: &procedure_version::Model) -> ApiResult<Option<TimeLimit>> {
    limit_of(row.committed_limit, row.committed_limit_unit.as_deref())
}

/// What a stored version says.
pub fn version_of(row: &procedure_version::Model) -> ApiResult<Version> {
    Ok(Version {
        effective_from: row.effective_from,
        ends_on: row.ends_on,
        kind: ChangeKind::from_str(&row.change_kind)?,
        decision: row.decision_number.clone().zip(row.decision_date),
        replaced_by: row.replaced_by.clone(),
        content: Content {
            name: row.name.clone(),
            field_code: row.field_code.clone(),
            field_name: row.field_name.clone(),
            field_group: FieldGroup::from_str(&row.field_group)?,
            level: Level::from_str(&row.level)?,
            audience: Audience::from_str(&row.audience)?,
            online_level: OnlineLevel::from_str(&row.online_level)?,
            has_financial_obligation: row.has_financial_obligation,
            online_payment_enabled: row.online_payment_enabled,
            online_eligible: row.online_eligible,
            online_provided: row.online_provided,
            integrated_on_national_portal: row.integrated_on_national_portal,
            payable_on_national_portal: row.payable_on_national_portal,
            inter_agency: row.inter_agency,
            access_channels: AccessChannels(row.access_channels),
            statutory_limit: statutory_limit(row)?,
            committed_limit: committed_limit(row)?,
            fees: serde_json::from_value(row.fees.clone()).map_err(ApiError::internal)?,
            components: serde_json::from_value(row.components.clone()).map_err(ApiError::internal)?,
        },
    })
}

/// The place of a stored version.
pub fn place_of(row: &procedure_version::Model) -> Place {
    Place {
        announced_on: row.announced_on,
        effective_to: row.effective_to,
        shown_from: row.shown_from,
        shown_to: row.shown_to,
    }
}
