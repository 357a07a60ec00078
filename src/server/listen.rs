//! Connections: taken one by one, each with its own task, and let finish when the server is to stop.
//!
//! HTTP/1.1 only, by hyper itself rather than `axum::serve`, which has no time limits. The server stands
//! behind a reverse proxy, which ends TLS and HTTP/2.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::Service;

use super::{Shared, stopping};

/// How long to wait when the system has no more sockets to give.
const BREATH: Duration = Duration::from_secs(1);

/// Takes connections until `shutdown` resolves.
pub(super) async fn accept_until(
    listener: TcpListener,
    shared: &Arc<Shared>,
    router: Router,
    mut shutdown: BoxFuture<'static, ()>,
) {
    let options = &shared.state.options;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    http.header_read_timeout(options.header_timeout);
    http.max_header_size(options.header_bytes);
    let slots = Arc::new(Semaphore::new(options.connections.min(Semaphore::MAX_PERMITS)));
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await.map_err(io::Error::other)?;
            let (stream, remote) = listener.accept().await?;
            Ok::<_, io::Error>((slot, stream, remote))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            () = &mut shutdown => return,
        };
        match accepted {
            Ok((slot, stream, remote)) => {
                let connection = Connection { remote, router: router.clone(), slot };
                tokio::spawn(connection.serve(stream, http.clone(), shared.going_down.subscribe()));
            }
            Err(fault) if is_of_one_connection(&fault) => {}
            Err(fault) => {
                tracing::error!(%fault, "no connection can be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// The client was gone before it was accepted.
fn is_of_one_connection(fault: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(fault.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Connection {
    remote: SocketAddr,
    router: Router,
    /// Given back when the connection ends, or becomes a WebSocket, which has limits of its own.
    slot: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(self, stream: TcpStream, http: http1::Builder, mut going_down: watch::Receiver<bool>) {
        let Connection { remote, router, slot } = self;
        // Answers are written whole; waiting to fill a packet would only delay them.
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "TCP_NODELAY can't be set");
        }
        let service = service_fn(move |request| answer(router.clone(), remote, request));
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let mut told = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(fault) = ended {
                        tracing::debug!(%fault, %remote, "connection ended early");
                    }
                    break;
                }
                () = stopping(&mut going_down), if !told => {
                    told = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        drop(slot);
    }
}

async fn answer(
    mut router: Router,
    remote: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(remote));
    router.call(request).await
}
