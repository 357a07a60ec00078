//! Who sends a request: its id, its language, its address, and the caller behind its token.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Request};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::{HeaderMap, HeaderName};

use super::answer::Fault;
use super::rate::Key;
use super::{ServerState, Shared};
use access::Caller;
use access::request::{RequestContext, StatementCounter};
use base::account::service::sign_in;
use kernel::error::{ApiError, ApiResult, ErrorCode};
use kernel::i18n::{Language, Message};
use kit::app::App;

/// The header that carries a request's id both ways.
pub(super) static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// No token of ours is nearly as long.
const TOKEN_BYTES: usize = 4096;

/// What is known of a request before anything is read or checked. The frame puts one into each.
#[derive(Debug, Clone)]
pub(super) struct RequestInfo {
    pub id: String,
    pub language: Language,
    pub remote: Option<IpAddr>,
}

impl RequestInfo {
    pub fn of(request: &Request, state: &ServerState) -> RequestInfo {
        let headers = request.headers();
        let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let forwarded = || {
            let last = headers.get_all(&X_FORWARDED_FOR).iter().next_back()?;
            address(last.to_str().ok()?.rsplit(',').next()?)
        };
        RequestInfo {
            id: header(&X_REQUEST_ID)
                .filter(|id| is_request_id(id))
                .map_or_else(|| state.app.clock.new_id().to_string(), str::to_owned),
            language: Language::from_accept_language(header(&ACCEPT_LANGUAGE).unwrap_or_default()),
            remote: state.options.trust_forwarded_for.then(forwarded).flatten().or(peer),
        }
    }
}

/// Whether a client's own id may stand in logs and headers.
fn is_request_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// An address as proxies write it, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse::<IpAddr>().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
}

/// The token of an `Authorization` header (RFC 6750, 2.1); None without one.
pub(super) fn bearer(headers: &HeaderMap) -> ApiResult<Option<&str>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(token_of).filter(|_| values.next().is_none());
    token.map(Some).ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated, Message::new("http-authorization")))
}

/// The token in credentials of the form `Bearer <token>`.
pub(super) fn token_of(credentials: &str) -> Option<&str> {
    let (scheme, token) = credentials.trim().split_once(' ')?;
    let token = token.trim_start();
    let fits = scheme.eq_ignore_ascii_case("bearer")
        && (1..=TOKEN_BYTES).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(token)
}

/// Who stands behind a token. The look-up runs to its end even when nobody waits for it any more, as
/// everything does that holds a connection to the database.
pub(super) async fn identify(app: &Arc<App>, token: Option<&str>) -> ApiResult<Caller> {
    let Some(token) = token else { return Ok(Caller::Anonymous) };
    if let Some(caller) = sign_in::known(app, token)? {
        return Ok(caller);
    }
    let (app, token) = (Arc::clone(app), token.to_owned());
    let look_up = tokio::spawn(async move { sign_in::authenticate(&app, &token).await });
    look_up.await.unwrap_or_else(|fault| Err(ApiError::internal(fault)))
}

/// Identifies the caller of a request and holds him to his rate. Whoever sends a bad token is a stranger
/// and pays as one, so that tokens can't be guessed at full speed.
pub(super) async fn context(shared: &Shared, info: &RequestInfo, headers: &HeaderMap) -> Result<RequestContext, Fault> {
    let found = match bearer(headers) {
        Ok(token) => identify(&shared.state.app, token).await,
        Err(error) => Err(error),
    };
    let payer = match &found {
        Ok(caller) => Key::of(caller, info.remote),
        Err(_) => Key::of(&Caller::Anonymous, info.remote),
    };
    shared.rate.take(payer, Instant::now()).map_err(Fault::rate_limited)?;
    Ok(RequestContext {
        caller: found.map_err(|error| Fault::of(&error, &info.id))?,
        language: info.language,
        request_id: info.id.clone(),
        statements: StatementCounter::default(),
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_tame_ids_are_taken_over() {
        let long = "x".repeat(65);
        for (id, taken) in [
            ("a", true),
            ("0192f1c0-7e52-7b3c-8c1f-6f0a8e6f3d11", true),
            ("trace.A_9", true),
            (&long[..64], true),
            ("", false),
            (long.as_str(), false),
            ("a b", false),
            ("a\"b", false),
            ("Hà-Nội", false),
        ] {
            assert_eq!(is_request_id(id), taken, "{id}");
        }
    }

    #[test]
    fn credentials_are_bearer_and_one_token() {
        for (credentials, token) in [
            ("Bearer abc.def", Some("abc.def")),
            ("bearer  abc", Some("abc")),
            (" BEARER abc ", Some("abc")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Bearer a b", None),
            ("Basic abc", None),
            ("abc", None),
            ("", None),
        ] {
            assert_eq!(token_of(credentials), token, "{credentials}");
        }
        assert_eq!(token_of(&format!("Bearer {}", "x".repeat(TOKEN_BYTES + 1))), None);
    }

    #[test]
    fn two_authorization_headers_are_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers).unwrap(), None);
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer abc"));
        assert_eq!(bearer(&headers).unwrap(), Some("abc"));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer abc"));
        assert_eq!(bearer(&headers).unwrap_err().code, ErrorCode::Unauthenticated);
    }

    #[test]
    fn addresses_may_carry_ports() {
        for text in ["203.0.113.7", " 203.0.113.7:4711 "] {
            assert_eq!(address(text), Some(IpAddr::from([203, 0, 113, 7])), "{text}");
        }
        assert!(address("[2001:db8::1]:80").is_some_and(|address| address.is_ipv6()));
        assert_eq!(address("unknown"), None);
    }
}
