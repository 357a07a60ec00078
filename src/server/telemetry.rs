//! The log: how it is set up, and the one line that every request leaves in it. Never in it: tokens,
//! bodies, variables.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use axum::http::{Method, StatusCode};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use gate::Admitted;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people
    #[default]
    Text,
    /// One JSON object per line, for a log server
    Json,
}

/// The crates of this program, which `reform_api` in a filter stands for.
const ROOMS: [&str; 16] = [
    "access",
    "api",
    "apparatus",
    "base",
    "digital",
    "finance",
    "forms",
    "gate",
    "kernel",
    "kit",
    "legal",
    "migration",
    "procedures",
    "server",
    "spending",
    "templates",
];

/// A filter in which `reform_api=debug` reaches every crate of the program.
fn spelled_out(filter: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for directive in filter.split(',') {
        all.push(directive.to_owned());
        let rest = directive.trim().strip_prefix("reform_api").filter(|rest| rest.is_empty() || rest.starts_with('='));
        all.extend(rest.into_iter().flat_map(|rest| ROOMS.iter().map(move |room| format!("{room}{rest}"))));
    }
    all.join(",")
}

/// Sets the log up: to standard error, what `filter` lets through (`info`, `reform_api=debug,sqlx=warn`, `server=debug`).
/// Parts of the filter that can't be read are left out. A second call changes nothing.
pub fn init(format: LogFormat, filter: &str) {
    let filter = spelled_out(filter);
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(filter);
    let log = tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let outcome = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init(),
    };
    if let Err(cause) = outcome {
        tracing::debug!(%cause, "the log was set up before");
    }
}

/// The operation that a request turned out to carry.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    pub name: Option<String>,
    pub kind: &'static str,
}

impl Operation {
    pub fn of(admitted: &mut Admitted) -> Operation {
        let kind = match admitted.operation {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        // The gate has left no other operation in the document.
        let document = admitted.request.parsed_query().ok();
        let name = document.and_then(|document| document.operations.iter().next()?.0);
        Operation { name: name.map(|name| name.chars().take(100).collect()), kind }
    }
}

/// What a handler knows about its request and the log wants to. It travels in the answer's extensions.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    pub caller: Option<&'static str>,
    pub operation: Option<Operation>,
    pub statements: Option<u32>,
}

/// A request's line in the log, written when it ends, however it ends.
pub(super) struct RequestLine {
    started: Instant,
    method: Method,
    route: String,
    id: String,
    ended: bool,
}

impl RequestLine {
    pub fn begin(method: Method, route: String, id: String) -> RequestLine {
        RequestLine { started: Instant::now(), method, route, id, ended: false }
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn end(mut self, status: StatusCode, trace: &Trace) {
        self.ended = true;
        // Probes come every few seconds and would drown everything else.
        if !(status.is_success() && matches!(self.route.as_str(), "/healthz" | "/readyz")) {
            self.write(status.as_u16(), trace);
        }
    }

    fn write(&self, status: u16, trace: &Trace) {
        let operation = trace.operation.as_ref();
        tracing::info!(
            target: "reform_api::request", {
            request.id = self.id.as_str(),
            http.method = self.method.as_str(),
            http.route = self.route.as_str(),
            http.status = status,
            duration_ms = milliseconds(self.elapsed()),
            caller.kind = trace.caller,
            graphql.operation.name = operation.and_then(|operation| operation.name.as_deref()),
            graphql.operation.kind = operation.map(|operation| operation.kind),
            sql.statements = trace.statements,
            }, "request"
        );
    }
}

impl Drop for RequestLine {
    /// The client hung up and nobody waits for the answer. What it asked for still runs to its end.
    fn drop(&mut self) {
        if !self.ended {
            self.write(499, &Trace::default());
        }
    }
}

/// The line of an operation that came over a WebSocket.
pub(super) fn socket_operation(request_id: &str, trace: &Trace, elapsed: Duration) {
    let operation = trace.operation.as_ref();
    tracing::info!(
        target: "reform_api::request", {
        request.id = request_id,
        http.route = "/graphql/ws",
        duration_ms = milliseconds(elapsed),
        caller.kind = trace.caller,
        graphql.operation.name = operation.and_then(|operation| operation.name.as_deref()),
        graphql.operation.kind = operation.map(|operation| operation.kind),
        sql.statements = trace.statements,
        }, "operation"
    );
}

/// To a tenth.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_name_stands_for_all_its_crates() {
        let spelled = spelled_out("info,reform_api=debug,sqlx=warn");
        assert!(
            spelled.starts_with("info,reform_api=debug,access=debug,api=debug,") && spelled.ends_with(",sqlx=warn")
        );
        assert_eq!(spelled_out("info,reform_api::request=off"), "info,reform_api::request=off");
    }
}
