//! When loaders run: as soon as a request can do nothing else, and not before.
//!
//! A loader collects keys and hands over one piece of work that loads them all. Started on another thread
//! at once, it would race with the resolvers that still add keys, and a page of twenty rows would run now
//! one statement and now three. So the work is queued, and the request's own task takes it up when every
//! resolver waits: each level of nesting is one batch, always.

use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use async_graphql::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, FuturesUnordered, Stream, StreamExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use access::request::StatementCounter;

/// Takes the work of loaders.
pub type Queue = UnboundedSender<BoxFuture<'static, ()>>;
/// The other end, for [`drive`].
pub type Batches = UnboundedReceiver<BoxFuture<'static, ()>>;

/// A queue for one request. Unbounded by itself: a request queues one batch for each kind of key and level.
pub fn queue() -> (Queue, Batches) {
    unbounded_channel()
}

struct Work {
    queued: Batches,
    running: FuturesUnordered<BoxFuture<'static, ()>>,
}

impl Work {
    fn new(queued: Batches) -> Work {
        Work { queued, running: FuturesUnordered::new() }
    }

    /// Starts what is queued and goes on with what runs; true when something came of it, so that whoever
    /// waits for it should be asked again.
    fn advance(&mut self, cx: &mut Context<'_>) -> bool {
        let mut advanced = false;
        while let Poll::Ready(Some(batch)) = self.queued.poll_recv(cx) {
            self.running.push(batch);
            advanced = true;
        }
        while let Poll::Ready(Some(())) = self.running.poll_next_unpin(cx) {
            advanced = true;
        }
        advanced
    }
}

/// Runs a request and, whenever it waits, its batches.
pub async fn drive<F: Future>(request: F, batches: Batches) -> F::Output {
    let mut request = pin!(request);
    let mut work = Work::new(batches);
    std::future::poll_fn(|cx| {
        loop {
            if let Poll::Ready(output) = request.as_mut().poll(cx) {
                return Poll::Ready(output);
            }
            if !work.advance(cx) {
                return Poll::Pending;
            }
        }
    })
    .await
}

struct Driven {
    responses: BoxStream<'static, Response>,
    work: Work,
    statements: StatementCounter,
}

impl Stream for Driven {
    type Item = Response;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Response>> {
        let Driven { responses, work, statements } = self.get_mut();
        statements.sync_scope(|| {
            loop {
                if let Poll::Ready(item) = responses.poll_next_unpin(cx) {
                    return Poll::Ready(item);
                }
                if !work.advance(cx) {
                    return Poll::Pending;
                }
            }
        })
    }
}

/// The same for a stream of responses.
pub fn drive_stream(
    responses: BoxStream<'static, Response>,
    batches: Batches,
    statements: StatementCounter,
) -> BoxStream<'static, Response> {
    Driven { responses, work: Work::new(batches), statements }.boxed()
}
