//! Time and identifiers are arguments: this is the only place that asks the system for them.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// Where "now" comes from: the system, or a test's hand.
#[derive(Debug, Clone)]
pub struct Clock {
    source: Source,
    /// Identifiers of one moment count up: what was written first sorts first.
    sequence: Arc<Mutex<ContextV7>>,
}

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock::of(Source::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(now: DateTime<Utc>) -> Clock {
        Clock::of(Source::Manual(Arc::new(AtomicI64::new(now.timestamp_micros()))))
    }

    fn of(source: Source) -> Clock {
        Clock { source, sequence: Arc::new(Mutex::new(ContextV7::new())) }
    }

    /// Moves a manual clock. The system's clock can't be moved; asking for it changes nothing.
    pub fn set(&self, now: DateTime<Utc>) {
        if let Source::Manual(micros) = &self.source {
            micros.store(now.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Now, in whole microseconds: what both engines store without loss.
    #[expect(clippy::disallowed_methods, reason = "the one place where the system is asked for the time")]
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.source {
            Source::System => Utc::now().timestamp_micros(),
            Source::Manual(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Today in Việt Nam.
    pub fn today(&self) -> NaiveDate {
        local_date(self.now())
    }

    /// A new identifier, UUIDv7: the time of this clock, a counter within its millisecond, and randomness.
    pub fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(&*self.sequence, seconds, now.timestamp_subsec_nanos()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_of_one_moment_sort_as_they_were_made() {
        let clock = Clock::manual(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
        let ids: Vec<Uuid> = (0..1_000).map(|_| clock.new_id()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
    }

    #[test]
    fn a_day_in_viet_nam_begins_at_seventeen_utc() {
        let at = |hour| DateTime::parse_from_rfc3339(&format!("2026-03-14T{hour}:00:00Z")).unwrap().to_utc();
        assert_eq!(local_date(at("16")).to_string(), "2026-03-14");
        assert_eq!(local_date(at("17")).to_string(), "2026-03-15");
    }
}
