//! How often one caller may ask: a bucket of tokens each, refilled evenly.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use uuid::Uuid;

use access::Caller;

/// How many callers are remembered at once.
const CALLERS: u64 = 100_000;

/// Whom a request is counted against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A sign-in.
    Session(Uuid),
    /// A stranger's address.
    Address(IpAddr),
    /// All strangers whose address nobody knows.
    Unknown,
}

impl Key {
    pub fn of(caller: &Caller, remote: Option<IpAddr>) -> Key {
        match (caller, remote) {
            (Caller::Person(person), _) => Key::Session(person.session_id),
            (_, Some(address)) => Key::Address(subscriber(address)),
            (_, None) => Key::Unknown,
        }
    }
}

/// An IPv6 subscriber has a whole network of addresses (RFC 6177), so all of its /64 counts as one.
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

/// The buckets of all callers.
pub(super) struct RateLimit {
    per_minute: u32,
    burst: u32,
    buckets: Cache<Key, Arc<Mutex<Bucket>>>,
}

impl RateLimit {
    /// A limit of zero per minute is none.
    pub fn new(per_minute: u32, burst: u32) -> RateLimit {
        let burst = burst.max(1);
        // A bucket that was left alone this long is full, which is how a new one starts.
        let full_after = Duration::from_secs(60 * u64::from(burst) / u64::from(per_minute.max(1)) + 60);
        let buckets = Cache::builder().max_capacity(CALLERS).time_to_idle(full_after).build();
        RateLimit { per_minute, burst, buckets }
    }

    /// Counts a request. The error says how long to wait for the next one.
    pub fn take(&self, key: Key, now: Instant) -> Result<(), Duration> {
        if self.per_minute == 0 {
            return Ok(());
        }
        let (capacity, per_second) = (f64::from(self.burst), f64::from(self.per_minute) / 60.0);
        let bucket = self.buckets.get_with(key, || Arc::new(Mutex::new(Bucket { tokens: capacity, at: now })));
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(now, capacity, per_second)
    }
}

/// What one caller has left.
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn take(&mut self, now: Instant, capacity: f64, per_second: f64) -> Result<(), Duration> {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * per_second;
        self.tokens = (self.tokens + refill).min(capacity);
        self.at = now;
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            Ok(())
        } else {
            Err(Duration::from_secs_f64((1.0 - self.tokens) / per_second))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_is_felt() {
        let limit = RateLimit::new(60, 3);
        let (key, start) = (Key::Unknown, Instant::now());
        for _ in 0..3 {
            assert!(limit.take(key, start).is_ok());
        }
        let wait = limit.take(key, start).unwrap_err();
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
        assert!(limit.take(key, start + Duration::from_millis(1_100)).is_ok());
        assert!(limit.take(key, start + Duration::from_millis(1_200)).is_err());
        // Another caller has a bucket of his own.
        assert!(limit.take(Key::Session(Uuid::from_u128(1)), start).is_ok());
    }

    #[test]
    fn a_bucket_never_holds_more_than_the_burst() {
        let limit = RateLimit::new(600, 2);
        let start = Instant::now();
        assert!(limit.take(Key::Unknown, start).is_ok());
        let later = start + Duration::from_secs(3600);
        assert!(limit.take(Key::Unknown, later).is_ok());
        assert!(limit.take(Key::Unknown, later).is_ok());
        assert!(limit.take(Key::Unknown, later).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        let limit = RateLimit::new(0, 0);
        let now = Instant::now();
        assert!((0..1000).all(|_| limit.take(Key::Unknown, now).is_ok()));
    }

    #[test]
    fn one_subscriber_is_one_key() {
        let key = |text: &str| Key::of(&Caller::Anonymous, text.parse().ok());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:203.0.113.7"), key("203.0.113.7"));
        assert_ne!(key("203.0.113.7"), key("203.0.113.8"));
        assert_eq!(Key::of(&Caller::Anonymous, None), Key::Unknown);
    }
}
