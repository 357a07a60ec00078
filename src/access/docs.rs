//! docs/permissions.md, printed from the policy's own tables.

use std::fmt::Write;

use super::policy::{MUTATIONS, READ_RULES, WRITE_RULES};
use super::role::Role;
use crate::workflow::rules::from_states;

/// The page, in Markdown.
pub fn permissions() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
        Printed from `src/access/policy.rs` by `reform-api permissions`; a test fails when this page differs.\n\n\
        A grant is a role on an organisation, from a date to a date. Grants are united. `OWN`: the record is of\n\
        the grant's own organisation; `WITHIN`: of it or of one below it; the standing body's own records are the\n\
        Chair's to return and accept. Whoever wrote in a record never accepts it. A refusal is journaled with the\n\
        name of the line, or of the rule, that said no.\n\n\
        ## Writing, and reading the journal\n\n\
        | line | role | may | where | from states |\n|---|---|---|---|---|\n",
    );
    for rule in WRITE_RULES {
        let states: Vec<&str> = from_states(rule.action).iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "-".to_owned() } else { states.join(", ") };
        // Writing to a String can't fail.
        let _ = writeln!(page, "| {} | {} | {} | {} | {states} |", rule.id, rule.role, rule.action, rule.relation);
    }
    page.push_str("\n## Reading submissions\n\n| line | role | of which organisations | forms | states |\n|---|---|---|---|---|\n");
    for rule in READ_RULES {
        let forms: Vec<&str> = rule.forms.iter().map(|form| form.as_str()).collect();
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let all = |names: Vec<&str>| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
        let _ =
            writeln!(page, "| {} | {} | {} | {} | {} |", rule.id, rule.role, rule.relation, all(forms), all(states));
    }
    page.push_str(
        "\nThe programme itself (organisations, targets, tasks, procedures) and the figures of accepted submissions\n\
        (measures, indicators) are open to everybody with any grant that reaches the programme.\n\n\
        ## Mutations\n\n| mutation | action | roles |\n|---|---|---|\n",
    );
    for (mutation, action) in MUTATIONS {
        let (action, roles) = match action {
            None => ("-".to_owned(), "everybody, for themselves".to_owned()),
            Some(action) => {
                let roles: Vec<&str> = super::policy::roles_for(*action).into_iter().map(Role::as_str).collect();
                (action.to_string(), roles.join(", "))
            }
        };
        let _ = writeln!(page, "| {mutation} | {action} | {roles} |");
    }
    page
}
