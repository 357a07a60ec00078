//! The rules of the register, of reviews and of consultations, as pure functions.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{
    ConsultationState, LegalDocumentKind, LegalField, LegalFinding, LegalIssuerLevel, LegalOutcome, LegalProposal,
    LegalRelationKind, LegalReviewState, OpinionResponse, OpinionSource,
};
use crate::access::Action;
use crate::i18n::Message;
use crate::organisation::change::rules::{code_fault, not_before, not_later, text};
use crate::text_enum::text_enum;
use crate::user_error::{UserError, UserErrorCode};

/// The most documents of one request.
pub const MAX_DOCUMENTS: usize = 100;
/// The most relations of one document, and of one request.
pub const MAX_RELATIONS: usize = 50;
/// The most tasks of the plan that one document or draft serves.
pub const MAX_TASKS: usize = 20;
/// The most opinions of one draft.
pub const MAX_OPINIONS: usize = 200;
/// The longest text, in characters.
pub const MAX_TEXT: usize = 2_000;
const MAX_TITLE: usize = 500;
const MAX_NAME: usize = 300;
const MAX_NUMBER: usize = 64;
const MAX_PEOPLE: i32 = 1_000_000;

text_enum! {
    /// What is decided about a review of a document (quyết định).
    pub enum LegalReviewDecision {
        /// Confirm it: it counts (xác nhận).
        Confirm = "CONFIRM",
        /// Return it to be mended, with a reason; a confirmed one too, while nothing came of it (yêu cầu làm lại).
        Return = "RETURN",
    }
}

/// How a document is named: its number, and where several have it its day or level beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentKey {
    /// Number and symbol.
    pub number: String,
    /// Day of issue.
    pub issued_on: Option<NaiveDate>,
    /// Level that issued it.
    pub issuer_level: Option<LegalIssuerLevel>,
}

/// What a document does to another, as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationInput {
    /// What it does.
    pub kind: LegalRelationKind,
    /// To which document.
    pub document: DocumentKey,
    /// From which day; the document's own first day of effect where it is not stated.
    pub effective_on: Option<NaiveDate>,
}

/// A document as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentInput {
    /// The document that is changed; none for a new one.
    pub id: Option<uuid::Uuid>,
    /// The version that the caller has seen, of one that is changed.
    pub expected_version: Option<i32>,
    /// Number and symbol.
    pub number: String,
    /// Kind.
    pub kind: LegalDocumentKind,
    /// Whether it is a normative legal document.
    pub normative: bool,
    /// Level that issued it.
    pub issuer_level: LegalIssuerLevel,
    /// Who issued it.
    pub issuer: String,
    /// Field.
    pub field: LegalField,
    /// Title.
    pub title: String,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// First day of effect.
    pub effective_on: NaiveDate,
    /// First day on which it holds no more by its own words.
    pub expires_on: Option<NaiveDate>,
    /// Whether the ward must review it.
    pub must_review: bool,
    /// Code of the unit that answers for it.
    pub organisation: String,
    /// Code of the consultation on its draft.
    pub draft: Option<String>,
    /// Sections of the tasks that it serves.
    pub tasks: Vec<String>,
    /// What it does to others.
    pub relations: Vec<RelationInput>,
}

fn out_of_range(field: &[&str], message: Message) -> UserError {
    UserError::new(UserErrorCode::OutOfRange, field, message)
}

/// Puts a fault of a row into the list of rows.
pub fn at_row(list: &str, index: usize, mut fault: UserError) -> UserError {
    fault.field.splice(0..0, [list.to_owned(), index.to_string()]);
    fault.at_line(u32::try_from(index + 1).unwrap_or(u32::MAX))
}

/// Whether a kind of document can be normative or not, and of a level. Since 1/7/2025 communes issue normative resolutions
/// and decisions too (not verified).
pub fn fits(kind: LegalDocumentKind, normative: bool, level: LegalIssuerLevel) -> bool {
    use LegalDocumentKind::{Circular, Decision, Decree, Law, Ordinance, Resolution};
    match kind {
        Law | Ordinance | Decree | Circular => normative && level == LegalIssuerLevel::Central,
        Resolution | Decision => true,
        _ => !normative,
    }
}

/// Checks a document by itself.
pub fn check_document(given: &DocumentInput, today: NaiveDate) -> Vec<UserError> {
    let mut faults = Vec::new();
    faults.extend(text(&["number"], &given.number, MAX_NUMBER));
    faults.extend(text(&["issuer"], &given.issuer, MAX_NAME));
    faults.extend(text(&["title"], &given.title, MAX_TITLE));
    faults.extend(not_later(&["issuedOn"], given.issued_on, today));
    if !fits(given.kind, given.normative, given.issuer_level) {
        let message = Message::new("legal-kind-does-not-fit")
            .with("kind", given.kind.as_str())
            .with("level", given.issuer_level.as_str());
        faults.push(out_of_range(&["kind"], message));
    }
    // Only the centre may issue what holds from an earlier day (not verified).
    if given.issuer_level != LegalIssuerLevel::Central {
        faults.extend(not_before(&["effectiveOn"], given.effective_on, given.issued_on));
    }
    if let Some(day) = given.expires_on
        && day <= given.effective_on
    {
        let message = Message::new("legal-expires-too-early").with("effective", given.effective_on.to_string());
        faults.push(out_of_range(&["expiresOn"], message).expecting(format!("> {}", given.effective_on), day));
    }
    if given.draft.is_some() && given.issuer_level != LegalIssuerLevel::Ward {
        faults.push(out_of_range(&["draft"], Message::new("legal-draft-of-the-ward")));
    }
    faults.extend(too_many("tasks", given.tasks.len(), MAX_TASKS));
    faults.extend(too_many("relations", given.relations.len(), MAX_RELATIONS));
    faults
}

/// The fault of too long a list.
pub fn too_many(field: &str, given: usize, most: usize) -> Option<UserError> {
    (given > most).then(|| {
        let message = Message::new("legal-too-many").with("max", most).with("given", given);
        out_of_range(&[field], message).expecting(most, given)
    })
}

/// Sections of tasks: known, and each once.
pub fn check_tasks(given: &[String], known: &HashSet<String>) -> Vec<UserError> {
    let mut seen = HashSet::new();
    let mut faults = Vec::new();
    for (index, section) in given.iter().enumerate() {
        let (place, section) = (index.to_string(), section.trim());
        let shown: String = section.chars().take(32).collect();
        let fault = |code, key| UserError::new(code, &["tasks", &place], Message::new(key).with("section", shown));
        if !known.contains(section) {
            faults.push(fault(UserErrorCode::UnknownCode, "legal-unknown-task"));
        } else if !seen.insert(section) {
            faults.push(fault(UserErrorCode::Duplicate, "legal-task-twice"));
        }
    }
    faults
}

/// One of the two documents of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side<'a> {
    /// Number, for messages.
    pub number: &'a str,
    /// Level.
    pub level: LegalIssuerLevel,
    /// Day of issue.
    pub issued_on: NaiveDate,
    /// First day of effect.
    pub effective_on: NaiveDate,
}

/// Checks what a document does to another: none acts before it is issued on what is issued later, nor before it has effect,
/// nor on what a higher level issued, but to guide it.
pub fn check_relation(
    actor: &Side<'_>,
    target: &Side<'_>,
    kind: LegalRelationKind,
    effective_on: NaiveDate,
) -> Vec<UserError> {
    let mut faults = Vec::new();
    let named = |key| Message::new(key).with("actor", actor.number).with("target", target.number);
    if actor.issued_on < target.issued_on {
        let message = named("legal-acts-before-its-target").with("issued", target.issued_on.to_string());
        let fault = out_of_range(&["document"], message);
        faults.push(fault.expecting(format!(">= {}", target.issued_on), actor.issued_on));
    }
    if effective_on < actor.effective_on {
        let message = named("legal-acts-before-its-effect").with("effective", actor.effective_on.to_string());
        let fault = out_of_range(&["effectiveOn"], message);
        faults.push(fault.expecting(format!(">= {}", actor.effective_on), effective_on));
    }
    if kind != LegalRelationKind::Guides && actor.level < target.level {
        faults.push(out_of_range(&["kind"], named("legal-acts-on-a-higher-level").with("kind", kind.as_str())));
    }
    faults
}

/// Whether a second relation to the same document says the same again, or ends the whole of it twice.
pub fn repeats(one: LegalRelationKind, other: LegalRelationKind) -> bool {
    use LegalRelationKind::{Repeals, Replaces};
    let ends = |kind| matches!(kind, Repeals | Replaces);
    one == other || (ends(one) && ends(other))
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

    fn document() -> DocumentInput {
        DocumentInput {
            id: None,
            expected_version: None,
            number: "12/2026/QĐ-UBND".to_owned(),
            kind: LegalDocumentKind::Decision,
            normative: true,
            issuer_level: LegalIssuerLevel::Ward,
            issuer: "UBND phường An Biên".to_owned(),
            field: LegalField::Land,
            title: "Quy định về bồi thường".to_owned(),
            issued_on: day(3, 1),
            effective_on: day(3, 10),
            expires_on: Some(day(12, 31)),
            must_review: true,
            organisation: "KTHTDT".to_owned(),
            draft: None,
            tasks: Vec::new(),
            relations: Vec::new(),
        }
    }

    fn of_document(change: impl Fn(&mut DocumentInput)) -> Vec<String> {
        let mut given = document();
        change(&mut given);
        told(check_document(&given, day(9, 20)))
    }

    #[test]
    fn a_document_by_itself() {
        let none: [&str; 0] = [];
        assert_eq!(of_document(|_| {}), none);
        assert_eq!(of_document(|one| one.number = " ".to_owned()), ["Required number"]);
        assert_eq!(of_document(|one| one.title = "x".repeat(501)), ["OutOfRange title"]);
        assert_eq!(of_document(|one| one.issuer.clear()), ["Required issuer"]);
        assert_eq!(of_document(|one| one.issued_on = day(9, 21)), ["OutOfRange issuedOn", "OutOfRange effectiveOn"]);
        assert_eq!(of_document(|one| one.expires_on = Some(day(3, 10))), ["OutOfRange expiresOn"]);
        assert_eq!(of_document(|one| one.expires_on = Some(day(3, 11))), none);
        assert_eq!(of_document(|one| one.effective_on = day(2, 1)), ["OutOfRange effectiveOn"]);
        let central = |one: &mut DocumentInput| {
            one.issuer_level = LegalIssuerLevel::Central;
            one.effective_on = day(2, 1);
        };
        assert_eq!(of_document(central), none);
        assert_eq!(of_document(|one| one.kind = LegalDocumentKind::Decree), ["OutOfRange kind"]);
        assert_eq!(of_document(|one| one.kind = LegalDocumentKind::Plan), ["OutOfRange kind"]);
        assert_eq!(of_document(|one| one.normative = false), none);
        let draft = |one: &mut DocumentInput| {
            one.issuer_level = LegalIssuerLevel::City;
            one.draft = Some("DT-1".to_owned());
        };
        assert_eq!(of_document(draft), ["OutOfRange draft"]);
        assert_eq!(of_document(|one| one.tasks = vec![String::new(); 21]), ["OutOfRange tasks"]);
        let known = HashSet::from(["II.1.b.3".to_owned()]);
        let given = ["II.1.b.3", "II.1.b.3", "IX"].map(str::to_owned);
        assert_eq!(told(check_tasks(&given, &known)), ["Duplicate tasks.1", "UnknownCode tasks.2"]);
    }

    #[test]
    fn what_one_document_can_do_to_another() {
        use LegalRelationKind::{Amends, Guides, Repeals, RepealsPartly, Replaces};
        let side = |level, issued_on| Side { number: "1", level, issued_on, effective_on: day(3, 10) };
        let (ward, city) = (LegalIssuerLevel::Ward, LegalIssuerLevel::City);
        let check = |actor, target, kind, on| told(check_relation(&actor, &target, kind, on));
        let none: [&str; 0] = [];
        assert_eq!(check(side(ward, day(3, 1)), side(ward, day(3, 1)), Repeals, day(3, 10)), none);
        assert_eq!(check(side(ward, day(3, 1)), side(ward, day(3, 2)), Amends, day(3, 10)), ["OutOfRange document"]);
        assert_eq!(check(side(ward, day(3, 1)), side(ward, day(3, 1)), Amends, day(3, 9)), ["OutOfRange effectiveOn"]);
        assert_eq!(check(side(ward, day(3, 1)), side(city, day(3, 1)), Repeals, day(3, 10)), ["OutOfRange kind"]);
        assert_eq!(check(side(ward, day(3, 1)), side(city, day(3, 1)), Guides, day(3, 10)), none);
        assert_eq!(check(side(city, day(3, 1)), side(ward, day(3, 1)), Repeals, day(3, 10)), none);
        assert!(repeats(Amends, Amends) && repeats(Replaces, Repeals));
        assert!(!repeats(Amends, RepealsPartly) && !repeats(Guides, Repeals));
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
