//! The rules of consultations on drafts, as pure functions.

use chrono::NaiveDate;

use super::{MAX_TASKS, MAX_TEXT, MAX_TITLE, at_row, out_of_range, too_many};
use crate::{ConsultationState, OpinionResponse, OpinionSource};
use kernel::faults::{code_fault, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The most opinions of one draft.
pub const MAX_OPINIONS: usize = 200;
const MAX_PEOPLE: i32 = 1_000_000;

/// A draft on which people are consulted, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsultationInput {
    /// Code.
    pub code: String,
    /// Title.
    pub title: String,
    /// What people are asked.
    pub content: String,
    /// Where the draft is made public.
    pub place: String,
    /// First day.
    pub opened_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Sections of the tasks that it serves.
    pub tasks: Vec<String>,
}

/// Checks a draft. `least` is how many days people have, the first and the last among them.
pub fn check_consultation(given: &ConsultationInput, least: u32) -> Vec<UserError> {
    let mut faults: Vec<UserError> = code_fault(&["code"], &given.code).into_iter().collect();
    faults.extend(text(&["title"], &given.title, MAX_TITLE));
    faults.extend(text(&["content"], &given.content, MAX_TEXT));
    faults.extend(text(&["place"], &given.place, MAX_TITLE));
    faults.extend(too_many("tasks", given.tasks.len(), MAX_TASKS));
    let days = (given.closes_on - given.opened_on).num_days() + 1;
    if days < i64::from(least.max(1)) {
        let message = Message::new("legal-too-short").with("least", least).with("days", days);
        faults.push(out_of_range(&["closesOn"], message).expecting(least, days));
    }
    faults
}

/// How a consultation stands on a day.
pub fn consultation_state(
    (opened_on, closes_on): (NaiveDate, NaiveDate),
    closed_on: Option<NaiveDate>,
    day: NaiveDate,
) -> ConsultationState {
    if closed_on.is_some_and(|closed| closed <= day) {
        ConsultationState::Closed
    } else if day < opened_on {
        ConsultationState::Planned
    } else if day <= closes_on {
        ConsultationState::Open
    } else {
        ConsultationState::Ended
    }
}

/// The fault of wanting what can't be done with a consultation as it stands.
pub fn wrong_consultation_state(from: &[ConsultationState], state: ConsultationState) -> Option<UserError> {
    (!from.contains(&state)).then(|| {
        let from: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message =
            Message::new("legal-consultation-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

/// An opinion, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionInput {
    /// Who gave it.
    pub source: OpinionSource,
    /// How many said so.
    pub count: i32,
    /// In short words.
    pub summary: String,
    /// What the unit answers; none while it does not.
    pub response: Option<OpinionResponse>,
    /// Why.
    pub explanation: Option<String>,
}

/// Checks the opinions on a draft: what is not taken up as it was given is explained.
pub fn check_opinions(given: &[OpinionInput]) -> Vec<UserError> {
    let mut faults: Vec<UserError> = too_many("opinions", given.len(), MAX_OPINIONS).into_iter().collect();
    for (index, opinion) in given.iter().enumerate() {
        let mut found: Vec<UserError> = text(&["summary"], &opinion.summary, MAX_TEXT).into_iter().collect();
        if !(1..=MAX_PEOPLE).contains(&opinion.count) {
            let message = Message::new("legal-how-many").with("max", MAX_PEOPLE);
            found.push(out_of_range(&["count"], message).expecting(format!("1..{MAX_PEOPLE}"), opinion.count));
        }
        let explanation = opinion.explanation.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match (opinion.response, explanation) {
            (None, Some(_)) => {
                let message = Message::new("legal-explains-no-answer");
                found.push(UserError::new(UserErrorCode::Required, &["response"], message));
            }
            (Some(OpinionResponse::PartlyAccepted | OpinionResponse::NotAccepted), None) => {
                let message = Message::new("legal-explain-answer");
                found.push(UserError::new(UserErrorCode::ExplanationRequired, &["explanation"], message));
            }
            _ => {}
        }
        found.extend(explanation.and_then(|explanation| text(&["explanation"], explanation, MAX_TEXT)));
        faults.extend(found.into_iter().map(|fault| at_row("opinions", index, fault)));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn told(faults: Vec<UserError>) -> Vec<String> {
        faults.into_iter().map(|fault| format!("{:?} {}", fault.code, fault.field.join("."))).collect()
    }

    #[test]
    fn people_have_so_many_days_and_get_an_answer() {
        let given = |closes_on| ConsultationInput {
            code: "DT-2026-001".to_owned(),
            title: "Quy định".to_owned(),
            content: "x".to_owned(),
            place: "Cổng thông tin".to_owned(),
            opened_on: day(3, 1),
            closes_on,
            tasks: Vec::new(),
        };
        let none: [&str; 0] = [];
        assert_eq!(told(check_consultation(&given(day(3, 20)), 20)), none);
        assert_eq!(told(check_consultation(&given(day(3, 19)), 20)), ["OutOfRange closesOn"]);
        assert_eq!(told(check_consultation(&given(day(2, 28)), 0)), ["OutOfRange closesOn"]);
        let state = |on, closed| consultation_state((day(3, 1), day(3, 20)), closed, on).as_str();
        assert_eq!(
            [state(day(2, 28), None), state(day(3, 1), None), state(day(3, 20), None), state(day(3, 21), None)],
            ["PLANNED", "OPEN", "OPEN", "ENDED"]
        );
        assert_eq!([state(day(3, 25), Some(day(3, 25))), state(day(3, 24), Some(day(3, 25)))], ["CLOSED", "ENDED"]);
        let opinion = |count, response, explanation: Option<&str>| OpinionInput {
            source: OpinionSource::Resident,
            count,
            summary: "x".to_owned(),
            response,
            explanation: explanation.map(str::to_owned),
        };
        let opinions = [
            opinion(1, None, None),
            opinion(0, Some(OpinionResponse::Accepted), None),
            opinion(1, Some(OpinionResponse::NotAccepted), None),
            opinion(1, None, Some("x")),
        ];
        assert_eq!(
            told(check_opinions(&opinions)),
            [
                "OutOfRange opinions.1.count",
                "ExplanationRequired opinions.2.explanation",
                "Required opinions.3.response"
            ]
        );
    }
}
