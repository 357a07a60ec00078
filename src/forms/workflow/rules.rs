//! The one workflow of all forms, as pure functions.
//!
//! ```text
//!              submit             accept
//!   DRAFT ───────────► SUBMITTED ───────────► ACCEPTED ──reopen──► next edition: DRAFT
//!     ▲      withdraw     │ return               │
//!     └───────────────────┤                      └─ when the next edition is accepted: SUPERSEDED
//!   RETURNED ◄────────────┘
//!     ├─ save ───► DRAFT
//!     └─ submit ─► SUBMITTED
//! ```
//!
//! Source: domain facts 5.4 (status chain), 13.11 (reopening).

use chrono::NaiveDate;
use entity::organisation::organisation;

use access::Action;
use kernel::form::State;
use kernel::i18n::Message;
use kernel::period::Period;
use kernel::user_error::{UserError, UserErrorCode};

/// A step that a submission takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Before.
    pub from: State,
    /// After; of the next edition for a reopening.
    pub to: State,
    /// Whether a next edition is opened.
    pub opens_edition: bool,
}

/// What a wanted step comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is taken.
    Take(Transition),
    /// It has been taken before: a repeated request is recognised, not repeated.
    AlreadyTaken,
    /// Not from this state.
    Impossible,
}

/// The states from which an action of the workflow may be taken; none for other actions.
pub fn from_states(action: Action) -> &'static [State] {
    match action {
        Action::SaveForm | Action::SubmitForm => &[State::Draft, State::Returned],
        Action::WithdrawForm | Action::ReturnForm | Action::AcceptForm => &[State::Submitted],
        Action::ReopenForm => &[State::Accepted],
        Action::AppraiseSavingsScore => &[State::Submitted],
        _ => &[],
    }
}

/// The step that an action makes from a state.
pub fn step(action: Action, from: State) -> Step {
    let (to, opens_edition) = match action {
        // Whoever corrects a returned form drafts again, out of sight; the reason stays with it.
        Action::SaveForm => (State::Draft, false),
        Action::SubmitForm => (State::Submitted, false),
        Action::WithdrawForm => (State::Draft, false),
        Action::ReturnForm => (State::Returned, false),
        Action::AcceptForm => (State::Accepted, false),
        Action::ReopenForm => (State::Draft, true),
        _ => return Step::Impossible,
    };
    if from_states(action).contains(&from) {
        Step::Take(Transition { from, to, opens_edition })
    } else if from == to && matches!(action, Action::SubmitForm | Action::ReturnForm | Action::AcceptForm) {
        Step::AlreadyTaken
    } else {
        Step::Impossible
    }
}

/// The actions of the workflow, in the order in which a screen shows them.
pub const FORM_ACTIONS: [Action; 6] = [
    Action::SaveForm,
    Action::SubmitForm,
    Action::WithdrawForm,
    Action::ReturnForm,
    Action::AcceptForm,
    Action::ReopenForm,
];

/// Whole days after the last day to submit; 0 when in time, none where nothing says when it is due.
pub fn late_days(due_on: Option<NaiveDate>, submitted_on: NaiveDate) -> Option<i32> {
    let days = (submitted_on - due_on?).num_days().max(0);
    Some(i32::try_from(days).unwrap_or(i32::MAX))
}

/// Whether an organisation is there on some day of a period.
pub fn exists_in(organisation: &organisation::Model, period: &Period) -> bool {
    organisation.effective_from <= period.end && organisation.effective_to.is_none_or(|last| last >= period.start)
}

/// The fault of wanting a form for a period wholly after the organisation's last day: its successors report then. A
/// time before its first day is not refused, since it may have the figures of those before it.
pub fn after_end(organisation: &organisation::Model, period: &Period) -> Option<UserError> {
    let last = organisation.effective_to.filter(|last| *last < period.start)?;
    let message = Message::new("workflow-organisation-ended")
        .with("organisation", organisation.code.as_str())
        .with("day", last.to_string())
        .with("period", period.code());
    Some(UserError::new(UserErrorCode::NotInForce, &["period"], message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use Action::*;
        use State::*;
        let take = |action, from| match step(action, from) {
            Step::Take(transition) => format!("{}{}", transition.to, if transition.opens_edition { "+1" } else { "" }),
            Step::AlreadyTaken => "=".to_owned(),
            Step::Impossible => "-".to_owned(),
        };
        let rows: Vec<String> = FORM_ACTIONS
            .iter()
            .map(|&action| {
                let cells: Vec<String> =
                    [Draft, Submitted, Returned, Accepted, Superseded].iter().map(|&from| take(action, from)).collect();
                format!("{action}: {}", cells.join(" "))
            })
            .collect();
        assert_eq!(
            rows,
            [
                "SAVE_FORM: DRAFT - DRAFT - -",
                "SUBMIT_FORM: SUBMITTED = SUBMITTED - -",
                "WITHDRAW_FORM: - DRAFT - - -",
                "RETURN_FORM: - RETURNED = - -",
                "ACCEPT_FORM: - ACCEPTED - = -",
                "REOPEN_FORM: - - - DRAFT+1 -",
            ]
        );
        assert_eq!(step(ImportProcedures, Draft), Step::Impossible);
    }

    #[test]
    fn lateness_counts_whole_days() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        assert_eq!(late_days(None, day(20)), None);
        assert_eq!(late_days(Some(day(20)), day(19)), Some(0));
        assert_eq!(late_days(Some(day(20)), day(20)), Some(0));
        assert_eq!(late_days(Some(day(20)), day(23)), Some(3));
    }
}
