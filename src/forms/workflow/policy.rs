//! Who may do what with forms: this feature's part of the one table, which `api::policy` puts together.

use access::policy::{Action, Covers, ReadRule, Relation, WriteRule, of_forms, read, write};
use access::role::Role;
use kernel::form::{FormCode, State};

/// Who may write what. Beside these lines one rule holds for all: whoever wrote in a record never accepts or decides it.
pub const WRITES: &[WriteRule] = &[
    write("W01", Role::UnitOfficer, Action::SaveForm, Relation::Own),
    write("W02", Role::UnitHead, Action::SaveForm, Relation::Own),
    write("W03", Role::UnitHead, Action::SubmitForm, Relation::Own),
    write("W04", Role::UnitHead, Action::WithdrawForm, Relation::Own),
    of_forms("W05", Role::StandingBody, Action::ReturnForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    of_forms("W06", Role::StandingBody, Action::AcceptForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    of_forms("W07", Role::StandingBody, Action::ReopenForm, Relation::WithinExceptStandingBody, NOT_FINANCE),
    write("W08", Role::Chair, Action::ReturnForm, Relation::StandingBodyWithin),
    write("W09", Role::Chair, Action::AcceptForm, Relation::StandingBodyWithin),
    write("W10", Role::Chair, Action::ReopenForm, Relation::Within),
];

/// The same of forms on public finance.
pub const FINANCE_WRITES: &[WriteRule] = &[
    of_forms("W71", Role::FinanceDept, Action::ReturnForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W72", Role::FinanceDept, Action::AcceptForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W73", Role::FinanceDept, Action::ReopenForm, Relation::WithinExceptOwnUnit, FINANCE),
    of_forms("W74", Role::Chair, Action::ReturnForm, Relation::Within, FINANCE),
    of_forms("W75", Role::Chair, Action::AcceptForm, Relation::Within, FINANCE),
];

/// The forms on public finance: the finance division accepts them (domain facts 1.4), the Chair its own.
pub const FINANCE_FORMS: &[FormCode] = &[
    FormCode::BudgetExecution,
    FormCode::Prices,
    FormCode::AutonomyFunds,
    FormCode::SavingsScore,
    FormCode::BudgetDisclosure,
];

const FINANCE: Covers = Covers::Only(FINANCE_FORMS);
const NOT_FINANCE: Covers = Covers::Except(FINANCE_FORMS);

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::AcceptForm];

/// What left the unit's own hands: everything but drafts.
const SENT: &[State] = &[State::Submitted, State::Returned, State::Accepted, State::Superseded];

/// The forms on administrative procedures and on serving people.
const ONE_STOP_FORMS: &[FormCode] = &[
    FormCode::DossierStatistics,
    FormCode::OverdueCauses,
    FormCode::Feedback,
    FormCode::Satisfaction,
    FormCode::EIdentification,
    FormCode::Dialogues,
];

/// Records digitised: of land and planning it is the economic division's business, of dossiers the one-stop centre's
/// (domain facts 1.4).
const DIGITISATION_FORMS: &[FormCode] = &[FormCode::Digitisation];

const ACCEPTED: &[State] = &[State::Accepted, State::Superseded];

/// Who may read which submissions. Figures of accepted submissions (measures, indicators), procedures,
/// organisations, targets and tasks are open to everybody with any grant under the programme; those that rest on a
/// confidential form only to whom a line opens the form, and beside that as `templates::rules::disclosure` says.
pub const READS: &[ReadRule] = &[
    read("R01", Role::UnitOfficer, Relation::Own, &[], true, &[]),
    read("R02", Role::UnitHead, Relation::Own, &[], true, &[]),
    read("R03", Role::StandingBody, Relation::Within, &[], true, SENT),
    read("R04", Role::Chair, Relation::Within, &[], true, SENT),
    read("R05", Role::OneStop, Relation::Within, ONE_STOP_FORMS, false, SENT),
    read("R06", Role::PublicServiceCentre, Relation::Own, &[], true, &[]),
    read("R07", Role::Oversight, Relation::Within, &[], false, ACCEPTED),
    read("R08", Role::UpperLevel, Relation::Within, &[], false, ACCEPTED),
    read("R09", Role::FinanceDept, Relation::Within, FINANCE_FORMS, false, SENT),
    read("R111", Role::FinanceDept, Relation::Within, DIGITISATION_FORMS, false, SENT),
    read("R112", Role::OneStop, Relation::Within, DIGITISATION_FORMS, false, SENT),
];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveForm", Some(Action::SaveForm)),
    ("submitForm", Some(Action::SubmitForm)),
    ("withdrawForm", Some(Action::WithdrawForm)),
    ("returnForm", Some(Action::ReturnForm)),
    ("acceptForm", Some(Action::AcceptForm)),
    ("reopenForm", Some(Action::ReopenForm)),
];
