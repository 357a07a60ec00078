//! What a caller may do with a record: answered from the policy's own table, so that a front end draws its
//! buttons without copying a rule.

use access::Caller;
use access::policy;
use access::policy::AllowedAction as Decision;
use access::policy::{Action, Subject};
use kernel::i18n::Language;

/// Whether the caller may do something with a record now, and if not, why.
#[derive(Debug, Clone, rows::RowObject)]
pub struct AllowedAction {
    /// The action.
    pub action: Action,
    /// Whether it is allowed now.
    pub allowed: bool,
    /// Why not, in the caller's language; null when it is allowed.
    pub reason: Option<String>,
}

impl AllowedAction {
    /// In a language.
    pub fn of(decision: Decision, language: Language) -> AllowedAction {
        AllowedAction {
            action: decision.action,
            allowed: decision.denied.is_none(),
            reason: decision.denied.map(|message| message.render(language)),
        }
    }
}

/// What the table says of some actions on a record that has no states.
pub fn of_record(caller: &Caller, actions: &[Action], subject: &Subject<'_>, language: Language) -> Vec<AllowedAction> {
    actions
        .iter()
        .map(|&action| {
            let denied = policy::permit(caller, action, subject).err().map(|refused| refused.denial.message());
            AllowedAction::of(Decision { action, denied }, language)
        })
        .collect()
}
