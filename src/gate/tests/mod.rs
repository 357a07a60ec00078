mod admission;
mod costs;
mod execution;
mod hostile;
mod variables;

use std::sync::{Arc, Mutex};

use async_graphql::{
    Context, Enum, ID, InputObject, InputValueError, InputValueResult, Object, OneofObject, Request, Scalar,
    ScalarType, Schema, SimpleObject, Subscription, ValidationMode, Value, Variables,
};
use futures_util::stream::{self, Stream};

use super::{Admitted, Gate, Limits, Refusal};
use access::Caller;
use access::request::{RequestContext, StatementCounter};
use kernel::error::{ApiError, ErrorCode};
use kernel::i18n::Language;

/// What the mutations of a test have done.
type Journal = Mutex<Vec<String>>;

struct Query;
struct Mutation;
struct Feed;

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Level {
    Ward,
    City,
}

/// A whole number of đồng.
struct Vnd(i64);

#[Scalar]
impl ScalarType for Vnd {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Vnd).ok_or_else(|| InputValueError::custom("not whole")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

#[derive(InputObject)]
struct Line {
    code: String,
    level: Level,
    #[graphql(default = 7)]
    received: i32,
    solved: Option<i32>,
    fee: Option<Vnd>,
    below: Option<Vec<Line>>,
}

#[derive(OneofObject)]
enum Key {
    Id(ID),
    Code(String),
}

#[derive(SimpleObject)]
struct Page {
    nodes: Vec<Organisation>,
    edges: Vec<Edge>,
    total: i32,
}

#[derive(SimpleObject)]
struct Edge {
    node: Organisation,
}

#[derive(Clone, Copy)]
struct Organisation(i32);

#[Object]
impl Organisation {
    async fn id(&self) -> ID {
        ID::from(self.0)
    }
    async fn name(&self) -> String {
        format!("Phường {}", self.0)
    }
    async fn level(&self) -> Level {
        Level::Ward
    }
    async fn parent(&self) -> Organisation {
        *self
    }
    async fn siblings(&self) -> Vec<Organisation> {
        vec![*self]
    }
    async fn children(&self, first: Option<i32>, last: Option<i32>) -> Page {
        Page { nodes: vec![*self], edges: Vec::new(), total: first.or(last).unwrap_or(-1) }
    }
}

#[Object]
impl Query {
    async fn organisations(&self, #[graphql(default = 30)] first: i32) -> Page {
        Page { nodes: vec![Organisation(1)], edges: Vec::new(), total: first }
    }
    async fn nodes(&self, ids: Vec<ID>) -> Vec<Organisation> {
        ids.iter().map(|_| Organisation(1)).collect()
    }
    async fn pick(&self, by: Key) -> String {
        match by {
            Key::Id(id) => id.to_string(),
            Key::Code(code) => code,
        }
    }
    async fn echo(&self, text: Option<String>) -> String {
        text.unwrap_or_else(|| "nothing".to_owned())
    }
    async fn sum(&self, lines: Vec<Line>) -> i32 {
        lines.iter().map(|line| line.received + line.solved.unwrap_or(0)).sum()
    }
    async fn level_of(&self, level: Level) -> Level {
        level
    }
    async fn lists(&self, of: Option<Vec<Vec<i32>>>) -> usize {
        of.map_or(0, |of| of.concat().len())
    }
    async fn float(&self, of: f64) -> f64 {
        of
    }
    async fn fee(&self, of: Vnd) -> Vnd {
        of
    }
    async fn small(&self, #[graphql(validator(maximum = 5))] of: i32) -> i32 {
        of
    }
    async fn unreachable(&self) -> async_graphql::Result<i32> {
        Err(ApiError::from(sea_orm::DbErr::Conn(sea_orm::RuntimeErr::Internal("secret host".to_owned()))))?
    }
    async fn missing(&self) -> async_graphql::Result<i32> {
        Err(ApiError::conflict())?
    }
    async fn shared(&self) -> async_graphql::Result<i32> {
        Err(Arc::new(ApiError::conflict()))?
    }
    async fn bare(&self, ctx: &Context<'_>) -> async_graphql::Result<i32> {
        Ok(*ctx.data::<i32>()?)
    }
    async fn foreign(&self) -> async_graphql::Result<i32> {
        Ok("secret".parse::<i32>()?)
    }
    async fn coded(&self) -> async_graphql::Result<i32> {
        let mut error = async_graphql::Error::new("said so itself");
        error.extensions.get_or_insert_default().set("code", "RATE_LIMITED");
        Err(error)
    }
}

#[Object]
impl Mutation {
    async fn save(&self, ctx: &Context<'_>, code: String) -> async_graphql::Result<Organisation> {
        ctx.data::<Arc<Journal>>()?.lock().unwrap().push(code);
        Ok(Organisation(1))
    }
}

#[Subscription]
impl Feed {
    async fn saved(&self, #[graphql(default = 2)] first: i32) -> impl Stream<Item = Organisation> {
        stream::iter((0..first).map(Organisation))
    }
    async fn broken(&self) -> impl Stream<Item = async_graphql::Result<i32>> {
        stream::iter([Err(async_graphql::Error::from(ApiError::internal("secret")))])
    }
}

type TestGate = Gate<Query, Mutation, Feed>;

fn gate() -> TestGate {
    gate_with(Limits::default())
}

fn gate_with(limits: Limits) -> TestGate {
    let schema = Schema::build(Query, Mutation, Feed)
        .data(Arc::new(Journal::default()))
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(32)
        .finish();
    Gate::new(schema, limits).unwrap()
}

fn context(language: Language) -> RequestContext {
    RequestContext {
        caller: Caller::Anonymous,
        language,
        request_id: "r-1".to_owned(),
        statements: StatementCounter::default(),
    }
}

fn request(text: &str, variables: serde_json::Value) -> Request {
    Request::new(text).variables(Variables::from_json(variables)).data(context(Language::En))
}

fn admit(gate: &TestGate, text: &str) -> Result<Admitted, Refusal> {
    gate.admit(request(text, serde_json::Value::Null))
}

/// The refusal's code and messages, in English.
fn refused(gate: &TestGate, text: &str) -> (ErrorCode, String) {
    words(admit(gate, text))
}

fn words(answer: Result<Admitted, Refusal>) -> (ErrorCode, String) {
    let refusal = answer.unwrap_err();
    assert!(!refusal.errors.is_empty());
    for error in &refusal.errors {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        assert_eq!(code, Some(&Value::from(refusal.code.as_str())));
    }
    let messages: Vec<_> = refusal.errors.into_iter().map(|error| error.message).collect();
    (refusal.code, messages.join("\n"))
}

/// Executes and answers the whole response as JSON.
async fn run(gate: &TestGate, request: Request) -> serde_json::Value {
    let response = async_graphql::Executor::execute(gate, request).await;
    serde_json::to_value(response).unwrap()
}
