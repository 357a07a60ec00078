//! docs/permissions.md, printed from the policy's own tables.

use std::fmt::Write;

use access::Action;
use access::policy::{Covers, RegisterReadRule, roles_for};
use access::role::Role;
use apparatus::change;
use digital::dataset;
use digital::dataset::policy::DatasetReader;
use finance::{asset, autonomy, reform_budget};
use procedures::simplification;

use crate::policy::{TABLE, mutations};
use ::forms::workflow::rules::from_states;
use apparatus::change::rules::from_states as change_states;
use digital::dataset::LED_BY_TASK;
use digital::dataset::rules::from_states as dataset_states;
use finance::asset::rules::from_states as plan_states;
use finance::autonomy::AutonomyState;
use finance::autonomy::rules::from_states as autonomy_states;
use finance::reform_budget::ReformBudgetState;
use finance::reform_budget::rules::from_states as reform_budget_states;
use kernel::form::FormCode;
use legal::rules::reviews::from_states as legal_states;
use procedures::simplification::rules::from_states as review_states;

/// The page, in Markdown.
pub fn permissions() -> String {
    crate::install();
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
    for rule in TABLE.write_rules() {
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
    let never: Vec<&str> = TABLE.never_by_author.iter().copied().flatten().copied().map(Action::as_str).collect();
    let _ = writeln!(page, "\nNever by whoever wrote in the record himself: {}.", never.join(", "));
    page.push_str("\nCONFIRM_AS_LEAD is asked about the unit that leads the task today (II.6.b.3, II.6.b.6), of lines of other units.\n");
    page.push_str("\n## Reading submissions\n\n| line | role | of which organisations | forms | states |\n|---|---|---|---|---|\n");
    for rule in TABLE.submissions {
        let forms: Vec<&str> = rule.forms.iter().map(|form| form.as_str()).collect();
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let all = |names: Vec<&str>| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
        let forms = match (forms.is_empty(), rule.confidential) {
            (true, false) => "all but confidential ones".to_owned(),
            _ => all(forms),
        };
        let _ = writeln!(page, "| {} | {} | {} | {forms} | {} |", rule.id, rule.role, rule.relation, all(states));
    }
    let confidential: Vec<&str> = templates::confidential().map(|template| template.code.as_str()).collect();
    let _ = writeln!(
        page,
        "\nConfidential forms: {}.\n\
        Figures that rest on them are for whom these lines open the forms of every unit that they are made of. All\n\
        others see, of forms whose file says SUMS, figures of the whole programme, and those not when something small\n\
        would follow from them ([architecture.md](architecture.md)).",
        confidential.join(", ")
    );
    page.push_str("\n## Reading reviews of procedures\n\n| line | role | proposed by which organisations | states |\n|---|---|---|---|\n");
    for rule in simplification::policy::READS {
        let role = rule.roles.first().map_or("everybody with a grant", |role| role.as_str());
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let relation = if rule.roles.is_empty() { "of the programme" } else { rule.relation.as_str() };
        let _ = writeln!(page, "| {} | {role} | {relation} | {states} |", rule.id);
    }
    page.push_str("\n## Reading reviews of legal documents\n\n| line | role | of which organisations | states |\n|---|---|---|---|\n");
    for rule in legal::policy::READS {
        let roles: Vec<&str> = rule.roles.iter().map(|role| role.as_str()).collect();
        let everybody = roles.is_empty();
        let roles = if everybody { "everybody with a grant".to_owned() } else { roles.join(", ") };
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let relation = if everybody { "of the programme" } else { rule.relation.as_str() };
        let _ = writeln!(page, "| {} | {roles} | {relation} | {states} |", rule.id);
    }
    page.push_str("\n## Reading changes of organisations\n\n| line | role | states |\n|---|---|---|\n");
    for rule in change::policy::READS {
        let role = rule.role.map_or("everybody with a grant", Role::as_str);
        let states: Vec<&str> = rule.states.iter().map(|state| state.as_str()).collect();
        let states = if states.is_empty() { "all".to_owned() } else { states.join(", ") };
        let _ = writeln!(page, "| {} | {role} | {states} |", rule.id);
    }
    reading_of(&mut page, "classifications by autonomy", autonomy::policy::READS, AutonomyState::as_str);
    reading_of(&mut page, "the budget of the reform", reform_budget::policy::READS, ReformBudgetState::as_str);
    page.push_str(
        "\n## Reading public assets\n\n| line | role | of which units | drafts, proposals and what was rejected |\n|---|---|---|---|\n",
    );
    for rule in asset::policy::READS {
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
    for rule in dataset::policy::READS {
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
    for (mutation, action) in mutations() {
        let (action, roles) = match action {
            None => ("-".to_owned(), "everybody, for themselves".to_owned()),
            Some(action) => {
                let roles: Vec<&str> = roles_for(action).into_iter().map(Role::as_str).collect();
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
