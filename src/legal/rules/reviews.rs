//! The rules of reviews, as pure functions.

use chrono::NaiveDate;

use super::{DocumentKey, MAX_TEXT, out_of_range};
use crate::{LegalFinding, LegalIssuerLevel, LegalOutcome, LegalProposal, LegalReviewState};
use access::Action;
use kernel::faults::{not_before, not_later, text};
use kernel::i18n::Message;
use kernel::text_enum::text_enum;
use kernel::user_error::{UserError, UserErrorCode};

text_enum! {
    /// What is decided about a review of a document (quyết định).
    pub enum LegalReviewDecision {
        /// Confirm it: it counts (xác nhận).
        Confirm = "CONFIRM",
        /// Return it to be mended, with a reason; a confirmed one too, while nothing came of it (yêu cầu làm lại).
        Return = "RETURN",
    }
}

/// A review as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewInput {
    /// When.
    pub reviewed_on: NaiveDate,
    /// What was found.
    pub finding: LegalFinding,
    /// What is proposed.
    pub proposal: LegalProposal,
    /// To which level a change is proposed.
    pub addressee: Option<LegalIssuerLevel>,
    /// In words.
    pub content: String,
}

/// What a review is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reviewed<'a> {
    /// The document's number.
    pub number: &'a str,
    /// Its level.
    pub level: LegalIssuerLevel,
    /// Whether the ward must review it.
    pub must_review: bool,
    /// First day of effect, and the first day on which it is not in force any more.
    pub in_force: (NaiveDate, Option<NaiveDate>),
    /// The days of the campaign.
    pub campaign: (NaiveDate, NaiveDate),
}

/// Checks a review: in its campaign, of a document that is in force and must be reviewed, with a proposal that follows from
/// what was found and goes to somebody who can do it.
pub fn check_review(given: &ReviewInput, of: &Reviewed<'_>, today: NaiveDate) -> Vec<UserError> {
    let mut faults = Vec::new();
    let day = given.reviewed_on;
    if !of.must_review {
        let message = Message::new("legal-need-not-be-reviewed").with("number", of.number);
        faults.push(UserError::new(UserErrorCode::WrongState, &["document"], message));
    }
    faults.extend(not_later(&["reviewedOn"], day, today));
    let (first, last) = of.campaign;
    if day < first || day > last {
        let message =
            Message::new("legal-outside-campaign").with("from", first.to_string()).with("to", last.to_string());
        let fault = UserError::new(UserErrorCode::WrongPeriod, &["reviewedOn"], message);
        faults.push(fault.expecting(format!("{first}/{last}"), day));
    }
    let (effective_on, ended_on) = of.in_force;
    if day < effective_on || ended_on.is_some_and(|ended| ended <= day) {
        let message = Message::new("legal-not-in-force").with("number", of.number).with("day", day.to_string());
        faults.push(UserError::new(UserErrorCode::NotInForce, &["reviewedOn"], message));
    }
    if (given.finding == LegalFinding::None) != (given.proposal == LegalProposal::Keep) {
        let message = Message::new("legal-proposal-does-not-fit")
            .with("finding", given.finding.as_str())
            .with("proposal", given.proposal.as_str());
        faults.push(out_of_range(&["proposal"], message));
    }
    match (given.proposal, given.addressee) {
        (LegalProposal::Keep, Some(_)) => {
            faults.push(out_of_range(&["addressee"], Message::new("legal-nothing-to-send")));
        }
        (LegalProposal::Keep, None) => {}
        (_, None) => {
            faults.push(UserError::new(UserErrorCode::Required, &["addressee"], Message::new("legal-to-whom")));
        }
        // The city passes on what concerns the centre; the ward changes nothing that was issued above it.
        (_, Some(level)) => {
            if level == LegalIssuerLevel::Ward && of.level != LegalIssuerLevel::Ward {
                let message = Message::new("legal-ward-can-not").with("level", of.level.as_str());
                faults.push(out_of_range(&["addressee"], message));
            }
        }
    }
    faults.extend(text(&["content"], &given.content, MAX_TEXT));
    faults
}

/// What may be done with a review, in the order in which a screen shows it.
pub const REVIEW_ACTIONS: [Action; 2] = [Action::SaveLegalReview, Action::DecideLegalReview];

/// The states of a review from which an action may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [LegalReviewState] {
    match action {
        Action::SaveLegalReview => &[LegalReviewState::Proposed, LegalReviewState::Returned],
        Action::DecideLegalReview => &[LegalReviewState::Proposed, LegalReviewState::Confirmed],
        _ => &[],
    }
}

/// The fault of wanting what can't be done in a state.
pub fn wrong_state(from: &[LegalReviewState], state: LegalReviewState) -> Option<UserError> {
    (!from.contains(&state)).then(|| {
        let from: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
        let from = from.join(", ");
        let message = Message::new("legal-wrong-state").with("from", from.as_str()).with("state", state.as_str());
        UserError::new(UserErrorCode::WrongState, &[], message).expecting(from, state)
    })
}

/// Checks a decision about a review.
pub fn check_decision(
    decision: LegalReviewDecision,
    reason: Option<&str>,
    (state, outcome): (LegalReviewState, LegalOutcome),
) -> Vec<UserError> {
    let from: &[LegalReviewState] = match decision {
        LegalReviewDecision::Confirm => &[LegalReviewState::Proposed],
        LegalReviewDecision::Return => from_states(Action::DecideLegalReview),
    };
    let mut faults: Vec<UserError> = wrong_state(from, state).into_iter().collect();
    if decision == LegalReviewDecision::Return {
        if outcome != LegalOutcome::Pending {
            let message = Message::new("legal-has-outcome").with("outcome", outcome.as_str());
            faults.push(UserError::new(UserErrorCode::WrongState, &[], message));
        }
        faults.extend(text(&["reason"], reason.unwrap_or_default(), MAX_TEXT));
    }
    faults
}

/// What became of a proposal, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeInput {
    /// What.
    pub outcome: LegalOutcome,
    /// When.
    pub on: Option<NaiveDate>,
    /// The document that did it.
    pub document: Option<DocumentKey>,
    /// Why it was rejected.
    pub reason: Option<String>,
}

/// Checks what became of a proposal: done by a document, rejected with a reason, or nothing yet.
pub fn check_outcome(
    given: &OutcomeInput,
    (state, proposal): (LegalReviewState, LegalProposal),
    (reviewed_on, today): (NaiveDate, NaiveDate),
) -> Vec<UserError> {
    let mut faults: Vec<UserError> = wrong_state(&[LegalReviewState::Confirmed], state).into_iter().collect();
    if proposal == LegalProposal::Keep {
        let message = Message::new("legal-nothing-proposed");
        faults.push(UserError::new(UserErrorCode::WrongState, &["outcome"], message));
    }
    let must = |field: &str, wanted: bool, is: bool| -> Option<UserError> {
        let message = |key| Message::new(key).with("field", field).with("outcome", given.outcome.as_str());
        match (wanted, is) {
            (true, false) => Some(UserError::new(UserErrorCode::Required, &[field], message("legal-outcome-needs"))),
            (false, true) => Some(out_of_range(&[field], message("legal-outcome-takes-no"))),
            _ => None,
        }
    };
    faults.extend(must("on", given.outcome != LegalOutcome::Pending, given.on.is_some()));
    faults.extend(must("by", given.outcome == LegalOutcome::Done, given.document.is_some()));
    let reason = given.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    faults.extend(must("reason", given.outcome == LegalOutcome::Rejected, reason.is_some()));
    faults.extend(reason.and_then(|reason| text(&["reason"], reason, MAX_TEXT)));
    if let Some(day) = given.on {
        faults.extend(not_before(&["on"], day, reviewed_on));
        faults.extend(not_later(&["on"], day, today));
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
    fn a_review_fits_its_document_and_its_campaign() {
        let of = Reviewed {
            number: "1",
            level: LegalIssuerLevel::City,
            must_review: true,
            in_force: (day(2, 1), Some(day(6, 1))),
            campaign: (day(1, 15), day(6, 14)),
        };
        let given = ReviewInput {
            reviewed_on: day(5, 31),
            finding: LegalFinding::Overlapping,
            proposal: LegalProposal::Amend,
            addressee: Some(LegalIssuerLevel::City),
            content: "Trùng với QĐ 5.".to_owned(),
        };
        let with = |change: &dyn Fn(&mut ReviewInput)| {
            let mut given = given.clone();
            change(&mut given);
            told(check_review(&given, &of, day(9, 20)))
        };
        let none: [&str; 0] = [];
        assert_eq!(with(&|_| {}), none);
        assert_eq!(with(&|one| one.reviewed_on = day(6, 1)), ["NotInForce reviewedOn"]);
        assert_eq!(with(&|one| one.reviewed_on = day(2, 1)), none);
        assert_eq!(with(&|one| one.reviewed_on = day(1, 31)), ["NotInForce reviewedOn"]);
        assert_eq!(with(&|one| one.reviewed_on = day(1, 14)), ["WrongPeriod reviewedOn", "NotInForce reviewedOn"]);
        assert_eq!(with(&|one| one.finding = LegalFinding::None), ["OutOfRange proposal"]);
        assert_eq!(with(&|one| one.proposal = LegalProposal::Keep), ["OutOfRange proposal", "OutOfRange addressee"]);
        assert_eq!(with(&|one| one.addressee = None), ["Required addressee"]);
        assert_eq!(with(&|one| one.addressee = Some(LegalIssuerLevel::Ward)), ["OutOfRange addressee"]);
        assert_eq!(with(&|one| one.addressee = Some(LegalIssuerLevel::Central)), none);
        assert_eq!(with(&|one| one.content.clear()), ["Required content"]);
        assert_eq!(told(check_review(&given, &of, day(5, 30))), ["OutOfRange reviewedOn"]);
        let not_due = Reviewed { must_review: false, ..of };
        assert_eq!(told(check_review(&given, &not_due, day(9, 20))), ["WrongState document"]);
    }

    #[test]
    fn the_whole_table_of_states() {
        use LegalReviewDecision::{Confirm, Return};
        let rows: Vec<String> = LegalReviewState::ALL
            .iter()
            .map(|&state| {
                let may = |decision| check_decision(decision, Some("x"), (state, LegalOutcome::Pending)).is_empty();
                let save = wrong_state(from_states(Action::SaveLegalReview), state).is_none();
                format!("{state} save {save} confirm {} return {}", may(Confirm), may(Return))
            })
            .collect();
        assert_eq!(
            rows,
            [
                "PROPOSED save true confirm true return true",
                "CONFIRMED save false confirm false return true",
                "RETURNED save true confirm false return false",
            ]
        );
        let of = |reason, outcome| told(check_decision(Return, reason, (LegalReviewState::Confirmed, outcome)));
        assert_eq!(of(None, LegalOutcome::Pending), ["Required reason"]);
        assert_eq!(of(Some("x"), LegalOutcome::Done), ["WrongState "]);
    }

    #[test]
    fn an_outcome_has_its_document_or_its_reason() {
        use LegalOutcome::{Done, Pending, Rejected};
        let key = || Some(DocumentKey { number: "9".to_owned(), issued_on: None, issuer_level: None });
        let check = |outcome, on, document, reason: Option<&str>| {
            let given = OutcomeInput { outcome, on, document, reason: reason.map(str::to_owned) };
            let of = (LegalReviewState::Confirmed, LegalProposal::Repeal);
            told(check_outcome(&given, of, (day(5, 1), day(9, 20))))
        };
        let none: [&str; 0] = [];
        assert_eq!(check(Done, Some(day(5, 1)), key(), None), none);
        assert_eq!(check(Done, None, None, Some("x")), ["Required on", "Required by", "OutOfRange reason"]);
        assert_eq!(check(Rejected, Some(day(9, 21)), None, None), ["Required reason", "OutOfRange on"]);
        assert_eq!(check(Rejected, Some(day(4, 30)), key(), Some("x")), ["OutOfRange by", "OutOfRange on"]);
        assert_eq!(check(Pending, None, None, None), none);
        assert_eq!(check(Pending, Some(day(6, 1)), None, None), ["OutOfRange on"]);
        let given = OutcomeInput { outcome: Pending, on: None, document: None, reason: None };
        let kept = (LegalReviewState::Proposed, LegalProposal::Keep);
        assert_eq!(told(check_outcome(&given, kept, (day(5, 1), day(9, 20)))), ["WrongState ", "WrongState outcome"]);
    }
}
