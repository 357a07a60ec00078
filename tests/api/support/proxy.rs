//! A network between a server and PostgreSQL that a test may cut.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the network fails for connections to come. Those that stand are dropped either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// They are closed at once.
    Refusing,
    /// They open, and nobody answers.
    Hanging,
}

/// The network: it carries until it is cut, and again when it is restored.
pub struct Proxy {
    url: Url,
    cut: watch::Sender<Option<Cut>>,
    /// Held by every connection that is carried.
    carried: Arc<()>,
}

impl Proxy {
    /// Stands before the PostgreSQL server of a URL.
    pub async fn before(database_url: &str) -> Proxy {
        let mut url = Url::parse(database_url).expect("a URL");
        let upstream = (url.host_str().expect("a host").to_owned(), url.port().unwrap_or(5432));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("a listener has an address");
        url.set_host(Some("127.0.0.1")).expect("a host can be set");
        url.set_port(Some(address.port())).expect("a port can be set");
        let proxy = Proxy { url, cut: watch::Sender::new(None), carried: Arc::new(()) };
        let (cut, carried) = (proxy.cut.subscribe(), Arc::clone(&proxy.carried));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(Arc::clone(&carried), client, upstream.clone(), cut.clone()));
            }
        });
        proxy
    }

    /// The database's URL on this side of the network.
    pub fn url(&self) -> String {
        self.url.to_string()
    }

    /// Cuts the network. When this returns, no connection stands any more.
    pub async fn cut(&self, how: Cut) {
        self.cut.send_replace(Some(how));
        // Two hold it without being a connection: this proxy, and its listener.
        while Arc::strong_count(&self.carried) > 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets new connections through.
    pub fn restore(&self) {
        self.cut.send_replace(None);
    }
}

async fn carry(
    carried: Arc<()>,
    mut client: TcpStream,
    upstream: (String, u16),
    mut cut: watch::Receiver<Option<Cut>>,
) {
    let state = *cut.borrow_and_update();
    if let Some(how) = state {
        drop(carried);
        if how == Cut::Hanging {
            let _restored = cut.changed().await;
        }
        return;
    }
    let through = async {
        let mut server = TcpStream::connect(upstream).await?;
        copy_bidirectional(&mut client, &mut server).await
    };
    tokio::select! {
        biased;
        _ = cut.changed() => {}
        _ = through => {}
    }
    drop(client);
    drop(carried);
}
