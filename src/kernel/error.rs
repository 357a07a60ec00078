//! The one error that leaves a use case, and the codes that the outside sees.

use std::fmt;

use uuid::Uuid;

use crate::i18n::{Language, Message};

/// The value of `extensions.code` of a top-level error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// No valid sign-in.
    Unauthenticated,
    /// Signed in, and not allowed.
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    NotFound,
    /// Somebody else changed it first.
    Conflict,
    /// The request itself can be mended by whoever sent it.
    BadUserInput,
    /// Too much, too often.
    RateLimited,
    /// Ours; the request id finds it in the log.
    Internal,
    /// The database can't be reached just now; the request may be sent again.
    Unavailable,
    /// The document does not parse.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// The document is larger, deeper or dearer than this server takes.
    QueryTooComplex,
    /// The HTTP request is not GraphQL over HTTP.
    BadRequest,
}

impl ErrorCode {
    /// As it stands in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorCode::Unauthenticated => "UNAUTHENTICATED",
            ErrorCode::Forbidden => "FORBIDDEN",
            ErrorCode::NotFound => "NOT_FOUND",
            ErrorCode::Conflict => "CONFLICT",
            ErrorCode::BadUserInput => "BAD_USER_INPUT",
            ErrorCode::RateLimited => "RATE_LIMITED",
            ErrorCode::Internal => "INTERNAL",
            ErrorCode::Unavailable => "UNAVAILABLE",
            ErrorCode::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            ErrorCode::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            ErrorCode::QueryTooComplex => "QUERY_TOO_COMPLEX",
            ErrorCode::BadRequest => "BAD_REQUEST",
        }
    }
}

/// What a use case answers when it can't do what was asked: a code and a message for the outside, and
/// for INTERNAL the cause and the place, which only the log sees.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The code for the outside.
    pub code: ErrorCode,
    /// The message for the outside.
    pub message: Message,
    /// What happened inside; never leaves the process except into the log.
    pub cause: Option<String>,
    /// What the journal keeps of a refusal by the policy.
    pub refusal: Option<Box<Refusal>>,
    place: &'static std::panic::Location<'static>,
}

/// What the journal keeps of a refusal by the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What was wanted.
    pub action: &'static str,
    /// On whose record.
    pub organisation_id: Uuid,
    /// The line, or the rule, that said no.
    pub rule: &'static str,
}

/// The result of a use case.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// An error with a code and a message.
    #[track_caller]
    pub fn new(code: ErrorCode, message: Message) -> ApiError {
        ApiError { code, message, cause: None, refusal: None, place: std::panic::Location::caller() }
    }

    /// No valid sign-in.
    #[track_caller]
    pub fn unauthenticated() -> ApiError {
        ApiError::new(ErrorCode::Unauthenticated, Message::new("error-unauthenticated"))
    }

    /// There is no such thing for this caller.
    #[track_caller]
    pub fn not_found(kind: &'static str, what: impl fmt::Display) -> ApiError {
        let message = Message::new("error-not-found")
            .with("kind", crate::i18n::MessageArg::Message(kind))
            .with("what", what.to_string());
        ApiError::new(ErrorCode::NotFound, message)
    }

    /// Somebody else was first.
    #[track_caller]
    pub fn conflict() -> ApiError {
        ApiError::new(ErrorCode::Conflict, Message::new("error-conflict"))
    }

    /// The request is wrong in a way that its sender can mend.
    #[track_caller]
    pub fn bad_input(message: Message) -> ApiError {
        ApiError::new(ErrorCode::BadUserInput, message)
    }

    /// A fault of ours.
    #[track_caller]
    pub fn internal(cause: impl fmt::Display) -> ApiError {
        ApiError {
            code: ErrorCode::Internal,
            message: Message::new("error-internal"),
            cause: Some(cause.to_string()),
            refusal: None,
            place: std::panic::Location::caller(),
        }
    }

    /// One's own copy of an error that a loader handed to everybody who waited for it.
    pub fn shared(error: std::sync::Arc<ApiError>) -> ApiError {
        std::sync::Arc::unwrap_or_clone(error)
    }

    /// Turns NOT_FOUND into nothing: a nullable field answers null for what is not there.
    pub fn none_if_not_found<T>(self) -> ApiResult<Option<T>> {
        if self.code == ErrorCode::NotFound { Ok(None) } else { Err(self) }
    }

    /// Adds what the journal keeps of a refusal.
    #[must_use]
    pub fn with_refusal(mut self, refusal: Refusal) -> ApiError {
        self.refusal = Some(Box::new(refusal));
        self
    }

    /// Writes the error to the log where it is handled: once, at the boundary.
    pub fn log(&self, request_id: &str) {
        if let Some(cause) = &self.cause {
            tracing::error!(
                request.id = request_id,
                error.code = self.code.as_str(),
                error.cause = cause,
                error.place = %self.place,
                "request failed inside"
            );
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message.render(Language::En))?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause} ({})", self.place)?;
        }
        Ok(())
    }
}

impl From<sea_orm::DbErr> for ApiError {
    #[track_caller]
    fn from(error: sea_orm::DbErr) -> ApiError {
        let place = std::panic::Location::caller();
        let unreachable = is_unreachable(&error);
        let (code, key) = if unreachable {
            (ErrorCode::Unavailable, "error-unavailable")
        } else {
            (ErrorCode::Internal, "error-internal")
        };
        ApiError { code, message: Message::new(key), cause: Some(error.to_string()), refusal: None, place }
    }
}

/// Whether the database could not be reached, or went away in the middle: the request may be sent again.
fn is_unreachable(error: &sea_orm::DbErr) -> bool {
    use sea_orm::sqlx::Error;
    use sea_orm::{DbErr, RuntimeErr};
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => match &**inner {
            Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
            // PostgreSQL: connection exceptions, and a server that is shut down or starts up.
            Error::Database(inner) => {
                inner.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
            }
            _ => false,
        },
        _ => false,
    }
}
