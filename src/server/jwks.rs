//! `GET /.well-known/jwks.json`: the public half of the signing key (RFC 7517), so that other systems of
//! the ward can check an access token by themselves.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::Shared;

pub(super) async fn jwks(State(shared): State<Arc<Shared>>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // Public, and short enough that a new key is known everywhere soon.
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=300")),
    ];
    (headers, shared.state.app.keys.jwks().to_string()).into_response()
}
