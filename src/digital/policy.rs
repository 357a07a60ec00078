//! Who may do what with information systems, new technology, audits and online channels: this feature's part of the one
//! table, which `api::policy` puts together.

use access::policy::{Action, Relation, WriteRule, write};
use access::role::Role;

/// Who may write what.
pub const WRITES: &[WriteRule] = &[
    write("W111", Role::UnitOfficer, Action::RecordDigital, Relation::Own),
    write("W112", Role::UnitHead, Action::RecordDigital, Relation::Own),
    write("W113", Role::PublicServiceCentre, Action::RecordDigital, Relation::Own),
    write("W114", Role::StandingBody, Action::RecordDigital, Relation::Within),
    write("W115", Role::StandingBody, Action::ConfirmDigital, Relation::WithinExceptStandingBody),
    write("W116", Role::Chair, Action::ConfirmDigital, Relation::StandingBodyWithin),
    write("W117", Role::UnitHead, Action::ConfirmAsLead, Relation::Own),
];

/// What whoever wrote in a record never does with it (domain facts 1.4).
pub const NEVER_BY_AUTHOR: &[Action] = &[Action::ConfirmDigital, Action::ConfirmAsLead];

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] = &[
    ("saveInformationSystem", Some(Action::RecordDigital)),
    ("recordSystemIntegration", Some(Action::RecordDigital)),
    ("confirmSystemIntegration", Some(Action::ConfirmDigital)),
    ("saveTechnologyApplication", Some(Action::RecordDigital)),
    ("saveIsoAudit", Some(Action::RecordDigital)),
    ("saveIsoFinding", Some(Action::RecordDigital)),
    ("closeIsoFinding", Some(Action::ConfirmDigital)),
    ("saveIsoCertificate", Some(Action::RecordDigital)),
    ("saveOnlineDuty", Some(Action::RecordDigital)),
    ("recordOnlineDutyCheck", Some(Action::RecordDigital)),
];
