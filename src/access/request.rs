//! What every request carries with it, whichever way it came in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Caller;
use kernel::i18n::Language;

/// Who asks, in which language, and under which id. The transport puts one into every GraphQL request.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// Who asks.
    pub caller: Caller,
    /// The language of messages.
    pub language: Language,
    /// Stands in every log line, journal entry and error of this request.
    pub request_id: String,
    /// Counts the SQL statements that this request ran.
    pub statements: StatementCounter,
}

/// How many SQL statements one request ran; the answer's `Server-Timing` header shows it.
#[derive(Debug, Clone, Default)]
pub struct StatementCounter(Arc<AtomicU32>);

tokio::task_local! {
    static COUNTER: StatementCounter;
}

impl StatementCounter {
    /// The count so far.
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Runs a future so that the statements it runs count here.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        COUNTER.scope(self.clone(), future).await
    }

    /// Runs something that does not wait so that the statements it starts count here.
    pub fn sync_scope<T>(&self, work: impl FnOnce() -> T) -> T {
        COUNTER.sync_scope(self.clone(), work)
    }

    /// Counts a statement for the request that is running on this task, if any.
    pub fn count_one() {
        let _outside_a_request = COUNTER.try_with(|counter| counter.0.fetch_add(1, Ordering::Relaxed));
    }
}
