//! The rules of the register, as pure functions. Those of reviews stand in [`reviews`], those of drafts in
//! [`consultations`].

pub mod consultations;
pub mod reviews;

pub use kernel::faults::MAX_TEXT;
use std::collections::HashSet;

use chrono::NaiveDate;

use super::{LegalDocumentKind, LegalField, LegalIssuerLevel, LegalRelationKind};
use kernel::faults::{not_before, not_later, text};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// The most documents of one request.
pub const MAX_DOCUMENTS: usize = 100;
/// The most relations of one document.
pub const MAX_RELATIONS: usize = 50;
/// The most tasks of the plan that one document or draft serves.
pub const MAX_TASKS: usize = 20;
const MAX_TITLE: usize = 500;
const MAX_NAME: usize = 300;
const MAX_NUMBER: usize = 64;

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
}
