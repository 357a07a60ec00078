//! Answers: their statuses and bodies, and what the transport itself says when it turns a request away.

use std::time::Duration;

use async_graphql::{ErrorExtensionValues, Response as GraphqlResponse, ServerError};
use axum::Extension;
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::accept::MediaType;
use super::caller::RequestInfo;
use gate::Refusal;
use kernel::error::{ApiError, ErrorCode};
use kernel::i18n::{Language, Message};

/// A request that is turned away before or beside the engine.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    code: ErrorCode,
    message: Message,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Fault {
    pub fn new(status: StatusCode, code: ErrorCode, message: Message) -> Fault {
        Fault { status, code, message, headers: Vec::new() }
    }

    /// The request is not GraphQL over HTTP as the specification has it.
    pub fn bad_request(message: Message) -> Fault {
        Fault::new(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message)
    }

    /// Another method is wanted (RFC 9110, 15.5.6).
    pub fn method(allowed: &'static str, message: Message) -> Fault {
        Fault::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadRequest, message.with("allowed", allowed))
            .with_header(ALLOW, HeaderValue::from_static(allowed))
    }

    /// The caller sends too much; `wait` says when the next request will be taken.
    pub fn rate_limited(wait: Duration) -> Fault {
        let seconds = wait.as_secs() + 1;
        let message = Message::new("http-rate-limited").with("seconds", seconds);
        Fault::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message)
            .with_header(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// The server has its hands full.
    pub fn busy() -> Fault {
        Fault::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, Message::new("http-busy"))
            .with_header(RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// An error of a use case that ran before the engine. Its cause goes to the log here.
    pub fn of(error: &ApiError, request_id: &str) -> Fault {
        error.log(request_id);
        let status = status_of(error.code);
        let fault = Fault::new(status, error.code, error.message.clone());
        match error.code {
            ErrorCode::Unauthenticated => fault.with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            ErrorCode::Unavailable => fault.with_header(RETRY_AFTER, HeaderValue::from_static("1")),
            _ => fault,
        }
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Fault {
        self.headers.push((name, value));
        self
    }

    /// As an error of a GraphQL answer.
    pub fn error(&self, language: Language, request_id: &str) -> ServerError {
        let mut error = ServerError::new(self.message.render(language), None);
        let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
        extensions.set("code", self.code.as_str());
        extensions.set("requestId", request_id);
        error
    }

    /// As an answer over HTTP.
    pub fn answer(self, media: MediaType, info: &RequestInfo) -> Response {
        let errors = [self.error(info.language, &info.id)];
        let mut response = json(self.status, media, &Errors { errors: &errors }, info);
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// An answer without a `data` entry: nothing was executed (specification 7.1).
#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [ServerError],
}

/// The status of an error that ends the request.
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::BadUserInput
        | ErrorCode::GraphqlParseFailed
        | ErrorCode::GraphqlValidationFailed
        | ErrorCode::QueryTooComplex
        | ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
    }
}

/// The answer to a request that was executed: always 200, whatever its fields say.
pub(super) fn executed(response: &GraphqlResponse, media: MediaType, info: &RequestInfo) -> Response {
    answer(StatusCode::OK, media, rows::to_json(response), info)
}

/// The answer to a request that the gate refused. Clients of `application/json` take any status but 200
/// for trouble on the way, so what is wrong with a document is 200 for them.
pub(super) fn refused(refusal: &Refusal, media: MediaType, info: &RequestInfo) -> Response {
    let status = match (media, status_of(refusal.code)) {
        (MediaType::Json, status) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
            StatusCode::OK
        }
        (_, status) => status,
    };
    let mut response = json(status, media, &Errors { errors: &refusal.errors }, info);
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// For every other method than GET on a path that only has that one.
pub(super) async fn get_only(Extension(info): Extension<RequestInfo>) -> Response {
    Fault::method("GET, HEAD", Message::new("http-method")).answer(MediaType::Json, &info)
}

/// For every path that there is not.
pub(super) async fn no_such_path(Extension(info): Extension<RequestInfo>) -> Response {
    Fault::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, Message::new("http-no-such-path"))
        .answer(MediaType::Json, &info)
}

fn json(status: StatusCode, media: MediaType, body: &impl Serialize, info: &RequestInfo) -> Response {
    answer(status, media, serde_json::to_vec(body), info)
}

fn answer(status: StatusCode, media: MediaType, body: serde_json::Result<Vec<u8>>, info: &RequestInfo) -> Response {
    let (status, body) = match body {
        Ok(body) => (status, body),
        Err(cause) => {
            let error = ApiError::internal(cause);
            let errors = [Fault::of(&error, &info.id).error(info.language, &info.id)];
            (StatusCode::INTERNAL_SERVER_ERROR, serde_json::to_vec(&Errors { errors: &errors }).unwrap_or_default())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media.content_type());
    response
}
