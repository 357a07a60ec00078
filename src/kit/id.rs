//! Opaque global identifiers (GraphQL Global Object Identification): a type and a key, in base64.

use async_graphql::ID;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;

/// The types that have global identifiers, and the letters that stand for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Programme.
    Programme,
    /// Organisation.
    Organisation,
    /// Target.
    Target,
    /// Task.
    Task,
    /// Procedure.
    Procedure,
    /// Review of a procedure.
    ProcedureReview,
    /// Change of organisations.
    OrganisationChange,
    /// Decentralisation or authorisation.
    Delegation,
    /// Legal document.
    LegalDocument,
    /// Public asset.
    PublicAsset,
    /// Edition of a dataset.
    Dataset,
    /// Submission.
    Submission,
    /// Figure of an indicator.
    IndicatorObservation,
    /// Figure of a measure.
    MeasureValue,
    /// Entry of the journal.
    AuditEvent,
    /// Account.
    Person,
}

const KINDS: [(Kind, &str); 16] = [
    (Kind::Programme, "programme"),
    (Kind::Organisation, "organisation"),
    (Kind::Target, "target"),
    (Kind::Task, "task"),
    (Kind::Procedure, "procedure"),
    (Kind::ProcedureReview, "review"),
    (Kind::OrganisationChange, "change"),
    (Kind::Delegation, "delegation"),
    (Kind::LegalDocument, "document"),
    (Kind::PublicAsset, "asset"),
    (Kind::Dataset, "dataset"),
    (Kind::Submission, "submission"),
    (Kind::IndicatorObservation, "observation"),
    (Kind::MeasureValue, "measure"),
    (Kind::AuditEvent, "event"),
    (Kind::Person, "person"),
];

/// The identifier of a record.
pub fn encode(kind: Kind, id: Uuid) -> ID {
    let name = KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, name)| name);
    ID(URL_SAFE_NO_PAD.encode(format!("{name}:{id}")))
}

/// What an identifier says; none when it says nothing.
pub fn decode(id: &str) -> Option<(Kind, Uuid)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id).ok()?).ok()?;
    let (name, key) = text.split_once(':')?;
    let (kind, _) = KINDS.iter().find(|(_, known)| *known == name)?;
    Some((*kind, key.parse().ok()?))
}

/// The key of an identifier that must be of one kind; BAD_USER_INPUT otherwise.
pub fn expect(kind: Kind, id: &str) -> ApiResult<Uuid> {
    match decode(id) {
        Some((found, key)) if found == kind => Ok(key),
        _ => Err(ApiError::bad_input(Message::new("id-malformed").with("id", shorten(id)))),
    }
}

fn shorten(id: &str) -> String {
    id.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_says_what_it_is_of() {
        let key = Uuid::from_u128(7);
        let id = encode(Kind::Submission, key);
        assert_eq!(decode(&id), Some((Kind::Submission, key)));
        assert_eq!(expect(Kind::Submission, &id).unwrap(), key);
        assert!(expect(Kind::Organisation, &id).is_err());
        for text in ["", "x", "AAAA", "c3VibWlzc2lvbjo"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
