//! Whether the process lives, and whether it can do its work: for whoever starts, stops and balances it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::sync::Mutex;

use super::Shared;
use kit::app::App;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer is good for, so that many probes are one question to the database.
const FRESH: Duration = Duration::from_secs(1);

/// The last answer of the database.
#[derive(Default)]
pub(super) struct Probe(Mutex<Option<(Instant, bool)>>);

impl Probe {
    /// Whether the database answers. Whoever comes while it is being asked waits for that answer.
    async fn answers(&self, app: &Arc<App>) -> bool {
        let mut last = self.0.lock().await;
        if let Some((at, answers)) = *last
            && at.elapsed() < FRESH
        {
            return answers;
        }
        let app = Arc::clone(app);
        let ping = tokio::spawn(async move { app.db.ping().await });
        let answers = matches!(tokio::time::timeout(PATIENCE, ping).await, Ok(Ok(Ok(()))));
        *last = Some((Instant::now(), answers));
        answers
    }
}

/// `GET /healthz`: the process answers, so there is no reason to restart it.
pub(super) async fn live() -> Response {
    status(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// `GET /readyz`: whether requests may be sent here. Not while the database can't be reached, and not any
/// more once the server is about to stop.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    if *shared.going_down.borrow() {
        status(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"stopping"}"#)
    } else if shared.probe.answers(&shared.state.app).await {
        status(StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        tracing::warn!("not ready: the database does not answer");
        status(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"database unreachable"}"#)
    }
}

fn status(status: StatusCode, body: &'static str) -> Response {
    (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
