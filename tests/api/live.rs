//! The live feed: a submission's changes, narrowed to who may see them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::story::{import, save, take, worked_line};
use crate::support::{Client, Ward, on_both_engines};

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn subscribe(ward: &Ward, client: &Client) -> Socket {
    let mut request = format!("{}/graphql/ws", ward.url().replace("http", "ws")).into_client_request().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let init =
        json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {}", client.token()) } });
    socket.send(Message::text(init.to_string())).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap()["type"], "connection_ack");
    let query = "subscription { submissionChanged(form: DOSSIER_STATISTICS) { state version organisation { code } allowedActions { action allowed } } }";
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
    socket.send(Message::text(subscribe.to_string())).await.unwrap();
    // The subscription stands once a message that was sent after it has been answered.
    let probe = json!({ "id": "2", "type": "subscribe", "payload": { "query": "{ me { username } }" } });
    socket.send(Message::text(probe.to_string())).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap()["type"], "next");
    assert_eq!(next(&mut socket).await.unwrap()["type"], "complete");
    tokio::time::sleep(Duration::from_millis(100)).await;
    socket
}

/// The next message that is no ping; none after two seconds.
async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(2), socket.next()).await.ok()??.unwrap();
        if let Message::Text(text) = message {
            return Some(serde_json::from_str(&text).unwrap());
        }
    }
}

on_both_engines! {
    async fn changes_are_told_to_those_who_may_see_them(ward: Ward) {
        import(&ward, 1).await;
        let mut standing = subscribe(&ward, &ward.standing_body().await).await;
        let mut mttq = subscribe(&ward, &ward.oversight().await).await;
        let mut officer = subscribe(&ward, &ward.officer("TTPVHCC").await).await;
        let version = save(&ward, "2026-Q1", &[worked_line()], 0).await;
        assert_eq!(next(&mut officer).await.unwrap()["payload"]["data"]["submissionChanged"]["state"], "DRAFT");
        take(&ward.head("TTPVHCC").await, "submitForm", "2026-Q1", version, json!({})).await.ok();
        let told = next(&mut standing).await.unwrap();
        // The draft was not told to the standing body: this is the first that it hears.
        assert_eq!(told["payload"]["data"]["submissionChanged"]["state"], "SUBMITTED");
        assert_eq!(told["payload"]["data"]["submissionChanged"]["organisation"]["code"], "TTPVHCC");
        take(&ward.standing_body().await, "acceptForm", "2026-Q1", version + 1, json!({})).await.ok();
        assert_eq!(next(&mut mttq).await.unwrap()["payload"]["data"]["submissionChanged"]["state"], "ACCEPTED");
        assert_eq!(next(&mut standing).await.unwrap()["payload"]["data"]["submissionChanged"]["state"], "ACCEPTED");
    }
}
