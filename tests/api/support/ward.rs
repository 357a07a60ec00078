//! A ward: a server in this process, with a database, a clock and accounts of its own.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use access::token::Keys;
use chrono::{DateTime, Utc};
use kernel::clock::Clock;
use kit::app::{App, TokenLifetimes};
use kit::db::{Db, DbOptions};
use server::{ServerOptions, ServerState, serve};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use super::template::{self, PASSWORD};
use super::{Client, Database, Engine, Proxy};

/// A ward on its own.
pub struct Ward {
    server: Server,
    foundation: Foundation,
    http: reqwest::Client,
    /// Who has signed in, and until when his token holds.
    signed_in: Mutex<HashMap<String, (Client, DateTime<Utc>)>>,
    database: Database,
}

/// What outlives a restart of the server.
struct Foundation {
    /// The way to the database, which may lead through a proxy.
    database_url: String,
    database: DbOptions,
    clock: Clock,
    signing_key: String,
}

struct Server {
    state: Arc<ServerState>,
    address: SocketAddr,
    stop: Arc<Notify>,
    task: JoinHandle<io::Result<()>>,
}

impl Ward {
    /// A ward on the morning of 20 September 2026, whose server lets a test ask as fast as it can.
    pub async fn start(engine: Engine) -> Ward {
        let options = ServerOptions { requests_per_minute: 0, ..ServerOptions::default() };
        Ward::start_with(engine, options).await
    }

    /// The same, with a server that is set otherwise.
    pub async fn start_with(engine: Engine, options: ServerOptions) -> Ward {
        let database = Database::copy(engine).await;
        let url = database.url().to_owned();
        // Many wards run side by side, and a cluster takes so many connections and no more.
        let connections = DbOptions { connections: 6, ..DbOptions::default() };
        Ward::on(database, url, connections, options).await
    }

    /// A ward on PostgreSQL, with a network between them that can be cut.
    pub async fn start_behind_proxy() -> (Ward, Proxy) {
        let database = Database::copy(Engine::Postgres).await;
        let proxy = Proxy::before(database.url()).await;
        // A test has no patience for a network that it cut itself.
        let impatient = DbOptions { acquire_timeout: Duration::from_secs(2), ..DbOptions::default() };
        let ward = Ward::on(database, proxy.url(), impatient, ServerOptions::default()).await;
        (ward, proxy)
    }

    async fn on(database: Database, database_url: String, connections: DbOptions, options: ServerOptions) -> Ward {
        let (_, signing_key) = Keys::generate().expect("a signing key");
        let clock = Clock::manual(template::morning());
        let foundation = Foundation { database_url, database: connections, clock, signing_key };
        let server = Server::start(&foundation, options, (Ipv4Addr::LOCALHOST, 0).into()).await;
        Ward { server, foundation, http: Client::http(), signed_in: Mutex::default(), database }
    }

    /// Stops the server and starts another on the same database, clock and address.
    pub async fn restart(&mut self) {
        self.server.stop().await;
        let options = self.server.state.options.clone();
        self.server = Server::start(&self.foundation, options, self.server.address).await;
    }

    /// The server's URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The state of the server that runs now.
    pub fn app(&self) -> &Arc<App> {
        &self.server.state.app
    }

    /// The clock, which stands still until it is set.
    pub fn clock(&self) -> &Clock {
        &self.foundation.clock
    }

    /// Where the database is, without any proxy.
    pub async fn database_url(&self) -> String {
        self.database.url().to_owned()
    }

    /// Somebody who did not sign in.
    pub fn stranger(&self) -> Client {
        Client::stranger(&self.http, self.url())
    }

    /// Whoever has an account of this name. Signs in when he is first asked for, and again when the clock
    /// was moved past the end of his token.
    pub async fn person(&self, username: &str) -> Client {
        let mut signed_in = self.signed_in.lock().await;
        let now = self.clock().now();
        if let Some((client, until)) = signed_in.get(username)
            && now < *until
        {
            return client.clone();
        }
        let client = self.stranger().sign_in(username, PASSWORD).await;
        signed_in.insert(username.to_owned(), (client.clone(), now + self.app().lifetimes.access));
        client
    }

    /// The officer of a unit: UNIT_OFFICER.
    pub async fn officer(&self, unit: &str) -> Client {
        self.person(&format!("{}.officer", unit.to_lowercase())).await
    }

    /// The head of a unit: UNIT_HEAD.
    pub async fn head(&self, unit: &str) -> Client {
        self.person(&format!("{}.head", unit.to_lowercase())).await
    }

    /// STANDING_BODY of the ward.
    pub async fn standing_body(&self) -> Client {
        self.person("standing").await
    }

    /// CHAIR of the ward.
    pub async fn chair(&self) -> Client {
        self.person("chair").await
    }

    /// FINANCE_DEPT of the ward.
    pub async fn finance(&self) -> Client {
        self.person("finance").await
    }

    /// ONE_STOP of the ward.
    pub async fn one_stop(&self) -> Client {
        self.person("onestop").await
    }

    /// PUBLIC_SERVICE_CENTRE.
    pub async fn public_service_centre(&self) -> Client {
        self.person("psc").await
    }

    /// OVERSIGHT of the ward.
    pub async fn oversight(&self) -> Client {
        self.person("mttq").await
    }

    /// UPPER_LEVEL: the city.
    pub async fn upper_level(&self) -> Client {
        self.person("city").await
    }

    /// ANALYTICS on the ward.
    pub async fn analytics(&self) -> Client {
        self.person("analytics").await
    }

    /// ADMIN of the ward.
    pub async fn admin(&self) -> Client {
        self.person("admin").await
    }
}

impl Server {
    async fn start(foundation: &Foundation, options: ServerOptions, address: SocketAddr) -> Server {
        let db = Db::connect(&foundation.database_url, &foundation.database).await.expect("the database opens");
        let keys = Keys::from_pem(&foundation.signing_key).expect("the signing key is read");
        let app = Arc::new(api::app(db, foundation.clock.clone(), keys, TokenLifetimes::default()));
        let api = api::schema::build(&app).expect("the schema is sound");
        let state = Arc::new(ServerState { app, api, options });
        let listener = TcpListener::bind(address).await.expect("the address is free");
        let address = listener.local_addr().expect("a listener has an address");
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(serve(listener, Arc::clone(&state), async move { stopped.notified().await }));
        Server { state, address, stop, task }
    }

    async fn stop(&mut self) {
        self.stop.notify_one();
        let ended = tokio::time::timeout(Duration::from_secs(60), &mut self.task).await;
        ended.expect("the server stops when it is told to").expect("it does not panic").expect("nor does it fail");
        self.state.app.db.clone().close().await.expect("the database closes");
    }
}
