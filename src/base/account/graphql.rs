//! People, sign-in and permissions in the schema.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::access::person;
use uuid::Uuid;

use super::service::sign_in::{self, Tokens};
use crate::organisation::graphql::{Organisation, load_required};
use crate::organisation::store as organisations;
use crate::permit::permit_to_read;
use crate::programme::graphql::{Programme, ProgrammeId};
use access::policy::{Action, roles_for};
use access::role::{Grant, Role};
use access::{Caller, SignedIn, store};
use kernel::error::{ApiError, ApiResult};
use kernel::form::FormCode;
use kernel::user_error::Outcome;
use kit::context::{Batch, ContextExt};
use kit::directive::requires;
use kit::id;
use kit::id::Kind;
use kit::payload::{UserErrorObject, split};

/// The key of an account in the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonId(pub Uuid);

#[async_trait::async_trait]
impl Loader<PersonId> for Batch {
    type Value = Arc<person::Model>;
    type Error = Arc<ApiError>;

    async fn load(&self, keys: &[PersonId]) -> Result<HashMap<PersonId, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| key.0).collect();
        let rows = store::persons_by_ids(self.app.db.read(), ids).await.map_err(Arc::new)?;
        Ok(rows.into_iter().map(|row| (PersonId(row.id), Arc::new(row))).collect())
    }
}

/// The account that a visible record names.
pub async fn load_person(ctx: &Context<'_>, person_id: Uuid) -> ApiResult<Option<Person>> {
    let found = ctx.loader()?.load_one(PersonId(person_id)).await.map_err(ApiError::shared)?;
    Ok(found.map(Person))
}

/// Somebody with an account (người dùng), as far as it stands on what he did.
pub struct Person(pub Arc<person::Model>);

/// Somebody with an account (người dùng), as far as it stands on what he did.
#[rows::row_object]
impl Person {
    /// Global identifier.
    pub fn id(&self) -> ID {
        id::encode(Kind::Person, self.0.id)
    }

    /// The name people read.
    fn display_name(&self) -> &str {
        &self.0.display_name
    }
}

/// A role on an organisation (vai trò).
pub struct RoleGrant(Grant);

/// A role on an organisation (vai trò).
#[rows::row_object]
impl RoleGrant {
    /// The role.
    fn role(&self) -> Role {
        self.0.role
    }

    /// The organisation it is held on.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.0.organisation_id).await?)
    }
}

/// The caller himself (người đang đăng nhập).
pub struct Me(Arc<SignedIn>);

/// The caller himself (người đang đăng nhập).
#[rows::row_object]
impl Me {
    /// Global identifier of the account.
    fn id(&self) -> ID {
        id::encode(Kind::Person, self.0.person_id)
    }

    /// Sign-in name.
    fn username(&self) -> &str {
        &self.0.username
    }

    /// The name people read.
    fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// The roles that are in force today. They are united: nobody picks one.
    fn grants(&self) -> Vec<RoleGrant> {
        self.0.grants.iter().cloned().map(RoleGrant).collect()
    }

    /// The programmes that the roles reach; at most 100 are shown.
    async fn programmes(&self, ctx: &Context<'_>) -> Result<Vec<Programme>> {
        let ids: Vec<ProgrammeId> = self.0.programmes.iter().copied().take(100).map(ProgrammeId).collect();
        let found = ctx.loader()?.load_many(ids).await.map_err(ApiError::shared)?;
        let mut rows: Vec<_> = found.into_values().collect();
        rows.sort_by(|one, other| one.code.cmp(&other.code));
        Ok(rows.into_iter().map(Programme).collect())
    }
}

/// Who may do something: an account and the role that allows it.
pub struct PermittedPerson {
    person: person::Model,
    grant: entity::access::role_grant::Model,
}

/// Who may do something: an account and the role that allows it.
#[rows::row_object]
impl PermittedPerson {
    /// The account.
    fn person(&self) -> Person {
        Person(Arc::new(self.person.clone()))
    }

    /// Sign-in name.
    fn username(&self) -> &str {
        &self.person.username
    }

    /// The role.
    fn role(&self) -> Result<Role> {
        Ok(self.grant.role.parse().map_err(ApiError::from)?)
    }

    /// Where it is held.
    async fn organisation(&self, ctx: &Context<'_>) -> Result<Organisation> {
        Ok(load_required(ctx, self.grant.organisation_id).await?)
    }

    /// First day of the grant.
    fn effective_from(&self) -> NaiveDate {
        self.grant.effective_from
    }

    /// Last day; null while nothing ends it.
    fn effective_to(&self) -> Option<NaiveDate> {
        self.grant.effective_to
    }
}

/// Reading about the caller and permissions.
#[derive(Default)]
pub struct AccessQuery;

/// Reading about the caller and permissions.
#[rows::row_object]
impl AccessQuery {
    /// Who asks; null for somebody who did not sign in.
    fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>> {
        Ok(match &ctx.request()?.caller {
            Caller::Person(person) => Some(Me(Arc::clone(person))),
            Caller::Anonymous | Caller::Console => None,
        })
    }

    /// Who may do something with an organisation's records today (ai được làm gì); for administrators. By
    /// role alone: that nobody accepts what he wrote himself holds beside it. At most 200 are shown.
    #[graphql(directive = requires::apply(Action::InspectPermissions, roles_for(Action::InspectPermissions)))]
    async fn who_may(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] action: Action,
        #[graphql(desc = "Whose records, by code.")] organisation: String,
        #[graphql(desc = "The programme's code, where the caller sees several.")] programme: Option<String>,
        #[graphql(desc = "Of which form, for steps of the workflow: forms on finance are accepted by others.")]
        form: Option<FormCode>,
    ) -> Result<Vec<PermittedPerson>> {
        let (app, viewer, request) = (ctx.app()?, ctx.viewer()?, ctx.request()?);
        let connection = app.db.read();
        let row = organisations::by_code(connection, &viewer, programme.as_deref(), &organisation).await?;
        permit_to_read(app, request, Action::InspectPermissions, &row).await?;
        let upward = organisations::upward(connection, row.id).await?;
        let holders = store::holders(connection, &upward, &roles_for(action), app.clock.today()).await?;
        let subject = access::policy::Subject {
            organisation_id: row.id,
            upward: &upward,
            standing_body: row.standing_body,
            written_by_caller: false,
            form,
        };
        Ok(holders
            .into_iter()
            .filter(|(_, grant)| {
                let Ok(role) = grant.role.parse() else { return false };
                let held = Grant { role, organisation_id: grant.organisation_id, organisation_code: String::new() };
                access::policy::decide(&[held], action, &subject).is_ok()
            })
            .take(200)
            .map(|(person, grant)| PermittedPerson { person, grant })
            .collect())
    }
}

/// A sign-in (phiên đăng nhập): send the access token as `Authorization: Bearer ...`.
#[derive(rows::RowObject)]
pub struct Session {
    /// For the Authorization header; short-lived.
    pub access_token: String,
    /// When it ends.
    pub access_token_expires_at: DateTime<Utc>,
    /// Good for one refresh; a second use ends the whole sign-in.
    pub refresh_token: String,
    /// When it ends.
    pub refresh_token_expires_at: DateTime<Utc>,
}

impl From<Tokens> for Session {
    fn from(tokens: Tokens) -> Self {
        Session {
            access_token: tokens.access_token,
            access_token_expires_at: tokens.access_token_expires_at,
            refresh_token: tokens.refresh_token,
            refresh_token_expires_at: tokens.refresh_token_expires_at,
        }
    }
}

/// What signing in, refreshing or changing the password comes to.
#[derive(rows::RowObject)]
pub struct SessionPayload {
    /// The sign-in; null when something must be mended.
    pub session: Option<Session>,
    /// What must be mended.
    pub user_errors: Vec<UserErrorObject>,
}

fn payload(ctx: &Context<'_>, outcome: Outcome<Tokens>) -> SessionPayload {
    let (tokens, user_errors) = split(outcome, ctx.language());
    SessionPayload { session: tokens.map(Session::from), user_errors }
}

/// Name and password.
#[derive(InputObject)]
pub struct SignInInput {
    /// Sign-in name.
    pub username: String,
    /// Password.
    #[graphql(secret)]
    pub password: String,
}

/// A refresh token to be exchanged.
#[derive(InputObject)]
pub struct RefreshSessionInput {
    /// The refresh token of the last sign-in or refresh.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// A new password for the caller.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password now.
    #[graphql(secret)]
    pub current_password: String,
    /// The password from now on: 10 to 200 characters.
    #[graphql(secret)]
    pub new_password: String,
}

/// What signing out comes to.
#[derive(rows::RowObject)]
pub struct SignOutPayload {
    /// Always true: the sign-in has ended.
    pub signed_out: bool,
}

/// Signing in and out.
#[derive(Default)]
pub struct AccessMutation;

/// Signing in and out.
#[rows::row_object]
impl AccessMutation {
    /// Signs in (đăng nhập). A wrong name and a wrong password answer alike; after ten failures a name waits
    /// five minutes (RATE_LIMITED).
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name and password.")] input: SignInInput,
    ) -> Result<SessionPayload> {
        let outcome = sign_in::sign_in(ctx.app()?, &input.username, input.password).await?;
        Ok(payload(ctx, outcome))
    }

    /// Exchanges a refresh token for new tokens (làm mới phiên). UNAUTHENTICATED when it has ended, or was
    /// used before: then the whole sign-in ends.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshSessionInput,
    ) -> Result<SessionPayload> {
        let tokens = sign_in::refresh(ctx.app()?, &input.refresh_token).await?;
        Ok(payload(ctx, Outcome::Done(tokens)))
    }

    /// Ends the caller's sign-in (đăng xuất).
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        sign_in::sign_out(ctx.app()?, ctx.request()?).await?;
        Ok(SignOutPayload { signed_out: true })
    }

    /// Changes the caller's password and ends all his other sign-ins (đổi mật khẩu).
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old and the new password.")] input: ChangePasswordInput,
    ) -> Result<SessionPayload> {
        let (app, request) = (ctx.app()?, ctx.request()?);
        let outcome = sign_in::change_password(app, request, input.current_password, input.new_password).await?;
        Ok(payload(ctx, outcome))
    }
}
