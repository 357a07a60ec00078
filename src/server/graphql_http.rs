//! GraphQL over HTTP, as the draft of that name has it (<https://graphql.github.io/graphql-over-http/>).

use std::sync::Arc;

use async_graphql::Response as GraphqlResponse;
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::accept::{MediaType, negotiate};
use super::answer::{self, Fault};
use super::caller::{self, RequestInfo};
use super::parameters::Parameters;
use super::telemetry::{Operation, Trace};
use super::{ServerState, Shared, body};
use access::request::RequestContext;
use api::schema as graphql;
use gate::Refusal;
use kernel::error::{ApiError, ErrorCode};
use kernel::i18n::Message;

/// Why nothing was executed.
enum Stop {
    /// The transport says no.
    Fault(Fault),
    /// The gate says no.
    Refusal(Refusal),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

/// `/graphql`, with any method.
pub(super) async fn handle(
    State(shared): State<Arc<Shared>>,
    Extension(info): Extension<RequestInfo>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let media = negotiate(&accepted(&parts.headers));
    let mut trace = Trace::default();
    let outcome = match wanted(&shared, &info, &parts, body, media).await {
        Ok((parameters, context)) => {
            let by_get = parts.method == Method::GET;
            run(&shared, parameters, context, by_get, &mut trace).await
        }
        Err(fault) => Err(Stop::Fault(fault)),
    };
    let media = media.unwrap_or(MediaType::Json);
    let mut response = match outcome {
        Ok(executed) => answer::executed(&executed, media, &info),
        Err(Stop::Refusal(refusal)) => answer::refused(&refusal, media, &info),
        Err(Stop::Fault(fault)) => fault.answer(media, &info),
    };
    response.extensions_mut().insert(trace);
    response
}

/// All `Accept` headers as one (RFC 9110, 5.3).
fn accepted(headers: &HeaderMap) -> String {
    let lines: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    lines.join(",")
}

/// What the client wants, and who it is.
async fn wanted(
    shared: &Shared,
    info: &RequestInfo,
    parts: &Parts,
    body: Body,
    media: Option<MediaType>,
) -> Result<(Parameters, RequestContext), Fault> {
    // Nothing of the body is read for a request that its headers already rule out.
    let context = match check(shared, info, parts, media).await {
        Ok(context) => context,
        Err(fault) => {
            body::let_go(body, &parts.headers);
            return Err(fault);
        }
    };
    let parameters = if parts.method == Method::GET {
        Parameters::from_uri(&parts.uri)
    } else {
        let options = &shared.state.options;
        Parameters::from_json(&body::read(body, options.body_bytes, options.body_timeout).await?)
    };
    Ok((parameters.map_err(Fault::bad_request)?, context))
}

async fn check(
    shared: &Shared,
    info: &RequestInfo,
    parts: &Parts,
    media: Option<MediaType>,
) -> Result<RequestContext, Fault> {
    if parts.method != Method::GET && parts.method != Method::POST {
        return Err(Fault::method("GET, POST", Message::new("http-method")));
    }
    if media.is_none() {
        let message = Message::new("http-not-acceptable");
        return Err(Fault::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadRequest, message));
    }
    if parts.method == Method::POST {
        body::check(&parts.headers, shared.state.options.body_bytes)?;
    }
    caller::context(shared, info, &parts.headers).await
}

/// Admits and executes in a task of its own, which runs to its end whoever hangs up, and in which a panic
/// takes nothing else with it.
async fn run(
    shared: &Shared,
    parameters: Parameters,
    context: RequestContext,
    by_get: bool,
    trace: &mut Trace,
) -> Result<GraphqlResponse, Stop> {
    let Ok(slot) = Arc::clone(&shared.executions).try_acquire_owned() else {
        return Err(Fault::busy().into());
    };
    trace.caller = Some(context.caller.kind());
    let (request_id, statements) = (context.request_id.clone(), context.statements.clone());
    let held = (slot, shared.going_down.subscribe());
    let state = Arc::clone(&shared.state);
    let task = tokio::spawn(async move {
        let _held = held;
        carry_out(&state, parameters, context, by_get).await
    });
    let finished = tokio::time::timeout(shared.state.options.request_timeout, task).await;
    trace.statements = Some(statements.get());
    match finished {
        Ok(Ok((operation, outcome))) => {
            trace.operation = operation;
            outcome
        }
        Ok(Err(panic)) => Err(Fault::of(&ApiError::internal(panic), &request_id).into()),
        Err(_elapsed) => Err(too_slow().into()),
    }
}

async fn carry_out(
    state: &ServerState,
    parameters: Parameters,
    context: RequestContext,
    by_get: bool,
) -> (Option<Operation>, Result<GraphqlResponse, Stop>) {
    let request = graphql::prepare(parameters.into_request(), &state.app, &context);
    let mut admitted = match state.api.admit(request) {
        Ok(admitted) => admitted,
        Err(refusal) => return (None, Err(Stop::Refusal(refusal))),
    };
    admitted.request = admitted.request.data(rows::Text);
    let operation = Operation::of(&mut admitted);
    let outcome = match admitted.operation {
        // A GET is safe (RFC 9110, 9.2.1): links, previews and prefetching send it unasked.
        OperationType::Mutation | OperationType::Subscription if by_get => {
            let message = Message::new("http-get-is-for-queries").with("kind", operation.kind);
            Err(Fault::method("POST", message).into())
        }
        OperationType::Subscription => Err(Fault::bad_request(Message::new("gate-subscription-needs-stream")).into()),
        OperationType::Query | OperationType::Mutation => {
            Ok(graphql::execute(&state.api, admitted, context, &state.app).await)
        }
    };
    (Some(operation), outcome)
}

fn too_slow() -> Fault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, Message::new("http-timeout"))
        .with_header(RETRY_AFTER, HeaderValue::from_static("5"))
}
