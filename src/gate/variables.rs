//! The values that a request gives its variables.
//!
//! The engine looks at a variable only when a resolver takes it, and then answers with a field error
//! beside half an answer; the specification (6.1.2, CoerceVariableValues) makes it a request error. It
//! also gives an omitted variable the value `null`, where the argument's own default should hold, and
//! forgets the variable's default in `@skip` and `@include`. All of that is put right here.

use apollo_compiler::Schema;
use apollo_compiler::ast::{OperationDefinition, Type};
use apollo_compiler::schema::{EnumType, ExtendedType, InputObjectType};
use async_graphql::parser::types::{self as engine, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

use super::document::shorten;
use super::limits::Limits;
use super::refusal::{Denial, Fault};
use kernel::error::ErrorCode;
use kernel::i18n::Message;

/// A variable that an operation declares.
#[derive(Debug)]
pub(super) struct Variable {
    name: Name,
    ty: Type,
    default: Option<ConstValue>,
}

impl Variable {
    /// The variables of an operation, with the defaults in the engine's form.
    pub fn all(operation: &OperationDefinition, converted: &engine::OperationDefinition) -> Vec<Variable> {
        let pairs = operation.variables.iter().zip(&converted.variable_definitions);
        pairs
            .map(|(declared, converted)| Variable {
                name: converted.node.name.node.clone(),
                ty: (*declared.ty).clone(),
                default: converted.node.default_value.as_ref().map(|default| default.node.clone()),
            })
            .collect()
    }
}

/// Checks the values against the declared types and fills in the defaults; answers the variables that
/// stay without a value.
///
/// The values are looked at where they lie: a form of a thousand lines is not copied for it.
pub(super) fn coerce<'v>(
    declared: &'v [Variable],
    given: &mut Variables,
    schema: &Schema,
    limits: &Limits,
) -> Result<Vec<&'v Name>, Denial> {
    let mut check = Check { schema, limits, faults: Vec::new() };
    let mut absent = Vec::new();
    for variable in declared {
        let path = Path { above: None, step: Step::Name(&variable.name) };
        match (given.get(&variable.name), &variable.default) {
            (Some(value), _) => check.value(&variable.ty, value, &path, 0),
            (None, Some(default)) => {
                given.insert(variable.name.clone(), default.clone());
            }
            (None, None) if variable.ty.is_non_null() => {
                check.fault("gate-variable-missing", &path, |message| message.with("type", variable.ty.to_string()));
            }
            (None, None) => absent.push(&variable.name),
        }
    }
    match check.faults {
        faults if faults.is_empty() => Ok(absent),
        faults => Err(Denial::new(ErrorCode::BadUserInput, faults)),
    }
}

/// The way to a value inside the variables; spelt out only when something is wrong there.
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    step: Step<'p>,
}

enum Step<'p> {
    Name(&'p str),
    Item(usize),
}

impl Path<'_> {
    fn spell(&self, text: &mut String) {
        if let Some(above) = self.above {
            above.spell(text);
        }
        match self.step {
            Step::Name(name) if text.is_empty() => text.push_str(name),
            Step::Name(name) => text.extend([".", name]),
            Step::Item(index) => text.extend(["[", &index.to_string(), "]"]),
        }
    }
}

struct Check<'c> {
    schema: &'c Schema,
    limits: &'c Limits,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, key: &'static str, path: &Path<'_>, say: impl FnOnce(Message) -> Message) {
        if self.faults.len() < self.limits.errors {
            let mut variable = String::new();
            path.spell(&mut variable);
            let message = say(Message::new(key).with("path", format!("${variable}")));
            self.faults.push(Fault { message, at: None, variable: Some(variable) });
        }
    }

    fn value(&mut self, ty: &Type, value: &ConstValue, path: &Path<'_>, level: usize) {
        // JSON itself nests no deeper than its reader allows; this holds for any other source of values.
        if level > self.limits.recursion {
            return self.fault("gate-variable-too-deep", path, |message| message);
        }
        match (ty, value) {
            (Type::Named(_) | Type::List(_), ConstValue::Null) => {}
            (Type::NonNullNamed(_) | Type::NonNullList(_), ConstValue::Null) => {
                self.fault("gate-variable-null", path, |message| message.with("type", ty.to_string()));
            }
            (Type::List(item), ConstValue::List(values)) | (Type::NonNullList(item), ConstValue::List(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.value(item, value, &Path { above: Some(path), step: Step::Item(index) }, level + 1);
                }
            }
            // A single value stands for the list of itself (specification 3.11, input coercion).
            (Type::List(item) | Type::NonNullList(item), value) => self.value(item, value, path, level + 1),
            (Type::Named(name) | Type::NonNullNamed(name), value) => match self.schema.types.get(name) {
                Some(ExtendedType::InputObject(input)) => self.object(input, value, path, level),
                Some(ExtendedType::Enum(definition)) => self.enumerated(definition, value, path),
                _ => {
                    if matches!(value, ConstValue::String(text) if text.contains('\0')) {
                        self.fault("gate-nul", path, |message| message);
                    } else if !scalar(name, value) && whole(name) && is_number_or_percentage(value) {
                        self.fault("gate-variable-not-whole", path, |message| {
                            message.with("type", name.as_str()).with("value", shorten(&value.to_string(), 40))
                        });
                    } else if !scalar(name, value) {
                        self.fault("gate-variable-type", path, |message| message.with("type", name.as_str()));
                    }
                }
            },
        }
    }

    fn enumerated(&mut self, definition: &EnumType, value: &ConstValue, path: &Path<'_>) {
        let given = match value {
            ConstValue::String(text) => text.as_str(),
            ConstValue::Enum(name) => name.as_str(),
            _ => {
                let name = definition.name.as_str();
                return self.fault("gate-variable-type", path, |message| message.with("type", name));
            }
        };
        if !definition.values.contains_key(given) {
            self.fault("gate-variable-enum", path, |message| {
                message.with("value", shorten(given, 100)).with("type", definition.name.as_str())
            });
        }
    }

    fn object(&mut self, input: &InputObjectType, value: &ConstValue, path: &Path<'_>, level: usize) {
        let ConstValue::Object(fields) = value else {
            return self.fault("gate-variable-type", path, |message| message.with("type", input.name.as_str()));
        };
        let mut known = 0;
        for (name, definition) in &input.fields {
            let path = Path { above: Some(path), step: Step::Name(name) };
            match fields.get(name.as_str()) {
                Some(value) => {
                    known += 1;
                    self.value(&definition.ty, value, &path, level + 1);
                }
                None if definition.is_required() => {
                    self.fault("gate-variable-missing", &path, |message| {
                        message.with("type", definition.ty.to_string())
                    });
                }
                None => {}
            }
        }
        // Only when something is left over is it worth a search.
        if known < fields.len() {
            for name in fields.keys().filter(|name| !input.fields.contains_key(name.as_str())) {
                self.fault("gate-variable-field-unknown", path, |message| {
                    message.with("field", shorten(name, 100)).with("type", input.name.as_str())
                });
            }
        }
        let one_of = input.directives.iter().any(|directive| directive.name == "oneOf");
        if one_of && (fields.len() != 1 || fields.values().any(|value| *value == ConstValue::Null)) {
            self.fault("gate-variable-one-of", path, |message| message.with("type", input.name.as_str()));
        }
    }
}

/// Whether a value fits a scalar. What a custom scalar takes, only its own parser knows.
fn scalar(name: &str, value: &ConstValue) -> bool {
    match (name, value) {
        ("Int", ConstValue::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        // How large a scalar of ours may be is for itself to say.
        ("Count" | "Vnd", value) => matches!(value, ConstValue::Number(number) if number.as_i64().is_some()),
        ("Float", ConstValue::Number(_))
        | ("String", ConstValue::String(_))
        | ("Boolean", ConstValue::Boolean(_))
        | ("ID", ConstValue::String(_)) => true,
        ("ID", ConstValue::Number(number)) => number.is_i64(),
        ("Int" | "Float" | "String" | "Boolean" | "ID", _) => false,
        _ => true,
    }
}

/// Whether a scalar is a whole number.
fn whole(name: &str) -> bool {
    matches!(name, "Int" | "Count" | "Vnd")
}

/// What people type who give a rate, or a number as text, where a number of things belongs.
fn is_number_or_percentage(value: &ConstValue) -> bool {
    match value {
        ConstValue::Number(number) => number.as_i64().is_none(),
        ConstValue::String(text) => {
            let text = text.trim().trim_end_matches('%').trim_end();
            text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
                && text.chars().all(|one| one.is_ascii_digit() || matches!(one, '.' | ',' | '-'))
        }
        _ => false,
    }
}

/// Takes variables without a value out of a document: an argument or an input field that is given such
/// a variable counts as not given at all (specification 6.4.1, CoerceArgumentValues).
pub(super) fn forget(document: &mut ExecutableDocument, absent: &[&Name]) {
    if absent.is_empty() {
        return;
    }
    match &mut document.operations {
        engine::DocumentOperations::Single(operation) => forget_in(&mut operation.node.selection_set.node, absent),
        engine::DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| forget_in(&mut operation.node.selection_set.node, absent));
        }
    }
    document.fragments.values_mut().for_each(|fragment| forget_in(&mut fragment.node.selection_set.node, absent));
}

fn forget_in(set: &mut SelectionSet, absent: &[&Name]) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                forget_arguments(&mut field.node.arguments, absent);
                forget_in(&mut field.node.selection_set.node, absent);
            }
            Selection::InlineFragment(inline) => forget_in(&mut inline.node.selection_set.node, absent),
            Selection::FragmentSpread(_) => {}
        }
        for directive in selection.node.directives_mut() {
            forget_arguments(&mut directive.node.arguments, absent);
        }
    }
}

fn forget_arguments(arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>, absent: &[&Name]) {
    arguments.retain_mut(|(_, value)| keeps(&mut value.node, absent));
}

/// Whether a value is there at all; forgets absent variables inside it.
fn keeps(value: &mut Value, absent: &[&Name]) -> bool {
    match value {
        Value::Variable(name) => return !absent.iter().any(|absent| *absent == name),
        Value::List(items) => {
            for item in items {
                // An item can't be left out: in a list an absent variable is null.
                if !keeps(item, absent) {
                    *item = Value::Null;
                }
            }
        }
        Value::Object(fields) => fields.retain(|_, value| keeps(value, absent)),
        _ => {}
    }
    true
}
