//! Who may do what with dossier statistics; they are a form like others: this feature's part of the one table, which
//! `api::policy` puts together.

use access::policy::Action;

/// Which action each mutation asks for.
pub const MUTATIONS: &[(&str, Option<Action>)] =
    &[("saveDossierStatistics", Some(Action::SaveForm)), ("copyDossierStatistics", Some(Action::SaveForm))];
