//! Sign-in, refresh with reuse detection, sign-out, and who stands behind an access token.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, Set};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use access::request::RequestContext;
use access::store;
use access::store::Sessions;
use access::{Caller, SignedIn, password};
use kernel::error::{ApiError, ApiResult, ErrorCode};
use kernel::i18n::Message;
use kernel::user_error::{Outcome, UserError, UserErrorCode};
use kit::app::App;

/// What a sign-in gives.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For the Authorization header.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// For one refresh.
    pub refresh_token: String,
    /// When that ends.
    pub refresh_token_expires_at: DateTime<Utc>,
}

/// Failed sign-ins with one name after which it must wait.
const MAX_FAILURES: u32 = 10;

/// Signs in. A wrong name and a wrong password answer alike, in the same time.
pub async fn sign_in(app: &App, username: &str, given: String) -> ApiResult<Outcome<Tokens>> {
    let username = username.trim().to_lowercase();
    let wrong = || {
        let message = Message::new("access-wrong-credentials");
        Ok(Outcome::Invalid(vec![UserError::new(UserErrorCode::WrongCredentials, &["password"], message)]))
    };
    if app.failed_sign_ins.get(&username).is_some_and(|failures| failures >= MAX_FAILURES) {
        return Err(ApiError::new(ErrorCode::RateLimited, Message::new("access-too-many-failures")));
    }
    if given.chars().count() > password::MAX_LENGTH || username.len() > 64 {
        return wrong();
    }
    let person = store::person_by_name(app.db.read(), &username).await?;
    let stored = person.as_ref().map_or(password::NO_ACCOUNT.to_owned(), |person| person.password_hash.clone());
    let fits = hashing(app, move || password::verify(&given, &stored)).await?;
    let Some(person) = person.filter(|person| fits && person.disabled_at.is_none()) else {
        let failures = app.failed_sign_ins.get(&username).unwrap_or(0) + 1;
        app.failed_sign_ins.insert(username, failures);
        return wrong();
    };
    app.failed_sign_ins.invalidate(&username);
    let tx = app.db.begin().await?;
    let session = store::insert_session(&tx, &app.clock, person.id).await?;
    let tokens = issue(app, &tx, person.id, session.id).await?;
    tx.commit().await?;
    Ok(Outcome::Done(tokens))
}

/// Hashing off the async threads, few at a time.
pub async fn hashing<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> ApiResult<T> + Send + 'static,
) -> ApiResult<T> {
    let _slot = app.password_slots.acquire().await.map_err(ApiError::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)?
}

async fn issue(app: &App, tx: &DatabaseTransaction, person_id: Uuid, session_id: Uuid) -> ApiResult<Tokens> {
    let now = app.clock.now();
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(ApiError::internal)?;
    let refresh_token = URL_SAFE_NO_PAD.encode(secret);
    let refresh_token_expires_at = now + app.lifetimes.refresh;
    store::insert_refresh_token(tx, &hash(&refresh_token), session_id, now, refresh_token_expires_at).await?;
    Ok(Tokens {
        access_token: app.keys.sign(person_id, session_id, now, app.lifetimes.access)?,
        access_token_expires_at: now + app.lifetimes.access,
        refresh_token,
        refresh_token_expires_at,
    })
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Exchanges a refresh token for new tokens. One that was used before means that somebody else has it: the
/// whole sign-in ends.
pub async fn refresh(app: &App, token: &str) -> ApiResult<Tokens> {
    let ended = || ApiError::new(ErrorCode::Unauthenticated, Message::new("access-session-ended"));
    let token_hash = hash(token);
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    let known = store::refresh_token(&tx, &token_hash).await?.ok_or_else(ended)?;
    let (session, person) = store::session_with_person(&tx, known.session_id).await?.ok_or_else(ended)?;
    if session.ended_at.is_some() || person.disabled_at.is_some() || known.expires_at <= now {
        return Err(ended());
    }
    if !store::use_refresh_token(&tx, &token_hash, now).await? {
        store::end_sessions(&tx, Sessions::One(session.id), now, "TOKEN_REUSED").await?;
        tx.commit().await?;
        app.callers.invalidate(&session.id);
        tracing::warn!(session.id = %session.id, person.id = %person.id, "a refresh token was used twice");
        return Err(ApiError::new(ErrorCode::Unauthenticated, Message::new("access-token-reused")));
    }
    let tokens = issue(app, &tx, person.id, session.id).await?;
    tx.commit().await?;
    Ok(tokens)
}

/// Ends the caller's sign-in.
pub async fn sign_out(app: &App, request: &RequestContext) -> ApiResult<()> {
    let session_id = request.caller.person()?.session_id;
    let tx = app.db.begin().await?;
    store::end_sessions(&tx, Sessions::One(session_id), app.clock.now(), "SIGNED_OUT").await?;
    tx.commit().await?;
    app.callers.invalidate(&session_id);
    Ok(())
}

/// Changes the caller's password and ends all his other sign-ins.
pub async fn change_password(
    app: &App,
    request: &RequestContext,
    current: String,
    new: String,
) -> ApiResult<Outcome<Tokens>> {
    let person = Arc::clone(request.caller.person()?);
    let account =
        store::person_by_name(app.db.read(), &person.username).await?.ok_or_else(ApiError::unauthenticated)?;
    let stored = account.password_hash.clone();
    if current.chars().count() > password::MAX_LENGTH
        || !hashing(app, move || password::verify(&current, &stored)).await?
    {
        let message = Message::new("access-wrong-credentials");
        return Ok(Outcome::Invalid(vec![UserError::new(
            UserErrorCode::WrongCredentials,
            &["currentPassword"],
            message,
        )]));
    }
    if let Some(fault) = super::accounts::password_fault(&new, "newPassword") {
        return Ok(Outcome::Invalid(vec![fault]));
    }
    let password_hash = hashing(app, move || password::hash(&new)).await?;
    let tx = app.db.begin().await?;
    let now = app.clock.now();
    store::update_person(
        &tx,
        entity::access::person::ActiveModel {
            id: Set(account.id),
            password_hash: Set(password_hash),
            ..Default::default()
        },
    )
    .await?;
    store::end_sessions(&tx, Sessions::OfPerson(account.id), now, "PASSWORD_CHANGED").await?;
    let session = store::insert_session(&tx, &app.clock, account.id).await?;
    let tokens = issue(app, &tx, account.id, session.id).await?;
    tx.commit().await?;
    app.callers.invalidate_all();
    Ok(Outcome::Done(tokens))
}

/// Who stands behind an access token, as far as memory tells: at most a few seconds old.
pub fn known(app: &App, token: &str) -> ApiResult<Option<Caller>> {
    let claims = app.keys.verify(token, app.clock.now())?;
    Ok(app.callers.get(&claims.sid).map(Caller::Person))
}

/// Who stands behind an access token. Grants come from the database, at most a few seconds old.
pub async fn authenticate(app: &App, token: &str) -> ApiResult<Caller> {
    let claims = app.keys.verify(token, app.clock.now())?;
    if let Some(known) = app.callers.get(&claims.sid) {
        return Ok(Caller::Person(known));
    }
    let ended = || ApiError::new(ErrorCode::Unauthenticated, Message::new("access-session-ended"));
    let connection = app.db.read();
    let (session, person) = store::session_with_person(connection, claims.sid).await?.ok_or_else(ended)?;
    if session.ended_at.is_some() || person.disabled_at.is_some() || person.id != claims.sub {
        return Err(ended());
    }
    let grants = store::grants(connection, person.id, app.clock.today()).await?;
    let held = grants.iter().map(|grant| grant.organisation_id).collect();
    let programmes = store::programmes_reached(connection, held).await?;
    let caller = Arc::new(SignedIn {
        person_id: person.id,
        username: person.username,
        display_name: person.display_name,
        session_id: session.id,
        grants,
        programmes,
    });
    app.callers.insert(session.id, Arc::clone(&caller));
    Ok(Caller::Person(caller))
}
