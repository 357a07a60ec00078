//! What stands around every request: its id and language before it, headers and a log line after it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use super::caller::{RequestInfo, X_REQUEST_ID};
use super::cors;
use super::telemetry::{RequestLine, Trace};

static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// The outermost layer.
pub(super) async fn frame(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let info = RequestInfo::of(&request, &shared.state);
    // Only the pattern of the path: what stands in its place may be anything.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let line = RequestLine::begin(request.method().clone(), route, info.id.clone());
    let origins = &shared.state.options.allowed_origins;
    let origin = cors::allowed(request.headers(), origins);
    let mut response = if origin.is_some() && cors::is_preflight(request.method(), request.headers()) {
        cors::preflight()
    } else {
        request.extensions_mut().insert(info.clone());
        next.run(request).await
    };
    let trace = response.extensions_mut().remove::<Trace>().unwrap_or_default();
    let headers = response.headers_mut();
    dress(headers, &info, &trace, line.elapsed());
    if !origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        cors::permit(headers, origin);
    }
    line.end(response.status(), &trace);
    response
}

fn dress(headers: &mut HeaderMap, info: &RequestInfo, trace: &Trace, elapsed: Duration) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(info.language.tag()));
    // Unless the answer knows better.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        headers.insert(&X_REQUEST_ID, id);
    }
    if let Ok(timing) = HeaderValue::from_str(&server_timing(trace.statements, elapsed)) {
        headers.insert(&SERVER_TIMING, timing);
    }
}

/// Server Timing (W3C), which browsers show beside the request.
fn server_timing(statements: Option<u32>, elapsed: Duration) -> String {
    let total = elapsed.as_secs_f64() * 1000.0;
    match statements {
        Some(statements) => format!("db;desc=\"{statements} statements\", total;dur={total:.1}"),
        None => format!("total;dur={total:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_read_as_the_standard_has_them() {
        assert_eq!(server_timing(Some(3), Duration::from_micros(12_340)), "db;desc=\"3 statements\", total;dur=12.3");
        assert_eq!(server_timing(None, Duration::from_millis(1)), "total;dur=1.0");
    }
}
