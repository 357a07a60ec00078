//! One client's conversation, from `connection_init` to the close frame.
//!
//! One task owns the socket, the caller and the list of running operations; the operations run in tasks
//! of their own and send what they have to say here. So there is one order in which everything happens,
//! and a message of an operation that the client has completed never goes out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::{Interval, MissedTickBehavior, timeout};

use super::operation::{self, Event, Order};
use super::protocol::{self, ClientMessage, Close, Introduction};
use crate::answer::Fault;
use crate::caller::identify;
use crate::options::WebSocketOptions;
use crate::parameters::Parameters;
use crate::rate::Key;
use crate::{Shared, stopping};
use access::request::{RequestContext, StatementCounter};
use access::{Caller, SignedIn};
use kernel::error::ErrorCode;
use kernel::i18n;
use kernel::i18n::Language;

/// Messages of operations that may wait for the socket; behind them the operations themselves wait.
const EVENTS: usize = 16;
/// How long the client may take to answer the close frame.
const PARTING: Duration = Duration::from_secs(2);
/// How long checking a token may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a conversation starts with.
pub(super) struct Opening {
    pub shared: Arc<Shared>,
    /// The id of the request that was upgraded.
    pub id: String,
    pub language: Language,
    pub remote: Option<IpAddr>,
    /// Of the upgrade's `Authorization` header.
    pub token: Option<String>,
    pub slot: OwnedSemaphorePermit,
    pub going_down: watch::Receiver<bool>,
}

/// How a conversation ends.
enum End {
    /// The server closes.
    Close(Close),
    /// The client has closed.
    Left,
    /// There is no connection any more.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> End {
        End::Close(close)
    }
}

struct Running {
    serial: u64,
    /// Dropped with this, which stops a subscription.
    _stop: oneshot::Sender<()>,
}

struct Conversation {
    shared: Arc<Shared>,
    id: String,
    socket: WebSocket,
    language: Language,
    remote: Option<IpAddr>,
    token: Option<String>,
    /// Once `connection_init` was acknowledged.
    caller: Option<Caller>,
    running: HashMap<String, Running>,
    started: u64,
    events: mpsc::Sender<Event>,
    heard: Instant,
}

/// Talks with a client until one of both has enough.
pub(super) async fn converse(opening: Opening, socket: WebSocket) {
    let Opening { shared, id, language, remote, token, slot, mut going_down } = opening;
    let (events, mut waiting) = mpsc::channel(EVENTS);
    let mut conversation = Conversation {
        shared,
        id,
        socket,
        language,
        remote,
        token,
        caller: None,
        running: HashMap::new(),
        started: 0,
        events,
        heard: Instant::now(),
    };
    let end = conversation.run(&mut waiting, &mut going_down).await;
    let Conversation { id, socket, running, started, .. } = conversation;
    // Nobody listens any more.
    drop((running, waiting));
    let code = match &end {
        End::Close(close) => Some(close.code),
        End::Left | End::Gone => None,
    };
    tracing::debug!(request.id = id.as_str(), websocket.close = code, operations = started, "WebSocket closed");
    part(socket, end).await;
    drop(slot);
}

/// Says why, and waits for the client to have read it: a connection closed with unread bytes is reset,
/// and what was sent last is lost.
async fn part(mut socket: WebSocket, end: End) {
    let farewell = async move {
        match end {
            End::Gone => return,
            End::Left => {}
            End::Close(close) => {
                let frame = CloseFrame { code: close.code, reason: close.reason().into() };
                if socket.send(Message::Close(Some(frame))).await.is_err() {
                    return;
                }
            }
        }
        while let Some(Ok(_)) = socket.recv().await {}
    };
    let _whether_in_time = timeout(PARTING, farewell).await;
}

/// The first tick comes after one period. A period of zero would have no end.
fn every(period: Duration) -> Interval {
    let period = period.max(Duration::from_millis(10));
    let mut interval = tokio::time::interval_at(tokio::time::Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

impl Conversation {
    fn options(&self) -> &WebSocketOptions {
        &self.shared.state.options.websocket
    }

    async fn run(&mut self, waiting: &mut mpsc::Receiver<Event>, going_down: &mut watch::Receiver<bool>) -> End {
        let mut ping = every(self.options().ping_interval);
        let mut recheck = every(self.options().recheck_interval);
        let mut init_by = every(self.options().init_timeout);
        loop {
            let step = tokio::select! {
                incoming = self.socket.recv() => self.hear(incoming).await,
                Some(event) = waiting.recv() => self.pass_on(event).await,
                _ = ping.tick() => self.keep_alive().await,
                _ = recheck.tick(), if self.caller.is_some() && self.token.is_some() => self.recheck().await,
                _ = init_by.tick(), if self.caller.is_none() => Err(Close::INIT_TIMEOUT.into()),
                () = stopping(going_down) => Err(Close::GOING_AWAY.into()),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, incoming: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match incoming {
            Some(Ok(Message::Text(text))) => {
                if text.len() > self.options().message_bytes {
                    return Err(Close::TOO_LONG.into());
                }
                self.answer(protocol::parse(&text)?).await
            }
            Some(Ok(Message::Binary(_))) => Err(Close::invalid("Invalid message: binary").into()),
            // The library answers pings by itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Close(_))) => Err(End::Left),
            Some(Err(fault)) => {
                tracing::debug!(%fault, "WebSocket broken");
                Err(Close::BROKEN.into())
            }
            None => Err(End::Gone),
        }
    }

    async fn answer(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::Init { payload } => self.init(payload.as_ref()).await,
            ClientMessage::Ping { payload } => self.say(protocol::pong(payload.as_ref())).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, parameters } => self.subscribe(id, parameters).await,
            ClientMessage::Complete { id } => {
                self.running.remove(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: Option<&async_graphql::Value>) -> Result<(), End> {
        if self.caller.is_some() {
            return Err(Close::TOO_MANY_INITS.into());
        }
        let introduction = Introduction::read(payload)?;
        if let Some(token) = introduction.token {
            self.token = Some(token.to_owned());
        }
        self.language = introduction.language.unwrap_or(self.language);
        let refused = match look_up(&self.shared, &self.id, self.token.as_deref()).await {
            Some(Ok(caller)) => {
                self.caller = Some(caller);
                return self.write(Message::text(protocol::CONNECTION_ACK)).await;
            }
            Some(Err(ErrorCode::Unauthenticated | ErrorCode::Forbidden)) => Close::FORBIDDEN,
            Some(Err(ErrorCode::Unavailable)) | None => Close::UNAVAILABLE,
            Some(Err(_)) => Close::INTERNAL,
        };
        Err(refused.into())
    }

    /// A sign-in that has ended ends the connection, and so do other roles than those by which the running
    /// subscriptions were let in. Trouble on our side does not.
    async fn recheck(&mut self) -> Result<(), End> {
        let found = look_up(&self.shared, &self.id, self.token.as_deref()).await;
        match (found, &self.caller) {
            (Some(Err(ErrorCode::Unauthenticated)), _) => Err(Close::FORBIDDEN.into()),
            (Some(Ok(Caller::Person(now))), Some(Caller::Person(before))) if !is_same(&now, before) => {
                Err(Close::ROLES_CHANGED.into())
            }
            _ => Ok(()),
        }
    }

    async fn subscribe(&mut self, id: String, parameters: Parameters) -> Result<(), End> {
        let Some(caller) = self.caller.clone() else { return Err(Close::UNAUTHORIZED.into()) };
        if self.running.contains_key(&id) {
            return Err(Close::already_exists(&id).into());
        }
        let request_id = self.shared.state.app.clock.new_id().to_string();
        if let Err(fault) = self.make_room(&caller) {
            let errors = [fault.error(self.language, &request_id)];
            return self.say(protocol::error(&id, &errors)).await;
        }
        self.started += 1;
        let context =
            RequestContext { caller, language: self.language, request_id, statements: StatementCounter::default() };
        let order = Order { id: id.clone(), serial: self.started, parameters, context };
        let stop = operation::start(&self.shared, order, self.events.clone());
        self.running.insert(id, Running { serial: self.started, _stop: stop });
        Ok(())
    }

    /// Whether one more operation may run.
    fn make_room(&self, caller: &Caller) -> Result<(), Fault> {
        let limit = self.options().subscriptions;
        if self.running.len() >= limit {
            return Err(too_many(limit));
        }
        self.shared.rate.take(Key::of(caller, self.remote), Instant::now()).map_err(Fault::rate_limited)
    }

    /// Sends what an operation has to say, unless the client has completed it meanwhile.
    async fn pass_on(&mut self, event: Event) -> Result<(), End> {
        if self.running.get(&event.id).is_none_or(|running| running.serial != event.serial) {
            return Ok(());
        }
        if event.last {
            // Before the client hears of it, for it may use the id again at once.
            self.running.remove(&event.id);
        }
        self.write(Message::text(event.text)).await
    }

    async fn keep_alive(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > self.options().silence_timeout {
            return Err(Close::SILENT.into());
        }
        self.write(Message::Ping(Bytes::new())).await
    }

    async fn say(&mut self, text: Result<String, serde_json::Error>) -> Result<(), End> {
        match text {
            Ok(text) => self.write(Message::text(text)).await,
            Err(fault) => {
                tracing::error!(%fault, "a message can't be put into JSON");
                Err(Close::INTERNAL.into())
            }
        }
    }

    /// While a message is on its way nothing else happens here, so a client that does not take it must go.
    async fn write(&mut self, message: Message) -> Result<(), End> {
        let patience = self.options().write_timeout;
        match timeout(patience, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_broken)) => Err(End::Gone),
            Err(_elapsed) => Err(Close::TOO_SLOW.into()),
        }
    }
}

/// Who stands behind the token now, or the code of the error; None where nobody could say in time.
async fn look_up(shared: &Shared, id: &str, token: Option<&str>) -> Option<Result<Caller, ErrorCode>> {
    let found = timeout(PATIENCE, identify(&shared.state.app, token)).await.ok()?;
    Some(found.map_err(|error| {
        error.log(id);
        error.code
    }))
}

/// Whether somebody may still do and see what he could before.
fn is_same(now: &SignedIn, before: &SignedIn) -> bool {
    fn equal<T: PartialEq>(these: &[T], those: &[T]) -> bool {
        these.len() == those.len() && these.iter().all(|one| those.contains(one))
    }
    equal(&now.grants, &before.grants) && equal(&now.programmes, &before.programmes)
}

fn too_many(limit: usize) -> Fault {
    let message = i18n::Message::new("http-too-many-subscriptions").with("limit", limit);
    Fault::new(axum::http::StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, message)
}
