//! The gate itself: admits requests, and executes what it has admitted.

use std::any::TypeId;
use std::sync::Arc;

use apollo_compiler::Schema as Sdl;
use async_graphql::parser::types::OperationType;
use async_graphql::{Data, Executor, ObjectType, Request, Response, Schema, SubscriptionType};
use futures_util::stream::{BoxStream, StreamExt};
use moka::sync::Cache;

use super::cost::Tariff;
use super::document::Document;
use super::finish::finish;
use super::limits::Limits;
use super::refusal::{Denial, Refusal};
use super::variables;
use access::request::RequestContext;
use kernel::error::ErrorCode;
use kernel::i18n::{Language, Message};

/// The schema behind its gate. Clones share everything.
pub struct Gate<Q, M, S> {
    schema: Schema<Q, M, S>,
    pub(super) shared: Arc<Shared>,
}

/// All of the gate that doesn't depend on the Rust types of the schema.
pub(super) struct Shared {
    pub(super) tariff: Tariff,
    pub(super) limits: Limits,
    /// By the text itself: no two documents can be taken for each other, and the hasher is seeded, so
    /// that nobody can aim at one of its buckets. Only what was admitted is kept; what was refused is
    /// cheap to refuse again, and must not push out what is in use.
    pub(super) documents: Cache<Arc<str>, Arc<Document>>,
}

/// A request that may be executed. Only the gate makes one.
#[derive(Debug)]
pub struct Admitted {
    /// With the parsed document set, and the defaults of its variables filled in.
    pub request: Request,
    /// What kind of operation the request chose: a GET may only carry a query, and only a WebSocket a
    /// subscription.
    pub operation: OperationType,
    /// In points: about the number of objects that the answer may hold.
    pub cost: u64,
    /// What the errors of the answer are worded by; the engine takes the request's own away.
    context: Option<RequestContext>,
}

impl<Q, M, S> Clone for Gate<Q, M, S> {
    fn clone(&self) -> Self {
        Gate { schema: self.schema.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<Q, M, S> Gate<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Puts the gate before a schema. The schema should be built with `ValidationMode::Fast`, as
    /// everything is validated here.
    ///
    /// # Errors
    /// When the schema itself is not valid (specification, chapter 3); the text says why.
    pub fn new(schema: Schema<Q, M, S>, limits: Limits) -> Result<Self, String> {
        let sdl = Sdl::parse_and_validate(schema.sdl(), "schema.graphql").map_err(|fault| fault.errors.to_string())?;
        let documents = Cache::builder()
            .max_capacity(limits.cache_bytes)
            .weigher(|text: &Arc<str>, document: &Arc<Document>| {
                document.weight.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX))
            })
            .build();
        let tariff = Tariff::new(sdl, limits.clone());
        Ok(Gate { schema, shared: Arc::new(Shared { tariff, limits, documents }) })
    }

    /// The schema behind the gate.
    pub fn schema(&self) -> &Schema<Q, M, S> {
        &self.schema
    }

    /// Decides whether a request may be executed: its document, its operation, its variables, its cost.
    /// Works on the processor alone, and for a document that is known only some microseconds.
    ///
    /// # Errors
    /// What is wrong with the request, in the caller's language. Nothing was executed.
    pub fn admit(&self, request: Request) -> Result<Admitted, Refusal> {
        let context = request.data.get(&TypeId::of::<RequestContext>()).and_then(|data| data.downcast_ref());
        let context: Option<RequestContext> = context.cloned();
        self.admit_for(request, context)
    }

    /// Executes a query or a mutation.
    pub async fn execute(&self, admitted: Admitted) -> Response {
        if admitted.operation == OperationType::Subscription {
            let language = admitted.context.map_or_else(Language::default, |context| context.language);
            let message = Message::new("gate-subscription-needs-stream");
            return Denial::one(ErrorCode::BadRequest, message, None).in_language(language).into();
        }
        let mut response = self.schema.execute(admitted.request).await;
        finish(&mut response, admitted.context.as_ref());
        response
    }

    /// Executes any operation; a query or a mutation gives one response.
    pub fn execute_stream(&self, admitted: Admitted, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        let context = admitted.context;
        self.schema
            .execute_stream_with_session_data(admitted.request, session_data.unwrap_or_default())
            .map(move |mut response| {
                finish(&mut response, context.as_ref());
                response
            })
            .boxed()
    }

    fn admit_for(&self, request: Request, context: Option<RequestContext>) -> Result<Admitted, Refusal> {
        let language = context.as_ref().map_or_else(Language::default, |context| context.language);
        self.shared.admit(request, context).map_err(|denial| denial.in_language(language))
    }
}

impl Shared {
    fn admit(&self, mut request: Request, context: Option<RequestContext>) -> Result<Admitted, Denial> {
        if request.query.trim().is_empty() {
            return Err(Denial::one(ErrorCode::BadRequest, Message::new("gate-document-missing"), None));
        }
        let document = self.document(&request.query)?;
        // No operation has an empty name; clients that have none to give send one.
        request.operation_name = request.operation_name.filter(|name| !name.is_empty());
        let operation = document.operation(request.operation_name.as_deref())?;
        if operation.introspects && !context.as_ref().is_some_and(|context| context.caller.is_signed_in()) {
            return Err(Denial::one(ErrorCode::Unauthenticated, Message::new("gate-introspection"), None));
        }
        let absent =
            variables::coerce(&operation.variables, &mut request.variables, self.tariff.schema(), &self.limits)?;
        let cost = operation.cost.with(&request.variables);
        if cost > self.limits.cost {
            return Err(Denial::too_complex("gate-too-dear", cost, self.limits.cost));
        }
        let mut parsed = document.for_engine(operation);
        variables::forget(&mut parsed, &absent);
        request.set_parsed_query(parsed);
        Ok(Admitted { request, operation: operation.kind, cost, context })
    }

    fn document(&self, text: &str) -> Result<Arc<Document>, Denial> {
        // Before the cache, whose hasher would read all of it.
        if text.len() <= self.limits.document_bytes
            && let Some(known) = self.documents.get(text)
        {
            return Ok(known);
        }
        let document = Arc::new(Document::compile(text, &self.tariff, &self.limits)?);
        self.documents.insert(Arc::from(text), Arc::clone(&document));
        Ok(document)
    }
}

#[async_trait::async_trait]
impl<Q, M, S> Executor for Gate<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// Admits and executes. A refusal is a response with errors and null for data; the HTTP transport,
    /// which is to leave `data` out of it, asks [`Gate::admit`] itself.
    async fn execute(&self, request: Request) -> Response {
        match self.admit(request) {
            Ok(admitted) => Gate::execute(self, admitted).await,
            Err(refusal) => refusal.into(),
        }
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        // A connection may know its caller once for all of its requests.
        let of = |data: &Data| data.get(&TypeId::of::<RequestContext>())?.downcast_ref::<RequestContext>().cloned();
        let context = of(&request.data).or_else(|| of(session_data.as_deref()?));
        match self.admit_for(request, context) {
            Ok(admitted) => Gate::execute_stream(self, admitted, session_data),
            Err(refusal) => futures_util::stream::iter([Response::from(refusal)]).boxed(),
        }
    }
}
