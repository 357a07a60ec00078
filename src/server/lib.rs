//! The server: GraphQL over HTTP and over WebSocket, health, the public keys, and the limits around them.
//!
//! - `graphql_http` and `websocket` are the two transports; `parameters` reads what both carry.
//! - `dcat` exports the public datasets of the catalogue, for whoever harvests it.
//! - `frame` stands around every request: its id, its language, its headers, its log line.
//! - `listen` accepts connections and lets them finish; `rate` and `body` hold the limits.
//!
//! Everything behind a transport runs in its own task, so that a client that hangs up never drops a
//! transaction half way. Imports run one way: nothing below this room knows of it.

mod accept;
mod answer;
mod body;
mod caller;
mod cors;
mod dcat;
mod frame;
mod graphql_http;
mod health;
mod jwks;
mod listen;
mod options;
mod parameters;
mod rate;
pub mod telemetry;
mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

pub use options::{ServerOptions, WebSocketOptions};

use api::schema::Api;
use kit::app::App;

/// What the server serves, and within which limits.
pub struct ServerState {
    /// The application.
    pub app: Arc<App>,
    /// The schema behind its gate.
    pub api: Api,
    /// The limits.
    pub options: ServerOptions,
}

/// What all requests of one server share.
struct Shared {
    state: Arc<ServerState>,
    rate: rate::RateLimit,
    /// Queries and mutations that may be executed at once.
    executions: Arc<Semaphore>,
    /// WebSockets that may be open at once.
    sockets: Arc<Semaphore>,
    probe: health::Probe,
    /// True once the server is to stop. Whatever has to be waited for holds a receiver.
    going_down: watch::Sender<bool>,
}

impl Shared {
    fn new(state: Arc<ServerState>) -> Arc<Shared> {
        let options = &state.options;
        let slots = |wanted: usize| Arc::new(Semaphore::new(wanted.min(Semaphore::MAX_PERMITS)));
        Arc::new(Shared {
            rate: rate::RateLimit::new(options.requests_per_minute, options.request_burst),
            executions: slots(options.concurrent_requests),
            sockets: slots(options.websocket.connections),
            probe: health::Probe::default(),
            going_down: watch::Sender::new(false),
            state,
        })
    }
}

/// Resolves once the server is to stop.
async fn stopping(going_down: &mut watch::Receiver<bool>) {
    // An error means that the server is gone altogether.
    let _stopped = going_down.wait_for(|down| *down).await;
}

/// The routes, for a server that is started elsewhere. That server should put the peer's address into
/// each request as `axum::extract::ConnectInfo<SocketAddr>`, for strangers are told apart by it.
pub fn router(state: Arc<ServerState>) -> Router {
    routes(&Shared::new(state))
}

/// Compresses what is worth it, for clients that ask: below a kilobyte the headers weigh more than what is saved.
fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(1_024))
}

fn routes(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/graphql", any(graphql_http::handle))
        .route("/graphql/ws", any(websocket::upgrade))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/.well-known/jwks.json", get(jwks::jwks))
        .route("/dcat/catalog.jsonld", get(dcat::only_catalogue))
        .route("/dcat/dataset/{identifier}", get(dcat::only_dataset))
        .route("/dcat/{programme}/catalog.jsonld", get(dcat::catalogue))
        .route("/dcat/{programme}/dataset/{identifier}", get(dcat::dataset))
        .method_not_allowed_fallback(answer::get_only)
        .fallback(answer::no_such_path)
        .layer(compression())
        .layer(from_fn_with_state(Arc::clone(shared), frame::frame))
        .with_state(Arc::clone(shared))
}

/// Serves until `shutdown` resolves. Then no new connection is taken, WebSockets are told 1001 (RFC 6455,
/// 7.4.1), and requests under way have [`ServerOptions::shutdown_grace`] to finish.
///
/// # Errors
/// None so far; trouble with a single connection is not an error of the server.
pub async fn serve(
    listener: TcpListener,
    state: Arc<ServerState>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let grace = state.options.shutdown_grace;
    let shared = Shared::new(state);
    // In a box, so that the loop is compiled here, once, and not where somebody serves.
    listen::accept_until(listener, &shared, routes(&shared), Box::pin(shutdown)).await;
    tracing::info!(tasks = shared.going_down.receiver_count(), "shutting down");
    shared.going_down.send_replace(true);
    if tokio::time::timeout(grace, shared.going_down.closed()).await.is_err() {
        tracing::warn!(
            tasks = shared.going_down.receiver_count(),
            grace_s = grace.as_secs_f64(),
            "the grace period is over and not everything has finished"
        );
    }
    Ok(())
}
