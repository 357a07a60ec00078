//! What the server lets through, and how long it waits.

use std::time::Duration;

/// The limits of the server. The defaults suit one ward behind a reverse proxy, with room to spare.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Bytes of a request's body; more is 413.
    pub body_bytes: usize,
    /// Bytes of a request's first line and headers together; more is 431.
    pub header_bytes: usize,
    /// How long a client may take to send a request's headers, and how long a connection may lie idle
    /// between two requests. Longer than a reverse proxy keeps its idle connections (60 s in nginx), so
    /// that the proxy never sends into a connection that is just being closed.
    pub header_timeout: Duration,
    /// How long a client may take to send a request's body; longer is 408.
    pub body_timeout: Duration,
    /// How long a client waits for a query or a mutation; longer is 503. The work itself goes on to its
    /// end, for half a transaction helps nobody.
    pub request_timeout: Duration,
    /// TCP connections open at once; more wait in the system's queue.
    pub connections: usize,
    /// Queries and mutations executed at once; more is 503 at once.
    pub concurrent_requests: usize,
    /// Requests per minute of one sign-in, or of one address for strangers; more is 429. Zero switches
    /// the limit off.
    pub requests_per_minute: u32,
    /// Requests of one caller that may come at once before `requests_per_minute` is felt.
    pub request_burst: u32,
    /// Whether the last address in `X-Forwarded-For` is the client's. Only for a server that nobody can
    /// reach but by a proxy that sets this header.
    pub trust_forwarded_for: bool,
    /// Origins (`https://dashboard.example.vn`) whose pages may use the API in a browser; none by
    /// default. Pages of the server's own host need no entry.
    pub allowed_origins: Vec<String>,
    /// The address under which the world reaches the server, without a slash at its end. What is exported names itself by it.
    pub public_url: String,
    /// How long requests under way may take to finish once the server is to stop.
    pub shutdown_grace: Duration,
    /// The limits of WebSockets.
    pub websocket: WebSocketOptions,
}

impl Default for ServerOptions {
    fn default() -> ServerOptions {
        ServerOptions {
            body_bytes: 2 * 1024 * 1024,
            header_bytes: 64 * 1024,
            header_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(60),
            connections: 4_096,
            concurrent_requests: 512,
            requests_per_minute: 600,
            request_burst: 200,
            trust_forwarded_for: false,
            allowed_origins: Vec::new(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            shutdown_grace: Duration::from_secs(20),
            websocket: WebSocketOptions::default(),
        }
    }
}

/// The limits of WebSockets.
#[derive(Debug, Clone)]
pub struct WebSocketOptions {
    /// WebSockets open at once; more is 503 at the upgrade.
    pub connections: usize,
    /// Operations running at once on one WebSocket; one more is answered with `error`.
    pub subscriptions: usize,
    /// Bytes of a message from the client; more closes with 1009.
    pub message_bytes: usize,
    /// How long a client may take to send `connection_init`; longer closes with 4408.
    pub init_timeout: Duration,
    /// How often the server pings.
    pub ping_interval: Duration,
    /// How long a client may stay silent, pongs included; longer closes.
    pub silence_timeout: Duration,
    /// How long a client may take to take one message; longer closes with 1013.
    pub write_timeout: Duration,
    /// How often the client's sign-in is checked again; when it has ended, the server closes with 4403.
    pub recheck_interval: Duration,
}

impl Default for WebSocketOptions {
    fn default() -> WebSocketOptions {
        WebSocketOptions {
            connections: 1_000,
            subscriptions: 20,
            message_bytes: 128 * 1024,
            init_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(25),
            silence_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(10),
            recheck_interval: Duration::from_secs(10),
        }
    }
}
