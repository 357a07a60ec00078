//! Pages of other sites: which of them may use the API in a browser (Fetch standard, 3.2).
//!
//! Callers show themselves by a token in a header that a page has to set by itself, never by a cookie
//! that a browser adds, so credentials in the sense of CORS are never allowed.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

/// The request's origin, where it is one that may use the API.
pub(super) fn allowed(headers: &HeaderMap, origins: &[String]) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let text = origin.to_str().ok()?;
    let is_allowed = origins.iter().any(|allowed| allowed.trim_end_matches('/').eq_ignore_ascii_case(text));
    is_allowed.then(|| origin.clone())
}

/// Whether the request comes from no page, or from a page of the host that it is sent to.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let (origin, host) = (text(origin), headers.get(HOST).and_then(text));
    match (origin.as_deref().and_then(|origin| origin.split_once("://")), host) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(&host),
        _ => false,
    }
}

/// Whether a browser asks beforehand if it may send the request proper.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight of an origin that is allowed.
pub(super) fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("accept, accept-language, authorization, content-type, x-request-id"),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}

/// Lets a page of the origin read an answer.
pub(super) fn permit(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("content-language, retry-after, server-timing, x-request-id"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &'static str, host: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        headers.insert(HOST, HeaderValue::from_static(host));
        headers
    }

    #[test]
    fn only_configured_origins_are_allowed() {
        let origins = ["https://dashboard.example.vn/".to_owned()];
        assert!(allowed(&headers("https://dashboard.example.vn", "x"), &origins).is_some());
        assert!(allowed(&headers("https://dashboard.example.vn.evil.org", "x"), &origins).is_none());
        assert!(allowed(&headers("http://dashboard.example.vn", "x"), &origins).is_none());
        assert!(allowed(&headers("https://dashboard.example.vn", "x"), &[]).is_none());
        assert!(allowed(&HeaderMap::new(), &origins).is_none());
    }

    #[test]
    fn a_page_of_the_same_host_is_our_own() {
        assert!(is_own(&headers("https://api.example.vn", "api.example.vn")));
        assert!(is_own(&headers("http://localhost:8080", "LOCALHOST:8080")));
        assert!(is_own(&HeaderMap::new()));
        assert!(!is_own(&headers("https://evil.org", "api.example.vn")));
        assert!(!is_own(&headers("http://localhost:3000", "localhost:8080")));
        assert!(!is_own(&headers("null", "api.example.vn")));
    }
}
