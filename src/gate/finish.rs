//! Errors on their way out: what they say, in which language, under which code.

use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Response, ServerError};

use super::document::shorten;
use access::request::RequestContext;
use kernel::error::{ApiError, ErrorCode};
use kernel::i18n::{Language, Message};

/// Makes every error of an answer fit to leave the house: the message in the caller's language, a code
/// in `extensions.code`, and for what is our own fault the request's id instead of the cause, which
/// goes to the log (specification 7.1.2 leaves all of `extensions` to the server).
pub fn finish(response: &mut Response, context: Option<&RequestContext>) {
    for error in &mut response.errors {
        finish_one(error, context);
    }
}

fn finish_one(error: &mut ServerError, context: Option<&RequestContext>) {
    let language = context.map_or_else(Language::default, |context| context.language);
    let request_id = context.map(|context| context.request_id.as_str());
    // A loader hands one error to everybody who waited for it, so it comes shared.
    let shared = || error.source::<Arc<ApiError>>().map(AsRef::as_ref);
    let code = if let Some(ours) = error.source::<ApiError>().or_else(shared) {
        ours.log(request_id.unwrap_or_default());
        let (code, message) = (ours.code, ours.message.render(language));
        error.message = message;
        code
    } else if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return;
    } else if is_about_input(error) {
        let message = Message::new("gate-input").with("detail", shorten(&error.message, 300));
        error.message = message.render(language);
        ErrorCode::BadUserInput
    } else {
        tracing::error!(
            request.id = request_id.unwrap_or_default(),
            error.cause = error.message,
            error.path = ?error.path,
            "request failed inside the engine"
        );
        error.message = Message::new("error-internal").render(language);
        ErrorCode::Internal
    };
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("code", code.as_str());
    if let (ErrorCode::Internal | ErrorCode::Unavailable, Some(request_id)) = (code, request_id) {
        extensions.set("requestId", request_id);
    }
    // The source is a Rust value; nothing behind this point has any business with it.
    error.source = None;
}

/// Whether the engine could not read an argument: a custom scalar's own parser, a validator, or a null
/// in a place that a literal variable left open. The engine words all of these itself, by GraphQL's
/// names of types and the value that was sent, and gives them no source. Everything else of its own
/// (data missing in the context, values missing in an answer) names Rust types or our own faults.
fn is_about_input(error: &ServerError) -> bool {
    error.source.is_none()
        && (error.message.starts_with("Failed to parse \"") || error.message.starts_with("Expected input type \""))
}
