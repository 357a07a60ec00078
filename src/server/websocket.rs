//! GraphQL over WebSocket: the subprotocol `graphql-transport-ws`
//! (<https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>), and its upgrade.
//!
//! `protocol` is the messages and close codes, `connection` one client's conversation, `operation` what
//! runs for one `subscribe`.

mod connection;
mod operation;
mod protocol;

use std::sync::Arc;

use axum::Extension;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONNECTION, SEC_WEBSOCKET_VERSION, UPGRADE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::Shared;
use super::accept::MediaType;
use super::answer::Fault;
use super::caller::{self, RequestInfo};
use super::cors;
use super::telemetry::Trace;
use connection::Opening;
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// Bytes that are read and written at once. Most messages are far smaller, and every connection holds both.
const BUFFER: usize = 8 * 1024;

/// `/graphql/ws`, with any method.
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    Extension(info): Extension<RequestInfo>,
    request: Request,
) -> Response {
    let (mut parts, _body) = request.into_parts();
    match open(&shared, &info, &mut parts).await {
        Ok(response) => response,
        Err(fault) => fault.answer(MediaType::Json, &info),
    }
}

async fn open(shared: &Arc<Shared>, info: &RequestInfo, parts: &mut Parts) -> Result<Response, Fault> {
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|refused| no_upgrade(&refused))?;
    let options = &shared.state.options;
    // Browsers let every page open a WebSocket to anywhere; only this header tells them apart.
    if !cors::is_own(&parts.headers) && cors::allowed(&parts.headers, &options.allowed_origins).is_none() {
        return Err(Fault::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, Message::new("http-origin")));
    }
    let upgrade = upgrade.protocols([protocol::SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let message = Message::new("http-websocket-protocol").with("protocol", protocol::SUBPROTOCOL);
        return Err(Fault::bad_request(message));
    }
    let context = caller::context(shared, info, &parts.headers).await?;
    let slot = Arc::clone(&shared.sockets).try_acquire_owned().map_err(|_full| Fault::busy())?;
    let trace = Trace { caller: Some(context.caller.kind()), ..Trace::default() };
    let opening = Opening {
        shared: Arc::clone(shared),
        id: info.id.clone(),
        language: info.language,
        remote: info.remote,
        token: caller::bearer(&parts.headers).ok().flatten().map(str::to_owned),
        slot,
        going_down: shared.going_down.subscribe(),
    };
    // Ours closes with 1009; this one, by which the library breaks the connection off, stands behind it.
    let bytes = options.websocket.message_bytes.saturating_mul(4);
    let mut response = upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_message_size(bytes)
        .max_frame_size(bytes)
        .on_upgrade(move |socket| connection::converse(opening, socket));
    response.extensions_mut().insert(trace);
    Ok(response)
}

/// Why a request is no opening handshake (RFC 6455, 4.2.1).
fn no_upgrade(refused: &WebSocketUpgradeRejection) -> Fault {
    let message = || Message::new("http-websocket-only");
    let required = || Fault::new(StatusCode::UPGRADE_REQUIRED, ErrorCode::BadRequest, message());
    match refused {
        WebSocketUpgradeRejection::MethodNotGet(_) => Fault::method("GET", Message::new("http-method")),
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_) => {
            required().with_header(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"))
        }
        WebSocketUpgradeRejection::InvalidConnectionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
        | WebSocketUpgradeRejection::ConnectionNotUpgradable(_) => required()
            .with_header(UPGRADE, HeaderValue::from_static("websocket"))
            .with_header(CONNECTION, HeaderValue::from_static("upgrade")),
        _ => Fault::bad_request(message()),
    }
}
