//! docs/permissions.md, printed from the policy's own tables.

use std::fmt::Write;

use super::policy::{
    ASSET_READ_RULES, AUTONOMY_READ_RULES, Action, CHANGE_READ_RULES, Covers, DATASET_READ_RULES, DatasetReader,
    LEGAL_REVIEW_READ_RULES, MUTATIONS, NEVER_BY_AUTHOR, READ_RULES, REFORM_BUDGET_READ_RULES, REVIEW_READ_RULES,
    RegisterReadRule, WRITE_RULES,
};
use super::role::Role;
use crate::asset::rules::from_states as plan_states;
use crate::autonomy::AutonomyState;
use crate::autonomy::rules::from_states as autonomy_states;
use crate::dataset::LED_BY_TASK;
use crate::dataset::rules::from_states as dataset_states;
use crate::form::FormCode;
use crate::legal::rules::reviews::from_states as legal_states;
use crate::organisation::change::rules::from_states as change_states;
use crate::reform_budget::ReformBudgetState;
use crate::reform_budget::rules::from_states as reform_budget_states;
use crate::simplification::rules::from_states as review_states;
use crate::workflow::rules::from_states;

/// The page, in Markdown.
pub fn permissions() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
        Printed from `src/access/policy.rs` by `reform-api permissions`; a test fails when this page differs.\n\n\
        A grant is a role on an organisation, from a date to a date. Grants are united. `OWN`: the record is of\n\
        the grant's own organisation; `WITHIN`: of it or of one below it; the standing body's own records are the\n\
        Chair's to return and accept; forms on finance are the finance division's, and those of a unit in which somebody is\n\
        head or officer are never his to accept. A refusal is journaled with the name of the line, or of the rule, that said no.\n\n\
        ## Writing, and reading the journal\n\n\
        | line | role | may | where | of forms | from states |\n|---|---|---|---|---|---|\n",
    );
    for rule in WRITE_RULES {
        let forms = from_states(rule.action).iter().map(|state| state.as_str());
        let reviews = review_states(rule.action).iter().map(|state| state.as_str());
        let changes = change_states(rule.action).iter().map(|state| state.as_str());
        let legal = legal_states(rule.action).iter().map(|state| state.as_str());
        let autonomy = autonomy_states(rule.action).iter().map(|state| state.as_str());
        let budget = reform_budget_states(rule.action).iter().map(|state| state.as_str());
        let plans = plan_states(rule.action).iter().map(|state| state.as_str());
        let datasets = dataset_states(rule.action).iter().map(|state| state.as_str());
        let registers = legal.chain(autonomy).chain(budget).chain(plans).chain(datasets);
        let states: Vec<&str> = forms.chain(reviews).chain(changes).chain(registers).collect();
        let states = if states.is_empty() { "-".to_owned() } else { states.join(", ") };
        // Writing to a String can't fail.
        let names = |forms: &[FormCode]| forms.iter().map(|form| form.as_str()).collect::<Vec<_>>().join(", ");
        let of = match rule.forms {
            Covers::Every => "-".to_owned(),
            Covers::Only(forms) => names(forms),
            Covers::Except(forms) => format!("all but {}", names(forms)),
        };
        let _ =
            writeln!(page, "| {} | {} | {} | {} | {of} | {states} |", rule.id, rule.role, rule.action, rule.relation);
    }
    let never: Vec<&str> = NEVER_BY_AUTHOR.iter().copied().map(Action::as_str).collect();
    let _ = writeln!(page, "\nNever by whoever wrote in the record himself: {}.", never.join(", "));
    page.push_str("\nCONFIRM_AS_LEAD is asked about the unit that leads the task today (II.6.b.3, II.6.b.6), of lines of other units.\n");
    page.push_str("\n## Reading submissions\n\n| line | role | of which organisations | forms | states |\n|---|---|---|---|---|\n");
    for rule in READ_RULES {
        let forms: Vec<&str> = rule.forms.iter().map(|form| form.as_str()).collect();
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let all = |names: Vec<&str>| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
        let forms = match (forms.is_empty(), rule.confidential) {
            (true, false) => "all but confidential ones".to_owned(),
            _ => all(forms),
        };
        let _ = writeln!(page, "| {} | {} | {} | {forms} | {} |", rule.id, rule.role, rule.relation, all(states));
    }
    let confidential: Vec<&str> = crate::template::confidential().map(|template| template.code.as_str()).collect();
    let _ = writeln!(
        page,
        "\nConfidential forms: {}.\n\
        Figures that rest on them are for whom these lines open the forms of every unit that they are made of. All\n\
        others see, of forms whose file says SUMS, figures of the whole programme, and those not when something small\n\
        would follow from them ([architecture.md](architecture.md)).",
        confidential.join(", ")
    );
    page.push_str("\n## Reading reviews of procedures\n\n| line | role | proposed by which organisations | states |\n|---|---|---|---|\n");
    for rule in REVIEW_READ_RULES {
        let role = rule.role.map_or("everybody with a grant", Role::as_str);
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let relation = if rule.role.is_some() { rule.relation.as_str() } else { "of the programme" };
        let _ = writeln!(page, "| {} | {role} | {relation} | {states} |", rule.id);
    }
    page.push_str("\n## Reading reviews of legal documents\n\n| line | role | of which organisations | states |\n|---|---|---|---|\n");
    for rule in LEGAL_REVIEW_READ_RULES {
        let roles: Vec<&str> = rule.roles.iter().map(|role| role.as_str()).collect();
        let everybody = roles.is_empty();
        let roles = if everybody { "everybody with a grant".to_owned() } else { roles.join(", ") };
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let relation = if everybody { "of the programme" } else { rule.relation.as_str() };
        let _ = writeln!(page, "| {} | {roles} | {relation} | {states} |", rule.id);
    }
    page.push_str("\n## Reading changes of organisations\n\n| line | role | states |\n|---|---|---|\n");
    for rule in CHANGE_READ_RULES {
        let role = rule.role.map_or("everybody with a grant", Role::as_str);
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let _ = writeln!(page, "| {} | {role} | {states} |", rule.id);
    }
    reading_of(&mut page, "classifications by autonomy", AUTONOMY_READ_RULES, AutonomyState::as_str);
    reading_of(&mut page, "the budget of the reform", REFORM_BUDGET_READ_RULES, ReformBudgetState::as_str);
    page.push_str(
        "\n## Reading public assets\n\n| line | role | of which units | drafts, proposals and what was rejected |\n|---|---|---|---|\n",
    );
    for rule in ASSET_READ_RULES {
        let roles: Vec<&str> = rule.roles.iter().copied().map(Role::as_str).collect();
        let (roles, relation) = match rule.roles {
            [] => ("everybody with a grant".to_owned(), "of the programme"),
            _ => (roles.join(", "), rule.relation.as_str()),
        };
        let _ = writeln!(page, "| {} | {roles} | {relation} | {} |", rule.id, if rule.drafts { "yes" } else { "no" });
    }
    let _ = writeln!(
        page,
        "\n## Reading datasets\n\n\
        Datasets are published by whoever leads task {LED_BY_TASK} of the plan: the lines of DECIDE_DATASET are asked about\n\
        that unit, and about the standing body where none leads. Published open datasets are exported to everybody\n\
        (`GET /dcat/catalog.jsonld`).\n\n\
        | line | who | access rights | states |\n|---|---|---|---|"
    );
    for rule in DATASET_READ_RULES {
        let readers = rule.readers.iter().map(|reader| match reader {
            DatasetReader::Anybody => "everybody with a grant".to_owned(),
            DatasetReader::Own(role) => format!("{role} (OWN)"),
            DatasetReader::Within(role) => format!("{role} (WITHIN)"),
            DatasetReader::Lead(role) => format!("{role} of the unit that leads {LED_BY_TASK}"),
        });
        let readers = readers.collect::<Vec<_>>().join(", ");
        let all = |names: Vec<&str>| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
        let access = all(rule.access.iter().map(|access| access.as_str()).collect());
        let states = all(rule.states.iter().map(|state| state.as_str()).collect());
        let _ = writeln!(page, "| {} | {readers} | {access} | {states} |", rule.id);
    }
    page.push_str(
        "\nThe programme itself (organisations with their functions, delegations and classifications, targets, tasks,\n\
        procedures, where these are made public, quotas of posts and the baseline of their cut, estimates of the\n\
        budget and what accepted forms say of their execution, which documents of the budget units published by forms that\n\
        they sent, public investment, public assets as they are confirmed, legal documents, campaigns of their review and\n\
        consultations on drafts, information systems, applications of new technology, audits of the quality standard,\n\
        duties on online channels, parameters) and the figures of accepted submissions (measures, indicators) are open to\n\
        everybody with any grant that reaches\n\
        the programme, but for those that rest on confidential forms.\n\n\
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

/// The lines for reading one register.
fn reading_of<S: Copy>(page: &mut String, what: &str, rules: &[RegisterReadRule<S>], text: fn(S) -> &'static str) {
    // Writing to a String can't fail.
    let _ =
        writeln!(page, "\n## Reading {what}\n\n| line | roles | of which organisations | states |\n|---|---|---|---|");
    for rule in rules {
        let roles: Vec<&str> = rule.roles.iter().map(|role| role.as_str()).collect();
        let states: Vec<&str> = rule.states.iter().copied().map(text).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let _ = writeln!(page, "| {} | {} | {} | {states} |", rule.id, roles.join(", "), rule.relation);
    }
}
