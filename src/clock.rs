//! Time and identifiers are arguments: this is the only place that asks the system for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// Where "now" comes from: the system, or a test's hand.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(now: DateTime<Utc>) -> Clock {
        Clock(Source::Manual(Arc::new(AtomicI64::new(now.timestamp_micros()))))
    }

    /// Moves a manual clock. The system's clock can't be moved; asking for it changes nothing.
    pub fn set(&self, now: DateTime<Utc>) {
        if let Source::Manual(micros) = &self.0 {
            micros.store(now.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Now, in whole microseconds: what both engines store without loss.
    #[expect(clippy::disallowed_methods, reason = "the one place where the system is asked for the time")]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            Source::System => Utc::now().timestamp_micros(),
            Source::Manual(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Today in Việt Nam.
    pub fn today(&self) -> NaiveDate {
        local_date(self.now())
    }

    /// A new identifier, UUIDv7: the time of this clock and randomness.
    pub fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
    }
}

/// Asia/Ho_Chi_Minh: UTC+7, no daylight saving time.
pub fn local_offset() -> FixedOffset {
    #[expect(clippy::expect_used, reason = "seven hours are less than a day")]
    FixedOffset::east_opt(7 * 3600).expect("seven hours are an offset")
}

/// The day in Việt Nam on which an instant falls.
pub fn local_date(instant: DateTime<Utc>) -> NaiveDate {
    local_offset().from_utc_datetime(&instant.naive_utc()).date_naive()
}
