//! What a resolver asks its context for.

use std::sync::Arc;

use async_graphql::Context;

use super::batch::Queue;
use super::loading::Loading;
use crate::app::App;
use access::request::RequestContext;
use access::{Caller, Viewer};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Language;

/// What a loader loads with: the application, and the caller as a reader. Features implement
/// `dataloader::Loader` for it, one for each kind of key.
pub struct Batch {
    /// The application.
    pub app: Arc<App>,
    /// The caller as a reader.
    pub viewer: Viewer,
    /// Who asks.
    pub caller: Caller,
}

/// The loaders of one request; none for strangers, who may read nothing.
pub struct Loaders(Option<Loading>);

impl Loaders {
    /// Loaders that queue their work.
    pub fn new(app: &Arc<App>, caller: &Caller, queue: Queue) -> Loaders {
        let batch =
            Viewer::of(caller).ok().map(|viewer| Batch { app: Arc::clone(app), viewer, caller: caller.clone() });
        Loaders(batch.map(|batch| Loading::new(batch, queue)))
    }
}

/// What a resolver asks for. Errors are INTERNAL, or UNAUTHENTICATED where a reader is needed and nobody
/// signed in.
pub trait ContextExt {
    /// The application.
    fn app(&self) -> ApiResult<&Arc<App>>;
    /// Who asks, in which language.
    fn request(&self) -> ApiResult<&RequestContext>;
    /// The caller as a reader.
    fn viewer(&self) -> ApiResult<Viewer>;
    /// The request's loaders.
    fn loader(&self) -> ApiResult<&Loading>;
    /// The language of messages.
    fn language(&self) -> Language;
}

impl ContextExt for Context<'_> {
    fn app(&self) -> ApiResult<&Arc<App>> {
        self.data_opt().ok_or_else(|| ApiError::internal("no application in the context"))
    }

    fn request(&self) -> ApiResult<&RequestContext> {
        self.data_opt().ok_or_else(|| ApiError::internal("no request in the context"))
    }

    fn viewer(&self) -> ApiResult<Viewer> {
        Viewer::of(&self.request()?.caller)
    }

    fn loader(&self) -> ApiResult<&Loading> {
        let loaders: Option<&Loaders> = self.data_opt();
        loaders.and_then(|loaders| loaders.0.as_ref()).ok_or_else(ApiError::unauthenticated)
    }

    fn language(&self) -> Language {
        self.request().map_or_else(|_| Language::default(), |request| request.language)
    }
}

/// A nullable field that can fail: the field alone becomes null, with its error beside it, and not its
/// parent too (in async-graphql 7.0.19 only `Option<Result<_>>` is completed so).
pub fn or_null<T>(result: ApiResult<Option<T>>) -> Option<ApiResult<T>> {
    result.transpose()
}
