//! GraphQL over WebSocket: the subprotocol `graphql-transport-ws`, by its messages and close codes.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::ServerOptions;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Engine, Ward, on_both_engines};

const PROTOCOL: &str = "graphql-transport-ws";
const WATCH: &str = "subscription { submissionChanged { id } }";
const PATIENCE: Duration = Duration::from_secs(20);

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

fn request(ward: &Ward) -> ClientRequestBuilder {
    let url = ward.url().replace("http://", "ws://");
    ClientRequestBuilder::new(format!("{url}/graphql/ws").parse().unwrap())
}

/// The status of an upgrade that is refused.
async fn refused(request: ClientRequestBuilder) -> u16 {
    match connect_async(request).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        other => panic!("not refused: {:?}", other.map(|(_, response)| response.status())),
    }
}

impl Socket {
    async fn with(request: ClientRequestBuilder) -> Socket {
        let (socket, response) = connect_async(request.with_sub_protocol(PROTOCOL)).await.expect("an upgrade");
        assert_eq!(response.headers()["sec-websocket-protocol"], PROTOCOL);
        Socket(socket)
    }

    async fn open(ward: &Ward) -> Socket {
        Socket::with(request(ward)).await
    }

    /// A socket whose `connection_init` was acknowledged.
    async fn ready(ward: &Ward, payload: Value) -> Socket {
        let mut socket = Socket::open(ward).await;
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
        socket
    }

    async fn of_officer(ward: &Ward) -> Socket {
        let token = ward.officer("TTPVHCC").await.token();
        Socket::ready(ward, json!({ "authorization": format!("Bearer {token}") })).await
    }

    async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("the server listens");
    }

    async fn subscribe(&mut self, id: &str, document: &str) {
        self.say(json!({ "id": id, "type": "subscribe", "payload": { "query": document } })).await;
    }

    async fn hear(&mut self) -> Value {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a message in time");
            match message.expect("a message").expect("no broken connection") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// The code by which the server closes.
    async fn closed(mut self) -> u16 {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a close frame in time");
            if let Message::Close(frame) = message.expect("a close frame").expect("no broken connection") {
                return frame.expect("a close frame with a code").code.into();
            }
        }
    }
}

on_both_engines! {
    async fn a_query_is_answered_over_the_socket(ward: Ward) {
        let mut socket = Socket::of_officer(&ward).await;
        socket.subscribe("1", "{ me { username } }").await;
        let next = socket.hear().await;
        assert_eq!(next["id"], "1");
        assert_eq!(next["type"], "next");
        assert_eq!(next["payload"], json!({ "data": { "me": { "username": "ttpvhcc.officer" } } }));
        assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
        // An id may be used again once its operation is over.
        socket.subscribe("1", "{ __typename }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["__typename"], "Query");
    }
}

#[tokio::test]
async fn a_token_may_come_with_the_upgrade_or_by_either_spelling() {
    let ward = Ward::start(Engine::Sqlite).await;
    let authorization = format!("Bearer {}", ward.officer("TTPVHCC").await.token());
    let mut by_header = Socket::with(request(&ward).with_header("authorization", authorization.as_str())).await;
    by_header.say(json!({ "type": "connection_init" })).await;
    assert_eq!(by_header.hear().await["type"], "connection_ack");
    let by_payload = Socket::ready(&ward, json!({ "Authorization": authorization })).await;
    for mut socket in [by_header, by_payload] {
        socket.subscribe("1", "{ me { username } }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["me"]["username"], "ttpvhcc.officer");
    }
}

#[tokio::test]
async fn a_refused_document_is_an_error_and_the_connection_goes_on() {
    let ward = Ward::start(Engine::Sqlite).await;
    let mut socket = Socket::ready(&ward, json!({ "language": "en" })).await;
    let bomb = format!("{{ me(x: {}", "[".repeat(50_000));
    for (document, code) in [
        ("{ thereIsNoSuchField }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        (bomb.as_str(), "QUERY_TOO_COMPLEX"),
        ("{ __schema { queryType { name } } }", "UNAUTHENTICATED"),
    ] {
        socket.subscribe("1", document).await;
        let error = socket.hear().await;
        assert_eq!((&error["id"], &error["type"]), (&json!("1"), &json!("error")), "{error:#}");
        assert_eq!(error["payload"][0]["extensions"]["code"], code);
    }
    socket.subscribe("1", "{ __typename }").await;
    assert_eq!(socket.hear().await["type"], "next");
}

#[tokio::test]
async fn messages_are_in_the_language_that_was_asked_for() {
    let ward = Ward::start(Engine::Sqlite).await;
    let mut told = Vec::new();
    for language in ["vi", "en"] {
        let mut socket = Socket::ready(&ward, json!({ "language": language })).await;
        socket.subscribe("1", "query A { __typename } query B { __typename }").await;
        told.push(socket.hear().await["payload"][0]["message"].clone());
    }
    assert_ne!(told[0], told[1]);
}

#[tokio::test]
async fn a_ping_is_answered_with_what_it_carried() {
    let ward = Ward::start(Engine::Sqlite).await;
    let mut socket = Socket::open(&ward).await;
    socket.say(json!({ "type": "ping", "payload": { "a": [1] } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "a": [1] } }));
    socket.say(json!({ "type": "pong" })).await;
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn what_the_protocol_does_not_have_closes_by_its_code() {
    let ward = Ward::start(Engine::Sqlite).await;
    let init = json!({ "type": "connection_init" });
    let bad_token = json!({ "type": "connection_init", "payload": { "authorization": "Bearer nonsense" } });
    let no_bearer = json!({ "type": "connection_init", "payload": { "authorization": "nonsense" } });
    for (messages, code) in [
        (vec![Message::text("nonsense")], 4400),
        (vec![Message::text("{}")], 4400),
        (vec![Message::text(json!({ "type": "next", "id": "1", "payload": {} }).to_string())], 4400),
        (vec![Message::binary(init.to_string().into_bytes())], 4400),
        (vec![Message::text(json!({ "type": "connection_init", "payload": 7 }).to_string())], 4400),
        (
            vec![
                Message::text(init.to_string()),
                Message::text(json!({ "type": "subscribe", "id": "1", "payload": { "query": 7 } }).to_string()),
            ],
            4400,
        ),
        (
            vec![Message::text(
                json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ __typename }" } }).to_string(),
            )],
            4401,
        ),
        (vec![Message::text(bad_token.to_string())], 4403),
        (vec![Message::text(no_bearer.to_string())], 4403),
        (vec![Message::text(init.to_string()), Message::text(init.to_string())], 4429),
        (vec![Message::text(" ".repeat(200 * 1024))], 1009),
    ] {
        let mut socket = Socket::open(&ward).await;
        let shown: String = messages[0].to_string().chars().take(100).collect();
        for message in messages {
            socket.send(message).await;
        }
        assert_eq!(socket.closed().await, code, "{shown}");
    }
}

#[tokio::test]
async fn an_id_in_use_closes_and_a_completed_one_is_free() {
    let ward = Ward::start(Engine::Sqlite).await;
    let mut socket = Socket::of_officer(&ward).await;
    socket.subscribe("1", WATCH).await;
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("1", WATCH).await;
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await["type"], "pong");
    socket.subscribe("1", "{ __typename }").await;
    assert_eq!(socket.closed().await, 4409);
}

#[tokio::test]
async fn whoever_does_not_introduce_himself_has_to_go() {
    let mut options = ServerOptions::default();
    options.websocket.init_timeout = Duration::from_millis(100);
    let ward = Ward::start_with(Engine::Sqlite, options).await;
    assert_eq!(Socket::open(&ward).await.closed().await, 4408);
}

#[tokio::test]
async fn whoever_has_died_is_let_go() {
    let mut options = ServerOptions::default();
    options.websocket.ping_interval = Duration::from_millis(50);
    options.websocket.silence_timeout = Duration::from_millis(200);
    let ward = Ward::start_with(Engine::Sqlite, options).await;
    let mut alive = Socket::of_officer(&ward).await;
    let dead = Socket::of_officer(&ward).await;
    // Whoever reads answers pings; nobody reads here.
    tokio::select! {
        message = alive.hear() => panic!("{message}"),
        () = tokio::time::sleep(Duration::from_secs(1)) => {}
    }
    alive.subscribe("1", "{ __typename }").await;
    assert_eq!(alive.hear().await["type"], "next");
    assert_eq!(dead.closed().await, 1001);
}

#[tokio::test]
async fn limits_are_kept() {
    let mut options = ServerOptions::default();
    options.websocket.subscriptions = 2;
    options.websocket.connections = 2;
    let ward = Ward::start_with(Engine::Sqlite, options).await;
    let mut socket = Socket::of_officer(&ward).await;
    for id in ["1", "2", "3"] {
        socket.subscribe(id, WATCH).await;
    }
    let error = socket.hear().await;
    assert_eq!((&error["id"], &error["type"]), (&json!("3"), &json!("error")));
    assert_eq!(error["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    let other = Socket::of_officer(&ward).await;
    assert_eq!(refused(request(&ward).with_sub_protocol(PROTOCOL)).await, 503);
    drop((socket, other));
}

#[tokio::test]
async fn a_token_that_runs_out_closes() {
    let mut options = ServerOptions::default();
    options.websocket.recheck_interval = Duration::from_millis(50);
    let ward = Ward::start_with(Engine::Sqlite, options).await;
    let mut socket = Socket::of_officer(&ward).await;
    socket.subscribe("1", WATCH).await;
    ward.clock().set(ward.clock().now() + ward.app().lifetimes.access);
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let mut ward = Ward::start(Engine::Sqlite).await;
    let mut socket = Socket::of_officer(&ward).await;
    socket.subscribe("1", WATCH).await;
    let ((), code) = tokio::join!(ward.restart(), socket.closed());
    assert_eq!(code, 1001);
}

#[tokio::test]
async fn what_is_no_upgrade_to_the_protocol_is_refused_by_status() {
    let ward = Ward::start(Engine::Sqlite).await;
    assert_eq!(refused(request(&ward)).await, 400);
    assert_eq!(refused(request(&ward).with_sub_protocol("graphql-ws")).await, 400);
    let right = || request(&ward).with_sub_protocol(PROTOCOL);
    assert_eq!(refused(right().with_header("authorization", "Bearer nonsense")).await, 401);
    assert_eq!(refused(right().with_header("origin", "https://evil.example")).await, 403);
    let own = Socket::with(request(&ward).with_header("origin", ward.url())).await;
    drop(own);
    let plain = ward.stranger().request(reqwest::Method::GET, "/graphql/ws").send().await.unwrap();
    assert_eq!((plain.status().as_u16(), plain.headers()["upgrade"].to_str().unwrap()), (426, "websocket"));
    let posted = ward.stranger().request(reqwest::Method::POST, "/graphql/ws").send().await.unwrap();
    assert_eq!((posted.status().as_u16(), posted.headers()["allow"].to_str().unwrap()), (405, "GET"));
}
