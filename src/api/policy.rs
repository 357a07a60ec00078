//! The one table of who may do what, and where: put together from what each feature says in its own `policy.rs`, in the
//! order in which it is printed as docs/permissions.md.
//!
//! Source: plan 999/QĐ-UBND section V; domain facts 1.4 (roles, separation of duties).

use access::Action;
use access::policy::Table;
use apparatus::{change, staffing};
use base::{account, programme};
use digital::dataset;
use finance::{asset, autonomy, reform_budget};
use forms::workflow;
use procedures::{dossier, procedure, publicity, simplification};
use spending::{budget, investment, savings};

use crate::audit;

/// Who may write what, what nobody does with what he wrote himself, and who may read which submissions.
pub static TABLE: Table = Table {
    writes: &[
        workflow::policy::WRITES,
        procedure::policy::WRITES,
        programme::policy::WRITES,
        audit::policy::WRITES,
        account::policy::WRITES,
        simplification::policy::WRITES,
        publicity::policy::WRITES,
        simplification::policy::CORRECTIONS,
        change::policy::WRITES,
        apparatus::policy::WRITES,
        staffing::policy::WRITES,
        workflow::policy::FINANCE_WRITES,
        budget::policy::WRITES,
        investment::policy::WRITES,
        savings::policy::WRITES,
        legal::policy::WRITES,
        autonomy::policy::WRITES,
        reform_budget::policy::WRITES,
        digital::policy::WRITES,
        asset::policy::WRITES,
        dataset::policy::WRITES,
    ],
    never_by_author: &[
        workflow::policy::NEVER_BY_AUTHOR,
        simplification::policy::NEVER_BY_AUTHOR,
        staffing::policy::NEVER_BY_AUTHOR,
        change::policy::NEVER_BY_AUTHOR,
        budget::policy::NEVER_BY_AUTHOR,
        savings::policy::NEVER_BY_AUTHOR,
        legal::policy::NEVER_BY_AUTHOR,
        autonomy::policy::NEVER_BY_AUTHOR,
        reform_budget::policy::NEVER_BY_AUTHOR,
        digital::policy::NEVER_BY_AUTHOR,
        asset::policy::NEVER_BY_AUTHOR,
        dataset::policy::NEVER_BY_AUTHOR,
    ],
    submissions: workflow::policy::READS,
    asked_of_lead: &[(Action::DecideDataset, dataset::LED_BY_TASK)],
};

/// Which action each mutation asks for; none for those that everybody may call. A test fails for a mutation of the schema
/// that is missing here.
pub fn mutations() -> impl Iterator<Item = (&'static str, Option<Action>)> {
    const ALL: &[&[(&str, Option<Action>)]] = &[
        account::policy::MUTATIONS,
        dossier::policy::MUTATIONS,
        workflow::policy::MUTATIONS,
        procedure::policy::MUTATIONS,
        programme::policy::MUTATIONS,
        staffing::policy::MUTATIONS,
        simplification::policy::MUTATIONS,
        publicity::policy::MUTATIONS,
        change::policy::MUTATIONS,
        apparatus::policy::MUTATIONS,
        budget::policy::MUTATIONS,
        investment::policy::MUTATIONS,
        savings::policy::MUTATIONS,
        legal::policy::MUTATIONS,
        autonomy::policy::MUTATIONS,
        reform_budget::policy::MUTATIONS,
        digital::policy::MUTATIONS,
        asset::policy::MUTATIONS,
        dataset::policy::MUTATIONS,
    ];
    ALL.iter().copied().flatten().copied()
}

/// Installs the table.
pub fn install() {
    access::policy::install(&TABLE);
}

#[cfg(test)]
mod tests {
    use access::policy::{Denial, Relation, Subject, WriteRule, action_key, decide_by};
    use access::role::{Grant, Role};
    use kernel::form::FormCode;
    use kernel::i18n::{Language, Message};
    use uuid::Uuid;

    use super::*;

    const CITY: Uuid = Uuid::from_u128(1);
    const WARD: Uuid = Uuid::from_u128(2);
    const UNIT: Uuid = Uuid::from_u128(3);
    const OTHER: Uuid = Uuid::from_u128(4);

    fn grant(role: Role, organisation_id: Uuid) -> Grant {
        Grant { role, organisation_id, organisation_code: String::new() }
    }

    fn unit(standing_body: bool, written_by_caller: bool) -> Subject<'static> {
        Subject { organisation_id: UNIT, upward: &[UNIT, WARD, CITY], standing_body, written_by_caller, form: None }
    }

    fn decide(grants: &[Grant], action: Action, subject: &Subject<'_>) -> Result<&'static WriteRule, Denial> {
        decide_by(&TABLE, grants, action, subject)
    }

    #[test]
    fn every_role_and_action_is_decided_as_the_table_says() {
        for &role in Role::ALL {
            for &action in Action::ALL {
                for organisation in [CITY, WARD, UNIT, OTHER] {
                    for standing_body in [false, true] {
                        for form in [None, Some(FormCode::Feedback), Some(FormCode::BudgetExecution)] {
                            let subject = Subject { form, ..unit(standing_body, false) };
                            let expected = TABLE.write_rules().any(|rule| {
                                rule.role == role
                                    && rule.action == action
                                    && rule.forms.includes(form)
                                    && match rule.relation {
                                        Relation::Own => organisation == UNIT,
                                        Relation::Within => organisation != OTHER,
                                        Relation::WithinExceptStandingBody => organisation != OTHER && !standing_body,
                                        Relation::StandingBodyWithin => organisation != OTHER && standing_body,
                                        Relation::WithinExceptOwnUnit => organisation != OTHER,
                                    }
                            });
                            let decision = decide(&[grant(role, organisation)], action, &subject);
                            assert_eq!(
                                decision.is_ok(),
                                expected,
                                "{role} {action} {organisation} {standing_body} {form:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn whoever_wrote_in_a_record_never_accepts_it() {
        let grants = [grant(Role::StandingBody, WARD), grant(Role::UnitOfficer, UNIT)];
        assert!(decide(&grants, Action::AcceptForm, &unit(false, false)).is_ok());
        assert_eq!(
            decide(&grants, Action::AcceptForm, &unit(false, true)).unwrap_err(),
            Denial::OwnWork(Action::AcceptForm)
        );
        assert!(decide(&grants, Action::ReturnForm, &unit(false, true)).is_ok());
        let chair = [grant(Role::Chair, WARD)];
        for action in [Action::DecideReview, Action::RevokeReview] {
            assert!(decide(&chair, action, &unit(false, false)).is_ok());
            assert_eq!(decide(&chair, action, &unit(false, true)).unwrap_err(), Denial::OwnWork(action));
        }
    }

    #[test]
    fn own_work_is_worded_for_what_was_wanted() {
        for language in [Language::Vi, Language::En] {
            for action in TABLE.never_by_author.iter().copied().flatten().copied() {
                let sentence = Denial::OwnWork(action).message().render(language);
                assert!(sentence.contains(&Message::new(action_key(action)).render(language)), "{sentence}");
            }
        }
    }

    #[test]
    fn the_standing_bodys_own_data_is_the_chairs() {
        let own = unit(true, false);
        let body = [grant(Role::StandingBody, WARD)];
        assert_eq!(decide(&body, Action::AcceptForm, &own).unwrap_err(), Denial::StandingBodysOwn(Action::AcceptForm));
        assert_eq!(decide(&[grant(Role::Chair, WARD)], Action::AcceptForm, &own).unwrap().id, "W09");
    }

    #[test]
    fn forms_on_finance_are_the_finance_divisions_and_its_own_the_chairs() {
        let about = |form| Subject { form: Some(form), ..unit(false, false) };
        let (finance, body) = ([grant(Role::FinanceDept, WARD)], [grant(Role::StandingBody, WARD)]);
        let budget = about(FormCode::BudgetExecution);
        assert_eq!(decide(&finance, Action::AcceptForm, &budget).unwrap().id, "W72");
        let no_role = |form| Denial::NoRole(Action::AcceptForm, Some(form));
        assert_eq!(decide(&body, Action::AcceptForm, &budget).unwrap_err(), no_role(FormCode::BudgetExecution));
        let feedback = about(FormCode::Feedback);
        assert_eq!(decide(&finance, Action::AcceptForm, &feedback).unwrap_err(), no_role(FormCode::Feedback));
        let head_too = [grant(Role::FinanceDept, WARD), grant(Role::UnitHead, UNIT)];
        assert_eq!(decide(&head_too, Action::AcceptForm, &budget).unwrap_err(), Denial::OwnUnit(Action::AcceptForm));
        assert_eq!(decide(&[grant(Role::Chair, WARD)], Action::AcceptForm, &budget).unwrap().id, "W75");
        install();
        let said = Denial::NoRole(Action::AcceptForm, Some(FormCode::BudgetExecution)).message().render(Language::En);
        assert!(said.contains("FINANCE_DEPT") && !said.contains("STANDING_BODY"), "{said}");
    }

    #[test]
    fn grants_are_united() {
        let grants = [grant(Role::UnitOfficer, OTHER), grant(Role::UnitHead, UNIT)];
        assert!(decide(&grants, Action::SubmitForm, &unit(false, false)).is_ok());
        assert_eq!(
            decide(&grants[..1], Action::SubmitForm, &unit(false, false)).unwrap_err(),
            Denial::NoRole(Action::SubmitForm, None)
        );
        assert_eq!(
            decide(&grants[..1], Action::SaveForm, &unit(false, false)).unwrap_err(),
            Denial::OtherOrganisation(Action::SaveForm, None)
        );
    }

    #[test]
    fn rules_have_names_of_their_own() {
        let mut names: Vec<&str> =
            TABLE.write_rules().map(|rule| rule.id).chain(TABLE.submissions.iter().map(|rule| rule.id)).collect();
        names.extend(simplification::policy::READS.iter().map(|rule| rule.id));
        names.extend(change::policy::READS.iter().map(|rule| rule.id));
        names.extend(legal::policy::READS.iter().map(|rule| rule.id));
        names.extend(autonomy::policy::READS.iter().map(|rule| rule.id));
        names.extend(reform_budget::policy::READS.iter().map(|rule| rule.id));
        names.extend(asset::policy::READS.iter().map(|rule| rule.id));
        names.extend(dataset::policy::READS.iter().map(|rule| rule.id));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
