//! What runs for one `subscribe`: a query, a mutation or a subscription, each in a task of its own.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use async_graphql::parser::types::OperationType;
use async_graphql::{Response as GraphqlResponse, ServerError};
use futures_util::{FutureExt, StreamExt};
use tokio::sync::{mpsc, oneshot};

use super::protocol;
use crate::Shared;
use crate::answer::Fault;
use crate::parameters::Parameters;
use crate::telemetry;
use crate::telemetry::Trace;
use access::request::RequestContext;
use api::schema as graphql;
use gate::Admitted;
use kernel::error::ApiError;

/// A `subscribe` that was taken.
pub(super) struct Order {
    /// The client's id for it.
    pub id: String,
    /// Ours: a client may use its ids again.
    pub serial: u64,
    pub parameters: Parameters,
    pub context: RequestContext,
}

/// A message of an operation on its way to the client.
pub(super) struct Event {
    pub id: String,
    pub serial: u64,
    pub text: String,
    /// Whether nothing more comes of the operation.
    pub last: bool,
}

/// Starts an operation. It stops by itself, and a subscription also when what is returned is dropped; a
/// query or a mutation runs to its end, for half a transaction helps nobody.
pub(super) fn start(shared: &Arc<Shared>, order: Order, events: mpsc::Sender<Event>) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel();
    let shared = Arc::clone(shared);
    let awaited = shared.going_down.subscribe();
    tokio::spawn(async move {
        let _awaited = awaited;
        run(&shared, order, events, stopped).await;
    });
    stop
}

async fn run(shared: &Shared, order: Order, events: mpsc::Sender<Event>, stopped: oneshot::Receiver<()>) {
    let started = Instant::now();
    let Order { id, serial, parameters, context } = order;
    let (request_id, language, statements) = (context.request_id.clone(), context.language, context.statements.clone());
    let voice = Voice { id, serial, events, request_id };
    let mut trace = Trace { caller: Some(context.caller.kind()), ..Trace::default() };
    let work = drive(shared, parameters, context, &voice, stopped, &mut trace);
    if AssertUnwindSafe(work).catch_unwind().await.is_err() {
        let fault = Fault::of(&ApiError::internal("an operation panicked"), &voice.request_id);
        voice.refuse(&[fault.error(language, &voice.request_id)]).await;
    }
    trace.statements = Some(statements.get());
    telemetry::socket_operation(&voice.request_id, &trace, started.elapsed());
}

async fn drive(
    shared: &Shared,
    parameters: Parameters,
    context: RequestContext,
    voice: &Voice,
    stopped: oneshot::Receiver<()>,
    trace: &mut Trace,
) {
    let state = &shared.state;
    let request = graphql::prepare(parameters.into_request(), &state.app, &context);
    let mut admitted = match state.api.admit(request) {
        Ok(admitted) => admitted,
        Err(refusal) => return voice.refuse(&refusal.errors).await,
    };
    trace.operation = Some(telemetry::Operation::of(&mut admitted));
    if admitted.operation == OperationType::Subscription {
        follow(shared, admitted, context, voice, stopped).await;
        return;
    }
    let Ok(_slot) = shared.executions.try_acquire() else {
        return voice.refuse(&[Fault::busy().error(context.language, &voice.request_id)]).await;
    };
    let response = graphql::execute(&state.api, admitted, context, &state.app).await;
    if voice.next(&response).await {
        voice.complete().await;
    }
}

/// Passes on what a subscription gives, until it ends or nobody wants it any more.
async fn follow(
    shared: &Shared,
    admitted: Admitted,
    context: RequestContext,
    voice: &Voice,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut responses = graphql::execute_stream(&shared.state.api, admitted, context, &shared.state.app);
    loop {
        let response = tokio::select! {
            biased;
            _ = &mut stopped => return,
            response = responses.next() => response,
        };
        let Some(response) = response else { break };
        if !voice.next(&response).await {
            return;
        }
    }
    voice.complete().await;
}

/// The way from an operation to its client. When the client takes its messages slowly, operations wait
/// here: nothing is buffered without end.
struct Voice {
    id: String,
    serial: u64,
    events: mpsc::Sender<Event>,
    request_id: String,
}

impl Voice {
    /// False where nobody listens any more, or the rest can't be said.
    async fn next(&self, response: &GraphqlResponse) -> bool {
        let text = protocol::next(&self.id, response);
        let said = text.is_ok();
        self.say(text, false).await && said
    }

    async fn refuse(&self, errors: &[ServerError]) {
        self.say(protocol::error(&self.id, errors), true).await;
    }

    async fn complete(&self) {
        self.say(protocol::complete(&self.id), true).await;
    }

    /// What can't be put into JSON is a fault of ours, and ends the operation for the client.
    async fn say(&self, text: Result<String, serde_json::Error>, last: bool) -> bool {
        let (text, last) = match text {
            Ok(text) => (text, last),
            Err(cause) => {
                ApiError::internal(cause).log(&self.request_id);
                (protocol::complete(&self.id).unwrap_or_default(), true)
            }
        };
        self.events.send(Event { id: self.id.clone(), serial: self.serial, text, last }).await.is_ok()
    }
}
