//! Loaders that gather keys until the request can do nothing else: no timer, no thread beside the request's own.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::dataloader::Loader;
use futures_util::FutureExt;
use futures_util::future::Shared;
use kernel::error::ApiError;
use tokio::sync::oneshot;

use crate::batch::Queue;
use crate::context::Batch;

/// How many keys one batch has at most; more make another.
const MOST_KEYS: usize = 1_000;

/// What a load of many keys answers; all who wait for the batch share it.
type Loaded<K> = Result<Arc<HashMap<K, <Batch as Loader<K>>::Value>>, Arc<ApiError>>;

/// What was handed over of one kind.
type Fed<K> = HashMap<K, <Batch as Loader<K>>::Value>;

/// Keys of one kind that are gathered, and where their values will be.
struct Gathering<K: Key>
where
    Batch: Loader<K, Error = Arc<ApiError>>,
{
    keys: Arc<Mutex<HashSet<K>>>,
    loaded: Shared<Answer<K>>,
}

type Answer<K> = futures_util::future::Map<
    oneshot::Receiver<Loaded<K>>,
    fn(Result<Loaded<K>, oneshot::error::RecvError>) -> Option<Loaded<K>>,
>;

/// What may be a key.
pub trait Key: Send + Sync + Hash + Eq + Clone + 'static {}
impl<K: Send + Sync + Hash + Eq + Clone + 'static> Key for K {}

/// The loaders of a request: one for each kind of key, as [`Batch`] implements them.
pub struct Loading {
    batch: Arc<Batch>,
    queue: Queue,
    open: Arc<Mutex<HashMap<TypeId, Box<dyn Any + Send>>>>,
    fed: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

/// What is guarded stays whole whatever panics: nothing below waits or calls out.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Loading {
    /// Loaders that queue their work.
    pub fn new(batch: Batch, queue: Queue) -> Loading {
        Loading { batch: Arc::new(batch), queue, open: Arc::default(), fed: Mutex::default() }
    }

    /// Hands over what was loaded on the way, by a join say, so that nobody loads it again in this request.
    pub fn feed<K: Key>(&self, values: impl IntoIterator<Item = (K, <Batch as Loader<K>>::Value)>)
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        let mut fed = locked(&self.fed);
        let of_kind = fed.entry(TypeId::of::<K>()).or_insert_with(|| Box::new(Fed::<K>::new()));
        if let Some(of_kind) = of_kind.downcast_mut::<Fed<K>>() {
            of_kind.extend(values);
        }
    }

    fn fed<K: Key>(&self, key: &K) -> Option<<Batch as Loader<K>>::Value>
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        locked(&self.fed).get(&TypeId::of::<K>())?.downcast_ref::<Fed<K>>()?.get(key).cloned()
    }

    /// The value of a key; none where there is none.
    pub async fn load_one<K: Key>(&self, key: K) -> Result<Option<<Batch as Loader<K>>::Value>, Arc<ApiError>>
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        if let Some(value) = self.fed(&key) {
            return Ok(Some(value));
        }
        let loaded = self.gather(std::iter::once(key.clone()));
        Ok(self.wait(loaded).await?.get(&key).cloned())
    }

    /// The values of some keys, as far as there are any.
    pub async fn load_many<K: Key>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, <Batch as Loader<K>>::Value>, Arc<ApiError>>
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        let keys: Vec<K> = keys.into_iter().collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let loaded = self.gather(keys.iter().cloned());
        let found = self.wait(loaded).await?;
        Ok(keys.into_iter().filter_map(|key| Some((key.clone(), found.get(&key)?.clone()))).collect())
    }

    async fn wait<K: Key>(&self, loaded: Shared<Answer<K>>) -> Loaded<K>
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        match loaded.await {
            Some(loaded) => loaded,
            // The request is over, its work was dropped; nobody waits for this either.
            None => std::future::pending().await,
        }
    }

    /// Adds keys to the batch that is being gathered, or begins one.
    fn gather<K: Key>(&self, keys: impl Iterator<Item = K>) -> Shared<Answer<K>>
    where
        Batch: Loader<K, Error = Arc<ApiError>>,
    {
        let mut open = locked(&self.open);
        let kind = TypeId::of::<K>();
        if let Some(gathering) = open.get(&kind).and_then(|any| any.downcast_ref::<Gathering<K>>()) {
            let mut gathered = locked(&gathering.keys);
            if gathered.len() < MOST_KEYS {
                gathered.extend(keys);
                return gathering.loaded.clone();
            }
        }
        let keys = Arc::new(Mutex::new(keys.collect()));
        let (sender, receiver) = oneshot::channel();
        let answer: Answer<K> = receiver.map(Result::ok as fn(_) -> _);
        let loaded = answer.shared();
        open.insert(kind, Box::new(Gathering { keys: Arc::clone(&keys), loaded: loaded.clone() }));
        let (batch, still_open) = (Arc::clone(&self.batch), Arc::clone(&self.open));
        let work = Box::pin(async move {
            let keys: Vec<K> = {
                let mut open = locked(&still_open);
                // Whoever comes from now on begins a batch of his own.
                let gathering = open.get(&kind).and_then(|any| any.downcast_ref::<Gathering<K>>());
                if gathering.is_some_and(|gathering| Arc::ptr_eq(&gathering.keys, &keys)) {
                    open.remove(&kind);
                }
                locked(&keys).drain().collect()
            };
            // Nobody waiting is no fault.
            let _nobody_waits = sender.send(batch.load(&keys).await.map(Arc::new));
        });
        // The request is over when nobody takes the work any more; then nobody waits for it either.
        drop(self.queue.send(work));
        loaded
    }
}
