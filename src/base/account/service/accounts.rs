//! Accounts and grants, kept from the command line by whoever runs the server.

use chrono::NaiveDate;
use entity::access::person;
use entity::organisation::organisation;
use sea_orm::{DatabaseTransaction, Set};
use serde_json::json;

use super::sign_in::hashing;
use crate::organisation as organisations;
use access::role::Role;
use access::store;
use access::store::Sessions;
use access::{Action, Permit, Viewer, password};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};
use kit::app::App;
use kit::audit;
use kit::audit::Entry;

/// What is wrong with a new password, if anything.
pub fn password_fault(given: &str, field: &str) -> Option<UserError> {
    let length = given.chars().count();
    if length < password::MIN_LENGTH {
        let message = Message::new("access-password-too-short").with("min", password::MIN_LENGTH);
        return Some(UserError::new(UserErrorCode::OutOfRange, &[field], message));
    }
    if length > password::MAX_LENGTH {
        let message = Message::new("access-password-too-long").with("max", password::MAX_LENGTH);
        return Some(UserError::new(UserErrorCode::OutOfRange, &[field], message));
    }
    None
}

fn checked(given: &str) -> ApiResult<()> {
    match password_fault(given, "password") {
        Some(fault) => Err(ApiError::bad_input(fault.message)),
        None => Ok(()),
    }
}

/// Who was given which role when is part of "who changed a number": kept accounts are journaled too.
async fn journal(
    app: &App,
    tx: &DatabaseTransaction,
    command: &str,
    person: &person::Model,
    organisation: Option<&organisation::Model>,
    after: serde_json::Value,
) -> ApiResult<()> {
    let permit = Permit::for_console(Action::ManageAccounts, organisation.map(|row| row.id).unwrap_or_default());
    let entry = Entry {
        record_kind: "person",
        record_id: Some(person.id),
        programme_id: organisation.and_then(|row| row.programme_id),
        after: Some(after),
        ..Entry::default()
    };
    audit::record(tx, &app.clock, command, &permit, entry).await
}

async fn account(app: &App, username: &str) -> ApiResult<person::Model> {
    store::person_by_name(app.db.read(), &username.to_lowercase())
        .await?
        .ok_or_else(|| ApiError::not_found("kind-account", username))
}

/// Makes an account without any role.
pub async fn add(app: &App, username: &str, display_name: &str, given: &str) -> ApiResult<person::Model> {
    let username = username.to_lowercase();
    let well_formed = (2..=64).contains(&username.len())
        && username.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-@".contains(&byte));
    if !well_formed {
        return Err(ApiError::bad_input(Message::new("cli-bad-username").with("username", username)));
    }
    checked(given)?;
    let given = given.to_owned();
    let password_hash = hashing(app, move || password::hash(&given)).await?;
    add_hashed(app, &username, display_name, &password_hash).await
}

/// Makes an account whose password was hashed before: a demo's accounts share one.
pub async fn add_hashed(
    app: &App,
    username: &str,
    display_name: &str,
    password_hash: &str,
) -> ApiResult<person::Model> {
    let tx = app.db.begin().await?;
    if store::person_by_name(&tx, username).await?.is_some() {
        return Err(ApiError::bad_input(Message::new("cli-username-taken").with("username", username)));
    }
    let person = store::insert_person(&tx, &app.clock, username, display_name, password_hash).await?;
    journal(app, &tx, "user-add", &person, None, json!({ "username": username, "displayName": display_name })).await?;
    tx.commit().await?;
    Ok(person)
}

/// Disables an account: it can't sign in, and its sign-ins end.
pub async fn disable(app: &App, username: &str) -> ApiResult<()> {
    let person = account(app, username).await?;
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let change = person::ActiveModel { id: Set(person.id), disabled_at: Set(Some(now)), ..Default::default() };
    store::update_person(&tx, change).await?;
    store::end_sessions(&tx, Sessions::OfPerson(person.id), now, "DISABLED").await?;
    journal(app, &tx, "user-disable", &person, None, json!({ "disabledAt": now })).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a new password and ends all sign-ins.
pub async fn set_password(app: &App, username: &str, given: &str) -> ApiResult<()> {
    checked(given)?;
    let person = account(app, username).await?;
    let given = given.to_owned();
    let password_hash = hashing(app, move || password::hash(&given)).await?;
    let tx = app.db.begin().await?;
    let change = person::ActiveModel { id: Set(person.id), password_hash: Set(password_hash), ..Default::default() };
    store::update_person(&tx, change).await?;
    store::end_sessions(&tx, Sessions::OfPerson(person.id), app.clock.now(), "PASSWORD_CHANGED").await?;
    journal(app, &tx, "user-set-password", &person, None, json!({ "passwordChanged": true })).await?;
    tx.commit().await?;
    Ok(())
}

/// Where and for how long a role is granted.
#[derive(Debug, Clone)]
pub struct GrantOn<'a> {
    /// The programme's code, where the organisation's alone is not enough.
    pub programme: Option<&'a str>,
    /// The organisation's code.
    pub organisation: &'a str,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Grants a role on an organisation.
pub async fn grant(app: &App, username: &str, role: Role, on: &GrantOn<'_>) -> ApiResult<()> {
    let person = account(app, username).await?;
    if on.to.is_some_and(|to| to < on.from) {
        return Err(ApiError::bad_input(Message::new("cli-grant-ends-before-it-begins")));
    }
    let tx = app.db.begin().await?;
    let organisation = organisations::store::by_code(&tx, &Viewer::server(), on.programme, on.organisation).await?;
    store::insert_grant(&tx, &app.clock, person.id, role, organisation.id, on.from, on.to).await?;
    let after = json!({ "role": role.as_str(), "effectiveFrom": on.from, "effectiveTo": on.to });
    journal(app, &tx, "user-grant", &person, Some(&organisation), after).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends a role on an organisation from today on. Answers how many grants ended.
pub async fn revoke(
    app: &App,
    username: &str,
    role: Role,
    programme: Option<&str>,
    organisation: &str,
) -> ApiResult<u64> {
    let person = account(app, username).await?;
    let tx = app.db.begin().await?;
    let organisation = organisations::store::by_code(&tx, &Viewer::server(), programme, organisation).await?;
    let ended = store::end_grants(&tx, person.id, role, organisation.id, app.clock.today()).await?;
    let after = json!({ "role": role.as_str(), "endedOn": app.clock.today(), "grants": ended });
    journal(app, &tx, "user-revoke", &person, Some(&organisation), after).await?;
    tx.commit().await?;
    Ok(ended)
}
