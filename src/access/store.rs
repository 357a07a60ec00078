//! Reads and writes of accounts, grants and sign-ins.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use entity::access::{person, refresh_token, role_grant, session};
use entity::organisation::{organisation, organisation_closure};
use sea_orm::sea_query::{Condition, Expr, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::role::{Grant, Role};
use kernel::clock::Clock;
use kernel::error::ApiResult;

/// The account of a sign-in name.
pub async fn person_by_name(connection: &impl ConnectionTrait, username: &str) -> ApiResult<Option<person::Model>> {
    Ok(person::Entity::find().filter(person::Column::Username.eq(username)).one(connection).await?)
}

/// Accounts by id: only the names that stand on what they did are ever shown.
pub async fn persons_by_ids(connection: &impl ConnectionTrait, ids: Vec<Uuid>) -> ApiResult<Vec<person::Model>> {
    Ok(person::Entity::find().filter(person::Column::Id.is_in(ids)).all(connection).await?)
}

/// A sign-in and its account.
pub async fn session_with_person(
    connection: &impl ConnectionTrait,
    session_id: Uuid,
) -> ApiResult<Option<(session::Model, person::Model)>> {
    let Some(session) = session::Entity::find_by_id(session_id).one(connection).await? else { return Ok(None) };
    let person = person::Entity::find_by_id(session.person_id).one(connection).await?;
    Ok(person.map(|person| (session, person)))
}

/// The grants of an account that are in force on a day.
pub async fn grants(connection: &impl ConnectionTrait, person_id: Uuid, on: NaiveDate) -> ApiResult<Vec<Grant>> {
    let rows: Vec<(String, Uuid, String)> = role_grant::Entity::find()
        .select_only()
        .column(role_grant::Column::Role)
        .column(role_grant::Column::OrganisationId)
        .column_as(Expr::col((organisation::Entity, organisation::Column::Code)), "code")
        .join(
            sea_orm::JoinType::InnerJoin,
            role_grant::Entity::belongs_to(organisation::Entity)
                .from(role_grant::Column::OrganisationId)
                .to(organisation::Column::Id)
                .into(),
        )
        .filter(role_grant::Column::PersonId.eq(person_id))
        .filter(in_force(on))
        .order_by_asc(role_grant::Column::Id)
        .into_tuple()
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|(role, organisation_id, organisation_code)| {
            Ok(Grant { role: Role::from_str(&role)?, organisation_id, organisation_code })
        })
        .collect()
}

fn in_force(on: NaiveDate) -> Condition {
    Condition::all().add(role_grant::Column::EffectiveFrom.lte(on)).add(
        Condition::any().add(role_grant::Column::EffectiveTo.is_null()).add(role_grant::Column::EffectiveTo.gte(on)),
    )
}

/// The programmes that organisations reach: those of everything at or below them.
pub async fn programmes_reached(
    connection: &impl ConnectionTrait,
    organisation_ids: Vec<Uuid>,
) -> ApiResult<Vec<Uuid>> {
    let below = Query::select()
        .column(organisation_closure::Column::DescendantId)
        .from(organisation_closure::Entity)
        .and_where(organisation_closure::Column::AncestorId.is_in(organisation_ids))
        .to_owned();
    let programmes: Vec<Option<Uuid>> = organisation::Entity::find()
        .select_only()
        .column(organisation::Column::ProgrammeId)
        .distinct()
        .filter(organisation::Column::Id.in_subquery(below))
        .filter(organisation::Column::ProgrammeId.is_not_null())
        .into_tuple()
        .all(connection)
        .await?;
    Ok(programmes.into_iter().flatten().collect())
}

/// Who holds one of some roles on one of some organisations on a day: account and grant.
pub async fn holders(
    connection: &impl ConnectionTrait,
    organisation_ids: &[Uuid],
    roles: &[Role],
    on: NaiveDate,
) -> ApiResult<Vec<(person::Model, role_grant::Model)>> {
    let grants = role_grant::Entity::find()
        .filter(role_grant::Column::OrganisationId.is_in(organisation_ids.iter().copied()))
        .filter(role_grant::Column::Role.is_in(roles.iter().map(|role| role.as_str())))
        .filter(in_force(on))
        .order_by_asc(role_grant::Column::Id)
        .all(connection)
        .await?;
    let persons = persons_by_ids(connection, grants.iter().map(|grant| grant.person_id).collect()).await?;
    Ok(grants
        .into_iter()
        .filter_map(|grant| {
            let person = persons.iter().find(|person| person.id == grant.person_id && person.disabled_at.is_none())?;
            Some((person.clone(), grant))
        })
        .collect())
}

/// Makes an account.
pub async fn insert_person(
    tx: &DatabaseTransaction,
    clock: &Clock,
    username: &str,
    display_name: &str,
    password_hash: &str,
) -> ApiResult<person::Model> {
    let row = person::ActiveModel {
        id: Set(clock.new_id()),
        username: Set(username.to_owned()),
        display_name: Set(display_name.to_owned()),
        password_hash: Set(password_hash.to_owned()),
        disabled_at: Set(None),
        created_at: Set(clock.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Changes an account.
pub async fn update_person(tx: &DatabaseTransaction, change: person::ActiveModel) -> ApiResult<()> {
    change.update(tx).await?;
    Ok(())
}

/// Makes a grant.
pub async fn insert_grant(
    tx: &DatabaseTransaction,
    clock: &Clock,
    person_id: Uuid,
    role: Role,
    organisation_id: Uuid,
    from: NaiveDate,
    to: Option<NaiveDate>,
) -> ApiResult<role_grant::Model> {
    let row = role_grant::ActiveModel {
        id: Set(clock.new_id()),
        person_id: Set(person_id),
        role: Set(role.as_str().to_owned()),
        organisation_id: Set(organisation_id),
        effective_from: Set(from),
        effective_to: Set(to),
        created_at: Set(clock.now()),
    };
    Ok(row.insert(tx).await?)
}

/// Ends the grants of a role on an organisation that are in force on a day: the day before is their last,
/// or, begun that very day or later, they are as if never made. Answers how many.
pub async fn end_grants(
    tx: &DatabaseTransaction,
    person_id: Uuid,
    role: Role,
    organisation_id: Uuid,
    on: NaiveDate,
) -> ApiResult<u64> {
    let of_person = || {
        Condition::all()
            .add(role_grant::Column::PersonId.eq(person_id))
            .add(role_grant::Column::Role.eq(role.as_str()))
            .add(role_grant::Column::OrganisationId.eq(organisation_id))
    };
    let removed = role_grant::Entity::delete_many()
        .filter(of_person())
        .filter(role_grant::Column::EffectiveFrom.gte(on))
        .exec(tx)
        .await?;
    let last_day = on.pred_opt().unwrap_or(on);
    let ended = role_grant::Entity::update_many()
        .set(role_grant::ActiveModel { effective_to: Set(Some(last_day)), ..Default::default() })
        .filter(of_person())
        .filter(in_force(on))
        .exec(tx)
        .await?;
    Ok(removed.rows_affected + ended.rows_affected)
}

/// Whether there is any account at all.
pub async fn any_person(connection: &impl ConnectionTrait) -> ApiResult<bool> {
    Ok(person::Entity::find().limit(1).one(connection).await?.is_some())
}

/// Begins a sign-in.
pub async fn insert_session(tx: &DatabaseTransaction, clock: &Clock, person_id: Uuid) -> ApiResult<session::Model> {
    let row = session::ActiveModel {
        id: Set(clock.new_id()),
        person_id: Set(person_id),
        created_at: Set(clock.now()),
        ended_at: Set(None),
        end_reason: Set(None),
    };
    Ok(row.insert(tx).await?)
}

/// Ends a sign-in, or all of an account.
pub async fn end_sessions(
    tx: &DatabaseTransaction,
    which: Sessions,
    now: DateTime<Utc>,
    reason: &str,
) -> ApiResult<()> {
    let which = match which {
        Sessions::One(id) => session::Column::Id.eq(id),
        Sessions::OfPerson(id) => session::Column::PersonId.eq(id),
    };
    session::Entity::update_many()
        .set(session::ActiveModel {
            ended_at: Set(Some(now)),
            end_reason: Set(Some(reason.to_owned())),
            ..Default::default()
        })
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Which sign-ins.
#[derive(Debug, Clone, Copy)]
pub enum Sessions {
    /// This one.
    One(Uuid),
    /// All of an account.
    OfPerson(Uuid),
}

/// Keeps a refresh token by its hash.
pub async fn insert_refresh_token(
    tx: &DatabaseTransaction,
    token_hash: &str,
    session_id: Uuid,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> ApiResult<()> {
    let row = refresh_token::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        session_id: Set(session_id),
        issued_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The refresh token of a hash.
pub async fn refresh_token(
    connection: &impl ConnectionTrait,
    token_hash: &str,
) -> ApiResult<Option<refresh_token::Model>> {
    Ok(refresh_token::Entity::find_by_id(token_hash.to_owned()).one(connection).await?)
}

/// Marks a refresh token as used; false when it was used before.
pub async fn use_refresh_token(tx: &DatabaseTransaction, token_hash: &str, now: DateTime<Utc>) -> ApiResult<bool> {
    let used = refresh_token::Entity::update_many()
        .set(refresh_token::ActiveModel { used_at: Set(Some(now)), ..Default::default() })
        .filter(refresh_token::Column::TokenHash.eq(token_hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}
