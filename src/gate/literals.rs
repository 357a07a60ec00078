//! What the validator doesn't look at inside literal values.

use std::collections::HashSet;

use apollo_compiler::Node;
use apollo_compiler::ast::{Argument, Definition, DirectiveList, Document, Selection, Value};

use super::document::shorten;
use super::limits::Limits;
use super::position::Lines;
use super::refusal::{Denial, Fault};
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// Input object field uniqueness (specification 5.6.3): the one rule of the specification that
/// apollo-compiler leaves out, and the engine would silently take the last value.
pub(super) fn check(document: &Document, lines: &Lines<'_>, limits: &Limits) -> Result<(), Denial> {
    let mut check = Check { lines, limits, faults: Vec::new() };
    for definition in &document.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                for variable in &operation.variables {
                    if let Some(value) = &variable.default_value {
                        check.value(value);
                    }
                    check.directives(&variable.directives);
                }
                check.directives(&operation.directives);
                check.selections(&operation.selection_set);
            }
            Definition::FragmentDefinition(fragment) => {
                check.directives(&fragment.directives);
                check.selections(&fragment.selection_set);
            }
            _ => {}
        }
    }
    match check.faults {
        faults if faults.is_empty() => Ok(()),
        faults => Err(Denial::new(ErrorCode::GraphqlValidationFailed, faults)),
    }
}

struct Check<'c> {
    lines: &'c Lines<'c>,
    limits: &'c Limits,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn selections(&mut self, selections: &[Selection]) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments);
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.directives),
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives);
                    self.selections(&inline.selection_set);
                }
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            self.arguments(&directive.arguments);
        }
    }

    fn arguments(&mut self, arguments: &[Node<Argument>]) {
        for argument in arguments {
            self.value(&argument.value);
        }
    }

    fn value(&mut self, value: &Node<Value>) {
        match value.as_ref() {
            // One of the engines can't store it.
            Value::String(text) if text.contains('\0') && self.faults.len() < self.limits.errors => {
                let message = Message::new("gate-nul").with("path", "");
                self.faults.push(Fault { message, at: Some(self.lines.of(value.location())), variable: None });
            }
            Value::List(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => {
                let mut seen = HashSet::with_capacity(fields.len());
                for (name, value) in fields {
                    if !seen.insert(name.as_str()) && self.faults.len() < self.limits.errors {
                        let message = Message::new("gate-input-field-twice").with("field", shorten(name, 100));
                        self.faults.push(Fault { message, at: Some(self.lines.of(name.location())), variable: None });
                    }
                    self.value(value);
                }
            }
            _ => {}
        }
    }
}
