//! The messages and close codes of `graphql-transport-ws`, as pure code.

use std::borrow::Cow;

use async_graphql::{Response as GraphqlResponse, ServerError, Value};
use serde::Serialize;

use crate::caller::token_of;
use crate::parameters::Parameters;
use kernel::i18n::{Language, Message};

/// The name of the subprotocol.
pub(super) const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Bytes of an operation's id; the usual libraries send UUIDs.
const ID_BYTES: usize = 128;
/// Bytes of a close frame's reason (RFC 6455, 5.5: 125 with the code).
const REASON_BYTES: usize = 123;

/// What a client says.
#[derive(Debug)]
pub(super) enum ClientMessage {
    Init { payload: Option<Value> },
    Ping { payload: Option<Value> },
    Pong,
    Subscribe { id: String, parameters: Parameters },
    Complete { id: String },
}

/// Why a connection ends. Clients decide by the code whether they come again; the reason is for whoever
/// reads the client's log, in the protocol's own English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub code: u16,
    reason: Cow<'static, str>,
}

impl Close {
    const fn new(code: u16, reason: &'static str) -> Close {
        Close { code, reason: Cow::Borrowed(reason) }
    }

    /// The server is about to stop: come again.
    pub const GOING_AWAY: Close = Close::new(1001, "Going away");
    /// The client has not been heard of for too long: come again.
    pub const SILENT: Close = Close::new(1001, "No sign of life");
    /// What came is no WebSocket message, or longer than anything reasonable.
    pub const BROKEN: Close = Close::new(1002, "Protocol error");
    /// A message is longer than allowed.
    pub const TOO_LONG: Close = Close::new(1009, "Message too long");
    /// A fault of the server.
    pub const INTERNAL: Close = Close::new(1011, "Internal error");
    /// The client takes its messages too slowly: come again.
    pub const TOO_SLOW: Close = Close::new(1013, "Messages are not taken quickly enough");
    /// The database can't be reached just now: come again.
    pub const UNAVAILABLE: Close = Close::new(1013, "Try again later");
    /// `subscribe` before `connection_ack`.
    pub const UNAUTHORIZED: Close = Close::new(4401, "Unauthorized");
    /// The token is not valid, or not any more. Clients fetch a new one and come again, which after 4401
    /// they would not.
    pub const FORBIDDEN: Close = Close::new(4403, "Forbidden");
    /// The caller's roles have changed, and what is running was allowed by the old ones.
    pub const ROLES_CHANGED: Close = Close::new(4403, "Forbidden: roles have changed");
    /// No `connection_init` in time.
    pub const INIT_TIMEOUT: Close = Close::new(4408, "Connection initialisation timeout");
    /// A second `connection_init`.
    pub const TOO_MANY_INITS: Close = Close::new(4429, "Too many initialisation requests");

    /// A message that the protocol does not have.
    pub fn invalid(detail: impl Into<Cow<'static, str>>) -> Close {
        Close { code: 4400, reason: detail.into() }
    }

    /// The id of an operation that is still running.
    pub fn already_exists(id: &str) -> Close {
        Close { code: 4409, reason: format!("Subscriber for {id} already exists").into() }
    }

    /// No longer than a close frame takes.
    pub fn reason(&self) -> &str {
        let end = (0..=REASON_BYTES.min(self.reason.len())).rev().find(|&end| self.reason.is_char_boundary(end));
        &self.reason[..end.unwrap_or_default()]
    }
}

/// Reads a message. What the protocol does not have ends the connection.
pub(super) fn parse(text: &str) -> Result<ClientMessage, Close> {
    let Ok(Value::Object(mut message)) = serde_json::from_str::<Value>(text) else {
        return Err(Close::invalid("Invalid message: not a JSON object"));
    };
    let Some(Value::String(kind)) = message.swap_remove("type") else {
        return Err(Close::invalid("Invalid message: no type"));
    };
    let id = message.swap_remove("id");
    let payload = message.swap_remove("payload").filter(|payload| *payload != Value::Null);
    match kind.as_str() {
        "connection_init" => Ok(ClientMessage::Init { payload: object(payload)? }),
        "ping" => Ok(ClientMessage::Ping { payload: object(payload)? }),
        "pong" => object(payload).map(|_ignored| ClientMessage::Pong),
        "subscribe" => {
            let payload = payload.ok_or_else(|| Close::invalid("Invalid message: no payload"))?;
            let parameters = Parameters::from_value(payload).map_err(|fault| invalid_payload(&fault))?;
            Ok(ClientMessage::Subscribe { id: identifier(id)?, parameters })
        }
        "complete" => Ok(ClientMessage::Complete { id: identifier(id)? }),
        _ => Err(Close::invalid("Invalid message: unknown type")),
    }
}

fn object(payload: Option<Value>) -> Result<Option<Value>, Close> {
    match payload {
        None | Some(Value::Object(_)) => Ok(payload),
        Some(_) => Err(Close::invalid("Invalid message: the payload is not an object")),
    }
}

fn identifier(id: Option<Value>) -> Result<String, Close> {
    match id {
        Some(Value::String(id)) if (1..=ID_BYTES).contains(&id.len()) => Ok(id),
        _ => Err(Close::invalid("Invalid message: the id is not a string of 1 to 128 bytes")),
    }
}

fn invalid_payload(fault: &Message) -> Close {
    Close::invalid(format!("Invalid message: {}", fault.render(Language::En)))
}

/// What `connection_init` says about its sender.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Introduction<'a> {
    /// The access token.
    pub token: Option<&'a str>,
    /// The language of messages.
    pub language: Option<Language>,
}

impl Introduction<'_> {
    /// Reads the payload of `connection_init`: `authorization` (or `Authorization`) as in HTTP, and
    /// `language` as in `Accept-Language`.
    pub fn read(payload: Option<&Value>) -> Result<Introduction<'_>, Close> {
        let Some(Value::Object(members)) = payload else { return Ok(Introduction::default()) };
        let token = match members.get("authorization").or_else(|| members.get("Authorization")) {
            None | Some(Value::Null) => None,
            Some(Value::String(credentials)) => Some(token_of(credentials).ok_or(Close::FORBIDDEN)?),
            Some(_) => return Err(Close::FORBIDDEN),
        };
        let language = match members.get("language") {
            Some(Value::String(language)) => Some(Language::from_accept_language(language)),
            _ => None,
        };
        Ok(Introduction { token, language })
    }
}

/// What the server says.
#[derive(Serialize)]
struct ServerMessage<'a, P> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

impl<P: Serialize> ServerMessage<'_, P> {
    fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// The client is welcome.
pub(super) const CONNECTION_ACK: &str = r#"{"type":"connection_ack"}"#;

/// The answer to a `ping`, with what came with it.
pub(super) fn pong(payload: Option<&Value>) -> Result<String, serde_json::Error> {
    ServerMessage { id: None, kind: "pong", payload }.text()
}

/// One result of an operation.
pub(super) fn next(id: &str, response: &GraphqlResponse) -> Result<String, serde_json::Error> {
    ServerMessage { id: Some(id), kind: "next", payload: Some(response) }.text()
}

/// The operation was refused; nothing more comes of it.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Result<String, serde_json::Error> {
    ServerMessage { id: Some(id), kind: "error", payload: Some(errors) }.text()
}

/// The operation is over.
pub(super) fn complete(id: &str) -> Result<String, serde_json::Error> {
    ServerMessage::<()> { id: Some(id), kind: "complete", payload: None }.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read() {
        assert!(matches!(parse(r#"{"type":"connection_init"}"#), Ok(ClientMessage::Init { payload: None })));
        assert!(matches!(
            parse(r#"{"type":"connection_init","payload":{"a":1}}"#),
            Ok(ClientMessage::Init { payload: Some(_) })
        ));
        assert!(matches!(parse(r#"{"type":"ping","payload":null}"#), Ok(ClientMessage::Ping { payload: None })));
        assert!(matches!(parse(r#"{"type":"pong"}"#), Ok(ClientMessage::Pong)));
        assert!(matches!(
            parse(r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }","variables":null}}"#),
            Ok(ClientMessage::Subscribe { id, .. }) if id == "1"
        ));
        assert!(matches!(
            parse(r#"{"id":"1","type":"complete"}"#),
            Ok(ClientMessage::Complete { id }) if id == "1"
        ));
    }

    #[test]
    fn everything_else_is_4400() {
        let long = format!(r#"{{"id":"{}","type":"complete"}}"#, "x".repeat(ID_BYTES + 1));
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "ping",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"next","id":"1","payload":{}}"#,
            r#"{"type":"connection_ack"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":7,"payload":{"query":"{ a }"}}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}}"#,
            r#"{"type":"complete"}"#,
            long.as_str(),
            deep.as_str(),
        ] {
            let close = parse(text).unwrap_err();
            assert_eq!(close.code, 4400, "{text}");
            assert!(close.reason().len() <= REASON_BYTES);
        }
    }

    #[test]
    fn reasons_fit_into_a_close_frame() {
        let close = Close::already_exists(&"ộ".repeat(100));
        assert!(close.reason().len() <= REASON_BYTES && close.reason().starts_with("Subscriber for ộ"));
        assert_eq!(Close::FORBIDDEN.reason(), "Forbidden");
    }

    #[test]
    fn introductions_name_token_and_language() {
        let read = |json: &str| {
            let value: Value = serde_json::from_str(json).unwrap();
            Introduction::read(Some(&value))
                .map(|introduction| (introduction.token.map(str::to_owned), introduction.language))
        };
        assert_eq!(Introduction::read(None).unwrap(), Introduction::default());
        assert_eq!(read("{}"), Ok((None, None)));
        assert_eq!(read(r#"{"authorization":null}"#), Ok((None, None)));
        assert_eq!(read(r#"{"authorization":"Bearer abc"}"#), Ok((Some("abc".to_owned()), None)));
        assert_eq!(
            read(r#"{"Authorization":"bearer abc","language":"en-GB"}"#),
            Ok((Some("abc".to_owned()), Some(Language::En)))
        );
        assert_eq!(read(r#"{"authorization":"abc"}"#), Err(Close::FORBIDDEN));
        assert_eq!(read(r#"{"authorization":""}"#), Err(Close::FORBIDDEN));
        assert_eq!(read(r#"{"authorization":{}}"#), Err(Close::FORBIDDEN));
    }

    #[test]
    fn answers_look_as_the_protocol_has_them() {
        assert_eq!(pong(None).unwrap(), r#"{"type":"pong"}"#);
        let payload: Value = serde_json::from_str(r#"{"a":1}"#).unwrap();
        assert_eq!(pong(Some(&payload)).unwrap(), r#"{"type":"pong","payload":{"a":1}}"#);
        assert_eq!(complete("1").unwrap(), r#"{"id":"1","type":"complete"}"#);
        assert_eq!(
            next("1", &GraphqlResponse::new(Value::Boolean(true))).unwrap(),
            r#"{"id":"1","type":"next","payload":{"data":true}}"#
        );
        assert_eq!(
            error("1", &[ServerError::new("no", None)]).unwrap(),
            r#"{"id":"1","type":"error","payload":[{"message":"no"}]}"#
        );
    }
}
