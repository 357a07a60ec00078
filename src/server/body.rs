//! Reading a request's body: never more of it than allowed, never longer than allowed.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use futures_util::StreamExt;

use super::answer::Fault;
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// How long, and how many bytes, the rest of a refused body is still taken and thrown away.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 32 * 1024 * 1024;

/// What the headers alone say about a body: that it is JSON, and not too long.
pub(super) fn check(headers: &HeaderMap, limit: usize) -> Result<(), Fault> {
    let unsupported = |key| Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadRequest, Message::new(key));
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let is_json = types.next().and_then(|value| value.to_str().ok()).is_some_and(is_json);
    if !is_json || types.next().is_some() {
        return Err(unsupported("http-content-type"));
    }
    if headers.get(CONTENT_ENCODING).is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported("http-content-encoding"));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > u64::try_from(limit).unwrap_or(u64::MAX)) {
        return Err(too_large(limit));
    }
    Ok(())
}

/// Whether a `Content-Type` is `application/json`, at most with `charset=utf-8`. Nothing else will do: a
/// page of another site can send other types without asking first (CORS).
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.filter(|part| !part.is_empty()).all(|part| {
            part.split_once('=').is_some_and(|(name, value)| {
                name.trim_end().eq_ignore_ascii_case("charset")
                    && value.trim_start().trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        })
}

/// Reads a body to its end.
pub(super) async fn read(body: Body, limit: usize, wait: Duration) -> Result<Vec<u8>, Fault> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    let outcome = tokio::time::timeout(wait, fill(&mut stream, &mut bytes, limit)).await;
    match outcome {
        Ok(Ok(())) => Ok(bytes),
        Ok(Err(fault)) => {
            drain(stream);
            Err(fault)
        }
        Err(_elapsed) => {
            let message = Message::new("http-body-timeout");
            Err(Fault::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadRequest, message)
                .with_header(CONNECTION, HeaderValue::from_static("close")))
        }
    }
}

async fn fill(stream: &mut BodyDataStream, bytes: &mut Vec<u8>, limit: usize) -> Result<(), Fault> {
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_broken| Fault::bad_request(Message::new("http-body-broken")))?;
        if chunk.len() > limit.saturating_sub(bytes.len()) {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(())
}

fn too_large(limit: usize) -> Fault {
    let message = Message::new("http-body-too-large").with("limit", limit);
    Fault::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadRequest, message)
}

/// Lets go of a body that nobody is going to read. A client that is still sending it would have its
/// connection reset, and with that lose the answer that says why.
pub(super) fn let_go(body: Body, headers: &HeaderMap) {
    // Reading would invite a client that asked first (RFC 9110, 10.1.1) to send it all.
    if !body.is_end_stream() && !headers.contains_key(EXPECT) {
        drain(body.into_data_stream());
    }
}

fn drain(mut stream: BodyDataStream) {
    let throw_away = async move {
        let mut left = LINGER_BYTES;
        while let Some(Ok(chunk)) = stream.next().await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    tokio::spawn(tokio::time::timeout(LINGER, throw_away));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_json() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON", true),
            ("application/json; charset=utf-8", true),
            ("application/json;charset=\"UTF-8\"", true),
            ("application/json;", true),
            ("application/json; charset=utf-16", false),
            ("application/json; profile=x", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/graphql", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), expected, "{content_type}");
        }
    }

    #[test]
    fn headers_alone_can_refuse() {
        let refuses = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, HeaderValue::from_static(value));
            }
            check(&headers, 100).is_err()
        };
        assert!(!refuses(&[("content-type", "application/json"), ("content-length", "100")]));
        assert!(refuses(&[("content-type", "application/json"), ("content-length", "101")]));
        assert!(refuses(&[("content-type", "application/json"), ("content-encoding", "gzip")]));
        assert!(refuses(&[("content-type", "application/json"), ("content-type", "text/plain")]));
        assert!(refuses(&[]));
    }

    #[tokio::test]
    async fn a_body_is_cut_at_the_limit() {
        assert_eq!(read(Body::from("1234"), 4, LINGER).await.unwrap(), b"1234");
        assert!(read(Body::from("12345"), 4, LINGER).await.is_err());
    }

    #[tokio::test]
    async fn a_body_that_never_ends_times_out() {
        let endless = futures_util::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
        assert!(read(Body::from_stream(endless), 4, Duration::from_millis(5)).await.is_err());
    }
}
