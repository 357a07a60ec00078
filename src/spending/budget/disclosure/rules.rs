//! By when a document is to be published, and how it stands on a day, as pure functions.

use chrono::{Days, NaiveDate};

use super::{BudgetDisclosureDocument as Document, BudgetDisclosureState as State};
use kernel::period::Period;

/// What a unit says of a document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Day of the decision that it is about.
    pub decided_on: Option<NaiveDate>,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
    /// Where it is to be found.
    pub place: Option<String>,
}

/// Whether a document is about a decision, and not about the execution of a period.
pub fn is_of_decision(document: Document) -> bool {
    matches!(document, Document::Estimate | Document::Changes | Document::Settlement)
}

/// Whether the form of a quarter tells of a document: the half-year's is published after the second, and so on. Changes and
/// settlements belong to the quarter of their decision, whichever that is.
pub fn is_told_in(document: Document, quarter: u32) -> bool {
    match document {
        Document::Quarter | Document::Changes | Document::Settlement => true,
        Document::Estimate => quarter == 1,
        Document::HalfYear => quarter == 2,
        Document::NineMonths => quarter == 3,
        Document::Year => quarter == 4,
    }
}

/// The day after which a document's days run: the quarter's last, or that of the decision. None where there is nothing to
/// publish. The estimate of a year is there every year: until its decision is told, the days run from the quarter's end.
pub fn arises_on(document: Document, quarter: &Period, decided_on: Option<NaiveDate>) -> Option<NaiveDate> {
    match document {
        Document::Quarter | Document::HalfYear | Document::NineMonths | Document::Year => Some(quarter.end),
        Document::Estimate => Some(decided_on.unwrap_or(quarter.end)),
        Document::Changes | Document::Settlement => decided_on,
    }
}

/// The last day to publish; days of the calendar.
pub fn due_on(arises_on: NaiveDate, days: u32) -> NaiveDate {
    arises_on.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}

/// Days that a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The day after which they run.
    pub arises_on: NaiveDate,
    /// The last of them.
    pub due_on: NaiveDate,
}

impl Deadline {
    /// Of so many days.
    pub fn new(arises_on: NaiveDate, days: u32) -> Deadline {
        Deadline { arises_on, due_on: due_on(arises_on, days) }
    }

    /// Whether what was published on a day was in time.
    pub fn met(&self, published_on: NaiveDate) -> bool {
        published_on <= self.due_on
    }

    /// How the document stands on a day. What is published later than that is not published yet.
    pub fn state(&self, published_on: Option<NaiveDate>, on: NaiveDate) -> State {
        match published_on.filter(|day| *day <= on) {
            Some(day) if self.met(day) => State::Published,
            Some(_) => State::Late,
            None if on <= self.arises_on => State::NotDue,
            None if on <= self.due_on => State::Due,
            None => State::Overdue,
        }
    }

    /// Whole days after the last one, of what was published by a day or is overdue on it; 0 in time.
    pub fn days_late(&self, published_on: Option<NaiveDate>, on: NaiveDate) -> i64 {
        let by = published_on.filter(|day| *day <= on).unwrap_or(on);
        (by - self.due_on).num_days().max(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use kernel::period::Calendar;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn quarter(code: &str) -> Period {
        Period::parse(Calendar::BudgetYear, code).unwrap()
    }

    #[test]
    fn a_quarters_document_through_its_days() {
        let first = quarter("2026-Q1");
        let deadline = Deadline::new(arises_on(Document::Quarter, &first, None).unwrap(), 15);
        assert_eq!(deadline.due_on, day(4, 15));
        for (published_on, on, state, late) in [
            (None, day(3, 31), State::NotDue, 0),
            (None, day(4, 1), State::Due, 0),
            (None, day(4, 15), State::Due, 0),
            (None, day(4, 16), State::Overdue, 1),
            (Some(day(4, 15)), day(4, 14), State::Due, 0),
            (Some(day(4, 15)), day(4, 15), State::Published, 0),
            (Some(day(4, 15)), day(9, 20), State::Published, 0),
            (Some(day(4, 16)), day(4, 16), State::Late, 1),
            (Some(day(4, 20)), day(4, 18), State::Overdue, 3),
            (Some(day(4, 20)), day(9, 20), State::Late, 5),
        ] {
            assert_eq!(deadline.state(published_on, on), state, "{published_on:?} {on}");
            assert_eq!(deadline.days_late(published_on, on), late, "{published_on:?} {on}");
        }
    }

    #[test]
    fn decisions_run_from_their_day() {
        let (first, second) = (quarter("2026-Q1"), quarter("2026-Q2"));
        assert_eq!(arises_on(Document::Estimate, &first, None), Some(day(3, 31)));
        assert_eq!(arises_on(Document::Estimate, &first, Some(day(1, 5))), Some(day(1, 5)));
        assert_eq!(arises_on(Document::Changes, &second, None), None);
        assert_eq!(arises_on(Document::Changes, &second, Some(day(5, 10))), Some(day(5, 10)));
        assert_eq!(arises_on(Document::Settlement, &second, Some(day(6, 1))), Some(day(6, 1)));
        assert_eq!(arises_on(Document::HalfYear, &second, Some(day(5, 10))), Some(day(6, 30)));
    }

    #[test]
    fn each_quarter_tells_of_its_documents() {
        let told = |quarter| -> Vec<&str> {
            Document::ALL.iter().filter(|one| is_told_in(**one, quarter)).map(|one| one.as_str()).collect()
        };
        assert_eq!(told(1), ["ESTIMATE", "CHANGES", "QUARTER", "SETTLEMENT"]);
        assert_eq!(told(2), ["CHANGES", "QUARTER", "HALF_YEAR", "SETTLEMENT"]);
        assert_eq!(told(3), ["CHANGES", "QUARTER", "NINE_MONTHS", "SETTLEMENT"]);
        assert_eq!(told(4), ["CHANGES", "QUARTER", "YEAR", "SETTLEMENT"]);
    }

    proptest! {
        #[test]
        fn a_document_goes_forward_only(days in 0..60_u32, published in prop::option::of(0..200_u64), from in 0..200_u64, later in 0..200_u64) {
            let start = day(3, 31);
            let at = |offset| start.checked_add_days(Days::new(offset)).unwrap();
            let deadline = Deadline::new(start, days);
            let rank = |on| match deadline.state(published.map(at), at(on)) {
                State::NotDue => 0,
                State::Due => 1,
                State::Overdue => 2,
                State::Published | State::Late => 3,
            };
            prop_assert!(rank(from) <= rank(from + later));
            let done = deadline.state(published.map(at), at(500));
            let expected = match published {
                None => State::Overdue,
                Some(offset) if offset <= u64::from(days) => State::Published,
                Some(_) => State::Late,
            };
            prop_assert_eq!(done, expected);
        }
    }
}
