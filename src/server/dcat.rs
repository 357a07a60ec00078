//! `GET /dcat/...`: the public datasets of the catalogue as JSON-LD, for whoever harvests it. Nobody signs in, and every
//! caller gets the same.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::Shared;
use super::accept::MediaType;
use super::answer::Fault;
use super::caller::RequestInfo;
use super::rate::Key;
use super::telemetry::Trace;
use access::Caller;
use access::request::StatementCounter;
use digital::dataset::dcat;
use kernel::error::{ApiError, ApiResult, ErrorCode};
use kernel::faults::is_code;
use kernel::i18n::Message;

/// What is asked for.
struct Wanted {
    /// The programme's code; the only programme when left out.
    programme: Option<String>,
    /// The dataset's identifier; the catalogue when left out.
    dataset: Option<String>,
    /// The parameters of the address.
    query: Option<String>,
}

type Parts = (State<Arc<Shared>>, Extension<RequestInfo>, HeaderMap);

/// `GET /dcat/catalog.jsonld`: the catalogue of a server that has one programme.
pub(super) async fn only_catalogue(
    state: State<Arc<Shared>>,
    info: Extension<RequestInfo>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer((state, info, headers), Wanted { programme: None, dataset: None, query }).await
}

/// `GET /dcat/{programme}/catalog.jsonld`.
pub(super) async fn catalogue(
    state: State<Arc<Shared>>,
    info: Extension<RequestInfo>,
    Path(programme): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer((state, info, headers), Wanted { programme: Some(programme), dataset: None, query }).await
}

/// `GET /dcat/dataset/{identifier}`: a dataset of a server that has one programme.
pub(super) async fn only_dataset(
    state: State<Arc<Shared>>,
    info: Extension<RequestInfo>,
    Path(identifier): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer((state, info, headers), Wanted { programme: None, dataset: Some(identifier), query: None }).await
}

/// `GET /dcat/{programme}/dataset/{identifier}`.
pub(super) async fn dataset(
    state: State<Arc<Shared>>,
    info: Extension<RequestInfo>,
    Path((programme, identifier)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answer((state, info, headers), Wanted { programme: Some(programme), dataset: Some(identifier), query: None }).await
}

async fn answer((State(shared), Extension(info), headers): Parts, wanted: Wanted) -> Response {
    let mut trace = Trace { caller: Some(Caller::Anonymous.kind()), ..Trace::default() };
    let mut response = match read(&shared, &info, wanted, &mut trace).await {
        Ok(document) => found(document, &headers),
        Err(fault) => fault.answer(MediaType::Json, &info),
    };
    response.extensions_mut().insert(trace);
    response
}

/// Reads in a task of its own, within the limits of every other request.
async fn read(shared: &Arc<Shared>, info: &RequestInfo, wanted: Wanted, trace: &mut Trace) -> Result<Vec<u8>, Fault> {
    shared.rate.take(Key::of(&Caller::Anonymous, info.remote), Instant::now()).map_err(Fault::rate_limited)?;
    let Ok(slot) = Arc::clone(&shared.executions).try_acquire_owned() else { return Err(Fault::busy()) };
    let held = (slot, shared.going_down.subscribe());
    let state = Arc::clone(&shared.state);
    let statements = StatementCounter::default();
    let counted = statements.clone();
    let task = tokio::spawn(async move {
        let _held = held;
        counted.scope(export(state.app.db.read(), &state.options.public_url, wanted)).await
    });
    let finished = tokio::time::timeout(shared.state.options.request_timeout, task).await;
    trace.statements = Some(statements.get());
    match finished {
        Ok(Ok(exported)) => exported.map_err(|error| Fault::of(&error, &info.id)),
        Ok(Err(panic)) => Err(Fault::of(&ApiError::internal(panic), &info.id)),
        Err(_elapsed) => {
            let message = Message::new("http-timeout");
            let late = Fault::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message);
            Err(late.with_header(RETRY_AFTER, HeaderValue::from_static("5")))
        }
    }
}

async fn export(connection: &impl sea_orm::ConnectionTrait, base: &str, wanted: Wanted) -> ApiResult<Vec<u8>> {
    let programme = wanted.programme.as_deref();
    let document = match &wanted.dataset {
        Some(code) => dcat::export_dataset(connection, base, programme, code).await?,
        None => dcat::export(connection, base, programme, after(wanted.query.as_deref())?).await?,
    };
    serde_json::to_vec(&document).map_err(ApiError::internal)
}

/// The identifier after which a page begins: `?after=DL-01`. Other parameters, such as those that trackers add, say nothing.
fn after(query: Option<&str>) -> ApiResult<Option<String>> {
    let mut values =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).filter(|(name, _)| name == "after");
    let Some((_, value)) = values.next() else { return Ok(None) };
    if values.next().is_some() || !is_code(&value) {
        return Err(ApiError::bad_input(Message::new("dcat-bad-after")));
    }
    Ok(Some(value.into_owned()))
}

/// Changes exactly when the document does (RFC 9110, 8.8.3): strong.
fn tag(document: &[u8]) -> String {
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(document)))
}

/// Whether the client has this document already (RFC 9110, 13.1.2).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    // The comparison is the weak one, whatever the tag is. A comma inside a tag is none of ours.
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

fn found(document: Vec<u8>, headers: &HeaderMap) -> Response {
    let tag = tag(&document);
    let mut response = if is_known(headers, &tag) {
        let mut unchanged = Response::new(Body::empty());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        unchanged
    } else {
        let mut full = Response::new(Body::from(document));
        full.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/ld+json"));
        full
    };
    let headers = response.headers_mut();
    // Base64 between quotes is always a header's value.
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_has_the_document_is_told_so() {
        let tag = tag(b"{}");
        let known = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(IF_NONE_MATCH, HeaderValue::from_str(value).unwrap());
            }
            is_known(&headers, &tag)
        };
        let weak = format!("W/{tag}");
        let among = format!("\"x\", {tag}");
        for values in [&[tag.as_str()][..], &[&weak], &[&among], &["\"x\"", &tag], &["*"]] {
            assert!(known(values), "{values:?}");
        }
        let bare = tag.trim_matches('"');
        for values in [&[][..], &["\"x\""], &[bare], &[""]] {
            assert!(!known(values), "{values:?}");
        }
        assert_ne!(tag, super::tag(b"{ }"));
    }

    #[test]
    fn a_page_begins_after_one_identifier() {
        assert_eq!(after(None).unwrap(), None);
        assert_eq!(after(Some("utm_source=x")).unwrap(), None);
        assert_eq!(after(Some("x=1&after=DL-01")).unwrap().as_deref(), Some("DL-01"));
        for bad in ["after=", "after=dl", "after=DL-01&after=DL-02", "after=%00", "after=DL-01%20"] {
            assert_eq!(after(Some(bad)).unwrap_err().code, ErrorCode::BadUserInput, "{bad}");
        }
    }
}
