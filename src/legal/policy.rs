//! Who may do what with legal documents, their reviews and consultations on drafts: this feature's part of the one
//! table, which `api::policy` puts together.

use super::LegalReviewState;
use access::Viewer;
use access::policy::{Action, RegisterReadRule, Relation, WriteRule, write};
use access::role::Role;
use entity::legal::legal_review;
use sea_orm::sea_query::Condition;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    // The organisation of these two is the unit that keeps the register today: it leads the target II.1.a.3.
    write("W101", Role::UnitOfficer, Action::KeepLegalDocuments, Relation::Own),
    write("W102", Role::UnitHead, Action::KeepLegalDocuments, Relation::Own),
    write("W103", Role::UnitOfficer, Action::SaveLegalReview, Relation::Own),
    write("W104", Role::UnitHead, Action::SaveLegalReview, Relation::Own),
    write("W105", Role::UnitHead, Action::DecideLegalReview, Relation::Own),
    write("W106", Role::Chair, Action::DecideLegalReview, Relation::Within),
    write("W107", Role::UnitOfficer, Action::ConsultPeople, Relation::Own),
    write("W108", Role::UnitHead, Action::ConsultPeople, Relation::Own),
    write("W109", Role::UnitHead, Action::CloseConsultation, Relation::Own),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::DecideLegalReview];

/// Who may read which reviews of legal documents. What is not confirmed concerns the unit, the Chair who may decide it, and
/// the standing body, who reads the journal of both.
pub const READS: &[RegisterReadRule<LegalReviewState>] = &[
    RegisterReadRule { id: "R101", roles: &[], relation: Relation::Within, states: &[LegalReviewState::Confirmed] },
    RegisterReadRule { id: "R102", roles: &[Role::UnitOfficer, Role::UnitHead], relation: Relation::Own, states: &[] },
    RegisterReadRule { id: "R103", roles: &[Role::StandingBody], relation: Relation::Within, states: &[] },
    RegisterReadRule { id: "R104", roles: &[Role::Chair], relation: Relation::Within, states: &[] },
];

/// Narrows reviews of legal documents as [`READS`] says.
pub fn readable(viewer: &Viewer) -> Condition {
    use legal_review::Column;
    let column = |column: Column| (legal_review::Entity, column);
    let columns = (column(Column::ProgrammeId), column(Column::OrganisationId), column(Column::State));
    viewer.by_rules(READS, LegalReviewState::as_str, columns)
}

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveLegalDocuments", Some(Action::KeepLegalDocuments)),
    ("withdrawLegalDocument", Some(Action::KeepLegalDocuments)),
    ("saveLegalCampaign", Some(Action::KeepLegalDocuments)),
    ("saveLegalReview", Some(Action::SaveLegalReview)),
    ("decideLegalReview", Some(Action::DecideLegalReview)),
    ("recordLegalReviewOutcome", Some(Action::DecideLegalReview)),
    ("saveLegalConsultation", Some(Action::ConsultPeople)),
    ("recordLegalOpinions", Some(Action::ConsultPeople)),
    ("closeLegalConsultation", Some(Action::CloseConsultation)),
];
