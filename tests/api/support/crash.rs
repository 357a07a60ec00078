//! The real program as a process of its own, which a test may kill.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::template::PASSWORD;
use super::{Client, Database, Engine};

/// A server that runs by the machine's clock, on a copy of the template.
pub struct Process {
    child: Child,
    address: SocketAddr,
    http: reqwest::Client,
    database: Database,
}

impl Process {
    /// Starts the program and waits until it listens.
    pub async fn start(engine: Engine) -> Process {
        let database = Database::copy(engine).await;
        let (child, address) = launch(&database, (Ipv4Addr::LOCALHOST, 0).into()).await;
        Process { child, address, http: Client::http(), database }
    }

    /// SIGKILL: the program learns nothing of it.
    pub fn kill(&mut self) {
        self.child.kill().expect("the process is killed");
        self.child.wait().expect("the process has ended");
    }

    /// Kills the program if it still runs, and starts it on the same data and address.
    pub async fn restart(&mut self) {
        self.kill();
        (self.child, self.address) = launch(&self.database, self.address).await;
    }

    /// Somebody who did not sign in.
    pub fn stranger(&self) -> Client {
        Client::stranger(&self.http, format!("http://{}", self.address))
    }

    /// Signs in whoever has an account of this name.
    pub async fn person(&self, username: &str) -> Client {
        self.stranger().sign_in(username, PASSWORD).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _may_have_ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

async fn launch(database: &Database, listen: SocketAddr) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_reform-api"))
        .args(["serve", "--listen", &listen.to_string(), "--database-url", database.url(), "--data-dir"])
        .arg(database.directory())
        // The settings of whoever runs the tests are not the test's.
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (sender, mut lines) = unbounded_channel();
    forward(child.stdout.take().expect("stdout is piped"), sender.clone());
    forward(child.stderr.take().expect("stderr is piped"), sender);
    let mut told = String::new();
    loop {
        match timeout(Duration::from_secs(60), lines.recv()).await {
            Ok(Some(line)) => match address_in(&line) {
                Some(address) => return (child, address),
                None => told.extend([line.as_str(), "\n"]),
            },
            ended_or_late => {
                let _may_have_ended = child.kill();
                let _reaped = child.wait();
                let what = if ended_or_late.is_ok() { "ended" } else { "did not listen in time" };
                panic!("the program {what}:\n{told}");
            }
        }
    }
}

/// Reads to the end, listened to or not: a program whose pipe is full stands still.
fn forward(pipe: impl Read + Send + 'static, lines: UnboundedSender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _nobody_listens = lines.send(line);
        }
    });
}

fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, address) = line.split_once("listening on http://")?;
    let end = address.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(address.len());
    address[..end].trim_end_matches('.').parse().ok()
}
